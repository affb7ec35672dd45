//! A plan document being rewritten: steps put in, taken apart, changed; whoever waited for what goes on waiting.
//!
//! In: the document and the steps that it means. Out: a changed document whose every step has an id and says what it waits for, so that
//! steps can move without changing what others wait for.

use super::{Change, Draft};
use crate::document::{Entry, Node, Value};
use crate::scenario::plan::Step;

/// A plan whose steps can be changed.
pub(super) struct Rewrite<'a> {
    document: &'a Node,
    /// Steps in order.
    pub(super) steps: Vec<Item<'a>>,
    what: Vec<String>,
}

/// A step of the document, and what it means.
#[derive(Clone)]
pub(super) struct Item<'a> {
    pub(super) node: Node,
    pub(super) id: String,
    pub(super) after: Vec<String>,
    /// `None` for a step that was put in.
    pub(super) step: Option<&'a Step>,
}

impl<'a> Rewrite<'a> {
    /// Opens a plan; `None` if there are no steps.
    pub(super) fn open(draft: &Draft<'a>) -> Option<Self> {
        let nodes = draft.document.get("plan").and_then(Node::items)?;
        let steps = &draft.scenario.plan.steps;
        if nodes.len() != steps.len() {
            return None;
        }
        let after = |step: &Step| step.after.iter().map(|&n| steps[n as usize].id.clone()).collect();
        let item = |(node, step): (&Node, &'a Step)| Item {
            node: node.clone(),
            id: step.id.clone(),
            after: after(step),
            step: Some(step),
        };
        Some(Rewrite { document: draft.document, steps: nodes.iter().zip(steps).map(item).collect(), what: Vec::new() })
    }

    /// Notes what was done, for the reader.
    pub(super) fn done(&mut self, what: String) {
        self.what.push(what);
    }

    /// An id that nobody has.
    fn free(&self, wanted: &str) -> String {
        let taken = |id: &str| self.steps.iter().any(|s| s.id == id);
        let fits: String = wanted.chars().take(120).collect();
        if !taken(&fits) {
            return fits;
        }
        (2..=u32::MAX).map(|n| format!("{fits}-{n}")).find(|id| !taken(id)).unwrap_or(fits)
    }

    /// Puts a step before another: it waits for what that one waited for, and that one for it.
    pub(super) fn put_before(&mut self, at: usize, verb: &str, targets: &[String]) {
        let id = self.free(&format!("{verb}-before-{}", self.steps[at].id));
        let mut node = self.steps[at].node.with_value(Value::map([]));
        node.put("do", said(verb));
        node.put("target", names(targets));
        let after = std::mem::replace(&mut self.steps[at].after, vec![id.clone()]);
        self.steps.insert(at, Item { node, id, after, step: None });
    }

    /// Takes a step apart into one for each list of targets, one after the other; the last keeps the id, so that who waits for it waits
    /// for all. Every part but the last is watched for a while.
    pub(super) fn split(&mut self, at: usize, parts: &[Vec<String>], bake: &str) {
        let whole = self.steps.remove(at);
        let mut before = whole.after.clone();
        for (n, targets) in parts.iter().enumerate() {
            let last = n + 1 == parts.len();
            let mut item = whole.clone();
            item.after = std::mem::take(&mut before);
            item.node.put("target", names(targets));
            if !last {
                item.id = self.free(&format!("{}-{}", whole.id, n + 1));
                if item.node.get("bake").is_none() {
                    item.node.put("bake", said(bake));
                }
            }
            before = vec![item.id.clone()];
            self.steps.insert(at + n, item);
        }
    }

    /// The changed document; `None` if nothing was changed.
    pub(super) fn close(self) -> Option<Change> {
        if self.what.is_empty() {
            return None;
        }
        let mut document = self.document.clone();
        let plan = document.get("plan")?.with_value(Value::list(self.steps.into_iter().map(Item::written)));
        document.put("plan", plan);
        Some(Change { document, what: self.what.join("; ") })
    }
}

impl Item<'_> {
    /// The step with its id first and what it waits for last.
    fn written(mut self) -> Node {
        let after = self.node.with_value(Value::list(self.after.iter().map(|id| said(id))));
        self.node.remove("id");
        self.node.remove("after");
        let id = said(&self.id);
        if let Value::Map(entries) = &mut self.node.value {
            entries.insert(0, Entry { key: said("id"), value: id });
        }
        self.node.put("after", after);
        self.node
    }
}

/// A scalar that a program wrote.
pub(super) fn said(text: &str) -> Node {
    Node::made(Value::Quoted(text.into()))
}

/// One target, or a list.
pub(super) fn names(targets: &[String]) -> Node {
    match targets {
        [one] => said(one),
        several => Node::made(Value::list(several.iter().map(|t| said(t)))),
    }
}

/// A few ids in a sentence.
pub(super) fn listed(ids: &[String]) -> String {
    let shown: Vec<String> = ids.iter().take(3).map(|id| crate::diag::tick(id)).collect();
    let more = ids.len().saturating_sub(3);
    if more > 0 { format!("{} and {more} more", shown.join(", ")) } else { shown.join(", ") }
}

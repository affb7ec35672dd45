//! A person looks at what takes something away.

use super::rewrite::said;
use super::{Change, Draft, Rule};
use crate::document::{Entry, Node, Value};

pub(super) static RULE: Rule =
    Rule { name: "approval", title: "somebody approves what takes something away", does_less: false, propose };

fn propose(draft: &Draft<'_>) -> Option<Change> {
    let destructive = draft.scenario.plan.steps.iter().any(|s| s.verb.destructive);
    let mut all = draft.document.get("guardrails").and_then(Node::items).unwrap_or_default().to_vec();
    let is_approval = |n: &Node| n.text() == Some("approval") || n.get("approval").is_some();
    if !destructive || all.iter().any(is_approval) {
        return None;
    }
    let map = |entries: Vec<(&str, Node)>| {
        let entries = entries.into_iter().map(|(key, value)| Entry { key: said(key), value });
        Node::made(Value::map(entries))
    };
    let count = Node::made(Value::Plain("1".into()));
    all.push(map(vec![("approval", map(vec![("when", said("destructive")), ("approvers", count)]))]));
    let mut document = draft.document.clone();
    document.put("guardrails", Node::made(Value::list(all)));
    Some(Change {
        document,
        what: "one approver for steps that take something away (counts for a verdict only in `--guardrails`)".to_owned(),
    })
}

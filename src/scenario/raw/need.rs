//! Needs and gates as they are written: who can fill them, and how they mask or delay.
//!
//! In: the nodes under `needs:`, `starts-with:`, `mends-with:`, `seen-through:`. Out: [`Need`]s and
//! [`Gate`]s whose members are still names.

use super::fields::{Fields, Others, head};
use super::{Ref, dist, scalar};
use crate::diag::{Findings, codes, tick};
use crate::document::{Entry, Node};
use crate::scenario::keys::Section;
use crate::scenario::keys::world::{ACCESS, GATE, NEED, QUEUE};
use crate::scenario::suggest;
use crate::scenario::world::{Alternate, Queue};
use crate::units::{Dist, Level};
use smallvec::{SmallVec, smallvec};

/// Keys of needs that mean nothing for gates.
const FOR_NEEDS: [&str; 5] = ["share", "hold", "release", "attempts", "queue"];
/// The key of the other way in, which only those have who mend.
const ALTERNATE: &str = "alternate";
/// Keys that some gate or need has, and another has not.
const ELSEWHERE: [&str; 6] = ["share", "hold", "release", "attempts", "queue", ALTERNATE];

/// Who can fill a need.
#[derive(Debug)]
pub(crate) struct Members<'a> {
    pub(crate) node: &'a Node,
    pub(crate) list: SmallVec<[Ref<'a>; 1]>,
    pub(crate) form: MemberForm,
}

/// How the members were written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MemberForm {
    /// One name.
    Plain,
    /// `any-of`.
    AnyOf,
    /// `at-least: k, of: [...]`.
    AtLeast(u32),
}

/// A dependency of serving.
#[derive(Debug)]
pub(crate) struct Need<'a> {
    pub(crate) members: Members<'a>,
    pub(crate) share: Level,
    pub(crate) hold: Option<Dist>,
    pub(crate) release: Option<Box<Dist>>,
    pub(crate) attempts: u32,
    pub(crate) queue: Option<Box<Queue>>,
}

/// A dependency of starting, mending or seeing.
#[derive(Debug)]
pub(crate) struct Gate<'a> {
    pub(crate) members: Members<'a>,
    pub(crate) alternate: Option<Alternate>,
}

/// The nodes of needs or gates, of which `none` has none.
pub(crate) fn listed(node: Option<&Node>) -> &[Node] {
    match node {
        Some(node) if node.text() != Some("none") => scalar::one_or_more(node),
        _ => &[],
    }
}

/// Who can fill a need that names one.
pub(crate) fn only(node: &Node) -> Option<&str> {
    node.text().or_else(|| node.get("need")?.text())
}

/// A need.
pub(crate) fn need<'a>(node: &'a Node, found: &mut Findings) -> Option<Need<'a>> {
    if node.entries().is_none() {
        let members = plain_member(node, found)?;
        return Some(Need { members, share: Level::ONE, hold: None, release: None, attempts: 1, queue: None });
    }
    if let Some(entry) = named_by_key(node) {
        let name = entry.key.as_text();
        let hint = format!("write `{{ need: {name} }}`, and what softens it beside: `{{ need: {name}, share: 20% }}`");
        found.error_hint(codes::MISSING_KEY, entry.key.span(), "a need says who fills it under `need`", hint);
        return None;
    }
    let fields = Fields::of(node, &NEED, found)?;
    let need = Need {
        share: fields.read("share", found, scalar::level).unwrap_or(Level::ONE),
        hold: fields.read("hold", found, dist::duration),
        release: fields.read("release", found, dist::duration).map(Box::new),
        attempts: fields.read("attempts", found, |n, f| scalar::count_in(n, 1, 1000, f)).unwrap_or(1),
        queue: fields.read("queue", found, queue).map(Box::new),
        members: members(&fields, found)?,
    };
    Some(need)
}

/// The entry of a need that is written as `{ db: hard }`.
fn named_by_key(node: &Node) -> Option<&Entry> {
    let keys = || NEED.keys.iter().map(|k| k.name);
    let entries = node.entries()?;
    let says_who = |entry: &Entry| matches!(entry.key.as_text(), "need" | "any-of" | "at-least" | "of");
    let strange = |entry: &&Entry| !NEED.has(entry.key.as_text()) && suggest::meant(entry.key.as_text(), keys()).is_none();
    // Nearly every need says who: that is asked first.
    if entries.iter().any(says_who) { None } else { entries.iter().find(strange) }
}

/// A condition of starting or seeing.
pub(crate) fn gate<'a>(node: &'a Node, found: &mut Findings) -> Option<Gate<'a>> {
    for entry in node.entries().unwrap_or_default().iter().filter(|e| e.key.as_text() == ALTERNATE) {
        let message = "`alternate` is another way in for those who mend, and nobody starts or sees anything by it";
        found.error_hint(codes::NOT_FOR_GATES, entry.key.span(), message, "it belongs to `mends-with`");
    }
    condition(node, &GATE, found)
}

/// A condition of mending.
pub(crate) fn access<'a>(node: &'a Node, found: &mut Findings) -> Option<Gate<'a>> {
    let mut gate = condition(node, &ACCESS, found)?;
    gate.alternate = node.get(ALTERNATE).filter(|node| !node.is_null()).and_then(|node| match node.text() {
        Some("default") => Some(Alternate::Default),
        _ => dist::duration(node, found).map(Alternate::After),
    });
    Some(gate)
}

fn condition<'a>(node: &'a Node, section: &'static Section, found: &mut Findings) -> Option<Gate<'a>> {
    if node.entries().is_none() {
        return plain_member(node, found).map(|members| Gate { members, alternate: None });
    }
    for entry in node.entries().unwrap_or_default().iter().filter(|e| FOR_NEEDS.contains(&e.key.as_text())) {
        let message = format!("{} means nothing for a need that is up or not", tick(entry.key.as_text()));
        found.error_hint(codes::NOT_FOR_GATES, entry.key.span(), message, "it belongs to `needs`");
    }
    let fields = Fields::with_others(node, section, Others::Names(&ELSEWHERE), found)?;
    Some(Gate { members: members(&fields, found)?, alternate: None })
}

fn plain_member<'a>(node: &'a Node, found: &mut Findings) -> Option<Members<'a>> {
    let name = scalar::reference(node, found)?;
    Some(Members { node, list: smallvec![name], form: MemberForm::Plain })
}

/// `need`, `any-of` or `at-least` with `of`: exactly one of them.
fn members<'a>(fields: &Fields<'a>, found: &mut Findings) -> Option<Members<'a>> {
    let node = fields.node();
    let at_least = fields.read("at-least", found, |n, f| scalar::count_in(n, 1, 10_000, f));
    let given = [fields.get("need").is_some(), fields.get("any-of").is_some(), fields.get("of").is_some()];
    if given == [false; 3] && fields.others().next().is_some() {
        // A misspelt key is reported already.
        return None;
    }
    if given.iter().filter(|g| **g).count() != 1 || fields.get("at-least").is_some() != given[2] {
        let hint = "write `need: a`, or `any-of: [a, b]`, or `at-least: 2, of: [a, b, c]`";
        let (code, message) = match given.iter().filter(|g| **g).count() {
            0 => (codes::MISSING_KEY, "this does not say who can fill the need"),
            1 => (codes::MISSING_KEY, "`at-least` and `of` belong together: how many, and of whom"),
            _ => (codes::CONTRADICTION, "this says more than once who can fill the need"),
        };
        found.error_hint(code, head(node), message, hint);
        return None;
    }
    let (key, form) = match given {
        [true, ..] => ("need", MemberForm::Plain),
        [_, true, _] => ("any-of", MemberForm::AnyOf),
        _ => ("of", MemberForm::AtLeast(at_least?)),
    };
    if key == "need" {
        let name = fields.read(key, found, scalar::reference)?;
        return Some(Members { node, list: smallvec![name], form });
    }
    let list = fields.read(key, found, scalar::references)?;
    if list.is_empty() {
        found.error(codes::MISSING_KEY, head(node), format!("`{key}` has no members"));
        return None;
    }
    Some(Members { node, list: list.into(), form })
}

fn queue(node: &Node, found: &mut Findings) -> Option<Queue> {
    let fields = Fields::of(node, &QUEUE, found)?;
    let (arrivals, capacity) = (fields.read("arrivals", found, scalar::rate), fields.read("capacity", found, scalar::rate));
    let queue = Queue { arrivals: arrivals?, capacity: capacity? };
    if queue.capacity <= queue.arrivals {
        let hint = "`capacity` is what the consumer can do; it must be above `arrivals`";
        found.error_hint(codes::QUEUE_CAPACITY, head(node), "this queue would never drain", hint);
        return None;
    }
    Some(queue)
}

//! Steps and faults as they are written.
//!
//! In: the lists under `plan:` and `faults:`. Out: [`Step`]s and [`Fault`]s whose verbs, targets and
//! predecessors are still text.

use super::fields::{Fields, head};
use super::{Ref, dist, scalar, verb};
use crate::diag::{Findings, codes};
use crate::document::Node;
use crate::scenario::keys::plan::{FAULT, LEAVES, ON_FAILURE, STEP};
use crate::scenario::plan::{DamageKind, Each, OnFailure};
use crate::scenario::verbs;
use crate::units::{Chance, Dist, Level};

/// What a step certainly leaves.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Leaves {
    Nothing,
    Damage(DamageKind),
}

/// A step.
#[derive(Debug)]
pub(crate) struct Step<'a> {
    pub(crate) node: &'a Node,
    pub(crate) id: Option<Ref<'a>>,
    pub(crate) verb: Option<Ref<'a>>,
    pub(crate) target: Vec<Ref<'a>>,
    /// `None` follows the step above.
    pub(crate) after: Option<Vec<Ref<'a>>>,
    pub(crate) takes: Option<Dist>,
    pub(crate) verify: Option<Dist>,
    pub(crate) bake: Option<Dist>,
    pub(crate) on_failure: OnFailure,
    pub(crate) each: Option<Each>,
    pub(crate) fails: Option<Chance>,
    pub(crate) leaves: Option<Leaves>,
    pub(crate) keeps: Option<(Level, &'a Node)>,
    pub(crate) visible: Option<bool>,
}

/// A fault.
#[derive(Debug)]
pub(crate) struct Fault<'a> {
    pub(crate) id: Option<Ref<'a>>,
    pub(crate) target: Vec<Ref<'a>>,
    pub(crate) from: Dist,
    pub(crate) lasts: Option<Dist>,
}

/// Reads a list of steps.
pub(crate) fn steps<'a>(node: &'a Node, found: &mut Findings) -> Option<Vec<Step<'a>>> {
    list(node, "a plan is a list of steps", "- { do: restart, target: cache }", found)
        .map(|items| items.iter().filter_map(|n| step(n, found)).collect())
}

/// Reads a list of faults.
pub(crate) fn faults<'a>(node: &'a Node, found: &mut Findings) -> Option<Vec<Fault<'a>>> {
    list(node, "faults are a list", "- { down: vpn, from: 0m, for: 90m }", found)
        .map(|items| items.iter().filter_map(|n| fault(n, found)).collect())
}

/// The items of what must be a list.
pub(crate) fn list<'a>(node: &'a Node, message: &str, example: &str, found: &mut Findings) -> Option<&'a [Node]> {
    if node.items().is_none() {
        found.error_hint(
            codes::WRONG_TYPE,
            head(node),
            format!("{message}, not {}", node.kind()),
            format!("write items such as `{example}`"),
        );
    }
    node.items()
}

/// A step as people say it: `recreate orders-db`, or `recreate: orders-db`.
fn said(node: &Node) -> Option<String> {
    let of = |verb: &str, target: Option<&str>| {
        let target = target.filter(|target| !target.is_empty()).unwrap_or("NAME");
        verbs::find(verb).map(|_| format!("write `{{ do: {verb}, target: {target} }}`"))
    };
    if let Some(text) = node.text() {
        let (verb, target) = text.split_once(' ').unwrap_or((text, ""));
        return of(verb, Some(target.trim()));
    }
    let entries = node.entries().filter(|_| node.get("do").is_none())?;
    entries.iter().find_map(|entry| of(entry.key.as_text(), entry.value.text()))
}

fn step<'a>(node: &'a Node, found: &mut Findings) -> Option<Step<'a>> {
    if let Some(hint) = said(node) {
        found.error_hint(codes::MISSING_KEY, head(node), "a step says what it does under `do`, and to what under `target`", hint);
        return None;
    }
    let fields = Fields::of(node, &STEP, found)?;
    let time = |key: &str, found: &mut Findings| fields.read(key, found, dist::duration);
    fields.read("note", found, scalar::text);
    Some(Step {
        node,
        id: fields.read("id", found, |n, f| scalar::declared(n, "a step", f)),
        verb: fields.read("do", found, scalar::reference),
        target: fields.read("target", found, scalar::references).unwrap_or_default(),
        after: fields.read("after", found, scalar::references),
        takes: time("takes", found),
        verify: time("verify", found),
        bake: time("bake", found),
        on_failure: fields.read("on-failure", found, on_failure).unwrap_or(OnFailure::Stop),
        each: fields.read("each", found, verb::each),
        fails: fields.read("fails", found, dist::chance),
        leaves: fields.read("leaves", found, leaves),
        keeps: fields.get("keeps").and_then(|n| scalar::level(n, found).map(|l| (l, n))),
        visible: fields.read("visible", found, scalar::flag),
    })
}

fn fault<'a>(node: &'a Node, found: &mut Findings) -> Option<Fault<'a>> {
    let fields = Fields::of(node, &FAULT, found)?;
    fields.read("note", found, scalar::text);
    let lasts = fields.get("for").and_then(|n| {
        let dist = dist::duration(n, found)?;
        if dist::is_zero(&dist) {
            found.error(codes::OUT_OF_RANGE, n.span(), "a fault that lasts no time is no fault");
        }
        Some(dist)
    });
    let from = fields.get("from").and_then(|n| {
        let dist = dist::duration(n, found)?;
        if matches!(dist, Dist::Forever) {
            found.error(codes::OUT_OF_RANGE, n.span(), "a fault that never begins is no fault");
        }
        Some(dist)
    });
    Some(Fault {
        id: fields.read("id", found, |n, f| scalar::declared(n, "a fault", f)),
        target: fields.read("down", found, scalar::references).unwrap_or_default(),
        from: from.unwrap_or(Dist::Fixed(0.0)),
        lasts,
    })
}

fn on_failure(node: &Node, found: &mut Findings) -> Option<OnFailure> {
    const ALL: [OnFailure; 4] = [OnFailure::Stop, OnFailure::Rollback, OnFailure::Continue, OnFailure::Retry];
    scalar::choice(node, ON_FAILURE, found).map(|n| ALL[n])
}

/// A kind of damage, or nothing.
fn leaves(node: &Node, found: &mut Findings) -> Option<Leaves> {
    if node.text() == Some("nothing") {
        return Some(Leaves::Nothing);
    }
    scalar::choice(node, LEAVES, found)?;
    verb::damage(node, found).map(Leaves::Damage)
}

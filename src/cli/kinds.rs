//! What kind of document a file is, and which command takes it.
//!
//! In: a path. Out: its [`Kind`], by its keys; and one sentence where a whole document of one kind stands in the place of another, which says
//! more than all the keys that the other kind does not have.

use super::check::beside;
use super::engine::{self, Read, Reading};
use super::show_findings;
use super::terminal::Terminal;
use crate::diag::{Diagnostic, Findings, Severity, Source, codes};
use crate::document::{self, Node};
use crate::report::quote;
use crate::report::untrusted::clean;
use crate::scenario::Files as _;
use std::sync::Arc;

/// What the keys of a file say it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    World,
    Experiment,
    Appetite,
    Guardrails,
    /// A plan with its world; or what nobody knows: then the reader of scenarios says what is missing.
    Scenario,
    /// A plan that does not name a world.
    Plan,
}

impl Kind {
    /// With its article.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Kind::World => "a world",
            Kind::Experiment => "an experiment",
            Kind::Appetite => "an appetite",
            Kind::Guardrails => "a list of guardrails",
            Kind::Scenario => "a scenario",
            Kind::Plan => "a plan",
        }
    }

    /// Where such a file belongs.
    fn taken_by(self, path: &str) -> String {
        let path = quote(path);
        let command = match self {
            Kind::World => format!("reach {path} TARGET"),
            Kind::Experiment => format!("tune {path}"),
            Kind::Appetite => format!("score PLAN --appetite {path}"),
            Kind::Guardrails => format!("score PLAN --guardrails {path}"),
            Kind::Scenario => format!("run {path}"),
            Kind::Plan => format!("score {path} --world WORLD"),
        };
        format!("`foreshock {command}` takes it")
    }
}

/// Looks at the keys of a file.
pub(super) fn kind(path: &str, reading: Reading<'_>) -> Kind {
    let Some(node) = tree(path, reading) else { return Kind::Scenario };
    if node.items().is_some_and(|items| items.iter().any(|item| item.get("do").is_some())) {
        return Kind::Plan;
    }
    let has = |key: &str| node.entries().is_some_and(|all| all.iter().any(|entry| entry.key.as_text() == key));
    if (has("services") || has("regions")) && !has("plan") && !has("world") {
        Kind::World
    } else if ["vary", "minimise", "maximise", "subject-to"].into_iter().any(has) {
        Kind::Experiment
    } else if has("world") {
        Kind::Scenario
    } else if has("plan") {
        Kind::Plan
    } else if has("block") || has("review") {
        Kind::Appetite
    } else if has("guardrails") {
        Kind::Guardrails
    } else {
        Kind::Scenario
    }
}

/// What a file says, and what was found in it shown; of a whole document of another kind than a command takes, only that it is one.
pub(super) fn shown<T>(read: Read<T>, path: &str, wanted: Kind, reading: Reading<'_>, terminal: Terminal) -> Option<T> {
    let misplaced = if read.value.is_none() { instead(path, wanted, reading) } else { None };
    match misplaced {
        Some(instead) => terminal.say(&format!("error: {instead}")),
        None => _ = show_findings(terminal, &read.found),
    }
    read.value
}

/// What a file is that is whole and not what is wanted. One that is not whole may be what is wanted with a mistake: what its reader
/// finds is of more help.
pub(super) fn instead(path: &str, wanted: Kind, reading: Reading<'_>) -> Option<String> {
    let kind = kind(path, reading);
    let fits = kind == wanted || (kind, wanted) == (Kind::Scenario, Kind::Plan);
    if fits || !is_whole(path, kind, reading) {
        return None;
    }
    let shown = clean(path);
    Some(match (kind, wanted) {
        (Kind::Plan, Kind::Scenario) => {
            format!("`{shown}` does not say in which world it runs; add `world: FILE` to it, or {}", scored(path))
        }
        _ => format!("`{shown}` is {}, not {}; {}", kind.words(), wanted.words(), kind.taken_by(path)),
    })
}

fn scored(path: &str) -> String {
    format!("score it in one: `foreshock score {} --world WORLD`", quote(path))
}

fn is_whole(path: &str, kind: Kind, reading: Reading<'_>) -> bool {
    let no_error = |found: &[Diagnostic]| found.iter().all(|d| d.severity != Severity::Error);
    match kind {
        Kind::World => engine::world(path, reading).value.is_some(),
        Kind::Experiment => engine::experiment(path, reading).value.is_some(),
        Kind::Appetite | Kind::Guardrails => no_error(&beside::check(path, kind, None, reading).found),
        Kind::Scenario => engine::study(path, reading).value.is_some(),
        // Its world is all that it lacks.
        Kind::Plan => matches!(engine::study(path, reading).found.as_slice(), [only] if only.code == codes::MISSING_KEY),
    }
}

/// A document; none if it cannot be read, which the reading proper will report.
fn tree(path: &str, reading: Reading<'_>) -> Option<Node> {
    // Standard input can be read only once.
    let disk = reading.disk(path);
    let text = if path == "-" { None } else { disk.read(disk.path()).ok() }?;
    let source = Arc::new(Source { name: path.to_owned(), text });
    document::read(&source, &mut Findings::default())
}

//! What stands beside a plan, checked without one: an appetite, or a file of guardrails.
//!
//! In: the file, and a world if the user names one. Out: every mistake in it. It is read as for a verdict, with a plan that only
//! looks. Without a world a stand-in takes its place, and what depends on names is left out.

use super::super::engine::{Read, Reading};
use super::super::kinds::Kind;
use crate::diag::{Diagnostic, Severity, codes};
use crate::scenario::files::Memory;
use crate::scenario::proposal::{Asked, Documents, Named, proposal};

/// A plan that does nothing; windows of time are read against its start.
const PLAN: &str = "starts: 2025-01-01T00:00Z\nplan:\n  - { do: inspect, target: all }\n";
const STAND_IN: &str = "regions: [here]\nservices: { something: { in: [here], faces: customers, needs: none } }\n";
/// Outputs that go on with a name.
const NAMED: [&str; 4] = ["services.", "cells.", "region.", "slo."];

/// Reads the file.
pub(in crate::cli) fn check(path: &str, part: Kind, world: Option<&str>, reading: Reading<'_>) -> Read<String> {
    let made = Memory::new([("the plan".to_owned(), PLAN.to_owned()), ("the world".to_owned(), STAND_IN.to_owned())]);
    let disk = reading.disk(path);
    let world_disk = reading.disk(world.unwrap_or_default());
    let file = Named { files: &disk, path: disk.path() };
    let documents = Documents {
        world: Some(
            world.map_or(Named { files: &made, path: "the world" }, |_| Named { files: &world_disk, path: world_disk.path() }),
        ),
        guardrails: (part == Kind::Guardrails).then_some(file),
        appetite: (part == Kind::Appetite).then_some(file),
        objectives: Vec::new(),
    };
    let (read, mut found) = proposal(Named { files: &made, path: "the plan" }, &documents, &Asked::default());
    if world.is_none() {
        found.retain(|finding| !hangs_on_a_name(finding));
    }
    let about = read.map(|proposal| match part {
        Kind::Appetite => super::number(proposal.appetite.block.len() + proposal.appetite.review.len(), "limit"),
        _ => super::number(proposal.scenario.controls.guardrails.len(), "guardrail"),
    });
    let about = match (about, world) {
        (Some(about), Some(_)) => format!("ok: {about}"),
        (Some(about), None) => format!("ok: {about}; names are checked with `--world`"),
        (None, _) => "ok; names are checked with `--world`".to_owned(),
    };
    let wrong = found.iter().any(|finding| finding.severity == Severity::Error);
    Read { value: (!wrong).then_some(about), found }
}

/// Whether another world could make it good.
fn hangs_on_a_name(finding: &Diagnostic) -> bool {
    let named = || {
        let text = finding.span.as_ref().and_then(|span| span.source.text.get(span.start..span.end));
        text.is_some_and(|text| NAMED.iter().any(|start| text.starts_with(start)))
    };
    [codes::UNKNOWN_NAME, codes::CONSTANT].contains(&finding.code) || finding.code == codes::UNKNOWN_OUTPUT && named()
}

//! What stands beside a plan, checked without one: an appetite, or a file of guardrails.
//!
//! In: the file, and a world if the user names one. Out: every mistake in it. It is read as for a verdict, with a plan that only
//! looks. Without a world a stand-in takes its place, and what depends on names is left out.

use super::super::engine::Read;
use super::super::files::Disk;
use crate::diag::{Diagnostic, Severity, codes};
use crate::scenario::files::Memory;
use crate::scenario::proposal::{Asked, Documents, Named, proposal};

/// Which kind of file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Part {
    Appetite,
    Guardrails,
}

/// A plan that does nothing; windows of time are read against its start.
const PLAN: &str = "starts: 2025-01-01T00:00Z\nplan:\n  - { do: inspect, target: all }\n";
const STAND_IN: &str = "regions: [here]\nservices: { something: { in: [here], faces: customers, needs: none } }\n";
/// Outputs that go on with a name.
const NAMED: [&str; 4] = ["services.", "cells.", "region.", "slo."];

/// Reads the file.
pub(super) fn check(path: &str, part: Part, world: Option<&str>, max_file_size: u64) -> Read<String> {
    let made = Memory::new([("the plan".to_owned(), PLAN.to_owned()), ("the world".to_owned(), STAND_IN.to_owned())]);
    let disk = Disk::beside(path, max_file_size);
    let world_disk = Disk::beside(world.unwrap_or_default(), max_file_size);
    let file = Named { files: &disk, path };
    let documents = Documents {
        world: Some(world.map_or(Named { files: &made, path: "the world" }, |path| Named { files: &world_disk, path })),
        guardrails: (part == Part::Guardrails).then_some(file),
        appetite: (part == Part::Appetite).then_some(file),
        objectives: Vec::new(),
    };
    let (read, mut found) = proposal(Named { files: &made, path: "the plan" }, &documents, &Asked::default());
    if world.is_none() {
        found.retain(|finding| !hangs_on_a_name(finding));
    }
    let about = read.map(|proposal| match part {
        Part::Appetite => super::number(proposal.appetite.block.len() + proposal.appetite.review.len(), "limit"),
        Part::Guardrails => super::number(proposal.scenario.controls.guardrails.len(), "guardrail"),
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

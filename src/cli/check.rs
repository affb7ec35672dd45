//! `foreshock check FILE…`: every mistake of every file, without running anything.

mod beside;

use super::engine::{self, Read, Reading};
use super::exit::Exit;
use super::files::Disk;
use super::options::Files;
use super::show_findings;
use super::terminal::Terminal;
use crate::diag::{Findings, Source};
use crate::document::{self, Node};
use crate::report::untrusted::clean;
use crate::scenario::experiment::Experiment;
use crate::scenario::world::World;
use crate::scenario::{Files as _, Study};
use anyhow::Result;
pub(super) use beside::Part;
use clap::Args;
use std::sync::Arc;

/// Check scenarios, worlds, guardrails and experiments without running them
#[derive(Debug, Args)]
pub(super) struct Check {
    /// Files; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    /// The world whose names an appetite or guardrails speak of
    #[arg(long, value_name = "FILE")]
    world: Option<String>,
    #[command(flatten)]
    reading: Files,
}

pub(super) const EXAMPLES: &str = "  foreshock check plan.yaml
  foreshock check worlds/*.yaml plans/*.yaml
  foreshock check appetite.yaml guardrails.yaml --world world.yaml";

impl Check {
    pub(super) fn run(self, terminal: Terminal) -> Result<Exit> {
        let mut wrong = false;
        let mut lines = Vec::new();
        for file in &self.files {
            let Read { value, found } = check(file, self.world.as_deref(), self.reading.reading());
            wrong |= show_findings(terminal, &found);
            if let Some(about) = value {
                lines.push(format!("{}: {}\n", clean(file), clean(&about)));
            }
        }
        terminal.show(&lines.concat())?;
        Ok(if wrong { Exit::Input } else { Exit::Done })
    }
}

/// What the keys of a file say it is.
pub(super) enum What {
    World,
    Experiment,
    Part(Part),
    /// Or nothing that anybody knows: then the reader of scenarios says what is missing.
    Scenario,
}

/// Looks at the keys of a file.
pub(super) fn what(path: &str, reading: Reading) -> What {
    let has = keys(path, reading);
    let has = |key: &str| has.iter().any(|k| k == key);
    if (has("services") || has("regions")) && !has("plan") && !has("world") {
        What::World
    } else if has("vary") {
        What::Experiment
    } else if has("world") || has("plan") {
        What::Scenario
    } else if has("block") || has("review") {
        What::Part(Part::Appetite)
    } else if has("guardrails") {
        What::Part(Part::Guardrails)
    } else {
        What::Scenario
    }
}

/// What a file is that is a whole world or experiment and no scenario, and which command takes it. One that is not whole may be
/// a scenario with a mistake: what its reader finds is of more help.
pub(super) fn instead(path: &str, reading: Reading) -> Option<String> {
    let (whole, takes) = match what(path, reading) {
        What::World => (engine::world(path, reading).value.is_some(), "is a world, not a scenario; `foreshock reach` takes it"),
        What::Experiment => {
            (engine::experiment(path, reading).value.is_some(), "is an experiment, not a scenario; `foreshock tune` takes it")
        }
        What::Part(_) | What::Scenario => (false, ""),
    };
    whole.then(|| format!("`{}` {takes}", clean(path)))
}

/// Reads a file as what its keys say it is; the value is one line about it.
fn check(path: &str, world: Option<&str>, reading: Reading) -> Read<String> {
    match what(path, reading) {
        What::World => {
            let Read { value, found } = engine::world(path, reading);
            Read { value: value.map(|world| about_world(&world)), found }
        }
        What::Experiment => {
            let Read { value, found } = engine::experiment(path, reading);
            Read { value: value.map(|experiment| about_experiment(&experiment)), found }
        }
        What::Part(part) => beside::check(path, part, world, reading.max_file_size),
        What::Scenario => {
            let Read { value, found } = engine::study(path, reading);
            Read { value: value.map(|study| about_study(&study)), found }
        }
    }
}

/// The keys at the top of a document; none if it cannot be read, which the reading proper will report.
fn keys(path: &str, reading: Reading) -> Vec<String> {
    // Standard input can be read only once.
    let text = if path == "-" { None } else { Disk::beside(path, reading.max_file_size).read(path).ok() };
    let Some(text) = text else { return Vec::new() };
    let source = Arc::new(Source { name: path.to_owned(), text });
    let node = document::read(&source, &mut Findings::default());
    let entries = node.as_ref().and_then(Node::entries).unwrap_or_default();
    entries.iter().map(|entry| entry.key.as_text().to_owned()).collect()
}

fn about_world(world: &World) -> String {
    format!("ok: {}, {}", number(world.services.len(), "service"), number(world.cells.len(), "cell"))
}

fn about_experiment(experiment: &Experiment) -> String {
    let settings = usize::try_from(experiment.grid()).unwrap_or(usize::MAX);
    format!("ok: {}, {}", number(settings, "setting"), number(experiment.plans.len(), "plan"))
}

fn about_study(study: &Study) -> String {
    let base = &study.base;
    let steps = number(base.plan.steps.len(), "step");
    let variants =
        if study.variants.is_empty() { String::new() } else { format!(", {}", number(study.variants.len(), "variant")) };
    format!("{}, {steps}{variants}", about_world(&base.world))
}

fn number(n: usize, of: &str) -> String {
    if n == 1 { format!("1 {of}") } else { format!("{n} {of}s") }
}

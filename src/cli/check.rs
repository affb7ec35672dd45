//! `foreshock check FILE…`: every mistake of every file, without running anything.

pub(super) mod beside;

use super::engine::{self, Read, Reading};
use super::exit::Exit;
use super::kinds::{Kind, kind};
use super::options::{Files, Showing};
use super::show_some;
use super::terminal::Terminal;
use crate::diag::tick;
use crate::report::checked::{Checked, CheckedFile};
use crate::report::diagnostics::MOST;
use crate::report::figures::percent;
use crate::scenario::Study;
use crate::scenario::experiment::Experiment;
use crate::scenario::world::World;
use anyhow::Result;
use clap::Args;

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
    showing: Showing,
    #[command(flatten)]
    reading: Files,
}

pub(super) const EXAMPLES: &str = "  foreshock check plan.yaml
  foreshock check worlds/*.yaml plans/*.yaml
  foreshock check appetite.yaml guardrails.yaml --world world.yaml
  foreshock check plans/*.yaml --format github";

impl Check {
    pub(super) fn run(self, terminal: Terminal) -> Result<Exit> {
        let mut files = Vec::new();
        for file in &self.files {
            let Read { value, found } = check(file, self.world.as_deref(), self.reading.reading());
            files.push(CheckedFile::of(file, value, &found));
            if self.showing.is_text() {
                show_some(terminal, &found, if self.showing.all() { usize::MAX } else { MOST });
            }
        }
        let checked = Checked::of(files);
        self.showing.show(terminal, |format, view| format.checked(&checked, view))?;
        Ok(if checked.ok { Exit::Done } else { Exit::Input })
    }
}

/// Reads a file as what its keys say it is; the value is one line about it.
fn check(path: &str, world: Option<&str>, reading: Reading<'_>) -> Read<String> {
    match kind(path, reading) {
        Kind::World => {
            let Read { value, found } = engine::world(path, reading);
            Read { value: value.map(|world| format!("{}{}", about_world(&world), undeclared(&world))), found }
        }
        Kind::Experiment => {
            let Read { value, found } = engine::experiment(path, reading);
            Read { value: value.map(|experiment| about_experiment(&experiment)), found }
        }
        part @ (Kind::Appetite | Kind::Guardrails) => beside::check(path, part, world, reading),
        Kind::Scenario | Kind::Plan => {
            let Read { value, found } = engine::study(path, reading);
            Read { value: value.map(|study| about_study(&study)), found }
        }
    }
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
    format!("{}, {steps}{variants}; coverage {}", about_world(&base.world), percent(engine::coverage(base)))
}

/// Names that are told; the rest is counted.
const TOLD: usize = 5;

/// How much of a world its author says is there, and who says nothing about needs: what a plan's coverage will be made of.
fn undeclared(world: &World) -> String {
    let silent: Vec<&str> = world.services.iter().filter(|s| !s.needs_declared).map(|s| s.name.as_str()).collect();
    let complete = world.complete.fraction();
    let complete =
        if complete < 1.0 { format!("; {} of the graph declared (`complete`)", percent(complete)) } else { String::new() };
    let told = silent.iter().take(TOLD).map(|name| tick(name)).collect::<Vec<_>>().join(", ");
    match silent.len() {
        0 => complete,
        n @ 1..=TOLD => format!("{complete}; {} without `needs`: {told}", number(n, "service")),
        n => format!("{complete}; {} without `needs`: {told} and {} more", number(n, "service"), n - TOLD),
    }
}

pub(super) fn number(n: usize, of: &str) -> String {
    if n == 1 { format!("1 {of}") } else { format!("{n} {of}s") }
}

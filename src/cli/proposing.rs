//! The documents of a proposal, as several commands take them.
//!
//! In: the command line. Out: a [`Proposal`], or everything that is wrong with any of its documents.

use super::engine::Read;
use super::files::Disk;
use crate::diag::{Diagnostic, Severity};
use crate::quantity;
use crate::scenario::proposal::{Asked, Documents, Named, Proposal, proposal};
use crate::verdict::{Options, Why};
use clap::Args;
use std::sync::atomic::AtomicBool;

/// A plan, and what it is judged with.
#[derive(Debug, Args)]
pub(super) struct Proposing {
    /// The plan: a document with `plan:`, a whole scenario, or a bare list of steps; YAML or JSON; `-` is standard input
    #[arg(value_name = "PLAN")]
    pub(super) plan: String,
    #[command(flatten)]
    pub(super) with: With,
}

/// What a plan is judged with.
#[derive(Debug, Args)]
pub(super) struct With {
    /// The world, if the plan does not name one, or in its place
    #[arg(long, short, value_name = "WORLD")]
    pub(super) world: Option<String>,
    /// Guardrails, in place of those of the plan
    #[arg(long, short, value_name = "FILE")]
    guardrails: Option<String>,
    /// How much harm is acceptable; without it, the shipped appetite, which the report then prints
    #[arg(long, value_name = "FILE")]
    appetite: Option<String>,
    /// The profile of whoever acts, such as `coding-agent`
    #[arg(long, value_name = "PROFILE")]
    actor: Option<String>,
    /// The role that they act as
    #[arg(long = "as", value_name = "ROLE")]
    role: Option<String>,
    /// OpenSLO v1 documents whose budgets are judged, beside the `slo:` of the world
    #[arg(long, value_name = "FILE")]
    slo: Vec<String>,
    /// Take this seed instead of the plan's
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// The most trials that may be spent, instead of the appetite's; a verdict mostly needs fewer
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    trials: Option<u64>,
    /// Use so many threads; the figures do not depend on it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// The largest file that is read
    #[arg(long, value_name = "SIZE", default_value = "64MiB", value_parser = size)]
    max_file_size: u64,
}

fn size(text: &str) -> Result<u64, String> {
    quantity::size(text).map_err(|problem| format!("{}; {}", problem.message, problem.hint))
}

impl Proposing {
    /// Reads all documents.
    pub(super) fn read(&self) -> Read<Proposal> {
        self.with.read(&self.plan)
    }

    /// How it is judged.
    pub(super) fn options<'a>(&'a self, news: &'a (dyn Fn(u64) + Sync), stop: &'a AtomicBool) -> Options<'a> {
        self.with.options(&self.plan, news, stop)
    }
}

impl With {
    /// Reads a plan with these documents.
    pub(super) fn read(&self, plan: &str) -> Read<Proposal> {
        let disk = |path: &str| Disk::beside(path, self.max_file_size);
        let plan_disk = disk(plan);
        let several: Vec<&str> = self.paths().filter(|p| *p == "-").collect();
        if several.len() + usize::from(plan == "-") > 1 {
            return Read { value: None, found: vec![twice()] };
        }
        let paths: Vec<(&str, Disk)> = self.paths().map(|p| (p, disk(p))).collect();
        let named = |path: &Option<String>| {
            let path = path.as_deref()?;
            paths.iter().find(|(p, _)| *p == path).map(|(path, files)| Named { files, path })
        };
        let documents = Documents {
            world: named(&self.world),
            guardrails: named(&self.guardrails),
            appetite: named(&self.appetite),
            objectives: self.slo.iter().filter_map(|p| named(&Some(p.clone()))).collect(),
        };
        let asked = Asked { profile: self.actor.clone(), role: self.role.clone(), seed: self.seed };
        let (value, found) = proposal(Named { files: &plan_disk, path: plan }, &documents, &asked);
        Read { value, found }
    }

    fn paths(&self) -> impl Iterator<Item = &str> {
        let single = [&self.world, &self.guardrails, &self.appetite].into_iter().flatten();
        single.chain(&self.slo).map(String::as_str)
    }

    /// How it is judged.
    pub(super) fn options<'a>(&'a self, plan: &'a str, news: &'a (dyn Fn(u64) + Sync), stop: &'a AtomicBool) -> Options<'a> {
        Options {
            file: plan,
            world: self.world.as_deref().unwrap_or("world.yaml"),
            threads: self.threads.map_or(0, usize::from),
            budget: self.trials,
            why: Why::Attribution,
            all: false,
            news,
            stop,
        }
    }
}

fn twice() -> Diagnostic {
    Diagnostic {
        code: crate::diag::codes::UNREADABLE,
        severity: Severity::Error,
        message: "standard input can be read only once".to_owned(),
        span: None,
        hint: Some("give `-` for one of the documents".to_owned()),
    }
}

//! The documents of a proposal, as several commands take them.
//!
//! In: the command line. Out: a [`Proposal`], or everything that is wrong with any of its documents.

use super::clock;
use super::engine::Read;
use super::files::{self, Disk};
use super::kinds::{Kind, instead};
use super::options::{Bounds, Luck, count};
use super::show_findings;
use super::terminal::Terminal;
use crate::diag::{Diagnostic, Severity};
use crate::report::data::Report;
use crate::report::quote;
use crate::scenario::proposal::{Asked, Documents, Named, Proposal, proposal};
use crate::verdict::binding::{binding, seal_of};
use crate::verdict::{News, Options, Why};
use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::{Map, Value};
use std::path::Path;
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
    #[command(flatten)]
    luck: Luck,
    /// The most trials that may be spent, instead of the appetite's; a verdict mostly needs fewer
    #[arg(long, value_name = "N", value_parser = count::<1, 1_000_000_000>)]
    trials: Option<u64>,
    #[command(flatten)]
    reading: Bounds,
}

impl Proposing {
    /// Reads all documents, and shows what is wrong with them.
    pub(super) fn read(&self, terminal: Terminal) -> Option<Proposal> {
        self.with.read(&self.plan, terminal)
    }

    /// How it is judged.
    pub(super) fn options<'a>(&'a self, news: &'a (dyn Fn(News) + Sync), stop: &'a AtomicBool) -> Options<'a> {
        self.with.options(&self.plan, news, stop)
    }
}

impl With {
    /// Documents that two plans share.
    pub(super) fn of([world, guardrails, appetite]: [Option<String>; 3], luck: Luck, reading: Bounds) -> Self {
        With { world, guardrails, appetite, actor: None, role: None, slo: Vec::new(), luck, trials: None, reading }
    }

    /// Reads a plan with these documents, and shows what is wrong with them; where one stands in the place of another, only that.
    pub(super) fn read(&self, plan: &str, terminal: Terminal) -> Option<Proposal> {
        let Read { value, found } = self.documents(plan);
        let places = [(&self.world, Kind::World), (&self.guardrails, Kind::Guardrails), (&self.appetite, Kind::Appetite)];
        let places = places.into_iter().filter_map(|(path, kind)| Some((path.as_deref()?, kind)));
        let misplaced = || {
            let each = std::iter::once((plan, Kind::Plan)).chain(places);
            each.filter_map(|(path, wanted)| instead(path, wanted, self.reading.reading())).collect::<Vec<_>>()
        };
        let misplaced = if value.is_none() { misplaced() } else { Vec::new() };
        misplaced.iter().for_each(|line| terminal.say(&format!("error: {line}")));
        if misplaced.is_empty() {
            show_findings(terminal, &found);
        }
        value
    }

    fn documents(&self, plan: &str) -> Read<Proposal> {
        let disk = |path: &str| self.reading.reading().disk(path);
        let plan_disk = disk(plan);
        let several: Vec<&str> = self.paths().filter(|p| *p == "-").collect();
        if several.len() + usize::from(plan == "-") > 1 {
            return Read { value: None, found: vec![twice()] };
        }
        let paths: Vec<(&str, Disk)> = self.paths().map(|p| (p, disk(p))).collect();
        let named = |path: &Option<String>| {
            let path = path.as_deref()?;
            paths.iter().find(|(p, _)| *p == path).map(|(_, files)| Named { files, path: files.path() })
        };
        let documents = Documents {
            world: named(&self.world),
            guardrails: named(&self.guardrails),
            appetite: named(&self.appetite),
            objectives: self.slo.iter().filter_map(|p| named(&Some(p.clone()))).collect(),
        };
        let asked = Asked { profile: self.actor.clone(), role: self.role.clone(), seed: self.luck.seed };
        let (value, found) = proposal(Named { files: &plan_disk, path: plan_disk.path() }, &documents, &asked);
        Read { value, found }
    }

    fn paths(&self) -> impl Iterator<Item = &str> {
        let single = [&self.world, &self.guardrails, &self.appetite].into_iter().flatten();
        single.chain(&self.slo).map(String::as_str)
    }

    /// An option that sets the luck, if one was given.
    pub(super) fn own_luck(&self) -> Option<&'static str> {
        let seed = self.luck.seed.is_some().then_some("--seed");
        seed.or_else(|| self.trials.is_some().then_some("--trials"))
    }

    /// The same as options of a command; threads change no figure.
    pub(super) fn words(&self) -> String {
        let number = |n: Option<u64>| n.map(|n| n.to_string());
        let single = [
            ("--world", self.world.clone()),
            ("--guardrails", self.guardrails.clone()),
            ("--appetite", self.appetite.clone()),
            ("--actor", self.actor.clone()),
            ("--as", self.role.clone()),
            ("--seed", number(self.luck.seed)),
            ("--trials", number(self.trials)),
        ];
        let several = self.slo.iter().map(|path| ("--slo", Some(path.clone())));
        let given = single.into_iter().chain(several).filter_map(|(option, value)| Some((option, value?)));
        let given: Vec<String> = given.map(|(option, value)| format!("{option} {}", quote(&value))).collect();
        format!("{}{}", given.join(" "), self.reading.reading().words()).trim_start().to_owned()
    }

    /// How it is judged.
    pub(super) fn options<'a>(&'a self, plan: &'a str, news: &'a (dyn Fn(News) + Sync), stop: &'a AtomicBool) -> Options<'a> {
        Options {
            file: plan,
            world: self.world.as_deref().unwrap_or_default(),
            threads: self.luck.threads().unwrap_or(0),
            budget: self.trials,
            why: Why::Attribution,
            all: false,
            pictures: false,
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

/// The largest key that is read: no more than a few lines are of any use.
const LARGEST_KEY: u64 = 64 << 10;

/// The key of a seal; an empty one is a mistake.
pub(super) fn key(path: Option<&Path>) -> Result<Option<Vec<u8>>> {
    let Some(path) = path else { return Ok(None) };
    let shown = crate::report::untrusted::clean(&path.display().to_string()).into_owned();
    let key = files::small(path, LARGEST_KEY).with_context(|| format!("cannot read the key `{shown}`"))?;
    // A line end that an editor added is no part of the key.
    let key: Vec<u8> = key.strip_suffix(b"\n").map_or_else(|| key.clone(), <[u8]>::to_vec);
    if key.len() < 16 {
        bail!("the key `{shown}` is shorter than 16 bytes");
    }
    Ok(Some(key))
}

/// Gives a report its binding; sealed only if something that holds the seal is made of it.
pub(super) fn bind(report: &mut Report, proposal: &Proposal, sealed: bool, key: Option<&[u8]>) {
    let issued = clock::made();
    let expires = clock::utc(issued + proposal.appetite.valid_for / 1_000);
    if let Some(verdict) = &mut report.verdict {
        verdict.binding = Some(binding(proposal, clock::utc(issued), expires));
    }
    let made = if sealed { seal_of(report, key).unwrap_or_default() } else { String::new() };
    if let Some(binding) = report.verdict.as_mut().and_then(|v| v.binding.as_mut()) {
        binding.seal = made;
    }
}

/// What of a verdict goes into the audit log: texts and whole numbers, which are spelt in one way only.
pub(super) fn entry(report: &Report) -> Map<String, Value> {
    let mut entry = Map::new();
    let mut put = |key: &str, value: Value| drop(entry.insert(key.to_owned(), value));
    put("title", report.scenario.title.clone().into());
    put("file", report.scenario.file.clone().into());
    put("seed", report.seed.into());
    put("trials", report.trials.into());
    put("digest", report.digest.clone().into());
    if let Some(verdict) = &report.verdict {
        put("decision", verdict.decision.word().into());
        put("reasons", verdict.reasons.clone().into());
        if let Some(binding) = &verdict.binding {
            put("at", binding.issued.clone().into());
            put("expires", binding.expires.clone().into());
            put("plan", binding.plan.clone().into());
            put("targets", binding.targets.clone().into());
            put("world", binding.world.clone().into());
            put("guardrails", binding.guardrails.clone().into());
            put("appetite", binding.appetite.clone().into());
            put("objectives", binding.objectives.clone().into());
            put("engine", binding.engine.clone().into());
        }
    }
    entry
}

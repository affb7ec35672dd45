//! A proposal from end to end: look, simulate, judge, explain.
//!
//! In: a valid proposal. Out: its report with a verdict. What no output shows is not computed: leave-one-out and changes
//! that flip the verdict only when asked for.

use super::bench::Bench;
use super::explain::{Judged, explain};
use super::judge::Judge;
use super::question::burn_probes;
use super::run::{Running, Trials, run};
use super::told::{limits, reasons, shown, slo, widened};
use crate::engine::Choice;
use crate::report::data::Report;
use crate::report::verdict::{self as data, Decision, Verdict};
use crate::scenario::proposal::Proposal;
use crate::scenario::{Scenario, Study};
use crate::summary;
use std::sync::atomic::AtomicBool;

/// How much is explained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Nothing beyond the attribution.
    Attribution,
    /// The ten steps with the largest share are left out, one by one.
    Heaviest,
    /// Every step is.
    All,
}

/// How far the work is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// So many trials are done.
    Trials(u64),
    /// So many of all steps that are left out one by one.
    LeftOut {
        /// Done.
        done: u64,
        /// Of so many.
        of: u64,
    },
}

/// How a proposal is judged.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// The plan, as the user named it.
    pub file: &'a str,
    /// The world, as the user named it; empty if the plan does.
    pub world: &'a str,
    /// Threads; 0 is one per processor.
    pub threads: usize,
    /// In place of the budget of the appetite.
    pub budget: Option<u64>,
    /// How much is explained.
    pub why: Why,
    /// Also list what no trial touched.
    pub all: bool,
    /// Whether to fill [`Report::pictures`].
    pub pictures: bool,
    /// Told now and then how far the work is.
    pub news: &'a (dyn Fn(News) + Sync),
    /// Set from outside to stop early.
    pub stop: &'a AtomicBool,
}

/// Judges a proposal.
#[must_use]
pub fn score(proposal: &Proposal, options: &Options<'_>) -> Report {
    let bench = Bench::new(proposal, *options);
    let scenario = &proposal.scenario;
    let looked = bench.looked(scenario);
    let known = looked.known(scenario, &proposal.promised);
    let divided = bench.divided(scenario, Choice::Auto);
    let model = &divided.model;
    let mut judge = Judge::new(&proposal.appetite, model, &known);
    let burns = burn_probes(&known, model);
    let trials = run(&divided, &mut judge, &Running { burns: &burns, ..bench.running() });
    let slo = slo(&known, &trials);
    let mut report = bench.summary(scenario, model, &trials);
    if options.pictures {
        report.pictures = Some(summary::pictures::pictures(scenario, model, &report.examples));
    }
    let limits = limits(&judge, &report, slo.as_ref(), &known);
    let mut reasons = reasons(&judge, &limits);
    let mut decision = judge.decision();
    if !trials.complete {
        decision = decision.max(Decision::Review);
        reasons.insert(0, "interrupted: what is known so far does not decide".to_owned());
    } else if let Some((stricter, why)) = bench.stricter(scenario, decision, divided.choice()) {
        decision = stricter;
        reasons.insert(0, why);
    }
    let judged = Judged { bench: &bench, known: &known, decision, choice: divided.choice(), kept: &trials.kept };
    let why = if trials.complete { options.why } else { Why::Attribution };
    let (alone, flips) = explain(&judged, &heaviest(&trials, scenario), why);
    report.findings = looked.findings.iter().map(|f| shown(f, scenario)).collect();
    let widened = widened(scenario);
    report.coverage_notes.splice(0..0, widened.as_ref().map(data::Widened::sentence));
    report.verdict = Some(Verdict {
        decision,
        reasons,
        confidence: proposal.appetite.confidence,
        trials: report.trials,
        budget: bench.budget(),
        appetite: proposal.appetite.name.clone(),
        world: options.world.to_owned(),
        with: String::new(),
        limits,
        unknown_targets: scenario.plan.unknown.len() as u64,
        widened,
        steps: looked.steps,
        slo,
        alone,
        flips: flips.found,
        flips_open: flips.open,
        binding: None,
    });
    report
}

/// Two proposals as a study: the second, and doing nothing, as variants of the first under its luck.
#[must_use]
pub fn against(a: Scenario, b: Scenario, name: &str) -> Study {
    let mut b = b;
    (b.seed, b.size, b.horizon) = (a.seed, a.size, a.horizon);
    let mut nothing = a.clone();
    "doing nothing".clone_into(&mut nothing.title);
    nothing.plan.steps.clear();
    nothing.plan.unknown.clear();
    Study { base: a, variants: vec![(name.to_owned(), b), ("doing nothing".to_owned(), nothing)] }
}

/// Steps by their share of the minutes, those with none left out.
fn heaviest(trials: &Trials, scenario: &Scenario) -> Vec<u32> {
    let minutes = &trials.tally.minutes.sources;
    let steps = u32::try_from(scenario.plan.steps.len()).unwrap_or(u32::MAX);
    let weight = |n: u32| minutes.get(n as usize).copied().unwrap_or(0);
    let mut heavy: Vec<u32> = (0..steps).filter(|&n| weight(n) > 0).collect();
    heavy.sort_by_key(|&n| (std::cmp::Reverse(weight(n)), n));
    heavy
}

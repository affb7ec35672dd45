//! The bench: one world, one appetite, one oracle, and plans that are judged on it, changed ones like the plan itself.
//!
//! In: a [`Proposal`], scenarios over its world. Out: models with judges, as far judged as one wants. Not here: which plans are tried
//! (`alone`, `flips`, `advise`), what is said of them (`told`).

use super::Known;
use super::judge::Judge;
use super::plainly::Plainly;
use super::run::{Divided, Running, Total, Trials, Until, decide, run_totals};
use super::score::{News, Options};
use crate::engine::{Choice, Outcome};
use crate::findings::{self, Finding, View};
use crate::model::Model;
use crate::model::graph::Graph;
use crate::priors::Priors;
use crate::report::data::Report;
use crate::report::verdict::{Decision, StepCoverage};
use crate::scenario::appetite::{Appetite, Promised};
use crate::scenario::proposal::Proposal;
use crate::scenario::{Caution, Scenario};
use crate::summary;
use crate::summary::oracle::{Nested, prepare};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// What changed plans are judged with.
pub(crate) struct Bench<'a> {
    proposal: &'a Proposal,
    graph: Arc<Graph>,
    priors: Priors,
    /// What steps do alone: one answer for the plan and all its changes.
    nested: Nested,
    options: Options<'a>,
    has_customers: bool,
}

/// What is only not known, and could be looked up: names that nobody described, what is needed around the plan, or both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doubt {
    Names,
    Needs,
    Both,
}

/// What a look shows, before any trial.
pub(super) struct Looked {
    pub(super) findings: Vec<Finding>,
    pub(super) coverage: f64,
    pub(super) steps: Vec<StepCoverage>,
}

impl Looked {
    pub(super) fn known<'a>(&'a self, scenario: &'a Scenario, promised: &'a Promised) -> Known<'a> {
        Known { scenario, promised, findings: &self.findings, coverage: self.coverage }
    }
}

/// A changed plan, and how far its judge is.
pub(super) struct Changed<'a> {
    divided: Divided,
    judge: Judge<'a>,
    /// Trials that the judge has seen.
    done: u64,
    /// The same with nothing unknown in it, where that is another plan: the stricter of the two decides.
    plain: Option<Box<Changed<'a>>>,
}

impl Changed<'_> {
    /// The decision, if no further trial can change it or none may be spent. What is merely open is no review yet.
    pub(super) fn known(&self, budget: u64) -> Option<Decision> {
        let own = (self.judge.is_settled() || self.done >= budget).then(|| self.judge.decision())?;
        match &self.plain {
            Some(plain) if own < Decision::Block => plain.known(budget).map(|plain| own.max(plain)),
            _ => Some(own),
        }
    }

    /// Trials that were run of it.
    pub(super) fn trials(&self) -> u64 {
        self.done + self.plain.as_ref().map_or(0, |plain| plain.trials())
    }
}

impl<'a> Bench<'a> {
    pub(crate) fn new(proposal: &'a Proposal, options: Options<'a>) -> Self {
        let world = &proposal.scenario.world;
        let has_customers = world.services.iter().any(|s| s.faces_customers);
        let priors = Priors::shipped();
        let nested = Nested::new(&priors);
        Bench { proposal, graph: Arc::new(Graph::new(world)), priors, nested, options, has_customers }
    }

    pub(super) fn appetite(&self) -> &'a Appetite {
        &self.proposal.appetite
    }

    /// The world as a command names it.
    pub(super) fn world_file(&self) -> String {
        let own = self.proposal.bench.own_world().and_then(crate::document::Node::text);
        match own {
            Some(path) => format!("{}{path}", crate::scenario::files::folder(self.options.file)),
            None if self.options.world.is_empty() => "WORLD".to_owned(),
            None => self.options.world.to_owned(),
        }
    }

    pub(super) fn budget(&self) -> u64 {
        self.options.budget.unwrap_or(self.proposal.appetite.trials).max(1)
    }

    /// Tells how far the work is; false if it was interrupted.
    pub(super) fn goes_on(&self, news: News) -> bool {
        (self.options.news)(news);
        !self.is_stopped()
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.options.stop.load(Ordering::Relaxed)
    }

    pub(super) fn threads(&self) -> usize {
        match self.options.threads {
            0 => std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            n => n,
        }
    }

    pub(super) fn running(&self) -> Running<'a> {
        Running {
            budget: self.budget(),
            threads: self.threads(),
            has_customers: self.has_customers,
            news: self.options.news,
            stop: self.options.stop,
            until: Until::Decided,
            burns: &[],
        }
    }

    pub(super) fn divided(&self, scenario: &Scenario, choice: Choice) -> Divided {
        Divided::new(prepare(scenario, &self.graph, &self.priors, &self.nested), choice)
    }

    pub(super) fn looked(&self, scenario: &Scenario) -> Looked {
        let findings = findings::find(&View::new(scenario, &self.graph));
        let coverage = summary::coverage::coverage(scenario, &self.graph);
        let steps = scenario.plan.steps.iter().zip(&coverage.steps);
        let steps = steps.map(|(step, (share, reach))| StepCoverage { id: step.id.clone(), coverage: *share, reach: *reach });
        Looked { findings, coverage: coverage.share, steps: steps.collect() }
    }

    /// A changed plan, ready to be judged.
    pub(super) fn changed(&self, scenario: &Scenario, choice: Choice) -> Changed<'a> {
        let plainly = Plainly::ALL.into_iter().filter_map(|how| how.of(scenario, self.proposal.given));
        let plain = plainly.fold(None, |plain, so| Some(Box::new(Changed { plain, ..self.as_it_is(&so, choice) })));
        Changed { plain, ..self.as_it_is(scenario, choice) }
    }

    fn as_it_is(&self, scenario: &Scenario, choice: Choice) -> Changed<'a> {
        let looked = self.looked(scenario);
        self.ready(&looked.known(scenario, &self.proposal.promised), choice)
    }

    /// Whether the plan is judged more strictly than so where less softens it, and why.
    pub(super) fn stricter(&self, scenario: &Scenario, than: Decision, choice: Choice) -> Option<(Decision, String)> {
        let mut found: Option<(Decision, String)> = None;
        for how in Plainly::ALL {
            let than = found.as_ref().map_or(than, |(decision, _)| *decision);
            if let Some(plain) = how.of(scenario, self.proposal.given).filter(|_| than < Decision::Block) {
                found = self.stricter_so(&plain, how, than, choice).or(found);
            }
        }
        found
    }

    fn stricter_so(&self, plain: &Scenario, how: Plainly, than: Decision, choice: Choice) -> Option<(Decision, String)> {
        let mut plain = self.as_it_is(plain, choice);
        let running = Running { news: &|_| (), until: Until::NoStricterThan(than), ..self.running() };
        decide(&plain.divided, &mut plain.judge, &running, 0);
        let decision = plain.judge.decision();
        let held: Vec<&str> = plain.judge.held(decision).collect();
        let why = if held.is_empty() { "a limit stays open".to_owned() } else { held.join(", ") };
        (decision > than).then(|| (decision, format!("{}: {why}, {}", decision.word(), how.reason())))
    }

    /// The plan as if a doubt were settled, and nothing else changed.
    pub(super) fn if_known(&self, known: &Known<'_>, doubt: Doubt, choice: Choice) -> Changed<'a> {
        let mut scenario = known.scenario.clone();
        let (mut findings, mut coverage) = (known.findings.to_vec(), known.coverage);
        if doubt != Doubt::Needs {
            scenario.plan.unknown.clear();
            findings.retain(|f| f.rule.code != "P0001");
        }
        if doubt != Doubt::Names {
            scenario.caution = Caution::AsWritten;
            coverage = 1.0;
        }
        self.ready(&Known { scenario: &scenario, findings: &findings, coverage, ..*known }, choice)
    }

    fn ready(&self, known: &Known<'_>, choice: Choice) -> Changed<'a> {
        let divided = self.divided(known.scenario, choice);
        let judge = Judge::new(&self.proposal.appetite, &divided.model, known);
        Changed { divided, judge, done: 0, plain: None }
    }

    /// Runs the first trials of a changed plan.
    pub(super) fn first_trials(&self, changed: &mut Changed<'_>, trials: u64) -> Vec<Total> {
        changed.done = trials;
        run_totals(&changed.divided, &mut changed.judge, trials, self.has_customers)
    }

    /// The decision on a changed plan: judged in full unless it is soon seen to be no better than `than`; none if that takes
    /// more than so many further trials.
    pub(super) fn settle(&self, changed: &mut Changed<'_>, than: Decision, most: u64) -> Option<Decision> {
        let before = changed.done;
        let budget = self.budget().min(before.saturating_add(most));
        let running = Running { news: &|_| (), until: Until::NoBetterThan(than), budget, ..self.running() };
        changed.done = decide(&changed.divided, &mut changed.judge, &running, before);
        // What is open at the end of the whole budget is a review, as for the plan itself.
        let ended = budget == self.budget() || changed.judge.is_settled() || changed.judge.is_at_least(than);
        let own = ended.then(|| changed.judge.decision())?;
        match &mut changed.plain {
            Some(plain) if own < than => self.settle(plain, than, most - (changed.done - before)).map(|plain| own.max(plain)),
            _ => Some(own),
        }
    }

    /// Judges a changed plan in full, and reads something off its first trials.
    pub(crate) fn in_full<T>(
        &self,
        scenario: &Scenario,
        trials: u64,
        read: impl Fn(&Outcome<'_>, bool) -> T,
    ) -> (Decision, Vec<T>) {
        let Changed { divided, mut judge, .. } = self.as_it_is(scenario, Choice::Auto);
        decide(&divided, &mut judge, &Running { news: &|_| (), ..self.running() }, 0);
        let own = judge.decision();
        let decision = self.stricter(scenario, own, divided.choice()).map_or(own, |(stricter, _)| stricter);
        let mut engine = divided.machine();
        let mut values = Vec::new();
        engine.each(0..trials.min(self.budget()), |_, outcome| values.push(read(outcome, self.has_customers)));
        (decision, values)
    }

    pub(crate) fn graph(&self) -> &Graph {
        &self.graph
    }

    pub(super) fn summary(&self, scenario: &Scenario, model: &Model, trials: &Trials) -> Report {
        let case = summary::Case { scenario, model, tally: &trials.tally, looks: trials.looks };
        let circumstances = summary::Circumstances {
            file: self.options.file,
            complete: trials.complete,
            confidence: crate::ensemble::CONFIDENCE,
            all: self.options.all,
        };
        summary::report(&case, &self.graph, &circumstances)
    }
}

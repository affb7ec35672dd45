//! A proposal from end to end: look, simulate, judge, explain.
//!
//! In: a valid proposal. Out: its report with a verdict. What no output shows is not computed: leave-one-out and changes
//! that flip the verdict only when asked for.

use super::Known;
use super::alone;
use super::flips::flips;
use super::judge::{Asked, Judge};
use super::question::{Question, burn_probes};
use super::run::{BURN_UNIT, Running, Trials, decide, run, run_kept};
use super::values::value;
use crate::engine::Engine;
use crate::findings::{self, Finding, View};
use crate::model::Model;
use crate::model::graph::Graph;
use crate::priors::Priors;
use crate::report::data::Report;
use crate::report::figures::Unit;
use crate::report::verdict::{self as data, Decision, LimitState, Place, ShareBounds, StepCoverage, Verdict};
use crate::scenario::appetite::{Appetite, Counts, Limit, Objective};
use crate::scenario::proposal::Proposal;
use crate::scenario::{Scenario, Study};
use crate::summary;
use crate::summary::oracle::{Nested, prepare};
use indexmap::IndexMap;
use std::sync::Arc;
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

/// Steps that are left out one by one.
const HEAVIEST: usize = 10;

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
    /// Told now and then how many trials are done.
    pub news: &'a (dyn Fn(u64) + Sync),
    /// Set from outside to stop early.
    pub stop: &'a AtomicBool,
}

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

/// Judges a proposal.
#[must_use]
pub fn score(proposal: &Proposal, options: &Options<'_>) -> Report {
    let bench = Bench::new(proposal, *options);
    let scenario = &proposal.scenario;
    let looked = bench.looked(scenario);
    let known = looked.known(scenario, &proposal.objectives);
    let model = bench.compiled(scenario);
    let mut judge = Judge::new(&proposal.appetite, &model, &known);
    let burns = burn_probes(&known, &model);
    let trials = run(&model, &mut judge, &Running { burns: &burns, ..bench.running() });
    let slo = slo(&known, &trials);
    let mut report = bench.summary(scenario, &model, &trials);
    if options.pictures {
        report.pictures = Some(summary::pictures::pictures(scenario, &model, &report.examples));
    }
    let mut decision = judge.decision();
    if !trials.complete {
        decision = decision.max(Decision::Review);
    }
    let limits = limits(&judge, &report, slo.as_ref(), &known);
    let mut reasons = reasons(&judge, &limits, &known);
    if !trials.complete {
        reasons.insert(0, "interrupted: what is known so far does not decide".to_owned());
    }
    let heavy = heaviest(&trials, scenario);
    let why = options.why;
    let tried = if why == Why::All { heavy.as_slice() } else { &heavy[..heavy.len().min(HEAVIEST)] };
    let explained = why != Why::Attribution && trials.complete;
    let without = if explained { alone::leave_out(&bench, &known, tried, trials.kept.len() as u64) } else { Vec::new() };
    let alone = (!without.is_empty()).then(|| alone::alone(&known, &without, &trials.kept));
    let flips = if explained { flips(&bench, &known, decision, &heavy, without) } else { Vec::new() };
    report.findings = looked.findings.iter().map(|f| shown(f, scenario)).collect();
    report.verdict = Some(Verdict {
        decision,
        reasons,
        confidence: proposal.appetite.confidence,
        trials: report.trials,
        budget: bench.budget(),
        appetite: proposal.appetite.name.clone(),
        world: options.world.to_owned(),
        limits,
        unknown_targets: scenario.plan.unknown.len() as u64,
        steps: looked.steps,
        slo,
        alone,
        flips,
        binding: None,
    });
    report
}

/// A changed plan, and how far its judge is.
pub(super) struct Changed<'a> {
    model: Model,
    pub(super) judge: Judge<'a>,
    /// Trials that the judge has seen.
    done: u64,
}

/// What a look shows, before any trial.
struct Looked {
    findings: Vec<Finding>,
    coverage: f64,
    steps: Vec<StepCoverage>,
}

impl Looked {
    fn known<'a>(&'a self, scenario: &'a Scenario, objectives: &'a [Objective]) -> Known<'a> {
        Known { scenario, objectives, findings: &self.findings, coverage: self.coverage }
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

    fn budget(&self) -> u64 {
        self.options.budget.unwrap_or(self.proposal.appetite.trials).max(1)
    }

    pub(super) fn threads(&self) -> usize {
        match self.options.threads {
            0 => std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            n => n,
        }
    }

    fn running(&self) -> Running<'a> {
        Running {
            budget: self.budget(),
            threads: self.threads(),
            has_customers: self.has_customers,
            news: self.options.news,
            stop: self.options.stop,
            unless_better_than: None,
            burns: &[],
        }
    }

    fn compiled(&self, scenario: &Scenario) -> Model {
        prepare(scenario, &self.graph, &self.priors, &self.nested)
    }

    fn looked(&self, scenario: &Scenario) -> Looked {
        let findings = findings::find(&View::new(scenario, &self.graph));
        let coverage = summary::coverage::coverage(scenario, &self.graph);
        let steps = scenario.plan.steps.iter().zip(&coverage.steps);
        let steps = steps.map(|(step, (share, reach))| StepCoverage { id: step.id.clone(), coverage: *share, reach: *reach });
        Looked { findings, coverage: coverage.share, steps: steps.collect() }
    }

    /// A changed plan, ready to be judged.
    pub(super) fn changed(&self, scenario: &Scenario) -> Changed<'a> {
        let looked = self.looked(scenario);
        let known = looked.known(scenario, &self.proposal.objectives);
        let model = self.compiled(scenario);
        let judge = Judge::new(&self.proposal.appetite, &model, &known);
        Changed { model, judge, done: 0 }
    }

    /// The decision on a changed plan, judged in full unless it is soon seen to be no better than another one.
    pub(super) fn decision(&self, changed: &mut Changed<'_>, other: Decision) -> Decision {
        let running = Running { news: &|_| (), unless_better_than: Some(other), ..self.running() };
        decide(&changed.model, &mut changed.judge, &running, changed.done);
        changed.judge.decision()
    }

    /// Runs the first trials of a changed plan: headline and minutes of each.
    pub(super) fn first_trials(&self, changed: &mut Changed<'_>, trials: u64) -> Vec<(u64, u64)> {
        changed.done = trials;
        run_kept(&changed.model, &mut changed.judge, trials, self.has_customers)
    }

    /// The decision on the plan if all that it touches were described, and nothing else changed.
    pub(super) fn decision_if_known(&self, known: &Known<'_>) -> Decision {
        let mut scenario = known.scenario.clone();
        scenario.plan.unknown.clear();
        let findings: Vec<Finding> = known.findings.iter().filter(|f| f.rule.code != "P0001").cloned().collect();
        let known = Known { scenario: &scenario, findings: &findings, coverage: 1.0, ..*known };
        let model = self.compiled(&scenario);
        let mut judge = Judge::new(&self.proposal.appetite, &model, &known);
        decide(&model, &mut judge, &Running { news: &|_| (), ..self.running() }, 0);
        judge.decision()
    }

    /// Judges a changed plan in full, and reads something off its first trials.
    pub(crate) fn in_full<T>(
        &self,
        scenario: &Scenario,
        trials: u64,
        read: impl Fn(&Engine<'_>, bool) -> T,
    ) -> (Decision, Vec<T>) {
        let mut changed = self.changed(scenario);
        decide(&changed.model, &mut changed.judge, &Running { news: &|_| (), ..self.running() }, 0);
        let mut engine = Engine::new(&changed.model);
        let mut values = Vec::new();
        for trial in 0..trials.min(self.budget()) {
            engine.run(trial);
            values.push(read(&engine, self.has_customers));
        }
        (changed.judge.decision(), values)
    }

    pub(crate) fn graph(&self) -> &Graph {
        &self.graph
    }

    fn summary(&self, scenario: &Scenario, model: &Model, trials: &Trials) -> Report {
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

/// How much of the budgets burns; the worst of each trial stands first.
fn slo(known: &Known<'_>, trials: &Trials) -> Option<data::SloReport> {
    let (worst, each) = trials.burnt.split_first()?;
    let quantiles = |hist| summary::burnt(hist, BURN_UNIT, trials.looks);
    let one = |(objective, hist): (&Objective, _)| {
        let report = data::ObjectiveReport {
            service: known.scenario.world.services[objective.service as usize].name.clone(),
            target: objective.target,
            window_min: summary::timeline::minutes(objective.window),
            counts: if objective.counts == Counts::Requests { "requests" } else { "time" },
            budget_burnt: quantiles(hist),
            source: objective.source.clone(),
        };
        (objective.name.clone(), report)
    };
    Some(data::SloReport { budget_burnt: quantiles(worst), objectives: known.objectives.iter().zip(each).map(one).collect() })
}

fn limits(judge: &Judge<'_>, report: &Report, slo: Option<&data::SloReport>, known: &Known<'_>) -> Vec<LimitState> {
    let state = |(verdict, limit, asked, answer): (Decision, &Limit, &[Asked], Option<(bool, u64)>)| {
        let mut values = IndexMap::new();
        let mut shares = IndexMap::new();
        let mut note = String::new();
        for (atom, asked) in limit.atoms.iter().zip(asked) {
            match &asked.question {
                Question::Never(why) => {
                    (*why).clone_into(&mut note);
                    continue;
                }
                Question::Share { q, .. } if asked.n > 0 => {
                    #[expect(clippy::cast_precision_loss, reason = "counts of trials")]
                    let share = asked.hits as f64 / asked.n as f64;
                    shares.insert(atom.path.clone(), ShareBounds { share, allowed: *q });
                }
                _ => {}
            }
            if let Some(value) = value(&atom.output, report, slo, known) {
                values.insert(atom.path.clone(), value);
            }
        }
        if answer.is_none() && note.is_empty() {
            note = if judge.is_settled() {
                format!("not needed for the decision; not known after {} trials", report.trials)
            } else {
                format!("not decided after {} trials", report.trials)
            };
        }
        LimitState {
            text: limit.text.clone(),
            verdict,
            holds: answer.map(|(holds, _)| holds),
            values,
            shares,
            decided_after: answer.map(|(_, after)| after),
            note,
            place: limit.span.as_ref().map(place),
        }
    };
    judge.limits().map(state).collect()
}

/// The most important first: what blocks, what asks for a person, what is not known, what could not be decided.
fn reasons(judge: &Judge<'_>, limits: &[LimitState], _known: &Known<'_>) -> Vec<String> {
    let told = |l: &LimitState| {
        let values: Vec<String> =
            l.values.iter().map(|(path, value)| format!("{path} is {}", Unit::of(path).value(*value))).collect();
        let values = if values.is_empty() { String::new() } else { format!(" ({})", values.join(", ")) };
        format!("{}: {}{values}", l.verdict.word(), l.text)
    };
    let holding = |verdict: Decision| limits.iter().filter(move |l| l.verdict == verdict && l.holds == Some(true)).map(told);
    let blocking: Vec<String> = holding(Decision::Block).collect();
    let open = |l: &&LimitState| l.holds.is_none() && blocking.is_empty();
    let open = limits.iter().filter(open).map(|l| format!("open: {} ({})", l.text, l.note)).collect::<Vec<_>>();
    let blind = judge.blind.iter().map(|text| format!("review: {text}"));
    blocking.iter().cloned().chain(blind).chain(holding(Decision::Review)).chain(open).collect()
}

/// A finding as the report shows it.
fn shown(finding: &Finding, scenario: &Scenario) -> data::Finding {
    let steps = finding.steps.iter().map(|&n| scenario.plan.steps[n as usize].id.clone());
    data::Finding {
        code: finding.rule.code.to_owned(),
        title: finding.rule.title.to_owned(),
        weight: finding.weight,
        message: finding.message.clone(),
        hint: finding.hint.clone(),
        steps: steps.collect(),
        subjects: finding.subjects.clone(),
        place: finding.span.as_ref().map(place),
    }
}

/// A span as people count.
pub(super) fn place(span: &crate::diag::Span) -> Place {
    let at = |offset: usize| {
        let text = span.source.text.get(..offset).unwrap_or(&span.source.text);
        let line = text.matches('\n').count() as u64 + 1;
        let column = text.rsplit('\n').next().map_or(0, |last| last.chars().count()) as u64 + 1;
        (line, column)
    };
    let ((line, column), (end_line, end_column)) = (at(span.start), at(span.end));
    Place { file: span.source.name.clone(), line, column, end_line, end_column }
}

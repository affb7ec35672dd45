//! A study from end to end: compile, run, examine the defaults, summarise.
//!
//! In: a valid study. Out: its report. The only place that knows the whole way; still pure: time,
//! files and the terminal are `cli`'s.

use super::figures::share;
use super::oracle::{Nested, prepare};
use super::pictures::pictures;
use super::rare::Aiming;
use super::{Case, Circumstances, controls, report, words};
use crate::engine::Choice;
use crate::ensemble::hist::Hist;
use crate::ensemble::pairs::{Difference, MARKS, Pairs};
use crate::ensemble::tally::Tally;
use crate::ensemble::{self, CONFIDENCE, Ensemble, Ran, Run, intervals};
use crate::model::Model;
use crate::model::graph::Graph;
use crate::priors::{PriorValue, Priors};
use crate::report::data::{Default, Delta, EngineInfo, Precision, Report, Variant};
use crate::scenario::plan::Size;
use crate::scenario::{Scenario, Study};
use indexmap::IndexMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// How a study is run.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// The file, as the user named it.
    pub file: &'a str,
    /// Which engine; the figures do not depend on it.
    pub engine: Choice,
    /// Threads; 0 is one per processor.
    pub threads: usize,
    /// Also list what no trial touched.
    pub all: bool,
    /// Whether to fill [`Report::pictures`].
    pub pictures: bool,
    /// When trials are aimed at what seldom goes wrong.
    pub aiming: Aiming,
    /// Whether to find out which defaults mattered.
    pub examine_defaults: bool,
    /// Told now and then how many trials are done.
    pub news: &'a (dyn Fn(u64) + Sync),
    /// Set from outside to stop early.
    pub stop: &'a AtomicBool,
}

/// Trials for each end of each default.
const DEFAULT_TRIALS: u64 = 1_000;

/// Runs a study.
#[must_use]
pub fn simulate(study: &Study, options: &Options<'_>) -> Report {
    let priors = Priors::shipped();
    let scenarios: Vec<&Scenario> = std::iter::once(&study.base).chain(study.variants.iter().map(|(_, s)| s)).collect();
    let graphs = graphs(&scenarios);
    let nested = Nested::new(&priors);
    let models: Vec<Model> = scenarios.iter().zip(&graphs).map(|(s, g)| prepare(s, g, &priors, &nested)).collect();
    let has_customers = study.base.world.services.iter().any(|s| s.faces_customers);
    let run = Run {
        size: study.base.size,
        engine: options.engine,
        threads: options.threads,
        has_customers,
        news: options.news,
        stop: options.stop,
    };
    let ensemble = ensemble::run(&models, &run);
    let circumstances =
        Circumstances { file: options.file, complete: ensemble.complete, confidence: CONFIDENCE, all: options.all };
    let mut reports = (0..models.len()).map(|i| {
        let case = Case { scenario: scenarios[i], model: &models[i], tally: &ensemble.tallies[i], looks: ensemble.looks };
        let mut report = report(&case, &graphs[i], &circumstances);
        report.precision = precision(study.base.size, &ensemble);
        report.rare = super::rare::rare(&models[i], &ensemble.tallies[i], options.aiming, &run);
        report.engine = Some(engine_info(&ensemble.engines[i], &models[i]));
        report
    });
    let Some(mut base) = reports.next() else { unreachable!("a study has a base") };
    for (((name, _), (report, pairs)), model) in study.variants.iter().zip(reports.zip(&ensemble.pairs)).zip(&models[1..]) {
        let guarded = base.controls.is_some() || report.controls.is_some();
        let delta = deltas(pairs, &ensemble, &base, guarded);
        let outage_min = mean_minutes(&ensemble.tallies[0].headline);
        let sides = controls::Sides { name, base: &base, variant: &report, delta: &delta, outage_min };
        let sentence = controls::sentence(&sides);
        let longer = controls::longer(pairs, &models[0], model);
        base.variants.insert(name.clone(), Variant { report: Box::new(report), delta, sentence, longer });
    }
    if options.pictures {
        picture(&mut base, &scenarios, &models);
    }
    // Once more, now that lines about variants can be answered.
    base.expect = super::observed::expectations(&study.base, &base);
    if options.examine_defaults {
        base.defaults = defaults(&study.base, &graphs[0], &priors, &models[0], &ensemble.tallies[0], &run, &nested);
        without(&study.base, &graphs[0], &priors, &mut base, &run, &nested);
    }
    base
}

#[expect(clippy::cast_precision_loss, reason = "a mean, for display")]
fn mean_minutes(all: &Hist) -> f64 {
    all.sum() as f64 / all.count().max(1) as f64 / 60_000.0
}

/// Adds map and films; variants show the trials of the base, so that they can be laid side by side.
fn picture(base: &mut Report, scenarios: &[&Scenario], models: &[Model]) {
    let examples = base.examples.clone();
    let draw = |i: usize| Some(pictures(scenarios[i], &models[i], &examples));
    base.pictures = draw(0);
    for (i, variant) in (1..).zip(base.variants.values_mut()) {
        variant.report.pictures = draw(i);
    }
}

/// The call graph of each scenario's world; variants that share a world share it.
fn graphs(scenarios: &[&Scenario]) -> Vec<Arc<Graph>> {
    let mut known: Vec<(&Scenario, Arc<Graph>)> = Vec::new();
    for scenario in scenarios {
        let same = known.iter().find(|(s, _)| Arc::ptr_eq(&s.world, &scenario.world)).map(|(_, g)| g.clone());
        known.push((scenario, same.unwrap_or_else(|| Arc::new(Graph::new(&scenario.world)))));
    }
    known.into_iter().map(|(_, graph)| graph).collect()
}

fn engine_info(ran: &Ran, model: &Model) -> EngineInfo {
    let (kind, cells) = ran.core.map_or(("event", model.len()), |core| ("interval", core));
    let trials_by_events = ran.again;
    EngineInfo { kind, cells_by_events: cells as u64, trials_by_events }
}

fn precision(size: Size, ensemble: &Ensemble) -> Option<Precision> {
    let Size::Precision(goal) = size else { return None };
    let reached = ensemble.reached.unwrap_or(false);
    let note = match (reached, ensemble.complete) {
        (true, _) => String::new(),
        (false, true) => format!("not reached after {} trials", ensemble.tallies[0].trials),
        (false, false) => "stopped before it was reached".to_owned(),
    };
    Some(Precision { goal, reached, note })
}

/// Names and scales of the marks, in the order of [`Pairs::marks`].
const MARK_NAMES: [(&str, f64); MARKS] = [
    ("outage_min", 60_000.0),
    ("affected_cells", 1.0),
    ("customers.requests_lost", 1_000.0),
    ("customers.minutes_lost", 1_000.0),
    ("plan_min", 60_000.0),
    ("data_lost_for_good", 1.0),
    ("friction.approvals", 1.0),
    ("friction.hours", 3_600_000.0),
    ("friction.false_stops", 1.0),
];

fn deltas(pairs: &Pairs, ensemble: &Ensemble, base: &Report, guarded: bool) -> IndexMap<String, Delta> {
    let mut found = IndexMap::new();
    for ((name, scale), difference) in MARK_NAMES.into_iter().zip(&pairs.marks) {
        let name = match (name, &base.customers) {
            ("outage_min", Some(_)) => "customers.outage_min",
            ("outage_min", None) => "longest_outage_min",
            ("customers.requests_lost" | "customers.minutes_lost", None) => continue,
            (name, _) if name.starts_with("friction.") && !guarded => continue,
            (other, _) => other,
        };
        found.insert(name.to_owned(), delta(difference, pairs.trials, scale, ensemble));
    }
    found
}

#[expect(clippy::cast_precision_loss, reason = "sums of differences, for display")]
fn delta(difference: &Difference, trials: u64, scale: f64, ensemble: &Ensemble) -> Delta {
    let n = trials.max(1) as f64;
    let mean = difference.sum as f64 / n;
    let variance = (difference.squares as f64 / n - mean * mean).max(0.0);
    let range = difference.range.1.saturating_sub(difference.range.0).max(0) as f64;
    let half = intervals::mean(variance, range, trials, ensemble.looks.error());
    Delta {
        mean: mean / scale,
        low: (mean - half).max(difference.range.0 as f64) / scale,
        high: (mean + half).min(difference.range.1 as f64) / scale,
        less: share(difference.less, trials),
        more: share(difference.more, trials),
    }
}

/// What each guardrail of the base is worth: the same luck without it.
fn without(scenario: &Scenario, graph: &Graph, priors: &Priors, base: &mut Report, run: &Run<'_>, nested: &Nested) {
    let with = prepare(scenario, graph, priors, nested);
    for effect in &mut base.why.guardrails {
        let Some(less) = controls::without(scenario, &effect.name) else { continue };
        let models = [prepare(&less, graph, priors, nested), with.clone()];
        let run = Run { size: Size::Trials(base.trials.min(DEFAULT_TRIALS)), news: &|_| (), ..*run };
        let ensemble = ensemble::run(&models, &run);
        if ensemble.complete {
            let pairs = &ensemble.pairs[0];
            effect.outage_min = Some(delta(&pairs.marks[0], pairs.trials, MARK_NAMES[0].1, &ensemble));
        }
    }
}

/// The priors that were drawn from, and how far the headline moves when each goes from p10 to p90.
fn defaults(
    scenario: &Scenario,
    graph: &Graph,
    priors: &Priors,
    model: &Model,
    tally: &Tally,
    run: &Run<'_>,
    nested: &Nested,
) -> Vec<Default> {
    let trials = tally.trials.min(DEFAULT_TRIALS);
    let headline = |priors: &Priors| {
        let model = prepare(scenario, graph, priors, nested);
        let run = Run { size: Size::Trials(trials), news: &|_| (), ..*run };
        let ensemble = ensemble::run(std::slice::from_ref(&model), &run);
        ensemble.complete.then(|| mean(&ensemble.tallies[0]))
    };
    let used = model.priors.iter().zip(&tally.drawn).filter(|(_, drawn)| **drawn).map(|(name, _)| name);
    let mut found: Vec<Default> = used
        .filter_map(|name| priors.get(name))
        .map(|prior| Default {
            name: prior.name.to_owned(),
            what: prior.when.to_owned(),
            value: value(&prior.value, prior.unit),
            support: prior.support.word().to_owned(),
            source: prior.source.to_owned(),
            low_min: headline(&priors.clone().with_fixed(prior.name, 0.1)),
            high_min: headline(&priors.clone().with_fixed(prior.name, 0.9)),
        })
        .collect();
    let swing = |d: &Default| d.high_min.zip(d.low_min).map_or(0.0, |(high, low)| (high - low).abs());
    found.sort_by(|a, b| swing(b).total_cmp(&swing(a)).then_with(|| a.name.cmp(&b.name)));
    found
}

/// Mean of the headline, in minutes.
#[expect(clippy::cast_precision_loss, reason = "a sum for display")]
fn mean(tally: &Tally) -> f64 {
    tally.headline.sum() as f64 / tally.headline.count().max(1) as f64 / 60_000.0
}

fn value(value: &PriorValue, unit: &str) -> String {
    match value {
        PriorValue::Duration(dist) => words::dist(dist, true),
        PriorValue::Factor(dist) => format!("{} {unit}", words::dist(dist, false)),
        PriorValue::Chance(chance) => words::chance(*chance),
        PriorValue::Sometimes { chance, then } => format!("{} of the time: {}", words::chance(*chance), words::dist(then, true)),
        PriorValue::Baselines(_) => String::new(),
    }
}

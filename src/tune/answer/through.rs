//! Which plans still do harm under the recommendation, and why.
//!
//! In: the recommended setting. Out: its worst plans. Every plan is run once more, with its guardrails in sight.

use super::Case;
use crate::engine::Machine;
use crate::model::Model;
use crate::model::controls::{Act, Form};
use crate::report::figures::percent;
use crate::report::frontier::Through;
use crate::scenario::experiment::{Planned, Statistic};
use crate::tune::figures;
use crate::tune::problem::Problem as _;
use crate::tune::race::{Hooks, News, Stage};
use crate::tune::weeks::Weeks;
use rayon::prelude::*;
use std::sync::atomic::{AtomicU64, Ordering};

/// Runs of each plan.
pub(super) const RUNS: u64 = 400;
/// Plans that are named.
const NAMED: usize = 10;
/// Harm below this part of the whole is not worth a line.
const LEAST: f64 = 0.001;

/// The worst plans, the worst first; none at all if it was stopped before all were run.
pub(super) fn plans(case: &Case<'_>, setting: usize, hooks: &Hooks<'_>) -> Option<Vec<Through>> {
    let Some(harm) = case.harm else { return Some(Vec::new()) };
    let (weeks, plans) = (case.weeks, &case.experiment.plans);
    let (before, done) = (case.course.trials, AtomicU64::new(0));
    let until = before + RUNS * plans.len() as u64;
    let tell = || {
        let trials = before + done.fetch_add(RUNS, Ordering::Relaxed) + RUNS;
        let (stage, round) = (Stage::Through, case.course.round);
        (hooks.news)(News { stage, trials, until, at_most: until, alive: 1, round });
    };
    let mut found: Vec<Through> = (0..plans.len())
        .into_par_iter()
        .filter(|_| !hooks.stop.load(Ordering::Relaxed))
        .filter_map(|plan| one(weeks, &plans[plan], (setting, plan), harm).inspect(|_| tell()))
        .collect();
    if hooks.stop.load(Ordering::Relaxed) {
        return None;
    }
    let whole: f64 = found.iter().map(|t| t.harm).sum();
    if whole <= 0.0 {
        return Some(Vec::new());
    }
    found.iter_mut().for_each(|t| t.share = t.harm / whole);
    found.retain(|t| t.share >= LEAST);
    found.sort_by(|a, b| b.harm.total_cmp(&a.harm).then_with(|| a.plan.cmp(&b.plan)));
    found.truncate(NAMED);
    Some(found)
}

fn one(weeks: &Weeks<'_>, planned: &Planned, (setting, plan): (usize, usize), harm: usize) -> Option<Through> {
    let model = weeks.compiled(setting, plan)?;
    let output = &weeks.outputs()[harm];
    let place = figures::place(output, &model);
    let split = weeks.engine().split(&model, RUNS);
    let mut engine = Machine::new(&model, split.as_ref());
    let (mut sum, mut harmful, mut stopped, mut saved) = (0_u128, 0_u64, 0_u64, 0_u64);
    engine.each(0..RUNS, |_, outcome| {
        let figure = figures::of(output, place, outcome);
        sum += u128::from(figure);
        harmful += u64::from(figure > 0);
        stopped += u64::from(outcome.friction().stops > 0);
        // One that is stopped after the harm is done is not saved.
        saved += u64::from(outcome.friction().stops > 0 && figure == 0);
    });
    #[expect(clippy::cast_precision_loss, reason = "sums for display")]
    let per_run = sum as f64 / RUNS as f64 / output.scale();
    #[expect(clippy::cast_precision_loss, reason = "a few hundred")]
    let part = |runs: u64| runs as f64 / RUNS as f64;
    let often = if output.statistic == Statistic::PerWeek {
        planned.per_week
    } else {
        planned.per_week / weeks.weights().iter().sum::<f64>()
    };
    Some(Through {
        plan: planned.name.clone(),
        title: planned.title.clone(),
        per_week: planned.per_week,
        share: 0.0,
        harm: per_run * often,
        harmful_runs: part(harmful),
        stopped_runs: part(stopped),
        why: why(&model, &weeks.harmful(setting, plan), harmful, saved),
    })
}

/// What its guardrails made of it: of the steps that do harm as they are written, or else of all.
fn why(model: &Model, harms: &[bool], harmful: u64, saved: u64) -> String {
    let controls = &model.controls;
    let forms: Vec<&Form> = controls.steps.iter().map(|s| &controls.forms[s.literal as usize]).collect();
    let does_harm = |n: usize| harms.get(n).copied().unwrap_or(false);
    let looked_at = |n: &usize| does_harm(*n) || !harms.contains(&true);
    let guarded: Vec<&Form> = (0..forms.len()).filter(looked_at).map(|n| forms[n]).filter(|f| !f.gates.is_empty()).collect();
    let bare = (0..forms.len()).filter(|&n| does_harm(n) && forms[n].gates.is_empty());
    let bare: Vec<String> = bare.map(|n| format!("`{}`", forms[n].text)).collect();
    let mut named: Vec<&str> = Vec::new();
    for gate in guarded.iter().flat_map(|form| &form.gates) {
        let name = controls.rules[gate.rule as usize].id.as_str();
        if !named.contains(&name) {
            named.push(name);
        }
    }
    let (named, asked) = (named.join(", "), guarded.iter().flat_map(|f| &f.gates).any(|g| matches!(g.act, Act::Ask(_))));
    let stops = || {
        #[expect(clippy::cast_precision_loss, reason = "a few hundred")]
        let caught = saved as f64 / (saved + harmful) as f64;
        format!("{named} stops {} of its harmful runs in time and misses the rest", percent(caught))
    };
    if !harms.contains(&true) {
        return match (named.is_empty(), saved > 0) {
            (true, false) => "no guardrail speaks of its steps as they are written".to_owned(),
            (true, true) => "no guardrail speaks of it as it is written; some of its slips are stopped".to_owned(),
            (false, true) => stops(),
            (false, false) if asked => {
                format!("{named} is asked, but its steps do no harm more often than not, so nobody can see it coming")
            }
            (false, false) => format!("{named} stands before its steps and does not stop this harm"),
        };
    }
    match (bare.is_empty(), saved > 0) {
        (true, _) if named.is_empty() => "there is no guardrail".to_owned(),
        (true, true) => stops(),
        (true, false) => format!("{named} stands before what does harm and does not stop it in time"),
        (false, true) if !named.is_empty() => format!("{}; no guardrail speaks of {}", stops(), bare.join(", ")),
        (false, _) => format!("no guardrail speaks of {} as written, which does harm", bare.join(", ")),
    }
}

//! Which plans still do harm under the recommendation, and why.
//!
//! In: the recommended setting. Out: its worst plans. Every plan is run once more, with its guardrails in sight.

use super::Case;
use crate::engine::Machine;
use crate::model::Model;
use crate::model::controls::Act;
use crate::report::frontier::Through;
use crate::scenario::experiment::{Planned, Statistic};
use crate::tune::figures;
use crate::tune::problem::Problem as _;
use crate::tune::race::Hooks;
use crate::tune::weeks::Weeks;
use rayon::prelude::*;
use std::sync::atomic::Ordering;

/// Runs of each plan.
const RUNS: u64 = 400;
/// Plans that are named.
const NAMED: usize = 10;
/// Harm below this part of the whole is not worth a line.
const LEAST: f64 = 0.001;

/// The worst plans, the worst first.
pub(super) fn plans(case: &Case<'_>, setting: usize, hooks: &Hooks<'_>) -> Vec<Through> {
    let Some(harm) = case.harm else { return Vec::new() };
    let (weeks, plans) = (case.weeks, &case.experiment.plans);
    let mut found: Vec<Through> = (0..plans.len())
        .into_par_iter()
        .filter(|_| !hooks.stop.load(Ordering::Relaxed))
        .filter_map(|plan| one(weeks, &plans[plan], (setting, plan), harm))
        .collect();
    let whole: f64 = found.iter().map(|t| t.harm).sum();
    if whole <= 0.0 {
        return Vec::new();
    }
    found.iter_mut().for_each(|t| t.share = t.harm / whole);
    found.retain(|t| t.share >= LEAST);
    found.sort_by(|a, b| b.harm.total_cmp(&a.harm).then_with(|| a.plan.cmp(&b.plan)));
    found.truncate(NAMED);
    found
}

fn one(weeks: &Weeks<'_>, planned: &Planned, (setting, plan): (usize, usize), harm: usize) -> Option<Through> {
    let model = weeks.compiled(setting, plan)?;
    let output = &weeks.outputs()[harm];
    let place = figures::place(output, &model);
    let split = weeks.engine().split(&model, RUNS);
    let mut engine = Machine::new(&model, split.as_ref());
    let (mut sum, mut harmful, mut stopped) = (0_u128, 0_u64, 0_u64);
    engine.each(0..RUNS, |_, outcome| {
        let figure = figures::of(output, place, outcome);
        sum += u128::from(figure);
        harmful += u64::from(figure > 0);
        stopped += u64::from(outcome.friction().stops > 0);
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
        why: why(&model, part(harmful), part(stopped)),
    })
}

/// What its guardrails made of it.
fn why(model: &Model, harmful: f64, stopped: f64) -> String {
    let literal = model.controls.steps.iter().map(|s| &model.controls.forms[s.literal as usize]);
    let forms: Vec<_> = literal.collect();
    let mut named: Vec<String> = Vec::new();
    let mut asked = false;
    for gate in forms.iter().flat_map(|f| &f.gates) {
        let name = &model.controls.rules[gate.rule as usize].id;
        asked |= matches!(gate.act, Act::Ask(_));
        if !named.contains(name) {
            named.push(name.clone());
        }
    }
    let foreseen = forms.iter().any(|f| f.harmful == Some(true));
    match (named.is_empty(), stopped > 0.0) {
        (true, false) => "no guardrail speaks of its steps as they are written".to_owned(),
        (true, true) => "no guardrail speaks of it as it is written; some of its slips are stopped".to_owned(),
        (false, true) => {
            let caught = stopped / (stopped + harmful);
            format!(
                "{} stops {} of its harmful runs and misses the rest",
                named.join(", "),
                crate::report::figures::percent(caught)
            )
        }
        (false, false) if asked && !foreseen => {
            format!("{} is asked, but its steps do no harm more often than not, so nobody can see it coming", named.join(", "))
        }
        (false, false) => format!("{} stands before its steps and does not stop this harm", named.join(", ")),
    }
}

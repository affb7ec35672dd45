//! What the recommendation costs if a default is wrong.
//!
//! In: the recommendation and its rivals on the frontier. Out: for both ends of every default that moves the recommendation's
//! objectives, what would be recommended then, and what is lost by having recommended otherwise. Harm is foreseen as before: who
//! reviews goes by what is believed, not by what is true. A default is shifted there and scatters as before: held, a wait would be the same for all who
//! are asked at once, and a second approver would look free.

use super::{Case, choice};
use crate::priors::Priors;
use crate::report::frontier::Regret;
use crate::scenario::experiment::Setting;
use crate::tune::Rules;
use crate::tune::compare::Judge;
use crate::tune::race::{Course, Fate, Hooks};
use crate::tune::weeks::Weeks;
use indexmap::IndexMap;
use std::sync::atomic::Ordering;

/// A default matters if it moves an objective by this part of its value.
const MATTERS: f64 = 0.05;
/// Settings of the frontier that are compared, those nearest to the recommendation first.
const RIVALS: usize = 8;

/// The defaults that matter, by how much is lost.
pub(super) fn regrets(case: &Case<'_>, recommended: usize, hooks: &Hooks<'_>) -> Vec<Regret> {
    let place = case.frontier.iter().position(|&s| s == recommended).unwrap_or(0);
    let mut rivals = case.frontier.clone();
    rivals.sort_by_key(|&s| (case.frontier.iter().position(|&o| o == s).unwrap_or(0).abs_diff(place), s));
    rivals.truncate(RIVALS);
    let settings: Vec<Setting> = rivals.iter().map(|&s| case.weeks.settings()[s].clone()).collect();
    let priors = Priors::shipped();
    let Some(base) = case.course.first_of(recommended) else { return Vec::new() };
    let mut found = Vec::new();
    for name in drawn(case, recommended) {
        let Some(prior) = priors.get(&name) else { continue };
        for (at, percentile) in [("p10", 0.1), ("p90", 0.9)] {
            if hooks.stop.load(Ordering::Relaxed) {
                return Vec::new();
            }
            let all = case.weeks.with_prior(&name, percentile, &settings, &rivals);
            let then = values(case, &all, &[0], hooks);
            if !moves(case, base, &then[0]) {
                continue;
            }
            let places: Vec<usize> = (0..rivals.len()).collect();
            let values = values(case, &all, &places, hooks);
            found.push(regret(case, &rivals, &values, prior.name, prior.support.word(), at));
        }
    }
    let lost = |r: &Regret| case.rules.objectives.iter().map(|a| part_lost(case, r, a.criterion)).fold(0.0, f64::max);
    found.sort_by(|a, b| a.stands.cmp(&b.stands).then(lost(b).total_cmp(&lost(a))).then_with(|| a.prior.cmp(&b.prior)));
    found
}

/// Defaults that the plans could draw from under the recommendation.
fn drawn(case: &Case<'_>, setting: usize) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for plan in 0..case.experiment.plans.len() {
        let Some(model) = case.weeks.compiled(setting, plan) else { continue };
        names.extend(model.priors.iter().cloned());
    }
    names.sort();
    names.dedup();
    names
}

/// By setting and criterion: values after the first round of trials.
fn values(case: &Case<'_>, weeks: &Weeks<'_>, settings: &[usize], hooks: &Hooks<'_>) -> Vec<Box<[f64]>> {
    let rules = Rules { most: case.rules.first, eliminate: false, prefer: None, ..case.rules.clone() };
    let mut course = Course::new(weeks, &rules);
    for (setting, fate) in course.fates.iter_mut().enumerate() {
        *fate = if settings.contains(&setting) { Fate::In } else { Fate::Same(setting) };
    }
    let quiet = Hooks { news: &|_| (), save: &|_| (), ..*hooks };
    course.run(weeks, &rules, &quiet);
    let judge = Judge::new(weeks, &rules);
    settings.iter().map(|&s| judge.seen(s, &course.records[s]).values).collect()
}

fn moves(case: &Case<'_>, base: &[f64], then: &[f64]) -> bool {
    case.rules.objectives.iter().any(|aim| {
        let (a, b) = (base[aim.criterion], then[aim.criterion]);
        (b - a).abs() > MATTERS * a.abs()
    })
}

fn regret(case: &Case<'_>, rivals: &[usize], values: &[Box<[f64]>], prior: &str, support: &str, at: &'static str) -> Regret {
    let judge = Judge::new(case.weeks, case.rules);
    let places: Vec<usize> = (0..rivals.len()).collect();
    let mut on_frontier: Vec<usize> =
        places.iter().copied().filter(|&i| !places.iter().any(|&j| judge.ahead(&values[j], &values[i]))).collect();
    // The best in the first objective first, which then decides between equals.
    if let Some(aim) = case.rules.objectives.first() {
        let sign = if aim.maximise { -1.0 } else { 1.0 };
        on_frontier.sort_by(|&i, &j| (sign * values[i][aim.criterion]).total_cmp(&(sign * values[j][aim.criterion])));
    }
    let distances = choice::distances(case, &on_frontier, |i, criterion| values[i][criterion]);
    let stands = on_frontier.contains(&0);
    // Whoever beats the recommendation takes its place; else the same rule chooses again.
    let beater = on_frontier.iter().copied().find(|&i| judge.ahead(&values[i], &values[0]));
    let best = beater.or_else(|| choice::nearest(&on_frontier, &distances)).unwrap_or(0);
    let by_path = |value: &dyn Fn(usize) -> f64| {
        case.rules.objectives.iter().map(|a| (case.path(a.criterion), value(a.criterion))).collect::<IndexMap<_, _>>()
    };
    Regret {
        prior: prior.to_owned(),
        support: support.to_owned(),
        at,
        best: rivals[best],
        // The recommendation comes first among the rivals.
        loses: by_path(&|c| values[0][c] - values[best][c]),
        then: by_path(&|c| values[0][c]),
        stands,
    }
}

/// What is lost in an objective, as a part of its value.
fn part_lost(case: &Case<'_>, regret: &Regret, criterion: usize) -> f64 {
    let path = case.path(criterion);
    let (lost, then) = (regret.loses.get(&path).copied().unwrap_or(0.0), regret.then.get(&path).copied().unwrap_or(0.0));
    if then > 0.0 { (lost / then).max(0.0) } else { 0.0 }
}

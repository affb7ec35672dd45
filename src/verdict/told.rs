//! What a verdict says of itself: limits with their figures, reasons, findings, budgets.
//!
//! In: a judge at the end of its trials, the report on them. Out: parts of the verdict as data.

use super::Known;
use super::judge::{Asked, Judge};
use super::question::Question;
use super::run::{BURN_UNIT, Trials};
use super::values::value;
use crate::findings::Finding;
use crate::model::SPREAD;
use crate::priors::{PriorValue, Priors};
use crate::report::data::Report;
use crate::report::figures::Unit;
use crate::report::place::Place;
use crate::report::verdict::{self as data, Decision, LimitState, ShareBounds};
use crate::scenario::Scenario;
use crate::scenario::appetite::{Counts, Limit, Objective};
use crate::scenario::world::ServiceId;
use crate::summary;
use crate::units::Dist;
use indexmap::IndexMap;

/// How much of the budgets burns; the worst of each trial stands first.
pub(super) fn slo(known: &Known<'_>, trials: &Trials) -> Option<data::SloReport> {
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
    Some(data::SloReport {
        budget_burnt: quantiles(worst),
        objectives: known.promised.objectives.iter().zip(each).map(one).collect(),
    })
}

/// Every limit, and what became of it.
pub(super) fn limits(judge: &Judge<'_>, report: &Report, slo: Option<&data::SloReport>, known: &Known<'_>) -> Vec<LimitState> {
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
            place: limit.span.as_ref().map(Place::of),
        }
    };
    judge.limits().map(state).collect()
}

/// The most important first: what blocks, what asks for a person, what is not known, what could not be decided.
pub(super) fn reasons(judge: &Judge<'_>, limits: &[LimitState]) -> Vec<String> {
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
    let blind = judge.blind().map(|text| format!("review: {text}"));
    blocking.iter().cloned().chain(blind).chain(holding(Decision::Review)).chain(open).collect()
}

/// A finding as the report shows it.
pub(super) fn shown(finding: &Finding, scenario: &Scenario) -> data::Finding {
    let steps = finding.steps.iter().map(|&n| scenario.plan.steps[n as usize].id.clone());
    data::Finding {
        code: finding.rule.code.to_owned(),
        title: finding.rule.title.to_owned(),
        weight: finding.weight,
        message: finding.message.clone(),
        hint: finding.hint.clone(),
        steps: steps.collect(),
        subjects: finding.subjects.clone(),
        place: finding.span.as_ref().map(Place::of),
    }
}

/// Where default figures are widened, and by how much.
pub(super) fn widened(scenario: &Scenario) -> Option<data::Widened> {
    let services = scenario.wide_services();
    let prior = Priors::shipped();
    let prior = prior.get(SPREAD)?;
    let PriorValue::Factor(Dist::LogNormal { median, p95 }) = prior.value else { return None };
    let name = |&id: &ServiceId| scenario.world.services[id as usize].name.clone();
    (!services.is_empty()).then(|| data::Widened {
        services: services.iter().map(name).collect(),
        prior: prior.name.to_owned(),
        support: prior.support.word().to_owned(),
        p95_factor: p95 / median,
        unknown_targets: !scenario.plan.unknown.is_empty(),
    })
}

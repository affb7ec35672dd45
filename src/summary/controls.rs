//! Actor, guardrails and friction: what they did, what they cost, and what would have been without them.

use super::Case;
use super::figures::{Sample, Unit, quantiles, share};
use crate::engine::{RuleSums, SIGNS};
use crate::ensemble::hist::Hist;
use crate::ensemble::pairs::Pairs;
use crate::model::controls::{Act, Gate, Permission};
use crate::report::data::{Actor, Controls, Delta, Friction, GuardrailEffect, Longer, Report, StepControls};
use crate::report::figures::{count, duration, percent, plain, small};
use crate::scenario::Scenario;
use indexmap::IndexMap;

/// What the controls cost; nothing without controls.
pub(super) fn friction(case: &Case<'_>) -> Friction {
    let figures = case.tally.friction.as_deref();
    let of = |hist: Option<&Hist>, unit| quantiles(&Sample::of_optional(hist, case.tally.trials), unit, case.looks);
    Friction {
        approvals: of(figures.map(|f| &f.asked), Unit::Count),
        hours: of(figures.map(|f| &f.waited), Unit::Hours),
        false_stops: of(figures.map(|f| &f.false_stops), Unit::Count),
    }
}

/// Who acts, and what every step has to pass.
pub(super) fn controls(case: &Case<'_>) -> Option<Controls> {
    let found = case.tally.friction.as_deref()?;
    let Case { scenario, model, .. } = *case;
    let actor = scenario.controls.actor.as_ref().map(|actor| Actor {
        profile: actor.profile.name.to_owned(),
        role: actor.role.map(|id| scenario.world.roles[id as usize].name.clone()).unwrap_or_default(),
        inherited: actor.inherited,
        errors: actor.errors,
        support: actor.profile.support.word().to_owned(),
    });
    let name = |gate: &Gate| model.controls.rules[gate.rule as usize].id.clone();
    let step = |(guarded, step): (&crate::model::controls::Guarded, &crate::scenario::plan::Step)| {
        let form = &model.controls.forms[guarded.literal as usize];
        let (permitted, rule) = match &form.permission {
            Permission::Unasked => (true, String::new()),
            Permission::Allowed(rule) => (true, rule.to_string()),
            Permission::Denied(rule) => (false, rule.to_string()),
        };
        StepControls {
            step: step.id.clone(),
            permitted,
            rule,
            harmful: form.harmful,
            guardrails: form.gates.iter().filter(|g| !matches!(g.act, Act::BreakGlass(_))).map(name).collect(),
            slips: guarded.slips.iter().map(|(_, _, forms)| u64::from(forms.end - forms.start)).sum(),
            glass: form.glass().map(|_| name(&form.gates[0])).unwrap_or_default(),
        }
    };
    let steps = model.controls.steps.iter().zip(&scenario.plan.steps).map(step).collect();
    Some(Controls { actor, steps, stopped: share(found.stopped, case.tally.trials) })
}

/// What each rule did, per trial; rules that did nothing and are not in the file are left out.
pub(super) fn effects(case: &Case<'_>) -> Vec<GuardrailEffect> {
    let Some(found) = case.tally.friction.as_deref() else { return Vec::new() };
    let declared = case.scenario.controls.guardrails.len();
    let mean = |sum: u64| share(sum, case.tally.trials);
    let effect = |(rule, sums): (&crate::model::controls::Rule, &RuleSums)| GuardrailEffect {
        name: rule.id.clone(),
        kind: rule.kind.to_owned(),
        asked: mean(sums.asked),
        hours: mean(sums.waited) / 3_600_000.0,
        stopped: mean(sums.stopped_harmful),
        false_stops: mean(sums.stopped_harmless),
        missed: mean(sums.missed),
        bypassed: mean(sums.bypassed),
        used: mean(sums.used),
        reviewed: mean(sums.reviewed),
        review_hours: mean(sums.review) / 3_600_000.0,
        outage_min: None,
    };
    let rules = case.model.controls.rules.iter().zip(&found.rules).enumerate();
    rules.filter(|(n, (_, sums))| *n < declared || **sums != RuleSums::default()).map(|(_, pair)| effect(pair)).collect()
}

/// The scenario without one of its guardrails; none if it is not one of the file's.
pub(super) fn without(scenario: &Scenario, id: &str) -> Option<Scenario> {
    let mut less = scenario.clone();
    less.controls.guardrails.retain(|g| g.id != id);
    (less.controls.guardrails.len() < scenario.controls.guardrails.len()).then_some(less)
}

/// What the variant's controls would have avoided of the base's harm, and at what cost.
pub(super) fn sentence(name: &str, base: &Report, variant: &Report, delta: &IndexMap<String, Delta>) -> String {
    // Another plan is another question, whatever stands before it.
    let other_plan = base.scenario.steps != variant.scenario.steps;
    let same = base.controls == variant.controls && base.why.guardrails == variant.why.guardrails;
    if variant.controls.is_none() || same || other_plan {
        return String::new();
    }
    let Some(Harm { was, change, figure }) = harm(base, variant, delta) else { return String::new() };
    let interval = |low: f64, high: f64| format!("[{}, {}]", figure(low.max(0.0)), figure(high));
    let mut text = if change.less <= 0.0 && change.more <= 0.0 {
        format!("`{name}` would have changed nothing of {was}")
    } else if change.mean <= 0.0 {
        let interval = interval(-change.high, -change.low);
        format!(
            "`{name}` would have avoided {} of {was} {interval}, in {} of the trials",
            figure(-change.mean),
            percent(change.less)
        )
    } else {
        let interval = interval(change.low, change.high);
        format!(
            "`{name}` would have added {} {interval} to {was}, in {} of the trials",
            figure(change.mean),
            percent(change.more)
        )
    };
    let (cost, undone) = (cost(delta), undone(base, variant));
    text += &match (cost.is_empty(), undone) {
        (true, None) => ", at no cost".to_owned(),
        (_, undone) => cost + &undone.map(|words| format!("; {words}")).unwrap_or_default(),
    };
    text + "."
}

/// What a sentence speaks of.
struct Harm<'a> {
    /// The base's mean, in words.
    was: String,
    change: &'a Delta,
    figure: fn(f64) -> String,
}

/// The headline's outage; where customers notice nothing with or without the controls, the cells that are affected.
fn harm<'a>(base: &Report, variant: &Report, delta: &'a IndexMap<String, Delta>) -> Option<Harm<'a>> {
    let unseen = |report: &Report| report.customers.as_ref().is_some_and(|customers| customers.affected.mean <= 0.0);
    if unseen(base) && unseen(variant) {
        let figure = |cells: f64| plain(cells, 2);
        let was = format!("{} affected cells (customers notice nothing)", figure(base.affected_cells.mean));
        return Some(Harm { was, change: delta.get("affected_cells")?, figure });
    }
    let change = delta.get("customers.outage_min").or_else(|| delta.get("longest_outage_min"))?;
    let was = base.customers.as_ref().or_else(|| base.services.values().next()).map_or(0.0, |s| s.outage_min.mean);
    Some(Harm { was: duration(was), change, figure: duration })
}

/// What does not happen because it is stopped: a harm avoided by not working is no free one.
fn undone(base: &Report, variant: &Report) -> Option<String> {
    let controls = variant.controls.as_ref()?;
    let was = |step: &StepControls| base.controls.iter().flat_map(|c| &c.steps).any(|b| b.step == step.step && !b.permitted);
    let never: Vec<String> = controls
        .steps
        .iter()
        .filter(|s| !s.permitted && s.glass.is_empty() && !was(s))
        .map(|s| format!("`{}`", s.step))
        .collect();
    if !never.is_empty() {
        let verb = if never.len() == 1 { "is" } else { "are" };
        return Some(format!("{} {verb} not permitted, so that work is never done", never.join(", ")));
    }
    let more = controls.stopped - base.controls.as_ref().map_or(0.0, |c| c.stopped);
    (more > 0.0).then(|| format!("a harmful step is stopped, and its work not done, in {} of the trials", percent(more)))
}

/// The friction beside the base's; empty if there is none.
fn cost(delta: &IndexMap<String, Delta>) -> String {
    let mean = |path: &str| delta.get(path).map_or(0.0, |d| d.mean);
    let (hours, asked, stops) = (mean("friction.hours"), mean("friction.approvals"), mean("friction.false_stops"));
    let mut parts = Vec::new();
    if hours.abs() > 1e-9 {
        parts.push(if hours > 0.0 {
            format!("at {} of waiting", duration(hours * 60.0))
        } else {
            format!("with {} less waiting", duration(-hours * 60.0))
        });
    }
    if asked.abs() > 1e-9 {
        let noun = if (asked.abs() - 1.0).abs() < 1e-9 { "approval" } else { "approvals" };
        parts.push(format!(
            "{} {noun} {}",
            if asked.abs() < 1.0 { small(asked.abs()) } else { count(asked.abs()) },
            if asked > 0.0 { "more" } else { "fewer" }
        ));
    }
    if stops.abs() > 1e-9 {
        let more = if stops > 0.0 { "more" } else { "fewer" };
        parts.push(format!("{} {more} harmless steps stopped", small(stops.abs())));
    }
    if parts.is_empty() { String::new() } else { format!(", {}", parts.join(", ")) }
}

/// Why the variant's outage lasts longer in some trials.
pub(super) fn longer(pairs: &Pairs) -> Vec<Longer> {
    let reasons = SIGNS.iter().zip(pairs.signs).filter(|(_, count)| *count > 0);
    reasons.map(|(reason, count)| Longer { reason: (*reason).to_owned(), share: share(count, pairs.trials) }).collect()
}

//! Actor, guardrails and friction: what they did, what they cost, and what would have been without them.

use super::Case;
use super::figures::{Sample, Unit, quantiles, share};
use crate::engine::{BUSIER, FATIGUE, RuleSums, SIGNS};
use crate::ensemble::hist::Hist;
use crate::ensemble::pairs::Pairs;
use crate::model::Model;
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
            behind: String::new(),
            harmful: form.harmful,
            guardrails: form.gates.iter().filter(|g| !matches!(g.act, Act::BreakGlass(_))).map(name).collect(),
            slips: guarded.slips.iter().map(|(_, _, forms)| u64::from(forms.end - forms.start)).sum(),
            glass: form.glass().map(|_| name(&form.gates[0])).unwrap_or_default(),
        }
    };
    let mut steps: Vec<StepControls> = model.controls.steps.iter().zip(&scenario.plan.steps).map(step).collect();
    name_denied(&mut steps, scenario);
    Some(Controls { actor, steps, stopped: share(found.stopped, case.tally.trials) })
}

/// Steps that come after a denied one, at whatever distance, never run either.
fn name_denied(steps: &mut [StepControls], scenario: &Scenario) {
    let plan = &scenario.plan.steps;
    let mut is_new = true;
    while is_new {
        is_new = false;
        for (n, declared) in plan.iter().enumerate().take(steps.len()) {
            let denied = declared.after.iter().map(|&before| &steps[before as usize]).find(|before| before.is_denied());
            let Some(denied) = denied.filter(|_| !steps[n].is_denied()) else { continue };
            let behind = if denied.behind.is_empty() { denied.step.clone() } else { denied.behind.clone() };
            (steps[n].behind, is_new) = (behind, true);
        }
    }
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
        late: mean(sums.late),
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

/// A variant beside the base.
pub(super) struct Sides<'a> {
    pub(super) name: &'a str,
    pub(super) base: &'a Report,
    pub(super) variant: &'a Report,
    pub(super) delta: &'a IndexMap<String, Delta>,
    /// The mean of the base's headline outage, in minutes.
    pub(super) outage_min: f64,
}

/// What the variant's controls would have avoided of the base's harm, and at what cost.
pub(super) fn sentence(sides: &Sides<'_>) -> String {
    let Sides { name, base, variant, delta, .. } = *sides;
    // Another plan is another question, whatever stands before it.
    let other_plan = base.scenario.steps != variant.scenario.steps;
    let same = base.controls == variant.controls && base.why.guardrails == variant.why.guardrails;
    if variant.controls.is_none() || same || other_plan {
        return String::new();
    }
    let Some(Harm { was, change, figure }) = harm(sides) else { return String::new() };
    let between = |low: f64, high: f64| {
        let unclear = if low < 0.0 && high > 0.0 { ", which is unclear" } else { "" };
        format!("[{}, {}]{unclear}", figure(low), figure(high))
    };
    let none = change.less <= 0.0 && change.more <= 0.0;
    let mut text = if none {
        format!("`{name}` would have changed nothing of {was}")
    } else if change.mean <= 0.0 {
        let between = between(-change.high, -change.low);
        format!(
            "`{name}` would have avoided {} of {was} {between}, in {} of the trials",
            figure(-change.mean),
            percent(change.less)
        )
    } else {
        let between = between(change.low, change.high);
        format!("`{name}` would have added {} to {was} {between}, in {} of the trials", figure(change.mean), percent(change.more))
    };
    let cost = cost(delta);
    let more: Vec<String> = undone(base, variant).into_iter().chain(losses(sides, none)).collect();
    text += if cost.is_empty() && more.is_empty() { ", at no cost" } else { &cost };
    more.into_iter().for_each(|words| text = format!("{text}; {words}"));
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
fn harm<'a>(sides: &Sides<'a>) -> Option<Harm<'a>> {
    let unseen = |report: &Report| report.customers.as_ref().is_some_and(|customers| customers.affected.mean <= 0.0);
    if unseen(sides.base) && unseen(sides.variant) {
        let figure = |cells: f64| plain(cells, 2);
        let mean = figure(sides.base.affected_cells.mean);
        let noun = if mean == "1" { "cell" } else { "cells" };
        let was = format!("{mean} affected {noun} (customers notice nothing)");
        return Some(Harm { was, change: sides.delta.get("affected_cells")?, figure });
    }
    let change = sides.delta.get("customers.outage_min").or_else(|| sides.delta.get("longest_outage_min"))?;
    Some(Harm { was: duration(sides.outage_min), change, figure: duration })
}

/// What becomes of data, and of customers where their outage is the same: no sentence about an outage says it.
fn losses(sides: &Sides<'_>, is_same_outage: bool) -> Vec<String> {
    let Sides { base, variant, delta, .. } = *sides;
    let mut found = Vec::new();
    let [was, is] = [base, variant].map(|report| report.data_lost_for_good);
    if delta.get("data_lost_for_good").is_some_and(|change| change.less + change.more > 0.0) {
        found.push(format!("data is lost for good in {} of the trials instead of {}", percent(is), percent(was)));
    }
    for name in base.services.keys().chain(variant.services.keys().filter(|name| !base.services.contains_key(*name))) {
        let window = |report: &Report| report.services.get(name).and_then(|service| service.data_lost_min);
        // Not the same trials lose data: medians differ where it is clear that they do. Nor is what is not known nothing.
        match (window(base), window(variant)) {
            (Some(was), Some(is)) if is.p50_high < was.p50_low || is.p50_low > was.p50_high => {
                let [is, was] = [is, was].map(|all| duration(all.p50));
                found.push(format!("of the data of `{name}` {is} is lost instead of {was} (median)"));
            }
            (Some(was), None) => {
                found.push(format!("no loss of the data of `{name}` is known, instead of {}", duration(was.p50)));
            }
            (None, Some(is)) => {
                found.push(format!("of the data of `{name}` {} is lost (median), where no loss was known", duration(is.p50)));
            }
            _ => {}
        }
    }
    let lost = [("customers.minutes_lost", "customer-minutes"), ("customers.requests_lost", "requests")];
    let mean = |path: &str| delta.get(path).map_or(0.0, |change| change.mean);
    if let Some((path, what)) = lost.into_iter().find(|(path, _)| is_same_outage && mean(path).abs() > 1e-9) {
        let more = if mean(path) > 0.0 { "more" } else { "fewer" };
        found.push(format!("{} {what} {more} are lost", count(mean(path).abs())));
    }
    found
}

/// What does not happen because it is stopped: a harm avoided by not working is no free one.
fn undone(base: &Report, variant: &Report) -> Option<String> {
    let controls = variant.controls.as_ref()?;
    let was = |step: &StepControls| base.controls.iter().flat_map(|c| &c.steps).any(|b| b.step == step.step && b.is_denied());
    let denied: Vec<&StepControls> = controls.steps.iter().filter(|s| s.is_denied() && !was(s)).collect();
    let named = |behind: bool| {
        let of = denied.iter().filter(|s| s.behind.is_empty() != behind).map(|s| format!("`{}`", s.step));
        (of.clone().count(), of.collect::<Vec<_>>().join(", "))
    };
    match (named(false), named(true)) {
        ((0, _), (0, _)) => {}
        ((0, _), (_, behind)) => return Some(format!("{behind}: never done, behind steps that are not permitted")),
        ((n, never), (m, behind)) => {
            let verb = if n == 1 { "is" } else { "are" };
            let behind = if m == 0 { String::new() } else { format!(", nor what comes after: {behind}") };
            return Some(format!("{never} {verb} not permitted, so that work is never done{behind}"));
        }
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

/// Why the variant's outage lasts longer in some trials, or more is lost. People who are not more tired than in the base are no reason.
pub(super) fn longer(pairs: &Pairs, base: &Model, variant: &Model) -> Vec<Longer> {
    let is_more_tired = rested(variant) < rested(base);
    let longer = |(bit, (reason, count)): (usize, (&&str, u64))| {
        let (sign, of) = (1 << bit, if 1 << bit == BUSIER { "losses" } else { "outage" });
        let is_reason = count > 0 && (sign != FATIGUE || is_more_tired);
        is_reason.then(|| Longer { of, reason: (*reason).to_owned(), share: share(count, pairs.trials) })
    };
    SIGNS.iter().zip(pairs.signs).enumerate().filter_map(longer).collect()
}

/// What is left of the attention of those who are asked most.
fn rested(model: &Model) -> f64 {
    let asks = model.controls.forms.iter().flat_map(|form| &form.gates).filter_map(|gate| gate.act.ask());
    asks.map(|ask| ask.rested).fold(1.0, f64::min)
}

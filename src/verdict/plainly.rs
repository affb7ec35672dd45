//! How a plan is judged beside as it is: what must not soften a verdict is taken out of it.
//!
//! In: a plan, and what of its controls those who judge have given. Out: the same plan without what it says of itself, if that is another
//! one. Less is not always stricter (an actor that is refused does no harm), so each is judged, and the strictest counts.

use super::alone::without;
use crate::luck::{quantile, to_millis};
use crate::scenario::proposal::Given;
use crate::scenario::{Caution, HORIZON, Scenario};
use crate::units::{Dist, Millis};

/// What is taken out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Plainly {
    /// Nothing unknown is in it. An unknown part can soften a plan: a step that fails stops those after it; a longer repair ends after
    /// somebody has stopped the plan.
    Known,
    /// No guardrail stands before it, nobody confirms it and no permission stops it, unless those who judge say so.
    Unguarded,
    /// It is followed as much longer as it says that it works, checks and watches: what comes after a week of watching is done all the same.
    Whole,
    /// Its steps do what their verbs do, and take as long as the world and the evidence say; the horizon is not shorter than usual;
    /// and nothing else that it says of itself holds. Whoever writes a plan must not describe away what it does.
    Usual,
}

impl Plainly {
    pub(super) const ALL: [Plainly; 4] = [Plainly::Known, Plainly::Unguarded, Plainly::Whole, Plainly::Usual];

    /// The plan so; none if that changes nothing.
    pub(super) fn of(self, scenario: &Scenario, given: Given) -> Option<Scenario> {
        match self {
            Plainly::Known => known(scenario),
            Plainly::Unguarded => unguarded(scenario, given),
            Plainly::Whole => whole(scenario),
            Plainly::Usual => usual(scenario, given),
        }
    }

    pub(super) const fn reason(self) -> &'static str {
        match self {
            Plainly::Known => "without what nobody described",
            Plainly::Unguarded => {
                "without the guardrails and permissions that the plan itself brings (`--guardrails` says which are in force)"
            }
            Plainly::Whole => "followed until all of its steps are done",
            Plainly::Usual => "if its steps do, and take, what their verbs do anywhere else",
        }
    }
}

/// A plan as if nothing unknown were in it; none if there is nothing. Steps that act on nothing that is described are left out, and
/// defaults are as they are everywhere else.
fn known(scenario: &Scenario) -> Option<Scenario> {
    if scenario.plan.unknown.is_empty() && scenario.wide_services().is_empty() {
        return None;
    }
    let lost: Vec<u32> = scenario.plan.unknown.iter().map(|u| u.step).collect();
    let acts_on_nothing = |&n: &u32| scenario.plan.steps[n as usize].targets.is_empty();
    let lost: Vec<u32> = lost.into_iter().filter(acts_on_nothing).collect();
    let mut plain = without(scenario, &lost);
    plain.plan.unknown.clear();
    plain.caution = Caution::AsWritten;
    Some(plain)
}

/// A plan with the controls of those who judge alone; none if it brings none of its own. It errs as before: that is no control.
fn unguarded(scenario: &Scenario, given: Given) -> Option<Scenario> {
    let controls = &scenario.controls;
    let own_role = controls.actor.as_ref().is_some_and(|a| !given.role && a.role.is_some());
    let own_person = controls.actor.as_ref().is_some_and(|a| !given.profile && a.confirms);
    let own_rates = controls.actor.as_ref().is_some_and(|a| !given.actor && a.rates.iter().any(Option::is_some));
    if controls.guardrails.len() <= given.guardrails && !own_role && !own_person && !own_rates {
        return None;
    }
    let mut unguarded = scenario.clone();
    // Advice adds its own behind those that were given.
    unguarded.controls.guardrails.truncate(given.guardrails);
    if let Some(actor) = &mut unguarded.controls.actor {
        if own_role {
            (actor.role, actor.inherited) = (None, false);
        }
        if own_rates {
            actor.rates = Default::default();
        }
        actor.confirms &= given.profile;
    }
    Some(unguarded)
}

/// How long a plan says that it takes, the slowest of twenty times.
fn declared(scenario: &Scenario) -> Millis {
    let longest = |dist: &Dist| if matches!(dist, Dist::Forever) { 0.0 } else { quantile::of(dist, 0.95, 0.95) };
    let steps = scenario.plan.steps.iter().flat_map(|s| [&s.takes, &s.verify, &s.bake]).flatten();
    to_millis(steps.map(longest).sum())
}

/// A plan whose own words take so long that the usual horizon may end before its last step begins, followed as much longer.
fn whole(scenario: &Scenario) -> Option<Scenario> {
    let declared = declared(scenario);
    (declared > scenario.horizon / 2).then(|| Scenario { horizon: scenario.horizon + declared, ..scenario.clone() })
}

/// A plan without what it says of its own steps and of what fails meanwhile, with nothing unknown in it and no control of its own; none if it
/// says nothing of the kind. A fault can keep a step from doing its harm: something that it waits for never comes.
fn usual(scenario: &Scenario, given: Given) -> Option<Scenario> {
    let says = scenario.plan.steps.iter().any(|step| step.usual.is_some() || step.takes.is_some());
    let says = says || !scenario.faults.is_empty();
    if !says && scenario.horizon >= HORIZON {
        return None;
    }
    let known = known(scenario).unwrap_or_else(|| scenario.clone());
    let mut usual = unguarded(&known, given).unwrap_or(known);
    usual.faults.clear();
    usual.horizon = usual.horizon.max(HORIZON);
    for step in &mut usual.plan.steps {
        step.takes = None;
        if let Some(verb) = step.usual.take() {
            step.verb = *verb;
        }
    }
    Some(whole(&usual).unwrap_or(usual))
}

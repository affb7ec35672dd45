//! What is done in an ordinary week, one function per kind of plan.
//!
//! A new kind is one function and one line in [`KINDS`].

use super::world::Places;
use super::{Dice, Made};
use crate::scenario::world::{Kind as What, Service};

/// A kind of plan.
pub(super) struct Kind {
    /// How often, beside the others.
    pub(super) weight: f64,
    /// Whether the world has what it takes.
    pub(super) possible: fn(&Places<'_>) -> bool,
    /// Makes one.
    pub(super) make: fn(&Places<'_>, &mut Dice) -> Made,
}

/// Weights: the triggers of the Site Reliability Workbook for the first two; for the rest, at most 9 % each, our choice.
pub(super) const KINDS: [Kind; 7] = [
    Kind { weight: 37.0, possible: |p| !p.deployed.is_empty(), make: deploy },
    Kind { weight: 31.0, possible: |p| !p.configured.is_empty(), make: configure },
    Kind { weight: 9.0, possible: |p| !p.scaled.is_empty(), make: scale },
    Kind { weight: 6.0, possible: |p| !p.stores.is_empty(), make: migrate },
    Kind { weight: 6.0, possible: |p| !p.stale.is_empty(), make: clean_up },
    Kind { weight: 7.0, possible: |p| !p.configured.is_empty(), make: repair },
    Kind { weight: 4.0, possible: |p| !p.deployed.is_empty(), make: start_afresh },
];

type Step = Vec<(&'static str, String)>;

fn step(verb: &str, target: impl Into<String>) -> Step {
    vec![("do", verb.to_owned()), ("target", target.into())]
}

fn with(mut step: Step, key: &'static str, value: &str) -> Step {
    step.push((key, value.to_owned()));
    step
}

fn made(verb: &str, service: &Service, title: String, steps: Vec<Step>) -> Made {
    Made { name: format!("{verb}-{}", service.name), title, steps }
}

/// Everywhere at once, or region by region with a check in between.
fn rollout(places: &Places<'_>, service: &Service, verb: &str, at_once: bool) -> Vec<Step> {
    let cells = places.cells(service);
    if at_once || cells.len() == 1 {
        return vec![with(step(verb, &service.name), "on-failure", "rollback")];
    }
    let count = cells.len();
    let one = |(n, cell): (usize, String)| {
        let step = with(step(verb, cell), "on-failure", "rollback");
        if n + 1 < count { with(step, "verify", "10m") } else { step }
    };
    cells.into_iter().enumerate().map(one).collect()
}

fn deploy(places: &Places<'_>, dice: &mut Dice) -> Made {
    let service = *dice.one_of(&places.deployed);
    let at_once = dice.is(0.3);
    let steps = rollout(places, service, "deploy", at_once);
    made("deploy", service, format!("Roll out a new version of {}", service.name), steps)
}

/// Configuration goes out at once more often than versions do: that is what the published global outages have in common.
fn configure(places: &Places<'_>, dice: &mut Dice) -> Made {
    let service = *dice.one_of(&places.configured);
    let at_once = dice.is(0.6);
    let steps = rollout(places, service, "configure", at_once);
    made("configure", service, format!("Change the configuration of {}", service.name), steps)
}

fn scale(places: &Places<'_>, dice: &mut Dice) -> Made {
    let service = *dice.one_of(&places.scaled);
    let cells = places.cells(service);
    let target = if dice.is(0.5) { service.name.clone() } else { dice.one_of(&cells).clone() };
    made("scale", service, format!("Change how much of {} runs", service.name), vec![step("scale", target)])
}

/// A copy first, mostly; then the data; then the version that needs it.
fn migrate(places: &Places<'_>, dice: &mut Dice) -> Made {
    let store = *dice.one_of(&places.stores);
    let mut steps = Vec::new();
    if dice.is(0.7) {
        steps.push(step("snapshot", &store.name));
    }
    steps.push(with(step("migrate", &store.name), "verify", "10m"));
    let callers = places.callers(store);
    if !callers.is_empty() {
        steps.push(with(step("deploy", &dice.one_of(&callers).name), "on-failure", "rollback"));
    }
    made("migrate", store, format!("Migrate the data of {}", store.name), steps)
}

/// What looks unused goes. That it is unused is what somebody believes.
fn clean_up(places: &Places<'_>, dice: &mut Dice) -> Made {
    let service = *dice.one_of(&places.stale);
    let mut steps = vec![step("inspect", &service.name)];
    if service.kind == What::Datastore && dice.is(0.5) {
        steps.push(step("snapshot", &service.name));
    }
    let verb = match service.kind {
        What::Datastore if dice.is(0.5) => "truncate",
        _ => "delete",
    };
    steps.push(step(verb, &service.name));
    made("clean-up", service, format!("Remove what is left of {}", service.name), steps)
}

fn repair(places: &Places<'_>, dice: &mut Dice) -> Made {
    let service = *dice.one_of(&places.configured);
    let first = service.cells.start;
    let cell = format!("{}@{}", service.name, places.region(first));
    let look = step("inspect", &cell);
    let steps = match dice.roll() {
        r if r < 0.5 => vec![look, step("restart", &cell)],
        r if r < 0.8 => vec![look, step("rollback", &cell)],
        _ => vec![look, step("drain", &cell), with(step("restart", &cell), "verify", "5m")],
    };
    made("repair", service, format!("Repair {cell}"), steps)
}

/// The repair that starts from nothing, in one region; what it is about is often older than what anybody remembers.
fn start_afresh(places: &Places<'_>, dice: &mut Dice) -> Made {
    let service = *dice.one_of(&places.deployed);
    let cells = places.cells(service);
    let cell = dice.one_of(&cells).clone();
    let steps = vec![step("inspect", &cell), with(step("recreate", &cell), "verify", "10m")];
    made("recreate", service, format!("Re-create {cell}"), steps)
}

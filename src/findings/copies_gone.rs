//! Every copy of the data goes with the plan.

use super::view::{Harm, harm, takes_data};
use super::{Finding, Rule, View, Weight, listed};
use crate::scenario::plan::DamageKind;
use crate::scenario::world::Kind;

/// What stands there and cannot be reached.
const CUT_OFF: Harm = Harm::Leaves(DamageKind::CutOff);

pub(super) static RULE: Rule = Rule {
    code: "P0002",
    name: "copies-gone",
    title: "every copy of the data goes with the plan",
    help: "A step takes away the data of a datastore, and every place that keeps its copies (`data: { kept-in: ... }`) is taken away by the same plan, or is the
datastore itself. What survives then looks fine, and nothing can be restored. A warning if a place is only cut off: until it is put back, nothing can be restored either.

Keep a copy elsewhere first, or leave the place that keeps the copies out of the plan.",
    weight: Weight::Error,
    find,
};

fn find(view: &View<'_>, found: &mut Vec<Finding>) {
    for (n, step) in view.steps().filter(|(_, s)| takes_data(s)) {
        for &cell in &step.targets {
            let service = view.service(cell);
            let Some(data) = service.data.as_ref().filter(|d| service.kind == Kind::Datastore && !d.kept_in.is_empty()) else {
                continue;
            };
            let places = view.cells_at(&data.kept_in, cell);
            let harmed = |place: u32, so: &dyn Fn(u32) -> bool| view.harming(place).iter().any(|&s| so(s));
            let gone = |place: u32| place == cell || harmed(place, &|s| takes_data(view.step(s)));
            let away = |place: u32| harmed(place, &|s| harm(view.step(s)) == CUT_OFF && view.is_left(s, n, place));
            if places.is_empty() || !places.iter().all(|&p| gone(p) || away(p)) {
                continue;
            }
            let names: Vec<String> = places.iter().map(|&p| view.name(p)).collect();
            let others = places.iter().flat_map(|&p| view.harming(p)).copied();
            let (how, weight) = if places.iter().all(|&p| gone(p)) {
                ("takes away", Weight::Error)
            } else {
                // They are still there, and nobody gets at them until somebody puts them back.
                ("cuts off", Weight::Warning)
            };
            let message = format!("every copy of `{}` is kept in {}, which this plan {how}", view.name(cell), listed(&names));
            let hint = format!("keep a copy elsewhere, or leave {} out", listed(&names));
            let subjects = std::iter::once(view.name(cell)).chain(names.iter().cloned()).collect();
            found.push(RULE.at(view, n, message, hint).with_steps(others).about(subjects).weighing(weight));
        }
    }
}

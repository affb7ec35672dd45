//! Some of the copies go with the plan.

use super::view::takes_data;
use super::{Finding, Rule, View, Weight, listed};

pub(super) static RULE: Rule = Rule {
    code: "P0003",
    name: "copies-fewer",
    title: "some copies of the data go with the plan",
    help:
        "A step takes away the data of a datastore, and some of the places that keep its copies. The restore depends on the rest.

Check that the copies that stay can be used, before the plan runs.",
    weight: Weight::Warning,
    find,
};

fn find(view: &View<'_>, found: &mut Vec<Finding>) {
    for (n, step) in view.steps().filter(|(_, s)| takes_data(s)) {
        for &cell in &step.targets {
            let Some(data) = &view.service(cell).data else { continue };
            let places = view.cells_at(&data.kept_in, cell);
            let gone = |place: &u32| *place == cell || view.harming(*place).iter().any(|&s| takes_data(view.step(s)));
            let lost: Vec<String> = places.iter().filter(|p| gone(p)).map(|&p| view.name(p)).collect();
            if lost.is_empty() || lost.len() == places.len() {
                continue;
            }
            let message = format!(
                "{} of {} places with copies of `{}` go with it: {}",
                lost.len(),
                places.len(),
                view.name(cell),
                listed(&lost)
            );
            found.push(RULE.at(view, n, message, "check that the others can be restored from".to_owned()).about(lost));
        }
    }
}

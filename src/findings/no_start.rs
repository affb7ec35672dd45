//! Demand varies by the hour, and nobody says when the plan starts.

use super::view::{Harm, harm};
use super::{Finding, Rule, View, Weight};

pub(super) static RULE: Rule = Rule {
    code: "P0017",
    name: "no-start-time",
    title: "traffic varies by the hour, and the plan does not say when it starts",
    help: "The world says how traffic varies over the day (`traffic-by-hour`), but without `starts` nobody knows in which hours the plan would hit. What is lost is counted with the average of the day; at the busiest hours it is more.

Say when the plan starts: `starts: 2025-12-15T14:00+08:00`. Then `advise` can also say what a quieter hour would save.",
    weight: Weight::Note,
    find,
};

fn find(view: &View<'_>, found: &mut Vec<Finding>) {
    let scenario = view.scenario;
    if scenario.controls.starts.is_some() || scenario.world.cells.iter().all(|c| c.by_hour.is_none()) {
        return;
    }
    if let Some((step, _)) = view.steps().find(|(_, step)| harm(step) != Harm::None) {
        let message =
            "traffic varies by the hour, and nobody says when the plan starts: every hour counts as the average".to_owned();
        found.push(RULE.at(view, step, message, "add `starts: 2025-12-15T14:00+08:00` to the plan".to_owned()));
    }
}

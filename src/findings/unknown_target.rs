//! A target that nobody described.

use super::{Finding, Rule, View, Weight};
use crate::diag::tick;

pub(super) static RULE: Rule = Rule {
    code: "P0001",
    name: "unknown-target",
    title: "a target that nobody described",
    help: "The world has no such service, or does not have it in that region. Nothing can be said about what depends on it, so the step counts as not covered
(coverage 0) and the plan is never allowed. An error if the step takes something away.

Describe it in the world, correct the name, or take the step out and decide about it by hand.",
    weight: Weight::Error,
    find,
};

fn find(view: &View<'_>, found: &mut Vec<Finding>) {
    for unknown in &view.scenario.plan.unknown {
        let step = view.step(unknown.step);
        let what = if unknown.listed { "is listed as not modelled" } else { "is not in the world" };
        let message =
            format!("{} {what}: what `{} {}` would do cannot be said", tick(&unknown.name), step.verb.name, unknown.name);
        let hint = match (view.scenario.world.deployed(&unknown.name), &unknown.near) {
            (Some(cells), _) => format!("it is deployed as {}", cells.join(", ")),
            (None, Some(near)) => format!("did you mean `{near}`? Else describe it under `services:` of the world"),
            (None, None) => "describe it under `services:` of the world".to_owned(),
        };
        let weight = if step.verb.destructive { Weight::Error } else { Weight::Warning };
        let mut finding = RULE.at(view, unknown.step, message, hint).about(vec![unknown.name.clone()]).weighing(weight);
        finding.span = Some(unknown.span.clone());
        found.push(finding);
    }
}

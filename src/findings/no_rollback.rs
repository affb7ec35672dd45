//! A change of several cells that stops half-way when it fails.

use super::view::{Harm, harm};
use super::{Finding, Rule, View, Weight};
use crate::scenario::plan::OnFailure;

pub(super) static RULE: Rule = Rule {
    code: "P0016",
    name: "no-rollback",
    title: "a change of several cells does not roll back when it fails",
    help: "A step changes several cells and may fail; then it stops where it is and people mend what it left.

Say `on-failure: rollback`, and `bake: 10m` so that a failure is noticed before the next step.",
    weight: Weight::Note,
    find,
};

fn find(view: &View<'_>, found: &mut Vec<Finding>) {
    for (n, step) in view.steps().filter(|(_, s)| harm(s) == Harm::Risks && s.targets.len() > 1) {
        if step.on_failure == OnFailure::Stop && step.verb.reversible {
            let message = format!("`{}` changes {} cells and does not roll back if it fails", step.id, step.targets.len());
            found.push(RULE.at(view, n, message, "say `on-failure: rollback`".to_owned()));
        }
    }
}

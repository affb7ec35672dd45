//! What would rebuild a target goes with the plan.

use super::view::{Harm, harm};
use super::{Finding, Rule, View, Weight};

pub(super) static RULE: Rule = Rule {
    code: "P0006",
    name: "rebuild-gone",
    title: "what would rebuild it goes with the plan",
    help: "A step takes a cell away, and what that cell needs to start (`starts-with`: an image registry, a pipeline, a control plane) is taken away by the same plan, or what that needs to serve is. It cannot be
rebuilt until that is back.

Take one away after the other is back.",
    weight: Weight::Error,
    find,
};

fn find(view: &View<'_>, found: &mut Vec<Finding>) {
    for (n, step) in view.steps().filter(|(_, s)| matches!(harm(s), Harm::Leaves(_) | Harm::Interrupts(_))) {
        for &cell in &step.targets {
            for gate in &view.service(cell).starts_with {
                let Some(shut) = view.shut(n, cell, gate) else { continue };
                let message = format!(
                    "`{}` needs, to start again, {}, which the plan takes away as well",
                    view.name(cell),
                    shut.told(view)
                );
                let hint = format!("do it after `{}` is back, or leave {} out", view.name(cell), shut.harmed(view));
                let finding = RULE.at(view, n, message, hint).with_steps(shut.by.iter().copied()).about(shut.subjects(view));
                found.push(finding);
            }
        }
    }
}

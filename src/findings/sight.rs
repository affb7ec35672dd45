//! What would notice the damage goes with the plan.

use super::view::{Harm, harm};
use super::{Finding, Rule, View, Weight};

pub(super) static RULE: Rule = Rule {
    code: "P0008",
    name: "sight-gone",
    title: "what would notice it goes with the plan",
    help: "A step takes a cell away, and what is needed to notice and diagnose that (`seen-through`: monitoring, logs) is taken away by the same plan, or what that needs to serve is. Everything
takes longer in the dark.

Take monitoring away last, or on its own.",
    weight: Weight::Warning,
    find,
};

fn find(view: &View<'_>, found: &mut Vec<Finding>) {
    for (n, step) in view.steps().filter(|(_, s)| matches!(harm(s), Harm::Leaves(_) | Harm::Interrupts(_))) {
        for &cell in &step.targets {
            for gate in &view.service(cell).seen_through {
                let Some(shut) = view.shut(n, cell, gate) else { continue };
                let message =
                    format!("`{}` is watched through {}, which the plan takes away as well", view.name(cell), shut.told(view));
                let hint = format!("do it after `{}` is back, or leave {} out", view.name(cell), shut.harmed(view));
                let finding = RULE.at(view, n, message, hint).with_steps(shut.by.iter().copied()).about(shut.subjects(view));
                found.push(finding);
            }
        }
    }
}

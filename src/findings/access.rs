//! The way in goes with the plan.

use super::view::{Harm, harm};
use super::{Finding, Rule, View, Weight};

pub(super) static RULE: Rule = Rule {
    code: "P0007",
    name: "access-gone",
    title: "the way in goes with the plan",
    help: "A step takes a cell away, and what people and tools need to mend it (`mends-with`: a VPN, an identity service, a bastion) is taken away by the same plan, or what that needs to serve is. Nobody gets in to
repair it. A warning if the world declares an alternate way.

Take one away after the other is back, or prepare the alternate way.",
    weight: Weight::Error,
    find,
};

fn find(view: &View<'_>, found: &mut Vec<Finding>) {
    for (n, step) in view.steps().filter(|(_, s)| matches!(harm(s), Harm::Leaves(_) | Harm::Interrupts(_))) {
        for &cell in &step.targets {
            for gate in &view.service(cell).mends_with {
                let Some(shut) = view.shut(n, cell, gate) else { continue };
                let message =
                    format!("`{}` is mended through {}, which the plan takes away as well", view.name(cell), shut.told(view));
                let hint = format!("do it after `{}` is back, or leave {} out", view.name(cell), shut.harmed(view));
                let finding = RULE.at(view, n, message, hint).with_steps(shut.by.iter().copied()).about(shut.subjects(view));
                found.push(finding.weighing(if gate.alternate.is_some() { Weight::Warning } else { Weight::Error }));
            }
        }
    }
}

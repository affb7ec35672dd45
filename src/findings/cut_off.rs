//! Traffic is moved away from a cell, and nothing takes it.

use super::{Finding, Rule, View, Weight, listed};
use crate::scenario::plan::Effect;
use crate::scenario::world::CellId;

pub(super) static RULE: Rule = Rule {
    code: "P0018",
    name: "cut-off",
    title: "traffic is moved away, and nothing takes it",
    help: "A step such as `drain` or `failover` moves the traffic of a cell to the other cells of its service. A service without `failover` has nobody who takes it, nor has one of which every cell is drained: the cell is cut off, an
outage until `attach` or the end of the plan.

Where other cells do take the traffic, say so at the service: `failover: { after: 5m }`, or `failover: {}` for at once.",
    weight: Weight::Warning,
    find,
};

fn find(view: &View<'_>, found: &mut Vec<Finding>) {
    for (n, step) in view.steps().filter(|(_, step)| step.verb.effect == Effect::MovesTraffic) {
        let service = |cell: CellId| &view.world().services[view.world().cells[cell as usize].service as usize];
        let alone = |cell: CellId| service(cell).cells.clone().all(|peer| step.targets.contains(&peer));
        let cut = step.targets.iter().copied().filter(|&cell| service(cell).failover.is_none() || alone(cell));
        let (alone, undeclared): (Vec<CellId>, Vec<CellId>) = cut.partition(|&cell| alone(cell));
        for (cells, why, hint) in [
            (
                undeclared,
                "the service has no `failover`, so no peer takes the traffic",
                "if other cells take it, say so at the service: `failover: { after: 5m }`",
            ),
            (
                alone,
                "no other cell of the service is left to take the traffic",
                "leave a cell of the service to take it, and give the service `failover: { after: 5m }`",
            ),
        ] {
            if !cells.is_empty() {
                let names: Vec<_> = cells.into_iter().map(|cell| view.name(cell)).collect();
                let message = format!("`{}` cuts off {}: {why}", step.id, listed(&names));
                found.push(RULE.at(view, n, message, hint.to_owned()).about(names));
            }
        }
    }
}

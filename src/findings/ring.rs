//! What would mend a target hangs on the target itself.

use super::view::{Harm, harm, is_hard};
use super::{Finding, Rule, View, Weight, listed};
use crate::scenario::world::{CellId, Gate};
use rustc_hash::FxHashSet;

/// A step that hits more cells than this says nothing by what hangs on them.
const MOST: usize = 64;
/// What helps where it is about starting: there is no other way in.
const STARTS: &str = "let it start from something that does not need it, and declare that beside it under `any-of:`";
/// What helps those who mend.
const MENDS: &str = "prepare a way that does not need it, and declare it as `alternate:`";

pub(super) static RULE: Rule = Rule {
    code: "P0009",
    name: "recovery-ring",
    title: "what would mend it hangs on it",
    help: "A step takes a cell away, and what is needed to start or to mend that cell needs the cell itself to serve. Nothing inside breaks such a ring: somebody
has to come from outside, or it never comes back: by another way in (`alternate:` in `mends-with`), or because it can be started without what hangs on it.

Declare and test the other way in before the plan runs. Looked for in steps of up to 64 cells: if nearly everything is hit, nearly everything hangs on it; the
simulation finds such rings anywhere.",
    weight: Weight::Error,
    find,
};

fn find(view: &View<'_>, found: &mut Vec<Finding>) {
    for (n, step) in view.steps().filter(|(_, s)| matches!(harm(s), Harm::Leaves(_) | Harm::Interrupts(_))) {
        if step.targets.len() > MOST {
            continue;
        }
        for &cell in &step.targets {
            let service = view.service(cell);
            let starts = service.starts_with.iter().map(|gate| (gate, STARTS));
            let gates: Vec<(&Gate, &str)> = starts.chain(service.mends_with.iter().map(|gate| (gate, MENDS))).collect();
            if gates.is_empty() {
                continue;
            }
            let hanging = hanging(view, cell);
            for (gate, hint) in gates {
                let members = view.cells_at(&gate.members, cell);
                let caught = members.iter().filter(|m| hanging.contains(m)).count();
                if caught == 0 || members.len() - caught >= gate.at_least as usize {
                    continue;
                }
                let names: Vec<String> = members.iter().map(|&m| view.name(m)).collect();
                let message =
                    format!("`{}` is rebuilt or mended through {}, which needs it itself", view.name(cell), listed(&names));
                let weight = if gate.alternate.is_some() { Weight::Warning } else { Weight::Error };
                found.push(RULE.at(view, n, message, hint.to_owned()).about(names).weighing(weight));
            }
        }
    }
}

/// Cells that fail with this one for sure: by needs that every request uses, with no spare member and no hold.
fn hanging(view: &View<'_>, cell: CellId) -> FxHashSet<CellId> {
    let mut seen = FxHashSet::default();
    let mut open = vec![cell];
    while let Some(at) = open.pop() {
        for call in view.graph.callers(at) {
            let need = &view.service(call.caller).needs[call.need as usize];
            let spare = view.cells_at(&need.members, call.caller).len() > need.at_least as usize;
            if is_hard(need) && !spare && call.caller != cell && seen.insert(call.caller) {
                open.push(call.caller);
            }
        }
    }
    seen
}

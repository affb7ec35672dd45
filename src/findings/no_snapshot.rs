//! Data is taken away without a fresh copy.

use super::view::takes_data;
use super::{Finding, Rule, View, Weight};
use crate::scenario::plan::Effect;
use crate::scenario::world::{CellId, Kind};

pub(super) static RULE: Rule = Rule {
    code: "P0005",
    name: "no-snapshot",
    title: "data is taken away without a fresh copy",
    help: "A step that cannot be undone takes away the data of a datastore, and no step before it makes a snapshot. What was written since the last backup is lost.

Put `- { do: snapshot, target: ... }` before it; it must be over before the step begins.",
    weight: Weight::Warning,
    find,
};

fn find(view: &View<'_>, found: &mut Vec<Finding>) {
    for (n, step) in view.steps().filter(|(_, s)| takes_data(s)) {
        let bare = |cell: &&u32| {
            let copied = view
                .steps()
                .any(|(before, s)| s.verb.effect == Effect::Snapshots && s.targets.contains(cell) && view.is_before(before, n));
            // Whoever was taken away before has nothing left to copy.
            let again = view.harming(**cell).iter().any(|&s| s != n && view.is_before(s, n) && takes_data(view.step(s)));
            view.service(**cell).kind == Kind::Datastore && !copied && !again
        };
        let cells: Vec<CellId> = step.targets.iter().filter(bare).copied().collect();
        let names: Vec<String> = cells.iter().map(|&c| view.name(c)).collect();
        if !names.is_empty() {
            let message =
                format!("`{}` takes away the data of {} and no snapshot comes before it", step.id, super::listed(&names));
            let mut services: Vec<&str> = cells.iter().map(|&c| view.service(c).name.as_str()).collect();
            services.dedup();
            let targets = if let [one] = services[..] { one.to_owned() } else { format!("[{}]", services.join(", ")) };
            let hint = format!("put `- {{ do: snapshot, target: {targets} }}` before it");
            found.push(RULE.at(view, n, message, hint).about(names));
        }
    }
}

//! A step hits a large part of the world.

use super::view::{Harm, harm};
use super::{Finding, Rule, View, Weight};

/// Fewer cells than this are not called many, however small the world.
const MANY: usize = 10;

pub(super) static RULE: Rule = Rule {
    code: "P0013",
    name: "wide-target",
    title: "a step hits more than half of the world",
    help: "A target such as `all`, or a condition, means more than half of all cells. Such a step is rarely meant.

Name the cells, or narrow the condition. `foreshock reach` lists what a target means.",
    weight: Weight::Warning,
    find,
};

fn find(view: &View<'_>, found: &mut Vec<Finding>) {
    let cells = view.world().cells.len();
    for (n, step) in view.steps().filter(|(_, s)| harm(s) != Harm::None && s.targets.len() >= MANY) {
        if step.targets.len() * 2 > cells {
            let message = format!("`{}` means {} of {cells} cells", step.target_text, step.targets.len());
            found.push(RULE.at(view, n, message, "name the cells, or narrow the condition".to_owned()));
        }
    }
}

//! What the targets' callers need is not declared.

use super::view::{Harm, harm};
use super::{Finding, Rule, View, Weight, listed};
use indexmap::IndexSet;

pub(super) static RULE: Rule = Rule {
    code: "P0015",
    name: "needs-undeclared",
    title: "services in reach say nothing about their needs",
    help: "A service that the plan hits, or that calls one directly, has no `needs:` at all. An edge that nobody declared is not evidence of independence.

Declare them, or say `needs: none`.",
    weight: Weight::Note,
    find,
};

fn find(view: &View<'_>, found: &mut Vec<Finding>) {
    let mut names: IndexSet<String> = IndexSet::new();
    let mut steps = Vec::new();
    for (n, step) in view.steps().filter(|(_, s)| harm(s) != Harm::None) {
        for &cell in &step.targets {
            let near = view.graph.callers(cell).iter().map(|call| call.caller).chain([cell]);
            for at in near {
                let service = view.service(at);
                if !service.is_described() {
                    names.insert(service.name.clone());
                    steps.push(n);
                }
            }
        }
    }
    if let Some(&first) = steps.first() {
        let names: Vec<String> = names.into_iter().collect();
        let message = format!("what {} needs is not, or not wholly, declared", listed(&names));
        found.push(
            RULE.at(view, first, message, "declare `needs:`, or say `needs: none`".to_owned()).with_steps(steps).about(names),
        );
    }
}

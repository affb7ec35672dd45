//! A fresh copy of the data before it is taken away.

use super::rewrite::{Rewrite, listed};
use super::{Change, Draft, Rule};

pub(super) static RULE: Rule = Rule { name: "snapshot-first", title: "a snapshot first", does_less: false, propose };

fn propose(draft: &Draft<'_>) -> Option<Change> {
    let bare: Vec<&crate::findings::Finding> = draft.findings.iter().filter(|f| f.rule.code == "P0005").collect();
    let mut plan = Rewrite::open(draft)?;
    let mut done = Vec::new();
    for finding in bare {
        let step = &draft.scenario.plan.steps[*finding.steps.first()? as usize];
        let at = plan.steps.iter().position(|s| s.id == step.id)?;
        plan.put_before(at, "snapshot", &finding.subjects);
        done.push(step.id.clone());
    }
    if !done.is_empty() {
        plan.done(format!("snapshot before {}", listed(&done)));
    }
    plan.close()
}

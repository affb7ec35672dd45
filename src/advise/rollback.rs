//! A step that may fail takes back what it did.

use super::rewrite::{Rewrite, listed, said};
use super::{Change, Draft, Rule};
use crate::scenario::plan::{Effect, OnFailure};

pub(super) static RULE: Rule =
    Rule { name: "automatic-rollback", title: "roll back by itself when it fails", does_less: false, propose };

fn propose(draft: &Draft<'_>) -> Option<Change> {
    let mut plan = Rewrite::open(draft)?;
    let mut done = Vec::new();
    for item in &mut plan.steps {
        let fits = item
            .step
            .is_some_and(|s| matches!(s.verb.effect, Effect::Risks(_)) && s.verb.reversible && s.on_failure == OnFailure::Stop);
        if fits {
            item.node.put("on-failure", said("rollback"));
            done.push(item.id.clone());
        }
    }
    if !done.is_empty() {
        plan.done(format!("{} rolls back when it fails", listed(&done)));
    }
    plan.close()
}

//! The glass before a form: who may break it, what it opens, and what another role would be allowed.
//!
//! In: a break-glass of the file, the facts of a form, its own permission and its gates. Out: a [`Gate`] that stands before them,
//! or none where the actor may not, or where nothing stands in its way. It opens doors, not nets: stages, snapshots, rollbacks
//! and what keeps deletions stay.

use super::facts::Facts;
use super::gates::Gates;
use super::{asks, permission};
use crate::model::controls::{Act, Gate, Glass, Permission};
use crate::model::pool::Pool;
use crate::scenario::controls::{self, Slip};

/// What lies behind a glass.
pub(super) struct Behind<'a> {
    pub(super) facts: &'a Facts<'a>,
    /// What the actor's own role says.
    pub(super) own: &'a Permission,
    pub(super) gates: &'a [Gate],
    pub(super) slip: Option<Slip>,
}

impl Gates<'_> {
    /// The glass of a guardrail before a form.
    pub(super) fn glass(&self, rule: usize, glass: &controls::Glass, behind: &Behind<'_>, pool: &mut Pool<'_>) -> Option<Gate> {
        let Behind { facts, own, gates, slip } = *behind;
        let role = self.actor.and_then(|a| a.role)?;
        if !glass.roles.contains(&role) {
            return None;
        }
        let permission = match glass.acts_as {
            Some(other) => permission::decide_as(facts, other, &glass.policies, self.guardrails),
            None => own.clone(),
        };
        // It will stand before the others, each of which moves up by one.
        let opens: Vec<u32> = (1..).zip(gates).filter(|(_, gate)| self.opens(glass, gate)).map(|(at, _)| at).collect();
        let denied = matches!(own, Permission::Denied(_));
        let lets = !matches!(permission, Permission::Denied(_));
        if !lets || !denied && opens.is_empty() {
            return None;
        }
        let prepared = &self.prepared[rule];
        let ask = self.ask(rule, &glass.ask, facts, slip, pool);
        let review = *prepared.review.get_or_init(|| asks::review(glass, pool));
        let used = pool.odds(Some(glass.used), prepared.owner.rotate_left(3), "");
        Some(self.first(rule, Act::BreakGlass(Box::new(Glass { used, ask, permission, opens, review }))))
    }

    /// Whether a glass opens a gate: it stands in the way, and is named, if any is.
    fn opens(&self, glass: &controls::Glass, gate: &Gate) -> bool {
        // A gate of no guardrail in the file is an assistant's person.
        let Some(guardrail) = self.guardrails.get(gate.rule as usize) else { return false };
        guardrail.kind.stands_in_the_way() && glass.opens.as_ref().is_none_or(|names| names.contains(&guardrail.id))
    }
}

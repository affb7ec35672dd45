//! The glass before a form: who may break it, what it opens, and what another role would be allowed.
//!
//! In: a break-glass of the file, the facts of a form, its own permission and its gates. Out: a [`Gate`] that stands before them,
//! or none where the actor may not, or where nothing stands in its way. It opens doors, not nets: stages, snapshots, rollbacks
//! and what keeps deletions stay.

use super::facts::Facts;
use super::gates::{Gates, id, luck};
use super::permission;
use crate::luck::entity;
use crate::model::controls::{Act, Bypass, Gate, Glass, Permission};
use crate::model::pool::Pool;
use crate::scenario::controls::{self, Guardrail, Slip};

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
    pub(super) fn glass(
        &self,
        rule: usize,
        guardrail: &Guardrail,
        glass: &controls::Glass,
        behind: &Behind<'_>,
        pool: &mut Pool<'_>,
    ) -> Option<Gate> {
        let Behind { facts, own, gates, slip } = *behind;
        let role = self.scenario.controls.actor.as_ref().and_then(|a| a.role)?;
        if !glass.roles.contains(&role) {
            return None;
        }
        let permission = match glass.acts_as {
            Some(other) => permission::decide_as(facts, other, &glass.policies),
            None => own.clone(),
        };
        // It will stand before the others, each of which moves up by one.
        let opens: Vec<u32> = (1..).zip(gates).filter(|(_, gate)| self.opens(glass, gate)).map(|(at, _)| at).collect();
        let denied = matches!(own, Permission::Denied(_));
        let lets = !matches!(permission, Permission::Denied(_));
        if !lets || !denied && opens.is_empty() {
            return None;
        }
        let owner = entity("guardrail", &guardrail.id);
        let ask = self.ask(rule, &glass.ask, owner, facts, slip, pool);
        let used = pool.odds(Some(glass.used), owner.rotate_left(3), "");
        let act = Act::BreakGlass(Glass { used, ask, permission, opens });
        Some(Gate { rule: id(rule), entity: luck(&guardrail.id, facts), bypass: Bypass::Never, act })
    }

    /// Whether a glass opens a gate: it stands in the way, and is named, if any is.
    fn opens(&self, glass: &controls::Glass, gate: &Gate) -> bool {
        // A gate of no guardrail in the file is an assistant's person.
        let Some(guardrail) = self.scenario.controls.guardrails.get(gate.rule as usize) else { return false };
        guardrail.kind.stands_in_the_way() && glass.opens.as_ref().is_none_or(|names| names.contains(&guardrail.id))
    }
}

//! Whether the role may: the rules of the world, then the policies of the organisation.
//!
//! In: the facts of a form. Out: a [`Permission`] with the rule that decided, in words. All have to allow; the first that
//! denies is named. Nothing bypasses this, except acting as another role.

use super::facts::Facts;
use crate::expr::Expr;
use crate::model::controls::Permission;
use crate::policy::Policies;
use crate::policy::entity::Request;
use crate::scenario::controls::{Guardrail, Kind};
use crate::scenario::policies::principal;
use crate::scenario::world::{Role, RoleId};
use std::sync::Arc;

/// The answer for a form.
pub(super) fn decide(facts: &Facts<'_>, guardrails: &[&Guardrail]) -> Permission {
    let role = facts.forms.actor().and_then(|a| a.role);
    let ruled = role.map_or(Permission::Unasked, |role| facts.form.by_role.get_or_init(|| by_role(role, facts)).clone());
    and_policies(ruled, facts, guardrails, policies(guardrails).map(|(_, policies)| policies))
}

/// The answer if the actor acted as another role; `read` are the policies of the guardrails, as they are read for that role.
pub(super) fn decide_as(facts: &Facts<'_>, role: RoleId, read: &[Arc<Policies>], guardrails: &[&Guardrail]) -> Permission {
    and_policies(by_role(role, facts), facts, guardrails, read.iter())
}

/// The policies among guardrails, each with the guardrail that names it.
fn policies<'a>(guardrails: &[&'a Guardrail]) -> impl Iterator<Item = (&'a Guardrail, &'a Arc<Policies>)> {
    guardrails.iter().filter_map(|&g| match &g.kind {
        Kind::Permissions(policies) => Some((g, policies)),
        _ => None,
    })
}

fn and_policies<'a>(
    ruled: Permission,
    facts: &Facts<'_>,
    guardrails: &[&Guardrail],
    read: impl Iterator<Item = &'a Arc<Policies>>,
) -> Permission {
    let mut answer = ruled;
    let meant = policies(guardrails).map(|(g, _)| g.when.as_ref().is_none_or(|when| facts.fits(when)));
    for policy in read.zip(meant).filter(|(_, meant)| *meant).map(|(policy, _)| policy) {
        if matches!(answer, Permission::Denied(_)) {
            break;
        }
        answer = by_policies(policy, facts);
    }
    answer
}

/// A step is permitted if every one of its cells is. A policy that fails when it is asked is passed over by Cedar, so that a
/// `forbid` would forbid nothing: then the step is denied, and the policy named.
fn by_policies(policies: &Policies, facts: &Facts<'_>) -> Permission {
    let told = facts.for_policies(policies.want_prediction());
    let actor = principal(facts.forms.actor());
    let mut permitted = None;
    for &cell in &facts.step().targets {
        let cell = facts.forms.scenario.world.cell_name(cell);
        let decision = policies.decide(&Request { actor, verb: &facts.step().verb.name, cell: &cell, facts: &told });
        if let Some(failed) = decision.failed.first() {
            let why = format!("policy {}, which cannot be evaluated: {}", failed.name, failed.why.message);
            return Permission::Denied(why.into());
        }
        if !decision.allowed {
            return Permission::Denied(format!("{decision}, for {cell}").into());
        }
        permitted.get_or_insert_with(|| decision.to_string().into());
    }
    permitted.map_or(Permission::Unasked, Permission::Allowed)
}

fn by_role(role: RoleId, facts: &Facts<'_>) -> Permission {
    let role = &facts.forms.scenario.world.roles[role as usize];
    let verb = &facts.step().verb.name;
    let listed = role.may.as_ref().is_none_or(|verbs| verbs.contains(verb));
    // A permission that cannot be answered is none.
    let holds = |facts: &Facts<'_>, when: &Expr| when.eval(&|name| facts.value(name)).unwrap_or(false);
    let allowed = listed && role.when.as_ref().is_none_or(|when| holds(facts, when) && everywhere(when, facts, holds));
    if allowed { Permission::Allowed(rule(role).into()) } else { Permission::Denied(rule(role).into()) }
}

/// A condition must hold for each cell too, not for some: `env == staging` is no licence for the others.
fn everywhere(when: &Expr, facts: &Facts<'_>, holds: impl Fn(&Facts<'_>, &Expr) -> bool) -> bool {
    let targets = &facts.step().targets;
    targets.len() == 1 || targets.iter().all(|&cell| facts.at(cell, |facts| holds(facts, when)))
}

/// The rule in words.
fn rule(role: &Role) -> String {
    let verbs = role.may.as_ref().map_or_else(|| "all".to_owned(), |verbs| verbs.join(", "));
    let when = role.when.as_ref().map(|w| format!(" when {w}")).unwrap_or_default();
    format!("role {} may {verbs}{when}", role.name)
}

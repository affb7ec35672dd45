//! A glass with its roles, and with what it opens.
//!
//! In: a raw break-glass and the guardrails around it. Out: [`Glass`]. Permissions are not opened, they are asked again as
//! another role; the law of a place has no glass.

use super::controls::{Around, role};
use super::unknown;
use crate::diag::{Findings, codes, tick};
use crate::policy::Policies;
use crate::scenario::controls::{Actor, Glass, Kind};
use crate::scenario::raw::Ref;
use crate::scenario::raw::guardrails as raw;
use crate::scenario::world::RoleId;
use std::sync::Arc;

/// Resolves a glass; `own` is its id.
pub(super) fn glass(around: &Around<'_>, at: &raw::Guardrail<'_>, own: &str, found: &mut Findings) -> Option<Glass> {
    let raw::Form::BreakGlass { roles, acts_as, used, opens, ask, review } = &at.kind else { return None };
    let roles = roles.iter().filter_map(|name| role(around.known, *name, found)).collect();
    let other = acts_as.and_then(|name| role(around.known, name, found));
    let opens: Option<Vec<String>> =
        opens.as_ref().map(|names| names.iter().filter_map(|name| opened(around, *name, own, found)).collect());
    if acts_as.is_none() && !around.all.iter().any(|(g, _)| can_be_opened(&g.kind)) {
        let hint = "add `as:` with the role whose permissions count, or a guardrail that asks, refuses or waits";
        found.warn(codes::CONTRADICTION, at.node.span(), "there is nothing that this glass could open", hint);
    }
    let policies = other.map(|role| policies(around, role, found)).unwrap_or_default();
    Some(Glass {
        roles,
        acts_as: other,
        policies,
        used: *used,
        opens,
        ask: ask.clone(),
        review: review.people,
        review_takes: review.takes.clone(),
    })
}

/// A guardrail named under `opens`.
fn opened(around: &Around<'_>, name: Ref<'_>, own: &str, found: &mut Findings) -> Option<String> {
    let Some((guardrail, id)) = around.all.iter().find(|(_, id)| id == name.text) else {
        let known = || around.all.iter().map(|(_, id)| id.as_str()).filter(|id| *id != own).collect();
        unknown(name, name.text, "guardrail", known, "`guardrails:` of the scenario", found);
        return None;
    };
    if can_be_opened(&guardrail.kind) {
        return Some(id.clone());
    }
    let hint = match guardrail.kind {
        raw::Form::Permissions { .. } => "permissions are asked again as another role: name it under `as`",
        raw::Form::Jurisdiction { .. } => "the law of a place has no glass",
        _ => "a glass opens what asks, refuses or waits; what protects a step that runs stays",
    };
    found.error_hint(codes::CONTRADICTION, name.span(), format!("{} cannot be opened", tick(name.text)), hint);
    None
}

/// Whether it stands in the way at all: asks, refuses or waits.
fn can_be_opened(form: &raw::Form<'_>) -> bool {
    match form {
        raw::Form::Ready(kind) => kind.stands_in_the_way(),
        raw::Form::Freeze { .. } => true,
        raw::Form::Jurisdiction { .. } | raw::Form::BreakGlass { .. } | raw::Form::Permissions { .. } => false,
    }
}

/// The policies of the scenario, for the actor in that role.
fn policies(around: &Around<'_>, role: RoleId, found: &mut Findings) -> Vec<Arc<Policies>> {
    let elevated = around.actor.map(|actor| Actor { role: Some(role), ..actor.clone() });
    let folders = around.all.iter().filter_map(|(g, _)| match &g.kind {
        raw::Form::Permissions { cedar } => *cedar,
        _ => None,
    });
    folders.filter_map(|named| around.loader.policies(named.node, around.known, elevated.as_ref(), found)).collect()
}

impl Kind {
    /// Whether a step can be held up by it: it asks, refuses or waits.
    pub(crate) const fn stands_in_the_way(&self) -> bool {
        match self {
            Kind::Approval(_)
            | Kind::DryRun { .. }
            | Kind::DeletionProtection
            | Kind::FreezeWindow { .. }
            | Kind::RateLimit { .. }
            | Kind::ScopeLimit { .. } => true,
            Kind::Staged(_)
            | Kind::SnapshotFirst { .. }
            | Kind::SoftDelete { .. }
            | Kind::AutomaticRollback { .. }
            | Kind::Jurisdiction { .. }
            | Kind::BreakGlass(_)
            | Kind::Permissions(_) => false,
        }
    }
}

//! Guardrails that contradict themselves or each other: what they say cannot all count.
//!
//! In: guardrails, resolved. Out: warnings. Not here: what is a mistake in any world (`controls`), and keys that exclude each other
//! (`raw::guardrails`).

use crate::diag::{Findings, codes, tick};
use crate::scenario::controls::{Actor, Ask, Guardrail, Kind, Window};
use crate::units::{Dist, Millis};

/// Looks at all guardrails of a scenario.
pub(super) fn check(guardrails: &[Guardrail], actor: Option<&Actor>, found: &mut Findings) {
    for (n, guardrail) in guardrails.iter().enumerate() {
        exempt(guardrail, actor, found);
        alone(guardrail, found);
        twice(guardrail, &guardrails[..n], found);
    }
}

fn warn(guardrail: &Guardrail, message: impl Into<String>, hint: &str, found: &mut Findings) {
    if let Some(span) = &guardrail.span {
        found.warn(codes::CONTRADICTION, span.clone(), message, hint);
    }
}

/// Whoever acts passes it by.
fn exempt(guardrail: &Guardrail, actor: Option<&Actor>, found: &mut Findings) {
    let role = actor.and_then(|actor| actor.role);
    if role.is_some_and(|role| guardrail.bypass_roles.contains(&role)) {
        let message = format!("{} never holds the actor: its role is exempt", tick(&guardrail.id));
        warn(guardrail, message, "take the role out of `bypass-roles`, or let the actor act as another", found);
    }
}

/// What a guardrail says of itself.
fn alone(guardrail: &Guardrail, found: &mut Findings) {
    match &guardrail.kind {
        Kind::Approval(ask) | Kind::Jurisdiction { ask, refuses: false, .. } => people(guardrail, ask, found),
        Kind::SoftDelete { lasts, undelete: Some(takes) } if median(takes).is_some_and(|takes| takes > *lasts) => {
            let message = "what is kept is gone before it can be brought back";
            warn(guardrail, message, "keep it longer (`for`) than bringing it back takes (`undelete`)", found);
        }
        Kind::FreezeWindow { window: Window::Once { to: 0, .. }, .. } => {
            warn(guardrail, "the window is over before the plan starts", "compare `to` with `starts` of the scenario", found);
        }
        _ => {}
    }
}

fn people(guardrail: &Guardrail, ask: &Ask, found: &mut Findings) {
    if let Some(there) = ask.reviewers.filter(|there| *there < ask.approvers) {
        let message = format!("{} people are asked, and there are {there}", ask.approvers);
        warn(guardrail, message, "`reviewers` is how many share all requests, `approvers` how many are asked each time", found);
    }
}

/// A step has one set of stages and one way to be kept: of two that speak of the same steps one does not count.
fn twice(guardrail: &Guardrail, before: &[Guardrail], found: &mut Findings) {
    let is_single = matches!(guardrail.kind, Kind::Staged(_) | Kind::SoftDelete { .. } | Kind::AutomaticRollback { .. });
    let same = |other: &&Guardrail| other.kind.name() == guardrail.kind.name() && other.when == guardrail.when;
    if let Some(other) = before.iter().find(same).filter(|_| is_single) {
        let message = format!("{} and {} speak of the same steps, and only one counts", tick(&other.id), tick(&guardrail.id));
        warn(guardrail, message, "give each its own `when`, or remove one", found);
    }
}

/// Half of the times it takes less.
fn median(takes: &Dist) -> Option<Millis> {
    match takes {
        Dist::Fixed(value) | Dist::LogNormal { median: value, .. } => Some(crate::luck::to_millis(*value)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::scenario::files::Memory;
    use crate::scenario::{ReadOptions, read};

    /// What is said of a scenario with these guardrails and this rest.
    fn said(guardrails: &str, rest: &str) -> Vec<String> {
        let text = format!(
            "starts: 2025-12-15T09:00Z
world:
  regions: {{ eu: {{ jurisdiction: DE }}, us: {{}} }}
  roles: {{ op: {{ may: all }}, ag: {{ may: [deploy], when: env == staging }} }}
  services: {{ b: {{ in: [eu, us], needs: none, env: production }} }}
actor: {{ profile: automation, acts-as: op }}
plan: [ {{ do: restart, target: b@eu }} ]
guardrails: [ {guardrails} ]
{rest}"
        );
        let read = read(&Memory::new([("s.yaml", text)]), "s.yaml", &ReadOptions::default());
        assert!(read.study.is_some(), "{:?}", read.diagnostics);
        let own = |message: &String| !message.contains("env == staging");
        read.diagnostics.into_iter().map(|d| d.message).filter(own).collect()
    }

    #[test]
    fn what_cannot_all_count_is_warned_of() {
        for (guardrails, message) in [
            ("approval: { approvers: 5, reviewers: 2 }", "5 people are asked, and there are 2"),
            ("approval: { pace: board, latency: 1m }", "`pace` has no effect beside `latency`"),
            ("approval: { id: mine, bypass-roles: [op] }", "`mine` never holds the actor: its role is exempt"),
            ("jurisdiction: { of: DE, refuse: true, catches: 90% }", "`catches` has no effect beside `refuse`"),
            ("soft-delete: { for: 1h, undelete: 2h }", "what is kept is gone before it can be brought back"),
            ("freeze-window: { from: 2024-12-20T00:00Z, to: 2025-01-02T00:00Z }", "the window is over before the plan starts"),
            (
                "staged: { id: s1, stages: [1 cell, all] }, staged: { id: s2, stages: [1 region, all] }",
                "`s1` and `s2` speak of the same steps, and only one counts",
            ),
            ("approval: { when: role == oprator }", "`role == oprator` never holds here"),
            ("approval: { when: actor == human }", "`actor == human` never holds here"),
            ("approval: { when: regions == 1.5 }", "`regions == 1.5` never holds here"),
            ("approval: { when: holds-data }", "`holds-data` never holds here"),
            (
                "approval: { when: 'env in [production, stagin]' }",
                "`env in [production, stagin]` has a part that nothing here fits",
            ),
            (
                "approval: { when: predicted.customers.outage_min.p95 < 0m }",
                "`predicted.customers.outage_min.p95 < 0m` never holds here",
            ),
            ("approval: { when: predicted.data_lost_for_good > 100% }", "`predicted.data_lost_for_good > 100%` never holds here"),
            ("approval: { when: predicted.friction.hours.mean > 1 }", "`predicted.friction.hours.mean > 1` never holds here"),
        ] {
            assert_eq!(said(guardrails, ""), [message], "{guardrails}");
        }
        let apart =
            "staged: { when: verb == restart, stages: [1 cell, all] }, staged: { when: verb == deploy, stages: [1 region, all] }";
        assert_eq!(said(apart, ""), [""; 0]);
    }

    #[test]
    fn a_warning_that_only_a_variant_deserves_says_so() {
        let rest = "variants: { calm: { actor: { acts-as: ag } }, tired: { actor: { fleet: 9 } } }";
        assert_eq!(
            said("approval: { id: mine, bypass-roles: [ag] }", rest),
            ["`mine` never holds the actor: its role is exempt (in the variant `calm`)"]
        );
    }
}

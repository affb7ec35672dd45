//! Actor and guardrails with roles, conditions and windows resolved.
//!
//! In: raw controls and a [`Known`] world. Out: [`Controls`]. Controls that contradict themselves are findings.

use super::{Known, conditions, contradictions, unknown};
use crate::diag::{Findings, codes, tick};
use crate::scenario::ReadOptions;
use crate::scenario::controls::{Actor, Clock, Controls, Extent, Guardrail, Kind, Staged, Window};
use crate::scenario::load::Loader;
use crate::scenario::raw::fields::head;
use crate::scenario::raw::guardrails as raw;
use crate::scenario::raw::instant::{instant, time_of_day};
use crate::scenario::raw::{Ref, scenario::Scenario};
use crate::scenario::world::RoleId;
use crate::units::{Chance, Level, Millis};
use rustc_hash::FxHashMap;

/// Resolves the controls of a scenario.
pub(crate) fn controls(
    known: &Known,
    scenario: &Scenario<'_>,
    loader: &Loader<'_>,
    options: &ReadOptions,
    found: &mut Findings,
) -> Controls {
    let raw = &scenario.controls;
    let actor = raw.actor.as_ref().map(|a| actor(known, a, found));
    let ids = ids(&raw.guardrails, found);
    let mut guardrails = Vec::with_capacity(raw.guardrails.len());
    let used = |g: &raw::Guardrail<'_>| !options.ignore_guardrails || !matches!(g.kind, raw::Form::Permissions { .. });
    let all: Vec<(&raw::Guardrail<'_>, String)> = raw.guardrails.iter().zip(ids).filter(|(g, _)| used(g)).collect();
    for (raw, id) in all.iter().cloned() {
        let around = Around { known, loader, starts: scenario.starts, actor: actor.as_ref(), all: &all };
        guardrails.extend(guardrail(&around, raw, id, found));
    }
    if !options.ignore_guardrails {
        contradictions::check(&guardrails, actor.as_ref(), found);
    }
    Controls { actor, guardrails, plans_per_day: scenario.per_day.unwrap_or(1.0), starts: scenario.starts }
}

fn actor(known: &Known, raw: &raw::Actor<'_>, found: &mut Findings) -> Actor {
    let acts_as = raw.acts_as.and_then(|r| role(known, r, found));
    let operator = raw.operator.and_then(|r| role(known, r, found));
    let inherits = raw.inherits.is_some_and(|(flag, _)| flag);
    if let Some((true, node)) = raw.inherits
        && raw.operator.is_none()
    {
        let message = "the actor inherits permissions, and nobody is named from whom";
        found.error_hint(codes::MISSING_KEY, node.span(), message, "add `operator:` with the role of the person it works for");
    }
    if let Some(node) = raw.rates_node.filter(|_| !raw.errors) {
        let message = "`rates` have no effect: the actor does not err";
        found.warn(codes::CONTRADICTION, head(node), message, "add `errors: true`, or remove `rates`");
    }
    if known.world.roles.is_empty() && raw.acts_as.is_none() && inherits {
        found.error(codes::UNKNOWN_NAME, head(raw.node), "the world declares no roles");
    }
    Actor {
        profile: raw.profile,
        confirms: raw.profile.confirms,
        role: if inherits { operator } else { acts_as },
        inherited: inherits,
        errors: raw.errors,
        rates: raw.rates,
        fleet: raw.fleet,
    }
}

pub(super) fn role(known: &Known, name: Ref<'_>, found: &mut Findings) -> Option<RoleId> {
    let roles = &known.world.roles;
    let at = roles.iter().position(|r| r.name == name.text);
    if at.is_none() {
        unknown(name, name.text, "role", || roles.iter().map(|r| r.name.as_str()).collect(), "`roles:` of the world", found);
    }
    at.and_then(|i| RoleId::try_from(i).ok())
}

/// The ids, given or made: kind-n.
fn ids(list: &[raw::Guardrail<'_>], found: &mut Findings) -> Vec<String> {
    let mut taken: Vec<&str> = Vec::new();
    for id in list.iter().filter_map(|g| g.id) {
        if taken.contains(&id.text) {
            super::world::twice(id, "id", found);
        }
        taken.push(id.text);
    }
    let mut counts: FxHashMap<&str, u32> = FxHashMap::default();
    let mut made = |kind: &'static str| loop {
        let count = counts.entry(kind).or_default();
        *count += 1;
        let id = format!("{kind}-{count}");
        if !taken.contains(&id.as_str()) {
            return id;
        }
    };
    list.iter().map(|g| g.id.map_or_else(|| made(kind_name(&g.kind)), |id| id.text.to_owned())).collect()
}

fn kind_name(form: &raw::Form<'_>) -> &'static str {
    match form {
        raw::Form::Ready(kind) => kind.name(),
        raw::Form::Freeze { .. } => "freeze-window",
        raw::Form::Jurisdiction { .. } => "jurisdiction",
        raw::Form::BreakGlass { .. } => "break-glass",
        raw::Form::Permissions { .. } => "permissions",
    }
}

/// What a guardrail is read in.
pub(super) struct Around<'a> {
    pub(super) known: &'a Known,
    pub(super) loader: &'a Loader<'a>,
    starts: Option<Clock>,
    pub(super) actor: Option<&'a Actor>,
    /// All guardrails of the scenario with their ids.
    pub(super) all: &'a [(&'a raw::Guardrail<'a>, String)],
}

fn guardrail(around: &Around<'_>, raw: &raw::Guardrail<'_>, id: String, found: &mut Findings) -> Option<Guardrail> {
    let (known, starts) = (around.known, around.starts);
    if let Some((condition, node)) = &raw.when {
        conditions::check_in(known, condition, node, found);
    }
    let bypass_roles = raw.bypass_roles.iter().filter_map(|r| role(known, *r, found)).collect();
    check_bypass(raw, found);
    let kind = match &raw.kind {
        raw::Form::Ready(kind) => {
            check_kind(kind, raw, found);
            kind.clone()
        }
        raw::Form::Freeze { from, to, waits } => {
            Kind::FreezeWindow { window: window(raw, *from, *to, starts, found)?, waits: *waits }
        }
        raw::Form::Jurisdiction { of, refuses, ask } => {
            let of = jurisdiction(known, raw, *of, found)?;
            Kind::Jurisdiction { of, refuses: *refuses, ask: ask.clone() }
        }
        raw::Form::BreakGlass { .. } => Kind::BreakGlass(super::glass::glass(around, raw, &id, found)?),
        raw::Form::Permissions { cedar } => {
            let Some(named) = cedar else {
                let message = "permissions without policies hold nothing";
                found.error_hint(codes::MISSING_KEY, raw.node.span(), message, "add `cedar:` with a folder of policies");
                return None;
            };
            Kind::Permissions(around.loader.policies(named.node, known, around.actor, found)?)
        }
    };
    let when = raw.when.as_ref().map(|(condition, _)| condition.clone());
    Some(Guardrail { id, when, bypass: raw.bypass.map(|b| b.0), bypass_roles, kind, span: Some(raw.node.span()) })
}

fn check_bypass(raw: &raw::Guardrail<'_>, found: &mut Findings) {
    let all = raw.bypass.filter(|(chance, _)| *chance == Chance::Fixed(Level::ONE));
    if let Some((_, node)) = all {
        found.warn(codes::CONTRADICTION, node.span(), "a guardrail that is always bypassed holds nothing", "remove it");
    }
    if matches!(raw.kind, raw::Form::Permissions { .. }) && (raw.bypass.is_some() || !raw.bypass_roles.is_empty()) {
        let hint = "remove `bypass` and `bypass-roles`; somebody with other permissions acts as another role";
        found.error_hint(codes::CONTRADICTION, raw.node.span(), "permissions cannot be bypassed", hint);
    }
}

fn check_kind(kind: &Kind, raw: &raw::Guardrail<'_>, found: &mut Findings) {
    match kind {
        Kind::ScopeLimit { cells: None, regions: None, reach: None } => {
            found.error_hint(
                codes::MISSING_KEY,
                raw.node.span(),
                "a scope limit without a limit",
                "add `cells`, `regions` or `reach`",
            );
        }
        Kind::Staged(Staged { stages, .. }) => {
            let shrinks = |pair: &[Extent]| match (pair[0], pair[1]) {
                (Extent::Cells(a), Extent::Cells(b)) | (Extent::Regions(a), Extent::Regions(b)) => b <= a,
                (Extent::Share(a), Extent::Share(b)) => b <= a,
                (Extent::All, _) => true,
                _ => false,
            };
            if stages.windows(2).any(shrinks) {
                let hint = "each stage says how much is done after it: `[1 cell, 1 region, all]`";
                found.error_hint(codes::CONTRADICTION, raw.node.span(), "a stage is no larger than the one before it", hint);
            }
        }
        _ => {}
    }
}

fn jurisdiction(known: &Known, raw: &raw::Guardrail<'_>, of: Option<Ref<'_>>, found: &mut Findings) -> Option<String> {
    let Some(of) = of else {
        found.error_hint(
            codes::MISSING_KEY,
            raw.node.span(),
            "a rule of which jurisdiction?",
            "add `of:`, as in `jurisdiction:` of a region",
        );
        return None;
    };
    let mut declared: Vec<&str> = known.world.regions.iter().filter_map(|r| r.jurisdiction.as_deref()).collect();
    declared.dedup();
    if !declared.contains(&of.text) {
        unknown(of, of.text, "jurisdiction", || declared, "`jurisdiction:` of a region", found);
        return None;
    }
    Some(of.text.to_owned())
}

/// A window: once, between two instants; or every day, between two times of day.
fn window(
    raw: &raw::Guardrail<'_>,
    from: Option<Ref<'_>>,
    to: Option<Ref<'_>>,
    starts: Option<Clock>,
    found: &mut Findings,
) -> Option<Window> {
    let (Some(from), Some(to)) = (from, to) else {
        let hint = "write `{ from: 2025-12-20T00:00Z, to: 2026-01-02T00:00Z }` or `{ from: 22:00, to: 06:00 }`";
        found.error_hint(codes::MISSING_KEY, raw.node.span(), "a freeze window needs `from` and `to`", hint);
        return None;
    };
    let Some(starts) = starts else {
        let message = "a freeze window, and nobody says when the plan starts";
        found.error_hint(codes::MISSING_KEY, raw.node.span(), message, "add `starts: 2025-12-15T14:00Z` to the scenario");
        return None;
    };
    let window = match (instant(from.text), instant(to.text), time_of_day(from.text), time_of_day(to.text)) {
        (Some(from), Some(to), ..) => Some(once(from, to, starts)),
        (_, _, Some(from), Some(to)) => Some(Window::Daily { from, to, start: starts.of_day }),
        _ => None,
    };
    let Some(window) = window else {
        let odd = [from, to].into_iter().find(|r| instant(r.text).is_none() && time_of_day(r.text).is_none()).unwrap_or(to);
        let hint = "both are instants (`2025-12-20T00:00Z`), or both are times of day (`22:00`)";
        found.error_hint(codes::BAD_QUANTITY, odd.span(), format!("{} does not fit here", tick(odd.text)), hint);
        return None;
    };
    let empty = match window {
        Window::Once { .. } => instant(from.text).zip(instant(to.text)).is_some_and(|(f, t)| t.utc <= f.utc),
        Window::Daily { from, to, .. } => from == to,
    };
    if empty {
        found.error_hint(codes::BAD_RANGE, to.span(), "the window ends before it begins", "put the earlier instant under `from`");
    }
    Some(window)
}

/// Relative to the plan's start.
fn once(from: Clock, to: Clock, starts: Clock) -> Window {
    let after = |clock: Clock| Millis::try_from((clock.utc - starts.utc).max(0)).unwrap_or(0);
    Window::Once { from: after(from), to: after(to) }
}

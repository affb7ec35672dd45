//! Actor and guardrails as they are written.
//!
//! In: the fields of a scenario. Out: [`Controls`]: names and conditions are still text, figures are read.

use super::fields::{Fields, head};
use super::plan::list;
use super::{Ref, dist, scalar};
use crate::diag::{Findings, codes, tick};
use crate::document::{Node, Value};
use crate::expr::Expr;
use crate::quantity;
use crate::scenario::controls::{Ask, Attached, Extent, Kind, Pace, SLIPS, Staged};
use crate::scenario::keys::guardrails::{ACTOR, ATTACHED, GUARDRAILS, PACES, PROFILES, RATES, THEN};
use crate::scenario::profiles::{self, Profile};
use crate::scenario::suggest;
use crate::units::{Chance, DAY, Dist, Level, Millis};
use std::sync::LazyLock;

/// The section of a guardrail that is written as its bare kind.
static NOTHING: LazyLock<Node> = LazyLock::new(|| Node::made(Value::Null));

/// What stands between the actor and the world.
#[derive(Debug, Default)]
pub(crate) struct Controls<'a> {
    /// The file has an actor, or guardrails.
    pub(crate) any: bool,
    pub(crate) actor: Option<Actor<'a>>,
    pub(crate) guardrails: Vec<Guardrail<'a>>,
}

/// Who acts.
#[derive(Debug)]
pub(crate) struct Actor<'a> {
    pub(crate) node: &'a Node,
    pub(crate) profile: &'static Profile,
    pub(crate) acts_as: Option<Ref<'a>>,
    pub(crate) operator: Option<Ref<'a>>,
    pub(crate) inherits: Option<(bool, &'a Node)>,
    pub(crate) errors: bool,
    pub(crate) fleet: u32,
    pub(crate) rates: [Option<Chance>; SLIPS.len()],
    /// The section with the rates, if there is one.
    pub(crate) rates_node: Option<&'a Node>,
}

/// A control.
#[derive(Debug)]
pub(crate) struct Guardrail<'a> {
    pub(crate) node: &'a Node,
    pub(crate) id: Option<Ref<'a>>,
    pub(crate) when: Option<(Expr, &'a Node)>,
    pub(crate) bypass: Option<(Chance, &'a Node)>,
    pub(crate) bypass_roles: Vec<Ref<'a>>,
    pub(crate) kind: Form<'a>,
}

/// What a control does, as far as it can be known without the world.
#[derive(Debug)]
pub(crate) enum Form<'a> {
    Ready(Kind),
    Freeze {
        from: Option<Ref<'a>>,
        to: Option<Ref<'a>>,
        waits: bool,
    },
    Jurisdiction {
        of: Option<Ref<'a>>,
        refuses: bool,
        ask: Ask,
    },
    BreakGlass {
        roles: Vec<Ref<'a>>,
        acts_as: Option<Ref<'a>>,
        used: Chance,
        opens: Option<Vec<Ref<'a>>>,
        ask: Ask,
        review: Review,
    },
    Permissions {
        cedar: Option<Ref<'a>>,
    },
}

/// Who looks at a broken glass afterwards, and how long that takes.
#[derive(Debug, Clone)]
pub(crate) struct Review {
    pub(crate) people: u32,
    pub(crate) takes: Option<Dist>,
}

/// Reads both sections.
pub(crate) fn read<'a>(scenario: &Fields<'a>, found: &mut Findings) -> Controls<'a> {
    let actor = scenario.get("actor");
    let items = scenario.get("guardrails").and_then(|n| list(n, "guardrails are a list", "- approval: { approvers: 1 }", found));
    let items = items.unwrap_or_default();
    Controls {
        // An empty list is how a variant says that there are none.
        any: actor.is_some() || !items.is_empty(),
        actor: actor.and_then(|n| read_actor(n, found)),
        guardrails: items.iter().filter_map(|n| guardrail(n, found)).collect(),
    }
}

fn read_actor<'a>(node: &'a Node, found: &mut Findings) -> Option<Actor<'a>> {
    if let Some(name) = node.text() {
        let hint = format!("write `actor: {{ profile: {name} }}`, and `acts-as` for the role");
        found.error_hint(codes::WRONG_TYPE, node.span(), "an actor is a map, not a single value", hint);
        return None;
    }
    let fields = Fields::of(node, &ACTOR, found)?;
    let profile = fields.read("profile", found, |n, f| scalar::choice(n, PROFILES, f)).map_or("automation", |n| PROFILES[n]);
    let rates_node = fields.get("rates");
    let mut rates = [None; SLIPS.len()];
    if let Some(given) = rates_node.and_then(|n| Fields::of(n, &RATES, found)) {
        for (rate, (_, name)) in rates.iter_mut().zip(SLIPS) {
            *rate = given.read(name, found, dist::chance);
        }
    }
    Some(Actor {
        node,
        profile: profiles::find(profile)?,
        acts_as: fields.read("acts-as", found, scalar::reference),
        operator: fields.read("operator", found, scalar::reference),
        inherits: fields.get("inherits").and_then(|n| scalar::flag(n, found).map(|f| (f, n))),
        errors: fields.read("errors", found, scalar::flag).unwrap_or(false),
        fleet: fields.read("fleet", found, |n, f| scalar::count_in(n, 1, 1_000_000, f)).unwrap_or(1),
        rates,
        rates_node,
    })
}

/// `kind: { ... }`, or the bare kind.
fn guardrail<'a>(node: &'a Node, found: &mut Findings) -> Option<Guardrail<'a>> {
    let (name, value) = match (node.entries(), node.text()) {
        (Some([entry]), _) => (&entry.key, &entry.value),
        (None, Some(_)) => (node, &*NOTHING),
        _ => {
            let hint = "write `- approval: { approvers: 1 }`";
            found.error_hint(codes::WRONG_TYPE, head(node), "a guardrail is a map with one key, its kind", hint);
            return None;
        }
    };
    let Some((_, section)) = GUARDRAILS.iter().find(|(kind, _)| *kind == name.as_text()) else {
        let message = format!("there is no guardrail {}", tick(name.as_text()));
        let kinds = GUARDRAILS.iter().map(|(kind, _)| *kind);
        let hint = suggest::hint(name.as_text(), kinds, "guardrail").unwrap_or_default();
        found.error_hint(codes::UNKNOWN_GUARDRAIL, name.span(), message, hint);
        return None;
    };
    let fields = Fields::of(value, section, found)?;
    let bypasses = section.has("bypass").then_some(&fields);
    Some(Guardrail {
        node: name,
        id: fields.read("id", found, |n, f| scalar::declared(n, "a guardrail", f)),
        when: fields.get("when").and_then(|n| scalar::condition(n, found).map(|c| (c, n))),
        bypass: bypasses.and_then(|f| f.get("bypass")).and_then(|n| dist::chance(n, found).map(|c| (c, n))),
        bypass_roles: bypasses.and_then(|f| f.read("bypass-roles", found, scalar::references)).unwrap_or_default(),
        kind: form(name, &fields, found),
    })
}

/// What a guardrail does; `name` is its kind, and where it stands.
fn form<'a>(name: &Node, fields: &Fields<'a>, found: &mut Findings) -> Form<'a> {
    let text = |key: &str, found: &mut Findings| fields.read(key, found, scalar::reference);
    let time = |key: &str, found: &mut Findings| fields.read(key, found, dist::duration);
    let chance = |key: &str, found: &mut Findings| fields.read(key, found, dist::chance);
    let flag = |key: &str, found: &mut Findings| fields.read(key, found, scalar::flag).unwrap_or(false);
    let count = |key: &str, found: &mut Findings| fields.read(key, found, scalar::count);
    Form::Ready(match name.as_text() {
        "approval" => Kind::Approval(ask(fields, found)),
        "dry-run" => Kind::DryRun { takes: time("takes", found), catches: chance("catches", found) },
        "staged" => Kind::Staged(staged(name, fields, found)),
        "snapshot-first" => Kind::SnapshotFirst { takes: time("takes", found) },
        "deletion-protection" => Kind::DeletionProtection,
        "soft-delete" => {
            Kind::SoftDelete { lasts: fields.read("for", found, kept_for).unwrap_or(30 * DAY), undelete: time("undelete", found) }
        }
        "rate-limit" => Kind::RateLimit {
            steps: needed("steps", name, fields, found, |n, f| scalar::count_in(n, 1, 1_000_000, f)).unwrap_or(1),
            per: needed("per", name, fields, found, scalar::span_ms).unwrap_or(DAY),
        },
        "scope-limit" => {
            let some = |key: &str, found: &mut Findings| fields.read(key, found, at_least_one);
            Kind::ScopeLimit { cells: some("cells", found), regions: some("regions", found), reach: count("reach", found) }
        }
        "automatic-rollback" => Kind::AutomaticRollback {
            within: fields.read("within", found, scalar::span_ms),
            takes: time("takes", found),
            works: chance("works", found),
        },
        "freeze-window" => {
            let waits = fields.read("then", found, |n, f| scalar::choice(n, THEN, f)) == Some(1);
            return Form::Freeze { from: text("from", found), to: text("to", found), waits };
        }
        "jurisdiction" => {
            let refuses = flag("refuse", found);
            if refuses {
                idle(&ASKING, "refuse", fields, found);
            }
            return Form::Jurisdiction { of: text("of", found), refuses, ask: ask(fields, found) };
        }
        "break-glass" => return break_glass(fields, found),
        _ => return Form::Permissions { cedar: text("cedar", found) },
    })
}

/// Nobody is asked first unless the file says so, and those who are know what it means; somebody looks at it afterwards unless it says not.
fn break_glass<'a>(fields: &Fields<'a>, found: &mut Findings) -> Form<'a> {
    let mut ask = ask(fields, found);
    if fields.get("approvers").is_none() {
        ask.approvers = 0;
    }
    if fields.get("pace").is_none() {
        ask.pace = Pace::BreakGlass;
    }
    Form::BreakGlass {
        roles: fields.read("roles", found, scalar::references).unwrap_or_default(),
        acts_as: fields.read("as", found, scalar::reference),
        used: fields.read("used", found, dist::chance).unwrap_or(Chance::Fixed(Level::ONE)),
        opens: fields.read("opens", found, scalar::references),
        ask,
        review: Review {
            people: fields.read("review", found, |n, f| scalar::count_in(n, 0, 1000, f)).unwrap_or(1),
            takes: fields.read("review-takes", found, dist::duration),
        },
    }
}

/// Keys that say how people are asked.
const ASKING: [&str; 9] =
    ["approvers", "reviewers", "latency", "pace", "catches", "independent", "false-alarms", "attached", "load"];

/// Keys that have no effect beside another.
fn idle(keys: &[&'static str], beside: &str, fields: &Fields<'_>, found: &mut Findings) {
    for key in keys {
        if let Some(node) = fields.get(key) {
            let message = format!("`{key}` has no effect beside `{beside}`");
            found.warn(codes::CONTRADICTION, head(node), message, "remove one of them");
        }
    }
}

fn ask(fields: &Fields<'_>, found: &mut Findings) -> Ask {
    const PACE: [Pace; 5] = [Pace::Prompt, Pace::BreakGlass, Pace::PeerFast, Pace::Peer, Pace::Board];
    const SEEN: [Attached; 4] = [Attached::Nothing, Attached::Diff, Attached::DryRun, Attached::Prediction];
    if fields.get("latency").is_some() {
        idle(&["pace"], "latency", fields, found);
    }
    let people =
        |key: &str, least: u64, found: &mut Findings| fields.read(key, found, |n, f| scalar::count_in(n, least, 1000, f));
    Ask {
        approvers: people("approvers", 0, found).unwrap_or(1),
        reviewers: people("reviewers", 1, found),
        latency: fields.read("latency", found, dist::duration),
        pace: fields.read("pace", found, |n, f| scalar::choice(n, PACES, f)).map_or(Pace::default(), |n| PACE[n]),
        catches: fields.read("catches", found, dist::chance),
        independent: fields.read("independent", found, scalar::flag).unwrap_or(false),
        false_alarms: fields.read("false-alarms", found, dist::chance),
        attached: fields.read("attached", found, |n, f| scalar::choice(n, ATTACHED, f)).map_or(Attached::default(), |n| SEEN[n]),
        load: fields.read("load", found, dist::fixed_factor).unwrap_or(0.0),
    }
}

/// A figure that has no default, since none has a source.
fn needed<T>(
    key: &'static str,
    name: &Node,
    fields: &Fields<'_>,
    found: &mut Findings,
    read: impl FnOnce(&Node, &mut Findings) -> Option<T>,
) -> Option<T> {
    let Some(node) = fields.get(key) else {
        let message = format!("a rate limit needs `{key}`");
        found.error_hint(codes::MISSING_KEY, name.span(), message, "write `rate-limit: { steps: 1, per: 1h }`");
        return None;
    };
    read(node, found)
}

/// How many are touched at most: a step that may touch nothing is no step.
fn at_least_one(node: &Node, found: &mut Findings) -> Option<u64> {
    let count = scalar::count(node, found)?;
    if count == 0 {
        let hint = "write 1 or more; `deletion-protection` and `permissions` refuse a kind of step altogether";
        found.error_hint(codes::OUT_OF_RANGE, node.span(), "a limit of 0 refuses every step that touches anything", hint);
    }
    Some(count)
}

fn kept_for(node: &Node, found: &mut Findings) -> Option<Millis> {
    let lasts = scalar::span_ms(node, found)?;
    if lasts == 0 {
        let hint = "write how long it can be brought back, such as `7d`; 30 days if left out";
        found.error_hint(codes::OUT_OF_RANGE, node.span(), "what is kept for no time is gone", hint);
        return None;
    }
    Some(lasts)
}

fn staged(name: &Node, fields: &Fields<'_>, found: &mut Findings) -> Staged {
    let before = found.errors();
    let items = fields.get("stages").and_then(|n| list(n, "stages are a list", "1 region", found));
    let mut stages: Vec<Extent> = items.unwrap_or_default().iter().filter_map(|n| stage(n, found)).collect();
    if stages.is_empty() && found.errors() == before {
        let place = fields.get("stages").unwrap_or(name);
        found.error_hint(codes::MISSING_KEY, head(place), "stages that nobody named", "write `stages: [1 cell, 1 region, all]`");
    }
    if stages.last() != Some(&Extent::All) {
        stages.push(Extent::All);
    }
    Staged {
        stages,
        bake: fields.read("bake", found, dist::duration),
        detects: fields.read("detects", found, dist::chance),
        shows: fields.read("shows", found, scalar::level).unwrap_or(Level::ONE),
    }
}

/// `1 cell`, `2 regions`, `10%` or `all`.
fn stage(node: &Node, found: &mut Findings) -> Option<Extent> {
    let text = scalar::scalar(node, "a stage", found)?;
    let counted = text.split_once(' ').and_then(|(count, what)| {
        let count = count.parse::<u32>().ok().filter(|n| *n > 0)?;
        match what {
            "cell" | "cells" => Some(Extent::Cells(count)),
            "region" | "regions" => Some(Extent::Regions(count)),
            _ => None,
        }
    });
    let share = || {
        text.ends_with('%')
            .then(|| quantity::share(text).ok())
            .flatten()
            .and_then(Level::from_fraction)
            .filter(|s| *s > Level::ZERO)
    };
    let extent = if text == "all" { Some(Extent::All) } else { counted.or_else(|| share().map(Extent::Share)) };
    if extent.is_none() {
        let hint = "stages are written `1 cell`, `2 regions`, `10%` or `all`";
        found.error_hint(codes::BAD_QUANTITY, node.span(), format!("{} is not a stage", tick(text)), hint);
    }
    extent
}

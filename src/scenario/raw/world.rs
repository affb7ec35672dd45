//! A world as it is written: regions, teams, roles, verbs, services.
//!
//! In: the tree of a world whose includes and defaults are already resolved. Out: [`World`].

use super::fields::Fields;
use super::{Ref, by_hour, dist, scalar, verb};
use crate::diag::{Findings, codes};
use crate::document::{Entry, Node};
use crate::expr::Expr;
use crate::scenario::by_hour::ByHour;
use crate::scenario::keys::world::{MENDS, REGION, ROLE, TEAM, WORLD};
use crate::scenario::plan::Verb;
use crate::scenario::verbs;
use crate::scenario::world::{Region, Team};
use crate::units::Level;
use std::sync::Arc;

/// A world.
#[derive(Debug)]
pub(crate) struct World<'a> {
    pub(crate) node: &'a Node,
    pub(crate) name: String,
    pub(crate) complete: Level,
    pub(crate) not_modelled: Vec<Ref<'a>>,
    /// `None` if there is no such section.
    pub(crate) regions: Option<Vec<(Ref<'a>, Region)>>,
    pub(crate) teams: Vec<(Ref<'a>, Team)>,
    pub(crate) roles: Vec<Role<'a>>,
    pub(crate) by_hour: Option<Arc<ByHour>>,
    pub(crate) verbs: Vec<Verb>,
    /// Services as they stand there: there may be a million of them, which `service` reads one by one.
    pub(crate) services: &'a [Entry],
}

impl World<'_> {
    /// The verbs and mends whose durations a service can give.
    pub(crate) fn timed(&self) -> Vec<&str> {
        let own = self.verbs.iter().chain(verbs::catalogue()).map(|v| v.name.as_str());
        MENDS.iter().copied().chain(own).collect()
    }
}

/// What an actor may do.
#[derive(Debug)]
pub(crate) struct Role<'a> {
    pub(crate) name: Ref<'a>,
    /// Verbs, or `all`.
    pub(crate) may: Vec<Ref<'a>>,
    pub(crate) when: Option<(Expr, &'a Node)>,
}

/// Reads a world.
pub(crate) fn read<'a>(node: &'a Node, found: &mut Findings) -> Option<World<'a>> {
    let fields = Fields::of(node, &WORLD, found)?;
    let verbs: Vec<Verb> = entries(&fields, "verbs", found).iter().filter_map(|e| verb::read(e, found)).collect();
    fields.read("about", found, scalar::text);
    Some(World {
        node,
        name: fields.read("name", found, scalar::text).unwrap_or_default(),
        complete: fields.read("complete", found, scalar::level).unwrap_or(Level::ONE),
        not_modelled: fields.get("not-modelled").map(|n| not_modelled(n, found)).unwrap_or_default(),
        regions: fields.get("regions").map(|n| regions(n, &fields, found)),
        teams: entries(&fields, "teams", found).iter().filter_map(|e| team(e, found)).collect(),
        roles: entries(&fields, "roles", found).iter().filter_map(|e| role(e, found)).collect(),
        by_hour: fields.read("traffic-by-hour", found, by_hour::read),
        services: entries(&fields, "services", found),
        verbs,
    })
}

/// Names that reports print, so the rules for names hold.
fn not_modelled<'a>(node: &'a Node, found: &mut Findings) -> Vec<Ref<'a>> {
    scalar::one_or_more(node).iter().filter_map(|n| scalar::declared(n, "something", found)).collect()
}

/// The entries of a map from names; anything else is a mistake.
fn entries<'a>(fields: &Fields<'a>, key: &str, found: &mut Findings) -> &'a [Entry] {
    let Some(node) = fields.get(key) else { return &[] };
    if node.entries().is_none() {
        let message = format!("`{key}` is a map from names, not {}", node.kind());
        found.error_hint(codes::WRONG_TYPE, super::fields::head(node), message, format!("write `{key}: {{ name: {{ ... }} }}`"));
    }
    node.entries().unwrap_or_default()
}

fn regions<'a>(node: &'a Node, fields: &Fields<'a>, found: &mut Findings) -> Vec<(Ref<'a>, Region)> {
    let plain = |name: Ref<'a>| (name, Region::plain(name.text));
    match node.items() {
        Some(items) => items.iter().filter_map(|n| scalar::declared(n, "a region", found)).map(plain).collect(),
        None if node.text().is_some() => {
            let hint = format!("write `regions: [{}]`", node.as_text());
            found.error_hint(codes::WRONG_TYPE, node.span(), "`regions` is a list, or a map from names", hint);
            scalar::declared(node, "a region", found).map(plain).into_iter().collect()
        }
        None => entries(fields, "regions", found).iter().filter_map(|e| region(e, found)).collect(),
    }
}

fn region<'a>(entry: &'a Entry, found: &mut Findings) -> Option<(Ref<'a>, Region)> {
    let name = scalar::declared(&entry.key, "a region", found)?;
    let fields = Fields::of(&entry.value, &REGION, found)?;
    let region = Region {
        name: name.text.to_owned(),
        jurisdiction: fields.read("jurisdiction", found, scalar::text),
        people: fields.read("people", found, dist::fixed_factor).unwrap_or(1.0),
        herd: fields.read("herd", found, scalar::level).unwrap_or(Level::ZERO),
        by_hour: fields.read("traffic-by-hour", found, by_hour::read),
    };
    Some((name, region))
}

fn team<'a>(entry: &'a Entry, found: &mut Findings) -> Option<(Ref<'a>, Team)> {
    let name = scalar::declared(&entry.key, "a team", found)?;
    let fields = Fields::of(&entry.value, &TEAM, found)?;
    let people = |key: &str, found: &mut Findings| fields.read(key, found, |n, f| scalar::count_in(n, 1, 1_000_000, f));
    let time = |key: &str, found: &mut Findings| fields.read(key, found, dist::duration);
    let team = Team {
        name: name.text.to_owned(),
        crew: people("crew", found),
        reviewers: people("reviewers", found),
        detect: time("detect", found),
        engage: time("engage", found),
        diagnose: time("diagnose", found),
        blind: fields.read("blind", found, dist::factor),
    };
    Some((name, team))
}

fn role<'a>(entry: &'a Entry, found: &mut Findings) -> Option<Role<'a>> {
    let name = scalar::declared(&entry.key, "a role", found)?;
    let fields = Fields::of(&entry.value, &ROLE, found)?;
    Some(Role {
        name,
        may: fields.read("may", found, scalar::references).unwrap_or_default(),
        when: fields.get("when").and_then(|n| scalar::condition(n, found).map(|c| (c, n))),
    })
}

//! A world with every name resolved.
//!
//! In: [`raw::world::World`]. Out: [`Known`]: the world, its names, and what a plan may refer to.

use super::{Known, Names, needs, queues, unknown};
use crate::diag::{Findings, codes, tick};
use crate::document::digest;
use crate::scenario::by_hour::ByHour;
use crate::scenario::raw::Ref;
use crate::scenario::raw::fields::head;
use crate::scenario::raw::service::{self, Figures};
use crate::scenario::raw::world as raw;
use crate::scenario::world::{Cell, Kind, Region, RegionId, Role, Service, World};
use crate::units::Level;
use rayon::iter::{IndexedParallelIterator as _, ParallelIterator as _};
use rayon::slice::ParallelSlice as _;
use smallvec::{SmallVec, smallvec};
use std::sync::Arc;

/// Millionths of a request per minute in all cells together; `u64` holds nearly twice that.
const MOST_TRAFFIC: u128 = 10_000_000_000_000_000_000;
/// From so many services on a second thread is worth its start.
const MANY: usize = 5_000;
/// So many services are resolved at once.
const PART: usize = 4_096;
/// Region of a world that declares none.
const ONLY_REGION: &str = "here";

/// Resolves a world. The digest of a large one takes about as long as that, and is made beside it.
pub(crate) fn world(raw: &raw::World<'_>, found: &mut Findings) -> Known {
    let digest = || digest::of(raw.node);
    let (digest, (world, names)) = match raw.services.len() {
        MANY.. => rayon::join(digest, || resolved(raw, found)),
        _ => (digest(), resolved(raw, found)),
    };
    let known = Known { world: Arc::new(world), names, verbs: raw.verbs.clone(), digest };
    if found.errors() == 0 {
        let conditions = raw.roles.iter().filter_map(|role| role.when.as_ref());
        conditions.for_each(|(condition, node)| super::conditions::check_role(&known, condition, node, found));
    }
    known
}

fn resolved(raw: &raw::World<'_>, found: &mut Findings) -> (World, Names) {
    let mut names = Names::default();
    let regions = regions(raw, &mut names, found);
    for (id, (name, _)) in (0..).zip(&raw.teams) {
        names.teams.insert(name.text.into(), id);
    }
    let mut world = World {
        name: raw.name.clone(),
        complete: raw.complete,
        not_modelled: raw.not_modelled.iter().map(|r| r.text.to_owned()).collect(),
        regions,
        teams: raw.teams.iter().map(|(_, team)| team.clone()).collect(),
        roles: roles(raw, found),
        services: Vec::with_capacity(raw.services.len()),
        cells: Vec::with_capacity(raw.services.len()),
    };
    let read = services(&mut world, raw, &mut names, found);
    not_modelled(raw, &mut names, found);
    check_traffic(&world, raw, found);
    link(&mut world, &read, &names, found);
    queues::check(&world, read.iter().map(|(links, _)| links.needs), found);
    if raw.services.is_empty() && raw.node.get("services").is_some_and(|n| n.entries().is_some()) {
        found.error_hint(
            codes::NOTHING_HAPPENS,
            raw.node.span(),
            "a world without services",
            "declare at least one under `services:`",
        );
    }
    (world, names)
}

/// What of a service refers to others, and is not resolved yet.
type Unlinked<'a> = (service::Links<'a>, Option<Box<service::Data<'a>>>);

/// Resolves what services refer to. That comes last: it may be any cell. Large worlds are resolved in parts of a fixed size, so that
/// threads change nothing.
fn link(world: &mut World, read: &[Unlinked<'_>], names: &Names, found: &mut Findings) {
    let resolve = |part: usize, services: &[Unlinked<'_>], found: &mut Findings| -> Vec<needs::Resolved> {
        let first = u32::try_from(part * PART).unwrap_or(u32::MAX);
        let each = (first..).zip(services);
        each.map(|(id, (links, data))| needs::resolve(world, id, *links, data.as_deref(), names, found)).collect()
    };
    let resolved: Vec<Vec<needs::Resolved>> = if read.len() < MANY {
        vec![resolve(0, read, found)]
    } else {
        let before = found.errors();
        let apart = |(part, services): (usize, &[Unlinked<'_>])| {
            let mut found = found.apart();
            (resolve(part, services, &mut found), found)
        };
        let parts: Vec<(Vec<needs::Resolved>, Findings)> = read.par_chunks(PART).enumerate().map(apart).collect();
        let join = |(resolved, part)| {
            found.join(part, before);
            resolved
        };
        parts.into_iter().map(join).collect()
    };
    for (service, resolved) in world.services.iter_mut().zip(resolved.into_iter().flatten()) {
        resolved.put(service);
    }
}

/// Adds all services that can be read, and their names.
fn services<'a>(world: &mut World, raw: &raw::World<'a>, names: &mut Names, found: &mut Findings) -> Vec<Unlinked<'a>> {
    let timed = raw.timed();
    let mut read = Vec::with_capacity(raw.services.len());
    names.services.reserve(raw.services.len());
    for entry in raw.services {
        let Some(mut service) = service::read(entry, &timed, found) else {
            names.broken.insert(entry.key.as_text().to_owned());
            continue;
        };
        let id = u32::try_from(read.len()).unwrap_or(u32::MAX);
        names.services.insert(service.name.text.into(), id);
        let kind = kind(&service, found);
        read.push((service.links, service.data.take()));
        add_service(world, service, raw.by_hour.as_ref(), kind, names, found);
        if world.services[id as usize].cells.len() > 1 {
            names.several.grow_and_insert(id as usize);
        }
    }
    read
}

/// Sums of traffic are kept as whole numbers, which end.
fn check_traffic(world: &World, raw: &raw::World<'_>, found: &mut Findings) {
    let sum: u128 = world.cells.iter().filter_map(|cell| cell.traffic).map(|rate| u128::from(rate.micro_per_min())).sum();
    if sum > MOST_TRAFFIC {
        let message = "all traffic together is more than 10^13 requests per minute";
        found.error_hint(codes::OUT_OF_RANGE, head(raw.node), message, "check the units of `traffic`");
    }
}

fn regions(raw: &raw::World<'_>, names: &mut Names, found: &mut Findings) -> Vec<Region> {
    let Some(declared) = &raw.regions else {
        names.regions.insert(ONLY_REGION.into(), 0);
        return vec![Region::plain(ONLY_REGION)];
    };
    let mut regions: Vec<Region> = Vec::new();
    for (name, region) in declared {
        let id = RegionId::try_from(regions.len()).unwrap_or(RegionId::MAX);
        if names.regions.insert(name.text.into(), id).is_some() {
            twice(*name, "region", found);
        }
        regions.push(region.clone());
    }
    regions
}

/// Reports something that stands twice.
pub(super) fn twice(name: Ref<'_>, what: &str, found: &mut Findings) {
    let message = format!("the {what} {} stands here twice", tick(name.text));
    found.error_hint(codes::DECLARED_TWICE, name.span(), message, "remove one of the two");
}

fn not_modelled(raw: &raw::World<'_>, names: &mut Names, found: &mut Findings) {
    for name in &raw.not_modelled {
        if names.services.contains_key(name.text) {
            let message = format!("{} is a service and `not-modelled` at once", tick(name.text));
            found.error_hint(codes::DECLARED_TWICE, name.span(), message, "remove it here, or remove the service");
        }
        names.not_modelled.insert(name.text.to_owned());
    }
}

fn add_service(
    world: &mut World,
    raw: service::Service<'_>,
    by_hour: Option<&Arc<ByHour>>,
    kind: Kind,
    names: &Names,
    found: &mut Findings,
) {
    let id = u32::try_from(world.services.len()).unwrap_or(u32::MAX);
    let first = u32::try_from(world.cells.len()).unwrap_or(u32::MAX);
    for (region, figures) in cells_of(world, &raw, names, found) {
        let own = &raw.figures;
        let nearest = figures.by_hour.or_else(|| own.by_hour.clone());
        let around = || world.regions[region as usize].by_hour.clone().or_else(|| by_hour.cloned());
        let by_hour = nearest.or_else(around);
        world.cells.push(Cell {
            service: id,
            region,
            traffic: figures.traffic.or(own.traffic),
            customers: figures.customers.or(own.customers),
            capacity: figures.capacity.or(own.capacity),
            by_hour,
        });
    }
    let cells = first..u32::try_from(world.cells.len()).unwrap_or(u32::MAX);
    let team = raw.team.and_then(|team| {
        let id = names.teams.get(team.text).copied();
        if id.is_none() {
            unknown(team, team.text, "team", || super::sorted(&names.teams), "`teams:`", found);
        }
        id
    });
    world.services.push(Service {
        name: raw.name.text.to_owned(),
        cells,
        kind,
        env: raw.env,
        tier: raw.tier,
        team,
        faces_customers: raw.faces_customers,
        impaired_below: raw.impaired_below.unwrap_or(Level::from_ppb(990_000_000)),
        slo: raw.slo,
        failover: raw.failover,
        collapses: raw.collapses,
        settle: raw.settle,
        warm_up: raw.warm_up,
        data: None,
        durations: raw.durations,
        rollback_works: raw.rollback_works,
        mended_by_vendor: raw.mended_by_vendor,
        needs_declared: false,
        not_modelled_needs: 0,
        needs: Vec::new(),
        starts_with: Vec::new(),
        mends_with: Vec::new(),
        seen_through: Vec::new(),
    });
}

/// The regions of a service with their figures; the only region there is, if nothing was said.
fn cells_of(
    world: &World,
    raw: &service::Service<'_>,
    names: &Names,
    found: &mut Findings,
) -> SmallVec<[(RegionId, Figures); 1]> {
    let Some(declared) = &raw.cells else {
        if world.regions.len() == 1 {
            return smallvec![(0, Figures::default())];
        }
        let message = format!("{} does not say in which region it is", tick(raw.name.text));
        found.error_hint(codes::MISSING_KEY, raw.name.span(), message, "add `in: [region]`");
        return SmallVec::new();
    };
    if declared.is_empty() {
        let message = format!("{} is in no region", tick(raw.name.text));
        found.error_hint(codes::MISSING_KEY, raw.name.span(), message, "add `in: [region]`");
    }
    let mut cells: SmallVec<[(RegionId, Figures); 1]> = SmallVec::with_capacity(declared.len());
    for cell in declared {
        let Some(region) = names.region(cell.region, cell.region.text, found) else { continue };
        if cells.iter().any(|(r, _)| *r == region) {
            twice(cell.region, "region", found);
            continue;
        }
        cells.push((region, cell.figures.clone()));
    }
    cells
}

fn kind(raw: &service::Service<'_>, found: &mut Findings) -> Kind {
    match (raw.kind, &raw.data) {
        (Some(kind), Some(data)) if kind != Kind::Datastore => {
            let message = format!("{} has `data:` and is not a datastore", tick(raw.name.text));
            found.error_hint(
                codes::NOT_A_DATASTORE,
                super::super::raw::fields::head(data.node),
                message,
                "say `kind: datastore`, or remove `data:`",
            );
            kind
        }
        (Some(kind), _) => kind,
        (None, Some(_)) => Kind::Datastore,
        (None, None) => Kind::Service,
    }
}

fn roles(raw: &raw::World<'_>, found: &mut Findings) -> Vec<Role> {
    let mut roles: Vec<Role> = Vec::with_capacity(raw.roles.len());
    for role in &raw.roles {
        let all = role.may.iter().any(|v| v.text == "all");
        for verb in role.may.iter().filter(|v| v.text != "all") {
            super::plan::verb(*verb, &raw.verbs, found);
        }
        if let Some((condition, node)) = &role.when {
            super::conditions::check(condition, node, found);
        }
        let may = (!all).then(|| role.may.iter().map(|v| v.text.to_owned()).collect());
        let when = role.when.as_ref().map(|(condition, _)| condition.clone());
        roles.push(Role { name: role.name.text.to_owned(), may, when });
    }
    roles
}

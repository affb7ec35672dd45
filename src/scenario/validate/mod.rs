//! From what a file says to what it means: names become ids, and every mistake is found at once.
//!
//! In: `raw::*`. Out: the valid types of `scenario`. A world with mistakes is still built as far as it
//! goes, so that the plan can be checked in the same run; nobody gets to see it.

pub(crate) mod conditions;
mod contradictions;
pub(crate) mod controls;
mod expected;
pub(crate) mod fits;
mod glass;
pub(crate) mod losses;
mod needs;
pub(crate) mod outputs;
pub(crate) mod plan;
mod queues;
pub(crate) mod scenario;
mod targets;
pub(crate) mod world;

use super::plan::Verb;
use super::raw::Ref;
use super::suggest;
use super::world::{At, Place, RegionId, ServiceId, World};
use crate::diag::{Findings, codes, tick};
use fixedbitset::FixedBitSet;
use hashbrown::HashMap;
use rustc_hash::FxHashSet;
use smol_str::SmolStr;

/// A world and the names in it.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) world: std::sync::Arc<World>,
    pub(crate) names: Names,
    pub(crate) verbs: Vec<Verb>,
    /// Digest of the document that it was read from.
    pub(crate) digest: String,
}

/// Names to ids. A large world looks millions of them up in no order: short ones stand in the table itself. The hash has another seed in each
/// process, so that nobody can write a file whose names all fall together.
pub(crate) type Ids = HashMap<SmolStr, u32>;

/// What is named.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// To [`ServiceId`]s.
    pub(crate) services: Ids,
    /// To [`RegionId`]s.
    pub(crate) regions: Ids,
    /// To [`TeamId`](super::world::TeamId)s.
    pub(crate) teams: Ids,
    pub(crate) not_modelled: FxHashSet<String>,
    /// Services with several cells. Every need asks whether what it needs is one; the services themselves lie all over memory.
    pub(crate) several: FixedBitSet,
    /// Services that could not be read; what refers to them is not to blame.
    pub(crate) broken: FxHashSet<String>,
}

/// What a name of a service leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    /// A service that is described.
    Place(Place),
    /// One that is known to exist.
    NotModelled,
    /// A mistake, reported.
    Nothing,
}

impl Names {
    /// The service that `service`, `service@region` or `service@any` means.
    pub(crate) fn service(&self, name: &str) -> Option<ServiceId> {
        self.services.get(name.split_once('@').map_or(name, |(service, _)| service)).copied()
    }

    /// `service`, `service@region` or `service@any`.
    pub(crate) fn place(&self, world: &World, name: Ref<'_>, found: &mut Findings) -> Found {
        self.place_of(world, name, self.service(name.text), found)
    }

    /// The same, once the service is looked up.
    pub(crate) fn place_of(&self, world: &World, name: Ref<'_>, id: Option<ServiceId>, found: &mut Findings) -> Found {
        let (service, region) = match name.text.split_once('@') {
            Some((service, region)) => (service, Some(region)),
            None => (name.text, None),
        };
        let Some(id) = id else { return self.no_service(name, service, found) };
        let at = match region {
            None => At::Here,
            Some("any") => At::Any,
            Some(region) => match self.region(name, region, found) {
                Some(region) => At::Region(region),
                None => return Found::Nothing,
            },
        };
        if let At::Region(region) = at {
            let service = &world.services[id as usize];
            if world.cell_in(id, region).is_none() && !service.cells.is_empty() {
                let message =
                    format!("{} is not deployed in {}", tick(&service.name), tick(&world.regions[region as usize].name));
                found.error_hint(codes::NOT_THERE, name.span(), message, format!("it is in {}", regions_of(world, id)));
                return Found::Nothing;
            }
        }
        Found::Place(Place { service: id, at })
    }

    /// A region by its name, which is a part of `name`.
    pub(crate) fn region(&self, name: Ref<'_>, region: &str, found: &mut Findings) -> Option<RegionId> {
        let id = self.regions.get(region).copied();
        if id.is_none() {
            unknown(name, region, "region", || sorted(&self.regions), "`regions:`", found);
        }
        id
    }

    fn no_service(&self, name: Ref<'_>, service: &str, found: &mut Findings) -> Found {
        if self.not_modelled.contains(service) {
            return Found::NotModelled;
        }
        if self.regions.contains_key(service) && found.worth_a_hint() {
            let message = format!("{} is a region, not a service", tick(service));
            let hint = format!("all cells in it are `region == {service}`, as a target; one is `SERVICE@{service}`");
            found.error_hint(codes::UNKNOWN_NAME, name.span(), message, hint);
        } else if !self.broken.contains(service) {
            unknown(name, service, "service", || sorted(&self.services), "`services:` or `not-modelled:`", found);
        }
        Found::Nothing
    }
}

/// Names in the order of their ids.
pub(crate) fn sorted(names: &Ids) -> Vec<&str> {
    let mut list: Vec<(u32, &str)> = names.iter().map(|(name, id)| (*id, name.as_str())).collect();
    list.sort_unstable();
    list.into_iter().map(|(_, name)| name).collect()
}

/// Reports a name that nobody declared.
pub(crate) fn unknown<'a>(
    at: Ref<'_>,
    name: &str,
    what: &str,
    known: impl FnOnce() -> Vec<&'a str>,
    section: &str,
    found: &mut Findings,
) {
    let message = format!("there is no {what} {}", tick(name));
    if !found.worth_a_hint() {
        return found.error(codes::UNKNOWN_NAME, at.span(), message);
    }
    let known = known();
    let listed = |parts: Vec<&str>| parts.into_iter().map(str::trim).collect::<Vec<_>>().join(", ");
    let meant = match (name, what) {
        ("*", "region") => Some("`SERVICE@any` means any of its cells, `SERVICE` alone the one nearby".to_owned()),
        ("*", "service") => Some("`all` means every cell".to_owned()),
        _ if name.eq_ignore_ascii_case("none") => Some("`needs: none` is written with small letters".to_owned()),
        _ if name.contains(',') => Some(format!("several are a list: `[{}]`", listed(name.split(',').collect()))),
        _ if name.contains(" or ") => Some(format!("one of several: `any-of: [{}]`", listed(name.split(" or ").collect()))),
        _ => None,
    };
    let near = suggest::nearest(name, known.iter().copied());
    let hint = match (meant, near) {
        (Some(meant), _) => meant,
        (None, Some(near)) => format!("did you mean `{near}`?"),
        (None, None) => match suggest::hint(name, known, what) {
            Some(list) => format!("{list}; declare it under {section}"),
            None => format!("declare it under {section}"),
        },
    };
    found.error_hint(codes::UNKNOWN_NAME, at.span(), message, hint);
}

/// The regions of a service, for messages.
pub(crate) fn regions_of(world: &World, service: ServiceId) -> String {
    let cells = world.services[service as usize].cells.clone();
    let names: Vec<String> =
        cells.take(12).map(|c| format!("`{}`", world.regions[world.cells[c as usize].region as usize].name)).collect();
    names.join(", ")
}

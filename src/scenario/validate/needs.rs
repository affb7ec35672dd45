//! Needs, gates and places of copies: from names to places.
//!
//! In: a raw service, and a world whose cells are all there. Out: the needs of the valid service.

use super::world::twice;
use super::{Found, Names, regions_of};
use crate::diag::{Findings, codes, tick};
use crate::document::Node;
use crate::scenario::raw::Ref;
use crate::scenario::raw::fields::head;
use crate::scenario::raw::need::{self, Gate as RawGate, MemberForm, Members, Need as RawNeed};
use crate::scenario::raw::service as raw;
use crate::scenario::world::{At, Data, Gate, Need, Place, Service, ServiceId, World};
use smallvec::SmallVec;

/// Whether something may need itself.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Itself {
    Allowed,
    Refused,
}

/// All that a service refers to.
pub(super) struct Resolved {
    needs_declared: bool,
    needs: Vec<Need>,
    starts_with: Vec<Gate>,
    mends_with: Vec<Gate>,
    seen_through: Vec<Gate>,
    data: Option<Box<Data>>,
    not_modelled: u32,
}

impl Resolved {
    /// Gives it to its service.
    pub(super) fn put(self, service: &mut Service) {
        service.needs_declared = self.needs_declared;
        service.needs = self.needs;
        service.starts_with = self.starts_with;
        service.mends_with = self.mends_with;
        service.seen_through = self.seen_through;
        service.data = self.data;
        service.not_modelled_needs = self.not_modelled;
    }
}

/// Resolves all that a service refers to.
pub(super) fn resolve(
    world: &World,
    id: ServiceId,
    raw: raw::Links<'_>,
    data: Option<&raw::Data<'_>>,
    names: &Names,
    found: &mut Findings,
) -> Resolved {
    let scope = Scope { world, names, id };
    let mut dropped = 0;
    let needs_declared = raw.needs.is_some();
    let listed = need::listed(raw.needs);
    let mut needs = Vec::with_capacity(listed.len());
    let ahead = scope.ahead(listed);
    needs.extend(listed.iter().zip(ahead).filter_map(|(n, id)| scope.need(need::need(n, found)?, id, &mut dropped, found)));
    // What starts a cell cannot be the cell. Who mends or watches something may well do so through it: that is a finding of the run.
    let starts_with = scope.gates(raw.starts_with, need::gate, Itself::Refused, &mut dropped, found);
    let mends_with = scope.gates(raw.mends_with, need::access, Itself::Allowed, &mut dropped, found);
    let seen_through = scope.gates(raw.seen_through, need::gate, Itself::Allowed, &mut dropped, found);
    let data = data.map(|d| Box::new(scope.data(d, &mut dropped, found)));
    Resolved { needs_declared, needs, starts_with, mends_with, seen_through, data, not_modelled: dropped }
}

struct Scope<'a> {
    world: &'a World,
    names: &'a Names,
    id: ServiceId,
}

impl Scope<'_> {
    /// The services of needs that name one. In a large world each name waits for memory: looked up together they wait at once.
    fn ahead(&self, listed: &[Node]) -> SmallVec<[Option<ServiceId>; 8]> {
        listed.iter().map(|node| self.names.service(need::only(node)?)).collect()
    }

    fn need(&self, raw: RawNeed<'_>, ahead: Option<ServiceId>, dropped: &mut u32, found: &mut Findings) -> Option<Need> {
        let ahead = ahead.filter(|_| raw.members.form == MemberForm::Plain);
        let (members, at_least) = self.members(&raw.members, ahead, Itself::Refused, dropped, found)?;
        Some(Need {
            called: called(&raw.members),
            members,
            at_least,
            share: raw.share,
            hold: raw.hold,
            release: raw.release,
            attempts: raw.attempts,
            queue: raw.queue,
        })
    }

    fn gates<'a>(
        &self,
        raw: Option<&'a Node>,
        read: impl Fn(&'a Node, &mut Findings) -> Option<RawGate<'a>>,
        itself: Itself,
        dropped: &mut u32,
        found: &mut Findings,
    ) -> Vec<Gate> {
        let gate = |node: &'a Node| {
            let raw = read(node, found)?;
            let (members, at_least) = self.members(&raw.members, None, itself, dropped, found)?;
            let name = called(&raw.members).unwrap_or_else(|| raw.members.list[0].text.into()).into();
            Some(Gate { name, members: members.into_vec(), at_least, alternate: raw.alternate })
        };
        need::listed(raw).iter().filter_map(gate).collect()
    }

    /// Places and number of those who can fill a need; `None` if none of them is modelled. The only one may be looked up already.
    fn members(
        &self,
        raw: &Members<'_>,
        ahead: Option<ServiceId>,
        itself: Itself,
        dropped: &mut u32,
        found: &mut Findings,
    ) -> Option<(SmallVec<[Place; 1]>, u32)> {
        let mut places: SmallVec<[Place; 1]> = SmallVec::with_capacity(raw.list.len());
        let mut unknown = 0;
        for &name in &raw.list {
            let id = ahead.or_else(|| self.names.service(name.text));
            match self.names.place_of(self.world, name, id, found) {
                Found::Place(place) if places.contains(&place) => twice(name, "member", found),
                Found::Place(place) => {
                    self.check(name, place, itself, found);
                    places.push(place);
                }
                Found::NotModelled => unknown += 1,
                Found::Nothing => return None,
            }
        }
        *dropped += unknown;
        if places.is_empty() {
            return None;
        }
        let cells = self.fewest_cells(&places);
        let wanted = if let MemberForm::AtLeast(k) = raw.form { k } else { 1 };
        if wanted as usize > cells + unknown as usize && cells > 0 {
            let message = format!("{wanted} are needed and there are {}", cells + unknown as usize);
            found.error(codes::TOO_MANY_NEEDED, head(raw.node), message);
        }
        // A member that is not modelled cannot be counted on, and cannot be asked for.
        let at_least = wanted.min(u32::try_from(cells).unwrap_or(u32::MAX)).max(1);
        Some((places, at_least))
    }

    /// How many cells the members mean, seen from where they mean fewest.
    fn fewest_cells(&self, places: &[Place]) -> usize {
        if places.iter().all(|p| p.at == At::Here) && !self.world.services[self.id as usize].cells.is_empty() {
            return places.len();
        }
        let own = self.world.services[self.id as usize].cells.clone();
        let from = own.map(|c| self.world.cells[c as usize].region);
        from.map(|region| places.iter().map(|p| self.world.cells_at(*p, region).len()).sum()).min().unwrap_or(0)
    }

    /// Whether a place is clear from every region of the service, and is not the service itself.
    fn check(&self, name: Ref<'_>, place: Place, itself: Itself, found: &mut Findings) {
        let is_clear = place.at != At::Here || !self.names.several.contains(place.service as usize);
        if place.service != self.id && is_clear {
            return;
        }
        let world = self.world;
        let target = &world.services[place.service as usize];
        for cell in world.services[self.id as usize].cells.clone() {
            let region = world.cells[cell as usize].region;
            if target.cells.is_empty() {
                return;
            }
            if place.at == At::Here && target.cells.len() > 1 && world.cell_in(place.service, region).is_none() {
                let there = tick(&world.regions[region as usize].name);
                let message = format!("{} is not in {there}, and in more than one other region", tick(&target.name));
                let hint = format!("name one ({}), or write `{}@any`", regions_of(world, place.service), target.name);
                return found.error_hint(codes::WHICH_REGION, name.span(), message, hint);
            }
            if itself == Itself::Refused && world.cells_at(place, region).contains(&cell) {
                let message = format!("{} needs itself", tick(&world.cell_name(cell)));
                return found.error_hint(
                    codes::SELF_NEED,
                    name.span(),
                    message,
                    "describe what it really needs as a service of its own",
                );
            }
        }
    }

    fn data(&self, raw: &raw::Data<'_>, dropped: &mut u32, found: &mut Findings) -> Data {
        let mut kept_in = Vec::new();
        for &name in &raw.kept_in {
            match self.names.place(self.world, name, found) {
                Found::Place(place) => {
                    self.check(name, place, Itself::Allowed, found);
                    kept_in.push(place);
                }
                Found::NotModelled => *dropped += 1,
                Found::Nothing => {}
            }
        }
        Data {
            size: raw.size,
            restore: raw.restore,
            locate: raw.locate.clone(),
            verify: raw.verify.clone(),
            backup_every: raw.backup_every,
            kept_in,
            copies: raw.copies,
            usable: raw.usable,
        }
    }
}

/// How a need is called in reports, where it is not by its only member.
fn called(raw: &Members<'_>) -> Option<Box<str>> {
    let list = || raw.list.iter().map(|r| r.text).collect::<Vec<_>>().join(", ");
    match raw.form {
        MemberForm::Plain => None,
        MemberForm::AnyOf => Some(format!("any of {}", list()).into()),
        MemberForm::AtLeast(k) => Some(format!("{k} of {}", list()).into()),
    }
}

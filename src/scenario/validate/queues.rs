//! Queues that are said at the wrong end: a warning, since a world is free to mean it.
//!
//! In: a world whose needs are resolved, and where they stand. `queue` is said by whoever takes work out. Who has work of its own and takes
//! more out of what nobody with work puts any into, most probably puts it in.

use crate::diag::{Findings, codes, tick};
use crate::document::Node;
use crate::scenario::raw::need;
use crate::scenario::world::{Kind, Need, Service, ServiceId, World};
use rustc_hash::FxHashMap;

/// Looks at every queue; `needs` are the nodes of each service.
pub(super) fn check<'a>(world: &World, needs: impl Iterator<Item = Option<&'a Node>>, found: &mut Findings) {
    let services = &world.services;
    if services.iter().all(|s| s.needs.iter().all(|n| n.queue.is_none())) {
        return;
    }
    let ends = Ends::of(world);
    for ((id, service), needs) in (0..).zip(services).zip(needs).filter(|((id, _), _)| ends.has_work(world, *id)) {
        for need in service.needs.iter().filter(|n| n.queue.is_some()) {
            let node = need::listed(needs).iter().find(|n| n.get("need").and_then(Node::text) == Some(&need.name));
            let Some(queue) = node.and_then(|n| n.get("queue")) else { continue };
            if let Some((message, hint)) = ends.doubt(world, id, need) {
                found.warn(codes::QUEUE_REVERSED, queue.span(), message, hint);
            }
        }
    }
}

/// Who calls a service plainly: whoever puts work into it.
struct Ends {
    callers: FxHashMap<ServiceId, Vec<ServiceId>>,
}

impl Ends {
    fn of(world: &World) -> Self {
        let mut callers: FxHashMap<ServiceId, Vec<ServiceId>> = FxHashMap::default();
        for (id, service) in (0..).zip(&world.services) {
            for place in service.needs.iter().filter(|n| n.queue.is_none()).flat_map(|n| &n.members) {
                callers.entry(place.service).or_default().push(id);
            }
        }
        Self { callers }
    }

    fn callers(&self, service: ServiceId) -> &[ServiceId] {
        self.callers.get(&service).map_or(&[], Vec::as_slice)
    }

    /// Whether customers, traffic or callers give it work, whatever the queues do.
    fn has_work(&self, world: &World, id: ServiceId) -> bool {
        let service = &world.services[id as usize];
        service.faces_customers || has_traffic(world, service) || !self.callers(id).is_empty()
    }

    fn doubt(&self, world: &World, taker: ServiceId, need: &Need) -> Option<(String, String)> {
        let [place] = need.members.as_slice() else { return None };
        let idle = |id: ServiceId| {
            let takes = world.services[id as usize].needs.iter().any(|n| n.queue.is_some());
            !takes && !self.has_work(world, id)
        };
        let name = |id: ServiceId| tick(&world.services[id as usize].name);
        let (taker, queue) = (name(taker), name(place.service));
        match self.callers(place.service) {
            [] if world.services[place.service as usize].kind != Kind::Queue && idle(place.service) => {
                let message = format!("{taker} takes work out of {queue} here, and nothing puts any in");
                let hint = format!(
                    "if {taker} hands work to {queue}, declare what lies between as a service of `kind: queue`: {taker} needs it plainly, and {queue} with `queue`"
                );
                Some((message, hint))
            }
            [first, ..] if self.callers(place.service).iter().all(|&id| idle(id)) => {
                let putter = name(*first);
                let message =
                    format!("{taker} has work of its own and takes more out of {queue} here; {putter} puts it in and has none");
                let hint = format!(
                    "`queue` stands where work is taken out. The other way round: {taker} needs {queue} plainly, and {putter} with `queue`; if it is meant so, say what `traffic` {putter} has"
                );
                Some((message, hint))
            }
            _ => None,
        }
    }
}

fn has_traffic(world: &World, service: &Service) -> bool {
    service.cells.clone().any(|cell| world.cells[cell as usize].traffic.is_some())
}

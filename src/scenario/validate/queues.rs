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
            let node = need::listed(needs).iter().find(|n| n.get("need").and_then(Node::text) == Some(need.name(world).as_str()));
            let Some(queue) = node.and_then(|n| n.get("queue")) else { continue };
            if let Some((message, hint)) = ends.doubt(world, id, need) {
                found.warn(codes::QUEUE_REVERSED, queue.span(), message, hint);
            }
        }
    }
}

/// Who is at the ends of queues; a world may have millions of needs, and few queues.
struct Ends {
    /// By service: whether anybody calls it plainly.
    called: Vec<bool>,
    /// By what work is taken out of: who calls it plainly, and so puts work in.
    putters: FxHashMap<ServiceId, Vec<ServiceId>>,
}

impl Ends {
    fn of(world: &World) -> Self {
        let needs = || (0..).zip(&world.services).flat_map(|(id, service)| service.needs.iter().map(move |need| (id, need)));
        let queues = needs().filter(|(_, need)| need.queue.is_some()).flat_map(|(_, need)| &need.members);
        let mut putters: FxHashMap<ServiceId, Vec<ServiceId>> = queues.map(|place| (place.service, Vec::new())).collect();
        let mut called = vec![false; world.services.len()];
        for (id, need) in needs().filter(|(_, need)| need.queue.is_none()) {
            for place in &need.members {
                called[place.service as usize] = true;
                if let Some(putters) = putters.get_mut(&place.service) {
                    putters.push(id);
                }
            }
        }
        Self { called, putters }
    }

    /// Whether customers, traffic or callers give it work, whatever the queues do.
    fn has_work(&self, world: &World, id: ServiceId) -> bool {
        let service = &world.services[id as usize];
        service.faces_customers || has_traffic(world, service) || self.called[id as usize]
    }

    fn doubt(&self, world: &World, taker: ServiceId, need: &Need) -> Option<(String, String)> {
        let [place] = need.members.as_slice() else { return None };
        let idle = |id: ServiceId| {
            let takes = world.services[id as usize].needs.iter().any(|n| n.queue.is_some());
            !takes && !self.has_work(world, id)
        };
        let name = |id: ServiceId| tick(&world.services[id as usize].name);
        let (taker, queue) = (name(taker), name(place.service));
        let putters = self.putters.get(&place.service).map_or(&[][..], Vec::as_slice);
        match putters {
            [] if world.services[place.service as usize].kind != Kind::Queue && idle(place.service) => {
                let message = format!("{taker} takes work out of {queue} here, and nothing puts any in");
                let hint = format!(
                    "if {taker} hands work to {queue}, declare what lies between as a service of `kind: queue`: {taker} needs it plainly, and {queue} with `queue`"
                );
                Some((message, hint))
            }
            [first, ..] if putters.iter().all(|&id| idle(id)) => {
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

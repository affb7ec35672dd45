//! Where traffic goes, and which cells can lose all of it.
//!
//! In: a world and the cells of a cone whose levels can change. Out: those outside it that starve when the cone serves
//! nobody: all that feeds them lies inside, or starves with them. Not here: when that happens (`engine/starve`), and in
//! which order rings of feeds are worked out (`feed_rings`).

use super::graph::Graph;
use crate::scenario::world::{CellId, World};
use rustc_hash::{FxHashMap, FxHashSet};

/// Cells outside the cone that can lose all their work: every feeder is inside, or can starve itself. Members of a ring
/// that nobody outside it feeds are not among them: where their traffic comes from is not known.
///
/// A walk from each callee of the cone up to its feeders, which ends at the first that always feeds. Every cell is
/// looked at once, so that the cost is at most that of the edges between the callees of the cone and their sources.
pub(super) fn starvable(world: &World, graph: &Graph, cells: &[CellId]) -> Vec<CellId> {
    let inside: FxHashSet<CellId> = cells.iter().copied().collect();
    let mut search = Search { world, graph, inside, looks: FxHashMap::default(), open: Vec::new(), found: Vec::new() };
    let mut expanded = 0;
    for &cell in cells {
        search.look_below(cell);
    }
    while expanded < search.found.len() {
        search.look_below(search.found[expanded]);
        expanded += 1;
    }
    search.found.sort_unstable();
    search.found
}

/// What is known of a cell outside the cone.
#[derive(Clone, Copy)]
enum Look {
    /// Something that always feeds stands above it.
    Fed,
    /// All that feeds it can fail.
    Starves,
    /// On the walk: when it was met, and the earliest cell on the walk that feeds it.
    Open { met: usize, low: usize, fed_from_elsewhere: bool },
}

/// A cell on the way up from a callee, and which of its feeders were looked at.
struct Visit {
    cell: CellId,
    feeders: Vec<CellId>,
    next: usize,
}

/// Tarjan's walk over feeders, cut short where the answer is known.
struct Search<'a> {
    world: &'a World,
    graph: &'a Graph,
    inside: FxHashSet<CellId>,
    looks: FxHashMap<CellId, Look>,
    /// Cells met whose set is not complete; all of them are fed by one on the way.
    open: Vec<CellId>,
    found: Vec<CellId>,
}

impl Search<'_> {
    fn look_below(&mut self, cell: CellId) {
        for callee in callees(self.world, self.graph, cell) {
            if !self.inside.contains(&callee) && !self.looks.contains_key(&callee) {
                self.look_at(callee);
            }
        }
    }

    fn look_at(&mut self, start: CellId) {
        let mut way: Vec<Visit> = Vec::new();
        self.meet(start, &mut way);
        while let Some(visit) = way.last_mut() {
            let cell = visit.cell;
            let feeder = visit.feeders.get(visit.next).copied();
            visit.next += 1;
            let go_on = if let Some(feeder) = feeder {
                self.step(cell, feeder, &mut way)
            } else {
                way.pop();
                self.leave(cell, way.last().map(|below| below.cell))
            };
            if !go_on {
                // Whoever is on the way, or feeds on it, has work whatever happens inside.
                for cell in self.open.drain(..) {
                    self.looks.insert(cell, Look::Fed);
                }
                return;
            }
        }
    }

    /// Puts a cell on the way; false if it has traffic of its own.
    fn meet(&mut self, cell: CellId, way: &mut Vec<Visit>) -> bool {
        let met = self.looks.len();
        self.looks.insert(cell, Look::Open { met, low: met, fed_from_elsewhere: false });
        self.open.push(cell);
        let own = has_own_traffic(self.world, cell);
        let feeders = if own { Vec::new() } else { feeders(self.world, self.graph, cell).collect() };
        way.push(Visit { cell, feeders, next: 0 });
        !own
    }

    /// Looks from a cell at one of its feeders; false if that always feeds.
    fn step(&mut self, cell: CellId, feeder: CellId, way: &mut Vec<Visit>) -> bool {
        let known = if self.inside.contains(&feeder) { Some(Look::Starves) } else { self.looks.get(&feeder).copied() };
        match known {
            None => return self.meet(feeder, way),
            Some(Look::Fed) => return false,
            Some(Look::Starves) => self.update(cell, |_, fed| *fed = true),
            Some(Look::Open { met, .. }) => self.update(cell, |low, _| *low = (*low).min(met)),
        }
        true
    }

    /// All feeders of a cell have been looked at; false if its set turns out to be fed by nobody.
    fn leave(&mut self, cell: CellId, below: Option<CellId>) -> bool {
        let Some(&Look::Open { met, low, fed_from_elsewhere }) = self.looks.get(&cell) else { return true };
        if low < met {
            // Its set goes on below: what is true of it is true of the set.
            if let Some(below) = below {
                self.update(below, |its_low, fed| (*its_low, *fed) = ((*its_low).min(low), *fed || fed_from_elsewhere));
            }
            return true;
        }
        if !fed_from_elsewhere {
            return false;
        }
        while let Some(member) = self.open.pop() {
            self.looks.insert(member, Look::Starves);
            self.found.push(member);
            if member == cell {
                break;
            }
        }
        if let Some(below) = below {
            self.update(below, |_, fed| *fed = true);
        }
        true
    }

    fn update(&mut self, cell: CellId, change: impl FnOnce(&mut usize, &mut bool)) {
        if let Some(Look::Open { low, fed_from_elsewhere, .. }) = self.looks.get_mut(&cell) {
            change(low, fed_from_elsewhere);
        }
    }
}

/// Whether work reaches the cell from outside the modelled callers.
#[must_use]
pub(super) fn has_own_traffic(world: &World, cell: CellId) -> bool {
    let declared = &world.cells[cell as usize];
    world.services[declared.service as usize].faces_customers || declared.traffic.is_some_and(|t| t.micro_per_min() > 0)
}

/// Where a cell's traffic goes: the members of its plain serve-needs, each once per need; and the
/// consumers of the queues that it is.
pub(super) fn callees<'a>(world: &'a World, graph: &'a Graph, cell: CellId) -> impl Iterator<Item = CellId> + 'a {
    let declared = &world.cells[cell as usize];
    let service = &world.services[declared.service as usize];
    let region = declared.region;
    let plain = service.needs.iter().filter(|n| n.queue.is_none());
    let called = plain.flat_map(move |n| n.members.iter().flat_map(move |&p| world.cells_at(p, region)));
    called.chain(graph.callers_by(cell, true))
}

/// Where a cell's traffic comes from: those who call it plainly, and the queues that it consumes.
fn feeders<'a>(world: &'a World, graph: &'a Graph, cell: CellId) -> impl Iterator<Item = CellId> + 'a {
    let declared = &world.cells[cell as usize];
    let queues = world.services[declared.service as usize].needs.iter().filter(|n| n.queue.is_some());
    graph.callers_by(cell, false).chain(queues.flat_map(|n| n.members.iter().flat_map(|&p| world.cells_at(p, declared.region))))
}

/// How many feeding edges end at a cell.
#[must_use]
pub(super) fn feeder_count(world: &World, graph: &Graph, cell: CellId) -> usize {
    feeders(world, graph, cell).count()
}

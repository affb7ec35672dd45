//! Static reach: who depends on a set of cells, through what, after which hold. No trials.
//!
//! In: a valid world and target cells. Out: every cell that is connected to them, the hardest connection
//! first: cells that fail with the target, that lose a share of their requests, whose redundancy is used
//! up; then those that wait for work, and those that cannot start, be mended or be seen meanwhile. And what
//! the target itself needs to come back. Not here: time beyond the holds, capacity, people.
//!
//! A label-setting search (Dijkstra 1959) over the reversed needs, ordered by (how hard, hold, depth): a
//! cell is settled once, a redundant need gives way when too few of its members are left. `O(E log V)`.

mod edges;
mod felt;

use crate::luck::quantile;
use crate::scenario::world::{CellId, Need, RegionId, ServiceId, World};
use crate::units::{Dist, FOREVER, Level, Millis};
use edges::{Edge, Edges, Hanging, all_places, kind_of, name_of, reversed};
use rustc_hash::FxHashMap;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// How a cell hangs on the target, the hardest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tie {
    /// The target itself.
    Target,
    /// Fails when the target is down and the holds are over.
    Hard,
    /// Loses a share of its requests.
    Soft,
    /// Keeps serving on the other members; its redundancy is used.
    Redundant,
    /// Has no work while its queue is away.
    Queue,
    /// Cannot start or be re-created meanwhile.
    Start,
    /// Cannot be mended meanwhile.
    Repair,
    /// Cannot be noticed and diagnosed as fast meanwhile.
    Observe,
    /// Keeps its backups there.
    Copies,
}

/// A cell in reach.
#[derive(Debug, Clone, PartialEq)]
pub struct Reached {
    /// The cell.
    pub cell: CellId,
    /// How it hangs on the target.
    pub tie: Tie,
    /// The cell through which it is reached; `None` for the target.
    pub through: Option<CellId>,
    /// The need on that last step, as named in the world.
    pub need: String,
    /// Steps from the target.
    pub depth: u32,
    /// Sum of the holds along the way, medians of those that vary; [`FOREVER`] masks for good.
    pub hold: Millis,
    /// After how long it first loses any requests, be it by a softer way; `None` if by none.
    pub felt: Option<Millis>,
    /// Product of the shares along the way: the part of its requests that would be lost.
    pub share: Level,
    /// Whether customers use it directly.
    pub customers: bool,
}

/// Something that the target needs to come back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovery {
    /// The target cell.
    pub cell: CellId,
    /// Start, repair, observe or copies.
    pub tie: Tie,
    /// The need as named in the world.
    pub need: String,
    /// The cells that can fill it.
    pub members: Vec<CellId>,
    /// Whether all of them hang on the target themselves: a ring.
    pub ring: bool,
}

/// Who hangs on a set of cells.
#[derive(Debug, Clone, PartialEq)]
pub struct Dependants {
    /// In the order in which they would feel it: by tie, hold, depth, then as declared.
    pub reached: Vec<Reached>,
    /// What the targets themselves need to come back, as declared.
    pub recovery: Vec<Recovery>,
}

/// Searches the world.
#[must_use]
pub fn reach(world: &World, targets: &[CellId]) -> Dependants {
    let edges = reversed(world);
    let felt = felt::felt(world, &edges, targets);
    let mut search = Search::new(world, &edges);
    for &target in targets {
        search.offer(Label { tie: Tie::Target, hold: 0, depth: 0, cell: target, share: Level::ONE, through: None, need: NONE });
    }
    search.run();
    let recovery = recovery(world, targets, &search.settled);
    let settled = search.order.iter().filter_map(|&cell| search.settled[cell as usize].as_ref());
    let mut reached: Vec<Reached> = settled.map(|label| named(world, label, felt[label.cell as usize])).collect();
    // Of the target itself, what customers use comes first: there is nothing else to order it by.
    reached.sort_by_key(|r| (r.tie, r.hold, r.depth, r.tie == Tie::Target && !r.customers, r.cell));
    Dependants { reached, recovery }
}

/// "No need", for the target itself.
const NONE: u32 = u32::MAX;

/// A way to a cell; the fields that decide come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Label {
    tie: Tie,
    hold: Millis,
    depth: u32,
    cell: CellId,
    share: Level,
    through: Option<CellId>,
    need: u32,
}

/// The search, and how many members each redundant need has left.
struct Search<'w> {
    world: &'w World,
    edges: &'w Edges,
    /// Members that a need has lost, by (caller, need); only needs that were touched.
    lost: FxHashMap<(CellId, u32), u32>,
    settled: Vec<Option<Label>>,
    order: Vec<CellId>,
    heap: BinaryHeap<Reverse<Label>>,
}

impl<'w> Search<'w> {
    fn new(world: &'w World, edges: &'w Edges) -> Self {
        let settled = vec![None; world.cells.len()];
        Search { world, edges, lost: FxHashMap::default(), settled, order: Vec::new(), heap: BinaryHeap::new() }
    }

    fn offer(&mut self, label: Label) {
        if self.settled[label.cell as usize].is_none() {
            self.heap.push(Reverse(label));
        }
    }

    fn run(&mut self) {
        while let Some(Reverse(label)) = self.heap.pop() {
            if self.settled[label.cell as usize].is_some() {
                continue;
            }
            self.settled[label.cell as usize] = Some(label);
            self.order.push(label.cell);
            // What waits for work, or only for its own recovery, serves its callers as before.
            if label.tie <= Tie::Redundant {
                self.relax(label);
            }
        }
    }

    fn relax(&mut self, from: Label) {
        for &Edge { caller, need } in self.edges.of(from.cell) {
            if self.settled[caller as usize].is_some() {
                continue;
            }
            let service = &self.world.services[self.world.cells[caller as usize].service as usize];
            let next = match kind_of(service, need) {
                Hanging::Need(n) => self.over_need(from, caller, need, n),
                // A redundant member of a gate still is one: say so by its tie, once.
                Hanging::Gate(tie) => Label { tie, share: Level::ZERO, ..step(from, caller, need) },
            };
            self.offer(next);
        }
    }

    fn over_need(&mut self, from: Label, caller: CellId, index: u32, need: &Need) -> Label {
        let next = step(from, caller, index);
        let hold = next.hold.saturating_add(masked_for(need)).min(FOREVER);
        if need.queue.is_some() {
            return Label { tie: Tie::Queue, hold, share: Level::ZERO, ..next };
        }
        let share = next.share.times(need.share);
        let gone = from.tie <= Tie::Soft && self.gives_way(caller, index, need);
        let hard = if need.share == Level::ONE { Tie::Hard } else { Tie::Soft };
        let tie = if gone { hard.max(from.tie) } else { Tie::Redundant };
        Label { tie, hold, share, ..next }
    }

    /// Counts one more lost member; whether too few are left.
    fn gives_way(&mut self, caller: CellId, index: u32, need: &Need) -> bool {
        let lost = self.lost.entry((caller, index)).or_insert(0);
        *lost += 1;
        !suffices(self.world, self.world.cells[caller as usize].region, need, *lost)
    }
}

/// Whether a need of a cell in this region has members enough when so many are lost.
fn suffices(world: &World, region: RegionId, need: &Need, lost: u32) -> bool {
    let members: usize = need.members.iter().map(|&place| world.cells_at(place, region).len()).sum();
    members >= (lost + need.at_least) as usize
}

/// For how long a need masks a failure.
fn masked_for(need: &Need) -> Millis {
    need.hold.as_ref().map_or(0, median)
}

fn step(from: Label, caller: CellId, need: u32) -> Label {
    Label { cell: caller, depth: from.depth + 1, through: Some(from.cell), need, ..from }
}

/// The median; of a mixture, that of the component in the middle.
fn median(dist: &Dist) -> Millis {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what times can be")]
    let ms = quantile::of(dist, 0.5, 0.5).clamp(0.0, 1e15) as Millis;
    ms.min(FOREVER)
}

fn named(world: &World, label: &Label, felt: Option<Millis>) -> Reached {
    let service = &world.services[world.cells[label.cell as usize].service as usize];
    Reached {
        cell: label.cell,
        tie: label.tie,
        through: label.through,
        need: if label.need == NONE { String::new() } else { name_of(world, service, label.need) },
        depth: label.depth,
        hold: label.hold,
        felt,
        share: label.share,
        customers: service.faces_customers,
    }
}

fn recovery(world: &World, targets: &[CellId], settled: &[Option<Label>]) -> Vec<Recovery> {
    let mut found = Vec::new();
    for &cell in targets {
        let at = &world.cells[cell as usize];
        let service = &world.services[at.service as usize];
        for (index, places) in (0_u32..).zip(all_places(service)).skip(service.needs.len()) {
            let Hanging::Gate(tie) = kind_of(service, index) else { continue };
            let members: Vec<CellId> = places.iter().flat_map(|&place| world.cells_at(place, at.region)).collect();
            let hangs = |&member: &CellId| settled[member as usize].is_some_and(|label| label.tie <= Tie::Hard);
            // If everything is the target, everything hangs on it, which says nothing.
            let ring = targets.len() < world.cells.len() && !members.is_empty() && members.iter().all(hangs);
            found.push(Recovery { cell, tie, need: name_of(world, service, index), members, ring });
        }
    }
    found
}

/// The cells that a target on the command line means: a cell, a service, a region (`@eu-west-1`, or its plain name if no service
/// has it), or `all`.
#[must_use]
pub fn target(world: &World, text: &str) -> Option<Vec<CellId>> {
    let all = || (0_u32..).zip(&world.cells).map(|(id, _)| id).collect();
    let named = |name: &str| (0_u32..).zip(&world.services).find(|(_, service)| service.name == name);
    if text == "all" {
        return Some(all());
    }
    if let Some((_, service)) = named(text) {
        return Some(service.cells.clone().collect());
    }
    let (service, region) = text.rsplit_once('@').unwrap_or(("", text));
    let (region, _) = (0_u32..).zip(&world.regions).find(|(_, r)| r.name == region)?;
    if service.is_empty() {
        let here = (0_u32..).zip(&world.cells).filter(|(_, cell)| cell.region == region);
        return Some(here.map(|(id, _)| id).collect()).filter(|cells: &Vec<CellId>| !cells.is_empty());
    }
    let (id, _): (ServiceId, _) = named(service)?;
    world.cell_in(id, region).map(|cell| vec![cell])
}

#[cfg(test)]
mod tests;

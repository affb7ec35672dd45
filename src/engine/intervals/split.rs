//! What needs events, and what follows from it.
//!
//! In: a model. Out: which of its cells are the *core*, which the event engine runs (as a model of its own: `core`), and what every other cell
//! is to it. Events are needed where a level decides what happens next: members of gates, places of
//! copies, cells that move traffic or collapse with their callers, and all that those need. Damageable cells run along for
//! their causes. Nothing else feeds back, so it can be worked out afterwards, in rank order.

use super::super::states;
use super::core::Core;
use super::fed;
use super::timetable::Timetable;
use super::wires::{Wires, hears};
use crate::model::{Model, NONE};
use fixedbitset::FixedBitSet;

/// How a model is divided between the two engines.
#[derive(Debug)]
pub struct Split {
    /// Run by events: needs lead only to cells that need events, and nobody starves.
    pub(super) core: Core,
    /// By cell: its level is the core's business.
    pub(super) is_core: FixedBitSet,
    /// By cell: it is all there is of its service, no customer meets it, and nothing of it is counted but when it is out.
    pub(super) is_alone: FixedBitSet,
    /// Who hears of a cell.
    pub(super) wires: Wires,
    /// Who feeds a cell that can starve, grouped by cell.
    pub(super) feeders: Vec<u32>,
    pub(super) feeders_of: Vec<u32>,
    /// Cells in an order in which feeders come first, and by cell its place there; [`NONE`] if it feeds itself by some way round.
    pub(super) fed_in_order: Vec<u32>,
    pub(super) feed_place: Vec<u32>,
    /// Queues that a cell is, fills or empties, grouped by cell.
    queues: Vec<u32>,
    queues_of: Vec<u32>,
}

impl Split {
    /// Divides a model.
    #[must_use]
    pub fn new(model: &Model) -> Self {
        let is_core = needs_events(model);
        let mut is_root = FixedBitSet::with_capacity(model.len());
        is_root.extend(model.care.iter().map(|care| care.cell as usize));
        is_root.extend(model.faults.iter().flat_map(|f| &f.targets).map(|&c| c as usize));
        let (feeders, feeders_of) = fed::turned(model);
        let (fed_in_order, feed_place) = fed::order(model);
        let (queues, queues_of) = by_cell(model);
        Self {
            core: Core::new(model, &is_core, &is_root),
            wires: Wires::new(model, &is_core, &is_root),
            is_alone: alone(model, &is_core),
            is_core,
            feeders,
            feeders_of,
            fed_in_order,
            feed_place,
            queues,
            queues_of,
        }
    }

    /// How many cells need events.
    #[must_use]
    pub fn core_cells(&self) -> usize {
        self.is_core.count_ones(..)
    }

    /// Whether only luck decides how the plan goes, so that trials whose steps succeed take no events at all.
    #[must_use]
    pub fn runs_without_events(&self) -> bool {
        Timetable::of(&self.core).is_some()
    }

    /// How many cells there are.
    pub(crate) fn cells(&self) -> usize {
        self.is_core.len()
    }

    /// Whether a caller hears of a member at its turn: it comes later, or both belong to the core.
    pub(super) fn hears(&self, caller: u32, member: u32) -> bool {
        hears(&self.is_core, caller, member)
    }

    /// The queues that a cell is, fills or empties.
    pub(super) fn queues_of(&self, cell: u32) -> &[u32] {
        &self.queues[self.queues_of[cell as usize] as usize..self.queues_of[cell as usize + 1] as usize]
    }

    /// Who feeds a cell.
    pub(super) fn feeders(&self, cell: u32) -> &[u32] {
        &self.feeders[self.feeders_of[cell as usize] as usize..self.feeders_of[cell as usize + 1] as usize]
    }
}

/// The cells whose level decides what happens next, and all that they need.
fn needs_events(model: &Model) -> FixedBitSet {
    let mut found = FixedBitSet::with_capacity(model.len());
    let mut stack: Vec<u32> = Vec::new();
    for gate in &model.gates {
        stack.extend(&model.members[gate.members as usize..(gate.members + gate.count) as usize]);
    }
    stack.extend(model.kept.iter().flat_map(|&(place, store)| [place, store]));
    stack.extend(model.care.iter().flat_map(|c| c.restore.places.iter().copied().filter(|&p| p != NONE)));
    stack.extend(model.services.iter().filter(|s| s.failover != NONE).flat_map(|s| &s.cells));
    // Whatever can collapse can be damaged.
    for cell in model.care.iter().map(|care| care.cell).filter(|&cell| model.cells[cell as usize].collapses) {
        stack.push(cell);
        stack.extend(model.edges_of(cell).iter().map(|e| e.caller));
    }
    while let Some(cell) = stack.pop() {
        if found.put(cell as usize) {
            continue;
        }
        for need in &model.needs[model.needs_of(cell)] {
            stack.extend(model.members_of(need).iter().filter(|&&m| m <= cell));
        }
    }
    found
}

fn alone(model: &Model, is_core: &FixedBitSet) -> FixedBitSet {
    let is_alone = |index: &usize| {
        let cell = &model.cells[*index];
        !cell.has_losses() && !is_core.contains(*index) && states::is_alone(model, cell)
    };
    let mut alone = FixedBitSet::with_capacity(model.len());
    alone.extend((0..model.len()).filter(is_alone));
    alone
}

/// Queues by the cells that have to do with them.
fn by_cell(model: &Model) -> (Vec<u32>, Vec<u32>) {
    let mut pairs: Vec<(u32, u32)> = Vec::new();
    for (id, queue) in (0..).zip(&model.queues) {
        let cells = queue.producers.iter().chain(model.members_of(&model.needs[queue.need as usize])).chain([&queue.consumer]);
        pairs.extend(cells.map(|&cell| (cell, id)));
    }
    pairs.sort_unstable();
    pairs.dedup();
    let mut starts = vec![0; model.len() + 1];
    pairs.iter().for_each(|&(cell, _)| starts[cell as usize + 1] += 1);
    for i in 1..starts.len() {
        starts[i] += starts[i - 1];
    }
    (pairs.into_iter().map(|(_, queue)| queue).collect(), starts)
}

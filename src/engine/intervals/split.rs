//! What needs events, and what follows from it.
//!
//! In: a model. Out: the *core*, the part of it that the event engine runs, and what every other cell
//! is to it. Events are needed where a level decides what happens next: members of gates, places of
//! copies, cells that move traffic or collapse with their callers, and all that those need. Damageable cells run along for
//! their causes. Nothing else feeds back, so it can be worked out afterwards, in rank order.

use super::super::states;
use super::wires::Wires;
use crate::model::{FeedOrder, Ground, Model, NONE};
use fixedbitset::FixedBitSet;
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use std::sync::Arc;

/// How a model is divided between the two engines.
#[derive(Debug)]
pub struct Split {
    /// Run by events: needs lead only to cells that need events, and nobody starves.
    pub(super) core: Model,
    /// By cell: its level is the core's business.
    pub(super) is_core: FixedBitSet,
    /// By cell: it can be damaged; if it is not in the core, only its causes come from there.
    pub(super) is_root: FixedBitSet,
    /// By cell: it is all there is of its service, no customer meets it, and nothing of it is counted but when it is out.
    pub(super) is_alone: FixedBitSet,
    /// Who hears of a cell.
    pub(super) wires: Wires,
    /// By cell: some caller stands before it, or is in the core and does not hear of it.
    pub(super) is_cut: FixedBitSet,
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
        is_root.extend((0..model.len()).filter(|&c| model.cells[c].care != NONE));
        is_root.extend(model.faults.iter().flat_map(|f| &f.targets).map(|&c| c as usize));
        let (feeders, feeders_of) = turned(model);
        let (fed_in_order, feed_place) = order_of_feeds(model);
        let (queues, queues_of) = by_cell(model);
        Self {
            core: core(model, &is_core),
            wires: Wires::new(model, &is_core, &is_root),
            is_cut: cut(model, &is_core),
            is_alone: alone(model, &is_core),
            is_core,
            is_root,
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

fn hears(is_core: &FixedBitSet, caller: u32, member: u32) -> bool {
    if is_core.contains(caller as usize) { is_core.contains(member as usize) } else { member < caller }
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
    let cells = 0..u32::try_from(model.len()).unwrap_or(NONE);
    for cell in cells.filter(|&c| model.cells[c as usize].collapses) {
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

/// The part that is run by events.
fn core(model: &Model, is_core: &FixedBitSet) -> Model {
    let mut ground = Ground::clone(&model.ground);
    ground.edges.clear();
    ground.feeds.clear();
    ground.queues.clear();
    ground.fills.clear();
    ground.feed_order = FeedOrder::default();
    for cell in 0..ground.cells.len() {
        let edges = u32::try_from(ground.edges.len()).unwrap_or(NONE);
        ground.cells[cell].edges = edges;
        (ground.cells[cell].feeds, ground.cells[cell].feeders, ground.cells[cell].queue) = (0, 0, NONE);
        if cell >= model.len() {
            continue;
        }
        if is_core.contains(cell) {
            let ours = model.edges_of(u32::try_from(cell).unwrap_or(NONE)).iter();
            ground.edges.extend(ours.filter(|e| is_core.contains(e.caller as usize)));
        } else {
            // Only its causes come from here: what it settles of them is not asked for.
            (ground.cells[cell].watches, ground.cells[cell].ring, ground.cells[cell].settle) = (false, false, NONE);
        }
    }
    Model { ground: Arc::new(ground), ..model.clone() }
}

fn cut(model: &Model, is_core: &FixedBitSet) -> FixedBitSet {
    let mut cut = FixedBitSet::with_capacity(model.len());
    for need in &model.needs {
        let members = model.members_of(need).iter();
        cut.extend(members.filter(|&&m| !hears(is_core, need.caller, m)).map(|&m| m as usize));
    }
    cut
}

fn alone(model: &Model, is_core: &FixedBitSet) -> FixedBitSet {
    let meets_nobody = |index: usize| model.cells[index].traffic == 0 && model.cells[index].customers == 0;
    let is_all = states::alone(model);
    let mut alone = FixedBitSet::with_capacity(model.len());
    alone.extend((0..model.len()).filter(|&index| is_all[index] && meets_nobody(index) && !is_core.contains(index)));
    alone
}

/// Feeds seen from those who are fed.
fn turned(model: &Model) -> (Vec<u32>, Vec<u32>) {
    let mut starts = vec![0_u32; model.len() + 1];
    for &fed in &model.feeds {
        starts[fed as usize + 1] += 1;
    }
    for i in 1..starts.len() {
        starts[i] += starts[i - 1];
    }
    let (mut next, mut feeders) = (starts.clone(), vec![NONE; model.feeds.len()]);
    for cell in 0..u32::try_from(model.len()).unwrap_or(NONE) {
        for &fed in model.feeds_of(cell) {
            feeders[next[fed as usize] as usize] = cell;
            next[fed as usize] += 1;
        }
    }
    (feeders, starts)
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
    let before = |cell: usize| pairs.partition_point(|&(c, _)| (c as usize) < cell);
    let starts = (0..=model.len()).map(|cell| u32::try_from(before(cell)).unwrap_or(NONE)).collect();
    (pairs.into_iter().map(|(_, queue)| queue).collect(), starts)
}

/// An order in which who feeds comes before who is fed, and by cell its place there; [`NONE`] if there is none for it.
fn order_of_feeds(model: &Model) -> (Vec<u32>, Vec<u32>) {
    let (mut order, mut places) = (Vec::new(), vec![NONE; model.len()]);
    if model.feeds.is_empty() {
        return (order, places);
    }
    let mut net: DiGraph<(), (), u32> = DiGraph::with_capacity(model.len(), model.feeds.len());
    for _ in 0..model.len() {
        net.add_node(());
    }
    let mut feeds_itself = FixedBitSet::with_capacity(model.len());
    for cell in 0..u32::try_from(model.len()).unwrap_or(NONE) {
        for &fed in model.feeds_of(cell) {
            net.add_edge(NodeIndex::from(cell), NodeIndex::from(fed), ());
            if fed == cell {
                feeds_itself.insert(cell as usize);
            }
        }
    }
    // Components come with the fed before those who feed them.
    for component in kosaraju_scc(&net).iter().rev() {
        if let &[node] = component.as_slice()
            && !feeds_itself.contains(node.index())
        {
            places[node.index()] = u32::try_from(order.len()).unwrap_or(NONE);
            order.push(u32::try_from(node.index()).unwrap_or(NONE));
        }
    }
    (order, places)
}

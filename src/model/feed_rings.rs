//! Rings of feeds: cells whose work comes, at least in part, from each other.
//!
//! In: the feeds of a model. Out: the same without those into rings that nobody outside feeds, and, only if a ring is
//! left, an order of its cells in which whoever is fed while all is well is fed by somebody before it. Along that order
//! work is counted; only what the order does not explain has to be searched for (`engine/starve`).

use super::Model;
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};

/// The order of the cells of a model with rings of feeds.
#[derive(Debug, Clone, Default)]
pub struct FeedOrder {
    /// By cell: its position. Empty in a model without rings of feeds.
    pub position: Vec<u32>,
    /// By cell: how many of its feeders stand before it.
    pub ahead: Vec<u32>,
}

impl FeedOrder {
    /// Whether there are rings of feeds at all.
    #[must_use]
    pub fn has_rings(&self) -> bool {
        !self.position.is_empty()
    }

    /// Whether a feed leads forward.
    #[must_use]
    pub fn leads_on(&self, feeder: u32, callee: u32) -> bool {
        self.position[feeder as usize] < self.position[callee as usize]
    }
}

/// Makes sources of the rings that nobody outside feeds, and gives the order if a ring is left. Linear in the feeds.
pub(super) fn arrange(model: &mut Model) {
    if closed_to_counting(model).is_empty() {
        return;
    }
    let order = postorder(model);
    let unfed: Vec<u32> = cells(model).filter(|&cell| order[cell as usize].is_none()).collect();
    if !unfed.is_empty() {
        make_sources(model, &unfed);
        return arrange(model);
    }
    let last = u32::try_from(model.len()).unwrap_or(u32::MAX);
    let position: Vec<u32> = order.iter().map(|finished| last - finished.unwrap_or(0)).collect();
    let mut ahead = vec![0; model.len()];
    for feeder in cells(model) {
        for &callee in model.feeds_of(feeder) {
            ahead[callee as usize] += u32::from(position[feeder as usize] < position[callee as usize]);
        }
    }
    model.feed_order = FeedOrder { position, ahead };
}

fn cells(model: &Model) -> impl Iterator<Item = u32> + use<> {
    0..u32::try_from(model.len()).unwrap_or(u32::MAX)
}

/// The cells that are on a ring of feeds, or are fed by one: those that remain when who has no feeders left is taken away.
fn closed_to_counting(model: &Model) -> Vec<u32> {
    let mut left: Vec<u32> = cells(model).map(|cell| model.cells[cell as usize].feeders).collect();
    let mut free: Vec<u32> = cells(model).filter(|&cell| left[cell as usize] == 0).collect();
    while let Some(feeder) = free.pop() {
        for &callee in model.feeds_of(feeder) {
            left[callee as usize] -= 1;
            if left[callee as usize] == 0 {
                free.push(callee);
            }
        }
    }
    cells(model).filter(|&cell| left[cell as usize] > 0).collect()
}

/// A depth-first walk from the sources along the feeds: who was finished when, counted from 1. Whoever led to a cell is
/// finished after it.
fn postorder(model: &Model) -> Vec<Option<u32>> {
    let mut entered = vec![false; model.len()];
    let mut finished = vec![None; model.len()];
    let mut count = 0;
    let mut stack: Vec<(u32, usize)> = Vec::new();
    for source in cells(model).filter(|&cell| model.cells[cell as usize].feeders == 0) {
        entered[source as usize] = true;
        stack.push((source, 0));
        while let Some((cell, next)) = stack.pop() {
            if let Some(&callee) = model.feeds_of(cell).get(next) {
                stack.push((cell, next + 1));
                if !std::mem::replace(&mut entered[callee as usize], true) {
                    stack.push((callee, 0));
                }
            } else {
                count += 1;
                finished[cell as usize] = Some(count);
            }
        }
    }
    finished
}

/// Members of the sets of `unfed` that feed each other and that nobody else feeds cannot starve: where their traffic comes
/// from is not known.
fn make_sources(model: &mut Model, unfed: &[u32]) {
    let mut node = vec![NodeIndex::end(); model.len()];
    let mut net: DiGraph<u32, (), u32> = DiGraph::with_capacity(unfed.len(), unfed.len() * 4);
    for &cell in unfed {
        node[cell as usize] = net.add_node(cell);
    }
    for &cell in unfed {
        // Who is fed by a source as well is no part of such a set.
        for &callee in model.feeds_of(cell).iter().filter(|&&callee| node[callee as usize] != NodeIndex::end()) {
            net.add_edge(node[cell as usize], node[callee as usize], ());
        }
    }
    let sets = kosaraju_scc(&net);
    let mut home = vec![0; net.node_count()];
    for (id, set) in sets.iter().enumerate() {
        set.iter().for_each(|node| home[node.index()] = id);
    }
    let mut fed_from_outside = vec![false; sets.len()];
    for edge in net.edge_indices() {
        if let Some((from, to)) = net.edge_endpoints(edge) {
            fed_from_outside[home[to.index()]] |= home[from.index()] != home[to.index()];
        }
    }
    for (set, _) in sets.iter().zip(fed_from_outside).filter(|(_, fed)| !fed) {
        for &member in set {
            model.cells[net[member] as usize].feeders = 0;
        }
    }
    drop_feeds_of_sources(model);
}

/// Feeds lead only to cells that can starve.
fn drop_feeds_of_sources(model: &mut Model) {
    let mut kept = Vec::with_capacity(model.feeds.len());
    for cell in 0..model.len() {
        let feeds = model.cells[cell].feeds as usize..model.cells[cell + 1].feeds as usize;
        model.cells[cell].feeds = u32::try_from(kept.len()).unwrap_or(u32::MAX);
        kept.extend(model.feeds[feeds].iter().copied().filter(|&callee| model.cells[callee as usize].feeders > 0));
    }
    if let Some(sentinel) = model.cells.last_mut() {
        sentinel.feeds = u32::try_from(kept.len()).unwrap_or(u32::MAX);
    }
    model.feeds = kept;
}

//! Rings of feeds: cells whose work comes, at least in part, from each other.
//!
//! In: the feeds of a ground. Out: the same without those into rings that nobody outside feeds, and, only if a ring is
//! left, an order of its cells in which whoever is fed while all is well is fed by somebody before it. Along that order
//! work is counted; only what the order does not explain has to be searched for (`engine/starve`).

use super::Ground;
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};

/// The order of the cells of a ground with rings of feeds.
#[derive(Debug, Clone, Default)]
pub struct FeedOrder {
    /// By cell: its position. Empty in a ground without rings of feeds.
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

/// Makes sources of the rings that nobody outside feeds. Linear in the feeds, for each time that such a ring feeds another.
pub(super) fn find_sources(ground: &mut Ground) {
    while !closed_to_counting(ground).is_empty() {
        let order = postorder(ground);
        let unfed: Vec<u32> = cells(ground).filter(|&cell| order[cell as usize].is_none()).collect();
        if unfed.is_empty() {
            return;
        }
        make_sources(ground, &unfed);
    }
}

/// Gives the order if a ring is left. Linear in the feeds.
pub(super) fn arrange(ground: &mut Ground) {
    if closed_to_counting(ground).is_empty() {
        return;
    }
    let order = postorder(ground);
    let last = u32::try_from(ground.len()).unwrap_or(u32::MAX);
    let position: Vec<u32> = order.iter().map(|finished| last - finished.unwrap_or(0)).collect();
    let mut ahead = vec![0; ground.len()];
    for feeder in cells(ground) {
        for &callee in ground.feeds_of(feeder) {
            ahead[callee as usize] += u32::from(position[feeder as usize] < position[callee as usize]);
        }
    }
    ground.feed_order = FeedOrder { position, ahead };
}

fn cells(ground: &Ground) -> impl Iterator<Item = u32> + use<> {
    0..u32::try_from(ground.len()).unwrap_or(u32::MAX)
}

/// The cells that are on a ring of feeds, or are fed by one: those that remain when who has no feeders left is taken away.
fn closed_to_counting(ground: &Ground) -> Vec<u32> {
    let mut left: Vec<u32> = cells(ground).map(|cell| ground.cells[cell as usize].feeders).collect();
    let mut free: Vec<u32> = cells(ground).filter(|&cell| left[cell as usize] == 0).collect();
    while let Some(feeder) = free.pop() {
        for &callee in ground.feeds_of(feeder) {
            left[callee as usize] -= 1;
            if left[callee as usize] == 0 {
                free.push(callee);
            }
        }
    }
    cells(ground).filter(|&cell| left[cell as usize] > 0).collect()
}

/// A depth-first walk from the sources along the feeds: who was finished when, counted from 1. Whoever led to a cell is
/// finished after it.
fn postorder(ground: &Ground) -> Vec<Option<u32>> {
    let mut entered = vec![false; ground.len()];
    let mut finished = vec![None; ground.len()];
    let mut count = 0;
    let mut stack: Vec<(u32, usize)> = Vec::new();
    for source in cells(ground).filter(|&cell| ground.cells[cell as usize].feeders == 0) {
        entered[source as usize] = true;
        stack.push((source, 0));
        while let Some((cell, next)) = stack.pop() {
            if let Some(&callee) = ground.feeds_of(cell).get(next) {
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
fn make_sources(ground: &mut Ground, unfed: &[u32]) {
    let mut node = vec![NodeIndex::end(); ground.len()];
    let mut net: DiGraph<u32, (), u32> = DiGraph::with_capacity(unfed.len(), unfed.len() * 4);
    for &cell in unfed {
        node[cell as usize] = net.add_node(cell);
    }
    for &cell in unfed {
        // Who is fed by a source as well is no part of such a set.
        for &callee in ground.feeds_of(cell).iter().filter(|&&callee| node[callee as usize] != NodeIndex::end()) {
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
            ground.cells[net[member] as usize].feeders = 0;
        }
    }
    drop_feeds_of_sources(ground);
}

/// Feeds lead only to cells that can starve.
fn drop_feeds_of_sources(ground: &mut Ground) {
    let mut kept = Vec::with_capacity(ground.feeds.len());
    for cell in 0..ground.len() {
        let feeds = ground.cells[cell].feeds as usize..ground.cells[cell + 1].feeds as usize;
        ground.cells[cell].feeds = u32::try_from(kept.len()).unwrap_or(u32::MAX);
        kept.extend(ground.feeds[feeds].iter().copied().filter(|&callee| ground.cells[callee as usize].feeders > 0));
    }
    if let Some(sentinel) = ground.cells.last_mut() {
        sentinel.feeds = u32::try_from(kept.len()).unwrap_or(u32::MAX);
    }
    ground.feeds = kept;
}

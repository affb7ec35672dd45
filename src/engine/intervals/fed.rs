//! Who feeds whom, seen from those who are fed, and an order in which who feeds comes first.
//!
//! In: a model. Out: the feeders of each cell, and its place in that order, which rings of feeds do not have. Not here: who starves
//! (`feed`).

use crate::model::{Model, NONE};
use fixedbitset::FixedBitSet;
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};

/// Feeds seen from those who are fed: all feeders, grouped by cell, and where those of each begin.
pub(super) fn turned(model: &Model) -> (Vec<u32>, Vec<u32>) {
    let mut starts = Vec::with_capacity(model.len() + 1);
    let mut start = 0;
    for cell in &model.cells[..model.len()] {
        starts.push(start);
        start += cell.feeders;
    }
    starts.push(start);
    let (mut next, mut feeders) = (starts.clone(), vec![NONE; model.feeds.len()]);
    for cell in 0..u32::try_from(model.len()).unwrap_or(NONE) {
        for &fed in model.feeds_of(cell) {
            feeders[next[fed as usize] as usize] = cell;
            next[fed as usize] += 1;
        }
    }
    (feeders, starts)
}

/// An order in which who feeds comes before who is fed, and by cell its place there; [`NONE`] if it feeds itself by some way round.
///
/// Cells are counted off as the last of their feeders is (Kahn 1962), callers before members as far as that goes: most feeds lead
/// down the ranks, and whoever is counted off in the order of memory is near. Only what is left then, which is fed by a ring, needs a
/// search for the rings themselves.
pub(super) fn order(model: &Model) -> (Vec<u32>, Vec<u32>) {
    let cells = 0..u32::try_from(model.len()).unwrap_or(NONE);
    if model.feeds.is_empty() {
        return (Vec::new(), vec![NONE; model.len()]);
    }
    let mut left: Vec<u32> = model.cells[..model.len()].iter().map(|cell| cell.feeders).collect();
    let (mut order, mut free) = (Vec::with_capacity(model.len()), Vec::new());
    for cell in cells.clone().rev() {
        free.extend((left[cell as usize] == 0).then_some(cell));
        while let Some(feeder) = free.pop() {
            order.push(feeder);
            for &fed in model.feeds_of(feeder) {
                left[fed as usize] -= 1;
                // Those still to come are found at their turn.
                free.extend((left[fed as usize] == 0 && fed > cell).then_some(fed));
            }
        }
    }
    if order.len() < model.len() {
        let rest: Vec<u32> = cells.filter(|&cell| left[cell as usize] > 0).collect();
        order_rest(model, &rest, &mut order);
    }
    let mut places = vec![NONE; model.len()];
    (0..).zip(&order).for_each(|(place, &cell)| places[cell as usize] = place);
    (order, places)
}

/// The same for cells that are on rings or fed by them, once all others have their place.
fn order_rest(model: &Model, rest: &[u32], order: &mut Vec<u32>) {
    let mut node = vec![NodeIndex::end(); model.len()];
    let mut net: DiGraph<u32, (), u32> = DiGraph::with_capacity(rest.len(), rest.len() * 4);
    for &cell in rest {
        node[cell as usize] = net.add_node(cell);
    }
    let mut feeds_itself = FixedBitSet::with_capacity(model.len());
    for &cell in rest {
        // Whoever is fed by one of these is one of them.
        for &fed in model.feeds_of(cell) {
            net.add_edge(node[cell as usize], node[fed as usize], ());
            if fed == cell {
                feeds_itself.insert(cell as usize);
            }
        }
    }
    // Components come with the fed before those who feed them.
    for component in kosaraju_scc(&net).iter().rev() {
        if let &[node] = component.as_slice()
            && !feeds_itself.contains(net[node] as usize)
        {
            order.push(net[node]);
        }
    }
}

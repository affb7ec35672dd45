//! Which cells a plan can reach, and in which order they are computed.
//!
//! In: the world's call graph and the cells that steps and faults touch. Out: the cone in rank
//! order (members before callers, feedback edges of rings excepted), which cells lie on rings, and how
//! deep each lies above the cells that need nothing here.
//! The cone is an upper bound: a cell in it need not fail in any trial, one outside it never does.

use super::feeds::starvable;
use super::graph::Graph;
use crate::scenario::world::{CellId, Place, World};
use fixedbitset::FixedBitSet;
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use rustc_hash::{FxHashMap, FxHashSet};

/// The cells of a model, in rank order.
#[derive(Debug)]
pub struct Cone {
    /// World cells by rank.
    pub cells: Vec<CellId>,
    /// Rank by world cell.
    pub rank: FxHashMap<CellId, u32>,
    /// By rank: lies on a ring of needs.
    pub ring: Vec<bool>,
    /// By rank: how many needs lead up to it at most, a ring counted as one. Nothing at a depth gives to another thing at it,
    /// unless both lie on one ring: unlike ranks, that hangs on no order of declaration.
    pub depth: Vec<u32>,
    /// By rank: can only be starved or exposed, its level never changes.
    pub bystander: Vec<bool>,
}

/// The cone of `touched` (cells that a step or a fault can damage or move).
///
/// Linear in the cone and its edges; tarjan's algorithm for the rings.
#[must_use]
pub fn cone(world: &World, graph: &Graph, touched: &[CellId]) -> Cone {
    let reached = reach(world, graph, touched);
    let mut cells = rank_order(graph, &reached);
    let (mut ring, mut depth) = layers(world, graph, &cells);
    let level_cells = cells.len();
    cells.extend(watchers(world, touched, &cells));
    cells.extend(starvable(world, graph, &cells));
    let rank = (0..).zip(&cells).map(|(rank, &cell)| (cell, rank)).collect();
    ring.resize(cells.len(), false);
    depth.resize(cells.len(), 0);
    let bystander = (0..cells.len()).map(|rank| rank >= level_cells).collect();
    Cone { cells, rank, ring, depth, bystander }
}

/// How many cells' levels a change of these can change, these included: the static reach of a step.
#[must_use]
pub fn reach_of(world: &World, graph: &Graph, touched: &[CellId]) -> usize {
    reach(world, graph, touched).len()
}

/// Everything whose level can change: callers of what is touched, and peers that take its traffic.
fn reach(world: &World, graph: &Graph, touched: &[CellId]) -> Vec<CellId> {
    let mut seen = FixedBitSet::with_capacity(world.cells.len());
    let mut found: Vec<CellId> = Vec::new();
    let mut add = |cell: CellId, found: &mut Vec<CellId>| {
        if !seen.put(cell as usize) {
            found.push(cell);
        }
    };
    for &cell in touched {
        add(cell, &mut found);
    }
    let mut next = 0;
    while next < found.len() {
        let cell = found[next];
        next += 1;
        for call in graph.callers(cell) {
            add(call.caller, &mut found);
        }
        let service = &world.services[world.cells[cell as usize].service as usize];
        if service.failover.is_some() {
            for peer in service.cells.clone() {
                add(peer, &mut found);
            }
        }
    }
    found
}

/// Reverse postorder of a depth-first walk from members to callers: a topological order but for
/// the edges that close a ring. Starts and edges are taken in world order, so that it is stable.
fn rank_order(graph: &Graph, reached: &[CellId]) -> Vec<CellId> {
    let mut starts = reached.to_vec();
    starts.sort_unstable_by(|a, b| b.cmp(a));
    let mut entered: FxHashSet<CellId> = FxHashSet::default();
    let mut postorder = Vec::with_capacity(reached.len());
    let mut stack: Vec<(CellId, usize)> = Vec::new();
    for start in starts {
        if !entered.insert(start) {
            continue;
        }
        stack.push((start, 0));
        while let Some((cell, edge)) = stack.pop() {
            let callers = graph.callers(cell);
            if let Some(call) = callers.get(edge) {
                stack.push((cell, edge + 1));
                if entered.insert(call.caller) {
                    stack.push((call.caller, 0));
                }
            } else {
                postorder.push(cell);
            }
        }
    }
    postorder.reverse();
    postorder
}

/// By rank: whether a cell can reach itself, be it through peers that bear its traffic; and its depth.
fn layers(world: &World, graph: &Graph, cells: &[CellId]) -> (Vec<bool>, Vec<u32>) {
    let net = net(world, graph, cells);
    let (mut ring, mut depth) = (vec![false; net.node_count()], vec![0; net.node_count()]);
    let mut is_placed = vec![false; net.node_count()];
    // Not by Tarjan: that one is recursive in petgraph, and a chain of ten thousand needs ends the stack. Callers come first.
    for component in kosaraju_scc(&net).into_iter().rev() {
        let own = component.iter().map(|node| depth[node.index()]).max().unwrap_or(0);
        let loops = component.len() > 1 || component.iter().any(|&node| net.contains_edge(node, node));
        for &node in &component {
            (ring[node.index()], depth[node.index()], is_placed[node.index()]) = (loops, own, true);
        }
        for caller in component.iter().flat_map(|&node| net.neighbors(node)) {
            if !is_placed[caller.index()] {
                depth[caller.index()] = depth[caller.index()].max(own + 1);
            }
        }
    }
    ring.truncate(cells.len());
    depth.truncate(cells.len());
    (ring, depth)
}

/// Who gives to whom, by rank; behind the cells one node for each service whose traffic moves: whoever calls one of its cells
/// may be served by any.
fn net(world: &World, graph: &Graph, cells: &[CellId]) -> DiGraph<(), (), u32> {
    let index: FxHashMap<CellId, u32> = (0..).zip(cells).map(|(i, &c)| (c, i)).collect();
    let mut net: DiGraph<(), (), u32> = DiGraph::with_capacity(cells.len(), cells.len() * 4);
    for _ in cells {
        net.add_node(());
    }
    let mut shared: FxHashMap<u32, NodeIndex> = FxHashMap::default();
    for (i, &cell) in (0_u32..).zip(cells) {
        let service = world.cells[cell as usize].service;
        let moves = world.services[service as usize].failover.is_some();
        let given = if moves { *shared.entry(service).or_insert_with(|| net.add_node(())) } else { NodeIndex::new(i as usize) };
        if moves {
            net.add_edge(NodeIndex::new(i as usize), given, ());
        }
        for call in graph.callers(cell) {
            net.add_edge(given, NodeIndex::new(index[&call.caller] as usize), ());
        }
    }
    net
}

/// Datastores whose copies are kept in a touched cell: they lose protection without being touched.
fn watchers(world: &World, touched: &[CellId], cells: &[CellId]) -> Vec<CellId> {
    let mut seen: FxHashSet<CellId> = cells.iter().copied().collect();
    let touched: FxHashSet<CellId> = touched.iter().copied().collect();
    let mut found = Vec::new();
    for service in world.services.iter().filter(|s| s.data.is_some()) {
        for cell in service.cells.clone() {
            let places = service.data.as_ref().map_or(&[][..], |d| &d.kept_in);
            let kept = |p: &Place| world.cells_at(*p, world.cells[cell as usize].region).any(|c| touched.contains(&c));
            if places.iter().any(kept) && seen.insert(cell) {
                found.push(cell);
            }
        }
    }
    found
}

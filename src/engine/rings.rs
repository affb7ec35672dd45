//! Rings of needs: cells that wait only for each other are let go.
//!
//! Levels follow the greatest fixed point. On the way down that is what [`Engine::sweep`] finds. On
//! the way up a ring would wait for itself for ever: once nothing outside holds its members back,
//! each promises the others its level, releases between them are skipped, and their settles start
//! together. A promise is withdrawn when something new befalls the cell that gave it.

use super::state::{Cell, NEVER, Need};
use super::trial::Engine;
use super::watch::Watch;
use crate::model::NONE;
use crate::units::Level;
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use rustc_hash::{FxHashMap, FxHashSet};

/// Steps of the walk that looks for a plain outside cause.
const FAR: usize = 64;

/// How often a cell is let go within one instant. Where traffic moves, a hope need not hold: what a cell gives back to
/// itself it takes from its peers.
const MOST_RELEASES: u32 = 3;

/// A set of waiting cells and the levels they would have if they all came back.
struct Hope {
    cells: Vec<u32>,
    index: FxHashMap<u32, usize>,
    level: Vec<Level>,
}

impl<W: Watch> Engine<'_, W> {
    /// What befell a cell may leave a ring that waits only for itself, rising or falling: a cause that goes, load that moves, a
    /// settle that is cancelled, a hold that runs out over a failure that is only still being released.
    pub(super) fn seed(&mut self, cell: u32) {
        if self.model.cells[cell as usize].ring {
            self.seeds.push(cell);
        }
    }

    /// Lets go of sets that wait only for themselves; true if there were any.
    pub(super) fn release_rings(&mut self) -> bool {
        if self.seeds.is_empty() {
            return false;
        }
        let mut seeds = std::mem::take(&mut self.seeds);
        let hopeful = |&cell: &u32| !self.is_hopeless(cell);
        let found: Vec<u32> = seeds.iter().copied().filter(hopeful).collect();
        seeds.clear();
        self.seeds = seeds;
        if found.is_empty() {
            return false;
        }
        let mut hope = self.waiting_with(&found);
        if hope.cells.is_empty() {
            return false;
        }
        self.settle_hope(&mut hope);
        let sets = self.closed_sets(&hope);
        for set in &sets {
            self.let_go(set, &hope);
        }
        !sets.is_empty()
    }

    /// Whether a cell is kept down by its needs alone; a settle that was cancelled at this instant does not count.
    fn waits(&self, cell: u32) -> bool {
        let state = &self.cells[cell as usize];
        self.model.cells[cell as usize].ring
            && !state.damaged
            && !state.latched
            && (state.due == NEVER || state.raw <= state.was)
            && state.promised == Level::ZERO
            && state.let_go < MOST_RELEASES
            && state.raw < state.own.times(state.factor)
    }

    /// Whether a cell plainly waits for something outside any ring: a chain of hard needs at 0 leads to a cell that does
    /// not wait. A short walk that spares the search in almost every case.
    fn is_hopeless(&self, mut cell: u32) -> bool {
        for _ in 0..FAR {
            if !self.waits(cell) {
                return true;
            }
            let mut needs = self.model.needs_of(cell);
            let Some(need) = needs.find(|&n| self.needs[n].seen == Level::ZERO && self.model.needs[n].queue == NONE) else {
                return false;
            };
            let compiled = &self.model.needs[need];
            if compiled.share < Level::ONE || compiled.count != 1 || compiled.at_least != 1 {
                return false;
            }
            cell = self.model.members_of(compiled)[0];
        }
        false
    }

    /// The seeds that wait, and the waiting cells they wait for.
    fn waiting_with(&self, seeds: &[u32]) -> Hope {
        let mut hope = Hope { cells: Vec::new(), index: FxHashMap::default(), level: Vec::new() };
        let mut stack: Vec<u32> = seeds.to_vec();
        while let Some(cell) = stack.pop() {
            if hope.index.contains_key(&cell) || !self.waits(cell) {
                continue;
            }
            hope.index.insert(cell, hope.cells.len());
            hope.cells.push(cell);
            let state = &self.cells[cell as usize];
            hope.level.push(state.own.times(state.factor));
            for need in self.model.needs_of(cell) {
                if self.needs[need].seen == Level::ONE || self.model.needs[need].queue != NONE {
                    continue;
                }
                for &member in self.model.members_of(&self.model.needs[need]) {
                    stack.push(member);
                    if self.cells[member as usize].moved {
                        // Whoever took over its traffic may wait as well.
                        stack.extend(&self.model.services[self.model.cells[member as usize].service as usize].cells);
                    }
                }
            }
        }
        hope
    }

    /// Lowers the hoped-for levels to the greatest ones that hold together.
    fn settle_hope(&mut self, hope: &mut Hope) {
        loop {
            let mut changed = false;
            // Hoping takes a fraction of what happening does.
            self.events += 1 + hope.cells.len() as u64 / 8;
            for i in 0..hope.cells.len() {
                let level = self.hoped(hope.cells[i], hope);
                changed |= level < hope.level[i];
                hope.level[i] = hope.level[i].min(level);
            }
            if !changed || self.is_endless() {
                return;
            }
        }
    }

    fn hoped(&self, cell: u32, hope: &Hope) -> Level {
        let state = &self.cells[cell as usize];
        let needs = self.model.needs_of(cell).filter(|&n| self.model.needs[n].queue == NONE);
        needs.fold(state.own.times(state.factor), |product, need| {
            let seen = self.hoped_need(need, hope);
            product.times(self.model.needs[need].share.times(seen.complement()).complement())
        })
    }

    /// What would be seen of a need: releases inside the set are skipped.
    fn hoped_need(&self, need: usize, hope: &Hope) -> Level {
        let compiled = &self.model.needs[need];
        let members = self.model.members_of(compiled);
        let seen = self.needs[need].seen;
        if compiled.at_least == 0 || !members.iter().any(|m| hope.index.contains_key(m)) {
            return seen;
        }
        let hoped = |state: &Cell, m: u32| hope.index.get(&m).map_or(state.level, |&i| hope.level[i]);
        seen.max(self.kth_best(u32::try_from(need).unwrap_or(NONE), hoped))
    }

    /// Sets of at least two (or one that needs itself) whose members wait for nobody outside the set.
    fn closed_sets(&self, hope: &Hope) -> Vec<Vec<usize>> {
        let rises = |i: usize| hope.level[i] > self.cells[hope.cells[i] as usize].raw;
        let mut net: DiGraph<usize, ()> = DiGraph::new();
        let mut node: FxHashMap<usize, NodeIndex> = FxHashMap::default();
        for i in (0..hope.cells.len()).filter(|&i| rises(i)) {
            node.insert(i, net.add_node(i));
        }
        for i in (0..hope.cells.len()).filter(|&i| rises(i)) {
            for need in self.model.needs_of(hope.cells[i]) {
                if self.model.needs[need].queue != NONE || self.needs[need].seen >= self.hoped_need(need, hope) {
                    continue;
                }
                for member in self.model.members_of(&self.model.needs[need]) {
                    if let Some(&to) = hope.index.get(member).and_then(|j| node.get(j)) {
                        net.add_edge(node[&i], to, ());
                    }
                }
            }
        }
        let mut closed = Vec::new();
        // Not by Tarjan: that one is recursive in petgraph, and a thread's stack is small.
        let components = kosaraju_scc(&net);
        let mut home = vec![0; net.node_count()];
        for (id, component) in components.iter().enumerate() {
            component.iter().for_each(|n| home[n.index()] = id);
        }
        for (id, component) in components.iter().enumerate() {
            let inside = |n: NodeIndex| home[n.index()] == id;
            let loops = component.len() > 1 || component.iter().any(|&n| net.contains_edge(n, n));
            if loops && component.iter().all(|&n| net.neighbors(n).all(inside)) {
                closed.push(component.iter().map(|&n| net[n]).collect());
            }
        }
        closed
    }

    fn let_go(&mut self, set: &[usize], hope: &Hope) {
        let cells: FxHashSet<u32> = set.iter().map(|&i| hope.cells[i]).collect();
        for &i in set {
            let cell = hope.cells[i];
            self.cells[cell as usize].promised = hope.level[i];
            self.cells[cell as usize].let_go += 1;
            // Nobody waits for a queue to serve: its release counts, whoever it is.
            for need in self.model.needs_of(cell).filter(|&n| self.model.needs[n].queue == NONE) {
                self.needs[need].trusts |= self.model.members_of(&self.model.needs[need]).iter().any(|m| cells.contains(m));
            }
        }
        for &i in set {
            self.tell_trusting(hope.cells[i]);
        }
    }

    /// Works out again the needs that count on what a cell promised.
    fn tell_trusting(&mut self, cell: u32) {
        for &edge in self.model.edges_of(cell) {
            if self.needs[edge.need as usize].trusts {
                self.refresh(edge.need, edge.caller);
                self.reconsider_trust(edge.need);
            }
        }
    }

    /// A need trusts as long as some member of it has promised something.
    fn reconsider_trust(&mut self, need: u32) {
        let members = self.model.members_of(&self.model.needs[need as usize]);
        self.needs[need as usize].trusts = members.iter().any(|&m| self.cells[m as usize].promised > Level::ZERO);
    }

    /// Something new befell a cell that had promised to come back.
    pub(super) fn withdraw(&mut self, cell: u32) {
        self.cells[cell as usize].promised = Level::ZERO;
        self.tell_trusting(cell);
    }

    /// A promise is kept: what its ring sees of the cell is its level, without release.
    pub(super) fn fulfil(&mut self, cell: u32) {
        let level = self.cells[cell as usize].level;
        self.cells[cell as usize].promised = Level::ZERO;
        for &edge in self.model.edges_of(cell) {
            let Need { trusts, window, .. } = self.needs[edge.need as usize];
            if trusts && window != NONE {
                self.windows[window as usize].skip(level);
            }
            if trusts {
                self.reconsider_trust(edge.need);
            }
        }
    }
}

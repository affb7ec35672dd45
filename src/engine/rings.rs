//! Rings of needs: cells that wait only for each other are let go.
//!
//! Levels follow the greatest fixed point. On the way down that is what [`Engine::sweep`] finds. On
//! the way up a ring would wait for itself for ever: once nothing outside holds its members back,
//! each promises the others its level, releases between them are skipped, and their settles start
//! together. A promise is withdrawn when something new befalls the cell that gave it.

use super::befallen::NEVER;
use super::state::{Cell, Need};
use super::trial::Engine;
use super::watch::Watch;
use crate::model::{Edge, NONE};
use crate::units::Level;
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

/// Hoping takes a fraction of what happening does: so many looks at a cell count as one event.
const LOOKS: u64 = 8;

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
        if self.model.cells[cell as usize].ring && !std::mem::replace(&mut self.cells[cell as usize].seeded, true) {
            self.seeds.push(cell);
        }
    }

    /// Lets go of sets that wait only for themselves; true if there were any.
    pub(super) fn release_rings(&mut self) -> bool {
        if self.seeds.is_empty() {
            return false;
        }
        let mut seeds = std::mem::take(&mut self.seeds);
        self.looks += 1;
        let mut found = Vec::new();
        for cell in seeds.drain(..) {
            self.cells[cell as usize].seeded = false;
            if !self.is_hopeless(cell) {
                found.push(cell);
            }
        }
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
            && state.raw < state.by_itself()
    }

    /// Whether a cell plainly waits for something outside any ring: a chain of hard needs at 0 leads to a cell that does
    /// not wait. That spares the search in almost every case; no cell is passed twice in one look.
    fn is_hopeless(&mut self, cell: u32) -> bool {
        let mut chain = std::mem::take(&mut self.walk);
        let mut next = Some(cell);
        let hopeless = loop {
            let Some(cell) = next else { break false };
            let state = &self.cells[cell as usize];
            if state.looked == self.looks {
                break state.hopeless;
            }
            if !self.waits(cell) {
                break true;
            }
            // On its way round a ring the chain comes back to what nobody has called hopeless.
            let state = &mut self.cells[cell as usize];
            (state.looked, state.hopeless) = (self.looks, false);
            chain.push(cell);
            next = self.only_way_up(cell);
        };
        for cell in chain.drain(..) {
            self.cells[cell as usize].hopeless = hopeless;
        }
        self.walk = chain;
        hopeless
    }

    /// The cell without which another cannot rise: the only member of a hard need at 0, which bears its own traffic.
    fn only_way_up(&self, cell: u32) -> Option<u32> {
        let mut needs = self.model.needs_of(cell);
        let need = needs.find(|&n| self.needs[n].seen == Level::ZERO && self.model.needs[n].queue == NONE)?;
        let compiled = &self.model.needs[need];
        let hard = compiled.share == Level::ONE && compiled.count == 1 && compiled.at_least == 1;
        let &member = self.model.members_of(compiled).first()?;
        (hard && !self.cells[member as usize].moved).then_some(member)
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
            hope.level.push(state.by_itself());
            for need in self.model.needs_of(cell) {
                if self.needs[need].seen == Level::ONE || self.model.needs[need].queue != NONE {
                    continue;
                }
                stack.extend(self.givers(need));
            }
        }
        hope
    }

    /// Whoever gives what is seen of a need: its members, and who may bear their traffic now.
    fn givers(&self, need: usize) -> impl Iterator<Item = u32> {
        let members = self.model.members_of(&self.model.needs[need]).iter();
        members.flat_map(|&member| std::iter::once(member).chain(self.bearers(member).iter().copied()))
    }

    /// The same, if what is hoped for comes true: who is back in full bears its own traffic.
    fn hoped_givers(&self, need: usize, hope: &Hope) -> impl Iterator<Item = u32> {
        let full = |cell: u32| {
            let hoped = hope.index.get(&cell).is_some_and(|&i| hope.level[i] == Level::ONE);
            hoped && !self.cells[cell as usize].drained
        };
        let members = self.model.members_of(&self.model.needs[need]).iter().copied();
        members.flat_map(move |member| {
            let bearers = if full(member) { &[][..] } else { self.bearers(member) };
            std::iter::once(member).chain(bearers.iter().copied())
        })
    }

    /// Those who bear the traffic of a cell that was lost, if any do.
    fn bearers(&self, cell: u32) -> &[u32] {
        let moved = self.cells[cell as usize].moved;
        if moved { &self.model.services[self.model.cells[cell as usize].service as usize].cells } else { &[] }
    }

    /// The needs in which a cell is felt: those on itself, and on the peers whose traffic it may bear.
    fn felt_in(&self, cell: u32) -> impl Iterator<Item = Edge> {
        let service = &self.model.services[self.model.cells[cell as usize].service as usize];
        let peers = if service.failover == NONE { &[][..] } else { &service.cells };
        let moved = peers.iter().copied().filter(move |&peer| peer != cell && self.cells[peer as usize].moved);
        std::iter::once(cell).chain(moved).flat_map(|giver| self.model.edges_of(giver)).copied()
    }

    /// Lowers the hoped-for levels to the greatest ones that hold together. All that are due are lowered at once, and then
    /// whoever sees one of them is due: nothing depends on their order.
    fn settle_hope(&mut self, hope: &mut Hope) {
        let mut due: Vec<usize> = (0..hope.cells.len()).collect();
        let mut is_due = vec![false; hope.cells.len()];
        let mut looks = 0;
        while !due.is_empty() && !self.is_endless() {
            looks += due.len() as u64;
            self.events += looks / LOOKS;
            looks %= LOOKS;
            let lower = |&i: &usize| Some((i, self.hoped(hope.cells[i], hope))).filter(|&(i, level)| level < hope.level[i]);
            let lowered: Vec<(usize, Level)> = due.iter().filter_map(lower).collect();
            due.clear();
            for (i, level) in lowered {
                hope.level[i] = level;
                let callers = self.felt_in(hope.cells[i]).filter_map(|edge| hope.index.get(&edge.caller).copied());
                due.extend(callers.filter(|&j| !std::mem::replace(&mut is_due[j], true)));
            }
            due.iter().for_each(|&j| is_due[j] = false);
        }
    }

    fn hoped(&self, cell: u32, hope: &Hope) -> Level {
        let state = &self.cells[cell as usize];
        let needs = self.model.needs_of(cell).filter(|&n| self.model.needs[n].queue == NONE);
        needs.fold(state.by_itself(), |product, need| {
            let seen = self.hoped_need(need, hope);
            product.times(self.model.needs[need].share.times(seen.complement()).complement())
        })
    }

    /// What would be seen of a need: of what only the set can give, releases are skipped.
    fn hoped_need(&self, need: usize, hope: &Hope) -> Level {
        let Need { seen, x, .. } = self.needs[need];
        if self.model.needs[need].at_least == 0 || !self.givers(need).any(|giver| hope.index.contains_key(&giver)) {
            return seen;
        }
        let hoped = |state: &Cell, m: u32| hope.index.get(&m).map_or(state.level, |&i| hope.level[i]);
        let given = self.kth_best(u32::try_from(need).unwrap_or(NONE), hoped);
        if given > x { seen.max(given) } else { seen }
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
                for giver in self.hoped_givers(need, hope) {
                    if let Some(&to) = hope.index.get(&giver).and_then(|j| node.get(j)) {
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
                let trusts = self.givers(need).any(|giver| cells.contains(&giver));
                self.needs[need].trusts |= trusts;
            }
        }
        for &i in set {
            self.tell_trusting(hope.cells[i]);
        }
    }

    /// Works out again the needs that count on what a cell promised.
    pub(super) fn tell_trusting(&mut self, cell: u32) {
        let felt: SmallVec<[Edge; 8]> = self.felt_in(cell).filter(|e| self.needs[e.need as usize].trusts).collect();
        felt.iter().for_each(|edge| self.refresh(edge.need, edge.caller));
    }

    /// What is seen of a need because of what was promised, whatever its hold and release say; 0 if promises make no difference.
    /// A need trusts as long as somebody who gives it has promised something.
    pub(super) fn promised_level(&mut self, need: u32) -> Level {
        let promised = |giver: u32| self.cells[giver as usize].promised > Level::ZERO;
        let trusts = self.givers(need as usize).any(promised);
        self.needs[need as usize].trusts = trusts;
        let with = self.kth_best(need, |state, _| state.level.max(state.promised));
        let without = self.kth_best(need, |state, _| if state.promised > Level::ZERO { Level::ZERO } else { state.level });
        if with > without { with } else { Level::ZERO }
    }

    /// Promises that are kept: what a ring sees of a need has nothing left to be released. They are looked at together once all
    /// levels are known: of several members none is the last.
    pub(super) fn keep_promises(&mut self) {
        if self.kept.is_empty() {
            return;
        }
        let mut kept = std::mem::take(&mut self.kept);
        kept.retain(|&cell| {
            let state = &self.cells[cell as usize];
            state.promised > Level::ZERO && state.level >= state.promised
        });
        for &cell in &kept {
            self.cells[cell as usize].promised = Level::ZERO;
        }
        for &cell in &kept {
            let felt: SmallVec<[Edge; 8]> = self.felt_in(cell).filter(|e| self.needs[e.need as usize].trusts).collect();
            for edge in felt {
                let Need { window, seen, .. } = self.needs[edge.need as usize];
                if window != NONE {
                    self.windows[window as usize].lift(seen);
                }
                self.refresh(edge.need, edge.caller);
            }
        }
        kept.clear();
        self.kept = kept;
    }
}

//! One trial of the afternoon program.
//!
//! In: the world and a trial number. Out: the outage of each cell that fell. State for the whole world is allocated here, each time:
//! that is what one writes first.

use super::{Afternoon, Draws};
use foreshock::luck::{Luck, Purpose};
use foreshock::units::Millis;
use petgraph::Direction::Incoming;
use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, EdgeIndex, NodeIndex};
use petgraph::visit::EdgeRef as _;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};

/// The state of one cell. All zero at first, so that the allocator may hand out pages that nobody has written.
#[derive(Clone, Default)]
struct State {
    /// Its damage and the needs that count against it.
    causes: u32,
    damaged: bool,
    down: bool,
    /// Whether it was ever down.
    fell: bool,
    settling: bool,
    /// Its settle ends at this instant, unless something new comes between.
    returning: bool,
    /// Since when it is down.
    since: Millis,
    /// Settles drawn so far.
    settles: u32,
    outage: Millis,
}

/// What happens at a time.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    /// The work on a damaged cell ends.
    Worked(NodeIndex),
    /// The n-th settle of a cell ends.
    Settled(NodeIndex, u32),
    /// The mask over a need that went down runs out.
    Unmasked(EdgeIndex),
}

/// A trial under way.
pub(super) struct Trial<'a> {
    world: &'a Afternoon,
    luck: Luck,
    now: Millis,
    states: Vec<State>,
    queue: BinaryHeap<Reverse<(Millis, Event)>>,
    /// Cells that fell at least once.
    fallen: Vec<NodeIndex>,
    /// Cells whose causes changed at this instant.
    touched: Vec<NodeIndex>,
    /// Cells whose settle was cancelled at this instant, and whether it was at its end.
    cancelled: Vec<(NodeIndex, bool)>,
    /// Needs inside a released cycle, which nobody waits for until they return or something new befalls them.
    forgiven: HashSet<EdgeIndex>,
}

impl<'a> Trial<'a> {
    /// Plays a trial to the horizon.
    pub(super) fn run(world: &'a Afternoon, number: u64) -> Self {
        let mut trial = Self {
            world,
            luck: Luck::new(world.seed, number),
            now: 0,
            states: vec![State::default(); world.graph.node_count()],
            queue: BinaryHeap::new(),
            fallen: Vec::new(),
            touched: Vec::new(),
            cancelled: Vec::new(),
            forgiven: HashSet::new(),
        };
        trial.damage_roots();
        while let Some(&Reverse((time, _))) = trial.queue.peek()
            && time < world.horizon
        {
            trial.now = time;
            trial.play_instant();
        }
        trial
    }

    /// The cells that fell and how long they were down, up to the horizon.
    pub(super) fn outages(&self) -> Vec<(u32, Millis)> {
        let outage = |&cell: &NodeIndex| {
            let state = &self.states[cell.index()];
            let open = if state.down { self.world.horizon - state.since } else { 0 };
            (index(cell), state.outage + open)
        };
        // A cell that fell and was let go at the same instant was never down.
        self.fallen.iter().map(outage).filter(|&(_, outage)| outage > 0).collect()
    }

    /// The luck it used.
    pub(super) fn draws(&self) -> Draws {
        let settles = |&cell: &NodeIndex| {
            let drawn = (0..self.states[cell.index()].settles).map(|n| self.settle_ms(cell, n));
            (index(cell), drawn.collect())
        };
        Draws {
            takes_ms: (0..self.world.roots.len()).map(|root| self.takes_ms(root)).collect(),
            settles_ms: self.fallen.iter().map(settles).collect(),
        }
    }

    fn takes_ms(&self, root: usize) -> Millis {
        let root = &self.world.roots[root];
        self.luck.duration(&root.takes, root.entity, Purpose::StepTakes, 0)
    }

    fn settle_ms(&self, cell: NodeIndex, n: u32) -> Millis {
        let cell = &self.world.graph[cell];
        self.luck.duration(&cell.settle, cell.entity, Purpose::Settle, n)
    }

    fn damage_roots(&mut self) {
        for root in 0..self.world.roots.len() {
            let cell = self.world.roots[root].cell;
            self.states[cell.index()].damaged = true;
            self.queue.push(Reverse((self.takes_ms(root), Event::Worked(cell))));
            self.add_cause(cell);
        }
        self.touched.clear();
    }

    /// Everything that is due now.
    fn play_instant(&mut self) {
        let mut returning = Vec::new();
        let mut expired = Vec::new();
        while let Some(&Reverse((time, _))) = self.queue.peek()
            && time == self.now
            && let Some(Reverse((_, event))) = self.queue.pop()
        {
            match event {
                Event::Worked(cell) => {
                    self.states[cell.index()].damaged = false;
                    self.remove_cause(cell);
                }
                Event::Settled(cell, n) => {
                    let state = &mut self.states[cell.index()];
                    if state.settling && state.settles == n {
                        state.returning = true;
                        returning.push(cell);
                    }
                }
                Event::Unmasked(edge) => expired.push(edge),
            }
        }
        self.apply_expired(expired);
        for cell in returning {
            if self.states[cell.index()].returning {
                self.rise(cell);
            }
        }
        self.start_settles();
    }

    /// Needs that have now been down for as long as they were masked; not those that return at this very instant.
    fn apply_expired(&mut self, mut expired: Vec<EdgeIndex>) {
        expired.retain(|&edge| {
            let (need, _) = self.ends(edge);
            let need = &self.states[need.index()];
            need.down && need.since + self.world.graph[edge] == self.now
        });
        // A need that was about to return may be stopped by another one that runs out: hence the search for the next that counts.
        let counts = |trial: &Self, edge| !trial.states[trial.ends(edge).0.index()].returning && !trial.forgiven.contains(&edge);
        while let Some(next) = expired.iter().position(|&edge| counts(self, edge)) {
            let edge = expired.swap_remove(next);
            self.add_cause(self.ends(edge).1);
        }
    }

    fn ends(&self, edge: EdgeIndex) -> (NodeIndex, NodeIndex) {
        self.world.graph.edge_endpoints(edge).expect("edges are never removed")
    }

    /// One more reason for a cell to be down; it falls if it was up, and what needs it without a mask falls with it.
    fn add_cause(&mut self, cell: NodeIndex) {
        let mut pending = vec![cell];
        while let Some(cell) = pending.pop() {
            self.touched.push(cell);
            let state = &mut self.states[cell.index()];
            state.causes += 1;
            if state.settling {
                self.cancelled.push((cell, state.returning));
                (state.settling, state.returning) = (false, false);
            }
            if state.down {
                self.withdraw(cell, &mut pending);
                continue;
            }
            state.down = true;
            state.since = self.now;
            if !state.fell {
                state.fell = true;
                self.fallen.push(cell);
            }
            for edge in self.world.graph.edges(cell) {
                if *edge.weight() == 0 {
                    pending.push(edge.target());
                } else {
                    self.queue.push(Reverse((self.now + edge.weight(), Event::Unmasked(edge.id()))));
                }
            }
        }
    }

    /// A cell of a released cycle does not come back as the others trusted it would: it counts against them again.
    fn withdraw(&mut self, cell: NodeIndex, pending: &mut Vec<NodeIndex>) {
        if self.forgiven.is_empty() {
            return;
        }
        for edge in self.world.graph.edges(cell) {
            // A mask that runs out at this very instant is among the expired and counts there.
            if self.forgiven.remove(&edge.id()) && self.states[cell.index()].since + edge.weight() < self.now {
                pending.push(edge.target());
            }
        }
    }

    fn remove_cause(&mut self, cell: NodeIndex) {
        self.states[cell.index()].causes -= 1;
        self.touched.push(cell);
    }

    /// A cell serves again; it no longer counts against those it counted against.
    fn rise(&mut self, cell: NodeIndex) {
        let state = &mut self.states[cell.index()];
        (state.down, state.settling, state.returning) = (false, false, false);
        state.outage += self.now - state.since;
        let since = state.since;
        for edge in self.world.graph.edges(cell) {
            // At equality the mask runs out at the instant of the return, and never counted.
            let forgiven = self.forgiven.remove(&edge.id());
            if !forgiven && since + edge.weight() < self.now {
                self.remove_cause(edge.target());
            }
        }
    }

    /// Cycles that wait only for themselves are let go; cells without a cause begin to settle.
    fn start_settles(&mut self) {
        let mut next = 0;
        while let Some(&cell) = self.touched.get(next) {
            next += 1;
            if self.world.on_cycle[cell.index()] && self.waits(cell) && self.may_be_deadlocked(cell) {
                self.release_cycles(cell);
            }
        }
        let touched = std::mem::take(&mut self.touched);
        for &cell in &touched {
            let state = &self.states[cell.index()];
            if state.down && !state.settling && state.causes == 0 {
                let lasts = self.settle_ms(cell, self.states[cell.index()].settles);
                let state = &mut self.states[cell.index()];
                state.settling = true;
                state.settles += 1;
                self.queue.push(Reverse((self.now + lasts, Event::Settled(cell, state.settles))));
            }
        }
        self.touched = touched;
        self.touched.clear();
        self.cancelled.clear();
    }

    /// What befell these cells at this instant did not last: who fell stands, who had begun to settle goes on.
    fn undo(&mut self, mut pending: Vec<NodeIndex>) {
        while let Some(cell) = pending.pop() {
            let state = &mut self.states[cell.index()];
            if state.causes > 0 || !state.down {
                continue;
            }
            if state.since == self.now {
                state.down = false;
                for edge in self.world.graph.edges(cell) {
                    if !self.forgiven.remove(&edge.id()) && *edge.weight() == 0 {
                        self.remove_cause(edge.target());
                        pending.push(edge.target());
                    }
                }
            } else if !state.settling
                && let Some(&(_, at_its_end)) = self.cancelled.iter().find(|(cancelled, _)| *cancelled == cell)
            {
                state.settling = true;
                if at_its_end {
                    self.rise(cell);
                }
            }
        }
    }

    /// Down, and neither damaged nor on the way back or about to be.
    fn waits(&self, cell: NodeIndex) -> bool {
        let state = &self.states[cell.index()];
        state.down && state.causes > 0 && !state.damaged
    }

    /// The needs that count against a cell now.
    fn waits_for(&self, cell: NodeIndex) -> impl Iterator<Item = NodeIndex> {
        let counts = |need: &State, hold: Millis| need.down && need.since + hold <= self.now;
        let edges = self.world.graph.edges_directed(cell, Incoming);
        edges
            .filter(move |edge| {
                counts(&self.states[edge.source().index()], *edge.weight()) && !self.forgiven.contains(&edge.id())
            })
            .map(|edge| edge.source())
    }

    /// Follows one chain of waits: if it ends at a cell that will come back by itself, there is no deadlock.
    fn may_be_deadlocked(&self, cell: NodeIndex) -> bool {
        let mut chain = vec![cell];
        let mut last = cell;
        while let Some(next) = self.waits_for(last).next() {
            if !self.waits(next) {
                return false;
            }
            if chain.contains(&next) {
                return true;
            }
            chain.push(next);
            last = next;
        }
        false
    }

    /// Lets go every set of cells, among those that this one waits for, that wait only for each other.
    fn release_cycles(&mut self, cell: NodeIndex) {
        let mut waits = DiGraph::<NodeIndex, ()>::new();
        let mut known = HashMap::from([(cell, waits.add_node(cell))]);
        let mut pending = vec![cell];
        while let Some(cell) = pending.pop() {
            if !self.waits(cell) {
                continue;
            }
            for need in self.waits_for(cell) {
                let target = *known.entry(need).or_insert_with(|| {
                    pending.push(need);
                    waits.add_node(need)
                });
                waits.add_edge(known[&cell], target, ());
            }
        }
        for set in tarjan_scc(&waits) {
            let closed = set.iter().all(|&member| waits.neighbors(member).all(|need| set.contains(&need)));
            if closed && set.iter().all(|&member| self.waits(waits[member])) {
                let cells: HashSet<NodeIndex> = set.iter().map(|&member| waits[member]).collect();
                for &member in &set {
                    let needs = self.world.graph.edges_directed(waits[member], Incoming);
                    self.forgiven.extend(needs.filter(|edge| cells.contains(&edge.source())).map(|edge| edge.id()));
                    self.states[waits[member].index()].causes = 0;
                }
                self.touched.extend(&cells);
                self.undo(cells.into_iter().collect());
            }
        }
    }
}

fn index(cell: NodeIndex) -> u32 {
    u32::try_from(cell.index()).unwrap_or(u32::MAX)
}

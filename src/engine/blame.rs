//! Blame: to which damage, which stage and which needs each minute below objective belongs.
//!
//! A cell below normal points to the need that holds it back most and so to a damaged cell, its root.
//! Minutes by step and stage are sums over roots of (cells hanging on it x time), so that a change of
//! stage costs nothing per cell; minutes by need are booked along the path when it changes or ends.

use super::state::{Root, Stage};
use super::trial::Engine;
use super::watch::Watch;
use crate::model::NONE;
use crate::units::Level;

/// What a cell points to: its need, the member behind it, the root at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Pointer {
    need: u32,
    via: u32,
    root: u32,
}

impl<W: Watch> Engine<'_, W> {
    /// Points a cell to what holds it back now.
    pub(super) fn commit_blame(&mut self, cell: u32) {
        let state = &self.cells[cell as usize];
        if state.level == Level::ONE && !state.damaged {
            // Its pointer stays: tails of its callers still lead through it.
            self.detach(cell);
            return;
        }
        let pointer = self.pointer(cell);
        self.point(cell, pointer);
        let impaired = !self.is_up(cell);
        if impaired && !self.cells[cell as usize].attached {
            self.attach(cell);
        } else if !impaired {
            self.detach(cell);
        }
    }

    /// With rings a member may stand after its caller: what found no root is looked at again once others have one. What
    /// finds none even so (every chain leads back to itself) belongs to the latest damage, so that no minute is lost.
    pub(super) fn find_roots(&mut self, cells: &[u32]) {
        let mut found = true;
        while found {
            found = false;
            for &cell in cells {
                if self.is_rootless(cell) {
                    self.commit_blame(cell);
                    found |= self.cells[cell as usize].root != NONE;
                }
            }
        }
        let Some(latest) = self.damages.last().map(|d| d.cell) else { return };
        for &cell in cells {
            if self.is_rootless(cell) {
                self.point(cell, Pointer { need: NONE, via: NONE, root: latest });
            }
        }
    }

    fn is_rootless(&self, cell: u32) -> bool {
        let state = &self.cells[cell as usize];
        state.root == NONE && state.level < Level::ONE
    }

    fn pointer(&self, cell: u32) -> Pointer {
        let state = &self.cells[cell as usize];
        let as_before = Pointer { need: state.blame, via: state.via, root: state.root };
        if state.damaged || state.latched || state.own < Level::ONE {
            return Pointer { need: NONE, via: NONE, root: cell };
        }
        let mut lowest: Option<(Level, Pointer)> = None;
        for need in self.model.needs_of(cell) {
            let seen = self.needs[need].seen;
            if self.model.needs[need].queue != NONE || seen == Level::ONE || lowest.is_some_and(|(l, _)| l <= seen) {
                continue;
            }
            if let Some(pointer) = self.through(cell, need) {
                lowest = Some((seen, pointer));
            }
        }
        if let Some((_, pointer)) = lowest {
            return pointer;
        }
        if state.factor < Level::ONE {
            let peer = self.moved_peer(cell).filter(|&p| self.cells[p as usize].root != NONE);
            return peer.map_or(as_before, |p| Pointer { need: NONE, via: p, root: self.cells[p as usize].root });
        }
        as_before
    }

    /// Through a need to the member that decides it; none if its chain leads back, or nowhere.
    fn through(&self, cell: u32, need: usize) -> Option<Pointer> {
        let x = self.needs[need].x;
        let members = self.model.members_of(&self.model.needs[need]);
        let offer = |m: u32| self.offer(m, &|state, _| state.level);
        let decides = |m: &&u32| offer(**m) == x && self.cells[**m as usize].root != NONE;
        let &member = members.iter().find(decides).or_else(|| members.iter().find(|m| self.cells[**m as usize].root != NONE))?;
        if self.model.cells[cell as usize].ring && self.leads_to(member, cell) {
            return None;
        }
        let need = u32::try_from(need).unwrap_or(NONE);
        Some(Pointer { need, via: member, root: self.cells[member as usize].root })
    }

    fn leads_to(&self, mut from: u32, to: u32) -> bool {
        for _ in 0..=self.touched.len() {
            if from == to {
                return true;
            }
            from = self.cells[from as usize].via;
            if from == NONE {
                return false;
            }
        }
        true
    }

    fn point(&mut self, cell: u32, pointer: Pointer) {
        let state = &self.cells[cell as usize];
        if (Pointer { need: state.blame, via: state.via, root: state.root }) == pointer {
            return;
        }
        let root_changes = state.root != pointer.root;
        // Nobody can point through a cell that never pointed anywhere.
        let first = state.root == NONE;
        if !first {
            self.rebook(cell);
        }
        let attached = self.cells[cell as usize].attached;
        if attached && root_changes {
            self.hang(cell, false);
        }
        let state = &mut self.cells[cell as usize];
        (state.blame, state.via, state.root) = (pointer.need, pointer.via, pointer.root);
        if attached && root_changes {
            self.hang(cell, true);
        }
        if root_changes && !first {
            self.follow(cell, pointer.root);
        }
    }

    /// Those who point here follow to the new root.
    fn follow(&mut self, cell: u32, root: u32) {
        let mut walk = std::mem::take(&mut self.walk);
        walk.push(cell);
        while let Some(cell) = walk.pop() {
            for i in 0..self.model.edges_of(cell).len() {
                let edge = self.model.edges_of(cell)[i];
                let caller = &self.cells[edge.caller as usize];
                if caller.blame != edge.need || caller.via != cell || caller.root == root {
                    continue;
                }
                let attached = caller.attached;
                if attached {
                    self.hang(edge.caller, false);
                }
                self.cells[edge.caller as usize].root = root;
                if attached {
                    self.hang(edge.caller, true);
                }
                walk.push(edge.caller);
            }
        }
        self.walk = walk;
    }

    /// Books the path of a cell and of all that point through it, before it changes.
    fn rebook(&mut self, cell: u32) {
        let mut walk = std::mem::take(&mut self.walk);
        walk.push(cell);
        while let Some(cell) = walk.pop() {
            self.book_path(cell);
            for i in 0..self.model.edges_of(cell).len() {
                let edge = self.model.edges_of(cell)[i];
                let caller = &self.cells[edge.caller as usize];
                if caller.blame == edge.need && caller.via == cell && caller.blamed_since < self.now {
                    walk.push(edge.caller);
                }
            }
        }
        self.walk = walk;
    }

    /// Adds the time since the last booking to every need on the cell's path.
    fn book_path(&mut self, cell: u32) {
        let state = &mut self.cells[cell as usize];
        let spell = self.now - state.blamed_since;
        state.blamed_since = self.now;
        if !state.attached || spell == 0 {
            return;
        }
        if state.blame != NONE {
            self.minutes.own_needs[state.blame as usize] += spell;
        }
        let mut at = cell;
        for _ in 0..=self.touched.len() {
            let Some(state) = self.cells.get(at as usize) else { return };
            if state.blame != NONE {
                self.minutes.needs[state.blame as usize] += spell;
            }
            at = state.via;
        }
    }

    fn attach(&mut self, cell: u32) {
        let state = &mut self.cells[cell as usize];
        state.attached = true;
        state.blamed_since = self.now;
        self.hang(cell, true);
    }

    fn detach(&mut self, cell: u32) {
        if self.cells[cell as usize].attached {
            self.book_path(cell);
            self.hang(cell, false);
            self.cells[cell as usize].attached = false;
        }
    }

    /// Hangs a cell on its root, or takes it off.
    fn hang(&mut self, cell: u32, on: bool) {
        let root = self.cells[cell as usize].root;
        if root == NONE {
            return;
        }
        self.book_root(root);
        let root = &mut self.roots[root as usize];
        if on {
            root.count += 1;
        } else {
            root.count -= 1;
        }
    }

    /// Adds the time since the last booking, for all cells on a root, to its step and stage.
    fn book_root(&mut self, root: u32) {
        let Root { source, stage, count, since } = self.roots[root as usize];
        self.roots[root as usize].since = self.now;
        let time = count * (self.now - since);
        if time > 0 && source != NONE {
            self.minutes.sources[source as usize] += time;
            self.minutes.stages[stage as usize] += time;
        }
    }

    /// What goes on at a root changes.
    pub(super) fn set_stage(&mut self, cell: u32, stage: Stage) {
        self.touch(cell);
        self.book_root(cell);
        self.roots[cell as usize].stage = stage;
    }

    /// A root's damage is now the doing of this step or fault.
    pub(super) fn set_source(&mut self, cell: u32, source: u32) {
        self.touch(cell);
        self.book_root(cell);
        self.roots[cell as usize].source = source;
    }

    /// Books what is open at the end of the trial.
    pub(super) fn close_blame(&mut self) {
        for i in 0..self.touched.len() {
            let cell = self.touched[i];
            self.book_path(cell);
            self.book_root(cell);
        }
    }
}

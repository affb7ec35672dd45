//! Blame: to which damage, which stage and which needs each minute below objective belongs.
//!
//! A cell below normal points to the need that holds it back most and so to a damaged cell, its root.
//! Minutes by step and stage are sums over roots of (cells hanging on it x time), so that a change of
//! stage costs nothing per cell; minutes by need are booked along the path when it changes or ends.

use super::remedy::Stage;
use super::state::{Cell, Root};
use super::trial::Engine;
use super::watch::{Fact, Watch};
use crate::model::NONE;
use crate::units::Level;

/// What a cell points to: its need, the member behind it, the root at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pointer {
    pub(super) need: u32,
    pub(super) via: u32,
    pub(super) root: u32,
}

impl Cell {
    /// What it points to.
    pub(super) const fn way(&self) -> Pointer {
        Pointer { need: self.blame, via: self.via, root: self.root }
    }
}

impl<W: Watch> Engine<'_, W> {
    /// Points a cell to what holds it back now.
    pub(super) fn commit_blame(&mut self, cell: u32) {
        if self.is_whole(cell) {
            // Its pointer stays: tails of its callers still lead through it.
            self.detach(cell);
            return;
        }
        let pointer = self.pointer(cell);
        self.point(cell, pointer);
        self.hold_to_account(cell);
    }

    /// A cell that is below normal hangs on its root while it is below its objective.
    pub(super) fn hold_to_account(&mut self, cell: u32) {
        match (self.is_up(cell), self.cells[cell as usize].attached) {
            (false, false) => self.attach(cell),
            (true, true) => self.detach(cell),
            (false, true) | (true, false) => {}
        }
    }

    fn is_whole(&self, cell: u32) -> bool {
        let state = &self.cells[cell as usize];
        state.level == Level::ONE && !state.damaged && !state.drained
    }

    /// With rings a member may stand after its caller: what found no root is looked at again once others have one. What
    /// finds none even so (every chain leads back to itself) belongs to the latest damage, so that no minute is lost; who
    /// needs it points to it as to any other.
    pub(super) fn find_roots(&mut self, cells: &[u32]) {
        let (mut found, mut late) = (true, false);
        while found {
            found = false;
            for &cell in cells {
                found |= self.cells[cell as usize].is_rootless() && self.finds_root(cell);
            }
            late |= found;
        }
        if let Some(latest) = self.damages.last().map(|d| d.cell) {
            for &cell in cells {
                if self.cells[cell as usize].is_rootless() && !self.finds_root(cell) {
                    self.point(cell, Pointer { need: NONE, via: NONE, root: latest });
                    late = true;
                }
            }
        }
        if late {
            // Whoever passed one of them by, because it had no root yet, looks again.
            for &cell in cells {
                if self.cells[cell as usize].turns {
                    self.commit_blame(cell);
                }
            }
        }
    }

    fn finds_root(&mut self, cell: u32) -> bool {
        self.commit_blame(cell);
        self.cells[cell as usize].root != NONE
    }

    fn pointer(&self, cell: u32) -> Pointer {
        let state = &self.cells[cell as usize];
        if self.suffers_itself(cell) {
            return Pointer { need: NONE, via: NONE, root: cell };
        }
        if let Some(pointer) = self.lowest(cell) {
            return pointer;
        }
        let moved = if state.factor < Level::ONE { self.moved_peer(cell) } else { None };
        let rooted = |peer: u32| self.cells[peer as usize].root != NONE && !self.leads_to((NONE, peer), cell);
        if let Some(via) = moved.filter(|&peer| rooted(peer)) {
            return Pointer { need: NONE, via, root: self.cells[via as usize].root };
        }
        let is_drained = state.drained && (state.level == Level::ONE || state.root == NONE);
        if is_drained { self.drained_pointer(cell) } else { state.way() }
    }

    /// Through the need that shows least, the first declared of several.
    fn lowest(&self, cell: u32) -> Option<Pointer> {
        let (mut lowest, mut found) = (Level::ONE, None);
        let range = self.model.needs_of(cell);
        for (need, state) in range.clone().zip(&self.needs[range]) {
            if state.seen >= lowest || self.model.needs[need].queue != NONE {
                continue;
            }
            if let Some(pointer) = self.through(cell, need) {
                (lowest, found) = (state.seen, Some(pointer));
                if lowest == Level::ZERO {
                    break;
                }
            }
        }
        found
    }

    pub(super) fn suffers_itself(&self, cell: u32) -> bool {
        let state = &self.cells[cell as usize];
        state.damaged || state.latched || state.own < Level::ONE
    }

    /// Nothing is wrong with a cell that was drained, but its callers are served elsewhere: by the lowest peer that suffers
    /// itself, if there is one; else the step that drained it is to blame, there.
    fn drained_pointer(&self, cell: u32) -> Pointer {
        let service = &self.model.services[self.model.cells[cell as usize].service as usize];
        let low = |&peer: &u32| peer != cell && self.suffers_itself(peer) && self.cells[peer as usize].level < Level::ONE;
        let peer = service.cells.iter().copied().filter(low).min_by_key(|&peer| self.cells[peer as usize].level);
        peer.map_or(Pointer { need: NONE, via: NONE, root: cell }, |peer| Pointer { need: NONE, via: peer, root: peer })
    }

    /// Through a need to the member that decides it; none if its chain leads back, or nowhere.
    fn through(&self, cell: u32, need: usize) -> Option<Pointer> {
        let rooted = |m: &&u32| self.cells[**m as usize].root != NONE;
        let &member = match self.model.members_of(&self.model.needs[need]) {
            [only] => Some(only).filter(rooted)?,
            members => {
                let x = self.needs[need].x;
                let decides = |m: &&u32| rooted(m) && self.offer(**m, &|state, _| state.level) == x;
                members.iter().find(decides).or_else(|| members.iter().find(rooted))?
            }
        };
        let need = u32::try_from(need).unwrap_or(NONE);
        if (self.model.cells[cell as usize].ring || self.movable) && self.leads_to((need, member), cell) {
            return None;
        }
        Some(Pointer { need, via: member, root: self.cells[member as usize].root })
    }

    /// Whether the way from a cell, taken through a need, would come back to it.
    fn leads_to(&self, (need, via): (u32, u32), cell: u32) -> bool {
        let state = &self.cells[cell as usize];
        // Nobody points through a cell that never pointed anywhere, and the way that it points already is none back.
        if state.root == NONE || (need, via) == (state.blame, state.via) {
            return via == cell;
        }
        let mut at = via;
        while at != cell && at != NONE {
            // A way ends where a cell suffers itself, whatever it pointed to before.
            at = if self.suffers_itself(at) { NONE } else { self.cells[at as usize].via };
        }
        at == cell
    }

    pub(super) fn point(&mut self, cell: u32, pointer: Pointer) {
        let state = &self.cells[cell as usize];
        if state.way() == pointer {
            return;
        }
        let root_changes = state.root != pointer.root;
        // Nobody can point through a cell that never pointed anywhere.
        let (first, attached) = (state.root == NONE, state.attached);
        if !first {
            self.rebook(cell);
        } else if attached {
            self.book_path(cell);
        }
        if attached && root_changes {
            self.hang(cell, false);
        }
        let state = &mut self.cells[cell as usize];
        (state.blame, state.via, state.root) = (pointer.need, pointer.via, pointer.root);
        self.tell_pointer(cell);
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
        self.push_pointing_at(cell, &mut walk);
        while let Some(cell) = walk.pop() {
            if self.cells[cell as usize].root == root {
                continue;
            }
            let attached = self.cells[cell as usize].attached;
            if attached {
                self.hang(cell, false);
            }
            self.cells[cell as usize].root = root;
            self.tell_pointer(cell);
            if attached {
                self.hang(cell, true);
            }
            self.push_pointing_at(cell, &mut walk);
        }
        self.walk = walk;
    }

    /// Books the path of a cell and of all that point through it, before it changes.
    fn rebook(&mut self, cell: u32) {
        if W::TAKES_FACTS {
            return;
        }
        let mut walk = std::mem::take(&mut self.walk);
        walk.push(cell);
        while let Some(cell) = walk.pop() {
            // Whoever comes later in the instant has been booked by itself.
            if std::mem::replace(&mut self.cells[cell as usize].rebooked, self.now) != self.now {
                self.book_path(cell);
                self.push_pointing_at(cell, &mut walk);
            }
        }
        self.walk = walk;
        self.pay();
    }

    /// The callers, and the peers that bear its traffic, that point to a cell.
    fn push_pointing_at(&self, cell: u32, walk: &mut Vec<u32>) {
        let points = |to: u32, need: u32| {
            let state = &self.cells[to as usize];
            state.via == cell && state.blame == need
        };
        walk.extend(self.model.edges_of(cell).iter().filter(|e| points(e.caller, e.need)).map(|e| e.caller));
        if !self.movable {
            return;
        }
        let service = &self.model.services[self.model.cells[cell as usize].service as usize];
        if service.failover != NONE {
            walk.extend(service.cells.iter().filter(|&&peer| points(peer, NONE)));
        }
    }

    /// Adds the time since the last booking to the need of the cell, and owes it to every need on its path.
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
        self.owe(cell, spell);
    }

    fn tell_pointer(&mut self, cell: u32) {
        let Cell { blame: need, via, root, .. } = self.cells[cell as usize];
        self.watch.fact(self.now, Fact::Points { cell, need, via, root });
    }

    pub(super) fn attach(&mut self, cell: u32) {
        if W::TAKES_FACTS {
            return;
        }
        let state = &mut self.cells[cell as usize];
        state.attached = true;
        state.blamed_since = self.now;
        self.hang(cell, true);
    }

    pub(super) fn detach(&mut self, cell: u32) {
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
        let root = &mut self.roots[root as usize];
        if on { root.hang(self.now) } else { root.take_off(self.now) }
    }

    /// Adds the time since the last booking, of all cells on a root, to its step and stage.
    fn book_root(&mut self, root: u32) {
        let root = &mut self.roots[root as usize];
        let (time, Root { source, stage, .. }) = (root.take_time(self.now), *root);
        if time > 0 && source != NONE {
            self.minutes.sources[source as usize] += time;
            self.minutes.stages[stage as usize] += time;
        }
    }

    /// This is what goes on at a root now.
    pub(super) fn set_stage(&mut self, cell: u32, stage: Stage) {
        self.set_work(cell, self.roots[cell as usize].source, stage);
    }

    /// A root's damage is now the doing of this step or fault.
    pub(super) fn set_source(&mut self, cell: u32, source: u32) {
        self.set_work(cell, source, self.roots[cell as usize].stage);
    }

    fn set_work(&mut self, cell: u32, source: u32, stage: Stage) {
        let root = &self.roots[cell as usize];
        if (root.source, root.stage) == (source, stage) {
            return;
        }
        self.touch(cell);
        if !W::TAKES_FACTS {
            self.book_root(cell);
        }
        let root = &mut self.roots[cell as usize];
        (root.source, root.stage) = (source, stage);
        if W::TAKES_FACTS && !std::mem::replace(&mut root.untold, true) {
            self.untold.push(cell);
        }
    }

    /// Tells what goes on at roots by the end of the instant.
    pub(super) fn tell_roots(&mut self) {
        while let Some(cell) = self.untold.pop() {
            let root = &mut self.roots[cell as usize];
            root.untold = false;
            let (source, stage) = (root.source, root.stage);
            self.watch.fact(self.now, Fact::Root { cell, source, stage });
        }
    }

    /// Books what is open at the end of the trial.
    pub(super) fn close_blame(&mut self) {
        for i in 0..self.touched.len() {
            let cell = self.touched[i];
            if self.cells[cell as usize].attached {
                self.book_path(cell);
            }
            // Nobody is the root of anything who cannot be damaged.
            if !self.calm[cell as usize] {
                self.book_root(cell);
            }
        }
        self.pay();
    }
}

//! Calm instants: nothing happens but that settles, holds and releases of plain cells end.
//!
//! In: an instant. Out: whether it was calm, and if so its record, the same as of any other. A plain cell is what is left of it by itself
//! and by its needs, each of which shows one cell; it is calm if all who need it are calm. So what follows from a calm cell can never
//! reach a ring, a gate, a cell that collapses or traffic that moves, and one walk over the cells in order is all that such an instant
//! takes: each is worked out once, after all that it needs, and recorded at its turn, but for its state, which hangs on who has work
//! then. Most instants are calm. Not here: all others.

use super::blame::Pointer;
use super::queue::{Event, What};
use super::state::NEVER;
use super::trial::Engine;
use super::watch::Watch;
use crate::model::{Model, NONE};
use crate::units::{FOREVER, Level};
use std::cmp::Reverse;

/// By cell: whether it is calm. None is where traffic can move, cells collapse, work waits in queues or copies are kept somewhere.
pub(super) fn calm(model: &Model) -> Vec<bool> {
    let mut calm = vec![false; model.len()];
    let moves = model.services.iter().any(|s| s.failover != NONE) || model.cells.iter().any(|c| c.collapses);
    if moves || !model.queues.is_empty() || !model.kept.is_empty() || model.feed_order.has_rings() {
        return calm;
    }
    for cell in (0..u32::try_from(model.len()).unwrap_or(0)).rev() {
        // Callers stand after their members, but for those on rings.
        calm[cell as usize] = is_plain(model, cell) && model.edges_of(cell).iter().all(|edge| calm[edge.caller as usize]);
    }
    calm
}

fn is_plain(model: &Model, cell: u32) -> bool {
    let compiled = &model.cells[cell as usize];
    let needs = &model.needs[model.needs_of(cell)];
    let single = needs.iter().all(|need| need.count == 1 && need.at_least == 1 && !need.redundant);
    single && !compiled.ring && !compiled.watches && model.gate_edges_of(cell).is_empty()
}

impl<W: Watch> Engine<'_, W> {
    /// Works out an instant that is calm; false if it is not.
    pub(super) fn pass_calmly(&mut self) -> bool {
        debug_assert!(self.awake.is_empty() && self.stirred.is_empty());
        while let Some(event) = self.queue.next_at(self.now) {
            if !self.is_calm(event) {
                self.wake_otherwise();
                return false;
            }
            self.queue.drop_first();
            self.events += 1;
            self.begin_calmly(event);
        }
        let rootless = self.walk_awake();
        self.record_calmly(rootless);
        self.truncated = self.is_endless();
        true
    }

    fn is_calm(&self, Event { what, subject, .. }: Event) -> bool {
        let cell = match what {
            What::Settled => subject,
            What::Window => self.model.needs[subject as usize].caller,
            _ => return false,
        };
        self.calm[cell as usize]
    }

    /// Each is for the cell that it befalls. What a need shows is asked when it is that cell's turn: its member may have changed by then.
    fn begin_calmly(&mut self, Event { what, subject, .. }: Event) {
        if what == What::Window {
            let state = &mut self.needs[subject as usize];
            if state.timer == self.now {
                state.timer = NEVER;
                self.due_needs.push(subject);
                self.awake.push(Reverse(self.model.needs[subject as usize].caller));
            }
        } else if self.cells[subject as usize].due == self.now {
            self.cells[subject as usize].ripe = true;
            self.wake(subject);
        }
    }

    /// A cell is to be worked out at its turn.
    #[inline]
    fn wake(&mut self, cell: u32) {
        if !std::mem::replace(&mut self.cells[cell as usize].stirred, true) {
            self.awake.push(Reverse(cell));
        }
    }

    /// The instant is not calm: what has befallen cells so far is worked out with the rest.
    fn wake_otherwise(&mut self) {
        while let Some(Reverse(cell)) = self.awake.pop() {
            if std::mem::replace(&mut self.cells[cell as usize].stirred, false) {
                self.disturb(cell);
            }
        }
        while let Some(need) = self.due_needs.pop() {
            self.refresh(need, self.model.needs[need as usize].caller);
        }
    }

    /// Works out all who are awake, in order, and those whom they wake: whoever has his turn is not befallen by anything more. Whether
    /// one of them finds nobody to blame.
    fn walk_awake(&mut self) -> bool {
        let (mut rootless, mut shown) = (false, 0);
        while let Some(Reverse(cell)) = self.awake.pop() {
            // Needs stand in the order of those who have them.
            while let Some(&need) = self.due_needs.get(shown)
                && self.model.needs[need as usize].caller == cell
            {
                self.show_due_need(need, cell);
                shown += 1;
            }
            if std::mem::replace(&mut self.cells[cell as usize].stirred, false) {
                self.work_out(cell);
                let state = &mut self.cells[cell as usize];
                state.turns = false;
                rootless |= state.is_rootless();
            }
        }
        debug_assert_eq!(shown, self.due_needs.len());
        self.due_needs.clear();
        rootless
    }

    /// A hold or release ends: the cell is worked out if it sees something else now.
    fn show_due_need(&mut self, need: u32, cell: u32) {
        let x = self.needs[need as usize].x;
        if self.shows_anew(need, x) {
            let state = &mut self.cells[cell as usize];
            (state.stirred, state.turns) = (true, true);
        }
    }

    /// Level and settle of a cell as the instant leaves them, and what it points to.
    fn work_out(&mut self, cell: u32) {
        self.events += 1;
        self.wave.push(cell);
        let model = self.model;
        let compiled = &model.cells[cell as usize];
        let (given, lowest) = if self.is_back(cell) { (Level::ONE, None) } else { self.weigh(cell) };
        let settles = compiled.settle != NONE;
        let state = &mut self.cells[cell as usize];
        if !std::mem::replace(&mut state.touched, true) {
            self.touched.push(cell);
        }
        state.raw = state.by_itself().times(given);
        state.level = state.level_at(state.raw, settles);
        if settles && !state.goes_on_settling() {
            self.begin_settle_calmly(cell);
        }
        let state = &mut self.cells[cell as usize];
        let (before, level) = (std::mem::replace(&mut state.was, state.level), state.level);
        if level != before {
            state.look_at_itself();
            self.changed.push(cell);
            if settles && level < before {
                self.fallen.push(cell);
            }
            for edge in model.edges_of(cell) {
                if self.shows_anew(edge.need, level) {
                    self.wake(edge.caller);
                    self.cells[edge.caller as usize].turns = true;
                }
            }
            self.account(cell, compiled);
        } else if !state.drained && lowest.is_none_or(|way| way == state.way()) {
            // Nothing else is seen than before, or what it is does not count: it points to what it did.
            return;
        }
        self.blame_through(cell, lowest);
    }

    /// Whether nothing befell a cell but that its settle is over, since it began with all that the cell needs.
    fn is_back(&self, cell: u32) -> bool {
        let state = &self.cells[cell as usize];
        state.ripe && !state.turns && !state.drained && state.raw == Level::ONE && state.cap == Level::ONE
    }

    /// A settle begins; one of no time is over at once.
    fn begin_settle_calmly(&mut self, cell: u32) {
        let lasts = self.next_settle(cell);
        let state = &mut self.cells[cell as usize];
        if lasts == 0 {
            (state.free, state.level) = (true, state.raw);
        }
        if state.commit_settle() {
            self.settle_for(cell, lasts);
        }
    }

    /// What its needs leave of a cell, and the way through the one that shows least, the first declared of several.
    fn weigh(&self, cell: u32) -> (Level, Option<Pointer>) {
        let (mut product, mut least, mut way) = (Level::ONE, Level::ONE, None);
        let range = self.model.needs_of(cell);
        for (need, (compiled, state)) in range.clone().zip(self.model.needs[range.clone()].iter().zip(&self.needs[range])) {
            if state.seen == Level::ONE {
                continue;
            }
            product = product.times(compiled.share.times(state.seen.complement()).complement());
            if state.seen < least {
                let via = self.model.members[compiled.members as usize];
                let root = self.cells[via as usize].root;
                if root != NONE {
                    least = state.seen;
                    way = Some(Pointer { need: u32::try_from(need).unwrap_or(NONE), via, root });
                }
            }
            if product == Level::ZERO && least == Level::ZERO {
                break;
            }
        }
        (product, way)
    }

    /// The only member of a need has this level from now on; whether its caller sees something else.
    fn shows_anew(&mut self, need: u32, x: Level) -> bool {
        self.touch_need(need);
        let state = &mut self.needs[need as usize];
        state.x = x;
        let mut seen = x;
        if state.window != NONE {
            let window = &mut self.windows[state.window as usize];
            seen = window.show(self.now, x);
            if let Some(next) = window.next().filter(|&next| next != state.timer && next < FOREVER) {
                state.timer = next;
                self.at(next, What::Window, need, 0);
            }
        }
        std::mem::replace(&mut self.needs[need as usize].seen, seen) != seen
    }

    /// Records what follows once all levels are known: who has work, the states of all who are not as they were, services.
    fn record_calmly(&mut self, mut rootless: bool) {
        let mut cells = std::mem::take(&mut self.changed);
        let changed = cells.len();
        self.count_feeders(&mut cells);
        for &cell in &cells {
            self.commit_state(cell, &self.model.cells[cell as usize]);
            rootless |= self.cells[cell as usize].is_rootless();
        }
        if !self.unjudged.is_empty() {
            self.judge();
        }
        if rootless {
            self.find_roots_calmly(&cells[changed..]);
        }
        self.set_end();
        cells.clear();
        self.changed = cells;
        self.wave.clear();
    }

    /// Some cell finds nobody to blame: that hangs on more than itself.
    fn find_roots_calmly(&mut self, turned: &[u32]) {
        let mut cells = std::mem::take(&mut self.wave);
        turned.iter().for_each(|&cell| self.cells[cell as usize].turns = false);
        cells.iter().for_each(|&cell| self.cells[cell as usize].turns = true);
        cells.extend(turned);
        cells.sort_unstable();
        cells.dedup();
        self.find_roots(&cells);
        self.wave = cells;
    }
}

//! Calm cells: those of which nothing can follow but levels.
//!
//! In: settles and holds that end, and levels of all other cells at the end of an instant. Out: levels and record of the calm ones. A
//! calm cell is what its needs leave of it, each of which shows one cell; nothing can damage it, and all who need it are calm. So what
//! follows from a calm cell can never reach a ring, a gate, a cell that collapses or traffic that moves, and one walk over the cells in
//! order, once all others are worked out, is all that an instant takes: each is worked out once, after all that it needs, and recorded
//! when all levels are known. At most instants nothing befalls any others. Not here: who hears of a cell, and when (`hearers`).

use super::befallen::State;
use super::blame::Pointer;
use super::hearers::LAST;
use super::queue::{Event, What};
use super::state::Cell;
use super::trial::Engine;
use super::watch::Watch;
use crate::model::{Model, NONE};
use crate::units::Level;

/// By cell: whether it is calm. None is where traffic can move, cells collapse, work waits in queues or copies are kept somewhere.
pub(super) fn calm(model: &Model) -> Vec<bool> {
    let mut calm = vec![false; model.len()];
    let moves = model.services.iter().any(|s| s.failover != NONE) || model.cells.iter().any(|c| c.collapses);
    if moves || !model.queues.is_empty() || !model.kept.is_empty() || model.feed_order.has_rings() {
        return calm;
    }
    let mut fails = vec![false; model.len()];
    model.faults.iter().flat_map(|fault| &fault.targets).for_each(|&cell| fails[cell as usize] = true);
    for cell in (0..u32::try_from(model.len()).unwrap_or(0)).rev() {
        // Callers stand after their members, but for those on rings.
        let callers_are_calm = model.edges_of(cell).iter().all(|edge| calm[edge.caller as usize]);
        calm[cell as usize] = is_plain(model, cell) && !fails[cell as usize] && callers_are_calm;
    }
    calm
}

fn is_plain(model: &Model, cell: u32) -> bool {
    let compiled = &model.cells[cell as usize];
    let needs = &model.needs[model.needs_of(cell)];
    let single = needs.iter().all(|need| need.count == 1 && need.at_least == 1 && !need.redundant);
    single && compiled.care == NONE && !compiled.ring && !compiled.watches && model.gate_edges_of(cell).is_empty()
}

impl<W: Watch> Engine<'_, W> {
    /// Works out an instant at which nothing befalls any but calm cells; false if there is more to it.
    pub(super) fn pass_calmly(&mut self) -> bool {
        while let Some(event) = self.queue.next_at(self.now) {
            if !self.begin_calmly(event) {
                return false;
            }
            self.queue.drop_first();
            self.events += 1;
        }
        self.walk_awake();
        if !self.crossed.is_empty() {
            self.follow_feeders();
        }
        let rootless = !self.stirred.is_empty() && self.commit_stirred();
        self.finish_instant(rootless);
        self.truncated = self.is_endless();
        true
    }

    /// What an event means for calm cells, and those of whom they hear; false if it is not for them.
    pub(super) fn begin_calmly(&mut self, Event { what, subject, .. }: Event) -> bool {
        match what {
            What::Settled if self.calm[subject as usize] => {
                let state = &mut self.cells[subject as usize];
                if state.due == self.now {
                    state.ripe = true;
                    self.wake_to_work(subject);
                }
            }
            What::Hold => {
                if self.is_due_to_tell(subject) {
                    self.wake_to_tell(subject);
                }
            }
            What::Window if self.calm[self.model.needs[subject as usize].caller as usize] => self.window_ends_calmly(subject),
            _ => return false,
        }
        true
    }

    /// A cell is to be worked out at its turn.
    #[inline]
    pub(super) fn wake_to_work(&mut self, cell: u32) {
        self.cells[cell as usize].works = true;
        self.awake.put(cell);
    }

    /// Those who hear of a cell are to be told at its turn.
    pub(super) fn wake_to_tell(&mut self, cell: u32) {
        self.cells[cell as usize].tells = true;
        self.awake.put(cell);
    }

    /// Works out all who are awake, in order, and those whom they wake: whoever has his turn is not befallen by anything more.
    pub(super) fn walk_awake(&mut self) {
        let mut shown = 0;
        while let Some(cell) = self.awake.take() {
            // Needs stand in the order of those who have them.
            while let Some(&need) = self.due_needs.get(shown)
                && self.model.needs[need as usize].caller == cell
            {
                self.show_due_need(need, cell);
                shown += 1;
            }
            let state = &mut self.cells[cell as usize];
            let tells = std::mem::replace(&mut state.tells, false);
            let changes = std::mem::replace(&mut state.works, false) && self.work_out(cell);
            if tells || changes {
                self.tell(cell);
            }
        }
        debug_assert_eq!(shown, self.due_needs.len());
        self.due_needs.clear();
    }

    /// Level and settle of a cell as the instant leaves them; whether it is at another level than before.
    fn work_out(&mut self, cell: u32) -> bool {
        self.events += 1;
        self.worked.push(cell);
        let settles = self.model.cells[cell as usize].settle != NONE;
        let Cell { low, gone, .. } = self.cells[cell as usize];
        let given = match (low, gone) {
            (0, _) => Level::ONE,
            (_, 0) => self.given_by_low(cell),
            _ => Level::ZERO,
        };
        let state = &mut self.cells[cell as usize];
        if !std::mem::replace(&mut state.touched, true) {
            self.touched.push(cell);
        }
        state.raw = given;
        state.level = state.level_at(given, settles);
        if settles && !state.goes_on_settling() {
            self.begin_settle_calmly(cell);
        }
        let state = &mut self.cells[cell as usize];
        let level = state.level;
        let before = std::mem::replace(&mut state.was, level);
        if level == before {
            return false;
        }
        self.turned.push(cell);
        if settles && level < before {
            self.fallen.push(cell);
        }
        self.look_at_feeding(cell);
        true
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

    /// The needs of a calm cell that may show less than all, in declared order.
    fn low_needs(&self, cell: u32) -> impl Iterator<Item = usize> + use<W> {
        let needs = self.model.needs_of(cell);
        let mut low = self.cells[cell as usize].low;
        let beyond = if low >> LAST == 0 { 0..0 } else { needs.start + LAST as usize..needs.end };
        low &= !(1 << LAST);
        let bits = std::iter::from_fn(move || {
            let place = low.trailing_zeros();
            low &= low.wrapping_sub(1);
            (place < u64::BITS).then_some(needs.start + place as usize)
        });
        bits.chain(beyond)
    }

    /// What its needs leave of a calm cell.
    fn given_by_low(&self, cell: u32) -> Level {
        let mut product = Level::ONE;
        for need in self.low_needs(cell) {
            let missing = self.needs[need].seen.complement();
            product = product.times(self.model.needs[need].share.times(missing).complement());
            if product == Level::ZERO {
                break;
            }
        }
        product
    }

    /// The way through the need of a calm cell that shows least, the first declared of several.
    fn way_through_low(&self, cell: u32) -> Option<Pointer> {
        let (mut least, mut lowest) = (Level::ONE, None);
        for need in self.low_needs(cell) {
            let seen = self.needs[need].seen;
            if seen < least
                && let Some(way) = self.way_through(need)
            {
                (least, lowest) = (seen, Some(way));
                if seen == Level::ZERO {
                    break;
                }
            }
        }
        lowest
    }

    /// The way through a need with one member; none if that leads nowhere yet.
    #[inline]
    fn way_through(&self, need: usize) -> Option<Pointer> {
        let via = self.model.members[self.model.needs[need].members as usize];
        let root = self.cells[via as usize].root;
        (root != NONE).then_some(Pointer { need: u32::try_from(need).unwrap_or(NONE), via, root })
    }

    /// Records what became of calm cells; whether one of them finds nobody to blame.
    pub(super) fn record_calmly(&mut self) -> bool {
        let mut rootless = false;
        for i in 0..self.worked.len() {
            let cell = self.worked[i];
            rootless |= self.blame_calmly(cell);
        }
        for i in 0..self.turned.len() {
            self.record_state(self.turned[i]);
        }
        rootless
    }

    /// What a calm cell serves from now on, and the state that it is in.
    fn record_state(&mut self, cell: u32) {
        let compiled = &self.model.cells[cell as usize];
        let is_unfed = self.is_unfed(cell);
        let state = &mut self.cells[cell as usize];
        let level = state.level;
        if state.alone && (level == Level::ZERO || level == Level::ONE) {
            // It comes to the same as its service.
            state.booked = if level == Level::ZERO { 0 } else { compiled.load };
        } else {
            self.account(cell, compiled);
        }
        if compiled.has_losses() {
            self.book_losses(cell);
        }
        let is_now = if level == Level::ZERO {
            State::Failing
        } else if level < compiled.impaired_below {
            State::Degraded
        } else if is_unfed {
            State::Starved
        } else {
            State::Normal
        };
        self.become_state(cell, is_now);
    }

    /// Points a calm cell to what holds it back now; whether there is nothing.
    fn blame_calmly(&mut self, cell: u32) -> bool {
        let state = &self.cells[cell as usize];
        if state.level == Level::ONE {
            // Its pointer stays: tails of its callers still lead through it.
            if state.attached {
                self.detach(cell);
            }
            return false;
        }
        // Nobody holds it back whose settle goes on: it points to what it did.
        if state.low != 0 {
            let (first, gone) = (state.low.trailing_zeros(), state.gone.trailing_zeros());
            let need = self.model.cells[cell as usize].needs + first;
            let way = if first == gone { self.way_through(need as usize) } else { None };
            if let Some(way) = way.or_else(|| self.way_through_low(cell))
                && way != self.cells[cell as usize].way()
            {
                self.point(cell, way);
            }
        }
        if self.cells[cell as usize].attached == self.is_up(cell) {
            self.hold_to_account(cell);
        }
        self.cells[cell as usize].root == NONE
    }

    /// Nothing is left of the instant.
    pub(super) fn forget_worked(&mut self) {
        self.worked.clear();
        self.turned.clear();
    }

    /// Adds the calm cells that were looked at: some cell finds nobody to blame, and that hangs on more than itself.
    pub(super) fn add_looked_at(&mut self, cells: &mut Vec<u32>) {
        if self.worked.is_empty() && self.turned.is_empty() {
            return;
        }
        self.turned.iter().for_each(|&cell| self.cells[cell as usize].turns = false);
        self.worked.iter().for_each(|&cell| self.cells[cell as usize].turns = true);
        cells.extend(self.worked.iter().chain(&self.turned));
        cells.sort_unstable();
        cells.dedup();
    }
}

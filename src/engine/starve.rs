//! Who has no work: nobody feeds it, or its queue is away.
//!
//! A cell *feeds* those it calls at an instant iff it is at a level above 0, its queue is there, and it has work itself: it is a
//! source, or one that feeds leads to it. That is reachability from the sources, at every instant anew, whatever was before.
//!
//! Without rings of feeds it is counting: a cell has work while some feeder feeds. On a ring counting would let cells keep each
//! other at work for ever. There a cell is *firm* while the order of the model explains its work: it is a source, or some
//! feeder that stands before it is firm. Firmness is counting again. At an instant, first everybody who is no longer firm stops
//! feeding, and with it those who are not firm and lost a feeder; then whoever is fed by those who are left begins again. So the
//! cost is that of the cells whose work changes, and of those on the ring that only the ring explains.

use super::trial::Engine;
use super::watch::Watch;
use crate::model::NONE;
use crate::units::Level;

/// How a cell of a model with rings of feeds gets its work.
#[derive(Debug, Clone, Copy)]
pub(super) struct Footing {
    /// Feeders that stand before it and are not firm.
    soft: u32,
    /// Its work is explained by the order alone.
    firm: bool,
}

impl Footing {
    pub(super) const NORMAL: Footing = Footing { soft: 0, firm: true };
}

impl<W: Watch> Engine<'_, W> {
    /// A cell that serves nobody, or has no work itself, feeds nobody.
    pub(super) fn spread_dryness(&mut self) {
        if self.model.feeds.is_empty() && self.model.queues.is_empty() {
            return;
        }
        if self.model.queues.is_empty() && !self.model.feed_order.has_rings() {
            return self.look_at_feeders();
        }
        let mut looked_at = std::mem::take(&mut self.walk);
        // Who feeds and is fit to, or neither, waits for what becomes of his feeders, and hears of it.
        let turns = |&&cell: &&u32| self.cells[cell as usize].feeding != self.passes_on(cell);
        looked_at.extend(self.stirred.iter().filter(turns));
        let mut next = 0;
        while next < looked_at.len() {
            self.stop_feeding(looked_at[next], &mut looked_at);
            next += 1;
        }
        next = 0;
        while next < looked_at.len() {
            self.begin_feeding(looked_at[next], &mut looked_at);
            next += 1;
        }
        // Other walks share this memory, and begin with nobody.
        looked_at.clear();
        self.walk = looked_at;
    }

    /// Without queues and rings of feeds: whoever is at a level, and has some feeder that feeds or needs none, feeds. That is asked of
    /// all that may be at another level (calm cells have been, at their turn), and of all that get work thereby, or lose it.
    fn look_at_feeders(&mut self) {
        for i in 0..self.stirred.len() {
            self.look_at_feeding(self.stirred[i]);
        }
        self.follow_feeders();
    }

    /// What follows for those whose last feeder stopped, or first began again.
    pub(super) fn follow_feeders(&mut self) {
        let mut next = 0;
        while let Some(&cell) = self.crossed.get(next) {
            self.look_at_feeding(cell);
            next += 1;
        }
        while let Some(cell) = self.crossed.pop() {
            if !self.calm[cell as usize] {
                self.look_at_work(cell);
            } else if self.cells[cell as usize].level > Level::ZERO {
                self.touch(cell);
                self.turned.push(cell);
            }
        }
    }

    /// Whether a cell begins to feed, or stops.
    #[inline]
    pub(super) fn look_at_feeding(&mut self, cell: u32) {
        let is_unfed = self.is_unfed(cell);
        let state = &mut self.cells[cell as usize];
        let feeding = state.level > Level::ZERO && !is_unfed;
        if std::mem::replace(&mut state.feeding, feeding) != feeding {
            self.turn_feeding(cell, feeding);
        }
    }

    /// A cell begins to feed, or stops: whose last feeder it is, or first, is to be looked at.
    fn turn_feeding(&mut self, cell: u32, feeding: bool) {
        let (callees, fed) = (self.model.feeds_of(cell), self.fed.as_mut_slice());
        if feeding {
            for &callee in callees {
                fed[callee as usize] += 1;
                if fed[callee as usize] == 1 {
                    self.crossed.push(callee);
                }
            }
        } else {
            for &callee in callees {
                fed[callee as usize] -= 1;
                if fed[callee as usize] == 0 {
                    self.crossed.push(callee);
                }
            }
        }
    }

    /// Whether a cell has no work.
    #[inline]
    pub(super) fn is_dry(&self, cell: u32) -> bool {
        self.is_unfed(cell) || self.queue_is_away(cell)
    }

    /// Whether all of its feeders have stopped.
    #[inline]
    pub(super) fn is_unfed(&self, cell: u32) -> bool {
        self.fed[cell as usize] == 0
    }

    /// Whether what it is given passes on to those it calls.
    #[inline]
    fn passes_on(&self, cell: u32) -> bool {
        self.cells[cell as usize].level > Level::ZERO && !self.queue_is_away(cell)
    }

    #[inline]
    pub(super) fn queue_is_away(&self, cell: u32) -> bool {
        if self.model.queues.is_empty() {
            return false;
        }
        let mut queue = self.model.cells[cell as usize].queue;
        while queue != NONE {
            let compiled = &self.model.queues[queue as usize];
            if self.needs[compiled.need as usize].seen == Level::ZERO {
                return true;
            }
            queue = compiled.next;
        }
        false
    }

    /// Whether counting alone explains the work of a cell.
    fn is_explained(&self, cell: u32) -> bool {
        let order = &self.model.feed_order;
        if !order.has_rings() {
            return !self.is_unfed(cell);
        }
        self.model.cells[cell as usize].feeders == 0 || self.footings[cell as usize].soft < order.ahead[cell as usize]
    }

    fn stop_feeding(&mut self, cell: u32, looked_at: &mut Vec<u32>) {
        if !self.cells[cell as usize].feeding || (self.passes_on(cell) && self.is_explained(cell)) {
            return;
        }
        self.cells[cell as usize].feeding = false;
        let model = self.model;
        let rings = model.feed_order.has_rings();
        let was_firm = rings && std::mem::replace(&mut self.footings[cell as usize].firm, false);
        for &callee in model.feeds_of(cell) {
            // Its footing is put back with it.
            self.touch(callee);
            self.fed[callee as usize] -= 1;
            let (feeding, unfed) = (self.cells[callee as usize].feeding, self.is_unfed(callee));
            if was_firm && model.feed_order.leads_on(cell, callee) {
                self.footings[callee as usize].soft += 1;
            }
            if unfed {
                self.look_at_work(callee);
            }
            if feeding && (unfed || rings) && !self.is_explained(callee) {
                looked_at.push(callee);
            }
        }
    }

    fn begin_feeding(&mut self, cell: u32, looked_at: &mut Vec<u32>) {
        if !self.passes_on(cell) || self.is_unfed(cell) {
            return;
        }
        let model = self.model;
        let rings = model.feed_order.has_rings();
        let begins = !std::mem::replace(&mut self.cells[cell as usize].feeding, true);
        let firm = rings && !self.footings[cell as usize].firm && self.is_explained(cell);
        if !begins && !firm {
            return;
        }
        if firm {
            self.footings[cell as usize].firm = true;
        }
        for &callee in model.feeds_of(cell) {
            // Who lost a feeder was touched.
            if begins {
                let was_unfed = self.is_unfed(callee);
                self.fed[callee as usize] += 1;
                if was_unfed {
                    self.look_at_work(callee);
                }
            }
            if firm && model.feed_order.leads_on(cell, callee) {
                self.footings[callee as usize].soft -= 1;
            }
            if !self.cells[callee as usize].feeding || (rings && !self.footings[callee as usize].firm) {
                looked_at.push(callee);
            }
        }
    }
}

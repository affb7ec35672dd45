//! The record of an instant: what changed since the instant before, once.

use super::befallen::{NEVER, State};
use super::queue::What;
use super::state::Cell;
use super::trial::Engine;
use super::watch::{Fact, Note, Watch};
use crate::model::{self, NONE};
use crate::units::{FOREVER, Level};

impl<W: Watch> Engine<'_, W> {
    /// Records the instant.
    pub(super) fn commit(&mut self) {
        self.commit_needs();
        for i in 0..self.stirred.len() {
            if self.has_news(self.stirred[i]) {
                self.wake_to_tell(self.stirred[i]);
            }
        }
        self.walk_awake();
        self.spread_dryness();
        self.stir_consumers();
        self.commit_queues();
        let rootless = self.commit_stirred();
        self.finish_instant(rootless);
    }

    /// Records all that were looked at, but for calm cells; whether one of them finds nobody to blame.
    pub(super) fn commit_stirred(&mut self) -> bool {
        let mut cells = std::mem::take(&mut self.stirred);
        // Members before callers, so that a cell finds the roots of what it needs.
        cells.sort_unstable();
        let mut rootless = false;
        for &cell in &cells {
            if self.watch.asks_for_level(cell) {
                rootless |= self.commit_cell(cell);
            } else {
                self.commit_causes(cell);
            }
        }
        self.stirred = cells;
        rootless
    }

    /// Records calm cells, and what hangs on all of them together.
    pub(super) fn finish_instant(&mut self, mut rootless: bool) {
        rootless |= self.record_calmly();
        self.judge();
        self.set_end();
        if self.stirred.is_empty() && !rootless && !W::TAKES_FACTS {
            return self.forget_worked();
        }
        let mut cells = std::mem::take(&mut self.stirred);
        self.look_at_shed(&cells);
        if rootless {
            self.add_looked_at(&mut cells);
            self.find_roots(&cells);
        }
        if W::TAKES_FACTS {
            self.tell_roots();
            self.tell_facts(&cells);
        }
        self.forget_worked();
        // Recording can stir nothing but what a first impact sets: the list is kept for its memory.
        cells.clear();
        self.stirred = cells;
    }

    /// The first impact sets where the trial ends.
    fn set_end(&mut self) {
        if self.end == NEVER && self.first_impact != NEVER {
            self.end = self.first_impact + self.model.horizon;
        }
    }

    /// What is so from now on.
    fn tell_facts(&mut self, cells: &[u32]) {
        for &cell in cells {
            let known @ Cell { latched, level, state, booked, .. } = self.cells[cell as usize];
            let (own, out) = (known.by_itself(), known.own == Level::ZERO || latched);
            let suffers = self.suffers_itself(cell);
            self.watch.fact(self.now, Fact::Causes { cell, own, out, suffers });
            if !self.watch.asks_for_level(cell) {
                continue;
            }
            self.watch.fact(self.now, Fact::Cell { cell, level, state, booked });
            if !self.movable {
                continue;
            }
            let service = &self.model.services[self.model.cells[cell as usize].service as usize];
            if service.failover != NONE {
                for &peer in &service.cells {
                    let level = self.offer(peer, &|state, _| state.level);
                    self.watch.fact(self.now, Fact::Offer { cell: peer, level });
                }
            }
        }
    }

    /// Records level, settle, state and what it points to; whether it finds nothing to point to.
    fn commit_cell(&mut self, cell: u32) -> bool {
        let model = self.model;
        let compiled = &model.cells[cell as usize];
        let state = &mut self.cells[cell as usize];
        let begins = compiled.settle != NONE && state.commit_settle();
        let changed = state.was != state.level;
        let looks = changed | state.look_at_itself();
        let turns = state.turns;
        state.was = state.level;
        state.stirred = false;
        (state.visits, state.let_go, state.losses) = (0, 0, 0);
        if begins {
            self.begin_settle(cell);
        }
        if self.collapsible {
            for need in self.model.needs_of(cell) {
                self.needs[need].was_seen = self.needs[need].seen;
            }
        }
        if W::AWAKE {
            self.tell_level(cell, changed);
        }
        if changed || self.movable {
            self.account(cell, compiled);
        }
        // Without queues, feeders and spares the state follows from level and own damage alone.
        if looks || compiled.feeders > 0 || compiled.watches || compiled.queue != NONE || self.movable {
            self.commit_state(cell, compiled);
        }
        if turns {
            self.commit_blame(cell);
        }
        self.cells[cell as usize].is_rootless()
    }

    /// The same of a cell of which only the causes are asked for: what it is by itself is all that comes of it here.
    fn commit_causes(&mut self, cell: u32) {
        self.events += 1;
        let objective = self.model.cells[cell as usize].impaired_below;
        let state = &mut self.cells[cell as usize];
        state.stirred = false;
        let level = state.by_itself();
        if level == Level::ZERO || level < objective {
            self.first_impact = self.first_impact.min(self.now);
        }
    }

    fn tell_level(&mut self, cell: u32, changed: bool) {
        let Cell { own, factor, latched, damaged, moved, load, raw, level, due, .. } = self.cells[cell as usize];
        self.note(Note::Causes { cell, own, factor, latched, damaged, moved, load });
        if changed {
            let settle = if due == NEVER { 0 } else { due - self.now };
            self.note(Note::Level { cell, own, factor, raw, level, settle });
        }
    }

    /// What producers do is felt by the consumers of their queue.
    fn stir_consumers(&mut self) {
        let model = self.model;
        if model.fills.is_empty() {
            return;
        }
        for i in 0..self.stirred.len() {
            model.filled_by(self.stirred[i]).iter().for_each(|&(_, consumer)| self.look_at_work(consumer));
        }
    }

    /// Backlogs follow their producers, their queue and their consumer: whatever any of them does, the consumer is looked at.
    fn commit_queues(&mut self) {
        let model = self.model;
        if model.queues.is_empty() {
            return;
        }
        for i in 0..self.stirred.len() {
            let mut queue = model.cells[self.stirred[i] as usize].queue;
            while queue != NONE {
                self.commit_queue(queue as usize);
                queue = model.queues[queue as usize].next;
            }
        }
    }

    fn commit_queue(&mut self, queue: usize) {
        let compiled = &self.model.queues[queue];
        let seen = self.needs[compiled.need as usize].seen;
        let work = self.cells[compiled.consumer as usize].level.times(seen);
        let arrivals = u128::from(compiled.arrivals) * u128::from(self.producers(queue).ppb());
        let done = u128::from(compiled.capacity) * u128::from(work.ppb());
        #[expect(clippy::cast_possible_wrap, reason = "rates are below 2^90")]
        let rate = arrivals as i128 - done as i128;
        self.settle_backlog(queue, rate);
    }

    /// The mean level of those who feed a queue.
    fn producers(&self, queue: usize) -> Level {
        let compiled = &self.model.queues[queue];
        let working = |&p: &u32| if self.is_dry(p) { Level::ZERO } else { self.cells[p as usize].level };
        compiled.mean_of(compiled.producers.iter().map(working))
    }

    fn settle_backlog(&mut self, queue: usize, rate: i128) {
        let backlog = &mut self.backlogs[queue];
        let changed = backlog.rate != rate;
        #[expect(clippy::cast_possible_wrap, clippy::cast_sign_loss, reason = "amounts are below 2^120")]
        {
            let grown = backlog.amount as i128 + backlog.rate * i128::from(self.now - backlog.since);
            backlog.amount = grown.max(0) as u128;
        }
        backlog.since = self.now;
        // An empty backlog that shrinks stays empty: only growth, or something to shrink, is a rate.
        backlog.rate = if rate > 0 || backlog.amount > 0 { rate } else { 0 };
        if !changed && backlog.amount > 0 {
            return;
        }
        backlog.version += 1;
        if backlog.rate < 0 && backlog.amount > 0 {
            let version = backlog.version;
            let left = backlog.amount.div_ceil(backlog.rate.unsigned_abs());
            let left = u64::try_from(left).unwrap_or(FOREVER).min(FOREVER);
            if let Ok(id) = u32::try_from(queue) {
                self.at(self.now + left, What::Drained, id, version);
            }
        }
    }

    /// A backlog is gone.
    pub(super) fn drained(&mut self, queue: u32, version: u32) {
        if self.backlogs[queue as usize].version == version {
            self.look_at_work(self.model.queues[queue as usize].consumer);
        }
    }

    /// Whether a consumer has work that waits.
    pub(super) fn is_lagging(&self, cell: u32) -> bool {
        let mut queue = self.model.cells[cell as usize].queue;
        while queue != NONE {
            if self.backlogs[queue as usize].is_lagging() {
                return true;
            }
            queue = self.model.queues[queue as usize].next;
        }
        false
    }

    /// The state a cell is in.
    pub(super) fn state_of(&self, cell: u32, compiled: &model::Cell) -> State {
        let state = &self.cells[cell as usize];
        if state.level == Level::ZERO {
            return if state.own_down { State::Down } else { State::Failing };
        }
        if state.level < compiled.impaired_below {
            State::Degraded
        } else if self.is_unfed(cell) || self.queue_is_away(cell) {
            State::Starved
        } else if compiled.queue != NONE && self.is_lagging(cell) {
            State::Lagging
        } else if compiled.watches && self.is_exposed(cell) {
            State::Exposed
        } else {
            State::Normal
        }
    }
}

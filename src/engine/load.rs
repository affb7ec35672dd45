//! Load: traffic that moves to surviving cells, and cells that collapse under it.
//!
//! Load is taken from the levels worked out so far, attempts from the instant before; a change of load
//! is a cause of its own and is followed by another sweep.

use super::queue::What;
use super::remedy::Stage;
use super::state::Cell;
use super::trial::Engine;
use super::watch::{Note, Watch};
use crate::luck::Purpose;
use crate::model::NONE;
use crate::scenario::plan::DamageKind;
use crate::units::{Level, Millis};

/// How often a cell is lost within one instant. Without its peers' load it may have a trace of a level, and with it none.
const MOST_LOSSES: u32 = 24;

impl<W: Watch> Engine<'_, W> {
    /// Notices lost and returned cells of services with failover; true if a load changed.
    pub(super) fn shift_load(&mut self) -> bool {
        if !self.movable {
            return !self.frontier.is_empty();
        }
        let mut changed = false;
        let mut i = 0;
        while i < self.stirred.len() {
            let cell = self.stirred[i];
            i += 1;
            if self.model.services[self.model.cells[cell as usize].service as usize].failover != NONE {
                changed |= self.look_for_loss(cell);
            }
        }
        changed || !self.frontier.is_empty()
    }

    fn look_for_loss(&mut self, cell: u32) -> bool {
        let service = self.model.cells[cell as usize].service;
        let state = &mut self.cells[cell as usize];
        let lost = state.level == Level::ZERO;
        if lost != state.lost && (lost || state.losses < MOST_LOSSES) {
            state.lost = lost;
            state.losses += u32::from(lost);
            if !lost {
                (state.failover_version, state.regained) = (state.failover_version + 1, self.now);
            } else if state.regained == self.now {
                // Nobody saw it back: it has been lost all the time, and its traffic is where it was.
                state.failover_version -= 1;
                if state.returned == self.now {
                    self.move_traffic(cell);
                }
            } else {
                state.failover_version += 1;
                if !state.moved {
                    self.plan_failover(cell);
                }
            }
            self.balance(service);
            return true;
        }
        let state = &mut self.cells[cell as usize];
        if state.moved && state.level == Level::ONE && !state.drained {
            (state.moved, state.returned) = (false, self.now);
            self.note(Note::TrafficReturns { cell });
            self.balance(service);
            self.tell_callers(cell);
            return true;
        }
        false
    }

    fn plan_failover(&mut self, cell: u32) {
        let compiled = &self.model.cells[cell as usize];
        let dist = self.model.services[compiled.service as usize].failover;
        let Cell { failovers, failover_version, .. } = self.cells[cell as usize];
        self.cells[cell as usize].failovers += 1;
        let delay = self.draw(dist, compiled.entity, Purpose::Failover, failovers);
        self.at(self.now + delay, What::Failover, cell, failover_version);
    }

    /// The delay is over: the traffic of a lost cell moves.
    pub(super) fn failover_due(&mut self, cell: u32, version: u32) {
        let state = &self.cells[cell as usize];
        if state.failover_version == version && !state.moved {
            self.move_traffic(cell);
        }
    }

    pub(super) fn move_traffic(&mut self, cell: u32) {
        self.stir(cell);
        self.cells[cell as usize].moved = true;
        self.note(Note::TrafficMoves { cell });
        self.balance(self.model.cells[cell as usize].service);
        self.tell_callers(cell);
    }

    /// A drained cell takes traffic again.
    pub(super) fn undrain(&mut self, cell: u32) {
        if self.cells[cell as usize].drained {
            self.cells[cell as usize].drained = false;
            self.stir(cell);
            let service = &self.model.services[self.model.cells[cell as usize].service as usize];
            service.cells.iter().for_each(|&peer| self.seed(peer));
        }
    }

    /// Whether a cell's traffic has somewhere to go.
    pub(super) fn has_peers(&self, cell: u32) -> bool {
        let service = &self.model.services[self.model.cells[cell as usize].service as usize];
        let takes = |&&c: &&u32| c != cell && self.takes_traffic(c);
        service.failover != NONE && service.cells.iter().find(takes).is_some()
    }

    fn takes_traffic(&self, cell: u32) -> bool {
        let state = &self.cells[cell as usize];
        !state.moved && state.level > Level::ZERO
    }

    /// Splits the moved traffic over the cells that take it, by normal load.
    fn balance(&mut self, service: u32) {
        let model = self.model;
        let cells = &model.services[service as usize].cells;
        let normal = |c: u32| u128::from(model.cells[c as usize].load);
        let moved: u128 = cells.iter().filter(|&&c| self.cells[c as usize].moved).map(|&c| normal(c)).sum();
        let takers: u128 = cells.iter().filter(|&&c| self.takes_traffic(c)).map(|&c| normal(c)).sum();
        for &cell in cells {
            if self.cells[cell as usize].moved {
                // Whether its customers are served elsewhere may have changed.
                self.stir(cell);
            }
            let own = normal(cell);
            let extra = if self.takes_traffic(cell) { moved * own / takers.max(1) } else { 0 };
            let load = if self.cells[cell as usize].moved { 0 } else { own + extra };
            let load = u64::try_from(load).unwrap_or(u64::MAX);
            if load != self.cells[cell as usize].load {
                self.cells[cell as usize].load = load;
                self.stir(cell);
                self.renew_factor(cell);
            }
        }
    }

    /// What a cell can take of its load, given what is left of its capacity.
    pub(super) fn renew_factor(&mut self, cell: u32) {
        let capacity = self.capacity(cell);
        let state = &mut self.cells[cell as usize];
        // Where nothing is left, no traffic at all is no reason to serve again: it would come back, and be lost again.
        let factor = if capacity == 0 { Level::ZERO } else { Level::ratio(capacity, state.load) };
        let (rises, falls) = (factor > state.factor, factor < state.factor);
        if factor != state.factor || self.model.cells[cell as usize].collapses {
            state.factor = factor;
            self.disturb(cell);
        }
        if rises {
            self.seed(cell);
        }
        if falls && self.bears_too_much(cell) {
            self.course.overrun();
        }
    }

    fn capacity(&self, cell: u32) -> u64 {
        let full = self.model.cells[cell as usize].capacity;
        if full == u64::MAX {
            return full;
        }
        let left = self.damages_of(cell).filter(|d| d.kind == DamageKind::CapacityRemoved).map(|d| d.keeps).min();
        left.map_or(full, |keeps| u64::try_from(u128::from(full) * u128::from(keeps.ppb()) / 1_000_000_000).unwrap_or(u64::MAX))
    }

    /// The level that callers of moved cells see: the mean of the cells that take traffic, and of those that are back in full and
    /// about to.
    pub(super) fn survivors(&self, service: u32) -> Level {
        self.survivors_at(service, &|state, _| state.level)
    }

    /// The same, where cells have these levels.
    pub(super) fn survivors_at(&self, service: u32, level: &impl Fn(&Cell, u32) -> Level) -> Level {
        let (mut served, mut normal) = (0_u128, 0_u128);
        for &cell in &self.model.services[service as usize].cells {
            let state = &self.cells[cell as usize];
            let level = level(state, cell);
            let takes = !state.moved || (level == Level::ONE && !state.drained);
            if takes && level > Level::ZERO {
                let load = u128::from(self.model.cells[cell as usize].load);
                served += load * u128::from(level.ppb());
                normal += load;
            }
        }
        let mean = served.checked_div(normal).unwrap_or(0);
        Level::from_ppb(u32::try_from(mean).unwrap_or(u32::MAX))
    }

    /// Latches a cell whose load times attempts exceeds what it can take.
    pub(super) fn look_for_collapse(&mut self, cell: u32) {
        let state = &self.cells[cell as usize];
        if state.latched || state.own == Level::ZERO {
            return;
        }
        if state.shed {
            self.look_whether_shed(cell);
        } else if self.is_overrun(cell, self.attempts(cell)) {
            self.collapse(cell);
        }
    }

    /// Whether a cell bears the load of others, and more than it can take.
    pub(super) fn bears_too_much(&self, cell: u32) -> bool {
        self.cells[cell as usize].load > self.model.cells[cell as usize].load && self.is_overrun(cell, (1, 1))
    }

    fn is_overrun(&self, cell: u32, (tries, weight): (u128, u128)) -> bool {
        exceeds((self.cells[cell as usize].load, tries), (self.capacity(cell), weight))
    }

    /// Whether a cell that was shed still is. No load at all, because its traffic is elsewhere, says nothing: neither of its callers (as
    /// long as they fail, what they had waiting has been dropped) nor of what it can take once its traffic is back.
    fn look_whether_shed(&mut self, cell: u32) {
        let (tries, weight) = self.attempts(cell);
        let state = &self.cells[cell as usize];
        self.cells[cell as usize].shed = state.moved || tries > weight || self.is_overrun(cell, (tries, weight));
    }

    /// The same, with the record of an instant, of all of whom it says anything: nobody else looks when their callers are well.
    pub(super) fn look_at_shed(&mut self, cells: &[u32]) {
        if !self.collapsible {
            return;
        }
        let model = self.model;
        let members = |&cell: &u32| model.needs[model.needs_of(cell)].iter().flat_map(|need| model.members_of(need)).copied();
        for cell in cells.iter().flat_map(|cell| std::iter::once(*cell).chain(members(cell))) {
            if self.cells[cell as usize].shed {
                self.look_whether_shed(cell);
            }
        }
    }

    /// Mean attempts of a cell's callers as a fraction: those that were failing try again and again.
    fn attempts(&self, cell: u32) -> (u128, u128) {
        let (mut tries, mut weight) = (0, 0);
        for edge in self.model.edges_of(cell) {
            let need = &self.model.needs[edge.need as usize];
            let caller = &self.cells[edge.caller as usize];
            if need.queue != NONE {
                continue;
            }
            let traffic = u128::from(self.model.cells[edge.caller as usize].load) * u128::from(need.share.ppb());
            let failing =
                caller.was == Level::ZERO && caller.own > Level::ZERO && self.needs[edge.need as usize].was_seen < Level::ONE;
            tries += traffic * if failing { u128::from(need.attempts) } else { 1 };
            weight += traffic;
        }
        if weight == 0 { (1, 1) } else { (tries, weight) }
    }

    fn collapse(&mut self, cell: u32) {
        let care = self.model.cells[cell as usize].care;
        self.cells[cell as usize].latched = true;
        self.course.overrun();
        self.note(Note::Collapses { cell });
        let source = self.source_of_overload(cell);
        self.hit(cell, DamageKind::Overloaded, Level::ONE, source, false);
        let recovery = &mut self.recoveries[care as usize];
        recovery.latch_version += 1;
        let (version, n) = (recovery.latch_version, recovery.latch_version - 1);
        let dist = self.model.care[care as usize].metastable;
        let hold: Millis = self.draw(dist, self.model.cells[cell as usize].entity, Purpose::MetastableHold, n);
        self.at(self.now + hold, What::Metastable, care, version);
    }

    /// The overload's hold is over: it ends by itself.
    pub(super) fn overload_ends(&mut self, care: u32, version: u32) {
        let cell = self.model.care[care as usize].cell;
        if self.cells[cell as usize].latched && self.recoveries[care as usize].latch_version == version {
            self.clear(cell, |d| d.kind == DamageKind::Overloaded);
        }
    }

    /// The cell comes back from an overload: the retries that waited are dropped.
    pub(super) fn unlatch(&mut self, cell: u32) {
        let state = &mut self.cells[cell as usize];
        state.latched = false;
        state.shed = true;
        self.disturb(cell);
    }

    /// An overload is the doing of whatever the cell already suffered from, or of what its lost peer did.
    fn source_of_overload(&self, cell: u32) -> u32 {
        let source = |c: u32| match self.cells[c as usize].root {
            NONE if self.cells[c as usize].drained => self.roots[c as usize].source,
            NONE => NONE,
            root => self.roots[root as usize].source,
        };
        let peers = &self.model.services[self.model.cells[cell as usize].service as usize].cells;
        let lost = peers.iter().copied().filter(|&c| self.cells[c as usize].moved);
        let known = std::iter::once(cell).chain(lost).map(source).find(|&s| s != NONE);
        known.or_else(|| self.damages.last().map(|d| d.source)).unwrap_or(0)
    }

    /// The first cell of the service whose traffic is elsewhere.
    pub(super) fn moved_peer(&self, cell: u32) -> Option<u32> {
        let peers = &self.model.services[self.model.cells[cell as usize].service as usize].cells;
        peers.iter().copied().find(|&c| c != cell && self.cells[c as usize].moved)
    }

    /// The stage of a cell that has only its warm-up or its settle left.
    pub(super) fn rest_stage(&self, care: u32) -> Stage {
        if care != NONE && self.recoveries[care as usize].warm { Stage::WarmUp } else { Stage::Settle }
    }
}

/// Whether one product is more than the other. Products that no number can hold are compared without their last digits.
fn exceeds((load, tries): (u64, u128), (capacity, weight): (u64, u128)) -> bool {
    let product = |a: u64, b: u128| u128::from(a).checked_mul(b);
    if let (Some(left), Some(right)) = (product(load, tries), product(capacity, weight)) {
        return left > right;
    }
    let excess = u64::BITS.saturating_sub((tries | weight).leading_zeros());
    u128::from(load) * (tries >> excess) > u128::from(capacity) * (weight >> excess)
}

#[cfg(test)]
mod tests {
    use super::exceeds;

    #[test]
    fn products_that_no_number_can_hold_are_still_compared() {
        let huge = 1 << 100;
        assert!(!exceeds((10, 3), (30, 1)) && exceeds((10, 3), (29, 1)));
        assert!(exceeds((u64::MAX, 2 * huge), (u64::MAX, huge)));
        assert!(!exceeds((1_000, huge), (u64::MAX, huge)), "without a capacity nothing is too much");
    }
}

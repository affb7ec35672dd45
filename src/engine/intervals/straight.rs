//! The common cell: hard needs on single cells, one outage, nothing else.
//!
//! In: what straight wires told. Out: the same points and pieces as from `flow`, written down without going from instant to instant.
//! Whatever is not as simple as that (outages apart, levels between, nobody to blame) goes to `flow`.

use super::super::state::State;
use super::Intervals;
use super::record::Pointer;
use super::trace::{Part, Point, outage};
use super::wires::End;
use crate::luck::Purpose;
use crate::model::NONE;
use crate::units::{FOREVER, Level, Millis};

/// A need is seen at level 0 for some time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pull {
    need: u32,
    via: u32,
    from: Millis,
    until: Millis,
    /// What the same cell was told before, or [`NONE`].
    next: u32,
}

impl Intervals<'_> {
    /// Tells callers at the end of straight wires that a cell is out. If it is more than out once, they must see for themselves.
    pub(super) fn tell_straight(&mut self, cell: u32) {
        if let Some((out, back)) = outage(&self.points[self.seats[cell as usize].offered.range()]) {
            return self.tell_outage(cell, out, back);
        }
        let wires = &self.split.wires;
        for wire in wires.straight(cell) {
            let caller = wires.end(wire.need).caller;
            self.seats[caller as usize].odd = true;
            self.turns.put(caller);
        }
    }

    fn tell_outage(&mut self, cell: u32, out: Millis, back: Millis) {
        let wires = &self.split.wires;
        for wire in wires.straight(cell) {
            let from = out.saturating_add(wire.hold.into());
            if from >= back || from > self.end {
                return;
            }
            let End { caller, release } = wires.end(wire.need);
            let seat = &mut self.seats[caller as usize];
            let until = back.saturating_add(release.into());
            let id = u32::try_from(self.pulls.len()).unwrap_or(NONE);
            let next = std::mem::replace(&mut seat.pulls, id);
            self.pulls.push(Pull { need: wire.need, via: cell, from, until, next });
            self.turns.put(caller);
        }
    }

    /// Works out a cell from what it was told; false if that does not suffice.
    pub(super) fn flow_straight(&mut self, cell: u32) -> bool {
        let seat = &mut self.seats[cell as usize];
        let last = std::mem::replace(&mut seat.pulls, NONE);
        if std::mem::replace(&mut seat.odd, false) || last == NONE {
            return false;
        }
        let pull = self.pulls[last as usize];
        if pull.next == NONE { self.flow_single(cell, pull) } else { self.flow_several(cell, pull) }
    }

    /// One need is out, once.
    fn flow_single(&mut self, cell: u32, pull: Pull) -> bool {
        let Pull { need, via, from, until, .. } = pull;
        if !self.points_somewhere(via, from) {
            return false;
        }
        let back = self.is_out(cell, from, until);
        self.lay_once(cell, need, via, (from, back));
        true
    }

    /// Several needs are out, but together only once.
    fn flow_several(&mut self, cell: u32, last: Pull) -> bool {
        self.own_pulls.clear();
        self.own_pulls.push(last);
        let mut next = last.next;
        while let Some(&pull) = self.pulls.get(next as usize) {
            next = pull.next;
            self.own_pulls.push(pull);
        }
        self.own_pulls.sort_unstable_by_key(|p| p.need);
        let Some((out, back)) = joined(&self.own_pulls) else { return false };
        if !self.point_straight(out, back) {
            return false;
        }
        self.is_out(cell, out, back);
        let pointers = std::mem::take(&mut self.pointers);
        self.lay(cell, &pointers);
        self.pointers = pointers;
        true
    }

    /// A cell is out until its needs are back and it has settled; when that is.
    fn is_out(&mut self, cell: u32, out: Millis, back: Millis) -> Millis {
        let back = self.settled(cell, back);
        let start = self.points.len();
        self.points.push(Point { at: out, level: Level::ZERO, state: State::Failing });
        if back <= self.end && back < FOREVER {
            self.points.push(Point { at: back, level: Level::ONE, state: State::Normal });
        }
        let part = Part::since(start, self.points.len());
        let seat = &mut self.seats[cell as usize];
        (seat.points, seat.offered, seat.out) = (part, part, (out, back));
        self.touch(cell);
        self.tell_outage(cell, out, back);
        self.turn_others(cell);
        back
    }

    /// To which need the cell points when; false if there is nobody behind it yet.
    fn point_straight(&mut self, out: Millis, back: Millis) -> bool {
        self.pointers.clear();
        let mut now = out;
        while now < back && now <= self.end {
            let Some(at) = self.own_pulls.iter().position(|p| p.from <= now && now < p.until) else { return false };
            let Pull { need, via, until, .. } = self.own_pulls[at];
            if !self.points_somewhere(via, now) {
                return false;
            }
            self.pointers.push(Pointer { at: now, need, via, root: via });
            // Until the need is seen to be back, or one before it in order is seen to be out.
            let before = self.own_pulls[..at].iter().map(|p| p.from).filter(|&from| from > now);
            now = before.fold(until, Millis::min);
        }
        true
    }

    /// When a cell is back whose needs are.
    fn settled(&mut self, cell: u32, back: Millis) -> Millis {
        let spec = &self.model.cells[cell as usize];
        if spec.settle == NONE || back > self.end || back >= FOREVER {
            return back;
        }
        let ready = self.ahead.first_settle(self.model, &self.luck, cell);
        back + ready.unwrap_or_else(|| self.draw(spec.settle, spec.entity, Purpose::Settle, 0))
    }
}

/// From when to when any need is out, if there is no time between.
fn joined(pulls: &[Pull]) -> Option<(Millis, Millis)> {
    let out = pulls.iter().map(|p| p.from).min()?;
    let mut back = out;
    while let Some(until) = pulls.iter().filter(|p| p.from <= back && p.until > back).map(|p| p.until).max() {
        back = until;
    }
    pulls.iter().all(|p| p.from <= back).then_some((out, back))
}

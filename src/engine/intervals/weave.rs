//! Whom straight cells blame: strands from those of the cells behind their needs, in all lanes at once.
//!
//! In: the needs of a cell that are out, lane by lane. Out: when the cell is out, but for its settles, and its strands. Where one need
//! is out and one way lies behind it, that is the strand; where needs are out in turn or again, or the cell behind one points
//! elsewhere in its course, slices of time are told apart. Not here: cells that take a look at all their needs.

use super::Intervals;
use super::lanes::{Brief, Mask};
use super::slices::{self, Slice};
use super::spells::Kind;
use super::strands::{Cord, Way};
use crate::model::NONE;

/// A need is seen to be out in some lanes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Call {
    pub(super) need: u32,
    /// The row of the cell behind it, and for which of its spells.
    pub(super) via: u32,
    pub(super) spell: usize,
    pub(super) hold: Brief,
    pub(super) release: Brief,
    pub(super) lanes: Mask,
    /// The one before it for the same cell, or [`NONE`].
    pub(super) before: u32,
}

impl Intervals<'_> {
    /// What was told to a row in some lanes, in order of needs.
    pub(super) fn gather_calls(&mut self, row: usize, lanes: Mask) {
        self.calls.clear();
        let told = self.lanes.calls_of(row).map(|call| Call { lanes: call.lanes & lanes, ..*call });
        self.calls.extend(told.filter(|call| call.lanes != 0));
        self.calls.sort_unstable_by_key(|call| call.need);
    }

    /// When the cell of a row is out of whose needs several are in some lanes, but for its settles.
    pub(super) fn join_calls(&mut self, row: usize, told: Mask) {
        self.slices.resize(self.calls.len(), Slice::NOTHING);
        for (call, seen) in self.calls.iter().zip(&mut self.slices) {
            let (via, window) = (call.via as usize, (call.hold, call.release));
            let again = call.spell.checked_sub(1).and_then(|later| self.lanes.again(via, Kind::Out).nth(later));
            slices::through(again.unwrap_or(&self.lanes.out[via]), window, call.lanes, seen);
        }
        slices::join_all(&self.slices, &self.lanes.ends, told, &mut self.outages);
        slices::write(&mut self.lanes.out[row], &self.outages[0], told);
    }

    /// The strands of a cell in lanes in which one need is out.
    pub(super) fn weave(&mut self, row: usize, lanes: Mask) {
        let (calls, slice) = (std::mem::take(&mut self.calls), Slice::since(&self.lanes.out[row].from));
        for call in &calls {
            self.weave_call(row, call, &slice, (lanes, 0));
        }
        self.calls = calls;
    }

    /// The same where several are. A need is blamed while it is out, except for when one before it in order is too.
    pub(super) fn weave_slices(&mut self, row: usize, lanes: Mask) {
        let (calls, mut left) = (std::mem::take(&mut self.calls), std::mem::take(&mut self.left));
        for (i, call) in calls.iter().enumerate() {
            left.clear();
            left.push(self.slices[i]);
            for (earlier, slice) in calls[..i].iter().zip(&self.slices) {
                if earlier.lanes & call.lanes & lanes != 0 {
                    slices::take_out(&mut left, slice, lanes);
                }
            }
            for slice in &mut left {
                let (some, partial) = slices::close(slice, &self.outages, &self.lanes.ends);
                self.weave_call(row, call, slice, (some & lanes, partial));
            }
        }
        (self.calls, self.left) = (calls, left);
    }

    /// The strands of a cell for a need that is to blame for some time, as the cell behind it points meanwhile; `partial` are lanes in
    /// which that time is not all from the first outage on.
    fn weave_call(&mut self, row: usize, call: &Call, slice: &Slice, (lanes, partial): (Mask, Mask)) {
        let (lanes, mut shared) = (lanes & call.lanes, None);
        let mut next = if lanes == 0 { NONE } else { self.lanes.rows[call.via as usize].cord };
        while let Some(&Cord { lanes: there, before, .. }) = self.strands.cord(next) {
            let (up, both) = (std::mem::replace(&mut next, before), there & lanes);
            if both == 0 {
                continue;
            }
            if let Some(times) = self.strands.times(up) {
                let shared = shared.get_or_insert(Slice::NOTHING);
                let left = slices::share(slice, times, shared) & both;
                self.lay_strands(row, (call.need, up), shared, (left, left));
            } else {
                self.lay_strands(row, (call.need, up), slice, (both, partial));
            }
        }
    }

    /// Strands of a cell that hand on to a cord in some lanes, for a time that is `partial` in some.
    fn lay_strands(&mut self, row: usize, by: (u32, u32), times: &Slice, (lanes, partial): (Mask, Mask)) {
        if lanes == 0 {
            return;
        }
        let cord = self.strands.room(row, &mut self.lanes.rows[row].cord, by.1, lanes);
        if partial & lanes != 0 || self.strands.times(cord).is_some() {
            self.strands.set_times(cord, &self.lanes.out[row].from, times, lanes);
        }
        self.strands.add_by(cord, by, lanes);
    }

    /// A cell is held back some way in some lanes, in which nothing else does; the strand that says it.
    pub(super) fn add_strand(&mut self, row: usize, way: Way, lanes: Mask) -> u32 {
        let cord = self.strands.room(row, &mut self.lanes.rows[row].cord, way.up, lanes);
        self.strands.add(cord, way, lanes)
    }
}

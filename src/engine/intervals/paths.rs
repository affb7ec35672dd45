//! Whose minute it was, for cells that are worked out in one lane.
//!
//! In: what such a cell points to, and when it is below its objective. Out: its strands, and its own minutes. A cell's time is cut so
//! that its whole way stays the same on each strand; which they are, in order of time, is said in pieces of the cell's seat. Not here:
//! what strands hand on (`minutes`).

use super::Intervals;
use super::lanes::{Brief, LANES, Seat, bit};
use super::record::Pointer;
use super::slices::Slice;
use super::strands::{Strand, Way};
use super::trace::Part;
use crate::model::NONE;
use crate::units::Millis;

/// A time in which a cell points one way, in one lane.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece {
    pub(super) from: Millis,
    pub(super) until: Millis,
    strand: u32,
}

/// Time below objective of a cell, by a need and in one lane.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hung {
    pub(super) need: u32,
    pub(super) lane: usize,
    pub(super) time: Millis,
}

impl Intervals<'_> {
    /// The seat of a cell, to write to it.
    pub(super) fn seat_of(&mut self, cell: u32) -> &mut Seat {
        let row = self.lanes.open(cell);
        self.lanes.seat_mut(row, self.lane)
    }

    /// Whether a cell points somewhere by then; once it does, it always will.
    pub(super) fn points_somewhere(&self, cell: u32, at: Millis) -> bool {
        let Some(row) = self.lanes.find(cell) else { return false };
        let (known, here) = (&self.lanes.rows[row], bit(self.lane));
        if known.pieced & here == 0 {
            return known.rooted & here != 0 && Millis::from(self.lanes.out[row].from[self.lane]) <= at;
        }
        let pieces = self.lanes.seat_at(row, self.lane).map_or(Part::NONE, |seat| seat.pieces);
        pieces.range().next().is_some_and(|first| self.pieces[first].from <= at)
    }

    /// Cuts a cell's time into pieces.
    pub(super) fn lay(&mut self, cell: u32, pointers: &[Pointer]) {
        let (start, row) = (self.pieces.len(), self.lanes.open(cell));
        // The core tells of every change of a root; on its rings a way may be older than the root at its end.
        let told = self.split.is_core.contains(cell as usize);
        for (i, pointer) in pointers.iter().enumerate() {
            let until = pointers.get(i + 1).map_or(Millis::MAX, |next| next.at);
            self.lay_pointer(row, pointer, until, told);
        }
        let part = Part::since(start, self.pieces.len());
        let Some(first) = self.pieces[part.range()].first() else { return };
        let out = self.lanes.out[row].from[self.lane];
        if first.from <= out.into() {
            let known = &mut self.lanes.rows[row];
            known.rooted |= known.is_out & bit(self.lane);
        }
        self.lanes.seat_mut(row, self.lane).pieces = part;
        self.hang(cell, part);
    }

    /// The pieces of a pointer, one for each that the cell behind it has meanwhile.
    fn lay_pointer(&mut self, row: usize, pointer: &Pointer, until: Millis, told: bool) {
        let Pointer { at, need, via, root } = *pointer;
        let mut ups = std::mem::take(&mut self.ups);
        self.gather_ups(via, &mut ups);
        // At the end of a way there is nobody behind it.
        let known = ups.first().map_or(until, |first| first.from.min(until));
        if at < known {
            self.lay_piece(row, Way { need, up: NONE, root }, (at, known));
        }
        for up in &ups {
            let (from, until) = (up.from.max(at), up.until.min(until));
            if from < until {
                let Some(&Strand { cord, way, .. }) = self.strands.get(up.strand) else { continue };
                self.lay_piece(row, Way { need, up: cord, root: if told { root } else { way.root } }, (from, until));
            }
        }
        self.ups = ups;
    }

    /// The pieces of a cell in this lane, in order of time.
    fn gather_ups(&self, cell: u32, ups: &mut Vec<Piece>) {
        ups.clear();
        let Some(row) = (if cell == NONE { None } else { self.lanes.find(cell) }) else { return };
        let (known, here) = (&self.lanes.rows[row], bit(self.lane));
        if known.pieced & here != 0 {
            let pieces = self.lanes.seat_at(row, self.lane).map_or(Part::NONE, |seat| seat.pieces);
            ups.extend(&self.pieces[pieces.range()]);
            return;
        }
        let out = self.lanes.out[row].from[self.lane];
        for cord in self.strands.cords(known.cord) {
            if let Some(strand) = self.strands.at(cord, self.lane) {
                let (from, until) = self.strands.time(cord, self.lane, out);
                let until = if until == NONE { Millis::MAX } else { until.into() };
                ups.push(Piece { from: from.into(), until, strand });
            }
        }
        ups.sort_unstable_by_key(|up| up.from);
    }

    /// A piece of a cell, and the strand that says it beside those of other lanes.
    fn lay_piece(&mut self, row: usize, way: Way, (from, until): (Millis, Millis)) {
        let brief = |time: Millis| Brief::try_from(time).unwrap_or(NONE);
        let strand = self.add_strand(row, way, bit(self.lane));
        if let Some(&Strand { cord, .. }) = self.strands.get(strand) {
            let times = Slice { from: [brief(from); LANES], until: [brief(until); LANES] };
            self.strands.set_times(cord, &self.lanes.out[row].from, &times, bit(self.lane));
        }
        self.pieces.push(Piece { from, until, strand });
    }

    /// Books the times below objective in a cell's pieces.
    fn hang(&mut self, cell: u32, part: Part) {
        let objective = self.model.cells[cell as usize].impaired_below;
        let mut since = None;
        for i in self.seat(cell).points.range() {
            let point = self.points[i];
            match since {
                None if point.level < objective => since = Some(point.at),
                Some(from) if point.level >= objective => {
                    self.hang_spell(part, from, point.at.min(self.end));
                    since = None;
                }
                _ => {}
            }
        }
        if let Some(from) = since {
            self.hang_spell(part, from, self.end);
        }
    }

    /// The cell of these pieces is below its objective for a time.
    fn hang_spell(&mut self, part: Part, from: Millis, until: Millis) {
        for i in part.range() {
            let Piece { from: since, until: last, strand } = self.pieces[i];
            let (from, until) = (since.max(from), last.min(until));
            if from < until
                && let Some(&Strand { cord, way: Way { need, root, .. }, .. }) = self.strands.get(strand)
            {
                let time = until - from;
                self.works.hang(root, self.lane, from, until);
                self.hung.push(Hung { need, lane: self.lane, time });
                self.strands.others_mut(cord)[self.lane] += time;
            }
        }
    }
}

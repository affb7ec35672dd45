//! Whose minute it was: the ways from cells below objective to damaged cells, and the sums along them.
//!
//! In: what each cell points to, and when it is below its objective. Out: minutes by step, stage and need. A cell's time is
//! cut so that its whole way stays the same on each strand; each strand hands its minutes on to the strand of the cell that it points
//! to, so that a way is never walked twice. Here are the strands of cells that were worked out in one lane: these say which
//! they are, in order of time, in pieces of the cell's seat.

use super::super::trial::Minutes;
use super::Intervals;
use super::abreast::{self, Handed};
use super::lanes::{Brief, LANES, Mask, Seat, bit};
use super::record::Pointer;
use super::spells::Kind;
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
    need: u32,
    lane: usize,
    time: Millis,
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
            return known.rooted & here != 0 && Millis::from(self.lanes.out[self.lanes.at(row, self.lane)]) <= at;
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
        let out = self.lanes.out[self.lanes.at(row, self.lane)];
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
                let root = if told { root } else { self.strands.get(up.strand).map_or(root, |strand| strand.way.root) };
                self.lay_piece(row, Way { need, up: up.strand, root }, (from, until));
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
        let out = self.lanes.out[self.lanes.at(row, self.lane)];
        for strand in self.strands.chain(known.strand) {
            if self.strands.get(strand).is_some_and(|strand| strand.lanes & here != 0) {
                let (from, until) = self.strands.time(strand, self.lane, out);
                let until = if until == NONE { Millis::MAX } else { until.into() };
                ups.push(Piece { from: from.into(), until, strand });
            }
        }
        ups.sort_unstable_by_key(|up| up.from);
    }

    /// A piece of a cell, and the strand that says it beside those of other lanes.
    fn lay_piece(&mut self, row: usize, way: Way, (from, until): (Millis, Millis)) {
        let brief = |time: Millis| Brief::try_from(time).unwrap_or(NONE);
        let like = self.strands.like(self.lanes.rows[row].strand, way, self.lane);
        let strand = like.unwrap_or_else(|| self.add_strand(row, way, 0));
        if self.strands.times(strand).is_none() {
            self.strands.set_times(strand, self.lanes.of(row, &self.lanes.out), &[NONE; LANES]);
        }
        self.strands.join(strand, self.lane, (brief(from), brief(until)));
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
                && let Some(Strand { way: Way { need, root, .. }, .. }) = self.strands.get(strand)
            {
                let time = until - from;
                self.works.hang(*root, self.lane, from, until);
                self.hung.push(Hung { need: *need, lane: self.lane, time });
                self.strands.others_mut(strand)[self.lane] += time;
            }
        }
    }

    /// Adds the minutes of a block to the sums. Strands that were added last come first: whoever hands on to a strand comes after it.
    pub(super) fn book_minutes(&mut self) {
        for &Hung { need, lane, time } in &self.hung {
            if need != NONE && self.alive & bit(lane) != 0 {
                self.minutes.own_needs[need as usize] += time;
            }
        }
        let mut handed = Handed::NOTHING;
        for strand in self.strands.latest_first() {
            self.book_strand(strand, &mut handed);
        }
        let Minutes { sources, stages, .. } = &mut self.minutes;
        self.works.take(&self.records, self.alive, |work, time| {
            if work.source != NONE {
                sources[work.source as usize] += time;
                stages[work.stage as usize] += time;
            }
        });
    }

    /// The minutes of a strand, all lanes at once.
    fn book_strand(&mut self, strand: u32, handed: &mut Handed) {
        let Some(&Strand { row, way: Way { need, up, root }, lanes, .. }) = self.strands.get(strand) else { return };
        let (row, lanes) = (row as usize, lanes & self.alive);
        let known = &self.lanes.rows[row];
        let own = if self.has_objective(known.cell) { lanes & !known.pieced } else { 0 };
        if lanes == 0 || own == 0 && (need, up) == (NONE, NONE) {
            return;
        }
        let (out, back) = (self.lanes.of(row, &self.lanes.out), self.lanes.of(row, &self.lanes.back));
        let times = self.strands.times(strand).unwrap_or((out, &[NONE; LANES]));
        let others = (lanes, self.strands.others(strand));
        let ends = &self.lanes.ends;
        let (mut mine, mut all) = abreast::hand_on((own, times), (out, back), ends, others, handed);
        if mine > 0 {
            self.works.hang_all(root, own, &handed.from, &handed.until);
        }
        for again in self.lanes.again(row, Kind::Out) {
            let (spell, before) = ((&again.from[..out.len()], &again.until[..out.len()]), handed.on);
            let further = abreast::hand_on((own, times), spell, ends, (Mask::MAX, &before), handed);
            if further.0 > 0 {
                self.works.hang_all(root, own, &handed.from, &handed.until);
            }
            (mine, all) = (mine + further.0, further.1);
        }
        if need != NONE {
            self.minutes.needs[need as usize] += all;
            self.minutes.own_needs[need as usize] += mine;
        }
        if up != NONE {
            abreast::add(self.strands.others_mut(up), &handed.on);
        }
    }
}

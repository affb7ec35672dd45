//! Whose minute it was: the ways from cells below objective to damaged cells, and the sums along them.
//!
//! In: what each cell points to, and when it is below its objective. Out: minutes by step, stage and need. A cell's time is
//! cut into pieces on which its whole way stays the same; each piece hands its minutes on to the piece
//! of the cell that it points to, so that a way is never walked twice. Where a cell's time is all in one piece, a
//! strand of its row says it, for many lanes at once.

use super::super::trial::Minutes;
use super::Intervals;
use super::abreast::{self, Handed};
use super::lanes::{Seat, Strand, Up, Whither, bit};
use super::record::Pointer;
use super::trace::Part;
use crate::model::NONE;
use crate::units::{Level, Millis};
use std::ops::Range;

/// A time in which a cell points one way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece {
    pub(super) from: Millis,
    pub(super) until: Millis,
    lane: u32,
    /// [`NONE`] at the end of the way.
    need: u32,
    /// The piece or row of the cell behind the need.
    up: Up,
    pub(super) root: u32,
    /// Time below objective in this piece.
    own: Millis,
    /// That of all who point here.
    others: Millis,
}

impl Piece {
    /// Whether it hands on nothing to anybody: the end of a way.
    pub(super) fn is_end(&self) -> bool {
        self.need == NONE && self.up == Up::NOBODY
    }
}

impl Intervals<'_> {
    fn piece(&self, (from, until): (Millis, Millis), need: u32, up: Up, root: u32) -> Piece {
        #[expect(clippy::cast_possible_truncation, reason = "one of a few lanes")]
        let lane = self.lane as u32;
        Piece { from, until, lane, need, up, root, own: 0, others: 0 }
    }

    /// The seat of a cell, to write to it.
    pub(super) fn seat_of(&mut self, cell: u32) -> &mut Seat {
        let row = self.lanes.open(cell);
        self.lanes.seat_mut(row, self.lane)
    }

    /// The row whose strand says whom a cell blames in this lane, and the root at the end of the way.
    pub(super) fn strand_of(&self, cell: u32) -> Option<(usize, u32)> {
        let row = if cell == NONE { None } else { self.lanes.find(cell) }?;
        Some((row, self.lanes.root_of(row, self.lane)?))
    }

    /// Whether a cell points somewhere by then; once it does, it always will.
    pub(super) fn points_somewhere(&self, cell: u32, at: Millis) -> bool {
        self.lanes.find(cell).is_some_and(|row| self.row_points(row, at))
    }

    /// The same of the cell of a row.
    pub(super) fn row_points(&self, row: usize, at: Millis) -> bool {
        if self.lanes.root_of(row, self.lane).is_some() {
            return Millis::from(self.lanes.out[self.lanes.at(row, self.lane)]) <= at;
        }
        let pieces = self.lanes.seat_at(row, self.lane).map_or(Part::NONE, |seat| seat.pieces);
        pieces.range().next().is_some_and(|first| self.pieces[first].from <= at)
    }

    /// Cuts a cell's time into pieces.
    pub(super) fn lay(&mut self, cell: u32, pointers: &[Pointer]) {
        let start = self.pieces.len();
        // The core tells of every change of a root; on its rings a way may be older than the root at its end.
        let told = self.split.is_core.contains(cell as usize);
        for (i, pointer) in pointers.iter().enumerate() {
            let until = pointers.get(i + 1).map_or(Millis::MAX, |next| next.at);
            self.lay_pointer(pointer, until, told);
        }
        let part = Part::since(start, self.pieces.len());
        if part.is_empty() {
            return;
        }
        self.seat_of(cell).pieces = part;
        self.hang(cell, part);
    }

    /// The pieces of a pointer, one for each that the cell behind it has meanwhile.
    pub(super) fn lay_pointer(&mut self, pointer: &Pointer, until: Millis, told: bool) {
        let Pointer { at, need, via, root } = *pointer;
        if let Some((row, root)) = self.strand_of(via).filter(|_| !told) {
            return self.pieces.push(self.piece((at, until), need, Up::row(row), root));
        }
        let ups = if via == NONE { Part::NONE } else { self.seat(via).pieces };
        // At the end of a way there is nobody behind it.
        let known = ups.range().next().map_or(until, |first| self.pieces[first].from.min(until));
        if at < known {
            self.pieces.push(self.piece((at, known), need, Up::NOBODY, root));
        }
        for up in ups.range() {
            let above = self.pieces[up];
            let (from, until) = (above.from.max(at), above.until.min(until));
            if from < until {
                let root = if told { root } else { above.root };
                self.pieces.push(self.piece((from, until), need, Up::piece(up), root));
            }
        }
    }

    /// Books the times below objective in a cell's pieces.
    fn hang(&mut self, cell: u32, part: Part) {
        let objective = self.model.cells[cell as usize].impaired_below;
        let points = self.seat(cell).points.range();
        let mut since = None;
        for i in points.clone() {
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
        debug_assert!(points.is_empty() || self.points[points.start].level <= Level::ONE);
    }

    /// The cell of these pieces is below its objective for a time.
    pub(super) fn hang_spell(&mut self, part: Part, from: Millis, until: Millis) {
        for i in part.range() {
            let piece = &mut self.pieces[i];
            let (from, until) = (piece.from.max(from), piece.until.min(until));
            if from < until {
                piece.own += until - from;
                let root = piece.root;
                self.works.hang(root, self.lane, from, until);
            }
        }
    }

    /// Adds the minutes of a block to the sums. Rows that were worked out last come first: whoever points to a row or piece comes
    /// before it.
    pub(super) fn book_minutes(&mut self) {
        let mut handed = Handed::NOTHING;
        let mut end = self.done.last().map_or(self.core_pieces, |&(_, pieces)| pieces as usize);
        while let Some((row, _)) = self.done.pop() {
            let start = self.done.last().map_or(self.core_pieces, |&(_, pieces)| pieces as usize);
            self.book_row(row as usize, &mut handed);
            self.book_pieces(start..end);
            end = start;
        }
        self.book_pieces(0..self.core_pieces);
        let Minutes { sources, stages, .. } = &mut self.minutes;
        self.works.take(&self.records, self.alive, |work, time| {
            if work.source != NONE {
                sources[work.source as usize] += time;
                stages[work.stage as usize] += time;
            }
        });
    }

    fn book_pieces(&mut self, range: Range<usize>) {
        for i in range.rev() {
            let Piece { lane, need, up, own, others, .. } = self.pieces[i];
            if own + others == 0 || self.alive & bit(lane as usize) == 0 {
                continue;
            }
            if need != NONE {
                self.minutes.needs[need as usize] += own + others;
                self.minutes.own_needs[need as usize] += own;
            }
            match up.whither() {
                Whither::Nobody => {}
                Whither::Row(row) => {
                    let at = self.lanes.at(row, lane as usize);
                    self.lanes.others[at] += own + others;
                }
                Whither::Piece(piece) => self.pieces[piece].others += own + others,
            }
        }
    }

    /// The minutes of a row's strands, all lanes at once.
    fn book_row(&mut self, row: usize, handed: &mut Handed) {
        let known = self.lanes.rows[row];
        let below = if self.has_objective(known.cell) { self.alive & !known.pieced } else { 0 };
        let mut next = self.lanes.last_strand(row);
        while let Some(&Strand { need, up, root, lanes, before }) = self.lanes.strands.get(next as usize) {
            next = before;
            let (lanes, own) = (lanes & self.alive, lanes & below);
            // Where a strand does not know the root, its minutes are those of pieces.
            if root == NONE || lanes == 0 || own == 0 && up == Up::NOBODY {
                continue;
            }
            let (out, back) = (self.lanes.of(row, &self.lanes.out), self.lanes.of(row, &self.lanes.back));
            let others = (lanes, self.lanes.of(row, &self.lanes.others));
            let (mine, all) = abreast::hand_on((own, out, back), &self.lanes.ends, others, handed);
            if need != NONE {
                self.minutes.needs[need as usize] += all;
                self.minutes.own_needs[need as usize] += mine;
            }
            if mine > 0 {
                self.works.hang_all(root, &handed.from, &handed.until);
            }
            match up.whither() {
                Whither::Nobody => {}
                Whither::Row(via) => {
                    let places = self.lanes.places(via);
                    abreast::add(&mut self.lanes.others[places], &handed.on);
                }
                // One lane.
                Whither::Piece(piece) => self.pieces[piece].others += all,
            }
        }
    }
}

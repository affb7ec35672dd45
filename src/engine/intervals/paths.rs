//! Whose minute it was: the ways from cells below objective to damaged cells, and the sums along them.
//!
//! In: what each cell points to, and when it is below its objective. Out: minutes by step, stage and need. A cell's time is
//! cut into pieces on which its whole way stays the same; each piece hands its minutes on to the piece
//! of the cell that it points to, so that a way is never walked twice.

use super::super::trial::Minutes;
use super::Intervals;
use super::record::Pointer;
use super::trace::Part;
use crate::model::NONE;
use crate::units::{Level, Millis};

/// A time in which a cell points one way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece {
    from: Millis,
    until: Millis,
    need: u32,
    /// The piece of the cell behind the need, or [`NONE`] at the end of the way.
    up: u32,
    root: u32,
    /// Time below objective in this piece.
    own: Millis,
    /// That of all who point here.
    others: Millis,
}

impl Intervals<'_> {
    /// The piece of a cell at an instant.
    pub(super) fn piece_at(&self, cell: u32, at: Millis) -> Option<usize> {
        self.seats[cell as usize].pieces.range().find(|&i| self.pieces[i].from <= at && at < self.pieces[i].until)
    }

    /// Whether a cell points somewhere by then; once it does, it always will.
    pub(super) fn points_somewhere(&self, cell: u32, at: Millis) -> bool {
        self.seats[cell as usize].pieces.range().next().is_some_and(|first| self.pieces[first].from <= at)
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
        self.seats[cell as usize].pieces = part;
        self.hang(cell, part);
    }

    /// The pieces of a cell that is out once, and all the while for one need on one cell.
    pub(super) fn lay_once(&mut self, cell: u32, need: u32, via: u32, (out, back): (Millis, Millis)) {
        let start = self.pieces.len();
        let below = self.model.cells[cell as usize].impaired_below > Level::ZERO;
        let back = if below { back.min(self.end) } else { out };
        for up in self.seats[via as usize].pieces.range() {
            let Piece { from, until, root, .. } = self.pieces[up];
            let from = from.max(out);
            if from < until {
                let own = until.min(back).saturating_sub(from);
                let up = u32::try_from(up).unwrap_or(NONE);
                self.pieces.push(Piece { from, until, need, up, root, own, others: 0 });
                if own > 0 {
                    self.core.watch_mut().hang(root, from, from + own);
                }
            }
        }
        self.seats[cell as usize].pieces = Part::since(start, self.pieces.len());
    }

    fn lay_pointer(&mut self, pointer: &Pointer, until: Millis, told: bool) {
        let Pointer { at, need, via, root } = *pointer;
        let ups = if via == NONE { Part::NONE } else { self.seats[via as usize].pieces };
        // At the end of a way there is nobody behind it.
        let known = ups.range().next().map_or(until, |first| self.pieces[first].from.min(until));
        if at < known {
            self.pieces.push(Piece { from: at, until: known, need, up: NONE, root, own: 0, others: 0 });
        }
        for up in ups.range() {
            let above = self.pieces[up];
            let (from, until) = (above.from.max(at), above.until.min(until));
            if from < until {
                let up = u32::try_from(up).unwrap_or(NONE);
                let root = if told { root } else { above.root };
                self.pieces.push(Piece { from, until, need, up, root, own: 0, others: 0 });
            }
        }
    }

    /// Books the times below objective in a cell's pieces.
    fn hang(&mut self, cell: u32, part: Part) {
        let objective = self.model.cells[cell as usize].impaired_below;
        let points = self.seats[cell as usize].points.range();
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

    fn hang_spell(&mut self, part: Part, from: Millis, until: Millis) {
        for i in part.range() {
            let piece = &mut self.pieces[i];
            let (from, until) = (piece.from.max(from), piece.until.min(until));
            if from < until {
                piece.own += until - from;
                let root = piece.root;
                self.core.watch_mut().hang(root, from, until);
            }
        }
    }

    /// Adds the trial's minutes to the sums.
    pub(super) fn book_minutes(&mut self) {
        let Minutes { sources, stages, needs, own_needs } = &mut self.minutes;
        for i in (0..self.pieces.len()).rev() {
            let Piece { need, up, own, others, .. } = self.pieces[i];
            let time = own + others;
            if time == 0 {
                continue;
            }
            if need != NONE {
                needs[need as usize] += time;
                own_needs[need as usize] += own;
            }
            if up != NONE {
                self.pieces[up as usize].others += time;
            }
        }
        self.core.watch_mut().take_time_by_work(|work, time| {
            if work.source != NONE {
                sources[work.source as usize] += time;
                stages[work.stage as usize] += time;
            }
        });
    }
}

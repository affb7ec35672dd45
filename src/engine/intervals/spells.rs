//! When a cell is out, and when it has no work: the first time in its row, further ones beside it.
//!
//! In: times of a cell in some lanes. Out: all of them, in order. Not here: how they come about, and what is done with them.

use super::abreast::Spells;
use super::lanes::{Brief, Lanes, Mask, Row, bit, brief};
use super::slices::{self, Slice};
use crate::model::NONE;
use crate::units::Millis;

/// What there can be several spells of.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Out,
    Dry,
}

/// Spells after the first of a row, and the place of those after them, or [`NONE`].
#[derive(Debug)]
pub(super) struct Again {
    spells: Slice,
    next: u32,
}

impl Lanes {
    /// Whether the cell of a row is out, or has no work, more than once in some lane.
    pub(super) fn is_again(&self, row: usize) -> bool {
        self.rows[row].again != [NONE; 2]
    }

    /// Spells of a row after the first, in order of time.
    pub(super) fn again(&self, row: usize, kind: Kind) -> impl Iterator<Item = &Slice> {
        let known = |place: u32| self.again.get(place as usize);
        let all = std::iter::successors(known(self.rows[row].again[kind as usize]), move |again| known(again.next));
        all.map(|again| &again.spells)
    }

    /// Further spells of a row, by their place; and the place of those after them.
    pub(super) fn spells_at(&self, place: u32) -> Option<(Slice, u32)> {
        self.again.get(place as usize).map(|again| (again.spells, again.next))
    }

    /// All spells of a row, in order of time, appended to `all`.
    pub(super) fn push_spells(&self, row: usize, kind: Kind, all: &mut Vec<Slice>) {
        all.push(*self.first(row, kind));
        for again in self.again(row, kind) {
            all.push(*again);
        }
    }

    /// The same in one lane.
    pub(super) fn spells_in(&self, row: usize, lane: usize, kind: Kind) -> impl Iterator<Item = (Brief, Brief)> {
        let all = std::iter::once(self.first(row, kind)).chain(self.again(row, kind));
        all.map(move |spells| (spells.from[lane], spells.until[lane])).filter(|&(from, _)| from != NONE)
    }

    fn first(&self, row: usize, kind: Kind) -> &Slice {
        match kind {
            Kind::Out => &self.out[row],
            Kind::Dry => &self.dry[row],
        }
    }

    /// A cell has further spells in some lanes; `after` so many.
    pub(super) fn add_again(&mut self, row: usize, kind: Kind, after: usize, spells: &Slice, lanes: Mask) {
        let known = self.again_mut(row, kind, after);
        slices::write(known, spells, lanes);
    }

    /// The same in one lane.
    pub(super) fn add_again_in(&mut self, row: usize, kind: Kind, after: usize, lane: usize, spell: (Brief, Brief)) {
        let known = self.again_mut(row, kind, after);
        (known.from[lane], known.until[lane]) = spell;
    }

    /// The spells of a row after so many, at least the first.
    fn again_mut(&mut self, row: usize, kind: Kind, after: usize) -> &mut Slice {
        let mut last = NONE;
        for _ in 0..after {
            let next = self.again.get(last as usize).map_or(self.rows[row].again[kind as usize], |again| again.next);
            if next != NONE {
                last = next;
                continue;
            }
            let place = u32::try_from(self.again.len()).unwrap_or(NONE);
            match self.again.get_mut(last as usize) {
                Some(again) => again.next = place,
                None => self.rows[row].again[kind as usize] = place,
            }
            self.again.push(Again { spells: Slice::NOTHING, next: NONE });
            last = place;
        }
        &mut self.again[last as usize].spells
    }

    /// When the cell of a row is first out, and when it first starves.
    pub(super) fn spells(&self, row: usize) -> Spells<'_> {
        let Row { is_out, dry, .. } = self.rows[row];
        Spells { is_out, is_dry: dry, out: &self.out[row], dry: &self.dry[row] }
    }

    /// The cell of a row has no work at these times, in some lanes.
    pub(super) fn dry_up(&mut self, row: usize, lanes: Mask, droughts: &[Slice]) {
        slices::write(&mut self.dry[row], &droughts[0], lanes);
        for (after, drought) in droughts.iter().enumerate().skip(1) {
            self.add_again(row, Kind::Dry, after, drought, lanes);
        }
        self.rows[row].dry |= lanes;
        self.rows[row].touched |= lanes;
    }

    /// The same in one lane.
    pub(super) fn dry_up_in(&mut self, row: usize, lane: usize, (from, until): (Millis, Millis)) {
        let (drought, end) = (&mut self.dry[row], self.ends[lane]);
        (drought.from[lane], drought.until[lane]) = (brief(from, end), brief(until, end));
        self.rows[row].dry |= bit(lane);
        self.rows[row].touched |= bit(lane);
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, Lanes};

    #[test]
    fn further_spells_come_after_the_first_in_order() {
        let mut all = Lanes::new(10);
        let row = all.open(4);
        (all.out[row].from[2], all.out[row].until[2]) = (5, 6);
        all.add_again_in(row, Kind::Out, 2, 2, (9, 10));
        all.add_again_in(row, Kind::Out, 1, 2, (7, 8));
        assert_eq!(all.spells_in(row, 2, Kind::Out).collect::<Vec<_>>(), [(5, 6), (7, 8), (9, 10)]);
        assert_eq!((all.spells_in(row, 1, Kind::Out).count(), all.spells_in(row, 2, Kind::Dry).count()), (0, 0));
        assert_eq!((all.again(row, Kind::Out).count(), all.is_again(row)), (2, true));
    }
}

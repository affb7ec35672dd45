//! Whose minute it was: the ways from cells below objective to damaged cells, and the sums along them.
//!
//! In: the strands of all cells, and when cells are out. Out: minutes by step, stage and need. Each strand hands its minutes on to the
//! cord of the cell that it points to, so that a way is never walked twice. Not here: which ways there are (`weave`, `paths`).

use super::super::trial::Minutes;
use super::Intervals;
use super::abreast::{self, Each, Handed};
use super::lanes::{Brief, LANES, Mask, bit, lanes};
use super::paths::Hung;
use super::slices::Slice;
use super::spells::Kind;
use super::strands::{Cord, Strand, Way};
use crate::model::NONE;
use crate::units::Millis;

/// So many lanes are sooner done one by one than all at once.
pub(super) const FEW: u32 = 8;

impl Intervals<'_> {
    /// Adds the minutes of a block to the sums. Cords that were added last come first: whoever hands on to a cord comes after it.
    pub(super) fn book_minutes(&mut self) {
        for &Hung { need, lane, time } in &self.hung {
            if need != NONE && self.alive & bit(lane) != 0 {
                self.minutes.own_needs[need as usize] += time;
            }
        }
        let mut handed = Handed::NOTHING;
        for cord in self.strands.latest_first() {
            let Some(&known) = self.strands.cord(cord) else { continue };
            let lanes = known.lanes & self.alive;
            if lanes != 0 {
                self.hang_cord(cord, &known, lanes, &mut handed);
                self.hand_on(cord, lanes, &mut handed);
            }
        }
        let Minutes { sources, stages, .. } = &mut self.minutes;
        self.works.take(&self.records, self.alive, |work, time| {
            if work.source != NONE {
                sources[work.source as usize] += time;
                stages[work.stage as usize] += time;
            }
        });
    }

    /// How long a cell is below its objective for the strands of a cord, in lanes in which its row says that; on which work at the
    /// roots it falls.
    fn hang_cord(&mut self, cord: u32, &Cord { row, .. }: &Cord, lanes: Mask, handed: &mut Handed) {
        let (row, ends) = (row as usize, &self.lanes.ends);
        let known = &self.lanes.rows[row];
        let own = if self.has_objective(known.cell) { lanes & !known.pieced } else { 0 };
        if own == 0 {
            handed.lasts = [0; LANES];
            return;
        }
        let (out, again) = (&self.lanes.out[row], self.lanes.again(row, Kind::Out));
        let times = self.strands.times(cord).unwrap_or(&Slice::ALWAYS);
        for (n, spell) in std::iter::once(out).chain(again).enumerate() {
            if !abreast::last(n > 0, own, times, spell, ends, handed) {
                continue;
            }
            for strand in self.strands.of(cord) {
                self.works.hang_all(strand.way.root, strand.lanes & own, &handed.from, &handed.until);
            }
        }
    }

    /// Hands on the minutes of a cord.
    fn hand_on(&mut self, cord: u32, lanes: Mask, handed: &mut Handed) {
        let mut next = self.strands.last_of(cord);
        while let Some(&Strand { way: Way { need, up, .. }, lanes: some, before, .. }) = self.strands.get(next) {
            next = before;
            let some = some & lanes;
            if some == 0 || (need, up) == (NONE, NONE) {
                continue;
            }
            let (others, ups) = self.strands.hands(cord, up);
            let ups = ups.unwrap_or(&mut handed.nowhere);
            let (mine, all) = if some.count_ones() > FEW {
                abreast::hand_on(some, &handed.lasts, others, ups)
            } else {
                hand_on_few(some, &handed.lasts, others, ups)
            };
            if need != NONE {
                self.minutes.needs[need as usize] += all;
                self.minutes.own_needs[need as usize] += mine;
            }
        }
    }
}

/// The same as from [`abreast::hand_on`], lane by lane.
fn hand_on_few(some: Mask, lasts: &Each<Brief>, others: &Each<Millis>, ups: &mut Each<Millis>) -> (Millis, Millis) {
    let (mut mine, mut all) = (0, 0);
    for lane in lanes(some) {
        let own = Millis::from(lasts[lane]);
        let on = own + others[lane];
        ups[lane] += on;
        (mine, all) = (mine + own, all + on);
    }
    (mine, all)
}

//! Who has no work: cells all of whose feeders serve nobody.
//!
//! In: when cells are at level 0. Out: when others are starved for it. A cell is looked at only when every one of its feeders
//! was out at some time; who feeds comes before who is fed. Where feeds run in a ring and no feeder outside it was
//! spared, the trial is left to the event engine.

use super::trace::{Part, outage, zeros};
use super::{Intervals, Split};
use crate::model::{Model, NONE};
use crate::units::{Level, Millis};

/// From, until.
pub(super) type Spell = (Millis, Millis);

/// What a cell can be fed by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Thirst {
    /// Feeders, in the whole world.
    feeders: u32,
    /// Those that were out or starved at some time of this trial.
    pub(super) lost: u32,
    /// Its place in an order in which feeders come first; [`NONE`] if it feeds itself by some way round.
    place: u32,
}

impl Thirst {
    /// By cell: nothing lost yet.
    pub(super) fn all(model: &Model, split: &Split) -> Vec<Thirst> {
        let cells = model.cells.iter().take(model.len()).zip(&split.feed_place);
        cells.map(|(cell, &place)| Thirst { feeders: cell.feeders, lost: 0, place }).collect()
    }
}

impl Intervals<'_> {
    /// Finds out who starves when; false if that needs the event engine.
    pub(super) fn starve(&mut self) -> bool {
        if self.model.feeds.is_empty() {
            return true;
        }
        for i in 0..self.touched.len() {
            let cell = self.touched[i];
            if self.is_ever_idle(cell) && !self.stop_feeding(cell) {
                return false;
            }
        }
        while let Some(place) = self.hungry.take() {
            let cell = self.split.fed_in_order[place as usize];
            let was_idle = self.is_ever_idle(cell);
            let start = self.spells.len();
            self.dry_spells(cell);
            if self.spells.len() == start {
                continue;
            }
            self.add_away(cell, start);
            self.touch(cell);
            self.seats[cell as usize].dry = Part::since(start, self.spells.len());
            if !was_idle && !self.stop_feeding(cell) {
                return false;
            }
        }
        true
    }

    fn is_ever_idle(&self, cell: u32) -> bool {
        let seat = self.seats[cell as usize];
        seat.once().is_some() || !seat.dry.is_empty() || self.points[seat.points.range()].iter().any(|p| p.level == Level::ZERO)
    }

    /// A consumer that is not fed has no work when its queue is away either.
    fn add_away(&mut self, cell: u32, start: usize) {
        let away = self.seats[cell as usize].dry;
        if !away.is_empty() {
            let mut idle = std::mem::take(&mut self.idle);
            idle.clear();
            idle.extend(self.spells.drain(start..));
            idle.extend(&self.spells[away.range()]);
            join(&mut idle);
            self.spells.extend(&idle);
            self.idle = idle;
        }
    }

    /// A cell does not feed its callees at some time.
    fn stop_feeding(&mut self, cell: u32) -> bool {
        let model = self.model;
        for &callee in model.feeds_of(cell) {
            let thirst = &mut self.thirst[callee as usize];
            if thirst.lost == 0 {
                self.losing.push(callee);
            }
            thirst.lost += 1;
            if thirst.place == NONE {
                if !self.is_fed_for_sure(callee) {
                    return false;
                }
            } else if thirst.lost == thirst.feeders {
                self.hungry.put(thirst.place);
            }
        }
        true
    }

    /// Whether a cell on a ring has a feeder that nothing befell, and that one too, up to a cell outside the ring.
    fn is_fed_for_sure(&self, cell: u32) -> bool {
        let mut seen = vec![cell];
        let mut next = 0;
        while let Some(&cell) = seen.get(next) {
            next += 1;
            for &feeder in self.split.feeders(cell) {
                let seat = self.seats[feeder as usize];
                let touched = !seat.points.is_empty() || !seat.dry.is_empty();
                if touched || seen.contains(&feeder) {
                    continue;
                }
                let thirst = self.thirst[feeder as usize];
                if thirst.feeders == 0 {
                    return true;
                }
                if thirst.place == NONE {
                    seen.push(feeder);
                } else if thirst.lost == 0 {
                    // Nothing befell any feeder of that one, so it cannot be starved later in this trial either.
                    return true;
                }
            }
        }
        false
    }

    /// When all feeders of a cell are out or starved themselves.
    fn dry_spells(&mut self, cell: u32) {
        let split = self.split;
        let idle = split.feeders(cell).iter().map(|&feeder| self.idle_once(feeder));
        if let Some((from, until)) = idle.reduce(|a, b| Some((a?.0.max(b?.0), a?.1.min(b?.1)))).flatten() {
            self.spells.extend((from < until).then_some((from, until)));
            return;
        }
        let (mut common, mut idle) = (std::mem::take(&mut self.common), std::mem::take(&mut self.idle));
        common.clear();
        common.push((0, Millis::MAX));
        for &feeder in split.feeders(cell) {
            idle.clear();
            self.push_idle(feeder, &mut idle);
            keep_common(&mut common, &idle);
            if common.is_empty() {
                break;
            }
        }
        self.spells.extend(&common);
        (self.common, self.idle) = (common, idle);
    }

    /// When a cell feeds nobody, if that is once and for one reason.
    fn idle_once(&self, cell: u32) -> Option<Spell> {
        let seat = self.seats[cell as usize];
        match self.spells[seat.dry.range()] {
            [] => seat.once().or_else(|| outage(&self.points[seat.points.range()])),
            [spell] if seat.points.is_empty() => Some(spell),
            _ => None,
        }
    }

    /// When a cell feeds nobody: out, or starved itself.
    fn push_idle(&self, cell: u32, idle: &mut Vec<Spell>) {
        let seat = self.seats[cell as usize];
        zeros(&self.points[seat.points.range()], idle);
        if !seat.dry.is_empty() {
            idle.extend(&self.spells[seat.dry.range()]);
            join(idle);
        }
    }
}

/// Makes spells that touch or overlap one.
pub(super) fn join(spells: &mut Vec<Spell>) {
    if spells.is_empty() {
        return;
    }
    spells.sort_unstable();
    let mut last = 0;
    for i in 1..spells.len() {
        let (from, until) = spells[i];
        if from <= spells[last].1 {
            spells[last].1 = spells[last].1.max(until);
        } else {
            last += 1;
            spells[last] = (from, until);
        }
    }
    spells.truncate(last + 1);
}

/// Leaves what two lists have in common.
fn keep_common(common: &mut Vec<Spell>, other: &[Spell]) {
    if let (&mut [ref mut one], &[spell]) = (common.as_mut_slice(), other) {
        *one = (one.0.max(spell.0), one.1.min(spell.1));
        if one.0 >= one.1 {
            common.clear();
        }
        return;
    }
    let (mut i, mut j) = (0, 0);
    let before = std::mem::take(common);
    while let (Some(&a), Some(&b)) = (before.get(i), other.get(j)) {
        let (from, until) = (a.0.max(b.0), a.1.min(b.1));
        if from < until {
            common.push((from, until));
        }
        if a.1 < b.1 {
            i += 1;
        } else {
            j += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{join, keep_common};

    #[test]
    fn spells_are_joined_and_cut() {
        let mut spells = vec![(10, 20), (0, 5), (5, 7), (15, 30)];
        join(&mut spells);
        assert_eq!(spells, [(0, 7), (10, 30)]);
        keep_common(&mut spells, &[(6, 12), (29, 40)]);
        assert_eq!(spells, [(6, 7), (10, 12), (29, 30)]);
        keep_common(&mut spells, &[(31, 32)]);
        assert!(spells.is_empty());
    }
}

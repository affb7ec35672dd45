//! Who has no work: cells all of whose feeders serve nobody.
//!
//! In: when cells are at level 0. Out: when others are starved for it. A cell is looked at only when every one of its feeders
//! was out at some time; who feeds comes before who is fed. Where feeds run in a ring and no feeder outside it was
//! spared, the trial is left to the event engine.

use super::Intervals;
use super::trace::Part;
use crate::units::{Level, Millis};
use std::cmp::Reverse;

/// From, until.
pub(super) type Spell = (Millis, Millis);

impl Intervals<'_> {
    /// Finds out who starves when; false if that needs the event engine.
    pub(super) fn starve(&mut self) -> bool {
        if self.model.feeds.is_empty() {
            return true;
        }
        for i in 0..self.touched.len() {
            let cell = self.touched[i];
            let points = &self.points[self.parts[cell as usize].range()];
            if points.iter().any(|p| p.level == Level::ZERO) && !self.stop_feeding(cell) {
                return false;
            }
        }
        while let Some(Reverse((_, cell))) = self.hungry.pop() {
            let was_out = self.is_ever_out(cell);
            let start = self.spells.len();
            self.dry_spells(cell);
            let part = Part::since(start, self.spells.len());
            if part.is_empty() {
                continue;
            }
            self.touch(cell);
            self.dry[cell as usize] = part;
            if !was_out && !self.stop_feeding(cell) {
                return false;
            }
        }
        true
    }

    fn is_ever_out(&self, cell: u32) -> bool {
        self.points[self.parts[cell as usize].range()].iter().any(|p| p.level == Level::ZERO)
    }

    /// A cell does not feed its callees at some time.
    fn stop_feeding(&mut self, cell: u32) -> bool {
        let model = self.model;
        for &callee in model.feeds_of(cell) {
            if self.lost_feeders[callee as usize] == 0 {
                self.losing.push(callee);
            }
            self.lost_feeders[callee as usize] += 1;
            if self.split.on_feed_ring.contains(callee as usize) {
                if !self.is_fed_for_sure(callee) {
                    return false;
                }
            } else if self.lost_feeders[callee as usize] == model.cells[callee as usize].feeders {
                self.hungry.push(Reverse((self.split.feed_order[callee as usize], callee)));
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
                let touched = !self.parts[feeder as usize].is_empty();
                if touched || seen.contains(&feeder) {
                    continue;
                }
                let feeders = self.model.cells[feeder as usize].feeders;
                if feeders == 0 {
                    return true;
                }
                if self.split.on_feed_ring.contains(feeder as usize) {
                    seen.push(feeder);
                } else if self.lost_feeders[feeder as usize] < feeders && self.all_spared(feeder) {
                    return true;
                }
            }
        }
        false
    }

    /// Whether nothing befell any feeder of a cell, so that it cannot be starved later in this trial either.
    fn all_spared(&self, cell: u32) -> bool {
        self.lost_feeders[cell as usize] == 0
    }

    /// When all feeders of a cell are out or starved themselves.
    fn dry_spells(&mut self, cell: u32) {
        let split = self.split;
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

    /// When a cell feeds nobody: out, or starved itself.
    fn push_idle(&self, cell: u32, idle: &mut Vec<Spell>) {
        let mut since = None;
        for point in &self.points[self.parts[cell as usize].range()] {
            match since {
                None if point.level == Level::ZERO => since = Some(point.at),
                Some(from) if point.level > Level::ZERO => {
                    idle.push((from, point.at));
                    since = None;
                }
                _ => {}
            }
        }
        idle.extend(since.map(|from| (from, Millis::MAX)));
        let dry = self.dry[cell as usize];
        if !dry.is_empty() {
            idle.extend(&self.spells[dry.range()]);
            join(idle);
        }
    }
}

/// Makes spells that touch or overlap one.
fn join(spells: &mut Vec<Spell>) {
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

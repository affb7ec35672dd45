//! Who has no work: cells all of whose feeders serve nobody.
//!
//! In: when cells are at level 0. Out: when others are starved for it. A cell is looked at only when every one of its feeders
//! was out at some time; who feeds comes before who is fed. Where feeds run in a ring and no feeder outside it was
//! spared, the trial is left to the event engine.

use super::Intervals;
use super::abreast::{self, Each};
use super::lanes::{Brief, LANES, LONGEST, Mask, Seat, bit, lanes};
use super::slices::{self, Slice};
use super::spells::Kind;
use super::straight::MANY;
use super::trace::zeros;
use crate::model::NONE;
use crate::units::{Level, Millis};

/// From, until.
pub(super) type Spell = (Millis, Millis);

/// What became of the feeders of cells, by lane.
#[derive(Debug)]
pub(super) struct Thirst {
    /// By cell: its place among those that lost any, or [`NONE`].
    place: Vec<u32>,
    cells: Vec<u32>,
    /// By place and lane: feeders that were out or starved at some time.
    lost: Vec<Each<u32>>,
}

impl Thirst {
    /// For a model of so many cells.
    pub(super) fn new(cells: usize) -> Self {
        Self { place: vec![NONE; cells], cells: Vec::new(), lost: Vec::new() }
    }

    /// Nothing is lost yet.
    pub(super) fn clear(&mut self) {
        for cell in self.cells.drain(..) {
            self.place[cell as usize] = NONE;
        }
        self.lost.clear();
    }

    /// How many feeders a cell lost, if it lost any.
    fn of(&self, cell: u32) -> Option<&Each<u32>> {
        self.lost.get(self.place[cell as usize] as usize)
    }

    fn of_mut(&mut self, cell: u32) -> &mut Each<u32> {
        if self.place[cell as usize] == NONE {
            self.place[cell as usize] = u32::try_from(self.cells.len()).unwrap_or(NONE);
            self.cells.push(cell);
            self.lost.push([0; LANES]);
        }
        &mut self.lost[self.place[cell as usize] as usize]
    }
}

impl Intervals<'_> {
    /// Finds out who starves when. Lanes for which that needs the event engine are left to it.
    pub(super) fn starve(&mut self) {
        if self.model.feeds.is_empty() {
            return;
        }
        for row in 0..self.lanes.rows.len() {
            let idle = self.ever_idle(row);
            if idle != 0 {
                self.stop_feeding(self.lanes.rows[row].cell, idle);
            }
        }
        while let Some(place) = self.hungry.take() {
            let cell = self.split.fed_in_order[place as usize];
            let was_idle = self.lanes.find(cell).map_or(0, |row| self.ever_idle(row));
            let feeders = self.model.cells[cell as usize].feeders;
            let hungry = self.thirst.of(cell).map_or(0, |lost| abreast::all_lost(lost, feeders)) & self.alive;
            let dry = self.dry_up(cell, hungry);
            if dry & !was_idle != 0 {
                self.stop_feeding(cell, dry & !was_idle);
            }
        }
    }

    /// In which lanes a cell does not feed its callees at some time.
    fn ever_idle(&self, row: usize) -> Mask {
        let known = self.lanes.rows[row];
        let mut idle = known.is_out | known.dry;
        for lane in lanes(known.general & !idle) {
            let is_idle = self.lanes.seat_of(known.cell, lane).is_some_and(|seat| {
                !seat.dry.is_empty() || self.points[seat.points.range()].iter().any(|p| p.level == Level::ZERO)
            });
            idle |= Mask::from(is_idle) << lane;
        }
        idle & self.alive
    }

    /// A cell does not feed its callees at some time of these lanes.
    fn stop_feeding(&mut self, cell: u32, idle: Mask) {
        let model = self.model;
        for &callee in model.feeds_of(cell) {
            let (feeders, place) = (model.cells[callee as usize].feeders, self.split.feed_place[callee as usize]);
            let all_lost = abreast::lose(self.thirst.of_mut(callee), idle, feeders);
            if place == NONE {
                for lane in lanes(idle & self.alive) {
                    self.enter(lane);
                    if !self.is_fed_for_sure(callee) {
                        self.doubt();
                    }
                }
            } else if all_lost {
                self.hungry.put(place);
            }
        }
    }

    /// Whether a cell on a ring has a feeder that nothing befell, and that one too, up to a cell outside the ring.
    fn is_fed_for_sure(&self, cell: u32) -> bool {
        let mut seen = vec![cell];
        let mut next = 0;
        while let Some(&cell) = seen.get(next) {
            next += 1;
            for &feeder in self.split.feeders(cell) {
                let touched = self.lanes.find(feeder).is_some_and(|row| {
                    let known = self.lanes.rows[row];
                    (known.is_out | known.dry | known.general) & bit(self.lane) != 0
                });
                if touched || seen.contains(&feeder) {
                    continue;
                }
                if self.model.cells[feeder as usize].feeders == 0 {
                    return true;
                }
                if self.split.feed_place[feeder as usize] == NONE {
                    seen.push(feeder);
                } else if self.thirst.of(feeder).is_none_or(|lost| lost[self.lane] == 0) {
                    // Nothing befell any feeder of that one, so it cannot be starved later in this trial either.
                    return true;
                }
            }
        }
        false
    }

    /// When all feeders of a cell are out or starved themselves; says in which of these lanes that is ever.
    fn dry_up(&mut self, cell: u32, hungry: Mask) -> Mask {
        let split = self.split;
        let (mut shared, mut simple, mut once) = (Slice::ALWAYS, hungry, hungry);
        for &feeder in split.feeders(cell) {
            // Every feeder was out or starved in every one of these lanes.
            let Some(row) = self.lanes.find(feeder) else { return 0 };
            let known = self.lanes.rows[row];
            simple &= (known.is_out | known.dry & !known.general) & !known.listed;
            once &= abreast::keep_shared(&mut shared, self.lanes.spells(row));
            if self.lanes.is_again(row) {
                once = 0;
                let many = [Kind::Out, Kind::Dry].iter().any(|&kind| self.lanes.again(row, kind).nth(MANY).is_some());
                simple = if many { 0 } else { simple };
            }
        }
        if simple & !once == 0 {
            self.outages.clear();
            self.outages.push(shared);
        } else {
            self.share_idle(split.feeders(cell), simple);
        }
        let ever = slices::any(&self.outages) & simple;
        let rest = hungry & !simple;
        if ever | rest == 0 {
            return 0;
        }
        let row = self.lanes.open(cell);
        let alike = ever & !self.lanes.rows[row].listed;
        let droughts = std::mem::take(&mut self.outages);
        if alike != 0 {
            self.lanes.dry_up(row, alike, &droughts);
        }
        let mut dry = ever;
        for lane in lanes(rest | ever & !alike) {
            self.enter(lane);
            if ever & bit(lane) != 0 {
                let spells = droughts.iter().filter(|slice| slice.from[lane] < slice.until[lane]);
                let spells = spells.map(|slice| (slice.from[lane].into(), slice.until[lane].into())).collect();
                self.dry_at_times(cell, spells);
            } else if self.dry_spells(cell) {
                dry |= bit(lane);
            }
        }
        self.outages = droughts;
        dry
    }

    /// When all of some cells are out or starved in some lanes, one time after the other.
    fn share_idle(&mut self, feeders: &[u32], lanes: Mask) {
        let (mut shared, mut next, mut both) =
            (std::mem::take(&mut self.outages), std::mem::take(&mut self.left), Slice::NOTHING);
        shared.clear();
        shared.push(Slice::ALWAYS);
        for row in feeders.iter().filter_map(|&feeder| self.lanes.find(feeder)) {
            let known = self.lanes.rows[row];
            self.slices.clear();
            for (kind, any) in [(Kind::Out, known.is_out), (Kind::Dry, known.dry)] {
                if any & lanes != 0 {
                    self.lanes.push_spells(row, kind, &mut self.slices);
                }
            }
            if known.is_out & known.dry & lanes != 0 {
                slices::join_all(&self.slices, &self.lanes.ends, lanes, &mut next);
                std::mem::swap(&mut self.slices, &mut next);
            }
            next.clear();
            for slice in &shared {
                for idle in &self.slices {
                    let left = slices::share(slice, idle, &mut both) & lanes;
                    slices::pack(&mut next, &both, left);
                }
            }
            std::mem::swap(&mut shared, &mut next);
        }
        (self.outages, self.left) = (shared, next);
    }

    /// A cell has no work at some times; a consumer that is not fed has no work when its queue is away either.
    fn dry_at_times(&mut self, cell: u32, mut spells: Vec<Spell>) {
        let away = self.seat(cell).dry;
        if !away.is_empty() {
            spells.extend(&self.spells[away.range()]);
            join(&mut spells);
        }
        let dry = self.keep_spells(cell, &spells);
        self.seat_of(cell).dry = dry;
    }

    /// When all feeders of a cell are out or starved themselves, where that is not once and for one reason; whether it is ever.
    fn dry_spells(&mut self, cell: u32) -> bool {
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
        let row = self.lanes.open(cell);
        let is_dry = !common.is_empty();
        match common[..] {
            [] => {}
            [(from, until)] if self.lanes.rows[row].listed & bit(self.lane) == 0 && self.end < LONGEST => {
                self.lanes.dry_up_in(row, self.lane, (from, until));
            }
            _ => self.dry_at_times(cell, common.clone()),
        }
        (self.common, self.idle) = (common, idle);
        is_dry
    }

    /// When a cell feeds nobody: out, or starved itself.
    fn push_idle(&self, cell: u32, idle: &mut Vec<Spell>) {
        let Some(row) = self.lanes.find(cell) else { return };
        let (known, here) = (&self.lanes.rows[row], bit(self.lane));
        let seat = self.lanes.seat_at(row, self.lane).copied().unwrap_or(Seat::EMPTY);
        let time = |(from, until): (Brief, Brief)| (Millis::from(from), Millis::from(until));
        if known.is_out & here != 0 {
            let out = self.lanes.spells_in(row, self.lane, Kind::Out).map(time);
            idle.extend(out.map(|(out, back)| (out, if back > self.end { Millis::MAX } else { back })));
        } else {
            zeros(&self.points[seat.points.range()], idle);
        }
        let out = idle.len();
        if known.dry & here != 0 {
            idle.extend(self.lanes.spells_in(row, self.lane, Kind::Dry).map(time));
        } else {
            idle.extend(&self.spells[seat.dry.range()]);
        }
        if idle.len() > out {
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

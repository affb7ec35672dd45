//! Whom cells blame, in many lanes at once.
//!
//! In: the ways from cells to the roots that hold them back. Out: *strands*, each a need, the cord of the cell behind it and the
//! root at the end of the way, for all lanes in which a cell is held back that way; and *cords*, strands of one cell side by side, in
//! each lane one at most. Mostly a strand lasts from the first on and for good, and a cell has one cord; where it points elsewhere in
//! its course, it has several, with times of their own, lane by lane. What strands hand on, the cord that they hand it to keeps
//! by lane; it comes before theirs. Not here: which strands a cell has.

use super::abreast::Each;
use super::lanes::{Brief, LANES, Mask, bit};
use super::slices::{self, Slice};
use crate::model::NONE;
use crate::units::Millis;

/// So many of a row's cords, the last ones, are looked through for one that has room.
const LOOKED_THROUGH: usize = 16;

/// One way from a cell to a root.
#[derive(Debug, Clone, Copy)]
pub(super) struct Strand {
    pub(super) cord: u32,
    /// Its way: nothing else is to be known to tell it from others of its cord.
    pub(super) way: Way,
    pub(super) lanes: Mask,
    /// The one before it of the same cord, or [`NONE`].
    pub(super) before: u32,
}

/// Whom a cell blames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Way {
    /// [`NONE`] at the end of a way.
    pub(super) need: u32,
    /// The cord of the cell behind the need; [`NONE`] at the end, or as long as nobody is to blame there.
    pub(super) up: u32,
    pub(super) root: u32,
}

/// Strands of one row, no two in the same lane.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cord {
    pub(super) row: u32,
    /// Those of all its strands.
    pub(super) lanes: Mask,
    /// The last of its strands.
    strand: u32,
    /// The place of its times, or [`NONE`]: then all of it lasts from when its cell is out, and for good.
    times: u32,
    /// The one before it of the same row, or [`NONE`].
    pub(super) before: u32,
}

/// All strands of a block.
#[derive(Debug, Default)]
pub(super) struct Strands {
    all: Vec<Strand>,
    cords: Vec<Cord>,
    times: Vec<Slice>,
    /// By cord: time below objective of all who hand on to it.
    others: Vec<Each<Millis>>,
}

impl Strands {
    /// Forgets the last block.
    pub(super) fn clear(&mut self) {
        self.all.clear();
        self.cords.clear();
        self.times.clear();
        self.others.clear();
    }

    /// All cords, those that others hand on to after these.
    pub(super) fn latest_first(&self) -> impl Iterator<Item = u32> + use<> {
        (0..id(self.cords.len())).rev()
    }

    pub(super) fn get(&self, strand: u32) -> Option<&Strand> {
        self.all.get(strand as usize)
    }

    pub(super) fn cord(&self, cord: u32) -> Option<&Cord> {
        self.cords.get(cord as usize)
    }

    /// A cord and those before it of the same row.
    pub(super) fn cords(&self, last: u32) -> impl Iterator<Item = u32> {
        let known = |cord: u32| (cord != NONE).then_some(cord);
        std::iter::successors(known(last), move |&cord| known(self.cords[cord as usize].before))
    }

    /// The last strand of a cord.
    pub(super) fn last_of(&self, cord: u32) -> u32 {
        self.cords[cord as usize].strand
    }

    /// The strands of a cord, the last first.
    pub(super) fn of(&self, cord: u32) -> impl Iterator<Item = &Strand> {
        std::iter::successors(self.get(self.last_of(cord)), |strand| self.get(strand.before))
    }

    /// The strand of a cord in a lane.
    pub(super) fn at(&self, cord: u32, lane: usize) -> Option<u32> {
        self.find(cord, |strand| strand.lanes & bit(lane) != 0)
    }

    fn find(&self, cord: u32, mut is: impl FnMut(&Strand) -> bool) -> Option<u32> {
        let mut next = self.last_of(cord);
        loop {
            let strand = self.get(next)?;
            if is(strand) {
                return Some(next);
            }
            next = strand.before;
        }
    }

    /// Of a row with some cords, one that has room in these lanes for what hands on to `up`.
    pub(super) fn room(&mut self, row: usize, last: &mut u32, up: u32, lanes: Mask) -> u32 {
        let mut next = *last;
        for _ in 0..LOOKED_THROUGH {
            let Some(cord) = self.cord(next) else { break };
            if cord.lanes & lanes == 0 && (up == NONE || up < next) {
                return next;
            }
            next = cord.before;
        }
        let before = std::mem::replace(last, id(self.cords.len()));
        self.cords.push(Cord { row: id(row), lanes: 0, strand: NONE, times: NONE, before });
        self.others.push([0; LANES]);
        *last
    }

    /// What goes some way in some lanes of a cord, in which nothing did.
    pub(super) fn add(&mut self, cord: u32, way: Way, lanes: Mask) -> u32 {
        let like = self.find(cord, |strand| strand.way == way);
        let known = &mut self.cords[cord as usize];
        known.lanes |= lanes;
        let strand = like.unwrap_or_else(|| {
            let before = std::mem::replace(&mut known.strand, id(self.all.len()));
            self.all.push(Strand { cord, way, lanes: 0, before });
            known.strand
        });
        self.all[strand as usize].lanes |= lanes;
        strand
    }

    /// The same for all ways from a need by a cord of the cell behind it.
    pub(super) fn add_by(&mut self, cord: u32, (need, up): (u32, u32), lanes: Mask) {
        let mut next = self.last_of(up);
        while let Some(&Strand { way, lanes: there, before, .. }) = self.get(next) {
            if there & lanes != 0 {
                self.add(cord, Way { need, up, ..way }, there & lanes);
            }
            next = before;
        }
    }

    /// A cord has times of its own in some lanes; in all others it lasts from when its cell is out.
    pub(super) fn set_times(&mut self, cord: u32, out: &Each<Brief>, times: &Slice, lanes: Mask) {
        let known = &mut self.cords[cord as usize];
        if let Some(all) = self.times.get_mut(known.times as usize) {
            slices::write(all, times, lanes);
            return;
        }
        known.times = id(self.times.len());
        if known.lanes & !lanes == 0 {
            self.times.push(*times);
        } else {
            let mut all = Slice::since(out);
            slices::write(&mut all, times, lanes);
            self.times.push(all);
        }
    }

    /// The times of a cord that has its own.
    pub(super) fn times(&self, cord: u32) -> Option<&Slice> {
        self.times.get(self.cords[cord as usize].times as usize)
    }

    /// From when to when a cord lasts in a lane in which its cell is out from an instant on.
    pub(super) fn time(&self, cord: u32, lane: usize, out: Brief) -> (Brief, Brief) {
        self.times(cord).map_or((out, NONE), |times| (times.from[lane], times.until[lane]))
    }

    /// What all others hand on to a cord, to add to it.
    pub(super) fn others_mut(&mut self, cord: u32) -> &mut Each<Millis> {
        &mut self.others[cord as usize]
    }

    /// The same of a cord, and of the one that a strand of it hands on to, if there is one.
    pub(super) fn hands(&mut self, cord: u32, up: u32) -> (&Each<Millis>, Option<&mut Each<Millis>>) {
        let (before, others) = self.others.split_at_mut(cord as usize);
        (&others[0], before.get_mut(up as usize))
    }
}

fn id(n: usize) -> u32 {
    u32::try_from(n).expect("fewer than 2^32 strands a block")
}

#[cfg(test)]
mod tests {
    use super::{LANES, NONE, Slice, Strands, Way};

    #[test]
    fn strands_lie_beside_those_of_other_lanes() {
        let (mut all, mut last) = (Strands::default(), NONE);
        let way = Way { need: 3, up: NONE, root: 7 };
        assert_eq!(all.room(0, &mut last, NONE, 0b011), 0);
        assert_eq!(all.add(0, way, 0b011), 0);
        assert_eq!(all.room(0, &mut last, NONE, 0b100), 0);
        assert_eq!([all.add(0, way, 0b100), all.add(0, Way { root: 8, ..way }, 0b1000)], [0, 1]);
        assert_eq!(all.room(0, &mut last, NONE, 0b1_0010), 1);
        assert_eq!(all.get(0).map(|strand| strand.lanes), Some(0b111));
        assert_eq!([0, 2, 3, 4].map(|lane| all.at(0, lane)), [Some(0), Some(0), Some(1), None]);
        assert_eq!(all.cords(last).collect::<Vec<_>>(), [1, 0]);
        assert_eq!(all.latest_first().collect::<Vec<_>>(), [1, 0]);
        // Who hands on comes after whom it hands on to.
        assert_eq!([all.room(0, &mut last, 1, 0b100), all.room(0, &mut last, 0, 0b100)], [2, 2]);
    }

    #[test]
    fn a_way_goes_on_as_it_did_for_the_cell_behind() {
        let (mut all, mut last, mut next) = (Strands::default(), NONE, NONE);
        let up = all.room(0, &mut last, NONE, 0b111);
        all.add(up, Way { need: NONE, up: NONE, root: 7 }, 0b001);
        all.add(up, Way { need: NONE, up: NONE, root: 8 }, 0b110);
        let cord = all.room(1, &mut next, up, 0b101);
        all.add_by(cord, (4, up), 0b101);
        let ways: Vec<_> = all.of(cord).map(|strand| (strand.way.need, strand.way.root, strand.lanes)).collect();
        assert_eq!(ways, [(4, 7, 0b001), (4, 8, 0b100)]);
    }

    #[test]
    fn a_cord_lasts_from_the_first_on_where_it_has_no_times() {
        let (mut all, mut last) = (Strands::default(), NONE);
        let cord = all.room(0, &mut last, NONE, 0b111);
        assert_eq!(all.time(cord, 0, 17), (17, NONE));
        all.add(cord, Way { need: 3, up: NONE, root: 7 }, 0b111);
        all.set_times(cord, &[17; LANES], &Slice { from: [20; LANES], until: [30; LANES] }, 0b010);
        all.set_times(cord, &[99; LANES], &Slice { from: [40; LANES], until: [50; LANES] }, 0b100);
        assert_eq!([0, 1, 2].map(|lane| all.time(cord, lane, 0)), [(17, NONE), (20, 30), (40, 50)]);
    }
}

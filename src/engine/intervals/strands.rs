//! Whom cells blame, in many lanes at once.
//!
//! In: the ways from cells to the roots that hold them back. Out: *strands*, each a need, the strand of the cell behind it and the
//! root at the end of the way, for all lanes in which a cell is held back that way. Mostly that is so from the first on and for good;
//! where a cell points elsewhere in its course, strands have times of their own, lane by lane. A strand comes after the one
//! that it hands on to. Not here: which strands a cell has.

use super::lanes::{Brief, Mask, bit};
use crate::model::NONE;
use crate::units::Millis;
use std::ops::Range;

/// So many of a row's strands, the last ones, are looked through for one that another lane can join.
const LOOKED_THROUGH: usize = 16;

/// One way from a cell to a root.
#[derive(Debug, Clone, Copy)]
pub(super) struct Strand {
    pub(super) row: u32,
    /// Its way: nothing else is to be known to tell it from others.
    pub(super) way: Way,
    pub(super) lanes: Mask,
    /// The place of its times, or [`NONE`]: then it lasts from when its cell is out, and for good.
    times: u32,
    /// The one before it of the same row, or [`NONE`].
    pub(super) before: u32,
}

/// Whom a cell blames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Way {
    /// [`NONE`] at the end of a way.
    pub(super) need: u32,
    /// The strand of the cell behind the need; [`NONE`] at the end, or as long as nobody is to blame there.
    pub(super) up: u32,
    pub(super) root: u32,
}

/// All strands of a block. What there is for every lane lies strand by strand, `width` places each.
#[derive(Debug, Default)]
pub(super) struct Strands {
    width: usize,
    all: Vec<Strand>,
    from: Vec<Brief>,
    until: Vec<Brief>,
    /// Time below objective of all who hand on to it.
    others: Vec<Millis>,
}

impl Strands {
    /// Forgets the last block.
    pub(super) fn clear(&mut self, width: usize) {
        self.width = width;
        self.all.clear();
        self.from.clear();
        self.until.clear();
        self.others.clear();
    }

    /// All strands, those that others hand on to after these.
    pub(super) fn latest_first(&self) -> impl Iterator<Item = u32> + use<> {
        (0..u32::try_from(self.all.len()).unwrap_or(NONE)).rev()
    }

    pub(super) fn get(&self, strand: u32) -> Option<&Strand> {
        self.all.get(strand as usize)
    }

    /// A strand of a row, in lanes in which it lasts from when the cell is out, and for good.
    pub(super) fn add(&mut self, (row, before): (usize, u32), way: Way, lanes: Mask) -> u32 {
        let id = |n: usize| u32::try_from(n).expect("fewer than 2^32 strands a block");
        let strand = id(self.all.len());
        self.all.push(Strand { row: id(row), way, lanes, times: NONE, before });
        self.others.resize(self.all.len() * self.width, 0);
        strand
    }

    /// It has times of its own.
    pub(super) fn set_times(&mut self, strand: u32, from: &[Brief], until: &[Brief]) {
        self.all[strand as usize].times = u32::try_from(self.from.len() / self.width).unwrap_or(NONE);
        self.from.extend_from_slice(&from[..self.width]);
        self.until.extend_from_slice(&until[..self.width]);
    }

    /// The same in a lane that joins it.
    pub(super) fn join(&mut self, strand: u32, lane: usize, (from, until): (Brief, Brief)) {
        let known = &mut self.all[strand as usize];
        known.lanes |= bit(lane);
        let at = known.times as usize * self.width + lane;
        (self.from[at], self.until[at]) = (from, until);
    }

    /// The times of a strand that has its own.
    pub(super) fn times(&self, strand: u32) -> Option<(&[Brief], &[Brief])> {
        let times = self.all[strand as usize].times;
        let places = times as usize * self.width..(times as usize + 1) * self.width;
        (times != NONE).then(|| (&self.from[places.clone()], &self.until[places]))
    }

    /// From when to when a strand lasts in a lane in which its cell is out from an instant on.
    pub(super) fn time(&self, strand: u32, lane: usize, out: Brief) -> (Brief, Brief) {
        self.times(strand).map_or((out, NONE), |(from, until)| (from[lane], until[lane]))
    }

    /// Of the strands of a row, one that goes this way in other lanes.
    pub(super) fn like(&self, last: u32, way: Way, lane: usize) -> Option<u32> {
        let free = |&strand: &u32| self.all[strand as usize].way == way && self.all[strand as usize].lanes & bit(lane) == 0;
        self.chain(last).take(LOOKED_THROUGH).find(free)
    }

    /// A strand and those before it of the same row.
    pub(super) fn chain(&self, last: u32) -> impl Iterator<Item = u32> {
        std::iter::successors((last != NONE).then_some(last), |&strand| {
            Some(self.all[strand as usize].before).filter(|&before| before != NONE)
        })
    }

    fn places(&self, strand: u32) -> Range<usize> {
        strand as usize * self.width..(strand as usize + 1) * self.width
    }

    /// What all others hand on to a strand.
    pub(super) fn others(&self, strand: u32) -> &[Millis] {
        &self.others[self.places(strand)]
    }

    /// The same, to add to it.
    pub(super) fn others_mut(&mut self, strand: u32) -> &mut [Millis] {
        let places = self.places(strand);
        &mut self.others[places]
    }
}

#[cfg(test)]
mod tests {
    use super::{NONE, Strands, Way};

    #[test]
    fn lanes_join_strands_that_go_their_way() {
        let mut all = Strands::default();
        all.clear(8);
        let way = Way { need: 3, up: NONE, root: 7 };
        let first = all.add((0, NONE), way, 0b01);
        let second = all.add((0, first), Way { need: 4, ..way }, 0b01);
        assert_eq!((all.like(second, way, 0), all.like(second, way, 1)), (None, Some(first)));
        assert_eq!(all.time(first, 0, 17), (17, NONE));
        all.set_times(first, &[17; 8], &[NONE; 8]);
        all.join(first, 1, (20, 30));
        assert_eq!((all.time(first, 0, 0), all.time(first, 1, 0)), ((17, NONE), (20, 30)));
        assert_eq!(all.get(first).map(|strand| strand.lanes), Some(0b11));
        assert_eq!((all.chain(second).collect::<Vec<_>>(), all.latest_first().collect::<Vec<_>>()), (vec![1, 0], vec![1, 0]));
    }
}

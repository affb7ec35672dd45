//! Trials side by side: what each cell does in each trial of a block.
//!
//! In: a cell and a lane, which is a trial of the block. Out: a row for every cell that anything befell, with one place for each
//! lane. Most cells are out once in a trial, for one need, and need no more than that to be known of them: from when to when, and
//! whom they blame. Then the lanes of a row are worked out together, one number after the other in the same way, which is what
//! processors do best. Whatever is not like that has a [`Seat`] besides, which refers to lists. Not here: how cells are worked out,
//! and what is beside the first outage of a row (`spells`, `strands`).

use super::abreast::Each;
use super::slices::Slice;
use super::spells::Again;
use super::trace::Part;
use super::weave::Call;
use crate::model::NONE;
use crate::units::Millis;

/// Trials side by side. A block of fewer has lanes in which nothing happens: what is done to as many always takes the fewest instructions.
pub(crate) const LANES: usize = 32;
/// A trial that lasts longer than this (46 days) has no lane that would hold its times; its cells have seats.
pub(super) const LONGEST: Millis = 4_000_000_000;

/// A bit for each lane.
pub(super) type Mask = u32;
/// Milliseconds within a trial, or anything after its end.
pub(super) type Brief = u32;

/// A time of a trial that ends at `end`: all that lies after it is alike.
#[inline]
pub(super) fn brief(time: Millis, end: Brief) -> Brief {
    u32::try_from(time).unwrap_or(NONE).min(end + 1)
}

/// The bit of a lane.
#[inline]
pub(super) const fn bit(lane: usize) -> Mask {
    1 << lane
}

/// The lanes of a mask.
#[inline]
pub(super) fn lanes(mut mask: Mask) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let lane = mask.trailing_zeros() as usize;
        mask &= mask.wrapping_sub(1);
        (lane < LANES).then_some(lane)
    })
}

/// Where the lists of a trial speak of a cell.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seat {
    /// What it did.
    pub(super) points: Part,
    /// What its callers get.
    pub(super) offered: Part,
    /// Whither it points.
    pub(super) pieces: Part,
    /// When it starves, and when it lags behind.
    pub(super) dry: Part,
    pub(super) lags: Part,
}

impl Seat {
    pub(super) const EMPTY: Seat =
        Seat { points: Part::NONE, offered: Part::NONE, pieces: Part::NONE, dry: Part::NONE, lags: Part::NONE };
}

/// What is known of a cell in all lanes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    pub(super) cell: u32,
    /// Lanes in which it has to look at all its needs itself.
    pub(super) turn: Mask,
    /// Before its turn: lanes in which a need of it is out, and those in which several are.
    pub(super) told: Mask,
    pub(super) several: Mask,
    /// Lanes in which it is out, and never at a level between; those of them in which that is its own damage.
    pub(super) is_out: Mask,
    pub(super) down: Mask,
    /// Lanes in which it has no work at some time.
    pub(super) dry: Mask,
    /// Lanes in which only its seat tells all of it; those of them in which that is so for its want of work.
    pub(super) general: Mask,
    pub(super) listed: Mask,
    /// Lanes in which pieces of its seat say whom it blames.
    pub(super) pieced: Mask,
    /// Lanes in which it is out and blames somebody from the first on.
    pub(super) rooted: Mask,
    /// Lanes in which anything befell it.
    pub(super) touched: Mask,
    /// Lanes in which its service, which has no other, came to the same.
    pub(super) alone: Mask,
    /// The last cord of its strands, or [`NONE`]; before its turn, the last need of which it was told that it is out.
    pub(super) cord: u32,
    call: u32,
    /// Where it is out again, and where it has no work again, or [`NONE`].
    pub(super) again: [u32; 2],
    /// Which of the rows of seats is its own, or [`NONE`].
    seats: u32,
}

impl Row {
    /// Lanes in which it tells all that befell the cell.
    pub(super) const fn in_row(&self) -> Mask {
        (self.is_out | self.dry) & !self.general
    }
}

/// All rows of a block.
#[derive(Debug)]
pub(super) struct Lanes {
    /// By lane: where its trial ends.
    pub(super) ends: [Brief; LANES],
    /// By cell: its row, or [`NONE`].
    place: Vec<u32>,
    pub(super) rows: Vec<Row>,
    /// By row: when it is first out; before its turn, when its need is. And when it first has no work.
    pub(super) out: Vec<Slice>,
    pub(super) dry: Vec<Slice>,
    /// Of rows with a seat in any lane: which it is, or [`NONE`].
    seat: Vec<Each<u32>>,
    pub(super) seats: Vec<Seat>,
    calls: Vec<Call>,
    pub(super) again: Vec<Again>,
}

impl Lanes {
    /// For a model of so many cells.
    pub(super) fn new(cells: usize) -> Self {
        Self {
            ends: [0; LANES],
            place: vec![NONE; cells],
            rows: Vec::new(),
            out: Vec::new(),
            dry: Vec::new(),
            seat: Vec::new(),
            seats: Vec::new(),
            calls: Vec::new(),
            again: Vec::new(),
        }
    }

    /// Forgets the last block.
    pub(super) fn clear(&mut self) {
        for row in self.rows.drain(..) {
            self.place[row.cell as usize] = NONE;
        }
        self.ends = [0; LANES];
        self.out.clear();
        self.dry.clear();
        self.seat.clear();
        self.seats.clear();
        self.calls.clear();
        self.again.clear();
    }

    /// The row of a cell, if anything was told of it.
    #[inline]
    pub(super) fn find(&self, cell: u32) -> Option<usize> {
        let row = self.place[cell as usize];
        (row != NONE).then_some(row as usize)
    }

    /// The row of a cell.
    #[inline]
    pub(super) fn open(&mut self, cell: u32) -> usize {
        match self.place[cell as usize] {
            NONE => self.add(cell),
            row => row as usize,
        }
    }

    fn add(&mut self, cell: u32) -> usize {
        let row = self.rows.len();
        self.place[cell as usize] = u32::try_from(row).unwrap_or(NONE);
        self.rows.push(Row {
            cell,
            turn: 0,
            told: 0,
            several: 0,
            is_out: 0,
            down: 0,
            dry: 0,
            general: 0,
            listed: 0,
            pieced: 0,
            rooted: 0,
            touched: 0,
            alone: 0,
            cord: NONE,
            call: NONE,
            again: [NONE; 2],
            seats: NONE,
        });
        self.out.push(Slice::NOTHING);
        self.dry.push(Slice::NOTHING);
        row
    }

    /// A cell's seat, if it has one.
    pub(super) fn seat_of(&self, cell: u32, lane: usize) -> Option<&Seat> {
        self.seat_at(self.find(cell)?, lane)
    }

    /// The seat of the cell of a row, if it has one.
    pub(super) fn seat_at(&self, row: usize, lane: usize) -> Option<&Seat> {
        let seat = self.seat.get(self.rows[row].seats as usize)?[lane];
        self.seats.get(seat as usize)
    }

    /// The same, to write to it.
    pub(super) fn seat_mut(&mut self, row: usize, lane: usize) -> &mut Seat {
        let id = |n: usize| u32::try_from(n).unwrap_or(NONE);
        if self.rows[row].seats == NONE {
            self.rows[row].seats = id(self.seat.len());
            self.seat.push([NONE; LANES]);
        }
        let seat = &mut self.seat[self.rows[row].seats as usize][lane];
        if *seat == NONE {
            *seat = id(self.seats.len());
            self.seats.push(Seat::EMPTY);
        }
        &mut self.seats[*seat as usize]
    }

    /// A need of a row's cell is seen to be out in some lanes.
    pub(super) fn tell(&mut self, row: usize, call: Call) {
        let known = &mut self.rows[row];
        known.several |= call.lanes & known.told;
        known.told |= call.lanes;
        let before = std::mem::replace(&mut known.call, u32::try_from(self.calls.len()).unwrap_or(NONE));
        self.calls.push(Call { before, ..call });
    }

    /// What was told to a row, the last first.
    pub(super) fn calls_of(&self, row: usize) -> impl Iterator<Item = &Call> {
        let known = |call: u32| self.calls.get(call as usize);
        std::iter::successors(known(self.rows[row].call), move |call| known(call.before))
    }
}

#[cfg(test)]
mod tests {
    use super::{LANES, Lanes, Mask, Slice, brief, lanes};

    #[test]
    fn a_mask_names_its_lanes() {
        assert_eq!(lanes(0).count(), 0);
        assert_eq!(lanes(0b1001_0110).collect::<Vec<_>>(), [1, 2, 4, 7]);
        assert_eq!(lanes(Mask::MAX).collect::<Vec<_>>(), (0..LANES).collect::<Vec<_>>());
    }

    #[test]
    fn what_lies_after_the_end_is_alike() {
        assert_eq!([0, 99, 100, 101, 1 << 40].map(|time| brief(time, 100)), [0, 99, 100, 101, 101]);
    }

    #[test]
    fn a_block_knows_nothing_of_the_one_before() {
        let mut all = Lanes::new(10);
        let row = all.open(4);
        (all.out[row].from[2], all.rows[row].is_out) = (17, 0b100);
        all.seat_mut(row, 1).pieces.end = 1;
        assert_eq!((all.find(4), all.find(5)), (Some(row), None));
        assert!(all.seat_of(4, 1).is_some() && all.seat_of(4, 2).is_none());
        all.clear();
        assert_eq!(all.find(4), None);
        assert_eq!((all.open(5), all.open(4)), (0, 1));
        assert_eq!((all.out[1], all.rows[1].is_out), (Slice::NOTHING, 0));
        assert!(all.seat_of(4, 1).is_none());
    }
}

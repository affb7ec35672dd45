//! How much time below objective falls on each piece of work at the roots.
//!
//! In: what the cores told of work; from when to when a cell that hangs on a root is below its objective. Out: sums by piece of work.
//! A piece of work lasts until the next one at the same root begins. So of times in many lanes it is enough to sum how much of each lies
//! after every beginning: what falls on a piece is the difference to the next. Of times in few it is sooner found on which pieces
//! each falls. Not here: on which root a cell hangs.

use super::abreast::{self, Each};
use super::core::Core;
use super::lanes::{Brief, LANES, Mask, lanes};
use super::minutes::FEW;
use super::record::{Record, Work};
use crate::model::NONE;
use crate::units::Millis;

/// The work at one root, in rows: one for as many pieces as there are in any lane.
#[derive(Debug, Clone, Copy)]
struct Place {
    number: u32,
    first: usize,
    len: usize,
}

/// The work of a block.
#[derive(Debug)]
pub(super) struct Works<'m> {
    core: &'m Core,
    /// By cell of the core: which of the places, or [`NONE`] if there was no work.
    place: Vec<u32>,
    places: Vec<Place>,
    /// By row: when the pieces begin, and how much of all times lies after that. Where a lane has no piece, it never begins.
    since: Vec<Each<i64>>,
    /// The same for lanes that hold their times; elsewhere it does not matter.
    brief: Vec<Each<Brief>>,
    after: Vec<Each<i64>>,
    /// How much of other times falls on each piece.
    during: Vec<Each<i64>>,
}

impl<'m> Works<'m> {
    pub(super) fn new(core: &'m Core) -> Self {
        Self {
            core,
            place: vec![NONE; core.cells.len()],
            places: Vec::new(),
            since: Vec::new(),
            brief: Vec::new(),
            after: Vec::new(),
            during: Vec::new(),
        }
    }

    /// Takes the work of another block, of some of its lanes.
    pub(super) fn renew(&mut self, records: &[Record<'_>], alive: Mask) {
        for place in self.places.drain(..) {
            self.place[place.number as usize] = NONE;
        }
        for lane in lanes(alive) {
            for (number, work) in records[lane].works() {
                let place = self.open(number);
                place.len = place.len.max(work.len());
            }
        }
        let mut len = 0;
        for place in &mut self.places {
            place.first = len;
            len += place.len;
        }
        self.since.clear();
        self.since.resize(len, [i64::MAX; LANES]);
        self.brief.clear();
        self.brief.resize(len, [NONE; LANES]);
        self.after.clear();
        self.after.resize(len, [0; LANES]);
        self.during.clear();
        self.during.resize(len, [0; LANES]);
        for lane in lanes(alive) {
            for (number, work) in records[lane].works() {
                let first = self.open(number).first;
                for (at, work) in (first..).zip(work) {
                    self.since[at][lane] = work.at.cast_signed();
                    self.brief[at][lane] = Brief::try_from(work.at).unwrap_or(NONE);
                }
            }
        }
    }

    fn open(&mut self, number: u32) -> &mut Place {
        let place = &mut self.place[number as usize];
        if *place == NONE {
            *place = u32::try_from(self.places.len()).unwrap_or(NONE);
            self.places.push(Place { number, first: 0, len: 0 });
        }
        &mut self.places[*place as usize]
    }

    /// The place of a cell of the core.
    fn at(&self, number: u32) -> Option<usize> {
        let place = self.place.get(number as usize)?;
        (*place != NONE).then_some(*place as usize)
    }

    fn of(&self, root: u32) -> Option<usize> {
        self.at(self.core.number(root))
    }

    /// A cell that hangs on `root` is below its objective from an instant until another, in one lane.
    pub(super) fn hang(&mut self, root: u32, lane: usize, from: Millis, until: Millis) {
        if let Some(place) = self.of(root) {
            self.hang_at(place, lane, (from.cast_signed(), until.cast_signed()));
        }
    }

    /// The same in some lanes.
    pub(super) fn hang_all(&mut self, root: u32, some: Mask, from: &Each<Brief>, until: &Each<Brief>) {
        let Some(place) = self.of(root) else { return };
        if some.count_ones() > FEW {
            let Place { first, len, .. } = self.places[place];
            let rows = first..first + len;
            abreast::after(&self.brief[rows.clone()], &mut self.after[rows], some, (from, until));
        } else {
            lanes(some).for_each(|lane| self.hang_at(place, lane, (from[lane].into(), until[lane].into())));
        }
    }

    /// The pieces at a place take what falls on them, the last first.
    fn hang_at(&mut self, place: usize, lane: usize, (from, mut until): (i64, i64)) {
        let Place { first, len, .. } = self.places[place];
        for at in (first..first + len).rev() {
            let since = self.since[at][lane];
            if since < until {
                self.during[at][lane] += until - since.max(from);
                if since <= from {
                    return;
                }
                until = since;
            }
        }
    }

    /// Hands over how long cells were below their objective in some lanes, by the work that went on meanwhile.
    pub(super) fn take(&self, records: &[Record<'_>], alive: Mask, mut add: impl FnMut(Work, Millis)) {
        for lane in lanes(alive) {
            for (number, work) in records[lane].works() {
                let Some(first) = self.at(number).map(|place| self.places[place].first) else { continue };
                let after = |piece: usize| self.after[first + piece][lane];
                for (i, &piece) in work.iter().enumerate() {
                    let later = if i + 1 < work.len() { after(i + 1) } else { 0 };
                    let during = self.during[first + i][lane];
                    add(piece, (during + after(i) - later).cast_unsigned());
                }
            }
        }
    }
}

//! What the event engine tells of the core.
//!
//! In: facts in order of time. Out: the same, cell by cell. Not here: what follows from them.

use super::super::state::{Stage, State};
use super::super::watch::{Fact, Note, Watch};
use super::split::Split;
use super::trace::Point;
use crate::model::NONE;
use crate::units::{Level, Millis};

/// What a damageable cell's level is made of, from an instant on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cause {
    pub(super) at: Millis,
    pub(super) own: Level,
    /// Nothing is left of it by itself.
    pub(super) out: bool,
    pub(super) damaged: bool,
}

/// What holds a cell back, from an instant on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pointer {
    pub(super) at: Millis,
    pub(super) need: u32,
    pub(super) via: u32,
    pub(super) root: u32,
}

/// What goes on at a root, from an instant on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Work {
    pub(super) at: Millis,
    pub(super) source: u32,
    pub(super) stage: Stage,
}

/// What falls on a piece of work: how many times below objective begin (counted down) and end (counted up) while it goes on, and
/// how long after its begin they do, summed alike.
#[derive(Debug, Clone, Copy, Default)]
struct Ends {
    count: u64,
    time: Millis,
}

/// What befell one cell of the core.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) points: Vec<Point>,
    pub(super) causes: Vec<Cause>,
    pub(super) offers: Vec<Point>,
    pub(super) booked: Vec<(Millis, u64)>,
    pub(super) pointers: Vec<Pointer>,
    pub(super) work: Vec<Work>,
    /// By piece of work; empty as long as nothing hangs on this cell.
    ends: Vec<Ends>,
}

/// Keeps facts by cell.
#[derive(Debug)]
pub(super) struct Record {
    /// By cell: where its facts are kept; [`NONE`] if the core does not speak of it.
    place: Vec<u32>,
    told: Vec<Told>,
    /// Cells with facts.
    pub(super) touched: Vec<u32>,
}

impl Record {
    pub(super) fn new(split: &Split, cells: usize) -> Self {
        let mut place = vec![NONE; cells];
        let mut count = 0;
        for cell in (0..cells).filter(|&c| split.is_core.contains(c) || split.is_root.contains(c)) {
            place[cell] = count;
            count += 1;
        }
        let told = (0..count).map(|_| Told::default()).collect();
        Self { place, told, touched: Vec::new() }
    }

    pub(super) fn clear(&mut self) {
        for cell in self.touched.drain(..) {
            let told = &mut self.told[self.place[cell as usize] as usize];
            told.points.clear();
            told.causes.clear();
            told.offers.clear();
            told.booked.clear();
            told.pointers.clear();
            told.work.clear();
            told.ends.clear();
        }
    }

    /// What was told of a cell, if anything can be.
    pub(super) fn of(&self, cell: u32) -> Option<&Told> {
        self.told.get(self.place[cell as usize] as usize)
    }

    /// A cell that hangs on `root` is below its objective from an instant until another.
    #[inline]
    pub(super) fn hang(&mut self, root: u32, from: Millis, until: Millis) {
        if let Some(told) = self.told.get_mut(self.place[root as usize] as usize) {
            told.hang(from, until);
        }
    }

    /// Hands over how long cells were below their objective, by the work that went on meanwhile.
    pub(super) fn take_time_by_work(&mut self, mut add: impl FnMut(Work, Millis)) {
        // A cell whose first fact was taken back may stand here twice.
        for &cell in &self.touched {
            self.told[self.place[cell as usize] as usize].take_time_by_work(&mut add);
        }
    }

    fn open(&mut self, cell: u32) -> Option<&mut Told> {
        let told = self.told.get_mut(self.place[cell as usize] as usize)?;
        if told.is_empty() {
            self.touched.push(cell);
        }
        Some(told)
    }
}

impl Told {
    fn hang(&mut self, from: Millis, until: Millis) {
        if self.ends.is_empty() {
            self.ends.resize(self.work.len(), Ends::default());
        }
        // Most begin early in the work and end late.
        let mut begins = None;
        for (work, ends) in self.work.iter().zip(&mut self.ends) {
            if work.at > from {
                break;
            }
            begins = Some((work, ends));
        }
        if let Some((work, ends)) = begins {
            ends.count = ends.count.wrapping_sub(1);
            ends.time = ends.time.wrapping_sub(from - work.at);
        }
        if let Some((work, ends)) = self.work.iter().zip(&mut self.ends).rev().find(|(work, _)| work.at <= until) {
            ends.count = ends.count.wrapping_add(1);
            ends.time = ends.time.wrapping_add(until - work.at);
        }
    }

    fn take_time_by_work(&mut self, add: &mut impl FnMut(Work, Millis)) {
        let (mut lasting, mut next) = (0_u64, 0);
        for (&work, ends) in self.work.iter().zip(self.ends.drain(..)).rev() {
            // Those that end later last for the whole of this piece, but for what they begin late.
            let time = lasting.wrapping_mul(Millis::wrapping_sub(next, work.at)).wrapping_add(ends.time);
            add(work, time);
            (lasting, next) = (lasting.wrapping_add(ends.count), work.at);
        }
    }

    const fn is_empty(&self) -> bool {
        self.points.is_empty()
            && self.causes.is_empty()
            && self.offers.is_empty()
            && self.booked.is_empty()
            && self.pointers.is_empty()
            && self.work.is_empty()
    }
}

impl Watch for Record {
    const AWAKE: bool = false;
    const TAKES_FACTS: bool = true;

    fn note(&mut self, _: Millis, _: Note) {}

    fn fact(&mut self, now: Millis, fact: Fact) {
        match fact {
            Fact::Cell { cell, own, out, damaged, level, state, booked } => {
                let Some(told) = self.open(cell) else { return };
                let cause = Cause { at: now, own, out, damaged };
                push(&mut told.causes, cause, own == Level::ONE && !out && !damaged);
                push(&mut told.points, Point { at: now, level, state }, level == Level::ONE && state == State::Normal);
                push(&mut told.booked, (now, booked), false);
            }
            Fact::Offer { cell, level } => {
                let Some(told) = self.open(cell) else { return };
                push(&mut told.offers, Point { at: now, level, state: State::Normal }, level == Level::ONE);
            }
            Fact::Points { cell, need, via, root } => {
                let Some(told) = self.open(cell) else { return };
                push(&mut told.pointers, Pointer { at: now, need, via, root }, false);
            }
            Fact::Root { cell, source, stage } => {
                let Some(told) = self.open(cell) else { return };
                push(&mut told.work, Work { at: now, source, stage }, false);
            }
        }
    }
}

/// Appends what is so from now on. What was said of the same instant before is void; what says nothing new is left out, and
/// so is what is `normal` before anything else was said.
fn push<T: Timed>(list: &mut Vec<T>, mut new: T, normal: bool) {
    let now = *new.at();
    list.pop_if(|last| *last.at() == now);
    let known = list.last().map_or(normal, |&last| {
        let mut last = last;
        *last.at() = now;
        last == new
    });
    if !known {
        list.push(new);
    }
}

trait Timed: Copy + PartialEq {
    /// Since when it is so.
    fn at(&mut self) -> &mut Millis;
}

impl Timed for Cause {
    fn at(&mut self) -> &mut Millis {
        &mut self.at
    }
}

impl Timed for Point {
    fn at(&mut self) -> &mut Millis {
        &mut self.at
    }
}

impl Timed for Pointer {
    fn at(&mut self) -> &mut Millis {
        &mut self.at
    }
}

impl Timed for Work {
    fn at(&mut self) -> &mut Millis {
        &mut self.at
    }
}

impl Timed for (Millis, u64) {
    fn at(&mut self) -> &mut Millis {
        &mut self.0
    }
}

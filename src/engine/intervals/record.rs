//! What the event engine tells of the core.
//!
//! In: facts in order of time, in the numbers of the core. Out: the same, cell by cell, in those of the whole. Not here: what follows from them.

use super::super::befallen::{Figures, State};
use super::super::remedy::Stage;
use super::super::watch::{Fact, Note, Watch};
use super::core::{Asked, Core};
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
    /// It is to blame itself: damaged, or not back in full after that.
    pub(super) suffers: bool,
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

/// What befell one cell of the core.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) points: Vec<Point>,
    pub(super) causes: Vec<Cause>,
    pub(super) offers: Vec<Point>,
    pub(super) booked: Vec<(Millis, u64)>,
    pub(super) pointers: Vec<Pointer>,
    pub(super) work: Vec<Work>,
    /// Requests and customers that it lost, if it is of the core.
    pub(super) losses: (u64, u64),
}

/// Keeps facts by cell.
#[derive(Debug)]
pub(super) struct Record<'m> {
    core: &'m Core,
    /// By cell of the core: where its facts are kept, or [`NONE`] if there are none.
    place: Vec<u32>,
    told: Vec<Told>,
    /// Cells of the core with facts.
    touched: Vec<u32>,
}

impl<'m> Record<'m> {
    pub(super) fn new(core: &'m Core) -> Self {
        Self { core, place: vec![NONE; core.cells.len()], told: Vec::new(), touched: Vec::new() }
    }

    pub(super) fn clear(&mut self) {
        for (place, cell) in self.touched.drain(..).enumerate() {
            self.place[cell as usize] = NONE;
            self.told[place].clear();
        }
    }

    /// Whether nothing was told.
    pub(super) const fn is_empty(&self) -> bool {
        self.touched.is_empty()
    }

    /// Cells with facts.
    pub(super) fn cells(&self) -> impl Iterator<Item = u32> {
        self.touched.iter().map(|&number| self.core.cell(number))
    }

    /// What was told of a cell, if anything was.
    pub(super) fn of(&self, cell: u32) -> Option<&Told> {
        let place = self.place.get(self.core.number(cell) as usize)?;
        self.told.get(*place as usize)
    }

    /// What cells of the core lost, who alone can lose otherwise than by their level.
    pub(super) fn keep_losses(&mut self, figures: &[Figures]) {
        for (told, &cell) in self.told.iter_mut().zip(&self.touched) {
            let Figures { lost, customer_time, .. } = figures[cell as usize];
            told.losses = (lost, customer_time);
        }
    }

    /// What went on at roots, by their numbers in the core.
    pub(super) fn works(&self) -> impl Iterator<Item = (u32, &[Work])> {
        let told = self.touched.iter().zip(&self.told);
        told.map(|(&cell, told)| (cell, told.work.as_slice())).filter(|(_, work)| !work.is_empty())
    }

    /// Where the facts of a cell of the core are kept, if anything is asked of it.
    pub(super) fn open(&mut self, cell: u32) -> Option<&mut Told> {
        let place = self.place.get_mut(cell as usize).filter(|_| self.core.asked(cell) != Asked::Nothing)?;
        if *place == NONE {
            *place = u32::try_from(self.touched.len()).unwrap_or(NONE);
            self.touched.push(cell);
            if self.told.len() < self.touched.len() {
                self.told.push(Told::default());
            }
        }
        self.told.get_mut(*place as usize)
    }
}

impl Told {
    /// From when to when it is out by its own damage, if it is that once, wholly and from the first.
    pub(super) fn outage(&self) -> Option<(Millis, Millis)> {
        let first = self.causes.first().filter(|cause| cause.out)?;
        let out = self.causes.iter().take_while(|cause| cause.own == Level::ZERO).count();
        match self.causes[out..] {
            [] => Some((first.at, Millis::MAX)),
            [Cause { at, own: Level::ONE, out: false, suffers: false }] if out > 0 => Some((first.at, at)),
            _ => None,
        }
    }

    /// What goes on there from an instant on.
    pub(super) fn goes_on(&mut self, work: Work) {
        push(&mut self.work, work, false);
    }

    fn clear(&mut self) {
        self.points.clear();
        self.causes.clear();
        self.offers.clear();
        self.booked.clear();
        self.pointers.clear();
        self.work.clear();
        self.losses = (0, 0);
    }
}

impl Watch for Record<'_> {
    const AWAKE: bool = false;
    const TAKES_FACTS: bool = true;

    #[inline]
    fn asks_for_level(&self, cell: u32) -> bool {
        self.core.asked(cell) == Asked::All
    }

    fn note(&mut self, _: Millis, _: Note) {}

    #[inline]
    fn fact(&mut self, now: Millis, fact: Fact) {
        match fact {
            Fact::Causes { cell, own, out, suffers } => {
                let Some(told) = self.open(cell) else { return };
                let cause = Cause { at: now, own, out, suffers };
                push(&mut told.causes, cause, own == Level::ONE && !out && !suffers);
            }
            Fact::Cell { cell, level, state, booked } => {
                let Some(told) = self.open(cell) else { return };
                push(&mut told.points, Point { at: now, level, state }, level == Level::ONE && state == State::Normal);
                push(&mut told.booked, (now, booked), false);
            }
            Fact::Offer { cell, level } => {
                let Some(told) = self.open(cell) else { return };
                push(&mut told.offers, Point { at: now, level, state: State::Normal }, level == Level::ONE);
            }
            Fact::Points { cell, need, via, root } => {
                let (need, via, root) = (self.core.need(need), self.core.cell(via), self.core.cell(root));
                let Some(told) = self.open(cell) else { return };
                push(&mut told.pointers, Pointer { at: now, need, via, root }, false);
            }
            Fact::Root { cell, source, stage } => {
                let Some(told) = self.open(cell) else { return };
                told.goes_on(Work { at: now, source, stage });
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

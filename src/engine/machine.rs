//! Whichever engine runs a model: the one of events, or that of intervals with the former at its core.
//!
//! Both give the same outcome, to the last bit; only their speed differs.

use super::intervals::{Beside, Intervals, LANES, Several, Split};
use super::outcome::Outcome;
use super::trial::{Engine, Sums};
use crate::model::Model;
use crate::units::Millis;
use std::ops::Range;

/// The part of all trials that may be run to show whether intervals are worth while, if nothing is kept of them.
const PART: u64 = 20;

/// Events and affected cells of all trials of a block. Its rows take a kilobyte and a half each, so some 50 bytes for each lane of a full
/// block, and need not stay near, since they are worked out one after the other; it should end within a second, so that one who waits can
/// stop it.
const BLOCK_EFFORT: u64 = 1 << 20;

/// What a cell is taken to cost before a trial has shown it: events of one of the core, and how many others cost as much as an event.
const EVENTS_OF_CORE: u64 = 100;
const OTHERS_AN_EVENT: u64 = 4;

/// How many trials to run side by side after so many took so much.
pub(crate) fn side_by_side(count: u64, took: u64) -> u64 {
    (BLOCK_EFFORT * count / took.max(1)).clamp(1, LANES as u64)
}

/// Which engine is to run a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Choice {
    /// Whichever promises to be faster.
    #[default]
    Auto,
    /// Events.
    Event,
    /// Intervals, wherever they can.
    Interval,
}

impl Choice {
    /// How a model can be divided; none if all of it is for events, or as good as all.
    #[must_use]
    pub fn divided(self, model: &Model) -> Option<Split> {
        let split = (self != Choice::Event).then(|| Split::new(model))?;
        (self == Choice::Interval || 4 * split.core_cells() <= 3 * model.len()).then_some(split)
    }

    /// How a model of which so many trials are wanted is divided; none for events alone.
    #[must_use]
    pub fn split(self, model: &Model, trials: u64) -> Option<Split> {
        let split = self.divided(model)?;
        let suits = self.pilot((trials / PART).max(1)).is_none_or(|pilot| {
            let mut engine = Machine::new(model, Some(&split));
            engine.each(0..pilot, |_, _| ());
            let again = engine.take_again();
            engine.was_worth_while(again, pilot)
        });
        suits.then_some(split)
    }

    /// How many of so many trials show whether intervals are worth while; none if that is not the question.
    pub(crate) fn pilot(self, trials: u64) -> Option<u64> {
        (self == Choice::Auto).then(|| trials.min(LANES as u64))
    }
}

/// An engine of either kind.
#[derive(Debug)]
pub enum Machine<'m> {
    /// All by events, one trial of a block after the other.
    Events {
        /// The engine.
        engine: Box<Engine<'m>>,
        /// The first trial of the block.
        first: u64,
    },
    /// The core by events, the rest by intervals.
    Intervals(Box<Intervals<'m>>),
}

impl<'m> Machine<'m> {
    /// An engine of intervals where the model is divided, else one of events.
    #[must_use]
    pub fn new(model: &'m Model, split: Option<&'m Split>) -> Self {
        match split {
            None => Self::Events { engine: Box::new(Engine::new(model)), first: 0 },
            Some(split) => Self::Intervals(Box::new(Intervals::new(model, split))),
        }
    }

    /// How many trials to run side by side at first: as many as a block may take if every cell is befallen.
    pub(crate) fn at_first(&self) -> u64 {
        match self {
            Self::Events { .. } => 1,
            Self::Intervals(engine) => {
                let split = engine.split();
                side_by_side(1, split.cells() as u64 / OTHERS_AN_EVENT + EVENTS_OF_CORE * split.core_cells() as u64)
            }
        }
    }

    /// Runs one trial; its outcome is read from the engine until the next.
    pub fn run(&mut self, trial: u64) {
        match self {
            Self::Events { engine, .. } => engine.run(trial),
            Self::Intervals(engine) => engine.run(trial),
        }
    }

    /// Runs trials, side by side where that is faster, and reads the outcome of each, in turn.
    pub fn each(&mut self, trials: Range<u64>, read: impl FnMut(u64, &Outcome<'_>)) {
        self.each_given(trials, 0, || true, read, |_| ());
    }

    /// The same, block by block as long as it `goes_on`; and tells, in turn, how much time below objective the first so many steps and
    /// faults were given in each trial. That is known once all trials of a block were read.
    pub(crate) fn each_given(
        &mut self,
        trials: Range<u64>,
        sources: usize,
        goes_on: impl Fn() -> bool,
        mut read: impl FnMut(u64, &Outcome<'_>),
        mut tell: impl FnMut(&[Millis]),
    ) {
        let (mut first, mut together) = (trials.start, self.at_first());
        let mut given = Vec::new();
        while first < trials.end && goes_on() {
            let (count, mut took) = ((trials.end - first).min(together), 0);
            let lanes = usize::try_from(count).unwrap_or(LANES);
            self.begin(first, lanes);
            given.clear();
            for (lane, trial) in (0..lanes).zip(first..) {
                given.extend((0..sources).map(|source| self.given_to(source)));
                self.open_whole(lane);
                for (source, given) in given[lane * sources..].iter_mut().enumerate() {
                    *given = self.given_to(source) - *given;
                }
                read(trial, &self.outcome());
                took += self.effort();
            }
            if let Self::Intervals(engine) = self {
                engine.finish_named();
            }
            for lane in 0..lanes {
                let given = &mut given[lane * sources..][..sources];
                if let Self::Intervals(engine) = self {
                    engine.add_given(lane, given);
                }
                tell(given);
            }
            (first, together) = (first + count, side_by_side(count, took));
        }
    }

    /// Makes a trial of the block the one whose outcome is read, that of all its cells.
    fn open_whole(&mut self, lane: usize) {
        self.open(lane);
        if let Self::Intervals(engine) = self {
            engine.name_alone();
        }
    }

    /// Begins a block of so many trials; each is to be opened then, in turn, and the block finished.
    pub(crate) fn begin(&mut self, first: u64, count: usize) {
        match self {
            Self::Events { first: block, .. } => *block = first,
            Self::Intervals(engine) => engine.begin(first, count),
        }
    }

    /// Makes a trial of the block the one whose outcome is read; says what belongs to it beside that.
    pub(crate) fn open(&mut self, lane: usize) -> Beside {
        match self {
            Self::Events { engine, first } => {
                engine.run(*first + lane as u64);
                Beside::default()
            }
            Self::Intervals(engine) => engine.open(lane),
        }
    }

    /// Ends a block: hands over what befell cells that are counted together.
    pub(crate) fn finish(&mut self, count: impl FnMut(Several<'_>)) {
        if let Self::Intervals(engine) = self {
            engine.finish(count);
        }
    }

    /// What the last trial came to.
    #[must_use]
    pub fn outcome(&self) -> Outcome<'_> {
        match self {
            Self::Events { engine, .. } => engine.outcome(),
            Self::Intervals(engine) => engine.outcome(),
        }
    }

    /// How much the last trial took: events, and cells that anything befell.
    #[must_use]
    pub fn effort(&self) -> u64 {
        match self {
            Self::Events { engine, .. } => engine.effort(),
            Self::Intervals(engine) => engine.effort(),
        }
    }

    /// Time below objective, over all cells, that a step or fault was given since the sums were last taken, as far as blocks have ended.
    fn given_to(&self, source: usize) -> u64 {
        match self {
            Self::Events { engine, .. } => engine.given_to(source),
            Self::Intervals(engine) => engine.given_to(source),
        }
    }

    /// Whether intervals were worth while for so many trials, of which they left so many to events: those are few, and most of what befell
    /// cells was told by rows.
    pub(crate) const fn was_worth_while(&self, again: u64, trials: u64) -> bool {
        match self {
            Self::Events { .. } => true,
            Self::Intervals(engine) => 4 * again <= trials && engine.is_told_by_rows(),
        }
    }

    /// How many trials an engine of intervals had to leave to events since that was last asked.
    pub fn take_again(&mut self) -> u64 {
        match self {
            Self::Events { .. } => 0,
            Self::Intervals(engine) => engine.take_again(),
        }
    }

    /// The sums since they were last taken.
    pub fn take_sums(&mut self) -> Sums {
        match self {
            Self::Events { engine, .. } => engine.take_sums(),
            Self::Intervals(engine) => engine.take_sums(),
        }
    }
}

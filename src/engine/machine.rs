//! Whichever engine runs a model: the one of events, or that of intervals with the former at its core.
//!
//! Both give the same outcome, to the last bit; only their speed differs.

use super::intervals::{Intervals, Split};
use super::outcome::Outcome;
use super::trial::{Engine, Sums};
use crate::model::Model;

/// Trials that show at most whether intervals are worth while, and the part of all that they may be.
const PILOT: u64 = 50;
const PART: u64 = 20;

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
    /// How a model of which so many trials are wanted is divided; none for events alone.
    #[must_use]
    pub fn split(self, model: &Model, trials: u64) -> Option<Split> {
        let split = (self != Choice::Event).then(|| Split::new(model))?;
        (self == Choice::Interval || is_worth_while(model, &split, (trials / PART).clamp(1, PILOT))).then_some(split)
    }
}

fn is_worth_while(model: &Model, split: &Split, trials: u64) -> bool {
    if 4 * split.core_cells() > 3 * model.len() {
        return false;
    }
    let mut pilot = Intervals::new(model, split);
    (0..trials).for_each(|trial| pilot.run(trial));
    4 * pilot.again() <= trials
}

/// An engine of either kind.
#[derive(Debug)]
pub enum Machine<'m> {
    /// All by events.
    Events(Box<Engine<'m>>),
    /// The core by events, the rest by intervals.
    Intervals(Box<Intervals<'m>>),
}

impl<'m> Machine<'m> {
    /// An engine of intervals where the model is divided, else one of events.
    #[must_use]
    pub fn new(model: &'m Model, split: Option<&'m Split>) -> Self {
        match split {
            None => Self::Events(Box::new(Engine::new(model))),
            Some(split) => Self::Intervals(Box::new(Intervals::new(model, split))),
        }
    }

    /// Runs one trial; its outcome is read from the engine until the next.
    pub fn run(&mut self, trial: u64) {
        match self {
            Self::Events(engine) => engine.run(trial),
            Self::Intervals(engine) => engine.run(trial),
        }
    }

    /// What the last trial came to.
    #[must_use]
    pub fn outcome(&self) -> Outcome<'_> {
        match self {
            Self::Events(engine) => engine.outcome(),
            Self::Intervals(engine) => engine.outcome(),
        }
    }

    /// How much the last trial took: events, and cells that anything befell.
    #[must_use]
    pub fn effort(&self) -> u64 {
        match self {
            Self::Events(engine) => engine.effort(),
            Self::Intervals(engine) => engine.effort(),
        }
    }

    /// Time below objective, over all cells, that a step or fault was given since the sums were last taken.
    #[must_use]
    pub fn given_to(&self, source: usize) -> u64 {
        match self {
            Self::Events(engine) => engine.given_to(source),
            Self::Intervals(engine) => engine.given_to(source),
        }
    }

    /// How many trials an engine of intervals had to leave to events.
    #[must_use]
    pub fn again(&self) -> u64 {
        match self {
            Self::Events(_) => 0,
            Self::Intervals(engine) => engine.again(),
        }
    }

    /// The sums since they were last taken.
    pub fn take_sums(&mut self) -> Sums {
        match self {
            Self::Events(engine) => engine.take_sums(),
            Self::Intervals(engine) => engine.take_sums(),
        }
    }
}

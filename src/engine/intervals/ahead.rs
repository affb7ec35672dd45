//! Settles that are drawn before anybody asks for them.
//!
//! In: the cells that settled in the trial before. Out: how long each would take in this one. A draw has a key and leaves nothing behind, so
//! that one too many changes nothing; but several at once take much less time than one after the other, since none has to wait for
//! what the one before comes to.

use crate::luck::{Luck, Purpose, quantile, to_millis};
use crate::model::{Model, NONE};
use crate::units::{Dist, Millis};

/// So many are drawn at once.
const TOGETHER: usize = 16;

/// How a cell settles, if it does by a log-normal distribution of its own.
#[derive(Debug, Clone, Copy)]
struct Law {
    entity: u64,
    median: f64,
    spread: f64,
}

/// What was drawn for a cell, and in which trial.
#[derive(Debug, Clone, Copy)]
struct Ready {
    trial: u64,
    settle: Millis,
}

/// By cell: what it draws by, and what is drawn.
#[derive(Debug)]
pub(super) struct Ahead {
    laws: Vec<Option<Law>>,
    ready: Vec<Ready>,
    trial: u64,
    /// Cells that settled in this trial.
    settled: Vec<u32>,
}

impl Ahead {
    /// Of the cells of a model.
    pub(super) fn new(model: &Model) -> Self {
        let law = |cell: usize| {
            let spec = &model.cells[cell];
            let dist = (spec.settle != NONE && model.prior_of[spec.settle as usize] == NONE).then_some(spec.settle as usize)?;
            let Dist::LogNormal { median, .. } = model.dists[dist] else { return None };
            Some(Law { entity: spec.entity, median, spread: model.spreads[dist] })
        };
        Self {
            laws: (0..model.len()).map(law).collect(),
            ready: vec![Ready { trial: u64::MAX, settle: 0 }; model.len()],
            trial: u64::MAX,
            settled: Vec::new(),
        }
    }

    /// Draws for a trial what the last one needed.
    pub(super) fn draw(&mut self, luck: &Luck, trial: u64) {
        self.trial = trial;
        for cells in self.settled.chunks(TOGETHER) {
            let mut laws = [Law { entity: 0, median: 0.0, spread: 0.0 }; TOGETHER];
            let mut values = [0.5; TOGETHER];
            for (law, &cell) in laws.iter_mut().zip(cells) {
                *law = self.laws[cell as usize].unwrap_or(*law);
            }
            for (value, law) in values.iter_mut().zip(&laws[..cells.len()]) {
                *value = luck.uniform(law.entity, Purpose::Settle, 0);
            }
            for value in &mut values[..cells.len()] {
                *value = quantile::normal(*value);
            }
            for ((value, law), &cell) in values.iter().zip(&laws).zip(cells) {
                let settle = to_millis(quantile::log_normal_at(law.median, law.spread, *value));
                self.ready[cell as usize] = Ready { trial, settle };
            }
        }
        self.settled.clear();
    }

    /// The first settle of a cell in this trial; none if it is not drawn, or by another law.
    pub(super) fn first_settle(&mut self, cell: u32) -> Option<Millis> {
        self.laws[cell as usize]?;
        self.settled.push(cell);
        let ready = self.ready[cell as usize];
        (ready.trial == self.trial).then_some(ready.settle)
    }
}

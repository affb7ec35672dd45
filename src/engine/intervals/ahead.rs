//! Settles that are drawn before anybody asks for them.
//!
//! In: which cells settle, trial after trial. Out: how long each takes. A draw has a key and leaves nothing behind, so that one too
//! many changes nothing; but those of several trials at once take much less time than one after the other. So a cell that settled
//! in many of the last trials is drawn for in all of the next ones as soon as it does again.

use crate::luck::{Luck, Purpose, TOGETHER};
use crate::model::{Model, NONE};
use crate::units::{Dist, Millis};

/// A cell is drawn for ahead if it settled at least so often in [`TOGETHER`] trials.
const OFTEN: u32 = 5;

/// By cell: its row, once it has settled.
#[derive(Debug)]
pub(super) struct Ahead {
    row: Vec<u32>,
    rows: Vec<Row>,
}

/// How a cell settles, by a log-normal distribution of its own.
#[derive(Debug)]
struct Row {
    entity: u64,
    median: f64,
    spread: f64,
    /// The trials that are spoken of: this one and those after it, [`TOGETHER`] in all.
    first: u64,
    /// In how many of them it settled so far.
    asked: u32,
    is_drawn: bool,
    settles: [Millis; TOGETHER],
}

impl Ahead {
    /// Of the cells of a model.
    pub(super) fn new(model: &Model) -> Self {
        Self { row: vec![NONE; model.len()], rows: Vec::new() }
    }

    /// The first settle of a cell in a trial; none if it has not been drawn.
    pub(super) fn first_settle(&mut self, model: &Model, luck: &Luck, cell: u32) -> Option<Millis> {
        let place = match self.row[cell as usize] {
            NONE => self.open(model, cell)?,
            place => place as usize,
        };
        self.rows[place].settle(luck)
    }

    /// A row for a cell that has none.
    fn open(&mut self, model: &Model, cell: u32) -> Option<usize> {
        let spec = &model.cells[cell as usize];
        let dist = (model.prior_of[spec.settle as usize] == NONE).then_some(spec.settle as usize)?;
        let Dist::LogNormal { median, .. } = model.dists[dist] else { return None };
        let place = self.rows.len();
        self.row[cell as usize] = u32::try_from(place).ok()?;
        self.rows.push(Row {
            entity: spec.entity,
            median,
            spread: model.spreads[dist],
            first: u64::MAX,
            asked: 0,
            is_drawn: false,
            settles: [0; TOGETHER],
        });
        Some(place)
    }
}

impl Row {
    fn settle(&mut self, luck: &Luck) -> Option<Millis> {
        #[expect(clippy::cast_possible_truncation, reason = "a place in a row")]
        let at = (luck.trial() % TOGETHER as u64) as usize;
        let first = luck.trial() - at as u64;
        if first != self.first {
            self.is_drawn = self.asked >= OFTEN && first == self.first + TOGETHER as u64;
            (self.first, self.asked) = (first, 0);
            if self.is_drawn {
                self.settles = luck.of(first).log_normals(self.median, self.spread, self.entity, Purpose::Settle, 0);
            }
        }
        self.asked += 1;
        self.is_drawn.then_some(self.settles[at])
    }
}

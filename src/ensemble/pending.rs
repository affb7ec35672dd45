//! What is not yet counted of the last trials.
//!
//! In: figures of cells and services, trial by trial. Out: batches of them. The only cell of a service mostly comes to the same as
//! its service; then the two are counted once.

use super::batch::Batch;
use crate::engine::{Figures, Outcome};
use crate::model::{Model, NONE};
use crate::units::Millis;

/// Figures of a cell that was all well again when its last outage ended, and lost nothing that is counted, within seven weeks: most
/// are like that, and what is a third as long is fetched and kept in a third of the time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Short {
    outage: u32,
    first: u32,
    main: u32,
    ever: u8,
    open: bool,
}

impl Short {
    #[inline]
    fn of(figures: &Figures) -> Option<Self> {
        let Figures { ever, outage, first, main, full, open, lost, customer_time } = *figures;
        let is_plain = full == main && lost == 0 && customer_time == 0;
        let fits = (outage | first | main) <= u32::MAX.into();
        #[expect(clippy::cast_possible_truncation, reason = "only where they fit")]
        let short = Self { outage: outage as u32, first: first as u32, main: main as u32, ever, open };
        (is_plain && fits).then_some(short)
    }
}

impl From<Short> for Figures {
    #[inline]
    fn from(Short { outage, first, main, ever, open }: Short) -> Self {
        let [outage, first, main] = [outage, first, main].map(Millis::from);
        Self { ever, outage, first, main, full: main, open, lost: 0, customer_time: 0 }
    }
}

/// Services with one cell in the model, and those cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lone {
    /// By cell: its service, if that has no other; else [`NONE`].
    service: Vec<u32>,
    /// By service: its only cell, or [`NONE`].
    cell: Vec<u32>,
}

impl Lone {
    pub(super) fn new(model: &Model) -> Self {
        let mut lone = Self { service: vec![NONE; model.len()], cell: vec![NONE; model.services.len()] };
        for (service, compiled) in (0..).zip(&model.services) {
            if let [cell] = compiled.cells[..] {
                lone.service[cell as usize] = service;
                lone.cell[service as usize] = cell;
            }
        }
        lone
    }

    /// The only cell of a service.
    pub(super) fn cell_of(&self, service: usize) -> Option<usize> {
        let cell = self.cell[service];
        (cell != NONE).then_some(cell as usize)
    }
}

/// Batches of cells, of services, and of cells with their services.
#[derive(Debug)]
pub(crate) struct Pending {
    pub(super) cells: Batch<Figures>,
    pub(super) services: Batch<Figures>,
    /// By cell.
    pub(super) both: Batch<Figures>,
    pub(super) both_short: Batch<Short>,
}

impl Pending {
    /// Nothing.
    pub(crate) fn none(model: &Model) -> Self {
        let (cells, services) = (model.len(), model.services.len());
        Self { cells: Batch::new(cells), services: Batch::new(services), both: Batch::new(cells), both_short: Batch::new(cells) }
    }

    /// Keeps what befell a cell and its service, which has no other.
    pub(super) fn push_alone(&mut self, cell: u32, figures: Figures) {
        match Short::of(&figures) {
            Some(short) => self.both_short.push(cell, short),
            None => self.both.push(cell, figures),
        }
    }

    /// Keeps what befell a cell, and its service if that has no other.
    pub(super) fn push_cell(&mut self, outcome: &Outcome<'_>, lone: &Lone, cell: u32, told: impl Fn(&Figures) -> Figures) {
        let figures = outcome.cell(cell);
        let service = lone.service[cell as usize];
        if service == NONE {
            self.cells.push(cell, told(figures));
            return;
        }
        let of_service = outcome.service(service);
        if of_service == figures {
            self.push_alone(cell, told(figures));
        } else {
            self.cells.push(cell, told(figures));
            self.services.push(service, told(of_service));
        }
    }

    /// Keeps what befell a service of several cells.
    pub(super) fn push_service(&mut self, lone: &Lone, service: u32, told: impl Fn() -> Figures) {
        if lone.cell[service as usize] == NONE {
            self.services.push(service, told());
        }
    }

    /// Whether it is time to count.
    pub(super) const fn is_full(&self) -> bool {
        self.cells.is_full() || self.both.is_full() || self.both_short.is_full()
    }
}

//! What is not yet counted of the last trials.
//!
//! In: figures of cells and services, trial by trial. Out: batches of them. The only cell of a service mostly comes to the same as
//! its service; then the two are counted once.

use super::batch::Batch;
use super::streams::Streams;
use crate::engine::{Figures, Outcome};
use crate::model::{Model, NONE};

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
    /// By cell: the common ones, and all others.
    pub(super) streams: Streams,
    pub(super) both: Batch<Figures>,
}

impl Pending {
    /// Nothing.
    pub(crate) fn none(model: &Model) -> Self {
        let (cells, services) = (model.len(), model.services.len());
        Self { cells: Batch::new(cells), services: Batch::new(services), streams: Streams::new(cells), both: Batch::new(cells) }
    }

    /// Keeps what befell a cell and its service, which has no other and came to the same.
    pub(super) fn push_alone(&mut self, cell: u32, figures: Figures) {
        if !self.streams.push(cell, &figures, &figures) {
            self.both.push(cell, figures);
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
        let (figures, of_service) = (told(figures), told(outcome.service(service)));
        if of_service == figures {
            self.push_alone(cell, figures);
        } else if !self.streams.push(cell, &figures, &of_service) {
            self.cells.push(cell, figures);
            self.services.push(service, of_service);
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
        self.cells.is_full() || self.both.is_full() || self.streams.is_full()
    }
}

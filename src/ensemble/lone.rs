//! Which cells are all that their services are: what befalls the two is mostly the same, and then counted once.

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
        // In the order of the cells: the lists of the services lie anywhere.
        for (cell, compiled) in (0..).zip(&model.cells[..model.len()]) {
            let service = compiled.service;
            if model.services[service as usize].cells.len() == 1 {
                lone.service[cell as usize] = service;
                lone.cell[service as usize] = cell;
            }
        }
        lone
    }

    /// The service of a cell, if that has no other.
    pub(super) fn service_of(&self, cell: u32) -> Option<u32> {
        let service = self.service[cell as usize];
        (service != NONE).then_some(service)
    }

    /// The only cell of a service.
    pub(super) fn cell_of(&self, service: usize) -> Option<usize> {
        let cell = self.cell[service];
        (cell != NONE).then_some(cell as usize)
    }
}

//! A cell and its service, which has no other: what befell both over many trials, counted once.
//!
//! In: figures of trials in which the two came to the same, but perhaps for the end of the last outage: a cell that has no work has
//! not recovered yet, while its service is back. Out: the tally of either. Not here: trials in which they differ in more.

use super::streams::Stream;
use super::subject::{CellTally, Spread};
use crate::engine::Figures;
use std::borrow::Cow;

/// What befell a cell and its service.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Both {
    cell: CellTally,
    /// The end of the last outage of the service, if it ever was another instant than that of the cell.
    main_of_service: Option<Spread>,
}

impl Both {
    /// Counts figures in which the two do not differ.
    pub(super) fn count(&mut self, all: &[Figures]) {
        if let Some(main) = &mut self.main_of_service {
            main.add_all(all.iter().filter(|f| f.impacted()).map(|f| f.main));
        }
        self.cell.count(all);
    }

    /// Counts figures that come one beside the other.
    pub(super) fn count_stream(&mut self, stream: &Stream) {
        let [of_cell, of_service] = &stream.apart;
        if !of_cell.is_empty() {
            self.main_of_service.get_or_insert_with(|| self.cell.main.clone());
        }
        if let Some(main) = &mut self.main_of_service {
            main.add_brief(&stream.mains);
            main.add_brief(of_service);
        }
        self.cell.count_stream(stream);
    }

    /// The cell's.
    pub(super) const fn cell(&self) -> &CellTally {
        &self.cell
    }

    /// The service's.
    pub(super) fn service(&self) -> Cow<'_, CellTally> {
        match &self.main_of_service {
            None => Cow::Borrowed(&self.cell),
            Some(main) => Cow::Owned(self.cell.with_main(main.clone())),
        }
    }

    /// Adds another.
    pub(super) fn merge(&mut self, other: &Both) {
        if self.main_of_service.is_some() || other.main_of_service.is_some() {
            let main = self.main_of_service.get_or_insert_with(|| self.cell.main.clone());
            main.merge(other.main_of_service.as_ref().unwrap_or(&other.cell.main));
        }
        self.cell.merge(&other.cell);
    }
}

//! A cell and its service, which has no other: what befell both over many trials, counted once.
//!
//! In: figures of trials in which the two came to the same, but perhaps for the end of the last outage: a cell that has no work has
//! not recovered yet, while its service is back. Out: the tally of either. Not here: trials in which they differ in more.

use super::subject::{CellTally, Spread};
use crate::engine::{Figures, Several};
use crate::units::Millis;
use std::borrow::Cow;

/// What befell a cell and its service.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Both {
    cell: CellTally,
    /// The end of the last outage of the service, if it ever was another instant than that of the cell.
    main_of_service: Option<Spread>,
}

impl Both {
    /// Counts what befell the cell in one trial, and the end of the last outage of the service.
    pub(super) fn count(&mut self, figures: &Figures, main_of_service: Millis) {
        if let Some(main) = self.main_of_service(figures.main != main_of_service).filter(|_| figures.impacted()) {
            main.add(main_of_service);
        }
        self.cell.count(figures);
    }

    /// Counts what befell the two in several trials.
    pub(super) fn count_several(&mut self, several: &Several<'_>) {
        if let Some(main) = self.main_of_service(several.mains_of_service.is_some()) {
            main.add_brief(several.mains_of_service.unwrap_or(several.mains), several.count);
        }
        self.cell.count_several(several);
    }

    /// The end of the last outage of the service, if it differs now or ever did.
    #[inline]
    fn main_of_service(&mut self, differs: bool) -> Option<&mut Spread> {
        if differs && self.main_of_service.is_none() {
            self.main_of_service = Some(self.cell.main.clone());
        }
        self.main_of_service.as_mut()
    }

    /// For whoever will read it.
    pub(super) fn settle(&mut self) {
        self.main_of_service.iter_mut().for_each(Spread::settle);
        self.cell.settle();
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
        if let Some(main) = self.main_of_service(other.main_of_service.is_some()) {
            main.merge(other.main_of_service.as_ref().unwrap_or(&other.cell.main));
        }
        self.cell.merge(&other.cell);
    }
}

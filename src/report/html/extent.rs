//! How much of a long list a page shows: what is read at a glance, or with `--all` as much as a browser bears.
//!
//! In: the view. Out: bounds for every list, and where the rest stands.

use super::embed::KEPT;
use crate::report::View;
use crate::report::data::Report;
use crate::report::figures::whole;

/// How much is shown.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extent {
    /// Rows of a chart.
    pub(super) rows: usize,
    /// Cells of the map as a table.
    pub(super) cells: usize,
    /// Rows of each part of a timeline.
    pub(super) bars: usize,
    /// Moments of a trial as a table.
    pub(super) moments: usize,
    /// Services in the data of the page, and cells if there are no more.
    pub(super) kept: usize,
}

impl Extent {
    /// That of a view.
    pub(super) const fn of(view: &View) -> Self {
        if view.all {
            Extent { rows: 1_000, cells: 20_000, bars: 300, moments: 5_000, kept: usize::MAX }
        } else {
            Extent { rows: 20, cells: 200, bars: 14, moments: 200, kept: KEPT }
        }
    }

    /// How many more services there are, and where: those least affected are not in the data of a page with many.
    pub(super) fn rest(&self, more: usize, report: &Report) -> String {
        let place =
            if report.services.len() > self.kept { "in the JSON report (`--format json`)" } else { "in the data of this page" };
        format!("and {} more, {place}", whole(more as u64))
    }
}

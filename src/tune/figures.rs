//! The figure of a trial that an output asks for.
//!
//! In: an output, what a trial came to. Out: one whole number. Subjects that the model does not reach are untouched.

use crate::engine::{Figures, Outcome};
use crate::model::Model;
use crate::scenario::experiment::{Figure, Output, Subject};

/// Where in the model an output looks.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    Nowhere,
    Run,
    Customers,
    Service(u32),
    Cell(u32),
    Region(u32),
}

/// Finds the place of an output in a model.
pub(super) fn place(output: &Output, model: &Model) -> Place {
    let at =
        |found: Option<usize>, place: fn(u32) -> Place| found.and_then(|n| u32::try_from(n).ok()).map_or(Place::Nowhere, place);
    match output.subject {
        Subject::Run => Place::Run,
        Subject::Customers => Place::Customers,
        Subject::Service(id) => at(model.services.iter().position(|s| s.origin == id), Place::Service),
        Subject::Cell(id) => at(model.origin.iter().position(|&c| c == id), Place::Cell),
        Subject::Region(id) => Place::Region(id),
    }
}

/// The figure.
pub(super) fn of(output: &Output, place: Place, outcome: &Outcome<'_>) -> u64 {
    let model = outcome.model();
    match place {
        Place::Nowhere => 0,
        Place::Run => of_run(output.figure, outcome),
        Place::Customers => match output.figure {
            Figure::DataLost => {
                outcome.cells().filter(|(c, _)| faces(model, *c)).filter_map(|(c, _)| outcome.data(c).0).max().unwrap_or(0)
            }
            Figure::DataLostForGood => u64::from(outcome.cells().any(|(c, _)| faces(model, c) && outcome.data(c).1)),
            figure => of_figures(figure, outcome.customers()),
        },
        Place::Service(service) => match output.figure {
            Figure::DataLost => cells_of(outcome, service).filter_map(|c| outcome.data(c).0).max().unwrap_or(0),
            Figure::DataLostForGood => u64::from(cells_of(outcome, service).any(|c| outcome.data(c).1)),
            figure => outcome.services().find(|(s, _)| *s == service).map_or(0, |(_, f)| of_figures(figure, f)),
        },
        Place::Cell(cell) => match output.figure {
            Figure::DataLost => outcome.data(cell).0.unwrap_or(0),
            Figure::DataLostForGood => u64::from(outcome.data(cell).1),
            figure => outcome.cells().find(|(c, _)| *c == cell).map_or(0, |(_, f)| of_figures(figure, f)),
        },
        Place::Region(region) => outcome.regions().nth(region as usize).map_or(0, |f| of_figures(output.figure, f)),
    }
}

fn faces(model: &Model, cell: u32) -> bool {
    model.cells[cell as usize].faces
}

fn cells_of<'e>(outcome: &Outcome<'e>, service: u32) -> impl Iterator<Item = u32> + use<'e> {
    let model = outcome.model();
    outcome.cells().map(|(c, _)| c).filter(move |&c| model.cells[c as usize].service == service)
}

fn of_run(figure: Figure, outcome: &Outcome<'_>) -> u64 {
    match figure {
        Figure::AffectedCells => outcome.cells().filter(|(_, f)| f.outage > 0).count() as u64,
        Figure::DataLostForGood => u64::from(outcome.cells().any(|(c, _)| outcome.data(c).1)),
        Figure::NeverRecovered => u64::from(outcome.cells().any(|(_, f)| f.open)),
        Figure::Plan => outcome.plan_ends(),
        Figure::Incident => u64::from(outcome.incident()),
        Figure::PlanStopped => u64::from(outcome.plan_cut()),
        Figure::Approvals => outcome.friction().asked,
        Figure::Hours => outcome.friction().waited,
        Figure::FalseStops => outcome.friction().false_stops,
        _ => 0,
    }
}

fn of_figures(figure: Figure, figures: &Figures) -> u64 {
    match figure {
        Figure::Outage => figures.outage,
        Figure::RequestsLost => figures.lost,
        Figure::MinutesLost => figures.customer_time,
        Figure::Affected => u64::from(figures.outage > 0),
        Figure::State(state) => u64::from(figures.ever >> state & 1),
        Figure::NeverRecovered => u64::from(figures.open),
        _ => 0,
    }
}

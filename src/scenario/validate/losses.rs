//! What is lost can be told only where it is said how much there is: `traffic` and `customers`.
//!
//! In: the path of an output. Out: a finding, if nothing of its subject says that.

use super::Known;
use crate::diag::{Findings, Span, codes, tick};
use crate::scenario::experiment::outputs::{Subject, subject};
use crate::scenario::world::{Cell, World};

/// Reports an output that would be 0 whatever happens, since nobody counts.
pub(crate) fn uncounted(known: &Known, path: &str, span: Span, found: &mut Findings) -> bool {
    let (subject, rest) = subject(known, path);
    let (declares, what, hint): (fn(&Cell) -> bool, _, _) = match rest.split('.').next() {
        Some("requests_lost") => (
            |cell| cell.traffic.is_some(),
            "how much `traffic` it has",
            "give services that face customers `traffic: 600/min`, or take `outage_min` instead of `requests_lost`",
        ),
        Some("minutes_lost") => (
            |cell| cell.customers.is_some(),
            "how many `customers` it has",
            "give services that face customers `customers: 5000`, or take `outage_min` instead of `minutes_lost`",
        ),
        _ => return false,
    };
    if subject == Subject::Run || any(&known.world, subject, declares) {
        return false;
    }
    let message = format!("{} is not known: nothing of it says {what}", tick(path));
    found.error_hint(codes::UNKNOWN_OUTPUT, span, message, hint);
    true
}

/// Whether a cell of a subject is such a one.
fn any(world: &World, subject: Subject, such: fn(&Cell) -> bool) -> bool {
    (0..).zip(&world.cells).filter(|(_, cell)| such(cell)).any(|(id, cell)| match subject {
        Subject::Run => false,
        Subject::Customers => world.services[cell.service as usize].faces_customers,
        Subject::Service(service) => cell.service == service,
        Subject::Cell(wanted) => id == wanted,
        Subject::Region(region) => cell.region == region,
    })
}

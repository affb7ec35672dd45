//! The verdict on a plan: allow, review or block, computed here and nowhere else.
//!
//! In: a [`Proposal`](crate::scenario::proposal::Proposal). Out: a report with a verdict. Findings come first, then trials, look by look, until every limit
//! that could change the decision is known; then why, and what would change it. Pure: time and files are `cli`'s.

mod alone;
mod bench;
pub mod binding;
mod explain;
mod flips;
mod judge;
mod plainly;
mod question;
pub mod returned;
mod run;
mod score;
mod told;
mod values;
mod worker;

pub(crate) use bench::Bench;
pub(crate) use flips::MOST_CHANGES;
pub(crate) use run::KEPT as MOST_PAIRS;
pub use score::{News, Options, Why, against, score};

use crate::findings::Finding;
use crate::scenario::Scenario;
use crate::scenario::appetite::{Appetite, Atom, Limit, Measure, Objective, Order, Promised, Unjudged};

/// What is known before the first trial.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known<'a> {
    pub(crate) scenario: &'a Scenario,
    pub(crate) promised: &'a Promised,
    pub(crate) findings: &'a [Finding],
    pub(crate) coverage: f64,
}

/// The coverage below which a plan is never allowed, unless the appetite sets a floor of its own.
const COVERAGE_FLOOR: f64 = 0.8;

/// Whether a limit under `review` says that too little coverage asks for one, whatever else is so: then it is the floor. What
/// hangs on a second condition, or only blocks, leaves plans between it and the usual floor unseen.
fn is_floor(limit: &Limit) -> bool {
    let of_coverage =
        |atom: &Atom| atom.output.measure == Measure::Coverage && matches!(atom.order, Order::Below | Order::AtMost);
    limit.condition.as_comparison().is_some() && limit.atoms.iter().all(of_coverage)
}

/// Whether so little is covered that the plan is not allowed, and no limit says so.
fn is_below_floor(appetite: &Appetite, known: &Known<'_>) -> bool {
    known.coverage < COVERAGE_FLOOR && !appetite.review.iter().any(is_floor)
}

impl Known<'_> {
    /// Requests per millisecond that an objective's service normally gets; 0 where no traffic is declared.
    fn requests_per_ms(&self, objective: &Objective) -> f64 {
        let world = &self.scenario.world;
        let cells = world.services[objective.service as usize].cells.clone();
        let per_min: f64 = cells.filter_map(|c| world.cells[c as usize].traffic).map(per_min).sum();
        per_min / 60_000.0
    }

    /// Requests per minute of the whole world.
    fn total_traffic(&self) -> f64 {
        self.scenario.world.cells.iter().filter_map(|c| c.traffic).map(per_min).sum()
    }

    /// Customers of the whole world.
    #[expect(clippy::cast_precision_loss, reason = "a bound")]
    fn total_customers(&self) -> f64 {
        self.scenario.world.cells.iter().filter_map(|c| c.customers).sum::<u64>() as f64
    }
}

#[expect(clippy::cast_precision_loss, reason = "a rate, for a bound")]
fn per_min(rate: crate::units::Rate) -> f64 {
    rate.micro_per_min() as f64 / 1e6
}

/// What stands in the way of allowing, whatever the limits say.
fn floor(appetite: &Appetite, known: &Known<'_>) -> Vec<String> {
    let mut blind = Vec::new();
    let plan = &known.scenario.plan;
    if !plan.unknown.is_empty() {
        let mut names: Vec<String> = Vec::new();
        for unknown in &plan.unknown {
            let name = crate::diag::tick(&unknown.name);
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let more = names.len().saturating_sub(3);
        names.truncate(3);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        blind.push(format!("the plan touches what nobody described: {}{more}", names.join(", ")));
    }
    let burns = appetite.limits().flat_map(|(_, l)| &l.atoms).any(|a| a.output.measure == Measure::Burnt);
    for Unjudged { service, why } in known.promised.unjudged.iter().filter(|_| burns) {
        blind.push(format!("an objective is promised for {}, {why}: its budget is not judged", crate::diag::tick(service)));
    }
    if is_below_floor(appetite, known) {
        blind.push(format!("coverage is {:.0}%, below the floor of 80%", 100.0 * known.coverage));
    }
    blind
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod unknown_tests;

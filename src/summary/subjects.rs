//! Subjects: what befell each cell, service, region and the customers, with names.

use super::Case;
use super::figures::{Sample, Unit, histogram, proportion, quantiles, share};
use super::why;
use crate::ensemble::hist::Hist;
use crate::ensemble::subject::{CellTally, Spread};
use crate::model::Service;
use crate::report::data::{Counted, States, Subject};
use crate::scenario::world::Cell;
use indexmap::IndexMap;
use std::cmp::Reverse;

/// What a subject is shown with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Detail {
    Full,
    Brief,
}

fn subject(case: &Case<'_>, tally: &CellTally, detail: Detail) -> Subject {
    let looks = case.looks;
    let trials = case.tally.trials;
    let zeros = trials - tally.affected;
    let instants = |spread: &Spread| (tally.impacted > 0).then(|| quantiles(&Sample::of(spread, 0), Unit::Minutes, looks));
    let lost =
        |hist: &Option<Box<Hist>>| hist.as_deref().map(|h| quantiles(&Sample::of_optional(Some(h), trials), Unit::Milli, looks));
    let bars = match (&tally.outage, detail) {
        (Spread::Full(hist), Detail::Full) => histogram(hist, zeros),
        _ => None,
    };
    Subject {
        states: states(tally, trials),
        affected: proportion(tally.affected, trials, looks),
        outage_min: quantiles(&Sample::of(&tally.outage, zeros), Unit::Minutes, looks),
        first_impact_min: instants(&tally.first),
        main_restored_min: instants(&tally.main),
        full_recovery_min: instants(tally.full()),
        requests_lost: lost(&tally.lost),
        requests_counted: None,
        minutes_lost: lost(&tally.customer_time),
        minutes_counted: None,
        never_recovered: share(tally.open, trials),
        data_lost_min: tally.data_lost.as_deref().map(|h| quantiles(&Sample::of_hist(h, 0), Unit::Minutes, looks)),
        data_lost_for_good: share(tally.data_gone, trials),
        histogram: bars,
        path: Vec::new(),
    }
}

fn states(tally: &CellTally, trials: u64) -> States {
    let [down, failing, degraded, starved, lagging, exposed] = tally.states.map(|n| share(n, trials));
    States { down, failing, degraded, lagging, starved, exposed }
}

/// Services that any trial touched (all of the model's with `all`), most affected first.
pub(super) fn services(case: &Case<'_>, all: bool) -> IndexMap<String, Subject> {
    let world = &case.scenario.world;
    let tally = |s: usize| case.tally.service(s);
    let mut order: Vec<usize> = (0..case.model.services.len()).filter(|&s| all || is_touched(&tally(s))).collect();
    order.sort_by_cached_key(|&s| (severity(&tally(s)), case.model.services[s].origin));
    let named = |s: usize| {
        let mut subject = subject(case, &tally(s), Detail::Full);
        subject.path = why::path(case, s);
        (world.services[case.model.services[s].origin as usize].name.clone(), subject)
    };
    let mut found: IndexMap<String, Subject> = order.into_iter().map(named).collect();
    if all {
        for service in &world.services {
            found.entry(service.name.clone()).or_insert_with(|| subject(case, &CellTally::default(), Detail::Brief));
        }
    }
    found
}

/// Whether any trial left a mark on it.
fn is_touched(tally: &CellTally) -> bool {
    tally.lost.is_some() || tally.customer_time.is_some() || tally.states.iter().any(|&n| n > 0)
}

/// The worst first: by mean outage, then by how often anything befell it.
fn severity(tally: &CellTally) -> Reverse<(u128, u64, u64)> {
    let sum = match &tally.outage {
        Spread::Full(hist) => hist.sum(),
        Spread::Coarse(coarse) => coarse.sum,
    };
    Reverse((sum, tally.affected, tally.states.iter().sum()))
}

/// Cells likewise.
pub(super) fn cells(case: &Case<'_>, all: bool) -> IndexMap<String, Subject> {
    let tally = |c: usize| case.tally.cell(c);
    let mut order: Vec<usize> = (0..case.model.len()).filter(|&c| tally(c).is_some_and(|t| is_touched(&t))).collect();
    order.sort_by_cached_key(|&c| (tally(c).map(|t| severity(&t)), case.model.origin[c]));
    let world = &case.scenario.world;
    let named = |c: usize| Some((world.cell_name(case.model.origin[c]), subject(case, &*tally(c)?, Detail::Brief)));
    let mut found: IndexMap<String, Subject> = order.into_iter().filter_map(named).collect();
    if all {
        for cell in (0..world.cells.len()).filter_map(|c| u32::try_from(c).ok()) {
            found.entry(world.cell_name(cell)).or_insert_with(|| subject(case, &CellTally::default(), Detail::Brief));
        }
    }
    found
}

/// Regions with customer-facing cells that were touched.
pub(super) fn regions(case: &Case<'_>) -> IndexMap<String, Subject> {
    let regions = case.scenario.world.regions.iter().zip(&case.tally.regions).filter(|(_, t)| is_touched(t));
    regions.map(|(r, tally)| (r.name.clone(), subject(case, tally, Detail::Full))).collect()
}

/// The customer-facing set, where there is one.
pub(super) fn customers(case: &Case<'_>) -> Option<Subject> {
    let faces = case.scenario.world.services.iter().any(|s| s.faces_customers);
    let mut customers = faces.then(|| subject(case, &case.tally.customers, Detail::Full))?;
    if customers.requests_lost.is_some() {
        customers.requests_counted = counted(case, |cell| cell.traffic.is_some());
    }
    if customers.minutes_lost.is_some() {
        customers.minutes_counted = counted(case, |cell| cell.customers.is_some());
    }
    Some(customers)
}

/// Who of those that customers miss says how much there is to lose, where not all of them do.
fn counted(case: &Case<'_>, declares: fn(&Cell) -> bool) -> Option<Counted> {
    let (model, world) = (case.model, &case.scenario.world);
    let affected = (0..model.services.len()).filter(|&s| case.tally.service(s).affected > 0);
    let missed = affected.map(|s| &model.services[s]).filter(|s| world.services[s.origin as usize].faces_customers);
    let says =
        |service: &&Service| service.cells.iter().all(|&cell| declares(&world.cells[model.origin[cell as usize] as usize]));
    let (declare, silent): (Vec<&Service>, Vec<&Service>) = missed.partition(says);
    let declare = declare.len() as u64;
    (!silent.is_empty()).then(|| Counted { services: declare + silent.len() as u64, declare })
}

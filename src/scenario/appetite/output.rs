//! The path of an output, as something that can be counted.
//!
//! In: a path that a report can have. Out: [`Output`], or `None` where no limit can speak of it: bounds of
//! intervals, least and greatest values, what is known only after the last trial.

use super::{Measure, Objective, Output, Stat, Subject};
use crate::scenario::validate::Known;
use crate::scenario::world::CellId;

const STATES: [&str; 6] = ["down", "failing", "degraded", "starved", "lagging", "exposed"];

/// Reads a path.
pub(super) fn typed(known: &Known, objectives: &[Objective], path: &str) -> Option<Output> {
    let (first, rest) = path.split_once('.').unwrap_or((path, ""));
    match first {
        "customers" => of_subject(Subject::Customers, rest),
        "services" => {
            let (name, rest) = longest(rest, known.world.services.iter().map(|s| s.name.as_str()))?;
            of_subject(Subject::Service(*known.names.services.get(name)?), rest)
        }
        "region" => {
            let (name, rest) = longest(rest, known.world.regions.iter().map(|r| r.name.as_str()))?;
            of_subject(Subject::Region(*known.names.regions.get(name)?), rest)
        }
        "cells" => {
            let world = &known.world;
            let fits = |id: CellId| Some((id, rest.strip_prefix(world.cell_name(id).as_str())?.strip_prefix('.')?));
            let ids = 0..u32::try_from(world.cells.len()).unwrap_or(u32::MAX);
            let (id, rest) = ids.filter_map(fits).min_by_key(|(_, rest)| rest.len())?;
            of_subject(Subject::Cell(id), rest)
        }
        "slo" => burnt(objectives, rest),
        "friction" => friction(rest),
        _ => of_run(path),
    }
}

/// Waits have no upper end, so no number of trials shows that their mean is small: hours are limited by a quantile.
fn friction(rest: &str) -> Option<Output> {
    let (which, rest) = rest.split_once('.')?;
    let (measure, stat) = match (which, stat(rest)?) {
        ("approvals", stat) => (Measure::Approvals, stat),
        ("false_stops", stat) => (Measure::FalseStops, stat),
        ("hours", stat @ Stat::Quantile(_)) => (Measure::Hours, stat),
        _ => return None,
    };
    Some(Output { subject: Subject::Run, measure, stat })
}

fn longest<'a>(rest: &'a str, names: impl Iterator<Item = &'a str>) -> Option<(&'a str, &'a str)> {
    let fits = |name: &&str| rest.strip_prefix(*name).is_some_and(|r| r.starts_with('.'));
    let name = names.filter(fits).max_by_key(|n| n.len())?;
    Some((name, &rest[name.len() + 1..]))
}

fn burnt(objectives: &[Objective], rest: &str) -> Option<Output> {
    let (subject, rest) = match rest.strip_prefix("objectives.") {
        None => (Subject::Objective(None), rest),
        Some(rest) => {
            let (name, rest) = longest(rest, objectives.iter().map(|o| o.name.as_str()))?;
            let place = objectives.iter().position(|o| o.name == name)?;
            (Subject::Objective(Some(u32::try_from(place).ok()?)), rest)
        }
    };
    let stat = stat(rest.strip_prefix("budget_burnt.")?)?;
    Some(Output { subject, measure: Measure::Burnt, stat })
}

fn of_subject(subject: Subject, rest: &str) -> Option<Output> {
    let (which, rest) = rest.split_once('.').unwrap_or((rest, ""));
    let share = |measure| rest.is_empty().then_some(Output { subject, measure, stat: Stat::Share });
    let spread = |measure| Some(Output { subject, measure, stat: stat(rest)? });
    match which {
        "outage_min" => spread(Measure::Outage),
        "first_impact_min" => spread(Measure::First),
        "main_restored_min" => spread(Measure::Main),
        "full_recovery_min" => spread(Measure::Full),
        "requests_lost" => spread(Measure::RequestsLost),
        "minutes_lost" => spread(Measure::MinutesLost),
        "data_lost_min" => spread(Measure::DataLost),
        "never_recovered" => share(Measure::NeverRecovered),
        "data_lost_for_good" => share(Measure::DataGone),
        "affected" if rest == "mean" => Some(Output { subject, measure: Measure::Affected, stat: Stat::Share }),
        "states" => {
            let bit = STATES.iter().position(|s| *s == rest)?;
            Some(Output { subject, measure: Measure::State(u8::try_from(bit).ok()?), stat: Stat::Share })
        }
        _ => None,
    }
}

fn of_run(path: &str) -> Option<Output> {
    let subject = Subject::Run;
    let whole = |measure| Some(Output { subject, measure, stat: Stat::Whole });
    let share = |measure| Some(Output { subject, measure, stat: Stat::Share });
    match path {
        "coverage" => whole(Measure::Coverage),
        "unknown_targets" => whole(Measure::UnknownTargets),
        "findings.notes" => whole(Measure::Findings(0)),
        "findings.warnings" => whole(Measure::Findings(1)),
        "findings.errors" => whole(Measure::Findings(2)),
        "regions" => whole(Measure::Regions),
        "data_lost_for_good" => share(Measure::DataGone),
        "never_recovered" => share(Measure::NeverRecovered),
        "incident" => share(Measure::Incident),
        "plan_stopped" => share(Measure::PlanStopped),
        "plan_unfinished" => share(Measure::PlanUnfinished),
        "truncated" => share(Measure::Truncated),
        _ => {
            let (which, rest) = path.split_once('.')?;
            let measure = match which {
                "affected_cells" => Measure::AffectedCells,
                "plan_min" => Measure::Plan,
                _ => return None,
            };
            Some(Output { subject, measure, stat: stat(rest)? })
        }
    }
}

fn stat(text: &str) -> Option<Stat> {
    match text {
        "mean" => Some(Stat::Mean),
        "p50" => Some(Stat::Quantile(0.5)),
        "p90" => Some(Stat::Quantile(0.9)),
        "p95" => Some(Stat::Quantile(0.95)),
        "p99" => Some(Stat::Quantile(0.99)),
        _ => None,
    }
}

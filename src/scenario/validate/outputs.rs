//! Paths of outputs: `services.orders-db.outage_min.p90`.
//!
//! In: a path and a world. Out: whether a report can have it; else a finding. Published figures may
//! leave the unit and the quantile out (`customers.full_recovery`).

use super::{Known, sorted};
use crate::diag::{Findings, Span, codes, tick};
use crate::scenario::suggest;

/// Outputs of a service, a cell, a region and the customer-facing set.
const OF_SUBJECT: [&str; 11] = [
    "states",
    "affected",
    "outage_min",
    "first_impact_min",
    "main_restored_min",
    "full_recovery_min",
    "requests_lost",
    "minutes_lost",
    "never_recovered",
    "data_lost_min",
    "data_lost_for_good",
];
/// Outputs of the whole run.
const OF_RUN: [&str; 15] = [
    "deadlocks",
    "variants",
    "services",
    "cells",
    "region",
    "customers",
    "affected_cells",
    "data_lost_for_good",
    "never_recovered",
    "plan_min",
    "incident",
    "plan_stopped",
    "regions",
    "coverage",
    "friction",
];
/// Further outputs of the whole run, known to verdicts.
const SLO: &str = "slo";
const STATES: [&str; 6] = ["down", "failing", "degraded", "lagging", "starved", "exposed"];
const FRICTION: [&str; 3] = ["approvals", "hours", "false_stops"];
const QUANTILES: [&str; 17] = [
    "mean",
    "p50",
    "p90",
    "p95",
    "p99",
    "min",
    "max",
    "low",
    "high",
    "mean_low",
    "mean_high",
    "p50_low",
    "p50_high",
    "p90_low",
    "p90_high",
    "p95_low",
    "p95_high",
];

/// Reports a path that no report has.
pub(super) fn check(known: &Known, path: &str, span: Span, found: &mut Findings) {
    if let Err((part, candidates)) = walk(known, path) {
        let message = format!("no report has the output {}", tick(path));
        let hint = match suggest::nearest(part, candidates.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}` instead of `{part}`?"),
            None if candidates.is_empty() => format!("the path should end before `{part}`"),
            None if part.is_empty() => format!("the path goes on with one of: {}", candidates.join(", ")),
            None => format!("instead of `{part}` write one of: {}", candidates.join(", ")),
        };
        found.error_hint(codes::UNKNOWN_OUTPUT, span, message, hint);
    }
}

type Wrong<'a> = (&'a str, Vec<String>);

fn walk<'a>(known: &Known, path: &'a str) -> Result<(), Wrong<'a>> {
    let (first, rest) = path.split_once('.').unwrap_or((path, ""));
    match first {
        "services" => subject(rest, &sorted(&known.names.services)),
        "region" => subject(rest, &sorted(&known.names.regions)),
        "cells" => {
            let cells: Vec<String> = (0..).zip(&known.world.cells).map(|(id, _)| known.world.cell_name(id)).collect();
            subject(rest, &cells.iter().map(String::as_str).collect::<Vec<_>>())
        }
        "customers" => metric(rest),
        "affected_cells" | "plan_min" | "plan" => quantile(rest),
        "friction" => {
            let (which, rest) = rest.split_once('.').unwrap_or((rest, ""));
            if FRICTION.contains(&which) { quantile(rest) } else { Err((which, owned(&FRICTION))) }
        }
        SLO | "variants" => Ok(()),
        _ if OF_RUN.contains(&first) => {
            if rest.is_empty() {
                Ok(())
            } else {
                Err((rest, Vec::new()))
            }
        }
        _ => Err((first, owned(&OF_RUN))),
    }
}

/// A name, which may contain dots, and an output of it.
fn subject<'a>(rest: &'a str, names: &[&str]) -> Result<(), Wrong<'a>> {
    let fits = |name: &&&str| rest.strip_prefix(**name).is_some_and(|r| r.starts_with('.'));
    match names.iter().filter(fits).max_by_key(|n| n.len()) {
        Some(name) => metric(&rest[name.len() + 1..]),
        None => Err((
            rest.split_once('.').map_or(rest, |(name, _)| name),
            names.iter().take(2000).map(|n| (*n).to_owned()).take(20_000).collect(),
        )),
    }
}

fn metric(rest: &str) -> Result<(), Wrong<'_>> {
    let (which, rest) = rest.split_once('.').unwrap_or((rest, ""));
    let known = OF_SUBJECT.iter().any(|m| *m == which || m.strip_suffix("_min") == Some(which));
    match which {
        _ if !known => Err((which, owned(&OF_SUBJECT))),
        "states" if STATES.contains(&rest) => Ok(()),
        "states" => Err((rest, owned(&STATES))),
        "never_recovered" | "data_lost_for_good" => {
            if rest.is_empty() {
                Ok(())
            } else {
                Err((rest, Vec::new()))
            }
        }
        _ => quantile(rest),
    }
}

fn quantile(rest: &str) -> Result<(), Wrong<'_>> {
    if rest.is_empty() || QUANTILES.contains(&rest) || matches!(rest, "p99_low" | "p99_high" | "count") {
        return Ok(());
    }
    Err((rest, owned(&QUANTILES[..7])))
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|w| (*w).to_owned()).collect()
}

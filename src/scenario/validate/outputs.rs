//! Paths of outputs: `services.orders-db.outage_min.p90`.
//!
//! In: a path and a world. Out: what it counts, if a report can have it; else a finding. Published figures may
//! leave the unit and the quantile out (`customers.full_recovery`). Not here: what it is compared with (`fits`).

use super::fits::Unit;
use super::{Known, sorted};
use crate::diag::{Findings, Span, codes, tick};
use crate::scenario::suggest;

/// How a path may be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// To the last part: it is compared.
    Exact,
    /// Unit and quantile may be left out: it is a published figure.
    Published,
}

/// What follows a part of a path.
enum Next {
    /// Nothing: it is a number.
    End,
    /// A quantile, or the mean.
    Quantile,
    /// One of these.
    OneOf(&'static [&'static str]),
}

const STATES: &[&str] = &["down", "failing", "degraded", "lagging", "starved", "exposed"];
const INTERVAL: &[&str] = &["mean", "low", "high"];
const QUANTILES: &[&str] = &["mean", "p50", "p90", "p95", "p99", "min", "max"];
/// Outputs of a service, a cell, a region and the customer-facing set.
const OF_SUBJECT: [(&str, Next, Unit); 11] = [
    ("outage_min", Next::Quantile, Unit::Minutes),
    ("affected", Next::OneOf(INTERVAL), Unit::Share),
    ("states", Next::OneOf(STATES), Unit::Share),
    ("first_impact_min", Next::Quantile, Unit::Minutes),
    ("main_restored_min", Next::Quantile, Unit::Minutes),
    ("full_recovery_min", Next::Quantile, Unit::Minutes),
    ("requests_lost", Next::Quantile, Unit::Count),
    ("minutes_lost", Next::Quantile, Unit::CustomerMinutes),
    ("never_recovered", Next::End, Unit::Share),
    ("data_lost_min", Next::Quantile, Unit::Minutes),
    ("data_lost_for_good", Next::End, Unit::Share),
];
/// Outputs of the whole run.
const OF_RUN: [(&str, Next, Unit); 14] = [
    ("affected_cells", Next::Quantile, Unit::Count),
    ("data_lost_for_good", Next::End, Unit::Share),
    ("never_recovered", Next::End, Unit::Share),
    ("plan_min", Next::Quantile, Unit::Minutes),
    ("incident", Next::End, Unit::Share),
    ("plan_stopped", Next::End, Unit::Share),
    ("plan_unfinished", Next::End, Unit::Share),
    ("regions", Next::End, Unit::Count),
    ("coverage", Next::End, Unit::Share),
    ("unknown_targets", Next::End, Unit::Count),
    ("deadlocks", Next::End, Unit::Count),
    ("truncated", Next::End, Unit::Share),
    ("trials", Next::End, Unit::Count),
    ("complete", Next::End, Unit::Truth),
];
/// What controls cost.
const OF_FRICTION: [(&str, Next, Unit); 3] = [
    ("approvals", Next::Quantile, Unit::Count),
    ("hours", Next::Quantile, Unit::Hours),
    ("false_stops", Next::Quantile, Unit::Often),
];
/// A paired difference.
const DELTA: [&str; 5] = ["mean", "low", "high", "less", "more"];
/// Parts of a report that hold outputs by name.
const BY_NAME: [&str; 8] = ["services", "cells", "region", "customers", "friction", "variants", "slo", "findings"];
/// Weights of findings, of which a verdict reports the number.
const WEIGHTS: [(&str, Next, Unit); 3] =
    [("errors", Next::End, Unit::Count), ("warnings", Next::End, Unit::Count), ("notes", Next::End, Unit::Count)];
/// Outputs of an objective.
const OF_OBJECTIVE: [(&str, Next, Unit); 1] = [("budget_burnt", Next::Quantile, Unit::Budget)];

/// What an output counts; a path that no report has is reported.
pub(crate) fn check(known: &Known, path: &str, form: Form, span: Span, found: &mut Findings) -> Option<Unit> {
    walk(known, path, form).map_err(|wrong| report(path, wrong, span, found)).ok()
}

/// The same where it is known that there is such an output, or does not matter.
pub(super) fn unit(known: &Known, path: &str) -> Option<Unit> {
    walk(known, path, Form::Exact).ok()
}

fn report(path: &str, (part, candidates): Wrong<'_>, span: Span, found: &mut Findings) {
    let message = format!("no report has the output {}", tick(path));
    if !found.worth_a_hint() {
        return found.error(codes::UNKNOWN_OUTPUT, span, message);
    }
    // One percentile is not a misspelling of another.
    let percentile = part.starts_with('p') && part[1..].bytes().all(|b| b.is_ascii_digit());
    // A forgotten unit is commoner than a typo.
    let longer = candidates.iter().copied().find(|c| c.strip_prefix(part).is_some_and(|rest| rest == "_min"));
    let near = longer.or_else(|| if percentile { None } else { suggest::nearest(part, candidates.iter().copied()) });
    let list = || candidates.iter().take(20).copied().collect::<Vec<_>>().join(", ");
    let hint = match near {
        Some(near) => format!("did you mean `{near}` instead of {}?", tick(part)),
        None if candidates.is_empty() => format!("the path ends before {}", tick(part)),
        None if part.is_empty() => format!("the path goes on with one of: {}", list()),
        None => format!("instead of {} write one of: {}", tick(part), list()),
    };
    found.error_hint(codes::UNKNOWN_OUTPUT, span, message, hint);
}

/// The part of a path that does not fit, and what could stand there.
type Wrong<'a> = (&'a str, Vec<&'a str>);

fn walk<'a>(known: &'a Known, path: &'a str, form: Form) -> Result<Unit, Wrong<'a>> {
    let (first, rest) = path.split_once('.').unwrap_or((path, ""));
    match first {
        "services" => subject(rest, &sorted(&known.names.services), form),
        "region" => subject(rest, &sorted(&known.names.regions), form),
        "cells" => cell(known, rest, form),
        "customers" => table(rest, &OF_SUBJECT, form),
        "friction" => table(rest, &OF_FRICTION, form),
        "variants" => variant(known, rest, form),
        "findings" => table(rest, &WEIGHTS, form),
        // Names of objectives are those of documents beside the world; whoever has them looks them up.
        "slo" => table(
            rest.rsplit_once(".budget_burnt").map_or(rest, |(name, _)| rest[name.len()..].trim_start_matches('.')),
            &OF_OBJECTIVE,
            form,
        ),
        _ => table(path, &OF_RUN, form).map_err(|(part, candidates)| {
            let first_part = part == first;
            (part, if first_part { BY_NAME.into_iter().chain(candidates).collect() } else { candidates })
        }),
    }
}

/// A name, which may contain dots, and an output of it.
fn subject<'a>(rest: &'a str, names: &[&'a str], form: Form) -> Result<Unit, Wrong<'a>> {
    let fits = |name: &&&str| rest.strip_prefix(**name).is_some_and(|r| r.starts_with('.'));
    match names.iter().filter(fits).max_by_key(|n| n.len()) {
        Some(name) => table(&rest[name.len() + 1..], &OF_SUBJECT, form),
        None => Err((rest.split_once('.').map_or(rest, |(name, _)| name), names.to_vec())),
    }
}

/// `service@region` and an output of it.
fn cell<'a>(known: &'a Known, rest: &'a str, form: Form) -> Result<Unit, Wrong<'a>> {
    let fits = |(service, region): (&str, &str)| {
        let after = rest.strip_prefix(service)?.strip_prefix('@')?.strip_prefix(region)?;
        after.strip_prefix('.')
    };
    let world = &known.world;
    let name = |c: &crate::scenario::world::Cell| {
        (world.services[c.service as usize].name.as_str(), world.regions[c.region as usize].name.as_str())
    };
    match world.cells.iter().filter_map(|c| fits(name(c))).min_by_key(|after| after.len()) {
        Some(after) => table(after, &OF_SUBJECT, form),
        None => Err((rest.split_once('@').map_or(rest, |(name, _)| name), sorted(&known.names.services))),
    }
}

/// A variant's own report, or its difference from the base. Its name is checked where variants are read.
fn variant<'a>(known: &'a Known, rest: &'a str, form: Form) -> Result<Unit, Wrong<'a>> {
    if let Some((_, path)) = rest.split_once(".report.") {
        return walk(known, path, form);
    }
    let Some((_, mark)) = rest.split_once(".delta.") else {
        // The name is not known here and may have dots: what could stand in a report is what follows it.
        let (_, behind) = rest.split_once('.').unwrap_or((rest, ""));
        let outputs = || BY_NAME.into_iter().chain(OF_RUN.iter().map(|(name, ..)| *name));
        let part = behind.split('.').find(|part| outputs().any(|output| output == *part));
        return Err((part.or(behind.split('.').next()).unwrap_or_default(), vec!["delta", "report"]));
    };
    match mark.rsplit_once('.') {
        Some((_, "less" | "more")) => Ok(Unit::Share),
        Some((mark, field)) if DELTA.contains(&field) => Ok(difference(mark)),
        Some((_, field)) => Err((field, DELTA.to_vec())),
        None => Err(("", DELTA.to_vec())),
    }
}

/// What a difference of an output counts.
fn difference(mark: &str) -> Unit {
    let figure = mark.rsplit('.').next().unwrap_or(mark);
    let outputs = OF_SUBJECT.iter().chain(&OF_RUN).chain(&OF_FRICTION);
    let unit = outputs.into_iter().find(|(name, ..)| *name == figure).map(|(.., unit)| *unit);
    unit.unwrap_or(if figure.ends_with("_min") { Unit::Minutes } else { Unit::Count })
}

fn table<'a>(rest: &'a str, outputs: &'static [(&'static str, Next, Unit)], form: Form) -> Result<Unit, Wrong<'a>> {
    let (which, rest) = rest.split_once('.').unwrap_or((rest, ""));
    let fits = |name: &str| name == which || (form == Form::Published && name.strip_suffix("_min") == Some(which));
    let Some((_, next, unit)) = outputs.iter().find(|(name, ..)| fits(name)) else {
        return Err((which, outputs.iter().map(|(name, ..)| *name).collect()));
    };
    let allowed = match next {
        Next::End => &[],
        Next::Quantile => QUANTILES,
        Next::OneOf(words) => words,
    };
    let missing = rest.is_empty() && (allowed.is_empty() || form == Form::Published);
    // Bounds of the interval of a quantile can be asked for too.
    let bound = rest.strip_suffix("_low").or_else(|| rest.strip_suffix("_high")).unwrap_or(rest);
    if missing || allowed.contains(&rest) || (matches!(next, Next::Quantile) && allowed.contains(&bound)) {
        return Ok(*unit);
    }
    Err((rest, allowed.to_vec()))
}

/// Every word that a path can be made of, names aside.
#[cfg(test)]
pub(crate) fn words() -> Vec<&'static str> {
    let tables =
        OF_SUBJECT.iter().chain(&OF_RUN).chain(&OF_FRICTION).chain(&WEIGHTS).chain(&OF_OBJECTIVE).map(|(name, ..)| *name);
    tables.chain(BY_NAME).chain(DELTA).chain([STATES, INTERVAL, QUANTILES].concat()).collect()
}

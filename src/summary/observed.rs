//! Published figures beside the simulated ones, and the conditions of `expect`.

use super::Case;
use super::figures::Sample;
use crate::ensemble::subject::CellTally;
use crate::expr::Value;
use crate::report::data::{Expectation, Observed, Report};
use crate::report::place::Place;
use crate::scenario::Scenario;
use crate::scenario::plan::{self, ObservedValue};
use std::borrow::Cow;

/// Where each published figure lies among the trials.
pub(super) fn observed(case: &Case<'_>, affected: &[String]) -> Vec<Observed> {
    let source = &case.scenario.observed_source;
    let line = |o: &plan::Observed| match &o.value {
        ObservedValue::Number(value) => {
            let percentile = percentile(case, &o.path, *value);
            let note = if percentile.is_none() { "no such output in this run".to_owned() } else { String::new() };
            Observed { path: o.path.clone(), value: figure(&o.path, *value), percentile, note, source: source.clone() }
        }
        ObservedValue::AtLeast(value) => {
            let percentile = percentile(case, &o.path, *value);
            let note = "censored: at least this".to_owned();
            Observed {
                path: o.path.clone(),
                value: format!(">= {}", figure(&o.path, *value)),
                percentile,
                note,
                source: source.clone(),
            }
        }
        ObservedValue::Names(names) => Observed {
            path: o.path.clone(),
            value: names.join(", "),
            percentile: None,
            note: compare(names, affected),
            source: source.clone(),
        },
    };
    case.scenario.observed.iter().map(line).collect()
}

fn figure(path: &str, value: f64) -> String {
    let counts = ["affected_cells", "requests_lost", "data_lost_for_good"];
    if counts.iter().any(|c| path.contains(c)) { format!("{value}") } else { crate::report::figures::duration(value) }
}

fn compare(published: &[String], simulated: &[String]) -> String {
    let missed: Vec<&str> = published.iter().filter(|n| !simulated.contains(n)).map(String::as_str).collect();
    let extra: Vec<&str> = simulated.iter().filter(|n| !published.contains(n)).map(String::as_str).collect();
    let mut text = format!("{} of {} also here", published.len() - missed.len(), published.len());
    if !missed.is_empty() {
        text = text + "; not here: " + &missed.join(", ");
    }
    if !extra.is_empty() {
        text = text + "; here only: " + &extra.join(", ");
    }
    text
}

/// Share of the trials at or below a published figure.
fn percentile(case: &Case<'_>, path: &str, value: f64) -> Option<f64> {
    let (subject, output) = path.rsplit_once('.').unwrap_or(("", path));
    if output == "affected_cells" && subject.is_empty() {
        return Some(Sample::of_hist(&case.tally.affected_cells, 0).percentile(value));
    }
    let tally = subject_tally(case, subject)?;
    let trials = case.tally.trials;
    let minutes = value * 60_000.0;
    let (sample, value) = match output.strip_suffix("_min").unwrap_or(output) {
        "outage" => (Sample::of(&tally.outage, trials - tally.affected), minutes),
        "first_impact" => (Sample::of(&tally.first, 0), minutes),
        "main_restored" => (Sample::of(&tally.main, 0), minutes),
        "full_recovery" => (Sample::of(tally.full(), 0), minutes),
        "data_lost" => {
            (Sample::of_optional(tally.data_lost.as_deref(), tally.data_lost.as_ref().map_or(0, |h| h.count())), minutes)
        }
        "requests_lost" => (Sample::of_optional(tally.lost.as_deref(), trials), value * 1_000.0),
        "minutes_lost" => (Sample::of_optional(tally.customer_time.as_deref(), trials), value * 1_000.0),
        _ => return None,
    };
    (sample.count() > 0).then(|| sample.percentile(value + 1e-6))
}

fn subject_tally<'a>(case: &Case<'a>, subject: &str) -> Option<Cow<'a, CellTally>> {
    if subject == "customers" {
        return Some(Cow::Borrowed(&case.tally.customers));
    }
    let world = &case.scenario.world;
    let (kind, name) = subject.split_once('.')?;
    match kind {
        "services" => {
            let at = case.model.services.iter().position(|s| world.services[s.origin as usize].name == name)?;
            Some(case.tally.service(at))
        }
        "cells" => {
            let at = case.model.origin.iter().position(|&c| world.cell_name(c) == name)?;
            case.tally.cell(at)
        }
        "region" => {
            let at = world.regions.iter().position(|r| r.name == name)?;
            Some(Cow::Borrowed(&case.tally.regions[at]))
        }
        _ => None,
    }
}

/// Whether the lines of `expect` hold.
pub(super) fn expectations(scenario: &Scenario, report: &Report) -> Vec<Expectation> {
    if scenario.expect.is_empty() {
        return Vec::new();
    }
    let json = serde_json::to_value(report).unwrap_or_default();
    let look = |path: &str| output(&json, scenario, path);
    let line = |expect: &crate::scenario::Expect| {
        let met = expect.condition.eval(&look).unwrap_or(false);
        let value = expect.condition.as_comparison().and_then(|(path, ..)| match look(path) {
            Some(Value::Number(value)) => Some(value),
            _ => None,
        });
        Expectation { text: expect.text.clone(), met, value, place: Some(Place::of(&expect.span)) }
    };
    scenario.expect.iter().map(line).collect()
}

/// An output of the report by its path; a list counts its entries, an untouched subject is all zeros.
#[must_use]
pub fn output(json: &serde_json::Value, scenario: &Scenario, path: &str) -> Option<Value> {
    if let Some((report, path)) = of_variant(json, path) {
        return output(report, scenario, path);
    }
    let (mut at, mut rest) = (json, path);
    while !rest.is_empty() {
        let Some((next, remainder)) = step(at, rest) else { return untouched(scenario, path) };
        (at, rest) = (next, remainder);
    }
    match at {
        serde_json::Value::Number(number) => number.as_f64().map(Value::Number),
        serde_json::Value::Bool(truth) => Some(Value::Bool(*truth)),
        serde_json::Value::String(text) => Some(Value::Word(text.clone())),
        #[expect(clippy::cast_precision_loss, reason = "a count")]
        serde_json::Value::Array(list) => Some(Value::Number(list.len() as f64)),
        serde_json::Value::Object(_) | serde_json::Value::Null => None,
    }
}

/// The report of a variant, and the path within it: what no trial of the variant touched is zero there, too.
fn of_variant<'a, 'p>(json: &'a serde_json::Value, path: &'p str) -> Option<(&'a serde_json::Value, &'p str)> {
    let (variant, rest) = step(json.get("variants")?, path.strip_prefix("variants.")?)?;
    Some((variant.get("report")?, rest.strip_prefix("report.")?))
}

/// The longest key that the path begins with: names may hold dots.
fn step<'a, 'p>(at: &'a serde_json::Value, path: &'p str) -> Option<(&'a serde_json::Value, &'p str)> {
    let cuts = path.match_indices('.').map(|(i, _)| i).chain([path.len()]);
    let found = |cut: usize| at.get(&path[..cut]).map(|v| (v, path.get(cut + 1..).unwrap_or("")));
    cuts.filter_map(found).reduce(|_, longer| longer)
}

/// A service or cell that exists but was never touched has only zeros.
fn untouched(scenario: &Scenario, path: &str) -> Option<Value> {
    if path.starts_with("customers.") {
        return Some(Value::Number(0.0));
    }
    let world = &scenario.world;
    let rest = path.strip_prefix("services.").or_else(|| path.strip_prefix("cells.")).or_else(|| path.strip_prefix("region."))?;
    let known = |name: &str| rest.strip_prefix(name).is_some_and(|r| r.starts_with('.'));
    let services = world.services.iter().any(|s| known(&s.name));
    let cells = || (0..world.cells.len()).any(|c| u32::try_from(c).is_ok_and(|c| known(&world.cell_name(c))));
    let regions = || world.regions.iter().any(|r| known(&r.name));
    (services || cells() || regions()).then_some(Value::Number(0.0))
}

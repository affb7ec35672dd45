//! What varies: names with their values.
//!
//! In: the section `vary`. Out: [`Parameter`]s, each a finite list of values. A range of whole numbers, durations or shares
//! becomes such a list here, so that a setting is always one index per parameter. Not here: which settings are tried.

use crate::diag::{Findings, codes, tick};
use crate::document::{Entry, Node, Value};
use crate::quantity;
use crate::scenario::keys::experiment::{RANGE, SPACINGS};
use crate::scenario::raw::fields::{Fields, head};
use crate::scenario::raw::scalar;

/// One index of a value per parameter.
pub type Setting = Vec<u32>;

/// Most values of one parameter.
const MOST_VALUES: u64 = 1_000;
/// Values of a range of durations or shares, where nobody says how many.
const LEVELS: u64 = 5;

/// Something that varies.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Its name, without the dollar sign.
    pub name: String,
    /// Its values, never empty.
    pub values: Vec<ParameterValue>,
}

impl Parameter {
    /// One whose values cannot be read, where only its name matters.
    pub(super) fn stand_in(name: &str, value: &Node) -> Self {
        Self { name: name.to_owned(), values: vec![ParameterValue { text: name.to_owned(), node: value.clone() }] }
    }
}

/// One value.
#[derive(Debug, Clone)]
pub struct ParameterValue {
    /// In a few characters, for people.
    pub text: String,
    /// As the file has it.
    pub(super) node: Node,
}

/// Reads `vary`.
pub(super) fn parameters(node: &Node, found: &mut Findings) -> Vec<Parameter> {
    let Some(entries) = node.entries() else {
        let hint = "write `vary: { approvers: [0, 1, 2] }`";
        found.error_hint(codes::WRONG_TYPE, head(node), format!("parameters are a map from names, not {}", node.kind()), hint);
        return Vec::new();
    };
    if entries.is_empty() {
        found.error_hint(codes::NO_VALUES, node.span(), "nothing varies", "give `vary` at least one parameter");
    }
    entries.iter().filter_map(|e| parameter(e, found)).collect()
}

fn parameter(entry: &Entry, found: &mut Findings) -> Option<Parameter> {
    let name = scalar::declared(&entry.key, "a parameter", found)?.text.to_owned();
    if !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') || name.ends_with('-') {
        let hint = "parameters are named with letters, digits, `-` and `_`";
        found.error_hint(codes::BAD_NAME, entry.key.span(), format!("{} cannot name a parameter", tick(&name)), hint);
        return None;
    }
    let nodes = match &entry.value.value {
        Value::List(items) => items.to_vec(),
        Value::Map(_) => range(&entry.value, found)?,
        _ => {
            let message = format!("the values of {} are a list or a range, not {}", tick(&name), entry.value.kind());
            let hint = "write `[0, 1, 2]` or `{ from: 0m, to: 1h }`";
            found.error_hint(codes::WRONG_TYPE, head(&entry.value), message, hint);
            return None;
        }
    };
    if nodes.is_empty() {
        let message = format!("the parameter {} has no values", tick(&name));
        found.error_hint(codes::NO_VALUES, entry.value.span(), message, "give it at least one, or remove it");
        return None;
    }
    let mut values: Vec<ParameterValue> = Vec::new();
    for node in nodes {
        let text = crate::document::print::one_line(&node);
        if values.iter().any(|v| v.text == text) {
            found.warn(codes::DECLARED_TWICE, node.span(), format!("{} stands here twice", tick(&text)), "remove one of the two");
            continue;
        }
        values.push(ParameterValue { text, node });
    }
    Some(Parameter { name, values })
}

/// What a range counts in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unit {
    Whole,
    Duration,
    Share,
}

fn range(node: &Node, found: &mut Findings) -> Option<Vec<Node>> {
    let fields = Fields::of(node, &RANGE, found)?;
    let by_factor = fields.read("spaced", found, |n, f| scalar::choice(n, SPACINGS, f)) == Some(1);
    let levels = fields.read("levels", found, |n, f| scalar::count_in(n, 1, MOST_VALUES, f)).map(u64::from);
    let (first, last) = (fields.get("from")?, fields.get("to")?);
    let (unit, from) = figure(first, found)?;
    let (other, to) = figure(last, found)?;
    // Nothing and everything can be written without a unit.
    let is_bare = |n: &Node| matches!(n.as_text(), "0" | "1");
    let unit = if unit == other || is_bare(last) { unit } else { other };
    if unit != other && !is_bare(first) && !is_bare(last) {
        found.error(codes::WRONG_TYPE, last.span(), "`from` and `to` are not in the same unit");
        return None;
    }
    if to < from {
        let hint = format!("write `{{ from: {}, to: {} }}`", last.as_text(), first.as_text());
        found.error_hint(codes::NO_VALUES, node.span(), "this range is empty: it ends before it begins", hint);
        return None;
    }
    if by_factor && from <= 0.0 {
        let hint = "start above zero, or leave `spaced` out";
        found.error_hint(codes::BAD_RANGE, first.span(), "steps by a factor cannot start at zero", hint);
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "checked against the most values below"
    )]
    let levels = match (levels, unit) {
        (Some(levels), _) => levels,
        (None, Unit::Whole) if to - from < MOST_VALUES as f64 => (to - from) as u64 + 1,
        (None, Unit::Whole) => {
            let hint = format!("say how many with `levels`, at most {MOST_VALUES}");
            found.error_hint(codes::OUT_OF_RANGE, node.span(), "this range has too many whole numbers", hint);
            return None;
        }
        (None, _) => LEVELS,
    };
    let mut nodes: Vec<Node> = Vec::new();
    for n in 0..levels {
        #[expect(clippy::cast_precision_loss, reason = "at most a thousand")]
        let part = if levels == 1 { 0.0 } else { n as f64 / (levels - 1) as f64 };
        let value = if by_factor { from * libm::pow(to / from, part) } else { from + (to - from) * part };
        let text = written(unit, value);
        if nodes.last().is_none_or(|n| n.as_text() != text) {
            nodes.push(node.with_value(Value::Plain(text.into())));
        }
    }
    Some(nodes)
}

fn figure(node: &Node, found: &mut Findings) -> Option<(Unit, f64)> {
    let text = scalar::scalar(node, "a figure", found)?;
    if text.ends_with('%') {
        return scalar::quantity(node, "a share", quantity::share, found).map(|share| (Unit::Share, share));
    }
    match quantity::number(text) {
        Some(value) if libm::trunc(value).to_bits() == value.to_bits() && value >= 0.0 => Some((Unit::Whole, value)),
        Some(value) if (0.0..=1.0).contains(&value) => Some((Unit::Share, value)),
        Some(_) => {
            let hint = "ranges are of whole numbers, durations or shares";
            found.error_hint(codes::BAD_QUANTITY, node.span(), format!("{} cannot bound a range", tick(text)), hint);
            None
        }
        None => scalar::quantity(node, "a duration", quantity::fixed_duration, found).map(|ms| (Unit::Duration, ms)),
    }
}

/// A value as a file would have it; durations to the second, shares to a tenth of a per cent.
fn written(unit: Unit, value: f64) -> String {
    match unit {
        Unit::Whole => format!("{:.0}", libm::round(value)),
        Unit::Share => {
            let percent = format!("{:.1}", value * 100.0);
            format!("{}%", percent.trim_end_matches('0').trim_end_matches('.'))
        }
        Unit::Duration => {
            let seconds = libm::round(value / 1000.0);
            let parts = [(86_400.0, "d"), (3_600.0, "h"), (60.0, "m")];
            let fit = parts.iter().find(|(size, _)| seconds > 0.0 && libm::fmod(seconds, *size) == 0.0);
            match fit {
                Some((size, unit)) => format!("{:.0}{unit}", seconds / size),
                None if seconds == 0.0 => "0m".to_owned(),
                None => in_parts(seconds),
            }
        }
    }
}

/// `19m47s`, as nobody thinks in thousands of seconds.
fn in_parts(seconds: f64) -> String {
    let mut left = seconds;
    let part = |(size, unit): (f64, &str)| {
        let count = libm::trunc(left / size);
        left -= count * size;
        (count > 0.0).then(|| format!("{count:.0}{unit}"))
    };
    [(3_600.0, "h"), (60.0, "m"), (1.0, "s")].into_iter().filter_map(part).collect()
}

/// Reads `current`: one of the values for each parameter.
pub(super) fn current(node: &Node, parameters: &[Parameter], found: &mut Findings) -> Option<Setting> {
    let Some(entries) = node.entries() else {
        let hint = "write a value for each parameter";
        found.error_hint(codes::WRONG_TYPE, head(node), format!("the current setting is a map, not {}", node.kind()), hint);
        return None;
    };
    for entry in entries {
        if !parameters.iter().any(|p| p.name == entry.key.as_text()) {
            let message = format!("there is no parameter {}", tick(entry.key.as_text()));
            let known = parameters.iter().map(|p| p.name.as_str());
            let hint = crate::scenario::suggest::hint(entry.key.as_text(), known, "parameter").unwrap_or_default();
            found.error_hint(codes::UNKNOWN_PARAMETER, entry.key.span(), message, hint);
        }
    }
    let mut setting = Vec::new();
    for parameter in parameters {
        let Some(entry) = entries.iter().find(|e| e.key.as_text() == parameter.name) else {
            let message = format!("the current setting gives no value to {}", tick(&parameter.name));
            found.error_hint(codes::MISSING_KEY, head(node), message, "give one for each parameter, or leave `current` out");
            continue;
        };
        let text = crate::document::print::one_line(&entry.value);
        if let Some(place) = parameter.values.iter().position(|v| v.text == text) {
            setting.push(u32::try_from(place).unwrap_or(u32::MAX));
        } else {
            let message = format!("{} is not among the values of {}", tick(&text), tick(&parameter.name));
            found.error_hint(codes::NO_VALUES, entry.value.span(), message, "add it under `vary`, so that it is tried too");
        }
    }
    (setting.len() == parameters.len()).then_some(setting)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_written_in_parts_and_reads_back() {
        for (seconds, text) in [(0, "0m"), (47, "47s"), (1_187, "19m47s"), (5_400, "90m"), (7_322, "2h2m2s"), (86_400, "1d")] {
            let found = written(Unit::Duration, f64::from(seconds) * 1000.0);
            assert_eq!(found, text);
            let back = quantity::fixed_duration(&found).expect("a duration");
            assert!((back - f64::from(seconds) * 1000.0).abs() < 1e-9, "{found} is {back} ms");
        }
    }
}

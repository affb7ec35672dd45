//! Whether a figure fits what it is compared with: limits, `expect`, and what guardrails ask of a step.
//!
//! In: what an output or a fact counts, and a value as written. Out: the value in that unit, or a finding. A plain number is
//! taken in the unit that the name says; any other unit is a mistake, and so is a share above the whole.

use super::Known;
use super::outputs::{self, Form};
use crate::diag::{Findings, codes, tick};
use crate::document::Node;
use crate::expr::{Expr, Path, Value};
use crate::units::{HOUR, MINUTE};

/// What an output counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    Minutes,
    Hours,
    CustomerMinutes,
    Count,
    /// How many in a trial, of what is mostly rare: may be written as a share.
    Often,
    /// Of the trials, or of a level: at most the whole.
    Share,
    /// Of a budget: more than the whole can burn.
    Budget,
    Truth,
}

impl Unit {
    /// How a value of it is written.
    const fn written(self) -> &'static str {
        match self {
            Unit::Minutes | Unit::CustomerMinutes => "it is a time: write `90m` or `2h`",
            Unit::Hours => "it is a time: write `2h` or `1d`",
            Unit::Count => "it is a number: write `5`",
            Unit::Often => "it is a number per trial: write `0.05` or `5%`",
            Unit::Share => "it is a share: write `5%` or `0.05`",
            Unit::Budget => "it is a share of the budget: write `25%` or `150%`",
            Unit::Truth => "it is `true` or `false`",
        }
    }

    /// A value in this unit; none if it has another.
    #[expect(clippy::cast_precision_loss, reason = "an hour and a minute in milliseconds")]
    fn of(self, value: &Value) -> Option<f64> {
        match (self, value) {
            (Unit::Minutes | Unit::CustomerMinutes, Value::Duration(ms)) => Some(ms / MINUTE as f64),
            (Unit::Hours, Value::Duration(ms)) => Some(ms / HOUR as f64),
            (Unit::Share | Unit::Budget | Unit::Often, Value::Percent(share)) => Some(*share),
            (Unit::Truth, Value::Bool(truth)) => Some(f64::from(u8::from(*truth))),
            (Unit::Truth, _) => None,
            (_, Value::Number(number)) => Some(*number),
            _ => None,
        }
        .filter(|value| value.is_finite())
    }
}

/// A value in the unit of what it is compared with; `code` is that of a unit that does not fit.
pub(crate) fn figure(
    path: &Path,
    unit: Unit,
    value: &Value,
    node: &Node,
    code: &'static str,
    found: &mut Findings,
) -> Option<f64> {
    let Some(figure) = unit.of(value) else {
        let message = format!("{} cannot be compared with `{value}`", tick(&path.name));
        found.error_hint(code, node.part(path.start, path.end), message, unit.written());
        return None;
    };
    let plain = matches!(value, Value::Number(_));
    let beyond = match unit {
        Unit::Share => figure > 1.0,
        // Nobody means twenty-five budgets by 25.
        Unit::Budget => plain && figure > 1.0,
        _ => false,
    };
    if beyond {
        let hint = if plain {
            format!("`{value}` is {}%; write `{value}%`, or `{}`", figure * 100.0, figure / 100.0)
        } else {
            "shares lie between 0 and 100%".to_owned()
        };
        let message = format!("{} is a share, and `{value}` is more than the whole", tick(&path.name));
        found.error_hint(codes::OUT_OF_RANGE, node.part(path.start, path.end), message, hint);
        return None;
    }
    Some(figure)
}

/// Checks every output that a condition names under `start`, and what it is compared with.
pub(super) fn check_outputs(known: &Known, condition: &Expr, start: &str, node: &Node, found: &mut Findings) {
    for (path, values) in condition.asked() {
        let Some(output) = path.name.strip_prefix(start) else { continue };
        let Some(unit) = outputs::check(known, output, Form::Exact, node.part(path.start, path.end), found) else { continue };
        for value in values {
            figure(path, unit, value, node, codes::OTHER_UNIT, found);
        }
    }
}

/// Checks what counts of a step are compared with: `reach > 20`.
pub(super) fn check_counts(condition: &Expr, counts: &[&str], node: &Node, found: &mut Findings) {
    for (path, values) in condition.asked() {
        for value in values.iter().filter(|_| counts.contains(&path.name.as_str())) {
            // Regions can be asked for by name as well.
            if !matches!(value, Value::Word(_)) {
                figure(path, Unit::Count, value, node, codes::OTHER_UNIT, found);
            }
        }
    }
}

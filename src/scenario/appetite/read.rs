//! An appetite file, read and resolved against a world.
//!
//! In: the tree of the file, the world, its objectives. Out: [`Appetite`], or every mistake: a limit that
//! names no output, that compares with the wrong unit, or that no number of trials can decide.

use super::{Appetite, Atom, Limit, Objective, Order, Stat, output};
use crate::diag::{Findings, codes, tick};
use crate::document::{Node, digest};
use crate::expr::{Op, Path, Value};
use crate::scenario::keys::appetite::APPETITE;
use crate::scenario::raw::fields::Fields;
use crate::scenario::raw::scalar;
use crate::scenario::validate::Known;
use crate::scenario::validate::conditions::within;
use crate::scenario::validate::fits::{self, Unit};
use crate::scenario::validate::outputs::{self, Form};
use crate::units::{HOUR, Level, MINUTE, Millis};

/// Where a verdict stops looking if the file does not say.
const TRIALS: u64 = 20_000;
const MOST_TRIALS: u64 = 10_000_000;

/// Reads the tree of an appetite.
pub(crate) fn appetite(
    known: &Known,
    objectives: &[Objective],
    node: &Node,
    name: &str,
    found: &mut Findings,
) -> Option<Appetite> {
    let fields = Fields::of(node, &APPETITE, found)?;
    fields.read("about", found, scalar::text);
    let limits = |key: &str, found: &mut Findings| {
        let nodes = fields.get(key).map(scalar::one_or_more).unwrap_or_default();
        nodes.iter().filter_map(|n| limit(known, objectives, n, found)).collect::<Vec<_>>()
    };
    let (block, review) = (limits("block", found), limits("review", found));
    if fields.get("block").is_none() && fields.get("review").is_none() {
        let hint = "write `block: [ customers.outage_min.p95 > 1h ]`; an empty list allows what is known";
        found.error_hint(
            codes::MISSING_KEY,
            crate::scenario::raw::fields::head(node),
            "an appetite has limits under `block` or `review`",
            hint,
        );
    }
    Some(Appetite {
        name: name.to_owned(),
        block,
        review,
        confidence: fields.read("confidence", found, confidence).unwrap_or(0.99),
        trials: fields.read("trials", found, trials).unwrap_or(TRIALS),
        valid_for: fields.read("valid-for", found, valid_for).unwrap_or(HOUR),
        digest: digest::of(node),
    })
}

fn confidence(node: &Node, found: &mut Findings) -> Option<f64> {
    let level = scalar::level(node, found)?;
    if level < Level::from_ppb(500_000_000) || level > Level::from_ppb(999_999_000) {
        let hint = "certainty takes for ever; 99% is usual";
        found.error_hint(
            codes::OUT_OF_RANGE,
            node.span(),
            format!("{} is not between 50% and 99.9999%", tick(node.as_text())),
            hint,
        );
        return None;
    }
    Some(level.fraction())
}

fn trials(node: &Node, found: &mut Findings) -> Option<u64> {
    scalar::count_in(node, 100, MOST_TRIALS, found).map(u64::from)
}

fn valid_for(node: &Node, found: &mut Findings) -> Option<Millis> {
    let ms = scalar::span_ms(node, found)?;
    if ms < MINUTE {
        found.error(codes::OUT_OF_RANGE, node.span(), "a verdict holds for a minute at least");
        return None;
    }
    Some(ms)
}

/// What to write in place of a comparison that never holds.
fn never_holds(unit: Unit, value: &Value, bound: f64) -> String {
    match value {
        Value::Number(_) if unit == Unit::Share && bound > 0.0 => format!("`{value}` is the whole, 100%; write `{value}%`"),
        _ if unit == Unit::Share && bound > 0.0 => "a share is never more than the whole: write less than 100%".to_owned(),
        _ => "it is never below zero: write `>`, or a larger figure".to_owned(),
    }
}

fn limit(known: &Known, objectives: &[Objective], node: &Node, found: &mut Findings) -> Option<Limit> {
    let condition = scalar::condition(node, found)?;
    let Some(comparisons) = condition.comparisons().filter(|c| !c.is_empty()) else {
        let hint = "limits are comparisons of outputs, such as `customers.outage_min.p95 > 1h`";
        found.error_hint(codes::BAD_LIMIT, node.span(), format!("{} is not a limit", tick(node.as_text())), hint);
        return None;
    };
    let atoms: Option<Vec<Atom>> =
        comparisons.into_iter().map(|(path, op, value)| atom(known, objectives, node, (path, op, value), found)).collect();
    Some(Limit { text: node.as_text().trim().to_owned(), atoms: atoms?, span: Some(node.span()), condition: condition.clone() })
}

fn atom(
    known: &Known,
    objectives: &[Objective],
    node: &Node,
    (path, op, value): (&Path, Op, &Value),
    found: &mut Findings,
) -> Option<Atom> {
    let span = node.part(path.start, path.end);
    let unit = outputs::check(known, &path.name, Form::Exact, span.clone(), found)?;
    let Some(output) = output::typed(known, objectives, &path.name) else {
        let hint = if path.name == "friction.hours.mean" {
            "a wait has no upper end, so its mean cannot be judged; write `friction.hours.p90`".to_owned()
        } else if path.name.starts_with("slo.objectives.") {
            let names: Vec<&str> = objectives.iter().map(|o| o.name.as_str()).collect();
            format!("write `slo.objectives.NAME.budget_burnt.p95`; objectives: {}", names.join(", "))
        } else {
            "limits are on a mean, on p50, p90, p95 or p99, on a share of the trials, or on `coverage`, `regions`, `findings`"
                .to_owned()
        };
        found.error_hint(codes::BAD_LIMIT, span, format!("no limit can be put on {}", tick(&path.name)), hint);
        return None;
    };
    let order = match op {
        Op::Gt => Order::Above,
        Op::Ge => Order::AtLeast,
        Op::Lt => Order::Below,
        Op::Le => Order::AtMost,
        Op::Eq | Op::Ne => {
            let hint = "use `<`, `<=`, `>` or `>=`";
            found.error_hint(codes::BAD_LIMIT, node.span(), "a limit does not ask whether figures are equal", hint);
            return None;
        }
    };
    let bound = fits::figure(path, unit, value, node, codes::BAD_LIMIT, found)?;
    // No figure that a limit is on is negative, and a share is the whole at most.
    let most = if unit == Unit::Share { 1.0 } else { f64::INFINITY };
    if within(0.0, most, op, bound) == Some(false) {
        let message =
            format!("{} never holds, so this limit would allow everything", tick(&format!("{} {op} {value}", path.name)));
        found.error_hint(codes::BAD_LIMIT, span, message, never_holds(unit, value, bound));
        return None;
    }
    if output.stat == Stat::Share && bound <= 0.0 {
        let hint = "that something never happens cannot be shown by trials, so the limit stays open; write `> 0.1%`";
        found.warn(codes::BAD_LIMIT, node.span(), format!("{} is compared with zero", tick(&path.name)), hint);
    }
    Some(Atom { path: path.name.clone(), output, order, bound })
}

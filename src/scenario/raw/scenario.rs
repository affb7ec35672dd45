//! A scenario as it is written, its world aside.
//!
//! In: the tree of a scenario without `world` and `variants`. Out: [`Scenario`].

use super::fields::{Fields, Others, head};
use super::guardrails::{self, Controls};
use super::plan::{self, Fault, Step};
use super::{Ref, scalar};
use crate::diag::{Findings, codes, tick};
use crate::document::Node;
use crate::quantity;
use crate::scenario::controls::Clock;
use crate::scenario::keys::scenario::{OBSERVED, SCENARIO};
use crate::scenario::plan::{ObservedValue, Size};
use crate::scenario::{Expect, HORIZON};
use crate::units::{Dist, Level, MINUTE, Millis, WORKING_DAYS};

const MOST_TRIALS: u64 = 1_000_000_000;

/// A scenario.
#[derive(Debug)]
pub(crate) struct Scenario<'a> {
    pub(crate) node: &'a Node,
    pub(crate) title: String,
    pub(crate) about: String,
    pub(crate) starts: Option<Clock>,
    /// How often a working day such a plan runs, if the file says so.
    pub(crate) per_day: Option<f64>,
    pub(crate) controls: Controls<'a>,
    /// `None` if there is no `plan:`.
    pub(crate) plan: Option<Vec<Step<'a>>>,
    pub(crate) faults: Vec<Fault<'a>>,
    pub(crate) seed: u64,
    pub(crate) size: Size,
    pub(crate) horizon: Millis,
    pub(crate) observed: Vec<Observed<'a>>,
    pub(crate) observed_source: String,
    pub(crate) expect: Vec<(Expect, &'a Node)>,
}

/// A published figure.
#[derive(Debug)]
pub(crate) struct Observed<'a> {
    pub(crate) path: Ref<'a>,
    pub(crate) value: ObservedValue,
    /// The names of `affected`.
    pub(crate) names: Vec<Ref<'a>>,
}

/// Reads a scenario.
pub(crate) fn read<'a>(node: &'a Node, found: &mut Findings) -> Option<Scenario<'a>> {
    let fields = Fields::of(node, &SCENARIO, found)?;
    let (observed, observed_source) = fields.read("observed", found, observed).unwrap_or_default();
    Some(Scenario {
        node,
        title: fields.read("title", found, scalar::text).unwrap_or_default(),
        about: fields.read("about", found, scalar::text).unwrap_or_default(),
        starts: fields.read("starts", found, instant),
        per_day: fields.read("per-week", found, per_day),
        controls: guardrails::read(&fields, found),
        plan: fields.get("plan").map(|n| plan::steps(n, found).unwrap_or_default()),
        faults: fields.read("faults", found, plan::faults).unwrap_or_default(),
        seed: fields.read("seed", found, scalar::count).unwrap_or(42),
        size: size(&fields, found),
        horizon: fields.read("horizon", found, horizon).unwrap_or(HORIZON),
        observed,
        observed_source,
        expect: fields.read("expect", found, expect).unwrap_or_default(),
    })
}

/// A date and a time with its offset.
fn instant(node: &Node, found: &mut Findings) -> Option<Clock> {
    let text = scalar::scalar(node, "an instant", found)?;
    let clock = super::instant::instant(text);
    if clock.is_none() {
        let hint = "instants are written `2025-12-15T14:00+08:00` or `2025-12-15T06:00Z`";
        found.error_hint(codes::BAD_QUANTITY, node.span(), format!("{} is not an instant", tick(text)), hint);
    }
    clock
}

/// What an experiment takes, too.
const MOST_PER_WEEK: f64 = 1e6;

/// `3` a week, or `0.5` where it is a part of what a generator was asked for, or a rate: how often on a working day.
#[expect(clippy::cast_precision_loss, reason = "a rate")]
fn per_day(node: &Node, found: &mut Findings) -> Option<f64> {
    if node.as_text().contains('/') {
        return scalar::rate(node, found).map(|r| r.micro_per_min() as f64 / 1e6 * 1440.0);
    }
    let text = scalar::scalar(node, "how often a week", found)?;
    let often = crate::quantity::number(text).filter(|often| (0.0..=MOST_PER_WEEK).contains(often));
    if often.is_none() {
        let message = format!("{} is not how often a week something runs", tick(text));
        found.error_hint(
            codes::OUT_OF_RANGE,
            node.span(),
            message,
            "write a number from 0 to a million, or a rate such as `2/d`",
        );
    }
    often.map(|often| often / WORKING_DAYS)
}

/// `precision`, `trials`, or neither; never both.
fn size(fields: &Fields<'_>, found: &mut Findings) -> Size {
    if let (Some(_), Some(trials)) = (fields.get("precision"), fields.get("trials")) {
        found.error_hint(
            codes::CONTRADICTION,
            trials.span(),
            "`precision` and `trials` exclude each other",
            "remove one of the two",
        );
    }
    let trials = fields.get("trials").and_then(|n| {
        let trials = scalar::count(n, found)?;
        if !(1..=MOST_TRIALS).contains(&trials) {
            found.error(codes::OUT_OF_RANGE, n.span(), format!("`{trials}` is not between 1 and {MOST_TRIALS} trials"));
            return None;
        }
        Some(Size::Trials(trials))
    });
    let precision = fields.get("precision").and_then(|n| {
        let level = scalar::level(n, found)?;
        if level < Level::from_ppb(1_000_000) || level > Level::from_ppb(500_000_000) {
            found.error(codes::OUT_OF_RANGE, n.span(), format!("{} is not between 0.1% and 50%", tick(n.as_text())));
            return None;
        }
        Some(Size::Precision(level.fraction()))
    });
    trials.or(precision).unwrap_or(Size::Precision(0.05))
}

fn horizon(node: &Node, found: &mut Findings) -> Option<Millis> {
    let ms = scalar::span_ms(node, found)?;
    if ms == 0 {
        let hint = "write how long the simulation should look, `7d`; leave it out for seven days";
        found.error_hint(codes::OUT_OF_RANGE, node.span(), "a horizon of zero shows nothing", hint);
        return None;
    }
    Some(ms)
}

#[expect(clippy::unnecessary_wraps, reason = "readers of values have one shape")]
fn expect<'a>(node: &'a Node, found: &mut Findings) -> Option<Vec<(Expect, &'a Node)>> {
    let line = |node: &'a Node, found: &mut Findings| {
        let condition = scalar::condition(node, found)?;
        Some((Expect { text: node.as_text().trim().to_owned(), condition, span: node.span() }, node))
    };
    Some(scalar::one_or_more(node).iter().filter_map(|n| line(n, found)).collect())
}

type Figures<'a> = (Vec<Observed<'a>>, String);

fn observed<'a>(node: &'a Node, found: &mut Findings) -> Option<Figures<'a>> {
    let fields = Fields::with_others(node, &OBSERVED, Others::Any, found)?;
    let source = fields.read("source", found, |node, found| {
        let texts: Vec<String> = scalar::one_or_more(node).iter().filter_map(|n| scalar::text(n, found)).collect();
        Some(texts.join("; "))
    });
    let mut list = Vec::new();
    if let Some(entry) = node.entries().unwrap_or_default().iter().find(|e| e.key.as_text() == "affected") {
        let names = scalar::references(&entry.value, found).unwrap_or_default();
        let value = ObservedValue::Names(names.iter().map(|n| n.text.to_owned()).collect());
        list.push(Observed { path: Ref { text: "affected", node: &entry.key }, value, names });
    }
    for entry in fields.others() {
        let path = scalar::reference(&entry.key, found);
        if let (Some(path), Some(value)) = (path, figure(&entry.value, found)) {
            list.push(Observed { path, value, names: Vec::new() });
        }
    }
    Some((list, source.unwrap_or_default()))
}

/// A published figure: minutes for durations, a fraction for shares, else the number.
fn figure(node: &Node, found: &mut Findings) -> Option<ObservedValue> {
    let text = scalar::scalar(node, "a figure", found)?;
    let (bare, at_least) = match text.trim().strip_prefix(">=") {
        Some(rest) => (rest.trim(), true),
        None => (text.trim(), false),
    };
    #[expect(clippy::cast_precision_loss, reason = "a minute in milliseconds")]
    let value = match quantity::duration(bare) {
        _ if quantity::fraction(bare).is_some() => quantity::fraction(bare),
        Ok(Dist::Fixed(ms)) => Some(ms / MINUTE as f64),
        _ => None,
    };
    let Some(value) = value.filter(|v| *v >= 0.0) else {
        let hint = "figures are `13h`, `120`, `12%`, or `>= 1800m` for what was not over yet";
        found.error_hint(codes::BAD_QUANTITY, head(node), format!("{} is not a figure", tick(text)), hint);
        return None;
    };
    Some(if at_least { ObservedValue::AtLeast(value) } else { ObservedValue::Number(value) })
}

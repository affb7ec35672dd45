//! Distributions and chances: a figure, a range, or a family with its parameters.
//!
//! In: a node. Out: [`Dist`] in milliseconds or plain factors, [`Chance`].

use super::fields::head;
use super::scalar;
use crate::diag::{Findings, codes, tick};
use crate::document::Node;
use crate::quantity::{self, Kind, Problem};
use crate::scenario::suggest;
use crate::units::{Chance, Dist, LONGEST};

const FAMILIES: [&str; 6] = ["lognormal", "uniform", "exponential", "weibull", "mix", "samples"];
const MOST_SAMPLES: usize = 100_000;
const DEEPEST_MIX: usize = 4;

/// How the figures of a distribution are read.
#[derive(Clone, Copy)]
struct Unit {
    what: &'static str,
    single: fn(&str) -> Result<f64, Problem>,
    whole: fn(&str) -> Result<Dist, Problem>,
}

const DURATION: Unit = Unit { what: "a duration", single: quantity::fixed_duration, whole: quantity::duration };
const FACTOR: Unit = Unit { what: "a factor", single: factor_text, whole: factor_whole };

/// A distribution of durations in milliseconds.
pub(crate) fn duration(node: &Node, found: &mut Findings) -> Option<Dist> {
    read(node, DURATION, 0, found)
}

/// A distribution of plain factors: `2`, `1.5 to 4`, or a family.
pub(crate) fn factor(node: &Node, found: &mut Findings) -> Option<Dist> {
    read(node, FACTOR, 0, found)
}

/// One plain factor.
pub(crate) fn fixed_factor(node: &Node, found: &mut Findings) -> Option<f64> {
    scalar::quantity(node, "a factor", factor_text, found)
}

fn factor_text(text: &str) -> Result<f64, Problem> {
    let problem = |kind, message: &str| {
        Err(Problem { kind, message: message.to_owned(), hint: "factors are plain numbers, such as `1.5`".to_owned() })
    };
    match quantity::number(text) {
        Some(value) if (0.001..=1000.0).contains(&value) => Ok(value),
        Some(_) => problem(Kind::Bounds, "is not between 0.001 and 1000"),
        None => problem(Kind::Form, "is not a factor"),
    }
}

fn factor_whole(text: &str) -> Result<Dist, Problem> {
    let Some((low, high)) = text.split_once(" to ") else { return factor_text(text).map(Dist::Fixed) };
    let (a, b) = (factor_text(low.trim())?, factor_text(high.trim())?);
    if a > b {
        return Err(Problem {
            kind: Kind::Range,
            message: "is a range that runs backwards".to_owned(),
            hint: format!("write `{high} to {low}`"),
        });
    }
    Ok(if a < b { Dist::LogNormal { median: libm::sqrt(a * b), p95: b } } else { Dist::Fixed(a) })
}

fn read(node: &Node, unit: Unit, depth: usize, found: &mut Findings) -> Option<Dist> {
    let Some(entries) = node.entries() else {
        return scalar::quantity(node, unit.what, unit.whole, found);
    };
    let [entry] = entries else {
        found.error_hint(codes::WRONG_TYPE, head(node), "a distribution is a map with one key, its family", families());
        return None;
    };
    let (family, value) = (entry.key.as_text(), &entry.value);
    let unknown = |found: &mut Findings| {
        let hint = suggest::nearest(family, FAMILIES).map_or_else(families, |near| format!("did you mean `{near}`?"));
        found.error_hint(codes::UNKNOWN_KEY, entry.key.span(), format!("there is no distribution {}", tick(family)), hint);
        None
    };
    match family {
        "lognormal" => log_normal(value, unit, found),
        "uniform" => uniform(value, unit, found),
        "exponential" => {
            parameters(value, ["mean"], found).and_then(|[mean]| Some(Dist::Exponential { mean: positive(mean, unit, found)? }))
        }
        "weibull" => {
            let [shape, scale] = parameters(value, ["shape", "scale"], found)?;
            let shape = scalar::quantity(shape, "a number", factor_text, found);
            Some(Dist::Weibull { scale: positive(scale, unit, found)?, shape: shape? })
        }
        "mix" => mix(value, unit, depth, found),
        "samples" => samples(value, unit, found),
        _ => unknown(found),
    }
}

fn families() -> String {
    format!("the families are {}", FAMILIES.join(", "))
}

/// A figure above zero.
fn positive(node: &Node, unit: Unit, found: &mut Findings) -> Option<f64> {
    let value = scalar::quantity(node, unit.what, unit.single, found)?;
    if value <= 0.0 {
        found.error(codes::OUT_OF_RANGE, node.span(), format!("{} must be more than 0 here", tick(node.as_text())));
        return None;
    }
    Some(value)
}

/// The values of exactly these keys.
fn parameters<'a, const N: usize>(node: &'a Node, keys: [&'static str; N], found: &mut Findings) -> Option<[&'a Node; N]> {
    let unknown = node.entries().unwrap_or_default().iter().find(|e| !keys.contains(&e.key.as_text()));
    let mut values = [node; N];
    let mut put = |(place, key): (&mut &'a Node, &'static str)| node.get(key).map(|value| *place = value).is_some();
    let all = values.iter_mut().zip(keys).all(&mut put);
    match unknown {
        None if all => Some(values),
        unknown => {
            let span = unknown.map_or_else(|| head(node), |e| e.key.span());
            let form = keys.iter().map(|k| format!("{k}: ...")).collect::<Vec<_>>().join(", ");
            found.error_hint(
                codes::WRONG_TYPE,
                span,
                "these are not the parameters of the distribution",
                format!("write `{{ {form} }}`"),
            );
            None
        }
    }
}

fn log_normal(node: &Node, unit: Unit, found: &mut Findings) -> Option<Dist> {
    let [median, p95] = parameters(node, ["median", "p95"], found)?;
    let (m, p) = (positive(median, unit, found), positive(p95, unit, found));
    let (m, p) = (m?, p?);
    if m > p {
        let message = format!("the median {} is above the 95th percentile {}", tick(median.as_text()), tick(p95.as_text()));
        found.error_hint(codes::BAD_RANGE, head(node), message, "exchange the two");
        return None;
    }
    Some(if m < p { Dist::LogNormal { median: m, p95: p } } else { Dist::Fixed(m) })
}

fn uniform(node: &Node, unit: Unit, found: &mut Findings) -> Option<Dist> {
    let Some([low, high]) = node.items() else {
        found.error_hint(codes::WRONG_TYPE, head(node), "a uniform distribution has two ends", "write `{ uniform: [1m, 5m] }`");
        return None;
    };
    let a = scalar::quantity(low, unit.what, unit.single, found);
    let b = scalar::quantity(high, unit.what, unit.single, found);
    let (a, b) = (a?, b?);
    if a > b {
        found.error_hint(
            codes::BAD_RANGE,
            node.span(),
            "this range runs backwards",
            format!("write `[{}, {}]`", high.as_text(), low.as_text()),
        );
        return None;
    }
    Some(Dist::Uniform { low: a, high: b })
}

/// Parts with weights, which need not be scaled to 1 if they are plain numbers.
fn mix(node: &Node, unit: Unit, depth: usize, found: &mut Findings) -> Option<Dist> {
    let hint = "write `{ mix: [{ weight: 30%, of: 1h }, { weight: 70%, of: 5m }] }`";
    let Some(items) = node.items().filter(|i| !i.is_empty()) else {
        found.error_hint(codes::WRONG_TYPE, head(node), "a mix is a list of parts", hint);
        return None;
    };
    if depth >= DEEPEST_MIX {
        found.error(codes::TOO_DEEP, head(node), "mixes are nested too deeply");
        return None;
    }
    let mut parts = Vec::new();
    for item in items {
        let [weight, of] = parameters(item, ["weight", "of"], found)?;
        let value = read(of, unit, depth + 1, found);
        let share = scalar::level(weight, found);
        parts.push((share?.fraction(), value?));
    }
    let total: f64 = parts.iter().map(|(w, _)| w).sum();
    if (total - 1.0).abs() > 0.005 {
        found.error_hint(
            codes::OUT_OF_RANGE,
            head(node),
            format!("the weights add up to {:.1}%", total * 100.0),
            "weights add up to 100%",
        );
        return None;
    }
    parts.iter_mut().for_each(|(w, _)| *w /= total);
    Some(Dist::Mix(parts.into()))
}

fn samples(node: &Node, unit: Unit, found: &mut Findings) -> Option<Dist> {
    let Some(items) = node.items().filter(|i| !i.is_empty() && i.len() <= MOST_SAMPLES) else {
        found.error_hint(
            codes::WRONG_TYPE,
            head(node),
            "samples are a list of 1 to 100,000 figures",
            "write `{ samples: [5m, 7m, 2h] }`",
        );
        return None;
    };
    let values: Vec<Option<f64>> = items.iter().map(|n| scalar::quantity(n, unit.what, unit.single, found)).collect();
    let mut values: Vec<f64> = values.into_iter().collect::<Option<_>>()?;
    values.sort_by(f64::total_cmp);
    Some(Dist::Samples(values.into()))
}

/// A share, or a Beta distribution of one.
pub(crate) fn chance(node: &Node, found: &mut Findings) -> Option<Chance> {
    let Some(entries) = node.entries() else { return scalar::level(node, found).map(Chance::Fixed) };
    let wrong = |found: &mut Findings| {
        found.error_hint(codes::WRONG_TYPE, head(node), "a probability should stand here", "write `47%` or `{ beta: [47, 53] }`");
        None
    };
    let [entry] = entries else { return wrong(found) };
    let ("beta", Some([alpha, beta])) = (entry.key.as_text(), entry.value.items()) else { return wrong(found) };
    let mut parameter = |node: &Node| match scalar::scalar(node, "a number", found).map(|t| (t, quantity::number(t))) {
        Some((_, Some(value))) if (0.01..=1e6).contains(&value) => Some(value),
        Some((text, _)) => {
            let message = format!("{} is not a number between 0.01 and 1,000,000", tick(text));
            found.error_hint(
                codes::OUT_OF_RANGE,
                node.span(),
                message,
                "beta counts successes and failures: `{ beta: [47, 53] }`",
            );
            None
        }
        None => None,
    };
    let (alpha, beta) = (parameter(alpha), parameter(beta));
    Some(Chance::Beta { alpha: alpha?, beta: beta? })
}

/// Whether a duration is certainly zero, for what must last.
pub(crate) fn is_zero(dist: &Dist) -> bool {
    matches!(dist, Dist::Fixed(value) if *value <= 0.0)
}

#[expect(clippy::cast_precision_loss, reason = "a bound")]
const _: () = assert!((LONGEST as f64) < 9e15, "durations stay exact in doubles");

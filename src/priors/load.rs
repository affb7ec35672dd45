//! `priors.yaml` to values. The file is ours, so that a mistake in it is an assertion: serde says where, and nobody
//! needs more. (Files of users are read by `document`, which finds every mistake and its place.)

use super::{Prior, PriorValue, Support};
use crate::luck::quantile;
use crate::quantity;
use crate::units::{Chance, Dist, Level};
use indexmap::IndexMap;
use serde::Deserialize;

/// The file that is built in.
pub(crate) const TEXT: &str = include_str!("priors.yaml");

/// A row as it stands in the file. Figures are text: a unit says that they are durations.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    lognormal: Option<[String; 2]>,
    beta: Option<[f64; 2]>,
    fixed: Option<f64>,
    chance: Option<String>,
    then: Option<Then>,
    classes: Option<IndexMap<String, [String; 2]>>,
    #[serde(default)]
    unit: String,
    /// A remark for readers: the fifth percentile that the source gives.
    #[serde(rename = "p05")]
    _p05: Option<f64>,
    /// A remark for readers: what is added to the draw.
    #[serde(rename = "shift")]
    _shift: Option<f64>,
    support: Support,
    when: String,
    source: String,
}

/// How long something lasts that only sometimes happens.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Then {
    lognormal: [String; 2],
}

/// Reads the file that is built in.
pub(super) fn shipped() -> Vec<Prior> {
    let rows: IndexMap<String, Row> = serde_yaml::from_str(TEXT).unwrap_or_else(|e| panic!("priors.yaml: {e}"));
    rows.into_iter().map(|(name, row)| prior(name, row)).collect()
}

fn prior(name: String, row: Row) -> Prior {
    let value = value(&row).unwrap_or_else(|| panic!("priors.yaml: `{name}` has no value"));
    let Row { unit, support, when, source, .. } = row;
    Prior { name: kept(name), value, unit: kept(unit), support, when: kept(when), source: kept(source) }
}

/// Texts of the built-in file are read once and live as long as the program.
fn kept(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

fn value(row: &Row) -> Option<PriorValue> {
    if let (Some(chance), Some(then)) = (&row.chance, &row.then) {
        let fraction = quantity::share(chance).ok().and_then(Level::from_fraction)?;
        let (then, _) = log_normal(&then.lognormal)?;
        return Some(PriorValue::Sometimes { chance: Chance::Fixed(fraction), then });
    }
    if let Some([alpha, beta]) = row.beta {
        return Some(PriorValue::Chance(Chance::Beta { alpha, beta }));
    }
    if let Some(fixed) = row.fixed {
        return Some(PriorValue::Factor(Dist::Fixed(fixed)));
    }
    if let Some(classes) = &row.classes {
        let baselines = classes.iter().map(|(name, figures)| Some((kept(name.clone()), baseline(figures)?)));
        return baselines.collect::<Option<_>>().map(PriorValue::Baselines);
    }
    match log_normal(row.lognormal.as_ref()?)? {
        (dist, true) => Some(PriorValue::Duration(dist)),
        (dist, false) => Some(PriorValue::Factor(dist)),
    }
}

/// A median and the standard deviation of the logarithm.
fn baseline([median, log_sd]: &[String; 2]) -> Option<Dist> {
    let (median, log_sd) = (quantity::fixed_duration(median).ok()?, quantity::number(log_sd)?);
    Some(Dist::LogNormal { median, p95: median * libm::exp(log_sd * quantile::Z95) })
}

/// A log-normal, and whether it is one of durations.
fn log_normal([median, p95]: &[String; 2]) -> Option<(Dist, bool)> {
    if let (Some(median), Some(p95)) = (quantity::number(median), quantity::number(p95)) {
        return Some((Dist::LogNormal { median, p95 }, false));
    }
    let (median, p95) = (quantity::fixed_duration(median).ok()?, quantity::fixed_duration(p95).ok()?);
    Some((Dist::LogNormal { median, p95 }, true))
}

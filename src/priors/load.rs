//! `priors.yaml` to values. The file is ours, so that a mistake in it is an assertion.

use super::{Prior, PriorValue, Support};
use crate::diag::{Findings, Source};
use crate::document::{self, Entry, Node};
use crate::luck::quantile;
use crate::quantity;
use crate::units::{Chance, Dist, Level};
use std::sync::Arc;

const TEXT: &str = include_str!("priors.yaml");

/// Reads the file that is built in.
pub(super) fn shipped() -> Vec<Prior> {
    let source = Arc::new(Source { name: "priors.yaml".to_owned(), text: TEXT.to_owned() });
    let mut found = Findings::default();
    let node = document::read(&source, &mut found);
    assert_eq!(found.errors(), 0, "{:?}", found.into_list());
    let entries = node.as_ref().and_then(Node::entries).unwrap_or_default();
    entries.iter().map(prior).collect()
}

fn prior(entry: &Entry) -> Prior {
    let name = text_of(&entry.key);
    let get = |key: &str| entry.value.get(key).map(text_of);
    let support = match get("support") {
        Some("strong") => Support::Strong,
        Some("medium") => Support::Medium,
        Some("weak") => Support::Weak,
        Some("judgement") => Support::Judgement,
        other => panic!("priors.yaml: `{name}` has support {other:?}"),
    };
    Prior {
        name,
        value: value(name, &entry.value),
        unit: get("unit").unwrap_or_default(),
        support,
        when: get("when").unwrap_or_else(|| panic!("priors.yaml: `{name}` does not say when")),
        source: get("source").unwrap_or_else(|| panic!("priors.yaml: `{name}` has no source")),
    }
}

/// The text of a scalar as part of the built-in file, so that it lives as long as the program.
fn text_of(node: &Node) -> &'static str {
    let span = node.span();
    TEXT.get(span.start..span.end).unwrap_or_default().trim_matches('"')
}

fn value(name: &str, node: &Node) -> PriorValue {
    if let Some(chance) = node.get("chance") {
        let then = node.get("then").and_then(log_normal);
        let Some((then, true)) = then else { panic!("priors.yaml: `{name}` does not say how long") };
        let fraction = quantity::share(chance.as_text()).ok().and_then(Level::from_fraction);
        return PriorValue::Sometimes { chance: Chance::Fixed(fraction.unwrap_or(Level::ZERO)), then };
    }
    if let Some([alpha, beta]) = node.get("beta").and_then(Node::items) {
        let number = |n: &Node| quantity::number(n.as_text()).unwrap_or_else(|| panic!("priors.yaml: `{name}` is no beta"));
        return PriorValue::Chance(Chance::Beta { alpha: number(alpha), beta: number(beta) });
    }
    if let Some(fixed) = node.get("fixed").and_then(|n| quantity::number(n.as_text())) {
        return PriorValue::Factor(Dist::Fixed(fixed));
    }
    if let Some(classes) = node.get("classes").and_then(Node::entries) {
        return PriorValue::Baselines(classes.iter().filter_map(baseline).collect());
    }
    match log_normal(node) {
        Some((dist, true)) => PriorValue::Duration(dist),
        Some((dist, false)) => PriorValue::Factor(dist),
        None => panic!("priors.yaml: `{name}` has no value"),
    }
}

/// A class with the median and the standard deviation of the logarithm.
fn baseline(entry: &Entry) -> Option<(&'static str, Dist)> {
    let [median, log_sd] = entry.value.items()? else { return None };
    let (median, log_sd) = (quantity::fixed_duration(median.as_text()).ok()?, quantity::number(log_sd.as_text())?);
    Some((text_of(&entry.key), Dist::LogNormal { median, p95: median * libm::exp(log_sd * quantile::Z95) }))
}

/// A log-normal, and whether it is one of durations.
fn log_normal(node: &Node) -> Option<(Dist, bool)> {
    let [median, p95] = node.get("lognormal")?.items()? else { return None };
    let (median, p95) = (median.as_text(), p95.as_text());
    if let (Some(median), Some(p95)) = (quantity::number(median), quantity::number(p95)) {
        return Some((Dist::LogNormal { median, p95 }, false));
    }
    let (median, p95) = (quantity::fixed_duration(median).ok()?, quantity::fixed_duration(p95).ok()?);
    Some((Dist::LogNormal { median, p95 }, true))
}

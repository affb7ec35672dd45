//! Sentences: the headline, and figures in words.

use crate::report::data::{Quantiles, Subject};
use crate::report::figures::{self, duration};
use crate::units::{Chance, DAY, Dist, HOUR, MINUTE};
use indexmap::IndexMap;

/// One sentence that answers the question.
pub(super) fn headline(
    customers: Option<&Subject>,
    services: &IndexMap<String, Subject>,
    affected_cells: &Quantiles,
    data_lost_for_good: f64,
    horizon_min: f64,
) -> String {
    let hit: Vec<(&String, &Subject)> = services.iter().filter(|(_, s)| s.affected.mean > 0.0).collect();
    let Some((worst, subject)) = hit.first() else {
        return "Nothing modelled has an outage in any trial.".to_owned();
    };
    let mut text = match customers {
        Some(c) if c.affected.mean > 0.0 => {
            format!(
                "Customers have an outage in {} of the trials, {}",
                percent(c.affected.mean),
                spell(c.affected.mean, &c.outage_min, horizon_min)
            )
        }
        Some(_) => format!(
            "Customers notice nothing; {worst} is out in {} of the trials, {}",
            percent(subject.affected.mean),
            spell(subject.affected.mean, &subject.outage_min, horizon_min)
        ),
        None => format!(
            "{worst} is out in {} of the trials, {}",
            percent(subject.affected.mean),
            spell(subject.affected.mean, &subject.outage_min, horizon_min)
        ),
    };
    text += "; ";
    text += &cells(affected_cells);
    text += " affected";
    if data_lost_for_good > 0.0 {
        text += "; data is lost for good in ";
        text += &percent(data_lost_for_good);
    }
    text + "."
}

fn cells(affected: &Quantiles) -> String {
    let (low, high) = (affected.p50, affected.p95);
    if (high - low).abs() < 0.5 {
        let one = (low - 1.0).abs() < 0.5;
        return format!("{} {}", figures::count(low), if one { "cell is" } else { "cells are" });
    }
    format!("{} to {} cells are", figures::count(low), figures::count(high))
}

/// How long: over all trials, which must be said where not all of them have an outage. What lasts to the end of the simulation may last
/// longer.
fn spell(affected: f64, outage: &Quantiles, horizon_min: f64) -> String {
    let is_cut = |minutes: f64| figures::followed(minutes, horizon_min) != duration(minutes);
    let longer = |minutes: f64| if is_cut(minutes) { "not over after" } else { "longer than" };
    // Nothing is longer than the longest.
    let is_most = |minutes: f64| !is_cut(minutes) && duration(minutes) == duration(outage.max);
    let (half, twentieth) = (duration(outage.p50), duration(outage.p95));
    if (outage.max - outage.min).abs() < 1e-9 {
        format!("{} {half}", if is_cut(outage.p50) { "not over after" } else { "for" })
    } else if affected >= 1.0 && is_cut(outage.p50) {
        format!("at least half of them not over after {half}")
    } else if affected >= 1.0 && half == twentieth {
        format!("{half} in most of them")
    } else if affected >= 1.0 {
        let rest = if is_most(outage.p95) { "none" } else { "one in twenty" };
        format!("half of them shorter than {half}, {rest} {} {twentieth}", longer(outage.p95))
    } else if outage.p50 > 0.0 && half == twentieth && !is_cut(outage.p95) {
        format!("{}{half} in half of all trials", if is_most(outage.p50) { "" } else { "at least " })
    } else if outage.p50 > 0.0 && is_most(outage.p95) {
        format!("longer than {half} in half of all trials, never longer than {twentieth}")
    } else if outage.p50 > 0.0 {
        format!("{} {half} in half of all trials, {} {twentieth} in one of twenty", longer(outage.p50), longer(outage.p95))
    } else if outage.p95 > 0.0 && is_most(outage.p95) {
        format!("{twentieth} in one of twenty of all trials, never longer")
    } else if outage.p95 > 0.0 {
        format!("{} {twentieth} in one of twenty of all trials", longer(outage.p95))
    } else {
        format!("{} at most", figures::followed(outage.max, horizon_min))
    }
}

/// A share as the tables say it, and `all` of them in a sentence.
fn percent(share: f64) -> String {
    if share >= 1.0 { "all".to_owned() } else { figures::percent(share) }
}

/// A distribution as people write it; `as_time` for milliseconds, else plain.
pub(super) fn dist(dist: &Dist, as_time: bool) -> String {
    let figure = |value: f64| if as_time { millis(value) } else { format!("{value}") };
    match dist {
        Dist::Fixed(value) => figure(*value),
        Dist::Forever => "forever".to_owned(),
        Dist::LogNormal { median, p95 } => format!("log-normal, median {}, p95 {}", figure(*median), figure(*p95)),
        Dist::Uniform { low, high } => format!("uniform, {} to {}", figure(*low), figure(*high)),
        Dist::Exponential { mean } => format!("exponential, mean {}", figure(*mean)),
        Dist::Weibull { shape, scale } => format!("Weibull, shape {shape}, scale {}", figure(*scale)),
        Dist::Mix(parts) => format!("a mixture of {}", parts.len()),
        Dist::Samples(values) => format!("one of {} values", values.len()),
    }
}

/// A probability as people write it.
pub(super) fn chance(chance: Chance) -> String {
    match chance {
        Chance::Fixed(level) => format!("{:.1} %", level.fraction() * 100.0),
        Chance::Beta { alpha, beta } => format!("Beta({alpha}, {beta}), mean {:.0} %", alpha / (alpha + beta) * 100.0),
    }
}

#[expect(clippy::cast_precision_loss, reason = "units of time")]
fn millis(value: f64) -> String {
    let units = [(DAY, "d"), (HOUR, "h"), (MINUTE, "min"), (1_000, "s")];
    let (unit, name) = units.into_iter().find(|(unit, _)| value >= 2.0 * *unit as f64).unwrap_or((1_000, "s"));
    let number = value / unit as f64;
    if (number - libm::round(number)).abs() < 0.05 { format!("{number:.0} {name}") } else { format!("{number:.1} {name}") }
}

#[cfg(test)]
mod tests {
    use super::super::figures::{Sample, Unit, quantiles};
    use super::*;
    use crate::ensemble::hist::Hist;
    use crate::ensemble::intervals::Looks;

    /// What is said of outages of so many minutes in ten trials, of which an hour is simulated.
    fn said(minutes: [u64; 10]) -> String {
        let mut outages = Hist::default();
        minutes.iter().for_each(|minutes| outages.add(minutes * MINUTE));
        #[expect(clippy::cast_precision_loss, reason = "ten at most")]
        let affected = minutes.iter().filter(|&&minutes| minutes > 0).count() as f64 / 10.0;
        spell(affected, &quantiles(&Sample::of_hist(&outages, 0), Unit::Minutes, Looks::single(0.95)), 60.0)
    }

    #[test]
    fn what_lasts_to_the_end_is_not_said_to_be_over() {
        assert_eq!(said([10; 10]), "for 10m");
        assert_eq!(said([60; 10]), "not over after 1h");
        assert_eq!(said([1, 2, 3, 4, 60, 60, 60, 60, 60, 60]), "at least half of them not over after 1h");
        assert_eq!(said([1, 2, 3, 4, 5, 6, 7, 8, 60, 60]), "half of them shorter than 5m, one in twenty not over after 1h");
        assert_eq!(said([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]), "half of them shorter than 5m, none longer than 10m");
        assert_eq!(said([1, 10, 10, 10, 10, 10, 10, 10, 10, 10]), "10m in most of them");
        assert_eq!(
            said([0, 2, 3, 4, 5, 6, 7, 8, 60, 60]),
            "longer than 5m in half of all trials, not over after 1h in one of twenty"
        );
        assert_eq!(said([0, 0, 0, 0, 0, 0, 0, 0, 0, 9]), "9m in one of twenty of all trials, never longer");
    }

    #[test]
    fn nothing_is_said_to_be_longer_than_the_longest() {
        assert_eq!(said([0, 0, 30, 30, 30, 30, 30, 30, 30, 30]), "30m in half of all trials");
        assert_eq!(said([0, 0, 20, 20, 20, 20, 20, 20, 20, 41]), "longer than 20m in half of all trials, never longer than 41m");
        assert_eq!(said([10, 10, 20, 20, 20, 30, 30, 30, 41, 41]), "half of them shorter than 20m, none longer than 41m");
    }
}

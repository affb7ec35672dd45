//! Rare branches as data: what seldom goes wrong, how often exactly, and what comes of it.
//!
//! In: nothing (built by `summary`). Out: what every format draws, and the few words that they share.

use super::data::Proportion;
use super::figures::{count, duration, percent, rounded};
use serde::Serialize;

/// Trials aimed at the rare branches of a plan, put together with the exact chance of each.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Rare {
    /// What is asked about: an outage of customers, or of any service.
    pub event: &'static str,
    /// Aimed trials.
    pub trials: u64,
    /// So many trials as luck has it would tell the chance of the event as well.
    pub effective_trials: f64,
    /// The chance of the event.
    pub chance: Proportion,
    /// Minutes of outage that a run costs on average.
    pub outage_min: Estimate,
    /// The chance that data is lost for good.
    pub data_lost_for_good: Proportion,
    /// Outages that one run in a hundred, in a thousand and so on reaches or exceeds.
    pub tail: Vec<Tail>,
    /// By branch, those with most of the minutes first; the last is what is left.
    pub branches: Vec<Branch>,
}

/// A figure with its interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Estimate {
    pub mean: f64,
    pub low: f64,
    pub high: f64,
}

/// A far quantile of the outage.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Tail {
    /// One run in so many.
    pub one_in: u64,
    /// Minutes of outage that it reaches or exceeds.
    pub min: f64,
    /// The interval.
    pub low: f64,
    /// The interval.
    pub high: f64,
}

/// What may go wrong first.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Branch {
    /// The kind of slip, or `bypass`.
    pub what: String,
    /// How likely such luck is, exactly: that such a draw may come true in a run, before any other.
    pub chance: f64,
    /// Trials aimed at it.
    pub trials: u64,
    /// The share of these in which it does come true: all of them where its rate is known, fewer where that is uncertain. Absent for the
    /// last branch, in which there is nothing to come true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comes_true: Option<f64>,
    /// The chance of the event in it.
    pub event: Proportion,
    /// Minutes of outage in it, on average.
    pub outage_min: f64,
    /// Its part of all minutes.
    pub share: f64,
    /// A trial of it with a typical outage, for `foreshock trace`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub example: Option<u64>,
}

/// A small chance as `1 in 3,300`; a large one in percent.
pub fn one_in(chance: f64) -> String {
    if chance <= 0.0 || chance >= 0.01 { percent(chance) } else { format!("1 in {}", count(rounded(1.0 / chance))) }
}

/// The heads of a table of branches, but for the first; and what stands below them.
pub const HEADS: [&str; 5] = ["chance", "comes true", "outage in it", "on average", "of all minutes"];

/// A row of a table of branches.
pub fn row(branch: &Branch) -> [String; 5] {
    let Branch { chance, comes_true, event, outage_min, share, .. } = branch;
    let comes_true = comes_true.map_or_else(|| "-".to_owned(), percent);
    [one_in(*chance), comes_true, one_in(event.mean), duration(*outage_min), percent(*share)]
}

/// The chance of the event with its interval.
pub fn chance(rare: &Rare) -> String {
    let Proportion { mean, low, high } = rare.chance;
    let runs = if mean > 0.0 && mean < 0.01 { "runs" } else { "of the runs" };
    format!("There is an {} in {} {runs} (between {} and {}).", rare.event, one_in(mean), one_in(low), one_in(high))
}

/// The far quantiles at which there is an outage.
pub fn tails(rare: &Rare) -> impl Iterator<Item = &Tail> {
    rare.tail.iter().filter(|tail| tail.min > 0.0)
}

/// How long a seldom outage lasts.
pub fn lasts(tail: &Tail) -> String {
    #[expect(clippy::cast_precision_loss, reason = "a small number")]
    let seldom = one_in(1.0 / tail.one_in as f64);
    let (least, low, high) = (duration(tail.min), duration(tail.low), duration(tail.high));
    let between = if low == high { String::new() } else { format!(" ({low} to {high})") };
    format!("{seldom} lasts {least} or longer{between}.")
}

/// What stands behind it.
pub fn worth(rare: &Rare) -> String {
    format!(
        "{} trials aimed at what seldom goes wrong, worth {} as luck has it; the chance of each branch is exact.",
        count_of(rare.trials),
        count(rounded(rare.effective_trials.max(1.0)))
    )
}

#[expect(clippy::cast_precision_loss, reason = "a count for display")]
fn count_of(trials: u64) -> String {
    count(trials as f64)
}

#[cfg(test)]
mod tests {
    use super::one_in;

    #[test]
    fn small_chances_are_told_in_runs() {
        let told: Vec<String> = [0.0, 0.25, 0.01, 0.003, 0.000_302, 1.0 / 1_234_567.0].into_iter().map(one_in).collect();
        assert_eq!(told, ["0%", "25%", "1%", "1 in 330", "1 in 3,300", "1 in 1.2M"]);
    }
}

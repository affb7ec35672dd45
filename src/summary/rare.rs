//! What the branches of a plan come to together: each tally times the exact chance of its branch.
//!
//! In: one tally per branch. Out: chances, means and far quantiles with their intervals. Every interval holds for all branches at
//! once: each gets an equal part of the error, and the bounds add up with the same chances as the figures.

use super::figures::{proportion, share};
use crate::ensemble::hist::Hist;
use crate::ensemble::intervals::{self, Looks, rank};
use crate::ensemble::tally::Tally;
use crate::ensemble::{CONFIDENCE, Run, branches};
use crate::model::Model;
use crate::model::rare;
use crate::report::data::Proportion;
use crate::report::rare::{Branch, Estimate, Rare, Tail};
use std::sync::Arc;

/// When trials are aimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Aiming {
    /// If the event is rarer than one trial in a thousand.
    #[default]
    Auto,
    /// If there is anything to aim at.
    Always,
    /// Never.
    Never,
}

/// An event that happens in fewer trials than one in so many is looked at through branches.
const SELDOM: u64 = 1_000;
/// Trials of each branch that show where more of them are worth while. They are not counted: what is, must not have been chosen
/// by its own outcome.
const PILOT: u64 = 300;
/// Trials of a branch at least.
const LEAST: u64 = 2_000;
const TAILS: [u64; 5] = [100, 1_000, 10_000, 100_000, 1_000_000];

/// Looks at the rare branches of a model whose plain trials came to `plain`.
pub(super) fn rare(model: &Model, plain: &Tally, aiming: Aiming, run: &Run<'_>) -> Option<Rare> {
    let hits = plain.headline.count() - plain.headline.count_up_to(0.0);
    let wanted = match aiming {
        Aiming::Auto => hits * SELDOM < plain.trials,
        Aiming::Always => true,
        Aiming::Never => false,
    };
    let known = wanted.then(|| rare::Rare::of(model)).filter(|rare| !rare.is_empty())?;
    let model = Model { rare: Some(Arc::new(known)), ..model.clone() };
    let known = model.rare.as_ref()?;
    let chances: Vec<f64> = known.branches().iter().map(|b| b.chance).collect();
    let pilot = branches::run(&model, |_| 0..PILOT, run)?;
    let shares = worth(&chances, &pilot);
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a number of trials"
    )]
    let trials = |branch: usize| (2.0 * plain.trials as f64 * shares[branch]) as u64;
    let tallies = branches::run(&model, |branch| PILOT..PILOT + trials(branch).max(LEAST), run)?;
    let mut summary = together(known.branches(), &tallies, event(run.has_customers));
    let (_, rare) = summary.branches.split_last_mut()?;
    rare.sort_by(|a, b| b.share.total_cmp(&a.share).then(b.chance.total_cmp(&a.chance)));
    Some(summary)
}

/// By branch, the part of all trials that it is worth: by its chance, and by how little a trial of it is foreseen (Neyman 1934).
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
fn worth(chances: &[f64], pilot: &[Tally]) -> Vec<f64> {
    let unforeseen = |(&chance, tally): (&f64, &Tally)| {
        let hits = Part { chance, tally }.hits();
        let share = (hits as f64 + 1.0) / (tally.trials as f64 + 2.0);
        chance * libm::sqrt(share * (1.0 - share))
    };
    let all: Vec<f64> = chances.iter().zip(pilot).map(unforeseen).collect();
    let sum: f64 = all.iter().sum();
    all.into_iter().map(|one| one / sum).collect()
}

const fn event(has_customers: bool) -> &'static str {
    if has_customers { "outage of customers" } else { "outage of a service" }
}

/// Adds branches up.
fn together(known: &[rare::Branch], tallies: &[Tally], event: &'static str) -> Rare {
    #[expect(clippy::cast_precision_loss, reason = "a handful of branches")]
    let looks = Looks::single(1.0 - (1.0 - CONFIDENCE) / tallies.len() as f64);
    let parts: Vec<Part<'_>> = known.iter().zip(tallies).map(|(b, tally)| Part { chance: b.chance, tally }).collect();
    let minutes: f64 = parts.iter().map(|p| p.chance * p.mean()).sum();
    let half: f64 = parts.iter().map(|p| p.chance * p.half(looks)).sum();
    let branches = known.iter().zip(&parts).enumerate().map(|(at, (known, part))| Branch {
        what: known.what.clone(),
        chance: part.chance,
        trials: part.tally.trials,
        comes_true: (at + 1 < parts.len()).then(|| share(part.tally.came_true, part.tally.trials)),
        event: proportion(part.hits(), part.tally.trials, Looks::single(CONFIDENCE)),
        outage_min: part.mean(),
        share: if minutes > 0.0 { part.chance * part.mean() / minutes } else { 0.0 },
        example: part.example(),
    });
    let chance = sum(&parts, |p| proportion(p.hits(), p.tally.trials, looks));
    Rare {
        event,
        trials: tallies.iter().map(|t| t.trials).sum(),
        effective_trials: effective(&parts),
        chance,
        outage_min: Estimate { mean: minutes, low: (minutes - half).max(0.0), high: minutes + half },
        data_lost_for_good: sum(&parts, |p| proportion(p.tally.data_gone, p.tally.trials, looks)),
        tail: TAILS.into_iter().filter_map(|one_in| tail(&parts, one_in, looks)).collect(),
        branches: branches.collect(),
    }
}

/// A branch: its chance and what it came to.
struct Part<'a> {
    chance: f64,
    tally: &'a Tally,
}

impl Part<'_> {
    fn headline(&self) -> &Hist {
        &self.tally.headline
    }

    fn hits(&self) -> u64 {
        self.headline().count() - self.headline().count_up_to(0.0)
    }

    #[expect(clippy::cast_precision_loss, reason = "sums for display")]
    fn mean(&self) -> f64 {
        self.headline().sum() as f64 / 60_000.0 / self.tally.trials.max(1) as f64
    }

    #[expect(clippy::cast_precision_loss, reason = "sums for display")]
    fn half(&self, looks: Looks) -> f64 {
        let hist = self.headline();
        let mean = hist.sum() as f64 / hist.count().max(1) as f64;
        let variance = (hist.squares() / hist.count().max(1) as f64 - mean * mean).max(0.0);
        intervals::mean(variance, hist.max() as f64, hist.count(), looks.error()) / 60_000.0
    }

    /// The trial in the bucket of the median of its outages.
    fn example(&self) -> Option<u64> {
        let (hits, hist) = (self.hits(), self.headline());
        if hits == 0 {
            return None;
        }
        let value = hist.at_rank(hist.count() - hits + rank(0.5, hits), 0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "milliseconds of a histogram")]
        let bucket = Hist::bucket_of(value as u64);
        self.tally.examples.get(&bucket).copied()
    }
}

fn sum(parts: &[Part<'_>], of: impl Fn(&Part<'_>) -> Proportion) -> Proportion {
    let all: Vec<(f64, Proportion)> = parts.iter().map(|p| (p.chance, of(p))).collect();
    let total = |pick: fn(&Proportion) -> f64| all.iter().map(|(chance, p)| chance * pick(p)).sum::<f64>().min(1.0);
    Proportion { mean: total(|p| p.mean), low: total(|p| p.low), high: total(|p| p.high) }
}

/// How many trials as luck has it would know the chance of the event as well: the same variance. A branch in which it always or
/// never happened counts as if half a trial more had gone either way.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
fn effective(parts: &[Part<'_>]) -> f64 {
    let smooth = |p: &Part<'_>| (p.hits() as f64 + 0.5) / (p.tally.trials as f64 + 1.0);
    let chance: f64 = parts.iter().map(|p| p.chance * smooth(p)).sum();
    let variance = |p: &Part<'_>| p.chance * p.chance * smooth(p) * (1.0 - smooth(p)) / p.tally.trials.max(1) as f64;
    chance * (1.0 - chance) / parts.iter().map(variance).sum::<f64>()
}

/// The outage that one run in so many exceeds; none if the trials do not reach so far.
fn tail(parts: &[Part<'_>], one_in: u64, looks: Looks) -> Option<Tail> {
    #[expect(clippy::cast_precision_loss, reason = "a small number")]
    let p = 1.0 - 1.0 / one_in as f64;
    let mut values: Vec<f64> = parts.iter().flat_map(|part| part.headline().points().map(|(value, _)| value)).collect();
    values.sort_by(f64::total_cmp);
    values.dedup();
    // How much lies at or below a value: the figure, the most and the least.
    let below = |value: f64| sum(parts, |part| proportion(part.headline().count_up_to(value), part.tally.trials, looks));
    let least = |enough: &dyn Fn(Proportion) -> bool| {
        let at = values.partition_point(|&value| !enough(below(value)));
        values.get(at).map(|value| value / 60_000.0)
    };
    // Sums of chances are rounded.
    let enough = p - 1e-12;
    let min = least(&|share| share.mean >= enough)?;
    let (low, high) = (least(&|share| share.high >= enough)?, least(&|share| share.low >= enough)?);
    Some(Tail { one_in, min, low, high })
}

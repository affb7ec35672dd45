//! What leaving out one step takes away, as data and in words.
//!
//! In: nothing (built by `verdict`). Out: part of a verdict.

use super::figures::{change, duration, whole};
use super::verdict::Decision;
use serde::Serialize;

/// The plan without one of its steps, under the same luck.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Alone {
    /// The first trials of the plan: all that this is about.
    pub trials: u64,
    /// How many of them were run without each step as well.
    pub pairs: u64,
    /// Mean minutes below objective over all cells, with all steps, in those trials.
    pub total_min: f64,
    /// What each step left out takes away.
    pub steps: Vec<LeftOut>,
    /// Steps with a share that were not tried: each has a smaller one than those that were.
    pub not_tried: u64,
    /// What only steps together do: the total less the sum of the above. Negative where minutes are gone without any one of several steps.
    pub interaction_min: f64,
}

/// What leaving out one step takes away.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LeftOut {
    /// The step.
    pub id: String,
    /// Mean minutes below objective over all cells that it takes away: what the step was given in all trials, corrected by what the pairs show.
    pub minutes: f64,
    /// The interval of these minutes, at 95 %; absent where there are no two pairs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low: Option<f64>,
    /// Its upper end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high: Option<f64>,
    /// The headline outage that it takes away, in mean minutes over the pairs.
    pub outage_min: f64,
    /// Share of the pairs in which it takes anything away.
    pub helps: f64,
    /// The verdict without it, absent where the trials that were run do not tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
}

impl Alone {
    /// On which trials it rests, in words.
    #[must_use]
    pub fn basis(&self) -> String {
        if self.pairs == self.trials {
            format!("in the first {} trials, the same luck", whole(self.trials))
        } else {
            format!(
                "in the first {} trials, {} of them run again without the step, the same luck",
                whole(self.trials),
                whole(self.pairs)
            )
        }
    }

    /// What the rows do not add up to, in words that follow on those of [`Alone::basis`]; nothing where there is one row.
    #[must_use]
    pub fn together(&self) -> String {
        let (total, amount) = (duration(self.total_min), duration(self.interaction_min.abs()));
        match self.steps.len() {
            0 | 1 => String::new(),
            _ if self.interaction_min < 0.0 => {
                format!("; {amount} more than the {total} in all, since some minutes are gone without any one of several steps")
            }
            _ => format!("; {amount} of {total} is what only steps together do"),
        }
    }
}

impl LeftOut {
    /// The minutes that there are less without it, and how well they are known.
    #[must_use]
    pub fn less(&self) -> String {
        let change = change(-self.minutes);
        match (self.low, self.high) {
            (Some(low), Some(high)) if high > low => {
                format!("{change} ± {}", duration((high - low) / 2.0))
            }
            _ => change,
        }
    }

    /// The verdict without it, in a word.
    #[must_use]
    pub fn then(&self) -> &'static str {
        self.decision.map_or("open", Decision::word)
    }
}

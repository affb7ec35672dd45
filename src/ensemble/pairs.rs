//! Paired differences: variant minus base, trial by trial under the same luck.
//!
//! Sums, sums of squares and counts of integers; merging is exact and order-free.

use super::tally::Marks;
use crate::engine::{BUSIER, SIGNS};

/// How many marks are compared.
pub const MARKS: usize = 9;

/// The sums of one mark's differences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Difference {
    /// Sum of differences.
    pub sum: i128,
    /// Sum of their squares.
    pub squares: u128,
    /// Trials in which the variant had less.
    pub less: u64,
    /// Trials in which it had more.
    pub more: u64,
    /// The least and the greatest difference.
    pub range: (i64, i64),
}

impl Default for Difference {
    fn default() -> Self {
        Self { sum: 0, squares: 0, less: 0, more: 0, range: (i64::MAX, i64::MIN) }
    }
}

/// All differences of a variant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pairs {
    /// Trials compared.
    pub trials: u64,
    /// By mark: headline, affected cells, requests lost, customer-minutes lost, plan, data lost for good, people asked,
    /// time that controls added, harmless steps stopped.
    pub marks: [Difference; MARKS],
    /// Of the trials with a longer headline outage, or with more lost by customers, as the sign says: those with each of [`SIGNS`].
    pub signs: [u64; SIGNS.len()],
}

impl Marks {
    const fn list(&self) -> [i64; MARKS] {
        [
            self.headline,
            self.affected_cells,
            self.requests_lost,
            self.minutes_lost,
            self.plan,
            self.data_gone,
            self.asked,
            self.waited,
            self.false_stops,
        ]
    }
}

impl Marks {
    /// The signs of what is worse than in the base.
    const fn signs_against(&self, base: &Self) -> u8 {
        let is_longer = self.headline > base.headline;
        let is_more = self.requests_lost > base.requests_lost || self.minutes_lost > base.minutes_lost;
        let of_outages = if is_longer { self.signs & !BUSIER } else { 0 };
        let of_losses = if is_more { self.signs & BUSIER } else { 0 };
        of_outages | of_losses
    }
}

impl Pairs {
    /// Adds a trial.
    pub fn add(&mut self, base: &Marks, variant: &Marks) {
        self.trials += 1;
        for ((difference, base), variant) in self.marks.iter_mut().zip(base.list()).zip(variant.list()) {
            let d = variant - base;
            difference.sum += i128::from(d);
            difference.squares += u128::from(d.unsigned_abs()).pow(2);
            difference.less += u64::from(d < 0);
            difference.more += u64::from(d > 0);
            difference.range = (difference.range.0.min(d), difference.range.1.max(d));
        }
        let signs = variant.signs_against(base);
        for (bit, count) in self.signs.iter_mut().enumerate() {
            *count += u64::from(signs >> bit & 1);
        }
    }

    /// Adds other trials.
    pub fn merge(&mut self, other: &Pairs) {
        self.trials += other.trials;
        for (mine, theirs) in self.marks.iter_mut().zip(&other.marks) {
            mine.sum += theirs.sum;
            mine.squares += theirs.squares;
            mine.less += theirs.less;
            mine.more += theirs.more;
            mine.range = (mine.range.0.min(theirs.range.0), mine.range.1.max(theirs.range.1));
        }
        self.signs.iter_mut().zip(other.signs).for_each(|(mine, theirs)| *mine += theirs);
    }
}

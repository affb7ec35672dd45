//! What controls cost over many trials, in integers.
//!
//! In: the friction of each trial. Out: histograms and sums that merge in any order.

use super::hist::Hist;
use crate::engine::{Friction, RuleSums};

/// Friction over trials.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FrictionTally {
    /// People asked.
    pub asked: Hist,
    /// Time added, milliseconds.
    pub waited: Hist,
    /// Harmless steps stopped.
    pub false_stops: Hist,
    /// Trials in which a harmful step was stopped.
    pub stopped: u64,
    /// By rule of the model.
    pub rules: Vec<RuleSums>,
}

impl FrictionTally {
    /// Adds a trial.
    pub fn add(&mut self, friction: &Friction) {
        self.asked.add(friction.asked);
        self.waited.add(friction.waited);
        self.false_stops.add(friction.false_stops);
        self.stopped += u64::from(friction.stops > 0);
    }

    /// Adds what an engine summed by rule.
    pub fn add_rules(&mut self, rules: &[RuleSums]) {
        if self.rules.len() < rules.len() {
            self.rules.resize(rules.len(), RuleSums::default());
        }
        for (mine, theirs) in self.rules.iter_mut().zip(rules) {
            mine.add(theirs);
        }
    }

    /// Adds other trials.
    pub fn merge(&mut self, other: &FrictionTally) {
        self.asked.merge(&other.asked);
        self.waited.merge(&other.waited);
        self.false_stops.merge(&other.false_stops);
        self.stopped += other.stopped;
        self.add_rules(&other.rules);
    }

    /// Every integer, in order.
    pub(super) fn digest(&self, into: &mut impl FnMut(u64)) {
        for hist in [&self.asked, &self.waited, &self.false_stops] {
            hist.digest(into);
        }
        into(self.stopped);
        for rule in &self.rules {
            // What is seen too late changes nothing that is counted here.
            let RuleSums { asked, waited, stopped_harmful, stopped_harmless, late: _, missed, bypassed, used, reviewed, review } =
                *rule;
            [asked, waited, stopped_harmful, stopped_harmless, missed, bypassed].into_iter().for_each(&mut *into);
            if used > 0 {
                [used, reviewed, review].into_iter().for_each(&mut *into);
            }
        }
    }
}

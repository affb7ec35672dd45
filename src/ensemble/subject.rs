//! What befell one subject (a cell, a service, a region, the customers) over many trials.
//!
//! In: figures of trials. Out: counts and histograms that merge in any order. Not here: which subjects there are (`tally`).

use super::hist::{Coarse, Hist};
use crate::engine::{Figures, Several, State};
use crate::units::Millis;

/// States that are counted, in the order of [`State`].
pub const STATES: usize = 6;

/// What befell a cell, over trials.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CellTally {
    /// Trials that ever had each [`State`].
    pub states: [u64; STATES],
    /// Trials with an outage.
    pub affected: u64,
    /// Trials with an impact.
    pub impacted: u64,
    /// Trials in which it was not recovered at the horizon.
    pub open: u64,
    /// Outages, over trials with one.
    pub outage: Spread,
    /// Instants, over trials with an impact.
    pub first: Spread,
    /// End of the last outage.
    pub main: Spread,
    /// Full recovery, if it ever was another instant than the end of the last outage.
    full: Option<Spread>,
    /// Requests lost, thousandths, over trials with a loss.
    pub lost: Option<Box<Hist>>,
    /// Customer-minutes lost, thousandths, over trials with a loss.
    pub customer_time: Option<Box<Hist>>,
    /// Data lost, over trials with a finite loss.
    pub data_lost: Option<Box<Hist>>,
    /// Trials in which its data was lost for good.
    pub data_gone: u64,
}

/// A distribution in as much detail as its subject deserves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Spread {
    /// In full.
    Full(Hist),
    /// In 64 buckets.
    Coarse(Box<Coarse>),
}

impl Default for Spread {
    fn default() -> Self {
        Spread::Full(Hist::default())
    }
}

impl Spread {
    /// Adds a value.
    pub(super) fn add(&mut self, value: u64) {
        match self {
            Spread::Full(hist) => hist.add(value),
            Spread::Coarse(coarse) => coarse.add(value),
        }
    }

    /// Adds so many values, those left out that are [`NONE`](crate::model::NONE).
    pub(super) fn add_brief(&mut self, values: &[u32], count: u32) {
        match self {
            Spread::Full(hist) => hist.add_brief(values, count),
            Spread::Coarse(coarse) => coarse.add_brief(values),
        }
    }

    /// Adds so many of one value, which is likely to be that of the time before.
    fn add_alike(&mut self, value: u32, count: u32) {
        match self {
            Spread::Full(hist) => hist.add_alike(value, count),
            Spread::Coarse(coarse) => coarse.add_alike(value.into(), count),
        }
    }

    pub(super) fn settle(&mut self) {
        if let Spread::Full(hist) = self {
            hist.settle();
        }
    }

    fn reduce(&mut self) {
        if let Spread::Full(hist) = self {
            *self = Spread::Coarse(Box::new(hist.coarse()));
        }
    }

    pub(super) fn merge(&mut self, other: &Spread) {
        match (self, other) {
            (Spread::Full(mine), Spread::Full(theirs)) => mine.merge(theirs),
            (Spread::Coarse(mine), Spread::Coarse(theirs)) => mine.merge(theirs),
            (Spread::Coarse(mine), Spread::Full(theirs)) => mine.merge(&theirs.coarse()),
            (Spread::Full(_), Spread::Coarse(_)) => unreachable!("nothing that is kept in full is added to in less"),
        }
    }

    fn digest(&self, into: &mut impl FnMut(u64)) {
        match self {
            Spread::Full(hist) => hist.digest(into),
            Spread::Coarse(coarse) => coarse.digest(into),
        }
    }
}

impl CellTally {
    pub(super) fn coarse() -> Self {
        let spread = || Spread::Coarse(Box::default());
        Self { outage: spread(), first: spread(), main: spread(), ..Self::default() }
    }

    /// Keeps less detail from now on.
    pub(super) fn reduce(&mut self) {
        [&mut self.outage, &mut self.first, &mut self.main].into_iter().chain(&mut self.full).for_each(Spread::reduce);
    }

    /// Full recovery, over trials with an impact.
    #[must_use]
    pub fn full(&self) -> &Spread {
        self.full.as_ref().unwrap_or(&self.main)
    }

    /// Counts what befell it in one trial, with instants that are relative to the first impact.
    pub(super) fn count(&mut self, figures: &Figures) {
        let &Figures { ever, outage, first, main, full, open, lost, customer_time } = figures;
        for (state, count) in self.states.iter_mut().enumerate() {
            *count += u64::from(ever >> state & 1);
        }
        self.open += u64::from(open);
        if outage > 0 {
            self.affected += 1;
            self.outage.add(outage);
        }
        if figures.impacted() {
            self.impacted += 1;
            self.first.add(first);
            if self.full.is_none() && full != main {
                self.full = Some(self.main.clone());
            }
            self.main.add(main);
            if let Some(known) = &mut self.full {
                known.add(full);
            }
        }
        for (all, one) in [(&mut self.lost, lost), (&mut self.customer_time, customer_time)] {
            if one > 0 {
                all.get_or_insert_default().add(one);
            }
        }
    }

    /// Counts what befell it in several trials.
    pub(super) fn count_several(&mut self, several: &Several<'_>) {
        for (state, count) in several.states {
            self.states[state as usize] += u64::from(count);
        }
        self.affected += u64::from(several.affected);
        self.impacted += u64::from(several.count);
        self.open += u64::from(several.open);
        self.outage.add_brief(several.outages, several.affected);
        match several.first {
            Some(first) => self.first.add_alike(first, several.count),
            None => self.first.add_brief(several.firsts, several.count),
        }
        if self.full.is_none() && several.fulls.is_some() {
            self.full = Some(self.main.clone());
        }
        self.main.add_brief(several.mains, several.count);
        if let Some(full) = &mut self.full {
            full.add_brief(several.fulls.unwrap_or(several.mains), several.count);
        }
    }

    /// For whoever will read it: see [`Hist`].
    pub(super) fn settle(&mut self) {
        [&mut self.outage, &mut self.first, &mut self.main].into_iter().chain(&mut self.full).for_each(Spread::settle);
        [&mut self.lost, &mut self.customer_time, &mut self.data_lost].into_iter().flatten().for_each(|hist| hist.settle());
    }

    pub(super) fn add_data(&mut self, window: Option<Millis>, gone: bool) {
        if let Some(window) = window {
            self.data_lost.get_or_insert_default().add(window);
        }
        self.data_gone += u64::from(gone);
    }

    /// Both together, in the detail of the first.
    pub(super) fn with(&self, other: &CellTally) -> CellTally {
        let mut sum = self.clone();
        sum.merge(other);
        sum
    }

    pub(super) fn merge(&mut self, other: &CellTally) {
        for (mine, theirs) in self.states.iter_mut().zip(other.states) {
            *mine += theirs;
        }
        self.affected += other.affected;
        self.impacted += other.impacted;
        self.open += other.open;
        self.data_gone += other.data_gone;
        self.outage.merge(&other.outage);
        self.first.merge(&other.first);
        if self.full.is_some() || other.full.is_some() {
            self.full.get_or_insert_with(|| self.main.clone()).merge(other.full());
        }
        self.main.merge(&other.main);
        merge_optional(&mut self.lost, other.lost.as_deref());
        merge_optional(&mut self.customer_time, other.customer_time.as_deref());
        merge_optional(&mut self.data_lost, other.data_lost.as_deref());
    }

    pub(super) fn digest(&self, into: &mut impl FnMut(u64)) {
        self.states.iter().for_each(|&s| into(s));
        [self.affected, self.impacted, self.open, self.data_gone].into_iter().for_each(&mut *into);
        for spread in [&self.outage, &self.first, &self.main, self.full()] {
            spread.digest(into);
        }
        for hist in [&self.lost, &self.customer_time, &self.data_lost].into_iter().flatten() {
            hist.digest(into);
        }
    }
}

fn merge_optional(mine: &mut Option<Box<Hist>>, theirs: Option<&Hist>) {
    if let Some(theirs) = theirs {
        mine.get_or_insert_default().merge(theirs);
    }
}

/// The states in the order of their counts.
pub const COUNTED: [State; STATES] =
    [State::Down, State::Failing, State::Degraded, State::Starved, State::Lagging, State::Exposed];

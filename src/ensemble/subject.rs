//! What befell one subject (a cell, a service, a region, the customers) over many trials.
//!
//! In: figures of trials. Out: counts and histograms that merge in any order. Not here: which subjects there are (`tally`).

use super::hist::{Coarse, Hist};
use super::streams::Stream;
use crate::engine::{Figures, State};
use crate::model::NONE;
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
    pub(super) fn add_all(&mut self, values: impl Iterator<Item = u64>) {
        match self {
            Spread::Full(hist) => hist.add_all(values),
            Spread::Coarse(coarse) => values.for_each(|value| coarse.add(value)),
        }
    }

    /// Adds values, those left out that are [`NONE`].
    pub(super) fn add_brief(&mut self, values: &[u32]) {
        match self {
            Spread::Full(hist) => hist.add_brief(values),
            Spread::Coarse(coarse) => values.iter().filter(|&&value| value != NONE).for_each(|&value| coarse.add(value.into())),
        }
    }

    fn add_same(&mut self, value: u32, count: u64) {
        match self {
            Spread::Full(hist) => hist.add_same(value, count),
            Spread::Coarse(coarse) => (0..count).for_each(|_| coarse.add(value.into())),
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

    /// Counts figures of one trial, if anything befell it.
    pub(super) fn count_one(&mut self, figures: &Figures, told: impl Fn(&Figures) -> Figures) {
        if *figures != Figures::NONE {
            self.count(&[told(figures)]);
        }
    }

    /// Counts figures whose instants are relative to the first impact.
    pub(super) fn count(&mut self, all: &[Figures]) {
        // A byte for each state holds what so many can add.
        for some in all.chunks(u8::MAX.into()) {
            let each: u64 = some.iter().map(|f| a_byte_each(f.ever)).sum();
            for (state, count) in self.states.iter_mut().zip(each.to_le_bytes()) {
                *state += u64::from(count);
            }
        }
        let figures = || all.iter();
        for figures in figures() {
            self.affected += u64::from(figures.outage > 0);
            self.impacted += u64::from(figures.impacted());
            self.open += u64::from(figures.open);
        }
        // One histogram after the other: each is near while it is filled.
        self.outage.add_all(figures().map(|f| f.outage).filter(|&outage| outage > 0));
        let impacts = || figures().filter(|f| f.impacted());
        self.first.add_all(impacts().map(|f| f.first));
        if self.full.is_none() && impacts().any(|f| f.full != f.main) {
            self.full = Some(self.main.clone());
        }
        self.main.add_all(impacts().map(|f| f.main));
        if let Some(full) = &mut self.full {
            full.add_all(impacts().map(|f| f.full));
        }
        for lost in figures().map(|f| f.lost).filter(|&lost| lost > 0) {
            self.lost.get_or_insert_default().add(lost);
        }
        for time in figures().map(|f| f.customer_time).filter(|&time| time > 0) {
            self.customer_time.get_or_insert_default().add(time);
        }
    }

    /// Counts figures that come one beside the other.
    pub(super) fn count_stream(&mut self, stream: &Stream) {
        for (state, count) in self.states.iter_mut().zip(stream.states) {
            *state += count;
        }
        self.affected += stream.affected;
        self.impacted += stream.impacts;
        self.open += stream.open;
        self.outage.add_brief(&stream.outages);
        self.first.add_brief(&stream.firsts);
        stream.same_firsts.iter().for_each(|&(first, count)| self.first.add_same(first, count));
        for mains in [&stream.mains, &stream.apart[0]] {
            self.main.add_brief(mains);
            if let Some(full) = &mut self.full {
                full.add_brief(mains);
            }
        }
    }

    /// The same, with other ends of the last outage.
    pub(super) fn with_main(&self, main: Spread) -> CellTally {
        let full = self.full().clone();
        CellTally { main, full: Some(full), ..self.clone() }
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

/// Seven bits, each in a byte of its own.
const fn a_byte_each(bits: u8) -> u64 {
    (bits as u64 & 0x7f).wrapping_mul(0x0002_0408_1020_4081) & 0x0101_0101_0101_0101
}

fn merge_optional(mine: &mut Option<Box<Hist>>, theirs: Option<&Hist>) {
    if let Some(theirs) = theirs {
        mine.get_or_insert_default().merge(theirs);
    }
}

/// The states in the order of their counts.
pub const COUNTED: [State; STATES] =
    [State::Down, State::Failing, State::Degraded, State::Starved, State::Lagging, State::Exposed];

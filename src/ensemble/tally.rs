//! The tally: what many trials came to, in integers that merge in any order.
//!
//! In: outcomes of trials. Out: counts, sums and histograms. Its size does not grow with trials. Not
//! here: quantiles, intervals, names.

use super::batch::Batch;
use super::friction::FrictionTally;
use super::hist::{Coarse, Hist};
use crate::engine::{Figures, Minutes, Outcome, Ring, STAGES, State, Sums};
use crate::model::Model;
use crate::units::Millis;
use std::collections::BTreeMap;

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
    /// Full recovery.
    pub full: Spread,
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
    Full(Box<Hist>),
    /// In 64 buckets.
    Coarse(Box<Coarse>),
}

impl Default for Spread {
    fn default() -> Self {
        Spread::Full(Box::default())
    }
}

impl Spread {
    fn add_all(&mut self, values: impl Iterator<Item = u64>) {
        match self {
            Spread::Full(hist) => hist.add_all(values),
            Spread::Coarse(coarse) => values.for_each(|value| coarse.add(value)),
        }
    }

    fn merge(&mut self, other: &Spread) {
        match (self, other) {
            (Spread::Full(mine), Spread::Full(theirs)) => mine.merge(theirs),
            (Spread::Coarse(mine), Spread::Coarse(theirs)) => mine.merge(theirs),
            _ => unreachable!("tallies of one run give a cell the same detail"),
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
    fn coarse() -> Self {
        let spread = || Spread::Coarse(Box::default());
        Self { outage: spread(), first: spread(), main: spread(), full: spread(), ..Self::default() }
    }

    /// Counts figures whose instants are relative to the first impact.
    fn count(&mut self, all: &[Figures]) {
        for figures in all {
            for state in 0..STATES {
                self.states[state] += u64::from(figures.ever >> state & 1);
            }
            self.affected += u64::from(figures.outage > 0);
            self.impacted += u64::from(figures.impacted());
            self.open += u64::from(figures.open);
        }
        // One histogram after the other: each is near while it is filled.
        self.outage.add_all(all.iter().map(|f| f.outage).filter(|&outage| outage > 0));
        let impacts = || all.iter().filter(|f| f.impacted());
        self.first.add_all(impacts().map(|f| f.first));
        self.main.add_all(impacts().map(|f| f.main));
        self.full.add_all(impacts().map(|f| f.full));
        for lost in all.iter().map(|f| f.lost).filter(|&lost| lost > 0) {
            self.lost.get_or_insert_default().add(lost);
        }
        for time in all.iter().map(|f| f.customer_time).filter(|&time| time > 0) {
            self.customer_time.get_or_insert_default().add(time);
        }
    }

    fn add_data(&mut self, window: Option<Millis>, gone: bool) {
        if let Some(window) = window {
            self.data_lost.get_or_insert_default().add(window);
        }
        self.data_gone += u64::from(gone);
    }

    fn merge(&mut self, other: &CellTally) {
        for (mine, theirs) in self.states.iter_mut().zip(other.states) {
            *mine += theirs;
        }
        self.affected += other.affected;
        self.impacted += other.impacted;
        self.open += other.open;
        self.data_gone += other.data_gone;
        self.outage.merge(&other.outage);
        self.first.merge(&other.first);
        self.main.merge(&other.main);
        self.full.merge(&other.full);
        merge_optional(&mut self.lost, other.lost.as_deref());
        merge_optional(&mut self.customer_time, other.customer_time.as_deref());
        merge_optional(&mut self.data_lost, other.data_lost.as_deref());
    }

    fn digest(&self, into: &mut impl FnMut(u64)) {
        self.states.iter().for_each(|&s| into(s));
        [self.affected, self.impacted, self.open, self.data_gone].into_iter().for_each(&mut *into);
        for spread in [&self.outage, &self.first, &self.main, &self.full] {
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

/// What many trials came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// Trials.
    pub trials: u64,
    /// Trials with an impact.
    pub impacted: u64,
    /// Trials that reached the bound on events.
    pub truncated: u64,
    /// Trials with an incident.
    pub incident: u64,
    /// Trials in which some step failed or never ran.
    pub plan_cut: u64,
    /// Trials in which some cell was not recovered.
    pub open: u64,
    /// Trials in which data was lost for good.
    pub data_gone: u64,
    /// By cell of the model; none where nothing ever happened.
    pub cells: Vec<Option<Box<CellTally>>>,
    /// By service of the model.
    pub services: Vec<CellTally>,
    /// By region.
    pub regions: Vec<CellTally>,
    /// The customer-facing set.
    pub customers: CellTally,
    /// Affected cells per trial.
    pub affected_cells: Hist,
    /// Regions with an affected cell, by region: trials.
    pub regions_hit: Vec<u64>,
    /// Duration of the plan.
    pub plan: Hist,
    /// The headline: customer outage, or the longest outage of any service; zeros included.
    pub headline: Hist,
    /// By bucket of the headline: the first trial in it.
    pub examples: BTreeMap<u32, u64>,
    /// Time below objective by cause.
    pub minutes: Minutes,
    /// Rings of waits, and in how many trials.
    pub rings: BTreeMap<Ring, u64>,
    /// Priors that were drawn from.
    pub drawn: Vec<bool>,
    /// What controls cost; none without controls.
    pub friction: Option<Box<FrictionTally>>,
}

/// What is not yet counted of the last trials.
#[derive(Debug)]
pub(crate) struct Pending {
    cells: Batch,
    services: Batch,
}

impl Pending {
    /// Nothing.
    pub(crate) fn none(model: &Model) -> Self {
        Self { cells: Batch::new(model.len()), services: Batch::new(model.services.len()) }
    }
}

/// The figures of one trial that variants are compared by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Marks {
    /// The headline outage, milliseconds.
    pub headline: i64,
    /// Affected cells.
    pub affected_cells: i64,
    /// Requests lost by customers, thousandths.
    pub requests_lost: i64,
    /// Customer-minutes lost, thousandths.
    pub minutes_lost: i64,
    /// Duration of the plan, milliseconds.
    pub plan: i64,
    /// 1 if data was lost for good.
    pub data_gone: i64,
    /// People asked.
    pub asked: i64,
    /// Time that controls added, milliseconds.
    pub waited: i64,
    /// Harmless steps stopped.
    pub false_stops: i64,
    /// How the controls may have made harm last longer.
    pub signs: u8,
}

impl Tally {
    /// Nothing yet. `detailed` says which cells keep full histograms.
    #[must_use]
    pub fn none(model: &Model) -> Self {
        Self {
            trials: 0,
            impacted: 0,
            truncated: 0,
            incident: 0,
            plan_cut: 0,
            open: 0,
            data_gone: 0,
            cells: vec![None; model.len()],
            services: vec![CellTally::default(); model.services.len()],
            regions: vec![CellTally::default(); model.regions.len()],
            customers: CellTally::default(),
            affected_cells: Hist::default(),
            regions_hit: vec![0; model.regions.len()],
            plan: Hist::default(),
            headline: Hist::default(),
            examples: BTreeMap::new(),
            minutes: Minutes { sources: Vec::new(), stages: vec![0; STAGES.len()], needs: Vec::new(), own_needs: Vec::new() },
            rings: BTreeMap::new(),
            drawn: Vec::new(),
            friction: (!model.controls.is_empty()).then(Box::default),
        }
    }

    /// Adds a trial; figures of cells and services wait in `pending`.
    pub(crate) fn add(&mut self, outcome: &Outcome<'_>, trial: u64, detailed: &Detail, pending: &mut Pending) -> Marks {
        let model = outcome.model();
        let origin = outcome.first_impact().unwrap_or(0);
        self.trials += 1;
        self.impacted += u64::from(outcome.first_impact().is_some());
        self.truncated += u64::from(outcome.truncated());
        self.incident += u64::from(outcome.incident());
        self.plan_cut += u64::from(outcome.plan_cut());
        self.plan.add(outcome.plan_ends());
        let (mut affected, mut open, mut gone, mut regions) = (0_u64, false, false, 0_u64);
        for (cell, figures) in outcome.cells() {
            pending.cells.push(cell, since(figures, origin));
            let (window, lost) = outcome.data(cell);
            if window.is_some() || lost {
                self.cell(cell, detailed).add_data(window, lost);
                self.services[model.cells[cell as usize].service as usize].add_data(window, lost);
                gone |= lost;
            }
            open |= figures.open;
            if figures.outage > 0 {
                affected += 1;
                regions |= 1 << (model.cells[cell as usize].region % 64);
            }
        }
        for (region, hit) in self.regions_hit.iter_mut().enumerate() {
            *hit += regions >> (region % 64) & 1;
        }
        let mut longest = 0;
        for (service, figures) in outcome.services() {
            pending.services.push(service, since(figures, origin));
            longest = longest.max(figures.outage);
        }
        for (tally, figures) in self.regions.iter_mut().zip(outcome.regions()) {
            tally.count(&[since(figures, origin)]);
        }
        self.customers.count(&[since(outcome.customers(), origin)]);
        self.affected_cells.add(affected);
        self.open += u64::from(open);
        self.data_gone += u64::from(gone);
        for ring in outcome.rings() {
            *self.rings.entry(ring.clone()).or_default() += 1;
        }
        let headline = if detailed.has_customers { outcome.customers().outage } else { longest };
        self.headline.add(headline);
        let example = self.examples.entry(Hist::bucket_of(headline)).or_insert(trial);
        *example = trial.min(*example);
        if pending.cells.is_full() {
            self.settle(pending, detailed);
        }
        if let Some(friction) = &mut self.friction {
            friction.add(outcome.friction());
        }
        marks(outcome, headline, affected, gone)
    }

    /// Counts what waits.
    pub(crate) fn settle(&mut self, pending: &mut Pending, detailed: &Detail) {
        pending.cells.drain(|cell, figures| self.cell(cell, detailed).count(figures));
        pending.services.drain(|service, figures| self.services[service as usize].count(figures));
    }

    fn cell(&mut self, cell: u32, detailed: &Detail) -> &mut CellTally {
        let new = || Box::new(if detailed.is_full(cell) { CellTally::default() } else { CellTally::coarse() });
        self.cells[cell as usize].get_or_insert_with(new)
    }

    /// Adds what an engine summed over all its trials.
    pub fn add_sums(&mut self, sums: &Sums) {
        let Sums { minutes, drawn, rules } = sums;
        add_all(&mut self.minutes.sources, &minutes.sources);
        add_all(&mut self.minutes.stages, &minutes.stages);
        add_all(&mut self.minutes.needs, &minutes.needs);
        add_all(&mut self.minutes.own_needs, &minutes.own_needs);
        or_all(&mut self.drawn, drawn);
        if let Some(friction) = &mut self.friction {
            friction.add_rules(rules);
        }
    }

    /// Adds another tally of the same run.
    pub fn merge(&mut self, other: &Tally) {
        self.trials += other.trials;
        self.impacted += other.impacted;
        self.truncated += other.truncated;
        self.incident += other.incident;
        self.plan_cut += other.plan_cut;
        self.open += other.open;
        self.data_gone += other.data_gone;
        for (mine, theirs) in self.cells.iter_mut().zip(&other.cells) {
            match (mine.as_mut(), theirs) {
                (Some(mine), Some(theirs)) => mine.merge(theirs),
                (None, Some(theirs)) => *mine = Some(theirs.clone()),
                (_, None) => {}
            }
        }
        for (mine, theirs) in self.services.iter_mut().zip(&other.services) {
            mine.merge(theirs);
        }
        for (mine, theirs) in self.regions.iter_mut().zip(&other.regions) {
            mine.merge(theirs);
        }
        self.customers.merge(&other.customers);
        self.affected_cells.merge(&other.affected_cells);
        add_all(&mut self.regions_hit, &other.regions_hit);
        self.plan.merge(&other.plan);
        self.headline.merge(&other.headline);
        for (&bucket, &trial) in &other.examples {
            let example = self.examples.entry(bucket).or_insert(trial);
            *example = trial.min(*example);
        }
        add_all(&mut self.minutes.sources, &other.minutes.sources);
        add_all(&mut self.minutes.stages, &other.minutes.stages);
        add_all(&mut self.minutes.needs, &other.minutes.needs);
        add_all(&mut self.minutes.own_needs, &other.minutes.own_needs);
        for (ring, count) in &other.rings {
            *self.rings.entry(ring.clone()).or_default() += count;
        }
        or_all(&mut self.drawn, &other.drawn);
        if let (Some(mine), Some(theirs)) = (&mut self.friction, &other.friction) {
            mine.merge(theirs);
        }
    }

    /// A number over every integer of the tally: equal tallies have equal digests.
    #[must_use]
    pub fn digest(&self) -> u64 {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        let mut into = |value: u64| {
            hash = (hash ^ value).wrapping_mul(0x0100_0000_01b3);
            hash ^= hash >> 29;
        };
        for count in [self.trials, self.impacted, self.truncated, self.incident, self.plan_cut, self.open, self.data_gone] {
            into(count);
        }
        for (cell, tally) in self.cells.iter().enumerate() {
            if let Some(tally) = tally {
                into(cell as u64);
                tally.digest(&mut into);
            }
        }
        let subjects = self.services.iter().chain(&self.regions).chain([&self.customers]);
        subjects.for_each(|s| s.digest(&mut into));
        for hist in [&self.affected_cells, &self.plan, &self.headline] {
            hist.digest(&mut into);
        }
        let sums = [&self.minutes.sources, &self.minutes.stages, &self.minutes.needs, &self.minutes.own_needs];
        sums.into_iter().flatten().for_each(|&m| into(m));
        for (ring, &count) in &self.rings {
            ring.iter().for_each(|&c| into(u64::from(c)));
            into(count);
        }
        if let Some(friction) = &self.friction {
            friction.digest(&mut into);
        }
        hash
    }
}

/// Which cells keep full histograms.
#[derive(Debug, Clone)]
pub struct Detail {
    full: Option<Vec<bool>>,
    has_customers: bool,
}

/// How many cells keep full histograms.
const DETAILED: usize = 1_000;

impl Detail {
    /// All cells, if there are not too many; else none, and a first look decides.
    #[must_use]
    pub fn first(model: &Model, has_customers: bool) -> Self {
        let full = (model.len() > DETAILED).then(|| vec![false; model.len()]);
        Self { full, has_customers }
    }

    /// Whether a first look is needed.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.full.is_some()
    }

    /// The most affected cells of a first look.
    pub fn choose(&mut self, tally: &Tally) {
        let Some(full) = &mut self.full else { return };
        let affected = |c: &usize| tally.cells[*c].as_ref().map_or(0, |t| t.affected.max(1));
        let mut cells: Vec<usize> = (0..tally.cells.len()).filter(|c| affected(c) > 0).collect();
        cells.sort_by_key(|c| (std::cmp::Reverse(affected(c)), *c));
        cells.into_iter().take(DETAILED).for_each(|c| full[c] = true);
    }

    fn is_full(&self, cell: u32) -> bool {
        self.full.as_ref().is_none_or(|full| full[cell as usize])
    }
}

/// Figures whose instants count from the first impact anywhere.
fn since(figures: &Figures, origin: Millis) -> Figures {
    let from = |instant: Millis| instant.saturating_sub(origin);
    Figures { first: from(figures.first), main: from(figures.main), full: from(figures.full), ..*figures }
}

fn marks(outcome: &Outcome<'_>, headline: Millis, affected: u64, gone: bool) -> Marks {
    let signed = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    let (customers, friction) = (outcome.customers(), outcome.friction());
    Marks {
        headline: signed(headline),
        affected_cells: signed(affected),
        requests_lost: signed(customers.lost),
        minutes_lost: signed(customers.customer_time),
        plan: signed(outcome.plan_ends()),
        data_gone: i64::from(gone),
        asked: signed(friction.asked),
        waited: signed(friction.waited),
        false_stops: signed(friction.false_stops),
        signs: friction.signs,
    }
}

fn add_all(mine: &mut Vec<u64>, theirs: &[u64]) {
    if mine.len() < theirs.len() {
        mine.resize(theirs.len(), 0);
    }
    for (mine, theirs) in mine.iter_mut().zip(theirs) {
        *mine += theirs;
    }
}

fn or_all(mine: &mut Vec<bool>, theirs: &[bool]) {
    if mine.len() < theirs.len() {
        mine.resize(theirs.len(), false);
    }
    for (mine, theirs) in mine.iter_mut().zip(theirs) {
        *mine |= theirs;
    }
}

/// The states in the order of their counts.
pub const COUNTED: [State; STATES] =
    [State::Down, State::Failing, State::Degraded, State::Starved, State::Lagging, State::Exposed];

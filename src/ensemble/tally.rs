//! The tally: what many trials came to, in integers that merge in any order.
//!
//! In: outcomes of trials. Out: counts, sums and histograms. Its size does not grow with trials. Not
//! here: quantiles, intervals, names.

use super::friction::FrictionTally;
use super::hist::Hist;
use super::lone::Lone;
use super::subject::CellTally;
use crate::engine::{Beside, Figures, Minutes, Outcome, Ring, STAGES, Several, Sums};
use crate::model::Model;
use crate::units::Millis;
use std::borrow::Cow;
use std::collections::BTreeMap;

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
    /// Trials in which what they were aimed at came true.
    pub came_true: u64,
    /// Trials that ended before the plan.
    pub plan_open: u64,
    /// Trials in which some cell was not recovered.
    pub open: u64,
    /// Trials in which data was lost for good.
    pub data_gone: u64,
    /// By cell of the model; none where nothing ever happened.
    cells: Vec<Option<Box<CellTally>>>,
    /// By service of the model; none where nothing ever happened that is not counted with its only cell.
    services: Vec<Option<Box<CellTally>>>,
    /// By cell of the model: the trials in which it and its service, which has no other, came to the same.
    both: Vec<Option<Box<CellTally>>>,
    lone: Lone,
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
    /// The greatest number of a trial.
    latest: u64,
    /// Time below objective by cause.
    pub minutes: Minutes,
    /// Rings of waits, and in how many trials.
    pub rings: BTreeMap<Ring, u64>,
    /// Priors that were drawn from.
    pub drawn: Vec<bool>,
    /// What controls cost; none without controls.
    pub friction: Option<Box<FrictionTally>>,
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
            plan_open: 0,
            came_true: 0,
            open: 0,
            data_gone: 0,
            cells: vec![None; model.len()],
            services: vec![None; model.services.len()],
            both: vec![None; model.len()],
            lone: Lone::new(model),
            regions: vec![CellTally::default(); model.regions.len()],
            customers: CellTally::default(),
            affected_cells: Hist::default(),
            regions_hit: vec![0; model.regions.len()],
            plan: Hist::default(),
            headline: Hist::default(),
            examples: BTreeMap::new(),
            latest: 0,
            minutes: Minutes { sources: Vec::new(), stages: vec![0; STAGES.len()], needs: Vec::new(), own_needs: Vec::new() },
            rings: BTreeMap::new(),
            drawn: Vec::new(),
            friction: (!model.controls.is_empty()).then(Box::default),
        }
    }

    /// Adds a trial.
    pub(crate) fn add(&mut self, outcome: &Outcome<'_>, trial: u64, detailed: &Detail) -> Marks {
        self.add_beside(outcome, Beside::default(), trial, detailed)
    }

    /// Adds a trial of which some cells are handed over apart.
    pub(super) fn add_beside(&mut self, outcome: &Outcome<'_>, beside: Beside, trial: u64, detailed: &Detail) -> Marks {
        let model = outcome.model();
        let origin = outcome.first_impact().unwrap_or(0);
        self.trials += 1;
        self.impacted += u64::from(outcome.first_impact().is_some());
        self.truncated += u64::from(outcome.truncated());
        self.incident += u64::from(outcome.incident());
        self.plan_cut += u64::from(outcome.plan_cut());
        self.plan_open += u64::from(outcome.plan_open());
        self.came_true += u64::from(outcome.came_true());
        self.plan.add(outcome.plan_ends());
        let Beside { mut affected, mut longest, mut open, mut regions } = beside;
        let mut gone = false;
        let mut hit = |cell: u32| regions |= 1 << (model.cells[cell as usize].region % 64);
        for (cell, figures) in outcome.alone() {
            self.both(cell).count(&since(figures, origin));
            open |= figures.open;
            longest = longest.max(figures.outage);
            if figures.outage > 0 {
                affected += 1;
                hit(cell);
            }
        }
        for (cell, figures) in outcome.cells_apart() {
            self.count_cell(outcome, cell, origin, detailed);
            open |= figures.open;
            if figures.outage > 0 {
                affected += 1;
                hit(cell);
            }
        }
        for cell in outcome.cells_with_fates() {
            let (window, lost) = outcome.data(cell);
            if window.is_some() || lost {
                self.own_cell(cell, detailed).add_data(window, lost);
                self.own_service(model.cells[cell as usize].service).add_data(window, lost);
                gone |= lost;
            }
        }
        for (region, hit) in self.regions_hit.iter_mut().enumerate() {
            *hit += regions >> (region % 64) & 1;
        }
        for (service, figures) in outcome.services_apart() {
            if self.lone.cell_of(service as usize).is_none() {
                self.own_service(service).count(&since(figures, origin));
            }
            longest = longest.max(figures.outage);
        }
        for (tally, figures) in self.regions.iter_mut().zip(outcome.regions()) {
            count_region(tally, figures, origin);
        }
        count_region(&mut self.customers, outcome.customers(), origin);
        self.affected_cells.add(affected);
        self.open += u64::from(open);
        self.data_gone += u64::from(gone);
        for ring in outcome.rings() {
            *self.rings.entry(ring.clone()).or_default() += 1;
        }
        let headline = if detailed.has_customers { outcome.customers().outage } else { longest };
        let is_new = self.headline.add_to(headline);
        // Whoever comes after all others is an example only of what is new.
        if is_new || trial < self.latest {
            let example = self.examples.entry(Hist::bucket_of(headline)).or_insert(trial);
            *example = trial.min(*example);
        }
        self.latest = self.latest.max(trial);
        if let Some(friction) = &mut self.friction {
            friction.add(outcome.friction());
        }
        marks(outcome, headline, affected, gone)
    }

    /// Counts what befell a cell in one trial, and its service if that has no other.
    fn count_cell(&mut self, outcome: &Outcome<'_>, cell: u32, origin: Millis, detailed: &Detail) {
        let figures = since(outcome.cell(cell), origin);
        let Some(service) = self.lone.service_of(cell) else { return self.own_cell(cell, detailed).count(&figures) };
        let of_service = since(outcome.service(service), origin);
        if figures == of_service {
            self.both(cell).count(&figures);
        } else {
            self.own_cell(cell, detailed).count(&figures);
            self.own_service(service).count(&of_service);
        }
    }

    /// Counts what befell a cell that is all that its service is, and this, in several trials.
    pub(super) fn count_several(&mut self, several: &Several<'_>) {
        self.both(several.cell).count_several(several);
    }

    /// For whoever will read it: few values wait in its histograms.
    pub(crate) fn settle(&mut self) {
        let subjects =
            self.cells.iter_mut().chain(&mut self.services).chain(&mut self.both).flatten().map(|subject| &mut **subject);
        subjects.chain(&mut self.regions).chain([&mut self.customers]).for_each(CellTally::settle);
        [&mut self.affected_cells, &mut self.plan, &mut self.headline].into_iter().for_each(Hist::settle);
    }

    /// What befell a cell; none if nothing ever did.
    #[must_use]
    pub fn cell(&self, cell: usize) -> Option<Cow<'_, CellTally>> {
        match (self.cells[cell].as_deref(), self.both[cell].as_deref()) {
            (Some(own), Some(both)) => Some(Cow::Owned(own.with(both))),
            (Some(only), None) | (None, Some(only)) => Some(Cow::Borrowed(only)),
            (None, None) => None,
        }
    }

    /// Trials in which a cell had an outage.
    #[must_use]
    pub fn affected(&self, cell: usize) -> u64 {
        let tallies = [self.cells[cell].as_deref(), self.both[cell].as_deref()];
        tallies.into_iter().flatten().map(|t| t.affected).sum()
    }

    /// What befell a service.
    #[must_use]
    pub fn service(&self, service: usize) -> Cow<'_, CellTally> {
        let both = self.lone.cell_of(service).and_then(|cell| self.both[cell].as_deref());
        match (self.services[service].as_deref(), both) {
            (Some(own), Some(both)) => Cow::Owned(own.with(both)),
            (Some(only), None) | (None, Some(only)) => Cow::Borrowed(only),
            (None, None) => Cow::Owned(CellTally::default()),
        }
    }

    fn both(&mut self, cell: u32) -> &mut CellTally {
        self.both[cell as usize].get_or_insert_default()
    }

    fn own_service(&mut self, service: u32) -> &mut CellTally {
        self.services[service as usize].get_or_insert_default()
    }

    fn own_cell(&mut self, cell: u32, detailed: &Detail) -> &mut CellTally {
        let new = || Box::new(if detailed.is_full(cell) { CellTally::default() } else { CellTally::coarse() });
        self.cells[cell as usize].get_or_insert_with(new)
    }

    /// Keeps cells in as little detail as they are to have from now on.
    pub fn reduce(&mut self, detail: &Detail) {
        for (cell, tally) in (0..).zip(&mut self.cells) {
            if let Some(tally) = tally.as_deref_mut().filter(|_| !detail.is_full(cell)) {
                tally.reduce();
            }
        }
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
        self.plan_open += other.plan_open;
        self.came_true += other.came_true;
        self.open += other.open;
        self.data_gone += other.data_gone;
        merge_each(&mut self.cells, &other.cells, CellTally::merge);
        merge_each(&mut self.both, &other.both, CellTally::merge);
        merge_each(&mut self.services, &other.services, CellTally::merge);
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
        self.latest = self.latest.max(other.latest);
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
        let course = [self.plan_cut, self.plan_open, self.came_true];
        for count in
            [self.trials, self.impacted, self.truncated, self.incident, self.open, self.data_gone].into_iter().chain(course)
        {
            into(count);
        }
        for cell in 0..self.cells.len() {
            if let Some(tally) = self.cell(cell) {
                into(cell as u64);
                tally.digest(&mut into);
            }
        }
        (0..self.services.len()).for_each(|s| self.service(s).digest(&mut into));
        self.regions.iter().chain([&self.customers]).for_each(|s| s.digest(&mut into));
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

fn merge_each<T: Clone>(mine: &mut [Option<Box<T>>], theirs: &[Option<Box<T>>], merge: impl Fn(&mut T, &T)) {
    for (mine, theirs) in mine.iter_mut().zip(theirs) {
        match (mine.as_deref_mut(), theirs) {
            (Some(mine), Some(theirs)) => merge(mine, theirs),
            (None, Some(theirs)) => *mine = Some(theirs.clone()),
            (_, None) => {}
        }
    }
}

/// Which cells keep full histograms.
#[derive(Debug, Clone)]
pub struct Detail {
    /// By cell; none if all do.
    full: Option<Vec<bool>>,
    has_customers: bool,
}

/// How many cells keep full histograms.
const DETAILED: usize = 1_000;

impl Detail {
    /// After so many trials it is told which cells are hit most; so few figures take little memory in full.
    pub const CHOSEN_AFTER: u64 = 128;

    /// All of them: for a first look, or a tally that is never large.
    #[must_use]
    pub const fn full(has_customers: bool) -> Self {
        Self { full: None, has_customers }
    }

    /// Whether a model has so many cells that not all of them keep full histograms.
    #[must_use]
    pub fn is_to_choose(model: &Model) -> bool {
        model.len() > DETAILED
    }

    /// All cells, if there are not too many; else none.
    #[must_use]
    pub fn least(model: &Model, has_customers: bool) -> Self {
        Self { full: Self::is_to_choose(model).then(|| vec![false; model.len()]), has_customers }
    }

    /// All cells, if there are not too many; else those that were hit most in a first look.
    #[must_use]
    pub fn chosen(&self, model: &Model, looked: &[&Tally]) -> Self {
        let mut detail = Self::least(model, self.has_customers);
        if let Some(full) = &mut detail.full {
            let mut cells: Vec<usize> = (0..full.len()).filter(|&c| looked.iter().any(|t| t.cells[c].is_some())).collect();
            cells.sort_by_cached_key(|&c| (std::cmp::Reverse(looked.iter().map(|t| t.affected(c)).sum::<u64>()), c));
            cells.into_iter().take(DETAILED).for_each(|c| full[c] = true);
        }
        detail
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

/// Counts what befell a region, or all customers, if anything did.
fn count_region(tally: &mut CellTally, figures: &Figures, origin: Millis) {
    if *figures != Figures::NONE {
        tally.count(&since(figures, origin));
    }
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
    if mine.is_empty() {
        return mine.extend_from_slice(theirs);
    }
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

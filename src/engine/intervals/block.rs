//! A block of trials, from the first core to the last minute booked.
//!
//! In: the number of its first trial, and how many there are. Out: for each of them an outcome; and what befell cells that are all
//! that their service is, for all trials at once. Not here: how one cell is worked out.

use super::super::befallen::{Account, Figures, NEVER};
use super::super::course::RuleSums;
use super::super::outcome::{Kept, Outcome};
use super::super::sparse::Table;
use super::super::trial::{Engine, Minutes, Sums, taken};
use super::abreast::{self, Befell};
use super::figures::Several;
use super::lanes::{LANES, LONGEST, Mask, bit, lanes};
use super::queues::Line;
use super::record::Record;
use super::timetable::Ran;
use super::{EVENTS_TOLD, Intervals, Teller};
use crate::luck::Luck;
use crate::model::NONE;
use crate::units::Millis;

/// A trial of a block.
#[derive(Debug)]
pub(super) struct Trial {
    pub(super) luck: Luck,
    pub(super) end: Millis,
    pub(super) teller: Teller,
    /// The first impact that the core knows of, and that of all cells.
    core_impact: Millis,
    pub(super) first_impact: Millis,
    events: u64,
    /// How often callers were told something by cells that are more than out once.
    pub(super) told: u64,
    /// What plan, people and incident did.
    course: Kept,
    rules: Vec<RuleSums>,
    /// Priors drawn from.
    pub(super) drawn: Vec<bool>,
    /// Cells that something befell and that are not counted together.
    pub(super) apart: Vec<u32>,
}

/// What the cells of a trial that are counted together with other trials come to.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Beside {
    /// Those with an outage.
    pub(crate) affected: u64,
    /// The longest.
    pub(crate) longest: Millis,
    /// Whether any had not recovered at the horizon.
    pub(crate) open: bool,
    /// Regions with an outage: a bit each, those of more than 64 sharing them.
    pub(crate) regions: u64,
}

/// The same, by lane; and the first impact on any of them, or [`NONE`].
#[derive(Debug)]
pub(super) struct Besides {
    sums: abreast::Sums,
    open: Mask,
    /// By region, those of more than 64 sharing a place: lanes with an outage in it.
    regions: [Mask; REGIONS],
}

/// Regions that are told apart.
const REGIONS: usize = 64;

impl Besides {
    pub(super) const NONE: Self = Self {
        sums: abreast::Sums { affected: [0; LANES], longest: [0; LANES], first: [NONE; LANES] },
        open: 0,
        regions: [0; REGIONS],
    };

    /// What befell a cell of a region in some lanes.
    pub(super) fn add(&mut self, befell: &Befell, lanes: Mask, region: u32) {
        abreast::sum(befell, lanes, &mut self.sums);
        self.open |= befell.open & lanes;
        self.regions[region as usize % REGIONS] |= befell.affected & lanes;
    }

    fn first_of(&self, lane: usize) -> Millis {
        if self.sums.first[lane] == NONE { NEVER } else { self.sums.first[lane].into() }
    }

    fn of(&self, lane: usize, regions: usize) -> Beside {
        let hit = |region: &usize| self.regions[*region] & bit(lane) != 0;
        Beside {
            affected: self.sums.affected[lane].into(),
            longest: self.sums.longest[lane].into(),
            open: self.open & bit(lane) != 0,
            regions: (0..regions.min(REGIONS)).filter(hit).fold(0, |all, region| all | 1 << region),
        }
    }
}

impl Trial {
    pub(super) fn new() -> Self {
        Self {
            luck: Luck::new(0, 0),
            end: 0,
            teller: Teller::Core,
            core_impact: NEVER,
            first_impact: NEVER,
            events: 0,
            told: 0,
            course: Kept::default(),
            rules: Vec::new(),
            drawn: Vec::new(),
            apart: Vec::new(),
        }
    }
}

impl Intervals<'_> {
    /// Runs one trial; its outcome is read from the engine until the next.
    pub fn run(&mut self, trial: u64) {
        self.begin(trial, 1);
        self.open(0);
        self.name_alone();
        self.finish_named();
    }

    /// Runs so many trials side by side, [`LANES`] at most.
    pub(crate) fn begin(&mut self, first: u64, count: usize) {
        debug_assert!((1..=LANES).contains(&count));
        self.reset(count);
        if let Some(timetable) = &mut self.timetable {
            timetable.begin(first, count);
        }
        for lane in 0..count {
            self.run_core(first + lane as u64, lane);
        }
        self.adopt_cores();
        while let Some(cell) = self.turns.take() {
            self.flow_row(cell);
        }
        self.feel_rings();
        for lane in lanes(self.alive) {
            self.enter(lane);
            if self.trials[lane].events + EVENTS_TOLD * self.trials[lane].told > self.most_events {
                self.doubt();
            }
        }
        self.see_queues();
        self.starve();
        self.lag();
        self.tell_alone_apart();
        let cells: u32 = self.lanes.rows.iter().map(|row| row.touched.count_ones()).sum();
        self.effort = u64::from(cells) + self.trials[..count].iter().map(|trial| trial.events).sum::<u64>();
    }

    /// Runs the core of a trial and keeps what it told.
    fn run_core(&mut self, number: u64, lane: usize) {
        let (trial, record) = (&mut self.trials[lane], &mut self.records[lane]);
        (trial.luck, trial.told, trial.first_impact) = (Luck::new(self.model.seed, number), 0, NEVER);
        trial.apart.clear();
        let by_timetable = self.timetable.as_ref().and_then(|t| t.run(lane, record, &mut trial.course, &mut trial.drawn));
        let ran = by_timetable.unwrap_or_else(|| self.run_core_by_events(number, lane));
        let trial = &mut self.trials[lane];
        (trial.end, trial.core_impact, trial.events) = (ran.end, ran.first_impact, ran.events);
        trial.teller = if ran.first_impact == NEVER && self.records[lane].is_empty() {
            Teller::Core
        } else if ran.truncated || ran.end == NEVER {
            Teller::Whole
        } else {
            self.alive |= bit(lane);
            Teller::Intervals
        };
        #[expect(clippy::cast_possible_truncation, reason = "below the longest")]
        let end = if trial.end < LONGEST { trial.end as u32 } else { 0 };
        self.lanes.ends[lane] = end;
    }

    fn run_core_by_events(&mut self, number: u64, lane: usize) -> Ran {
        std::mem::swap(self.core.watch_mut(), &mut self.records[lane]);
        self.core.run(number);
        std::mem::swap(self.core.watch_mut(), &mut self.records[lane]);
        let trial = &mut self.trials[lane];
        trial.course.keep(&self.core, |cell| self.split.core.cells[cell as usize]);
        trial.rules.clone_from(&self.core.course.rules);
        self.core.course.rules.fill(RuleSums::default());
        trial.drawn.clone_from(&self.core.drawn);
        self.core.drawn.fill(false);
        self.records[lane].keep_losses(&self.core.figures);
        let Engine { first_impact, end, events, truncated, .. } = self.core;
        Ran { first_impact, end, events, truncated }
    }

    /// Lays what the cores told into the lanes.
    fn adopt_cores(&mut self) {
        self.works.renew(&self.records, self.alive);
        for lane in lanes(self.alive) {
            self.enter(lane);
            if !self.adopt_core() {
                self.doubt();
            }
        }
        // Rows of the core tell all lanes at once; those of other cells wait for their turn.
        for row in 0..self.lanes.rows.len() {
            if self.split.is_core.contains(self.lanes.rows[row].cell as usize) {
                self.tell_row(row);
            }
        }
    }

    /// What follows speaks of this lane.
    pub(super) fn enter(&mut self, lane: usize) {
        let Trial { luck, end, .. } = self.trials[lane];
        (self.lane, self.luck, self.end) = (lane, luck, end);
    }

    /// Something turned up in this lane that cannot be held here: its trial is left to events.
    pub(super) fn doubt(&mut self) {
        self.trials[self.lane].teller = Teller::Whole;
        self.alive &= !bit(self.lane);
    }

    /// Makes a trial of the block the one whose outcome is read; says what belongs to it beside that.
    pub(crate) fn open(&mut self, lane: usize) -> Beside {
        self.close_accounts();
        self.enter(lane);
        if self.alive & bit(lane) != 0 {
            self.trials[lane].first_impact = self.beside.first_of(lane);
            self.account();
            if self.trials[lane].first_impact != self.trials[lane].core_impact {
                self.doubt();
            }
        }
        let trial = &self.trials[lane];
        match trial.teller {
            Teller::Whole => {
                self.again += 1;
                let model = self.model;
                self.whole.get_or_insert_with(|| Box::new(Engine::new(model))).run(trial.luck.trial());
                Beside::default()
            }
            Teller::Core | Teller::Intervals => {
                self.rules.iter_mut().zip(&trial.rules).for_each(|(mine, rule)| mine.add(rule));
                self.drawn.iter_mut().zip(&trial.drawn).for_each(|(mine, &drawn)| *mine |= drawn);
                trial.course.show(&mut self.recoveries);
                self.beside.of(lane, self.model.regions.len())
            }
        }
    }

    /// What the open trial came to.
    #[must_use]
    pub fn outcome(&self) -> Outcome<'_> {
        let trial = &self.trials[self.lane];
        if let Some(whole) = self.whole.as_ref().filter(|_| trial.teller == Teller::Whole) {
            return whole.outcome();
        }
        Outcome {
            model: self.model,
            touched: &self.apart,
            alone: &self.alone,
            figures: Table::OfSome(&self.figures),
            touched_services: &self.touched_services,
            services: Table::OfSome(&self.services),
            regions: &self.regions,
            customers: &self.customers,
            first_impact: trial.first_impact,
            course: trial.course.course(&self.recoveries),
        }
    }

    /// Lets the open trial speak of all its cells.
    pub(crate) fn name_alone(&mut self) {
        if self.trials[self.lane].teller != Teller::Intervals {
            return;
        }
        for row in 0..self.lanes.rows.len() {
            let known = self.lanes.rows[row];
            if known.alone & bit(self.lane) == 0 {
                continue;
            }
            let figures = self.figures_in_row(row);
            *self.figures.of(known.cell, || Figures::NONE) = figures;
            self.alone.push(known.cell);
        }
    }

    /// Ends a block whose trials have all been open: hands over what befell cells that are counted together.
    pub(crate) fn finish(&mut self, count: impl FnMut(Several<'_>)) {
        self.tell_alone(count);
        self.book_minutes();
    }

    /// Ends a block of whose trials all cells were named.
    pub(crate) fn finish_named(&mut self) {
        self.book_minutes();
    }

    /// Adds what each step and fault was given of the minutes of a trial, once its block has ended; of one that was left to events nothing.
    pub(crate) fn add_given(&self, lane: usize, given: &mut [Millis]) {
        self.works.take(&self.records, self.alive & bit(lane), |work, time| {
            if let Some(given) = given.get_mut(work.source as usize) {
                *given += time;
            }
        });
    }

    /// How much a trial of this block took: events, and cells that anything befell.
    #[must_use]
    pub fn effort(&self) -> u64 {
        let whole = self.whole.as_ref().filter(|_| self.trials[self.lane].teller == Teller::Whole);
        self.effort / self.count.max(1) as u64 + whole.map_or(0, |whole| whole.effort())
    }

    /// Whether two thirds or more of what befell cells so far was told by rows: only that is quicker than by events.
    pub(crate) const fn is_told_by_rows(&self) -> bool {
        self.by_rows >= 2 * self.by_lists
    }

    /// How many trials were run again by events since that was last asked.
    pub const fn take_again(&mut self) -> u64 {
        std::mem::replace(&mut self.again, 0)
    }

    /// What of the minutes a step or fault was given since they were last taken.
    #[must_use]
    pub fn given_to(&self, source: usize) -> u64 {
        self.minutes.sources[source] + self.whole.as_ref().map_or(0, |whole| whole.given_to(source))
    }

    /// The sums since they were last taken.
    pub fn take_sums(&mut self) -> Sums {
        let mut minutes = std::mem::replace(&mut self.minutes, Minutes::none(self.model));
        let none = vec![RuleSums::default(); self.rules.len()];
        let mut rules = std::mem::replace(&mut self.rules, none);
        let mut drawn = taken(&mut self.drawn);
        if let Some(whole) = &mut self.whole {
            let sums = whole.take_sums();
            minutes.add(&sums.minutes);
            rules.iter_mut().zip(&sums.rules).for_each(|(mine, theirs)| mine.add(theirs));
            drawn.iter_mut().zip(sums.drawn).for_each(|(mine, theirs)| *mine |= theirs);
        }
        Sums { minutes, drawn, rules }
    }

    fn reset(&mut self, count: usize) {
        self.close_accounts();
        // A trial that was left to events leaves turns untaken.
        while self.turns.take().is_some() {}
        while self.hungry.take().is_some() {}
        self.count = count;
        self.lanes.clear();
        self.strands.clear();
        self.thirst.clear();
        for (queue, lane) in self.concerned.drain(..) {
            self.lines[queue as usize * LANES + lane] = Line::QUIET;
        }
        self.records.iter_mut().take(count).for_each(Record::clear);
        self.points.clear();
        self.pieces.clear();
        self.spells.clear();
        self.hung.clear();
        self.beside = Besides::NONE;
        self.alive = 0;
    }

    /// Forgets what the open trial came to.
    fn close_accounts(&mut self) {
        self.trials[self.lane].course.hide(&mut self.recoveries);
        let is_blank = self.apart.is_empty();
        for cell in self.apart.drain(..).chain(self.alone.drain(..)) {
            *self.figures.of(cell, || Figures::NONE) = Figures::NONE;
        }
        for service in self.touched_services.drain(..) {
            let normal = Account::normal(self.model.services[service as usize].load);
            *self.services.of(service, || normal) = normal;
        }
        if is_blank {
            return;
        }
        for (account, region) in self.regions.iter_mut().zip(&self.model.regions) {
            *account = Account::normal(region.load);
        }
        self.customers = Account::normal(0);
    }
}

//! Plans whose course only luck decides: when each step begins and ends, without events.
//!
//! In: the core of a model, the trials of a block. Out: what the event engine would tell of each. Steps take nothing away, or take it
//! away while they work and give it back; nobody has to notice or to mend anything, nothing stands in between, and no two steps meet at
//! one cell. So each begins when those that it waits for are over, and lasts as long as is drawn for it. A trial in which a step fails, or
//! takes no time at all, is left to events, as is every other plan.

use super::super::befallen::NEVER;
use super::super::outcome::Kept;
use super::super::remedy::Stage;
use super::abreast::Each;
use super::core::Core;
use super::lanes::{LANES, Mask, bit};
use super::record::{Cause, Record, Work};
use super::straight::OFTEN;
use crate::luck::{Luck, Purpose};
use crate::model::{self, Effect, Model, NONE};
use crate::scenario::plan::{self, DamageKind};
use crate::units::{Dist, FOREVER, Level, Millis};
use fixedbitset::FixedBitSet;
use std::iter;

/// Events that a step would take: it begins, its work is done, it is over.
const EVENTS: u64 = 3;

/// The steps of a plan, and when each of them does what in the trials of a block.
#[derive(Debug)]
pub(super) struct Timetable<'m> {
    model: &'m Model,
    /// Each after those that it waits for.
    steps: Vec<Step<'m>>,
    /// Lanes that are for events.
    odd: Mask,
}

/// A step, and when it does what if the trial lasts that long.
#[derive(Debug)]
struct Step<'m> {
    number: u32,
    spec: &'m model::Step,
    /// What it takes away while it works.
    takes_away: Option<DamageKind>,
    /// Which of the steps it waits for.
    after: Vec<usize>,
    jobs: Vec<Job>,
    begins: Each<Millis>,
    worked: Each<Millis>,
    ends: Each<Millis>,
}

/// Work on one target of a step, or on all alike.
#[derive(Debug)]
struct Job {
    stage: Stage,
    lasts: Drawn,
    /// The chance that what is made anew has drifted from its code, and how much longer it takes then.
    drift: Option<(Level, Drawn)>,
    /// Lanes in which it has.
    drifts: Mask,
}

/// A duration, and what it is drawn from.
#[derive(Debug)]
struct Drawn {
    dist: u32,
    entity: u64,
    purpose: Purpose,
    lasts: Each<Millis>,
}

/// A trial of a core.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ran {
    pub(super) first_impact: Millis,
    pub(super) end: Millis,
    pub(super) events: u64,
    pub(super) truncated: bool,
}

impl<'m> Timetable<'m> {
    /// The timetable of a core, if only luck decides how its plan goes.
    pub(super) fn of(core: &'m Core) -> Option<Self> {
        let model = &core.model;
        let is_undisturbed = model.controls.is_empty()
            && model.rare.is_none()
            && (model.faults.is_empty() && model.gates.is_empty() && model.kept.is_empty())
            && core.is_for_causes();
        let mut hit = FixedBitSet::with_capacity(model.len());
        let mut meet = false;
        for step in model.steps.iter().filter(|step| takes_away(step).is_some()) {
            meet |= step.targets.iter().any(|&cell| hit.put(cell as usize));
        }
        let steps = in_order(model).filter(|_| is_undisturbed && !meet)?;
        Some(Self { model, steps, odd: 0 })
    }

    /// Draws when each step does what in a block of so many trials.
    pub(super) fn begin(&mut self, first: u64, count: usize) {
        let model = self.model;
        self.odd = 0;
        for at in 0..self.steps.len() {
            let (before, rest) = self.steps.split_at_mut(at);
            let step = &mut rest[0];
            step.begins = [0; LANES];
            for &other in &step.after {
                (0..LANES).for_each(|lane| step.begins[lane] = step.begins[lane].max(before[other].ends[lane]));
            }
            let takes = step.draw(model, first, count);
            let verify = step.wait(model, step.spec.verify, Purpose::StepVerify, (first, count));
            let bake = step.wait(model, step.spec.bake, Purpose::StepBake, (first, count));
            for lane in 0..LANES {
                step.worked[lane] = step.begins[lane].saturating_add(takes[lane]);
                step.ends[lane] = step.worked[lane].saturating_add(verify[lane]).saturating_add(bake[lane]);
            }
            for (lane, (trial, &takes)) in (first..).zip(&takes[..count]).enumerate() {
                let is_nothing = takes == 0 && step.takes_away.is_some();
                if is_nothing || step.fails(&Luck::new(model.seed, trial)) {
                    self.odd |= bit(lane);
                }
            }
        }
    }

    /// Tells of one of these trials: what befell cells to `record`, how the plan went to `course`, and which priors were drawn from to
    /// `drawn`. None, and nothing is told, if its luck is for events.
    pub(super) fn run(&self, lane: usize, record: &mut Record<'_>, course: &mut Kept, drawn: &mut Vec<bool>) -> Option<Ran> {
        if self.odd & bit(lane) != 0 {
            return None;
        }
        let hits = self.steps.iter().filter(|step| step.takes_away.is_some()).map(|step| step.begins[lane]);
        let first_impact = hits.min().filter(|&first| first < FOREVER).unwrap_or(NEVER);
        let end = if first_impact == NEVER { NEVER } else { first_impact + self.model.horizon };
        drawn.clear();
        drawn.resize(self.model.priors.len(), false);
        course.begin();
        let (mut plan_ends, mut is_open, mut goes_on) = (0, false, false);
        for step in &self.steps {
            step.mark(self.model, lane, end, drawn);
            step.tell(self.model, lane, end, record, course);
            goes_on |= !is_reached(step.worked[lane], end);
            if is_reached(step.ends[lane], end) {
                plan_ends = plan_ends.max(step.ends[lane]);
            } else {
                is_open = true;
            }
        }
        if is_open {
            plan_ends = plan_ends.max(if end == NEVER { self.model.horizon } else { end });
        }
        course.close(plan_ends, is_open, goes_on);
        Some(Ran { first_impact, end, events: EVENTS * self.steps.len() as u64, truncated: false })
    }
}

impl<'m> Step<'m> {
    /// A step, if only luck decides how long it takes, and what it takes away it gives back.
    fn of(model: &Model, number: u32, spec: &'m model::Step, after: Vec<usize>) -> Option<Self> {
        let takes_away = match spec.effect {
            Effect::Nothing | Effect::Risks(..) => None,
            // What removes capacity or overloads is felt in load.
            Effect::Interrupts(DamageKind::CapacityRemoved | DamageKind::Overloaded, _) => return None,
            Effect::Interrupts(kind, Level::ZERO) if gives_back(model, spec) => Some(kind),
            _ => return None,
        };
        let mut jobs = spec.takes.iter().map(|&takes| Job::of(model, spec, takes)).collect::<Option<Vec<Job>>>()?;
        if spec.said != NONE {
            jobs = vec![Job::plain(spec.said, spec.entity)];
        }
        let never = [NEVER; LANES];
        Some(Self { number, spec, takes_away, after, jobs, begins: never, worked: never, ends: never })
    }

    /// How long its work takes: one target after the other, or as long as the slowest.
    fn draw(&mut self, model: &Model, first: u64, count: usize) -> Each<Millis> {
        let mut all: Each<Millis> = [0; LANES];
        for job in &mut self.jobs {
            job.draw(model, first, count);
            for (lane, all) in all.iter_mut().enumerate() {
                let one = job.lasts(lane);
                *all = if self.spec.each == plan::Each::OneByOne { all.saturating_add(one) } else { one.max(*all) };
            }
        }
        all.map(|all| all.min(FOREVER))
    }

    fn wait(&self, model: &Model, dist: u32, purpose: Purpose, (first, count): (u64, usize)) -> Each<Millis> {
        let mut wait = Drawn::new(dist, self.spec.entity, purpose);
        if dist != NONE {
            wait.draw(model, first, count);
        }
        wait.lasts
    }

    fn fails(&self, luck: &Luck) -> bool {
        self.spec
            .fails
            .is_some_and(|odds| luck.chances(luck.word(self.spec.entity, Purpose::StepFails, 0), odds.chance, 1.0, odds.entity))
    }

    /// Which priors it drew from before the trial ended.
    fn mark(&self, model: &Model, lane: usize, end: Millis, drawn: &mut [bool]) {
        if drawn.is_empty() || !is_reached(self.begins[lane], end) {
            return;
        }
        let mut mark = |prior: u32| {
            if let Some(drawn) = drawn.get_mut(prior as usize) {
                *drawn = true;
            }
        };
        mark(self.spec.fails.map_or(NONE, |odds| odds.prior));
        for job in &self.jobs {
            mark(model.prior_of[job.lasts.dist as usize]);
            if let Some(drift) = job.drift(lane) {
                mark(model.prior_of[drift.dist as usize]);
            }
        }
        if is_reached(self.worked[lane], end) {
            let waits = [self.spec.verify, self.spec.bake].into_iter().filter(|&dist| dist != NONE);
            waits.for_each(|dist| mark(model.prior_of[dist as usize]));
        }
    }

    /// What it does to its targets until the end of the trial.
    fn tell(&self, model: &Model, lane: usize, end: Millis, record: &mut Record<'_>, course: &mut Kept) {
        let (begins, worked, source) = (self.begins[lane], self.worked[lane], self.number);
        let Some(kind) = self.takes_away.filter(|_| is_reached(begins, end)) else { return };
        for &cell in &self.spec.targets {
            if matches!(kind, DamageKind::Deleted | DamageKind::DataLost) {
                course.hit(model.cells[cell as usize].care, begins);
            }
            let Some(told) = record.open(cell) else { continue };
            told.causes.push(Cause { at: begins, own: Level::ZERO, out: true, suffers: true });
            let mut at = begins;
            for (stage, lasts) in self.parts(lane) {
                if is_reached(at, end) {
                    told.goes_on(Work { at, source, stage });
                }
                at = at.saturating_add(lasts);
            }
            if is_reached(worked, end) {
                told.goes_on(Work { at: worked, source, stage: Stage::Settle });
                told.causes.push(Cause { at: worked, own: Level::ONE, out: false, suffers: false });
            }
        }
    }

    /// What goes on while it works, in order: of targets that are worked on together that of the slowest.
    fn parts(&self, lane: usize) -> impl Iterator<Item = (Stage, Millis)> {
        let one_by_one = self.spec.each == plan::Each::OneByOne;
        let longest = self.jobs.iter().map(|job| job.lasts(lane)).max();
        let slowest = self.jobs.iter().position(|job| Some(job.lasts(lane)) == longest);
        let jobs = self.jobs.iter().enumerate().filter(move |&(n, _)| one_by_one || Some(n) == slowest);
        jobs.flat_map(move |(_, job)| {
            let drift = job.drift(lane).map(|drift| (Stage::Drift, drift.lasts[lane]));
            iter::once((job.stage, job.lasts.lasts[lane])).chain(drift)
        })
    }
}

impl Job {
    /// Work that has no parts.
    const fn plain(dist: u32, entity: u64) -> Self {
        Self { stage: Stage::Step, lasts: Drawn::new(dist, entity, Purpose::StepTakes), drift: None, drifts: 0 }
    }

    /// Work on a target, if no data has to come back with it.
    fn of(model: &Model, spec: &model::Step, takes: model::Takes) -> Option<Self> {
        match takes {
            model::Takes::Draw { dist, entity } => Some(Self::plain(dist, entity)),
            model::Takes::Recreate(cell) => {
                let cell = &model.cells[cell as usize];
                let care = model.care.get(cell.care as usize)?;
                if care.recreate_step == NONE || care.datastore && takes_away(spec).is_some() {
                    return None;
                }
                let drift =
                    (care.drift != NONE).then(|| (care.drift_chance, Drawn::new(care.drift, spec.entity, Purpose::Drift)));
                let lasts = Drawn::new(care.recreate_step, cell.entity, Purpose::Recreate);
                Some(Self { stage: Stage::Recreate, lasts, drift, drifts: 0 })
            }
            model::Takes::Restore(_) => None,
        }
    }

    fn draw(&mut self, model: &Model, first: u64, count: usize) {
        self.lasts.draw(model, first, count);
        self.drifts = 0;
        let Some((chance, drift)) = &mut self.drift else { return };
        for (lane, trial) in (0..count).zip(first..) {
            if Luck::new(model.seed, trial).happens(*chance, drift.entity, Purpose::DriftHappens, 0) {
                self.drifts |= bit(lane);
            }
        }
        if self.drifts != 0 {
            drift.draw(model, first, count);
        }
    }

    /// What its drift takes, if there is any.
    fn drift(&self, lane: usize) -> Option<&Drawn> {
        self.drift.as_ref().filter(|_| self.drifts & bit(lane) != 0).map(|(_, drift)| drift)
    }

    /// How long it takes in all.
    fn lasts(&self, lane: usize) -> Millis {
        let drift = self.drift(lane).map_or(0, |drift| drift.lasts[lane]);
        self.lasts.lasts[lane].saturating_add(drift).min(FOREVER)
    }
}

impl Drawn {
    const fn new(dist: u32, entity: u64, purpose: Purpose) -> Self {
        Self { dist, entity, purpose, lasts: [0; LANES] }
    }

    fn draw(&mut self, model: &Model, first: u64, count: usize) {
        let (law, spread) = (&model.dists[self.dist as usize], model.spreads[self.dist as usize]);
        match *law {
            Dist::LogNormal { median, .. } if count >= OFTEN as usize => {
                let luck = Luck::new(model.seed, first);
                self.lasts = luck.log_normals(median, spread, self.entity, self.purpose, 0);
            }
            _ => {
                for (trial, lasts) in (first..).zip(&mut self.lasts[..count]) {
                    *lasts = Luck::new(model.seed, trial).duration_with(law, spread, self.entity, self.purpose, 0);
                }
            }
        }
    }
}

/// Whether a trial comes to an instant.
const fn is_reached(at: Millis, end: Millis) -> bool {
    at <= end && at < FOREVER
}

/// What a step takes away while it works.
const fn takes_away(step: &model::Step) -> Option<DamageKind> {
    if let Effect::Interrupts(kind, _) = step.effect { Some(kind) } else { None }
}

/// Whether the targets of a step are out as long as it works, and whole after that.
fn gives_back(model: &Model, step: &model::Step) -> bool {
    let is_whole = |&cell: &u32| {
        let cell = &model.cells[cell as usize];
        let care = model.care.get(cell.care as usize);
        cell.capacity == u64::MAX && care.is_some_and(|care| !step.starts || care.warm_up == NONE)
    };
    (step.each == plan::Each::Together || step.targets.len() == 1) && step.targets.iter().all(is_whole)
}

/// The steps of a plan, each after those that it waits for, if all of them can stand in a timetable.
fn in_order(model: &Model) -> Option<Vec<Step<'_>>> {
    let steps = &model.steps;
    let mut left: Vec<usize> = steps.iter().map(|step| step.after.len()).collect();
    let mut order: Vec<u32> = (0..).zip(&left).filter(|&(_, &left)| left == 0).map(|(step, _)| step).collect();
    let mut place = vec![0; steps.len()];
    let mut next = 0;
    while let Some(&step) = order.get(next) {
        place[step as usize] = next;
        next += 1;
        for &before in &steps[step as usize].before {
            left[before as usize] -= 1;
            if left[before as usize] == 0 {
                order.push(before);
            }
        }
    }
    let after = |spec: &model::Step| spec.after.iter().map(|&other| place[other as usize]).collect();
    let step = |&number: &u32| {
        let spec = &steps[number as usize];
        Step::of(model, number, spec, after(spec))
    };
    order.iter().map(step).collect()
}

//! Plans whose course only luck decides: when each step begins and ends, without events.
//!
//! In: the core of a model, the luck of a trial. Out: what the event engine would tell of that trial. Steps take nothing away, or take it
//! away while they work and give it back; nobody has to notice or to mend anything, nothing stands in between, and no two steps meet at
//! one cell. So each begins when those that it waits for are over, and lasts as long as is drawn for it. A trial in which a step fails, or
//! takes no time at all, is left to events, as is every other plan.

use super::super::befallen::NEVER;
use super::super::outcome::Kept;
use super::super::remedy::{Stage, Stages};
use super::super::work::{slowest, total};
use super::core::Core;
use super::record::{Cause, Record, Work};
use crate::luck::ahead::Ahead;
use crate::luck::{self, LogNormal, Luck, Purpose};
use crate::model::{Care, Effect, Model, NONE, Odds, Step, Takes};
use crate::scenario::plan::{DamageKind, Each};
use crate::units::{Dist, FOREVER, Level, Millis};
use fixedbitset::FixedBitSet;
use smallvec::smallvec;

/// Events that a step would take: it begins, its work is done, it is over.
const EVENTS: u64 = 3;

/// The steps of a plan, and when each of them does what in one trial.
#[derive(Debug)]
pub(super) struct Timetable<'m> {
    model: &'m Model,
    /// Steps, each after those that it waits for.
    order: Vec<u32>,
    times: Vec<Times>,
    /// Priors that steps draw from in this trial: the step, and whether that is when its work is done.
    draws: Vec<(u32, bool, u32)>,
    ahead: Ahead,
}

/// When a step does what, if the trial lasts that long.
#[derive(Debug, Clone, Default)]
struct Times {
    begins: Millis,
    parts: Stages,
    worked: Millis,
    ends: Millis,
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
        for step in model.steps.iter().filter(|step| matches!(step.effect, Effect::Interrupts(..))) {
            meet |= step.targets.iter().any(|&cell| hit.put(cell as usize));
        }
        let is_sure = is_undisturbed && !meet && model.steps.iter().all(|step| is_sure(model, step));
        is_sure.then(|| Self {
            model,
            order: order(&model.steps),
            times: vec![Times::default(); model.steps.len()],
            draws: Vec::new(),
            ahead: Ahead::default(),
        })
    }

    /// Works out a trial: what befell cells is told to `record`, how the plan went to `course`, and which priors were drawn from to
    /// `drawn`. None, and nothing is told, if its luck is for events.
    pub(super) fn run(&mut self, luck: &Luck, record: &mut Record<'_>, course: &mut Kept, drawn: &mut Vec<bool>) -> Option<Ran> {
        self.draws.clear();
        for at in 0..self.order.len() {
            self.time(self.order[at], luck)?;
        }
        let model = self.model;
        let hits = |step: &&u32| matches!(model.steps[**step as usize].effect, Effect::Interrupts(..));
        let begins = self.order.iter().filter(hits).map(|&step| self.times[step as usize].begins);
        let first_impact = begins.min().filter(|&first| first < FOREVER).unwrap_or(NEVER);
        let end = if first_impact == NEVER { NEVER } else { first_impact + model.horizon };
        drawn.clear();
        drawn.resize(model.priors.len(), false);
        for &(step, late, prior) in &self.draws {
            let Times { begins, worked, .. } = self.times[step as usize];
            drawn[prior as usize] |= is_reached(if late { worked } else { begins }, end);
        }
        course.begin();
        let (mut plan_ends, mut is_open, mut goes_on) = (0, false, false);
        for &step in &self.order {
            let Times { worked, ends, .. } = self.times[step as usize];
            self.tell(step, end, record, course);
            goes_on |= !is_reached(worked, end);
            if is_reached(ends, end) {
                plan_ends = plan_ends.max(ends);
            } else {
                is_open = true;
            }
        }
        if is_open {
            plan_ends = plan_ends.max(if end == NEVER { model.horizon } else { end });
        }
        course.close(plan_ends, is_open, goes_on);
        let events = EVENTS * self.order.len() as u64;
        Some(Ran { first_impact, end, events, truncated: false })
    }

    /// Draws how long a step takes; none if that is for events.
    fn time(&mut self, number: u32, luck: &Luck) -> Option<()> {
        let step = &self.model.steps[number as usize];
        let after = step.after.iter().map(|&before| self.times[before as usize].ends);
        let begins = after.max().unwrap_or(0);
        let mut parts = Stages::new();
        for &takes in &step.takes {
            slowest(step.each, &mut parts, self.parts_of(number, takes, luck));
        }
        if step.fails.is_some_and(|odds| self.fails(number, odds, luck)) {
            return None;
        }
        let takes = total(&parts);
        if takes == 0 && matches!(step.effect, Effect::Interrupts(..)) {
            return None;
        }
        let verify = self.wait(number, step.verify, Purpose::StepVerify, luck);
        let bake = self.wait(number, step.bake, Purpose::StepBake, luck);
        let worked = begins.saturating_add(takes);
        self.times[number as usize] = Times { begins, parts, worked, ends: worked.saturating_add(verify).saturating_add(bake) };
        Some(())
    }

    fn parts_of(&mut self, number: u32, takes: Takes, luck: &Luck) -> Stages {
        let step = &self.model.steps[number as usize];
        match takes {
            Takes::Draw { dist, entity } => smallvec![(Stage::Step, self.draw(number, dist, entity, Purpose::StepTakes, luck))],
            Takes::Recreate(cell) | Takes::Restore(cell) => {
                let cell = &self.model.cells[cell as usize];
                let care = &self.model.care[cell.care as usize];
                let lasts = self.draw(number, care.recreate_step, cell.entity, Purpose::Recreate, luck);
                let mut parts: Stages = smallvec![(Stage::Recreate, lasts)];
                if care.drift != NONE && luck.happens(care.drift_chance, step.entity, Purpose::DriftHappens, 0) {
                    parts.push((Stage::Drift, self.draw(number, care.drift, step.entity, Purpose::Drift, luck)));
                }
                parts
            }
        }
    }

    fn fails(&mut self, number: u32, odds: Odds, luck: &Luck) -> bool {
        self.mark(number, false, odds.prior);
        let probability = luck.probability(odds.chance, odds.entity);
        luck::is_below(luck.word(self.model.steps[number as usize].entity, Purpose::StepFails, 0), probability)
    }

    /// What is drawn when the work is done.
    fn wait(&mut self, number: u32, dist: u32, purpose: Purpose, luck: &Luck) -> Millis {
        if dist == NONE {
            return 0;
        }
        self.mark(number, true, self.model.prior_of[dist as usize]);
        self.duration(dist, self.model.steps[number as usize].entity, purpose, luck)
    }

    fn draw(&mut self, number: u32, dist: u32, entity: u64, purpose: Purpose, luck: &Luck) -> Millis {
        self.mark(number, false, self.model.prior_of[dist as usize]);
        self.duration(dist, entity, purpose, luck)
    }

    fn mark(&mut self, number: u32, late: bool, prior: u32) {
        if prior != NONE {
            self.draws.push((number, late, prior));
        }
    }

    fn duration(&mut self, dist: u32, entity: u64, purpose: Purpose, luck: &Luck) -> Millis {
        let (law, spread) = (&self.model.dists[dist as usize], self.model.spreads[dist as usize]);
        match *law {
            Dist::LogNormal { median, .. } => self.ahead.log_normal(luck, LogNormal { median, spread, entity, n: 0 }, purpose),
            _ => luck.duration_with(law, spread, entity, purpose, 0),
        }
    }

    /// What a step does to its targets until the end of the trial.
    fn tell(&self, number: u32, end: Millis, record: &mut Record<'_>, course: &mut Kept) {
        let step = &self.model.steps[number as usize];
        let Times { begins, ref parts, worked, .. } = self.times[number as usize];
        let Effect::Interrupts(kind, _) = step.effect else { return };
        if !is_reached(begins, end) {
            return;
        }
        for &cell in &step.targets {
            if matches!(kind, DamageKind::Deleted | DamageKind::DataLost) {
                course.hit(self.model.cells[cell as usize].care, begins);
            }
            let Some(told) = record.open(cell) else { continue };
            told.causes.push(Cause { at: begins, own: Level::ZERO, out: true, damaged: true });
            let mut at = begins;
            for &(stage, lasts) in parts {
                if is_reached(at, end) {
                    told.goes_on(Work { at, source: number, stage });
                }
                at += lasts;
            }
            if is_reached(worked, end) {
                told.goes_on(Work { at: worked, source: number, stage: Stage::Settle });
                told.causes.push(Cause { at: worked, own: Level::ONE, out: false, damaged: false });
            }
        }
    }
}

/// Whether a trial comes to an instant.
const fn is_reached(at: Millis, end: Millis) -> bool {
    at <= end && at < FOREVER
}

/// Whether only luck decides how long a step takes, and what it takes away it gives back.
fn is_sure(model: &Model, step: &Step) -> bool {
    let is_drawn = |takes: &Takes| match *takes {
        Takes::Draw { .. } => true,
        Takes::Recreate(cell) => {
            let care = model.care.get(model.cells[cell as usize].care as usize);
            let holds_data = |care: &Care| care.datastore && matches!(step.effect, Effect::Interrupts(..));
            care.is_some_and(|care| care.recreate_step != NONE && !holds_data(care))
        }
        Takes::Restore(_) => false,
    };
    let is_given_back = |&cell: &u32| {
        let cell = &model.cells[cell as usize];
        let care = model.care.get(cell.care as usize);
        cell.capacity == u64::MAX && care.is_some_and(|care| !step.starts || care.warm_up == NONE)
    };
    let gives_back = || {
        let at_once = step.each == Each::Together || step.targets.len() == 1;
        at_once && step.targets.iter().all(is_given_back)
    };
    step.takes.iter().all(is_drawn)
        && match step.effect {
            Effect::Nothing | Effect::Risks(..) => true,
            // What removes capacity or overloads is felt in load.
            Effect::Interrupts(kind, Level::ZERO) => {
                !matches!(kind, DamageKind::CapacityRemoved | DamageKind::Overloaded) && gives_back()
            }
            _ => false,
        }
}

/// Steps, each after those that it waits for.
fn order(steps: &[Step]) -> Vec<u32> {
    let mut left: Vec<usize> = steps.iter().map(|step| step.after.len()).collect();
    let mut order: Vec<u32> = (0..).zip(&left).filter(|&(_, &left)| left == 0).map(|(step, _)| step).collect();
    let mut next = 0;
    while let Some(&step) = order.get(next) {
        next += 1;
        for &before in &steps[step as usize].before {
            left[before as usize] -= 1;
            if left[before as usize] == 0 {
                order.push(before);
            }
        }
    }
    order
}

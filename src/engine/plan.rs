//! The plan: steps as a DAG, and what fails by itself.
//!
//! In: the model's steps and faults. Out: damage, at its instants; the plan's end. A step is idle, hits
//! and works, is watched, and is done; what else can become of it is in `failure`.

use super::befallen::NEVER;
use super::queue::What;
use super::remedy::{Stage, Step, StepPhase};
use super::trial::Engine;
use super::watch::{Note, Watch};
use crate::luck::Purpose;
use crate::model::{Effect, GateKind, NONE};
use crate::scenario::plan::{DamageKind, Each};
use crate::units::{FOREVER, Level, Millis};

impl<W: Watch> Engine<'_, W> {
    /// Minute 0: steps that wait for nobody begin, faults are foreseen.
    pub(super) fn begin(&mut self) {
        for (id, fault) in (0..).zip(&self.model.faults) {
            let from = self.draw(fault.from, fault.entity, Purpose::FaultFrom, 0);
            self.at(from, What::FaultBegins, id, 0);
        }
        self.begin_controls();
        for (id, step) in (0..).zip(&self.model.steps) {
            if step.after.is_empty() {
                self.at(0, What::StepEnds, self.place(id), u32::MAX);
            }
        }
    }

    /// A fault begins.
    pub(super) fn fault_begins(&mut self, fault: u32) {
        let spec = &self.model.faults[fault as usize];
        let lasts = self.draw(spec.lasts, spec.entity, Purpose::FaultLasts, 0);
        if lasts == 0 {
            return;
        }
        self.note(Note::FaultBegins { fault });
        let source = self.fault_source(fault);
        self.fault_damages[fault as usize] = self.damages.len();
        for &cell in &spec.targets {
            self.hit(cell, DamageKind::Defective, Level::ZERO, source, true);
            self.renew_stage(cell);
        }
        self.at(self.now + lasts, What::FaultEnds, fault, 0);
    }

    /// A fault ends by itself.
    pub(super) fn fault_ends(&mut self, fault: u32) {
        self.note(Note::FaultEnds { fault });
        let first = self.fault_damages[fault as usize];
        for damage in first..first + self.model.faults[fault as usize].targets.len() {
            self.clear_one(u32::try_from(damage).unwrap_or(NONE));
        }
    }

    fn fault_source(&self, fault: u32) -> u32 {
        u32::try_from(self.model.steps.len()).unwrap_or(0) + fault
    }

    /// What goes on at a cell whose damage will pass.
    pub(super) fn passing_stage(&self, source: u32) -> Stage {
        match self.steps.get(source as usize).map(|s| s.phase) {
            None => Stage::Fault,
            Some(StepPhase::Waiting) => Stage::Wait,
            Some(StepPhase::RollingBack) => Stage::Rollback,
            Some(StepPhase::Working) => self.part_at_work(source),
            Some(_) => Stage::Step,
        }
    }

    /// A step begins: it hits its targets, and works once their start- and repair-needs are up.
    pub(super) fn begin_step(&mut self, step: u32) {
        if self.plan_stopped {
            return self.skip(step);
        }
        if !self.admit(step) {
            return;
        }
        let state = &mut self.steps[step as usize];
        (state.phase, state.waits, state.hit, state.returned) = (StepPhase::Waiting, false, 0, 0);
        state.version += 1;
        let attempt = state.attempt;
        let form = self.course.steps.get(step as usize).map_or(NONE, |course| course.form);
        self.note(Note::StepBegins { step, form, attempt });
        let spec = self.step_of(step);
        match spec.effect {
            Effect::Leaves(..) | Effect::Interrupts(..) if spec.each == Each::Together => {
                for _ in 0..spec.targets.len() {
                    self.hit_next(step);
                }
            }
            Effect::MovesTraffic => self.drain_targets(step),
            _ => {}
        }
        if spec.starts {
            // Whether its gates are open is known once the levels of this instant are.
            self.mends_due = true;
        } else {
            self.work(step);
        }
    }

    fn can_work(&mut self, step: u32) -> bool {
        let spec = self.step_of(step);
        // What the step itself brings back is no reason to wait: whoever does it does it in order.
        let ours = |m: &u32| spec.targets.contains(m);
        let mut can = true;
        for care in self.cares_of(step) {
            let gates = self.model.care[care as usize].gates.clone();
            let gates = &self.model.gates[gates.start as usize..gates.end as usize];
            can &= gates.iter().filter(|g| g.kind == GateKind::Start).all(|g| self.gate_open_with(g, ours));
            can &= self.has_access(care, ours);
        }
        for &takes in &spec.takes {
            let care = self.puts_data_back(step, takes).map(|care| &self.model.care[care as usize]);
            can &= care.is_none_or(|care| self.copies_reachable(care, ours));
        }
        can
    }

    /// Steps that waited for start- and repair-needs go to work if they can.
    pub(super) fn begin_waiting_steps(&mut self) {
        for step in 0..self.steps.len() {
            let Ok(step) = u32::try_from(step) else { return };
            if self.steps[step as usize].phase != StepPhase::Waiting {
                continue;
            }
            if self.can_work(step) {
                for care in self.cares_of(step) {
                    self.leave_way(care);
                }
                self.work(step);
            } else if !self.steps[step as usize].waits {
                self.steps[step as usize].waits = true;
                self.note(Note::StepWaits { step });
                for &cell in &self.step_of(step).targets {
                    self.renew_stage(cell);
                }
            }
        }
    }

    /// The next cell of a step that works one by one.
    pub(super) fn step_hits(&mut self, step: u32, version: u32) {
        if !self.is_current(step, version) {
            return;
        }
        self.hit_next(step);
        let spec = self.step_of(step);
        let state = self.steps[step as usize];
        let part = |i: u32| state.begun + part_of(state.takes, i, spec.targets.len());
        if (state.hit as usize) < spec.targets.len() {
            self.at(part(state.hit), What::StepHits, step, version);
        }
        if matches!(spec.effect, Effect::Interrupts(..)) && (state.hit as usize) < spec.targets.len() {
            self.at(part(state.hit), What::StepReturns, step, version);
        }
    }

    pub(super) fn hit_next(&mut self, step: u32) {
        let spec = self.step_of(step);
        let at = self.steps[step as usize].hit as usize;
        let Some(&cell) = spec.targets.get(at) else { return };
        self.steps[step as usize].hit += 1;
        match spec.effect {
            Effect::Leaves(kind, keeps) | Effect::Risks(kind, keeps) => {
                let damage = self.hit(cell, self.kind_left(step, kind), keeps, step, false);
                self.keep(step, kind, damage);
            }
            Effect::Interrupts(kind, keeps) => {
                let damage = self.hit(cell, self.kind_left(step, kind), keeps, step, true);
                self.keep(step, kind, damage);
                if spec.each == Each::OneByOne {
                    self.put_target_back(step, at);
                }
                self.renew_stage(cell);
            }
            _ => {}
        }
    }

    /// A step that works one by one gives its next cell back.
    pub(super) fn step_returns(&mut self, step: u32, version: u32) {
        if self.is_current(step, version) {
            self.give_back(step);
        }
    }

    fn give_back(&mut self, step: u32) {
        let spec = self.step_of(step);
        let Some(&cell) = spec.targets.get(self.steps[step as usize].returned as usize) else { return };
        self.steps[step as usize].returned += 1;
        let care = self.model.cells[cell as usize].care;
        if spec.starts && care != NONE {
            self.begin_warm_up(care);
        }
        if !self.clear(cell, |d| d.source == step || !d.passing && spec.mends.contains(&d.kind)) {
            // It may be warming up.
            self.renew_own(cell);
        }
    }

    /// A step's work is done.
    pub(super) fn step_worked(&mut self, step: u32, version: u32) {
        if !self.is_current(step, version) {
            return;
        }
        let spec = self.step_of(step);
        match &spec.effect {
            Effect::Interrupts(..) => {
                while self.steps[step as usize].returned < self.steps[step as usize].hit {
                    self.give_back(step);
                }
            }
            // Tried again, it has put right what the first attempt broke.
            Effect::Risks(..) => {
                for &cell in &spec.targets {
                    self.clear(cell, |d| d.source == step || !d.passing && spec.mends.contains(&d.kind));
                }
            }
            Effect::Mends => {
                for &cell in &spec.targets {
                    self.undrain(cell);
                    self.clear(cell, |d| !d.passing && spec.mends.contains(&d.kind));
                }
            }
            Effect::Snapshots => {
                for &cell in &spec.targets {
                    let care = self.model.cells[cell as usize].care;
                    if care != NONE {
                        self.touch(cell);
                        self.recoveries[care as usize].snapshot = Some(self.now);
                    }
                }
            }
            Effect::Nothing | Effect::Leaves(..) | Effect::MovesTraffic => {}
        }
        self.watch_step(step);
    }

    /// Verify and bake.
    pub(super) fn watch_step(&mut self, step: u32) {
        if self.watch_stage(step) {
            return;
        }
        let spec = self.step_of(step);
        let attempt = self.steps[step as usize].attempt;
        let state = &mut self.steps[step as usize];
        state.phase = StepPhase::Watching;
        state.version += 1;
        let version = state.version;
        let verify = self.step_draw(spec.verify, spec.entity, Purpose::StepVerify, attempt);
        let bake = self.step_draw(spec.bake, spec.entity, Purpose::StepBake, attempt);
        self.at(self.now + verify + bake, What::StepEnds, step, version);
        if bake > 0 && self.damages.iter().any(|d| d.live && d.noticed && d.source == step) {
            self.bake_sees(step);
        }
    }

    fn step_draw(&mut self, dist: u32, entity: u64, purpose: Purpose, n: u32) -> Millis {
        if dist == NONE { 0 } else { self.draw(dist, entity, purpose, n) }
    }

    /// A step begins (version `u32::MAX`) or is over, watching included.
    pub(super) fn step_ends(&mut self, step: u32, version: u32) {
        if version == u32::MAX {
            return self.begin_step(step);
        }
        if self.steps[step as usize].version == version {
            self.steps[step as usize].phase = StepPhase::Done;
            self.note(Note::StepEnds { step });
            self.plan_moves_on(step);
        }
    }

    /// Steps that waited for this one begin or are skipped.
    pub(super) fn plan_moves_on(&mut self, step: u32) {
        self.plan_ends = self.plan_ends.max(self.now);
        for &next in &self.model.steps[self.place(step) as usize].before {
            let next = self.place(next);
            if self.steps[next as usize].phase != StepPhase::Idle {
                continue;
            }
            let phase = |&s: &u32| self.steps[self.place(s) as usize].phase;
            let after = &self.model.steps[self.place(next) as usize].after;
            if after.iter().any(|s| phase(s) == StepPhase::Over) {
                self.skip(next);
            } else if after.iter().all(|s| phase(s) == StepPhase::Done) {
                self.begin_step(next);
            }
        }
        self.end_of_plan();
    }

    pub(super) fn skip(&mut self, step: u32) {
        self.end_wait(step);
        self.steps[step as usize].phase = StepPhase::Over;
        self.plan_cut = true;
        self.note(Note::StepSkipped { step });
        self.plan_moves_on(step);
    }

    /// Whether some step has not come to its end, nor been given up.
    pub(super) fn plan_is_open(&self) -> bool {
        self.steps.iter().any(|step| !matches!(step.phase, StepPhase::Done | StepPhase::Over))
    }

    /// How long the plan took: as long as the trial, where it is still open then.
    pub(super) fn plan_lasts(&self) -> Millis {
        let end = if self.end == NEVER { self.model.horizon } else { self.end };
        if self.plan_is_open() { self.plan_ends.max(end) } else { self.plan_ends }
    }

    /// Whether some step has not done yet what it would do, although nothing stopped the plan: the trial ends before it.
    pub(super) fn plan_goes_on(&self) -> bool {
        let next_stage = |step: u32| {
            self.form_of(step).is_some_and(|form| self.course.steps[step as usize].stage as usize + 1 < form.stages.len())
        };
        let goes_on = |(step, state): (u32, &Step)| match state.phase {
            StepPhase::Idle | StepPhase::Asking | StepPhase::Waiting | StepPhase::Working => true,
            StepPhase::Watching => next_stage(step),
            StepPhase::RollingBack | StepPhase::Done | StepPhase::Over => false,
        };
        !self.plan_stopped && (0_u32..).zip(&self.steps).any(goes_on)
    }

    /// At the plan's end what it drained takes traffic again.
    pub(super) fn end_of_plan(&mut self) {
        if !self.steps.iter().all(|s| matches!(s.phase, StepPhase::Done | StepPhase::Over)) {
            return;
        }
        for step in 0..u32::try_from(self.steps.len()).unwrap_or(NONE) {
            let step = self.step_of(step);
            if step.effect == Effect::MovesTraffic {
                for &cell in &step.targets {
                    self.undrain(cell);
                }
            }
        }
    }

    /// Traffic of the targets moves to their peers at once; a target without peers is cut off.
    fn drain_targets(&mut self, step: u32) {
        for &cell in &self.step_of(step).targets {
            if self.has_peers(cell) {
                self.stir(cell);
                self.cells[cell as usize].drained = true;
                self.set_source(cell, step);
                self.move_traffic(cell);
            } else {
                self.hit(cell, DamageKind::CutOff, Level::ZERO, step, false);
            }
        }
    }

    pub(super) fn is_current(&self, step: u32, version: u32) -> bool {
        let state = &self.steps[step as usize];
        state.phase == StepPhase::Working && state.version == version
    }
}

/// The i-th of n equal parts of a duration.
pub(super) fn part_of(whole: Millis, i: u32, n: usize) -> Millis {
    let part = u128::from(whole) * u128::from(i) / n.max(1) as u128;
    u64::try_from(part).unwrap_or(FOREVER)
}

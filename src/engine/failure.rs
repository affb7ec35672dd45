//! A step that fails, and a plan that is stopped: what `on-failure` says, what is rolled back, what stays behind.
//!
//! In: a step that failed at work or in its bake; an incident that stops the plan. Out: damage that passes or stays, steps
//! that never begin. Stages and machines that roll back are in `safeguards`.

use super::plan::part_of;
use super::queue::What;
use super::remedy::StepPhase;
use super::trial::Engine;
use super::watch::{Note, Watch};
use crate::luck::Purpose;
use crate::model::{Effect, NONE};
use crate::scenario::plan::{DamageKind, Each, OnFailure};
use crate::units::Millis;

/// How often a step with `on-failure: retry` is tried in all.
const TRIES: u32 = 3;

impl<W: Watch> Engine<'_, W> {
    /// Damage of a step is noticed: if the step is still baking, it has failed.
    pub(super) fn bake_sees(&mut self, source: u32) {
        let Some(state) = self.steps.get(source as usize) else { return };
        if state.phase == StepPhase::Watching && self.step_of(source).bake != NONE {
            self.steps[source as usize].version += 1;
            self.note(Note::StepFails { step: source });
            self.after_failure(source);
        }
    }

    /// A step fails at work.
    pub(super) fn step_fails(&mut self, step: u32, version: u32) {
        if !self.is_current(step, version) {
            return;
        }
        self.note(Note::StepFails { step });
        self.steps[step as usize].version += 1;
        let spec = self.step_of(step);
        match spec.effect {
            Effect::Interrupts(..) => self.leave_behind(step),
            Effect::Risks(..) => {
                let reached = self.reached(step);
                for _ in 0..reached {
                    self.hit_next(step);
                }
            }
            _ => {}
        }
        self.after_failure(step);
    }

    /// How many cells a failing step has reached.
    fn reached(&self, step: u32) -> usize {
        let spec = self.step_of(step);
        let state = self.steps[step as usize];
        match spec.each {
            Each::Together => spec.targets.len(),
            Each::OneByOne => {
                let n = spec.targets.len();
                (0..n).filter(|&i| state.begun + part_of(state.takes, u32::try_from(i).unwrap_or(0), n) <= self.now).count()
            }
        }
    }

    /// Damage that the step would have taken away stays.
    fn leave_behind(&mut self, step: u32) {
        for id in 0..self.damages.len() {
            let damage = &mut self.damages[id];
            if damage.live && damage.source == step && damage.passing {
                damage.passing = false;
                damage.noticed = false;
                self.start_detection(u32::try_from(id).unwrap_or(NONE));
            }
        }
    }

    fn after_failure(&mut self, step: u32) {
        let on_failure = self.on_failure(step);
        let state = &mut self.steps[step as usize];
        match on_failure {
            OnFailure::Retry if state.attempt + 1 < TRIES => {
                state.attempt += 1;
                self.begin_step(step);
            }
            OnFailure::Stop | OnFailure::Retry => self.give_up(step),
            OnFailure::Continue => self.watch_step_after_failure(step),
            OnFailure::Rollback => self.roll_back(step),
        }
    }

    /// `continue`: as if it had succeeded, without a further bake.
    fn watch_step_after_failure(&mut self, step: u32) {
        self.plan_cut = true;
        if self.watch_stage(step) {
            return;
        }
        let state = &mut self.steps[step as usize];
        state.phase = StepPhase::Watching;
        state.version += 1;
        let version = state.version;
        self.at(self.now, What::StepEnds, step, version);
    }

    /// The plan itself takes back what a step did.
    pub(super) fn roll_back(&mut self, step: u32) {
        self.end_wait(step);
        let state = &mut self.steps[step as usize];
        state.phase = StepPhase::RollingBack;
        state.version += 1;
        let version = state.version;
        self.note(Note::StepRollsBack { step });
        for id in 0..self.damages.len() {
            let damage = &mut self.damages[id];
            if damage.live && damage.source == step {
                damage.passing = true;
                damage.clock.version += 1;
                damage.clock.running = false;
                let cell = damage.cell;
                self.drop_idle_mend(cell);
                self.renew_stage(cell);
            }
        }
        let lasts = self.rollback_time(step);
        self.at(self.now + lasts, What::StepRolledBack, step, version);
    }

    /// As long as the slowest of the cells it has to roll back.
    pub(super) fn rollback_time(&mut self, step: u32) -> Millis {
        let mut longest = 0;
        for id in 0..self.damages.len() {
            let damage = self.damages[id];
            if damage.live && damage.source == step {
                let cell = &self.model.cells[damage.cell as usize];
                let rollback = self.model.care[cell.care as usize].rollback;
                longest = self.draw(rollback, cell.entity, Purpose::Revert, u32::MAX).max(longest);
            }
        }
        longest
    }

    /// The rollback settles what a rollback settles; the rest becomes an incident.
    pub(super) fn step_rolled_back(&mut self, step: u32, version: u32) {
        if self.steps[step as usize].version != version {
            return;
        }
        for id in 0..self.damages.len() {
            let damage = self.damages[id];
            if !damage.live || damage.source != step {
                continue;
            }
            if self.is_undone(damage.cell, damage.kind) {
                self.clear(damage.cell, |d| d.source == step);
            }
        }
        self.leave_behind(step);
        self.give_up(step);
    }

    /// Whether rolling back settles damage of this kind.
    pub(super) fn is_undone(&mut self, cell: u32, kind: DamageKind) -> bool {
        let compiled = &self.model.cells[cell as usize];
        match kind {
            DamageKind::Misconfigured => self.rollback_works(compiled.care),
            DamageKind::Deleted | DamageKind::DataLost => {
                self.chance(self.model.undelete, compiled.entity, Purpose::RevertWorks, 0)
            }
            _ => true,
        }
    }

    /// The step is over and so is the plan: nothing begins any more.
    pub(super) fn give_up(&mut self, step: u32) {
        self.end_wait(step);
        self.steps[step as usize].phase = StepPhase::Over;
        self.plan_stopped = true;
        self.plan_cut = true;
        self.plan_moves_on(step);
    }

    /// The incident stops the plan: deletions and pushes stop where they are, work that gives cells back goes on.
    pub(super) fn stop_plan(&mut self) {
        self.note(Note::PlanStopped);
        self.plan_stopped = true;
        for step in 0..self.steps.len() {
            let Ok(id) = u32::try_from(step) else { return };
            let gives_back = matches!(self.step_of(id).effect, Effect::Interrupts(..));
            let state = &mut self.steps[step];
            match state.phase {
                StepPhase::Idle | StepPhase::Asking => {
                    state.phase = StepPhase::Over;
                    self.plan_cut = true;
                    self.end_wait(id);
                    self.note(Note::StepSkipped { step: id });
                }
                StepPhase::Waiting | StepPhase::Working if !gives_back => {
                    state.phase = StepPhase::Over;
                    state.version += 1;
                    self.plan_cut = true;
                    self.plan_ends = self.plan_ends.max(self.now);
                }
                _ => {}
            }
        }
        self.end_of_plan();
    }
}

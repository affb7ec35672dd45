//! While a step runs: stages that are watched, machines that roll back, deletions that can be undone.
//!
//! In: gates that attached themselves to a step when it was admitted. Out: later stages that never run, damage taken away
//! early. The incident goes on beside all of it, so that a guardrail never delays what people would have done anyway.

use super::course::{APART, CUT_SHORT, Sight};
use super::queue::What;
use super::remedy::{Damage, StepPhase};
use super::trial::Engine;
use super::watch::{Note, Watch};
use crate::luck::Purpose;
use crate::model::controls::{Act, Gate};
use crate::model::{Effect, NONE};
use crate::scenario::plan::{DamageKind, OnFailure};
use crate::units::Millis;

impl<'m, W: Watch> Engine<'m, W> {
    fn gate_at(&self, step: u32, at: u32) -> Option<&'m Gate> {
        self.form_of(step)?.gates.get(at as usize)
    }

    /// A stage's work is done: it is watched. False if the step has no stages, or all have been watched.
    pub(super) fn watch_stage(&mut self, step: u32) -> bool {
        let Some(&course) = self.course.steps.get(step as usize) else { return false };
        if course.stages == NONE || course.watched {
            return false;
        }
        let Some((gate, form)) = self.gate_at(step, course.stages).zip(self.form_of(step)) else { return false };
        let Act::Stages { bake, detects } = &gate.act else { return false };
        let stage = course.stage;
        let bake = if *bake == NONE { 0 } else { self.draw(*bake, gate.entity, Purpose::StageBake, stage) };
        let shows = self.luck.happens(form.stages[stage as usize].exercises, gate.entity, Purpose::StageShows, stage);
        let notice = if self.is_faulty(step) && shows && self.chance(*detects, gate.entity, Purpose::StageDetects, stage) {
            self.notice_time(step, stage)
        } else {
            None
        };
        let caught = notice.filter(|&notice| notice <= bake);
        let (lasts, what) = caught.map_or((bake, What::StageBaked), |notice| (notice, What::StageCaught));
        self.begin_wait(step, gate);
        let state = &mut self.steps[step as usize];
        state.phase = StepPhase::Watching;
        state.version += 1;
        let version = state.version;
        self.note(Note::StageWatched { step, form: course.form, gate: course.stages, stage });
        self.at(self.now + lasts, what, step, version);
        true
    }

    /// Something is wrong with what the stage did: it left damage, or it is a step whose very work does harm.
    fn is_faulty(&self, step: u32) -> bool {
        let left = self.damages.iter().any(|d| d.live && d.source == step && !d.passing);
        left || matches!(self.step_of(step).effect, Effect::Interrupts(..)) && self.is_harmful(step)
    }

    /// How long it takes to see it, once it shows.
    fn notice_time(&mut self, step: u32, stage: u32) -> Option<Millis> {
        let cell = *self.step_of(step).targets.first()?;
        let compiled = &self.model.cells[cell as usize];
        let care = self.model.care.get(compiled.care as usize)?;
        let class = self.detect_of(step);
        Some(self.draw(care.detect[class as usize], compiled.entity, Purpose::StageNotice, stage))
    }

    /// A stage was watched and nothing was seen: the next one begins, or the step goes on as any other.
    pub(super) fn stage_baked(&mut self, step: u32, version: u32) {
        if self.steps[step as usize].version != version {
            return;
        }
        self.end_wait(step);
        let is_last = self.is_last_stage(step);
        let course = &mut self.course.steps[step as usize];
        if is_last {
            course.watched = true;
            let stages = course.stages;
            self.pass_unseen(step, stages);
            self.watch_step(step);
        } else {
            course.stage += 1;
            self.course.friction.signs |= APART;
            self.steps[step as usize].attempt = 0;
            self.begin_step(step);
        }
    }

    /// The fault of a stage is noticed: later stages never run, and the stage is reverted. Where it is the last one and left nothing to
    /// revert, all is done, and only the plan goes no further.
    pub(super) fn stage_caught(&mut self, step: u32, version: u32) {
        if self.steps[step as usize].version != version {
            return;
        }
        self.end_wait(step);
        let course = self.course.steps[step as usize];
        let is_last = self.is_last_stage(step);
        self.note(Note::StageCaught { step, form: course.form, gate: course.stages, stage: course.stage, is_last });
        let left = self.damages.iter().any(|d| d.live && d.source == step && !d.passing);
        self.see(step, course.stages, !is_last);
        if left {
            let lasts = self.rollback_time(step);
            self.revert(step, course.stages, lasts);
        }
        self.give_up(step);
    }

    fn is_last_stage(&self, step: u32) -> bool {
        let stage = self.course.steps[step as usize].stage as usize;
        self.form_of(step).is_none_or(|form| stage + 1 >= form.stages.len())
    }

    /// A damage is noticed: if it was soon enough, a machine rolls its step back.
    pub(super) fn rollback_sees(&mut self, damage: u32) {
        let found = self.damages[damage as usize];
        let step = found.source;
        let Some(&course) = self.course.steps.get(step as usize) else { return };
        let rolls_back = found.live && !self.is_at_work(step, found.passing) && found.kind != DamageKind::Overloaded;
        if course.rollback == NONE || course.reverting || !rolls_back {
            return;
        }
        let Some(gate) = self.gate_at(step, course.rollback) else { return };
        let Act::Rollback { within, takes, .. } = gate.act else { return };
        if self.now - found.hit > within {
            return;
        }
        let lasts = if takes == NONE { self.rollback_time(step) } else { self.draw(takes, gate.entity, Purpose::GuardTakes, 0) };
        let spares = self.spare(step);
        self.see(step, course.rollback, spares);
        self.revert(step, course.rollback, lasts);
        self.stop_step(step);
        (self.plan_stopped, self.plan_cut) = (true, true);
    }

    /// The machine at a gate sees the harm of a step. Whether it stops any is known at once where something is spared, and else only when it
    /// is rolled back.
    fn see(&mut self, step: u32, at: u32, spares: bool) {
        let sight = self.seen_by(step, at);
        if *sight == Sight::Nothing {
            *sight = Sight::Harm;
        }
        if spares {
            self.prove(step, at);
        }
    }

    /// Some harm of a step is spared, or taken back: that counts as one that is stopped, however often.
    fn prove(&mut self, step: u32, at: u32) {
        if std::mem::replace(self.seen_by(step, at), Sight::Stopped) == Sight::Stopped {
            return;
        }
        if let Some(gate) = self.gate_at(step, at) {
            self.course.rules[gate.rule as usize].stopped_harmful += 1;
            self.course.friction.stops += 1;
        }
    }

    fn seen_by(&mut self, step: u32, at: u32) -> &mut Sight {
        let course = &mut self.course.steps[step as usize];
        if at == course.stages { &mut course.by_stages } else { &mut course.by_rollback }
    }

    /// The end of a trial: what was seen, and nothing of it spared, was seen too late; what nobody saw has passed the machine.
    pub(super) fn close_safeguards(&mut self, step: u32) {
        let Some(&course) = self.course.steps.get(step as usize) else { return };
        for (at, sight) in [(course.stages, course.by_stages), (course.rollback, course.by_rollback)] {
            if let Some(gate) = self.gate_at(step, at).filter(|_| sight == Sight::Harm) {
                self.course.rules[gate.rule as usize].late += 1;
            }
        }
        self.pass_unseen(step, course.rollback);
    }

    /// The machine at a gate has let a step pass: missed, if the step did harm and no machine saw it.
    fn pass_unseen(&mut self, step: u32, at: u32) {
        let course = self.course.steps[step as usize];
        let is_unseen = course.by_stages == Sight::Nothing && course.by_rollback == Sight::Nothing;
        if let Some(gate) = self.gate_at(step, at).filter(|_| is_unseen && self.did_harm(step)) {
            self.course.rules[gate.rule as usize].missed += 1;
        }
    }

    /// A step has left damage, or was harmful by its very work.
    fn did_harm(&self, step: u32) -> bool {
        let is_harmful = self.is_harmful(step);
        self.damages.iter().any(|d| d.source == step && (is_harmful || !d.passing) && d.kind != DamageKind::Overloaded)
    }

    /// A machine stops a step, and with it the plan: what they have not hit yet is spared, and goes on bearing what it bears. True if
    /// the step itself would have hit more.
    fn spare(&mut self, step: u32) -> bool {
        let is_spared = |&id: &u32| match self.steps[id as usize].phase {
            StepPhase::Idle | StepPhase::Asking => true,
            StepPhase::Waiting | StepPhase::Working => id == step && !matches!(self.step_of(id).effect, Effect::Interrupts(..)),
            StepPhase::Watching | StepPhase::RollingBack | StepPhase::Done | StepPhase::Over => false,
        };
        let hit = self.steps[step as usize].hit as usize;
        let is_cut_short = !self.is_last_stage(step) || is_spared(&step) && hit < self.step_of(step).targets.len();
        let steps = (0..self.steps.len()).filter_map(|id| u32::try_from(id).ok()).filter(is_spared);
        let left = steps.flat_map(|id| self.step_of(id).targets.iter().skip(self.steps[id as usize].hit as usize));
        let spared: Vec<u32> = left.copied().collect();
        self.course.spared |= !spared.is_empty();
        if spared.iter().any(|&cell| self.bears_too_much(cell)) {
            self.course.overrun();
        }
        is_cut_short
    }

    /// A machine stops a step. Work that gives cells back is let finish, as when people stop a plan; what would roll itself back once its
    /// bake shows the damage does so now, beside the machine.
    fn stop_step(&mut self, step: u32) {
        let spec = self.step_of(step);
        let runs = matches!(self.steps[step as usize].phase, StepPhase::Waiting | StepPhase::Working | StepPhase::Watching);
        if !runs || matches!(spec.effect, Effect::Interrupts(..)) {
            return;
        }
        let on_failure = self.on_failure(step);
        if matches!(on_failure, OnFailure::Rollback | OnFailure::Retry) {
            self.course.friction.signs |= CUT_SHORT;
        }
        if spec.bake != NONE && on_failure == OnFailure::Rollback {
            return self.roll_back(step);
        }
        self.steps[step as usize].version += 1;
        self.give_up(step);
    }

    /// Whether damage of a step is its very work, which passes by itself, and not what it is rolling back.
    fn is_at_work(&self, step: u32, passing: bool) -> bool {
        passing && self.steps[step as usize].phase != StepPhase::RollingBack
    }

    /// What a rule that stands at this gate rolls back.
    fn revert(&mut self, step: u32, by: u32, lasts: Millis) {
        self.course.steps[step as usize].reverting = true;
        self.note(Note::GuardReverts { step, form: self.course.steps[step as usize].form, gate: by });
        self.at(self.now + lasts, What::GuardReverted, step, by);
    }

    /// What the guardrail at a gate rolls back is rolled back, as far as that settles it.
    pub(super) fn guard_reverted(&mut self, step: u32, by: u32) {
        self.course.steps[step as usize].reverting = false;
        let given = self.gate_at(step, by).and_then(|gate| match &gate.act {
            Act::Rollback { works, .. } => works.map(|odds| (odds, gate.entity)),
            _ => None,
        });
        for id in 0..self.damages.len() {
            let damage = self.damages[id];
            if !damage.live || damage.source != step || self.is_at_work(step, damage.passing) {
                continue;
            }
            let works = match given {
                Some((odds, entity)) => self.chance(odds, entity, Purpose::GuardWorks, 0),
                None => self.is_undone(damage.cell, damage.kind),
            };
            if works {
                let rolling_back = self.steps[step as usize].phase == StepPhase::RollingBack;
                self.course.spared = true;
                self.prove(step, by);
                self.clear(damage.cell, |d| d.source == step && (rolling_back || !d.passing));
            }
        }
        self.note(Note::GuardReverted { step });
    }

    /// Whether what the step deletes is kept for a while.
    pub(super) fn is_kept(&self, step: u32) -> bool {
        self.course.steps.get(step as usize).is_some_and(|c| c.keep != NONE)
    }

    /// The damage that a step leaves: what is kept is only out of reach.
    pub(super) fn kind_left(&self, step: u32, kind: DamageKind) -> DamageKind {
        if takes_away(kind) && self.is_kept(step) { DamageKind::CutOff } else { kind }
    }

    /// What is kept is not kept for ever.
    pub(super) fn keep(&mut self, step: u32, kind: DamageKind, damage: u32) {
        if !takes_away(kind) || !self.is_kept(step) {
            return;
        }
        let at = self.course.steps[step as usize].keep;
        if let Some(Act::Keep { lasts, .. }) = self.gate_at(step, at).map(|g| &g.act) {
            self.at(self.now.saturating_add(*lasts), What::Purged, damage, 0);
        }
    }

    /// The time is over: what was kept is deleted, or its data lost, after all.
    pub(super) fn purged(&mut self, damage: u32) {
        let Damage { live, cell, source, .. } = self.damages[damage as usize];
        let (Effect::Leaves(kind, _) | Effect::Interrupts(kind, _)) = self.step_of(source).effect else { return };
        if !live {
            return;
        }
        self.damages[damage as usize].kind = kind;
        self.note(Note::Purged { cell });
        self.stir(cell);
        self.lose_data(cell);
        let Some(care) = self.model.care.get(self.model.cells[cell as usize].care as usize) else { return };
        // Whoever is making it anew puts a copy into it after all.
        if self.damages[damage as usize].passing && care.datastore {
            self.put_back(self.model.cells[cell as usize].care);
        }
    }

    /// How long bringing a cell back takes, if it is kept, and nothing worse befell it.
    pub(super) fn undelete(&self, cell: u32, worst: DamageKind) -> Option<u32> {
        if worst != DamageKind::CutOff {
            return None;
        }
        let damage = self.damages_of(cell).find(|d| d.kind == worst && !d.passing)?;
        let course = self.course.steps.get(damage.source as usize)?;
        let revert = self.model.care[self.model.cells[cell as usize].care as usize].revert;
        match &self.gate_at(damage.source, course.keep)?.act {
            Act::Keep { undelete, .. } => Some(if *undelete == NONE { revert } else { *undelete }),
            _ => None,
        }
    }

    /// What a damage would be if nothing were kept.
    pub(super) fn left_by(&self, damage: &Damage) -> DamageKind {
        if damage.source as usize >= self.steps.len() || !self.is_kept(damage.source) {
            return damage.kind;
        }
        match self.step_of(damage.source).effect {
            Effect::Leaves(kind, _) | Effect::Risks(kind, _) | Effect::Interrupts(kind, _) => kind,
            _ => damage.kind,
        }
    }
}

/// Damage that a copy kept on the spot takes back.
fn takes_away(kind: DamageKind) -> bool {
    matches!(kind, DamageKind::Deleted | DamageKind::DataLost)
}

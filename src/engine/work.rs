//! A step's work: how long it takes, and the parts it consists of.
//!
//! In: a step whose targets are hit and whose gates are open. Out: the instants at which its work ends or fails, and which part of
//! it goes on meanwhile, so that re-creating, drift, finding a copy and copying it are stages of their own. Where targets are
//! worked on together the parts are those of the slowest of them; one by one they follow each other. Not here: what a step does to
//! its targets (`plan`), what people do after an incident (`mend`).

use super::queue::What;
use super::remedy::{Stage, Stages, StepPhase};
use super::trial::Engine;
use super::watch::{Note, Watch};
use crate::luck::Purpose;
use crate::model::{Effect, NONE, Takes};
use crate::scenario::plan::Each;
use crate::units::{FOREVER, Millis};
use smallvec::smallvec;

impl<W: Watch> Engine<'_, W> {
    /// The work of a step begins.
    pub(super) fn work(&mut self, step: u32) {
        let spec = self.step_of(step);
        let attempt = self.steps[step as usize].attempt;
        // One by one each is put back when it is hit.
        if spec.each == Each::Together || !matches!(spec.effect, Effect::Interrupts(..)) {
            for at in 0..spec.takes.len() {
                self.put_target_back(step, at);
            }
        }
        let parts = self.parts_of_work(step);
        let takes = total(&parts);
        self.parts[step as usize] = parts;
        let state = &mut self.steps[step as usize];
        (state.phase, state.takes, state.begun, state.part) = (StepPhase::Working, takes, self.now, 0);
        let version = state.version;
        let fails = spec.fails.is_some_and(|odds| self.chance(odds, spec.entity, Purpose::StepFails, attempt));
        if fails {
            let part = self.luck.uniform(spec.entity, Purpose::StepFailsAt, attempt);
            self.at(self.now + super::incident::slower(takes, part), What::StepFails, step, version);
        } else {
            self.at(self.now + takes, What::StepWorked, step, version);
        }
        if spec.each == Each::OneByOne && matches!(spec.effect, Effect::Leaves(..) | Effect::Interrupts(..)) {
            self.at(self.now, What::StepHits, step, version);
        }
        self.enter_part(step);
    }

    /// A part of a step's work is over and the next begins.
    pub(super) fn next_part(&mut self, step: u32, version: u32) {
        if self.is_current(step, version) {
            self.steps[step as usize].part += 1;
            self.enter_part(step);
        }
    }

    fn enter_part(&mut self, step: u32) {
        let state = self.steps[step as usize];
        let parts = &self.parts[step as usize];
        if let Some(&(stage, lasts)) = parts.get(state.part as usize) {
            if state.part as usize + 1 < parts.len() {
                self.at(self.now.saturating_add(lasts), What::StepPart, step, state.version);
            }
            // What is work like any other is told by the step's own begin and end.
            if stage != Stage::Step {
                self.note(Note::StepPart { step, stage, lasts });
            }
        }
        self.renew_targets(step);
    }

    fn renew_targets(&mut self, step: u32) {
        for &cell in &self.step_of(step).targets {
            if self.cells[cell as usize].damaged {
                self.renew_stage(cell);
            }
        }
    }

    /// What is being done in a step that works.
    pub(super) fn part_at_work(&self, step: u32) -> Stage {
        let at = self.steps[step as usize].part;
        self.parts[step as usize].get(at as usize).map_or(Stage::Step, |part| part.0)
    }

    /// Those of the slowest target; one after the other where cells are worked on one by one; none in particular where the time is said.
    fn parts_of_work(&mut self, step: u32) -> Stages {
        let spec = self.step_of(step);
        if spec.said != NONE {
            let attempt = self.steps[step as usize].attempt;
            return smallvec![(Stage::Step, self.draw(spec.said, spec.entity, Purpose::StepTakes, attempt))];
        }
        let mut parts = Stages::new();
        for &takes in &spec.takes {
            let one = self.parts_of_one(step, takes);
            match spec.each {
                Each::OneByOne => parts.extend(one),
                Each::Together if parts.is_empty() || total(&one) > total(&parts) => parts = one,
                Each::Together => {}
            }
        }
        parts
    }

    fn parts_of_one(&mut self, step: u32, takes: Takes) -> Stages {
        let spec = self.step_of(step);
        match takes {
            Takes::Draw { dist, entity } => {
                let attempt = self.steps[step as usize].attempt;
                smallvec![(Stage::Step, self.draw(dist, entity, Purpose::StepTakes, attempt))]
            }
            Takes::Recreate(cell) => {
                let care = self.model.cells[cell as usize].care;
                let mut parts = self.creation(care, self.model.care[care as usize].recreate_step, spec.entity);
                if self.puts_data_back(step, takes).is_some() {
                    parts.extend(self.restoration(care));
                }
                parts
            }
            Takes::Restore(cell) => {
                let care = self.model.cells[cell as usize].care;
                // What was deleted is made first, as when it is mended.
                let recreate = if self.is_deleted(cell) { self.model.care[care as usize].recreate } else { NONE };
                let mut parts = self.creation(care, recreate, spec.entity);
                parts.extend(self.restoration(care));
                parts
            }
        }
    }

    /// Books what is lost with what is put back into a target of a step, if anything is.
    pub(super) fn put_target_back(&mut self, step: u32, at: usize) {
        let takes = self.step_of(step).takes.get(at).copied();
        if let Some(care) = takes.and_then(|takes| self.puts_data_back(step, takes)) {
            self.put_back(care);
        }
    }

    /// Whose data this part of a step's work puts back, if it does.
    pub(super) fn puts_data_back(&self, step: u32, takes: Takes) -> Option<u32> {
        let care = |cell: u32| self.model.cells[cell as usize].care;
        match takes {
            Takes::Draw { .. } => None,
            // Data comes back with the cell only if it was there that it went.
            Takes::Recreate(cell) => {
                let loses = matches!(self.step_of(step).effect, Effect::Interrupts(..)) && !self.is_kept(step);
                Some(care(cell)).filter(|&care| loses && self.model.care[care as usize].datastore)
            }
            Takes::Restore(cell) => Some(care(cell)),
        }
    }
}

/// How long parts take in all.
fn total(parts: &[(Stage, Millis)]) -> Millis {
    parts.iter().fold(0, |sum: Millis, part| sum.saturating_add(part.1)).min(FOREVER)
}

//! Before a step begins: which form of it runs, and how its actor goes about it.
//!
//! In: the model's controls. Out: a form, its permission, and a step that is admitted or goes to its gates (`gates`). Nothing is
//! evaluated here, keyed draws decide. A plan without controls pays one look at an empty list. What guards a step that runs
//! is in `safeguards`.

use super::course::{APART, RuleSums, StepCourse};
use super::trial::Engine;
use super::watch::{Note, Watch};
use crate::luck::{self, Purpose};
use crate::model::controls::{Form, Permission, Rate};
use crate::model::{NONE, Step};
use crate::scenario::controls::Slip;
use crate::scenario::plan::{Detect, Diagnose, OnFailure};
use crate::units::Level;

impl<'m, W: Watch> Engine<'m, W> {
    /// The sums of what the rules did since they were last taken.
    pub fn take_rules(&mut self) -> Vec<RuleSums> {
        let none = vec![RuleSums::default(); self.course.rules.len()];
        std::mem::replace(&mut self.course.rules, none)
    }

    /// The step as it is executed in this trial: as written, or the form that a slip made of it, or a stage of that.
    #[inline]
    pub(super) fn step_of(&self, step: u32) -> &'m Step {
        let course = self.course.steps.get(step as usize);
        course.and_then(|course| self.formed(course)).unwrap_or_else(|| &self.model.steps[step as usize])
    }

    fn formed(&self, course: &StepCourse) -> Option<&'m Step> {
        let form = self.model.controls.forms.get(course.form as usize)?;
        Some(if course.stages == NONE { &form.step } else { &form.stages[course.stage as usize].step })
    }

    pub(super) fn form_of(&self, step: u32) -> Option<&'m Form> {
        let course = self.course.steps.get(step as usize)?;
        self.model.controls.forms.get(course.form as usize)
    }

    /// Which step stands where `step` is written.
    pub(super) fn place(&self, step: u32) -> u32 {
        self.course.places.get(step as usize).copied().unwrap_or(step)
    }

    /// What a failure of the step leads to, as the actor goes about it.
    pub(super) fn on_failure(&self, step: u32) -> OnFailure {
        let declared = self.step_of(step).on_failure;
        let Some((course, form)) = self.course.steps.get(step as usize).zip(self.form_of(step)) else { return declared };
        match declared {
            _ if course.misreports => OnFailure::Continue,
            OnFailure::Stop | OnFailure::Rollback if course.repeats && form.destructive => OnFailure::Retry,
            other => other,
        }
    }

    /// How the damage of a source is noticed: not by whoever says that all is well.
    pub(super) fn detect_of(&self, source: u32) -> Detect {
        if source as usize >= self.steps.len() {
            return Detect::Hard;
        }
        match self.step_of(source).detect {
            Detect::Own if self.misreports(source) => Detect::Hard,
            class => class,
        }
    }

    /// How it is understood.
    pub(super) fn diagnose_of(&self, source: u32) -> Diagnose {
        if source as usize >= self.steps.len() {
            return Diagnose::Hidden;
        }
        match self.step_of(source).diagnose {
            Diagnose::SelfEvident if self.misreports(source) => Diagnose::RecentChange,
            class => class,
        }
    }

    fn misreports(&self, step: u32) -> bool {
        self.course.steps.get(step as usize).is_some_and(|c| c.misreports)
    }

    /// Minute 0: steps that change places do so. Each at most once, with the last step that it would have waited for.
    pub(super) fn begin_controls(&mut self) {
        let model = self.model;
        for (id, guarded) in (0_u32..).zip(&model.controls.steps) {
            let Some(&(slip, rate)) = guarded.manners.iter().find(|m| m.0 == Slip::Reorder) else { continue };
            let Some(&before) = model.steps[id as usize].after.last() else { continue };
            if self.slips(id, slip, rate) && self.place(id) == id && self.place(before) == before {
                if self.course.places.is_empty() {
                    self.course.places = (0..).take(model.steps.len()).collect();
                }
                self.course.places.swap(id as usize, before as usize);
                self.note(Note::Errs { step: id, slip });
            }
        }
    }

    /// Whether a slip happens at a step.
    fn slips(&mut self, step: u32, slip: Slip, rate: Rate) -> bool {
        let owner = self.model.steps[step as usize].entity;
        match rate {
            Rate::Given(odds) => self.chance(odds, owner, Purpose::Slip, slip as u32),
            Rate::Prior { dist, entity, times } => {
                let rate = (self.draw_factor(dist, entity, Purpose::SlipRate, 0) * times).clamp(0.0, 1.0);
                let rate = Level::from_fraction(rate).unwrap_or(Level::ZERO);
                self.happens(owner, Purpose::Slip, slip as u32, |word| luck::is_below(word, rate))
            }
        }
    }

    /// Whether a step that is ready may begin now. If not, it has been refused, or will be asked for again.
    pub(super) fn admit(&mut self, step: u32) -> bool {
        let Some(course) = self.course.steps.get(step as usize) else { return true };
        if course.admitted {
            return true;
        }
        if course.form == NONE {
            let form = self.choose_form(step);
            let permission = &self.model.controls.forms[form as usize].permission;
            if *permission != Permission::Unasked {
                self.note(Note::Permitted { step, form });
            }
            if matches!(permission, Permission::Denied(_)) && self.model.controls.forms[form as usize].glass().is_none() {
                self.deny(step);
                return false;
            }
        }
        self.pass_gates(step)
    }

    fn choose_form(&mut self, step: u32) -> u32 {
        let guarded = &self.model.controls.steps[step as usize];
        let mut form = guarded.literal;
        for (slip, rate, forms) in &guarded.slips {
            if self.slips(step, *slip, *rate) {
                let owner = self.model.steps[step as usize].entity;
                let u = self.luck.uniform(owner, Purpose::SlipTarget, *slip as u32);
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in a short list")]
                let at = (u * f64::from(forms.end - forms.start)) as u32;
                form = (forms.start + at).min(forms.end - 1);
                self.note(Note::Slips { step, form });
                break;
            }
        }
        let mut course = StepCourse { form, ..StepCourse::NEW };
        for &(slip, rate) in &guarded.manners {
            if slip != Slip::Reorder && self.slips(step, slip, rate) {
                course.repeats |= slip == Slip::Repeat;
                course.misreports |= slip == Slip::Misreport;
            }
        }
        self.course.steps[step as usize] = course;
        form
    }

    pub(super) fn is_harmful(&self, step: u32) -> bool {
        self.form_of(step).and_then(|f| f.harmful).unwrap_or(false)
    }

    /// Drops signs of what cannot have happened: outages of one source do not come apart, and without damage nothing is
    /// noticed later.
    pub(super) fn close_controls(&mut self) {
        for step in (0..self.course.steps.len()).filter_map(|step| u32::try_from(step).ok()) {
            self.end_wait(step);
            self.close_safeguards(step);
        }
        let friction = &mut self.course.friction;
        let Some(first) = self.damages.first() else {
            friction.signs = 0;
            return;
        };
        let staged = self.course.steps.iter().any(|c| c.stage > 0);
        if !staged && self.damages.iter().all(|d| d.source == first.source) {
            friction.signs &= !APART;
        }
    }
}

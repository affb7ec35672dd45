//! A step at its gates: who is asked, what is refused, what waits, what is prepared, and what that costs.
//!
//! In: the gates of a step's form. Out: a step that is admitted, held for a while, or turned away; friction. Which form it is was
//! drawn before, in `controls`.

use super::course::{APART, BUSIER, FATIGUE, LATER_NOTICE, MENDING_WAITED};
use super::queue::What;
use super::remedy::StepPhase;
use super::trial::Engine;
use super::watch::{Note, Watch};
use crate::luck::Purpose;
use crate::model::controls::{Act, Ask, Bypass, Gate};
use crate::model::{Effect, NONE};
use crate::units::Millis;

/// What a gate says.
pub(super) enum Answer {
    Passes,
    /// Not before so long.
    Waits(Millis),
    /// Never; who refused, counted from 1, or 0 for the rule itself.
    Refuses(u32),
    /// Never: the role may not, and nobody broke the glass.
    Denied,
}

impl<W: Watch> Engine<'_, W> {
    /// Goes from gate to gate until one of them holds the step.
    pub(super) fn pass_gates(&mut self, step: u32) -> bool {
        let Some(form) = self.form_of(step) else { return true };
        while let Some(gate) = form.gates.get(self.course.steps[step as usize].gate as usize) {
            match self.meet(step, gate) {
                Answer::Passes => self.course.steps[step as usize].gate += 1,
                Answer::Waits(lasts) => {
                    self.hold(step, gate, lasts);
                    return false;
                }
                Answer::Refuses(by) => {
                    self.refuse(step, gate, by);
                    return false;
                }
                Answer::Denied => {
                    self.deny(step);
                    return false;
                }
            }
        }
        self.course.steps[step as usize].admitted = true;
        true
    }

    /// A step arrives at a gate.
    fn meet(&mut self, step: u32, gate: &Gate) -> Answer {
        let bypassed = match gate.bypass {
            Bypass::Never => false,
            Bypass::Role => true,
            Bypass::Chance(odds) => self.chance(odds, gate.entity, Purpose::Bypass, 0),
        };
        let course = &mut self.course.steps[step as usize];
        let (form, at) = (course.form, course.gate);
        if bypassed {
            self.course.rules[gate.rule as usize].bypassed += 1;
            self.note(Note::Bypassed { step, form, gate: at });
            return Answer::Passes;
        }
        if self.is_opened(step, at) {
            self.course.rules[gate.rule as usize].bypassed += 1;
            self.note(Note::Opened { step, form, gate: at });
            return Answer::Passes;
        }
        let course = &mut self.course.steps[step as usize];
        match &gate.act {
            Act::BreakGlass(glass) => self.reach_for_glass(step, gate, glass),
            Act::Ask(ask) => {
                let waits = self.ask(gate, ask);
                if waits > 0 {
                    return Answer::Waits(waits);
                }
                self.note(Note::Held { step, form, gate: at, lasts: 0 });
                let answer = self.decide(step, gate, ask);
                if matches!(answer, Answer::Passes) {
                    self.note(Note::Passed { step, form, gate: at });
                }
                answer
            }
            Act::Refuse => Answer::Refuses(0),
            Act::Window { window, waits } => match window.closed_for(self.now) {
                0 => Answer::Passes,
                left if *waits => Answer::Waits(left),
                _ => Answer::Refuses(0),
            },
            Act::Pace { steps, per } => self.pace(gate.rule, *steps, *per),
            Act::Snapshot { takes } => {
                let takes = self.draw(*takes, gate.entity, Purpose::SnapshotFirst, 0);
                if takes == 0 {
                    self.take_snapshots(step);
                    Answer::Passes
                } else {
                    Answer::Waits(takes)
                }
            }
            Act::Stages { .. } => {
                course.stages = at;
                Answer::Passes
            }
            Act::Rollback { .. } => {
                course.rollback = at;
                Answer::Passes
            }
            Act::Keep { .. } => {
                course.keep = at;
                Answer::Passes
            }
        }
    }

    /// Asks; the time until the slowest has answered.
    pub(super) fn ask(&mut self, gate: &Gate, ask: &Ask) -> Millis {
        if ask.person {
            self.course.friction.asked += u64::from(ask.approvers);
            self.course.rules[gate.rule as usize].asked += u64::from(ask.approvers);
        }
        (0..ask.approvers).map(|i| self.draw(ask.latency, gate.entity, Purpose::Latency, i)).max().unwrap_or(0)
    }

    /// All have answered.
    pub(super) fn decide(&mut self, step: u32, gate: &Gate, ask: &Ask) -> Answer {
        let harmful = self.is_harmful(step);
        let (odds, purpose) = if harmful { (ask.catches, Purpose::Catch) } else { (ask.false_alarms, Purpose::FalseAlarm) };
        let mut times = if harmful { ask.rested } else { 1.0 };
        self.mark_prior(odds.prior);
        for i in 0..ask.approvers {
            let word = self.luck.word(gate.entity, purpose, i);
            if self.luck.chances(word, odds.chance, times, odds.entity) {
                return Answer::Refuses(i + 1);
            }
            times *= ask.further;
        }
        if harmful {
            self.course.rules[gate.rule as usize].missed += 1;
            if ask.rested < 1.0 {
                self.course.friction.signs |= FATIGUE;
            }
        }
        Answer::Passes
    }

    /// So many in a time: passes, or waits until the oldest of them is that long ago.
    fn pace(&mut self, rule: u32, steps: u32, per: Millis) -> Answer {
        let recent = |&&(r, at): &&(u32, Millis)| r == rule && at + per > self.now;
        let taken: Vec<Millis> = self.course.paced.iter().filter(recent).map(|p| p.1).collect();
        if let Some(free) = taken.len().checked_sub(steps as usize).map(|over| taken[over]) {
            return Answer::Waits(free + per - self.now);
        }
        self.course.paced.push((rule, self.now));
        Answer::Passes
    }

    /// A step waits for a rule from now on. How long is known when it ends: a plan may be stopped meanwhile.
    pub(super) fn begin_wait(&mut self, step: u32, gate: &Gate) {
        let course = &mut self.course.steps[step as usize];
        (course.waits_for, course.since) = (gate.rule, self.now);
    }

    /// If a step waited for a rule, it does no longer: that is time which the rule added.
    pub(super) fn end_wait(&mut self, step: u32) {
        let Some(course) = self.course.steps.get_mut(step as usize) else { return };
        let rule = std::mem::replace(&mut course.waits_for, NONE);
        if rule != NONE {
            let waited = self.now - course.since;
            self.course.friction.waited += waited;
            self.course.rules[rule as usize].waited += waited;
        }
    }

    fn hold(&mut self, step: u32, gate: &Gate, lasts: Millis) {
        let state = &mut self.steps[step as usize];
        state.phase = StepPhase::Asking;
        state.version += 1;
        let version = state.version;
        self.begin_wait(step, gate);
        self.course.friction.signs |= if self.is_mending(step) { MENDING_WAITED } else { self.apart(step) };
        let course = self.course.steps[step as usize];
        self.note(Note::Held { step, form: course.form, gate: course.gate, lasts });
        self.at(self.now.saturating_add(lasts), What::GateOpens, step, version);
    }

    /// A gate that held a step decides.
    pub(super) fn gate_opens(&mut self, step: u32, version: u32) {
        let state = &self.steps[step as usize];
        if state.phase != StepPhase::Asking || state.version != version {
            return;
        }
        self.end_wait(step);
        if self.plan_stopped {
            return self.skip(step);
        }
        let Some(form) = self.form_of(step) else { return };
        let at = self.course.steps[step as usize].gate;
        let gate = &form.gates[at as usize];
        let answer = match &gate.act {
            Act::Ask(ask) => self.decide(step, gate, ask),
            Act::BreakGlass(glass) => self.break_glass(step, gate, glass),
            Act::Pace { steps, per } => self.pace(gate.rule, *steps, *per),
            Act::Snapshot { .. } => {
                self.take_snapshots(step);
                Answer::Passes
            }
            _ => Answer::Passes,
        };
        match answer {
            Answer::Refuses(by) => return self.refuse(step, gate, by),
            Answer::Waits(lasts) => return self.hold(step, gate, lasts),
            Answer::Denied => return self.deny(step),
            Answer::Passes => self.note(Note::Passed { step, form: self.course.steps[step as usize].form, gate: at }),
        }
        self.course.steps[step as usize].gate += 1;
        if self.pass_gates(step) {
            self.begin_step(step);
        }
    }

    fn refuse(&mut self, step: u32, gate: &Gate, by: u32) {
        let course = self.course.steps[step as usize];
        self.note(Note::Refused { step, form: course.form, gate: course.gate, by });
        self.turn_away(step, gate.rule as usize);
    }

    /// The role may not.
    pub(super) fn deny(&mut self, step: u32) {
        // Permissions stand before the last of the rules.
        let rule = self.course.rules.len() - 2;
        self.turn_away(step, rule);
    }

    /// The step never begins; what waits for it is skipped.
    fn turn_away(&mut self, step: u32, rule: usize) {
        let harmful = self.is_harmful(step);
        let (friction, sums) = (&mut self.course.friction, &mut self.course.rules[rule]);
        if harmful {
            friction.stops += 1;
            sums.stopped_harmful += 1;
        } else {
            friction.false_stops += 1;
            sums.stopped_harmless += 1;
        }
        self.course.friction.signs |= if self.is_mending(step) { MENDING_WAITED } else { LATER_NOTICE };
        self.skip(step);
    }

    /// Whether the step takes damage away that was there before.
    fn is_mending(&self, step: u32) -> bool {
        let spec = self.step_of(step);
        spec.effect == Effect::Mends || !spec.mends.is_empty() && spec.targets.iter().any(|&c| self.cells[c as usize].damaged)
    }

    /// The signs of a step that waits: only one that does damage can come apart from another, or do it at a worse time.
    fn apart(&self, step: u32) -> u8 {
        let harmless = matches!(self.step_of(step).effect, Effect::Nothing | Effect::Snapshots | Effect::Mends);
        let by_hour = if self.model.weighings.is_empty() { 0 } else { BUSIER };
        if harmless { 0 } else { APART | by_hour }
    }

    fn take_snapshots(&mut self, step: u32) {
        for &cell in &self.step_of(step).targets {
            let care = self.model.cells[cell as usize].care;
            if care != NONE {
                self.touch(cell);
                self.recoveries[care as usize].snapshot = Some(self.now);
            }
        }
    }

    fn mark_prior(&mut self, prior: u32) {
        if prior != NONE {
            self.drawn[prior as usize] = true;
        }
    }
}

//! Before a step begins: which form of it runs, who is asked, what is refused, what that costs.
//!
//! In: the model's controls. Out: a step that is admitted, at once or later, or never begins; friction. Nothing is evaluated
//! here, keyed draws decide. A plan without controls pays one look at an empty list. What guards a step that runs is in
//! `safeguards`.

use super::queue::What;
use super::state::StepPhase;
use super::trial::Engine;
use super::watch::{Note, Watch};
use crate::luck::Purpose;
use crate::model::controls::{Act, Ask, Bypass, Form, Gate, Permission, Rate};
use crate::model::{Effect, Model, NONE, Step};
use crate::scenario::controls::{Slip, Window};
use crate::scenario::plan::{Detect, Diagnose, OnFailure};
use crate::units::{DAY, Level, Millis};

/// What the controls have done in a trial, and their sums over trials.
#[derive(Debug)]
pub(super) struct Course {
    /// By step; empty without controls.
    pub(super) steps: Vec<StepCourse>,
    /// Which step stands in the place of which; empty if all stand in their own.
    places: Vec<u32>,
    /// When steps passed a pace, by rule.
    paced: Vec<(u32, Millis)>,
    pub(super) friction: Friction,
    /// By rule.
    pub(super) rules: Vec<RuleSums>,
}

/// How far a step has come.
#[derive(Debug, Clone, Copy)]
pub(super) struct StepCourse {
    /// Its form, once it is known.
    pub(super) form: u32,
    /// The next gate.
    gate: u32,
    admitted: bool,
    repeats: bool,
    misreports: bool,
    /// The gate that attached stages, a machine's rollback, or the keeping of what is deleted; [`NONE`] without.
    pub(super) stages: u32,
    pub(super) rollback: u32,
    pub(super) keep: u32,
    /// The stage that runs.
    pub(super) stage: u32,
    /// All stages have been watched.
    pub(super) watched: bool,
    /// A guardrail is rolling it back.
    pub(super) reverting: bool,
}

impl StepCourse {
    const NEW: StepCourse = StepCourse {
        form: NONE,
        gate: 0,
        admitted: false,
        repeats: false,
        misreports: false,
        stages: NONE,
        rollback: NONE,
        keep: NONE,
        stage: 0,
        watched: false,
        reverting: false,
    };
}

/// What the controls cost in one trial.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Friction {
    /// People asked.
    pub asked: u64,
    /// Time added before and within steps.
    pub waited: Millis,
    /// Harmless steps that never began.
    pub false_stops: u64,
    /// Harmful steps that never began, or whose later stages never ran.
    pub stops: u64,
    /// By bit, in the order of [`SIGNS`]: what may make harm last longer.
    pub signs: u8,
}

/// How a control can make harm last longer.
pub const SIGNS: [&str; 4] = [
    "a step that mends waited or was refused",
    "outages that would have overlapped came one after the other",
    "damage that would have been noticed sooner, beside that of a refused step, went on",
    "reviewers with too many requests let a harmful step pass",
];

const MENDING_WAITED: u8 = 1;
pub(super) const APART: u8 = 1 << 1;
const LATER_NOTICE: u8 = 1 << 2;
const FATIGUE: u8 = 1 << 3;

/// What a rule did, over all trials since it was last taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct RuleSums {
    pub asked: u64,
    pub waited: Millis,
    pub stopped_harmful: u64,
    pub stopped_harmless: u64,
    /// Harmful steps that passed.
    pub missed: u64,
    pub bypassed: u64,
}

impl Course {
    pub(super) fn new(model: &Model) -> Self {
        Self {
            steps: vec![StepCourse::NEW; model.controls.steps.len()],
            places: Vec::new(),
            paced: Vec::new(),
            friction: Friction::default(),
            rules: vec![RuleSums::default(); model.controls.rules.len()],
        }
    }

    pub(super) fn reset(&mut self) {
        if !self.steps.is_empty() {
            self.steps.fill(StepCourse::NEW);
            self.places.clear();
            self.paced.clear();
            self.friction = Friction::default();
        }
    }
}

/// What a gate says.
enum Answer {
    Passes,
    /// Not before so long.
    Waits(Millis),
    /// Never; who refused, counted from 1, or 0 for the rule itself.
    Refuses(u32),
}

impl<'m, W: Watch> Engine<'m, W> {
    /// The sums of what the rules did since they were last taken.
    pub fn take_rules(&mut self) -> Vec<RuleSums> {
        let none = vec![RuleSums::default(); self.course.rules.len()];
        std::mem::replace(&mut self.course.rules, none)
    }

    /// The step as it is executed in this trial: as written, or the form that a slip made of it, or a stage of that.
    pub(super) fn step_of(&self, step: u32) -> &'m Step {
        let model = self.model;
        match self.course.steps.get(step as usize) {
            Some(course) if course.form != NONE => {
                let form = &model.controls.forms[course.form as usize];
                if course.stages == NONE { &form.step } else { &form.stages[course.stage as usize] }
            }
            _ => &model.steps[step as usize],
        }
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
                self.luck.happens(rate, owner, Purpose::Slip, slip as u32)
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
            if matches!(permission, Permission::Denied(_)) {
                // Permissions stand before the last of the rules.
                let rule = self.course.rules.len() - 2;
                self.turn_away(step, rule);
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

    /// Goes from gate to gate until one of them holds the step.
    fn pass_gates(&mut self, step: u32) -> bool {
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
        match &gate.act {
            Act::Ask(ask) => {
                let waits = self.ask(gate, ask);
                if waits == 0 { self.decide(step, gate, ask) } else { Answer::Waits(waits) }
            }
            Act::Refuse => Answer::Refuses(0),
            Act::Window { window, waits } => match closed_for(window, self.now) {
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
    fn ask(&mut self, gate: &Gate, ask: &Ask) -> Millis {
        if ask.person {
            self.course.friction.asked += u64::from(ask.approvers);
            self.course.rules[gate.rule as usize].asked += u64::from(ask.approvers);
        }
        (0..ask.approvers).map(|i| self.draw(ask.latency, gate.entity, Purpose::Latency, i)).max().unwrap_or(0)
    }

    /// All have answered.
    fn decide(&mut self, step: u32, gate: &Gate, ask: &Ask) -> Answer {
        let harmful = self.is_harmful(step);
        let (odds, purpose) = if harmful { (ask.catches, Purpose::Catch) } else { (ask.false_alarms, Purpose::FalseAlarm) };
        let rested = if harmful { ask.rested } else { 1.0 };
        self.mark_prior(odds.prior);
        let first = self.luck.probability(odds.chance, odds.entity).fraction() * rested;
        let mut further = 1.0;
        for i in 0..ask.approvers {
            let chance = Level::from_fraction(first * further).unwrap_or(Level::ONE);
            if self.luck.happens(chance, gate.entity, purpose, i) {
                return Answer::Refuses(i + 1);
            }
            further *= ask.further;
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

    fn hold(&mut self, step: u32, gate: &Gate, lasts: Millis) {
        let state = &mut self.steps[step as usize];
        state.phase = StepPhase::Asking;
        state.version += 1;
        let version = state.version;
        self.course.rules[gate.rule as usize].waited += lasts;
        self.course.friction.waited += lasts;
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
        if self.plan_stopped {
            return self.skip(step);
        }
        let Some(form) = self.form_of(step) else { return };
        let at = self.course.steps[step as usize].gate;
        let gate = &form.gates[at as usize];
        let answer = match &gate.act {
            Act::Ask(ask) => self.decide(step, gate, ask),
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

    pub(super) fn is_harmful(&self, step: u32) -> bool {
        self.form_of(step).and_then(|f| f.harmful).unwrap_or(false)
    }

    /// Whether the step takes damage away that was there before.
    fn is_mending(&self, step: u32) -> bool {
        let spec = self.step_of(step);
        spec.effect == Effect::Mends || !spec.mends.is_empty() && spec.targets.iter().any(|&c| self.cells[c as usize].damaged)
    }

    /// The sign of a step that waits: only one that does damage can come apart from another.
    fn apart(&self, step: u32) -> u8 {
        let harmless = matches!(self.step_of(step).effect, Effect::Nothing | Effect::Snapshots | Effect::Mends);
        if harmless { 0 } else { APART }
    }

    /// Drops signs of what cannot have happened: outages of one source do not come apart, and without damage nothing is
    /// noticed later.
    pub(super) fn close_controls(&mut self) {
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

/// How long a window stays closed from now on; 0 if it is open.
fn closed_for(window: &Window, now: Millis) -> Millis {
    match *window {
        Window::Once { from, to } => {
            if (from..to).contains(&now) {
                to - now
            } else {
                0
            }
        }
        Window::Daily { from, to, start } => {
            let at = (start + now) % DAY;
            let inside = if from < to { (from..to).contains(&at) } else { at >= from || at < to };
            if inside { (to + DAY - at) % DAY } else { 0 }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::HOUR;

    #[test]
    fn windows_close_and_open_across_midnight() {
        let night = Window::Daily { from: 22 * HOUR, to: 6 * HOUR, start: 20 * HOUR };
        assert_eq!(closed_for(&night, 0), 0);
        assert_eq!(closed_for(&night, 2 * HOUR), 8 * HOUR);
        assert_eq!(closed_for(&night, 9 * HOUR), HOUR);
        assert_eq!(closed_for(&night, 10 * HOUR), 0);
        let once = Window::Once { from: HOUR, to: 3 * HOUR };
        assert_eq!([0, HOUR, 2 * HOUR, 3 * HOUR].map(|t| closed_for(&once, t)), [0, 2 * HOUR, HOUR, 0]);
    }
}

//! What the controls have done in a trial: how far each step has come, friction, and sums by rule.
//!
//! In: a model with controls. Out: the state that `controls`, `gates` and `safeguards` write. What decides is there, not here.

use crate::model::{Model, NONE};
use crate::units::Millis;

/// What the controls have done in a trial, and their sums over trials.
#[derive(Debug)]
pub(super) struct Course {
    /// By step; empty without controls.
    pub(super) steps: Vec<StepCourse>,
    /// Which step stands in the place of which; empty if all stand in their own.
    pub(super) places: Vec<u32>,
    /// When steps passed a pace, by rule.
    pub(super) paced: Vec<(u32, Millis)>,
    pub(super) friction: Friction,
    /// A guardrail spared something, or brought it back sooner.
    pub(super) spared: bool,
    /// By rule.
    pub(super) rules: Vec<RuleSums>,
}

/// How far a step has come.
#[derive(Debug, Clone, Copy)]
pub(super) struct StepCourse {
    /// Its form, once it is known.
    pub(super) form: u32,
    /// The next gate.
    pub(super) gate: u32,
    pub(super) admitted: bool,
    /// The gate whose glass is broken; [`NONE`] without.
    pub(super) glass: u32,
    pub(super) repeats: bool,
    pub(super) misreports: bool,
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
    /// What its stages, and a machine's rollback, have seen of its harm.
    pub(super) by_stages: Sight,
    pub(super) by_rollback: Sight,
    /// The rule that it waits for, or [`NONE`]; and since when.
    pub(super) waits_for: u32,
    pub(super) since: Millis,
}

/// What a machine that watches a step has seen of its harm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sight {
    Nothing,
    /// It has, and nothing is known to be spared so far.
    Harm,
    /// It has, and has stopped some.
    Stopped,
}

impl StepCourse {
    pub(super) const NEW: StepCourse = StepCourse {
        form: NONE,
        gate: 0,
        admitted: false,
        glass: NONE,
        repeats: false,
        misreports: false,
        stages: NONE,
        rollback: NONE,
        keep: NONE,
        stage: 0,
        watched: false,
        reverting: false,
        by_stages: Sight::Nothing,
        by_rollback: Sight::Nothing,
        waits_for: NONE,
        since: 0,
    };
}

/// What the controls cost in one trial.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Friction {
    /// People asked.
    pub asked: u64,
    /// Time added before and within steps.
    pub waited: Millis,
    /// Harmless steps that were turned away.
    pub false_stops: u64,
    /// Harmful steps that never began, were cut short, or were taken back.
    pub stops: u64,
    /// By bit, in the order of [`SIGNS`]: what may make harm last longer.
    pub signs: u8,
}

/// How a control can make harm last longer.
pub const SIGNS: [&str; 8] = [
    "a step that mends waited or was refused",
    "outages that would have overlapped came one after the other",
    "damage that would have been noticed sooner, beside that of a refused step, went on",
    "reviewers with too many requests let a harmful step pass",
    "what was kept took longer to bring back than it would have taken to make it anew",
    "a step that does damage waited into hours of more traffic",
    "a machine stopped a step that would have tried again, or rolled itself back later",
    "what was spared, or was back sooner, bore more load than it can take while others were still away",
];

pub(super) const MENDING_WAITED: u8 = 1;
pub(super) const APART: u8 = 1 << 1;
pub(super) const LATER_NOTICE: u8 = 1 << 2;
pub(crate) const FATIGUE: u8 = 1 << 3;
pub(super) const KEPT: u8 = 1 << 4;
/// The one sign that is looked at where more is lost, whether or not the outage is longer.
pub(crate) const BUSIER: u8 = 1 << 5;
pub(super) const CUT_SHORT: u8 = 1 << 6;
pub(super) const OVERRUN: u8 = 1 << 7;

/// What a rule did, over all trials since it was last taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct RuleSums {
    pub asked: u64,
    pub waited: Millis,
    pub stopped_harmful: u64,
    pub stopped_harmless: u64,
    /// Harmful steps that were seen too late to spare anything: all was done, and nothing there to take back, or taking back settled nothing.
    pub late: u64,
    /// Harmful steps that passed.
    pub missed: u64,
    pub bypassed: u64,
    /// Times that a glass was broken.
    pub used: u64,
    /// People who look at that afterwards; they are among those asked.
    pub reviewed: u64,
    /// Until the last of them has.
    pub review: Millis,
}

impl RuleSums {
    /// Adds what the same rule did in other trials.
    pub const fn add(&mut self, other: &RuleSums) {
        self.asked += other.asked;
        self.waited += other.waited;
        self.stopped_harmful += other.stopped_harmful;
        self.stopped_harmless += other.stopped_harmless;
        self.late += other.late;
        self.missed += other.missed;
        self.bypassed += other.bypassed;
        self.used += other.used;
        self.reviewed += other.reviewed;
        self.review += other.review;
    }
}

impl Course {
    pub(super) fn new(model: &Model) -> Self {
        Self {
            steps: vec![StepCourse::NEW; model.controls.steps.len()],
            places: Vec::new(),
            paced: Vec::new(),
            friction: Friction::default(),
            spared: false,
            rules: vec![RuleSums::default(); model.controls.rules.len()],
        }
    }

    pub(super) fn reset(&mut self) {
        if !self.steps.is_empty() {
            self.steps.fill(StepCourse::NEW);
            self.places.clear();
            self.paced.clear();
            self.friction = Friction::default();
            self.spared = false;
        }
    }

    /// A cell has come to bear more load than it can take: without the guardrail it might still be away, and bear none.
    pub(super) const fn overrun(&mut self) {
        if self.spared {
            self.friction.signs |= OVERRUN;
        }
    }
}

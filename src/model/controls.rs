//! What stands between the plan and the world, compiled: forms of steps and the gates before them.
//!
//! In: nothing (filled by `guard`). Out: what the engine reads when a step begins. Empty for a plan without actor and
//! guardrails. Everything that can be known before a trial is known here: a trial only draws.

use super::{Odds, Step};
use crate::scenario::controls::{Slip, Window};
use crate::units::{Level, Millis};
use std::ops::Range;

/// Controls of a plan; empty if nothing stands in between.
#[derive(Debug, Clone, Default)]
pub struct Controls {
    /// By step.
    pub steps: Vec<Guarded>,
    /// Every form of every step, grouped by step, the literal one first.
    pub forms: Vec<Form>,
    /// Names of what decides, by position: guardrails in the order of the file, then permissions and confirmation.
    pub rules: Vec<Rule>,
}

/// Something that decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The id in the file.
    pub id: String,
    /// Its kind, as files call it.
    pub kind: &'static str,
}

/// A step and how it can go wrong before it begins.
#[derive(Debug, Clone)]
pub struct Guarded {
    /// Its literal form.
    pub literal: u32,
    /// Slips that change what is executed, in order of precedence, each with the forms it can lead to.
    pub slips: Vec<(Slip, Rate, Range<u32>)>,
    /// Slips in how it is executed.
    pub manners: Vec<(Slip, Rate)>,
}

/// How often a slip happens.
#[derive(Debug, Clone, Copy)]
pub enum Rate {
    /// With a chance from the file.
    Given(Odds),
    /// With a rate of the evidence, drawn once per trial, times the factor of the profile.
    Prior {
        /// The distribution of the rate.
        dist: u32,
        /// Its key.
        entity: u64,
        /// The factor.
        times: f64,
    },
}

/// A step as it would be executed.
#[derive(Debug, Clone)]
pub struct Form {
    /// What runs.
    pub step: Step,
    /// The same in stages, if a gate says so.
    pub stages: Vec<Step>,
    /// It takes something away.
    pub destructive: bool,
    /// Which slip leads here; none for the step as written.
    pub slip: Option<Slip>,
    /// `verb target`, for timelines.
    pub text: String,
    /// Alone and unguarded it would more likely than not do harm; `None` if no gate asks.
    pub harmful: Option<bool>,
    /// Who allowed or denied it.
    pub permission: Permission,
    /// What it has to pass, in order.
    pub gates: Vec<Gate>,
}

/// The answer to whether the role may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Permission {
    /// Nobody asks: no role is named.
    Unasked,
    /// Allowed, by this rule.
    Allowed(String),
    /// Denied, by this rule.
    Denied(String),
}

/// A guardrail before a form.
#[derive(Debug, Clone)]
pub struct Gate {
    /// Which, in [`Controls::rules`].
    pub rule: u32,
    /// Key of its luck at this step.
    pub entity: u64,
    /// How it may be passed by.
    pub bypass: Bypass,
    /// What it does.
    pub act: Act,
}

/// How a gate may be passed by.
#[derive(Debug, Clone, Copy)]
pub enum Bypass {
    /// Not at all.
    Never,
    /// The role of the actor is exempt.
    Role,
    /// By chance.
    Chance(Odds),
}

/// What a gate does. Durations are ids of distributions.
#[derive(Debug, Clone)]
pub enum Act {
    /// There is a way past what follows.
    BreakGlass(Glass),
    /// Somebody is asked, and the step waits for the slowest answer.
    Ask(Ask),
    /// The step never begins.
    Refuse,
    /// Nothing begins in a window of time.
    Window {
        /// When.
        window: Window,
        /// It waits for the end; else it is refused.
        waits: bool,
    },
    /// So many steps in a time.
    Pace {
        /// How many.
        steps: u32,
        /// In which time.
        per: Millis,
    },
    /// A copy is made first.
    Snapshot {
        /// How long that takes.
        takes: u32,
    },
    /// The step runs in [`Form::stages`].
    Stages {
        /// How long each is watched, or [`super::NONE`].
        bake: u32,
        /// By stage: the chance that it exercises the fault.
        exercises: Vec<Level>,
        /// The chance that a fault which shows is noticed.
        detects: Odds,
    },
    /// Deletions can be undone for a while.
    Keep {
        /// For how long.
        lasts: Millis,
        /// How long bringing it back takes; [`super::NONE`] is as long as a revert.
        undelete: u32,
    },
    /// Noticed damage is rolled back by machine.
    Rollback {
        /// If noticed so soon.
        within: Millis,
        /// How long it takes; [`super::NONE`] is as long as the plan's own rollback.
        takes: u32,
        /// The chance that it works; by the kind of damage if not given.
        works: Option<Odds>,
    },
}

/// A way past other gates of a form, for an actor that may break the glass.
#[derive(Debug, Clone)]
pub struct Glass {
    /// The chance that it is broken.
    pub used: Odds,
    /// Who is asked first, if anybody.
    pub ask: Option<Ask>,
    /// What the role says whose permissions count then.
    pub permission: Permission,
    /// The gates of the form that it opens.
    pub opens: Vec<u32>,
}

/// How somebody is asked.
#[derive(Debug, Clone)]
pub struct Ask {
    /// People, or 1 for a machine.
    pub approvers: u32,
    /// A person is asked, which counts as friction; else a dry run.
    pub person: bool,
    /// Time to answer.
    pub latency: u32,
    /// The chance that the first catches harm, rested.
    pub catches: Odds,
    /// What load leaves of it.
    pub rested: f64,
    /// What of it is left with each further one, who relies on those before.
    pub further: f64,
    /// The chance that one refuses what is harmless.
    pub false_alarms: Odds,
    /// What was shown, for timelines.
    pub shown: &'static str,
}

impl Form {
    /// The glass in front of it, if the actor may break one: always its first gate.
    #[must_use]
    pub fn glass(&self) -> Option<&Glass> {
        match self.gates.first().map(|gate| &gate.act) {
            Some(Act::BreakGlass(glass)) => Some(glass),
            _ => None,
        }
    }
}

impl Controls {
    /// The most people that a trial can ask: every step in the form that asks most. No step is asked for twice.
    #[must_use]
    pub fn most_asked(&self) -> u64 {
        let asked = |gate: &Gate| match &gate.act {
            Act::Ask(ask) | Act::BreakGlass(Glass { ask: Some(ask), .. }) if ask.person => u64::from(ask.approvers),
            _ => 0,
        };
        let most = |guarded: &Guarded| {
            let literal = guarded.literal..guarded.literal + 1;
            let forms = guarded.slips.iter().map(|(.., forms)| forms.clone()).chain([literal]).flatten();
            forms.map(|form| self.forms[form as usize].gates.iter().map(asked).sum::<u64>()).max().unwrap_or(0)
        };
        self.steps.iter().map(most).sum()
    }

    /// Whether anything stands in between.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }
}

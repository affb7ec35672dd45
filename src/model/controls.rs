//! What stands between the plan and the world, compiled: forms of steps and the gates before them.
//!
//! In: nothing (filled by `guard`). Out: what the engine reads when a step begins. Empty for a plan without actor and
//! guardrails. Everything that can be known before a trial is known here: a trial only draws.

use super::{Odds, Step};
use crate::scenario::controls::{Slip, Window};
use crate::units::{Level, Millis};
use std::ops::Range;
use std::sync::Arc;

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

/// A step as it would be executed. What no guardrail changes is shared by all models of the same ground.
#[derive(Debug, Clone)]
pub struct Form {
    /// What runs.
    pub step: Arc<Step>,
    /// The same in stages, if a gate says so.
    pub stages: Vec<Stage>,
    /// It takes something away.
    pub destructive: bool,
    /// Which slip leads here; none for the step as written.
    pub slip: Option<Slip>,
    /// `verb target`, for timelines.
    pub text: Arc<str>,
    /// Alone and unguarded it would more likely than not do harm; `None` if no gate asks.
    pub harmful: Option<bool>,
    /// Who allowed or denied it.
    pub permission: Permission,
    /// What it has to pass, in order.
    pub gates: Vec<Gate>,
}

/// A part of a step that is watched before the next one begins.
#[derive(Debug, Clone)]
pub struct Stage {
    /// What runs.
    pub step: Arc<Step>,
    /// The chance that it exercises the fault.
    pub exercises: Level,
}

/// The answer to whether the role may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Permission {
    /// Nobody asks: no role is named.
    Unasked,
    /// Allowed, by this rule.
    Allowed(Arc<str>),
    /// Denied, by this rule.
    Denied(Arc<str>),
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
    BreakGlass(Box<Glass>),
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
    /// Who looks at it afterwards, if anybody.
    pub review: Option<Review>,
}

/// What is asked of people once a glass was broken: nothing waits for it, and nothing is undone by it.
#[derive(Debug, Clone, Copy)]
pub struct Review {
    /// How many.
    pub people: u32,
    /// How long until each has.
    pub takes: u32,
}

/// People who are asked about a step if nothing is refused.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Request {
    /// The step.
    pub step: usize,
    /// By which of [`Controls::rules`].
    pub rule: usize,
    /// How many, in the mean.
    pub people: f64,
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

impl Glass {
    /// People who are asked if it is broken: before and after.
    #[must_use]
    pub fn asks(&self) -> u32 {
        self.ask.as_ref().map_or(0, |ask| ask.approvers) + self.review.map_or(0, |review| review.people)
    }
}

impl Act {
    /// Those whom it asks beforehand.
    #[must_use]
    pub fn ask(&self) -> Option<&Ask> {
        match self {
            Act::Ask(ask) => Some(ask),
            Act::BreakGlass(glass) => glass.ask.as_ref(),
            _ => None,
        }
    }

    /// The same, to tell them something.
    pub fn ask_mut(&mut self) -> Option<&mut Ask> {
        match self {
            Act::Ask(ask) => Some(ask),
            Act::BreakGlass(glass) => glass.ask.as_mut(),
            _ => None,
        }
    }
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
            Act::Ask(ask) if ask.person => u64::from(ask.approvers),
            Act::BreakGlass(glass) => u64::from(glass.asks()),
            _ => 0,
        };
        let most = |guarded: &Guarded| {
            let literal = guarded.literal..guarded.literal + 1;
            let forms = guarded.slips.iter().map(|(.., forms)| forms.clone()).chain([literal]).flatten();
            forms.map(|form| self.forms[form as usize].gates.iter().map(asked).sum::<u64>()).max().unwrap_or(0)
        };
        self.steps.iter().map(most).sum()
    }

    /// What is asked of people by guardrails of the file about the plan as it is written, if nothing is refused: what a glass opens is not asked
    /// where it is broken, but who looks at that afterwards is.
    pub fn requests(&self) -> impl Iterator<Item = Request> {
        let guardrails = self.guardrails();
        self.steps.iter().enumerate().flat_map(move |(step, guarded)| {
            let form = &self.forms[guarded.literal as usize];
            let glass = form.glass();
            let broken = glass.map_or(0.0, |glass| glass.used.chance.mean());
            (0..).zip(&form.gates).filter_map(move |(at, gate)| {
                let opened = glass.is_some_and(|glass| glass.opens.contains(&at));
                let asked = match gate.bypass {
                    Bypass::Never => 1.0,
                    Bypass::Role => 0.0,
                    Bypass::Chance(odds) => 1.0 - odds.chance.mean(),
                };
                let people = asked
                    * match &gate.act {
                        Act::Ask(ask) if ask.person => f64::from(ask.approvers) * if opened { 1.0 - broken } else { 1.0 },
                        Act::BreakGlass(glass) => broken * f64::from(glass.asks()),
                        _ => 0.0,
                    };
                let rule = gate.rule as usize;
                (rule < guardrails && people > 0.0).then_some(Request { step, rule, people })
            })
        })
    }

    /// How many of the rules are guardrails of the file; permissions and confirmation follow them.
    #[must_use]
    pub fn guardrails(&self) -> usize {
        self.rules.len().saturating_sub(2)
    }

    /// Whether anything stands in between.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }
}

//! Actor, guardrails and what they cost, as data.
//!
//! In: nothing (built by `summary`). Out: parts of the report that are there only if the file has an actor or guardrails;
//! friction is always there.

use super::data::{Delta, Quantiles};
use serde::Serialize;

/// What the controls cost, per trial.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Friction {
    /// People asked.
    pub approvals: Quantiles,
    /// Hours that gates and stages added; those of steps side by side add up.
    pub hours: Quantiles,
    /// Harmless steps that were turned away; what comes after them is not counted again.
    pub false_stops: Quantiles,
}

/// Who acts, and what every step has to pass.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Controls {
    /// Who acts, if the file says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<Actor>,
    /// By step, as written in the plan.
    pub steps: Vec<StepControls>,
    /// Share of trials in which a harmful step was stopped.
    pub stopped: f64,
}

/// Who acts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Actor {
    /// Its profile.
    pub profile: String,
    /// The role whose permissions it has; empty if none is named.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub role: String,
    /// The role is its operator's.
    pub inherited: bool,
    /// Whether it errs.
    pub errors: bool,
    /// How well its error rates are supported.
    pub support: String,
}

/// A step and what stands before it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StepControls {
    /// Its id.
    pub step: String,
    /// The role may take it; so it is if nobody asks.
    pub permitted: bool,
    /// The rule that decided; empty if nobody asks.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub rule: String,
    /// The denied step that it comes after, so that it never runs; empty without one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub behind: String,
    /// Alone and unguarded it more likely than not does harm; absent if no gate asks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub harmful: Option<bool>,
    /// Guardrails that it meets, in order.
    pub guardrails: Vec<String>,
    /// Forms that the actor's slips can make of it.
    pub slips: u64,
    /// The glass that the actor may break before it; absent without one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub glass: String,
}

impl StepControls {
    /// Whether it never runs because the role may not, it or a step that it comes after.
    #[must_use]
    pub const fn is_denied(&self) -> bool {
        !self.permitted && self.glass.is_empty() || !self.behind.is_empty()
    }
}

/// What a guardrail did, per trial, and what would be without it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GuardrailEffect {
    /// Its id; `permissions` and `confirmation` are those of the actor.
    pub name: String,
    /// Its kind.
    pub kind: String,
    /// People asked.
    pub asked: f64,
    /// Hours added.
    pub hours: f64,
    /// Harmful steps stopped.
    pub stopped: f64,
    /// Harmless steps stopped.
    pub false_stops: f64,
    /// Harmful steps that it saw too late to spare anything: all was done, and taking it back settled nothing. None of these is
    /// stopped, and the plan goes no further. Absent if none.
    #[serde(skip_serializing_if = "is_zero")]
    pub late: f64,
    /// Harmful steps that it let pass.
    pub missed: f64,
    /// Steps that passed it by.
    pub bypassed: f64,
    /// Times that a glass was broken; absent if never.
    #[serde(skip_serializing_if = "is_zero")]
    pub used: f64,
    /// People who look at that afterwards, among those asked; absent if none.
    #[serde(skip_serializing_if = "is_zero")]
    pub reviewed: f64,
    /// Hours until the last of them has, which nothing waits for; absent if none.
    #[serde(skip_serializing_if = "is_zero")]
    pub review_hours: f64,
    /// Minutes of the headline outage: with it minus without it, trial by trial; absent if not examined.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outage_min: Option<Delta>,
}

/// Why a variant's outage lasts longer in some trials, or why more is lost.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Longer {
    /// What is larger: `outage`, or `losses` of requests and customer-minutes.
    pub of: &'static str,
    /// The reason, in words.
    pub reason: String,
    /// Share of all trials in which it is larger and that show it.
    pub share: f64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "what serde asks for")]
fn is_zero(value: &f64) -> bool {
    *value == 0.0
}

//! A verdict as data: what `--format json` adds to a report for `score`, and all that other formats show of it.
//!
//! In: nothing (built by `verdict`). Out: what the formats draw. A field that does not apply is left out.

pub use super::alone::{Alone, LeftOut};
use super::data::Quantiles;
use super::place::Place;
pub use crate::findings::Weight;
use indexmap::IndexMap;
use serde::Serialize;

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants a reference")]
fn is_zero(n: &u64) -> bool {
    *n == 0
}

/// What to do with a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Decision {
    Allow,
    Review,
    Block,
}

impl Decision {
    /// The word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Decision::Allow => "allow",
            Decision::Review => "review",
            Decision::Block => "block",
        }
    }
}

/// The verdict on a plan.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verdict {
    /// What to do.
    pub decision: Decision,
    /// Why, the most important first: limits that hold, what could not be decided, what is not known.
    pub reasons: Vec<String>,
    /// How sure that no limit was decided wrongly.
    pub confidence: f64,
    /// Trials that were needed.
    pub trials: u64,
    /// Trials that could have been spent.
    pub budget: u64,
    /// Where the limits come from: a file, or the shipped appetite.
    pub appetite: String,
    /// The world, where it is not the one that the plan names.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub world: String,
    /// What it was judged with, as options that can be pasted behind the name of the plan.
    #[serde(skip)]
    pub with: String,
    /// Every limit, and what became of it.
    pub limits: Vec<LimitState>,
    /// Targets that nobody described.
    pub unknown_targets: u64,
    /// Where default figures are widened because something is not described; absent if nowhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub widened: Option<Widened>,
    /// How well each step's surroundings are declared.
    pub steps: Vec<StepCoverage>,
    /// How much of the SLOs' budgets burns; absent without an objective.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slo: Option<SloReport>,
    /// Each of the heaviest steps left out, under the same luck.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alone: Option<Alone>,
    /// What would change the verdict, the smallest change first.
    pub flips: Vec<Flip>,
    /// Changes that were tried and not followed until their verdict was known.
    #[serde(skip_serializing_if = "is_zero")]
    pub flips_open: u64,
    /// What this verdict holds for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub binding: Option<Binding>,
}

/// A limit of the appetite.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LimitState {
    /// As written.
    pub text: String,
    /// What it leads to if it holds.
    pub verdict: Decision,
    /// Whether it holds; absent if that could not be decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holds: Option<bool>,
    /// Its outputs as far as they are known, by path.
    pub values: IndexMap<String, f64>,
    /// For outputs that trials count: the bounds within which the share of the trials beyond the limit lies.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub shares: IndexMap<String, ShareBounds>,
    /// After how many trials it was decided; 0 if none were needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_after: Option<u64>,
    /// Why it could not be decided.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Where it stands, in the appetite.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

/// The share of the trials beyond a bound, and the share that the limit allows.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ShareBounds {
    /// Counted.
    pub share: f64,
    /// What the limit allows.
    pub allowed: f64,
}

/// Default figures that are less certain because something is not described.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Widened {
    /// At which services, in the order of the plan.
    pub services: Vec<String>,
    /// The default that says by how much.
    pub prior: String,
    /// How well it is supported.
    pub support: String,
    /// One time in twenty a figure is so many times as long for that reason alone; the medians stay.
    pub p95_factor: f64,
    /// Whether targets that nobody described are the reason: then it is all that the plan acts on.
    pub unknown_targets: bool,
}

impl Widened {
    /// In a sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        let shown: Vec<String> = self.services.iter().take(3).map(|name| crate::diag::tick(name)).collect();
        let more = self.services.len().saturating_sub(3);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let why =
            if self.unknown_targets { "the plan touches what nobody described" } else { "not all that they need is described" };
        let (names, times) = (shown.join(", "), self.p95_factor);
        format!(
            "widened: default durations at {names}{more}, since {why} (`{}`, {}: one in twenty {times:.1} times as long, medians unchanged)",
            self.prior, self.support
        )
    }
}

/// How well a step's surroundings are declared.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StepCoverage {
    /// The step.
    pub id: String,
    /// 0 for an unknown target.
    pub coverage: f64,
    /// Cells that it can reach.
    pub reach: u64,
}

/// What a look at the plan shows before anything is simulated.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    /// Code of its rule.
    pub code: String,
    /// Title of its rule.
    pub title: String,
    /// How bad.
    pub weight: Weight,
    /// What is the matter.
    pub message: String,
    /// What to do, or a command that settles a doubt.
    pub hint: String,
    /// The steps that it is about.
    pub steps: Vec<String>,
    /// The cells or names that it is about.
    pub subjects: Vec<String>,
    /// Where, in the plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

/// How much of the budgets burns.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SloReport {
    /// The worst objective of each trial; 1 is the whole budget.
    pub budget_burnt: Quantiles,
    /// By objective.
    pub objectives: IndexMap<String, ObjectiveReport>,
}

/// One objective.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ObjectiveReport {
    /// Whose.
    pub service: String,
    /// The part that must be good.
    pub target: f64,
    /// Over how long, in minutes.
    pub window_min: f64,
    /// `time` or `requests`.
    pub counts: &'static str,
    /// 1 is the whole budget of the window.
    pub budget_burnt: Quantiles,
    /// Where it is declared.
    pub source: String,
}

impl Verdict {
    /// Whether the decision hangs on a limit: it holds; or it is open, and nothing else asks for what it would ask for.
    #[must_use]
    pub fn hangs_on(&self, limit: &LimitState) -> bool {
        let asked_for = limit.verdict == Decision::Review && self.reasons.iter().any(|r| r.starts_with("review: "));
        limit.holds.unwrap_or(self.decision == Decision::Review && !asked_for)
    }

    /// That no change leads to another verdict, as far as that is known; nothing where one does, or none was looked for.
    #[must_use]
    pub fn nothing_flips(&self) -> Option<&'static str> {
        let alone = self.alone.as_ref().filter(|_| self.flips.is_empty() && self.flips_open == 0)?;
        let known = alone.not_tried == 0 && alone.steps.iter().all(|step| step.decision.is_some());
        Some(if known {
            "No single step, and no two or three of the heaviest, left out leads to another verdict."
        } else {
            "No change that was followed to its end leads to another verdict; steps that are open, or were not tried, may."
        })
    }
}

/// A change that leads to another verdict.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Flip {
    /// What to change.
    pub change: String,
    /// The verdict then.
    pub decision: Decision,
    /// A command that settles it without changing anything, if there is one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub command: String,
}

/// What a verdict holds for: fingerprints, and until when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "fingerprints of the parts that they name")]
pub struct Binding {
    pub plan: String,
    pub targets: String,
    pub world: String,
    pub guardrails: String,
    pub appetite: String,
    pub objectives: String,
    /// Version of the program and digest of its defaults.
    pub engine: String,
    /// When it was given, UTC.
    pub issued: String,
    /// Until when it holds, UTC.
    pub expires: String,
    /// Why it holds for a start near one hour only, and near which; absent where the hour is all the same.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub hour: String,
    /// Fingerprint of the whole document without this line; keyed, if a key was given.
    pub seal: String,
}

//! Advice as data: safer plans beside the one that was proposed.
//!
//! In: nothing (built by `advise`). Out: what the formats draw.

use super::verdict::Decision;
use serde::Serialize;

/// Version of the layout.
pub const SCHEMA: &str = "foreshock.advice/1";

/// Safer plans.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Advice {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// Version of the program.
    pub foreshock: &'static str,
    /// The plan, as the user named it.
    pub file: String,
    /// Its title.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// Where all luck came from.
    pub seed: u64,
    /// Trials of each plan, under the same luck.
    pub trials: u64,
    /// Plans that were tried.
    pub tried: u64,
    /// The plan as it was proposed.
    pub proposed: Figures,
    /// Safer ones, the best first; empty if nothing helps.
    pub plans: Vec<Safer>,
}

/// What a plan comes to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figures {
    /// The verdict.
    pub decision: Decision,
    /// The headline outage, mean minutes.
    pub outage_min: f64,
    /// The headline outage, 95th percentile.
    pub outage_p95_min: f64,
    /// Minutes below objective, summed over cells, mean.
    pub cells_min: f64,
    /// Minutes of data lost, mean over all trials.
    pub data_lost_min: f64,
    /// Share of the trials in which data is lost for good.
    pub data_lost_for_good: f64,
    /// How long the plan takes, mean hours.
    pub plan_hours: f64,
    /// Approvals asked, mean.
    pub approvals: f64,
}

/// A safer plan.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Safer {
    /// What was changed.
    pub changes: Vec<String>,
    /// By which rules.
    pub rules: Vec<&'static str>,
    /// Whether it does less than was asked for.
    pub does_less: bool,
    /// What it comes to.
    pub figures: Figures,
    /// Mean minutes of the headline outage that it avoids.
    pub avoided_min: f64,
    /// Share of the trials in which it is better, and in which it is worse.
    pub better: f64,
    /// The trials in which it is worse.
    pub worse: f64,
    /// Hours that it adds.
    pub added_hours: f64,
    /// The plan as a document.
    pub plan: String,
}

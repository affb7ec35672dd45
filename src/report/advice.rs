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
    /// What the plans were judged with, as options of a command.
    #[serde(skip)]
    pub with: String,
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
    /// What could not be tried, and why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_tried: Vec<String>,
}

impl Advice {
    /// Of the plan as proposed, then of the safer ones.
    pub fn figures(&self) -> impl Iterator<Item = &Figures> {
        std::iter::once(&self.proposed).chain(self.plans.iter().map(|plan| &plan.figures))
    }
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
    /// Minutes of data lost, mean over all trials; of several stores, their sum.
    pub data_lost_min: f64,
    /// Stores of which data is lost in one trial, at most.
    pub data_stores: u64,
    /// Share of the trials in which data is lost for good.
    pub data_lost_for_good: f64,
    /// Share of the trials in which the plan is not run to its end although no guardrail refuses a step. Where a changed plan alone
    /// stops short, it counts for at least the harm of the plan as proposed: what is not done is not avoided.
    pub stops_short: f64,
    /// How long the plan takes, mean hours.
    pub plan_hours: f64,
    /// Approvals asked, mean.
    pub approvals: f64,
    /// What is lost, where the world says how traffic varies by the hour and the plan when it starts.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub lost: Option<Lost>,
}

impl Figures {
    /// How data loss is counted where that is not plain: `sum of 2 stores`.
    #[must_use]
    pub fn of_stores(&self) -> Option<String> {
        (self.data_stores > 1).then(|| format!("sum of {} stores", self.data_stores))
    }
}

impl Safer {
    /// How it does less than was asked for, in a few words behind its changes; nothing where it does not.
    #[must_use]
    pub fn less(&self) -> String {
        let short = super::figures::percent(self.figures.stops_short);
        match (self.does_less, self.figures.stops_short > 0.0) {
            (false, _) => String::new(),
            (true, false) => " (does less)".to_owned(),
            (true, true) => format!(" (does less: not run to its end in {short})"),
        }
    }
}

/// What is lost on average: customer-minutes where the world says how many customers there are, else requests.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub enum Lost {
    /// Customer-minutes.
    #[serde(rename = "minutes_lost")]
    Minutes(f64),
    /// Requests.
    #[serde(rename = "requests_lost")]
    Requests(f64),
}

impl Lost {
    /// How much.
    #[must_use]
    pub const fn amount(self) -> f64 {
        match self {
            Lost::Minutes(amount) | Lost::Requests(amount) => amount,
        }
    }

    /// Of what.
    #[must_use]
    pub const fn unit(self) -> &'static str {
        match self {
            Lost::Minutes(_) => "customer-minutes",
            Lost::Requests(_) => "requests",
        }
    }
}

/// A safer plan.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Safer {
    /// What was changed.
    pub changes: Vec<String>,
    /// By which rules.
    pub rules: Vec<&'static str>,
    /// Whether it does less than was asked for: by its rules, or because it stops short more often.
    pub does_less: bool,
    /// What it comes to.
    pub figures: Figures,
    /// Mean minutes of the headline outage that it avoids.
    pub avoided_min: f64,
    /// Share of the trials in which it is better, and in which it is worse: in outage, or in what is lost where that is told.
    pub better: f64,
    /// The trials in which it is worse.
    pub worse: f64,
    /// Hours that it adds.
    pub added_hours: f64,
    /// Hours by which it starts later.
    #[serde(skip_serializing_if = "is_zero")]
    pub waits_hours: f64,
    /// The plan as a document.
    pub plan: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the form that serde asks for")]
fn is_zero(hours: &f64) -> bool {
    *hours == 0.0
}

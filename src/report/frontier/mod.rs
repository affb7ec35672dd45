//! The answer of an experiment as data: exactly what `--format json` prints, and all that any other form shows.
//!
//! In: nothing (built by `tune::answer`). Out: what the formats draw. Objectives and limits are in the units that their paths name;
//! settings are named by their place in [`Frontier::settings`].

pub mod by_name;
pub mod words;

use super::figures::whole;
use by_name::{ByName, Word};
use indexmap::IndexMap;
use serde::Serialize;

/// Version of the layout.
pub const SCHEMA: &str = "foreshock.frontier/1";

/// The answer of an experiment.
#[derive(Debug, Clone, PartialEq, Serialize, Default)]
pub struct Frontier {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// Version of the program.
    pub foreshock: &'static str,
    /// What was asked.
    pub experiment: ExperimentInfo,
    /// Where all luck came from.
    pub seed: u64,
    /// False when the search was cut short (Ctrl-C); the figures then cover what was tried by then.
    pub complete: bool,
    /// Confidence of the frontier and of every interval.
    pub confidence: f64,
    /// What the search took.
    pub effort: Effort,
    /// What varied.
    pub parameters: Vec<Parameter>,
    /// What was made small or large.
    pub objectives: Vec<Objective>,
    /// What must hold.
    pub limits: Vec<Limit>,
    /// The plans.
    pub plans: Plans,
    /// Every setting that was tried.
    pub settings: Vec<Setting>,
    /// Settings that nobody beats, by their first objective, the best first.
    pub frontier: Vec<usize>,
    /// Settings that are left out by what was seen of them, and not with the confidence: any of them may belong to the frontier.
    pub unsettled: Vec<usize>,
    /// The setting of the frontier nearest to the best of every objective at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub knee: Option<usize>,
    /// What to do; absent if no setting keeps the limits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recommendation: Option<Recommendation>,
    /// The setting of today.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current: Option<Current>,
    /// Which parameter moves which objective, the strongest first.
    pub sensitivity: Vec<Effect>,
    /// Plans that still do harm under the recommendation, the worst first.
    pub through: Vec<Through>,
    /// Settings that were tried with other defaults, the recommended one first: no other is looked at for [`Frontier::regret`].
    pub compared: Vec<usize>,
    /// What the recommendation costs if a default is wrong.
    pub regret: Vec<Regret>,
    /// What the reader must know before believing the answer.
    pub notes: Vec<String>,
    /// What was learnt, in sentences.
    pub learnt: Vec<String>,
}

impl Frontier {
    /// What settings are compared by where some got more plan runs than others, as the end of a phrase; empty where all got as many.
    pub(crate) fn alike(&self) -> String {
        let alike = self.effort.trials_alike;
        let more = self.settings.iter().any(|setting| setting.runs > alike);
        if more { format!(" in the first {} plan runs, which each of them got", whole(alike)) } else { String::new() }
    }
}

/// What was asked.
#[derive(Debug, Clone, PartialEq, Serialize, Default)]
pub struct ExperimentInfo {
    /// Its title.
    pub title: String,
    /// Its paragraph.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub about: String,
    /// What its author learnt.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub learnt: String,
    /// The file, as the user named it.
    pub file: String,
    /// What else it was read with, as options that can be pasted behind a command, each behind a blank.
    #[serde(skip)]
    pub with: String,
    /// SHA-256 over the resolved documents.
    pub digest: String,
}

/// What the search took.
#[derive(Debug, Clone, PartialEq, Serialize, Default)]
pub struct Effort {
    /// `race`, `grid` or `sobol`.
    pub search: String,
    /// Settings that were tried, out of how many.
    pub settings: u64,
    /// Settings of the whole grid.
    pub grid: u64,
    /// Rounds of trials.
    pub rounds: u32,
    /// Plan runs simulated.
    pub trials: u64,
    /// Plan runs that a grid with the same trials for every setting takes; settings that face a plan alike share them, where that is known.
    pub grid_trials: u64,
    /// Plan runs that a setting gets at most.
    pub trials_per_setting: u64,
    /// Plan runs that every setting got: what moves what is told by these.
    pub trials_alike: u64,
}

/// Something that varied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Its values.
    pub values: Vec<String>,
}

/// Something that was made small or large.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Objective {
    /// The output's path.
    pub path: String,
    /// `minimise` or `maximise`.
    pub direction: &'static str,
    /// `minutes`, `hours`, `customer-minutes`, `count` or `share`.
    pub unit: &'static str,
    /// `per week` or `per plan run`.
    pub per: &'static str,
}

/// Something that must hold.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Limit {
    /// The output's path.
    pub path: String,
    /// `at-most` or `at-least`.
    pub direction: &'static str,
    /// The figure.
    pub bound: f64,
    /// What it counts.
    pub unit: &'static str,
    /// How sure it must be.
    pub confidence: f64,
    /// Settings that are shown to keep it, to break it, and neither.
    pub kept: u64,
    /// Settings that break it.
    pub broken: u64,
    /// Settings of which neither is shown.
    pub open: u64,
    /// If no setting keeps it: the one that comes nearest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nearest: Option<usize>,
}

/// The plans of the corpus.
#[derive(Debug, Clone, PartialEq, Serialize, Default)]
pub struct Plans {
    /// How many.
    pub count: u64,
    /// Of those, from files.
    pub from_files: u64,
    /// Runs in a week.
    pub per_week: f64,
    /// Plans with a step that does harm as it is written.
    pub harmful: u64,
}

/// A figure with its interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Figure {
    pub value: f64,
    pub low: f64,
    pub high: f64,
}

/// A setting.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Setting {
    /// Value by parameter.
    pub values: ByName<Word>,
    /// By path of the objective; none if it was not tried.
    pub objectives: ByName<Figure>,
    /// By path of the limit.
    #[serde(skip_serializing_if = "ByName::is_empty")]
    pub limits: ByName<Figure>,
    /// Plan runs that its figures rest on.
    pub runs: u64,
    /// Nobody beats it.
    pub on_frontier: bool,
    /// What became of it: `frontier`, `same`, `beaten`, `tied`, `breaks a limit`, `limit not shown`, `open`.
    pub fate: &'static str,
    /// By or with which setting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other: Option<usize>,
    /// Whether that holds with the confidence; else the values alone say so.
    pub sure: bool,
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Recommendation {
    /// Which setting.
    pub setting: usize,
    /// Why this one, in sentences.
    pub reason: Vec<String>,
}

/// The setting of today beside the recommended one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Current {
    /// Which setting.
    pub setting: usize,
    /// Recommended minus current under the same luck, by path of the objective.
    pub moving: IndexMap<String, Figure>,
    /// In a sentence.
    pub sentence: String,
}

/// How much of an objective's spread over the settings a parameter explains, or two together beyond each.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Effect {
    /// The objective.
    pub objective: String,
    /// One parameter, or two.
    pub parameters: Vec<String>,
    /// The part of the variance over all settings.
    pub share: f64,
    /// For one parameter: the mean of the objective by value.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub means: Vec<ValueMean>,
}

/// The mean of an objective over the settings with one value of a parameter.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ValueMean {
    /// The value.
    pub value: String,
    /// The mean.
    pub mean: f64,
}

/// A plan that still does harm.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Through {
    /// The file, or the name of the generated plan.
    pub plan: String,
    /// Its title.
    pub title: String,
    /// How often a week it runs.
    pub per_week: f64,
    /// The part of the week's harm that it does.
    pub share: f64,
    /// Its harm in a week, in the unit of the objective.
    pub harm: f64,
    /// Runs in which it did harm.
    pub harmful_runs: f64,
    /// Runs in which a guardrail stopped harm.
    pub stopped_runs: f64,
    /// Why it gets through.
    pub why: String,
}

/// What the recommendation costs if a default is wrong.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Regret {
    /// The default.
    pub prior: String,
    /// How well it is supported.
    pub support: String,
    /// `p10` or `p90`.
    pub at: &'static str,
    /// What would be recommended then.
    pub best: usize,
    /// Recommended minus that one, by path of the objective.
    pub loses: IndexMap<String, f64>,
    /// The recommendation's own objectives then.
    pub then: IndexMap<String, f64>,
    /// The recommendation is still on the frontier.
    pub stands: bool,
}

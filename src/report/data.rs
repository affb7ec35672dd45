//! The report as data: exactly what `--format json` prints, and all that any other format shows.
//!
//! In: nothing (built by `summary`). Out: what `report::{text, markdown, json}` draw. Times are
//! minutes. A field that does not apply is left out, never null or invented.

pub use super::controls::{Actor, Controls, Friction, GuardrailEffect, Longer, StepControls};
pub use super::counted::Counted;
use super::pictures::Pictures;
use super::place::Place;
pub use super::rare::Rare;
use indexmap::IndexMap;
use serde::Serialize;

/// Version of the layout; a change that breaks readers raises the number.
pub const SCHEMA: &str = "foreshock.report/1";

/// The result of a scenario.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// Version of the program.
    pub foreshock: &'static str,
    /// What was run.
    pub scenario: ScenarioInfo,
    /// Where all luck came from.
    pub seed: u64,
    /// Trials run.
    pub trials: u64,
    /// False when the run was cut short (Ctrl-C); the figures then cover `trials` trials.
    pub complete: bool,
    /// How a `precision:` goal ended; absent with `trials:`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub precision: Option<Precision>,
    /// Which engine ran it; absent where a verdict decided how many trials there were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub engine: Option<EngineInfo>,
    /// Confidence of every interval.
    pub confidence: f64,
    /// Share of the plan's surroundings that is declared well enough to trust the answer.
    pub coverage: f64,
    /// What lowers the coverage, most important first.
    pub coverage_notes: Vec<String>,
    /// Regions in which any trial had an affected cell.
    pub regions: u64,
    /// One sentence that answers the question.
    pub headline: String,
    /// Digest of the tally: the same bytes give the same digest, whatever the number of threads.
    pub digest: String,
    /// Trials to look at with `foreshock trace`.
    pub examples: Examples,
    /// The command that gives the same again, where it is not `run`.
    #[serde(skip)]
    pub again: Option<String>,
    /// What else the file was read with, as options that can be pasted behind a command, each behind a blank.
    #[serde(skip)]
    pub with: String,
    /// How it was simulated, where not as by itself, as options each behind a blank.
    #[serde(skip)]
    pub simulated: String,
    /// The set of services that customers use; absent where none is declared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customers: Option<Subject>,
    /// By service, those that any trial touched, most affected first.
    pub services: IndexMap<String, Subject>,
    /// By cell, likewise.
    pub cells: IndexMap<String, Subject>,
    /// By region with customer-facing cells.
    pub region: IndexMap<String, Subject>,
    /// What seldom goes wrong; absent where nothing of the kind was looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rare: Option<Rare>,
    /// How many cells were affected in a trial.
    pub affected_cells: Quantiles,
    /// Share of trials in which data was lost for good.
    pub data_lost_for_good: f64,
    /// Share of trials in which some cell was not recovered at the horizon.
    pub never_recovered: f64,
    /// Share of trials that ran into the bound on events.
    pub truncated: f64,
    /// How long the plan took, from its start to its last step or stop; as long as the trial where that came first.
    pub plan_min: Quantiles,
    /// Share of trials that ended before the plan.
    pub plan_unfinished: f64,
    /// Share of trials in which an incident was opened.
    pub incident: f64,
    /// Share of trials in which the plan did not run to its end.
    pub plan_stopped: f64,
    /// What the controls cost.
    pub friction: Friction,
    /// Who acts, and what every step has to pass; absent without actor and guardrails.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub controls: Option<Controls>,
    /// Where the minutes come from.
    pub why: Why,
    /// Defaults of the evidence that this run used, those that move the headline most first.
    pub defaults: Vec<Default>,
    /// Rings of starts and repairs that wait for each other.
    pub deadlocks: Vec<Deadlock>,
    /// Published figures beside the simulated ones.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub observed: Vec<Observed>,
    /// The lines of `expect`, and whether they held.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub expect: Vec<Expectation>,
    /// What the reader must know before believing the figures.
    pub notes: Vec<String>,
    /// What to do with the plan; only of `score`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<super::verdict::Verdict>,
    /// What a look at the plan shows; only of `score`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<super::verdict::Finding>,
    /// Map and films; only with `--all`, and for formats that draw.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pictures: Option<Pictures>,
    /// The variants, under the same luck.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub variants: IndexMap<String, Variant>,
}

impl Report {
    /// All that is expected of the scenario and its variants, with the variant in words.
    pub fn expected(&self) -> impl Iterator<Item = (String, &Expectation)> {
        let variants = self
            .variants
            .iter()
            .flat_map(|(name, variant)| variant.report.expect.iter().map(move |line| (format!(" (variant {name})"), line)));
        self.expect.iter().map(|line| (String::new(), line)).chain(variants)
    }
}

/// What was run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ScenarioInfo {
    /// Its title.
    pub title: String,
    /// Its paragraph.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub about: String,
    /// The file, as the user named it.
    pub file: String,
    /// SHA-256 over the resolved document.
    pub digest: String,
    /// Cells of the world, and cells that the plan can reach.
    pub cells: u64,
    /// Cells that the plan or a fault can reach.
    pub cone: u64,
    /// How long after the first impact a trial is followed, in minutes; no outage counts as longer.
    pub horizon_min: f64,
    /// When the plan starts, UTC; absent where nobody says.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub starts: String,
    /// Steps of the plan, as `id: verb target`.
    pub steps: Vec<String>,
}

/// How a `precision:` goal ended.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Precision {
    /// The goal.
    pub goal: f64,
    /// Whether it was reached.
    pub reached: bool,
    /// In words, if it was not.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// Which engine ran the trials; the figures are the same with either.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EngineInfo {
    /// `event`, or `interval`.
    pub kind: &'static str,
    /// Cells within reach that needed events.
    pub cells_by_events: u64,
    /// Trials that needed events altogether.
    pub trials_by_events: u64,
}

/// Trials worth a look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Examples {
    /// A trial near the median of the headline outage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub typical: Option<u64>,
    /// A trial near its 95th percentile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bad: Option<u64>,
}

/// What befell a cell, a service, a region or the customer-facing set.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Subject {
    /// Share of trials that ever had each state.
    pub states: States,
    /// Share of trials with an outage (down, failing or degraded).
    pub affected: Proportion,
    /// Minutes of outage, over all trials (0 where untouched).
    pub outage_min: Quantiles,
    /// First impact, over trials with impact; minutes after the first impact anywhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_impact_min: Option<Quantiles>,
    /// End of the last outage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub main_restored_min: Option<Quantiles>,
    /// Level 1, no backlog, no warm-up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub full_recovery_min: Option<Quantiles>,
    /// Requests lost, where traffic is declared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requests_lost: Option<Quantiles>,
    /// Of the customers: who counts for that, where some affected services do not say their traffic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requests_counted: Option<Counted>,
    /// Customer-minutes lost, where `customers` is declared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minutes_lost: Option<Quantiles>,
    /// The same, where some do not say their customers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minutes_counted: Option<Counted>,
    /// Share of trials in which it was not recovered at the horizon.
    pub never_recovered: f64,
    /// Minutes of data lost, over trials with a finite loss.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_lost_min: Option<Quantiles>,
    /// Share of trials in which its data was lost for good.
    pub data_lost_for_good: f64,
    /// Outages as a text-free histogram: upper edges in minutes and counts; services and customers only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub histogram: Option<Histogram>,
    /// How the damage reaches it most often: from the damaged cell to this one; services only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub path: Vec<String>,
}

/// Share of trials that ever had each state.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
#[expect(missing_docs, reason = "MODEL words")]
pub struct States {
    pub down: f64,
    pub failing: f64,
    pub degraded: f64,
    pub lagging: f64,
    pub starved: f64,
    pub exposed: f64,
}

/// A share of trials with its interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Proportion {
    pub mean: f64,
    pub low: f64,
    pub high: f64,
}

/// A distribution in a few numbers, each with its interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Quantiles {
    /// How many trials it speaks of.
    pub count: u64,
    pub mean: f64,
    pub mean_low: f64,
    pub mean_high: f64,
    pub min: f64,
    pub max: f64,
    pub p50: f64,
    pub p50_low: f64,
    pub p50_high: f64,
    pub p90: f64,
    pub p90_low: f64,
    pub p90_high: f64,
    pub p95: f64,
    pub p95_low: f64,
    pub p95_high: f64,
    pub p99: f64,
    pub p99_low: f64,
    pub p99_high: f64,
}

/// Counts between edges; `edges_min[i]` is the upper edge of `counts[i]`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Histogram {
    /// Trials without any outage.
    pub zero: u64,
    /// Upper edges in minutes, ascending.
    pub edges_min: Vec<f64>,
    /// Trials in each.
    pub counts: Vec<u64>,
}

/// Where the minutes come from. Steps add up to `total_min`, and so do stages.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Why {
    /// Mean minutes below objective per trial, summed over cells.
    pub total_min: f64,
    /// By the step or fault whose damage it was.
    pub steps: Vec<Share>,
    /// By what was going on at the damaged cell.
    pub stages: Vec<Share>,
    /// By need on the path; a minute counts at each need it came through.
    pub needs: Vec<Share>,
    /// What each guardrail did, and its paired effect; not a part of the minutes.
    pub guardrails: Vec<GuardrailEffect>,
}

/// A part of the minutes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Share {
    /// A step id, a stage, or `caller -> need`.
    pub name: String,
    /// Mean minutes per trial.
    pub minutes: f64,
    /// Of the total.
    pub share: f64,
}

/// A default of the evidence that this run used.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Default {
    /// Its name in the evidence.
    pub name: String,
    /// What it stands for here, in words.
    pub what: String,
    /// Its distribution, in words.
    pub value: String,
    /// How well it is supported: strong, medium, weak or judgement.
    pub support: String,
    /// Where it comes from.
    pub source: String,
    /// Headline mean with the default fixed at its 10th percentile; absent if not examined.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low_min: Option<f64>,
    /// The same at its 90th percentile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high_min: Option<f64>,
}

/// A ring of waits.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Deadlock {
    /// The cells in it, each waiting for the next, the last for the first.
    pub cycle: Vec<String>,
    /// Share of trials.
    pub probability: f64,
    /// What would break it.
    pub hint: String,
}

/// A published figure.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Observed {
    /// The output.
    pub path: String,
    /// What was published, as written.
    pub value: String,
    /// Share of trials at or below it; absent for lists and where there is no distribution.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub percentile: Option<f64>,
    /// In words, for lists (hits, missed, extra) and censored figures.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Where it was published.
    pub source: String,
}

/// A line of `expect`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Expectation {
    /// As written.
    pub text: String,
    /// Whether it held.
    pub met: bool,
    /// The value that was compared, in the output's own unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// Where it stands.
    #[serde(skip)]
    pub place: Option<Place>,
}

/// A variant beside the base.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Variant {
    /// The variant's own report (without variants of its own).
    pub report: Box<Report>,
    /// Variant minus base, trial by trial under the same luck, by output path.
    pub delta: IndexMap<String, Delta>,
    /// What the variant's controls would have avoided, and at what cost; absent if they are those of the base.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub sentence: String,
    /// Why its outage lasts longer in some trials, as far as its controls are to blame.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub longer: Vec<Longer>,
}

/// A paired difference, in the output's own unit: negative is less than the base.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Delta {
    /// Mean of variant minus base.
    pub mean: f64,
    /// Interval of the mean.
    pub low: f64,
    /// Interval of the mean.
    pub high: f64,
    /// Share of trials in which the variant had less.
    pub less: f64,
    /// Share of trials in which it had more.
    pub more: f64,
}

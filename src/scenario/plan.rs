//! A valid plan: steps as a DAG, verbs as data, outside faults.
//!
//! In: nothing (built by `scenario::validate`). Out: what `model::compile` reads.

use super::world::CellId;
use crate::diag::Span;
use crate::units::{Chance, Dist, Level, Millis};

/// Steps in declared order; `after` always points to other steps and never round in a ring.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The steps.
    pub steps: Vec<Step>,
    /// Targets that nobody described; only where they were not refused.
    pub unknown: Vec<Unknown>,
}

/// A target that nobody described.
#[derive(Debug, Clone)]
pub struct Unknown {
    /// Which step names it.
    pub step: u32,
    /// As written.
    pub name: String,
    /// A name that it is close to.
    pub near: Option<String>,
    /// Whether the world lists it as known and not described.
    pub listed: bool,
    /// Where it stands.
    pub span: Span,
}

/// A verb on a target.
#[derive(Debug, Clone)]
pub struct Step {
    /// Unique in the plan; `verb-target-n` if the user gave none.
    pub id: String,
    /// What is done.
    pub verb: Verb,
    /// What that verb does wherever a step says nothing else, if this step says something that could be milder.
    pub usual: Option<Box<Verb>>,
    /// To which cells, in declared order; empty only if all that it names is unknown.
    pub targets: Vec<CellId>,
    /// How the target was written.
    pub target_text: String,
    /// Indices of the steps that it waits for.
    pub after: Vec<u32>,
    /// How long the work takes, if the step says so.
    pub takes: Option<Dist>,
    /// Checking afterwards: no outage, delays only later steps.
    pub verify: Option<Dist>,
    /// Watching afterwards: delays later steps; damage noticed meanwhile counts as a failure.
    pub bake: Option<Dist>,
    /// What a failure leads to.
    pub on_failure: OnFailure,
    /// Whether the command or its diff shows its harm, if the file says so.
    pub visible: Option<bool>,
    /// Where it stands in the file.
    pub span: Option<Span>,
}

/// What happens when a step fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnFailure {
    /// No further step begins.
    Stop,
    /// What the step did is rolled back, then the plan stops.
    Rollback,
    /// As if it had succeeded.
    Continue,
    /// It is tried again, three times in all, then the plan stops.
    Retry,
}

/// What a verb does, with the overrides of its step already applied.
#[derive(Debug, Clone, PartialEq)]
pub struct Verb {
    /// Its name.
    pub name: String,
    /// Whether it changes anything.
    pub mutating: bool,
    /// Whether it removes something.
    pub destructive: bool,
    /// Whether it can be undone by a revert.
    pub reversible: bool,
    /// Whether it starts cells: then their start- and repair-needs must be up for its work.
    pub starts: bool,
    /// What it does to its targets.
    pub effect: Effect,
    /// Damage that it takes away beside its effect, when its work ends (`restart`, `restore`, `recreate`).
    pub mends: Vec<DamageKind>,
    /// All cells at once or one after the other.
    pub each: Each,
    /// How long it takes by default.
    pub takes: Duration,
    /// How its damage is noticed.
    pub detect: Detect,
    /// How its damage is understood.
    pub diagnose: Diagnose,
    /// The chance that it fails; `None` is never.
    pub fails: Option<Chance>,
    /// The prior behind `fails`, if it is a default.
    pub fails_prior: Option<&'static str>,
}

/// What a verb does to a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Nothing that matters here (`inspect`, `grant`).
    Nothing,
    /// Damage that stays until somebody mends it.
    Leaves(Damage),
    /// Damage for the duration of the work, gone when the work ends (`recreate`, `restart`).
    Interrupts(Damage),
    /// Damage only if the step fails (`deploy`, `configure`).
    Risks(Damage),
    /// Moves the cell's traffic to its peers at once (`drain`, `failover`); cut off if it has none.
    MovesTraffic,
    /// A fresh backup of a datastore (`snapshot`).
    Snapshots,
    /// Takes away damage of these kinds (`rollback`, `attach`, `shed`, `restore`).
    Mends(Vec<DamageKind>),
}

/// What a step leaves at a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Damage {
    /// Its kind.
    pub kind: DamageKind,
    /// What is left of the cell's own level (or capacity, where one is declared).
    pub keeps: Level,
}

/// The kinds of damage, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "MODEL words")]
pub enum DamageKind {
    Deleted,
    DataLost,
    CapacityRemoved,
    Defective,
    Misconfigured,
    CutOff,
    Overloaded,
}

/// Over several cells: all at once, or one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Each {
    Together,
    OneByOne,
}

/// How a verb's duration is found, where the step and the service say nothing.
#[derive(Debug, Clone, PartialEq)]
pub enum Duration {
    /// This.
    Dist(Dist),
    /// By the named prior.
    Prior(&'static str),
    /// By the kind of the target: what re-creating such a thing takes.
    Recreate,
    /// By the target's data: re-create, locate, copy, verify.
    Restore,
}

/// How damage is noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detect {
    /// Whoever did it watches the result.
    Own,
    /// A total failure of something monitored.
    Hard,
    /// Partial, latent or masked.
    Partial,
}

/// How damage is understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Diagnose {
    /// Whoever did it knows what they did.
    SelfEvident,
    /// The change log points to it.
    RecentChange,
    /// Latent, automatic, or an unrelated symptom.
    Hidden,
}

/// Something that fails by itself.
#[derive(Debug, Clone)]
pub struct Fault {
    /// Unique; `down-target-n` if the user gave none.
    pub id: String,
    /// Which cells, in declared order; never empty.
    pub targets: Vec<CellId>,
    /// When, after the start of the plan.
    pub from: Dist,
    /// For how long.
    pub lasts: Dist,
}

/// How many trials.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Size {
    /// Exactly so many.
    Trials(u64),
    /// Until the headline figures are known this well (0.05 is 5 %).
    Precision(f64),
}

/// A published figure to hold the result against; it never fails a run.
#[derive(Debug, Clone)]
pub struct Observed {
    /// An output's path in the JSON report.
    pub path: String,
    /// Minutes, a count or a probability; a list for `affected`.
    pub value: ObservedValue,
}

/// What was published.
#[derive(Debug, Clone, PartialEq)]
pub enum ObservedValue {
    /// A figure in the output's own unit (minutes for durations).
    Number(f64),
    /// At least this (a censored figure).
    AtLeast(f64),
    /// Names of services.
    Names(Vec<String>),
}

/// Convenience for tests and generators: a duration that is always the same.
#[must_use]
pub fn fixed(duration: Millis) -> Dist {
    #[expect(clippy::cast_precision_loss, reason = "durations are far below 2^53")]
    Dist::Fixed(duration as f64)
}

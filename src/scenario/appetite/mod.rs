//! An appetite: how much harm is acceptable, as limits on outputs, and what an SLO promises.
//!
//! In: nothing (built by `read`). Out: what `verdict` decides by. Every limit is a condition over
//! comparisons; each comparison names an output of the report and how it is counted over trials.
//! Not here: whether a limit is met (`verdict`).

mod output;
mod read;
mod slo;

pub(crate) use read::appetite;
pub(crate) use slo::{add_objectives, of_world};

use crate::diag::Span;
use crate::expr::Expr;
use crate::scenario::world::{CellId, RegionId, ServiceId};
use crate::units::Millis;

/// The appetite that is used where the user gives none.
pub const SHIPPED: &str = include_str!("shipped.yaml");
/// How the shipped appetite is called where files are named.
pub const SHIPPED_NAME: &str = "the shipped appetite";

/// Limits per verdict.
#[derive(Debug, Clone)]
pub struct Appetite {
    /// How it is called: a file, or [`SHIPPED_NAME`].
    pub name: String,
    /// Any of these blocks.
    pub block: Vec<Limit>,
    /// Any of these asks for a review.
    pub review: Vec<Limit>,
    /// How sure a verdict must be that none of its limits is decided wrongly.
    pub confidence: f64,
    /// The most trials that may be spent.
    pub trials: u64,
    /// How long a verdict holds.
    pub valid_for: Millis,
    /// SHA-256 over the document.
    pub digest: String,
}

/// A condition that should not hold.
#[derive(Debug, Clone)]
pub struct Limit {
    /// As written.
    pub text: String,
    /// What it says.
    pub condition: Expr,
    /// Its comparisons in order.
    pub atoms: Vec<Atom>,
    /// Where it stands.
    pub span: Option<Span>,
}

/// An output compared with a bound.
#[derive(Debug, Clone, PartialEq)]
pub struct Atom {
    /// Its path.
    pub path: String,
    /// What it is.
    pub output: Output,
    /// The comparison.
    pub order: Order,
    /// The bound, in the output's own unit (minutes, a fraction, a count).
    pub bound: f64,
}

/// The comparisons that a limit can make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Order {
    Above,
    AtLeast,
    Below,
    AtMost,
}

/// An output: whose, what, and which figure of its distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Output {
    /// Whose.
    pub subject: Subject,
    /// What.
    pub measure: Measure,
    /// Which figure.
    pub stat: Stat,
}

/// Whose output it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Subject {
    Run,
    Customers,
    Region(RegionId),
    Service(ServiceId),
    Cell(CellId),
    /// An SLO by its place among the objectives; `None` is the worst of all.
    Objective(Option<u32>),
}

/// What is measured in each trial, or once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the words of the report")]
pub enum Measure {
    Outage,
    Affected,
    /// Ever in a state, by its bit.
    State(u8),
    First,
    Main,
    Full,
    RequestsLost,
    MinutesLost,
    NeverRecovered,
    DataLost,
    DataGone,
    AffectedCells,
    Plan,
    Incident,
    PlanStopped,
    PlanUnfinished,
    Truncated,
    Regions,
    Coverage,
    UnknownTargets,
    /// Findings of at least this weight: 0 notes, 1 warnings, 2 errors.
    Findings(u8),
    Burnt,
    /// People asked, hours added and harmless steps stopped by what stands in between.
    Approvals,
    Hours,
    FalseStops,
}

impl Measure {
    /// Whether demand weighs it, so that it depends on the hour: requests, customers' minutes, and budgets, which may count requests.
    #[must_use]
    pub const fn hangs_on_demand(self) -> bool {
        matches!(self, Measure::RequestsLost | Measure::MinutesLost | Measure::Burnt)
    }
}

/// Which figure of the distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Stat {
    /// The mean.
    Mean,
    /// The least value that holds at least this part of the trials.
    Quantile(f64),
    /// The share of the trials.
    Share,
    /// Known without trials, or a count over all of them.
    Whole,
}

/// What was promised.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Promised {
    /// Of services of the world.
    pub objectives: Vec<Objective>,
    /// What was promised and cannot be judged: no limit on budgets is met by that.
    pub unjudged: Vec<Unjudged>,
}

/// A promise that cannot be judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unjudged {
    /// Of which service.
    pub service: String,
    /// Why not, in words that follow on its name: `which the world does not know`.
    pub why: String,
}

/// A promise about a service.
#[derive(Debug, Clone, PartialEq)]
pub struct Objective {
    /// Its name: that of the service, or of the document.
    pub name: String,
    /// Whose.
    pub service: ServiceId,
    /// The part that must be good.
    pub target: f64,
    /// Over how long.
    pub window: Millis,
    /// What is counted.
    pub counts: Counts,
    /// Where it is declared.
    pub source: String,
}

/// What an objective counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counts {
    /// Time in outage.
    Time,
    /// Requests lost, where traffic is declared; else time.
    Requests,
}

impl Objective {
    /// The budget of time, in milliseconds.
    #[must_use]
    pub fn budget_ms(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a window is far below 2^53 milliseconds")]
        let window = self.window as f64;
        (1.0 - self.target) * window
    }
}

impl Appetite {
    /// Block, then review, as (blocks, limit).
    pub fn limits(&self) -> impl Iterator<Item = (bool, &Limit)> {
        self.block.iter().map(|l| (true, l)).chain(self.review.iter().map(|l| (false, l)))
    }
}

//! What the pictures of a report are drawn from: the map of what the plan can reach, and films of single trials.
//!
//! In: nothing (built by `summary`, only when somebody asks). Out: a part of the JSON, and what `report::html`
//! draws. Times are minutes after the start of the plan. Not here: where anything stands on the page.

use super::trace::Entry;
use serde::Serialize;

/// Map and films.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pictures {
    /// The cells that the plan can reach, and what ties them.
    pub map: Map,
    /// A typical and a bad trial, where there are such.
    pub films: Vec<Film>,
}

/// The cells that the plan can reach, and what ties them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Map {
    /// Regions in declared order.
    pub regions: Vec<String>,
    /// Cells, what others need before those that need it.
    pub cells: Vec<MapCell>,
    /// Needs between them.
    pub ties: Vec<Tie>,
    /// Cells of the world that the plan cannot reach; they are not drawn.
    pub folded: u64,
}

/// A cell on the map.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MapCell {
    /// `service@region`.
    pub name: String,
    /// Its service.
    pub service: String,
    /// Index in [`Map::regions`].
    pub region: usize,
    /// Who mends it; absent if undeclared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    /// Whether customers use it directly.
    pub customers: bool,
    /// Whether a step or a fault touches it.
    pub target: bool,
}

/// A need of one cell that another can fill.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Tie {
    /// The cell that is needed, as an index in [`Map::cells`].
    pub from: usize,
    /// The cell that needs it.
    pub to: usize,
    /// What for.
    pub kind: TieKind,
    /// The part of the requests that uses it; 1 where no request is meant.
    pub share: f64,
}

/// What a need is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TieKind {
    /// To serve.
    Serve,
    /// To serve, and others could do it as well.
    Redundant,
    /// Work arrives through it.
    Queue,
    /// To start.
    Start,
    /// To be mended.
    Repair,
    /// To be seen.
    Observe,
}

/// One trial as intervals.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Film {
    /// Which sort of trial.
    pub which: Which,
    /// Its number.
    pub trial: u64,
    /// When the first cell was hit; absent if none was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_impact_min: Option<f64>,
    /// When the last thing happened.
    pub ends_min: f64,
    /// Minutes of outage of the customer-facing set, or of the service that was out longest where there is none.
    pub outage_min: f64,
    /// States of cells other than normal.
    pub spans: Vec<Span>,
    /// Steps, faults and what people did.
    pub work: Vec<Work>,
    /// What happened, in order; without the states of cells where those are more than a few hundred.
    pub moments: Vec<Entry>,
}

/// Which sort of trial a film shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Which {
    /// Near the median.
    Typical,
    /// Near the 95th percentile.
    Bad,
}

impl Which {
    /// The word shown to people.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Which::Typical => "typical",
            Which::Bad => "bad",
        }
    }
}

/// A state of a cell for a while.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Span {
    /// Index in [`Map::cells`].
    pub cell: usize,
    /// `down`, `failing`, `degraded`, `starved`, `lagging` or `exposed`.
    pub state: &'static str,
    /// From.
    pub from_min: f64,
    /// To; the end of the film if it never ended.
    pub to_min: f64,
    /// Whether it had not ended when the film did.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub open: bool,
}

/// Something that took time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Work {
    /// Who or what it was about: a step, a fault, a cell, or `people`.
    pub subject: String,
    /// What sort of work.
    pub kind: WorkKind,
    /// What was done, in words: `delete store`, `diagnose`, `restore`.
    pub what: String,
    /// From.
    pub from_min: f64,
    /// To; the end of the film if it never ended.
    pub to_min: f64,
    /// How it ended, where that is not plain: `failed`, `rolled back`, `stopped`, `never ended`.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub end: &'static str,
    /// Whom or what it waited for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub waits_for: Vec<String>,
}

/// What sort of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum WorkKind {
    /// A step of the plan.
    Step,
    /// Something that fails by itself.
    Fault,
    /// Notice, engage, diagnose.
    People,
    /// Nothing is done, because something is not there.
    Wait,
    /// Something is mended.
    Mend,
}

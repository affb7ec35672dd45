//! What settings are judged by: an output of a run, gathered over the weeks of a corpus.
//!
//! In: a path as in the JSON report. Out: [`Output`]: whose figure of a trial it is, and how trials become one number. A mean
//! is what a week comes to (each plan by how often it runs); a share or a percentile is that of one plan run picked from the
//! week. Not here: trials.

use crate::diag::{Findings, Span, codes, tick};
use crate::scenario::suggest;
use crate::scenario::validate::{Known, losses, sorted};
use crate::scenario::world::{CellId, RegionId, ServiceId};

/// An output of an experiment.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// As written.
    pub path: String,
    /// Whose figure.
    pub subject: Subject,
    /// Which figure of a trial.
    pub figure: Figure,
    /// How trials become a number.
    pub statistic: Statistic,
}

/// Whose figure it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "MODEL words")]
pub enum Subject {
    Run,
    Customers,
    Service(ServiceId),
    Cell(CellId),
    Region(RegionId),
}

/// A figure of a trial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "named as in the report")]
pub enum Figure {
    Outage,
    RequestsLost,
    MinutesLost,
    Affected,
    /// In the order of the states of a report.
    State(u8),
    NeverRecovered,
    DataLost,
    DataLostForGood,
    AffectedCells,
    Plan,
    Incident,
    PlanStopped,
    Approvals,
    Hours,
    FalseStops,
    /// Requests per reviewer and day: of the setting, whatever the luck.
    ReviewerLoad,
    /// Plans that run in a week: of the setting, whatever the luck.
    PlansPerWeek,
}

/// How trials become a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Statistic {
    /// What a week comes to.
    PerWeek,
    /// The share of plan runs.
    Share,
    /// The percentile of plan runs.
    Quantile(f64),
    /// The setting alone decides.
    Certain,
}

/// What a number counts, for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Unit {
    Minutes,
    Hours,
    CustomerMinutes,
    Count,
    Share,
}

/// Figures with a distribution, of a subject.
const SPREAD_OF_SUBJECT: [(&str, Figure); 4] = [
    ("outage_min", Figure::Outage),
    ("requests_lost", Figure::RequestsLost),
    ("minutes_lost", Figure::MinutesLost),
    ("data_lost_min", Figure::DataLost),
];
/// Shares of a subject.
const SHARE_OF_SUBJECT: [(&str, Figure); 9] = [
    ("affected.mean", Figure::Affected),
    ("states.down", Figure::State(0)),
    ("states.failing", Figure::State(1)),
    ("states.degraded", Figure::State(2)),
    ("states.starved", Figure::State(3)),
    ("states.lagging", Figure::State(4)),
    ("states.exposed", Figure::State(5)),
    ("never_recovered", Figure::NeverRecovered),
    ("data_lost_for_good", Figure::DataLostForGood),
];
/// Figures with a distribution, of the run.
const SPREAD_OF_RUN: [(&str, Figure); 5] = [
    ("affected_cells", Figure::AffectedCells),
    ("plan_min", Figure::Plan),
    ("friction.approvals", Figure::Approvals),
    ("friction.hours", Figure::Hours),
    ("friction.false_stops", Figure::FalseStops),
];
/// Shares of runs.
const SHARE_OF_RUN: [(&str, Figure); 4] = [
    ("data_lost_for_good", Figure::DataLostForGood),
    ("never_recovered", Figure::NeverRecovered),
    ("incident", Figure::Incident),
    ("plan_stopped", Figure::PlanStopped),
];
/// What a run reports of those of its trials in which something happened: no experiment has these.
const INSTANTS: [&str; 3] = ["first_impact_min", "main_restored_min", "full_recovery_min"];
/// What the setting alone decides.
const CERTAIN: [(&str, Figure); 2] =
    [("friction.requests_per_reviewer_day", Figure::ReviewerLoad), ("plans_per_week", Figure::PlansPerWeek)];
const STATISTICS: [(&str, Statistic); 5] = [
    ("mean", Statistic::PerWeek),
    ("p50", Statistic::Quantile(0.5)),
    ("p90", Statistic::Quantile(0.9)),
    ("p95", Statistic::Quantile(0.95)),
    ("p99", Statistic::Quantile(0.99)),
];

impl Output {
    /// What its number counts.
    #[must_use]
    pub const fn unit(&self) -> Unit {
        match (self.statistic, self.figure) {
            (Statistic::Share, _) => Unit::Share,
            (_, Figure::Outage | Figure::DataLost | Figure::Plan) => Unit::Minutes,
            (_, Figure::MinutesLost) => Unit::CustomerMinutes,
            (_, Figure::Hours) => Unit::Hours,
            _ => Unit::Count,
        }
    }

    /// Whole numbers of a trial that make one of the output's unit.
    #[must_use]
    pub const fn scale(&self) -> f64 {
        match self.figure {
            Figure::Outage | Figure::DataLost | Figure::Plan => 60_000.0,
            Figure::RequestsLost | Figure::MinutesLost => 1_000.0,
            Figure::Hours => 3_600_000.0,
            _ => 1.0,
        }
    }
}

/// Reads a path.
pub(super) fn output(known: &Known, path: &str, span: Span, found: &mut Findings) -> Option<Output> {
    let whole = |subject, figure, statistic| Some(Output { path: path.to_owned(), subject, figure, statistic });
    if let Some((_, figure)) = CERTAIN.iter().find(|(name, _)| *name == path) {
        return whole(Subject::Run, *figure, Statistic::Certain);
    }
    let (subject, rest) = subject(known, path);
    let (spreads, shares): (&[_], &[_]) = match subject {
        Subject::Run => (&SPREAD_OF_RUN, &SHARE_OF_RUN),
        _ => (&SPREAD_OF_SUBJECT, &SHARE_OF_SUBJECT),
    };
    if let Some((_, figure)) = shares.iter().find(|(name, _)| *name == rest) {
        return whole(subject, *figure, Statistic::Share);
    }
    let spread = rest.rsplit_once('.').and_then(|(name, statistic)| {
        let figure = spreads.iter().find(|(known, _)| *known == name)?.1;
        Some((figure, STATISTICS.iter().find(|(known, _)| *known == statistic)?.1))
    });
    if let Some((figure, statistic)) = spread {
        // It would be 0 under every setting, and whatever costs least would look best.
        if losses::uncounted(known, path, span.clone(), found) {
            return None;
        }
        return whole(subject, figure, statistic);
    }
    let message = format!("an experiment has no output {}", tick(path));
    let lost = [("services.", "service"), ("cells.", "cell"), ("region.", "region")];
    if let Some((_, what)) = lost.iter().find(|(start, _)| subject == Subject::Run && path.starts_with(start)) {
        let hint = format!("the world has no such {what}");
        found.error_hint(codes::UNKNOWN_OUTPUT, span, message, hint);
        return None;
    }
    if INSTANTS.iter().any(|name| rest.starts_with(name)) {
        let hint =
            "when something comes back is known only of runs that hurt, and experiments look at all runs: take `outage_min`";
        found.error_hint(codes::UNKNOWN_OUTPUT, span, message, hint);
        return None;
    }
    let start = &path[..path.len() - rest.len()];
    let known = spreads.iter().map(|(name, _)| format!("{start}{name}.mean"));
    let known: Vec<String> = known.chain(shares.iter().map(|(name, _)| format!("{start}{name}"))).collect();
    let near = suggest::nearest(path, known.iter().map(String::as_str).chain(CERTAIN.map(|(name, _)| name)));
    let hint = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!(
            "outputs are {}, {} and {}; instead of mean also p50, p90, p95, p99",
            known.join(", "),
            CERTAIN[0].0,
            CERTAIN[1].0
        ),
    };
    found.error_hint(codes::UNKNOWN_OUTPUT, span, message, hint);
    None
}

/// Whose figure a path names, and what is left of the path. Names may contain dots: the longest that fits counts.
pub(crate) fn subject<'a>(known: &Known, path: &'a str) -> (Subject, &'a str) {
    let world = &known.world;
    let named = |start: &str, names: &[&str]| {
        let rest = path.strip_prefix(start)?;
        let after = |name: &str| rest.strip_prefix(name)?.strip_prefix('.');
        let fits = (0_u32..).zip(names).filter_map(|(id, name)| after(name).map(|rest| (name.len(), id, rest)));
        fits.max_by_key(|(length, ..)| *length).map(|(_, id, rest)| (id, rest))
    };
    if let Some(rest) = path.strip_prefix("customers.") {
        return (Subject::Customers, rest);
    }
    if let Some((id, rest)) = named("services.", &sorted(&known.names.services)) {
        return (Subject::Service(id), rest);
    }
    if let Some((id, rest)) = named("region.", &sorted(&known.names.regions)) {
        return (Subject::Region(id), rest);
    }
    if path.starts_with("cells.") {
        let cells: Vec<String> = (0_u32..).zip(&world.cells).map(|(id, _)| world.cell_name(id)).collect();
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        if let Some((id, rest)) = named("cells.", &cells) {
            return (Subject::Cell(id), rest);
        }
    }
    (Subject::Run, path)
}

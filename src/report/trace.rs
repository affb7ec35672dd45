//! One trial as a list of moments, for `foreshock trace`.
//!
//! In: nothing (filled by the engine, which keeps no names: `summary` adds them). Out: what the formats
//! draw as a timeline. Entries are in the order in which they happened.

use serde::Serialize;

/// Version of the layout; a change that breaks readers raises the number.
pub const SCHEMA: &str = "foreshock.trace/1";

/// The course of one trial.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Trace {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// Title of the scenario.
    pub title: String,
    /// The file, as the user named it.
    pub file: String,
    /// The variant, if not the base.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// Where the luck came from.
    pub seed: u64,
    /// Which trial.
    pub trial: u64,
    /// When the first cell was hit, after the start of the plan; absent if none was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_impact_ms: Option<u64>,
    /// What happened, in order.
    pub entries: Vec<Entry>,
    /// How it came out, as `name` and minutes: outage of the customers, of each service.
    pub outcome: Vec<Outcome>,
}

/// One moment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Entry {
    /// After the start of the plan.
    pub time_ms: u64,
    /// Minutes after the first impact anywhere; negative before it, absent if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since_impact_min: Option<f64>,
    /// What sort of moment it is.
    pub kind: Kind,
    /// The cell, step, fault or team that it is about.
    pub subject: String,
    /// What happened, in words that go on from the subject: `down, was up`.
    pub text: String,
}

/// The minutes that a trial cost something.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcome {
    /// A service, or `customers`.
    pub name: String,
    /// Minutes of outage.
    pub outage_min: f64,
    /// Minutes from the first impact to full recovery; absent if never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub full_recovery_min: Option<f64>,
}

/// What sort of moment it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A step begins its work.
    StepStart,
    /// A part of a step's work begins.
    StepPart,
    /// A step ends, well.
    StepEnd,
    /// A step fails.
    StepFailed,
    /// A step never begins: what it waits for failed, was refused or was stopped.
    StepSkipped,
    /// The actor slips.
    Slip,
    /// The role may take a step, or may not.
    Permission,
    /// Somebody is asked, or a guardrail holds a step.
    Asked,
    /// A guardrail lets a step pass, or is passed by.
    Passed,
    /// A guardrail refuses a step, or stops it on its way.
    Refused,
    /// Something fails by itself.
    Fault,
    /// A fault is over.
    FaultEnd,
    /// A cell is damaged.
    Damage,
    /// Somebody or something noticed.
    Detect,
    /// Somebody is at work on it.
    Engage,
    /// The cause is known.
    Diagnose,
    /// The plan is stopped.
    PlanStopped,
    /// A mend is ready but must wait.
    MendWait,
    /// A mend starts.
    MendStart,
    /// A mend ends.
    MendEnd,
    /// A cell changes its state.
    State,
    /// A cell waits out its settle time.
    Settle,
    /// A cell warms up.
    WarmUp,
    /// Traffic moves to other cells, or back.
    Failover,
    /// A cell collapses under load.
    Collapse,
    /// Backlog begins or is gone.
    Queue,
    /// Data is lost.
    DataLost,
    /// Starts or mends wait for each other.
    Deadlock,
    /// Everything is back, or the horizon is reached.
    End,
}

impl Kind {
    /// The word shown to people; at most nine letters.
    pub fn word(self) -> &'static str {
        match self {
            Kind::StepStart => "step",
            Kind::StepPart => "part",
            Kind::StepEnd => "step end",
            Kind::StepFailed => "FAILED",
            Kind::StepSkipped => "skipped",
            Kind::Slip => "SLIP",
            Kind::Permission => "may",
            Kind::Asked => "asked",
            Kind::Passed => "passed",
            Kind::Refused => "REFUSED",
            Kind::Fault => "fault",
            Kind::FaultEnd => "fault end",
            Kind::Damage => "DAMAGE",
            Kind::Detect => "detect",
            Kind::Engage => "engage",
            Kind::Diagnose => "diagnose",
            Kind::PlanStopped => "plan stop",
            Kind::MendWait => "wait",
            Kind::MendStart => "mend",
            Kind::MendEnd => "mended",
            Kind::State => "state",
            Kind::Settle => "settle",
            Kind::WarmUp => "warm-up",
            Kind::Failover => "failover",
            Kind::Collapse => "COLLAPSE",
            Kind::Queue => "queue",
            Kind::DataLost => "DATA LOST",
            Kind::Deadlock => "DEADLOCK",
            Kind::End => "end",
        }
    }

    /// How the moment feels.
    pub fn mood(self) -> Mood {
        match self {
            Kind::StepFailed | Kind::Slip | Kind::Fault | Kind::Damage | Kind::Collapse | Kind::DataLost | Kind::Deadlock => {
                Mood::Bad
            }
            Kind::StepEnd | Kind::FaultEnd | Kind::MendEnd | Kind::End => Mood::Good,
            Kind::Asked
            | Kind::Passed
            | Kind::Permission
            | Kind::Refused
            | Kind::Detect
            | Kind::Engage
            | Kind::Diagnose
            | Kind::PlanStopped
            | Kind::MendStart
            | Kind::MendWait => Mood::People,
            _ => Mood::Plain,
        }
    }
}

/// How a moment feels; a second carrier of meaning beside the word, never the only one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Mood {
    Bad,
    Good,
    People,
    Plain,
}

//! Who acts, and what stands between the actor and the world.
//!
//! In: nothing (built by `scenario::validate`). Out: what `guard` reads. Figures that nobody gave are `None`: the
//! defaults of the evidence take their place.

use super::profiles::Profile;
use super::world::RoleId;
use crate::diag::Span;
use crate::expr::Expr;
use crate::policy::Policies;
use crate::units::{Chance, DAY, Dist, Level, Millis};
use std::sync::Arc;

/// Actor and guardrails of a scenario; the default is neither.
#[derive(Debug, Clone, Default)]
pub struct Controls {
    /// Who acts.
    pub actor: Option<Actor>,
    /// What stands in between, in the order in which a step meets it.
    pub guardrails: Vec<Guardrail>,
    /// How often a day such a plan runs, for the load of those who are asked.
    pub plans_per_day: f64,
    /// When the plan starts, for windows of time.
    pub starts: Option<Clock>,
}

/// Who acts.
#[derive(Debug, Clone)]
pub struct Actor {
    /// Who confirms, and how often it errs.
    pub profile: &'static Profile,
    /// Whether a person confirms every step.
    pub confirms: bool,
    /// The role whose permissions it has: its own, or that of its operator.
    pub role: Option<RoleId>,
    /// The role is its operator's.
    pub inherited: bool,
    /// Whether it errs at all.
    pub errors: bool,
    /// Chances of its errors given in the file, by [`Slip`].
    pub rates: [Option<Chance>; SLIPS.len()],
    /// How many such actors share those who are asked.
    pub fleet: u32,
}

/// The errors of an actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "described in SLIPS")]
pub enum Slip {
    Widen,
    Sibling,
    Escalate,
    SkipCheck,
    Repeat,
    Reorder,
    Misreport,
}

/// All slips, in the order of precedence: of those that change what is executed, the first that happens counts.
pub const SLIPS: [(Slip, &str); 7] = [
    (Slip::Widen, "widen"),
    (Slip::Sibling, "sibling"),
    (Slip::Escalate, "escalate"),
    (Slip::SkipCheck, "skip-check"),
    (Slip::Repeat, "repeat"),
    (Slip::Reorder, "reorder"),
    (Slip::Misreport, "misreport"),
];

/// A control.
#[derive(Debug, Clone)]
pub struct Guardrail {
    /// Unique; kind-n if the user gave none.
    pub id: String,
    /// On which steps.
    pub when: Option<Expr>,
    /// The chance that it is bypassed.
    pub bypass: Option<Chance>,
    /// Roles that it does not hold.
    pub bypass_roles: Vec<RoleId>,
    /// What it does.
    pub kind: Kind,
    /// Where it stands in the file.
    pub span: Option<Span>,
}

/// What a control does.
#[derive(Debug, Clone)]
pub enum Kind {
    /// People are asked.
    Approval(Ask),
    /// The step is tried without effect.
    DryRun {
        /// How long that takes.
        takes: Option<Dist>,
        /// The chance that harm shows in it and is seen.
        catches: Option<Chance>,
    },
    /// Stage by stage.
    Staged(Staged),
    /// A copy is made first.
    SnapshotFirst {
        /// How long that takes.
        takes: Option<Dist>,
    },
    /// Deletion is refused.
    DeletionProtection,
    /// What is deleted can be brought back.
    SoftDelete {
        /// For how long.
        lasts: Millis,
        /// How long bringing it back takes.
        undelete: Option<Dist>,
    },
    /// Nothing changes in a window of time.
    FreezeWindow {
        /// The window.
        window: Window,
        /// The step waits for its end; else it is refused.
        waits: bool,
    },
    /// So many steps in a time.
    RateLimit {
        /// How many.
        steps: u32,
        /// In which time.
        per: Millis,
    },
    /// So much at once.
    ScopeLimit {
        /// Cells at most.
        cells: Option<u64>,
        /// Regions at most.
        regions: Option<u64>,
        /// Cells within reach at most.
        reach: Option<u64>,
    },
    /// Damage that is noticed soon is rolled back by machine.
    AutomaticRollback {
        /// How soon; any time if not said.
        within: Option<Millis>,
        /// How long it takes.
        takes: Option<Dist>,
        /// The chance that it settles the damage.
        works: Option<Chance>,
    },
    /// The law of a place asks for somebody there, or forbids it.
    Jurisdiction {
        /// Whose law.
        of: String,
        /// It forbids the step; else somebody there is asked.
        refuses: bool,
        /// How the asking goes.
        ask: Ask,
    },
    /// A way past the others, for those who may.
    BreakGlass(Glass),
    /// An organisation's own policies.
    Permissions(Arc<Policies>),
}

/// A way past what stands in between, on the record.
#[derive(Debug, Clone)]
pub struct Glass {
    /// Roles that may break it.
    pub roles: Vec<RoleId>,
    /// The role whose permissions count once it is broken.
    pub acts_as: Option<RoleId>,
    /// The policies of the scenario as they are read for that role, in the order of the file.
    pub policies: Vec<Arc<Policies>>,
    /// The chance that it is broken when something stands in the way; always, if nobody said.
    pub used: Chance,
    /// Ids of the guardrails that it opens; all that can be opened, if nobody said.
    pub opens: Option<Vec<String>>,
    /// Who is asked first.
    pub ask: Ask,
    /// How many look at it afterwards.
    pub review: u32,
    /// How long until they have; as long as an ordinary approval, if nobody said.
    pub review_takes: Option<Dist>,
}

/// How people are asked.
#[derive(Debug, Clone, Default)]
pub struct Ask {
    /// How many, in parallel; the wait is the slowest.
    pub approvers: u32,
    /// How many people share all requests; those of the team, or the approvers, if not said.
    pub reviewers: Option<u32>,
    /// How long an answer takes.
    pub latency: Option<Dist>,
    /// What an answer usually takes, where no figure is given.
    pub pace: Pace,
    /// The chance that the first reviewer catches a harmful step.
    pub catches: Option<Chance>,
    /// Further reviewers catch as well as the first.
    pub independent: bool,
    /// The chance that a reviewer refuses a harmless step.
    pub false_alarms: Option<Chance>,
    /// What they see.
    pub attached: Attached,
    /// Requests per reviewer and day from elsewhere.
    pub load: f64,
}

/// Who is asked in what manner; it picks the default of an answer's time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the words of `pace`")]
pub enum Pace {
    Prompt,
    BreakGlass,
    PeerFast,
    #[default]
    Peer,
    Board,
}

/// What a reviewer sees beside the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the words of `attached`")]
pub enum Attached {
    Nothing,
    #[default]
    Diff,
    DryRun,
    Prediction,
}

/// A staged rollout.
#[derive(Debug, Clone)]
pub struct Staged {
    /// How much of the targets is done after each stage.
    pub stages: Vec<Extent>,
    /// How long a stage is watched.
    pub bake: Option<Dist>,
    /// The chance that a fault which shows is noticed.
    pub detects: Option<Chance>,
    /// The chance that one cell shows the fault.
    pub shows: Level,
}

/// How much of a step's targets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Extent {
    Cells(u32),
    Regions(u32),
    Share(Level),
    All,
}

/// A window of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// Once: milliseconds after the plan's start; a window that is over by then ends at 0.
    Once {
        /// Its begin.
        from: Millis,
        /// Its end.
        to: Millis,
    },
    /// Every day: milliseconds after midnight where the plan starts; it may span midnight.
    Daily {
        /// Its begin.
        from: Millis,
        /// Its end.
        to: Millis,
        /// Time of day at which the plan starts.
        start: Millis,
    },
}

/// An instant with its offset, to the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// Milliseconds since the year 0, in universal time.
    pub utc: i64,
    /// Milliseconds after midnight, where it was written.
    pub of_day: Millis,
}

impl Window {
    /// How long it stays closed from an instant after the plan's start on; 0 if it is open then.
    #[must_use]
    pub const fn closed_for(&self, now: Millis) -> Millis {
        match *self {
            Window::Once { from, to } => {
                if from <= now && now < to {
                    to - now
                } else {
                    0
                }
            }
            Window::Daily { from, to, start } => {
                let at = (start + now) % DAY;
                let inside = if from < to { from <= at && at < to } else { at >= from || at < to };
                if inside { (to + DAY - at) % DAY } else { 0 }
            }
        }
    }
}

impl Slip {
    /// How files and reports call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        SLIPS[self as usize].1
    }
}

impl Kind {
    /// How people are asked by it, if it is one that asks.
    #[must_use]
    pub const fn asks(&self) -> Option<&Ask> {
        match self {
            Kind::Approval(ask) | Kind::Jurisdiction { ask, refuses: false, .. } => Some(ask),
            Kind::BreakGlass(glass) => Some(&glass.ask),
            _ => None,
        }
    }

    /// How many people it asks at once, at most.
    #[must_use]
    pub fn people_at_once(&self) -> u32 {
        let first = self.asks().map_or(0, |ask| ask.approvers);
        if let Kind::BreakGlass(glass) = self { first.max(glass.review) } else { first }
    }

    /// Whether it asks the same people as all others of which this holds: the law of a place has people of its own.
    #[must_use]
    pub const fn shares_people(&self) -> bool {
        matches!(self, Kind::Approval(_) | Kind::BreakGlass(_))
    }

    /// How files call it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Kind::Approval(_) => "approval",
            Kind::DryRun { .. } => "dry-run",
            Kind::Staged(_) => "staged",
            Kind::SnapshotFirst { .. } => "snapshot-first",
            Kind::DeletionProtection => "deletion-protection",
            Kind::SoftDelete { .. } => "soft-delete",
            Kind::FreezeWindow { .. } => "freeze-window",
            Kind::RateLimit { .. } => "rate-limit",
            Kind::ScopeLimit { .. } => "scope-limit",
            Kind::AutomaticRollback { .. } => "automatic-rollback",
            Kind::Jurisdiction { .. } => "jurisdiction",
            Kind::BreakGlass(_) => "break-glass",
            Kind::Permissions(_) => "permissions",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::HOUR;

    #[test]
    fn windows_close_and_open_across_midnight() {
        let night = Window::Daily { from: 22 * HOUR, to: 6 * HOUR, start: 20 * HOUR };
        assert_eq!([0, 2 * HOUR, 9 * HOUR, 10 * HOUR].map(|t| night.closed_for(t)), [0, 8 * HOUR, HOUR, 0]);
        let once = Window::Once { from: HOUR, to: 3 * HOUR };
        assert_eq!([0, HOUR, 2 * HOUR, 3 * HOUR].map(|t| once.closed_for(t)), [0, 2 * HOUR, HOUR, 0]);
    }
}

//! What is done in one trial: steps of the plan, and the incident with all that mends.
//!
//! In: nothing. Out: plain values, reset by assignment. Not here: when any of it happens (`plan`, `incident`, `mend`).

use crate::scenario::plan::DamageKind;
use crate::units::{Level, Millis};
use smallvec::SmallVec;

/// What is going on at a damaged cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Stage {
    Step,
    Fault,
    Detect,
    Engage,
    Diagnose,
    Wait,
    Vendor,
    Rollback,
    FixForward,
    Restart,
    Recreate,
    Drift,
    Locate,
    Restore,
    VerifyCopy,
    Shed,
    WarmUp,
    Settle,
}

/// All stages, in the order in which they usually come.
pub const STAGES: [Stage; 18] = [
    Stage::Step,
    Stage::Fault,
    Stage::Detect,
    Stage::Engage,
    Stage::Diagnose,
    Stage::Wait,
    Stage::Vendor,
    Stage::Rollback,
    Stage::FixForward,
    Stage::Restart,
    Stage::Recreate,
    Stage::Drift,
    Stage::Locate,
    Stage::Restore,
    Stage::VerifyCopy,
    Stage::Shed,
    Stage::WarmUp,
    Stage::Settle,
];

impl Stage {
    /// How reports call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Stage::Step => "step at work",
            Stage::Fault => "outside fault",
            Stage::Detect => "detect",
            Stage::Engage => "engage",
            Stage::Diagnose => "diagnose",
            Stage::Wait => "wait",
            Stage::Vendor => "wait for vendor",
            Stage::Rollback => "roll back",
            Stage::FixForward => "fix forward",
            Stage::Restart => "restart",
            Stage::Recreate => "re-create",
            Stage::Drift => "drift",
            Stage::Locate => "locate copy",
            Stage::Restore => "restore",
            Stage::VerifyCopy => "verify copy",
            Stage::Shed => "shed load",
            Stage::WarmUp => "warm up",
            Stage::Settle => "settle and release",
        }
    }
}

/// Damage at a cell.
#[derive(Debug, Clone, Copy)]
pub(super) struct Damage {
    pub(super) cell: u32,
    pub(super) kind: DamageKind,
    pub(super) keeps: Level,
    /// Step, or number of steps + fault.
    pub(super) source: u32,
    pub(super) hit: Millis,
    pub(super) live: bool,
    /// The next damage of the same cell, or [`NONE`].
    pub(super) next: u32,
    /// Its own step, or its own end, takes it away: no incident.
    pub(super) passing: bool,
    pub(super) noticed: bool,
    pub(super) clock: Clock,
}

impl Damage {
    pub(super) const fn end(&mut self) {
        self.live = false;
        self.clock.version += 1;
    }
}

/// A stage that runs slower while people are blind.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Clock {
    /// Work left at normal speed, and since when it has been running; both void while not running.
    pub(super) left: Millis,
    pub(super) since: Millis,
    pub(super) slow: bool,
    /// How much slower it runs while it is slow.
    pub(super) factor: f64,
    pub(super) running: bool,
    pub(super) version: u32,
}

/// What became of a cell's data.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Fate {
    /// When what it held last was destroyed.
    pub(super) hit: Option<Millis>,
    /// What the copy of that lacks.
    pub(super) lost: Option<Millis>,
    /// What copies lacked of what was destroyed before.
    pub(super) before: Option<Millis>,
    /// Lost for good.
    pub(super) gone: bool,
}

impl Fate {
    /// What copies lacked, in all.
    pub(super) fn all_lost(&self) -> Option<Millis> {
        self.before.into_iter().chain(self.lost).reduce(Millis::saturating_add)
    }
}

/// A damageable cell's way back.
#[derive(Debug, Clone, Default)]
pub(super) struct Recovery {
    pub(super) mend: Mend,
    /// Counts mends, so that events of a cancelled one are void.
    pub(super) version: u32,
    /// Mends that came to their end: the n of a mend's draws. One that was called off is begun again with the luck it had.
    pub(super) mended: u32,
    pub(super) warm: bool,
    pub(super) warm_version: u32,
    pub(super) latch_version: u32,
    pub(super) draws: u32,
    pub(super) warm_ups: u32,
    pub(super) snapshot: Option<Millis>,
    pub(super) fate: Fate,
    /// Slower ways in that somebody has set out on: past which of its gates, and when each is open; and how often that was.
    pub(super) ways: SmallVec<[(u32, Millis); 1]>,
    pub(super) visits: u32,
}

/// Where a mend stands.
#[derive(Debug, Clone, Default)]
pub(super) enum Mend {
    #[default]
    None,
    /// Everything is known; something is missing.
    Waiting,
    /// At work: what is still to do, the last first; what was there when it began; whether it starts the cell.
    Working { since: Millis, stages: Stages, starts: bool },
}

/// What is to be done, in order. Seldom more than two things.
pub(super) type Stages = SmallVec<[(Stage, Millis); 2]>;

/// A step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StepPhase {
    Idle,
    /// Ready; a gate keeps it waiting.
    Asking,
    /// Hit its targets; its work waits for start- and repair-needs.
    Waiting,
    Working,
    /// Verify and bake.
    Watching,
    RollingBack,
    Done,
    /// Failed, skipped or stopped.
    Over,
}

/// A step's course.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    pub(super) phase: StepPhase,
    pub(super) attempt: u32,
    /// Found its gates closed.
    pub(super) waits: bool,
    pub(super) version: u32,
    /// Work's duration and start.
    pub(super) takes: Millis,
    pub(super) begun: Millis,
    /// Which part of the work goes on.
    pub(super) part: u32,
    /// How many cells were hit, and given back.
    pub(super) hit: u32,
    pub(super) returned: u32,
}

impl Step {
    pub(super) const IDLE: Step =
        Step { phase: StepPhase::Idle, attempt: 0, waits: false, version: 0, takes: 0, begun: 0, part: 0, hit: 0, returned: 0 };
}

/// The incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Incident {
    None,
    Engaging { cell: u32, source: u32 },
    Diagnosing,
    Known,
}

//! What a trial tells whoever watches it. Watching changes nothing.

use super::befallen::State;
use super::held::Holder;
use super::remedy::Stage;
use crate::scenario::controls::Slip;
use crate::scenario::plan::DamageKind;
use crate::units::{Level, Millis};

/// Something worth a line in a timeline. Numbers are ids of the model.
#[derive(Debug, Clone, Copy, PartialEq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Note {
    StepBegins {
        step: u32,
        form: u32,
        attempt: u32,
    },
    StepWaits {
        step: u32,
    },
    /// A part of a step's work begins.
    StepPart {
        step: u32,
        stage: Stage,
        lasts: Millis,
    },
    StepEnds {
        step: u32,
    },
    StepFails {
        step: u32,
    },
    StepRollsBack {
        step: u32,
    },
    StepSkipped {
        step: u32,
    },
    /// The actor slips: what runs is another form of the step.
    Slips {
        step: u32,
        form: u32,
    },
    /// The actor slips in how it goes about a step.
    Errs {
        step: u32,
        slip: Slip,
    },
    /// The role may, or may not.
    Permitted {
        step: u32,
        form: u32,
    },
    /// A guardrail asks so many, or holds the step for so long.
    Held {
        step: u32,
        form: u32,
        gate: u32,
        lasts: Millis,
    },
    /// All have answered: the step may go on; how many said nothing about harm that is there.
    Passed {
        step: u32,
        form: u32,
        gate: u32,
    },
    /// The step never begins; the reviewer who refused, counted from 1, or 0 for a rule.
    Refused {
        step: u32,
        form: u32,
        gate: u32,
        by: u32,
    },
    /// A guardrail is passed by.
    Bypassed {
        step: u32,
        form: u32,
        gate: u32,
    },
    /// Somebody who may breaks the glass before a step.
    GlassBroken {
        step: u32,
        form: u32,
    },
    /// Somebody is asked to look at it afterwards.
    ReviewedLater {
        step: u32,
        form: u32,
        lasts: Millis,
    },
    /// A guardrail is passed by: the glass is broken.
    Opened {
        step: u32,
        form: u32,
        gate: u32,
    },
    /// A stage of a step is watched.
    StageWatched {
        step: u32,
        form: u32,
        gate: u32,
        stage: u32,
    },
    /// Its fault is noticed: later stages never run, if it is not the last.
    StageCaught {
        step: u32,
        form: u32,
        gate: u32,
        stage: u32,
        is_last: bool,
    },
    /// A guardrail begins to roll a step back.
    GuardReverts {
        step: u32,
        form: u32,
        gate: u32,
    },
    /// It has.
    GuardReverted {
        step: u32,
    },
    /// What was kept after a deletion is gone.
    Purged {
        cell: u32,
    },
    FaultBegins {
        fault: u32,
    },
    FaultEnds {
        fault: u32,
    },
    Damaged {
        cell: u32,
        kind: DamageKind,
        source: u32,
    },
    Cleared {
        cell: u32,
    },
    Detected {
        cell: u32,
    },
    IncidentOpens {
        cell: u32,
    },
    Engaged,
    Diagnosed,
    PlanStopped,
    MendWaits {
        cell: u32,
    },
    /// A mend cannot begin; told again at every instant at which it is looked at.
    MendHeld {
        cell: u32,
        by: Holder,
    },
    MendStage {
        cell: u32,
        stage: Stage,
        lasts: Millis,
    },
    MendEnds {
        cell: u32,
    },
    CopiesUnusable {
        cell: u32,
        copies: u32,
    },
    DataLost {
        cell: u32,
        window: Option<Millis>,
    },
    DataGone {
        cell: u32,
    },
    Warm {
        cell: u32,
    },
    TrafficMoves {
        cell: u32,
    },
    TrafficReturns {
        cell: u32,
    },
    Collapses {
        cell: u32,
    },
    /// Own level, load factor, raw and level of a cell at the end of an instant.
    Level {
        cell: u32,
        own: Level,
        factor: Level,
        raw: Level,
        level: Level,
        settle: Millis,
    },
    /// What a cell's level is made of, at the end of every instant that stirs it.
    Causes {
        cell: u32,
        own: Level,
        factor: Level,
        latched: bool,
        /// Its own damage, if any is live.
        damaged: bool,
        /// Its traffic goes elsewhere.
        moved: bool,
        load: u64,
    },
    /// A cell's state changes.
    Becomes {
        cell: u32,
        state: State,
    },
    /// A service's outage begins or ends.
    Outage {
        service: u32,
        begins: bool,
    },
}

/// What is so from now on, once an instant is over; enough to go on from where this engine stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fact {
    /// A cell that something befell at this instant: what its level is made of.
    Causes {
        /// Which.
        cell: u32,
        /// What is left of it by itself, load included.
        own: Level,
        /// Nothing is left of it by itself, or it is latched.
        out: bool,
        /// It is to blame itself: damaged, or not back in full after that.
        suffers: bool,
    },
    /// What came of a cell that something befell at this instant.
    Cell {
        /// Which.
        cell: u32,
        /// Its level.
        level: Level,
        /// Its state.
        state: State,
        /// What its service has booked for it.
        booked: u64,
    },
    /// What callers get from a cell whose traffic may be elsewhere.
    Offer {
        /// Which.
        cell: u32,
        /// How much.
        level: Level,
    },
    /// What holds a cell back: a need, the cell behind it, the damaged cell at the end.
    Points {
        /// Which.
        cell: u32,
        /// The need, or [`NONE`](crate::model::NONE).
        need: u32,
        /// The cell behind it, or none.
        via: u32,
        /// The damaged cell.
        root: u32,
    },
    /// What goes on at a damaged cell, and whose doing it is.
    Root {
        /// Which.
        cell: u32,
        /// Step, or number of steps + fault.
        source: u32,
        /// What goes on.
        stage: Stage,
    },
}

/// Whoever watches.
pub trait Watch {
    /// Whether what is only worth telling should be found out at all.
    const AWAKE: bool = true;
    /// Whether facts are wanted; whoever takes them books the minutes as well, and what services, regions and customers come to.
    const TAKES_FACTS: bool = false;

    /// Whether it is asked what comes of a cell. Of any other only the causes are: nothing follows from it that is.
    fn asks_for_level(&self, _cell: u32) -> bool {
        true
    }

    /// Told in order of time.
    fn note(&mut self, now: Millis, note: Note);

    /// Told in order of time, if wanted.
    fn fact(&mut self, _now: Millis, _fact: Fact) {}
}

/// Nobody.
impl Watch for () {
    const AWAKE: bool = false;

    fn note(&mut self, _: Millis, _: Note) {}
}

/// A record.
impl Watch for Vec<(Millis, Note)> {
    fn note(&mut self, now: Millis, note: Note) {
        self.push((now, note));
    }
}

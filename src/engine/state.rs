//! How things stand in one trial: cells, needs, queues and the roots of minutes.
//!
//! In: nothing. Out: plain values, reset by assignment for whatever was touched. Not here: what befell a cell (`befallen`), what is done
//! about it (`remedy`).

use super::befallen::{NEVER, State};
use super::remedy::Stage;
use crate::model::{self, NONE};
use crate::units::{Level, Millis};

/// A cell.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cell {
    // What the level is made of.
    pub(super) own: Level,
    pub(super) factor: Level,
    pub(super) raw: Level,
    /// The level as far as this instant has been worked out.
    pub(super) level: Level,
    /// The level at the end of the instant before.
    pub(super) was: Level,
    // Settling.
    pub(super) due: Millis,
    pub(super) cap: Level,
    pub(super) settles: u32,
    /// How long the next one lasts; [`NEVER`] while that is not drawn.
    pub(super) lasts: Millis,
    /// Its settle ends at this instant.
    pub(super) ripe: bool,
    /// A settle of no time: it follows what it is given, as long as this instant lasts.
    pub(super) free: bool,
    // Work in progress within an instant.
    pub(super) stirred: bool,
    /// Stirred by more than what feeds it: it may point elsewhere now.
    pub(super) turns: bool,
    /// Its turn at this instant is to come: it is to be worked out, or those who hear of it are to be told.
    pub(super) works: bool,
    pub(super) tells: bool,
    pub(super) touched: bool,
    pub(super) visits: u32,
    // Damage and load.
    /// Head of the chain of its damages, or [`NONE`].
    pub(super) damage: u32,
    /// Some of them is live.
    pub(super) damaged: bool,
    pub(super) latched: bool,
    /// Retries were dropped when it came back; until its callers are well nothing latches it again.
    pub(super) shed: bool,
    pub(super) lost: bool,
    /// How often that happened at this instant.
    pub(super) losses: u32,
    pub(super) moved: bool,
    /// When it was no longer lost, and when its traffic came back, last.
    pub(super) regained: Millis,
    pub(super) returned: Millis,
    pub(super) drained: bool,
    /// Down by its own damage, and settling after it.
    pub(super) own_down: bool,
    pub(super) load: u64,
    pub(super) failovers: u32,
    pub(super) failover_version: u32,
    // Rings.
    /// Is looked at before the instant ends.
    pub(super) seeded: bool,
    /// Which look at the rings passed it last, and whether it waits for something outside them.
    pub(super) looked: u64,
    pub(super) hopeless: bool,
    pub(super) promised: Level,
    /// How often it was let go at this instant.
    pub(super) let_go: u32,
    // Calm cells, and those of whom they hear.
    /// Bit by need: it shows less than all; the last one stands for all needs from there on, of which some may.
    pub(super) low: u64,
    /// The same of those before the last place that take the cell with them, and show nothing.
    pub(super) gone: u64,
    /// The level that its hearers were told of last.
    pub(super) said: Level,
    /// How many of them know that it fell, and when that was.
    pub(super) told: u32,
    pub(super) fell: Millis,
    /// It has been at several levels below normal in turn.
    pub(super) wavers: bool,
    // Traffic.
    pub(super) feeding: bool,
    // State.
    pub(super) state: State,
    pub(super) since: Millis,
    /// Below level 1, starved or lagging since some moment.
    pub(super) unwell: bool,
    /// What its service has booked for it.
    pub(super) booked: u64,
    /// It is all of its service, and both have come to the same so far: the service has no account yet.
    pub(super) alone: bool,
    // Blame.
    pub(super) blame: u32,
    pub(super) via: u32,
    pub(super) root: u32,
    pub(super) attached: bool,
    pub(super) blamed_since: Millis,
    /// When it was booked last with all that point through it.
    pub(super) rebooked: Millis,
}

impl Cell {
    pub(super) const fn normal(compiled: &model::Cell, alone: bool) -> Cell {
        Cell {
            own: Level::ONE,
            factor: Level::ONE,
            raw: Level::ONE,
            level: Level::ONE,
            was: Level::ONE,
            due: NEVER,
            cap: Level::ONE,
            settles: 0,
            lasts: NEVER,
            ripe: false,
            free: false,
            stirred: false,
            turns: false,
            works: false,
            tells: false,
            touched: false,
            visits: 0,
            damage: NONE,
            damaged: false,
            latched: false,
            shed: false,
            lost: false,
            losses: 0,
            moved: false,
            regained: NEVER,
            returned: NEVER,
            drained: false,
            own_down: false,
            load: compiled.load,
            failovers: 0,
            failover_version: 0,
            seeded: false,
            looked: 0,
            hopeless: false,
            promised: Level::ZERO,
            let_go: 0,
            low: 0,
            gone: 0,
            said: Level::ONE,
            told: 0,
            fell: NEVER,
            wavers: false,
            feeding: true,
            state: State::Normal,
            since: 0,
            unwell: false,
            booked: compiled.load,
            alone,
            blame: NONE,
            via: NONE,
            root: NONE,
            attached: false,
            blamed_since: 0,
            rebooked: NEVER,
        }
    }
}

impl Cell {
    /// The level that follows from what its causes and needs make of it.
    pub(super) fn level_at(&self, raw: Level, settles: bool) -> Level {
        if raw <= self.was || !settles || self.free {
            raw
        } else if self.ripe {
            raw.min(self.cap).max(self.was)
        } else {
            self.was
        }
    }

    /// At a calm instant: whether no settle begins; one that goes on, is called off or is over is seen to.
    pub(super) fn goes_on_settling(&mut self) -> bool {
        let waits = self.raw > self.level;
        if waits && (self.ripe || self.due == NEVER) {
            return false;
        }
        if waits {
            self.cap = self.cap.min(self.raw);
        } else {
            (self.due, self.ripe) = (NEVER, false);
        }
        true
    }

    /// Whether it is down by itself; true if that changes.
    pub(super) fn look_at_itself(&mut self) -> bool {
        let was_down = self.own_down;
        if self.level > Level::ZERO {
            self.own_down = false;
        } else if self.own == Level::ZERO || self.latched {
            self.own_down = true;
        }
        self.own_down != was_down
    }

    /// One more settle has had its time.
    pub(super) const fn use_settle(&mut self) {
        self.settles += 1;
        self.lasts = NEVER;
    }

    /// A level below `raw` waits for its settle; true if that begins now.
    pub(super) fn commit_settle(&mut self) -> bool {
        if self.free {
            // An empty settle has been used if it brought the cell higher than it would have come without.
            let without = if self.ripe { self.cap.max(self.was) } else { self.was };
            if self.level > without {
                self.use_settle();
            }
        }
        if self.ripe {
            self.due = NEVER;
        }
        (self.ripe, self.free) = (false, false);
        if self.raw <= self.level {
            self.due = NEVER;
        } else if self.due == NEVER {
            return true;
        } else {
            self.cap = self.cap.min(self.raw);
        }
        false
    }

    /// What is left of it by itself, load included.
    pub(super) const fn by_itself(&self) -> Level {
        self.own.times(self.factor)
    }

    /// Nobody is known yet to whom its minutes belong.
    pub(super) fn is_rootless(&self) -> bool {
        self.root == NONE && self.level < Level::ONE
    }
}

/// A need.
#[derive(Debug, Clone, Copy)]
pub(super) struct Need {
    /// The level of its k-th best member as far as this instant has been worked out.
    pub(super) x: Level,
    /// What the caller sees of it.
    pub(super) seen: Level,
    /// The same at the end of the instant before.
    pub(super) was_seen: Level,
    /// Its window, or [`NONE`] if it needs none.
    pub(super) window: u32,
    pub(super) touched: bool,
    pub(super) stirred: bool,
    /// Of a redundant need: members below their objective.
    pub(super) out: u32,
    /// Caller and a member were let go together: what the member promised counts.
    pub(super) trusts: bool,
    /// Its next timer.
    pub(super) timer: Millis,
}

impl Need {
    pub(super) const NORMAL: Need = Need {
        x: Level::ONE,
        seen: Level::ONE,
        was_seen: Level::ONE,
        window: NONE,
        touched: false,
        stirred: false,
        out: 0,
        trusts: false,
        timer: NEVER,
    };
}

/// A queue.
#[derive(Debug, Clone, Copy)]
pub(super) struct Backlog {
    pub(super) amount: u128,
    pub(super) rate: i128,
    pub(super) since: Millis,
    pub(super) version: u32,
}

impl Backlog {
    pub(super) const NONE: Backlog = Backlog { amount: 0, rate: 0, since: 0, version: 0 };

    pub(super) const fn is_lagging(&self) -> bool {
        self.amount > 0 || self.rate > 0
    }
}

/// The cells that hang on one damaged cell, for the sum of minutes by step and stage.
#[derive(Debug, Clone, Copy)]
pub(super) struct Root {
    pub(super) source: u32,
    pub(super) stage: Stage,
    /// Another source or stage than was told of last.
    pub(super) untold: bool,
    /// How many they are, and the sum of the instants since when: their time at any instant follows from both.
    count: u64,
    since: Millis,
}

impl Root {
    pub(super) const NONE: Root = Root { source: NONE, stage: Stage::Step, untold: false, count: 0, since: 0 };

    /// One more hangs on it.
    pub(super) const fn hang(&mut self, now: Millis) {
        self.count += 1;
        self.since = self.since.wrapping_add(now);
    }

    /// One of them is taken off; its time stays in the sum.
    pub(super) const fn take_off(&mut self, now: Millis) {
        self.count -= 1;
        self.since = self.since.wrapping_sub(now);
    }

    /// The time of all, since it was last taken.
    pub(super) const fn take_time(&mut self, now: Millis) -> Millis {
        let all = self.count.wrapping_mul(now);
        all.wrapping_sub(std::mem::replace(&mut self.since, all))
    }
}

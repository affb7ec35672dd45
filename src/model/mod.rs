//! The compiled model: ids and flat arrays, immutable, only what the plan and its faults can reach.
//!
//! In: a valid scenario and the priors. Out: what the engine reads, one trial after the other.
//! Cells stand in rank order: a need's members come before its caller, but for the few feedback
//! edges that close a ring. Not here: names (they stay in the world; [`Ground::origin`] leads back).

pub mod compile;
pub mod cone;
pub mod controls;
mod feed_rings;
mod feeds;
pub mod graph;
mod held_queues;
pub(crate) mod pool;
pub mod rare;
pub mod reach;
mod recovery;
pub(crate) mod steps;

pub use compile::compile;
pub use feed_rings::FeedOrder;
pub(crate) use pool::SPREAD;

use crate::scenario::by_hour::Weighing;
use crate::scenario::plan::{DamageKind, Detect, Diagnose, Each, OnFailure};
use crate::scenario::world::CellId;
use crate::units::{Chance, Dist, Level, Millis};
use std::ops::{Deref, Range};
use std::sync::Arc;

/// "Not there", for the 32-bit ids below.
pub const NONE: u32 = u32::MAX;

/// Everything that a trial needs: the ground that a plan runs on, and what stands between the plan and the world.
#[derive(Debug, Clone)]
pub struct Model {
    /// What the plan and its world decide; models that differ in controls only share it.
    pub ground: Arc<Ground>,
    /// What stands between the plan and the world; empty unless `guard` filled it.
    pub controls: controls::Controls,
    /// Every distribution that is drawn from: those of the ground, then those of the controls.
    pub dists: Arc<Vec<Dist>>,
    /// What takes long to find of each ([`luck::spread`](crate::luck::spread)).
    pub spreads: Arc<Vec<f64>>,
    /// Which prior each of them is, or [`NONE`].
    pub prior_of: Arc<Vec<u32>>,
    /// Names of the priors that could be drawn from.
    pub priors: Vec<String>,
    /// Rare draws, for trials that are aimed at them; without it every trial takes its luck as it comes.
    pub rare: Option<Arc<rare::Rare>>,
}

/// Whoever reads a model reads its ground.
impl Deref for Model {
    type Target = Ground;

    fn deref(&self) -> &Ground {
        &self.ground
    }
}

/// A plan in its world: cells, needs, how things are mended, steps as they are written. No control changes any of it.
#[derive(Debug, Clone)]
pub struct Ground {
    /// Where all luck comes from.
    pub seed: u64,
    /// How long after the first impact a trial is followed.
    pub horizon: Millis,
    /// Cells in rank order.
    pub cells: Vec<Cell>,
    /// The same cells in the world.
    pub origin: Vec<CellId>,
    /// Serve-needs, grouped by caller, in declared order.
    pub needs: Vec<Need>,
    /// Which need of its service each of them is.
    pub need_origin: Vec<u32>,
    /// Members of needs and gates that are in the model.
    pub members: Vec<u32>,
    /// Who is told when a cell's level changes: needs of callers, grouped by member.
    pub edges: Vec<Edge>,
    /// Whom a cell's traffic reaches, where that can starve them; grouped by caller.
    pub feeds: Vec<u32>,
    /// The order of rings of feeds, if there are any.
    pub feed_order: FeedOrder,
    /// Which gates hear of a cell going out and coming back; grouped by member.
    pub gate_edges: Vec<u32>,
    /// Start-, repair- and observe-needs of the cells that can be damaged.
    pub gates: Vec<Gate>,
    /// Queues, by consumer.
    pub queues: Vec<Queue>,
    /// Whose queue a cell fills: producer and consumer, in order.
    pub fills: Vec<(u32, u32)>,
    /// How damageable cells are mended.
    pub care: Vec<Care>,
    /// Which cells keep copies of which datastore.
    pub kept: Vec<(u32, u32)>,
    /// Services with a cell in the model.
    pub services: Vec<Service>,
    /// All regions of the world.
    pub regions: Vec<Region>,
    /// All teams of the world, and a last one for services without.
    pub teams: Vec<Team>,
    /// The plan.
    pub steps: Vec<Step>,
    /// What fails by itself.
    pub faults: Vec<Fault>,
    /// By cell: how its demand weighs time. Empty where all demand is level, or nobody says when the plan starts.
    pub weighings: Vec<Option<Weighing>>,
    /// The chance of a monitor gap, and its key.
    pub monitor_gap: Odds,
    /// The chance that rolling back settles a deletion.
    pub undelete: Odds,
}

/// A cell. `end`s are the start of the next cell's range; the last element is a sentinel.
#[derive(Debug, Clone, Copy)]
pub struct Cell {
    /// Key of its luck.
    pub entity: u64,
    /// First of its needs.
    pub needs: u32,
    /// First of its edges.
    pub edges: u32,
    /// First of its feeds.
    pub feeds: u32,
    /// First of its gate edges.
    pub gate_edges: u32,
    /// Distribution of its settle, or [`NONE`].
    pub settle: u32,
    /// Index in [`Ground::services`].
    pub service: u32,
    /// How it is mended; [`NONE`] if no step can damage it. A fault from outside may still befall it.
    pub care: u32,
    /// In outage below this.
    pub impaired_below: Level,
    /// How many cells feed it, in the whole world; 0 if it cannot starve.
    pub feeders: u32,
    /// Normal load, millionths.
    pub load: u64,
    /// What it can take, millionths; `u64::MAX` is unlimited.
    pub capacity: u64,
    /// Requests per minute that arrive from outside, millionths; 0 if undeclared.
    pub traffic: u64,
    /// Customers served from here.
    pub customers: u64,
    /// Where.
    pub region: u32,
    /// Position in the world, for ties.
    pub order: u32,
    /// How many needs lead up to it at most, a ring counted as one.
    pub depth: u32,
    /// Lies on a ring of serve-needs, be it through peers that bear its traffic.
    pub ring: bool,
    /// Customer-facing.
    pub faces: bool,
    /// Latches when overloaded.
    pub collapses: bool,
    /// Queues that it consumes: first index, [`NONE`] if none.
    pub queue: u32,
    /// Watches places that keep copies, or redundant needs, so that `exposed` must be looked at.
    pub watches: bool,
}

impl Cell {
    /// Whether requests or customers can be lost here.
    #[must_use]
    pub const fn has_losses(&self) -> bool {
        self.traffic != 0 || self.customers != 0
    }
}

/// A serve-need of a cell.
#[derive(Debug, Clone, Copy)]
pub struct Need {
    /// Key of its luck.
    pub entity: u64,
    /// Whose need.
    pub caller: u32,
    /// First of its members in [`Ground::members`].
    pub members: u32,
    /// How many members are in the model.
    pub count: u32,
    /// How many of those must be up (the members outside the model always are).
    pub at_least: u32,
    /// The part of the requests that uses it.
    pub share: Level,
    /// Distribution of the hold, or [`NONE`].
    pub hold: u32,
    /// Distribution of the release, or [`NONE`].
    pub release: u32,
    /// Tries per request while the caller fails.
    pub attempts: u32,
    /// Has spare members, in the model or outside.
    pub redundant: bool,
    /// Index in [`Ground::queues`] for work that arrives, else [`NONE`].
    pub queue: u32,
}

/// A member of a need, seen from the member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge {
    /// The need.
    pub need: u32,
    /// The cell that has it.
    pub caller: u32,
}

/// What a gate is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum GateKind {
    Start,
    Repair,
    Observe,
}

/// A start-, repair- or observe-need.
#[derive(Debug, Clone, Copy)]
pub struct Gate {
    /// What for.
    pub kind: GateKind,
    /// Whose.
    pub cell: u32,
    /// First of its members in [`Ground::members`].
    pub members: u32,
    /// How many.
    pub count: u32,
    /// How many must be up.
    pub at_least: u32,
    /// Distribution of the slower path's wait, or [`NONE`].
    pub alternate: u32,
    /// Which gate of its service, for names.
    pub origin: u32,
}

/// Work that arrives through a queue.
#[derive(Debug, Clone)]
pub struct Queue {
    /// The consumer.
    pub consumer: u32,
    /// Its need on the queue.
    pub need: u32,
    /// Normal arrivals, millionths per minute.
    pub arrivals: u64,
    /// Capacity of the consumer, millionths per minute.
    pub capacity: u64,
    /// Producers in the model.
    pub producers: Vec<u32>,
    /// Producers outside it, always at level 1.
    pub steady: u32,
    /// The next queue of the same consumer, or [`NONE`].
    pub next: u32,
}

impl Queue {
    /// The mean level of all producers, from the levels of those in the model; 1 if nobody is declared.
    pub(crate) fn mean_of(&self, levels: impl Iterator<Item = Level>) -> Level {
        let count = self.producers.len() as u64 + u64::from(self.steady);
        if count == 0 {
            return Level::ONE;
        }
        let inside: u64 = levels.map(|level| u64::from(level.ppb())).sum();
        let steady = u64::from(self.steady) * u64::from(Level::ONE.ppb());
        Level::from_ppb(u32::try_from((inside + steady) / count).unwrap_or(u32::MAX))
    }
}

/// A probability and the key under which it is drawn when it is only known as a Beta.
#[derive(Debug, Clone, Copy)]
pub struct Odds {
    /// The probability.
    pub chance: Chance,
    /// The key.
    pub entity: u64,
    /// Which prior it is, or [`NONE`].
    pub prior: u32,
}

/// How a damageable cell is noticed, understood and mended. Durations are ids of distributions.
#[derive(Debug, Clone)]
pub struct Care {
    /// The cell.
    pub cell: u32,
    /// Its team.
    pub team: u32,
    /// Its gates in [`Ground::gates`].
    pub gates: Range<u32>,
    /// Holds data that must be restored.
    pub datastore: bool,
    /// To notice, by [`Detect`]; one figure if the team gives one.
    pub detect: [u32; 3],
    /// Whether the team's figure replaces the classes (then there is no monitor gap).
    pub detect_declared: bool,
    /// From notice to work.
    pub engage: u32,
    /// To understand, by [`Diagnose`].
    pub diagnose: [u32; 3],
    /// The people factor of the region.
    pub people: f64,
    /// The share by which each start running in the region lengthens a further one.
    pub herd: Level,
    /// To wait for the vendor, or [`NONE`].
    pub vendor: u32,
    /// To roll back, by people.
    pub revert: u32,
    /// To roll back, by the plan itself (`on-failure: rollback`).
    pub rollback: u32,
    /// Whether that settles a bad configuration.
    pub revert_works: Odds,
    /// To fix forward.
    pub fix_forward: u32,
    /// To restart.
    pub restart: u32,
    /// To re-create; [`NONE`] for a datastore that gives no figure.
    pub recreate: u32,
    /// The same for a step that re-creates: the prior where no figure is given.
    pub recreate_step: u32,
    /// What drift adds to that: chance and duration; [`NONE`] if a figure was given.
    pub drift: u32,
    /// The chance of drift.
    pub drift_chance: Level,
    /// To shed load.
    pub shed: u32,
    /// How long an overload lasts by itself.
    pub metastable: u32,
    /// Warm-up after a start, or [`NONE`].
    pub warm_up: u32,
    /// The level meanwhile.
    pub warm_level: Level,
    /// How its data comes back.
    pub restore: Restore,
}

/// How data comes back.
#[derive(Debug, Clone)]
pub struct Restore {
    /// To find a copy.
    pub locate: u32,
    /// Bytes, if declared.
    pub size: Option<u64>,
    /// Throughput in bytes per second.
    pub throughput: u32,
    /// To check.
    pub verify: u32,
    /// What takes the place of the sum when the size is unknown, or no copy is left.
    pub fallback: u32,
    /// Time between backups.
    pub backup_every: Option<Millis>,
    /// Cells that keep copies; [`NONE`] stands for a place outside the model, which survives.
    pub places: Vec<u32>,
    /// Generations kept in each place.
    pub copies: u32,
    /// Whether a copy can be used.
    pub usable: Odds,
}

/// A service.
#[derive(Debug, Clone)]
pub struct Service {
    /// Index in the world.
    pub origin: u32,
    /// Its cells in the model.
    pub cells: Vec<u32>,
    /// Normal load over all its cells, those outside the model included.
    pub load: u64,
    /// In outage below this.
    pub impaired_below: Level,
    /// Customer-facing.
    pub faces: bool,
    /// Delay before traffic moves, or [`NONE`].
    pub failover: u32,
}

/// A region.
#[derive(Debug, Clone, Copy)]
pub struct Region {
    /// Normal load of its customer-facing cells, in the whole world; 0 if it has none.
    pub load: u64,
}

/// A team.
#[derive(Debug, Clone, Copy)]
pub struct Team {
    /// Mends at once.
    pub crew: u32,
    /// Factor on detect and diagnose while blind.
    pub blind: u32,
    /// Key of its luck.
    pub entity: u64,
}

/// A step.
#[derive(Debug, Clone)]
pub struct Step {
    /// Key of its luck.
    pub entity: u64,
    /// Cells that it touches, in declared order.
    pub targets: Vec<u32>,
    /// Steps that it waits for.
    pub after: Vec<u32>,
    /// Steps that wait for it.
    pub before: Vec<u32>,
    /// What it does.
    pub effect: Effect,
    /// Damage of these kinds that was there before is gone when its work is done.
    pub mends: Vec<DamageKind>,
    /// Starts its targets.
    pub starts: bool,
    /// All at once or one after the other.
    pub each: Each,
    /// What its work consists of; together the longest counts.
    pub takes: Vec<Takes>,
    /// How long its work lasts by its own word, whatever it consists of, or [`NONE`].
    pub said: u32,
    /// Checking afterwards, or [`NONE`].
    pub verify: u32,
    /// Watching afterwards, or [`NONE`].
    pub bake: u32,
    /// What a failure leads to.
    pub on_failure: OnFailure,
    /// The chance of failure.
    pub fails: Option<Odds>,
    /// How its damage is noticed.
    pub detect: Detect,
    /// How its damage is understood.
    pub diagnose: Diagnose,
}

/// One duration of a step.
#[derive(Debug, Clone, Copy)]
pub enum Takes {
    /// A draw under its own key.
    Draw {
        /// The distribution.
        dist: u32,
        /// The key.
        entity: u64,
    },
    /// Re-creating this cell, data included.
    Recreate(u32),
    /// Restoring this cell's data.
    Restore(u32),
}

/// What a step does to its targets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Nothing that matters.
    Nothing,
    /// Leaves damage.
    Leaves(DamageKind, Level),
    /// Damage while it works.
    Interrupts(DamageKind, Level),
    /// Damage if it fails.
    Risks(DamageKind, Level),
    /// Moves traffic away.
    MovesTraffic,
    /// A fresh backup.
    Snapshots,
    /// Takes damage away: [`Step::mends`].
    Mends,
}

/// Something that fails by itself.
#[derive(Debug, Clone)]
pub struct Fault {
    /// Key of its luck.
    pub entity: u64,
    /// Which cells.
    pub targets: Vec<u32>,
    /// When.
    pub from: u32,
    /// For how long.
    pub lasts: u32,
}

impl Ground {
    /// Without anything in it.
    pub(crate) fn blank(seed: u64, horizon: Millis) -> Self {
        let nothing = Odds { chance: Chance::Fixed(Level::ZERO), entity: 0, prior: NONE };
        Self {
            seed,
            horizon,
            cells: Vec::new(),
            origin: Vec::new(),
            needs: Vec::new(),
            need_origin: Vec::new(),
            members: Vec::new(),
            edges: Vec::new(),
            feeds: Vec::new(),
            feed_order: FeedOrder::default(),
            gate_edges: Vec::new(),
            gates: Vec::new(),
            queues: Vec::new(),
            fills: Vec::new(),
            care: Vec::new(),
            kept: Vec::new(),
            services: Vec::new(),
            regions: Vec::new(),
            teams: Vec::new(),
            steps: Vec::new(),
            faults: Vec::new(),
            weighings: Vec::new(),
            monitor_gap: nothing,
            undelete: nothing,
        }
    }

    /// How many cells can be touched.
    #[must_use]
    pub fn len(&self) -> usize {
        self.origin.len()
    }

    /// Whether nothing can be touched at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.origin.is_empty()
    }

    /// How much time has passed for those who use a cell: their demand weighs it.
    #[must_use]
    pub fn weighed(&self, cell: u32, now: Millis) -> Millis {
        match self.weighings.get(cell as usize) {
            Some(Some(weighing)) => weighing.at(now),
            _ => now,
        }
    }

    /// The needs of a cell.
    #[must_use]
    pub fn needs_of(&self, cell: u32) -> Range<usize> {
        self.cells[cell as usize].needs as usize..self.cells[cell as usize + 1].needs as usize
    }

    /// Who is told when a cell's level changes.
    #[must_use]
    pub fn edges_of(&self, cell: u32) -> &[Edge] {
        &self.edges[self.cells[cell as usize].edges as usize..self.cells[cell as usize + 1].edges as usize]
    }

    /// Whose queues a cell fills.
    pub(crate) fn filled_by(&self, producer: u32) -> &[(u32, u32)] {
        let start = self.fills.partition_point(|&(known, _)| known < producer);
        let end = self.fills[start..].partition_point(|&(known, _)| known == producer);
        &self.fills[start..start + end]
    }

    /// Whom a cell's traffic reaches.
    #[must_use]
    pub fn feeds_of(&self, cell: u32) -> &[u32] {
        &self.feeds[self.cells[cell as usize].feeds as usize..self.cells[cell as usize + 1].feeds as usize]
    }

    /// Which gates hear of a cell.
    #[must_use]
    pub fn gate_edges_of(&self, cell: u32) -> &[u32] {
        &self.gate_edges[self.cells[cell as usize].gate_edges as usize..self.cells[cell as usize + 1].gate_edges as usize]
    }

    /// The members of a need.
    #[must_use]
    pub fn members_of(&self, need: &Need) -> &[u32] {
        &self.members[need.members as usize..(need.members + need.count) as usize]
    }
}

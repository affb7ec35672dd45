//! The afternoon program: what a good engineer writes in an afternoon for one family of worlds, to measure foreshock against.
//!
//! In: a scenario of `worlds`. Out: for each cell how often it was affected, its outage in all, p50 and p90. A petgraph graph, a
//! `BinaryHeap` of timers, and state for every cell allocated in every trial. The luck is that of the product, by the same keys, so
//! that both print the same sums to the last digit. Not here: levels between 0 and 1, redundancy, incidents, attribution.
//!
//! A cell is down while it is damaged, or a need has been down for at least the hold of that edge; after the last cause has gone it
//! settles. What falls on the same millisecond is applied together: first who returns and which masks run out, then who falls, then
//! who starts to settle. Every settle takes at least a millisecond, which the worlds grant.

#![allow(dead_code, reason = "each bench, test and example uses its own part of this file")]

mod trial;

use foreshock::luck::entity;
use foreshock::scenario::Scenario;
use foreshock::units::{Dist, Millis};
use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use std::ops::Range;

use crate::worlds::{REGION, hold_ms};
use trial::Trial;

/// A world, ready to be simulated.
pub(crate) struct Afternoon {
    /// An edge points from a need to the cell that needs it, and carries the hold.
    graph: DiGraph<Cell, Millis>,
    /// Cells that lie on a cycle of needs, by index.
    on_cycle: Vec<bool>,
    roots: Vec<Root>,
    seed: u64,
    horizon: Millis,
}

/// What a trial needs to know of a cell.
struct Cell {
    settle: Dist,
    entity: u64,
}

/// A damaged cell and how long the work on it takes.
struct Root {
    cell: NodeIndex,
    takes: Dist,
    entity: u64,
}

/// All the luck of one trial that was used, for peers that cannot draw by key.
#[derive(serde::Serialize)]
pub(crate) struct Draws {
    /// How long each step takes.
    pub(crate) takes_ms: Vec<Millis>,
    /// Settles by cell, in the order of use.
    pub(crate) settles_ms: Vec<(u32, Vec<Millis>)>,
}

/// The outages of every cell, by index, one entry for each trial with an outage.
pub(crate) struct Outcome {
    trials: u64,
    outages: Vec<Vec<Millis>>,
}

/// One affected cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Row {
    /// Its index in the world.
    pub(crate) cell: u32,
    /// Trials with an outage.
    pub(crate) affected: u64,
    /// Its outage over all trials.
    pub(crate) outage_ms: Millis,
    /// The median over all trials, 0 where untouched.
    pub(crate) p50_ms: Millis,
    /// The 90th percentile over all trials.
    pub(crate) p90_ms: Millis,
}

impl Afternoon {
    /// Reads the world. Names are hashed here, once.
    pub(crate) fn new(scenario: &Scenario) -> Self {
        let world = &scenario.world;
        let mut graph = DiGraph::with_capacity(world.services.len(), 0);
        for service in &world.services {
            let settle = service.settle.clone().unwrap_or(Dist::Fixed(1.0));
            graph.add_node(Cell { settle, entity: entity("cell", &format!("{}@{REGION}", service.name)) });
        }
        for (cell, service) in graph.node_indices().zip(&world.services) {
            for need in &service.needs {
                graph.add_edge(NodeIndex::new(need.members[0].service as usize), cell, hold_ms(need));
            }
        }
        let mut on_cycle = vec![false; graph.node_count()];
        for component in tarjan_scc(&graph).iter().filter(|cells| cells.len() > 1) {
            component.iter().for_each(|cell| on_cycle[cell.index()] = true);
        }
        let roots = scenario.plan.steps.iter().map(|step| Root {
            cell: NodeIndex::new(step.targets[0] as usize),
            takes: step.takes.clone().unwrap_or(Dist::Forever),
            entity: entity("step", &step.id),
        });
        Self { roots: roots.collect(), graph, on_cycle, seed: scenario.seed, horizon: scenario.horizon }
    }

    /// Runs these trials, one after the other.
    pub(crate) fn run(&self, trials: Range<u64>) -> Outcome {
        let mut outages = vec![Vec::new(); self.graph.node_count()];
        let count = trials.end - trials.start;
        for number in trials {
            for (cell, outage_ms) in self.trial(number) {
                outages[cell as usize].push(outage_ms);
            }
        }
        Outcome { trials: count, outages }
    }

    /// The cells affected in one trial and their outages, in the order of their first fall.
    pub(crate) fn trial(&self, number: u64) -> Vec<(u32, Millis)> {
        Trial::run(self, number).outages()
    }

    /// The luck that a trial uses.
    pub(crate) fn draws(&self, number: u64) -> Draws {
        Trial::run(self, number).draws()
    }

    /// How many cells lie on cycles of needs.
    pub(crate) fn cells_on_cycles(&self) -> usize {
        self.on_cycle.iter().filter(|&&on_cycle| on_cycle).count()
    }
}

impl Outcome {
    /// The affected cells in declared order.
    pub(crate) fn rows(mut self) -> Vec<Row> {
        let trials = self.trials;
        let affected = self.outages.iter_mut().enumerate().filter(|(_, outages)| !outages.is_empty());
        affected
            .map(|(cell, outages)| {
                outages.sort_unstable();
                Row {
                    cell: u32::try_from(cell).unwrap_or(u32::MAX),
                    affected: outages.len() as u64,
                    outage_ms: outages.iter().sum(),
                    p50_ms: quantile(outages, trials, 50),
                    p90_ms: quantile(outages, trials, 90),
                }
            })
            .collect()
    }
}

/// The nearest-rank percentile of sorted outages, those of untouched trials being 0.
fn quantile(outages: &[Millis], trials: u64, percent: u64) -> Millis {
    let untouched = trials - outages.len() as u64;
    let rank = (trials * percent).div_ceil(100).max(1);
    if rank <= untouched { 0 } else { outages[usize::try_from(rank - untouched - 1).unwrap_or(usize::MAX)] }
}

/// A short name for what a run found: equal work gives equal digests, whoever did it.
pub(crate) fn digest(rows: impl IntoIterator<Item = (u32, u64, Millis)>) -> String {
    let mut hash = Sha256::new();
    for (cell, affected, outage_ms) in rows {
        hash.update(format!("{cell} {affected} {outage_ms}\n"));
    }
    hash.finalize().iter().take(6).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The digest of rows.
pub(crate) fn digest_of(rows: &[Row]) -> String {
    digest(rows.iter().map(|row| (row.cell, row.affected, row.outage_ms)))
}

//! The world's serve-needs turned round: who calls whom.
//!
//! In: a world. Out: for each cell the needs of other cells that it can fill. Built once per world,
//! in time linear in its needs, and shared by every plan over that world.

use crate::scenario::world::{CellId, World};
use fixedbitset::FixedBitSet;

/// A need as seen from one of its members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    /// The cell that has the need.
    pub caller: CellId,
    /// Which need of the caller's service.
    pub need: u32,
}

/// Callers of every cell, by cell.
#[derive(Debug, Clone)]
pub struct Graph {
    starts: Vec<u32>,
    calls: Vec<Call>,
    /// By call: it is work that arrives through a queue.
    is_queue: FixedBitSet,
}

impl Graph {
    /// Reads the world's needs: once, since what they lead to lies all over a large world.
    #[must_use]
    pub fn new(world: &World) -> Self {
        let mut found: Vec<(CellId, Call)> = Vec::with_capacity(world.cells.len());
        let mut queues: Vec<usize> = Vec::new();
        let mut starts = vec![0_u32; world.cells.len() + 1];
        each_call(world, |member, call, is_queue| {
            starts[member as usize + 1] += 1;
            queues.extend(is_queue.then_some(found.len()));
            found.push((member, call));
        });
        for i in 1..starts.len() {
            starts[i] += starts[i - 1];
        }
        let mut next = starts.clone();
        let mut calls = vec![Call { caller: 0, need: 0 }; found.len()];
        let mut is_queue = FixedBitSet::with_capacity(found.len());
        let mut queues = queues.into_iter().peekable();
        for (i, (member, call)) in found.into_iter().enumerate() {
            let slot = &mut next[member as usize];
            calls[*slot as usize] = call;
            is_queue.set(*slot as usize, queues.next_if_eq(&i).is_some());
            *slot += 1;
        }
        Self { starts, calls, is_queue }
    }

    /// Who calls this cell.
    #[must_use]
    pub fn callers(&self, cell: CellId) -> &[Call] {
        &self.calls[self.starts[cell as usize] as usize..self.starts[cell as usize + 1] as usize]
    }

    /// Those of them for whom it is a queue from which work arrives, or all others.
    pub(super) fn callers_by(&self, cell: CellId, is_queue: bool) -> impl Iterator<Item = CellId> {
        let first = self.starts[cell as usize] as usize;
        let wanted = move |&(at, _): &(usize, &Call)| self.is_queue.contains(at) == is_queue;
        (first..).zip(self.callers(cell)).filter(wanted).map(|(_, call)| call.caller)
    }
}

/// Visits every (member, call, whether it is a queue) of the world, in declared order of callers and needs.
fn each_call(world: &World, mut visit: impl FnMut(CellId, Call, bool)) {
    for service in &world.services {
        for caller in service.cells.clone() {
            let region = world.cells[caller as usize].region;
            for (need, declared) in (0_u32..).zip(&service.needs) {
                for &place in &declared.members {
                    for member in world.cells_at(place, region) {
                        visit(member, Call { caller, need }, declared.queue.is_some());
                    }
                }
            }
        }
    }
}

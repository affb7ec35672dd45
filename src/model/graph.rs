//! The world's serve-needs turned round: who calls whom.
//!
//! In: a world. Out: for each cell the needs of other cells that it can fill. Built once per world,
//! in time linear in its needs, and shared by every plan over that world.

use crate::scenario::world::{CellId, World};

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
}

impl Graph {
    /// Reads the world's needs.
    #[must_use]
    pub fn new(world: &World) -> Self {
        let mut starts = vec![0_u32; world.cells.len() + 1];
        each_call(world, |member, _| starts[member as usize + 1] += 1);
        for i in 1..starts.len() {
            starts[i] += starts[i - 1];
        }
        let mut next = starts.clone();
        let mut calls = vec![Call { caller: 0, need: 0 }; *starts.last().unwrap_or(&0) as usize];
        each_call(world, |member, call| {
            let slot = &mut next[member as usize];
            calls[*slot as usize] = call;
            *slot += 1;
        });
        Self { starts, calls }
    }

    /// Who calls this cell.
    #[must_use]
    pub fn callers(&self, cell: CellId) -> &[Call] {
        &self.calls[self.starts[cell as usize] as usize..self.starts[cell as usize + 1] as usize]
    }
}

/// Visits every (member, call) of the world, in declared order of callers and needs.
fn each_call(world: &World, mut visit: impl FnMut(CellId, Call)) {
    for service in &world.services {
        for caller in service.cells.clone() {
            let region = world.cells[caller as usize].region;
            for (need, declared) in (0_u32..).zip(&service.needs) {
                for &place in &declared.members {
                    for member in world.cells_at(place, region) {
                        visit(member, Call { caller, need });
                    }
                }
            }
        }
    }
}

//! Needs, gates and places of copies as edges, turned round: from a member to whoever hangs on it.
//!
//! In: a world. Out: edges grouped by member, and what a number of an edge means. A service's edges are
//! numbered through: needs, start-, repair- and observe-gates, then the places of copies. The number of
//! edges is that of (cell, member) pairs: `service@any` counts once per cell of that service.

use super::Tie;
use crate::scenario::world::{CellId, Gate, Need, Place, Service, World};

/// What hangs on one cell: which cell, by which of its needs or gates.
#[derive(Debug, Clone, Copy)]
pub(super) struct Edge {
    /// Whose need or gate it is.
    pub(super) caller: CellId,
    /// Which of them, in the numbering of [`kind_of`].
    pub(super) need: u32,
}

/// All edges, grouped by member.
pub(super) struct Edges {
    /// Edges of cell `c` are `all[starts[c]..starts[c + 1]]`.
    starts: Vec<u32>,
    all: Vec<Edge>,
}

impl Edges {
    /// What hangs on a cell.
    pub(super) fn of(&self, cell: CellId) -> &[Edge] {
        &self.all[self.starts[cell as usize] as usize..self.starts[cell as usize + 1] as usize]
    }
}

/// What an edge is: one of the needs, or one of the gates of a service.
pub(super) enum Hanging<'w> {
    Need(&'w Need),
    Gate(Tie),
}

/// Edges are numbered through needs, start-, repair- and observe-gates, then the places of copies.
pub(super) fn kind_of(service: &Service, index: u32) -> Hanging<'_> {
    let mut index = index as usize;
    if let Some(need) = service.needs.get(index) {
        return Hanging::Need(need);
    }
    index -= service.needs.len();
    for (gates, tie) in gates(service) {
        if index < gates.len() {
            return Hanging::Gate(tie);
        }
        index -= gates.len();
    }
    Hanging::Gate(Tie::Copies)
}

fn gates(service: &Service) -> [(&[Gate], Tie); 3] {
    [(&service.starts_with, Tie::Start), (&service.mends_with, Tie::Repair), (&service.seen_through, Tie::Observe)]
}

pub(super) fn name_of(world: &World, service: &Service, index: u32) -> String {
    let mut index = index as usize;
    if let Some(need) = service.needs.get(index) {
        return need.name(world);
    }
    index -= service.needs.len();
    for (gates, _) in gates(service) {
        if let Some(gate) = gates.get(index) {
            return gate.name.clone();
        }
        index -= gates.len();
    }
    let place = service.data.as_ref().and_then(|data| data.kept_in.get(index));
    place.map_or(String::new(), |place| world.services[place.service as usize].name.clone())
}

/// All edges, grouped by member in two passes: count, then place.
pub(super) fn reversed(world: &World) -> Edges {
    let mut starts = vec![0_u32; world.cells.len() + 1];
    each_edge(world, |member, _| starts[member as usize + 1] += 1);
    for i in 1..starts.len() {
        starts[i] += starts[i - 1];
    }
    let mut next = starts.clone();
    let mut all = vec![Edge { caller: 0, need: 0 }; starts[world.cells.len()] as usize];
    each_edge(world, |member, edge| {
        all[next[member as usize] as usize] = edge;
        next[member as usize] += 1;
    });
    Edges { starts, all }
}

fn each_edge(world: &World, mut found: impl FnMut(CellId, Edge)) {
    for (caller, cell) in (0_u32..).zip(&world.cells) {
        let service = &world.services[cell.service as usize];
        for (need, places) in (0_u32..).zip(all_places(service)) {
            for &place in places {
                for member in world.cells_at(place, cell.region) {
                    found(member, Edge { caller, need });
                }
            }
        }
    }
}

/// The places of each need, gate and copy, in the numbering of [`kind_of`].
pub(super) fn all_places(service: &Service) -> impl Iterator<Item = &[Place]> {
    let needs = service.needs.iter().map(|need| need.members.as_slice());
    let gates = gates(service).into_iter().flat_map(|(gates, _)| gates).map(|gate| gate.members.as_slice());
    let copies = service.data.iter().flat_map(|data| data.kept_in.chunks(1));
    needs.chain(gates).chain(copies)
}

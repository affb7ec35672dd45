//! From when on a cell feels anything: the soonest way by which it loses requests, however few.
//!
//! In: the edges of a world and the targets. Out: by cell, after how long its level is first below normal, if it ever is. The
//! hardest way may be a later one: who fails when a cache is empty may have lost a share of its requests since the beginning.
//!
//! The same search as that for the hardest way, ordered by time alone: a redundant need is felt when too few of its members
//! are as they were. `O(E log V)`.

use super::edges::{Edge, Edges, Hanging, kind_of};
use super::{masked_for, suffices};
use crate::scenario::world::{CellId, World};
use crate::units::{FOREVER, Millis};
use rustc_hash::FxHashMap;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Searches the world.
pub(super) fn felt(world: &World, edges: &Edges, targets: &[CellId]) -> Vec<Option<Millis>> {
    let mut felt: Vec<Option<Millis>> = vec![None; world.cells.len()];
    let mut lost: FxHashMap<(CellId, u32), u32> = FxHashMap::default();
    let mut heap: BinaryHeap<Reverse<(Millis, CellId)>> = targets.iter().map(|&target| Reverse((0, target))).collect();
    while let Some(Reverse((at, cell))) = heap.pop() {
        if felt[cell as usize].is_some() {
            continue;
        }
        felt[cell as usize] = Some(at);
        for &Edge { caller, need } in edges.of(cell) {
            if felt[caller as usize].is_some() {
                continue;
            }
            let declared = &world.cells[caller as usize];
            let Hanging::Need(serving) = kind_of(&world.services[declared.service as usize], need) else { continue };
            if serving.queue.is_some() {
                continue;
            }
            let gone = lost.entry((caller, need)).or_insert(0);
            *gone += 1;
            if !suffices(world, declared.region, serving, *gone) {
                heap.push(Reverse((at.saturating_add(masked_for(serving)).min(FOREVER), caller)));
            }
        }
    }
    felt
}

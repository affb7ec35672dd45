//! Who hears of a cell, and how: the needs that lead to it, seen from the cell that is needed.
//!
//! In: a model and its core. Out: by cell, the *straight* wires, shortest hold first, and the other callers. A caller is straight if
//! nothing but hard needs on single cells can touch it; a hold that outlasts an outage then ends the search, and what is
//! heard can be written down at once (`straight`).

use crate::model::{Edge, Model, NONE, Need};
use crate::units::{Dist, Level};
use fixedbitset::FixedBitSet;

/// A hard need on one cell, with fixed hold and release: what decides whether its caller hears of an outage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Wire {
    pub(super) hold: u32,
    pub(super) need: u32,
}

/// What a caller that hears of one has to know too.
#[derive(Debug, Clone, Copy)]
pub(super) struct End {
    pub(super) caller: u32,
    pub(super) release: u32,
}

/// All wires, grouped by the cell that is needed.
#[derive(Debug)]
pub(super) struct Wires {
    straight: Vec<Wire>,
    /// By need.
    ends: Vec<End>,
    others: Vec<u32>,
    /// By cell, and once more at the end: where its own begin.
    starts: Vec<(u32, u32)>,
    /// By cell: some caller stands before it, or is in the core and does not hear of it.
    cut: FixedBitSet,
}

impl Wires {
    /// Of cells that come before their callers; `is_odd` are cells that need more than a look at their needs.
    pub(super) fn new(model: &Model, is_core: &FixedBitSet, is_odd: &FixedBitSet) -> Self {
        let (cells, needs, edges) = (model.len(), model.needs.len(), model.edges.len());
        let mut wires = Self {
            straight: Vec::with_capacity(edges),
            ends: Vec::with_capacity(needs),
            others: Vec::new(),
            starts: Vec::with_capacity(cells + 1),
            cut: FixedBitSet::with_capacity(cells),
        };
        let (mut holds, mut is_straight) = (Vec::with_capacity(needs), FixedBitSet::with_capacity(cells));
        for cell in 0..cells {
            let is_simple = !is_odd.contains(cell) && !is_core.contains(cell) && !model.cells[cell].watches;
            is_straight.set(cell, is_simple & wires.find_ends(model, id(cell), &mut holds));
        }
        for cell in 0..id(cells) {
            wires.starts.push((id(wires.straight.len()), id(wires.others.len())));
            wires.lay(model, cell, is_core, |edge| is_straight.contains(edge.caller as usize).then(|| holds[edge.need as usize]));
        }
        wires.starts.push((id(wires.straight.len()), id(wires.others.len())));
        wires
    }

    /// Where wires of the needs of a cell would end, and what holds them; whether all of them can be straight.
    fn find_ends(&mut self, model: &Model, caller: u32, holds: &mut Vec<u32>) -> bool {
        let mut are_straight = true;
        for need in &model.needs[model.needs_of(caller)] {
            let window = window(model, need);
            are_straight &= window.is_some();
            let (hold, release) = window.unwrap_or_default();
            holds.push(hold);
            self.ends.push(End { caller, release });
        }
        are_straight
    }

    /// Lays the wires of a cell to those who hear of it: straight ones with a hold, and others.
    fn lay(&mut self, model: &Model, cell: u32, is_core: &FixedBitSet, hold: impl Fn(&Edge) -> Option<u32>) {
        let first = self.straight.len();
        for edge in model.edges_of(cell) {
            if !hears(is_core, edge.caller, cell) {
                self.cut.insert(cell as usize);
            } else if !is_core.contains(edge.caller as usize) {
                match hold(edge) {
                    Some(hold) => self.straight.push(Wire { hold, need: edge.need }),
                    None => self.others.push(edge.caller),
                }
            }
        }
        self.straight[first..].sort_unstable();
    }

    /// Whether some caller does not hear of a cell at its turn.
    pub(super) fn is_cut(&self, cell: u32) -> bool {
        self.cut.contains(cell as usize)
    }

    /// Straight wires, shortest hold first.
    pub(super) fn straight(&self, cell: u32) -> &[Wire] {
        &self.straight[self.starts[cell as usize].0 as usize..self.starts[cell as usize + 1].0 as usize]
    }

    /// Where the wire of a need ends.
    pub(super) fn end(&self, need: u32) -> End {
        self.ends[need as usize]
    }

    /// Callers that look at all their needs themselves.
    pub(super) fn others(&self, cell: u32) -> &[u32] {
        &self.others[self.starts[cell as usize].1 as usize..self.starts[cell as usize + 1].1 as usize]
    }
}

/// Whether a caller hears of a member at its turn: it comes later, or both belong to the core.
pub(super) fn hears(is_core: &FixedBitSet, caller: u32, member: u32) -> bool {
    if is_core.contains(caller as usize) { is_core.contains(member as usize) } else { member < caller }
}

/// An index as an id.
fn id(index: usize) -> u32 {
    u32::try_from(index).expect("fewer than 2^32 cells and needs")
}

/// Hold and release of a need that takes all from one cell and is the same in every trial.
fn window(model: &Model, need: &Need) -> Option<(u32, u32)> {
    let fixed = |dist: u32| match dist {
        NONE => Some(0),
        _ if model.prior_of[dist as usize] != NONE => None,
        _ => match &model.dists[dist as usize] {
            Dist::Fixed(value) => u32::try_from(crate::luck::to_millis(*value)).ok(),
            _ => None,
        },
    };
    let hard = need.queue == NONE && need.count == 1 && need.at_least == 1 && !need.redundant && need.share == Level::ONE;
    Some((fixed(need.hold)?, fixed(need.release)?)).filter(|_| hard)
}

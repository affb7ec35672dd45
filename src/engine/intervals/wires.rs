//! Who hears of a cell, and how: the needs that lead to it, seen from the cell that is needed.
//!
//! In: a model and its core. Out: by cell, the *straight* wires, shortest hold first, and the other callers. A caller is straight if
//! nothing but hard needs on single cells can touch it; a hold that outlasts an outage then ends the search, and what is
//! heard can be written down at once (`straight`).

use crate::model::{Model, NONE, Need};
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
}

impl Wires {
    /// Of cells that come before their callers; `is_odd` are cells that need more than a look at their needs.
    pub(super) fn new(model: &Model, is_core: &FixedBitSet, is_odd: &FixedBitSet) -> Self {
        let cells = 0..u32::try_from(model.len()).unwrap_or(NONE);
        let is_straight = |&cell: &u32| {
            let index = cell as usize;
            let simple = !is_odd.contains(index) && !is_core.contains(index) && !model.cells[index].watches;
            simple && model.needs[model.needs_of(cell)].iter().all(|need| window(model, need).is_some())
        };
        let mut straight_cells = FixedBitSet::with_capacity(model.len());
        straight_cells.extend(cells.clone().filter(is_straight).map(|c| c as usize));

        let ends = model.needs.iter().map(|need| End { caller: need.caller, release: 0 }).collect();
        let mut wires = Self { straight: Vec::new(), ends, others: Vec::new(), starts: Vec::with_capacity(model.len() + 1) };
        for cell in cells {
            let (first, first_other) = (wires.straight.len(), wires.others.len());
            wires.starts.push(start(first, first_other));
            let ours = model.edges_of(cell).iter().filter(|e| !is_core.contains(e.caller as usize) && cell < e.caller);
            for edge in ours {
                match window(model, &model.needs[edge.need as usize]).filter(|_| straight_cells.contains(edge.caller as usize)) {
                    Some((hold, release)) => {
                        wires.straight.push(Wire { hold, need: edge.need });
                        wires.ends[edge.need as usize].release = release;
                    }
                    None => wires.others.push(edge.caller),
                }
            }
            wires.straight[first..].sort_unstable();
        }
        wires.starts.push(start(wires.straight.len(), wires.others.len()));
        wires
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

fn start(straight: usize, others: usize) -> (u32, u32) {
    let id = |n: usize| u32::try_from(n).expect("fewer than 2^32 needs");
    (id(straight), id(others))
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

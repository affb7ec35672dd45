//! Who gets at a cell to mend it, or to work on it: its repair-needs are up, or a slower way past them is open.
//!
//! In: the repair-needs of a cell. Out: whether work can begin. Past a need that is away, and declares an `alternate`, people set out at
//! once; each way takes its own time, and whoever comes for another piece of work sets out again. Not here: what else work needs.

use super::queue::What;
use super::trial::Engine;
use super::watch::Watch;
use crate::luck::Purpose;
use crate::model::{GateKind, NONE};
use crate::units::Millis;

impl<'m, W: Watch> Engine<'m, W> {
    /// How the targets of a step that can be damaged are mended.
    pub(super) fn cares_of(&self, step: u32) -> impl Iterator<Item = u32> + use<'m, W> {
        let model = self.model;
        let targets = self.step_of(step).targets.iter();
        targets.map(|&cell| model.cells[cell as usize].care).filter(|&care| care != NONE)
    }

    /// Whether one gets at the cell of this care, where some members of its needs count as up.
    pub(super) fn has_access(&mut self, care: u32, counts: impl Fn(&u32) -> bool + Copy) -> bool {
        let model = self.model;
        let gates = &model.care[care as usize].gates;
        let mut open = true;
        for (place, gate) in (0..).zip(gates.clone()) {
            let known = &model.gates[gate as usize];
            // All of them, since all ways are taken at the same time.
            if known.kind == GateKind::Repair && !self.gate_open_with(known, counts) {
                open &= known.alternate != NONE && self.way_opens(care, place) <= self.now;
            }
        }
        open
    }

    /// When the slower way past a gate is open; if nobody has set out yet, somebody does.
    fn way_opens(&mut self, care: u32, place: u32) -> Millis {
        let known = self.recoveries[care as usize].ways.iter().find(|way| way.0 == place);
        if let Some(&(_, open)) = known {
            return open;
        }
        let spec = &self.model.care[care as usize];
        let (gates, owner) = (spec.gates.end - spec.gates.start, self.model.cells[spec.cell as usize].entity);
        let alternate = self.model.gates[(spec.gates.start + place) as usize].alternate;
        // What is kept of a recovery is forgotten with its cell.
        self.touch(spec.cell);
        let n = self.recoveries[care as usize].visits * gates + place;
        let open = self.now + self.draw(alternate, owner, Purpose::Alternate, n);
        self.recoveries[care as usize].ways.push((place, open));
        self.at(open, What::Alternate, care, 0);
        open
    }

    /// Work on a cell begins, or is no longer wanted: the next one needs a way of its own.
    pub(super) fn leave_way(&mut self, care: u32) {
        let recovery = &mut self.recoveries[care as usize];
        if !recovery.ways.is_empty() {
            recovery.ways.clear();
            recovery.visits += 1;
        }
    }
}

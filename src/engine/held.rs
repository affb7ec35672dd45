//! For whom a mend waits, told to whoever watches.
//!
//! In: a mend that cannot begin at this instant. Out: one [`Note::MendHeld`] per reason. Only looked at when
//! somebody watches; nothing in a trial depends on it.

use super::mend::{restores, starts};
use super::trial::Engine;
use super::watch::{Note, Watch};
use crate::model::{GateKind, NONE};
use crate::scenario::plan::DamageKind;

/// What keeps a mend from beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Holder {
    /// This cell must serve first.
    Cell(u32),
    /// Everybody of this team is busy.
    Crew(u32),
}

impl<W: Watch> Engine<'_, W> {
    /// Tells what the mend of a cell waits for.
    pub(super) fn tell_holders(&mut self, cell: u32, worst: DamageKind) {
        if !W::AWAKE {
            return;
        }
        let care = &self.model.care[self.model.cells[cell as usize].care as usize];
        let gates = &self.model.gates[care.gates.start as usize..care.gates.end as usize];
        let asks = |kind: GateKind| kind == GateKind::Repair || kind == GateKind::Start && starts(worst, care);
        let closed = gates.iter().filter(|g| asks(g.kind) && !self.gate_open(g));
        let behind = closed.flat_map(|g| &self.model.members[g.members as usize..(g.members + g.count) as usize]);
        let places = care.restore.places.iter().filter(|&&p| restores(worst, care) && p != NONE && p != cell);
        let down = behind.chain(places).copied().filter(|&m| !self.is_up(m));
        let mut holders: Vec<Holder> = down.map(Holder::Cell).collect();
        if self.busy[care.team as usize] >= self.model.teams[care.team as usize].crew {
            holders.push(Holder::Crew(care.team));
        }
        holders.sort_unstable();
        holders.dedup();
        for by in holders {
            self.note(Note::MendHeld { cell, by });
        }
    }
}

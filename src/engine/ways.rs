//! Minutes by need on the way to the root.
//!
//! A cell that is below its objective owes its time to every need on its way. Ways share their ends, so nobody walks his own:
//! what is owed is carried from need to need, once for all who come the same way, before a way changes and when the trial ends.

use super::state::Cell;
use super::trial::Engine;
use super::watch::Watch;
use crate::model::NONE;
use crate::units::Millis;

/// What is owed at a cell.
#[derive(Debug, Clone, Copy)]
pub(super) struct Toll {
    /// By itself, and by those behind it once they have come this far.
    owed: Millis,
    /// Those behind it who have not.
    behind: u32,
    /// On the way of somebody who owes.
    open: bool,
}

impl Toll {
    pub(super) const NONE: Toll = Toll { owed: 0, behind: 0, open: false };
}

impl<W: Watch> Engine<'_, W> {
    /// A cell was held back for so long on the way that it points to.
    pub(super) fn owe(&mut self, cell: u32, spell: Millis) {
        let toll = &mut self.tolls[cell as usize];
        if toll.owed == 0 {
            self.owing.push(cell);
        }
        toll.owed += spell;
    }

    /// Pays what is owed, along ways as they are.
    pub(super) fn pay(&mut self) {
        match self.owing[..] {
            [] => {}
            [cell] => self.pay_alone(cell),
            _ => self.pay_together(),
        }
        self.owing.clear();
    }

    /// Nobody else comes along. Every way ends, and none is longer than the list of those that anything befell.
    fn pay_alone(&mut self, cell: u32) {
        let owed = std::mem::take(&mut self.tolls[cell as usize].owed);
        let mut at = cell;
        for _ in 0..self.touched.len() {
            let Cell { blame: need, via, .. } = self.cells[at as usize];
            if need != NONE {
                self.minutes.needs[need as usize] += owed;
            }
            if via == NONE {
                break;
            }
            at = via;
        }
    }

    fn pay_together(&mut self) {
        for i in 0..self.owing.len() {
            let mut at = self.owing[i];
            while at != NONE && !std::mem::replace(&mut self.tolls[at as usize].open, true) {
                at = self.cells[at as usize].via;
                if at != NONE {
                    self.tolls[at as usize].behind += 1;
                }
            }
        }
        for i in 0..self.owing.len() {
            let mut at = self.owing[i];
            // Whoever has others behind waits for the last of them, who takes it along.
            while at != NONE && self.tolls[at as usize].open && self.tolls[at as usize].behind == 0 {
                let Toll { owed, .. } = std::mem::replace(&mut self.tolls[at as usize], Toll::NONE);
                let (need, via) = (self.cells[at as usize].blame, self.cells[at as usize].via);
                if need != NONE {
                    self.minutes.needs[need as usize] += owed;
                }
                at = via;
                if at != NONE {
                    self.tolls[at as usize].owed += owed;
                    self.tolls[at as usize].behind -= 1;
                }
            }
        }
        debug_assert!(self.owing.iter().all(|&cell| !self.tolls[cell as usize].open), "every way ends");
    }
}

//! Settles: how long a cell takes to serve again once its last cause has gone, and when that begins.
//!
//! In: cells whose level waits for a settle. Out: the ends of settles, as events. A settle is drawn by its key alone, so it may be drawn
//! before it is known when it begins: those of cells that fell meanwhile are drawn together with the first that is asked for.

use super::befallen::NEVER;
use super::queue::What;
use super::trial::Engine;
use super::watch::Watch;
use crate::luck::{ENTITIES, LogNormal, Purpose};
use crate::model::NONE;
use crate::units::{Dist, FOREVER, Millis};

/// Fewer draws than this are made one by one.
const FEW: usize = 3;

impl<W: Watch> Engine<'_, W> {
    /// Settles that begin at this instant and take no time: such a cell follows whatever it is given, as long as the
    /// instant lasts. (Those that take time begin with the record of the instant, from the levels that it ends with.)
    /// True if the instant is not over.
    pub(super) fn pass_empty_settles(&mut self) -> bool {
        for i in 0..self.stirred.len() {
            let cell = self.stirred[i];
            let state = &self.cells[cell as usize];
            if state.raw <= state.level || state.free {
                continue;
            }
            let begins = if state.ripe { state.cap < state.raw } else { state.due == NEVER };
            if begins && self.model.cells[cell as usize].settle != NONE && self.next_settle(cell) == 0 {
                self.cells[cell as usize].free = true;
                self.disturb(cell);
            }
        }
        !self.frontier.is_empty()
    }

    /// A settle begins with the record of an instant.
    pub(super) fn begin_settle(&mut self, cell: u32) {
        let lasts = self.next_settle(cell);
        self.settle_for(cell, lasts);
    }

    /// The same, of which it is known how long it takes.
    pub(super) fn settle_for(&mut self, cell: u32, lasts: Millis) {
        let state = &mut self.cells[cell as usize];
        state.use_settle();
        (state.cap, state.due) = (state.raw, self.now + lasts);
        if lasts < FOREVER {
            self.at(self.now + lasts, What::Settled, cell, 0);
        }
    }

    /// How long the next settle of a cell takes.
    #[inline]
    pub(super) fn next_settle(&mut self, cell: u32) -> Millis {
        self.mark(self.model.prior_of[self.model.cells[cell as usize].settle as usize]);
        if self.cells[cell as usize].lasts == NEVER {
            self.draw_settles(cell);
        }
        self.cells[cell as usize].lasts
    }

    /// Draws the next settle of a cell, and those of some that fell: nearly all of them will be asked for.
    #[inline(never)]
    fn draw_settles(&mut self, cell: u32) {
        let (mut cells, mut count) = ([cell; ENTITIES], 1);
        let mut draws = [LogNormal::default(); ENTITIES];
        if let Some(draw) = self.log_normal(cell) {
            draws[0] = draw;
            while count < ENTITIES
                && let Some(fallen) = self.fallen.pop()
            {
                if self.cells[fallen as usize].lasts == NEVER
                    && let Some(draw) = self.log_normal(fallen)
                {
                    (cells[count], draws[count]) = (fallen, draw);
                    count += 1;
                }
            }
        }
        if count < FEW {
            for &cell in &cells[..count] {
                let (compiled, n) = (&self.model.cells[cell as usize], self.cells[cell as usize].settles);
                self.cells[cell as usize].lasts = self.drawn_from(compiled.settle, compiled.entity, Purpose::Settle, n);
            }
            return;
        }
        let all = self.luck.log_normals_of(&draws, Purpose::Settle);
        for (&cell, lasts) in cells[..count].iter().zip(all) {
            self.cells[cell as usize].lasts = lasts;
        }
    }

    fn log_normal(&self, cell: u32) -> Option<LogNormal> {
        let compiled = &self.model.cells[cell as usize];
        let settle = compiled.settle as usize;
        match self.model.dists[settle] {
            Dist::LogNormal { median, .. } => {
                let n = self.cells[cell as usize].settles;
                Some(LogNormal { median, spread: self.model.spreads[settle], entity: compiled.entity, n })
            }
            _ => None,
        }
    }
}

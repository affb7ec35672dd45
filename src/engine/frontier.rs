//! Cells that wait to be computed, in waves: all of one depth at once, the lowest first.
//!
//! Nothing at a depth gives to another thing at it, so that each cell is computed once, after all that it needs; on a ring, which
//! is all of one depth, one wave follows another. Who is in a wave hangs on needs alone, never on the order of cells.

use crate::model::NONE;

/// Waits nowhere.
const IDLE: u32 = NONE;
/// Is the last of its depth.
const LAST: u32 = NONE - 1;

/// The cells that wait.
#[derive(Debug)]
pub(super) struct Frontier {
    /// By depth: one of those that wait there, or [`LAST`].
    first: Vec<u32>,
    /// By cell: another one that waits at its depth.
    next: Vec<u32>,
    lowest: usize,
    waiting: usize,
}

impl Frontier {
    pub(super) fn new(cells: usize, depths: usize) -> Self {
        Self { first: vec![LAST; depths], next: vec![IDLE; cells], lowest: 0, waiting: 0 }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.waiting == 0
    }

    /// Has a cell wait; false if it does already.
    pub(super) fn push(&mut self, cell: u32, depth: u32) -> bool {
        let next = &mut self.next[cell as usize];
        if *next != IDLE {
            return false;
        }
        *next = std::mem::replace(&mut self.first[depth as usize], cell);
        self.lowest = if self.waiting == 0 { depth as usize } else { self.lowest.min(depth as usize) };
        self.waiting += 1;
        true
    }

    /// Takes those who wait lowest, in any order; none if nobody waits.
    pub(super) fn take_wave(&mut self, wave: &mut Vec<u32>) {
        wave.clear();
        if self.waiting == 0 {
            return;
        }
        while self.first[self.lowest] == LAST {
            self.lowest += 1;
        }
        let next = self.next.as_mut_slice();
        let mut cell = std::mem::replace(&mut self.first[self.lowest], LAST);
        while cell != LAST {
            wave.push(cell);
            cell = std::mem::replace(&mut next[cell as usize], IDLE);
        }
        self.waiting -= wave.len();
    }

    /// Nobody waits any more. It is rare that anybody did, and an instant should not cost what the world is deep.
    pub(super) fn clear(&mut self) {
        self.drain(|_| ());
    }

    /// Hands over all who wait.
    pub(super) fn drain(&mut self, mut take: impl FnMut(u32)) {
        let mut wave = Vec::new();
        while !self.is_empty() {
            self.take_wave(&mut wave);
            wave.iter().for_each(|&cell| take(cell));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waves_come_from_below_and_a_cell_may_wait_again() {
        let mut frontier = Frontier::new(5, 3);
        let mut wave = Vec::new();
        for (cell, depth) in [(4, 2), (3, 1), (0, 1)] {
            assert!(frontier.push(cell, depth));
        }
        frontier.take_wave(&mut wave);
        wave.sort_unstable();
        assert_eq!(wave, [0, 3]);
        assert!(frontier.push(0, 1) && !frontier.push(0, 1) && !frontier.push(4, 2));
        frontier.take_wave(&mut wave);
        assert_eq!(wave, [0]);
        assert!(frontier.push(2, 0));
        frontier.clear();
        assert!(frontier.is_empty() && frontier.next.iter().all(|&next| next == IDLE));
        frontier.take_wave(&mut wave);
        assert!(wave.is_empty());
    }
}

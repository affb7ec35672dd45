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

    pub(super) fn waits(&self, cell: u32) -> bool {
        self.next[cell as usize] != IDLE
    }

    pub(super) fn push(&mut self, cell: u32, depth: u32) {
        let first = &mut self.first[depth as usize];
        self.next[cell as usize] = std::mem::replace(first, cell);
        self.lowest = if self.waiting == 0 { depth as usize } else { self.lowest.min(depth as usize) };
        self.waiting += 1;
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
        let mut cell = std::mem::replace(&mut self.first[self.lowest], LAST);
        while cell != LAST {
            wave.push(cell);
            cell = std::mem::replace(&mut self.next[cell as usize], IDLE);
        }
        self.waiting -= wave.len();
    }

    /// Nobody waits any more. It is rare that anybody did, and an instant should not cost what the world is deep.
    pub(super) fn clear(&mut self) {
        let mut wave = Vec::new();
        while !self.is_empty() {
            self.take_wave(&mut wave);
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
            frontier.push(cell, depth);
        }
        frontier.take_wave(&mut wave);
        wave.sort_unstable();
        assert_eq!((&wave[..], frontier.waits(0), frontier.waits(4)), (&[0, 3][..], false, true));
        frontier.push(0, 1);
        frontier.take_wave(&mut wave);
        assert_eq!(wave, [0]);
        frontier.push(2, 0);
        frontier.clear();
        assert!(frontier.is_empty() && (0..5).all(|cell| !frontier.waits(cell)));
        frontier.take_wave(&mut wave);
        assert!(wave.is_empty());
    }
}

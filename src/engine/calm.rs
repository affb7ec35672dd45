//! Calm instants: nothing happens but that settles, holds and releases of plain cells end.
//!
//! In: an instant. Out: whether it was calm, and if so its record, the same as of any other. A plain cell is what is left of it by itself
//! and by its needs, each of which shows one cell; it is calm if all who need it are calm. So what follows from a calm cell can never
//! reach a ring, a gate, a cell that collapses or traffic that moves, and one walk over the cells in order is all that such an instant
//! takes. Most instants are calm. Not here: all others.

use super::queue::{Event, What};
use super::state::NEVER;
use super::trial::Engine;
use super::watch::Watch;
use crate::model::{Model, NONE};
use crate::units::Level;
use std::cmp::Reverse;

/// By cell: whether it is calm. None is where traffic can move, cells collapse, work waits in queues or copies are kept somewhere.
pub(super) fn calm(model: &Model) -> Vec<bool> {
    let mut calm = vec![false; model.len()];
    let moves = model.services.iter().any(|s| s.failover != NONE) || model.cells.iter().any(|c| c.collapses);
    if moves || !model.queues.is_empty() || !model.kept.is_empty() || model.feed_order.has_rings() {
        return calm;
    }
    for cell in (0..u32::try_from(model.len()).unwrap_or(0)).rev() {
        // Callers stand after their members, but for those on rings.
        calm[cell as usize] = is_plain(model, cell) && model.edges_of(cell).iter().all(|edge| calm[edge.caller as usize]);
    }
    calm
}

fn is_plain(model: &Model, cell: u32) -> bool {
    let compiled = &model.cells[cell as usize];
    let needs = &model.needs[model.needs_of(cell)];
    let single = needs.iter().all(|need| need.count == 1 && need.at_least == 1 && !need.redundant);
    single && !compiled.ring && !compiled.watches && model.gate_edges_of(cell).is_empty()
}

impl<W: Watch> Engine<'_, W> {
    /// Works out an instant that is calm; false if it is not.
    pub(super) fn pass_calmly(&mut self) -> bool {
        debug_assert!(self.awake.is_empty() && self.stirred.is_empty());
        while let Some(event) = self.queue.next_at(self.now) {
            if !self.is_calm(event) {
                while let Some(Reverse(cell)) = self.awake.pop() {
                    self.disturb(cell);
                }
                return false;
            }
            self.queue.drop_first();
            self.events += 1;
            self.begin_calmly(event);
        }
        loop {
            self.walk_awake();
            self.truncated = self.is_endless();
            if self.truncated || !self.pass_empty_settles() {
                break;
            }
            self.frontier.drain(|cell| self.awake.push(Reverse(cell)));
        }
        self.commit();
        true
    }

    fn is_calm(&self, Event { what, subject, .. }: Event) -> bool {
        let cell = match what {
            What::Settled => subject,
            What::Window => self.model.needs[subject as usize].caller,
            _ => return false,
        };
        self.calm[cell as usize]
    }

    fn begin_calmly(&mut self, Event { what, subject, .. }: Event) {
        if what == What::Window {
            let state = &mut self.needs[subject as usize];
            if state.timer == self.now {
                state.timer = NEVER;
                let x = state.x;
                self.show(subject, self.model.needs[subject as usize].caller, x);
            }
        } else if self.cells[subject as usize].due == self.now {
            self.cells[subject as usize].ripe = true;
            self.awake.push(Reverse(subject));
        }
    }

    /// Computes all who are awake, in order, and those whom they wake.
    fn walk_awake(&mut self) {
        let model = self.model;
        let mut last = NONE;
        while let Some(Reverse(cell)) = self.awake.pop() {
            if std::mem::replace(&mut last, cell) == cell {
                continue;
            }
            self.events += 1;
            self.stir(cell);
            let given = self.given(cell);
            let state = &mut self.cells[cell as usize];
            let raw = state.by_itself().times(given);
            state.raw = raw;
            let settles = model.cells[cell as usize].settle != NONE;
            let level = state.level_at(raw, settles);
            let before = std::mem::replace(&mut state.level, level);
            if settles && level < before {
                self.fallen.push(cell);
            }
            if level != before {
                for edge in model.edges_of(cell) {
                    self.show(edge.need, edge.caller, level);
                }
            }
        }
    }

    /// The only member of a need has this level: its caller wakes if it sees something else now.
    fn show(&mut self, need: u32, caller: u32, x: Level) {
        self.touch_need(need);
        let state = &mut self.needs[need as usize];
        state.x = x;
        let seen = if state.window == NONE { x } else { self.held(need) };
        if std::mem::replace(&mut self.needs[need as usize].seen, seen) != seen {
            self.awake.push(Reverse(caller));
        }
    }
}

//! Levels: what follows from causes at one instant.
//!
//! Cells are computed in waves (`frontier`), members before callers, so that outside rings each is
//! computed once. A wave is computed from what was there before it, and then told. On a ring levels
//! first only fall and then only rise: nothing depends on where a ring was entered, not even how much
//! there is to compute, and so not where a trial that would never end is cut off.

use super::befallen::NEVER;
use super::queue::What;
use super::state::{Cell, Need};
use super::trial::Engine;
use super::watch::Watch;
use super::window::Window;
use crate::luck::Purpose;
use crate::model::NONE;
use crate::units::{FOREVER, Level, Millis};
use smallvec::SmallVec;

/// How often levels turn within one sweep. Once is enough unless what rises makes others fall: a cell that collapses, or
/// that brings down the mean of those who bear its peers' traffic.
const MOST_TURNS: u32 = 24;

/// Visits after which a ring whose levels still rise is let go as if they did not: on shares that make up the whole they would
/// come closer and closer to where they belong, in a hundred thousand steps.
const CREEPING: u32 = 1_000;

/// Which way levels on rings may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Down,
    Up,
}

impl<W: Watch> Engine<'_, W> {
    /// The cell must be computed again.
    pub(super) fn disturb(&mut self, cell: u32) {
        if !self.watch.asks_for_level(cell) || self.frontier.push(cell, self.model.cells[cell as usize].depth) {
            self.stir(cell);
        }
    }

    /// Computes everything that is disturbed, and what that disturbs.
    pub(super) fn sweep(&mut self) {
        if self.frontier.is_empty() && self.kept.is_empty() && self.pressed.is_empty() {
            return;
        }
        for _ in 0..MOST_TURNS {
            self.go(Direction::Down);
            self.go(Direction::Up);
            self.keep_promises();
            if self.frontier.is_empty() {
                self.collapse_pressed();
            }
            if self.frontier.is_empty() || self.is_endless() {
                return;
            }
        }
        // What still turns stays where it is.
        self.frontier.clear();
    }

    /// Computes what is disturbed, as far as levels go this way, and then has those that could not follow come up again.
    fn go(&mut self, direction: Direction) {
        self.direction = direction;
        while !self.frontier.is_empty() {
            if self.is_endless() {
                return;
            }
            self.compute_wave();
        }
        while let Some(cell) = self.held_back.pop() {
            self.disturb(cell);
        }
    }

    /// Computes all that wait lowest, and tells of it once all are computed.
    fn compute_wave(&mut self) {
        let mut wave = std::mem::take(&mut self.wave);
        self.frontier.take_wave(&mut wave);
        self.events += wave.len() as u64;
        if self.collapsible {
            // Whose overload was the latest is asked later.
            wave.sort_unstable();
        }
        let is_pressed = !self.pressed.is_empty();
        let mut creeps = false;
        for &cell in &wave {
            let raw = self.raw(cell, is_pressed);
            creeps |= self.move_to(cell, raw) == CREEPING;
        }
        self.wave = wave;
        for i in 0..self.changed.len() {
            self.tell_callers(self.changed[i]);
        }
        self.changed.clear();
        while let Some(cell) = self.broken.pop() {
            self.tell_trusting(cell);
        }
        if creeps && self.direction == Direction::Up {
            self.release_rings();
        }
    }

    /// The level follows what a cell's causes and needs make of it; how often it was computed at this instant.
    fn move_to(&mut self, cell: u32, raw: Level) -> u32 {
        let compiled = &self.model.cells[cell as usize];
        let state = &mut self.cells[cell as usize];
        state.raw = raw;
        state.visits += 1;
        if raw < state.promised {
            // Something new befell it since it promised to come back.
            state.promised = Level::ZERO;
            self.broken.push(cell);
        }
        let level = state.level_at(raw, compiled.settle != NONE);
        let against = match self.direction {
            Direction::Down => level > state.level,
            Direction::Up => level < state.level,
        };
        let before = state.level;
        if against && compiled.ring {
            self.held_back.push(cell);
        } else {
            state.level = level;
        }
        let (after, visits) = (state.level, state.visits);
        if after == before {
            return visits;
        }
        self.changed.push(cell);
        if after < before && compiled.settle != NONE {
            self.fallen.push(cell);
        }
        if state.promised > Level::ZERO && after >= state.promised {
            self.kept.push(cell);
        }
        let objective = compiled.impaired_below;
        if self.redundant && (before >= objective) != (after >= objective) {
            self.count_out(cell, after < objective);
        }
        visits
    }

    fn raw(&mut self, cell: u32, is_pressed: bool) -> Level {
        let needs = self.given(cell);
        let compiled = &self.model.cells[cell as usize];
        if compiled.collapses && (compiled.ring || is_pressed) {
            self.pressed.push(cell);
        } else if compiled.collapses && needs > Level::ZERO {
            self.look_for_collapse(cell);
        }
        let state = &self.cells[cell as usize];
        if state.latched { Level::ZERO } else { state.by_itself().times(needs) }
    }

    /// What a cell's needs leave of it.
    pub(super) fn given(&self, cell: u32) -> Level {
        let range = self.model.needs_of(cell);
        let mut product = Level::ONE;
        for (need, state) in self.model.needs[range.clone()].iter().zip(&self.needs[range]) {
            if state.seen < Level::ONE && need.queue == NONE {
                product = product.times(need.share.times(state.seen.complement()).complement());
                if product == Level::ZERO {
                    break;
                }
            }
        }
        product
    }

    /// Cells on rings collapse together, once it is known what their needs leave of them; whoever comes after a ring is looked
    /// at again then.
    fn collapse_pressed(&mut self) {
        if self.pressed.is_empty() {
            return;
        }
        let pressed = std::mem::take(&mut self.pressed);
        for &cell in &pressed {
            if !self.model.cells[cell as usize].ring {
                self.disturb(cell);
            } else if self.given(cell) > Level::ZERO {
                self.look_for_collapse(cell);
            }
        }
    }

    /// A cell falls below its objective, or is back: who has others in its place has one fewer, or one more.
    fn count_out(&mut self, cell: u32, out: bool) {
        for edge in self.model.edges_of(cell) {
            if self.model.needs[edge.need as usize].redundant {
                self.touch_need(edge.need);
                let count = &mut self.needs[edge.need as usize].out;
                *count = if out { *count + 1 } else { *count - 1 };
            }
        }
    }

    /// Passes a cell's level on to the needs that it fills.
    pub(super) fn tell_callers(&mut self, cell: u32) {
        let model = self.model;
        for &edge in model.edges_of(cell) {
            // Those hear of it when all others are worked out.
            if !self.calm[edge.caller as usize] {
                self.refresh(edge.need, edge.caller);
            }
        }
        if !self.movable {
            return;
        }
        let service = self.model.cells[cell as usize].service as usize;
        if self.model.services[service].failover != NONE {
            for &peer in &self.model.services[service].cells {
                if peer != cell && self.cells[peer as usize].moved {
                    // Its customers are served by this cell as well.
                    self.stir(peer);
                    for &edge in self.model.edges_of(peer) {
                        self.refresh(edge.need, edge.caller);
                    }
                }
            }
        }
    }

    /// Works out again what a caller sees of a need.
    pub(super) fn refresh(&mut self, need: u32, caller: u32) {
        self.touch_need(need);
        let x = self.need_level(need);
        let trusts = self.needs[need as usize].trusts;
        let promised = if trusts { self.promised_level(need) } else { Level::ZERO };
        let state = &mut self.needs[need as usize];
        state.x = x;
        let shown = if state.window == NONE { x } else { self.held(need) };
        let state = &mut self.needs[need as usize];
        let (before, seen) = (state.seen, shown.max(promised));
        state.seen = seen;
        let compiled = &self.model.needs[need as usize];
        // Even where nothing else is seen: a spare is out, or another member is to blame now.
        let several = compiled.redundant || compiled.count > 1;
        if several {
            self.stir(caller);
        }
        // Even what is masked may be all that a ring waited for.
        self.seed(caller);
        if seen == before {
            return;
        }
        if compiled.queue != NONE {
            self.look_at_work(caller);
            return;
        }
        self.disturb(caller);
    }

    /// What the window of a need shows of its level.
    pub(super) fn held(&mut self, need: u32) -> Level {
        let state = &mut self.needs[need as usize];
        if !state.stirred {
            state.stirred = true;
            self.stirred_needs.push(need);
        }
        self.windows[state.window as usize].seen(self.now, state.x)
    }

    /// The level of the k-th best member.
    pub(super) fn need_level(&self, need: u32) -> Level {
        self.kth_best(need, |state, _| state.level)
    }

    /// The same, where cells have these levels.
    pub(super) fn kth_best(&self, need: u32, level: impl Fn(&Cell, u32) -> Level) -> Level {
        let compiled = &self.model.needs[need as usize];
        match (compiled.at_least, self.model.members_of(compiled)) {
            (0, _) => Level::ONE,
            (1, &[only]) => self.offer(only, &level),
            (k, members) => kth(members.iter().map(|&m| self.offer(m, &level)), k),
        }
    }

    /// What callers get from a cell, where cells have these levels: itself, or those who took over its traffic for as
    /// long as it is not back in full.
    #[inline]
    pub(super) fn offer(&self, member: u32, level: &impl Fn(&Cell, u32) -> Level) -> Level {
        let state = &self.cells[member as usize];
        let own = level(state, member);
        let elsewhere = state.moved && (state.drained || own < Level::ONE);
        if elsewhere { self.survivors_at(self.model.cells[member as usize].service, level) } else { own }
    }

    #[inline]
    pub(super) fn touch_need(&mut self, need: u32) {
        if !self.needs[need as usize].touched {
            self.open_need(need);
        }
    }

    fn open_need(&mut self, need: u32) {
        self.touched_needs.push(need);
        let compiled = &self.model.needs[need as usize];
        let mut window = NONE;
        if compiled.hold != NONE || compiled.release != NONE {
            let hold = self.need_draw(compiled.hold, compiled.entity, Purpose::Hold);
            let release = self.need_draw(compiled.release, compiled.entity, Purpose::Release);
            if hold > 0 || release > 0 {
                window = self.take_window(hold, release);
            }
        }
        self.needs[need as usize] = Need { window, touched: true, ..Need::NORMAL };
    }

    fn need_draw(&mut self, dist: u32, entity: u64, purpose: Purpose) -> Millis {
        if dist == NONE {
            return 0;
        }
        self.mark(self.model.prior_of[dist as usize]);
        self.drawn_from(dist, entity, purpose, 0)
    }

    fn take_window(&mut self, hold: Millis, release: Millis) -> u32 {
        let id = self.windows_used;
        self.windows_used += 1;
        match self.windows.get_mut(id as usize) {
            Some(window) => window.reset(hold, release),
            None => self.windows.push(Window::new(hold, release)),
        }
        id
    }

    /// A hold or a release ends.
    pub(super) fn window_moves(&mut self, need: u32) {
        if self.needs[need as usize].timer == self.now {
            self.needs[need as usize].timer = NEVER;
            self.refresh(need, self.model.needs[need as usize].caller);
        }
    }

    /// A settle ends.
    pub(super) fn settled(&mut self, cell: u32) {
        if self.cells[cell as usize].due == self.now {
            self.cells[cell as usize].ripe = true;
            self.disturb(cell);
        }
    }

    /// Records the needs of this instant in their windows.
    pub(super) fn commit_needs(&mut self) {
        while let Some(need) = self.stirred_needs.pop() {
            let state = &mut self.needs[need as usize];
            state.stirred = false;
            let window = &mut self.windows[state.window as usize];
            window.commit(self.now, state.x);
            if let Some(next) = window.next().filter(|&next| next != state.timer && next < FOREVER) {
                state.timer = next;
                self.at(next, What::Window, need, 0);
            }
        }
    }
}

/// The k-th best of some levels. Of many members nearly all are normal, and no more than k of them have to be asked.
pub(super) fn kth(levels: impl Iterator<Item = Level>, k: u32) -> Level {
    let mut left = k as usize;
    let mut below: SmallVec<[Level; 8]> = SmallVec::new();
    for level in levels {
        if level < Level::ONE {
            below.push(level);
        } else if left > 1 {
            left -= 1;
        } else {
            return Level::ONE;
        }
    }
    if left > below.len() {
        return Level::ZERO;
    }
    *below.select_nth_unstable_by(left - 1, |a, b| b.cmp(a)).1
}

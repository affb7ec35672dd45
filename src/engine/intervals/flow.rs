//! A cell from what it needs: the level as steps in time, the settles, and what is to blame.
//!
//! In: what its members did, and its own causes. Out: its points, and to which need it points when.
//! The rules are those of `levels`, `commit` and `blame`, one cell at a time and all its instants at once.

use super::super::befallen::State;
use super::super::levels::kth;
use super::Intervals;
use super::record::{Cause, Pointer};
use super::trace::{Part, Point, level_at, seen};
use crate::luck::Purpose;
use crate::model::{NONE, Need};
use crate::units::{FOREVER, Level, Millis};

const NEVER: Millis = Millis::MAX;

/// A need that does something in this trial, as its caller sees it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Input {
    need: u32,
    /// The points that are still ahead, and the instant of the next one.
    next: u32,
    end: u32,
    at: Millis,
    /// What is seen now.
    now: Level,
    share: Level,
    /// Its only member, or [`NONE`].
    only: u32,
}

impl Input {
    /// What was seen, if nobody has gone on in it.
    pub(super) const fn part(&self) -> Part {
        Part { start: self.next, end: self.end }
    }
}

/// A cell on its way through the trial.
struct Course {
    was: Level,
    due: Millis,
    cap: Level,
    settles: u32,
    own_down: bool,
    cause: Cause,
    pointer: Pointer,
    state: State,
}

impl Intervals<'_> {
    /// Works out one cell.
    pub(super) fn flow(&mut self, cell: u32) {
        self.causes.clear();
        if let Some(told) = self.records[self.lane].of(cell) {
            self.causes.extend(&told.causes);
        }
        self.inputs.clear();
        self.instants.clear();
        self.pointers.clear();
        for need in self.model.needs_of(cell) {
            self.take_need(cell, need);
            if self.model.needs[need].queue != NONE {
                // Nobody waits for a queue to serve.
                self.inputs.pop_if(|input| input.need as usize == need);
            }
        }
        if self.inputs.is_empty() && self.causes.is_empty() && self.instants.is_empty() {
            return;
        }
        self.instants.sort_unstable();
        self.instants.dedup();
        let start = self.points.len();
        self.follow(cell);
        let part = Part::since(start, self.points.len());
        self.keep(cell, part, part);
        let pointers = std::mem::take(&mut self.pointers);
        self.lay(cell, &pointers);
        self.pointers = pointers;
    }

    /// Finds out what the caller sees of a need.
    pub(super) fn take_need(&mut self, cell: u32, need: usize) {
        let model = self.model;
        let spec = &model.needs[need];
        let members = model.members_of(spec);
        let id = u32::try_from(need).unwrap_or(NONE);
        members.iter().for_each(|&member| self.see(member));
        if let &[only] = members
            && !spec.redundant
        {
            let offered = self.heard(cell, only);
            if spec.at_least > 0 && !offered.is_empty() {
                let seen = self.through_window(spec, offered);
                self.add_input(id, spec, seen, only);
            }
            return;
        }
        if members.iter().all(|&m| self.heard(cell, m).is_empty() && self.seat(m).points.is_empty()) {
            return;
        }
        let known = self.instants.len();
        for &member in members {
            let (offered, own) = (self.heard(cell, member).range(), self.seat(member).points.range());
            let points = self.points[offered].iter().chain(&self.points[own]);
            self.instants.extend(points.map(|p| p.at));
        }
        if spec.at_least > 0 {
            let mut instants = self.instants.split_off(known);
            instants.sort_unstable();
            instants.dedup();
            let x = self.best(cell, spec, &instants);
            self.instants.extend(&instants);
            let seen = self.through_window(spec, x);
            let only = if let &[only] = members { only } else { NONE };
            self.add_input(id, spec, seen, only);
        }
    }

    /// What a caller can hear of a member at its turn.
    fn heard(&self, caller: u32, member: u32) -> Part {
        if self.split.hears(caller, member) { self.seat(member).offered } else { Part::NONE }
    }

    fn add_input(&mut self, need: u32, spec: &Need, seen: Part, only: u32) {
        if !seen.is_empty() {
            let at = self.points[seen.start as usize].at;
            self.inputs.push(Input { need, next: seen.start, end: seen.end, at, now: Level::ONE, share: spec.share, only });
        }
    }

    /// The k-th best member at these instants.
    fn best(&mut self, cell: u32, spec: &Need, instants: &[Millis]) -> Part {
        let model = self.model;
        let members = model.members_of(spec);
        let start = self.points.len();
        let mut before = Level::ONE;
        for &at in instants {
            let given = members.iter().map(|&m| level_at(&self.points[self.heard(cell, m).range()], at));
            let level = kth(given, spec.at_least);
            if level != before {
                before = level;
                self.points.push(Point { at, level, state: State::Normal });
            }
        }
        Part::since(start, self.points.len())
    }

    /// Through hold and release.
    pub(super) fn through_window(&mut self, spec: &Need, x: Part) -> Part {
        if spec.hold == NONE && spec.release == NONE || x.is_empty() {
            return x;
        }
        let hold = self.need_draw(spec.hold, spec.entity, Purpose::Hold);
        let release = self.need_draw(spec.release, spec.entity, Purpose::Release);
        if hold == 0 && release == 0 {
            return x;
        }
        let mut shown = std::mem::take(&mut self.shown);
        seen(&self.points[x.range()], hold, release, self.end, &mut shown);
        let start = self.points.len();
        self.points.append(&mut shown);
        self.shown = shown;
        Part::since(start, self.points.len())
    }

    fn need_draw(&mut self, dist: u32, entity: u64, purpose: Purpose) -> Millis {
        if dist == NONE { 0 } else { self.draw(dist, entity, purpose, 0) }
    }

    /// Goes through all instants of a cell.
    fn follow(&mut self, cell: u32) {
        let normal = Cause { at: 0, own: Level::ONE, out: false, suffers: false };
        let mut course = Course {
            was: Level::ONE,
            due: NEVER,
            cap: Level::ONE,
            settles: 0,
            own_down: false,
            cause: normal,
            pointer: Pointer { at: 0, need: NONE, via: NONE, root: NONE },
            state: State::Normal,
        };
        let (mut next_cause, mut next_instant) = (0, 0);
        loop {
            let mut now = course.due;
            now = now.min(self.causes.get(next_cause).map_or(NEVER, |c| c.at));
            now = now.min(self.instants.get(next_instant).copied().unwrap_or(NEVER));
            for input in &self.inputs {
                now = now.min(input.at);
            }
            if now > self.end || now >= FOREVER {
                return;
            }
            if let Some(&cause) = self.causes.get(next_cause).filter(|c| c.at == now) {
                course.cause = cause;
                next_cause += 1;
            }
            next_instant += usize::from(self.instants.get(next_instant) == Some(&now));
            let needs = self.advance(now);
            self.instant(cell, now, course.cause.own.times(needs), &mut course);
        }
    }

    /// Moves all needs on to an instant; their product.
    fn advance(&mut self, now: Millis) -> Level {
        let mut product = Level::ONE;
        for input in &mut self.inputs {
            if input.at == now {
                input.now = self.points[input.next as usize].level;
                input.next += 1;
                input.at = if input.next < input.end { self.points[input.next as usize].at } else { NEVER };
            }
            if input.now < Level::ONE {
                product = product.times(input.share.times(input.now.complement()).complement());
            }
        }
        product
    }

    /// Level, settle, state and blame at one instant.
    fn instant(&mut self, cell: u32, now: Millis, raw: Level, course: &mut Course) {
        let level = self.settle(cell, now, raw, course);
        if level > Level::ZERO {
            course.own_down = false;
        } else if course.cause.out {
            course.own_down = true;
        }
        let spec = &self.model.cells[cell as usize];
        let state = if level == Level::ZERO {
            if course.own_down { State::Down } else { State::Failing }
        } else if level < spec.impaired_below {
            State::Degraded
        } else if spec.watches && self.is_exposed(cell, now) {
            State::Exposed
        } else {
            State::Normal
        };
        if level != course.was || state != course.state {
            self.points.push(Point { at: now, level, state });
        }
        (course.was, course.state) = (level, state);
        if level < Level::ONE || course.cause.suffers {
            self.point(cell, now, course);
        }
    }

    /// The level that comes of `raw`, and the settle that begins.
    fn settle(&mut self, cell: u32, now: Millis, raw: Level, course: &mut Course) -> Level {
        let spec = &self.model.cells[cell as usize];
        if spec.settle == NONE {
            return raw;
        }
        let ripe = course.due == now;
        let before = course.was;
        let without = if ripe { course.cap.max(before) } else { before };
        let mut level = if raw <= before {
            raw
        } else if ripe {
            raw.min(course.cap).max(before)
        } else {
            before
        };
        let begins = raw > level && if ripe { course.cap < raw } else { course.due == NEVER };
        let lasts = if begins { self.draw(spec.settle, spec.entity, Purpose::Settle, course.settles) } else { 0 };
        if begins && lasts == 0 {
            level = raw;
            course.settles += u32::from(level > without);
        }
        if ripe {
            course.due = NEVER;
        }
        if raw <= level {
            course.due = NEVER;
        } else if course.due == NEVER {
            course.settles += 1;
            course.cap = raw;
            // One that never ends is under way all the same.
            course.due = (now + lasts).min(NEVER - 1);
        } else {
            course.cap = course.cap.min(raw);
        }
        level
    }

    fn is_exposed(&self, cell: u32, now: Millis) -> bool {
        let up =
            |&m: &u32| level_at(&self.points[self.seat(m).points.range()], now) >= self.model.cells[m as usize].impaired_below;
        let needs = &self.model.needs[self.model.needs_of(cell)];
        needs.iter().any(|n| n.redundant && !self.model.members_of(n).iter().all(up))
    }

    /// What holds the cell back now.
    fn point(&mut self, cell: u32, now: Millis, course: &mut Course) {
        let found = if course.cause.suffers { Some((NONE, NONE, cell)) } else { self.lowest(cell, now) };
        let Some((need, via, root)) = found else {
            // Nothing is to blame yet: the latest damage will be, and only the event engine knows which that is.
            if course.pointer.root == NONE {
                self.doubt();
            }
            return;
        };
        if (need, via) != (course.pointer.need, course.pointer.via) || course.pointer.root == NONE {
            course.pointer = Pointer { at: now, need, via, root };
            self.pointers.push(course.pointer);
        }
    }

    /// The need that is seen lowest, the first of them, and the member that decides it.
    fn lowest(&self, cell: u32, now: Millis) -> Option<(u32, u32, u32)> {
        let mut lowest: Option<(Level, (u32, u32, u32))> = None;
        for input in &self.inputs {
            if input.now == Level::ONE || lowest.is_some_and(|(level, _)| level <= input.now) {
                continue;
            }
            let via = if input.only == NONE { self.decides(cell, input.need, now) } else { Some(input.only) };
            if let Some(via) = via.filter(|&via| self.points_somewhere(via, now)) {
                lowest = Some((input.now, (input.need, via, via)));
            }
        }
        lowest.map(|(_, found)| found)
    }

    /// The first member that is just as low as the need, of those that something holds back.
    fn decides(&self, cell: u32, need: u32, now: Millis) -> Option<u32> {
        let spec = &self.model.needs[need as usize];
        let members = self.model.members_of(spec);
        let offer = |m: u32| level_at(&self.points[self.heard(cell, m).range()], now);
        let x = kth(members.iter().map(|&m| offer(m)), spec.at_least);
        let rooted = |m: &&u32| self.points_somewhere(**m, now);
        let found = members.iter().filter(rooted).find(|&&m| offer(m) == x);
        found.or_else(|| members.iter().find(rooted)).copied()
    }
}

//! What a cell did in the course of a trial, as steps in time.
//!
//! In: points in order of time. Out: the value at an instant; what a caller sees of it through hold and
//! release. Before its first point everything is at level 1. All points of a trial lie in one list
//! that is emptied with it.

use super::super::befallen::State;
use super::super::window::Window;
use crate::units::{FOREVER, Level, Millis};
use std::ops::Range;

/// From this instant on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Point {
    pub(super) at: Millis,
    pub(super) level: Level,
    /// The state that the cell would be in if it had work.
    pub(super) state: State,
}

/// Part of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Part {
    pub(super) start: u32,
    pub(super) end: u32,
}

impl Part {
    pub(super) const NONE: Part = Part { start: 0, end: 0 };

    /// From here to the end of a list.
    pub(super) fn since(start: usize, len: usize) -> Self {
        let id = |n: usize| u32::try_from(n).expect("fewer than 2^32 points a trial");
        Self { start: id(start), end: id(len) }
    }

    pub(super) const fn is_empty(self) -> bool {
        self.start == self.end
    }

    pub(super) const fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    pub(super) const fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// The level at an instant.
pub(super) fn level_at(points: &[Point], at: Millis) -> Level {
    points.iter().rev().find(|p| p.at <= at).map_or(Level::ONE, |p| p.level)
}

/// When something is at level 0, appended to `out`.
pub(super) fn zeros(points: &[Point], out: &mut Vec<(Millis, Millis)>) {
    let mut since = None;
    for point in points {
        match since {
            None if point.level == Level::ZERO => since = Some(point.at),
            Some(from) if point.level > Level::ZERO => {
                out.push((from, point.at));
                since = None;
            }
            _ => {}
        }
    }
    out.extend(since.map(|from| (from, Millis::MAX)));
}

/// Whether something never is at a level between.
pub(super) fn is_all_or_nothing(points: &[Point]) -> bool {
    points.iter().all(|p| p.level == Level::ZERO || p.level == Level::ONE)
}

/// What is seen through a hold and a release, appended to `out`; nothing beyond `end`.
pub(super) fn seen(x: &[Point], hold: Millis, release: Millis, end: Millis, out: &mut Vec<Point>) {
    let show = |at: Millis, level: Level, out: &mut Vec<Point>| {
        if at <= end {
            out.push(Point { at, level, state: State::Normal });
        }
    };
    if let &[Point { at: from, level, .. }, Point { at: to, level: Level::ONE, .. }] = x {
        // The common case: away once, and back.
        if to - from > hold {
            show(from + hold, level, out);
            show(to.saturating_add(release), Level::ONE, out);
        }
        return;
    }
    let mut window = Window::new(hold, release);
    let (mut level, mut before) = (Level::ONE, Level::ONE);
    let mut next = 0;
    loop {
        let given = x.get(next).map_or(Millis::MAX, |p| p.at);
        let timer = window.next().filter(|&t| t < FOREVER).unwrap_or(Millis::MAX);
        let now = given.min(timer);
        if now == Millis::MAX || now > end {
            return;
        }
        if now == given {
            level = x[next].level;
            next += 1;
        }
        let seen = window.seen(now, level);
        window.commit(now, level);
        if seen != before {
            before = seen;
            show(now, seen, out);
        }
    }
}

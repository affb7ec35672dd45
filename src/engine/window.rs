//! Hold and release of a need: the level as the caller sees it.
//!
//! In: the level x(t) of the need as steps in time. Out: masked(t), the highest x in [t - hold, t],
//! and seen(t), the lowest masked in [t - release, t]. Exact for any level, by two monotone queues.

use crate::units::{Level, Millis};
use smallvec::SmallVec;

/// The highest value of a step function over a sliding window that ends now.
#[derive(Debug, Clone)]
struct Slide {
    span: Millis,
    /// Values that may still be the highest, falling, each with the instant at which it was left; the
    /// last one still holds and has no such instant yet.
    steps: SmallVec<[(Level, Millis); 3]>,
}

const STILL: Millis = Millis::MAX;

impl Slide {
    fn new(span: Millis, value: Level) -> Self {
        Self { span, steps: SmallVec::from_slice(&[(value, STILL)]) }
    }

    fn reset(&mut self, span: Millis, value: Level) {
        self.span = span;
        self.steps.clear();
        self.steps.push((value, STILL));
    }

    /// Forgets what was left more than the span ago.
    #[inline]
    fn advance(&mut self, now: Millis) {
        if self.span == 0 {
            return;
        }
        while self.steps.first().is_some_and(|&(_, left)| left != STILL && left + self.span <= now) {
            self.steps.remove(0);
        }
    }

    /// The highest value, if the function takes `value` from now on.
    fn highest(&self, value: Level) -> Level {
        if self.span == 0 { value } else { self.steps.first().map_or(value, |&(v, _)| v.max(value)) }
    }

    /// The highest value, where the function takes `value` from now on.
    #[inline]
    fn record(&mut self, now: Millis, value: Level) -> Level {
        if self.span == 0 {
            return value;
        }
        self.advance(now);
        match self.steps.as_mut_slice() {
            // All that was there was lower, and is forgotten.
            [only] if only.0 <= value => only.0 = value,
            [highest, ..] => {
                let highest = highest.0;
                self.push(now, value);
                return highest.max(value);
            }
            [] => self.push(now, value),
        }
        value
    }

    /// The function takes `value` from now on. Without a span nothing has to be remembered.
    fn push(&mut self, now: Millis, value: Level) {
        if self.span == 0 {
            return;
        }
        if let Some(last) = self.steps.last_mut() {
            if last.0 == value {
                return;
            }
            last.1 = now;
        }
        while self.steps.last().is_some_and(|&(v, _)| v <= value) {
            self.steps.pop();
        }
        self.steps.push((value, STILL));
        self.advance(now);
    }

    /// Makes it as if the function had never been higher than `value`.
    fn cap(&mut self, value: Level) {
        let above = self.steps.iter().take_while(|&&(v, _)| v > value).count();
        if above > 0 {
            self.steps.drain(..above - 1);
            self.steps[0].0 = value;
            if self.steps.get(1).is_some_and(|next| next.0 == value) {
                self.steps.remove(0);
            }
        }
    }

    /// When the highest value will be forgotten, if nothing else happens.
    fn next(&self) -> Option<Millis> {
        if self.span == 0 {
            return None;
        }
        self.steps.first().filter(|&&(_, left)| left != STILL).map(|&(_, left)| left + self.span)
    }
}

/// What a caller sees of a need that has a hold or a release.
#[derive(Debug, Clone)]
pub(super) struct Window {
    hold: Slide,
    /// Slides over one minus masked, so that its highest value is the lowest masked.
    release: Slide,
}

impl Window {
    pub(super) fn new(hold: Millis, release: Millis) -> Self {
        Self { hold: Slide::new(hold, Level::ONE), release: Slide::new(release, Level::ZERO) }
    }

    /// Back to normal, with this trial's hold and release.
    pub(super) fn reset(&mut self, hold: Millis, release: Millis) {
        self.hold.reset(hold, Level::ONE);
        self.release.reset(release, Level::ZERO);
    }

    /// What is seen now, if the need's level is `x` from now on. Nothing is recorded.
    pub(super) fn seen(&mut self, now: Millis, x: Level) -> Level {
        self.hold.advance(now);
        let masked = self.hold.highest(x);
        if self.release.span == 0 {
            return masked;
        }
        self.release.advance(now);
        self.release.highest(masked.complement()).complement()
    }

    /// What is seen from now on, if the need's level is `x` from now on; that is recorded.
    pub(super) fn show(&mut self, now: Millis, x: Level) -> Level {
        let masked = self.hold.record(now, x);
        if self.release.span == 0 { masked } else { self.release.record(now, masked.complement()).complement() }
    }

    /// Records that the need's level is `x` from now on.
    pub(super) fn commit(&mut self, now: Millis, x: Level) {
        self.hold.push(now, x);
        if self.release.span == 0 {
            return;
        }
        self.release.advance(now);
        let masked = self.hold.highest(x);
        self.release.push(now, masked.complement());
    }

    /// Makes it as if nothing lower than `seen` had been masked: that much is not waiting to be released.
    pub(super) fn lift(&mut self, seen: Level) {
        self.release.cap(seen.complement());
    }

    /// When what is seen may change by itself.
    pub(super) fn next(&self) -> Option<Millis> {
        match (self.hold.next(), self.release.next()) {
            (Some(hold), Some(release)) => Some(hold.min(release)),
            (hold, release) => hold.or(release),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Straight from the definition, over a recorded history.
    fn by_definition(history: &[(Millis, Level)], hold: Millis, release: Millis, now: Millis) -> Level {
        let value = |t: i64| history.iter().rev().find(|&&(at, _)| i64::try_from(at).unwrap() <= t).map_or(Level::ONE, |h| h.1);
        let now = i64::try_from(now).unwrap();
        let masked = |t: i64| (t - i64::try_from(hold).unwrap()..=t).map(value).max().unwrap();
        (now - i64::try_from(release).unwrap()..=now).map(masked).min().unwrap()
    }

    #[test]
    fn windows_equal_their_definition_at_every_instant() {
        for case in 0..300_u32 {
            let words = |i: u32| crate::luck::philox::philox4x32([i, case, 0, 0], [3, 4]);
            let (hold, release) = (u64::from(words(0)[0] % 8), u64::from(words(0)[1] % 8));
            let mut window = Window::new(hold, release);
            let mut history = Vec::new();
            let mut x = Level::ONE;
            for now in 0..60_u64 {
                let [a, b, ..] = words(u32::try_from(now).unwrap() + 1);
                if a % 4 == 0 {
                    x = Level::from_ppb(b % 3 * 500_000_000);
                    history.push((now, x));
                }
                let seen = window.seen(now, x);
                assert_eq!(seen, by_definition(&history, hold, release, now), "case {case} at {now}");
                assert_eq!(window.clone().show(now, x), seen, "what is shown is what is seen");
                if b % 2 == 0 {
                    window.show(now, x);
                } else {
                    window.commit(now, x);
                }
            }
        }
    }

    #[test]
    fn what_is_lifted_was_never_lower() {
        let half = Level::from_ppb(500_000_000);
        let mut window = Window::new(0, 5);
        window.commit(0, Level::ZERO);
        window.commit(10, Level::ONE);
        window.lift(half);
        assert_eq!((window.seen(10, Level::ONE), window.next()), (half, Some(15)), "the other half is released as ever");
        assert_eq!(window.seen(15, Level::ONE), Level::ONE);
        window.commit(20, Level::ZERO);
        window.commit(21, Level::ONE);
        window.lift(Level::ONE);
        assert_eq!((window.seen(21, Level::ONE), window.next()), (Level::ONE, None));
    }

    #[test]
    fn the_next_change_is_foreseen() {
        let mut window = Window::new(15, 5);
        window.commit(0, Level::ZERO);
        assert_eq!(window.next(), Some(15));
        assert_eq!(window.seen(15, Level::ZERO), Level::ZERO);
        window.commit(15, Level::ZERO);
        window.commit(60, Level::ONE);
        assert_eq!((window.seen(60, Level::ONE), window.next()), (Level::ZERO, Some(65)));
        assert_eq!(window.seen(65, Level::ONE), Level::ONE);
    }
}

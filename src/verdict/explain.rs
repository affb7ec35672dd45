//! Why, beyond the attribution: steps left out, and the smallest change that leads to another verdict.
//!
//! In: a plan that was judged, and the trials that were kept of it. Out: [`Alone`] and [`Flips`]. A verdict is needed before a
//! plan can go on, so explaining it may cost about as much as finding it, whatever the plan: the heavier its trials, the fewer of them
//! a change gets, and how well each figure is known is said beside it.

use super::Known;
use super::alone::{alone, leave_out};
use super::bench::Bench;
use super::flips::{Flips, flips};
use super::run::Kept;
use super::score::Why;
use crate::engine::Choice;
use crate::report::verdict::{Alone, Decision};

/// Steps that are left out one by one.
const HEAVIEST: usize = 10;
/// Cells that all trials of plans without one step may touch together: about what the first look at a plan of this size does.
const PAIRED_CELLS: u64 = 10_000;
/// Each step is left out in so many trials whatever they cost: fewer show nothing.
const FEWEST_PAIRS: u64 = 12;
/// Cells that the trials of a search for another verdict may touch.
const SEARCHED_CELLS: u64 = 20_000;

/// A plan that was judged.
#[derive(Clone, Copy)]
pub(super) struct Judged<'a, 'p> {
    pub(super) bench: &'a Bench<'p>,
    pub(super) known: &'a Known<'a>,
    pub(super) decision: Decision,
    /// The engine that suits it, and so plans that are much the same.
    pub(super) choice: Choice,
    pub(super) kept: &'a [Kept],
}

/// How many trials an explanation may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Effort {
    /// For each step that is left out.
    pub(super) pairs: u64,
    /// For the search for another verdict, over all changes.
    pub(super) search: u64,
}

impl Effort {
    /// What is appropriate for trials like these when so many steps are left out.
    fn fit(kept: &[Kept], steps: usize) -> Self {
        let trials = kept.len() as u64;
        let cells = (kept.iter().map(|k| k.total.touched).sum::<u64>() / trials.max(1)).max(1);
        let pairs = PAIRED_CELLS / (cells * steps.max(1) as u64);
        Effort { pairs: pairs.max(FEWEST_PAIRS).min(trials), search: SEARCHED_CELLS / cells }
    }

    /// Whatever it takes.
    fn full(kept: &[Kept]) -> Self {
        Effort { pairs: kept.len() as u64, search: u64::MAX }
    }
}

/// Explains a verdict; `heavy` are the steps with minutes, the heaviest first.
pub(super) fn explain(judged: &Judged<'_, '_>, heavy: &[u32], why: Why) -> (Option<Alone>, Flips) {
    let (tried, effort) = match why {
        Why::Attribution => return Default::default(),
        Why::Heaviest => {
            let tried = &heavy[..heavy.len().min(HEAVIEST)];
            (tried, Effort::fit(judged.kept, tried.len()))
        }
        Why::All => (heavy, Effort::full(judged.kept)),
    };
    let mut without = leave_out(judged, tried, effort.pairs);
    let flips = flips(judged, heavy, &mut without, effort.search);
    ((!without.is_empty()).then(|| alone(judged, &without, heavy.len())), flips)
}

#[cfg(test)]
mod tests {
    use super::super::run::Total;
    use super::*;

    fn kept(touched: u64) -> Vec<Kept> {
        (0..100).map(|trial| Kept { trial, total: Total { touched, ..Total::default() }, by_step: Vec::new() }).collect()
    }

    #[test]
    fn the_heavier_the_trials_the_fewer_there_are() {
        assert_eq!(Effort::fit(&kept(3), 10), Effort { pairs: 100, search: 6_666 }, "a light plan is followed in full");
        assert_eq!(Effort::fit(&kept(50), 10).pairs, 20);
        assert_eq!(Effort::fit(&kept(5_000), 10), Effort { pairs: FEWEST_PAIRS, search: 4 });
        assert_eq!(Effort::fit(&kept(50), 1).pairs, 100, "one step alone gets what ten would share");
        assert_eq!(Effort::fit(&kept(0)[..5], 3).pairs, 5, "not more than were kept");
    }
}

//! Tests that may be looked at after every trial and stop as soon as they know.
//!
//! In: counts, or bounded values one by one. Out: above, below, or not yet. Each is a test martingale
//! (Ville 1939): the chance that it ever speaks wrongly, however often one looks, is at most its error.
//! Not here: which question is asked (`verdict`, `summary::oracle`).

/// What is known about a figure and its bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Side {
    Below,
    Above,
    Open,
}

/// Alternatives that are bet on, as parts of the odds at the threshold (0 is the end itself), and the logarithms of their
/// weights. Half of the money goes on "never" and "always": far from a threshold q, `ln(2 / error) / q` trials decide. Odds
/// are what both sides have in common: below a small q lie its parts, above it its multiples, and so near a large one.
const BETS: [(f64, f64); 8] = [
    (0.0, -core::f64::consts::LN_2),
    (0.1, -2.639_057_329_615_259),
    (0.25, -2.639_057_329_615_259),
    (0.4, -2.639_057_329_615_259),
    (0.55, -2.639_057_329_615_259),
    (0.7, -2.639_057_329_615_259),
    (0.82, -2.639_057_329_615_259),
    (0.92, -2.639_057_329_615_259),
];

/// Whether a probability lies above or below `q`, after `hits` in `n` trials.
///
/// Two one-sided mixtures of likelihood ratios: against "at least q" bets on p < q, whose ratio is a supermartingale under
/// every probability of at least q (it falls in p), and the mirror image. For a given truth only one of the two can be
/// wrong, so each gets the whole error. They depend on the counts alone.
#[must_use]
pub fn proportion(hits: u64, n: u64, q: f64, error: f64) -> Side {
    if q < 0.0 {
        return Side::Above;
    }
    if q >= 1.0 {
        return Side::Below;
    }
    if q <= 0.0 {
        // A single hit proves that it is more than nothing; that it is nothing cannot be shown.
        return if hits > 0 { Side::Above } else { Side::Open };
    }
    let wanted = libm::log(1.0 / error);
    let misses = n - hits;
    if evidence(hits, misses, q) >= wanted {
        Side::Below
    } else if evidence(misses, hits, 1.0 - q) >= wanted {
        Side::Above
    } else {
        Side::Open
    }
}

/// Logarithm of the money won by betting that the probability of a hit is below `q`.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
fn evidence(hits: u64, misses: u64, q: f64) -> f64 {
    let one = |(part, weight): &(f64, f64)| {
        let p = q * part / (q * part + 1.0 - q);
        if hits > 0 && p <= 0.0 {
            return f64::NEG_INFINITY;
        }
        let won = if hits > 0 { hits as f64 * libm::log(p / q) } else { 0.0 };
        weight + won + misses as f64 * libm::log((1.0 - p) / (1.0 - q))
    };
    let logs = BETS.map(|bet| one(&bet));
    let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if most == f64::NEG_INFINITY {
        return most;
    }
    most + libm::log(logs.iter().map(|log| libm::exp(log - most)).sum::<f64>())
}

/// Whether the mean of values between 0 and 1 lies above or below `m`: two bettors (Waudby-Smith and Ramdas 2024, section 4),
/// each putting the same predictable part of their money on the next value being lower, or higher.
#[derive(Debug, Clone)]
pub struct Mean {
    m: f64,
    n: u64,
    sum: f64,
    spread: f64,
    /// Logarithms of what the two have.
    lower: f64,
    higher: f64,
    /// The most that they ever had: whoever once had enough has spoken.
    best: (f64, f64),
    error: f64,
}

impl Mean {
    /// Nothing seen yet.
    #[must_use]
    pub fn new(m: f64, error: f64) -> Self {
        Mean { m, n: 0, sum: 0.0, spread: 0.0, lower: 0.0, higher: 0.0, best: (0.0, 0.0), error }
    }

    /// One more value, cut to 0..=1.
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
    pub fn add(&mut self, value: f64) {
        let x = value.clamp(0.0, 1.0);
        // What is bet depends on the past alone: the mean and variance so far, with half a value at m and a quarter of variance.
        let before = self.n as f64;
        let mean = (self.m.midpoint(0.0) + self.sum) / (before + 0.5);
        let variance = (0.25 * 0.25 + self.spread) / (before + 0.25);
        let gap = (mean - self.m).abs().max(1e-9);
        let stake = gap / (variance + gap * gap);
        let most = |limit: f64| if limit > 0.0 { 0.9 / limit } else { f64::MAX };
        if self.m < 1.0 {
            self.lower += libm::log1p(stake.min(most(1.0 - self.m)) * (self.m - x));
        }
        if self.m > 0.0 {
            self.higher += libm::log1p(stake.min(most(self.m)) * (x - self.m));
        }
        self.best = (self.best.0.max(self.lower), self.best.1.max(self.higher));
        self.n += 1;
        self.sum += x;
        let now = (self.m.midpoint(0.0) + self.sum) / (before + 1.5);
        self.spread += (x - now) * (x - now);
    }

    /// What is known.
    #[must_use]
    pub fn side(&self) -> Side {
        let wanted = libm::log(1.0 / self.error);
        if self.m < 0.0 || self.best.1 >= wanted {
            Side::Above
        } else if self.m > 1.0 || self.best.0 >= wanted {
            Side::Below
        } else {
            Side::Open
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::luck::{Luck, Purpose};

    /// After how many trials of a proportion without hits (or of nothing but hits) it is known.
    fn needed(q: f64, error: f64, hit: bool) -> u64 {
        (1..=1_000_000).find(|&n| proportion(if hit { n } else { 0 }, n, q, error) != Side::Open).expect("ends")
    }

    #[test]
    fn far_from_a_limit_about_five_over_q_trials_do() {
        // ln(2 / 0.01) = 5.3
        for q in [0.1, 0.05, 0.01, 0.001] {
            #[expect(clippy::cast_precision_loss, reason = "small")]
            let times = needed(q, 0.01, false) as f64 * q;
            assert!((4.0..5.6).contains(&times), "{times} / q at {q}");
        }
        assert!(needed(0.05, 0.01, true) <= 3, "a limit that always holds is known at once");
    }

    /// Of many runs that may stop at every trial, the share that ends on the wrong side.
    fn wrong_runs(p: f64, q: f64, error: f64, runs: u64) -> (u64, u64) {
        let (mut wrong, mut open) = (0, 0);
        for run in 0..runs {
            let (mut hits, mut side) = (0, Side::Open);
            for n in 1..=3_000_u64 {
                hits += u64::from(Luck::new(run, n).uniform(7, Purpose::Settle, 0) < p);
                side = proportion(hits, n, q, error);
                if side != Side::Open {
                    break;
                }
            }
            wrong += u64::from(if p < q { side == Side::Above } else { side == Side::Below });
            open += u64::from(side == Side::Open);
        }
        (wrong, open)
    }

    #[test]
    fn looking_after_every_trial_keeps_the_error() {
        // At the limit itself every answer but "open" is wrong on one of the sides: at most 10 % of 400 each, plus 3 sigma (18).
        let (below, open) = wrong_runs(0.05, 0.05, 0.1, 400);
        assert!(below <= 58, "{below} of 400 say below at the limit");
        assert!(400 - open <= 116, "{} of 400 speak at the limit", 400 - open);
        for p in [0.03, 0.08] {
            let (wrong, _) = wrong_runs(p, 0.05, 0.1, 300);
            assert!(wrong <= 45, "{wrong} of 300 are wrong at {p}");
        }
        // Far away it is practically always right.
        let (wrong, open) = wrong_runs(0.3, 0.05, 0.01, 200);
        assert_eq!((wrong, open), (0, 0));
    }

    #[test]
    fn above_a_limit_the_error_is_kept_however_small_the_limit() {
        for q in [0.01, 0.95] {
            let (wrong, _) = wrong_runs(q, q, 0.1, 400);
            assert!(wrong <= 58, "{wrong} of 400 say below at {q} itself");
            let (wrong, _) = wrong_runs(q - 1e-9, q, 0.1, 400);
            assert!(wrong <= 58, "{wrong} of 400 say above at {q} itself");
        }
    }

    /// After how many trials a truth is known to lie above q, if the hits come as evenly as they can.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "small")]
    fn known_above(truth: f64, q: f64) -> Option<u64> {
        (1..400_000).find(|&n| proportion((truth * n as f64) as u64, n, q, 0.01) == Side::Above)
    }

    #[test]
    fn what_lies_clearly_above_a_limit_is_decided() {
        // The best bet on a truth of k q wins about q (k ln k - k + 1) a trial, and has to win ln(1 / 0.01) + 2.64 = 7.24:
        // after 19 / q trials of twice the limit, 67 / q of one and a half times. Half as many again for bets beside it.
        for q in [0.001, 0.01, 0.05, 0.1] {
            for (times, most) in [(2.0, 28.0), (1.5, 100.0)] {
                let after = known_above(times * q, q);
                #[expect(clippy::cast_precision_loss, reason = "small")]
                let needed = after.map(|n| n as f64 * q);
                assert!(needed.is_some_and(|needed| needed < most), "{times} times {q}: {after:?}");
            }
        }
        // Between one and nineteen times a limit there is no gap.
        for tenths in 12..=250 {
            let truth = 0.001 * f64::from(tenths) / 10.0;
            assert!(known_above(truth, 0.001).is_some(), "{truth} is never known to be above 0.1 %");
        }
    }

    #[test]
    fn below_a_limit_near_one_it_is_the_same() {
        for (q, truth) in [(0.95, 0.925), (0.99, 0.98), (0.999, 0.998)] {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small")]
            let hits = |n: u32| (truth * f64::from(n)) as u64;
            let after = (1..100_000).find(|&n| proportion(hits(n), u64::from(n), q, 0.01) == Side::Below);
            assert!(after.is_some(), "{truth} is never known to be below {q}");
        }
    }

    #[test]
    fn means_keep_the_error_too() {
        let (mut wrong, mut right) = (0, 0);
        for run in 0..300 {
            // Values that are mostly zero: mean 0.06.
            let value = |n: u64| {
                let u = Luck::new(run, n).uniform(3, Purpose::Settle, 0);
                if u < 0.2 { u * 3.0 } else { 0.0 }
            };
            let (mut at, mut above) = (Mean::new(0.06, 0.1), Mean::new(0.03, 0.1));
            for n in 0..2_000 {
                at.add(value(n));
                above.add(value(n));
            }
            wrong += u64::from(at.side() != Side::Open);
            right += u64::from(above.side() == Side::Above);
            assert_ne!(above.side(), Side::Below);
        }
        assert!(wrong <= 90, "{wrong} of 300 speak at the mean itself; two tests of 10 % and 3 sigma give 60 + 21");
        assert!(right >= 290, "{right} of 300 see a mean of twice the bound");
    }

    #[test]
    fn the_ends_are_exact() {
        assert_eq!(proportion(0, 10_000, 0.0, 0.01), Side::Open);
        assert_eq!(proportion(1, 10_000, 0.0, 0.01), Side::Above);
        assert_eq!(proportion(5, 5, 1.0, 0.01), Side::Below);
    }
}

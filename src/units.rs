//! Quantities with their units: time, levels, chances, rates and sizes.
//!
//! In: numbers that a parser or a prior has already read. Out: values that cannot be invalid,
//! in the fixed-point form the engine computes with. Text forms (`5m to 2h`, `30%`) are read in
//! `scenario`, written in `report`; neither is here.

use std::fmt;

/// Simulated time and durations, in whole milliseconds.
pub type Millis = u64;

/// One minute in milliseconds.
pub const MINUTE: Millis = 60_000;
/// One hour in milliseconds.
pub const HOUR: Millis = 60 * MINUTE;
/// One day in milliseconds.
pub const DAY: Millis = 24 * HOUR;
/// Days of a week on which people work: what happens so often a week falls on these.
pub const WORKING_DAYS: f64 = 5.0;
/// A duration that never ends. Far beyond any horizon, small enough that sums cannot overflow.
pub const FOREVER: Millis = 1 << 50;
/// The longest duration that a file may state, other than `forever`.
pub const LONGEST: Millis = 3_650 * DAY;

/// A level or a share, as parts per billion: 0 is nothing, [`Level::ONE`] is normal.
///
/// Decimal fixed point, so that the shares people write (0.3, 99 %) and their products are exact.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Level(u32);

impl Level {
    /// Nothing at all.
    pub const ZERO: Level = Level(0);
    /// Normal service; the whole.
    pub const ONE: Level = Level(1_000_000_000);

    /// A level from parts per billion, capped at one.
    #[must_use]
    pub const fn from_ppb(ppb: u32) -> Self {
        if ppb > Self::ONE.0 { Self::ONE } else { Self(ppb) }
    }

    /// A level from a fraction, rounded to the nearest part per billion; `None` outside 0..=1 or NaN.
    #[must_use]
    pub fn from_fraction(fraction: f64) -> Option<Self> {
        if !(0.0..=1.0).contains(&fraction) {
            return None;
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0..=1e9 fits")]
        Some(Self(libm::round(fraction * 1e9) as u32))
    }

    /// Parts per billion.
    #[must_use]
    pub const fn ppb(self) -> u32 {
        self.0
    }

    /// The level as a fraction, for display.
    #[must_use]
    pub fn fraction(self) -> f64 {
        f64::from(self.0) / 1e9
    }

    /// The product, rounded down: a product never exceeds either factor.
    #[must_use]
    pub const fn times(self, other: Level) -> Level {
        #[expect(clippy::cast_possible_truncation, reason = "a product of two levels is at most one")]
        Level((self.0 as u64 * other.0 as u64 / 1_000_000_000) as u32)
    }

    /// One minus this level.
    #[must_use]
    pub const fn complement(self) -> Level {
        Level(Self::ONE.0 - self.0)
    }

    /// The level that `capacity` gives under `load` (any common unit), capped at one.
    #[must_use]
    pub const fn ratio(capacity: u64, load: u64) -> Level {
        if capacity >= load {
            return Level::ONE;
        }
        #[expect(clippy::cast_possible_truncation, reason = "capacity < load, so below one")]
        Level((capacity as u128 * 1_000_000_000 / load as u128) as u32)
    }
}

impl fmt::Debug for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.fraction())
    }
}

/// Requests per minute, in millionths, so that stated rates stay exact.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Rate(u64);

impl Rate {
    /// A rate from requests per minute; `None` if negative, not finite or above 10^12 per minute.
    #[must_use]
    pub fn from_per_min(per_min: f64) -> Option<Self> {
        if !(0.0..=1e12).contains(&per_min) {
            return None;
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0..=1e18 fits")]
        Some(Self(libm::round(per_min * 1e6) as u64))
    }

    /// Millionths of a request per minute.
    #[must_use]
    pub const fn micro_per_min(self) -> u64 {
        self.0
    }
}

/// A distribution of durations (in milliseconds) or of plain factors.
///
/// Every family is drawn by inverting its distribution function, so that one uniform gives one
/// value and the same luck stays the same luck when a parameter changes.
#[derive(Clone, PartialEq, Debug)]
pub enum Dist {
    /// Always this value.
    Fixed(f64),
    /// Never ends.
    Forever,
    /// Log-normal by its median and the 95th percentile.
    LogNormal {
        /// The median.
        median: f64,
        /// The 95th percentile, at least the median.
        p95: f64,
    },
    /// Uniform between two values.
    Uniform {
        /// The least value.
        low: f64,
        /// The greatest value.
        high: f64,
    },
    /// Exponential by its mean.
    Exponential {
        /// The mean.
        mean: f64,
    },
    /// Weibull by shape and scale.
    Weibull {
        /// Below 1: early failures; above 1: wear.
        shape: f64,
        /// The 63rd percentile.
        scale: f64,
    },
    /// One of several distributions, chosen by weight (weights sum to 1).
    Mix(Box<[(f64, Dist)]>),
    /// One of the values seen, each equally likely, in ascending order.
    Samples(Box<[f64]>),
}

impl Dist {
    /// The distribution of so many times the value.
    #[must_use]
    pub fn scaled(&self, times: f64) -> Dist {
        match self {
            Dist::Fixed(value) => Dist::Fixed(value * times),
            Dist::Forever => Dist::Forever,
            Dist::LogNormal { median, p95 } => Dist::LogNormal { median: median * times, p95: p95 * times },
            Dist::Uniform { low, high } => Dist::Uniform { low: low * times, high: high * times },
            Dist::Exponential { mean } => Dist::Exponential { mean: mean * times },
            Dist::Weibull { shape, scale } => Dist::Weibull { shape: *shape, scale: scale * times },
            Dist::Mix(parts) => Dist::Mix(parts.iter().map(|(weight, dist)| (*weight, dist.scaled(times))).collect()),
            Dist::Samples(values) => Dist::Samples(values.iter().map(|value| value * times).collect()),
        }
    }
}

/// A probability: known, or known only as a Beta distribution (then drawn once per trial).
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Chance {
    /// A plain probability.
    Fixed(Level),
    /// Beta with parameters alpha and beta, both positive.
    Beta {
        /// Successes seen, so to speak.
        alpha: f64,
        /// Failures seen, so to speak.
        beta: f64,
    },
}

impl Chance {
    /// What it is in the mean.
    #[must_use]
    pub fn mean(self) -> f64 {
        match self {
            Chance::Fixed(level) => level.fraction(),
            Chance::Beta { alpha, beta } => alpha / (alpha + beta),
        }
    }
}

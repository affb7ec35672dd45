//! Luck: every random number of the simulation, by key.
//!
//! In: (seed, trial, entity, purpose, n). Out: one uniform number, always the same for the same key.
//! There is no generator that is advanced, so nothing depends on who draws first: a service added
//! elsewhere, another thread or another machine changes no draw.

pub mod ahead;
pub mod beta;
mod elementary;
pub mod philox;
pub mod quantile;
mod together;

use crate::units::{Chance, Dist, FOREVER, LONGEST, Level, Millis};
use philox::philox4x32;

/// Trials that are drawn for together; so many that a processor has something to do while it waits for what it has begun.
pub const TRIALS: usize = 32;
/// Entities that are drawn for together.
pub const ENTITIES: usize = 16;

/// What a draw is for. Together with the entity it makes the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
#[expect(missing_docs, reason = "one word per draw; the rules are in docs/model.md")]
pub enum Purpose {
    Settle = 1,
    Hold,
    Release,
    Failover,
    MetastableHold,
    WarmUp,
    StepTakes,
    StepFails,
    StepFailsAt,
    StepVerify,
    StepBake,
    FaultFrom,
    FaultLasts,
    Detect,
    MonitorGap,
    Engage,
    Diagnose,
    Blind,
    Vendor,
    Revert,
    RevertWorks,
    FixForward,
    Restart,
    Recreate,
    Drift,
    DriftHappens,
    Shed,
    Locate,
    Throughput,
    RestoreVerify,
    RestoreFallback,
    CopyUsable,
    BackupPhase,
    Alternate,
    Chance,
    Slip,
    SlipRate,
    SlipTarget,
    Bypass,
    Latency,
    Catch,
    FalseAlarm,
    SnapshotFirst,
    StageShows,
    StageDetects,
    StageNotice,
    StageBake,
    GuardTakes,
    GuardWorks,
    BreakGlass,
    Branch,
    Review,
}

/// A log-normal draw: its law, and its key but for the purpose.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct LogNormal {
    /// The median.
    pub median: f64,
    /// The standard deviation of the logarithm ([`spread`]).
    pub spread: f64,
    /// Whose.
    pub entity: u64,
    /// The how-manieth.
    pub n: u32,
}

/// The luck of one trial.
#[derive(Debug, Clone, Copy)]
pub struct Luck {
    seed: u64,
    trial: u64,
}

/// The key of a name: a stable 64-bit hash (FNV-1a, then mixed).
#[must_use]
pub fn entity(kind: &str, name: &str) -> u64 {
    let bytes = kind.bytes().chain([b':']).chain(name.bytes());
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
    // FNV leaves the high bits of short names alike; one round of a mixer spreads them.
    let hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^ (hash >> 33)
}

/// The lower half of a word, and the upper.
#[expect(clippy::cast_possible_truncation, reason = "splitting a word into halves")]
const fn halves(word: u64) -> [u32; 2] {
    [word as u32, (word >> 32) as u32]
}

/// The last word of a counter: what is left of the trial, and what the draw is for.
const fn fourth(trial: u64, purpose: Purpose, n: u32) -> u64 {
    (trial >> 32 & 0xff) << 24 | (purpose as u64) << 16 | (n & 0xffff) as u64
}

impl Luck {
    /// The luck of a trial. Trials are numbered below 2^40.
    #[must_use]
    pub const fn new(seed: u64, trial: u64) -> Self {
        Self { seed, trial }
    }

    /// The trial.
    #[must_use]
    pub const fn trial(&self) -> u64 {
        self.trial
    }

    /// The luck of another trial.
    #[must_use]
    pub const fn of(&self, trial: u64) -> Self {
        Self { trial, ..*self }
    }

    /// Two independent uniform words for a key.
    fn words(&self, entity: u64, purpose: Purpose, n: u32) -> (u64, u64) {
        let ([low, high], [trial, _]) = (halves(entity), halves(self.trial));
        let [a, b, c, d] = philox4x32([low, high, trial, halves(fourth(self.trial, purpose, n))[0]], self.key());
        (u64::from(a) << 32 | u64::from(b), u64::from(c) << 32 | u64::from(d))
    }

    /// A uniform number strictly between 0 and 1.
    #[must_use]
    pub fn uniform(&self, entity: u64, purpose: Purpose, n: u32) -> f64 {
        quantile::open_unit(self.words(entity, purpose, n).0)
    }

    /// A log-normal duration by a key in this trial and the following ones: the same as from [`Luck::duration_with`] in each, but several
    /// at once take much less time than one after the other.
    #[must_use]
    pub fn log_normals(&self, median: f64, spread: f64, entity: u64, purpose: Purpose, n: u32) -> [Millis; TRIALS] {
        together::of_trials(*self, LogNormal { median, spread, entity, n }, purpose)
    }

    /// Log-normal durations of several entities in this trial: the same as one after the other from [`Luck::duration_with`].
    #[must_use]
    pub fn log_normals_of(&self, draws: &[LogNormal; ENTITIES], purpose: Purpose) -> [Millis; ENTITIES] {
        together::of_entities(*self, draws, purpose)
    }

    const fn key(&self) -> [u32; 2] {
        halves(self.seed)
    }

    /// A uniform word for a key.
    #[must_use]
    pub fn word(&self, entity: u64, purpose: Purpose, n: u32) -> u64 {
        self.words(entity, purpose, n).0
    }

    /// Whether something of this probability happens.
    #[must_use]
    pub fn happens(&self, probability: Level, entity: u64, purpose: Purpose, n: u32) -> bool {
        is_below(self.word(entity, purpose, n), probability)
    }

    /// A plain factor.
    #[must_use]
    pub fn factor(&self, dist: &Dist, entity: u64, purpose: Purpose, n: u32) -> f64 {
        if let Dist::Fixed(value) = dist {
            return *value;
        }
        let (u, v) = self.words(entity, purpose, n);
        quantile::of(dist, quantile::open_unit(u), quantile::open_unit(v))
    }

    /// A duration, rounded to the millisecond.
    #[must_use]
    pub fn duration(&self, dist: &Dist, entity: u64, purpose: Purpose, n: u32) -> Millis {
        if matches!(dist, Dist::Forever) {
            return FOREVER;
        }
        to_millis(self.factor(dist, entity, purpose, n))
    }

    /// The same, for many draws: `spread` is that of the distribution.
    #[must_use]
    pub fn duration_with(&self, dist: &Dist, spread: f64, entity: u64, purpose: Purpose, n: u32) -> Millis {
        match dist {
            Dist::LogNormal { median, .. } => {
                let u = quantile::open_unit(self.words(entity, purpose, n).0);
                to_millis(quantile::log_normal(*median, spread, u))
            }
            _ => self.duration(dist, entity, purpose, n),
        }
    }

    /// Whether something of so many times this probability happens at this word. One that is only known as a Beta is drawn by the entity,
    /// once per trial for all its uses.
    #[must_use]
    pub fn chances(&self, word: u64, chance: Chance, times: f64, entity: u64) -> bool {
        match chance {
            Chance::Fixed(level) => is_below(word, times_as_likely(level, times)),
            Chance::Beta { alpha, beta } => {
                let least = quantile::open_unit(word) / times;
                least < 1.0 && beta::below(alpha, beta, least) < self.uniform(entity, Purpose::Chance, 0)
            }
        }
    }
}

fn times_as_likely(level: Level, times: f64) -> Level {
    Level::from_fraction(level.fraction() * times).unwrap_or(Level::ONE)
}

/// Whether something of this probability happens at this word.
#[must_use]
pub fn is_below(word: u64, probability: Level) -> bool {
    // Multiply rather than divide: exact at 0 and 1.
    u128::from(word) * 1_000_000_000 < u128::from(probability.ppb()) << 64
}

/// The standard deviation of the logarithm of a log-normal distribution, which takes longer to find than a value; 0 of others.
#[must_use]
pub fn spread(dist: &Dist) -> f64 {
    match dist {
        Dist::LogNormal { median, p95 } => quantile::log_sd(*median, *p95),
        _ => 0.0,
    }
}

/// Rounds to whole milliseconds; nothing is negative, nothing exceeds ten years but [`FOREVER`].
#[must_use]
pub fn to_millis(value: f64) -> Millis {
    // A double of this size has no room for a fraction: adding it rounds, half to even, on every platform.
    const WHOLE: f64 = 4_503_599_627_370_496.0;
    #[expect(clippy::cast_precision_loss, reason = "a bound, not a figure")]
    let capped = value.clamp(0.0, LONGEST as f64);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped above")]
    let rounded = (capped + WHOLE - WHOLE) as u64;
    rounded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_key_gives_the_same_number_and_another_key_another() {
        let luck = Luck::new(42, 7);
        let a = entity("cell", "a@r");
        assert_eq!(luck.uniform(a, Purpose::Settle, 0).to_bits(), Luck::new(42, 7).uniform(a, Purpose::Settle, 0).to_bits());
        let others = [
            luck.uniform(a, Purpose::Settle, 1),
            luck.uniform(a, Purpose::Hold, 0),
            luck.uniform(entity("cell", "b@r"), Purpose::Settle, 0),
            Luck::new(42, 8).uniform(a, Purpose::Settle, 0),
            Luck::new(43, 7).uniform(a, Purpose::Settle, 0),
            Luck::new(42, 7 + (1 << 32)).uniform(a, Purpose::Settle, 0),
        ];
        for other in others {
            assert!((other - luck.uniform(a, Purpose::Settle, 0)).abs() > 1e-12);
        }
    }

    #[test]
    fn together_is_the_same_as_one_by_one() {
        let dist = Dist::LogNormal { median: 600_000.0, p95: 5_000_000.0 };
        for (name, first) in (0..200).map(|i| (format!("s{i}@r"), 40 * i)).chain([("edge".to_owned(), (1 << 32) - 7)]) {
            let (luck, entity) = (Luck::new(3, first), entity("cell", &name));
            let together = luck.log_normals(600_000.0, spread(&dist), entity, Purpose::Settle, 2);
            for (trial, settle) in (first..).zip(together) {
                assert_eq!(settle, luck.of(trial).duration(&dist, entity, Purpose::Settle, 2), "{name} {trial}");
            }
        }
    }

    #[test]
    fn entities_together_are_the_same_as_one_by_one() {
        let dist = |n: u32| Dist::LogNormal { median: 1_000.0 * f64::from(n + 1), p95: 9_000.0 * f64::from(n + 1) };
        let of = |n: u32| {
            let Dist::LogNormal { median, .. } = dist(n) else { unreachable!("made above") };
            LogNormal { median, spread: spread(&dist(n)), entity: entity("cell", &format!("s{n}@r")), n }
        };
        for trial in 0..50 {
            let luck = Luck::new(3, trial << 30);
            let mut numbers = 0..;
            let draws: [LogNormal; ENTITIES] = std::array::from_fn(|_| of(numbers.next().unwrap_or(0)));
            for (draw, together) in draws.iter().zip(luck.log_normals_of(&draws, Purpose::Settle)) {
                assert_eq!(together, luck.duration(&dist(draw.n), draw.entity, Purpose::Settle, draw.n));
            }
        }
    }

    #[test]
    fn certain_things_always_happen_and_impossible_ones_never() {
        for trial in 0..1000 {
            let luck = Luck::new(1, trial);
            assert!(luck.happens(Level::ONE, 5, Purpose::StepFails, 0));
            assert!(!luck.happens(Level::ZERO, 5, Purpose::StepFails, 0));
        }
    }

    #[test]
    fn a_third_happens_a_third_of_the_time() {
        let third = Level::from_ppb(333_333_333);
        let hits = (0..30_000).filter(|&t| Luck::new(9, t).happens(third, 5, Purpose::StepFails, 0)).count();
        assert!((9_700..10_300).contains(&hits), "{hits}");
    }
}

//! Distributions and chances in words: `35m, one in twenty over 3h`.
//!
//! In: the values of `units`. Out: short text. Used where a default is explained and named in a report.

use super::figures::{duration, percent, plain, small};
use crate::units::{Chance, Dist, Millis};

/// A distribution of durations in milliseconds.
#[must_use]
pub fn of_time(dist: &Dist) -> String {
    words(dist, &|ms| duration(ms / 60_000.0))
}

/// A distribution of plain factors.
#[must_use]
pub fn of_factor(dist: &Dist) -> String {
    words(dist, &small)
}

/// A chance.
#[must_use]
pub fn of_chance(chance: Chance) -> String {
    match chance {
        Chance::Fixed(level) => percent(level.fraction()),
        Chance::Beta { alpha, beta } => {
            format!("about {} (Beta {}, {})", percent(alpha / (alpha + beta)), plain(alpha, 2), plain(beta, 2))
        }
    }
}

/// Milliseconds as a duration.
#[must_use]
pub fn millis(ms: Millis) -> String {
    #[expect(clippy::cast_precision_loss, reason = "times are far below 2^53")]
    duration(ms as f64 / 60_000.0)
}

fn words(dist: &Dist, figure: &dyn Fn(f64) -> String) -> String {
    match dist {
        Dist::Fixed(value) => figure(*value),
        Dist::Forever => "forever".into(),
        Dist::LogNormal { median, p95 } => format!("median {}, one in twenty over {}", figure(*median), figure(*p95)),
        Dist::Uniform { low, high } => format!("anything from {} to {}", figure(*low), figure(*high)),
        Dist::Exponential { mean } => format!("mean {}, exponential", figure(*mean)),
        Dist::Weibull { shape, scale } => format!("Weibull, shape {}, scale {}", plain(*shape, 2), figure(*scale)),
        Dist::Mix(parts) => {
            let parts: Vec<String> =
                parts.iter().map(|(weight, part)| format!("{}: {}", percent(*weight), words(part, figure))).collect();
            parts.join("; ")
        }
        Dist::Samples(values) => match (values.first(), values.last()) {
            (Some(least), Some(most)) => format!("one of {} values from {} to {}", values.len(), figure(*least), figure(*most)),
            _ => "nothing".into(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::{HOUR, MINUTE};

    #[test]
    fn words_people_can_check() {
        #[expect(clippy::cast_precision_loss, reason = "small")]
        let ms = |m: Millis| m as f64;
        let dist = Dist::LogNormal { median: ms(35 * MINUTE), p95: ms(3 * HOUR) };
        assert_eq!(of_time(&dist), "median 35m, one in twenty over 3h");
        assert_eq!(of_factor(&Dist::Uniform { low: 1.5, high: 2.0 }), "anything from 1.5 to 2");
        assert_eq!(of_factor(&Dist::LogNormal { median: 0.003, p95: 0.021 }), "median 0.003, one in twenty over 0.021");
        assert_eq!(of_chance(Chance::Beta { alpha: 1.0, beta: 9.0 }), "about 10% (Beta 1, 9)");
    }
}

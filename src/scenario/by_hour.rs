//! How demand varies over a day: 24 relative figures, and time weighed by them.
//!
//! In: the figures of a world, and when a plan starts. Out: for an instant of a trial, how much time of average demand has passed. A whole day
//! passes as a day, whatever the figures; whole numbers throughout, so that pieces add up to the whole wherever time is cut.

use crate::units::{DAY, HOUR, Millis};
use std::sync::Arc;

/// Hours of a day.
pub const HOURS: usize = 24;
/// Relative figures are kept in millionths; none is larger than this.
pub const LARGEST: f64 = 1e9;

/// Demand by the hour of the day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByHour {
    /// Demand of each hour from midnight, and before it: `before[24]` is the whole day.
    before: [u64; HOURS + 1],
    /// What to add to universal time to get the clock of the figures, milliseconds.
    offset: i64,
}

/// The same from the start of a plan on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weighing {
    by_hour: Arc<ByHour>,
    /// When the plan starts, after midnight.
    start: Millis,
    /// The demand of that day before.
    skipped: u128,
}

impl ByHour {
    /// From relative figures, at least one of which is more than nothing; none otherwise.
    #[must_use]
    pub fn new(hours: [f64; HOURS], offset: i64) -> Option<Self> {
        let mut before = [0_u64; HOURS + 1];
        for (hour, figure) in hours.into_iter().enumerate() {
            if !(0.0..=LARGEST).contains(&figure) {
                return None;
            }
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 10^15")]
            let millionths = libm::round(figure * 1e6) as u64;
            before[hour + 1] = before[hour] + millionths;
        }
        (before[HOURS] > 0).then_some(Self { before, offset })
    }

    /// What an hour of the day has, where the average hour has 1.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "for display")]
    pub fn relative(&self, hour: usize) -> f64 {
        let own = self.before.get(hour + 1).map_or(0, |end| end - self.before[hour]);
        own as f64 * HOURS as f64 / self.before[HOURS] as f64
    }

    /// Time weighed from an instant on, in milliseconds of universal time.
    #[must_use]
    pub fn from(self: &Arc<Self>, utc: i64) -> Weighing {
        let day = i64::try_from(DAY).unwrap_or(i64::MAX);
        let start = Millis::try_from((utc + self.offset).rem_euclid(day)).unwrap_or(0);
        Weighing { by_hour: Arc::clone(self), start, skipped: self.until(start) }
    }

    /// Demand until an instant after some midnight: millionths times milliseconds.
    fn until(&self, at: Millis) -> u128 {
        let (days, of_day) = (at / DAY, at % DAY);
        let hour = usize::try_from(of_day / HOUR).unwrap_or(0);
        let (begun, own) = (self.before[hour], self.before[hour + 1] - self.before[hour]);
        u128::from(days) * u128::from(self.before[HOURS]) * u128::from(HOUR)
            + u128::from(begun) * u128::from(HOUR)
            + u128::from(own) * u128::from(of_day % HOUR)
    }
}

impl Weighing {
    /// How much time of average demand has passed so long after the start.
    #[must_use]
    pub fn at(&self, now: Millis) -> Millis {
        let demand = self.by_hour.until(self.start.saturating_add(now)) - self.skipped;
        let average = u128::from(self.by_hour.before[HOURS]);
        u64::try_from(demand * HOURS as u128 / average).unwrap_or(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::MINUTE;

    /// Nothing but in the hour from noon to one, and the hour after.
    fn noon(offset: i64) -> Arc<ByHour> {
        let mut hours = [0.0; HOURS];
        (hours[12], hours[13]) = (2.0, 1.0);
        Arc::new(ByHour::new(hours, offset).expect("some demand"))
    }

    #[test]
    fn a_day_passes_as_a_day() {
        for start in [0, 12 * HOUR + 17 * MINUTE, 23 * HOUR] {
            let weighing = noon(0).from(i64::try_from(start).expect("small"));
            for now in [0, 5, HOUR, 7 * HOUR + 1] {
                assert!(weighing.at(now + DAY).abs_diff(weighing.at(now) + DAY) <= 1, "{start} {now}");
            }
            assert_eq!(weighing.at(DAY), DAY);
        }
    }

    /// By hand: 24 h x 2/3 of the demand lie between 12:00 and 13:00, so that a minute there passes as 16, and one after it as 8.
    #[test]
    fn an_hour_passes_as_its_demand() {
        let weighing = noon(0).from(i64::try_from(11 * HOUR).expect("small"));
        assert_eq!(weighing.at(HOUR), 0);
        assert_eq!(weighing.at(HOUR + MINUTE), 16 * MINUTE);
        assert_eq!(weighing.at(2 * HOUR), 16 * HOUR);
        assert_eq!(weighing.at(2 * HOUR + MINUTE) - weighing.at(2 * HOUR), 8 * MINUTE);
        assert_eq!(weighing.at(3 * HOUR), DAY);
    }

    #[test]
    fn the_clock_of_the_figures_counts() {
        // 04:00 universal time is noon at +08:00.
        let east = noon(i64::try_from(8 * HOUR).expect("small"));
        assert_eq!(east.from(i64::try_from(4 * HOUR).expect("small")).at(MINUTE), 16 * MINUTE);
        // Before the year 0 the day goes round as well.
        assert_eq!(noon(0).from(-i64::try_from(12 * HOUR).expect("small")).at(MINUTE), 16 * MINUTE);
    }

    #[test]
    fn level_demand_is_no_weighing() {
        let weighing = Arc::new(ByHour::new([7.0; HOURS], 0).expect("some demand")).from(12_345);
        assert_eq!((weighing.at(1), weighing.at(98_765_432)), (1, 98_765_432));
    }
}

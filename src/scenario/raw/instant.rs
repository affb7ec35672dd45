//! Instants and times of day: `2025-12-15T14:00+08:00`, `22:00`.
//!
//! In: text. Out: [`Clock`], or milliseconds after midnight; and instants as text again. The calendar is the Gregorian one, without leap seconds.

use crate::scenario::controls::Clock;
use crate::units::{DAY, HOUR, MINUTE, Millis};

/// A date and a time with its offset.
pub(crate) fn instant(text: &str) -> Option<Clock> {
    let (date, time) = text.split_once('T')?;
    let (clock, zone) = time.split_at(time.find(['+', '-', 'Z'])?);
    let (of_day, offset) = (time_of_day(clock)?, offset(zone)?);
    let local = days(date)? * signed(DAY) + signed(of_day);
    Some(Clock { utc: local - offset, of_day })
}

/// The instant so long after another one, on the same clock, in whole minutes.
pub(crate) fn later(text: &str, by: Millis) -> Option<String> {
    let (at, time) = (instant(text)?, text.split_once('T')?.1);
    let zone = &time[time.find(['+', '-', 'Z'])?..];
    let minutes = (at.utc + offset(zone)?).checked_add(signed(by))?.div_euclid(signed(MINUTE));
    let (year, month, day) = date(minutes.div_euclid(1_440));
    let of_day = minutes.rem_euclid(1_440);
    Some(format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}{zone}", of_day / 60, of_day % 60))
}

/// An instant as text, in universal time.
pub(crate) fn utc(clock: &Clock) -> String {
    let minutes = clock.utc.div_euclid(signed(MINUTE));
    let (year, month, day) = date(minutes.div_euclid(1_440));
    let of_day = minutes.rem_euclid(1_440);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}Z", of_day / 60, of_day % 60)
}

/// Year, month and day of a number of days since 0000-03-01 (Howard Hinnant's `civil_from_days`).
pub(crate) const fn date(days: i64) -> (i64, i64, i64) {
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year_of_era + era * 400 + (month <= 2) as i64, month, of_year - (153 * shifted + 2) / 5 + 1)
}

/// What a clock is ahead of universal time: `+08:00`, `-05:30`, `Z`.
pub(crate) fn offset(text: &str) -> Option<i64> {
    if text == "Z" {
        return Some(0);
    }
    let (sign, ahead) = match text.split_at_checked(1)? {
        ("+", ahead) => (1, ahead),
        ("-", ahead) => (-1, ahead),
        _ => return None,
    };
    time_of_day(ahead).filter(|o| *o <= 14 * HOUR).map(|o| sign * signed(o))
}

/// Milliseconds after midnight.
pub(crate) fn time_of_day(text: &str) -> Option<Millis> {
    let parts: Vec<&str> = text.split(':').collect();
    let part = |i: usize, most: u64| match parts.get(i) {
        None => Some(0),
        Some(part) => part.parse::<u64>().ok().filter(|n| part.len() == 2 && *n <= most),
    };
    if !(2..=3).contains(&parts.len()) {
        return None;
    }
    Some(part(0, 23)? * HOUR + part(1, 59)? * MINUTE + part(2, 59)? * 1_000)
}

/// Days since the year 0 (Howard Hinnant's `days_from_civil`, counted from 0000-03-01).
fn days(date: &str) -> Option<i64> {
    let parts: Vec<&str> = date.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return None };
    let number = |text: &str, length: usize| text.parse::<i64>().ok().filter(|n| text.len() == length && *n >= 0);
    let (year, month, day) = (number(year, 4)?, number(month, 2)?, number(day, 2)?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let longest = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    if !(1..=12).contains(&month) || !(1..=longest).contains(&day) {
        return None;
    }
    let shifted = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (shifted.div_euclid(400), shifted.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year)
}

fn signed(millis: Millis) -> i64 {
    i64::try_from(millis).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_and_months_count() {
        let at = |text: &str| instant(text).expect("an instant").utc;
        assert_eq!(at("2025-12-15T14:00+08:00"), at("2025-12-15T06:00Z"));
        assert_eq!(at("2024-03-01T00:00Z") - at("2024-02-28T00:00Z"), signed(2 * DAY));
        assert_eq!(at("2025-03-01T00:00Z") - at("2025-02-28T00:00Z"), signed(DAY));
        assert_eq!(at("2026-01-01T00:00Z") - at("2025-01-01T00:00Z"), signed(365 * DAY));
        assert!(instant("2025-02-30T00:00Z").is_none() && instant("2025-01-01").is_none());
        assert_eq!(time_of_day("22:30"), Some(22 * HOUR + 30 * MINUTE));
        assert_eq!(later("2024-02-28T22:30+08:00", 26 * HOUR).as_deref(), Some("2024-03-01T00:30+08:00"));
        assert_eq!(later("2025-12-31T23:59:59Z", MINUTE).as_deref(), Some("2026-01-01T00:00Z"));
        assert_eq!((offset("+08:00"), offset("-05:30"), offset("Z")), (Some(28_800_000), Some(-19_800_000), Some(0)));
        assert!(offset("08:00").is_none() && offset("+15:00").is_none() && offset("").is_none() && offset("\u{fc}1").is_none());
        assert!(instant("2025-12-15T14:00").is_none() && instant("2025-12-15T14:00Z+08:00").is_none());
        assert!(time_of_day("24:00").is_none() && time_of_day("7:00").is_none());
    }
}

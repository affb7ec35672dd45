//! The clock: the only place that asks what time it is.
//!
//! In: nothing, or an instant as text. Out: seconds since 1970 and UTC as text. `SOURCE_DATE_EPOCH` says when something was
//! made, for builds that must give the same bytes; it never says whether something still holds.

use crate::scenario::instant::date;
use std::time::{SystemTime, UNIX_EPOCH};

/// When something is said to be made, in seconds since 1970.
pub(super) fn made() -> u64 {
    let fixed = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|text| text.parse().ok());
    fixed.unwrap_or_else(now)
}

/// What time it is, in seconds since 1970.
pub(super) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs())
}

/// Days from 0000-03-01 to 1970-01-01.
const EPOCH: i64 = 719_468;

/// `2026-11-24T15:19:53Z`.
pub(super) fn utc(seconds: u64) -> String {
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = date(days.cast_signed() + EPOCH);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", rest / 3_600, rest / 60 % 60, rest % 60)
}

/// Seconds since 1970 of an instant counted in milliseconds since the year 0; 0 before that.
pub(super) fn since_1970(millis: i64) -> u64 {
    u64::try_from(millis / 1_000 - EPOCH * 86_400).unwrap_or(0)
}

/// Whether a text is an instant as [`utc`] writes it; such texts sort like the instants.
pub(super) fn is_utc(text: &str) -> bool {
    let form = b"0000-00-00T00:00:00Z";
    text.len() == form.len() && text.bytes().zip(form).all(|(b, f)| if f.is_ascii_digit() { b.is_ascii_digit() } else { b == *f })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_those_of_the_calendar() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_795_533_593, "2026-11-24T15:19:53Z"),
            (4_107_542_399, "2100-02-28T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
        ] {
            assert_eq!(utc(seconds), text);
            assert_eq!(crate::scenario::instant::instant(text).map(|at| since_1970(at.utc)), Some(seconds));
            assert!(is_utc(text));
        }
        assert!(!is_utc("2026-11-24") && !is_utc("2026-11-24T15:19:53+"));
    }
}

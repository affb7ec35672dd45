//! Figures as people read them: durations, shares, counts and differences in a few characters.
//!
//! In: the plain numbers of the report (minutes, shares, counts). Out: short text, at most two units
//! and never a unit that the reader cannot feel at that size. Not here: tables, colour, names.

/// Minutes as `45s`, `4m 30s`, `45m`, `1h 12m` or `2.3d`.
pub fn duration(minutes: f64) -> String {
    if !minutes.is_finite() {
        return "forever".into();
    }
    if minutes < 0.0 {
        return format!("-{}", duration(-minutes));
    }
    let seconds = minutes * 60.0;
    if seconds == 0.0 {
        "0s".into()
    } else if seconds < 1.0 {
        "<1s".into()
    } else if seconds < 59.5 {
        format!("{seconds:.0}s")
    } else if seconds < 595.0 {
        two(libm::round(seconds), 60.0, "m", "s")
    } else if minutes < 59.5 {
        format!("{minutes:.0}m")
    } else if minutes < 48.0 * 60.0 - 0.5 {
        two(libm::round(minutes), 60.0, "h", "m")
    } else {
        let days = minutes / 1440.0;
        if days < 99.95 { plain(days, 1) + "d" } else { format!("{days:.0}d") }
    }
}

/// A duration that the simulation may have cut: `>30d` where it is as long as the horizon (quantiles are means of
/// narrow buckets, so nearly as long is enough).
pub fn followed(minutes: f64, horizon: f64) -> String {
    if horizon > 0.0 && minutes >= 0.995 * horizon { format!(">{}", duration(horizon)) } else { duration(minutes) }
}

/// `7` of 60 as `1h 12m`, without a trailing zero.
fn two(amount: f64, per: f64, large: &str, small: &str) -> String {
    let whole = libm::floor(amount / per);
    let rest = amount - whole * per;
    if rest == 0.0 { format!("{whole:.0}{large}") } else { format!("{whole:.0}{large} {rest:.0}{small}") }
}

/// A difference in minutes, always with its sign.
pub fn change(minutes: f64) -> String {
    if minutes > 0.0 { format!("+{}", duration(minutes)) } else { duration(minutes) }
}

/// The ends of a difference in minutes, both in days or neither: `-2.2d to -1.9d`.
fn between(low: f64, high: f64) -> String {
    const TWO_DAYS: f64 = 48.0 * 60.0 - 0.5;
    let days = |minutes: f64| format!("{}{}d", if minutes > 0.0 { "+" } else { "" }, plain(minutes / 1440.0, 1));
    let (least, most) = if low.abs() < high.abs() { (low, high) } else { (high, low) };
    if most.abs() >= TWO_DAYS && (1440.0..TWO_DAYS).contains(&least.abs()) {
        format!("{} to {}", days(low), days(high))
    } else {
        format!("{} to {}", change(low), change(high))
    }
}

/// A share as `0%`, `<0.1%`, `3.4%`, `52%`, `>99.9%` or `100%`: the ends are said only when they are exact.
pub fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if !share.is_finite() {
        "?".into()
    } else if share == 0.0 {
        "0%".into()
    } else if percent > 0.0 && percent < 0.1 {
        "<0.1%".into()
    } else if percent > 99.9 && percent < 100.0 {
        ">99.9%".into()
    } else if percent.abs() < 9.95 || (percent > 99.0 && percent < 100.0) {
        plain(percent, 1) + "%"
    } else {
        format!("{percent:.0}%")
    }
}

/// A count with thousands separators, `1,204`; from a million on `1.2M`.
pub fn count(value: f64) -> String {
    let size = value.abs();
    if size >= 1e15 {
        format!("{value:.1e}")
    } else if size >= 1e12 {
        plain(value / 1e12, 1) + "T"
    } else if size >= 1e9 {
        plain(value / 1e9, 1) + "G"
    } else if size >= 1e6 {
        plain(value / 1e6, 1) + "M"
    } else if size < 100.0 {
        plain(value, 1)
    } else {
        thousands(&format!("{value:.0}"))
    }
}

/// A whole number, in full: `20,000`.
pub fn whole(value: u64) -> String {
    thousands(&value.to_string())
}

/// A number of things, in full: `1 plan`, `60 plans`, `2 entries`.
pub fn counted(count: u64, thing: &str) -> String {
    let many = thing.strip_suffix('y').map_or_else(|| format!("{thing}s"), |stem| format!("{stem}ies"));
    format!("{} {}", whole(count), if count == 1 { thing } else { &many })
}

/// A number with so many digits after the point, and none if they are all zero.
pub fn plain(value: f64, digits: usize) -> String {
    let text = format!("{value:.digits$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    if text == "-0" { "0".into() } else { text.into() }
}

/// A number that may be small, with two digits that count or after the point: `0.003`, `0.25`, `12`.
pub fn small(value: f64) -> String {
    let size = value.abs();
    if size == 0.0 || size >= 1.0 { plain(value, 2) } else { plain(rounded(size).copysign(value), 12) }
}

/// A positive number, to two digits.
pub fn rounded(value: f64) -> f64 {
    let unit = libm::pow(10.0, libm::floor(libm::log10(value)) - 1.0);
    libm::rint(value / unit) * unit
}

fn thousands(digits: &str) -> String {
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |rest| ("-", rest));
    let mut out = String::from(sign);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// What the numbers of an output are, told by its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Minutes of time.
    Time,
    /// Hours of work, as `friction.hours` has them.
    Hours,
    /// A share of trials.
    Share,
    /// Anything else.
    Count,
}

impl Unit {
    /// The unit of an output, such as `customers.outage_min.p90`.
    pub fn of(path: &str) -> Self {
        const TIMES: [&str; 3] = ["_min", "full_recovery", "main_restored"];
        const SHARES: [&str; 10] = [
            "budget_burnt",
            "never_recovered",
            "data_lost_for_good",
            "incident",
            "plan_stopped",
            "truncated",
            "coverage",
            "states.",
            "affected",
            "share",
        ];
        let leaf = path.rsplit('.').find(|part| !matches!(*part, "mean" | "low" | "high") && !is_quantile(part)).unwrap_or(path);
        if TIMES.iter().any(|time| leaf.contains(time)) {
            Unit::Time
        } else if leaf == "hours" {
            Unit::Hours
        } else if leaf != "affected_cells" && (SHARES.contains(&leaf) || path.contains(".states.")) {
            Unit::Share
        } else {
            Unit::Count
        }
    }

    /// A value in this unit.
    pub fn value(self, value: f64) -> String {
        match self {
            Unit::Time => duration(value),
            Unit::Hours => duration(value * 60.0),
            Unit::Share => percent(value),
            Unit::Count => count(value),
        }
    }

    /// A difference in this unit, with its sign; shares in percentage points.
    pub fn change(self, value: f64) -> String {
        let sign = if value > 0.0 { "+" } else { "" };
        match self {
            Unit::Share => format!("{sign}{} pt", plain(value * 100.0, 1)),
            unit => format!("{sign}{}", unit.value(value)),
        }
    }

    /// Two differences in this unit as a range, from the lower to the higher.
    pub fn range(self, one: f64, other: f64) -> String {
        let (low, high) = (one.min(other), one.max(other));
        match self {
            Unit::Time => between(low, high),
            unit => format!("{} to {}", unit.change(low), unit.change(high)),
        }
    }
}

fn is_quantile(part: &str) -> bool {
    part.strip_prefix('p').is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_small_keeps_digits_that_count() {
        assert_eq!([0.0, 0.003, 0.021, 0.25, 1.5, 12.345].map(small), ["0", "0.003", "0.021", "0.25", "1.5", "12.35"]);
        assert_eq!([-0.004, 1e-9].map(small), ["-0.004", "0.000000001"]);
    }

    #[test]
    fn durations_have_at_most_two_units() {
        let cases = [
            (0.0, "0s"),
            (0.001, "<1s"),
            (0.75, "45s"),
            (0.995, "1m"),
            (1.0, "1m"),
            (4.5, "4m 30s"),
            (9.99, "10m"),
            (45.2, "45m"),
            (59.7, "1h"),
            (72.0, "1h 12m"),
            (779.9, "13h"),
            (2879.0, "47h 59m"),
            (2880.0, "2d"),
            (3312.0, "2.3d"),
            (1_440_000.0, "1000d"),
            (-72.0, "-1h 12m"),
            (f64::INFINITY, "forever"),
        ];
        for (minutes, text) in cases {
            assert_eq!(duration(minutes), text, "{minutes} min");
        }
    }

    #[test]
    fn the_ends_of_a_range_share_a_unit() {
        let cases = [
            (-3024.0, -2636.0, "-2.1d to -1.8d"),
            (2200.0, 2000.0, "+33h 20m to +36h 40m"),
            (-3000.0, 20.0, "-2.1d to +20m"),
            (-5.0, 5.0, "-5m to +5m"),
        ];
        for (one, other, text) in cases {
            assert_eq!(Unit::Time.range(one, other), text);
        }
        assert_eq!(Unit::Count.range(2.0, -1.0), "-1 to +2");
    }

    #[test]
    fn shares_say_the_ends_only_when_exact() {
        let cases =
            [(0.0, "0%"), (0.0004, "<0.1%"), (0.034, "3.4%"), (0.52, "52%"), (0.9996, ">99.9%"), (0.996, "99.6%"), (1.0, "100%")];
        for (share, text) in cases {
            assert_eq!(percent(share), text);
        }
    }

    #[test]
    fn counts_are_grouped_and_then_shortened() {
        let cases = [
            (0.0, "0"),
            (3.2, "3.2"),
            (18.0, "18"),
            (1204.0, "1,204"),
            (999_999.0, "999,999"),
            (1.25e6, "1.2M"),
            (-5000.0, "-5,000"),
        ];
        for (value, text) in cases {
            assert_eq!(count(value), text);
        }
        assert_eq!(whole(20_000_000), "20,000,000");
    }

    #[test]
    fn the_path_tells_the_unit() {
        assert_eq!(Unit::of("services.orders-db.outage_min.p90"), Unit::Time);
        assert_eq!(Unit::of("customers.full_recovery"), Unit::Time);
        assert_eq!(Unit::of("affected_cells.p90"), Unit::Count);
        assert_eq!(Unit::of("services.a.affected.mean"), Unit::Share);
        assert_eq!(Unit::of("customers.minutes_lost.mean"), Unit::Count);
        assert_eq!(Unit::of("friction.hours.mean"), Unit::Hours);
        assert_eq!(Unit::Share.change(-0.123), "-12.3 pt");
        assert_eq!(Unit::Time.change(30.0), "+30m");
    }
}

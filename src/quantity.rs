//! The text forms of quantities: `5m to 2h`, `30%`, `600/min`, `600GB`, `100MB/s`.
//!
//! In: text. Out: numbers in the units of the engine (milliseconds, fractions, bytes), or a [`Problem`]
//! with advice. Used wherever people write figures: files, conditions, priors. Not here: where the text stood.

use crate::units::{Dist, LONGEST, Rate};

/// Why a text is not the quantity that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What kind of mistake it is.
    pub kind: Kind,
    /// Behind the quoted text: `is not a duration`.
    pub message: String,
    /// What to do.
    pub hint: String,
}

/// The kinds of mistake, as the diagnostics tell them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The text cannot be read as such a quantity.
    Form,
    /// It can, and the value is not allowed.
    Bounds,
    /// A range that is reversed or starts at zero.
    Range,
}

type Result<T> = std::result::Result<T, Problem>;

const SIZE_UNITS: [(&str, f64); 10] = [
    ("PiB", 1_125_899_906_842_624.0),
    ("TiB", 1_099_511_627_776.0),
    ("GiB", 1_073_741_824.0),
    ("MiB", 1_048_576.0),
    ("KiB", 1024.0),
    ("PB", 1e15),
    ("TB", 1e12),
    ("GB", 1e9),
    ("MB", 1e6),
    ("kB", 1e3),
];
const DURATION_HELP: &str = "durations are written `90s`, `20m`, `13h`, `2d`, `1h30m`, a range `5m to 2h`, or `forever`";

fn problem<T>(kind: Kind, message: impl Into<String>, hint: impl Into<String>) -> Result<T> {
    Err(Problem { kind, message: message.into(), hint: hint.into() })
}

/// A plain finite number: digits, a point, an exponent; never `nan` or `inf`.
#[must_use]
pub fn number(text: &str) -> Option<f64> {
    let plain = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'e' | b'E' | b'_'));
    if !plain || !text.bytes().any(|b| b.is_ascii_digit()) || text.starts_with('_') || text.ends_with('_') {
        return None;
    }
    let value = if text.contains('_') { text.replace('_', "").parse::<f64>() } else { text.parse::<f64>() };
    value.ok().filter(|v| v.is_finite())
}

/// A distribution of durations in milliseconds: one value, a range, or `forever`.
///
/// # Errors
/// A problem with the text, the bounds or the order of a range.
pub fn duration(text: &str) -> Result<Dist> {
    if let Some(value) = common(text) {
        return Ok(Dist::Fixed(value));
    }
    let text = text.trim();
    if text == "forever" {
        return Ok(Dist::Forever);
    }
    if let Some((low, high)) = text.split_once(" to ") {
        return range(low.trim(), high.trim());
    }
    if text.contains("..") || text.contains(['–', '-']) && !text.starts_with('-') {
        return problem(Kind::Form, "is not a duration", "a range is written `5m to 2h`");
    }
    fixed_duration(text).map(Dist::Fixed)
}

/// A log-normal by its 5th and 95th percentile.
fn range(low: &str, high: &str) -> Result<Dist> {
    if number(low).is_some_and(|n| n > 0.0) && fixed_duration(high).is_ok() {
        let unit: String = high.chars().skip_while(|c| !c.is_alphabetic()).collect();
        return problem(Kind::Form, "has a figure without a unit", format!("write `{low}{unit} to {high}`"));
    }
    let (a, b) = (fixed_duration(low)?, fixed_duration(high)?);
    if a <= 0.0 {
        let hint =
            format!("start at the smallest realistic value, such as `1s to {high}`, or write `{{ uniform: [0m, {high}] }}`");
        return problem(Kind::Range, "is a range that starts at zero", hint);
    }
    if a > b {
        return problem(Kind::Range, "is a range that runs backwards", format!("write `{high} to {low}`"));
    }
    if a >= b {
        return Ok(Dist::Fixed(a));
    }
    Ok(Dist::LogNormal { median: libm::sqrt(a * b), p95: b })
}

/// One duration in milliseconds.
///
/// # Errors
/// A problem with the text or the bounds.
pub fn fixed_duration(text: &str) -> Result<f64> {
    if let Some(value) = common(text) {
        return Ok(value);
    }
    if text.trim() == "forever" {
        return problem(
            Kind::Form,
            "has no end, and one is needed here",
            "write a duration such as `90s`, `20m`, `13h`, `7d` or `1h30m`",
        );
    }
    let text = text.trim();
    if let Some(value) = number(text) {
        if value.abs() < f64::MIN_POSITIVE {
            return Ok(0.0);
        }
        return problem(Kind::Form, "is a duration without a unit", format!("write `{text}m` for minutes, or `s`, `h`, `d`"));
    }
    if text.starts_with('-') {
        return problem(Kind::Bounds, "is a negative duration", "nothing ends before it begins");
    }
    if text.contains(' ') {
        // `5 minutes` is the figure of `5m`.
        let joined = text.replace(' ', "");
        let hint = match fixed_duration(&joined) {
            Ok(_) => format!("write `{joined}`"),
            Err(problem) if problem.hint.starts_with("write ") => problem.hint,
            Err(_) => DURATION_HELP.to_owned(),
        };
        return problem(Kind::Form, "is not a duration", hint);
    }
    let (mut rest, mut total, mut last) = (text, 0.0, f64::INFINITY);
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let unit_len = rest[digits..].find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len() - digits);
        let (figure, unit) = (&rest[..digits], &rest[digits..digits + unit_len]);
        let Some(value) = number(figure) else { return problem(Kind::Form, "is not a duration", DURATION_HELP) };
        let Some(scale) = unit_ms(unit.as_bytes()) else { return wrong_unit(figure, unit) };
        if scale >= last {
            return problem(Kind::Form, "is not a duration", "the larger unit comes first: `1h30m`");
        }
        last = scale;
        total += value * scale;
        rest = &rest[digits + unit_len..];
    }
    if text.is_empty() {
        return problem(Kind::Form, "is not a duration", DURATION_HELP);
    }
    #[expect(clippy::cast_precision_loss, reason = "a bound, not a figure")]
    if total > LONGEST as f64 {
        return problem(Kind::Bounds, "is longer than ten years", "write `forever` for what never ends");
    }
    Ok(total)
}

/// A whole figure and its unit, `90s`: nearly all durations, and a large world says millions of them.
fn common(text: &str) -> Option<f64> {
    let bytes = text.as_bytes();
    let digits = bytes.iter().take_while(|b| b.is_ascii_digit()).count();
    if !(1..=9).contains(&digits) {
        return None;
    }
    let figure = bytes[..digits].iter().fold(0, |figure: u32, digit| figure * 10 + u32::from(digit - b'0'));
    let total = f64::from(figure) * unit_ms(&bytes[digits..])?;
    #[expect(clippy::cast_precision_loss, reason = "a bound, not a figure")]
    (total <= LONGEST as f64).then_some(total)
}

/// A unit of time in milliseconds.
fn unit_ms(unit: &[u8]) -> Option<f64> {
    match unit {
        b"ms" => Some(1.0),
        b"s" => Some(1e3),
        b"m" => Some(60e3),
        b"h" => Some(3_600e3),
        b"d" => Some(86_400e3),
        b"w" => Some(604_800e3),
        _ => None,
    }
}

fn wrong_unit<T>(figure: &str, unit: &str) -> Result<T> {
    let meant = match unit.to_lowercase().as_str() {
        "min" | "mins" | "minute" | "minutes" => "m",
        "sec" | "secs" | "second" | "seconds" => "s",
        "hr" | "hrs" | "hour" | "hours" => "h",
        "day" | "days" => "d",
        "week" | "weeks" => "w",
        "msec" | "millis" => "ms",
        _ => return problem(Kind::Form, "is not a duration", DURATION_HELP),
    };
    problem(Kind::Form, format!("has the unknown unit `{unit}`"), format!("write `{figure}{meant}`"))
}

/// A share or probability: `30%` or `0.3`.
///
/// # Errors
/// A problem with the text, or a value outside 0 to 100 %.
pub fn share(text: &str) -> Result<f64> {
    let Some(value) = fraction(text) else {
        return problem(Kind::Form, "is not a share", "shares and probabilities are written `30%` or `0.3`");
    };
    if value < 0.0 {
        return problem(Kind::Bounds, "is below 0", "shares and probabilities lie between 0% and 100%");
    }
    if value > 1.0 {
        let hint = if text.contains('%') {
            "shares and probabilities lie between 0% and 100%".to_owned()
        } else {
            format!("did you mean `{text}%`? without a percent sign 1 is the whole")
        };
        return problem(Kind::Bounds, "is more than the whole", hint);
    }
    Ok(value)
}

/// `30%` or `0.3` as 0.3, whatever its size.
#[must_use]
pub fn fraction(text: &str) -> Option<f64> {
    match text.trim().strip_suffix('%') {
        Some(percent) => number(percent.trim_end()).map(|v| v / 100.0),
        None => number(text.trim()),
    }
}

/// Requests per time: `600/min`, `10/s`, `36000/h`, in requests per minute.
///
/// # Errors
/// A problem with the text or the bounds.
pub fn rate(text: &str) -> Result<Rate> {
    let help = "rates are written `600/min`, `10/s`, `5000/h` or `100000/d`";
    let short = [("rpm", "min"), ("rps", "s"), ("qps", "s")];
    if let Some((figure, per)) = short.iter().find_map(|(unit, per)| Some((text.strip_suffix(unit)?.trim(), per))) {
        return problem(Kind::Form, "is not a rate", format!("write `{figure}/{per}`"));
    }
    let Some((figure, per)) = text.split_once('/') else { return problem(Kind::Form, "is not a rate", help) };
    let Some(value) = number(figure.trim()) else {
        return problem(Kind::Form, "is not a rate", plainly(text).unwrap_or_else(|| help.to_owned()));
    };
    let per_min = match per.trim() {
        "s" | "sec" => value * 60.0,
        "m" | "min" => value,
        "h" => value / 60.0,
        "d" => value / 1440.0,
        _ => return problem(Kind::Form, "is not a rate", help),
    };
    let bounds = || Problem {
        kind: Kind::Bounds,
        message: "is out of range".to_owned(),
        hint: "rates lie between 0 and 10^12 per minute".to_owned(),
    };
    Rate::from_per_min(per_min).ok_or_else(bounds)
}

/// What to write for a figure with commas between its thousands, `1,200/min`, or in thousands, `12k`.
pub(crate) fn plainly(text: &str) -> Option<String> {
    if let Some(thousands) = text.strip_suffix(['k', 'K']).and_then(number) {
        return Some(format!("write `{}`", thousands * 1e3));
    }
    let figure = &text[..text.find(|c: char| !c.is_ascii_digit() && c != ',').unwrap_or(text.len())];
    let mut groups = figure.split(',');
    let first = groups.next().filter(|first| (1..=3).contains(&first.len()))?;
    let rest: Vec<&str> = groups.collect();
    let grouped = !rest.is_empty() && rest.iter().all(|group| group.len() == 3);
    grouped.then(|| format!("without commas: write `{first}{}{}`", rest.concat(), &text[figure.len()..]))
}

/// An amount of bits as bytes: `100Mbit` as `12.5MB`.
fn of_bits(text: &str) -> Option<String> {
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.' || c == ' ');
    let scale = ["bit", "bits", "b"].iter().find_map(|word| unit.strip_suffix(word))?;
    let bytes = match scale {
        "k" | "K" => "kB",
        "M" => "MB",
        "G" => "GB",
        "T" => "TB",
        _ => return None,
    };
    let value = number(text[..text.len() - unit.len()].trim())?;
    Some(format!("{}{bytes}", value / 8.0))
}

/// Bytes: `600GB`, `1.5TiB`.
///
/// # Errors
/// A problem with the text or the bounds.
pub fn size(text: &str) -> Result<u64> {
    let help = "sizes are written `600GB`, `1.5TB`, `512MiB`; kB, MB, GB, TB, PB count in thousands, KiB, MiB, GiB, TiB in 1024";
    let text = text.trim();
    let unit = SIZE_UNITS.iter().find(|(u, _)| text.ends_with(u)).copied().or(text.ends_with('B').then_some(("B", 1.0)));
    let Some((unit, scale)) = unit else { return problem(Kind::Form, "is not a size", help) };
    let figure = text[..text.len() - unit.len()].trim_end();
    let Some(value) = number(figure) else {
        return problem(Kind::Form, "is not a size", plainly(text).unwrap_or_else(|| help.to_owned()));
    };
    let bytes = value * scale;
    if !(0.0..=1e18).contains(&bytes) {
        return problem(Kind::Bounds, "is out of range", "sizes lie between 0 and 1000 PB");
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0..=1e18 fits")]
    Ok(libm::round(bytes) as u64)
}

/// Bytes per second: `100MB/s`.
///
/// # Errors
/// A problem with the text or the bounds.
pub fn throughput(text: &str) -> Result<u64> {
    let help = "throughputs are written `100MB/s`";
    let Some((amount, per)) = text.split_once('/') else { return problem(Kind::Form, "is not a throughput", help) };
    let seconds = match per.trim() {
        "s" => 1,
        "min" | "m" => 60,
        "h" => 3600,
        _ => return problem(Kind::Form, "is not a throughput", help),
    };
    if let Some(bytes) = of_bits(amount.trim()) {
        return problem(Kind::Form, "counts bits", format!("eight bits are a byte: write `{bytes}/{}`", per.trim()));
    }
    match size(amount)? / seconds {
        0 => problem(Kind::Bounds, "is no throughput at all", "a restore has to make progress; leave it out if it is not known"),
        bytes => Ok(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_people_write_them() {
        for (text, minutes) in [
            ("90s", 1.5),
            ("20m", 20.0),
            ("13h", 780.0),
            ("2d", 2880.0),
            ("1h30m", 90.0),
            ("1.5h", 90.0),
            ("250ms", 0.25 / 60.0),
            ("0", 0.0),
            ("1w", 10080.0),
        ] {
            assert_eq!(duration(text), Ok(Dist::Fixed(minutes * 60_000.0)), "{text}");
        }
        assert_eq!(duration("forever"), Ok(Dist::Forever));
    }

    #[test]
    fn a_range_is_a_ninety_percent_interval() {
        assert_eq!(duration("10m to 1000m"), Ok(Dist::LogNormal { median: 100.0 * 60_000.0, p95: 1000.0 * 60_000.0 }));
    }

    #[test]
    fn bad_durations_say_what_to_write() {
        for (text, kind, hint) in [
            ("15", Kind::Form, "write `15m`"),
            ("15min", Kind::Form, "write `15m`"),
            ("5 minutes", Kind::Form, "write `5m`"),
            ("1 h", Kind::Form, "write `1h`"),
            ("1 fortnight", Kind::Form, "durations are"),
            ("-5m", Kind::Bounds, "before it begins"),
            ("4000d", Kind::Bounds, "forever"),
            ("0m to 5m", Kind::Range, "uniform"),
            ("2h to 5m", Kind::Range, "write `5m to 2h`"),
            ("5 to 10m", Kind::Form, "write `5m to 10m`"),
            ("nan", Kind::Form, "durations are"),
            ("30m1h", Kind::Form, "larger unit"),
            ("", Kind::Form, "durations are"),
            ("1e400h", Kind::Form, "durations are"),
        ] {
            let problem = duration(text).expect_err(text);
            assert_eq!(problem.kind, kind, "{text}: {problem:?}");
            assert!(problem.hint.contains(hint), "{text}: {problem:?}");
        }
    }

    #[test]
    fn shares_rates_and_sizes() {
        assert_eq!(share("30%"), Ok(0.3));
        assert_eq!(share("0.3"), Ok(0.3));
        assert!(share("101%").is_err() && share("30").is_err() && share("-1%").is_err() && share("NaN").is_err());
        assert_eq!(rate("10/s").map(Rate::micro_per_min), Ok(600_000_000));
        assert!(rate("600").is_err() && rate("-1/min").is_err());
        assert_eq!(size("600GB"), Ok(600_000_000_000));
        assert_eq!(size("1KiB"), Ok(1024));
        assert_eq!(throughput("100MB/s"), Ok(100_000_000));
        assert!(size("600").is_err() && throughput("0B/s").is_err());
        for (hint, text) in [
            (throughput("100Mbit/s").expect_err("bits").hint, "`12.5MB/s`"),
            (throughput("1 Gb/s").expect_err("bits").hint, "`0.125GB/s`"),
            (rate("1,200/min").expect_err("a comma").hint, "`1200/min`"),
            (size("1,500GB").expect_err("a comma").hint, "`1500GB`"),
            (rate("1,20/min").expect_err("no thousands").hint, "`600/min`"),
        ] {
            assert!(hint.contains(text), "{hint}");
        }
    }
}

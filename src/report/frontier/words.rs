//! Figures and settings of a frontier in a few words, for every form that people read.

use super::{Figure, Frontier, Limit, Objective, Regret, Setting};
use crate::report::figures;
use crate::report::text::sentences;
use indexmap::IndexMap;

/// A figure of an objective or a limit.
#[must_use]
pub fn amount(value: f64, unit: &str) -> String {
    match unit {
        "minutes" => figures::duration(value),
        "hours" => figures::duration(value * 60.0),
        "share" => figures::percent(value),
        _ => figures::count(value),
    }
}

/// The bound of a limit: what the file says, not a round figure.
#[must_use]
pub fn bound(limit: &Limit) -> String {
    let figure = match limit.unit {
        // To a millionth; what is no figure of a file's comes from its binary form.
        "share" => figures::plain(limit.bound * 100.0, 4) + "%",
        "minutes" | "hours" => amount(limit.bound, limit.unit),
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number that fits")]
        _ if limit.bound.fract() == 0.0 && (0.0..1e15).contains(&limit.bound) => figures::whole(limit.bound as u64),
        _ => limit.bound.to_string(),
    };
    format!("{} {figure}", limit.direction.replace('-', " "))
}

/// A figure with its interval, where there is one.
#[must_use]
pub fn figure(figure: &Figure, unit: &str) -> String {
    let value = amount(figure.value, unit);
    let (low, high) = (amount(figure.low, unit), amount(figure.high, unit));
    if low == value && high == value { value } else { format!("{value} ({low} to {high})") }
}

/// A change of an objective with its sign.
#[must_use]
pub fn change(value: f64, unit: &str) -> String {
    match unit {
        "minutes" => figures::change(value),
        "hours" => figures::change(value * 60.0),
        "share" => format!("{}{:.2} points", if value > 0.0 { "+" } else { "" }, value * 100.0),
        _ => format!("{}{}", if value > 0.0 { "+" } else { "" }, figures::count(value)),
    }
}

/// A setting: `threshold destructive, approvers 1`.
#[must_use]
pub fn setting(frontier: &Frontier, setting: usize) -> String {
    let values = frontier.settings[setting].values.iter();
    values.map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>().join(", ")
}

/// Why nothing is recommended.
#[must_use]
pub fn nobody(frontier: &Frontier) -> &'static str {
    if frontier.complete || frontier.effort.rounds > 0 {
        "no setting that was tried is shown to keep every limit"
    } else {
        "not all settings have been tried yet"
    }
}

/// Which rounds have been run: `3 rounds`.
#[must_use]
pub fn rounds(frontier: &Frontier) -> String {
    match frontier.effort.rounds {
        0 => "a part of the first round".to_owned(),
        rounds => figures::counted(u64::from(rounds), "round"),
    }
}

/// Among whom a wrong default is looked at.
#[must_use]
pub fn compared(frontier: &Frontier) -> String {
    let tried = frontier.settings.iter().filter(|s| s.fate != "same").count();
    let (count, all) = (frontier.compared.len(), tried == frontier.compared.len());
    format!("the {} settings {}", figures::whole(count as u64), if all { "that differ" } else { "nearest to it" })
}

/// What became of a setting that is not on the frontier: `beaten by 15`.
#[must_use]
pub fn fate(frontier: &Frontier, setting: usize) -> String {
    let Setting { fate, other, .. } = &frontier.settings[setting];
    match (*fate, other) {
        ("beaten", Some(by)) => format!("beaten by {by}"),
        ("tied", Some(with)) => format!("tied with {with}"),
        ("same", Some(as_)) => format!("the same as {as_}"),
        (fate, _) => fate.to_owned(),
    }
}

/// Defaults and where they were put, each once: `fix_forward (p10, p90)`.
#[must_use]
pub fn priors(regrets: &[&Regret]) -> Vec<String> {
    let mut at: IndexMap<&str, Vec<&str>> = IndexMap::new();
    regrets.iter().for_each(|r| at.entry(r.prior.as_str()).or_default().push(r.at));
    at.into_iter().map(|(prior, at)| format!("{prior} ({})", at.join(", "))).collect()
}

/// What an objective is, as a head of a column: `minutes_lost.mean /week`.
#[must_use]
pub fn head(objective: &Objective) -> String {
    let path = objective.path.strip_suffix(".mean").unwrap_or(&objective.path);
    let short: Vec<&str> = path.rsplitn(3, '.').take(2).collect();
    let name = short.into_iter().rev().collect::<Vec<_>>().join(".");
    if objective.per == "per week" { format!("{name}/week") } else { name }
}

/// An objective as people say it; its path where there is no word for it.
#[must_use]
pub fn name(objective: &Objective) -> String {
    let path = objective.path.strip_suffix(".mean").unwrap_or(&objective.path);
    let (stem, quantile) = match path.rsplit_once('.') {
        Some((stem, last)) if last.starts_with('p') && last[1..].chars().all(|c| c.is_ascii_digit()) => (stem, last),
        _ => (path, ""),
    };
    let words = sentences::output(stem);
    if words == stem {
        return head(objective);
    }
    let comma = if quantile.is_empty() { "" } else { ", " };
    format!("{words}{comma}{quantile} {}", objective.per.replace("per week", "a week"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_is_never_rounded_to_nothing() {
        let text = |unit, figure| {
            let direction = "at-most";
            bound(&Limit {
                path: String::new(),
                unit,
                direction,
                bound: figure,
                confidence: 0.95,
                kept: 0,
                broken: 0,
                open: 0,
                nearest: None,
            })
        };
        assert_eq!(text("count", 0.0001), "at most 0.0001");
        assert_eq!(text("count", 12.5), "at most 12.5");
        assert_eq!(text("count", 3_700_123.0), "at most 3,700,123");
        assert_eq!(text("share", 0.000_05), "at most 0.005%");
        assert_eq!(text("minutes", 90.0), "at most 1h 30m");
    }
}

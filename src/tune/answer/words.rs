//! The answer in sentences: why this setting, what moving there brings, what must be known, what was learnt.

use super::{Case, choice};
use crate::report::figures::{count, percent, whole};
use crate::report::frontier::words::{amount, bound, change, name, setting};
use crate::report::frontier::{self, Figure, Frontier, Limit, Objective};
use crate::tune::race::Fate;
use indexmap::IndexMap;

/// Why this setting, against its neighbours on the frontier.
pub(super) fn reason(case: &Case<'_>, answer: &Frontier, knee: usize) -> Vec<String> {
    let frontier = &answer.frontier;
    let Some(place) = frontier.iter().position(|&s| s == knee) else { return Vec::new() };
    if frontier.len() == 1 {
        let mut reason =
            vec!["no other setting that was tried is better in anything without being worse in something".to_owned()];
        if case.fates.iter().any(|f| matches!(f, Fate::Breaks(_) | Fate::Unshown(_))) {
            "it is the only one left: all others break a limit, or are worse".clone_into(&mut reason[0]);
        }
        return reason;
    }
    let count = frontier.len();
    let mut reason =
        vec![format!("of the {count} settings that nobody beats it lies nearest to the best of every objective at once")];
    let neighbours = [(place > 0).then(|| frontier[place - 1]), frontier.get(place + 1).copied()];
    for other in neighbours.into_iter().flatten() {
        reason.push(format!("{} instead: {}", setting(answer, other), trade(answer, other, knee)));
    }
    reason
}

/// What one setting has over the other in every objective, from their values: if both have seen the same luck.
fn trade(answer: &Frontier, to: usize, from: usize) -> String {
    if answer.settings[to].runs != answer.settings[from].runs {
        return "not compared yet, since one was tried longer than the other".to_owned();
    }
    let part = |objective: &Objective| {
        let value = |s: usize| answer.settings[s].objectives.get(&objective.path).map_or(0.0, |f| f.value);
        format!("{} {}", change(value(to) - value(from), objective.unit), name(objective))
    };
    answer.objectives.iter().map(part).collect::<Vec<_>>().join(", ")
}

/// What is gained by moving from the setting of today to the recommended one.
pub(super) fn moving(answer: &Frontier, to: usize, from: usize, moving: &IndexMap<String, Figure>) -> String {
    if to == from {
        return "the setting of today is the recommended one".to_owned();
    }
    let part = |objective: &Objective| {
        let of = moving.get(&objective.path)?;
        let ends = (change(of.low, objective.unit), change(of.high, objective.unit));
        let value = change(of.value, objective.unit);
        let sure = if ends.0 == ends.1 { String::new() } else { format!(" ({} to {})", ends.0, ends.1) };
        Some(format!("{value} {}{sure}", name(objective)))
    };
    let parts: Vec<String> = answer.objectives.iter().filter_map(part).collect();
    if parts.is_empty() {
        return format!("moving there: {}", trade(answer, to, from));
    }
    format!("moving to the recommended setting: {}", parts.join(", "))
}

/// What the reader must know before believing the answer.
pub(super) fn notes(case: &Case<'_>, answer: &Frontier, searched: bool) -> Vec<String> {
    let mut notes = Vec::new();
    let (plans, harmful) = (answer.plans.count, answer.plans.harmful);
    if harmful == 0 {
        notes.push("no plan does harm as it is written: guardrails can only save what slips and failed changes do, and look worse than they are".to_owned());
    }
    if harmful == plans {
        notes.push("every plan has a step that does harm as it is written: no harmless plan can be stopped in error, and guardrails look better than they are".to_owned());
    }
    for limit in answer.limits.iter().filter(|l| l.kept == 0) {
        let Some(nearest) = limit.nearest else { continue };
        let figure = answer.settings[nearest].limits.get(&limit.path);
        let value = figure.map_or(String::new(), |f| crate::report::frontier::words::figure(f, limit.unit));
        notes.push(format!(
            "no setting is shown to keep `{}` {}; {} comes nearest: {value}{}",
            limit.path,
            bound(limit),
            setting(answer, nearest),
            if limit.open > 0 {
                format!("; of {} neither is shown, and more `trials` would tell", whole(limit.open))
            } else {
                String::new()
            }
        ));
    }
    if let Some(nearest) =
        choice::nearest_to_all(case).filter(|_| answer.limits.len() > 1 && answer.limits.iter().all(|l| l.kept > 0))
    {
        let figure = |l: &Limit| {
            let found = answer.settings[nearest].limits.get(&l.path);
            found.map(|f| format!("`{}` {} ({})", l.path, frontier::words::figure(f, l.unit), bound(l)))
        };
        let figures: Vec<String> = answer.limits.iter().filter_map(figure).collect();
        let nearest = setting(answer, nearest);
        notes.push(format!(
            "each limit is kept by some setting, and all of them by none; {nearest} comes nearest: {}",
            figures.join(", ")
        ));
    }
    if !answer.unsettled.is_empty() && searched {
        let unsettled = answer.unsettled.len() as u64;
        let (are, them) = if unsettled == 1 { ("is", "it") } else { ("are", "them") };
        notes.push(format!(
            "{} of {} settings {are} not settled with {}: what was seen of {them} speaks against {them} and does not show it; more `trials` may",
            whole(unsettled),
            whole(case.fates.len() as u64),
            percent(case.rules.confidence)
        ));
    }
    if !searched && case.course.first.is_empty() {
        notes.push(format!(
            "the search was cut short after {} plan runs, before all settings were tried: nothing is known yet",
            whole(case.course.trials)
        ));
    } else if !searched {
        notes
            .push(format!("the search was cut short after {} plan runs; this is the frontier so far", whole(case.course.trials)));
    } else if !answer.complete {
        notes.push(
            "cut short after the search: what still gets through, and what a wrong default would cost, is not known yet"
                .to_owned(),
        );
    }
    notes
}

/// What was learnt, from the figures.
pub(super) fn learnt(case: &Case<'_>, answer: &Frontier) -> Vec<String> {
    let mut learnt = Vec::new();
    for objective in &answer.objectives {
        let strongest =
            answer.sensitivity.iter().filter(|e| e.objective == objective.path && e.parameters.len() == 1).collect::<Vec<_>>();
        let Some(first) = strongest.first() else {
            if case.course.first.is_empty() {
                continue;
            }
            learnt.push(format!("Nothing that varies here moves {}.", name(objective)));
            continue;
        };
        let ends = first.means.iter().map(|m| m.mean).fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        let at = |value: f64| first.means.iter().find(|m| m.mean.to_bits() == value.to_bits()).map_or("", |m| m.value.as_str());
        let mut sentence = format!(
            "{} moves {} most ({} of its spread): {} with {}, {} with {}",
            first.parameters[0],
            name(objective),
            percent(first.share),
            amount(ends.0, objective.unit),
            at(ends.0),
            amount(ends.1, objective.unit),
            at(ends.1)
        );
        let alike = answer.alike();
        if !alike.is_empty() {
            sentence = format!("{sentence}, over all settings{alike}");
        }
        if let Some(idle) = strongest.len().checked_sub(answer.parameters.len()).map_or_else(|| idle(answer, objective), |_| None)
        {
            sentence = format!("{sentence}; {idle}");
        }
        learnt.push(sentence + ".");
    }
    if let Some(first) = answer.through.first() {
        learnt.push(format!(
            "What still gets through is led by {} ({} of the harm): {}.",
            first.plan,
            percent(first.share),
            first.why
        ));
    }
    if let Some(fallen) = answer.regret.iter().find(|r| !r.stands) {
        learnt.push(format!(
            "The recommendation falls if `{}` is at its {}: find your own figure for it first.",
            fallen.prior, fallen.at
        ));
    } else if !answer.regret.is_empty() {
        learnt.push(format!(
            "Of the {} settings that were compared none beats it, whichever of the {} defaults that matter is shifted.",
            whole(answer.compared.len() as u64),
            whole(distinct(answer))
        ));
    }
    if learnt.is_empty() && !case.course.first.is_empty() {
        learnt.push(format!("{} settings were tried, and none is recommended.", count(tried(answer))));
    }
    learnt
}

/// That some parameters have no effect on an objective, if there are such.
fn idle(answer: &Frontier, objective: &Objective) -> Option<String> {
    let moves =
        |name: &str| answer.sensitivity.iter().any(|e| e.objective == objective.path && e.parameters.iter().any(|p| p == name));
    let names: Vec<&str> =
        answer.parameters.iter().filter(|p| p.values.len() > 1 && !moves(&p.name)).map(|p| p.name.as_str()).collect();
    match names.as_slice() {
        [] => None,
        [one] => Some(format!("{one} hardly matters")),
        [first @ .., last] => Some(format!("{} and {last} hardly matter", first.join(", "))),
    }
}

fn distinct(answer: &Frontier) -> u64 {
    let mut names: Vec<&str> = answer.regret.iter().map(|r| r.prior.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names.len() as u64
}

#[expect(clippy::cast_precision_loss, reason = "settings")]
fn tried(answer: &Frontier) -> f64 {
    answer.settings.len() as f64
}

//! Sentences that more than one format says.
//!
//! In: parts of a report. Out: plain sentences, not yet cleaned or escaped: that is the format's business.

use crate::report::data::{Controls, Counted, Default, EngineInfo, GuardrailEffect, Observed, Quantiles, Report, StepControls};
use crate::report::figures::{count, duration, followed, percent, plain, whole};
use crate::report::rare;

/// The headline as a sentence, however it was composed.
pub(in crate::report) fn headline(text: &str) -> String {
    let mut chars = text.trim_end_matches('.').chars();
    let first: String = chars.next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
    format!("{first}{}.", chars.as_str())
}

/// What must not be overlooked, worst first.
pub(in crate::report) fn facts(report: &Report) -> Vec<String> {
    let mut facts = Vec::new();
    if report.truncated > 0.0 {
        facts.push(format!(
            "{} of the trials were cut off at the bound on events: what was out then counts as out to the end.",
            percent(report.truncated)
        ));
    }
    let aimed = report.rare.as_ref().filter(|rare| rare.chance.mean > 0.0);
    facts.extend(aimed.map(|rare| format!("{} So say trials that were aimed at it.", rare::chance(rare))));
    if report.data_lost_for_good > 0.0 {
        facts.push(format!("Data is lost for good in {} of the trials.", percent(report.data_lost_for_good)));
    }
    if report.never_recovered > 0.0 {
        facts.push(format!(
            "Something is not back after {}, where the simulation ends, in {} of the trials.",
            duration(report.scenario.horizon_min),
            percent(report.never_recovered)
        ));
    }
    if let Some(customers) = &report.customers {
        let counted = |counted: Option<Counted>, key| counted.map_or_else(String::new, |counted| counted.said(key));
        let requests = counted(customers.requests_counted, "traffic");
        facts.extend(customers.requests_lost.map(|lost| quantity("Requests lost", &lost) + &requests));
        let minutes = counted(customers.minutes_counted, "customers");
        facts.extend(customers.minutes_lost.map(|lost| quantity("Customer-minutes lost", &lost) + &minutes));
    }
    facts
}

fn quantity(what: &str, lost: &Quantiles) -> String {
    if lost.p90 <= 0.0 {
        return format!("{what}: none in nine of ten trials, {} at most.", count(lost.max));
    }
    let (half, tenth, most) = (count(lost.p50), count(lost.p90), count(lost.max));
    if count(lost.min) == most {
        return format!("{what}: {most} in all of the trials.");
    }
    if half == tenth {
        return format!("{what}: {half} or more in half of the trials, {most} at most.");
    }
    let half = if lost.p50 > 0.0 { format!("{half} or more") } else { "none".to_owned() };
    format!("{what}: {half} in half of the trials, {tenth} or more in one of ten.")
}

/// The output that a condition speaks of: its first word that is a path.
pub(in crate::report) fn path_of(condition: &str) -> &str {
    condition.split([' ', '<', '>', '=', '!', '(']).find(|word| word.contains('.') || word.contains('_')).unwrap_or(condition)
}

/// How much of what is expected holds, of variants too.
pub(in crate::report) fn kept(report: &Report) -> String {
    let failed = report.expected().filter(|(_, line)| !line.met).count();
    if failed == 0 { "all met".to_owned() } else { format!("{failed} of {} not met", report.expected().count()) }
}

/// Which variants do not have the luck of the base, in words; none if all of them have it.
pub(in crate::report) fn other_luck(report: &Report) -> Option<String> {
    let other = report.variants.iter().filter(|(_, variant)| variant.report.seed != report.seed);
    let other: Vec<String> = other.map(|(name, variant)| format!("`{name}` has the seed {}", variant.report.seed)).collect();
    (!other.is_empty()).then(|| format!("not the same luck: {}", other.join(", ")))
}

/// An output of the differences, in words.
pub(in crate::report) fn output(path: &str) -> &str {
    match path {
        "customers.outage_min" => "outage of the customers",
        "longest_outage_min" => "longest outage",
        "affected_cells" => "cells affected",
        "customers.requests_lost" => "requests lost",
        "customers.minutes_lost" => "customer-minutes lost",
        "plan_min" => "length of the plan",
        "data_lost_for_good" => "data lost for good",
        "friction.approvals" => "people asked",
        "friction.hours" => "waiting at guardrails",
        "friction.false_stops" => "harmless steps stopped",
        other => other,
    }
}

/// Several outputs in words: `cells affected, length of the plan`.
pub(in crate::report) fn outputs<'a>(paths: impl Iterator<Item = &'a String>) -> String {
    paths.map(|path| output(path)).collect::<Vec<_>>().join(", ")
}

/// A swing of fewer minutes than this is none, whatever the mean.
const LEAST_SWING: f64 = 1e-9;

/// Defaults that were examined, those that moved the mean by a hundredth of it or more before those that did not.
pub(in crate::report) fn swings(report: &Report) -> (Vec<Swing<'_>>, Vec<&str>) {
    let mean = headline_mean(report);
    let examined = report.defaults.iter().filter_map(|d| Some((d, d.low_min?, d.high_min?)));
    let (moved, still): (Vec<_>, Vec<_>) =
        examined.partition(|(_, low, high)| (high - low).abs() >= (0.01 * mean).max(LEAST_SWING));
    (moved, still.into_iter().map(|(d, ..)| d.name.as_str()).collect())
}

/// A default, and the mean outage with it at its p10 and at its p90.
pub(in crate::report) type Swing<'a> = (&'a Default, f64, f64);

/// The mean of the figure that the headline speaks of.
pub(in crate::report) fn headline_mean(report: &Report) -> f64 {
    let most = || report.services.values().map(|s| s.outage_min.mean).fold(0.0, f64::max);
    report.customers.as_ref().map_or_else(most, |customers| customers.outage_min.mean)
}

/// `customers.full_recovery 13h: 47% of the trials are at or below it`.
pub(in crate::report) fn observed(line: &Observed) -> String {
    let place = line.percentile.map(|share| match share {
        share if share <= 0.0 => "below every trial".to_owned(),
        share if share >= 1.0 => "no trial is above it".to_owned(),
        share => format!("{} of the trials are at or below it", percent(share)),
    });
    let parts: Vec<String> = place.into_iter().chain((!line.note.is_empty()).then(|| line.note.clone())).collect();
    format!("{} {}: {}", line.path, line.value, parts.join("; "))
}

/// The sampling error of the headline: simulation noise only.
pub(in crate::report) fn intervals(report: &Report) -> Option<String> {
    let customers = report.customers.as_ref()?;
    let (affected, q) = (customers.affected, &customers.outage_min);
    Some(format!(
        "{} intervals from sampling alone: affected {} to {}, outage p50 {} to {}, p90 {} to {}. They say nothing about figures that are wrong in the world.",
        percent(report.confidence),
        percent(affected.low),
        percent(affected.high),
        duration(q.p50_low),
        duration(q.p50_high),
        duration(q.p90_low),
        duration(q.p90_high)
    ))
}

/// Who acts, and with which permissions.
pub(in crate::report) fn actor(controls: &Controls) -> String {
    let Some(actor) = &controls.actor else { return "no actor is named: nobody errs, and nobody asks who may".to_owned() };
    let role = match (&*actor.role, actor.inherited) {
        ("", _) => " without a role".to_owned(),
        (role, true) => format!(" with the permissions of its operator, {role}"),
        (role, false) => format!(" as {role}"),
    };
    let errs = if actor.errors {
        format!(", which errs (how often: {})", actor.support)
    } else {
        ", which does what is written".to_owned()
    };
    format!("{}{role}{errs}", actor.profile)
}

/// A step and what stands before it.
pub(in crate::report) fn step(step: &StepControls) -> String {
    if !step.permitted && step.glass.is_empty() {
        return format!("{}: denied, it never runs ({})", step.step, step.rule);
    }
    if !step.behind.is_empty() {
        return format!("{}: never runs, since it comes after {}, which is denied", step.step, step.behind);
    }
    let harm = match step.harmful {
        Some(true) => "harmful; ",
        Some(false) => "harmless; ",
        None => "",
    };
    let meets = if step.guardrails.is_empty() {
        "meets nothing".to_owned()
    } else {
        format!("meets {}", step.guardrails.join(", then "))
    };
    let allowed = if step.rule.is_empty() { String::new() } else { format!(" ({})", step.rule) };
    let glass = match (&*step.glass, step.permitted) {
        ("", _) => String::new(),
        (glass, true) => format!("; may break the glass of {glass}"),
        (glass, false) => format!("; denied unless the glass of {glass} is broken"),
    };
    format!("{}: {harm}{meets}{glass}{allowed}", step.step)
}

/// Steps that are refused, and so what no figure shows; nothing where no step is.
pub(in crate::report) fn refused(report: &Report) -> Option<String> {
    let stops = |effect: &&GuardrailEffect| effect.stopped + effect.false_stops > 0.0;
    let told = |effect: &GuardrailEffect| format!("{} {}", effect.name, plain(effect.stopped + effect.false_stops, 2));
    let by: Vec<String> = report.why.guardrails.iter().filter(stops).map(told).collect();
    let steps = report.controls.iter().flat_map(|controls| &controls.steps);
    let never: Vec<String> = steps.filter(|s| !s.permitted && s.glass.is_empty()).map(|s| crate::diag::tick(&s.step)).collect();
    let more = if never.len() > 3 { format!(" and {} more", never.len() - 3) } else { String::new() };
    let never = match &never[..] {
        [] => String::new(),
        names => format!("; never permitted: {}{more}", names[..names.len().min(3)].join(", ")),
    };
    (!by.is_empty()).then(|| {
        format!(
            "Steps are refused (per trial: {}{never}), and the plan is not run to its end in {} of the trials: no figure shows what it does not do.",
            by.join(", "),
            percent(report.plan_stopped)
        )
    })
}

/// What the controls cost.
pub(in crate::report) fn friction(report: &Report) -> String {
    let friction = &report.friction;
    let stopped = report.controls.as_ref().map_or(0.0, |c| c.stopped);
    let used = report.why.guardrails.iter().filter(|effect| effect.used > 0.0);
    let broken = used.map(broken);
    let late = report.why.guardrails.iter().filter(|effect| effect.late > 0.0).map(late);
    let costs = format!(
        "A harmful step is stopped in {} of the trials. Cost per trial: {} people asked, {} of waiting, {} harmless steps stopped.",
        percent(stopped),
        count(friction.approvals.mean),
        duration(friction.hours.mean * 60.0),
        plain(friction.false_stops.mean, 2)
    );
    costs + &late.chain(broken).collect::<String>()
}

/// How often a harm is seen when nothing can be spared any more: that stops no step, and yet the plan.
fn late(effect: &GuardrailEffect) -> String {
    format!(
        " Times a trial that {} sees a harm too late to spare anything: {}; the plan ends there.",
        effect.name,
        plain(effect.late, 2)
    )
}

/// How often a glass is broken, what comes through it, and who looks at that afterwards.
fn broken(effect: &GuardrailEffect) -> String {
    let (used, missed) = (plain(effect.used, 2), plain(effect.missed, 2));
    let review = if effect.reviewed > 0.0 {
        let open = duration(effect.review_hours * 60.0);
        format!("people asked to review that afterwards: {}, open for {open}", plain(effect.reviewed, 2))
    } else {
        "nobody reviews that afterwards".to_owned()
    };
    format!(
        " Times a trial that the glass of {} is broken: {used}; harmful steps that pass through it: {missed}; {review}.",
        effect.name
    )
}

/// What the controls of each variant would have changed; true marks a line that warns.
pub(in crate::report) fn counterfactuals(report: &Report) -> Vec<(bool, String)> {
    let mut lines = Vec::new();
    for (name, variant) in &report.variants {
        if !variant.sentence.is_empty() {
            lines.push((false, variant.sentence.clone()));
        }
        for longer in &variant.longer {
            let what = if longer.of == "losses" { "makes losses larger" } else { "makes it longer" };
            lines.push((true, format!("`{name}` {what} in {} of the trials: {}", percent(longer.share), longer.reason)));
        }
    }
    lines
}

/// Which engine ran the trials.
pub(in crate::report) fn engine(engine: &EngineInfo) -> String {
    match engine.kind {
        "event" => "all by events".to_owned(),
        _ => format!("intervals; by events: cells {}, trials {}", whole(engine.cells_by_events), whole(engine.trials_by_events)),
    }
}

/// A precision as it was asked for, which may be finer than shares are told.
fn goal(share: f64) -> String {
    plain(share * 100.0, 4) + "%"
}

/// A precision that was asked for and not reached.
pub(in crate::report) fn precision(report: &Report) -> Option<String> {
    let precision = report.precision.as_ref().filter(|precision| !precision.reached)?;
    Some(format!("The precision asked for, {}, is not reached after {} trials.", goal(precision.goal), whole(report.trials)))
}

/// When a plan starts, how long it takes, and how often it does not come to its end.
pub(in crate::report) fn takes(report: &Report) -> String {
    let starts = &report.scenario.starts;
    let starts = if starts.is_empty() { String::new() } else { format!("starts {starts}; ") };
    let Report { plan_min, plan_stopped, plan_unfinished, .. } = report;
    let takes = format!("{starts}takes {}, p90 {}", plan_lasts(report, plan_min.p50), plan_lasts(report, plan_min.p90));
    let shares = [("not run to its end", *plan_stopped), ("unfinished", *plan_unfinished)];
    let shares =
        shares.into_iter().filter(|(_, share)| *share > 0.0).map(|(what, share)| format!("{what} in {}", percent(share)));
    [takes].into_iter().chain(shares).collect::<Vec<_>>().join("; ")
}

/// How long a plan takes, or longer, where the simulation may have ended before it.
pub(in crate::report) fn plan_lasts(report: &Report, minutes: f64) -> String {
    if report.plan_unfinished > 0.0 { followed(minutes, report.scenario.horizon_min) } else { duration(minutes) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn what_is_always_the_same_is_said_once() {
        let lost = |min: f64, p50: f64, p90: f64, max: f64| Quantiles { min, max, p50, p90, ..sample::quantiles(p50, p90, max) };
        let told = |lost: Quantiles| quantity("Requests lost", &lost);
        assert_eq!(told(lost(60.0, 60.0, 60.0, 60.0)), "Requests lost: 60 in all of the trials.");
        assert_eq!(told(lost(1.0, 60.0, 60.0, 80.0)), "Requests lost: 60 or more in half of the trials, 80 at most.");
        assert_eq!(told(lost(0.0, 5.0, 60.0, 80.0)), "Requests lost: 5 or more in half of the trials, 60 or more in one of ten.");
        assert_eq!(told(lost(0.0, 0.0, 60.0, 80.0)), "Requests lost: none in half of the trials, 60 or more in one of ten.");
    }

    #[test]
    fn a_precision_is_told_as_it_was_asked_for() {
        assert_eq!([goal(0.0001), goal(0.05), goal(0.5), goal(0.0125)], ["0.01%", "5%", "50%", "1.25%"]);
    }
}

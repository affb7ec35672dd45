//! The verdict on a terminal: the decision first, why in minutes, how sure, what could not be seen, what to do instead.
//!
//! In: a report with a verdict. Out: a page. Made for somebody who was woken up: the first four lines are enough.

use super::columns::{Columns, Lean, item, styled};
use super::page::{ASIDE, BAD, CARE, GOOD, PLAIN, Page};
use super::{sentences, why};
use crate::report::View;
use crate::report::command;
use crate::report::data::Report;
use crate::report::figures::{Unit, duration, percent, whole};
use crate::report::untrusted::clean;
use crate::report::verdict::{Decision, LeftOut, LimitState, Verdict, Weight};
use anstyle::Style;

/// Findings of a weight that are shown without `--all`.
const FINDINGS: usize = 6;
const STEPS: usize = 6;

/// Draws a verdict.
pub(in crate::report) fn write(report: &Report, view: &View) -> String {
    let mut page = Page::new(view);
    if let Some(verdict) = &report.verdict {
        opening(report, verdict, &mut page);
        findings(report, &mut page);
        limits(report, verdict, &mut page);
        steps(report, verdict, &mut page);
        why::deadlocks(report, &mut page);
        unseen(report, verdict, &mut page);
        instead(report, verdict, &mut page);
        closing(verdict, &mut page);
    }
    page.finish()
}

const fn style(decision: Decision) -> Style {
    match decision {
        Decision::Allow => GOOD,
        Decision::Review => CARE,
        Decision::Block => BAD,
    }
}

fn opening(report: &Report, verdict: &Verdict, page: &mut Page) {
    let word = match verdict.decision {
        Decision::Allow => "ALLOW",
        Decision::Review => "REVIEW",
        Decision::Block => "BLOCK",
    };
    let title = if report.scenario.title.is_empty() { &report.scenario.file } else { &report.scenario.title };
    page.para(style(verdict.decision), "", &format!("{word}  {title}"));
    if !report.complete {
        page.para(BAD, "  ", "PARTIAL: the run was interrupted; this is no verdict.");
    }
    page.gap();
    for reason in verdict.reasons.iter().take(4) {
        let (verdict, rest) = reason.split_once(": ").unwrap_or(("", reason));
        page.para(PLAIN, &format!("  {:<7} ", clean(verdict)), rest);
    }
    if verdict.reasons.len() > 4 {
        page.para(ASIDE, "  ", &format!("and {} more, below", verdict.reasons.len() - 4));
    }
    if verdict.reasons.is_empty() {
        page.para(PLAIN, "  ", "No limit of the appetite is reached, and nothing that the plan touches is unknown.");
    }
    page.gap();
    page.para(PLAIN, "  ", &report.headline);
    if let Some(refused) = sentences::refused(report) {
        page.para(CARE, "  ", &refused);
    }
    if let Some(burnt) = &verdict.slo {
        let worst = burnt.objectives.iter().max_by(|a, b| a.1.budget_burnt.p50.total_cmp(&b.1.budget_burnt.p50));
        if let Some((name, objective)) = worst.filter(|(_, o)| o.budget_burnt.mean > 0.0) {
            let text = format!(
                "It burns {} of the {} budget of {name} at p50, {} at p95.",
                percent(objective.budget_burnt.p50),
                duration(objective.window_min),
                percent(objective.budget_burnt.p95)
            );
            page.para(PLAIN, "  ", &text);
        }
    }
    let sure = if verdict.trials == 0 {
        "no trial was needed".to_owned()
    } else {
        format!("{} of at most {} trials", whole(verdict.trials), whole(verdict.budget))
    };
    let text = format!("{} sure that no limit is decided wrongly; {sure}; seed {}", percent(verdict.confidence), report.seed);
    page.para(ASIDE, "  ", &text);
}

fn findings(report: &Report, page: &mut Page) {
    if report.findings.is_empty() {
        return;
    }
    page.heading("Findings", "what a look at the plan shows, before anything is simulated");
    let shown = if page.all { report.findings.len() } else { FINDINGS };
    for finding in report.findings.iter().take(shown) {
        let (style, mark) = match finding.weight {
            Weight::Error => (BAD, "error  "),
            Weight::Warning => (CARE, "warning"),
            Weight::Note => (ASIDE, "note   "),
        };
        let place = finding.place.as_ref().map_or_else(String::new, |p| format!(" (line {})", p.line));
        page.para(style, &format!("  {mark} {} ", finding.code), &format!("{}{place}", finding.message));
        page.para(PLAIN, "                → ", &finding.hint);
    }
    if report.findings.len() > shown {
        page.para(ASIDE, "  ", &format!("and {} more (--all)", report.findings.len() - shown));
    }
}

fn limits(report: &Report, verdict: &Verdict, page: &mut Page) {
    page.heading("Limits", &format!("of {}", verdict.appetite));
    let mut rows = Columns::new(&[("", Lean::Left), ("", Lean::Name), ("here", Lean::Right), ("after", Lean::Right)]);
    for limit in &verdict.limits {
        let (style, mark) = match limit.holds {
            Some(true) => (self::style(limit.verdict), limit.verdict.word()),
            Some(false) => (PLAIN, "ok"),
            None => (CARE, "open"),
        };
        let after = match limit.decided_after {
            Some(0) => "at once".to_owned(),
            Some(n) => format!("{} trials", whole(n)),
            None => String::new(),
        };
        rows.row(vec![styled(style, mark), item(clean(&limit.text)), item(figures(limit, report)), styled(ASIDE, after)]);
    }
    rows.write(page);
    if verdict.limits.is_empty() {
        page.para(ASIDE, "  ", "It has none.");
    }
    let told = |l: &&LimitState| l.holds.is_none() && !l.note.starts_with("not needed");
    for limit in verdict.limits.iter().filter(told) {
        page.para(CARE, "  open: ", &format!("{} ({})", limit.text, limit.note));
    }
}

fn figures(limit: &LimitState, report: &Report) -> String {
    let figure = |(path, value): (&String, &f64)| {
        let unit = Unit::of(path);
        if path.contains("_min.") {
            crate::report::figures::followed(*value, report.scenario.horizon_min)
        } else {
            unit.value(*value)
        }
    };
    limit.values.iter().map(figure).collect::<Vec<_>>().join(", ")
}

/// Minutes by step: as attributed, and what is left without the step.
fn steps(report: &Report, verdict: &Verdict, page: &mut Page) {
    let why = &report.why;
    if why.total_min <= 0.0 {
        return;
    }
    let text = format!("{} below objective per trial on average, summed over all cells", duration(why.total_min));
    page.heading("Why", &text);
    let mut rows = Columns::new(&[
        ("step", Lean::Name),
        ("its root", Lean::Right),
        ("", Lean::Right),
        ("without it", Lean::Right),
        ("then", Lean::Left),
    ]);
    let shown = if page.all { why.steps.len() } else { STEPS };
    for share in why.steps.iter().take(shown) {
        let left = verdict.alone.as_ref().and_then(|a| a.steps.iter().find(|s| s.id == share.name));
        rows.row(vec![
            item(clean(&share.name)),
            item(duration(share.minutes)),
            item(percent(share.share)),
            item(left.map(LeftOut::less).unwrap_or_default()),
            left.map_or_else(|| item(""), |l| l.decision.map_or_else(|| item(l.then()), |d| styled(style(d), d.word()))),
        ]);
    }
    rows.write(page);
    if why.steps.len() > shown {
        page.para(ASIDE, "  ", &format!("and {} more (--all)", why.steps.len() - shown));
    }
    if let Some(alone) = verdict.alone.as_ref().filter(|a| !a.steps.is_empty()) {
        let tried = if alone.not_tried > 0 {
            let (steps, were) = if alone.not_tried == 1 { ("step", "was") } else { ("steps", "were") };
            format!("; {} lighter {steps} {were} not tried (--why all)", alone.not_tried)
        } else {
            String::new()
        };
        page.para(ASIDE, "  ", &format!("`without it`: {}{}{tried}", alone.basis(), alone.together()));
    }
    let stage = why.stages.iter().take(3).map(|s| format!("{} {}", s.name, percent(s.share))).collect::<Vec<_>>();
    if !stage.is_empty() {
        page.para(PLAIN, "  while: ", &stage.join(", "));
    }
    let longest = report
        .services
        .iter()
        .filter(|(_, s)| s.path.len() > 1)
        .max_by(|a, b| a.1.outage_min.mean.total_cmp(&b.1.outage_min.mean));
    if let Some((_, subject)) = longest {
        page.para(PLAIN, "  path:  ", &subject.path.iter().map(|p| clean(p).into_owned()).collect::<Vec<_>>().join(" → "));
    }
}

fn unseen(report: &Report, verdict: &Verdict, page: &mut Page) {
    if report.coverage >= 0.9995 && verdict.unknown_targets == 0 {
        return;
    }
    page.heading("Not seen", &format!("coverage {}", percent(report.coverage)));
    let shown = if page.all { report.coverage_notes.len() } else { 4 };
    for note in report.coverage_notes.iter().take(shown) {
        page.para(PLAIN, "  - ", note);
    }
    if report.coverage_notes.len() > shown {
        page.para(ASIDE, "  ", &format!("and {} more (--all)", report.coverage_notes.len() - shown));
    }
    let mut low: Vec<_> = verdict.steps.iter().filter(|s| s.coverage < 0.8).collect();
    low.sort_by(|a, b| a.coverage.total_cmp(&b.coverage));
    if !low.is_empty() {
        let steps: Vec<String> = low.iter().take(4).map(|s| format!("{} {}", clean(&s.id), percent(s.coverage))).collect();
        page.para(PLAIN, "  least covered steps: ", &steps.join(", "));
    }
}

fn instead(report: &Report, verdict: &Verdict, page: &mut Page) {
    if verdict.decision == Decision::Allow {
        return;
    }
    let nothing = verdict.nothing_flips();
    if nothing.is_some() || !verdict.flips.is_empty() || verdict.flips_open > 0 {
        page.heading("What would change it", "");
    }
    if let Some(text) = nothing {
        page.para(PLAIN, "  ", text);
    }
    for flip in &verdict.flips {
        let text = format!("{}: {}", flip.decision.word(), flip.change);
        page.para(style(flip.decision), "  ", &text);
        if !flip.command.is_empty() {
            page.line(&format!("      {}", clean(&flip.command)));
        }
    }
    if verdict.flips_open > 0 {
        let changes = if verdict.flips_open == 1 { "One change was" } else { "Some changes were" };
        page.para(ASIDE, "  ", &format!("{changes} not followed until the verdict was known; `--why all` takes the time."));
    }
    page.gap();
    page.para(PLAIN, "  ", "Safer plans that still do the work, each simulated:");
    page.line(&format!("      {}", command::advise(&report.scenario.file, verdict)));
}

fn closing(verdict: &Verdict, page: &mut Page) {
    if let Some(binding) = &verdict.binding {
        page.gap();
        page.para(ASIDE, "", &format!("Holds until {} for exactly this plan, world, guardrails and appetite.", binding.expires));
        page.para(CARE, "", &binding.hour);
    }
    if verdict.appetite == crate::scenario::appetite::SHIPPED_NAME {
        page.heading("The shipped appetite", "used because none was given; --appetite FILE takes yours");
        for line in crate::scenario::appetite::SHIPPED.lines().filter(|l| !l.starts_with('#') && !l.trim().is_empty()) {
            let line = line.split(" #").next().unwrap_or_default();
            page.line(&page.paint(ASIDE, &format!("  {}", line.trim_end())));
        }
    }
}

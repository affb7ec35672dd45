//! The verdict on a plan, before the pages of its run: the decision, its reasons, each limit with its bounds, findings,
//! what each step is to blame for, and what would change the decision.
//!
//! In: a report with a verdict. Out: sections. The word of the decision stands beside its colour.

use super::markup::{Html, percent_of};
use super::scale::Scale;
use crate::report::command;
use crate::report::data::Report;
use crate::report::figures::{Unit, duration, followed, percent, whole};
use crate::report::text::sentences;
use crate::report::verdict::{Alone, Decision, Finding, LimitState, Verdict};

const SHOWN: usize = 40;

/// The class that colours a decision.
pub(super) const fn class(decision: Decision) -> &'static str {
    match decision {
        Decision::Allow => "allow",
        Decision::Review => "review",
        Decision::Block => "block",
    }
}

/// Draws everything that a verdict adds.
pub(super) fn write(html: &mut Html, report: &Report, verdict: &Verdict) {
    opening(html, report, verdict);
    limits(html, report, verdict);
    findings(html, &report.findings);
    if let Some(alone) = &verdict.alone {
        without(html, alone);
    }
    unseen(html, verdict);
    flips(html, verdict);
}

fn opening(html: &mut Html, report: &Report, verdict: &Verdict) {
    let banner = format!("verdict {}", class(verdict.decision));
    html.open("header", &[("class", "opening")]);
    let title = if report.scenario.title.is_empty() { &report.scenario.file } else { &report.scenario.title };
    html.element("h1", &[], title);
    html.open("div", &[("class", &banner)]).element("b", &[], &verdict.decision.word().to_uppercase());
    html.open("ul", &[]);
    for reason in &verdict.reasons {
        html.sentence("li", &[], reason);
    }
    if verdict.reasons.is_empty() {
        html.element("li", &[], "No limit of the appetite is reached, and nothing that the plan touches is unknown.");
    }
    html.close().close();
    if !report.complete {
        html.element("p", &[("class", "warning")], "PARTIAL: the run was interrupted; this is no verdict.");
    }
    html.sentence("p", &[("class", "headline")], &sentences::headline(&report.headline));
    if let Some(refused) = sentences::refused(report) {
        html.sentence("p", &[("class", "warning")], &refused);
    }
    let sure = format!(
        "{} sure that no limit is decided wrongly; {} of at most {} trials; seed {}; appetite: {}",
        percent(verdict.confidence),
        whole(verdict.trials),
        whole(verdict.budget),
        report.seed,
        verdict.appetite
    );
    html.element("p", &[("class", "aside")], &sure).close();
}

fn limits(html: &mut Html, report: &Report, verdict: &Verdict) {
    if verdict.limits.is_empty() {
        return;
    }
    html.open("section", &[("class", "limits")]).element("h2", &[], "Limits");
    html.element("p", &[("class", "aside")], "Where a limit speaks of a quantile, the bar is the share of the trials beyond it, and the line the share that it allows.");
    html.open("table", &[("class", "chart")]).open("thead", &[]).open("tr", &[]);
    for (head, class) in [("limit", ""), ("share beyond", ""), ("is", "n"), ("then", ""), ("decided", "")] {
        html.element("th", &[("scope", "col"), ("class", class)], head);
    }
    html.close().close().open("tbody", &[]);
    for limit in &verdict.limits {
        self::limit(html, report, limit);
    }
    html.close().close().close();
}

fn limit(html: &mut Html, report: &Report, limit: &LimitState) {
    html.open("tr", &[]).open("th", &[("scope", "row")]).element("code", &[], &limit.text).close();
    html.open("td", &[("class", "plot")]);
    for (path, bounds) in &limit.shares {
        let said = format!(
            "{path}: {} of the trials are beyond the limit, {} are allowed",
            percent(bounds.share),
            percent(bounds.allowed)
        );
        html.open("svg", &[("width", "100%"), ("height", "20"), ("role", "img"), ("aria-label", &said)]).element(
            "title",
            &[],
            &said,
        );
        html.open("rect", &[("class", "track"), ("width", "100%"), ("y", "5"), ("height", "10"), ("rx", "2")]).close();
        html.open("rect", &[("class", "part"), ("width", &percent_of(bounds.share)), ("y", "5"), ("height", "10"), ("rx", "2")])
            .close();
        let at = percent_of(bounds.allowed);
        html.open("line", &[("class", "median"), ("x1", &at), ("x2", &at), ("y1", "1"), ("y2", "19")]).close().close();
        let figures = format!("{} beyond, {} allowed", percent(bounds.share), percent(bounds.allowed));
        html.element("small", &[], &figures);
    }
    html.close();
    let figure = |(path, value): (&String, &f64)| {
        if path.contains("_min.") { followed(*value, report.scenario.horizon_min) } else { Unit::of(path).value(*value) }
    };
    let values: Vec<String> = limit.values.iter().map(figure).collect();
    html.element("td", &[("class", "n"), ("data-label", "is")], &values.join(", "));
    let (class, word) = match limit.holds {
        Some(true) => (self::class(limit.verdict), limit.verdict.word()),
        Some(false) => ("allow", "ok"),
        None => ("review", "open"),
    };
    html.element("td", &[("class", class), ("data-label", "then")], word);
    let after = match limit.decided_after {
        Some(0) => "without trials".to_owned(),
        Some(n) => format!("after {} trials", whole(n)),
        None => limit.note.clone(),
    };
    html.element("td", &[("data-label", "decided")], &after).close();
}

fn findings(html: &mut Html, findings: &[Finding]) {
    if findings.is_empty() {
        return;
    }
    html.open("section", &[("class", "findings")]).element("h2", &[], "Findings");
    html.element("p", &[("class", "aside")], "What a look at the plan shows before anything is simulated.").open("ul", &[]);
    for finding in findings.iter().take(SHOWN) {
        html.open("li", &[("class", finding.weight.word())]).element(
            "b",
            &[],
            &format!("{} {}", finding.weight.word(), finding.code),
        );
        html.prose(&format!(" {}", finding.message));
        if let Some(place) = &finding.place {
            html.element("small", &[], &format!("{}:{}:{}", place.file, place.line, place.column));
        }
        if !finding.hint.is_empty() {
            html.sentence("small", &[], &format!("→ {}", finding.hint));
        }
        html.close();
    }
    html.close();
    if findings.len() > SHOWN {
        html.element("p", &[("class", "aside")], &format!("and {} more, in the data of this page", findings.len() - SHOWN));
    }
    html.close();
}

/// Each step left out, under the same luck.
fn without(html: &mut Html, alone: &Alone) {
    if alone.steps.is_empty() {
        return;
    }
    html.open("section", &[("class", "alone")]).element("h2", &[], "Without one step");
    let aside = format!(
        "Minutes below objective, summed over cells, that leaving out the step takes away; of {} in all, {}{}.",
        duration(alone.total_min),
        alone.basis(),
        alone.together()
    );
    html.element("p", &[("class", "aside")], &aside);
    let scale = Scale::of_times(0.0, alone.steps.iter().map(|s| s.minutes).fold(alone.total_min, f64::max));
    html.open("table", &[("class", "chart left-out")]).open("thead", &[]).open("tr", &[]);
    for (head, class) in [("step", ""), ("minutes", ""), ("takes away", "n"), ("helps in", "n"), ("verdict then", "")] {
        html.element("th", &[("scope", "col"), ("class", class)], head);
    }
    html.close().close().open("tbody", &[]);
    for step in alone.steps.iter().take(SHOWN) {
        html.open("tr", &[]).element("th", &[("scope", "row")], &step.id).open("td", &[("class", "plot")]);
        html.open("svg", &[("width", "100%"), ("height", "20"), ("aria-hidden", "true")]);
        let wide = percent_of(scale.at(step.minutes.max(0.0)).max(0.002));
        html.open("rect", &[("class", "part"), ("width", &wide), ("y", "3"), ("height", "14"), ("rx", "2")]).close();
        html.close().close();
        html.element("td", &[("class", "n"), ("data-label", "takes away")], &duration(step.minutes));
        html.element("td", &[("class", "n"), ("data-label", "helps in")], &percent(step.helps));
        html.element("td", &[("class", step.decision.map_or("", class)), ("data-label", "verdict then")], step.then()).close();
    }
    html.close().close();
    if alone.not_tried > 0 {
        let (steps, were) = if alone.not_tried == 1 { ("step", "was") } else { ("steps", "were") };
        let rest = format!("{} {steps} with a smaller share {were} not tried.", whole(alone.not_tried));
        html.element("p", &[("class", "aside")], &rest);
    }
    html.close();
}

/// Steps that can be seen badly.
fn unseen(html: &mut Html, verdict: &Verdict) {
    let poor: Vec<_> = verdict.steps.iter().filter(|s| s.coverage < 1.0).collect();
    if poor.is_empty() {
        return;
    }
    html.open("section", &[("class", "unseen")]).element("h2", &[], "What could not be seen").open("ul", &[]);
    for step in poor.iter().take(SHOWN) {
        let text = format!(" {} of the {} cells that it can reach are declared", percent(step.coverage), whole(step.reach));
        html.open("li", &[]).element("b", &[], &step.id).text(&text).close();
    }
    html.close().close();
}

fn flips(html: &mut Html, verdict: &Verdict) {
    if verdict.flips.is_empty() {
        return;
    }
    html.open("section", &[("class", "flips")]).element("h2", &[], "What would change the verdict").open("ul", &[]);
    for flip in verdict.flips.iter().take(SHOWN) {
        html.open("li", &[])
            .element("b", &[("class", class(flip.decision))], flip.decision.word())
            .prose(&format!(" {}", flip.change));
        if !flip.command.is_empty() {
            html.open("small", &[]).element("code", &[], &flip.command).close();
        }
        html.close();
    }
    html.close().close();
}

/// What the verdict holds for, in place of a command: it depends on files that the report does not name.
pub(super) fn holds_for(html: &mut Html, report: &Report, verdict: &Verdict) {
    html.open("section", &[("class", "repeat")]).element("h2", &[], "What this verdict holds for");
    if let Some(binding) = &verdict.binding {
        html.element("p", &[], &format!("Until {}, for exactly this plan, world, guardrails and appetite.", binding.expires));
        if !binding.hour.is_empty() {
            html.sentence("p", &[("class", "warning")], &binding.hour);
        }
        html.open("dl", &[]);
        let prints = [
            ("plan", &binding.plan),
            ("targets", &binding.targets),
            ("world", &binding.world),
            ("guardrails", &binding.guardrails),
            ("appetite", &binding.appetite),
            ("objectives", &binding.objectives),
            ("engine", &binding.engine),
        ];
        for (what, print) in prints {
            html.element("dt", &[], what).open("dd", &[]).element("code", &[], print).close();
        }
        html.close();
    }
    let digests = format!(
        "plan {} · result {} · seed {} · foreshock {}",
        report.scenario.digest, report.digest, report.seed, report.foreshock
    );
    html.element("p", &[("class", "digests")], &digests).close();
}

/// The command that judges the plan again, and the one that looks for safer plans.
pub(super) fn repeat(html: &mut Html, report: &Report, verdict: &Verdict) {
    let plan = &report.scenario.file;
    let commands = [("the same again", command::score(plan, verdict)), ("safer plans", command::advise(plan, verdict))];
    let commands = if plan == "-" { Vec::new() } else { commands.to_vec() };
    super::trust::commands(html, "Look closer, or repeat", &commands);
    super::trust::digests(html, report);
    html.close();
}

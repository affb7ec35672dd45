//! Safer plans beside the one that was proposed: what each avoids, in how many trials, and what it costs.

use super::markup::{Html, percent_of};
use super::scale::Scale;
use super::verdict::class;
use crate::report::advice::{Advice, Figures, Lost, Safer};
use crate::report::command;
use crate::report::figures::{count, counted, duration, percent};

/// Draws the advice.
pub(super) fn write(html: &mut Html, advice: &Advice) {
    html.open("header", &[("class", "opening")]).element(
        "h1",
        &[],
        if advice.title.is_empty() { &advice.file } else { &advice.title },
    );
    let headline = match &advice.plans[..] {
        [] => "No change that was tried makes this plan safer.".to_owned(),
        [first, ..] => {
            let plans =
                if advice.plans.len() == 1 { "One safer plan".to_owned() } else { format!("{} safer plans", advice.plans.len()) };
            format!("{plans}. The first {}.", gain(advice, first))
        }
    };
    html.sentence("p", &[("class", "headline")], &headline);
    let aside = format!(
        "{} · {} tried, {} each under the same luck · seed {}",
        advice.file,
        counted(advice.tried, "plan"),
        counted(advice.trials, "trial"),
        advice.seed
    );
    html.element("p", &[("class", "aside")], &aside).close();
    let plans = advice.plans.iter().map(|p| p.figures.outage_p95_min);
    let scale = Scale::of_times(0.0, plans.fold(advice.proposed.outage_p95_min, f64::max));
    html.open("section", &[("class", "advice")]).element("h2", &[], "Plans");
    let stores =
        advice.figures().filter_map(Figures::of_stores).max().map_or_else(String::new, |of| format!(" Data lost: {of}."));
    let aside = "The bar is the mean outage, the line reaches to its 95th percentile. Asked: people, per run.";
    html.element("p", &[("class", "aside")], &format!("{aside}{stores}"));
    html.open("table", &[("class", "chart plans")]).open("thead", &[]).open("tr", &[]).element("th", &[("scope", "col")], "plan");
    html.open("th", &[("scope", "col"), ("class", "plot")]).element("span", &[("class", "sr")], "outage");
    html.open("svg", &[("class", "axis"), ("width", "100%"), ("height", "18"), ("aria-hidden", "true")]);
    for (at, label) in scale.ticks(0.1) {
        html.element(
            "text",
            &[("x", &percent_of(at)), ("y", "13"), ("text-anchor", if at == 0.0 { "start" } else { "middle" })],
            &label,
        );
    }
    html.close().close();
    let lost = advice.proposed.lost.map(Lost::unit);
    for head in ["mean, p95", "plan takes", "data lost"].into_iter().chain(lost).chain(["asked"]) {
        html.element("th", &[("scope", "col"), ("class", "n")], head);
    }
    html.element("th", &[("scope", "col")], "verdict");
    html.close().close().open("tbody", &[]);
    row(html, "as proposed", &advice.proposed, scale);
    for (n, plan) in (1..).zip(&advice.plans) {
        row(html, &format!("{n}. {}", plan.changes.join("; ")), &plan.figures, scale);
    }
    html.close().close().close();
    for what in &advice.not_tried {
        html.sentence("p", &[("class", "aside")], &format!("Not tried: {what}."));
    }
    for (n, plan) in (1..).zip(&advice.plans) {
        safer(html, n, plan, &advice.proposed);
    }
    html.close();
    let again = if advice.file == "-" { Vec::new() } else { vec![("the same again", command::advised(advice))] };
    super::trust::commands(html, "Repeat", &again);
    html.element("p", &[("class", "digests")], &format!("seed {} · foreshock {}", advice.seed, advice.foreshock)).close();
}

/// What a plan is better in: the outage, else the data.
fn gain(advice: &Advice, plan: &Safer) -> String {
    let saved = advice.proposed.data_lost_min - plan.figures.data_lost_min;
    let more = if saved < -1.0 { format!(", but loses {} more of data", duration(-saved)) } else { String::new() };
    let lost = plan.figures.lost.zip(advice.proposed.lost).filter(|(now, before)| now.amount() < before.amount());
    let gain = match (plan.avoided_min >= 1.0, saved >= 1.0) {
        (true, _) => format!("avoids {} of outage on average", duration(plan.avoided_min)),
        (false, true) => format!("loses {} less of data on average, with the outage as it was", duration(saved)),
        (false, false) => lost.map_or_else(|| other_word(advice, plan), |(now, before)| less_lost(now, before)),
    };
    gain + &more
}

/// What is left to say where no figure of harm is lower: the verdict, else in how many trials it was better.
fn other_word(advice: &Advice, plan: &Safer) -> String {
    let (now, before) = (plan.figures.decision.word(), advice.proposed.decision.word());
    if now == before {
        format!("is better in {}, worse in {} of the trials", percent(plan.better), percent(plan.worse))
    } else {
        format!("leads to {now} instead of {before}")
    }
}

/// How much less is lost.
fn less_lost(now: Lost, before: Lost) -> String {
    format!("loses {} {} instead of {} on average", count(now.amount()), now.unit(), count(before.amount()))
}

fn row(html: &mut Html, name: &str, figures: &Figures, scale: Scale) {
    html.open("tr", &[]).sentence("th", &[("scope", "row")], name).open("td", &[("class", "plot")]);
    html.open("svg", &[("width", "100%"), ("height", "20"), ("aria-hidden", "true")]);
    html.open(
        "rect",
        &[
            ("class", "part"),
            ("width", &percent_of(scale.at(figures.outage_min).max(0.002))),
            ("y", "4"),
            ("height", "12"),
            ("rx", "2"),
        ],
    )
    .close();
    html.open(
        "line",
        &[
            ("class", "interval"),
            ("x1", &percent_of(scale.at(figures.outage_min))),
            ("x2", &percent_of(scale.at(figures.outage_p95_min))),
            ("y1", "10"),
            ("y2", "10"),
        ],
    )
    .close();
    html.close().close();
    html.open("td", &[("class", "n"), ("data-label", "mean, p95")]).element("b", &[], &duration(figures.outage_min));
    html.element("small", &[], &duration(figures.outage_p95_min)).close();
    html.element("td", &[("class", "n"), ("data-label", "plan takes")], &duration(figures.plan_hours * 60.0));
    html.open("td", &[("class", "n"), ("data-label", "data lost")]).element("b", &[], &duration(figures.data_lost_min));
    if figures.data_lost_for_good > 0.0 {
        html.element("small", &[], &format!("for good in {}", percent(figures.data_lost_for_good)));
    }
    html.close();
    if let Some(lost) = figures.lost {
        html.element("td", &[("class", "n"), ("data-label", lost.unit())], &count(lost.amount()));
    }
    html.element("td", &[("class", "n"), ("data-label", "asked")], &count(figures.approvals));
    html.element("td", &[("class", class(figures.decision)), ("data-label", "verdict")], figures.decision.word()).close();
}

fn safer(html: &mut Html, n: usize, plan: &Safer, proposed: &Figures) {
    html.open("details", &[("class", "safer")]).sentence("summary", &[], &format!("{n}. {}", plan.changes.join("; ")));
    let saved = proposed.data_lost_min - plan.figures.data_lost_min;
    let data = if saved >= 1.0 { format!(" and the loss of {} of data", duration(saved)) } else { String::new() };
    let text = format!(
        "Avoids {} of outage{data} on average; better in {}, worse in {} of the trials; adds {} to the plan.",
        duration(plan.avoided_min),
        percent(plan.better),
        percent(plan.worse),
        duration(plan.added_hours * 60.0)
    );
    html.element("p", &[], &text);
    if let (Some(now), Some(before)) = (plan.figures.lost, proposed.lost) {
        let later =
            if plan.waits_hours > 0.0 { format!("Starts {} later; ", duration(plan.waits_hours * 60.0)) } else { String::new() };
        html.element("p", &[], &format!("{later}{}.", less_lost(now, before)));
    }
    if plan.does_less {
        let short = match plan.figures.stops_short {
            short if short > 0.0 => {
                format!(
                    " It is not run to its end in {} of the trials ({} as proposed).",
                    percent(short),
                    percent(proposed.stops_short)
                )
            }
            _ => String::new(),
        };
        html.element("p", &[("class", "warning")], &format!("It does less than was asked for.{short}"));
    }
    html.open("pre", &[("class", "scroll"), ("tabindex", "0")]).lines(&plan.plan).close();
    html.close();
}

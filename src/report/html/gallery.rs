//! The index of a gallery: every scenario with its answer in one sentence, and the way to its page.

use super::embed;
use super::markup::Html;
use super::page;
use crate::report::data::Report;
use crate::report::figures::{followed, percent, whole};
use crate::report::text::sentences;
use serde::Serialize;

#[derive(Serialize)]
struct Entry<'a> {
    page: &'a str,
    title: &'a str,
    headline: &'a str,
    digest: &'a str,
}

/// The index of pages, each with its report.
pub(super) fn index(entries: &[(String, Report)]) -> String {
    let mut html = Html::default();
    html.open("nav", &[("class", "bar"), ("aria-label", "page")]).element("b", &[], "foreshock");
    html.element("button", &[("type", "button"), ("class", "theme"), ("hidden", "")], "Theme: as the system").close();
    html.open("main", &[]).element("h1", &[], "Scenarios");
    let about = "Each page plays some thousand futures of one plan: what goes down, for how long, how sure that is, and what would have changed it.";
    html.element("p", &[("class", "aside")], about).open("ol", &[("class", "gallery")]);
    for (page, report) in entries {
        card(&mut html, page, report);
    }
    html.close().close();
    let data: Vec<Entry<'_>> = entries
        .iter()
        .map(|(page, r)| Entry { page, title: &r.scenario.title, headline: &r.headline, digest: &r.digest })
        .collect();
    page::page("foreshock: scenarios", html, &embed::json(&data))
}

fn card(html: &mut Html, page: &str, report: &Report) {
    let horizon = report.scenario.horizon_min;
    html.open("li", &[]).open("h2", &[]).element("a", &[("href", page)], &report.scenario.title).close();
    html.element("p", &[], &sentences::headline(&report.headline));
    let mut facts = vec![format!("{} trials", whole(report.trials))];
    if let Some(c) = &report.customers {
        facts.push(format!(
            "customers out in {}, p50 {}, p90 {}",
            percent(c.affected.mean),
            followed(c.outage_min.p50, horizon),
            followed(c.outage_min.p90, horizon)
        ));
    }
    facts.push(format!("coverage {}", percent(report.coverage)));
    let variants: Vec<&str> = report.variants.keys().map(String::as_str).collect();
    if !variants.is_empty() {
        facts.push(format!("variants: {}", variants.join(", ")));
    }
    html.element("p", &[("class", "aside")], &facts.join(" · ")).close();
}

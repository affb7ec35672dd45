//! The index of a gallery: every scenario with its answer in one sentence, and the way to its page.

use super::embed;
use super::markup::Html;
use super::page;
use crate::report::data::Report;
use crate::report::figures::{followed, percent, whole};
use crate::report::text::sentences;
use serde::Serialize;

#[derive(Serialize)]
struct Index<'a> {
    schema: &'static str,
    pages: Vec<Entry<'a>>,
    left_out: &'a [String],
}

/// What the index shows of a report; everything else is on its page.
#[derive(Serialize)]
struct Entry<'a> {
    page: &'a str,
    title: &'a str,
    headline: &'a str,
    digest: &'a str,
    trials: u64,
    coverage: f64,
    affected: Option<f64>,
    outage_min_p50: Option<f64>,
    outage_min_p90: Option<f64>,
    variants: Vec<&'a str>,
}

impl<'a> Entry<'a> {
    fn of((page, report): &'a (String, Report)) -> Self {
        let customers = report.customers.as_ref();
        Entry {
            page,
            title: &report.scenario.title,
            headline: &report.headline,
            digest: &report.digest,
            trials: report.trials,
            coverage: report.coverage,
            affected: customers.map(|c| c.affected.mean),
            outage_min_p50: customers.map(|c| c.outage_min.p50),
            outage_min_p90: customers.map(|c| c.outage_min.p90),
            variants: report.variants.keys().map(String::as_str).collect(),
        }
    }
}

/// The index of pages, each with its report.
pub(super) fn index(entries: &[(String, Report)], left_out: &[String]) -> String {
    let mut html = Html::default();
    html.open("nav", &[("class", "bar"), ("aria-label", "page")]).element("b", &[], "foreshock");
    html.element("button", &[("type", "button"), ("class", "theme"), ("hidden", "")], "Theme: as the system").close();
    html.open("main", &[]).element("h1", &[], "Scenarios");
    let about = "Each page plays some thousand futures of one plan: what goes down, for how long, how sure that is, and what would have changed it.";
    html.element("p", &[("class", "aside")], about).open("ol", &[("class", "gallery")]);
    for (page, report) in entries {
        card(&mut html, page, report);
    }
    html.close();
    if !left_out.is_empty() {
        html.sentence("p", &[("class", "aside")], &format!("Left out: {}.", left_out.join("; ")));
    }
    html.close();
    let data = Index { schema: "foreshock.gallery/1", pages: entries.iter().map(Entry::of).collect(), left_out };
    page::page("foreshock: scenarios", html, &embed::json(&data))
}

fn card(html: &mut Html, page: &str, report: &Report) {
    let horizon = report.scenario.horizon_min;
    html.open("li", &[]).open("h2", &[]).element("a", &[("href", page)], &report.scenario.title).close();
    html.sentence("p", &[("class", "says")], &sentences::headline(&report.headline));
    html.open("dl", &[]);
    let mut figure = |name: &str, value: &str| {
        html.open("div", &[]).element("dt", &[], name).element("dd", &[], value).close();
    };
    if let Some(c) = &report.customers {
        figure("affected", &percent(c.affected.mean));
        figure("outage p50", &followed(c.outage_min.p50, horizon));
        figure("p90", &followed(c.outage_min.p90, horizon));
    }
    figure("coverage", &percent(report.coverage));
    html.close();
    let variants: Vec<&str> = report.variants.keys().map(String::as_str).collect();
    let mut aside = format!("{} trials", whole(report.trials));
    if !variants.is_empty() {
        aside = format!("{aside} · variants: {}", variants.join(", "));
    }
    html.element("p", &[("class", "aside")], &aside).close();
}

//! HTML: one file that opens from disk, from a CI artefact, on a phone and on paper.
//!
//! In: results as data. Out: a page that holds its styles, scripts and data, and reads without scripts: every chart is
//! drawn here, with its figures as text beside it; scripts add the slider, hover and the theme. Shows nothing
//! that the JSON does not hold. Not here: colours and behaviour (`assets`), what is in a report (`data`).

mod advice;
mod aftermath;
mod beside;
mod boxes;
mod checks;
mod controls;
mod defaults;
mod effects;
mod embed;
mod extent;
mod frontier;
mod gallery;
mod gantt;
mod groups;
mod layout;
mod map;
mod map_table;
mod markup;
mod opening;
mod outages;
mod page;
mod rare;
mod scale;
mod scatter;
mod scene;
mod states;
mod theatre;
mod trust;
mod variants;
mod verdict;
mod why;

use super::{Format, View, data::Report};
use extent::Extent;
use markup::Html as Markup;
use theatre::Act;

/// The format `html`.
#[derive(Debug)]
pub struct Html;

impl Format for Html {
    fn name(&self) -> &'static str {
        "html"
    }

    fn draws(&self) -> bool {
        true
    }

    fn reports(&self, reports: &[Report], view: &View) -> Option<String> {
        let extent = Extent::of(view);
        let title = reports.first().map_or("foreshock", |r| r.scenario.title.as_str());
        let mut body = Markup::default();
        bar(&mut body, reports);
        body.open("main", &[]);
        for (i, report) in reports.iter().enumerate() {
            let id = format!("report-{i}");
            body.open("article", &[("id", &id)]);
            opening::write(&mut body, report);
            one(&mut body, report, &i.to_string(), extent, ROOM * (i + 1) / reports.len());
            body.close();
        }
        body.close();
        Some(page::page(title, body, &embed::data(reports, extent.kept)))
    }

    fn verdict(&self, report: &Report, view: &View) -> Option<String> {
        let extent = Extent::of(view);
        let mut body = Markup::default();
        bar(&mut body, &[]);
        body.open("main", &[]);
        if let Some(verdict) = &report.verdict {
            verdict::write(&mut body, report, verdict);
        }
        one(&mut body, report, "0", extent, ROOM);
        body.close();
        Some(page::page(&report.scenario.title, body, &embed::data(std::slice::from_ref(report), extent.kept)))
    }

    fn advice(&self, advice: &super::advice::Advice, _view: &View) -> Option<String> {
        let mut body = Markup::default();
        bar(&mut body, &[]);
        body.open("main", &[]);
        advice::write(&mut body, advice);
        body.close();
        Some(page::page(&advice.title, body, &embed::json(advice)))
    }

    fn frontier(&self, frontier: &super::frontier::Frontier, _view: &View) -> Option<String> {
        let mut body = Markup::default();
        bar(&mut body, &[]);
        body.open("main", &[]);
        frontier::write(&mut body, frontier);
        body.close();
        Some(page::page(frontier::title(frontier), body, &embed::json(frontier)))
    }
}

/// How every page says that this program made it.
pub const GENERATOR: &str = r#"<meta name="generator" content="foreshock "#;

/// The index of a gallery: pages by file name, each with its report; and what was left out, in words.
#[must_use]
pub fn index(entries: &[(String, Report)], left_out: &[String]) -> String {
    gallery::index(entries, left_out)
}

fn bar(html: &mut Markup, reports: &[Report]) {
    html.open("nav", &[("class", "bar"), ("aria-label", "page")]).element("b", &[], "foreshock");
    if reports.len() > 1 {
        html.open("ul", &[]);
        for (i, report) in reports.iter().enumerate() {
            html.open("li", &[]).element("a", &[("href", &format!("#report-{i}"))], &report.scenario.title).close();
        }
        html.close();
    }
    html.element("button", &[("type", "button"), ("class", "theme"), ("hidden", "")], "Theme: as the system").close();
}

/// So many bytes of markup are there when no more maps of variants are drawn: a page stays below 400 kB without its data.
const ROOM: usize = 280_000;

/// All of a report; maps of variants as long as the page is shorter than `room`.
fn one(html: &mut Markup, report: &Report, key: &str, extent: Extent, room: usize) {
    opening::plan(html, "Plan", report);
    for (name, variant) in report.variants.iter().filter(|_| report.again.is_some()) {
        opening::plan(html, &format!("Plan of {name}"), &variant.report);
    }
    let act = report.pictures.as_ref().map(|pictures| Act { title: &report.scenario.title, key, report, pictures, extent });
    if let Some(act) = &act {
        theatre::single(html, act);
    }
    outages::write(html, report, extent);
    if let Some(act) = &act {
        theatre::timelines(html, act);
    }
    rare::write(html, report);
    why::write(html, report);
    controls::write(html, report);
    variants::write(html, report, key, extent, room);
    checks::write(html, report);
    defaults::write(html, report);
    trust::write(html, report);
    match &report.verdict {
        Some(verdict) => {
            verdict::holds_for(html, report, verdict);
            verdict::repeat(html, report, verdict);
        }
        None => trust::repeat(html, report),
    }
}

#[cfg(test)]
mod tests;

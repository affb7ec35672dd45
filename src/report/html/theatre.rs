//! The theatre: one or two maps, the controls that replay trials on them, and the trials as Gantt charts.
//!
//! In: a report with pictures, and for a comparison a second one. Out: maps that show all trials, controls that stay
//! hidden until the script is there, and for a single report the incident of each film as a chart.

use super::extent::Extent;
use super::gantt;
use super::map::{self, Drawn};
use super::map_table;
use super::markup::Html;
use super::scene::Scene;
use crate::report::data::Report;
use crate::report::figures::{followed, whole};
use crate::report::pictures::{Pictures, Which};

/// Maps no wider than this can still be read at half the width of a page.
const SIDE_BY_SIDE: f64 = 680.0;

/// A report with its pictures, and the key under which the script finds them.
#[derive(Clone, Copy)]
pub(super) struct Act<'a> {
    /// Whose map it is.
    pub(super) title: &'a str,
    /// The key of the pictures in the data of the page.
    pub(super) key: &'a str,
    /// The figures.
    pub(super) report: &'a Report,
    /// Map and films.
    pub(super) pictures: &'a Pictures,
    /// How much of long lists is shown.
    pub(super) extent: Extent,
}

/// The map of a run, with its films.
pub(super) fn single(html: &mut Html, act: &Act<'_>) {
    html.open("section", &[("class", "theatre"), ("aria-labelledby", &format!("map-{}", act.key))]);
    html.element("h2", &[("id", &format!("map-{}", act.key))], "What the plan can reach");
    let map = &act.pictures.map;
    if map.cells.is_empty() {
        html.element("p", &[], "No step of the plan touches anything that is modelled.").close();
        return;
    }
    let scene = Scene::new(&[map], &hit(&[act.report]));
    html.element("p", &[("class", "aside")], &intro(&scene, act.pictures));
    map::legend(html, &scene, act.report, act.pictures);
    controls(html, &[act]);
    let label = format!("map of {} cells", map.cells.len());
    map::draw(html, &scene, &Drawn { report: act.report, map, label: &label, key: act.key, beside: None });
    map_table::write(html, &scene, act.report, map, act.extent.cells);
    html.close();
}

/// The films of a run as Gantt charts.
pub(super) fn timelines(html: &mut Html, act: &Act<'_>) {
    let films = act.pictures.films.iter().filter(|f| !f.work.is_empty() || !f.spans.is_empty());
    if films.clone().next().is_none() {
        return;
    }
    let head = if films.clone().count() == 1 { "How it goes, in one trial" } else { "How it goes, in two trials" };
    html.open("section", &[("class", "timelines")]).element("h2", &[], head);
    for film in films {
        gantt::draw(html, act, film);
    }
    html.close();
}

/// Two maps with everything at the same place.
pub(super) fn pair(html: &mut Html, base: &Act<'_>, other: &Act<'_>) {
    let scene = Scene::new(&[&base.pictures.map, &other.pictures.map], &hit(&[base.report, other.report]));
    html.open("div", &[("class", "theatre")]);
    controls(html, &[base, other]);
    // Narrow maps stand side by side, wide ones above each other: both are to be read.
    let class = if scene.layout.size.0 <= SIDE_BY_SIDE { "pair" } else { "pair stacked" };
    html.open("div", &[("class", class)]);
    for (act, beside) in [(base, None), (other, Some(base.report))] {
        html.open("figure", &[]).element("figcaption", &[], act.title);
        let label = format!("map: {}", act.title);
        map::draw(html, &scene, &Drawn { report: act.report, map: &act.pictures.map, label: &label, key: act.key, beside });
        html.close();
    }
    html.close().close();
}

fn intro(scene: &Scene, pictures: &Pictures) -> String {
    let mut text = "What others need stands left, what needs it right, so damage travels to the right, along the arrows; only a ring leads back. ".to_owned();
    if let Some(by) = scene.grouped {
        let boxes = format!(
            "A box holds {}, as {} cells are too many to draw: how many are out on average, and as a bar their states. Click it, or press Enter, to see them. Only the two strongest ties of each box are drawn. ",
            by.words(),
            whole(pictures.map.cells.len() as u64)
        );
        text += &boxes;
    }
    if pictures.map.folded > 0 {
        let what = if pictures.map.folded == 1 { "cell of the world is" } else { "cells of the world are" };
        text = format!("{text}{} more {what} out of reach and not drawn. ", whole(pictures.map.folded));
    }
    text + "The map shows all trials at once; with scripts it also replays single ones."
}

/// In which share of the trials a cell has an outage, at worst of the reports.
fn hit<'a>(reports: &'a [&Report]) -> impl Fn(&str) -> f64 + 'a {
    move |cell| reports.iter().filter_map(|r| r.cells.get(cell)).map(|s| s.affected.mean).fold(0.0, f64::max)
}

/// Hidden until the script finds them; of two maps each button says how long both are out.
fn controls(html: &mut Html, acts: &[&Act<'_>]) {
    html.open("div", &[("class", "controls"), ("hidden", "")]);
    html.open("div", &[("class", "choice"), ("role", "group"), ("aria-label", "what the map shows")]);
    html.element("button", &[("type", "button"), ("data-show", "all"), ("aria-pressed", "true")], "all trials");
    for which in [Which::Typical, Which::Bad] {
        let out: Vec<String> = acts.iter().filter_map(|act| out(act, which, acts.len() > 1)).collect();
        if !out.is_empty() {
            let label = format!("a {} trial ({})", which.word(), out.join(", "));
            html.element("button", &[("type", "button"), ("data-show", which.word()), ("aria-pressed", "false")], &label);
        }
    }
    html.close();
    html.open("div", &[("class", "transport"), ("hidden", "")]);
    html.element("button", &[("type", "button"), ("data-go", "back"), ("aria-label", "one moment back")], "‹");
    html.element("button", &[("type", "button"), ("data-go", "play")], "Play");
    html.element("button", &[("type", "button"), ("data-go", "forward"), ("aria-label", "one moment forward")], "›");
    html.open(
        "input",
        &[("type", "range"), ("min", "0"), ("max", "0"), ("value", "0"), ("step", "1"), ("aria-label", "moment of the trial")],
    );
    html.element("output", &[], "").close();
    html.element("p", &[("class", "moment"), ("aria-live", "polite"), ("hidden", "")], "").close();
}

/// How long a film of an act is out, with the name of the act where several are told of.
fn out(act: &Act<'_>, which: Which, named: bool) -> Option<String> {
    let film = act.pictures.films.iter().find(|film| film.which == which)?;
    let out = followed(film.outage_min, act.report.scenario.horizon_min);
    Some(if named { format!("{} {out}", act.title) } else { out })
}

/// What sort of trial it is, in words.
pub(super) fn of(which: Which) -> &'static str {
    match which {
        Which::Typical => "A typical trial, near the median",
        Which::Bad => "A bad trial, near the 95th percentile of outages",
    }
}

//! The scatter plot of an experiment: every setting by its first two objectives, with intervals.
//!
//! In: a frontier. Out: one section. Filled points are those that nobody beats; the recommended, today's and the knee are named.
//! Focus or hover tells a setting in words. The figures are those of the tables in `frontier`.

use super::markup::{Html, number, percent_of};
use super::scale::Scale;
use crate::report::figures::{percent, whole};
use crate::report::frontier::words::name;
use crate::report::frontier::words::{amount, figure, setting as values};
use crate::report::frontier::{Frontier, Objective};

/// Settings that are drawn and listed beside the frontier; `--format csv` has them all.
pub(super) const DRAWN: usize = 250;
const TALL: f64 = 400.0;

/// Draws the plot, where there are two objectives.
pub(super) fn plot(html: &mut Html, frontier: &Frontier) {
    let [x, y, ..] = &frontier.objectives[..] else { return };
    html.open("section", &[("class", "frontier")]).element("h2", &[], "The frontier");
    let aside = format!(
        "Each point is a setting, with {} intervals; filled are those that nobody beats in everything, a dashed red ring breaks a limit. To {}: {}; to {}: {}.",
        percent(frontier.confidence),
        x.direction,
        name(x),
        y.direction,
        name(y)
    );
    html.element("p", &[("class", "aside")], &aside);
    let drawn = order(frontier);
    if drawn.len() < frontier.settings.len() {
        let aside = format!(
            "Drawn are {} of the {} settings: the first {DRAWN}, and all that nobody beats or that are named. `--format csv` has them all.",
            whole(drawn.len() as u64),
            whole(frontier.settings.len() as u64)
        );
        html.sentence("p", &[("class", "aside")], &aside);
    }
    let (across, up) = (axis(frontier, x), axis(frontier, y));
    if across.is_stretched() || up.is_stretched() {
        html.element("p", &[("class", "aside")], "A stretched axis (logarithmic) keeps small figures apart.");
    }
    html.element("p", &[("class", "axis-name")], &format!("↑ {}", name(y)));
    html.open(
        "svg",
        &[
            ("class", "scatter"),
            ("data-across", &format!("{} {}", across.greatest, across.unit)),
            ("data-up", &format!("{} {}", up.greatest, up.unit)),
            ("width", "100%"),
            ("height", &number(TALL + 24.0)),
            ("role", "group"),
            ("aria-label", "settings by their first two objectives"),
        ],
    );
    grid(html, across, up, x, y);
    // With more than two objectives the neighbours in the plot are no neighbours on the frontier.
    if frontier.objectives.len() == 2 {
        joined(html, frontier, across, up, x, y);
    }
    for n in drawn {
        point(html, frontier, n, (across, up), (x, y));
    }
    html.close();
    html.element("p", &[("class", "axis-name right")], &format!("{} →", name(x)));
    let told = frontier.recommendation.as_ref().map(|r| r.setting).or(frontier.frontier.first().copied());
    let told = told.map_or(String::new(), |n| said(frontier, n));
    html.element("p", &[("class", "frontier-says"), ("aria-live", "polite")], &told).close();
}

/// From nothing to the greatest figure; stretched where the frontier would else be a corner.
fn axis(frontier: &Frontier, objective: &Objective) -> Scale {
    let figures: Vec<f64> =
        frontier.settings.iter().filter_map(|s| s.objectives.get(&objective.path)).map(|f| f.high.max(f.value)).collect();
    let greatest = figures.iter().copied().fold(0.0, f64::max) * 1.04;
    let least = figures.iter().copied().filter(|v| *v > 0.0).fold(greatest, f64::min);
    Scale::of_times(least.max(greatest / 1_000.0), greatest)
}

fn at_y(scale: Scale, value: f64) -> f64 {
    TALL - scale.at(value) * (TALL - 10.0)
}

/// Ticks that people say: durations where the objective is one.
fn ticks(scale: Scale, unit: &str, apart: f64) -> Vec<(f64, String)> {
    match unit {
        "minutes" => scale.ticks(apart),
        "hours" => Scale { greatest: scale.greatest * 60.0, unit: scale.unit * 60.0 }.ticks(apart),
        _ => scale.figures(apart).into_iter().map(|(at, value)| (at, amount(value, unit))).collect(),
    }
}

fn grid(html: &mut Html, across: Scale, up: Scale, x: &Objective, y: &Objective) {
    for (at, label) in ticks(across, x.unit, 0.12) {
        let place = percent_of(at);
        html.open("line", &[("class", "grid"), ("x1", &place), ("x2", &place), ("y1", "0"), ("y2", &number(TALL))]).close();
        let anchor = if at == 0.0 { "start" } else { "middle" };
        html.element("text", &[("class", "tick"), ("x", &place), ("y", &number(TALL + 18.0)), ("text-anchor", anchor)], &label);
    }
    for (at, label) in ticks(up, y.unit, 0.08).into_iter().skip(1) {
        let place = number(TALL - at * (TALL - 10.0));
        html.open("line", &[("class", "grid"), ("x1", "0"), ("x2", "100%"), ("y1", &place), ("y2", &place)]).close();
        html.element("text", &[("class", "tick"), ("x", "4"), ("y", &number(TALL - at * (TALL - 10.0) - 4.0))], &label);
    }
}

/// Lines between neighbours on the frontier.
fn joined(html: &mut Html, frontier: &Frontier, across: Scale, up: Scale, x: &Objective, y: &Objective) {
    let place = |n: &usize| {
        let objectives = &frontier.settings[*n].objectives;
        Some((across.at(objectives.get(&x.path)?.value), at_y(up, objectives.get(&y.path)?.value)))
    };
    let mut places: Vec<(f64, f64)> = frontier.frontier.iter().filter_map(place).collect();
    places.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.total_cmp(&a.1)));
    for pair in places.windows(2) {
        let ends = [percent_of(pair[0].0), percent_of(pair[1].0), number(pair[0].1), number(pair[1].1)];
        html.open("line", &[("class", "joined"), ("x1", &ends[0]), ("x2", &ends[1]), ("y1", &ends[2]), ("y2", &ends[3])]).close();
    }
}

/// Those on the frontier last, so that nothing hides them; the recommended one after all.
fn order(frontier: &Frontier) -> Vec<usize> {
    let kept = |n: &usize| *n < DRAWN || frontier.settings[*n].on_frontier || mark(frontier, *n).is_some();
    let mut order: Vec<usize> = (0..frontier.settings.len()).filter(kept).collect();
    order.sort_by_key(|&n| (frontier.settings[n].on_frontier, mark(frontier, n).is_some(), n));
    order
}

/// What a setting is marked as.
pub(super) fn mark(frontier: &Frontier, n: usize) -> Option<String> {
    let mut marks = Vec::new();
    if frontier.recommendation.as_ref().is_some_and(|r| r.setting == n) {
        marks.push("recommended");
    }
    if frontier.knee == Some(n) {
        marks.push("knee");
    }
    if frontier.current.as_ref().is_some_and(|c| c.setting == n) {
        marks.push("today");
    }
    (!marks.is_empty()).then(|| marks.join(", "))
}

/// A setting in words: its values, its objectives, what became of it.
fn said(frontier: &Frontier, n: usize) -> String {
    let setting = &frontier.settings[n];
    let objectives = frontier
        .objectives
        .iter()
        .filter_map(|o| Some(format!("{} {}", name(o), figure(setting.objectives.get(&o.path)?, o.unit))));
    let mut words = vec![format!("{}: {}", values(frontier, n), objectives.collect::<Vec<_>>().join("; "))];
    words.push(setting.fate.to_owned());
    words.extend(mark(frontier, n));
    words.join("; ")
}

fn point(html: &mut Html, frontier: &Frontier, n: usize, (across, up): (Scale, Scale), (x, y): (&Objective, &Objective)) {
    let setting = &frontier.settings[n];
    let (Some(fx), Some(fy)) = (setting.objectives.get(&x.path), setting.objectives.get(&y.path)) else { return };
    let marked = mark(frontier, n);
    let breaks = setting.fate.contains("limit");
    let class = match (setting.on_frontier, breaks, &marked) {
        (true, _, Some(_)) => "point best marked",
        (true, ..) => "point best",
        (_, true, Some(_)) => "point breaks marked",
        (_, _, Some(_)) => "point marked",
        (_, true, _) => "point breaks",
        _ => "point",
    };
    let words = said(frontier, n);
    let (cx, cy) = (percent_of(across.at(fx.value)), number(at_y(up, fy.value)));
    html.open(
        "g",
        &[("class", class), ("tabindex", "-1"), ("role", "img"), ("aria-label", &words), ("data-setting", &n.to_string())],
    );
    html.open(
        "line",
        &[
            ("class", "whisker"),
            ("x1", &percent_of(across.at(fx.low))),
            ("x2", &percent_of(across.at(fx.high))),
            ("y1", &cy),
            ("y2", &cy),
        ],
    )
    .close();
    html.open(
        "line",
        &[("class", "whisker"), ("x1", &cx), ("x2", &cx), ("y1", &number(at_y(up, fy.low))), ("y2", &number(at_y(up, fy.high)))],
    )
    .close();
    html.open("circle", &[("class", "dot"), ("cx", &cx), ("cy", &cy), ("r", if setting.on_frontier { "6" } else { "4.5" })])
        .close();
    if let Some(text) = marked {
        let (anchor, shift) = if across.at(fx.value) > 0.8 { ("end", "-10") } else { ("start", "10") };
        html.element(
            "text",
            &[("class", "marked"), ("x", &cx), ("y", &cy), ("dx", shift), ("dy", "-9"), ("text-anchor", anchor)],
            &text,
        );
    }
    html.close();
}

//! An experiment as a page: the frontier as a scatter plot with intervals, what each parameter does, what still gets
//! through, and what the recommendation costs if a default is wrong.
//!
//! In: a frontier. Out: sections. The plot shows the first two objectives; every setting with all of its figures is in the
//! tables behind. Focus or hover tells a setting in words.

use super::markup::{Html, number, percent_of};
use super::scale::Scale;
use crate::report::figures::{percent, plain, whole};
use crate::report::frontier::words::{amount, change, figure, head, setting as values};
use crate::report::frontier::{Effect, Frontier, Limit, Objective};
use crate::report::text::sentences;

/// Rows of a table of plans, effects or defaults.
const SHOWN: usize = 30;
/// Settings that are drawn and listed beside the frontier; `--format csv` has them all.
const DRAWN: usize = 1_000;
const TALL: f64 = 400.0;

/// Draws the answer of an experiment.
pub(super) fn write(html: &mut Html, frontier: &Frontier) {
    opening(html, frontier);
    plot(html, frontier);
    settings(html, frontier);
    limits(html, frontier);
    effects(html, frontier);
    through(html, frontier);
    regret(html, frontier);
    trust(html, frontier);
}

/// What the experiment is called.
pub(super) fn title(frontier: &Frontier) -> &str {
    let info = &frontier.experiment;
    if info.title.is_empty() { &info.file } else { &info.title }
}

fn opening(html: &mut Html, frontier: &Frontier) {
    html.open("header", &[("class", "opening")]).element("h1", &[], title(frontier));
    if !frontier.complete {
        html.element(
            "p",
            &[("class", "warning")],
            "PARTIAL: the search was interrupted; the figures cover what was tried by then.",
        );
    }
    if !frontier.experiment.about.is_empty() {
        html.element("p", &[("class", "aside")], &frontier.experiment.about);
    }
    let headline = match &frontier.recommendation {
        Some(r) => format!("Recommended: {}.", values(frontier, r.setting)),
        None => "No setting that was tried is shown to keep every limit.".to_owned(),
    };
    html.element("p", &[("class", "headline")], &headline);
    for reason in frontier.recommendation.iter().flat_map(|r| &r.reason) {
        html.element("p", &[], &sentences::headline(reason));
    }
    if let Some(current) = &frontier.current {
        html.element("p", &[], &sentences::headline(&current.sentence));
    }
    html.open("ul", &[("class", "figures")]);
    let effort = &frontier.effort;
    let figures = [
        (format!("{} of {}", whole(effort.settings), whole(effort.grid)), "settings tried, of the whole grid"),
        (whole(frontier.frontier.len() as u64), "on the frontier: nobody beats them"),
        (whole(frontier.plans.count), "plans of the corpus"),
        (whole(frontier.plans.harmful), "of them with a step that does harm as written"),
        (whole(effort.trials), "plan runs simulated"),
        (whole(effort.grid_trials), "plan runs that a full grid takes"),
    ];
    for (value, label) in figures {
        html.open("li", &[]).element("b", &[], &value).element("span", &[], label).close();
    }
    html.close().close();
}

fn plot(html: &mut Html, frontier: &Frontier) {
    let [x, y, ..] = &frontier.objectives[..] else { return };
    html.open("section", &[("class", "frontier")]).element("h2", &[], "The frontier");
    let aside = format!(
        "Each point is a setting, with {} intervals; filled are those that nobody beats in everything, a dashed red ring breaks a limit. To {}: {}; to {}: {}.",
        percent(frontier.confidence),
        x.direction,
        head(x),
        y.direction,
        head(y)
    );
    html.element("p", &[("class", "aside")], &aside);
    let (across, up) = (axis(frontier, x), axis(frontier, y));
    if across.is_stretched() || up.is_stretched() {
        html.element("p", &[("class", "aside")], "A stretched axis (logarithmic) keeps small figures apart.");
    }
    html.element("p", &[("class", "axis-name")], &format!("↑ {}", head(y)));
    html.open(
        "svg",
        &[
            ("class", "scatter"),
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
    for n in order(frontier) {
        point(html, frontier, n, (across, up), (x, y));
    }
    html.close();
    html.element("p", &[("class", "axis-name right")], &format!("{} →", head(x)));
    html.element("p", &[("class", "frontier-says"), ("aria-live", "polite")], "").close();
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
fn mark(frontier: &Frontier, n: usize) -> Option<String> {
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
    let objectives = frontier
        .objectives
        .iter()
        .filter_map(|o| Some(format!("{} {}", head(o), figure(setting.objectives.get(&o.path)?, o.unit))));
    let mut words =
        vec![format!("{}: {}", values(frontier, n), objectives.collect::<Vec<_>>().join("; ")), setting.fate.to_owned()];
    words.extend(marked.clone());
    let words = words.join("; ");
    let (cx, cy) = (percent_of(across.at(fx.value)), number(at_y(up, fy.value)));
    html.open(
        "g",
        &[("class", class), ("tabindex", "-1"), ("role", "img"), ("aria-label", &words), ("data-setting", &n.to_string())],
    )
    .element("title", &[], &words);
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

/// The frontier as a table, and all settings behind.
fn settings(html: &mut Html, frontier: &Frontier) {
    html.open("section", &[("class", "settings")]).element("h2", &[], "Settings that nobody beats");
    table(html, frontier, &frontier.frontier);
    html.open("details", &[("class", "table")]).element(
        "summary",
        &[],
        &if frontier.settings.len() > DRAWN {
            format!("The first {} of {} settings that were tried", whole(DRAWN as u64), whole(frontier.settings.len() as u64))
        } else {
            format!("All {} settings that were tried", frontier.settings.len())
        },
    );
    let tried: Vec<usize> = (0..frontier.settings.len()).take(DRAWN).collect();
    table(html, frontier, &tried);
    html.close().close();
}

fn table(html: &mut Html, frontier: &Frontier, shown: &[usize]) {
    html.open(
        "div",
        &[("class", "scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", "settings and their objectives")],
    );
    html.open("table", &[]).open("thead", &[]).open("tr", &[]).element("th", &[("scope", "col")], "setting");
    for objective in &frontier.objectives {
        html.element("th", &[("scope", "col")], &head(objective));
    }
    html.element("th", &[("scope", "col")], "runs").element("th", &[("scope", "col")], "").close().close().open("tbody", &[]);
    for &n in shown {
        let setting = &frontier.settings[n];
        html.open("tr", &[]).element("th", &[("scope", "row")], &values(frontier, n));
        for objective in &frontier.objectives {
            html.open("td", &[("class", "n")]);
            if let Some(f) = setting.objectives.get(&objective.path) {
                html.element("b", &[], &amount(f.value, objective.unit));
                html.element("small", &[], &format!("{} to {}", amount(f.low, objective.unit), amount(f.high, objective.unit)));
            }
            html.close();
        }
        let fate = mark(frontier, n).map_or(setting.fate.to_owned(), |m| format!("{m}; {}", setting.fate));
        html.element("td", &[("class", "n")], &whole(setting.runs)).element("td", &[], &fate).close();
    }
    html.close().close().close();
}

/// What must hold, and how many settings do.
fn limits(html: &mut Html, frontier: &Frontier) {
    if frontier.limits.is_empty() {
        return;
    }
    html.open("section", &[("class", "bounds")]).element("h2", &[], "Limits");
    html.open("div", &[("class", "scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", "limits and who keeps them")]);
    html.open("table", &[]).open("thead", &[]).open("tr", &[]);
    for head in ["limit", "settings shown to keep it", "to break it", "neither"] {
        html.element("th", &[("scope", "col")], head);
    }
    html.close().close().open("tbody", &[]);
    for limit in &frontier.limits {
        html.open("tr", &[]).open("th", &[("scope", "row")]).text(&bound(limit));
        if let Some(nearest) = limit.nearest {
            html.element("small", &[], &format!("nobody keeps it; the nearest: {}", values(frontier, nearest)));
        }
        html.close();
        for count in [limit.kept, limit.broken, limit.open] {
            html.element("td", &[("class", "n")], &whole(count));
        }
        html.close();
    }
    html.close().close().close().close();
}

fn bound(limit: &Limit) -> String {
    format!("{} {} {}", limit.path, limit.direction.replace('-', " "), amount(limit.bound, limit.unit))
}

/// How much of the spread of an objective each parameter explains.
fn effects(html: &mut Html, frontier: &Frontier) {
    if frontier.sensitivity.is_empty() {
        return;
    }
    html.open("section", &[("class", "effects")]).element("h2", &[], "What each parameter does");
    html.element(
        "p",
        &[("class", "aside")],
        "The part of an objective's spread over all settings that a parameter explains, or two together beyond each.",
    );
    for objective in &frontier.objectives {
        let found: Vec<&Effect> = frontier.sensitivity.iter().filter(|e| e.objective == objective.path).collect();
        if found.is_empty() {
            continue;
        }
        html.open("table", &[("class", "chart waterfall")]).element("caption", &[], &head(objective)).open("tbody", &[]);
        for effect in found.iter().take(SHOWN) {
            html.open("tr", &[]).open("th", &[("scope", "row")]).text(&effect.parameters.join(" with "));
            if !effect.means.is_empty() {
                let means: Vec<String> =
                    effect.means.iter().map(|m| format!("{}: {}", m.value, amount(m.mean, objective.unit))).collect();
                html.element("small", &[], &means.join(" · "));
            }
            html.close()
                .open("td", &[("class", "plot")])
                .open("svg", &[("width", "100%"), ("height", "20"), ("aria-hidden", "true")]);
            html.open(
                "rect",
                &[("class", "part"), ("width", &percent_of(effect.share.max(0.002))), ("y", "3"), ("height", "14"), ("rx", "2")],
            )
            .close();
            html.close().close().element("td", &[("class", "n"), ("data-label", "share")], &percent(effect.share)).close();
        }
        html.close().close();
    }
    html.close();
}

fn through(html: &mut Html, frontier: &Frontier) {
    if frontier.through.is_empty() {
        return;
    }
    html.open("section", &[("class", "through")]).element("h2", &[], "Which plans still get through");
    html.element("p", &[("class", "aside")], "Under the recommendation, by their part of the week's harm.");
    html.open("div", &[("class", "scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", "plans that still do harm")]);
    html.open("table", &[]).open("thead", &[]).open("tr", &[]);
    for head in ["plan", "of the harm", "runs a week", "does harm in", "stopped in", "why"] {
        html.element("th", &[("scope", "col")], head);
    }
    html.close().close().open("tbody", &[]);
    for plan in frontier.through.iter().take(SHOWN) {
        html.open("tr", &[]).open("th", &[("scope", "row")]).text(&plan.plan).element("small", &[], &plan.title).close();
        for cell in [percent(plan.share), plain(plan.per_week, 1), percent(plan.harmful_runs), percent(plan.stopped_runs)] {
            html.element("td", &[("class", "n")], &cell);
        }
        html.element("td", &[], &plan.why).close();
    }
    html.close().close().close().close();
}

fn regret(html: &mut Html, frontier: &Frontier) {
    if frontier.regret.is_empty() {
        return;
    }
    html.open("section", &[("class", "regret")]).element("h2", &[], "If a default is wrong");
    html.open(
        "div",
        &[
            ("class", "scroll"),
            ("tabindex", "0"),
            ("role", "region"),
            ("aria-label", "what the recommendation costs if a default is wrong"),
        ],
    );
    html.open("table", &[]).open("thead", &[]).open("tr", &[]);
    for head in ["default", "at", "support", "the recommendation", "best then", "the recommendation minus that"] {
        html.element("th", &[("scope", "col")], head);
    }
    html.close().close().open("tbody", &[]);
    for regret in frontier.regret.iter().take(SHOWN) {
        let unit = |path: &str| frontier.objectives.iter().find(|o| o.path == path).map_or("count", |o| o.unit);
        let loses: Vec<String> =
            regret.loses.iter().map(|(path, value)| format!("{path} {}", change(*value, unit(path)))).collect();
        let stands = if regret.stands { "stays on the frontier" } else { "is beaten" };
        html.open("tr", &[]).element("th", &[("scope", "row")], &regret.prior);
        for cell in [regret.at, &regret.support, stands, &values(frontier, regret.best), &loses.join("; ")] {
            html.element("td", &[], cell);
        }
        html.close();
    }
    html.close().close().close().close();
}

fn trust(html: &mut Html, frontier: &Frontier) {
    html.open("section", &[("class", "trust")]).element("h2", &[], "What was learnt, and how far to believe it").open("ul", &[]);
    for line in frontier.learnt.iter().chain(&frontier.notes) {
        html.element("li", &[], line);
    }
    html.close();
    let experiment = &frontier.experiment;
    if !experiment.learnt.is_empty() {
        html.element("p", &[], &format!("Its author: {}", experiment.learnt));
    }
    html.open("p", &[]).element("code", &[], &crate::report::command::tune(frontier)).close();
    let digests = format!(
        "experiment {} · seed {} · foreshock {} · {} plans a week {}",
        experiment.digest,
        frontier.seed,
        frontier.foreshock,
        whole(frontier.plans.count),
        plain(frontier.plans.per_week, 1)
    );
    html.element("p", &[("class", "digests")], &digests).close();
}

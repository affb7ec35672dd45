//! An experiment as a page: the frontier, every setting with its figures, what each parameter does, what still gets through, and what
//! the recommendation costs if a default is wrong.
//!
//! In: a frontier. Out: sections. The plot is `scatter`'s; every setting with all of its figures is in the tables behind.

use super::effects;
use super::markup::Html;
use super::scatter::{DRAWN, mark, plot};
use crate::report::figures::{percent, plain, whole};
use crate::report::frontier::words::{self, amount, change, compared, name, nobody, priors, setting as values};
use crate::report::frontier::{Frontier, Limit, Regret};
use crate::report::text::sentences;
use std::iter;

/// Rows of a table of plans, effects or defaults.
const SHOWN: usize = 30;

/// Draws the answer of an experiment.
pub(super) fn write(html: &mut Html, frontier: &Frontier) {
    opening(html, frontier);
    plot(html, frontier);
    settings(html, frontier);
    limits(html, frontier);
    effects::write(html, frontier);
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
        None => format!("Nothing is recommended: {}.", nobody(frontier)),
    };
    html.element("p", &[("class", "headline")], &headline);
    for reason in frontier.recommendation.iter().flat_map(|r| &r.reason) {
        html.sentence("p", &[], &sentences::headline(reason));
    }
    if let Some(current) = &frontier.current {
        html.sentence("p", &[], &sentences::headline(&current.sentence));
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
    html.open("table", &[("class", "cards")]).open("thead", &[]).open("tr", &[]).element("th", &[("scope", "col")], "setting");
    for objective in &frontier.objectives {
        html.element("th", &[("scope", "col"), ("title", &objective.path)], &name(objective));
    }
    html.element("th", &[("scope", "col")], "runs").element("th", &[("scope", "col")], "").close().close().open("tbody", &[]);
    for &n in shown {
        let setting = &frontier.settings[n];
        html.open("tr", &[]).element("th", &[("scope", "row")], &values(frontier, n));
        for objective in &frontier.objectives {
            html.open("td", &[("class", "n"), ("data-label", &name(objective))]);
            if let Some(f) = setting.objectives.get(&objective.path) {
                html.element("b", &[], &amount(f.value, objective.unit));
                html.element("small", &[], &format!("{} to {}", amount(f.low, objective.unit), amount(f.high, objective.unit)));
            }
            html.close();
        }
        let seems = if frontier.unsettled.contains(&n) { "not settled, seems " } else { "" };
        let fate = mark(frontier, n).map_or(String::new(), |m| format!("{m}; ")) + seems + setting.fate;
        html.element("td", &[("class", "n"), ("data-label", "runs")], &whole(setting.runs));
        html.element("td", &[("class", "fate")], &fate).close();
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
    html.open("table", &[("class", "cards")]).open("thead", &[]).open("tr", &[]);
    let heads = ["settings shown to keep it", "to break it", "neither"];
    for head in iter::once("limit").chain(heads) {
        html.element("th", &[("scope", "col")], head);
    }
    html.close().close().open("tbody", &[]);
    for limit in &frontier.limits {
        html.open("tr", &[]).open("th", &[("scope", "row")]).text(&bound(limit));
        if let Some(nearest) = limit.nearest {
            html.element("small", &[], &format!("nobody keeps it; the nearest: {}", values(frontier, nearest)));
        }
        html.close();
        for (head, count) in heads.iter().zip([limit.kept, limit.broken, limit.open]) {
            html.element("td", &[("class", "n"), ("data-label", head)], &whole(count));
        }
        html.close();
    }
    html.close().close().close().close();
}

fn bound(limit: &Limit) -> String {
    format!("{} {}", limit.path, words::bound(limit))
}

fn through(html: &mut Html, frontier: &Frontier) {
    if frontier.through.is_empty() {
        return;
    }
    html.open("section", &[("class", "through")]).element("h2", &[], "Which plans still get through");
    html.element("p", &[("class", "aside")], "Under the recommendation, by their part of the week's harm.");
    html.open("div", &[("class", "scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", "plans that still do harm")]);
    html.open("table", &[("class", "cards")]).open("thead", &[]).open("tr", &[]);
    let heads = ["of the harm", "runs a week", "does harm in", "stopped in"];
    for head in iter::once("plan").chain(heads).chain(iter::once("why")) {
        html.element("th", &[("scope", "col")], head);
    }
    html.close().close().open("tbody", &[]);
    for plan in frontier.through.iter().take(SHOWN) {
        html.open("tr", &[]).open("th", &[("scope", "row")]).text(&plan.plan).element("small", &[], &plan.title).close();
        let cells = [percent(plan.share), plain(plan.per_week, 1), percent(plan.harmful_runs), percent(plan.stopped_runs)];
        for (head, cell) in heads.iter().zip(&cells) {
            html.element("td", &[("class", "n"), ("data-label", head)], cell);
        }
        html.sentence("td", &[("class", "fate")], &plan.why).close();
    }
    html.close().close().close().close();
}

fn regret(html: &mut Html, frontier: &Frontier) {
    if frontier.regret.is_empty() {
        return;
    }
    let is_best = |r: &&Regret| frontier.recommendation.as_ref().is_some_and(|known| known.setting == r.best);
    let (still, falls): (Vec<_>, Vec<_>) = frontier.regret.iter().partition(is_best);
    html.open("section", &[("class", "regret")]).element("h2", &[], "If a default is wrong");
    html.element("p", &[("class", "aside")], &format!("Against the best of {}.", compared(frontier)));
    if falls.is_empty() {
        html.element("p", &[], "The recommendation stays the same whichever default is at its p10 or at its p90.");
    } else {
        loses(html, frontier, &falls);
    }
    let said = priors(&still);
    if !falls.is_empty() && !said.is_empty() {
        html.element("p", &[("class", "aside")], &format!("Still recommended with any of these: {}.", said.join(", ")));
    } else if !said.is_empty() {
        html.element("p", &[("class", "aside")], &format!("Tried: {}.", said.join(", ")));
    }
    html.close();
}

/// What the recommendation loses where another would be best.
fn loses(html: &mut Html, frontier: &Frontier, falls: &[&Regret]) {
    let label = "what the recommendation costs if a default is wrong";
    html.open("div", &[("class", "scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", label)]);
    html.open("table", &[("class", "cards")]).open("thead", &[]).open("tr", &[]);
    let heads = ["at", "support", "the recommendation", "best then", "the recommendation minus that"];
    for head in iter::once("default").chain(heads) {
        html.element("th", &[("scope", "col")], head);
    }
    html.close().close().open("tbody", &[]);
    for regret in falls.iter().take(SHOWN) {
        let lost = regret.loses.iter().map(|(path, value)| {
            let objective = frontier.objectives.iter().find(|o| o.path == *path);
            let (said, unit) = objective.map_or((path.clone(), "count"), |o| (name(o), o.unit));
            format!("{} {said}", change(*value, unit))
        });
        let lost = lost.collect::<Vec<_>>().join("; ");
        let stands = if regret.stands { "stays on the frontier" } else { "is beaten" };
        let best = values(frontier, regret.best);
        html.open("tr", &[]).element("th", &[("scope", "row")], &regret.prior);
        for (head, cell) in heads.iter().zip([regret.at, &regret.support, stands, &best, &lost]) {
            let class = if cell.len() > 30 { "fate" } else { "" };
            html.element("td", &[("class", class), ("data-label", head)], cell);
        }
        html.close();
    }
    html.close().close().close();
    if falls.len() > SHOWN {
        html.element("p", &[("class", "aside")], &format!("and {} more, in the data of this page", falls.len() - SHOWN));
    }
}

fn trust(html: &mut Html, frontier: &Frontier) {
    html.open("section", &[("class", "trust")]).element("h2", &[], "What was learnt, and how far to believe it").open("ul", &[]);
    for line in frontier.learnt.iter().chain(&frontier.notes) {
        html.sentence("li", &[], line);
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

//! An experiment as a page: the frontier, every setting with its figures, what each parameter does, what still gets through, and what
//! the recommendation costs if a default is wrong.
//!
//! In: a frontier. Out: sections. The plot is `scatter`'s; every setting with all of its figures is in the tables behind.

use super::markup::{Html, percent_of};
use super::scatter::{DRAWN, mark, plot};
use crate::report::figures::{percent, plain, whole};
use crate::report::frontier::words::{amount, change, head, setting as values};
use crate::report::frontier::{Effect, Frontier, Limit};
use crate::report::text::sentences;

/// Rows of a table of plans, effects or defaults.
const SHOWN: usize = 30;

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
        let is_best = frontier.recommendation.as_ref().is_some_and(|r| r.setting == regret.best);
        let (best, loses) = if is_best {
            ("the same".to_owned(), "nothing: it is still recommended".to_owned())
        } else {
            (values(frontier, regret.best), loses.join("; "))
        };
        let stands = if regret.stands { "stays on the frontier" } else { "is beaten" };
        html.open("tr", &[]).element("th", &[("scope", "row")], &regret.prior);
        for cell in [regret.at, &regret.support, stands, &best, &loses] {
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

//! What each parameter of an experiment does: the mean of an objective under each of its values, as bars, and which part of
//! the spread it explains.
//!
//! In: a frontier. Out: one section, a table per objective. Two parameters together are a row of words: they have no values.

use super::markup::{Html, percent_of};
use crate::report::figures::percent;
use crate::report::frontier::words::amount;
use crate::report::frontier::words::name;
use crate::report::frontier::{Effect, Frontier, Objective};

/// Parameters, and pairs of them, of an objective.
const SHOWN: usize = 20;

/// Draws the section.
pub(super) fn write(html: &mut Html, frontier: &Frontier) {
    if frontier.sensitivity.is_empty() {
        return;
    }
    html.open("section", &[("class", "effects")]).element("h2", &[], "What each parameter does");
    html.element(
        "p",
        &[("class", "aside")],
        &format!(
            "The bars are the mean of an objective over all settings with that value{}; the percentage is the part of its spread over all settings that the parameter explains, or two together beyond each.",
            frontier.alike()
        ),
    );
    for objective in &frontier.objectives {
        let found: Vec<&Effect> = frontier.sensitivity.iter().filter(|e| e.objective == objective.path).collect();
        if !found.is_empty() {
            table(html, objective, &found);
        }
    }
    html.close();
}

fn table(html: &mut Html, objective: &Objective, found: &[&Effect]) {
    let (single, together): (Vec<&Effect>, Vec<&Effect>) = found.iter().partition(|e| !e.means.is_empty());
    let most = single.iter().flat_map(|e| &e.means).map(|m| m.mean).fold(0.0, f64::max);
    html.open("table", &[("class", "chart waterfall effect")]).element("caption", &[], &name(objective));
    for effect in single.iter().take(SHOWN) {
        html.open("tbody", &[]).open("tr", &[("class", "parameter")]);
        html.open("th", &[("scope", "rowgroup"), ("colspan", "3")]).text(&effect.parameters.join(" with "));
        html.element("span", &[("class", "aside")], &format!(" explains {}", percent(effect.share))).close().close();
        for value in &effect.means {
            let share = if most > 0.0 { value.mean / most } else { 0.0 };
            html.open("tr", &[]).element("th", &[("scope", "row")], &value.value).open("td", &[("class", "plot")]);
            html.open("svg", &[("width", "100%"), ("height", "18"), ("aria-hidden", "true")]);
            let wide = percent_of(share.max(0.002));
            html.open("rect", &[("class", "part"), ("width", &wide), ("y", "3"), ("height", "12"), ("rx", "2")]).close();
            html.close().close();
            html.element("td", &[("class", "n"), ("data-label", "mean")], &amount(value.mean, objective.unit)).close();
        }
        html.close();
    }
    html.close();
    let said: Vec<String> =
        together.iter().take(SHOWN).map(|e| format!("{} {}", e.parameters.join(" with "), percent(e.share))).collect();
    if !said.is_empty() {
        html.element("p", &[("class", "aside")], &format!("Together, beyond each: {}.", said.join(", ")));
    }
}

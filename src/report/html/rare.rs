//! What seldom goes wrong: the branches of a plan with their exact chances, as a table.

use super::markup::Html;
use crate::report::command;
use crate::report::data::Report;
use crate::report::rare::{self, HEADS, Rare};

/// Draws the section, if trials were aimed.
pub(super) fn write(html: &mut Html, report: &Report) {
    let Some(rare) = &report.rare else { return };
    html.open("section", &[("class", "rare")]).element("h2", &[], "What seldom goes wrong");
    html.sentence("p", &[], &rare::chance(rare));
    html.sentence("p", &[("class", "aside")], &rare::worth(rare));
    table(html, rare);
    for tail in rare::tails(rare) {
        html.element("p", &[], &rare::lasts(tail));
    }
    if let Some(trial) = rare.branches.iter().find_map(|b| b.example) {
        html.open("p", &[]).element("code", &[], &command::trace(report, trial)).close();
    }
    html.close();
}

fn table(html: &mut Html, rare: &Rare) {
    html.open("table", &[("class", "cards")]).open("thead", &[]).open("tr", &[]);
    html.element("th", &[("scope", "col")], "may come first");
    for head in HEADS {
        html.element("th", &[("scope", "col"), ("class", "n")], head);
    }
    html.close().close().open("tbody", &[]);
    for branch in &rare.branches {
        html.open("tr", &[]).element("th", &[("scope", "row")], &branch.what);
        for (head, figure) in HEADS.into_iter().zip(&rare::row(branch)) {
            html.element("td", &[("class", "n"), ("data-label", head)], figure);
        }
        html.close();
    }
    html.close().close();
}

//! What seldom goes wrong: the branches of a plan with their exact chances, as a table.

use super::markup::Html;
use crate::report::command;
use crate::report::data::Report;
use crate::report::figures::{duration, percent};
use crate::report::rare::{self, Rare, one_in};

/// Draws the section, if trials were aimed.
pub(super) fn write(html: &mut Html, report: &Report) {
    let Some(rare) = &report.rare else { return };
    html.open("section", &[("class", "rare")]).element("h2", &[], "What seldom goes wrong");
    html.sentence("p", &[], &rare::chance(rare));
    html.sentence("p", &[("class", "aside")], &rare::worth(rare));
    table(html, rare);
    for tail in rare.tail.iter().filter(|tail| tail.high > 0.0) {
        html.element("p", &[], &rare::exceeds(tail));
    }
    if let Some(trial) = rare.branches.iter().find_map(|b| b.example) {
        html.open("p", &[]).element("code", &[], &command::trace(report, trial)).close();
    }
    html.close();
}

fn table(html: &mut Html, rare: &Rare) {
    html.open("table", &[("class", "cards")]).open("thead", &[]).open("tr", &[]);
    html.element("th", &[("scope", "col")], "first of these");
    let heads = ["chance", "outage in it", "on average", "of all minutes"];
    for head in heads {
        html.element("th", &[("scope", "col"), ("class", "n")], head);
    }
    html.close().close().open("tbody", &[]);
    for branch in &rare.branches {
        html.open("tr", &[]).element("th", &[("scope", "row")], &branch.what);
        let figures = [one_in(branch.chance), one_in(branch.event.mean), duration(branch.outage_min), percent(branch.share)];
        for (head, figure) in heads.into_iter().zip(&figures) {
            html.element("td", &[("class", "n"), ("data-label", head)], figure);
        }
        html.close();
    }
    html.close().close();
}

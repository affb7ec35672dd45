//! The map as tables, behind the picture: groups where cells are grouped, and cells with what they need.

use super::boxes::{States, few};
use super::markup::Html;
use super::scene::Scene;
use super::states::Usual;
use crate::report::data::Report;
use crate::report::figures::{percent, whole};
use crate::report::pictures::Map;

/// Draws the tables, with so many cells.
pub(super) fn write(html: &mut Html, scene: &Scene, report: &Report, map: &Map, most: usize) {
    if scene.grouped.is_some() {
        html.open("details", &[("class", "table")]).element("summary", &[], "The groups as a table");
        groups(html, scene, report);
        html.close();
    }
    html.open("details", &[("class", "table")]).element("summary", &[], "The map as a table");
    cells(html, report, map, most);
    html.close();
}

fn head(html: &mut Html, label: &str, heads: &[&str]) {
    html.open("div", &[("class", "scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", label)]);
    html.open("table", &[]).open("thead", &[]).open("tr", &[]);
    for head in heads {
        html.element("th", &[("scope", "col")], head);
    }
    html.close().close().open("tbody", &[]);
}

/// Every box of the map, those with most cells out first.
fn groups(html: &mut Html, scene: &Scene, report: &Report) {
    let mut rows: Vec<_> = scene.nodes.iter().enumerate().map(|(id, node)| (id, node, States::of(node, report))).collect();
    rows.sort_by(|a, b| b.2.out().total_cmp(&a.2.out()));
    head(
        html,
        "groups and their states",
        &["group", "region", "cells", "out, mean", "by the usual state of cells", "needs most"],
    );
    for (id, node, states) in rows {
        let needs: Vec<String> = scene
            .edges
            .iter()
            .filter(|e| e.to == id)
            .map(|e| format!("{} ({} {})", scene.nodes[e.from].name, e.ties, if e.ties == 1 { "tie" } else { "ties" }))
            .collect();
        html.open("tr", &[]).element("th", &[("scope", "row")], &node.name);
        html.element("td", &[], &scene.regions[node.region]);
        html.element("td", &[("class", "n")], &whole(node.cells.len() as u64));
        html.element("td", &[("class", "n")], &few(states.out()));
        html.element("td", &[], &states.all()).element("td", &[], &needs.join(", ")).close();
    }
    html.close().close().close();
}

/// The cells; of many those that are hit most often.
fn cells(html: &mut Html, report: &Report, map: &Map, most: usize) {
    head(html, "cells and their needs", &["cell", "usual state", "share of trials", "out at all", "needs"]);
    let mut needs: Vec<Vec<&str>> = vec![Vec::new(); map.cells.len()];
    for tie in &map.ties {
        needs[tie.to].push(&map.cells[tie.from].name);
    }
    let usual = |cell: usize| Usual::of(report.cells.get(&map.cells[cell].name));
    let mut order: Vec<usize> = (0..map.cells.len()).collect();
    if order.len() > most {
        order.sort_by(|&a, &b| usual(b).hit.total_cmp(&usual(a).hit));
    }
    for &cell in order.iter().take(most) {
        let subject = report.cells.get(&map.cells[cell].name);
        let (Usual { look, share, .. }, out) = (usual(cell), subject.map_or(0.0, |s| s.affected.mean));
        html.open("tr", &[]).element("th", &[("scope", "row")], &map.cells[cell].name);
        html.element("td", &[], look.word).element("td", &[("class", "n")], &percent(share));
        html.element("td", &[("class", "n")], &percent(out));
        html.element("td", &[], &needs[cell].join(", ")).close();
    }
    html.close().close().close();
    if map.cells.len() > most {
        let rest = format!(
            "These are the {} that are hit most often; the other {} are in the groups of the map and in the data of this page.",
            whole(most as u64),
            whole((map.cells.len() - most) as u64)
        );
        html.element("p", &[("class", "aside")], &rest);
    }
}

//! The map: lanes of regions, nodes in layers, needs as edges; states by colour, pattern, letter and word.
//!
//! In: a scene and the report whose cells stand in it. Out: an SVG that shows all trials at once; the script shows
//! single moments on it. Cells of the scene that this plan cannot reach are drawn as such.

use super::markup::{Attributes, Html, number};
use super::scene::{Edge, Node, SIZES, Scene};
use super::states::{LOOKS, Look, usual};
use crate::report::data::Report;
use crate::report::figures::percent;
use crate::report::pictures::{Map, TieKind};
use crate::report::untrusted::{clean, shorten};
use rustc_hash::FxHashMap;

/// Draws the map of a report on a scene. `label` says whose it is; `key` leads the script to its films.
pub(super) fn draw(html: &mut Html, scene: &Scene, report: &Report, map: &Map, label: &str, key: &str) {
    let (width, height) = scene.layout.size;
    let index: FxHashMap<&str, usize> = map.cells.iter().enumerate().map(|(i, c)| (c.name.as_str(), i)).collect();
    html.open("div", &[("class", "scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", label)]);
    html.open(
        "svg",
        &[
            ("class", "map"),
            ("data-film", key),
            ("viewBox", &format!("0 0 {} {}", number(width), number(height))),
            ("width", &number(width)),
            ("height", &number(height)),
            ("role", "group"),
            ("aria-label", label),
        ],
    );
    lanes(html, scene, width);
    html.open("g", &[("class", "edges"), ("aria-hidden", "true")]);
    for (edge, points) in scene.edges.iter().zip(&scene.layout.edges) {
        draw_edge(html, edge, points);
    }
    html.close();
    for (id, (node, place)) in scene.nodes.iter().zip(&scene.layout.nodes).enumerate() {
        draw_node(html, id, node, *place, report, &index);
    }
    html.close().close();
}

fn lanes(html: &mut Html, scene: &Scene, width: f64) {
    let shown = scene.regions.iter().zip(&scene.layout.lanes).filter(|(_, (_, height))| *height > 0.0);
    for (name, (top, height)) in shown {
        let inner = number(height - 6.0);
        html.open(
            "rect",
            &[("class", "lane"), ("x", "0"), ("y", &number(*top)), ("width", &number(width)), ("height", &inner), ("rx", "6")],
        );
        html.close();
        let title = shorten(&clean(name), 40).into_owned();
        html.element("text", &[("class", "lane-name"), ("x", "12"), ("y", &number(top + 18.0))], &title);
    }
}

fn draw_edge(html: &mut Html, edge: &Edge, points: &[(f64, f64)]) {
    let class = match edge.kind {
        TieKind::Serve => "edge",
        TieKind::Redundant => "edge redundant",
        TieKind::Queue => "edge queue",
        TieKind::Start | TieKind::Repair | TieKind::Observe => "edge gate",
    };
    // A need that only a part of the requests uses is drawn thinner.
    let width = number(0.8 + edge.share * 0.9);
    let (from, to) = (edge.from.to_string(), edge.to.to_string());
    let path = path(points);
    html.open("path", &[("class", class), ("d", &path), ("stroke-width", &width), ("data-from", &from), ("data-to", &to)])
        .close();
}

/// A smooth line through the points.
fn path(points: &[(f64, f64)]) -> String {
    let first = points.first().map(|&(x, y)| format!("M{} {}", number(x), number(y)));
    first.into_iter().chain(points.windows(2).map(|pair| piece(pair[0], pair[1]))).collect()
}

fn piece((px, py): (f64, f64), (x, y): (f64, f64)) -> String {
    let to = format!("{} {}", number(x), number(y));
    if (py - y).abs() < 0.01 {
        return format!("L{to}");
    }
    // Both in one layer: round the outside.
    let middle = number(if (px - x).abs() < 0.01 { px + 40.0 } else { f64::midpoint(px, x) });
    format!("C{middle} {} {middle} {} {to}", number(py), number(y))
}

fn draw_node(html: &mut Html, id: usize, node: &Node, (x, y): (f64, f64), report: &Report, index: &FxHashMap<&str, usize>) {
    let cells: Vec<String> = node.cells.iter().filter_map(|c| index.get(c.as_str())).map(usize::to_string).collect();
    let (look, words) = if cells.is_empty() { (LOOKS[6], "out of reach".to_owned()) } else { over_all_trials(node, report) };
    let mut class = format!("node s-{}", look.word);
    for (is, name) in [
        (cells.is_empty(), " beyond"),
        (node.target, " target"),
        (node.customers, " customers"),
        (node.cells.len() > 1, " group"),
    ] {
        if is {
            class += name;
        }
    }
    let (width, height) = SIZES.node;
    let name = shorten(&clean(&node.name), if node.cells.len() > 1 { 15 } else { 21 }).into_owned();
    let count = if node.cells.len() > 1 { format!(" × {}", node.cells.len()) } else { String::new() };
    let translate = format!("translate({} {})", number(x), number(y));
    let whole = aria(node, &words);
    html.open(
        "g",
        &[
            ("class", &class),
            ("transform", &translate),
            ("data-node", &id.to_string()),
            ("data-cells", &cells.join(" ")),
            ("role", "img"),
            ("aria-label", &whole),
        ],
    );
    html.element("title", &[], &whole);
    rect(html, "box", (0.0, 0.0), (width, height), "5");
    rect(html, "strip", (0.0, 0.0), (26.0, height), "5");
    rect(html, "hatch", (0.0, 0.0), (26.0, height), "5");
    text(html, "letter", (13.0, height / 2.0 + 5.0), look.letter);
    text(html, "name", (33.0, 17.0), &format!("{name}{count}"));
    text(html, "state", (33.0, 33.0), &words);
    if node.customers {
        text(html, "mark", (width - 8.0, 33.0), "customers");
    } else if node.target {
        text(html, "mark", (width - 8.0, 33.0), "target");
    }
    html.close();
}

fn rect(html: &mut Html, class: &str, (x, y): (f64, f64), (width, height): (f64, f64), round: &str) {
    let (x, y, width, height) = (number(x), number(y), number(width), number(height));
    let attributes: Attributes<'_> =
        &[("class", class), ("x", &x), ("y", &y), ("width", &width), ("height", &height), ("rx", round)];
    html.open("rect", attributes).close();
}

fn text(html: &mut Html, class: &str, (x, y): (f64, f64), text: &str) {
    html.element("text", &[("class", class), ("x", &number(x)), ("y", &number(y))], text);
}

/// The state to show, and its words: `down in 100%`, `12 of 40 hit`.
fn over_all_trials(node: &Node, report: &Report) -> (Look, String) {
    let looks: Vec<(Look, f64)> = node.cells.iter().map(|cell| usual(report.cells.get(cell))).collect();
    let place = |look: &Look| LOOKS.iter().position(|l| l == look).unwrap_or(LOOKS.len());
    let worst = looks.iter().map(|(look, _)| *look).min_by_key(place).unwrap_or(LOOKS[6]);
    if let [(look, share)] = looks[..] {
        return (
            look,
            if *look.word == *LOOKS[6].word { "never touched".to_owned() } else { format!("{} {}", look.word, percent(share)) },
        );
    }
    let hit = node.cells.iter().filter_map(|c| report.cells.get(c)).filter(|s| s.affected.mean > 0.0).count();
    (worst, if hit == 0 { "none hit".to_owned() } else { format!("{hit} of {} hit", node.cells.len()) })
}

fn aria(node: &Node, words: &str) -> String {
    let name = if let [cell] = &node.cells[..] { cell.clone() } else { format!("{}: {} cells", node.name, node.cells.len()) };
    let mut text = format!("{name}, {words}");
    if node.target {
        text += ", touched by the plan";
    }
    if node.customers {
        text += ", used by customers";
    }
    text
}

/// What the signs mean.
pub(super) fn legend(html: &mut Html) {
    html.open("ul", &[("class", "legend"), ("aria-label", "what the signs on the map mean")]);
    for look in LOOKS {
        html.open("li", &[]);
        badge(html, look);
        html.element("b", &[], look.word).text(&format!(" {}", look.means)).close();
    }
    let lines = [
        ("edge", "needs it to serve"),
        ("edge redundant", "one of several"),
        ("edge queue", "work arrives through it"),
        ("edge gate", "needs it to start, be mended or be seen"),
    ];
    for (class, means) in lines {
        html.open("li", &[]);
        html.open("svg", &[("class", "sample"), ("width", "34"), ("height", "14"), ("aria-hidden", "true")]);
        html.open("path", &[("class", class), ("d", "M1 7L33 7"), ("stroke-width", "1.7")]).close().close();
        html.text(means).close();
    }
    html.close();
}

/// The badge of a state.
pub(super) fn badge(html: &mut Html, look: Look) {
    let class = format!("badge s-{}", look.word);
    html.open("svg", &[("class", &class), ("width", "22"), ("height", "18"), ("aria-hidden", "true")]);
    rect(html, "strip", (0.0, 0.0), (22.0, 18.0), "3");
    rect(html, "hatch", (0.0, 0.0), (22.0, 18.0), "3");
    text(html, "letter", (11.0, 13.5), look.letter);
    html.close();
}

/// The patterns that states are told apart by without colour; once per page.
pub(super) fn patterns(html: &mut Html) {
    html.open("svg", &[("class", "defs"), ("width", "0"), ("height", "0"), ("aria-hidden", "true"), ("focusable", "false")]);
    html.open("defs", &[]);
    let stripes = [
        ("p-down", "M0 0L8 8M8 0L0 8"),
        ("p-failing", "M-2 2L2 -2M0 8L8 0M6 10L10 6"),
        ("p-degraded", "M0 4L8 4"),
        ("p-starved", "M2 2L3 2M6 6L7 6"),
        ("p-lagging", "M4 0L4 8"),
        ("p-exposed", "M0 0L2 0M4 4L6 4"),
        ("p-wait", "M-2 2L2 -2M0 8L8 0M6 10L10 6"),
    ];
    for (id, d) in stripes {
        html.open("pattern", &[("id", id), ("width", "8"), ("height", "8"), ("patternUnits", "userSpaceOnUse")]);
        html.open("path", &[("d", d)]).close().close();
    }
    html.close().close();
}

/// The map as a table, behind the picture.
pub(super) fn table(html: &mut Html, report: &Report, map: &Map) {
    html.open("details", &[("class", "table")]).element("summary", &[], "The map as a table");
    html.open("div", &[("class", "scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", "cells and their needs")]);
    html.open("table", &[]).open("thead", &[]).open("tr", &[]);
    for head in ["cell", "usual state", "share of trials", "needs"] {
        html.element("th", &[("scope", "col")], head);
    }
    html.close().close().open("tbody", &[]);
    let mut needs: Vec<Vec<&str>> = vec![Vec::new(); map.cells.len()];
    for tie in &map.ties {
        needs[tie.to].push(&map.cells[tie.from].name);
    }
    for (cell, needs) in map.cells.iter().zip(needs).take(500) {
        let (look, share) = usual(report.cells.get(&cell.name));
        html.open("tr", &[]).element("th", &[("scope", "row")], &cell.name);
        html.element("td", &[], look.word).element("td", &[("class", "n")], &percent(share));
        html.element("td", &[], &needs.join(", ")).close();
    }
    html.close().close().close();
    if map.cells.len() > 500 {
        let rest = format!("and {} more cells; all of them are in the data of this page", map.cells.len() - 500);
        html.element("p", &[("class", "aside")], &rest);
    }
    html.close();
}

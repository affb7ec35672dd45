//! The map: lanes of regions, nodes in layers, needs as edges; states by colour, pattern, letter and word.
//!
//! In: a scene and the report whose cells stand in it. Out: an SVG that shows all trials at once; the script shows
//! single moments on it. Cells of the scene that this plan cannot reach are drawn as such.

use super::boxes;
use super::layout::ROUND;
use super::markup::{Attributes, Html, number};
use super::scene::{Edge, Scene};
use super::states::{LOOKS, Look, Usual};
use crate::report::data::Report;
use crate::report::pictures::{Map, Pictures, TieKind};
use crate::report::untrusted::{clean, shorten};
use rustc_hash::FxHashMap;

/// Whose map it is.
pub(super) struct Drawn<'a> {
    /// The figures of its cells.
    pub(super) report: &'a Report,
    /// The cells that the plan can reach.
    pub(super) map: &'a Map,
    /// Said of the whole.
    pub(super) label: &'a str,
    /// Leads the script to its films.
    pub(super) key: &'a str,
    /// What it is compared with: boxes that come out differently are marked.
    pub(super) beside: Option<&'a Report>,
}

/// Draws a map on a scene.
pub(super) fn draw(html: &mut Html, scene: &Scene, drawn: &Drawn<'_>) {
    let &Drawn { map, label, key, .. } = drawn;
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
        boxes::draw(html, (id, node), *place, scene.sizes.node, drawn, &index);
    }
    html.close().close();
    if scene.grouped.is_some() {
        // The script puts the cells of an opened group here.
        let label = "cells of the opened group";
        html.open(
            "div",
            &[
                ("class", "members scroll"),
                ("data-of", key),
                ("role", "region"),
                ("aria-label", label),
                ("tabindex", "-1"),
                ("hidden", ""),
            ],
        )
        .close();
    }
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
    let class = line(edge.kind);
    // A need that only a part of the requests uses is drawn thinner, one that stands for many thicker.
    #[expect(clippy::cast_precision_loss, reason = "a width")]
    let width = number(0.8 + edge.share * 0.9 + libm::log2(edge.ties as f64) * 0.15);
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
    let middle = number(if (px - x).abs() < 0.01 { px + ROUND } else { f64::midpoint(px, x) });
    format!("C{middle} {} {middle} {} {to}", number(py), number(y))
}

pub(super) fn rect(html: &mut Html, class: &str, (x, y): (f64, f64), (width, height): (f64, f64), round: &str) {
    let (left, top, width, height) = (number(x), number(y), number(width), number(height));
    let attributes: Attributes<'_> =
        &[("x", &left), ("y", &top), ("class", class), ("width", &width), ("height", &height), ("rx", round)];
    html.open("rect", if left == "0" && top == "0" { &attributes[2..] } else { attributes }).close();
}

pub(super) fn text(html: &mut Html, class: &str, (x, y): (f64, f64), text: &str) {
    html.element("text", &[("class", class), ("x", &number(x)), ("y", &number(y))], text);
}

/// What the signs mean: those that this map and its films use.
pub(super) fn legend(html: &mut Html, scene: &Scene, report: &Report, pictures: &Pictures) {
    html.open("ul", &[("class", "legend"), ("aria-label", "what the signs on the map mean")]);
    let usual = |look: &Look| pictures.map.cells.iter().any(|c| Usual::of(report.cells.get(&c.name)).look == *look);
    let filmed = |look: &Look| pictures.films.iter().flat_map(|f| &f.spans).any(|span| span.state == look.word);
    for look in LOOKS.into_iter().filter(|look| *look == LOOKS[6] || usual(look) || filmed(look)) {
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
    for (class, means) in lines.into_iter().filter(|(class, _)| scene.edges.iter().any(|e| line(e.kind) == *class)) {
        html.open("li", &[]);
        html.open("svg", &[("class", "sample"), ("width", "34"), ("height", "14"), ("aria-hidden", "true")]);
        html.open("path", &[("class", class), ("d", "M1 7L33 7"), ("stroke-width", "1.7")]).close().close();
        html.text(means).close();
    }
    html.close();
}

/// How a tie is drawn.
const fn line(kind: TieKind) -> &'static str {
    match kind {
        TieKind::Serve => "edge",
        TieKind::Redundant => "edge redundant",
        TieKind::Queue => "edge queue",
        TieKind::Start | TieKind::Repair | TieKind::Observe => "edge gate",
    }
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
    html.open(
        "marker",
        &[
            ("id", "arrow"),
            ("viewBox", "0 0 8 8"),
            ("refX", "7.5"),
            ("refY", "4"),
            ("markerWidth", "8"),
            ("markerHeight", "8"),
            ("markerUnits", "userSpaceOnUse"),
            ("orient", "auto"),
        ],
    );
    html.open("path", &[("class", "tip"), ("d", "M0 0.5L8 4L0 7.5Z")]).close().close();
    for (id, d) in stripes {
        html.open("pattern", &[("id", id), ("width", "8"), ("height", "8"), ("patternUnits", "userSpaceOnUse")]);
        html.open("path", &[("d", d)]).close().close();
    }
    html.close().close();
}

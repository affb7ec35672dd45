//! A box on the map: a cell, or a group of cells with the states of its members as a bar.
//!
//! In: a node of a scene and the report whose cells stand in it. Out: a badge, a name, a state in words. The script rewrites
//! badge, words and bar for single moments, and opens groups.

use super::map::{Drawn, rect, text};
use super::markup::{Html, number};
use super::scene::Node;
use super::states::{self, LOOKS, Look, Usual};
use crate::report::data::Report;
use crate::report::figures::{count, plain};
use crate::report::untrusted::{clean, shorten};
use rustc_hash::FxHashMap;

/// Where text begins: right of the badge.
const INDENT: f64 = 33.0;

/// Draws a node; `index` finds the cells that this plan can reach.
pub(super) fn draw(
    html: &mut Html,
    (id, node): (usize, &Node),
    (x, y): (f64, f64),
    (width, height): (f64, f64),
    drawn: &Drawn<'_>,
    index: &FxHashMap<&str, usize>,
) {
    let report = drawn.report;
    let within: Vec<usize> = node.cells.iter().filter_map(|c| index.get(c.as_str())).copied().collect();
    // Of two plans on one scene each touches its own cells.
    let target = within.iter().any(|&cell| drawn.map.cells[cell].target);
    let cells: Vec<String> = within.iter().map(usize::to_string).collect();
    let many = node.cells.len() > 1;
    let crowd = States::of(node, report);
    let (look, words, told) = match &node.cells[..] {
        _ if cells.is_empty() => (LOOKS[6], "out of reach".to_owned(), String::new()),
        [cell] => single(cell, report),
        _ => (crowd.look(), crowd.words(), String::new()),
    };
    let differs = drawn.beside.is_some_and(|base| differs(node, report, base));
    let whole = aria(node, &format!("{words}{told}"), target) + if differs { ", not as in the base" } else { "" };
    // Tooltips are made by the script, of the labels: a page with many maps stays small.
    html.open(
        "g",
        &[
            ("class", &class(node, look, cells.is_empty(), target)),
            ("transform", &format!("translate({} {})", number(x), number(y))),
            ("data-node", &id.to_string()),
            ("data-cells", &cells.join(" ")),
            ("role", "img"),
            ("aria-label", &whole),
        ],
    );
    rect(html, "box", (0.0, 0.0), (width, height), "5");
    rect(html, "strip", (0.0, 0.0), (26.0, height), "5");
    rect(html, "hatch", (0.0, 0.0), (26.0, height), "5");
    text(html, "letter", (13.0, height / 2.0 + 5.0), look.letter);
    let top = if many { 17.0 } else { height / 2.0 - 4.0 };
    let mark = match (node.customers, target) {
        (true, _) => "customers",
        (_, true) => "target",
        _ => "",
    };
    // The words of a group fill their line, so what it is stands beside its name.
    let (room, mark_top) = if many && !mark.is_empty() { (11, top) } else { (20, top + 16.0) };
    text(html, "name", (INDENT, top), &shorten(&clean(&node.name), room));
    text(html, "state", (INDENT, top + 16.0), &words);
    if !mark.is_empty() {
        text(html, "mark", (width - 8.0, mark_top), mark);
    }
    if differs {
        text(html, "mark", (width - 8.0, if many { top + 16.0 } else { top }), "≠");
    }
    if many {
        bar(html, &crowd, width - INDENT - 8.0);
    }
    html.close();
}

fn class(node: &Node, look: Look, beyond: bool, target: bool) -> String {
    let mut class = format!("node s-{}", look.word);
    for (is, name) in [(beyond, " beyond"), (target, " target"), (node.customers, " customers"), (node.cells.len() > 1, " group")]
    {
        if is {
            class += name;
        }
    }
    class
}

/// A cell over all trials: `down 100%`; where it is out in several ways, also how often in each.
fn single(cell: &str, report: &Report) -> (Look, String, String) {
    let subject = report.cells.get(cell);
    let usual = Usual::of(subject);
    let several = usual.words().starts_with("out");
    let told = if several { format!(" ({})", states::each(subject)) } else { String::new() };
    (usual.look, usual.words(), told)
}

/// Whether any cell of a node comes out differently.
fn differs(node: &Node, report: &Report, base: &Report) -> bool {
    node.cells.iter().any(|cell| states::differs(report.cells.get(cell), base.cells.get(cell)))
}

/// How many cells of a group are out or touched on average over the trials, each counted under its usual state.
pub(super) struct States {
    cells: usize,
    /// As many as [`LOOKS`]; what is left of the cells is normal.
    each: [f64; 7],
}

impl States {
    /// Those of a node.
    pub(super) fn of(node: &Node, report: &Report) -> Self {
        let mut each = [0.0; 7];
        for cell in &node.cells {
            let Usual { look, hit, .. } = Usual::of(report.cells.get(cell));
            each[place(look)] += hit;
        }
        #[expect(clippy::cast_precision_loss, reason = "a few thousand cells")]
        let all = node.cells.len() as f64;
        each[6] = (all - each[..6].iter().sum::<f64>()).max(0.0);
        States { cells: node.cells.len(), each }
    }

    /// How many have an outage.
    pub(super) fn out(&self) -> f64 {
        self.each[..3].iter().sum()
    }

    /// The state of most, of those that have any other than normal.
    fn look(&self) -> Look {
        let most = (0..6).filter(|&i| self.each[i] > 0.0).reduce(|a, b| if self.each[b] > self.each[a] { b } else { a });
        LOOKS[most.unwrap_or(6)]
    }

    /// `34 of 120 out`.
    fn words(&self) -> String {
        let touched: f64 = self.each[3..6].iter().sum();
        match (self.out(), touched) {
            (out, _) if out > 0.0 => format!("{} of {} out", few(out), self.cells),
            (_, touched) if touched > 0.0 => format!("{} of {} touched", few(touched), self.cells),
            _ => format!("none of {} touched", self.cells),
        }
    }

    /// `failing 34, starved 2.1`: all of it in words.
    pub(super) fn all(&self) -> String {
        let said = LOOKS.iter().zip(self.each).take(6).filter(|(_, n)| *n > 0.0);
        let said: Vec<String> = said.map(|(look, n)| format!("{} {}", look.word, few(n))).collect();
        if said.is_empty() { "never touched".to_owned() } else { said.join(", ") }
    }
}

/// A mean of cells: exact enough to add up in the head.
pub(super) fn few(cells: f64) -> String {
    match cells {
        n if n > 0.0 && n < 0.1 => "<0.1".to_owned(),
        n if n < 10.0 => plain(n, 1),
        n => count(libm::round(n)),
    }
}

fn place(look: Look) -> usize {
    LOOKS.iter().position(|l| *l == look).unwrap_or(6)
}

/// The states of a group side by side; the script moves the parts.
fn bar(html: &mut Html, states: &States, wide: f64) {
    html.open("g", &[("class", "shares"), ("data-wide", &number(wide))]);
    #[expect(clippy::cast_precision_loss, reason = "a few thousand cells")]
    let unit = wide / states.cells.max(1) as f64;
    let mut x = INDENT;
    for (look, n) in LOOKS.iter().zip(states.each) {
        rect(html, &format!("strip s-{}", look.word), (x, 42.0), (n * unit, 8.0), "0");
        x += n * unit;
    }
    html.close();
}

fn aria(node: &Node, words: &str, target: bool) -> String {
    let name = if let [cell] = &node.cells[..] { cell.clone() } else { format!("{}: {} cells", node.name, node.cells.len()) };
    let mut text = format!("{name}, {words}");
    if target {
        text += ", touched by the plan";
    }
    if node.customers {
        text += ", used by customers";
    }
    text
}

//! DOT: the reach of a target as a graph, for Graphviz.
//!
//! In: a reach. Out: one node per cell, one edge per last step of its way, from the target outwards. Only
//! reach can be shown; labels are cleaned, and escaped by petgraph.

use super::figures::percent;
use super::untrusted::clean;
use super::{Format, View, reach::Dependant, reach::Reach};
use petgraph::dot::{Config, Dot as Graphviz};
use petgraph::graph::{DiGraph, NodeIndex};

/// The format `dot`.
#[derive(Debug)]
pub(super) struct Dot;

impl Format for Dot {
    fn name(&self) -> &'static str {
        "dot"
    }

    fn reach(&self, reach: &Reach, _view: &View) -> Option<String> {
        let mut graph: DiGraph<String, String> = DiGraph::new();
        let nodes: Vec<NodeIndex> = reach.reached.iter().map(|cell| graph.add_node(clean(&cell.cell).into_owned())).collect();
        for (cell, &node) in reach.reached.iter().zip(&nodes) {
            if let Some(through) = cell.through {
                graph.add_edge(nodes[through], node, label(cell));
            }
        }
        let edge = |_, _: petgraph::graph::EdgeReference<'_, String>| String::new();
        let node = |_, (index, _): (NodeIndex, &String)| look(&reach.reached[index.index()]);
        let config = [Config::RankDir(petgraph::dot::RankDir::LR)];
        Some(format!("{}", Graphviz::with_attr_getters(&graph, &config, &edge, &node)))
    }
}

fn label(cell: &Dependant) -> String {
    let mut parts = vec![cell.tie.to_owned()];
    parts.extend(cell.share.filter(|share| *share < 1.0).map(percent));
    let after = Some(cell.after()).filter(|after| !after.is_empty());
    parts.extend(after.map(|after| if cell.hold_min.is_some() { format!("after {after}") } else { after }));
    parts.join(", ")
}

fn look(cell: &Dependant) -> String {
    let shape = if cell.customers { "doubleoctagon" } else { "box" };
    let style = match cell.tie {
        "target" | "hard" => "bold",
        "soft" => "solid",
        _ => "dashed",
    };
    format!("shape={shape} style={style}")
}

//! What stands on a map: cells, or groups of them where there are too many to be told apart.
//!
//! In: one or several maps of the same world (a variant beside its base), so that both are drawn with everything at
//! the same place. Out: nodes, edges and their layout. What a step or a fault touches, and what customers use, is
//! never hidden in a group unless it is many itself.

use super::layout::{Layout, Net, Sizes, layer_of, layout};
use crate::report::pictures::{Map, MapCell, TieKind};
use indexmap::{IndexMap, IndexSet};

/// More nodes than this are grouped.
const MOST: usize = 220;
/// So many targets, and so many cells that customers use, stand alone however many others there are.
const ALONE: usize = 24;

/// Sizes of everything on a map.
pub(super) const SIZES: Sizes = Sizes { node: (178.0, 42.0), gap: (64.0, 14.0), title: 26.0 };

/// A scene, laid out.
#[derive(Debug)]
pub(super) struct Scene {
    /// The lanes, top to bottom.
    pub(super) regions: Vec<String>,
    /// What stands in them.
    pub(super) nodes: Vec<Node>,
    /// What ties them.
    pub(super) edges: Vec<Edge>,
    /// Where it stands.
    pub(super) layout: Layout,
    /// Whether cells are grouped.
    pub(super) grouped: bool,
}

/// A cell or a group of cells.
#[derive(Debug)]
pub(super) struct Node {
    /// Its service, or the name of the group.
    pub(super) name: String,
    /// Its cells.
    pub(super) cells: Vec<String>,
    /// Whether customers use it directly.
    pub(super) customers: bool,
    /// Whether a step or a fault touches it.
    pub(super) target: bool,
}

/// A tie between two nodes.
#[derive(Debug)]
pub(super) struct Edge {
    /// The needed node.
    pub(super) from: usize,
    /// The needing node.
    pub(super) to: usize,
    /// The strongest tie between their cells.
    pub(super) kind: TieKind,
    /// The largest part of requests that uses it.
    pub(super) share: f64,
}

/// Cells and ties of several maps, by name.
#[derive(Default)]
struct Union<'a> {
    cells: IndexMap<&'a str, MapCell>,
    ties: IndexMap<(usize, usize), (TieKind, f64)>,
    regions: IndexSet<&'a str>,
}

impl Scene {
    /// The scene of one or several maps.
    pub(super) fn new(maps: &[&Map]) -> Self {
        let union = Union::of(maps);
        let depth = layer_of(&Net { lanes: vec![0; union.cells.len()], edges: union.ties.keys().copied().collect() });
        let (node_of, mut nodes) = union.group(&depth);
        let mut edges: IndexMap<(usize, usize), (TieKind, f64)> = IndexMap::new();
        for (&(from, to), &(kind, share)) in &union.ties {
            let (from, to) = (node_of[from], node_of[to]);
            if from != to {
                let known = edges.entry((from, to)).or_insert((kind, share));
                *known = (known.0.min(kind), known.1.max(share));
            }
        }
        let grouped = nodes.len() < union.cells.len();
        let lanes = nodes.iter().map(|(lane, _)| *lane).collect();
        let layout = layout(&Net { lanes, edges: edges.keys().copied().collect() }, &SIZES);
        let edges = edges.into_iter().map(|((from, to), (kind, share))| Edge { from, to, kind, share }).collect();
        let nodes = nodes.drain(..).map(|(_, node)| node).collect();
        Scene { regions: union.regions.iter().map(|r| (*r).to_owned()).collect(), nodes, edges, layout, grouped }
    }
}

impl<'a> Union<'a> {
    fn of(maps: &[&'a Map]) -> Self {
        let mut union = Union::default();
        for map in maps {
            union.regions.extend(map.regions.iter().map(String::as_str));
            for cell in &map.cells {
                let region = union.regions.get_index_of(map.regions[cell.region].as_str()).unwrap_or(0);
                let known = union.cells.entry(&cell.name).or_insert_with(|| MapCell { region, ..cell.clone() });
                known.target |= cell.target;
            }
            for tie in &map.ties {
                let at = |cell: usize| union.cells.get_index_of(map.cells[cell].name.as_str());
                if let (Some(from), Some(to)) = (at(tie.from), at(tie.to)) {
                    union.ties.entry((from, to)).or_insert((tie.kind, tie.share));
                }
            }
        }
        union
    }

    /// The node of each cell, and the nodes with their lanes: cells as long as they are few, else groups by team or
    /// name and depth, coarser until they are few.
    fn group(&self, depth: &[usize]) -> (Vec<usize>, Vec<(usize, Node)>) {
        let alone = self.alone();
        let mut last = (Vec::new(), Vec::new());
        for fineness in (0..4).rev() {
            last = self.group_by(depth, &alone, fineness);
            if last.1.len() <= MOST {
                break;
            }
        }
        last
    }

    /// Cells that are not hidden in groups.
    fn alone(&self) -> Vec<bool> {
        let targets = self.cells.values().filter(|c| c.target).count();
        let customers = self.cells.values().filter(|c| c.customers).count();
        self.cells.values().map(|c| c.target && targets <= ALONE || c.customers && customers <= ALONE).collect()
    }

    fn group_by(&self, depth: &[usize], alone: &[bool], fineness: usize) -> (Vec<usize>, Vec<(usize, Node)>) {
        let mut keys: IndexMap<(usize, String, usize), (usize, Node)> = IndexMap::new();
        let mut node_of = Vec::with_capacity(self.cells.len());
        for (id, cell) in self.cells.values().enumerate() {
            let (name, level) = match fineness {
                _ if alone[id] || fineness == 3 => (cell.service.clone(), usize::MAX - id),
                2 => (group_name(cell), depth[id]),
                1 => (group_name(cell), 0),
                _ => ("others".to_owned(), depth[id]),
            };
            let entry = keys.entry((cell.region, name.clone(), level));
            node_of.push(entry.index());
            let node = entry.or_insert((cell.region, Node { name, cells: Vec::new(), customers: false, target: false }));
            node.1.cells.push(cell.name.clone());
            node.1.customers |= cell.customers;
            node.1.target |= cell.target;
        }
        (node_of, keys.into_values().collect())
    }
}

/// Who mends it, or else the first word of its name.
fn group_name(cell: &MapCell) -> String {
    let first = || {
        cell.service.split(['-', '_', '.', '/', ' ']).next().unwrap_or_default().trim_end_matches(|c: char| c.is_ascii_digit())
    };
    cell.team.clone().unwrap_or_else(|| first().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::pictures::Tie;

    fn map(count: usize) -> Map {
        let cell = |i: usize| MapCell {
            name: format!("svc-{i}@r{}", i % 2),
            service: format!("svc-{i}"),
            region: i % 2,
            team: Some(format!("team-{}", i % 12)),
            customers: i + 3 > count,
            target: i < 2,
        };
        let tie = |i: usize| Tie { from: i / 3, to: i, kind: TieKind::Serve, share: 1.0 };
        let regions = vec!["r0".to_owned(), "r1".to_owned()];
        Map { regions, cells: (0..count).map(cell).collect(), ties: (1..count).map(tie).collect(), folded: 0 }
    }

    #[test]
    #[expect(clippy::print_stdout, reason = "how long it takes is to be seen")]
    fn few_cells_stand_alone_and_many_in_groups_that_lose_none() {
        for count in [10, 200, 5_000] {
            let begin = std::time::Instant::now();
            let scene = Scene::new(&[&map(count)]);
            println!("scene of {count} cells: {} nodes, {} ms", scene.nodes.len(), begin.elapsed().as_millis());
            assert!(scene.nodes.len() <= MOST);
            assert_eq!(scene.nodes.iter().map(|n| n.cells.len()).sum::<usize>(), count);
            assert_eq!(scene.grouped, count > MOST);
            assert!(scene.nodes.iter().filter(|n| n.target).all(|n| n.cells.len() == 1));
            assert!(begin.elapsed().as_secs() < 20);
        }
    }

    #[test]
    fn a_variant_stands_where_its_base_stands() {
        let (base, mut variant) = (map(10), map(14));
        variant.cells[0].target = false;
        let scene = Scene::new(&[&base, &variant]);
        assert_eq!(scene.nodes.len(), 14);
        assert!(scene.nodes[0].target);
    }
}

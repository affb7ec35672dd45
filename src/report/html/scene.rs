//! What stands on a map: cells, or groups of them where there are too many to be told apart.
//!
//! In: one or several maps of the same world (a variant beside its base), so that both are drawn with everything at
//! the same place, and how often each cell is hit. Out: nodes, edges and their layout. Of the ties between groups the
//! strongest are kept: all of them would hide what they say.

use super::groups::{By, Crowd, Group, columns};
use super::layout::{Layout, Net, Sizes, layer_of, layout, layout_in};
use crate::report::pictures::{Map, MapCell, TieKind};
use indexmap::{IndexMap, IndexSet};

/// More cells than this are grouped.
pub(super) const MOST: usize = 220;
/// Ties of a group that are drawn: those to the groups that it needs most.
const TIES: usize = 2;

/// Sizes of everything on a map of cells.
const SIZES: Sizes = Sizes { node: (178.0, 42.0), gap: (64.0, 14.0), title: 26.0 };
/// On a map of groups a box also holds the states of its cells.
const ROOMY: Sizes = Sizes { node: (184.0, 58.0), gap: (33.0, 14.0), title: 26.0 };

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
    /// How large things are.
    pub(super) sizes: Sizes,
    /// What cells are grouped by, if they are.
    pub(super) grouped: Option<By>,
}

/// A cell or a group of cells.
#[derive(Debug)]
pub(super) struct Node {
    /// Its service, or the name of the group.
    pub(super) name: String,
    /// Where it runs.
    pub(super) region: usize,
    /// Its cells.
    pub(super) cells: Vec<String>,
    /// Whether customers use it directly.
    pub(super) customers: bool,
}

/// A tie between two nodes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Edge {
    /// The needed node.
    pub(super) from: usize,
    /// The needing node.
    pub(super) to: usize,
    /// The strongest tie between their cells.
    pub(super) kind: TieKind,
    /// The largest part of requests that uses it.
    pub(super) share: f64,
    /// How many ties between their cells it stands for.
    pub(super) ties: usize,
}

/// Cells and ties of several maps, by name.
#[derive(Default)]
struct Union<'a> {
    cells: IndexMap<&'a str, MapCell>,
    ties: IndexMap<(usize, usize), (TieKind, f64)>,
    regions: IndexSet<&'a str>,
}

impl Scene {
    /// The scene of one or several maps; `hit` tells in which share of the trials a cell of that name has an outage.
    pub(super) fn new(maps: &[&Map], hit: &dyn Fn(&str) -> f64) -> Self {
        let union = Union::of(maps);
        let cells: Vec<&MapCell> = union.cells.values().collect();
        let ties: Vec<(usize, usize)> = union.ties.keys().copied().collect();
        let targets: Vec<usize> = (0..cells.len()).filter(|&id| cells[id].target).collect();
        let (grouped, groups, columns) = if cells.len() > MOST {
            let hit: Vec<f64> = union.cells.keys().map(|name| hit(name)).collect();
            let crowd = Crowd { cells: &cells, ties: &ties, hit: &hit };
            let (by, groups) = crowd.groups();
            let depth = match by {
                By::Distance => crowd.distances(),
                _ => layer_of(&Net { lanes: vec![0; cells.len()], edges: ties.clone(), first: targets.clone() }),
            };
            let columns = columns(&groups, &depth);
            (Some(by), groups, Some(columns))
        } else {
            let single = |(id, c): (usize, &&MapCell)| Group { name: c.service.clone(), region: c.region, cells: vec![id] };
            (None, cells.iter().enumerate().map(single).collect(), None)
        };
        let mut edges = union.edges(&groups);
        if grouped.is_some() {
            edges = strongest(edges);
        }
        let sizes = if grouped.is_some() { ROOMY } else { SIZES };
        let net = Net {
            lanes: groups.iter().map(|g| g.region).collect(),
            edges: edges.iter().map(|e| (e.from, e.to)).collect(),
            first: (0..groups.len()).filter(|&id| groups[id].cells.iter().any(|&cell| cells[cell].target)).collect(),
        };
        let layout = columns.map_or_else(|| layout(&net, &sizes), |columns| layout_in(&net, &columns, &sizes));
        let nodes = groups.into_iter().map(|group| union.node(group)).collect();
        Scene { regions: union.regions.iter().map(|r| (*r).to_owned()).collect(), nodes, edges, layout, sizes, grouped }
    }
}

/// The ties to the groups that each needs most.
fn strongest(edges: Vec<Edge>) -> Vec<Edge> {
    let mut by_needing: IndexMap<usize, Vec<Edge>> = IndexMap::new();
    edges.into_iter().for_each(|edge| by_needing.entry(edge.to).or_default().push(edge));
    let kept = by_needing.into_values().flat_map(|mut needs| {
        needs.sort_by_key(|edge| std::cmp::Reverse(edge.ties));
        needs.truncate(TIES);
        needs
    });
    kept.collect()
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

    /// What ties the groups, one edge for all ties between two of them.
    fn edges(&self, groups: &[Group]) -> Vec<Edge> {
        let mut node_of = vec![0; self.cells.len()];
        for (node, group) in groups.iter().enumerate() {
            group.cells.iter().for_each(|&cell| node_of[cell] = node);
        }
        let mut edges: IndexMap<(usize, usize), Edge> = IndexMap::new();
        for (&(from, to), &(kind, share)) in &self.ties {
            let (from, to) = (node_of[from], node_of[to]);
            if from != to {
                let known = edges.entry((from, to)).or_insert(Edge { from, to, kind, share, ties: 0 });
                *known = Edge { kind: known.kind.min(kind), share: known.share.max(share), ties: known.ties + 1, ..*known };
            }
        }
        edges.into_values().collect()
    }

    fn node(&self, group: Group) -> Node {
        let cells = || group.cells.iter().map(|&cell| &self.cells[cell]);
        Node {
            region: group.region,
            cells: cells().map(|c| c.name.clone()).collect(),
            customers: cells().any(|c| c.customers),
            name: group.name,
        }
    }
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
            let scene = Scene::new(&[&map(count)], &|_| 0.5);
            println!("scene of {count} cells: {} nodes, {} ms", scene.nodes.len(), begin.elapsed().as_millis());
            assert!(scene.nodes.len() <= MOST);
            assert_eq!(scene.nodes.iter().map(|n| n.cells.len()).sum::<usize>(), count);
            assert_eq!(scene.grouped.is_some(), count > MOST);
            let touched = |n: &&Node| n.cells.iter().any(|c| ["svc-0@r0", "svc-1@r1"].contains(&c.as_str()));
            assert!(scene.nodes.iter().filter(touched).all(|n| n.cells.len() == 1));
            assert!(begin.elapsed().as_secs() < 20);
            if scene.grouped.is_some() {
                assert!(scene.edges.len() <= TIES * scene.nodes.len(), "{} edges", scene.edges.len());
                assert!(scene.layout.size.0 <= 1_120.0, "it fits a page: {}", scene.layout.size.0);
            }
        }
    }

    #[test]
    fn a_variant_stands_where_its_base_stands() {
        let (base, variant) = (map(10), map(14));
        let scene = Scene::new(&[&base, &variant], &|_| 0.5);
        assert_eq!(scene.nodes.len(), 14);
    }
}

//! Layered layout: what others need stands left of those that need it, regions are lanes.
//!
//! In: nodes with a lane each, and edges (needed, needing). Out: a place for each node and a path for each edge.
//! Layers by the longest way, edges that close a ring turned for that; long edges pass through points of their
//! own; fewer crossings by sweeps that order each layer by the barycentre of its neighbours (Sugiyama's method).
//! Deterministic: ties keep the order in which nodes were given. Linear in nodes and edges per sweep, but for sorting.

/// What is laid out.
#[derive(Debug, Clone, Default)]
pub(super) struct Net {
    /// The lane of each node.
    pub(super) lanes: Vec<usize>,
    /// From the needed to the needing.
    pub(super) edges: Vec<(usize, usize)>,
    /// Nodes that stand as far left as they can where edges form a ring: what is damaged, so that the damage travels right.
    pub(super) first: Vec<usize>,
}

/// Sizes on the page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sizes {
    /// Width and height of a node.
    pub(super) node: (f64, f64),
    /// Gap between layers and between nodes of a layer.
    pub(super) gap: (f64, f64),
    /// Room for a lane's title.
    pub(super) title: f64,
}

/// Where everything stands.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Layout {
    /// Left upper corner of each node.
    pub(super) nodes: Vec<(f64, f64)>,
    /// The points that each edge passes, ends included.
    pub(super) edges: Vec<Vec<(f64, f64)>>,
    /// Top and height of each lane that has nodes; height 0 for the others.
    pub(super) lanes: Vec<(f64, f64)>,
    /// Width and height of the whole.
    pub(super) size: (f64, f64),
}

/// How often the layers are swept.
const SWEEPS: usize = 12;
/// How far below the others an edge that leads back is drawn, so that two that form a ring can be told apart.
const BACK: f64 = 10.0;
/// How far an edge within a layer goes round the outside.
pub(super) const ROUND: f64 = 40.0;

/// A node, or a point that a long edge passes.
#[derive(Debug, Clone, Copy)]
struct Item {
    layer: usize,
    lane: usize,
    node: Option<usize>,
}

struct Work {
    items: Vec<Item>,
    /// Items by layer, in order.
    layers: Vec<Vec<usize>>,
    /// Neighbours to the left and to the right.
    left: Vec<Vec<usize>>,
    right: Vec<Vec<usize>>,
    /// The items that each edge passes, left to right.
    chains: Vec<Vec<usize>>,
}

/// Lays out a net.
pub(super) fn layout(net: &Net, sizes: &Sizes) -> Layout {
    layout_in(net, &layer_of(net), sizes)
}

/// Lays out a net whose layers are given; an edge may then also lead back, or stay in its layer.
pub(super) fn layout_in(net: &Net, layers: &[usize], sizes: &Sizes) -> Layout {
    let mut work = Work::new(net, layers);
    work.reduce_crossings();
    let tops = work.stack(sizes);
    work.places(net, sizes, &tops)
}

/// Longest way from a node without needs, over edges that close no ring.
pub(super) fn layer_of(net: &Net) -> Vec<usize> {
    let count = net.lanes.len();
    let mut out: Vec<Vec<usize>> = vec![Vec::new(); count];
    for &(from, to) in net.edges.iter().filter(|(from, to)| from != to) {
        out[from].push(to);
    }
    let order = topological(&out, &net.first);
    let mut rank = vec![0; count];
    for (place, &node) in order.iter().enumerate() {
        rank[node] = place;
    }
    let mut layer = vec![0_usize; count];
    for &node in &order {
        for &next in out[node].iter().filter(|&&next| rank[next] > rank[node]) {
            layer[next] = layer[next].max(layer[node] + 1);
        }
    }
    // A node that only others need moves right up to them, so that edges stay short.
    let mut has_needs = vec![false; count];
    net.edges.iter().for_each(|&(_, to)| has_needs[to] = true);
    for &node in order.iter().rev() {
        let nearest = out[node].iter().filter(|&&next| rank[next] > rank[node]).map(|&next| layer[next]).min();
        if let Some(nearest) = nearest
            && !has_needs[node]
        {
            layer[node] = nearest.saturating_sub(1);
        }
    }
    layer
}

/// Reverse postorder of a depth-first walk: edges against it close rings. Whatever the walk begins with comes before all
/// that it leads to.
fn topological(out: &[Vec<usize>], first: &[usize]) -> Vec<usize> {
    let mut entered = vec![false; out.len()];
    let mut order = Vec::with_capacity(out.len());
    // Backwards, so that in the reversed postorder nodes keep the order in which they were given.
    for start in first.iter().rev().copied().chain((0..out.len()).rev()) {
        if std::mem::replace(&mut entered[start], true) {
            continue;
        }
        let mut stack = vec![(start, 0)];
        while let Some((node, edge)) = stack.pop() {
            if let Some(&next) = out[node].get(edge) {
                stack.push((node, edge + 1));
                if !std::mem::replace(&mut entered[next], true) {
                    stack.push((next, 0));
                }
            } else {
                order.push(node);
            }
        }
    }
    order.reverse();
    order
}

impl Work {
    fn new(net: &Net, layer: &[usize]) -> Self {
        let nodes = net.lanes.iter().zip(layer).enumerate();
        let mut work = Work {
            items: nodes.map(|(node, (&lane, &layer))| Item { layer, lane, node: Some(node) }).collect(),
            layers: Vec::new(),
            left: Vec::new(),
            right: Vec::new(),
            chains: Vec::new(),
        };
        for &(from, to) in &net.edges {
            let chain = work.chain(from, to);
            work.chains.push(chain);
        }
        work.left = vec![Vec::new(); work.items.len()];
        work.right = vec![Vec::new(); work.items.len()];
        for chain in &work.chains {
            for pair in chain.windows(2) {
                work.right[pair[0]].push(pair[1]);
                work.left[pair[1]].push(pair[0]);
            }
        }
        work.layers = vec![Vec::new(); work.items.iter().map(|i| i.layer + 1).max().unwrap_or(0)];
        for (id, item) in work.items.iter().enumerate() {
            work.layers[item.layer].push(id);
        }
        for layer in &mut work.layers {
            layer.sort_by_key(|&id| work.items[id].lane);
        }
        work
    }

    /// The items between the ends of an edge, left to right; ends of one layer have nothing between them.
    fn chain(&mut self, from: usize, to: usize) -> Vec<usize> {
        let (left, right) = if self.items[from].layer <= self.items[to].layer { (from, to) } else { (to, from) };
        if self.items[left].layer == self.items[right].layer {
            return Vec::new();
        }
        let lane = self.items[right].lane;
        let mut chain = vec![left];
        for layer in self.items[left].layer + 1..self.items[right].layer {
            self.items.push(Item { layer, lane, node: None });
            chain.push(self.items.len() - 1);
        }
        chain.push(right);
        chain
    }

    /// Sweeps to the right by what stands left, and back, and keeps the best order seen.
    fn reduce_crossings(&mut self) {
        let mut best = self.layers.clone();
        let mut fewest = self.crossings();
        for sweep in 0..SWEEPS {
            if fewest == 0 {
                break;
            }
            self.sweep(sweep.is_multiple_of(2));
            let crossings = self.crossings();
            if crossings < fewest {
                fewest = crossings;
                best.clone_from(&self.layers);
            }
        }
        self.layers = best;
    }

    fn sweep(&mut self, rightward: bool) {
        let mut place = vec![0.0; self.items.len()];
        let count = self.layers.len();
        self.remember(&mut place, 0..count);
        for step in 1..count {
            let layer = if rightward { step } else { count - 1 - step };
            let neighbours = if rightward { &self.left } else { &self.right };
            let mut keyed: Vec<(usize, f64, usize)> = Vec::with_capacity(self.layers[layer].len());
            for &id in &self.layers[layer] {
                keyed.push((self.items[id].lane, mean(&neighbours[id], &place).unwrap_or(place[id]), id));
            }
            // A stable sort: equal means keep their order.
            keyed.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
            self.layers[layer] = keyed.into_iter().map(|(_, _, id)| id).collect();
            self.remember(&mut place, layer..layer + 1);
        }
    }

    /// The place of each item within its layer, as a share of it.
    #[expect(clippy::cast_precision_loss, reason = "a few thousand items")]
    fn remember(&self, place: &mut [f64], layers: std::ops::Range<usize>) {
        for layer in &self.layers[layers] {
            let size = layer.len().max(1) as f64;
            for (at, &id) in layer.iter().enumerate() {
                place[id] = (at as f64 + 0.5) / size;
            }
        }
    }

    /// How many edges cross between neighbouring layers: inversions, counted with a Fenwick tree.
    fn crossings(&self) -> usize {
        let mut at = vec![0; self.items.len()];
        for layer in &self.layers {
            for (place, &id) in layer.iter().enumerate() {
                at[id] = place;
            }
        }
        self.layers.windows(2).map(|pair| crossings_between(&pair[0], pair[1].len(), &self.right, &at)).sum()
    }

    /// The top of each item and of each lane.
    fn stack(&self, sizes: &Sizes) -> Tops {
        let lane_count = self.items.iter().map(|i| i.lane + 1).max().unwrap_or(0);
        let height = |id: usize| if self.items[id].node.is_some() { sizes.node.1 + sizes.gap.1 } else { sizes.gap.1 * 0.8 };
        let mut heights = vec![0.0_f64; lane_count];
        for layer in &self.layers {
            let mut sums = vec![0.0; lane_count];
            for &id in layer {
                sums[self.items[id].lane] += height(id);
            }
            for (most, sum) in heights.iter_mut().zip(sums) {
                *most = most.max(sum);
            }
        }
        let mut lanes = Vec::with_capacity(lane_count);
        let mut top = 0.0;
        for &inner in &heights {
            let outer = if inner > 0.0 { inner + sizes.title + sizes.gap.1 } else { 0.0 };
            lanes.push((top, outer));
            top += outer;
        }
        let mut tops = vec![0.0; self.items.len()];
        for layer in &self.layers {
            for lane in 0..lane_count {
                let ids: Vec<usize> = layer.iter().copied().filter(|&id| self.items[id].lane == lane).collect();
                let sum: f64 = ids.iter().map(|&id| height(id)).sum();
                let mut at = lanes[lane].0 + sizes.title + (heights[lane] - sum) / 2.0;
                for id in ids {
                    tops[id] = at;
                    at += height(id);
                }
            }
        }
        self.straighten(&mut tops, &height, &lanes, sizes);
        Tops { items: tops, lanes, height: top }
    }

    /// Moves items towards their neighbours as far as order and lane allow.
    fn straighten(&self, tops: &mut [f64], height: &dyn Fn(usize) -> f64, lanes: &[(f64, f64)], sizes: &Sizes) {
        let middle = |id: usize| if self.items[id].node.is_some() { sizes.node.1 / 2.0 } else { 0.0 };
        for pass in 0..6 {
            let order: Vec<usize> =
                if pass % 2 == 0 { (0..self.layers.len()).collect() } else { (0..self.layers.len()).rev().collect() };
            for layer in order {
                let ids = &self.layers[layer];
                let wish: Vec<f64> = ids
                    .iter()
                    .map(|&id| {
                        let both = self.left[id].iter().chain(&self.right[id]);
                        let sums = both.fold((0.0, 0.0), |(sum, n), &other| (sum + tops[other] + middle(other), n + 1.0));
                        if sums.1 > 0.0 { sums.0 / sums.1 - middle(id) } else { tops[id] }
                    })
                    .collect();
                // Upwards no further than the item before, downwards no further than the item after.
                for (i, &id) in ids.iter().enumerate() {
                    let (lane_top, lane_height) = lanes[self.items[id].lane];
                    let same = |j: usize| ids.get(j).filter(|&&other| self.items[other].lane == self.items[id].lane);
                    let above = i.checked_sub(1).and_then(same).map_or(lane_top + sizes.title, |&o| tops[o] + height(o));
                    let below = same(i + 1).map_or(lane_top + lane_height - sizes.gap.1 / 2.0, |&o| tops[o]) - height(id);
                    if above <= below {
                        tops[id] = wish[i].clamp(above, below);
                    }
                }
            }
        }
    }

    fn places(&self, net: &Net, sizes: &Sizes, tops: &Tops) -> Layout {
        #[expect(clippy::cast_precision_loss, reason = "a few layers")]
        let left_of = |layer: usize| sizes.gap.1 + layer as f64 * (sizes.node.0 + sizes.gap.0);
        let count = net.lanes.len();
        let nodes = (0..count).map(|id| (left_of(self.items[id].layer), tops.items[id])).collect();
        let edges = net.edges.iter().zip(&self.chains);
        let edges = edges.map(|(&(from, to), chain)| self.way(from, to, chain, sizes, tops, &left_of)).collect();
        // An edge within the last layer goes round its outside.
        let last = self.layers.len().max(1) - 1;
        let round = net.edges.iter().any(|&(from, to)| self.items[from].layer == last && self.items[to].layer == last);
        let width = left_of(last) + sizes.node.0 + if round { ROUND.max(sizes.gap.1) } else { sizes.gap.1 };
        Layout { nodes, edges, lanes: tops.lanes.clone(), size: (width, tops.height) }
    }

    /// The points of an edge, from the needed to the needing.
    fn way(
        &self,
        from: usize,
        to: usize,
        chain: &[usize],
        sizes: &Sizes,
        tops: &Tops,
        left_of: &dyn Fn(usize) -> f64,
    ) -> Vec<(f64, f64)> {
        let middle = |id: usize| tops.items[id] + if self.items[id].node.is_some() { sizes.node.1 / 2.0 } else { 0.0 };
        let right_end = |id: usize| (left_of(self.items[id].layer) + sizes.node.0, middle(id));
        let left_end = |id: usize| (left_of(self.items[id].layer), middle(id));
        let lower = |(x, y): (f64, f64)| (x, y + BACK);
        if chain.is_empty() {
            let (begin, end) = (right_end(from), right_end(to));
            return if end.1 < begin.1 { vec![lower(begin), lower(end)] } else { vec![begin, end] };
        }
        let (first, last) = (chain[0], chain[chain.len() - 1]);
        let mut points = vec![right_end(first)];
        for &id in &chain[1..chain.len() - 1] {
            points.push(left_end(id));
            points.push(right_end(id));
        }
        points.push(left_end(last));
        if first != from {
            points.reverse();
            points = points.into_iter().map(lower).collect();
        }
        points
    }
}

struct Tops {
    items: Vec<f64>,
    lanes: Vec<(f64, f64)>,
    height: f64,
}

fn mean(neighbours: &[usize], place: &[f64]) -> Option<f64> {
    let sum: f64 = neighbours.iter().map(|&id| place[id]).sum();
    #[expect(clippy::cast_precision_loss, reason = "a few neighbours")]
    let count = neighbours.len() as f64;
    (count > 0.0).then(|| sum / count)
}

fn crossings_between(left: &[usize], right_size: usize, right: &[Vec<usize>], at: &[usize]) -> usize {
    let mut tree = vec![0_usize; right_size + 1];
    let (mut seen, mut crossings) = (0, 0);
    for &id in left {
        let mut ends: Vec<usize> = right[id].iter().map(|&other| at[other]).collect();
        ends.sort_unstable();
        for &end in &ends {
            let mut i = end + 1;
            let mut not_after = 0;
            while i > 0 {
                not_after += tree[i];
                i &= i - 1;
            }
            crossings += seen - not_after;
        }
        for &end in &ends {
            let mut i = end + 1;
            while i <= right_size {
                tree[i] += 1;
                i += i & i.wrapping_neg();
            }
            seen += 1;
        }
    }
    crossings
}

#[cfg(test)]
#[path = "layout_tests.rs"]
mod tests;

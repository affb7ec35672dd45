//! The layout: order, room, determinism, and how long it takes.

use super::*;
use std::time::Instant;

const SIZES: Sizes = Sizes { node: (180.0, 40.0), gap: (60.0, 14.0), title: 24.0 };

/// A layered net of so many nodes and edges, drawn by a small congruential generator.
fn net(nodes: usize, edges: usize, lanes: usize) -> Net {
    let mut state = 12_345_u64;
    let mut draw = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    };
    let band = nodes.div_ceil(8);
    let edges = (0..edges).map(|_| {
        let to = band + draw(nodes - band);
        (to - band + draw(band).min(to), to)
    });
    Net { edges: edges.filter(|(a, b)| a != b).collect(), lanes: (0..nodes).map(|n| n % lanes).collect(), ..Net::default() }
}

#[test]
fn what_is_needed_stands_left_and_nothing_overlaps() {
    let net = net(120, 240, 3);
    let found = layout(&net, &SIZES);
    for &(from, to) in &net.edges {
        assert!(found.nodes[from].0 < found.nodes[to].0, "{from} -> {to}");
    }
    for a in 0..120 {
        let (top, height) = found.lanes[net.lanes[a]];
        assert!(found.nodes[a].1 >= top && found.nodes[a].1 + 40.0 <= top + height + 1e-9, "{a} leaves its lane");
        for b in 0..a {
            let apart =
                (found.nodes[a].1 - found.nodes[b].1).abs() >= 40.0 || (found.nodes[a].0 - found.nodes[b].0).abs() >= 180.0;
            assert!(apart, "{a} and {b} overlap");
        }
    }
    assert_eq!(found, layout(&net, &SIZES));
}

#[test]
fn sweeps_take_crossings_away() {
    let net = net(80, 120, 1);
    let mut work = Work::new(&net, &layer_of(&net));
    let before = work.crossings();
    work.reduce_crossings();
    assert!(work.crossings() * 2 < before, "{} of {before} left", work.crossings());
}

#[test]
fn rings_and_loops_are_no_obstacle() {
    let net = Net { lanes: vec![0; 4], edges: vec![(0, 1), (1, 2), (2, 0), (3, 3), (2, 3), (3, 2)], ..Net::default() };
    let found = layout(&net, &SIZES);
    assert_eq!(found.nodes.len(), 4);
    assert!(found.edges.iter().all(|points| points.len() >= 2));
    assert_eq!(layout(&Net::default(), &SIZES).nodes.len(), 0);
}

#[test]
fn crossings_are_counted_right() {
    let net = Net { lanes: vec![0; 4], edges: vec![(0, 3), (1, 2)], ..Net::default() };
    assert_eq!(Work::new(&net, &[0, 0, 1, 1]).crossings(), 1);
    let net = Net { lanes: vec![0; 4], edges: vec![(0, 2), (1, 3), (0, 3)], ..Net::default() };
    assert_eq!(Work::new(&net, &[0, 0, 1, 1]).crossings(), 0);
}

/// The bounds of the house, for the best of some runs: a machine that does other work meanwhile is no slower layout.
#[test]
#[expect(clippy::print_stdout, reason = "the figures are what this test is for")]
fn two_hundred_nodes_take_less_than_50_ms_and_five_thousand_less_than_2_s() {
    for (nodes, edges, bound_ms) in [(200, 400, 50), (5_000, 10_000, 2_000)] {
        let net = net(nodes, edges, 3);
        let timed = |_| {
            let begin = Instant::now();
            assert_eq!(layout(&net, &SIZES).nodes.len(), nodes);
            begin.elapsed().as_millis()
        };
        let best = (0..5).map(timed).min().unwrap();
        println!("layout of {nodes} nodes and {edges} edges: {best} ms");
        assert!(best < bound_ms, "{nodes} nodes take {best} ms");
    }
}

#[test]
fn what_is_damaged_leads_a_ring_and_its_edges_lie_apart() {
    let net = Net { lanes: vec![0; 3], edges: vec![(1, 2), (0, 1), (1, 0)], first: vec![1] };
    assert_eq!(layer_of(&net), [1, 0, 1], "the damaged node stands left, whatever needs it right of it");
    assert_eq!(layer_of(&Net { first: vec![0], ..net.clone() }), [0, 1, 2]);
    let found = layout(&net, &SIZES);
    let (there, mut back) = (found.edges[2].clone(), found.edges[1].clone());
    back.reverse();
    assert!(there.iter().zip(&back).all(|(a, b)| (a.0 - b.0).abs() + (b.1 - a.1 - BACK).abs() < 1e-9), "{there:?} {back:?}");
}

#[test]
fn edges_within_the_last_layer_stay_inside() {
    let net = Net { lanes: vec![0; 3], edges: vec![(0, 1), (1, 2), (2, 0)], ..Net::default() };
    let found = layout_in(&net, &[0, 0, 0], &SIZES);
    let right = found.edges.iter().flatten().map(|point| point.0).fold(0.0, f64::max);
    assert!(right + ROUND <= found.size.0, "{right} of {}", found.size.0);
}

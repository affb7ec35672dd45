//! Layered random worlds of several sizes, for benches, for the peers and for tests.
//!
//! In: a [`Shape`] and a seed. Out: a valid [`Scenario`]: one service with one cell each in one region, hard needs, a fixed hold per
//! need, a log-normal settle per cell, and a plan that re-creates the roots at minute 0. Not here: who runs it.
//!
//! Layer 0 has no needs; a need points one to three layers down. Of the needs 0.2 % are feedback: they point one to three layers up
//! and are masked for 18 to 36 hours, as the stale configuration or certificate behind such a loop is. Cells are declared in a random
//! order, since nobody writes a world down in topological order.
//!
//! With [`SEED`], measured over 5,000, 2,000, 100 and 200 trials:
//!
//! | world | cells | needs | roots | affected per trial | ever affected | cells on cycles | a feedback need counts in |
//! | --- | --- | --- | --- | --- | --- | --- | --- |
//! | small | 100 | 300 | 2 | 14.9 | 16 | 0 | no trial |
//! | medium | 10,000 | 40,000 | 5 | 258 | 315 | 15 | no trial |
//! | large | 1,000,000 | 5,000,000 | 20 | 29,400 | 42,575 | 4,900 | 2 % of the trials |
//! | wide | 1,000,000 | 5,000,000 | 10 | 45.5 | 51 | 4,900 | no trial |

#![allow(dead_code, unused_imports, reason = "each bench, test and example uses its own part of this file")]

mod text;

pub(crate) use text::{json, yaml};

use foreshock::luck::philox::PhiloxStream;
use foreshock::scenario::plan::{
    Damage, DamageKind, Detect, Diagnose, Duration, Each, Effect, OnFailure, Plan, Size, Step, Verb, fixed,
};
use foreshock::scenario::world::{At, Cell, Kind, Need, Place, Region, Service, World};
use foreshock::scenario::{Caution, Scenario};
use foreshock::units::{Dist, HOUR, Level, MINUTE, Millis};
use rand::RngExt as _;
use rand::seq::SliceRandom as _;
use std::sync::Arc;

/// The seed of the published figures.
pub(crate) const SEED: u64 = 3;

/// The one region of these worlds.
pub(crate) const REGION: &str = "r";

/// How a world is built.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    /// What to call it.
    pub(crate) name: &'static str,
    /// Services, each with one cell.
    pub(crate) cells: u32,
    /// Needs in all, feedback included.
    pub(crate) needs: usize,
    /// Layers of equal width.
    pub(crate) layers: u32,
    /// Where the damaged cells are: (layer, how many).
    pub(crate) roots: &'static [(u32, usize)],
    /// Feedback needs per thousand needs, and for how long they are masked.
    pub(crate) feedback_per_mille: usize,
    /// The hold of a feedback need, in minutes.
    pub(crate) feedback_hold_min: (u64, u64),
}

/// 100 cells, 300 needs, 2 roots.
pub(crate) const SMALL: Shape = Shape { name: "small", cells: 100, needs: 300, layers: 5, roots: &[(2, 1), (3, 1)], ..LARGE };

/// 10,000 cells, 40,000 needs, 5 roots.
pub(crate) const MEDIUM: Shape = Shape { name: "medium", cells: 10_000, needs: 40_000, layers: 10, roots: &[(6, 5)], ..LARGE };

/// The medium world with far more damage, further down: most cells that it reaches have several needs out, or are out more than once.
pub(crate) const DEEP: Shape = Shape { name: "deep", roots: &[(4, 40)], ..MEDIUM };

/// 1,000,000 cells, 5,000,000 needs, 20 roots.
pub(crate) const LARGE: Shape = Shape {
    name: "large",
    cells: 1_000_000,
    needs: 5_000_000,
    layers: 12,
    roots: &[(5, 4), (6, 16)],
    feedback_per_mille: 2,
    feedback_hold_min: (18 * 60, 36 * 60),
};

/// The large world with its damage near the top: whatever grows with the world and not with the damage shows here.
pub(crate) const WIDE: Shape = Shape { name: "wide", roots: &[(10, 10)], ..LARGE };

/// A need before it has names: who needs whom, and for how long a failure is masked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Edge {
    cell: u32,
    need: u32,
    hold_min: u64,
}

/// The world and plan of a shape; the same for the same seed.
pub(crate) fn scenario(shape: &Shape, seed: u64) -> Scenario {
    let mut rng = PhiloxStream::new(seed);
    let mut declared: Vec<u32> = (0..shape.cells).collect();
    declared.shuffle(&mut rng);
    let edges = edges(shape, &declared, &mut rng);
    let world = world(shape, &edges, &mut rng);
    let plan = plan(shape, &declared, &world, &mut rng);
    Scenario {
        title: format!("the {} layered random world", shape.name),
        about: String::new(),
        world: Arc::new(world),
        plan,
        faults: Vec::new(),
        seed,
        size: Size::Trials(1_000),
        horizon: 48 * HOUR,
        observed: Vec::new(),
        observed_source: String::new(),
        expect: Vec::new(),
        controls: foreshock::scenario::controls::Controls::default(),
        guardrails_ignored: false,
        caution: Caution::AsWritten,
        digest: format!("{}-{seed}", shape.name),
    }
}

/// Exactly `shape.needs` different pairs, sorted by the needing cell.
fn edges(shape: &Shape, declared: &[u32], rng: &mut PhiloxStream) -> Vec<Edge> {
    let feedback = (shape.needs * shape.feedback_per_mille).div_ceil(1_000);
    let mut edges = Vec::with_capacity(shape.needs);
    for _ in 0..feedback {
        let layer = rng.random_range(0..shape.layers - 1);
        let above = (layer + rng.random_range(1..=3)).min(shape.layers - 1);
        let (low, high) = shape.feedback_hold_min;
        let hold_min = rng.random_range(low..=high);
        edges.push(Edge { cell: pick(shape, declared, layer, rng), need: pick(shape, declared, above, rng), hold_min });
    }
    while edges.len() < shape.needs {
        for _ in edges.len()..shape.needs {
            let layer = rng.random_range(1..shape.layers);
            let below = layer.saturating_sub(jump(rng));
            let hold_min = hold_min(rng);
            edges.push(Edge { cell: pick(shape, declared, layer, rng), need: pick(shape, declared, below, rng), hold_min });
        }
        edges.sort_unstable();
        edges.dedup_by_key(|edge| (edge.cell, edge.need));
    }
    edges
}

/// Most needs are on the next layer.
fn jump(rng: &mut PhiloxStream) -> u32 {
    match rng.random_range(0..10) {
        0..7 => 1,
        7..9 => 2,
        _ => 3,
    }
}

/// Half of the needs are not masked at all; the others by a cache, a TTL or patience of 1 to 60 minutes.
fn hold_min(rng: &mut PhiloxStream) -> u64 {
    if rng.random_bool(0.5) { 0 } else { rng.random_range(1..=60) }
}

/// The first place of a layer, before the order of declaration.
fn layer_start(shape: &Shape, layer: u32) -> u32 {
    let start = u64::from(shape.cells) * u64::from(layer) / u64::from(shape.layers);
    u32::try_from(start).unwrap_or(shape.cells)
}

/// Some cell of a layer.
fn pick(shape: &Shape, declared: &[u32], layer: u32, rng: &mut PhiloxStream) -> u32 {
    declared[rng.random_range(layer_start(shape, layer)..layer_start(shape, layer + 1)) as usize]
}

fn world(shape: &Shape, edges: &[Edge], rng: &mut PhiloxStream) -> World {
    let mut rest = edges;
    let services = (0..shape.cells).map(|cell| {
        let (own, others) = rest.split_at(rest.partition_point(|edge| edge.cell <= cell));
        rest = others;
        service(cell, own, rng)
    });
    World {
        name: shape.name.to_owned(),
        complete: Level::ONE,
        not_modelled: Vec::new(),
        roles: Vec::new(),
        services: services.collect(),
        regions: vec![Region::plain(REGION)],
        teams: Vec::new(),
        cells: (0..shape.cells)
            .map(|service| Cell { service, region: 0, traffic: None, customers: None, capacity: None, by_hour: None })
            .collect(),
    }
}

fn service(cell: u32, edges: &[Edge], rng: &mut PhiloxStream) -> Service {
    let settle_min = rng.random_range(1.0..10.0);
    let settle = log_normal(settle_min, settle_min * rng.random_range(2.0..4.0));
    Service {
        name: name(cell),
        cells: cell..cell + 1,
        kind: Kind::Service,
        env: None,
        tier: None,
        team: None,
        faces_customers: false,
        impaired_below: Level::from_ppb(990_000_000),
        slo: None,
        failover: None,
        collapses: false,
        settle: Some(settle),
        warm_up: None,
        data: None,
        durations: Vec::new(),
        rollback_works: None,
        mended_by_vendor: false,
        not_modelled_needs: 0,
        needs_declared: true,
        needs: edges.iter().map(need).collect(),
        starts_with: Vec::new(),
        mends_with: Vec::new(),
        seen_through: Vec::new(),
    }
}

fn need(edge: &Edge) -> Need {
    Need {
        called: None,
        members: smallvec::smallvec![Place { service: edge.need, at: At::Here }],
        at_least: 1,
        share: Level::ONE,
        hold: (edge.hold_min > 0).then(|| fixed(edge.hold_min * MINUTE)),
        release: None,
        attempts: 1,
        queue: None,
    }
}

/// One step for each root, none waiting for another.
fn plan(shape: &Shape, declared: &[u32], world: &World, rng: &mut PhiloxStream) -> Plan {
    let mut targets: Vec<u32> = Vec::new();
    for &(layer, count) in shape.roots {
        let goal = targets.len() + count;
        while targets.len() < goal {
            let cell = pick(shape, declared, layer, rng);
            if !targets.contains(&cell) {
                targets.push(cell);
            }
        }
    }
    let steps = targets.into_iter().map(|cell| {
        let name = &world.services[cell as usize].name;
        let takes_min = rng.random_range(30.0..90.0);
        let takes = log_normal(takes_min, takes_min * rng.random_range(3.0..5.0));
        Step {
            id: format!("recreate-{name}-1"),
            verb: recreate(),
            usual: None,
            targets: vec![cell],
            target_text: name.clone(),
            after: Vec::new(),
            takes: Some(takes),
            verify: None,
            bake: None,
            on_failure: OnFailure::Stop,
            visible: None,
            span: None,
        }
    });
    Plan { steps: steps.collect(), unknown: Vec::new() }
}

/// The verb of the roots: gone while the work lasts, back when it ends, never failing.
fn recreate() -> Verb {
    Verb {
        name: "recreate".to_owned(),
        mutating: true,
        destructive: true,
        reversible: false,
        starts: true,
        effect: Effect::Interrupts(Damage { kind: DamageKind::Deleted, keeps: Level::ZERO }),
        mends: Vec::new(),
        each: Each::Together,
        takes: Duration::Recreate,
        detect: Detect::Own,
        diagnose: Diagnose::SelfEvident,
        fails: None,
        fails_prior: None,
    }
}

fn name(cell: u32) -> String {
    format!("c{cell}")
}

fn log_normal(median_min: f64, p95_min: f64) -> Dist {
    #[expect(clippy::cast_precision_loss, reason = "a minute is a small number")]
    let minute = MINUTE as f64;
    Dist::LogNormal { median: median_min * minute, p95: p95_min * minute }
}

/// The hold of a need of these worlds, which is fixed.
pub(crate) fn hold_ms(need: &Need) -> Millis {
    match need.hold {
        None => 0,
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number of minutes")]
        Some(Dist::Fixed(hold)) => hold as Millis,
        Some(_) => unreachable!("holds are fixed in this family of worlds"),
    }
}

//! From a valid scenario to the model.
//!
//! In: scenario, call graph of its world, priors. Out: [`Model`]. Total: a valid scenario always
//! compiles. The cost is that of the cone, but for one look at every service.

use super::cone::{Cone, cone};
use super::controls::Controls;
use super::feeds::{callees, feeder_count, has_own_traffic};
use super::graph::Graph;
use super::pool::{Pool, Pooled};
use super::recovery::Caretaker;
use super::steps::{Ranks, StepCompiler};
use super::{Cell, Edge, Fault, Ground, Model, NONE, Need, Queue, Region, Service, Team};
use super::{feed_rings, held_queues};
use crate::luck::entity;
use crate::priors::Priors;
use crate::scenario::Scenario;
use crate::scenario::by_hour::Weighing;
use crate::scenario::plan;
use crate::scenario::world::{self, Capacity, CellId, World};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// Load of a cell that declares no traffic, in millionths.
const UNIT_LOAD: u64 = 1_000_000;

/// Compiles a scenario as it is written, without actor and guardrails; `graph` is that of its world.
#[must_use]
pub fn compile(scenario: &Scenario, graph: &Graph, priors: &Priors) -> Model {
    compile_for(scenario, graph, priors, std::iter::empty()).0
}

/// The same, for a model in which further steps can run in place of those of the plan; its ranks come along, to compile them.
#[must_use]
pub(crate) fn compile_for<'s>(
    scenario: &'s Scenario,
    graph: &Graph,
    priors: &Priors,
    others: impl Iterator<Item = &'s plan::Step> + Clone,
) -> (Model, Ranks) {
    let world = &*scenario.world;
    let steps = scenario.plan.steps.iter().chain(others);
    let cone = cone(world, graph, &touched(scenario, steps.clone()));
    let mut build = Build {
        scenario,
        world,
        graph,
        cone: &cone,
        pool: Pool::new(priors),
        ground: Ground::blank(scenario.seed, scenario.horizon),
    };
    build.services();
    build.cells();
    build.needs();
    build.fills();
    build.edges();
    build.feeds();
    build.care(steps);
    build.plan();
    build.places();
    let model = build.finish();
    (model, cone.rank)
}

/// Cells that a step or a fault can damage or move.
fn touched<'s>(scenario: &Scenario, steps: impl Iterator<Item = &'s plan::Step>) -> Vec<CellId> {
    let harmless = |e: &plan::Effect| matches!(e, plan::Effect::Nothing | plan::Effect::Snapshots | plan::Effect::Mends(_));
    let hit = steps.filter(|s| !harmless(&s.verb.effect)).flat_map(|s| &s.targets);
    let mut cells: Vec<CellId> = hit.chain(scenario.faults.iter().flat_map(|f| &f.targets)).copied().collect();
    cells.sort_unstable();
    cells.dedup();
    cells
}

struct Build<'a> {
    scenario: &'a Scenario,
    world: &'a World,
    graph: &'a Graph,
    cone: &'a Cone,
    pool: Pool<'a>,
    ground: Ground,
}

impl<'a> Build<'a> {
    fn declared(&self, cell: CellId) -> (&'a world::Cell, &'a world::Service) {
        let declared = &self.world.cells[cell as usize];
        (declared, &self.world.services[declared.service as usize])
    }

    fn rank(&self, cell: CellId) -> Option<u32> {
        self.cone.rank.get(&cell).copied()
    }

    fn services(&mut self) {
        let mut ids: FxHashMap<u32, u32> = FxHashMap::default();
        for (rank, &cell) in (0_u32..).zip(&self.cone.cells) {
            let origin = self.world.cells[cell as usize].service;
            let declared = &self.world.services[origin as usize];
            let id = *ids.entry(origin).or_insert_with(|| {
                self.ground.services.push(Service {
                    origin,
                    cells: Vec::new(),
                    load: declared.cells.clone().map(|c| load(&self.world.cells[c as usize])).sum(),
                    impaired_below: declared.impaired_below,
                    faces: declared.faces_customers,
                    failover: self.pool.maybe(declared.failover.as_ref()),
                });
                u32::try_from(self.ground.services.len() - 1).unwrap_or(NONE)
            });
            self.ground.services[id as usize].cells.push(rank);
        }
        for service in &mut self.ground.services {
            service.cells.sort_unstable_by_key(|&rank| self.cone.cells[rank as usize]);
        }
        self.ground.regions = vec![Region { load: 0 }; self.world.regions.len()];
        for cell in &self.world.cells {
            if self.world.services[cell.service as usize].faces_customers {
                self.ground.regions[cell.region as usize].load += load(cell);
            }
        }
        let teams = self.world.teams.iter();
        self.ground.teams = teams
            .map(|t| Team {
                crew: t.crew.unwrap_or(u32::MAX),
                blind: self.pool.or_prior(t.blind.as_ref(), "blind_multiplier"),
                entity: entity("team", &t.name),
            })
            .collect();
        let blind = self.pool.prior("blind_multiplier");
        self.ground.teams.push(Team { crew: u32::MAX, blind, entity: entity("team", "") });
    }

    fn cells(&mut self) {
        let mut service_of: FxHashMap<u32, u32> = FxHashMap::default();
        for (id, service) in (0..).zip(&self.ground.services) {
            service_of.insert(service.origin, id);
        }
        for (rank, &cell) in self.cone.cells.iter().enumerate() {
            let (declared, service) = self.declared(cell);
            let normal = load(declared);
            let compiled = Cell {
                entity: entity("cell", &self.world.cell_name(cell)),
                needs: 0,
                edges: 0,
                feeds: 0,
                gate_edges: 0,
                settle: self.pool.maybe(service.settle.as_ref()),
                service: service_of[&declared.service],
                care: NONE,
                impaired_below: service.impaired_below,
                feeders: 0,
                load: normal,
                capacity: capacity(declared, normal),
                traffic: declared.traffic.map_or(0, crate::units::Rate::micro_per_min),
                customers: declared.customers.unwrap_or(0),
                region: declared.region,
                order: cell,
                ring: self.cone.ring[rank],
                depth: self.cone.depth[rank],
                faces: service.faces_customers,
                collapses: service.collapses && !self.cone.bystander[rank],
                queue: NONE,
                watches: false,
            };
            self.ground.cells.push(compiled);
        }
        self.ground.origin.clone_from(&self.cone.cells);
        self.ground.weighings = self.weighings();
        let sentinel = self.ground.cells.last().copied();
        self.ground.cells.extend(sentinel);
    }

    /// Nothing, unless some demand varies and it is known when the plan starts.
    fn weighings(&self) -> Vec<Option<Weighing>> {
        let Some(starts) = self.scenario.controls.starts else { return Vec::new() };
        let of = |&cell: &CellId| self.world.cells[cell as usize].by_hour.as_ref().map(|day| day.from(starts.utc));
        let all: Vec<Option<Weighing>> = self.cone.cells.iter().map(of).collect();
        if all.iter().any(Option::is_some) { all } else { Vec::new() }
    }

    fn needs(&mut self) {
        for rank in 0..self.cone.cells.len() {
            self.ground.cells[rank].needs = id(self.ground.needs.len());
            let service = self.declared(self.cone.cells[rank]).1;
            for (origin, need) in (0..).zip(&service.needs) {
                self.need(id(rank), origin, need);
            }
        }
        let end = id(self.ground.needs.len());
        if let Some(sentinel) = self.ground.cells.last_mut() {
            sentinel.needs = end;
        }
    }

    /// Members outside the cone are always up: a need that has only those is left out.
    fn need(&mut self, caller: u32, origin: u32, need: &world::Need) {
        let cell = self.cone.cells[caller as usize];
        let region = self.world.cells[cell as usize].region;
        let all: Vec<CellId> = need.members.iter().flat_map(|&p| self.world.cells_at(p, region)).collect();
        let level = |c: &CellId| self.rank(*c).filter(|&r| !self.cone.bystander[r as usize]);
        let inside: Vec<u32> = all.iter().filter_map(level).collect();
        if inside.is_empty() && need.queue.is_none() {
            return;
        }
        let redundant = all.len() > need.at_least as usize;
        let compiled = Need {
            entity: entity("need", &format!("{}|{}", self.world.cell_name(cell), need.name(self.world))),
            caller,
            members: id(self.ground.members.len()),
            count: id(inside.len()),
            at_least: need.at_least.saturating_sub(id(all.len() - inside.len())),
            share: need.share,
            hold: self.pool.maybe(need.hold.as_ref()),
            release: self.pool.maybe(need.release.as_deref()),
            attempts: need.attempts,
            redundant,
            queue: NONE,
        };
        self.ground.members.extend(inside);
        self.ground.needs.push(compiled);
        self.ground.need_origin.push(origin);
        self.ground.cells[caller as usize].watches |= redundant;
        if let Some(queue) = need.queue.as_deref() {
            self.queue(caller, *queue, &all);
        }
    }

    fn queue(&mut self, consumer: u32, queue: world::Queue, members: &[CellId]) {
        let need = id(self.ground.needs.len() - 1);
        let queue_id = id(self.ground.queues.len());
        self.ground.needs[need as usize].queue = queue_id;
        let (mut producers, mut known) = (Vec::new(), FxHashSet::default());
        let mut steady = 0;
        for &member in members {
            for call in self.graph.callers(member) {
                let service = self.declared(call.caller).1;
                // A producer is one, however many of its needs lead here.
                if service.needs[call.need as usize].queue.is_some() || !known.insert(call.caller) {
                    continue;
                }
                // One that can only starve counts too: without work it produces nothing.
                match self.rank(call.caller) {
                    Some(rank) => producers.push(rank),
                    None => steady += 1,
                }
            }
        }
        let cell = &mut self.ground.cells[consumer as usize];
        let next = std::mem::replace(&mut cell.queue, queue_id);
        self.ground.queues.push(Queue {
            consumer,
            need,
            arrivals: queue.arrivals.micro_per_min(),
            capacity: queue.capacity.micro_per_min(),
            producers,
            steady,
            next,
        });
    }

    fn fills(&mut self) {
        let ground = &mut self.ground;
        ground.fills = ground.queues.iter().flat_map(|q| q.producers.iter().map(|&producer| (producer, q.consumer))).collect();
        ground.fills.sort_unstable();
        ground.fills.dedup();
    }

    fn edges(&mut self) {
        let mut by_member: Vec<(u32, Edge)> = Vec::new();
        for (need, compiled) in (0..).zip(&self.ground.needs) {
            for &member in self.ground.members_of(compiled) {
                by_member.push((member, Edge { need, caller: compiled.caller }));
            }
        }
        by_member.sort_by_key(|&(member, edge)| (member, edge.need));
        let starts = group(self.ground.cells.len(), by_member.iter().map(|e| e.0));
        for (cell, start) in self.ground.cells.iter_mut().zip(starts) {
            cell.edges = start;
        }
        self.ground.edges = by_member.into_iter().map(|e| e.1).collect();
    }

    /// Traffic edges, only to cells that can starve: all of their feeders are in the model.
    fn feeds(&mut self) {
        let mut found: Vec<(u32, u32)> = Vec::new();
        for (rank, &cell) in (0_u32..).zip(&self.cone.cells) {
            for callee in callees(self.world, self.graph, cell) {
                if let Some(callee) = self.rank(callee) {
                    found.push((rank, callee));
                }
            }
        }
        let mut inside = vec![0_usize; self.cone.cells.len()];
        for &(_, callee) in &found {
            inside[callee as usize] += 1;
        }
        for (rank, &cell) in self.cone.cells.iter().enumerate() {
            let all = feeder_count(self.world, self.graph, cell);
            if all > 0 && all == inside[rank] && !has_own_traffic(self.world, cell) {
                self.ground.cells[rank].feeders = id(all);
            }
        }
        lay_feeds(&mut self.ground, found);
        feed_rings::find_sources(&mut self.ground);
        held_queues::pass_on(&mut self.ground);
        feed_rings::arrange(&mut self.ground);
    }

    /// Care for every cell that a step touches or that can collapse. A step without effect may take as long as a cell takes to be made or
    /// restored: that is for its care to say, too.
    fn care<'s>(&mut self, steps: impl Iterator<Item = &'s plan::Step>) {
        let asks = |s: &&plan::Step| matches!(s.verb.takes, plan::Duration::Recreate | plan::Duration::Restore);
        let acting = steps.filter(|s| s.verb.effect != plan::Effect::Nothing || asks(s));
        let targets: FxHashSet<CellId> = acting.flat_map(|s| s.targets.iter().copied()).collect();
        let mut keeper = Caretaker {
            scenario: self.scenario,
            world: self.world,
            rank: &self.cone.rank,
            gates: Vec::new(),
            members: std::mem::take(&mut self.ground.members),
        };
        let mut cells: Vec<CellId> = self.cone.cells.clone();
        cells.extend(targets.iter().copied().filter(|c| !self.cone.rank.contains_key(c)));
        cells.sort_unstable();
        for cell in cells {
            let Some(&rank) = self.cone.rank.get(&cell) else { continue };
            if targets.contains(&cell) || self.ground.cells[rank as usize].collapses {
                self.ground.cells[rank as usize].care = id(self.ground.care.len());
                let care = keeper.care(cell, &mut self.pool);
                self.ground.care.push(care);
            }
        }
        self.ground.gates = keeper.gates;
        self.ground.members = keeper.members;
        self.gate_edges();
        self.ground.monitor_gap = self.pool.odds(None, 0, "p_monitor_gap");
        self.ground.undelete = self.pool.odds(None, 0, "p_rollback_works_delete");
    }

    fn gate_edges(&mut self) {
        let mut by_member: Vec<(u32, u32)> = Vec::new();
        for (id, gate) in (0..).zip(&self.ground.gates) {
            let members = &self.ground.members[gate.members as usize..(gate.members + gate.count) as usize];
            by_member.extend(members.iter().map(|&m| (m, id)));
        }
        by_member.sort_unstable();
        let starts = group(self.ground.cells.len(), by_member.iter().map(|e| e.0));
        for (cell, start) in self.ground.cells.iter_mut().zip(starts) {
            cell.gate_edges = start;
        }
        self.ground.gate_edges = by_member.into_iter().map(|e| e.1).collect();
    }

    fn plan(&mut self) {
        let scenario = self.scenario;
        let compiler = StepCompiler { scenario: self.scenario, ranks: &self.cone.rank };
        self.ground.steps = scenario.plan.steps.iter().map(|step| compiler.step(step, &mut self.pool)).collect();
        for i in 0..self.ground.steps.len() {
            for before in self.ground.steps[i].after.clone() {
                self.ground.steps[before as usize].before.push(id(i));
            }
        }
        for fault in &scenario.faults {
            let compiled = Fault {
                entity: entity("fault", &fault.id),
                targets: fault.targets.iter().filter_map(|&c| self.rank(c)).collect(),
                from: self.pool.given(&fault.from),
                lasts: self.pool.given(&fault.lasts),
            };
            self.ground.faults.push(compiled);
        }
    }

    /// A cell whose copies lie in cells of the model watches them.
    fn places(&mut self) {
        for (store, &cell) in (0_u32..).zip(&self.cone.cells) {
            let (declared, service) = self.declared(cell);
            let places = service.data.as_ref().map_or(&[][..], |d| &d.kept_in);
            for place in places.iter().flat_map(|&p| self.world.cells_at(p, declared.region)) {
                if let Some(place) = self.rank(place) {
                    self.ground.kept.push((place, store));
                    self.ground.cells[store as usize].watches = true;
                }
            }
        }
    }

    fn finish(self) -> Model {
        let Pooled { dists, spreads, prior_of, priors } = self.pool.finish();
        let (dists, spreads, prior_of) = (Arc::new(dists), Arc::new(spreads), Arc::new(prior_of));
        Model { ground: Arc::new(self.ground), controls: Controls::default(), dists, spreads, prior_of, priors, rare: None }
    }
}

/// Normal load of a cell.
fn load(cell: &world::Cell) -> u64 {
    cell.traffic.map_or(UNIT_LOAD, |t| t.micro_per_min().max(1))
}

/// What a cell can take.
fn capacity(cell: &world::Cell, normal: u64) -> u64 {
    match cell.capacity {
        None => u64::MAX,
        Some(Capacity::Requests(rate)) => rate.micro_per_min(),
        Some(Capacity::OfNormal(millionths)) => {
            u64::try_from(u128::from(normal) * u128::from(millionths) / 1_000_000).unwrap_or(u64::MAX)
        }
    }
}

/// Takes these for the feeds of a ground, in order of who feeds; none to those that cannot starve.
pub(super) fn lay_feeds(ground: &mut Ground, mut feeds: Vec<(u32, u32)>) {
    feeds.retain(|&(_, fed)| ground.cells[fed as usize].feeders > 0);
    let starts = group(ground.cells.len(), feeds.iter().map(|feed| feed.0));
    for (cell, start) in ground.cells.iter_mut().zip(starts) {
        cell.feeds = start;
    }
    ground.feeds = feeds.into_iter().map(|feed| feed.1).collect();
}

/// Where each group starts, for `keys` in ascending order; `len` counts the groups.
fn group(len: usize, keys: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut starts = vec![0_u32; len + 1];
    for key in keys {
        starts[key as usize + 1] += 1;
    }
    for i in 1..starts.len() {
        starts[i] += starts[i - 1];
    }
    starts
}

/// An index as an id.
fn id(index: usize) -> u32 {
    u32::try_from(index).expect("fewer than 2^32 cells and needs")
}

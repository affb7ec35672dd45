//! The program that foreshock is measured against must itself be right: here it meets a naive twin.
//!
//! The twin keeps no timers and no counters. At each instant at which anything could change it computes every cell anew from the rules,
//! by the greatest fixed point. The worlds are small; some are full of feedback, and others, without it, live on a grid of
//! minutes, where everything ties.

#![expect(clippy::unwrap_used, reason = "a test may fail where it stands")]

#[path = "../benches/afternoon/mod.rs"]
mod afternoon;
#[path = "../benches/worlds/mod.rs"]
mod worlds;

use afternoon::Afternoon;
use foreshock::engine::{Choice, Engine};
use foreshock::ensemble::{self, Run};
use foreshock::luck::{Luck, Purpose, entity};
use foreshock::model::{self, graph::Graph};
use foreshock::priors::Priors;
use foreshock::scenario::Scenario;
use foreshock::scenario::plan::Size;
use foreshock::units::{Dist, MINUTE, Millis};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use worlds::{REGION, Shape, hold_ms, scenario};

const TANGLED: Shape = Shape {
    name: "tangled",
    cells: 24,
    needs: 60,
    layers: 4,
    roots: &[(1, 2), (2, 1)],
    feedback_per_mille: 150,
    feedback_hold_min: (0, 20),
};

/// The same without feedback.
const LAYERED: Shape = Shape { name: "layered", feedback_per_mille: 0, ..TANGLED };

/// The same world with every duration on a grid of minutes.
fn on_a_grid(mut scenario: Scenario) -> Scenario {
    let minutes = |values: &[u32]| Dist::Samples(values.iter().map(|&value| f64::from(value) * 60_000.0).collect());
    let mut world = (*scenario.world).clone();
    for service in &mut world.services {
        service.settle = Some(minutes(&[1, 2, 3, 5, 8]));
    }
    scenario.world = Arc::new(world);
    for step in &mut scenario.plan.steps {
        step.takes = Some(minutes(&[5, 10, 20, 40, 60]));
    }
    scenario
}

/// What the twin knows of a cell.
#[derive(Clone, Default)]
struct Cell {
    entity: u64,
    settle: Option<Dist>,
    needs: Vec<(usize, Millis)>,
    damaged_until: Millis,
    down_since: Option<Millis>,
    settled_at: Option<Millis>,
    settles: u32,
    outage: Millis,
}

struct Twin {
    cells: Vec<Cell>,
    luck: Luck,
    now: Millis,
    /// (cell, need) of released cycles, for as long as the need keeps its promise to come back.
    forgiven: BTreeSet<(usize, usize)>,
}

impl Twin {
    fn new(scenario: &Scenario, trial: u64) -> Self {
        let luck = Luck::new(scenario.seed, trial);
        let cell = |service: &foreshock::scenario::world::Service| Cell {
            entity: entity("cell", &format!("{}@{REGION}", service.name)),
            settle: service.settle.clone(),
            needs: service.needs.iter().map(|need| (need.members[0].service as usize, hold_ms(need))).collect(),
            ..Cell::default()
        };
        let mut cells: Vec<Cell> = scenario.world.services.iter().map(cell).collect();
        for step in &scenario.plan.steps {
            let takes = step.takes.as_ref().unwrap();
            cells[step.targets[0] as usize].damaged_until = luck.duration(takes, entity("step", &step.id), Purpose::StepTakes, 0);
        }
        Self { cells, luck, now: 0, forgiven: BTreeSet::new() }
    }

    fn run(mut self, horizon: Millis) -> Vec<(u32, Millis)> {
        while self.now < horizon {
            self.play_instant();
            self.now = self.next_instant().min(horizon);
        }
        for cell in &mut self.cells {
            cell.outage += cell.down_since.map_or(0, |since| horizon - since);
        }
        let outages = self.cells.iter().enumerate().filter(|(_, cell)| cell.outage > 0);
        outages.map(|(index, cell)| (u32::try_from(index).unwrap(), cell.outage)).collect()
    }

    /// Whether a need counts against a cell, given who is up now.
    fn counts(&self, up: &[bool], cell: usize, (need, hold): (usize, Millis)) -> bool {
        let since = self.cells[need].down_since.unwrap_or(self.now);
        !up[need] && since + hold <= self.now && !self.forgiven.contains(&(cell, need))
    }

    fn has_a_cause(&self, up: &[bool], cell: usize) -> bool {
        self.cells[cell].damaged_until > self.now || self.cells[cell].needs.iter().any(|&need| self.counts(up, cell, need))
    }

    /// Who is up: the most that hold together, sets that wait only for themselves being let go.
    fn who_is_up(&mut self) -> Vec<bool> {
        let all = 0..self.cells.len();
        loop {
            let could_be_up = |cell: &Cell| cell.down_since.is_none() || cell.settled_at == Some(self.now);
            let mut up: Vec<bool> = self.cells.iter().map(could_be_up).collect();
            let promised = |twin: &Self, cell: usize| twin.forgiven.iter().any(|&(_, need)| need == cell);
            let breaks = |twin: &Self, up: &[bool], cell: usize| (up[cell] || promised(twin, cell)) && twin.has_a_cause(up, cell);
            while let Some(breaks) = all.clone().find(|&cell| breaks(self, &up, cell)) {
                up[breaks] = false;
                self.forgiven.retain(|&(_, need)| need != breaks);
            }
            let released = self.released(&up);
            if released.is_empty() {
                return up;
            }
            self.forgiven.extend(released);
        }
    }

    fn play_instant(&mut self) {
        let up = self.who_is_up();
        for (cell, &up) in up.iter().enumerate() {
            match (up, self.cells[cell].down_since) {
                (false, None) => self.cells[cell].down_since = Some(self.now),
                (true, Some(since)) => {
                    self.cells[cell].outage += self.now - since;
                    self.cells[cell].down_since = None;
                    self.cells[cell].settled_at = None;
                    self.forgiven.retain(|&(_, need)| need != cell);
                }
                _ => {}
            }
        }
        for cell in (0..self.cells.len()).filter(|&cell| !up[cell]) {
            if self.has_a_cause(&up, cell) {
                self.cells[cell].settled_at = None;
            } else if self.cells[cell].settled_at.is_none() {
                self.start_settle(cell);
            }
        }
    }

    fn start_settle(&mut self, cell: usize) {
        let Cell { settle, entity, settles, .. } = &self.cells[cell];
        let lasts = self.luck.duration(settle.as_ref().unwrap(), *entity, Purpose::Settle, *settles);
        self.cells[cell].settles += 1;
        self.cells[cell].settled_at = Some(self.now + lasts);
    }

    /// Needs between waiting cells in sets in which everyone reaches everyone and nobody outside.
    fn released(&self, up: &[bool]) -> Vec<(usize, usize)> {
        let count = self.cells.len();
        let waiting = |cell: usize| !up[cell] && self.cells[cell].damaged_until <= self.now && self.has_a_cause(up, cell);
        let mut reaches = vec![vec![false; count]; count];
        for (cell, row) in reaches.iter_mut().enumerate().filter(|&(cell, _)| waiting(cell)) {
            for &need in self.cells[cell].needs.iter().filter(|&&need| self.counts(up, cell, need)) {
                row[need.0] = true;
            }
        }
        for through in 0..count {
            for from in (0..count).filter(|&from| from != through) {
                if reaches[from][through] {
                    let reached = reaches[through].clone();
                    reaches[from].iter_mut().zip(reached).for_each(|(reaches, more)| *reaches |= more);
                }
            }
        }
        let closed = |cell: usize| (0..count).all(|other| !reaches[cell][other] || (waiting(other) && reaches[other][cell]));
        let members = (0..count).filter(|&cell| reaches[cell][cell] && closed(cell));
        members
            .flat_map(|cell| (0..count).filter(|&need| reaches[cell][need]).map(move |need| (cell, need)).collect::<Vec<_>>())
            .collect()
    }

    fn next_instant(&self) -> Millis {
        let mut times: Vec<Millis> = Vec::new();
        for cell in &self.cells {
            times.push(cell.damaged_until);
            times.extend(cell.settled_at);
            times.extend(cell.needs.iter().filter_map(|&(need, hold)| Some(self.cells[need].down_since? + hold)));
        }
        times.into_iter().filter(|&time| time > self.now).min().unwrap_or(Millis::MAX)
    }
}

fn twins_agree(scenario: &Scenario, trials: u64) -> usize {
    let program = Afternoon::new(scenario);
    let mut affected = 0;
    for trial in 0..trials {
        let mut ours = program.trial(trial);
        ours.sort_unstable();
        let theirs = Twin::new(scenario, trial).run(scenario.horizon);
        assert_eq!(ours, theirs, "world of seed {}, trial {trial}", scenario.seed);
        affected += ours.len();
    }
    affected
}

#[test]
fn the_afternoon_program_agrees_with_its_naive_twin() {
    let affected: usize = (0..40).map(|seed| twins_agree(&scenario(&TANGLED, seed), 10)).sum();
    assert!(affected > 2_000, "the worlds must be worth comparing: {affected}");
}

#[test]
fn it_agrees_where_everything_ties() {
    let affected: usize = (0..60).map(|seed| twins_agree(&on_a_grid(scenario(&LAYERED, seed)), 10)).sum();
    assert!(affected > 3_000, "the worlds must be worth comparing: {affected}");
}

/// The product itself, on the same trials.
fn the_engine_agrees(scenario: &Scenario, trials: u64, reference: impl Fn(u64) -> Vec<(u32, Millis)>) {
    let model = model::compile(scenario, &Graph::new(&scenario.world), &Priors::shipped());
    let mut engine = Engine::new(&model);
    for trial in 0..trials {
        let mut theirs = reference(trial);
        theirs.sort_unstable();
        engine.run(trial);
        let affected = engine.outcome();
        let affected = affected.cells().filter(|(_, figures)| figures.affected());
        let mut ours: Vec<(u32, Millis)> =
            affected.map(|(cell, figures)| (model.origin[cell as usize], figures.outage)).collect();
        ours.sort_unstable();
        assert_eq!(ours, theirs, "world of seed {}, trial {trial}", scenario.seed);
    }
}

fn engine_and_twin_agree(scenario: &Scenario, trials: u64) {
    the_engine_agrees(scenario, trials, |trial| Twin::new(scenario, trial).run(scenario.horizon));
}

#[test]
fn the_engine_agrees_on_tangled_worlds() {
    (0..40).for_each(|seed| engine_and_twin_agree(&scenario(&TANGLED, seed), 20));
}

#[test]
fn the_engine_agrees_where_everything_ties() {
    (0..60).for_each(|seed| engine_and_twin_agree(&on_a_grid(scenario(&LAYERED, seed)), 20));
}

#[test]
fn the_engine_agrees_on_larger_worlds() {
    for (shape, trials) in [(worlds::SMALL, 500), (worlds::MEDIUM, 20)] {
        let scenario = scenario(&shape, worlds::SEED);
        let program = Afternoon::new(&scenario);
        the_engine_agrees(&scenario, trials, |trial| program.trial(trial));
    }
}

/// Where more cells are hit than are kept in full, a cell may come to other figures than its service, which is always kept in full.
#[test]
fn damage_wider_than_what_is_kept_in_full_is_counted_alike_by_both_engines() {
    let wide = Shape { name: "wide damage", roots: &[(4, 40)], ..worlds::MEDIUM };
    let scenario = scenario(&wide, worlds::SEED);
    let model = model::compile(&scenario, &Graph::new(&scenario.world), &Priors::shipped());
    let by = |engine| {
        let (news, stop) = (|_| (), AtomicBool::new(false));
        let run = Run { size: Size::Trials(60), engine, threads: 1, has_customers: false, news: &news, stop: &stop };
        ensemble::run(std::slice::from_ref(&model), &run).tallies.remove(0)
    };
    let (events, intervals) = (by(Choice::Event), by(Choice::Interval));
    assert_eq!(events.digest(), intervals.digest());
    let mut hit = 0;
    for cell in 0..model.len() {
        let told = events.cell(cell).map_or(0, |told| told.affected);
        assert_eq!(told, events.affected(cell));
        hit += usize::from(told > 0);
    }
    assert!(hit > 1_000, "{hit} cells were hit");
}

#[test]
fn worlds_have_the_size_they_promise_and_depend_on_nothing_but_the_seed() {
    let first = scenario(&worlds::SMALL, 7);
    assert_eq!(first.world.cells.len(), 100);
    assert_eq!(first.world.services.iter().map(|service| service.needs.len()).sum::<usize>(), 300);
    assert_eq!(first.plan.steps.len(), 2);
    assert_eq!(first.world, scenario(&worlds::SMALL, 7).world);
    assert_ne!(first.world, scenario(&worlds::SMALL, 8).world);
}

/// The answers of a chain by hand: the need is down for 60 minutes, masked for 15, and all settle for 5.
#[test]
fn a_chain_by_hand() {
    let chain = Shape { cells: 3, needs: 2, layers: 3, roots: &[(0, 1)], feedback_per_mille: 0, ..TANGLED };
    let straight = |scenario: &Scenario| scenario.world.services.iter().all(|service| service.needs.len() <= 1);
    let root_is_needed_once = |scenario: &Scenario| {
        let root = scenario.plan.steps[0].targets[0];
        let needing =
            |need: u32| scenario.world.services.iter().position(|s| s.needs.iter().any(|n| n.members[0].service == need));
        needing(root).and_then(|next| needing(u32::try_from(next).unwrap())).is_some()
    };
    let mut scenario = (0..1_000).map(|seed| scenario(&chain, seed)).find(|s| straight(s) && root_is_needed_once(s)).unwrap();
    let mut world = (*scenario.world).clone();
    for service in &mut world.services {
        service.settle = Some(Dist::Fixed(5.0 * 60_000.0));
        service.needs.iter_mut().for_each(|need| need.hold = Some(Dist::Fixed(15.0 * 60_000.0)));
    }
    scenario.world = Arc::new(world);
    scenario.plan.steps[0].takes = Some(Dist::Fixed(60.0 * 60_000.0));
    let outages: Vec<Millis> = Afternoon::new(&scenario).trial(0).into_iter().map(|(_, outage)| outage / MINUTE).collect();
    assert_eq!(outages, [65, 55, 45], "0 to 65, 15 to 70, 30 to 75");
}

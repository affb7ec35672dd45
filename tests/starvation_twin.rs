//! Starvation and queues against a naive twin.
//!
//! In: levels over time, and whose traffic is elsewhere, as the engine tells them. The twin knows the whole world and nothing
//! else: at every instant it asks anew which cells are reachable from a source, adds up every backlog since the instant
//! before, and compares the states that follow (out, starved, lagging or none of these) cell by cell. Worlds have rings, queues on
//! rings, little traffic of their own and many soft needs, so that much starves that does not fail.

#![allow(clippy::unwrap_used, clippy::format_collect, reason = "a test that cannot go on may panic")]

mod world;

use foreshock::engine::{Engine, Note, State};
use foreshock::luck::Luck;
use foreshock::scenario::Scenario;
use foreshock::scenario::world::{CellId, Need, World};
use foreshock::units::{FOREVER, Level, Millis};
use std::collections::{BTreeMap, BTreeSet};
use world::definitions::{self, Watched};
use world::{Dice, Draft, EVERYTHING};

/// What a cell's state says about its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Work {
    Out,
    Starved,
    Lagging,
    Fine,
}

const fn work_of(state: State) -> Work {
    match state {
        State::Down | State::Failing | State::Degraded => Work::Out,
        State::Starved => Work::Starved,
        State::Lagging => Work::Lagging,
        State::Exposed | State::Normal => Work::Fine,
    }
}

struct Queue {
    consumer: CellId,
    at_least: u32,
    need: Watched,
    /// Once for every plain need on a member.
    producers: Vec<CellId>,
    arrivals: i128,
    capacity: i128,
    /// Millionths a minute x parts per billion x milliseconds, and by how much it changes in a millisecond.
    backlog: i128,
    growth: i128,
}

struct Twin<'a> {
    world: &'a World,
    level: Vec<Level>,
    moved: Vec<bool>,
    /// Who feeds whom.
    feeds: BTreeSet<(CellId, CellId)>,
    /// Queue and consumer, where a hold stands in for the queue while that is down.
    held: BTreeSet<(CellId, CellId)>,
    sources: BTreeSet<CellId>,
    queues: Vec<Queue>,
    dry: BTreeSet<CellId>,
    work: Vec<Work>,
    since: Millis,
}

impl<'a> Twin<'a> {
    fn new(scenario: &'a Scenario, trial: u64) -> Self {
        let world = &*scenario.world;
        let luck = Luck::new(scenario.seed, trial);
        let count = world.cells.len();
        let (mut feeds, mut held, mut queues, mut calls) = (BTreeSet::new(), BTreeSet::new(), Vec::new(), Vec::new());
        for cell in 0..u32::try_from(count).unwrap() {
            for need in &world.services[world.cells[cell as usize].service as usize].needs {
                let watched = Watched::new(world, &luck, cell, need);
                let members = &watched.members;
                if need.queue.is_some() {
                    feeds.extend(members.iter().map(|&queue| (queue, cell)));
                    if need.hold.is_some() && members.len() == need.at_least as usize {
                        held.extend(members.iter().map(|&queue| (queue, cell)));
                    }
                    queues.push(queue(cell, need, watched));
                } else {
                    feeds.extend(members.iter().map(|&callee| (cell, callee)));
                    calls.extend(members.iter().map(|&callee| (cell, callee)));
                }
            }
        }
        for queue in &mut queues {
            queue.producers = calls.iter().filter(|call| queue.need.members.contains(&call.1)).map(|call| call.0).collect();
            // Whoever calls it twice is still one.
            queue.producers.sort_unstable();
            queue.producers.dedup();
        }
        let consumes = |cell: CellId| queues.iter().any(|queue| queue.consumer == cell);
        held.retain(|&(queue, _)| !consumes(queue));
        let sources = sources(world, &feeds);
        let (level, moved, work) = (vec![Level::ONE; count], vec![false; count], vec![Work::Fine; count]);
        Self { world, level, moved, feeds, held, sources, queues, dry: BTreeSet::new(), work, since: 0 }
    }

    fn cells(&self) -> std::ops::Range<CellId> {
        0..u32::try_from(self.level.len()).unwrap()
    }

    /// The level of a queue, and what its consumer sees of it.
    fn look(&self, queue: &Queue, now: Millis) -> (Level, Level) {
        let moved = |c: CellId| self.moved[c as usize];
        let offers = queue.need.members.iter().map(|&m| definitions::offer(self.world, m, &self.level, moved)).collect();
        let x = definitions::kth_best(queue.at_least, offers);
        (x, queue.need.seen(now, x))
    }

    fn instant(&mut self, now: Millis) {
        let looks: Vec<(Level, Level)> = self.queues.iter().map(|queue| self.look(queue, now)).collect();
        let away = |cell: CellId| self.queues.iter().zip(&looks).any(|(q, look)| q.consumer == cell && look.1 == Level::ZERO);
        let passes_on = |&(cell, to): &(CellId, CellId)| {
            !away(cell) && (self.level[cell as usize] > Level::ZERO || self.held.contains(&(cell, to)))
        };
        let mut fed = self.sources.clone();
        let mut frontier: Vec<CellId> = fed.iter().copied().collect();
        while let Some(cell) = frontier.pop() {
            let feeds = self.feeds.iter().filter(|feed| feed.0 == cell && passes_on(feed));
            frontier.extend(feeds.map(|feed| feed.1).filter(|&callee| fed.insert(callee)));
        }
        let dry: BTreeSet<CellId> = self.cells().filter(|cell| !fed.contains(cell) || away(*cell)).collect();
        let spell = i128::from(now - self.since);
        for (queue, (x, seen)) in self.queues.iter_mut().zip(looks) {
            let level = |&p: &CellId| if dry.contains(&p) { 0 } else { i128::from(self.level[p as usize].ppb()) };
            let produced: i128 = queue.producers.iter().map(level).sum();
            let produced = produced.checked_div(i128::try_from(queue.producers.len()).unwrap()).unwrap_or(1_000_000_000);
            let consumed = i128::from(self.level[queue.consumer as usize].times(seen).ppb());
            queue.backlog = (queue.backlog + queue.growth * spell).max(0);
            queue.growth = queue.arrivals * produced - queue.capacity * consumed;
            queue.need.becomes(now, x);
        }
        self.since = now;
        self.dry = dry;
        self.work = self.cells().map(|cell| self.work_of(cell)).collect();
    }

    fn work_of(&self, cell: CellId) -> Work {
        let level = self.level[cell as usize];
        let objective = self.world.services[self.world.cells[cell as usize].service as usize].impaired_below;
        let lagging = |queue: &Queue| queue.consumer == cell && (queue.backlog > 0 || queue.growth > 0);
        match level == Level::ZERO || level < objective {
            true => Work::Out,
            false if self.dry.contains(&cell) => Work::Starved,
            false if self.queues.iter().any(lagging) => Work::Lagging,
            false => Work::Fine,
        }
    }

    /// The next instant at which something changes by itself.
    fn next(&self) -> Option<Millis> {
        let windows = self.queues.iter().flat_map(|q| q.need.ends());
        let shrinking = self.queues.iter().filter(|q| q.backlog > 0 && q.growth < 0);
        let drained = shrinking.map(|q| self.since + u64::try_from((q.backlog - 1) / -q.growth + 1).unwrap());
        windows.chain(drained).filter(|&t| t > self.since && t < FOREVER).min()
    }
}

fn queue(consumer: CellId, need: &Need, watched: Watched) -> Queue {
    let declared = need.queue.as_deref().unwrap();
    Queue {
        consumer,
        at_least: need.at_least,
        need: watched,
        producers: Vec::new(),
        arrivals: declared.arrivals.micro_per_min().into(),
        capacity: declared.capacity.micro_per_min().into(),
        backlog: 0,
        growth: 0,
    }
}

/// Cells whose work comes from outside what is modelled: traffic of their own, nobody who feeds them, or a set without traffic of its
/// own that feeds itself and that nobody else feeds.
fn sources(world: &World, feeds: &BTreeSet<(CellId, CellId)>) -> BTreeSet<CellId> {
    let own = |cell: CellId| {
        let declared = &world.cells[cell as usize];
        world.services[declared.service as usize].faces_customers || declared.traffic.is_some_and(|t| t.micro_per_min() > 0)
    };
    let cells = 0..u32::try_from(world.cells.len()).unwrap();
    // Everything that work at a cell comes from, as far as that says anything: where traffic arrives, no more is asked.
    let above = |cell: CellId| {
        let mut found: BTreeSet<CellId> = BTreeSet::new();
        let mut frontier = vec![cell];
        while let Some(next) = frontier.pop() {
            if !own(next) {
                frontier.extend(feeds.iter().filter(|f| f.1 == next).map(|f| f.0).filter(|&feeder| found.insert(feeder)));
            }
        }
        found
    };
    let closed = |cell: CellId| above(cell).iter().all(|&feeder| above(feeder).contains(&cell));
    cells.filter(|&cell| own(cell) || closed(cell)).collect()
}

/// The first difference in a trial, in words; and in how many cells something starved or lagged.
fn compare(scenario: &Scenario, trial: u64) -> Result<usize, String> {
    let model = world::compiled(scenario);
    let mut engine = Engine::watched(&model, Vec::new());
    engine.run(trial);
    let outcome = engine.outcome();
    let end = outcome.first_impact().map_or(Millis::MAX, |first| first + scenario.horizon);
    let mut notes: BTreeMap<Millis, Vec<Note>> = BTreeMap::new();
    for &(now, note) in engine.watch() {
        notes.entry(now).or_default().push(note);
    }
    let mut twin = Twin::new(scenario, trial);
    let mut told = vec![Work::Fine; twin.level.len()];
    let mut seen = BTreeSet::new();
    let mut now = 0;
    loop {
        for note in notes.get(&now).into_iter().flatten() {
            match *note {
                Note::Causes { cell, moved, .. } => twin.moved[model.origin[cell as usize] as usize] = moved,
                Note::Level { cell, level, .. } => twin.level[model.origin[cell as usize] as usize] = level,
                Note::Becomes { cell, state } => told[model.origin[cell as usize] as usize] = work_of(state),
                _ => {}
            }
        }
        twin.instant(now);
        for cell in twin.cells() {
            let (ours, theirs) = (told[cell as usize], twin.work[cell as usize]);
            if ours != theirs {
                return Err(format!("trial {trial}, at {now}: {} {ours:?}, twin {theirs:?}", scenario.world.cell_name(cell)));
            }
            if matches!(ours, Work::Starved | Work::Lagging) {
                seen.insert(cell);
            }
        }
        let next = notes.range(now + 1..).next().map(|n| *n.0).into_iter().chain(twin.next()).min();
        match next {
            Some(next) if next <= end => now = next,
            _ => return Ok(seen.len()),
        }
    }
}

/// A random draft in which little has traffic of its own, and many needs are soft.
fn draft(seed: u64) -> Draft {
    let mut draft = Draft::random(seed, EVERYTHING);
    let mut dice = Dice::new(seed ^ 0x5747_2e64);
    for service in draft.services.iter_mut().flatten() {
        if dice.percent(70) {
            service.lines.retain(|line| !["faces", "traffic", "customers", "impaired"].iter().any(|key| line.starts_with(key)));
            if dice.percent(60) {
                service.lines.push("impaired-below: 30%".to_owned());
            }
        }
        for need in &mut service.needs {
            let plain = !need.extra.iter().any(|line| ["share", "queue"].iter().any(|key| line.starts_with(key)));
            if plain && need.members.len() == 1 && dice.percent(15) {
                need.extra.retain(|line| line.starts_with("hold") || line.starts_with("release"));
                need.extra.push("queue: { arrivals: 100/min, capacity: 140/min }".to_owned());
            } else if plain && dice.percent(60) {
                need.extra.push("share: 40%".to_owned());
            }
        }
    }
    draft
}

fn fails(text: &str) -> Option<String> {
    let scenario = world::scenario_of(text);
    (0..8).find_map(|trial| compare(&scenario, trial).err())
}

#[test]
fn starvation_and_backlogs_are_what_a_naive_twin_says() {
    let seeds = world::seeds(150);
    let compared = world::held(&seeds, draft, fails);
    let (mut rings, mut touched) = (0, 0);
    for draft in &compared {
        let scenario = world::scenario_of(&draft.yaml());
        rings += usize::from(world::compiled(&scenario).feed_order.has_rings());
        touched += usize::from((0..8).any(|trial| compare(&scenario, trial).unwrap_or(0) > 0));
    }
    assert!(compared.len() * 10 >= seeds.len() * 8, "only {} of {} worlds are valid", compared.len(), seeds.len());
    assert!(seeds.len() < 100 || (rings >= 20 && touched >= 60), "{rings} rings, {touched} worlds with something to see");
}

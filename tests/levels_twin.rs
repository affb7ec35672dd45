//! The propagation half of the engine against a naive twin.
//!
//! In: the causes of a trial (own level, load factor, latch, moved traffic of every cell over time), as the engine tells them. The
//! twin computes the level of every cell of the world anew at every instant, by iteration from the top, with holds and releases
//! straight from their definitions over the whole history, and compares levels, states and outages. It knows nothing of cones,
//! ranks, frontiers and timers. Worlds with rings of needs are left to `tests/afternoon.rs`.

#![allow(clippy::unwrap_used, clippy::format_collect, reason = "a test that cannot go on may panic")]

mod world;

use foreshock::engine::{Engine, Note, State};
use foreshock::luck::{Luck, Purpose, entity};
use foreshock::scenario::Scenario;
use foreshock::scenario::world::{CellId, World};
use foreshock::units::{Dist, FOREVER, Level, Millis};
use std::collections::{BTreeMap, BTreeSet};
use world::definitions::{self, Watched};
use world::{Allowed, Draft, EVERYTHING};

/// What a cell's level is made of.
#[derive(Clone, Copy)]
struct Causes {
    own: Level,
    factor: Level,
    latched: bool,
    moved: bool,
}

const NORMAL: Causes = Causes { own: Level::ONE, factor: Level::ONE, latched: false, moved: false };

struct Twin<'a> {
    world: &'a World,
    luck: Luck,
    causes: Vec<Causes>,
    level: Vec<Level>,
    /// The end of a settle that runs, and the lowest raw since it began.
    settling: Vec<Option<(Millis, Level)>>,
    settles: Vec<u32>,
    needs: Vec<Vec<Watched>>,
    /// Changes of level.
    told: BTreeMap<(Millis, CellId), Level>,
    outage: Vec<Millis>,
}

impl<'a> Twin<'a> {
    fn new(scenario: &'a Scenario, trial: u64) -> Self {
        let world = &*scenario.world;
        let luck = Luck::new(scenario.seed, trial);
        let count = world.cells.len();
        let all = 0..u32::try_from(count).unwrap();
        let of = |cell: CellId| &world.services[world.cells[cell as usize].service as usize].needs;
        Self {
            world,
            luck,
            causes: vec![NORMAL; count],
            level: vec![Level::ONE; count],
            settling: vec![None; count],
            settles: vec![0; count],
            needs: all.map(|cell| of(cell).iter().map(|need| Watched::new(world, &luck, cell, need)).collect()).collect(),
            told: BTreeMap::new(),
            outage: vec![0; count],
        }
    }

    /// The level of the k-th best member of a need.
    fn x(&self, cell: CellId, need: usize, level: &[Level]) -> Level {
        let moved = |c: CellId| self.causes[c as usize].moved;
        let members = &self.needs[cell as usize][need].members;
        let offers = members.iter().map(|&m| definitions::offer(self.world, m, level, moved)).collect();
        let service = self.world.cells[cell as usize].service as usize;
        definitions::kth_best(self.world.services[service].needs[need].at_least, offers)
    }

    fn raw(&self, cell: CellId, now: Millis, level: &[Level]) -> Level {
        let causes = self.causes[cell as usize];
        if causes.latched {
            return Level::ZERO;
        }
        let service = &self.world.services[self.world.cells[cell as usize].service as usize];
        let mut product = Level::ONE;
        for (i, need) in service.needs.iter().enumerate().filter(|(_, need)| need.queue.is_none()) {
            let seen = self.needs[cell as usize][i].seen(now, self.x(cell, i, level));
            product = product.times(need.share.times(seen.complement()).complement());
        }
        causes.own.times(causes.factor).times(product)
    }

    fn settle_dist(&self, cell: CellId) -> Option<&'a Dist> {
        self.world.services[self.world.cells[cell as usize].service as usize].settle.as_ref()
    }

    fn instant(&mut self, now: Millis) {
        let all = 0..u32::try_from(self.level.len()).unwrap();
        let ripe: BTreeSet<CellId> = all.clone().filter(|&c| self.settling[c as usize].is_some_and(|s| s.0 == now)).collect();
        let mut free: BTreeSet<CellId> = BTreeSet::new();
        let (level, raws) = loop {
            let mut level = vec![Level::ONE; self.level.len()];
            let mut raws = level.clone();
            for round in 0.. {
                assert!(round < 1000, "no fixed point");
                let before = level.clone();
                for cell in all.clone() {
                    let raw = self.raw(cell, now, &level);
                    raws[cell as usize] = raw;
                    let was = self.level[cell as usize];
                    let cap = self.settling[cell as usize].map_or(raw, |s| s.1.min(raw));
                    let waits = self.settle_dist(cell).is_some() && raw > was;
                    level[cell as usize] = match waits {
                        false => raw,
                        true if free.contains(&cell) => raw,
                        true if ripe.contains(&cell) => cap.max(was),
                        true => was,
                    };
                }
                if before == level {
                    break;
                }
            }
            // A settle that takes no time is none: the cell follows what it is given, as long as the instant lasts.
            let mut again = false;
            for cell in all.clone() {
                let Some(dist) = self.settle_dist(cell) else { continue };
                let c = cell as usize;
                let begins = match self.settling[c] {
                    Some((_, cap)) => ripe.contains(&cell) && cap < raws[c],
                    None => true,
                };
                if raws[c] > level[c] && begins && self.peek(cell, dist) == 0 {
                    again |= free.insert(cell);
                }
            }
            if !again {
                break (level, raws);
            }
        };
        for cell in all {
            let c = cell as usize;
            if self.level[c] != level[c] {
                self.told.insert((now, cell), level[c]);
            }
            let without = match self.settling[c] {
                Some((_, cap)) if ripe.contains(&cell) => cap.max(self.level[c]),
                _ => self.level[c],
            };
            self.settles[c] += u32::from(free.contains(&cell) && level[c] > without);
            if ripe.contains(&cell) {
                self.settling[c] = None;
            }
            let dist = self.settle_dist(cell);
            self.settling[c] = match (self.settling[c], dist) {
                (_, Some(_)) if raws[c] <= level[c] => None,
                (Some((due, cap)), Some(_)) => Some((due, cap.min(raws[c]))),
                (None, Some(dist)) => Some((now + self.draw(cell, dist), raws[c])),
                (_, None) => None,
            };
            for need in 0..self.needs[c].len() {
                let x = self.x(cell, need, &level);
                self.needs[c][need].becomes(now, x);
            }
        }
        self.level = level;
    }

    fn draw(&mut self, cell: CellId, dist: &Dist) -> Millis {
        let lasts = self.peek(cell, dist);
        self.settles[cell as usize] += 1;
        lasts
    }

    fn peek(&self, cell: CellId, dist: &Dist) -> Millis {
        let key = entity("cell", &self.world.cell_name(cell));
        self.luck.duration(dist, key, Purpose::Settle, self.settles[cell as usize])
    }

    /// Every instant after `now` at which something could change by itself.
    fn next(&self, now: Millis) -> Option<Millis> {
        let settles = self.settling.iter().flatten().map(|s| s.0);
        settles.chain(self.needs.iter().flatten().flat_map(Watched::ends)).filter(|&t| t > now && t < FOREVER).min()
    }

    fn impaired(&self, cell: CellId) -> bool {
        self.level[cell as usize] < self.world.services[self.world.cells[cell as usize].service as usize].impaired_below
    }
}

/// The first difference in a trial, in words.
fn difference(scenario: &Scenario, trial: u64) -> Option<String> {
    let model = world::compiled(scenario);
    let mut engine = Engine::watched(&model, Vec::new());
    engine.run(trial);
    let outcome = engine.outcome();
    let end = outcome.first_impact().map_or(Millis::MAX, |first| first + scenario.horizon);
    let mut twin = Twin::new(scenario, trial);
    let mut causes: BTreeMap<Millis, Vec<(CellId, Causes)>> = BTreeMap::new();
    let mut told: BTreeMap<(Millis, CellId), Level> = BTreeMap::new();
    let mut states: BTreeMap<CellId, u8> = BTreeMap::new();
    for &(now, note) in engine.watch() {
        match note {
            Note::Causes { cell, own, factor, latched, moved, .. } => {
                let cell = model.origin[cell as usize];
                causes.entry(now).or_default().push((cell, Causes { own, factor, latched, moved }));
            }
            Note::Level { cell, level, .. } => {
                told.insert((now, model.origin[cell as usize]), level);
            }
            Note::Becomes { cell, state } => *states.entry(model.origin[cell as usize]).or_default() |= 1 << state as u8,
            _ => {}
        }
    }
    let mut now = 0;
    loop {
        for &(cell, new) in causes.get(&now).into_iter().flatten() {
            twin.causes[cell as usize] = new;
        }
        twin.instant(now);
        let next = causes.range(now + 1..).next().map(|c| c.0).copied().into_iter().chain(twin.next(now)).min();
        let until = next.unwrap_or(end).min(end);
        if until == Millis::MAX {
            break;
        }
        for cell in 0..u32::try_from(twin.level.len()).unwrap() {
            if twin.impaired(cell) {
                twin.outage[cell as usize] += until - now;
            }
        }
        match next {
            Some(next) if next <= end => now = next,
            _ => break,
        }
    }
    let named = |(&(at, cell), level): (&(Millis, CellId), &Level)| format!("{at}: {} {level:?}", scenario.world.cell_name(cell));
    let (ours, theirs): (Vec<String>, Vec<String>) = (told.iter().map(named).collect(), twin.told.iter().map(named).collect());
    if let Some(i) = (0..ours.len().max(theirs.len())).find(|&i| ours.get(i) != theirs.get(i)) {
        return Some(format!("trial {trial}: engine {:?}, twin {:?}", ours.get(i), theirs.get(i)));
    }
    let mut outage = vec![0; twin.level.len()];
    for (cell, figures) in outcome.cells() {
        outage[model.origin[cell as usize] as usize] = figures.outage;
    }
    for cell in 0..u32::try_from(outage.len()).unwrap() {
        let (ours, theirs) = (outage[cell as usize], twin.outage[cell as usize]);
        let name = scenario.world.cell_name(cell);
        if ours != theirs {
            return Some(format!("trial {trial}: outage of {name}: engine {ours}, twin {theirs}"));
        }
        let out = states.get(&cell).is_some_and(|s| s & 0b111 != 0);
        if out != (theirs > 0) {
            return Some(format!("trial {trial}: states {:?} of {name} and outage {theirs}", State::Down));
        }
    }
    None
}

fn fails(text: &str) -> Option<String> {
    let scenario = world::scenario_of(text);
    (0..12).find_map(|trial| difference(&scenario, trial))
}

#[test]
fn levels_follow_from_causes_as_a_naive_twin_says() {
    let allowed = Allowed { rings: false, ..EVERYTHING };
    let seeds = world::seeds(120);
    let compared = world::held(&seeds, |seed| Draft::random(seed, allowed), fails).len();
    assert!(compared * 10 >= seeds.len() * 9, "only {compared} of {} worlds are valid", seeds.len());
}

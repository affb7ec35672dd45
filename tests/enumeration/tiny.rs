//! Tiny worlds whose draws can be enumerated: as text for the reader, and as a calculator that knows no code of the engine.
//!
//! In: up to four cells, their needs, one or two acts, every figure a short list of equally likely minutes. Out: the text that a
//! user would write; every combination of draws with its weight ([`Tiny::branches`]); the outage of every cell in one of them
//! ([`Tiny::outages`]), minute by minute, straight from the definitions. Time here is whole minutes, and what holds at a minute
//! holds until the next, since every figure is a whole number of them.

#![allow(unreachable_pub, reason = "a part of one test")]

use std::fmt::Write;

/// Equally likely minutes.
pub type Minutes = Vec<u32>;

/// How a cell uses another.
#[derive(Debug, Clone, Default)]
pub struct Need {
    pub members: Vec<usize>,
    pub at_least: usize,
    pub share: u64,
    pub hold: Minutes,
    pub release: Minutes,
}

/// What happens, at minute 0 but for faults.
#[derive(Debug, Clone)]
pub enum Act {
    /// A step that brings back what it takes away.
    Recreate { cell: usize, takes: Minutes },
    /// A step that leaves it to people; they notice after `detect` and mend in `mend`.
    Delete { cell: usize, detect: Minutes, mend: Minutes },
    /// A configuration that may go wrong: rolled back in `revert`, which may not be enough, so that `forward` follows.
    Configure { cell: usize, detect: Minutes, fails: u32, revert: Minutes, works: u32, forward: Minutes },
    /// Something fails by itself.
    Fault { cell: usize, from: Minutes, lasts: Minutes },
}

#[derive(Debug, Clone, Default)]
pub struct Tiny {
    /// Needs of each cell, in declared order.
    pub cells: Vec<Vec<Need>>,
    /// Minutes from the last cause gone to serving; no list of its own, for a cell may settle twice.
    pub settle: u32,
    pub engage: Minutes,
    pub diagnose: Minutes,
    pub acts: Vec<Act>,
}

const ONE: u64 = 1_000_000_000;

pub fn name(cell: usize) -> String {
    ["a", "b", "c", "d"][cell].to_owned()
}

fn figure(minutes: &[u32]) -> String {
    match minutes {
        [one] => format!("{one}m"),
        many => format!("{{ samples: [{}] }}", many.iter().map(|m| format!("{m}m")).collect::<Vec<_>>().join(", ")),
    }
}

fn only(minutes: &[u32]) -> u32 {
    assert_eq!(minutes.len(), 1, "one of the branches");
    minutes[0]
}

impl Tiny {
    /// What a user would write.
    pub fn yaml(&self) -> String {
        let mut text = String::from("title: A tiny world\nworld:\n  regions: { r: {} }\n  teams:\n");
        for (cell, _) in self.cells.iter().enumerate() {
            let _ = writeln!(
                text,
                "    t{cell}: {{ detect: {}, engage: {}, diagnose: {} }}",
                figure(self.detect_of(cell)),
                figure(&self.engage),
                figure(&self.diagnose)
            );
        }
        text += "  services:\n";
        for (cell, needs) in self.cells.iter().enumerate() {
            let settle = if self.settle > 0 { format!("settle: {}m, ", self.settle) } else { String::new() };
            let needs: Vec<String> = needs.iter().map(Need::yaml).collect();
            let needs = if needs.is_empty() { "none".to_owned() } else { format!("[{}]", needs.join(", ")) };
            let _ =
                writeln!(text, "    {}: {{ in: [r], team: t{cell}, {settle}{}needs: {needs} }}", name(cell), self.mends_of(cell));
        }
        let (mut plan, mut faults) = (String::new(), String::new());
        for act in &self.acts {
            let _ = match act {
                Act::Recreate { cell, takes } => writeln!(
                    plan,
                    "  - {{ do: recreate, target: {}, takes: {}, fails: 0%, after: [] }}",
                    name(*cell),
                    figure(takes)
                ),
                Act::Delete { cell, .. } => {
                    writeln!(plan, "  - {{ do: delete, target: {}, takes: 1m, fails: 0%, after: [] }}", name(*cell))
                }
                Act::Configure { cell, fails, .. } => {
                    writeln!(plan, "  - {{ do: configure, target: {}, takes: 4m, fails: {fails}%, after: [] }}", name(*cell))
                }
                Act::Fault { cell, from, lasts } => {
                    writeln!(faults, "  - {{ down: {}, from: {}, for: {} }}", name(*cell), figure(from), figure(lasts))
                }
            };
        }
        for (key, list) in [("plan", plan), ("faults", faults)] {
            if !list.is_empty() {
                let _ = write!(text, "{key}:\n{list}");
            }
        }
        text + "seed: 11\ntrials: 4000\n"
    }

    fn detect_of(&self, cell: usize) -> &[u32] {
        let detect = |act: &'_ Act| match act {
            Act::Delete { cell: at, .. } | Act::Configure { cell: at, .. } => *at == cell,
            _ => false,
        };
        match self.acts.iter().find(|act| detect(act)) {
            Some(Act::Delete { detect, .. } | Act::Configure { detect, .. }) => detect,
            _ => &[1],
        }
    }

    fn mends_of(&self, cell: usize) -> String {
        let mut text = String::new();
        for act in &self.acts {
            let _ = match act {
                Act::Delete { cell: at, mend, .. } if *at == cell => write!(text, "recreate: {}, ", figure(mend)),
                Act::Configure { cell: at, revert, works, forward, .. } if *at == cell => {
                    let (revert, forward) = (figure(revert), figure(forward));
                    write!(text, "revert: {revert}, rollback-works: {works}%, fix-forward: {forward}, ")
                }
                _ => Ok(()),
            };
        }
        text
    }

    /// Every combination of draws: the world with that combination as its only one, and its probability.
    pub fn branches(&self) -> Vec<(Tiny, f64)> {
        let mut open = vec![(self.clone(), 1.0)];
        let mut closed = Vec::new();
        while let Some((tiny, weight)) = open.pop() {
            match tiny.split() {
                Some(parts) => open.extend(parts.into_iter().map(|(part, share)| (part, weight * share))),
                None => closed.push((tiny, weight)),
            }
        }
        closed
    }

    /// The branches of the first figure or chance that is not certain.
    fn split(&self) -> Option<Vec<(Tiny, f64)>> {
        let figures = self.clone().figures().iter().map(|list| list.len()).collect::<Vec<_>>();
        if let Some(at) = figures.iter().position(|count| *count > 1) {
            let parts = (0..figures[at]).map(|i| {
                let mut part = self.clone();
                let list = part.figures().swap_remove(at);
                *list = vec![list[i]];
                (part, 1.0 / f64::from(u32::try_from(figures[at]).unwrap()))
            });
            return Some(parts.collect());
        }
        let chances: Vec<u32> = self.clone().chances().iter().map(|chance| **chance).collect();
        let at = chances.iter().position(|chance| !matches!(chance, 0 | 100))?;
        let parts = [(100, chances[at]), (0, 100 - chances[at])].map(|(certain, share)| {
            let mut part = self.clone();
            *part.chances()[at] = certain;
            (part, f64::from(share) / 100.0)
        });
        Some(parts.to_vec())
    }

    fn figures(&mut self) -> Vec<&mut Minutes> {
        let needs = self.cells.iter_mut().flatten().flat_map(|need| [&mut need.hold, &mut need.release]);
        let mut found: Vec<&mut Minutes> = needs.chain([&mut self.engage, &mut self.diagnose]).collect();
        for act in &mut self.acts {
            match act {
                Act::Recreate { takes, .. } => found.push(takes),
                Act::Delete { detect, mend, .. } => found.extend([detect, mend]),
                Act::Configure { detect, revert, forward, .. } => found.extend([detect, revert, forward]),
                Act::Fault { from, lasts, .. } => found.extend([from, lasts]),
            }
        }
        found
    }

    fn chances(&mut self) -> Vec<&mut u32> {
        let chances = self.acts.iter_mut().map(|act| match act {
            Act::Configure { fails, works, .. } => vec![fails, works],
            _ => Vec::new(),
        });
        chances.flatten().collect()
    }

    /// When each cell is gone by its own damage.
    fn gone(&self) -> Vec<(usize, u32, u32)> {
        let notices = self.acts.iter().filter_map(|act| match act {
            Act::Delete { detect, .. } | Act::Configure { detect, fails: 100, .. } => Some(only(detect)),
            _ => None,
        });
        let known = notices.min().map(|first| first + only(&self.engage) + only(&self.diagnose));
        let mends_from = |detect: &Minutes| known.unwrap().max(only(detect));
        let spell = |act: &Act| match act {
            Act::Recreate { cell, takes } => Some((*cell, 0, only(takes))),
            Act::Delete { cell, detect, mend } => Some((*cell, 0, mends_from(detect) + only(mend))),
            // It goes wrong at any moment of the push; nothing else happens in such a world, so that it may as well be minute 0.
            Act::Configure { cell, detect, fails: 100, revert, works, forward } => {
                let forward = if *works == 100 { 0 } else { only(forward) };
                Some((*cell, 0, mends_from(detect) + only(revert) + forward))
            }
            Act::Configure { .. } => None,
            Act::Fault { cell, from, lasts } => Some((*cell, only(from), only(from) + only(lasts))),
        };
        self.acts.iter().filter_map(spell).collect()
    }

    /// Minutes of outage of every cell; nothing is left to chance here.
    pub fn outages(&self) -> Vec<u32> {
        let gone = self.gone();
        let tails: u32 = self.cells.iter().flatten().map(|need| only(&need.hold) + only(&need.release)).sum();
        let last = gone.iter().map(|spell| spell.2).max().unwrap_or(0);
        let end = last + tails + (self.settle + 1) * 2 * u32::try_from(self.cells.len()).unwrap() + 5;
        let mut course = Course::new(self);
        let mut outages = vec![0; self.cells.len()];
        for minute in 0..end {
            let own: Vec<u64> = (0..self.cells.len())
                .map(|c| if gone.iter().any(|s| s.0 == c && (s.1..s.2).contains(&minute)) { 0 } else { ONE })
                .collect();
            course.minute(self, minute, &own);
            for (outage, level) in outages.iter_mut().zip(&course.level) {
                *outage += u32::from(*level < 990_000_000);
            }
        }
        assert!(course.level.iter().all(|level| *level == ONE), "all is over by then: {self:?}");
        outages
    }
}

impl Need {
    fn yaml(&self) -> String {
        let members: Vec<String> = self.members.iter().map(|m| name(*m)).collect();
        let what = match (members.as_slice(), self.at_least) {
            ([one], _) => format!("need: {one}"),
            (many, 1) => format!("any-of: [{}]", many.join(", ")),
            (many, k) => format!("at-least: {k}, of: [{}]", many.join(", ")),
        };
        let (hold, release) = (figure(&self.hold), figure(&self.release));
        format!("{{ {what}, share: {}%, hold: {hold}, release: {release} }}", self.share)
    }
}

/// What the minutes before have left behind.
struct Course {
    level: Vec<u64>,
    /// End of a settle that runs, and the lowest that could have been served since it began.
    settling: Vec<Option<(u32, u64)>>,
    /// Level of every need, minute by minute.
    history: Vec<Vec<Vec<u64>>>,
}

impl Course {
    fn new(tiny: &Tiny) -> Self {
        let count = tiny.cells.len();
        let history = tiny.cells.iter().map(|needs| vec![Vec::new(); needs.len()]).collect();
        Self { level: vec![ONE; count], settling: vec![None; count], history }
    }

    /// The greatest levels that fit together: start from the top, and lower until nothing moves.
    fn minute(&mut self, tiny: &Tiny, minute: u32, own: &[u64]) {
        let mut level = vec![ONE; own.len()];
        loop {
            let raws: Vec<u64> = (0..own.len()).map(|cell| self.raw(tiny, cell, own[cell], &level)).collect();
            let next: Vec<u64> = (0..own.len()).map(|cell| self.settled(tiny, cell, minute, raws[cell])).collect();
            if next == level {
                return self.remember(tiny, minute, &raws, level);
            }
            level = next;
        }
    }

    fn x(need: &Need, level: &[u64]) -> u64 {
        let mut offers: Vec<u64> = need.members.iter().map(|m| level[*m]).collect();
        offers.sort_unstable_by(|a, b| b.cmp(a));
        offers[need.at_least - 1]
    }

    fn raw(&self, tiny: &Tiny, cell: usize, own: u64, level: &[u64]) -> u64 {
        let part = |(need, past): (&Need, &Vec<u64>)| {
            let now = Self::x(need, level);
            let (hold, release) = (only(&need.hold) as usize, only(&need.release) as usize);
            // `ago` minutes before this one; before minute 0 all was well.
            let was = |ago: usize| if ago == 0 { now } else { past.len().checked_sub(ago).map_or(ONE, |at| past[at]) };
            let masked = |ago: usize| (ago..=ago + hold).map(was).max().unwrap();
            let seen = (0..=release).map(masked).min().unwrap();
            ONE - need.share * 10_000_000 * (ONE - seen) / ONE
        };
        tiny.cells[cell].iter().zip(&self.history[cell]).map(part).fold(own, |product, part| product * part / ONE)
    }

    /// What a cell serves of what it could: it follows down at once, and up after its settle.
    fn settled(&self, tiny: &Tiny, cell: usize, minute: u32, raw: u64) -> u64 {
        let was = self.level[cell];
        match self.settling[cell] {
            _ if raw <= was || tiny.settle == 0 => raw,
            Some((due, least)) if due == minute => least.min(raw),
            _ => was,
        }
    }

    fn remember(&mut self, tiny: &Tiny, minute: u32, raws: &[u64], level: Vec<u64>) {
        for cell in 0..level.len() {
            self.settling[cell] = match self.settling[cell] {
                _ if raws[cell] <= level[cell] => None,
                Some((due, least)) if due != minute => Some((due, least.min(raws[cell]))),
                _ => Some((minute + tiny.settle, raws[cell])),
            };
            for (need, past) in tiny.cells[cell].iter().zip(&mut self.history[cell]) {
                past.push(Self::x(need, &level));
            }
        }
        self.level = level;
    }
}

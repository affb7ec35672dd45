//! Rare draws of a plan, and how trials are aimed at them.
//!
//! In: a model with controls. Out: its *branches*: what an actor or a rule does once in a hundred times or less (a slip of a kind,
//! a control that is passed by), the exact chance of each, and for a trial the part of their luck that it has to have.
//!
//! Every such draw compares a uniform number with a probability, which may be uncertain itself. Below a mark where this probability
//! mostly ends, the draw may come true; above, it hardly does. The marks cut all luck into parts: the first draw
//! below its mark is of one kind or another, or none is. The chance of a part is a product of marks, whatever the probabilities.
//! Within a part numbers are stretched, nothing is weighted: figures of a part are plain shares of plain trials.

use super::Model;
use super::controls::{Bypass, Rate};
use crate::luck::{Luck, Purpose, beta, entity, quantile};
use crate::scenario::controls::SLIPS;
use crate::units::Chance;
use rustc_hash::FxHashMap;
use std::ops::Range;

/// A draw that usually comes true more often than this is not rare.
const RARE: f64 = 0.05;
/// Where the mark of a draw lies, if its probability is uncertain: at this quantile of it, for much of what it does comes from
/// the few trials in which it is large; but not above this.
const MOST: f64 = 0.99;
const HIGHEST: f64 = 0.1;
/// The bits of a trial's number that name its branch.
const SHIFT: u32 = 32;

type Key = (u64, Purpose, u32);

/// The rare draws of a model.
#[derive(Debug, Clone, Default)]
pub struct Rare {
    /// By draw, grouped by branch: below this the word of the draw lies under its mark.
    marks: Vec<u64>,
    /// By draw: the chance that it is the first below its mark.
    firsts: Vec<f64>,
    draws: FxHashMap<Key, u32>,
    branches: Vec<Branch>,
}

/// What goes wrong first.
#[derive(Debug, Clone)]
pub struct Branch {
    /// Its kind, as files call it.
    pub what: String,
    draws: Range<u32>,
    /// The chance of the branch: exact.
    pub chance: f64,
}

/// The luck that a trial has to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Aim {
    /// Any.
    #[default]
    Free,
    /// Every rare draw lies above its mark.
    Spared,
    /// This one is the first below.
    First(u32),
}

impl Rare {
    /// The rare draws of a model; the last branch is that of none.
    #[must_use]
    pub fn of(model: &Model) -> Self {
        let mut found = Self::default();
        for (slip, what) in SLIPS {
            let steps = model.controls.steps.iter().zip(&model.steps);
            let draws = steps.flat_map(|(guarded, step)| {
                let slips = guarded.slips.iter().map(|&(s, rate, _)| (s, rate)).chain(guarded.manners.iter().copied());
                slips.filter(|&(s, _)| s == slip).map(|(s, rate)| ((step.entity, Purpose::Slip, s as u32), usual(model, rate)))
            });
            found.add(what, draws);
        }
        let gates = model.controls.forms.iter().flat_map(|form| &form.gates);
        let bypasses = gates.filter_map(|gate| match gate.bypass {
            Bypass::Chance(odds) => Some(((gate.entity, Purpose::Bypass, 0), usual_of(odds.chance))),
            Bypass::Never | Bypass::Role => None,
        });
        found.add("bypass", bypasses);
        found.close();
        found
    }

    /// A branch of all draws of a kind that are rare.
    fn add(&mut self, what: &str, draws: impl Iterator<Item = (Key, Usual)>) {
        let start = self.marks.len();
        for (key, Usual { median, most }) in draws {
            let known = self.draws.contains_key(&key);
            if most > 0.0 && median <= RARE && !known {
                self.draws.insert(key, id(self.marks.len()));
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a part of 2^64")]
                self.marks.push((most.min(HIGHEST) * TWO_64) as u64);
            }
        }
        if self.marks.len() > start {
            self.branches.push(Branch { what: what.to_owned(), draws: id(start)..id(self.marks.len()), chance: 0.0 });
        }
    }

    /// Works out the chances.
    fn close(&mut self) {
        let mut spared = 1.0;
        for &mark in &self.marks {
            let below = part(mark);
            self.firsts.push(spared * below);
            spared *= 1.0 - below;
        }
        for branch in &mut self.branches {
            branch.chance = self.firsts[branch.draws.start as usize..branch.draws.end as usize].iter().sum();
        }
        let end = id(self.marks.len());
        self.branches.push(Branch { what: "none of these".to_owned(), draws: end..end, chance: spared });
    }

    /// All branches; the last is that of none.
    #[must_use]
    pub fn branches(&self) -> &[Branch] {
        &self.branches
    }

    /// Whether anything is rare.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }

    /// The number of a branch's trial.
    #[must_use]
    pub const fn trial(branch: usize, n: u64) -> u64 {
        (branch as u64 + 1) << SHIFT | n
    }

    /// Whether a trial is one of a branch.
    #[must_use]
    pub const fn is_aimed(trial: u64) -> bool {
        trial >> SHIFT != 0
    }

    /// Whether the branch of a trial is one of these.
    #[must_use]
    pub fn has(&self, trial: u64) -> bool {
        trial >> SHIFT <= self.branches.len() as u64
    }

    /// What a trial has to meet. Which draw is the first of a branch is luck as well, by their chances.
    #[must_use]
    pub fn aim(&self, luck: &Luck, trial: u64) -> Aim {
        let number = usize::try_from(trial >> SHIFT).unwrap_or(usize::MAX);
        let Some(branch) = number.checked_sub(1).and_then(|at| self.branches.get(at)) else { return Aim::Free };
        if branch.draws.is_empty() {
            return Aim::Spared;
        }
        let mut left = luck.uniform(entity("luck", "branch"), Purpose::Branch, 0) * branch.chance;
        let first = branch.draws.clone().find(|&draw| {
            left -= self.firsts[draw as usize];
            left < 0.0
        });
        Aim::First(first.unwrap_or(branch.draws.end - 1))
    }

    /// Whether this is the draw that is aimed at.
    #[must_use]
    pub fn is_aim(&self, aim: Aim, entity: u64, purpose: Purpose, n: u32) -> bool {
        self.draws.get(&(entity, purpose, n)).is_some_and(|&draw| aim == Aim::First(draw))
    }

    /// The word of a draw as the aim wants it.
    #[must_use]
    pub fn bend(&self, aim: Aim, entity: u64, purpose: Purpose, n: u32, word: u64) -> u64 {
        let Some(&draw) = self.draws.get(&(entity, purpose, n)) else { return word };
        let mark = self.marks[draw as usize];
        let within = |span: u64| u64::try_from((u128::from(word) * u128::from(span)) >> 64).unwrap_or(0);
        match aim {
            Aim::First(first) if draw == first => within(mark),
            Aim::First(first) if draw > first => word,
            Aim::Free => word,
            // The span above the mark is 2^64 less the mark.
            Aim::First(_) | Aim::Spared => mark + within(mark.wrapping_neg()),
        }
    }
}

const TWO_64: f64 = 18_446_744_073_709_551_616.0;

#[expect(clippy::cast_precision_loss, reason = "a chance")]
fn part(mark: u64) -> f64 {
    mark as f64 / TWO_64
}

fn id(n: usize) -> u32 {
    u32::try_from(n).expect("fewer than 2^32 draws")
}

/// A probability that may be uncertain: half of the time it is less, and mostly less than the most.
struct Usual {
    median: f64,
    most: f64,
}

fn usual(model: &Model, rate: Rate) -> Usual {
    match rate {
        Rate::Given(odds) => usual_of(odds.chance),
        Rate::Prior { dist, times, .. } => {
            let at = |p: f64| quantile::of(&model.dists[dist as usize], p, 0.5) * times;
            Usual { median: at(0.5), most: at(MOST) }
        }
    }
}

fn usual_of(chance: Chance) -> Usual {
    match chance {
        Chance::Fixed(level) => Usual { median: level.fraction(), most: level.fraction() },
        Chance::Beta { alpha, beta } => {
            Usual { median: beta::quantile(alpha, beta, 0.5), most: beta::quantile(alpha, beta, MOST) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rare(marks: &[f64]) -> Rare {
        let mut rare = Rare::default();
        let keys = (0..).zip(marks).map(|(n, &mark)| ((n, Purpose::Slip, 0), Usual { median: mark, most: mark }));
        let (front, back): (Vec<_>, Vec<_>) = keys.partition(|&((n, ..), _)| n < 2);
        rare.add("front", front.into_iter());
        rare.add("back", back.into_iter());
        rare.close();
        rare
    }

    #[test]
    fn chances_of_branches_add_up_to_one() {
        let rare = rare(&[0.01, 0.02, 0.05]);
        let chances: Vec<f64> = rare.branches().iter().map(|b| b.chance).collect();
        let expected = [1.0 - 0.99 * 0.98, 0.99 * 0.98 * 0.05, 0.99 * 0.98 * 0.95];
        for (found, expected) in chances.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-12, "{chances:?}");
        }
    }

    #[test]
    fn each_trial_of_a_branch_has_the_luck_of_its_branch() {
        let rare = rare(&[0.01, 0.02, 0.05]);
        let below = |trial: u64| {
            let luck = Luck::new(5, trial);
            let aim = rare.aim(&luck, trial);
            let hit = |draw: u64| {
                let word = rare.bend(aim, draw, Purpose::Slip, 0, luck.word(draw, Purpose::Slip, 0));
                word < rare.marks[usize::try_from(draw).unwrap()]
            };
            [hit(0), hit(1), hit(2)]
        };
        let mut seconds = 0;
        for n in 0..2_000 {
            let [first, second, _] = below(Rare::trial(0, n));
            assert!(first || second);
            let aim = rare.aim(&Luck::new(5, Rare::trial(0, n)), Rare::trial(0, n));
            assert_eq!([0, 1].map(|draw| rare.is_aim(aim, draw, Purpose::Slip, 0)), [first, !first]);
            seconds += u32::from(!first);
            assert_eq!(below(Rare::trial(1, n)), [false, false, true]);
            assert_eq!(below(Rare::trial(2, n)), [false; 3]);
        }
        // The second comes first in 0.99 x 0.02 of 0.0298 cases: two thirds.
        assert!((1_260..1_400).contains(&seconds), "{seconds}");
    }
}

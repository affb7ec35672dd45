//! After a race: what is not sure, and what people read about, gets further trials.
//!
//! In: a race that is over. Out: the same course, its fates settled, with as many trials as a tenth of a full grid allows. First whoever was left
//! out without being sure is brought to the trials of whoever stands for it, and judged once more. Then the frontier, the setting of today, and
//! whatever is still open beside them climb together: who stood out early would else be printed with the few trials that took. Whoever was left
//! out for sure stays out. At last the frontier and the setting of today are brought to the same trials: figures that rest on different luck must
//! not be subtracted. A race leaves room for that.

use super::jobs;
use super::problem::Problem;
use super::race::{Course, Fate, Hooks, Rules};
use std::collections::BTreeMap;
use std::ops::Range;

/// One part in so many of a full grid's trials is what a race and this may use.
const PART_OF_GRID: u64 = 10;

impl Course {
    /// Tries further those that are read about; false if it was stopped before the end.
    pub fn sharpen(&mut self, problem: &dyn Problem, rules: &Rules, hooks: &Hooks<'_>) -> bool {
        if self.target == 0 {
            if rules.eliminate && !self.catch_up(problem, rules, hooks) {
                return false;
            }
            self.target = self.affordable(problem, rules);
        }
        if !self.sharp {
            let read = self.read_about(rules);
            if !self.climb(problem, rules, &read, self.target, hooks) {
                return false;
            }
            if rules.eliminate {
                self.judge_again(problem, rules);
            }
            self.sharp = true;
        }
        let compared = self.compared(rules);
        let most = compared.iter().map(|&s| self.records[s].sweeps).max().unwrap_or(0);
        self.climb(problem, rules, &compared, most, hooks)
    }

    /// Brings settings to so many trials; false if it was stopped before the end.
    fn climb(&mut self, problem: &dyn Problem, rules: &Rules, settings: &[usize], target: u64, hooks: &Hooks<'_>) -> bool {
        while let Some((behind, trials)) = self.next_rung(settings, target) {
            if !self.advance(problem, rules, &behind, trials, hooks) {
                return false;
            }
        }
        true
    }

    /// Brings those that were left out without being sure to the trials of whoever stands for them, as many as can be, and judges them once more.
    fn catch_up(&mut self, problem: &dyn Problem, rules: &Rules, hooks: &Hooks<'_>) -> bool {
        let late = self.late.take().unwrap_or_else(|| {
            self.fates = self.concluded(problem, rules);
            self.worth_while(problem, rules)
        });
        while let Some((behind, trials)) = self.next_step(&late) {
            if !self.advance(problem, rules, &behind, trials, hooks) {
                self.late = Some(late);
                return false;
            }
        }
        if !late.is_empty() {
            self.judge_again(problem, rules);
            self.fates = self.concluded(problem, rules);
        }
        true
    }

    /// Of those that lag behind whoever stands for them, the first so many that can be helped.
    fn worth_while(&self, problem: &dyn Problem, rules: &Rules) -> Vec<usize> {
        let is_late = |s: &usize| self.is_set_aside(*s) && self.records[*s].sweeps < self.level_of(*s);
        let late: Vec<usize> = (0..self.fates.len()).filter(is_late).collect();
        let budget = self.budget(problem, rules);
        // Who has seen as much climbs together, and shares what is alike.
        let costs = |count: usize| -> u64 {
            let mut groups: BTreeMap<(u64, u64), Vec<usize>> = BTreeMap::new();
            for &s in &late[..count] {
                groups.entry((self.records[s].sweeps, self.level_of(s))).or_default().push(s);
            }
            groups.iter().map(|((from, to), group)| jobs::costs(problem, group, *from..*to)).sum()
        };
        let fits: Vec<usize> = (0..=late.len()).collect();
        let count = fits.partition_point(|&count| costs(count) <= budget).saturating_sub(1);
        late[..count].to_vec()
    }

    /// Of these, those that have seen least and have the same way to go.
    fn next_step(&self, late: &[usize]) -> Option<(Vec<usize>, Range<u64>)> {
        let way = |s: usize| self.records[s].sweeps..self.level_of(s);
        let next = late.iter().map(|&s| way(s)).filter(|way| !way.is_empty()).min_by_key(|way| (way.start, way.end))?;
        Some((late.iter().copied().filter(|&s| way(s) == next).collect(), next))
    }

    /// The frontier, the setting of today, and those that are not surely worse and have seen as much as whoever stands for them.
    fn read_about(&self, rules: &Rules) -> Vec<usize> {
        let today = self.today(rules);
        let is_open = |s: usize| self.is_set_aside(s) && self.records[s].sweeps == self.level_of(s);
        let is_read = |&s: &usize| self.fates[s] == Fate::In || Some(s) == today || is_open(s);
        (0..self.fates.len()).filter(|s| self.records[*s].sweeps > 0 && is_read(s)).collect()
    }

    /// Those whose figures are read side by side: the frontier and the setting of today.
    fn compared(&self, rules: &Rules) -> Vec<usize> {
        let today = self.today(rules);
        let is_compared = |s: &usize| self.records[*s].sweeps > 0 && (self.fates[*s] == Fate::In || Some(*s) == today);
        (0..self.fates.len()).filter(is_compared).collect()
    }

    /// Trials that are left of a race's part of the grid.
    fn budget(&self, problem: &dyn Problem, rules: &Rules) -> u64 {
        let inside = (0..self.fates.len()).filter(|&s| self.fates[s] == Fate::In);
        self.left(problem, rules, inside.map(|s| self.records[s].sweeps).max().unwrap_or(0))
    }

    /// The same once somebody on the frontier has so many trials: whoever is compared with it and is not tried any more has to come after.
    pub(super) fn left(&self, problem: &dyn Problem, rules: &Rules, trials: u64) -> u64 {
        let takes_part = |s: usize| self.fates[s] == Fate::In && !self.idle[s];
        let after = self.compared(rules).into_iter().filter(|&s| !takes_part(s)).map(|s| (s, self.records[s].sweeps));
        part_of_grid(problem, rules).saturating_sub(self.trials + costs(problem, after, trials))
    }

    /// The setting of today, or the one that it is alike to.
    fn today(&self, rules: &Rules) -> Option<usize> {
        rules.prefer.map(|s| if let Fate::Same(other) = self.fates[s] { other } else { s })
    }

    /// Those that have seen least, and the trials that bring them to the next ones, or to the target.
    fn next_rung(&self, settings: &[usize], target: u64) -> Option<(Vec<usize>, Range<u64>)> {
        rungs(settings.iter().map(|&s| (s, self.records[s].sweeps)), target).next()
    }

    /// To how many trials of each part they can be brought.
    fn affordable(&self, problem: &dyn Problem, rules: &Rules) -> u64 {
        let budget = part_of_grid(problem, rules).saturating_sub(self.trials);
        let (read, compared) = (self.read_about(rules), self.compared(rules));
        let most = compared.iter().map(|&s| self.records[s].sweeps).max().unwrap_or(0);
        let costs = |target: u64| {
            let climbing = read.iter().map(|&s| (s, self.records[s].sweeps));
            let after = compared.iter().map(|&s| (s, self.records[s].sweeps.max(target)));
            costs(problem, climbing, target) + costs(problem, after, most)
        };
        // What it costs grows with the target.
        let (mut least, mut most) = (1, rules.most.div_ceil(rules.first));
        while least < most {
            let middle = (least + most).div_ceil(2);
            if costs((middle * rules.first).min(rules.most)) <= budget { least = middle } else { most = middle - 1 }
        }
        (least * rules.first).min(rules.most)
    }
}

/// Plan runs that a race and what comes after it may take.
fn part_of_grid(problem: &dyn Problem, rules: &Rules) -> u64 {
    problem.settings() as u64 * problem.weights().len() as u64 * rules.most / PART_OF_GRID
}

/// Plan runs that it takes to bring settings that have seen so much to the target.
fn costs(problem: &dyn Problem, seen: impl Iterator<Item = (usize, u64)>, target: u64) -> u64 {
    rungs(seen, target).map(|(behind, trials)| jobs::costs(problem, &behind, trials)).sum()
}

/// How settings climb to the target together: from each number of trials that some of them have seen to the next.
fn rungs(seen: impl Iterator<Item = (usize, u64)>, target: u64) -> impl Iterator<Item = (Vec<usize>, Range<u64>)> {
    let behind: Vec<(usize, u64)> = seen.filter(|(_, sweeps)| *sweeps < target).collect();
    let mut steps: Vec<u64> = behind.iter().map(|(_, sweeps)| *sweeps).chain([target]).collect();
    steps.sort_unstable();
    steps.dedup();
    let ends: Vec<Range<u64>> = steps.windows(2).map(|pair| pair[0]..pair[1]).collect();
    ends.into_iter().map(move |trials| {
        let group = behind.iter().filter(|(_, sweeps)| *sweeps <= trials.start).map(|(setting, _)| *setting).collect();
        (group, trials)
    })
}

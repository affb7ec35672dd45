//! After a race: those settings that people read about get further trials, so that their figures can be decided by.
//!
//! In: a race that is over. Out: the same course, its fates settled; whoever is on the frontier, and the setting of today, has seen as many trials
//! as a tenth of a full grid allows, with what the race has used. A setting that stood out early would else be printed with the few trials that
//! took. Who is on the frontier is then judged once more; whoever has dropped out before stays out.

use super::problem::Problem;
use super::race::{Course, Fate, Hooks, Rules, jobs};
use std::ops::Range;

/// One part in so many of a full grid's trials is what a race and this may use.
const PART_OF_GRID: u64 = 10;

impl Course {
    /// Brings the settings that are read about to the same trials; false if it was stopped before the end.
    pub fn sharpen(&mut self, problem: &dyn Problem, rules: &Rules, hooks: &Hooks<'_>) -> bool {
        if self.target == 0 {
            self.fates = self.concluded(problem, rules);
            self.target = self.affordable(problem, rules);
        }
        if self.sharp {
            return true;
        }
        let read = self.read_about(rules);
        while let Some((behind, trials)) = self.next_rung(&read, self.target) {
            if !self.advance(problem, rules, &behind, trials, hooks) {
                return false;
            }
        }
        if rules.eliminate {
            self.judge_again(problem, rules);
        }
        self.sharp = true;
        true
    }

    /// The frontier, and the setting of today.
    fn read_about(&self, rules: &Rules) -> Vec<usize> {
        let today = rules.prefer.map(|s| if let Fate::Same(other) = self.fates[s] { other } else { s });
        (0..self.fates.len()).filter(|&s| self.records[s].sweeps > 0 && (self.fates[s] == Fate::In || Some(s) == today)).collect()
    }

    /// Those that have seen least, and the trials that bring them to the next ones, or to the target.
    fn next_rung(&self, settings: &[usize], target: u64) -> Option<(Vec<usize>, Range<u64>)> {
        rungs(settings.iter().map(|&s| (s, self.records[s].sweeps)), target).next()
    }

    /// To how many trials of each part they can be brought.
    fn affordable(&self, problem: &dyn Problem, rules: &Rules) -> u64 {
        let parts = problem.weights().len() as u64;
        let grid = problem.settings() as u64 * parts * rules.most;
        let budget = (grid / PART_OF_GRID).saturating_sub(self.trials);
        let read = self.read_about(rules);
        let seen: Vec<(usize, u64)> = read.iter().map(|&s| (s, self.records[s].sweeps)).collect();
        let costs = |target: u64| -> u64 {
            let rungs = rungs(seen.iter().copied(), target);
            rungs.map(|(behind, trials)| jobs(problem, &behind).len() as u64 * (trials.end - trials.start)).sum()
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

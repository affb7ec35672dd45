//! A form in stages: which targets each of them does, and the step that it runs.
//!
//! In: a form, a staged rollout. Out: parts of its targets, and a step for each. Not here: the watching between them (`engine`).

use crate::scenario::controls::{Extent, Staged};
use crate::scenario::plan::{Each, Step};
use crate::scenario::world::World;
use crate::units::{Dist, Level};
use std::ops::Range;

/// A form in stages, each with its part of the targets.
pub(super) fn steps<'s>(step: &'s Step, parts: &'s [Range<usize>]) -> impl Iterator<Item = Step> + 's {
    let stage = move |(n, part): (usize, &Range<usize>)| {
        let last = n + 1 == parts.len();
        Step {
            takes: step.takes.as_ref().map(|d| share_of(d, step, part.len())),
            targets: step.targets[part.clone()].to_vec(),
            // What is checked after the step is checked after all of it.
            verify: step.verify.clone().filter(|_| last),
            bake: step.bake.clone().filter(|_| last),
            ..step.clone()
        }
    };
    parts.iter().enumerate().map(stage)
}

/// `1 - (1 - shows)^cells`.
pub(super) fn exercises(shows: Level, cells: usize) -> Level {
    let silent = (0..cells).fold(Level::ONE, |silent, _| silent.times(shows.complement()));
    silent.complement()
}

/// Which of the targets each stage does, in declared order; stages that add nothing are left out.
pub(super) fn parts(world: &World, step: &Step, staged: &Staged, parts: &mut Vec<Range<usize>>) {
    let all = step.targets.len();
    for extent in &staged.stages {
        let done = parts.last().map_or(0, |p| p.end);
        let until = match *extent {
            Extent::Cells(n) => n as usize,
            Extent::Regions(n) => regions_end(world, step, n),
            #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "cells")]
            Extent::Share(share) => libm::ceil(share.fraction() * all as f64) as usize,
            Extent::All => all,
        };
        let until = until.min(all);
        if until > done {
            parts.push(done..until);
        }
    }
}

/// How many targets, from the first on, lie in the first so many regions.
fn regions_end(world: &World, step: &Step, most: u32) -> usize {
    let mut seen: Vec<u32> = Vec::new();
    for (n, &cell) in step.targets.iter().enumerate() {
        let region = world.cells[cell as usize].region;
        if !seen.contains(&region) {
            if seen.len() == most as usize {
                return n;
            }
            seen.push(region);
        }
    }
    step.targets.len()
}

/// The work of a part of the cells: all of it if they are worked on together, its share if one by one.
fn share_of(whole: &Dist, step: &Step, cells: usize) -> Dist {
    if step.verb.each == Each::Together || cells == step.targets.len() {
        return whole.clone();
    }
    #[expect(clippy::cast_precision_loss, reason = "counts of cells")]
    let share = cells as f64 / step.targets.len() as f64;
    whole.scaled(share)
}

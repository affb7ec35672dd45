//! Laws that hold in any world: the answer does not depend on threads, on how trials are split, or on what lies elsewhere; the
//! minutes by step and by stage each add up to the outages.

#![allow(clippy::unwrap_used, clippy::format_collect, reason = "a test that cannot go on may panic")]

#[path = "laws/indifferent.rs"]
mod indifferent;
#[path = "laws/monotone.rs"]
mod monotone;
mod world;

use foreshock::engine::{Engine, Note};
use foreshock::ensemble::subject::Spread;
use foreshock::model::Model;
use foreshock::units::Level;
use std::collections::{BTreeMap, BTreeSet};
use world::{Draft, EVERYTHING};

/// What befell the cells of a world in one trial, by name.
#[derive(Debug, Default, PartialEq, Eq)]
struct Course {
    /// Of those that had one, in milliseconds.
    outages: BTreeMap<String, u64>,
    /// Whose level ever was below 1.
    stirred: BTreeSet<String>,
    /// The last full recovery.
    recovered: u64,
}

/// The first trials of a world.
fn course(text: &str) -> Vec<Course> {
    course_of(text, 8)
}

fn course_of(text: &str, trials: u64) -> Vec<Course> {
    let scenario = world::scenario_of(text);
    let model = world::compiled(&scenario);
    let name = |cell: u32| scenario.world.cell_name(model.origin[cell as usize]);
    let one = |trial| {
        let mut engine = Engine::watched(&model, Vec::new());
        engine.run(trial);
        let mut course = Course::default();
        for (cell, figures) in engine.outcome().cells() {
            if figures.ever != 0 {
                course.outages.insert(name(cell), figures.outage);
            }
            course.recovered = course.recovered.max(figures.full);
        }
        for (_, note) in engine.watch() {
            if let Note::Level { cell, level, .. } = note
                && *level < Level::ONE
            {
                course.stirred.insert(name(*cell));
            }
        }
        course
    };
    (0..trials).map(one).collect()
}

fn worlds(count: u64) -> impl Iterator<Item = (u64, Draft)> {
    let drafts = world::seeds(count).into_iter().map(|seed| (seed, Draft::random(seed, EVERYTHING)));
    drafts.filter(|(_, draft)| world::is_valid(&draft.yaml()))
}

#[test]
fn one_two_and_seven_threads_give_the_same_tally() {
    for (seed, draft) in worlds(20) {
        let models: [Model; 1] = [world::compiled(&world::scenario_of(&draft.yaml()))];
        let digest = |threads| world::ensemble_of(&models, 400, threads, true).tallies[0].digest();
        let one = digest(1);
        assert_eq!([digest(2), digest(7)], [one, one], "FORESHOCK_SEED={seed}");
    }
}

/// In a world of more than a thousand cells only those that the first trials hit most keep all their detail, and no trial is lost for it.
#[test]
fn the_cells_hit_most_of_a_large_world_are_known_in_full() {
    const TRIALS: u64 = 300;
    // What befalls the third region is over before its holds in about half of the trials.
    let service = |i| format!("    s{i}: {{ in: [a, b, c], settle: 1m to 9m, needs: [{{ need: hub, hold: 27m }}] }}\n");
    let services: String = (0..500).map(service).collect();
    let text = format!(
        "title: t\nworld:\n  regions: [a, b, c]\n  services:\n    hub: {{ in: [a, b, c], needs: none }}\n{services}\
         faults:\n  - {{ down: hub@a, from: 0m, for: {{ uniform: [40m, 2h] }} }}\n  - {{ down: hub@b, from: 1m, for: {{ uniform: [40m, 2h] }} }}\n  \
         - {{ down: hub@c, from: 2m, for: {{ uniform: [5m, 50m] }} }}\nseed: 5\nhorizon: 1d\n"
    );
    let models = [world::compiled(&world::scenario_of(&text))];
    let tally_on = |threads| world::ensemble_of(&models, TRIALS, threads, false).tallies.swap_remove(0);
    let tally = tally_on(1);
    assert_eq!((tally.trials, tally.digest()), (TRIALS, tally_on(3).digest()));
    let mut outages = vec![0_u128; models[0].len()];
    let mut engine = Engine::new(&models[0]);
    for trial in 0..TRIALS {
        engine.run(trial);
        engine.outcome().cells().for_each(|(cell, figures)| outages[cell as usize] += u128::from(figures.outage));
    }
    let (mut full, mut coarse, mut spared) = (0, 0, 0);
    for (cell, expected) in outages.into_iter().enumerate() {
        let sum = tally.cell(cell).map_or(0, |cell| match &cell.outage {
            Spread::Full(hist) => {
                full += 1;
                hist.sum()
            }
            Spread::Coarse(few) => {
                coarse += 1;
                few.sum
            }
        });
        assert_eq!(sum, expected, "cell {cell}");
        if tally.affected(cell) < TRIALS {
            assert!(matches!(tally.cell(cell).unwrap().outage, Spread::Coarse(_)), "spared in some trials: {cell}");
            spared += 1;
        }
    }
    assert_eq!((full, coarse, spared), (1_000, 503, 500), "of 501 services in three regions");
}

/// The first trial whose minutes do not add up.
fn unbalanced(text: &str) -> Option<String> {
    let model = world::compiled(&world::scenario_of(text));
    let mut engine = Engine::new(&model);
    (0..10).find_map(|trial| {
        engine.run(trial);
        let outages: u64 = engine.outcome().cells().map(|(_, figures)| figures.outage).sum();
        let minutes = engine.take_sums().minutes;
        let sums = [minutes.sources.iter().sum::<u64>(), minutes.stages.iter().sum::<u64>()];
        (sums != [outages, outages]).then(|| format!("trial {trial}: {sums:?}, but outages of {outages}"))
    })
}

#[test]
fn minutes_by_step_and_by_stage_add_up_to_the_outages_of_every_trial() {
    let mut failed = Vec::new();
    for (seed, draft) in worlds(100) {
        if let Some(wrong) = unbalanced(&draft.yaml()) {
            failed.push(format!("FORESHOCK_SEED={seed}: {wrong}"));
            if std::env::var_os("FORESHOCK_SEED").is_some() {
                let small = draft.shrink(|smaller| unbalanced(&smaller.yaml()).is_some());
                failed.push(format!("shrunk: {}\n{}", unbalanced(&small.yaml()).unwrap_or_default(), small.yaml()));
            }
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// A service added elsewhere, untouched, shifts no draw and no answer.
#[test]
fn a_service_added_elsewhere_changes_nothing() {
    for (seed, draft) in worlds(40) {
        let mut larger = draft.clone();
        let mut lonely = world::Service { regions: vec![0], ..world::Service::default() };
        lonely.lines.push("settle: 5m".to_owned());
        larger.services.push(Some(lonely));
        let outages = |draft: &Draft| -> Vec<Vec<(u32, u64)>> {
            let model = world::compiled(&world::scenario_of(&draft.yaml()));
            let mut engine = Engine::new(&model);
            let mut trial = |n| {
                engine.run(n);
                let outcome = engine.outcome();
                let mut cells: Vec<(u32, u64)> = outcome.cells().map(|(c, f)| (model.origin[c as usize], f.outage)).collect();
                cells.sort_unstable();
                cells
            };
            (0..10).map(&mut trial).collect()
        };
        assert_eq!(outages(&draft), outages(&larger), "FORESHOCK_SEED={seed}");
    }
}

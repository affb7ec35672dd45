//! A digest of every shipped scenario, so that no change of an answer goes unnoticed.
//!
//! `tests/digests.txt` holds one line per file: the digest of its tallies, base and variants, over a few trials. A change that is
//! meant is accepted with `FORESHOCK_ACCEPT=1 cargo test --test digests`, and the difference is reviewed like code.

#![allow(clippy::unwrap_used, clippy::format_collect, reason = "a test that cannot go on may panic")]

mod world;

use foreshock::model::Model;
use foreshock::scenario::Scenario;
use std::fmt::Write;

const TRIALS: u64 = 200;
const FILE: &str = "tests/digests.txt";

#[test]
fn the_answers_of_all_shipped_scenarios_are_those_that_were_accepted() {
    let mut found = String::new();
    for path in world::files_in("scenarios").into_iter().chain(world::files_in("tests/suite")) {
        if std::fs::read_to_string(&path).unwrap().contains("permissions: { cedar:") {
            // Only a build with Cedar can read it, and the digests are those of every build.
            continue;
        }
        let study = world::study_in(&path);
        let scenarios = std::iter::once(&study.base).chain(study.variants.iter().map(|(_, variant)| variant));
        let models: Vec<Model> = scenarios.map(|scenario: &Scenario| world::compiled(scenario)).collect();
        let has_customers = study.base.world.services.iter().any(|service| service.faces_customers);
        let tallies = world::ensemble_of(&models, TRIALS, 1, has_customers).tallies;
        let digest = tallies.iter().fold(0_u64, |sum, tally| sum.rotate_left(7) ^ tally.digest());
        writeln!(found, "{digest:016x} {}", path.display()).unwrap();
    }
    if std::env::var_os("FORESHOCK_ACCEPT").is_some() {
        std::fs::write(FILE, &found).unwrap();
    }
    let accepted = std::fs::read_to_string(FILE).unwrap_or_default();
    let changed: Vec<&str> = found.lines().filter(|line| !accepted.lines().any(|a| a == *line)).collect();
    let gone: Vec<&str> =
        accepted.lines().filter(|a| !found.lines().any(|line| line.split(' ').nth(1) == a.split(' ').nth(1))).collect();
    assert!(
        changed.is_empty() && gone.is_empty(),
        "answers changed; if that is meant: FORESHOCK_ACCEPT=1 cargo test --test digests, and say why in the commit\nchanged or new:\n{}\ngone:\n{}",
        changed.join("\n"),
        gone.join("\n")
    );
}

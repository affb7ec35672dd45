//! Which part of a step's work each minute belongs to. Answers by hand; a cell's outage is the sum of its stages.

#![allow(clippy::unwrap_used, clippy::format_collect, reason = "a test that cannot go on may panic")]

mod world;

use foreshock::engine::{Engine, STAGES};

/// Minutes by stage of trial 0, and the outages summed over cells.
fn stages(text: &str) -> (Vec<(&'static str, u64)>, u64) {
    let model = world::compiled(&world::scenario_of(text));
    let mut engine = Engine::new(&model);
    engine.run(0);
    let outages: u64 = engine.outcome().cells().map(|(_, figures)| figures.outage).sum();
    let minutes = engine.take_sums().minutes;
    assert_eq!(minutes.stages.iter().sum::<u64>(), outages, "stages add up to the outages");
    let found = STAGES.iter().zip(&minutes.stages).filter(|(_, time)| **time > 0);
    (found.map(|(stage, time)| (stage.name(), time / 60_000)).collect(), outages / 60_000)
}

const STORE: &str =
    "    db: { in: [r], kind: datastore, needs: none, recreate: 15m, data: { size: 600GB, restore: 100MB/s, locate: 30m, \
                     verify: 10m, backup-every: 6h, kept-in: vault, usable: 100% } }
    vault: { in: [r], needs: none }
";

fn world(services: &str, rest: &str) -> String {
    format!(
        "world:\n  regions: {{ r: {{}} }}\n  teams: {{ t: {{ detect: 5m, engage: 5m, diagnose: 10m }} }}\n  services:\n{services}{rest}trials: 20\n"
    )
}

/// 15 + 30 + 100 + 10 = 155 minutes.
#[test]
fn a_store_that_a_step_re_creates_goes_through_the_parts_of_the_work() {
    let (found, outage) = stages(&world(STORE, "plan: [{ do: recreate, target: db, fails: 0% }]\n"));
    assert_eq!(found, [("re-create", 15), ("locate copy", 30), ("restore", 100), ("verify copy", 10)]);
    assert_eq!(outage, 155);
}

/// A caller hangs on the store, so that every part counts twice.
#[test]
fn callers_are_lost_to_the_same_part() {
    let services = format!("{STORE}    web: {{ in: [r], needs: [db] }}\n");
    let (found, outage) = stages(&world(&services, "plan: [{ do: recreate, target: db, fails: 0% }]\n"));
    assert_eq!(found, [("re-create", 30), ("locate copy", 60), ("restore", 200), ("verify copy", 20)]);
    assert_eq!(outage, 310);
}

/// The cache would be back after 5 minutes; the step gives all its targets back together, after the store's 155. Its minutes are
/// those of the slowest, too.
#[test]
fn worked_on_together_the_parts_are_those_of_the_slowest() {
    let services = format!("{STORE}    cache: {{ in: [r], needs: none, recreate: 5m }}\n");
    let (found, outage) = stages(&world(&services, "plan: [{ do: recreate, target: [cache, db], fails: 0% }]\n"));
    assert_eq!(found, [("re-create", 30), ("locate copy", 60), ("restore", 200), ("verify copy", 20)]);
    assert_eq!(outage, 310);
}

/// Given for the step as a whole, its duration has no parts.
#[test]
fn a_duration_of_the_step_itself_has_no_parts() {
    let (found, _) = stages(&world(STORE, "plan: [{ do: recreate, target: db, takes: 60m, fails: 0% }]\n"));
    assert_eq!(found, [("step at work", 60)]);
}

/// Emptied at 0 and noticed long after; the plan restores from 1 on: 30 + 100 + 10.
#[test]
fn a_step_that_restores_has_the_parts_of_a_restore() {
    let store = STORE.replace("needs: none, recreate", "team: slow, needs: none, recreate");
    let plan = "plan: [{ do: truncate, target: db, takes: 1m, fails: 0% }, { do: restore, target: db, fails: 0% }]\n";
    let text = world(&store, plan).replace("teams: {", "teams: { slow: { detect: 9h },");
    let (found, outage) = stages(&text);
    assert_eq!(found, [("detect", 1), ("locate copy", 30), ("restore", 100), ("verify copy", 10)]);
    assert_eq!(outage, 141);
}

/// The mend of an incident has the same parts: 20 minutes until the cause is known.
#[test]
fn a_mend_has_the_same_parts() {
    let store = STORE.replace("needs: none, recreate", "team: t, needs: none, recreate");
    let (found, outage) = stages(&world(&store, "plan: [{ do: delete, target: db, takes: 1m, fails: 0% }]\n"));
    let parts = [("re-create", 15), ("locate copy", 30), ("restore", 100), ("verify copy", 10)];
    assert_eq!(found, [&[("detect", 5), ("engage", 5), ("diagnose", 10)][..], &parts].concat());
    assert_eq!(outage, 175);
}

/// Minutes of trial 0 by step, then by fault.
fn sources(text: &str) -> Vec<u64> {
    let model = world::compiled(&world::scenario_of(text));
    let mut engine = Engine::new(&model);
    engine.run(0);
    engine.take_sums().minutes.sources.iter().map(|time| time / 60_000).collect()
}

const DRAINED: &str = "    front: { in: [r, q], capacity: 120%, failover: { after: 1m }, needs: none }
    user: { in: [r], needs: [front] }
    other: { in: [r], needs: none }
";

fn two_regions(rest: &str) -> String {
    world(DRAINED, rest).replace("{ r: {} }", "{ r: {}, q: {} }")
}

/// The peer serves 0.6 of twice its load for half an hour, and so does the user: nothing is wrong where it goes first, but
/// the step sent it elsewhere. Another damage at the same time has nothing to do with it.
#[test]
fn who_needs_a_drained_cell_loses_to_the_step_that_drained_it() {
    let plan = "plan:\n  - { do: drain, target: front@r, takes: 30m }\n  - { do: restart, target: other, takes: 20m, after: [], fails: 0% }\n";
    assert_eq!(sources(&two_regions(plan)), [60, 20]);
}

/// Where the peer that serves in its place is damaged itself, that is to blame, and not the drain.
#[test]
fn who_needs_a_drained_cell_loses_to_what_befalls_its_peer() {
    let plan = "plan:\n  - { do: drain, target: front@r, takes: 60m }\nfaults:\n  - { down: front@q, from: 20m, for: 10m }\n";
    let roomy = two_regions(plan).replace("120%", "200%");
    assert_eq!(sources(&roomy), [0, 20]);
}

/// The cell is deleted at 0; a fault takes it away once more, from 5 to 6. From then on it is the deletion's again, which is noticed at
/// 5 and mended until 60.
#[test]
fn what_is_over_is_blamed_no_longer() {
    let text = world(
        "    b: { in: [r], team: t, needs: none, recreate: 40m }\n",
        "plan: [{ do: delete, target: b, takes: 1m }]\nfaults: [{ down: b, from: 5m, for: 1m }]\n",
    );
    let model = world::compiled(&world::scenario_of(&text));
    let mut engine = Engine::new(&model);
    engine.run(0);
    let sources = engine.take_sums().minutes.sources;
    assert_eq!(sources.iter().map(|time| time / 60_000).collect::<Vec<_>>(), [59, 1]);
}

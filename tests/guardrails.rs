//! What must hold of controls in any world: a guardrail never adds harm to a plan of one damaging step; where it can in longer
//! plans, the report says why; a denied step never happens; every decision is on record; and all of it costs little.

#![allow(clippy::unwrap_used, clippy::format_collect, reason = "a test that cannot go on may panic")]
#![allow(clippy::print_stdout, reason = "a test tells its timing")]

mod world;

use foreshock::engine::{Engine, SIGNS};
use foreshock::guard::{Aids, Forms};
use foreshock::model::{Model, graph::Graph};
use foreshock::priors::Priors;
use foreshock::report::data::Report;
use foreshock::scenario::controls::Guardrail;
use foreshock::scenario::files::Memory;
use foreshock::scenario::{ReadOptions, Scenario, Study, read};
use foreshock::summary::oracle::{Nested, prepare};
use foreshock::summary::simulate::{Options, simulate};
use foreshock::summary::timeline::trace;
use std::fmt::Write;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};
use world::{Draft, EVERYTHING};

/// Guardrails that do not split a step in time. (In stages, outages of cells that are needed together follow each other: see below.)
const GUARDRAILS: [&str; 14] = [
    "approval: { when: any, latency: 5m to 3h }",
    "approval: { when: any, approvers: 2, catches: 50%, latency: 20m, independent: true, bypass: 30% }",
    "dry-run: { when: any }",
    "snapshot-first: { when: any }",
    "deletion-protection: { when: any, bypass: 50% }",
    "soft-delete: { when: any, undelete: 0m }",
    "soft-delete: { when: any }",
    "soft-delete: { when: any, undelete: 2h }",
    "freeze-window: { when: any, from: 10:00, to: 16:00, then: wait }",
    "freeze-window: { when: any, from: 10:00, to: 16:00, bypass: 50% }",
    "rate-limit: { when: any, steps: 1, per: 1h }",
    "scope-limit: { when: any, cells: 2 }",
    "automatic-rollback: { when: any, within: 30m, takes: 1m to 5m }",
    "approval: { when: predicted.affected_cells.p50 > 1, pace: prompt }",
];

fn guarded(draft: &Draft, guardrail: &str) -> String {
    format!("{}starts: 2025-12-15T12:00Z\nguardrails: [ {guardrail} ]\n", draft.yaml())
}

/// What is kept and holds data, or waits for something to start, may take longer than making it anew; a step that a machine stops
/// does not try again, nor roll itself back later; and what is spared, or is back sooner, may bear more load than it can take. All are named.
const NAMED: u8 = 1 << 4 | 1 << 6 | 1 << 7;

/// By world cell: the outage of a trial; and the signs of what may make it longer.
fn outages(model: &Model, trial: u64) -> (Vec<(u32, u64)>, u8) {
    let mut engine = Engine::new(model);
    engine.run(trial);
    let outcome = engine.outcome();
    let signs = outcome.friction().signs;
    let mut cells: Vec<(u32, u64)> = outcome.cells().map(|(c, f)| (model.origin[c as usize], f.outage)).collect();
    cells.sort_unstable();
    (cells, signs)
}

/// The first trial in which the guardrail makes some cell's outage longer.
fn worse(draft: &Draft, guardrail: &str) -> Option<String> {
    let bare = world::compiled(&world::scenario_of(&draft.yaml()));
    let held = world::compiled(&world::scenario_of(&guarded(draft, guardrail)));
    (0..20).find_map(|trial| {
        let (without, _) = outages(&bare, trial);
        let (with, signs) = outages(&held, trial);
        let longer = with.iter().filter(|_| signs & NAMED == 0).find(|(cell, outage)| {
            let before = without.iter().find(|(c, _)| c == cell).map_or(0, |c| c.1);
            *outage > before
        });
        longer.map(|(cell, outage)| format!("trial {trial}: cell {cell} is out for {outage} ms with {guardrail}"))
    })
}

#[test]
fn a_guardrail_never_adds_harm_to_a_plan_of_one_step() {
    let mut failed = Vec::new();
    for seed in world::seeds(150) {
        let mut draft = Draft::random(seed, EVERYTHING);
        draft.steps.truncate(1);
        draft.faults.clear();
        if draft.steps.is_empty() || !world::is_valid(&draft.yaml()) {
            continue;
        }
        let guardrail = GUARDRAILS[usize::try_from(seed).unwrap() % GUARDRAILS.len()];
        if guardrail.starts_with("soft-delete") {
            // What is back sooner can be hit again, by a step that is tried again, or by the load that it takes back.
            draft.steps.iter_mut().for_each(|step| step.lines.retain(|line| line != "on-failure: retry"));
            if draft.yaml().contains("collapses: true") {
                continue;
            }
        }
        if let Some(wrong) = worse(&draft, guardrail) {
            failed.push(format!("FORESHOCK_SEED={seed}: {wrong}"));
            if std::env::var_os("FORESHOCK_SEED").is_some() {
                let small = draft.shrink(|smaller| worse(smaller, guardrail).is_some());
                failed.push(format!("shrunk: {}\n{}", worse(&small, guardrail).unwrap_or_default(), small.yaml()));
            }
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

fn study(text: &str) -> Study {
    let files = Memory::new([("s.yaml", text)]);
    let found = read(&files, "s.yaml", &ReadOptions::default());
    let messages: Vec<String> = found.diagnostics.iter().map(|d| d.message.clone()).collect();
    found.study.unwrap_or_else(|| panic!("{text}\n{messages:#?}"))
}

fn report(text: &str) -> Report {
    let stop = AtomicBool::new(false);
    let options = Options {
        file: "s.yaml",
        engine: foreshock::engine::Choice::Auto,
        threads: 1,
        all: true,
        aiming: foreshock::summary::rare::Aiming::Never,
        examine_defaults: true,
        pictures: false,
        news: &|_| (),
        stop: &stop,
    };
    simulate(&study(text), &options)
}

/// The variant `held` is longer in every trial by so many minutes, and says why.
fn prolongs(text: &str, minutes: f64, reason: &str) {
    let report = report(text);
    let held = &report.variants["held"];
    let delta = held.delta.get("customers.outage_min").unwrap();
    assert!((delta.mean - minutes).abs() < 1e-6, "{} instead of {minutes} min", delta.mean);
    assert!(held.longer.iter().any(|l| l.reason == reason && (l.share - 1.0).abs() < 1e-9), "{:?}", held.longer);
    assert!(held.sentence.contains("would have added"), "{}", held.sentence);
}

/// A harm that is avoided because nothing is done is no free one; where customers notice nothing, there are still cells that go down.
#[test]
fn a_sentence_says_what_is_left_undone_and_whom_it_speaks_of() {
    let report = report(
        "
world:
  roles: { operator: { may: all }, agent: { may: [inspect] } }
  services: { shop: { faces: customers, needs: none }, builds: { needs: none } }
actor: { profile: coding-agent, acts-as: agent, operator: operator, inherits: true }
plan:
  - { id: fix, do: recreate, target: builds, takes: 1h, fails: 0% }
trials: 200
variants:
  own-role: { actor: { inherits: false } }
  glass: { actor: { inherits: false }, guardrails: [ break-glass: { roles: agent, as: operator, approvers: 1, catches: 100% } ] }
  asked: { guardrails: [ approval: { approvers: 1, catches: 0%, latency: 1h } ] }
  nothing: { guardrails: [ approval: { when: verb == delete } ] }
",
    );
    let sentence = |name: &str| report.variants[name].sentence.as_str();
    let avoided = "would have avoided 1 of 1 affected cell (customers notice nothing) [1, 1], in 100% of the trials";
    assert_eq!(sentence("own-role"), format!("`own-role` {avoided}; `fix` is not permitted, so that work is never done."));
    let glass = sentence("glass");
    assert!(glass.contains(avoided) && !glass.contains("never done"), "{glass}");
    assert!(glass.ends_with("a harmful step is stopped, and its work not done, in 100% of the trials."), "{glass}");
    assert!(
        sentence("asked").contains("changed nothing of 1 affected cell (customers notice nothing), at 1h of waiting"),
        "{}",
        sentence("asked")
    );
    assert!(report.variants.values().all(|v| !v.sentence.contains("at no cost") || v.sentence.contains("`nothing`")));
}

#[test]
fn an_approval_before_the_mending_step_prolongs_the_outage_and_the_report_says_so() {
    // Rolled back after 10 min; with 2 h of waiting after 130, unless the incident was faster (it is not: detection takes a day).
    prolongs(
        "
world:
  teams: { t: { detect: 1d } }
  services: { b: { faces: customers, team: t, needs: none } }
plan:
  - { do: deploy, target: b, leaves: defective, takes: 5m, fails: 0% }
  - { do: rollback, target: b, takes: 5m }
trials: 20
variants:
  held: { guardrails: [ approval: { when: verb == rollback, latency: 2h, false-alarms: 0% } ] }
",
        120.0,
        SIGNS[0],
    );
}

#[test]
fn outages_that_no_longer_overlap_add_up_and_the_report_says_so() {
    // Both at once: 60 min. The second an hour later: 120.
    prolongs(
        "
world:
  services:
    shop: { faces: customers, needs: [a, b] }
    a: { needs: none }
    b: { needs: none }
plan:
  - { do: recreate, target: a, takes: 60m, fails: 0%, after: [] }
  - { do: recreate, target: b, takes: 60m, fails: 0%, after: [] }
trials: 20
variants:
  held: { guardrails: [ approval: { when: service == b, latency: 1h, catches: 0% } ] }
",
        60.0,
        SIGNS[1],
    );
    // The same by stages: the one counter-example to the law above in a plan of one step.
    prolongs(
        "
world:
  services:
    shop: { faces: customers, needs: [a, b] }
    a: { needs: none }
    b: { needs: none }
plan:
  - { do: recreate, target: [a, b], takes: 60m, fails: 0% }
trials: 20
variants:
  held: { guardrails: [ staged: { stages: [1 cell, all], detects: 0% } ] }
",
        60.0,
        SIGNS[1],
    );
}

#[test]
fn damage_beside_that_of_a_refused_step_goes_on_and_the_report_says_so() {
    // The deletion of `loud` is noticed at once and stops the plan at 20 min, before b is hit. Refused, nobody comes: b is hit at 60.
    // The deploy at 60 is noticed after a day: 1440 + engage 10 + diagnose 9, and the revert takes 1: 1460 min instead of nothing.
    prolongs(
        "
world:
  teams: { quick: { detect: 1m, engage: 10m, diagnose: 9m }, slow: { detect: 1d, engage: 10m, diagnose: 9m } }
  services:
    loud: { team: quick, needs: none, recreate: 5m }
    b: { faces: customers, team: slow, needs: none, revert: 1m }
plan:
  - { id: loud, do: delete, target: loud, after: [] }
  - { id: wait, do: inspect, target: b, takes: 60m, after: [] }
  - { id: soft, do: deploy, target: b, leaves: defective, takes: 1m, fails: 0%, after: [wait] }
trials: 20
variants:
  held: { guardrails: [ deletion-protection ] }
",
        1460.0,
        SIGNS[2],
    );
}

#[test]
fn reviewers_who_are_asked_more_see_less_and_the_report_says_so() {
    // One request a day is caught for certain; 800 a day leave (2 / 800)^0.42 = 8 % of it.
    let mut text = String::from(
        "
world:
  services:
    b: { faces: customers, needs: none }
plan:
  - { do: recreate, target: b, takes: 60m, fails: 0%, after: [] }
guardrails:
  - approval: { when: verb == recreate, catches: 100%, latency: 0m }
trials: 400
variants:
  held:
    plan:
      - { do: recreate, target: b, takes: 60m, fails: 0%, after: [] }
",
    );
    for _ in 0..9 {
        text += "      - { do: grant, target: b, after: [] }\n";
    }
    text += "    actor: { profile: automation, fleet: 80 }\n";
    text += "    add-guardrails: [ approval: { when: verb == grant, latency: 0m, false-alarms: 0% } ]\n";
    let report = report(&text);
    let held = &report.variants["held"];
    let delta = held.delta["customers.outage_min"];
    assert!((delta.more - 0.92).abs() < 0.06 && delta.less <= 0.0, "{delta:?}");
    assert!(held.longer.iter().any(|l| l.reason == SIGNS[3] && (l.share - delta.more).abs() < 1e-9), "{:?}", held.longer);
}

#[test]
fn what_is_kept_is_made_anew_where_that_is_sooner_and_else_the_report_says_so() {
    // Noticed, engaged and diagnosed after 20 min. Without data, 5 min of making it anew are less than two hours of bringing it back.
    let world = "
world:
  teams: { t: { detect: 5m, engage: 5m, diagnose: 10m } }
  services:
    b: { faces: customers, team: t, needs: none, recreate: 5m, KIND }
plan: [ { do: delete, target: b } ]
trials: 20
variants: { held: { guardrails: [ soft-delete: { undelete: 2h } ] } }
";
    let anew = report(&world.replace(", KIND", ""));
    assert_eq!(anew.variants["held"].sentence, "`held` would have changed nothing of 25m, at no cost.");
    assert!(anew.variants["held"].longer.is_empty());
    // With data, bringing it back in two hours loses nothing; making it anew takes 5 + 1 + 1 + 1 min (6 GB at 100 MB/s) and does.
    let data = "kind: datastore, data: { size: 6GB, restore: 100MB/s, locate: 1m, verify: 1m, backup-every: 6h, usable: 100% }";
    prolongs(&world.replace("KIND", data), 112.0, SIGNS[4]);
    let kept = report(&world.replace("KIND", data));
    let sentence = &kept.variants["held"].sentence;
    assert!(sentence.contains("; no loss of the data of `b` is known, instead of "), "{sentence}");
}

/// A machine gives the cell back that opened the incident, before anybody is at work on it. What caused it is as plain as before: with the
/// same luck the other cell, which cannot be rolled back, is mended at the same time; the first is back 5 min after it was noticed at 5.
#[test]
fn damage_that_a_machine_has_rolled_back_does_not_hide_its_cause() {
    let report = report(
        "
world:
  regions: { r: {} }
  teams: { first: { detect: 5m, engage: 30m }, second: { detect: 6m, engage: 30m } }
  services:
    a: { in: [r], team: first, needs: none, rollback-works: 100%, revert: 10m }
    b: { in: [r], team: second, needs: none, rollback-works: 0%, revert: 10m, fix-forward: 20m }
plan: [ { do: configure, target: [a, b], leaves: misconfigured, takes: 1m, each: together, fails: 0% } ]
trials: 200
variants: { held: { guardrails: [ automatic-rollback: { within: 10m, takes: 5m } ] } }
",
    );
    let held = &report.variants["held"];
    let of_b = &held.delta["longest_outage_min"];
    assert!(of_b.less == 0.0 && of_b.more == 0.0, "{of_b:?}");
    let of_a = &held.report.cells["a@r"].outage_min;
    assert!((of_a.min - 10.0).abs() < 1e-9 && (of_a.max - 10.0).abs() < 1e-9, "{of_a:?}");
}

#[test]
fn what_is_spared_or_back_sooner_bears_the_load_of_the_rest_and_the_report_says_so() {
    // r1 is hit at 0 and away from 5, r2 is hit at 30; both are mended from 60 to 70 and back at 80. Stopped at 5, the step spares r2, which
    // bears twice its load, of which it can take 120 %, until r1 is back at 80, and has to settle then: 90.
    prolongs(
        "
world:
  regions: { r1: {}, r2: {} }
  teams: { t: { detect: 5m, engage: 40m, diagnose: 15m, crew: 2 } }
  services:
    s: { in: [r1, r2], faces: customers, team: t, needs: none, capacity: 120%, failover: { after: 5m }, settle: 10m, recreate: 10m }
plan: [ { do: delete, target: s, takes: 60m } ]
trials: 20
variants: { held: { guardrails: [ automatic-rollback: { within: 30m, takes: 5m, works: 0% } ] } }
",
        10.0,
        SIGNS[7],
    );
    // Mended, both are made from 20 to 30 and back at 40. Where a machine brings one of them back at 10, it is back at 20, bears too much
    // until the other is back at 40, and has to settle then: 50.
    let report = report(
        "
world:
  regions: { r1: {}, r2: {} }
  teams: { t: { detect: 5m, engage: 10m, diagnose: 5m, crew: 2 } }
  services:
    s: { in: [r1, r2], faces: customers, team: t, needs: none, capacity: 120%, failover: { after: 5m }, settle: 10m, recreate: 10m }
plan: [ { do: delete, target: s, takes: 1m, each: together } ]
trials: 400
variants: { held: { guardrails: [ automatic-rollback: { within: 30m, takes: 5m } ] } }
",
    );
    let held = &report.variants["held"];
    let delta = &held.delta["customers.outage_min"];
    assert!(delta.more > 0.1, "{delta:?}");
    assert!(held.longer.iter().all(|l| l.reason == SIGNS[7] && (l.share - delta.more).abs() < 1e-9), "{:?}", held.longer);
}

#[test]
fn a_machine_that_rolls_back_does_not_keep_the_plan_from_it() {
    // By the plan alone: noticed in its bake and rolled back. The machine takes longer, and does not always succeed.
    for machine in ["takes: 3h, works: 100%", "takes: 1m, works: 0%"] {
        let report = report(&format!(
            "
world: {{ services: {{ s: {{ faces: customers, needs: none, rollback: 5m }} }} }}
plan: [ {{ do: deploy, target: s, takes: 10m, leaves: defective, fails: 0%, bake: 1h, on-failure: rollback }} ]
trials: 2000
variants: {{ held: {{ guardrails: [ automatic-rollback: {{ within: 1h, {machine} }} ] }} }}
"
        ));
        let delta = report.variants["held"].delta["customers.outage_min"];
        assert!(delta.more <= 0.0 && delta.less > 0.1, "{machine}: {delta:?}");
    }
}

#[test]
fn waiting_into_busier_hours_is_named_and_an_interval_may_lie_on_both_sides() {
    let report = report(
        "
world:
  traffic-by-hour: { offset: Z, hours: [1,1,1,1,1,1,1,1,1,1,9,9,1,1,1,1,1,1,1,1,1,1,1,1] }
  services: { s: { faces: customers, customers: 1000, needs: none } }
starts: 2025-12-15T00:00Z
plan: [ { do: recreate, target: s, takes: 1h, fails: 0% } ]
trials: 20
variants: { held: { guardrails: [ approval: { latency: 10h, catches: 0% } ] } }
",
    );
    let held = &report.variants["held"];
    assert!(
        held.sentence.contains("changed nothing of 1h, at 10h of waiting")
            && held.sentence.contains("customer-minutes more are lost")
    );
    let [longer] = held.longer.as_slice() else { panic!("{:?}", held.longer) };
    assert_eq!((longer.of, longer.reason.as_str(), longer.share), ("losses", SIGNS[5], 1.0));
}

#[test]
fn time_is_waited_only_until_the_plan_is_stopped_or_the_trial_ends() {
    let waited = |latency: &str| {
        report(&format!(
            "
world:
  teams: {{ t: {{ detect: 5m, engage: 5m, diagnose: 10m }} }}
  services: {{ b: {{ team: t, needs: none, recreate: 10m }}, c: {{ team: t, needs: none }} }}
plan: [ {{ do: delete, target: b, takes: 1m, after: [] }}, {{ do: restart, target: c, after: [] }} ]
guardrails: [ approval: {{ when: verb == restart, latency: {latency}, false-alarms: 0% }} ]
trials: 20
"
        ))
        .friction
        .hours
        .mean
            * 60.0
    };
    // The incident stops the plan at 20 min.
    assert!((waited("10h") - 20.0).abs() < 1e-9 && (waited("7m") - 7.0).abs() < 1e-9 && (waited("forever") - 20.0).abs() < 1e-9);
}

#[test]
fn the_last_stage_is_done_when_its_fault_is_seen() {
    let report = report(
        "
world: { services: { b: { faces: customers, needs: none } } }
plan: [ { id: x, do: recreate, target: b, takes: 60m, fails: 0% }, { id: y, do: inspect, target: b } ]
trials: 20
variants: { held: { guardrails: [ staged: { stages: [all], bake: 7d, detects: 100% } ] } }
",
    );
    let held = &report.variants["held"];
    assert!(
        held.report.plan_stopped > 0.9 && held.report.controls.as_ref().is_some_and(|c| c.stopped <= 0.0),
        "{}",
        held.sentence
    );
    assert!(held.sentence.contains("changed nothing of 1h") && !held.sentence.contains("not done"), "{}", held.sentence);
}

#[test]
fn what_comes_after_a_denied_step_never_runs_and_the_report_says_so() {
    let report = report(
        "
world: { roles: { ag: { may: [deploy] }, op: { may: all } }, services: { b: { needs: none }, c: { faces: customers, needs: none } } }
actor: { profile: automation, acts-as: op }
plan:
  - { id: drop, do: delete, target: c }
  - { id: ship, do: deploy, target: b }
  - { id: then, do: deploy, target: b }
  - { id: other, do: deploy, target: b, after: [] }
trials: 20
variants: { held: { actor: { acts-as: ag } } }
",
    );
    let held = &report.variants["held"];
    let steps = &held.report.controls.as_ref().unwrap().steps;
    assert_eq!(steps.iter().map(|s| s.behind.as_str()).collect::<Vec<_>>(), ["", "drop", "drop", ""]);
    let undone = "; `drop` is not permitted, so that work is never done, nor what comes after: `ship`, `then`.";
    assert!(held.sentence.ends_with(undone), "{}", held.sentence);
}

#[test]
fn without_customers_a_sentence_speaks_of_the_longest_outage() {
    // Two of an hour, each refused in half of the trials: 45 min is the mean of the longer.
    let report = report(
        "
world: { services: { a: { needs: none }, z: { needs: none } } }
plan: [ { do: recreate, target: a, takes: 60m, fails: 0%, after: [] }, { do: recreate, target: z, takes: 60m, fails: 0%, after: [] } ]
guardrails: [ approval: { catches: 50%, latency: 0m } ]
trials: 4000
variants: { held: { guardrails: [ deletion-protection: { when: any } ] } }
",
    );
    let sentence = &report.variants["held"].sentence;
    assert!(sentence.starts_with("`held` would have avoided 45m of 45m [4"), "{sentence}");
}

#[test]
fn who_is_passed_by_is_not_asked() {
    // Nine are asked unless they are passed by, which they nearly always are: the reviewer behind them sees as much as one who is asked alone.
    let text = |bypass: &str| {
        format!(
            "
world: {{ roles: {{ op: {{ may: all }} }}, services: {{ b: {{ faces: customers, needs: none }} }} }}
actor: {{ profile: automation, acts-as: op, fleet: 40 }}
plan: [ {{ do: recreate, target: b, takes: 1h, fails: 0% }} ]
guardrails:
  - approval: {{ latency: 0m, catches: 0%, {bypass}, approvers: 9, reviewers: 20 }}
  - approval: {{ latency: 0m, catches: 100%, reviewers: 20 }}
trials: 2000
"
        )
    };
    let outage = |bypass: &str| report(&text(bypass)).customers.unwrap().affected.mean;
    assert!(outage("bypass: 99.99%") < 0.001 && outage("bypass-roles: [op]") < 0.001 && outage("bypass: 0%") > 0.3);
}

#[test]
fn every_decision_is_on_record() {
    let study = study(
        "
world:
  roles: { agent: { may: [recreate, deploy] } }
  services: { b: { needs: none }, c: { needs: none } }
actor: { profile: coding-agent, acts-as: agent }
plan:
  - { id: a, do: recreate, target: b, takes: 60m, fails: 0% }
  - { id: d, do: delete, target: c, after: [] }
guardrails:
  - approval: { id: peers, approvers: 2, catches: 0%, latency: 30m, attached: dry-run }
  - rate-limit: { id: pace, steps: 1, per: 1h, bypass: 99.9999% }
",
    );
    let record: String =
        trace(&study.base, None, 1, "s.yaml").unwrap().entries.iter().map(|e| format!("{}: {}\n", e.subject, e.text)).collect();
    for line in [
        "a: coding-agent as agent asks to recreate b: allowed, role agent may recreate, deploy",
        "a: peers asks 2 people about recreate b, shown the output of a dry run: 30m",
        "a: all 2 reviewers of peers approve, and nobody saw the harm",
        "a: pace is bypassed: by chance",
        "d: coding-agent as agent asks to delete c: denied, role agent may recreate, deploy",
        "d: never runs",
    ] {
        assert!(record.contains(line), "`{line}` is not in\n{record}");
    }
}

/// Behind a glass that is always broken; and what a report says of it.
const BROKEN: &str = "
world:
  roles: { agent: { may: [inspect] }, operator: { may: all } }
  services: { b: { needs: none } }
actor: { profile: coding-agent, acts-as: agent }
plan: [ { id: a, do: recreate, target: b, takes: 60m, fails: 0% } ]
guardrails: [ break-glass: { id: glass, roles: agent, as: operator, review: 2, review-takes: 8h } ]
trials: 20
";

#[test]
fn who_looks_at_a_broken_glass_afterwards_is_on_record() {
    let study = study(BROKEN);
    let record: String =
        trace(&study.base, None, 1, "s.yaml").unwrap().entries.iter().map(|e| format!("{}: {}\n", e.subject, e.text)).collect();
    let line = "a: glass asks 2 people to review afterwards that the glass was broken: 8h";
    assert!(record.contains(line), "`{line}` is not in\n{record}");
    let report = report(BROKEN);
    let glass = &report.why.guardrails[0];
    let said = format!("{} {} {} {} {}", glass.used, glass.asked, glass.reviewed, glass.review_hours, glass.hours);
    assert_eq!(said, "1 2 2 8 0");
    let view = foreshock::report::View { width: 200, colour: false, all: true };
    let text = foreshock::report::FORMATS
        .iter()
        .find(|f| f.name() == "text")
        .unwrap()
        .reports(std::slice::from_ref(&report), &view)
        .unwrap();
    assert!(text.contains("people asked to review that afterwards: 2, open for 8h"), "{text}");
}

#[test]
fn what_a_glass_asks_tires_reviewers_like_any_other_request() {
    // One deletion and four grants of ten actors a day, all asked about: 50 requests. A glass that is broken before half of the grants spares 20 of them;
    // one who looks at each afterwards is asked 20 times, and 20 times more if somebody is asked before.
    for (glass, requests) in [
        ("", 50.0),
        ("used: 50%, review: 0", 30.0),
        ("used: 50%", 50.0),
        ("used: 50%, approvers: 1, review: 1", 70.0),
        ("used: 0%, approvers: 1", 50.0),
    ] {
        let grants = "  - { do: grant, target: b, after: [] }\n".repeat(4);
        let glass = if glass.is_empty() {
            String::new()
        } else {
            format!("  - break-glass: {{ roles: operator, when: verb == grant, {glass} }}\n")
        };
        let model = world::compiled(&world::scenario_of(&format!(
            "
world: {{ roles: {{ operator: {{ may: all }} }}, services: {{ b: {{ needs: none }} }} }}
actor: {{ profile: automation, acts-as: operator, fleet: 10 }}
plan:
  - {{ do: delete, target: b, after: [] }}
{grants}guardrails:
  - approval: {{ approvers: 1, catches: 100% }}
{glass}"
        )));
        let asked: f64 = model.controls.requests().map(|r| 10.0 * r.people).sum();
        assert!((asked - requests).abs() < 1e-9, "{asked} requests with `{glass}`");
        let first = model.controls.forms[0].gates[0].act.ask().unwrap();
        assert!((first.rested - libm::pow(2.0 / requests, 0.42)).abs() < 1e-9, "{} with `{glass}`", first.rested);
    }
}

#[test]
fn each_guardrail_is_weighed_against_the_same_luck_without_it() {
    let report = report(
        "
world: { services: { b: { faces: customers, needs: none } } }
plan: [ { do: recreate, target: b, takes: 60m, fails: 0% } ]
guardrails:
  - approval: { id: half, catches: 50%, latency: 0m }
  - approval: { id: blind, catches: 0%, latency: 0m }
trials: 1000
",
    );
    let of = |name: &str| report.why.guardrails.iter().find(|g| g.name == name).unwrap();
    let (half, blind) = (of("half").outage_min.unwrap(), of("blind").outage_min.unwrap());
    assert!((half.mean + 60.0 * half.less).abs() < 1e-9 && (half.less - 0.5).abs() < 0.07, "{half:?}");
    assert!(blind.mean.abs() < 1e-9 && (of("blind").missed - (1.0 - of("half").stopped)).abs() < 1e-9, "{blind:?}");
}

/// A hundred services in two regions, in layers.
fn hundred_services() -> String {
    let mut text =
        String::from("world:\n  regions: [eu, us]\n  roles: { agent: { may: all, when: regions < 3 } }\n  services:\n");
    for i in 0..100 {
        let needs = if i < 10 { "none".to_owned() } else { format!("[s{}, s{}]", i - 10, (i * 7) % (i - 3)) };
        let kind = if i % 9 == 0 { "datastore" } else { "service" };
        let _ = writeln!(text, "    s{i}: {{ in: [eu, us], kind: {kind}, env: production, needs: {needs} }}");
    }
    text += "plan:\n";
    for i in 0..20 {
        let _ = writeln!(text, "  - {{ do: {}, target: s{}@eu }}", ["deploy", "restart", "recreate", "delete"][i % 4], i * 5);
    }
    text + "actor: { profile: autonomous-agent, acts-as: agent, errors: true }\n"
}

fn settings(count: usize) -> Vec<Scenario> {
    let text = hundred_services();
    let setting = |i: usize| {
        format!(
            "{text}guardrails:\n  - approval: {{ when: {}, approvers: {}, latency: 1h }}\n  - staged: {{ stages: [{} cells, all], bake: {i}m }}\n  - scope-limit: {{ reach: {} }}\n",
            ["any", "destructive", "destructive and env == production", "reach > 20"][i % 4],
            i % 3,
            1 + i % 5,
            60 + i,
        )
    };
    // Reading is not what is measured: all share one world, as the settings of an experiment do.
    let first = study(&setting(0)).base;
    let rest = (1..count).map(|i| Scenario { world: first.world.clone(), ..study(&setting(i)).base });
    std::iter::once(first.clone()).chain(rest).collect()
}

/// 200 settings under 50 ms in a release build, with an actor that errs: twenty steps in 210 forms, two hundred times. Tests run with few
/// optimisations on busy machines, hence the room, and the best of a few times.
#[test]
fn two_hundred_settings_compile_in_no_time() {
    let settings = settings(200);
    let graph = Graph::new(&settings[0].world);
    let priors = Priors::shipped();
    let nested = Nested::new(&priors);
    let aids = Aids { graph: &graph, priors: &priors, oracle: &nested };
    let under = |forms: &Forms, s: &Scenario| {
        let guardrails: Vec<&Guardrail> = s.controls.guardrails.iter().collect();
        forms.under(&guardrails, s.controls.plans_per_day, &aids)
    };
    // The nested runs, counted apart.
    let started = Instant::now();
    let _ = under(&Forms::new(&settings[0], &aids), &settings[0]);
    let (first, runs) = (started.elapsed(), nested.runs());
    let all_settings = || {
        let started = Instant::now();
        let forms = Forms::new(&settings[0], &aids);
        let models: Vec<Model> = settings.iter().map(|s| under(&forms, s)).collect();
        (started.elapsed(), models)
    };
    let (all, models) = (0..5).map(|_| all_settings()).min_by_key(|(took, _)| *took).unwrap();
    let count: usize = models.iter().map(|m| m.controls.forms.len()).sum();
    assert!(count > 200 * 200, "{count} forms: the actor errs at every step");
    println!("200 settings, {count} forms: {all:?}; {} nested runs: {first:?}", nested.runs());
    assert_eq!(nested.runs(), runs, "a step that is known is not run again");
    let limit = if cfg!(debug_assertions) { Duration::from_secs(2) } else { Duration::from_millis(50) };
    assert!(all < limit, "{all:?}");
    // What is shared is what each of them would have had alone.
    for (scenario, model) in settings.iter().zip(&models).step_by(17) {
        assert_eq!(format!("{:?}", prepare(scenario, &graph, &priors, &nested)), format!("{model:?}"));
    }
}

/// What a guardrail cannot touch passes no gate of it, so that trials without the slip that it is there for pay nothing.
#[test]
fn a_guardrail_stands_only_before_what_it_can_touch() {
    let text = |guardrails: &str| {
        format!(
            "title: Mild
world:
  regions: {{ r: {{}} }}
  services: {{ b: {{ in: [r], needs: none, recreate: 40m }} }}
plan: [{{ do: configure, target: b, fails: 0% }}]
actor: {{ profile: automation, errors: true, rates: {{ escalate: 10%, repeat: 0% }} }}
{guardrails}seed: 3
trials: 100
"
        )
    };
    let compiled = |guardrails: &str| world::compiled(&world::scenario_of(&text(guardrails)));
    let asked = compiled("guardrails: [ { approval: { when: destructive, catches: 100% } } ]\n");
    let gates: Vec<(bool, usize)> = asked.controls.forms.iter().map(|f| (f.slip.is_some(), f.gates.len())).collect();
    assert_eq!(gates, [(false, 0), (true, 1)], "only the slip meets it");
    let free = compiled("");
    let (mut with, mut without) = (Engine::new(&asked), Engine::new(&free));
    let mut spared = 0;
    for trial in 0..100 {
        with.run(trial);
        without.run(trial);
        if without.outcome().first_impact().is_none() {
            spared += 1;
            let (friction, same) = (with.outcome().friction(), without.outcome().friction());
            assert_eq!(format!("{friction:?}"), format!("{same:?}"), "trial {trial} has nothing to ask");
        }
    }
    assert!((80..100).contains(&spared), "{spared}");
}

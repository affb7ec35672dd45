//! What is unknown makes figures wider and a verdict only stricter.

use super::{Options, Why, score};
use crate::luck::{Luck, Purpose};
use crate::report::data::Report;
use crate::report::verdict::Decision;
use crate::scenario::files::Memory;
use crate::scenario::proposal::{Asked, Documents, Named, proposal};
use std::sync::atomic::AtomicBool;

const WORLD: &str = "
regions: { eu: {} }
services:
  shop: { in: [eu], faces: customers, needs: [db, api, { need: cache, share: 20%, hold: 10m }] }
  db: { in: [eu], kind: datastore, needs: none, data: { size: 1GB, restore: 100MB/s, locate: 5m, verify: 1m, kept-in: vault } }
  cache: { in: [eu], kind: cache, needs: none }
  api: { in: [eu], needs: none }
  vault: { in: [eu], needs: none }
";

static NEVER: AtomicBool = AtomicBool::new(false);

fn judged(world: &str, plan: &str, appetite: &str, seed: u64) -> Report {
    let files = Memory::new([("w.yaml", world), ("p.yaml", plan), ("a.yaml", appetite)]);
    let named = |path| Named { files: &files, path };
    let documents = Documents { world: Some(named("w.yaml")), appetite: Some(named("a.yaml")), ..Documents::default() };
    let (proposal, found) = proposal(named("p.yaml"), &documents, &Asked { seed: Some(seed), ..Asked::default() });
    let proposal = proposal.unwrap_or_else(|| panic!("{plan}: {found:?}"));
    let options = Options {
        file: "p.yaml",
        world: "w.yaml",
        threads: 1,
        budget: Some(2_000),
        why: Why::Attribution,
        all: true,
        pictures: false,
        news: &|_| (),
        stop: &NEVER,
    };
    score(&proposal, &options)
}

fn decision(report: &Report) -> Decision {
    report.verdict.as_ref().expect("a verdict").decision
}

/// An appetite that has no floor of its own, so that only the trials speak.
const LENIENT: &str = "{ block: [ customers.outage_min.p90 > 1h ], review: [ customers.outage_min.p50 > 10m ] }";

/// The same with a bound that some random plans keep and others do not.
fn appetite(seed: u64) -> String {
    LENIENT.replace("p90 > 1h", ["p90 > 20m", "p90 > 3h", "p90 > 10h", "p90 > 40h"][draw(seed, 3_000, 4)])
}

/// A number below `n`, by key.
fn draw(seed: u64, key: u64, n: usize) -> usize {
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small number")]
    let drawn = (Luck::new(seed, 0).uniform(key, Purpose::Chance, 0) * n as f64) as usize;
    drawn
}

/// A step of a random plan.
fn step(seed: u64, n: u64, target: &str) -> String {
    const VERBS: [&str; 7] = ["restart", "deploy", "configure", "delete", "recreate", "drain", "scale"];
    const EXTRA: [&str; 6] = ["", ", takes: 30m", ", takes: 2h", ", fails: 60%", ", after: []", ", bake: 20m"];
    let pick = |list: &[&'static str], key| list[draw(seed, 100 * n + key, list.len())];
    let extra = pick(&EXTRA, 2);
    let extra = if n == 0 && extra.contains("after") { "" } else { extra };
    format!("- {{ id: s{n}, do: {}, target: {target}{extra} }}\n", pick(&VERBS, 1))
}

#[test]
fn adding_what_nobody_described_never_weakens_a_verdict() {
    let mut blocked = 0;
    for seed in 0..60 {
        let target = |n: u64| ["shop", "db", "cache", "api"][draw(seed, 1_000 + n, 4)];
        let steps: Vec<String> = (0..3).map(|n| step(seed, n, target(n))).collect();
        let at = draw(seed, 2_000, 4);
        let mut more = steps.clone();
        more.insert(at, step(seed, 7, "mystery"));
        let judged = |plan: &str| decision(&judged(WORLD, plan, &appetite(seed), seed));
        // What stands below a step that waits for nothing does not wait for those above it: that is another order, with or without the step.
        let mut known = steps.clone();
        if let Some(next) = known.get_mut(at).filter(|next| more[at].contains("after: []") && !next.contains("after: []")) {
            *next = next.replace(" }\n", ", after: [] }\n");
        }
        let (before, after) = (judged(&known.concat()), judged(&more.concat()));
        assert!(after >= before && after > Decision::Allow, "seed {seed}: {before:?} became {after:?}\n{}", more.concat());
        blocked += u32::from(before == Decision::Block);
        // A name that nobody described beside one that somebody did.
        let beside = steps.concat().replacen(&format!("target: {}", target(0)), &format!("target: [{}, mystery]", target(0)), 1);
        let (before, beside) = (judged(&steps.concat()), judged(&beside));
        assert!(beside >= before, "seed {seed}: {before:?} became {beside:?} beside");
    }
    assert!((10..55).contains(&blocked), "{blocked} of 60 plans are blocked: nothing is tried");
}

#[test]
fn saying_less_of_the_world_never_weakens_a_verdict() {
    for seed in 0..30 {
        let steps: String = (0..3).map(|n| step(seed, n, ["db", "cache", "api"][draw(seed, 1_000 + n, 3)])).collect();
        let before = decision(&judged(WORLD, &steps, &appetite(seed), seed));
        for said in ["needs: none }\n  api", "needs: none }\n  vault", "needs: none, data"] {
            let vague = WORLD.replacen(said, &said.replace("needs: none", "settle: 0s"), 1);
            assert_ne!(vague, WORLD);
            let after = decision(&judged(&vague, &steps, &appetite(seed), seed));
            assert!(after >= before, "seed {seed}, without `{said}`: {before:?} became {after:?}\n{steps}");
        }
    }
}

#[test]
fn a_step_that_would_stop_the_plan_does_not_soften_it() {
    let harm = "{ do: restart, target: db, takes: 2h }";
    assert_eq!(decision(&judged(WORLD, &format!("[{harm}]"), LENIENT, 1)), Decision::Block);
    // What is unknown fails every time, so that the harm is never done; and still.
    let report = judged(WORLD, &format!("[{{ do: deploy, target: mystery, fails: 100% }}, {harm}]"), LENIENT, 1);
    assert!(report.customers.as_ref().is_none_or(|c| c.outage_min.mean < 0.01), "the plan stops before the harm");
    assert_eq!(decision(&report), Decision::Block);
    let reasons = report.verdict.expect("a verdict").reasons;
    assert_eq!(reasons[0], "block: customers.outage_min.p90 > 1h, without what nobody described");
}

#[test]
fn figures_are_wider_around_the_same_median() {
    let plan = "[{ do: delete, target: api }]";
    let vague = WORLD.replacen("api: { in: [eu], needs: none }", "api: { in: [eu] }", 1);
    let outage = |world: &str| {
        judged(world, plan, "block: [ customers.outage_min.p50 > 1000h ]\ntrials: 2000", 3).cells["api@eu"].outage_min
    };
    let (known, unknown) = (outage(WORLD), outage(&vague));
    assert!(unknown.p95 > 1.2 * known.p95, "{} {}", known.p95, unknown.p95);
    assert!(unknown.p50 > 0.9 * known.p50, "the median of a sum rises a little: {} {}", known.p50, unknown.p50);
    let report = judged(&vague, plan, LENIENT, 3);
    let widened = report.verdict.as_ref().and_then(|v| v.widened.as_ref()).expect("it is said");
    assert_eq!((widened.services.as_slice(), widened.unknown_targets), (&["api".to_owned()][..], false));
    assert!(report.coverage_notes[0].starts_with("widened: default durations at `api`"), "{:?}", report.coverage_notes);
    assert!(
        judged(WORLD, plan, LENIENT, 3).verdict.is_some_and(|v| v.widened.is_none()),
        "nothing is said where all is described"
    );
}

#[test]
fn figures_that_somebody_gave_stay_as_they_are() {
    let vague = WORLD.replacen("api: { in: [eu], needs: none }", "api: { in: [eu] }", 1);
    let outage =
        |world: &str| judged(world, "[{ do: restart, target: api, takes: 7m }]", LENIENT, 3).cells["api@eu"].outage_min.p95;
    assert_eq!(outage(WORLD).to_bits(), outage(&vague).to_bits());
}

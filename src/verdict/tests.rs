//! Verdicts against known truths: error rates, threads, sums, and that nothing unknown is taken for safe.

use super::{Options, Why, score};
use crate::report::data::Report;
use crate::report::verdict::{Decision, LeftOut, Verdict};
use crate::scenario::files::Memory;
use crate::scenario::proposal::{Asked, Documents, Named, Proposal, proposal};
use std::sync::atomic::AtomicBool;

const WORLD: &str = "
regions: { eu: {} }
services:
  shop: { in: [eu], faces: customers, slo: 99.9% over 28d, needs: [db, { need: cache, share: 20% }] }
  db: { in: [eu], kind: datastore, needs: none, data: { size: 1GB, restore: 100MB/s, locate: 5m, verify: 1m, kept-in: vault } }
  cache: { in: [eu], kind: cache, needs: none, restart: 1m }
  vault: { in: [eu], needs: none }
";

static NEVER: AtomicBool = AtomicBool::new(false);

fn read(plan: &str, appetite: &str, seed: u64) -> Proposal {
    let files = Memory::new([("w.yaml", WORLD), ("p.yaml", plan), ("a.yaml", appetite)]);
    let named = |path| Named { files: &files, path };
    let appetite = (!appetite.is_empty()).then(|| named("a.yaml"));
    let documents = Documents { world: Some(named("w.yaml")), appetite, ..Documents::default() };
    let (proposal, found) = proposal(named("p.yaml"), &documents, &Asked { seed: Some(seed), ..Asked::default() });
    proposal.unwrap_or_else(|| panic!("{found:?}"))
}

fn options(why: Why) -> Options<'static> {
    Options {
        file: "p.yaml",
        world: "w.yaml",
        threads: 1,
        budget: None,
        why,
        all: false,
        pictures: false,
        news: &|_| (),
        stop: &NEVER,
    }
}

fn judged(plan: &str, appetite: &str, seed: u64, threads: usize, why: Why) -> Report {
    score(&read(plan, appetite, seed), &Options { threads, ..options(why) })
}

fn decision(plan: &str, appetite: &str) -> Decision {
    judged(plan, appetite, 1, 1, Why::Attribution).verdict.expect("a verdict").decision
}

/// A plan with an outage of the shop in exactly 11 % of the futures, for an hour.
const RARELY: &str = "[{ do: deploy, target: db, fails: 11%, takes: 1m }]";

#[test]
fn limits_decide_and_nothing_else() {
    let restart = "[{ do: restart, target: db, takes: 30m }]";
    assert_eq!(decision(restart, "block: [ customers.outage_min.p95 > 1h ]"), Decision::Allow);
    assert_eq!(decision(restart, "block: [ customers.outage_min.p95 > 20m ]"), Decision::Block);
    assert_eq!(decision(restart, "review: [ customers.outage_min.p95 > 20m ]"), Decision::Review);
    assert_eq!(decision(restart, "block: [ customers.outage_min.p95 >= 30m ]"), Decision::Block);
    assert_eq!(decision(restart, "block: [ customers.outage_min.p95 > 30m ]"), Decision::Allow);
    assert_eq!(decision(restart, "block: [ customers.outage_min.p95 > 20m and affected_cells.p90 > 5 ]"), Decision::Allow);
    assert_eq!(decision(restart, "block: [ not customers.outage_min.p95 < 20m ]"), Decision::Block);
    assert_eq!(decision(restart, "block: [ customers.outage_min.mean > 29m ]"), Decision::Block);
    assert_eq!(decision(restart, "block: [ slo.budget_burnt.p50 > 70% ]"), Decision::Block, "30 of 40.3 minutes are 74 %");
    assert_eq!(decision(restart, "block: [ slo.budget_burnt.p50 > 80% ]"), Decision::Allow);
    assert_eq!(decision(restart, "block: [ slo.objectives.shop.budget_burnt.p50 > 70% ]"), Decision::Block);
    assert_eq!(decision(restart, "block: [ services.cache.outage_min.p95 > 0m ]"), Decision::Allow);
}

#[test]
fn the_share_that_is_wrong_stays_below_the_error() {
    // The truth is 11 %: limits at 20 % and at 5 % have known answers.
    let (mut wrong, mut open) = (0, 0);
    for seed in 0..60 {
        let appetite = "{ block: [ customers.affected.mean > 20% ], review: [ customers.affected.mean > 5% ], confidence: 90% }";
        match judged(RARELY, appetite, seed, 1, Why::Attribution).verdict.expect("a verdict") {
            v if v.decision == Decision::Review && v.limits.iter().all(|l| l.holds.is_some()) => {}
            v if v.limits.iter().any(|l| l.holds.is_none()) => open += 1,
            _ => wrong += 1,
        }
    }
    // 6 of 60 may be wrong; twice the standard deviation on top is 11.
    assert!(wrong <= 11 && open == 0, "{wrong} wrong, {open} open of 60");
}

#[test]
fn a_limit_at_the_truth_itself_stays_open_and_asks_for_a_review() {
    let appetite = "{ block: [ customers.affected.mean > 11% ], trials: 2000 }";
    let verdict = judged(RARELY, appetite, 3, 1, Why::Attribution).verdict.expect("a verdict");
    assert_eq!((verdict.decision, verdict.trials), (Decision::Review, 2_000));
    assert!(verdict.reasons[0].contains("not decided after 2000 trials"), "{:?}", verdict.reasons);
}

#[test]
fn far_from_the_limits_few_trials_do() {
    let verdict = judged("[{ do: delete, target: db }]", "block: [ customers.outage_min.p95 > 1m ]", 1, 1, Why::Attribution)
        .verdict
        .expect("one");
    assert_eq!((verdict.decision, verdict.trials), (Decision::Block, 100));
    let verdict = judged("[{ do: inspect, target: db }]", "", 1, 1, Why::Attribution).verdict.expect("one");
    assert!(verdict.decision == Decision::Allow && verdict.trials <= 100, "{verdict:?}");
}

#[test]
fn threads_and_repetition_change_nothing() {
    let appetite = "{ block: [ customers.affected.mean > 11.5%, customers.outage_min.mean > 100m ], trials: 4000 }";
    let one = judged(RARELY, appetite, 5, 1, Why::Heaviest);
    for threads in [2, 3, 7] {
        assert_eq!(judged(RARELY, appetite, 5, threads, Why::Heaviest), one);
    }
    assert_eq!(judged(RARELY, appetite, 5, 1, Why::Heaviest), one);
}

#[test]
fn unknown_is_never_allowed_and_never_softens() {
    let open = "block: []\nreview: []";
    assert_eq!(decision("[{ do: restart, target: cache }]", open), Decision::Allow);
    for unknown in ["delete", "restart", "inspect"] {
        let plan = format!("[{{ do: restart, target: cache }}, {{ do: {unknown}, target: mystery }}]");
        assert_eq!(decision(&plan, open), Decision::Review, "{unknown}");
        // Unknown beside what blocks still blocks.
        let plan = format!("[{{ do: delete, target: db }}, {{ do: {unknown}, target: mystery }}]");
        assert_eq!(decision(&plan, "block: [ customers.outage_min.p50 > 1m ]"), Decision::Block, "{unknown}");
    }
    assert_eq!(decision("[{ do: delete, target: mystery }]", ""), Decision::Review);
    let report = judged("[{ do: delete, target: [db, mystery] }]", "", 1, 1, Why::Attribution);
    assert!(report.verdict.expect("one").steps[0].coverage.abs() < 1e-12, "a step with an unknown target is not covered at all");
}

#[test]
fn deleting_the_copies_as_well_is_worse_never_better() {
    let alone = judged("[{ do: delete, target: db }]", "", 1, 1, Why::Attribution);
    let both = judged("[{ do: delete, target: db }, { do: delete, target: vault }]", "", 1, 1, Why::Attribution);
    let reasons = |r: &Report| r.verdict.as_ref().expect("one").reasons.len();
    assert_eq!(both.verdict.as_ref().expect("one").decision, Decision::Block);
    assert!(both.data_lost_for_good > alone.data_lost_for_good && reasons(&both) > reasons(&alone));
}

#[test]
fn minutes_add_up_and_leaving_out_shows_what_only_steps_together_do() {
    // Both at the same time: the shop is out as long as either is, so leaving out one of them hardly helps.
    let plan =
        "[{ id: a, do: restart, target: db, takes: 30m, after: [] }, { id: b, do: restart, target: db, takes: 30m, after: [] }]";
    let report = judged(plan, "block: [ customers.outage_min.p95 > 1h ]", 1, 1, Why::All);
    let total: f64 = report.why.steps.iter().map(|s| s.minutes).sum();
    assert!((total - report.why.total_min).abs() < 1e-6);
    let alone = report.verdict.expect("one").alone.expect("asked for");
    let left: f64 = alone.steps.iter().map(|s| s.minutes).sum();
    assert!((left + alone.interaction_min - alone.total_min).abs() < 1e-9);
    assert!(alone.interaction_min > 0.9 * alone.total_min, "each alone takes nothing away: {alone:?}");
    assert!((alone.total_min - report.why.total_min).abs() < 1e-6, "the same minutes, counted twice");
}

#[test]
fn what_the_trials_without_a_step_do_not_decide_is_open() {
    let plan = "[{ id: a, do: restart, target: db, takes: 30m }, { id: b, do: restart, target: cache, takes: 1m }]";
    let without = |limit: &str| {
        let verdict = judged(plan, &format!("{{ block: [ {limit} ], review: [ coverage < 70% ] }}"), 1, 1, Why::All).verdict;
        let verdict = verdict.expect("one");
        assert_eq!(verdict.decision, Decision::Allow, "{limit}");
        let alone = verdict.alone.expect("asked for");
        assert!(!alone.steps.is_empty() && alone.not_tried == 0, "{alone:?}");
        alone.steps.iter().map(LeftOut::then).collect::<Vec<_>>()
    };
    // A hundred trials do not show a far quantile; that nothing is unknown needs none.
    let open = without("customers.outage_min.p99 > 4h");
    assert!(open.iter().all(|then| *then == "open"), "{open:?}");
    let known = without("unknown_targets > 0");
    assert!(known.iter().all(|then| *then == "allow"), "{known:?}");
}

#[test]
fn what_flips_a_verdict_is_told_and_true() {
    let plan = "[{ id: bad, do: delete, target: db }, { id: good, do: restart, target: cache, takes: 1m }]";
    let appetite = "block: [ customers.outage_min.p95 > 5m ]";
    let flips = judged(plan, appetite, 1, 1, Why::Heaviest).verdict.expect("one").flips;
    assert_eq!(flips.len(), 1, "{flips:?}");
    assert_eq!((flips[0].change.as_str(), flips[0].decision), ("leave out `bad`", Decision::Allow));
    assert_eq!(decision("[{ id: good, do: restart, target: cache, takes: 1m }]", appetite), Decision::Allow);
}

/// A name that nobody described, in a world of which two fifths are missing: neither is enough alone, so they are one change.
#[test]
fn doubts_that_only_help_together_are_one_change() {
    let plan = "[{ do: restart, target: cache }, { do: inspect, target: ghost }]";
    let open = "{ block: [], review: [] }";
    let doubts = |world: &str| {
        let verdict = judged_with(world, plan, open, None, &Asked::default(), Why::Heaviest);
        verdict.flips.into_iter().filter(|flip| !flip.change.starts_with("leave out")).collect::<Vec<_>>()
    };
    let both = doubts(&format!("complete: 60%\n{WORLD}"));
    assert_eq!(both.len(), 1, "{both:?}");
    assert!(both[0].change.starts_with("describe `ghost` in the world, and declare more"), "{both:?}");
    assert_eq!(both[0].command, "foreshock reach w.yaml ghost; foreshock check w.yaml");
    let one = doubts(WORLD);
    assert!(one.len() == 1 && one[0].decision == Decision::Allow, "{one:?}");
}

/// Two fifths of the world are missing. Only a limit under `review` that asks for nothing else takes the place of the floor.
#[test]
fn the_floor_of_coverage_is_lifted_by_a_floor_alone() {
    let world = format!("complete: 60%\n{WORLD}");
    let judged =
        |appetite: &str| judged_by(&world, "[{ do: restart, target: cache }]", appetite, None, &Asked::default()).decision;
    for appetite in [
        "{ block: [], review: [] }",
        "review: [ coverage < 80% ]",
        "review: [ coverage < 80% and customers.outage_min.p95 > 1h ]",
        "review: [ coverage < 50% or customers.outage_min.p95 > 1h ]",
        "block: [ coverage < 5% ]",
        "review: [ coverage > 90% ]",
    ] {
        assert_eq!(judged(appetite), Decision::Review, "{appetite}");
    }
    assert_eq!(judged("review: [ coverage < 50% ]"), Decision::Allow);
    assert_eq!(judged("{ review: [ coverage < 50% ], block: [ coverage < 5% ] }"), Decision::Allow);
    assert_eq!(judged("block: [ coverage < 70% ]"), Decision::Block);
}

/// An outage of more than an hour in 8 % of the futures, where 5 % are allowed, or in 1.6 % of them, where 1 % are.
#[test]
fn a_limit_that_is_clearly_broken_is_decided() {
    for (fails, figure) in [("8%", "p95"), ("1.6%", "p99")] {
        let plan = format!("[{{ do: deploy, target: db, fails: {fails}, takes: 1m }}]");
        let verdict = judged(&plan, &format!("block: [ customers.outage_min.{figure} > 1m ]"), 1, 1, Why::Attribution).verdict;
        assert_eq!(verdict.expect("one").decision, Decision::Block, "{fails}");
    }
}

#[test]
fn an_appetite_without_customers_does_not_take_their_absence_for_safety() {
    let files = Memory::new([
        ("w.yaml", "regions: [eu]\nservices: { db: { in: [eu], needs: none } }"),
        ("p.yaml", "[{ do: restart, target: db }]"),
    ]);
    let named = |path| Named { files: &files, path };
    let documents = Documents { world: Some(named("w.yaml")), ..Documents::default() };
    let proposal = proposal(named("p.yaml"), &documents, &Asked::default()).0.expect("valid");
    let verdict = score(&proposal, &options(Why::Attribution)).verdict.expect("one");
    assert_eq!(verdict.decision, Decision::Review);
    assert!(verdict.reasons.iter().any(|r| r.contains("faces: customers")), "{:?}", verdict.reasons);
}

/// One person, who answers after an hour and refuses a harmless step in one of ten trials.
#[test]
fn friction_can_be_limited() {
    let asked = "{ plan: [{ do: snapshot, target: db, takes: 1m }], \
                 guardrails: [ approval: { approvers: 1, latency: 1h, false-alarms: 10%, catches: 0% } ] }";
    for (limit, expected) in [
        ("friction.hours.p90 > 59m", Decision::Block),
        ("friction.hours.p90 > 1h", Decision::Allow),
        ("friction.hours.p90 >= 1", Decision::Block),
        ("friction.approvals.mean > 0.9", Decision::Block),
        ("friction.approvals.mean > 1.1", Decision::Allow),
        ("friction.approvals.p99 > 1", Decision::Allow),
        ("friction.false_stops.mean > 5%", Decision::Block),
        ("friction.false_stops.mean > 20%", Decision::Allow),
        ("friction.false_stops.p95 > 0", Decision::Block),
    ] {
        assert_eq!(decision(asked, &format!("block: [ {limit} ]")), expected, "{limit}");
    }
    // More than the whole of a budget can burn.
    assert_eq!(decision(RARELY, "block: [ slo.budget_burnt.p50 > 150% ]"), Decision::Allow);
    // Nothing stands in between: no trial is needed to know that nobody is asked.
    assert_eq!(decision(RARELY, "block: [ friction.approvals.mean > 0.1 ]"), Decision::Allow);
}

/// The verdict by these documents.
fn judged_by(world: &str, plan: &str, appetite: &str, guardrails: Option<&str>, asked: &Asked) -> Verdict {
    judged_with(world, plan, appetite, guardrails, asked, Why::Attribution)
}

fn judged_with(world: &str, plan: &str, appetite: &str, guardrails: Option<&str>, asked: &Asked, why: Why) -> Verdict {
    let texts = [("w.yaml", world), ("p.yaml", plan), ("a.yaml", appetite), ("g.yaml", guardrails.unwrap_or("[]"))];
    let files = Memory::new(texts);
    let named = |path| Named { files: &files, path };
    let documents = Documents {
        world: Some(named("w.yaml")),
        appetite: Some(named("a.yaml")),
        guardrails: guardrails.map(|_| named("g.yaml")),
        ..Documents::default()
    };
    let (proposal, found) = proposal(named("p.yaml"), &documents, asked);
    let proposal = proposal.unwrap_or_else(|| panic!("{found:?}"));
    score(&proposal, &options(why)).verdict.expect("one")
}

/// A trial ends a week after the first impact. What a plan does after that is done all the same: not even a slow plan gets by.
#[test]
fn what_comes_after_the_horizon_is_not_safe() {
    let appetite = "block: [ customers.outage_min.p95 > 5m ]";
    let world = format!(
        "{WORLD}  helper: {{ in: [eu], needs: none, starts-with: [registry] }}\n  registry: {{ in: [eu], needs: none }}\n"
    );
    let judged = |plan: &str, guardrails| judged_by(&world, plan, appetite, guardrails, &Asked::default());
    let first = |verdict: &Verdict| verdict.reasons.first().cloned().unwrap_or_default();
    let slow = |what: &str| format!("[{{ id: a, do: restart, target: cache, {what} }}, {{ id: b, do: delete, target: db }}]");
    for what in ["bake: 8d", "verify: 8d", "bake: { lognormal: { median: 8d, p95: 9d } }"] {
        let verdict = judged(&slow(what), None);
        assert_eq!(verdict.decision, Decision::Block, "{what}");
        assert!(first(&verdict).ends_with("followed until all of its steps are done"), "{:?}", verdict.reasons);
    }
    // An approval that takes ten days, as those say who judge: nobody simulates what comes then.
    let late = Some("[ approval: { when: destructive, latency: 10d, catches: 0% } ]");
    let verdict = judged(&slow("takes: 1m"), late);
    assert_eq!(verdict.decision, Decision::Review);
    assert!(first(&verdict).contains("the plan goes on when 7d have passed"), "{:?}", verdict.reasons);
    // A step that waits for ever for what the plan itself lets fail keeps those after it from running.
    let stuck = "{ plan: [{ do: recreate, target: helper, fails: 0% }, { do: delete, target: db }], faults: [{ down: registry, from: 0m, for: forever }] }";
    assert_eq!(judged(stuck, None).decision, Decision::Block);
    // What only takes long is judged as it is.
    assert_eq!(judged("[{ do: restart, target: cache, bake: 8d }]", None).decision, Decision::Allow);
}

/// A plan may ask for more than those who judge it ask for; what it says stands in its way does not count for it. The deletion of a database is out for
/// hours; a guardrail that refuses it, a role that may do nothing and a person who confirms each step would all have made it harmless.
#[test]
fn what_a_plan_brings_along_does_not_soften_its_verdict() {
    let appetite = "block: [ customers.outage_min.p95 > 5m ]";
    let world = format!("{WORLD}\nroles: {{ nobody: {{ may: [inspect] }}, anybody: {{ may: all }} }}");
    let deletes = "plan: [{ id: bad, do: delete, target: db }]";
    let judged = |plan: &str, guardrails, asked: &Asked| judged_by(&world, plan, appetite, guardrails, asked);
    let protection = "guardrails: [ deletion-protection ]";
    for own in [protection, "actor: { profile: automation, acts-as: nobody }", "guardrails: [ approval: { catches: 100% } ]"] {
        let verdict = judged(&format!("{{ {deletes}, {own} }}"), None, &Asked::default());
        assert_eq!(verdict.decision, Decision::Block, "{own}");
        assert!(verdict.reasons[0].contains("that the plan itself brings"), "{:?}", verdict.reasons);
        // Not even when it also says how short it is.
        let short = "plan: [{ id: bad, do: delete, target: db, takes: 1s }]";
        assert_eq!(judged(&format!("{{ {short}, {own} }}"), None, &Asked::default()).decision, Decision::Block, "{own}");
    }
    let plan = format!("{{ {deletes} }}");
    assert_eq!(judged(&plan, Some(protection), &Asked::default()).decision, Decision::Allow);
    let nobody = Some("{ guardrails: [], actor: { profile: automation, acts-as: nobody } }");
    assert_eq!(judged(&plan, nobody, &Asked::default()).decision, Decision::Allow);
    let asked = Asked { role: Some("nobody".to_owned()), profile: Some("automation".to_owned()), ..Asked::default() };
    assert_eq!(judged(&plan, None, &asked).decision, Decision::Allow);
    // A file that says who acts and nothing of guardrails leaves those of the plan what they are.
    let anybody = Some("actor: { profile: automation, acts-as: anybody }");
    assert_eq!(judged(&format!("{{ {deletes}, {protection} }}"), anybody, &Asked::default()).decision, Decision::Block);
}

#[test]
fn appetites_are_read_strictly() {
    let refused = |appetite: &str| {
        let files = Memory::new([("w.yaml", WORLD), ("p.yaml", RARELY), ("a.yaml", appetite)]);
        let named = |path| Named { files: &files, path };
        let documents = Documents { world: Some(named("w.yaml")), appetite: Some(named("a.yaml")), ..Documents::default() };
        let (proposal, found) = proposal(named("p.yaml"), &documents, &Asked::default());
        assert!(proposal.is_none(), "{appetite} is taken for good");
        found.iter().map(|d| d.code).collect::<Vec<_>>()
    };
    for (appetite, code) in [
        ("block: [ customers.outage_min.max > 1h ]", "F0060"),
        ("block: [ customers.outage_min.p95 == 1h ]", "F0060"),
        ("block: [ customers.outage_min.p95 > 10GB ]", "F0060"),
        ("block: [ affected_cells.p90 > 2h ]", "F0060"),
        ("block: [ any ]", "F0060"),
        ("block: [ friction.hours.mean > 1h ]", "F0060"),
        ("block: [ friction.hours.max > 1h ]", "F0060"),
        ("block: [ customers.outage_min.p94 > 1h ]", "F0038"),
        ("block: [ services.shopp.outage_min.p95 > 1h ]", "F0038"),
        ("block: [ data_lost_for_good > 5 ]", "F0014"),
        ("block: [ affected_cells.p90 > 50% ]", "F0060"),
        ("block: [ customers.outage_min.p95 > 500% ]", "F0060"),
        ("review: [ coverage < 2h ]", "F0060"),
        ("review: [ coverage < 80 ]", "F0014"),
        ("review: [ coverage < 120% ]", "F0014"),
        ("review: [ slo.budget_burnt.p50 > 25 ]", "F0014"),
        ("blok: [ data_lost_for_good > 5% ]", "F0010"),
        ("confidence: 99%", "F0011"),
        ("{ block: [], confidence: 100% }", "F0014"),
        ("{ block: [], trials: 0 }", "F0014"),
    ] {
        let found = refused(appetite);
        assert!(found.contains(&code), "{appetite}: {found:?}");
    }
}

//! Advice can be used at once: every plan reads back, and comes to what was said of it.

use super::{RULES, advise};
use crate::report::advice::Lost;
use crate::report::verdict::Decision;
use crate::scenario::files::Memory;
use crate::scenario::proposal::{Asked, Documents, Named, Proposal, proposal};
use crate::verdict::{Options, Why, score};
use std::sync::atomic::AtomicBool;

const WORLD: &str = "
regions: { eu: {}, us: {} }
services:
  shop: { in: [eu, us], faces: customers, traffic: 60/min, failover: { after: 1m }, needs: [api] }
  api: { in: [eu, us], traffic: 60/min, failover: { after: 1m }, needs: [db] }
  db: { in: [eu], kind: datastore, needs: none, data: { size: 1GB, restore: 100MB/s, backup-every: 6h, kept-in: vault } }
  vault: { in: [eu], needs: none }
";

static NEVER: AtomicBool = AtomicBool::new(false);

fn options() -> Options<'static> {
    Options {
        file: "p.yaml",
        world: "w.yaml",
        threads: 1,
        budget: Some(1_000),
        why: Why::Attribution,
        all: false,
        pictures: false,
        news: &|_| (),
        stop: &NEVER,
    }
}

fn read(plan: &str) -> Proposal {
    read_in(WORLD, plan)
}

fn read_in(world: &str, plan: &str) -> Proposal {
    let files = Memory::new([("w.yaml", world), ("p.yaml", plan)]);
    let named = |path| Named { files: &files, path };
    let documents = Documents { world: Some(named("w.yaml")), ..Documents::default() };
    let (proposal, found) = proposal(named("p.yaml"), &documents, &Asked::default());
    proposal.unwrap_or_else(|| panic!("{found:?} in {plan}"))
}

/// Every safer plan is read anew and judged: it must come to the verdict that was told.
fn round_trip(plan: &str) -> crate::report::advice::Advice {
    let advice = advise(&read(plan), &options());
    for safer in &advice.plans {
        let again = score(&read(&safer.plan), &options()).verdict.expect("a verdict");
        assert_eq!(again.decision, safer.figures.decision, "{}", safer.plan);
    }
    advice
}

#[test]
fn a_snapshot_first_saves_the_data() {
    let advice = round_trip("[{ do: recreate, target: db }]");
    let first = advice.plans.iter().find(|p| p.rules.contains(&"snapshot-first")).expect("a snapshot");
    // Copies that turn out to be unusable are as old as before; the first one is fresh.
    assert!(first.figures.data_lost_min < advice.proposed.data_lost_min - 60.0, "{first:?} {:?}", advice.proposed);
    assert!(first.plan.contains("do: snapshot"), "{}", first.plan);
}

#[test]
fn region_by_region_keeps_customers_served() {
    let advice = round_trip("[{ do: recreate, target: api, takes: 1h }]");
    let best = advice.plans.first().expect("something helps");
    assert!(best.avoided_min > 0.0 && best.figures.outage_min < advice.proposed.outage_min / 2.0, "{best:?}");
    assert!(best.figures.decision <= advice.proposed.decision);
}

#[test]
fn what_others_need_goes_last() {
    let advice = round_trip("[{ id: v, do: delete, target: vault }, { id: d, do: recreate, target: db }]");
    let reordered = advice.plans.iter().find(|p| p.rules.contains(&"another-order")).expect("another order");
    let at = |text: &str| reordered.plan.find(text).expect("is in the plan");
    assert!(at("id: d") < at("id: v"), "{}", reordered.plan);
}

/// What destroys is seen for what it is by 35 % of those who are asked (the figure of the evidence), so the mean outage falls by about a third; the
/// advice says how many are asked.
#[test]
fn somebody_approves_what_takes_something_away() {
    let advice = round_trip("[{ id: gone, do: delete, target: db }]");
    let asked =
        advice.plans.iter().find(|p| p.rules == ["approval"]).unwrap_or_else(|| panic!("an approval: {:?}", advice.plans));
    assert!(asked.plan.contains("approval:") && asked.plan.contains("when: destructive"), "{}", asked.plan);
    assert!((asked.figures.approvals - 1.0).abs() < 1e-9 && advice.proposed.approvals == 0.0, "{asked:?}");
    // The probability is drawn once per trial, the catch with it: a share of 0.35, four standard errors of which over 400 trials are 0.1.
    assert!((0.25..0.45).contains(&asked.better), "{asked:?}");
    let avoided = asked.avoided_min / advice.proposed.outage_min;
    assert!((0.15..0.55).contains(&avoided), "heavy tails, but a third: {avoided}");
    // Whoever is asked already is not asked again, and nobody is asked about what takes nothing away.
    let approved = "{ plan: [{ do: delete, target: db }], guardrails: [ approval: { approvers: 1 } ] }";
    for plan in [approved, "[{ do: deploy, target: db, takes: 1h, fails: 90% }]"] {
        assert!(round_trip(plan).plans.iter().all(|p| !p.rules.contains(&"approval")), "{plan}");
    }
}

/// Demand of 2 at two in the afternoon, of nothing at three in the night, else of 1: the figures add up to 24.
const HOURS: &str = "
regions: { eu: {} }
traffic-by-hour: { offset: '+01:00', hours: [1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1] }
services:
  shop: { in: [eu], faces: customers, customers: 10, needs: none, restart: 1h }
";

fn off_peak(plan: &str) -> (crate::report::advice::Advice, Option<crate::report::advice::Safer>) {
    let advice = advise(&read_in(HOURS, plan), &options());
    let found = advice.plans.iter().find(|p| p.rules == ["off-peak"]).cloned();
    (advice, found)
}

/// By hand: 60 minutes x 10 customers x 2 at two in the afternoon; nothing at three in the night, 13 hours later. The outage stays.
#[test]
fn at_a_quiet_hour_less_is_lost() {
    let (advice, found) =
        off_peak("{ starts: 2025-12-15T14:00+01:00, plan: [{ id: gone, do: restart, target: shop, fails: 0% }] }");
    let found = found.unwrap_or_else(|| panic!("another hour: {:?}", advice.plans));
    assert_eq!((advice.proposed.lost, found.figures.lost), (Some(Lost::Minutes(1200.0)), Some(Lost::Minutes(0.0))));
    assert_eq!((found.figures.outage_min, found.avoided_min, found.waits_hours), (60.0, 0.0, 13.0));
    assert_eq!((found.better, found.worse), (1.0, 0.0));
    assert!(found.plan.contains("starts: \"2025-12-16T03:00+01:00\""), "{}", found.plan);
    let again = score(&read_in(HOURS, &found.plan), &options());
    assert!(again.customers.expect("customers").minutes_lost.is_none());
}

/// A freeze from one to five leaves no quiet hour; any other is as quiet, the nearest is taken. Where all hours are alike already, or nobody says when it
/// starts, there is nothing to propose.
#[test]
fn another_hour_must_be_open_quieter_and_known() {
    let plan = "plan: [{ id: gone, do: restart, target: shop, fails: 0% }]";
    let freeze = "guardrails: [ freeze-window: { from: 01:00, to: 05:00 } ]";
    let (_, found) = off_peak(&format!("{{ starts: 2025-12-15T14:00+01:00, {plan}, {freeze} }}"));
    let found = found.expect("another hour");
    assert!(found.plan.contains("2025-12-15T15:00+01:00"), "{}", found.plan);
    assert_eq!((found.figures.lost, found.waits_hours), (Some(Lost::Minutes(600.0)), 1.0));
    let (advice, found) = off_peak(&format!("{{ starts: 2025-12-15T03:00+01:00, {plan} }}"));
    assert!(found.is_none() && advice.not_tried.is_empty());
    let (advice, found) = off_peak(&format!("{{ {plan} }}"));
    assert!(found.is_none() && advice.not_tried.len() == 1 && advice.proposed.lost.is_none());
}

#[test]
fn nothing_helps_where_nothing_is_wrong() {
    let advice = advise(&read("[{ do: inspect, target: db }]"), &options());
    assert!(advice.plans.is_empty());
    assert_eq!(advice.proposed.decision, Decision::Allow);
}

/// The second store is not deleted when the first one is watched for half an hour: by then somebody has stopped the plan. That saves its
/// data, by leaving undone what was asked for.
#[test]
fn what_is_not_done_is_not_avoided() {
    let world = "
regions: { eu: {} }
teams: { t: { detect: 5m, engage: 5m, diagnose: 10m } }
defaults: { service: { team: t } }
services:
  shop: { in: [eu], faces: customers, needs: [a] }
  a: { in: [eu], needs: none, recreate: 40m }
  b: { in: [eu], kind: datastore, needs: none, recreate: 30m, data: { size: 1GB, restore: 100MB/s, locate: 1m, verify: 1m, backup-every: 6h, kept-in: vault } }
  vault: { in: [eu], needs: none }
";
    let advice = advise(&read_in(world, "[{ id: gone, do: delete, target: [a, b] }]"), &options());
    assert!(advice.proposed.stops_short == 0.0 && advice.proposed.data_lost_min > 60.0, "{:?}", advice.proposed);
    for plan in &advice.plans {
        let short = plan.figures.stops_short > 0.01;
        assert!(!short || plan.does_less, "{plan:?}");
        assert!(!short || plan.figures.data_lost_min >= 0.99 * advice.proposed.data_lost_min, "{plan:?}");
        assert!(plan.rules != ["one-cell-first"], "it avoids nothing: {plan:?}");
    }
}

/// Nobody needs the spare, and a replacement of it fails in a tenth of the trials: then the other step is not run.
#[test]
fn a_step_that_fails_more_often_is_no_advice() {
    let world = "
regions: { eu: {} }
services:
  shop: { in: [eu], faces: customers, needs: [b] }
  b: { in: [eu], needs: none, recreate: 40m }
  spare: { in: [eu], needs: none, recreate: 1m }
";
    let plan = "[{ id: first, do: recreate, target: spare, fails: 0% }, { id: gone, do: delete, target: b }]";
    let advice = advise(&read_in(world, plan), &options());
    assert!(advice.plans.iter().all(|p| !p.rules.contains(&"create-before-destroy")), "{:?}", advice.plans);
}

/// Two stores are lost at once: what is told is the sum of both.
#[test]
fn data_loss_of_several_stores_is_their_sum() {
    let world = "
regions: { eu: {} }
defaults: { service: { needs: none } }
services:
  shop: { in: [eu], faces: customers }
  a: { in: [eu], kind: datastore, data: { size: 1GB, restore: 100MB/s, backup-every: 6h, kept-in: vault } }
  b: { in: [eu], kind: datastore, data: { size: 1GB, restore: 100MB/s, backup-every: 6h, kept-in: vault } }
  vault: { in: [eu] }
";
    let one = advise(&read_in(world, "[{ do: recreate, target: a }]"), &options());
    let two = advise(&read_in(world, "[{ do: recreate, target: [a, b] }]"), &options());
    assert_eq!((one.proposed.data_stores, two.proposed.data_stores), (1, 2));
    assert_eq!((one.proposed.of_stores(), two.proposed.of_stores().as_deref()), (None, Some("sum of 2 stores")));
}

#[test]
fn rules_have_names_of_their_own() {
    let mut names: Vec<&str> = RULES.iter().map(|r| r.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), RULES.len());
}

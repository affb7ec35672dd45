//! Every rule fires where it should, and stays silent beside it.

use super::{RULES, View, Weight, find};
use crate::model::graph::Graph;
use crate::scenario::files::Memory;
use crate::scenario::proposal::{Asked, Documents, Named, proposal};

const WORLD: &str = "
regions: { eu: {}, us: {} }
services:
  shop: { in: [eu, us], faces: customers, needs: [api] }
  api: { in: [eu, us], needs: [{ any-of: [db-a, db-b] }] }
  db-a: { in: [eu], kind: datastore, needs: none, data: { size: 10GB, kept-in: vault }, starts-with: [registry], mends-with: [vpn], seen-through: [monitoring] }
  db-b: { in: [eu], kind: datastore, needs: none, data: { kept-in: [vault, tape] } }
  db-c: { in: [eu], kind: datastore, needs: none }
  vault: { in: [eu], needs: none }
  tape: { in: [us], needs: none }
  registry: { in: [eu], needs: none }
  vpn: { in: [eu], needs: [ldap] }
  ldap: { in: [eu], needs: none, mends-with: [vpn] }
  monitoring: { in: [eu], needs: none }
  quiet: { in: [eu, us] }
";

/// Codes and weights of what is found in a plan.
fn found(plan: &str) -> Vec<(String, Weight)> {
    found_in(WORLD, plan)
}

fn found_in(world: &str, plan: &str) -> Vec<(String, Weight)> {
    let files = Memory::new([("w.yaml", world), ("p.yaml", plan)]);
    let named = |path| Named { files: &files, path };
    let documents = Documents { world: Some(named("w.yaml")), ..Documents::default() };
    let (proposal, found) = proposal(named("p.yaml"), &documents, &Asked::default());
    let scenario = proposal.unwrap_or_else(|| panic!("{found:?}")).scenario;
    let graph = Graph::new(&scenario.world);
    let mut list: Vec<(String, Weight)> =
        find(&View::new(&scenario, &graph)).iter().map(|f| (f.rule.code.to_owned(), f.weight)).collect();
    list.sort();
    list
}

fn has(plan: &str, code: &str, weight: Weight) {
    let list = found(plan);
    assert!(list.contains(&(code.to_owned(), weight)), "{code} is not in {list:?} of {plan}");
}

fn lacks(plan: &str, code: &str) {
    let list = found(plan);
    assert!(list.iter().all(|(c, _)| c != code), "{code} is in {list:?} of {plan}");
}

#[test]
fn codes_are_unique_and_in_order_and_every_rule_is_explained() {
    for (n, rule) in (1..).zip(RULES) {
        assert_eq!(rule.code, format!("P{n:04}"));
        assert!(rule.help.len() > 100 && !rule.title.ends_with('.'), "{}", rule.code);
    }
}

#[test]
fn an_unknown_hour_where_hours_differ() {
    let hours = "traffic-by-hour: { offset: Z, hours: [1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2] }";
    let in_hours = |plan: &str| found_in(&format!("{hours}\n{WORLD}"), plan);
    let fires = |list: &[(String, Weight)]| list.contains(&("P0017".to_owned(), Weight::Note));
    assert!(fires(&in_hours("[{ do: restart, target: db-a }]")));
    assert!(!fires(&in_hours("{ starts: 2025-12-15T14:00Z, plan: [{ do: restart, target: db-a }] }")));
    assert!(!fires(&in_hours("[{ do: inspect, target: db-a }]")));
    lacks("[{ do: restart, target: db-a }]", "P0017");
}

#[test]
fn a_target_that_nobody_described() {
    has("[{ do: delete, target: mystery }]", "P0001", Weight::Error);
    has("[{ do: restart, target: mystery }]", "P0001", Weight::Warning);
    has("[{ do: restart, target: shop@mars }]", "P0001", Weight::Warning);
    lacks("[{ do: restart, target: shop }]", "P0001");
}

#[test]
fn copies_that_go_with_the_plan() {
    has("[{ do: delete, target: db-a }, { do: delete, target: vault }]", "P0002", Weight::Error);
    has("[{ do: delete, target: vault }, { do: recreate, target: db-a }]", "P0002", Weight::Error);
    lacks("[{ do: delete, target: db-a }]", "P0002");
    has("[{ do: delete, target: db-b }, { do: delete, target: vault }]", "P0003", Weight::Warning);
    lacks("[{ do: delete, target: db-a }, { do: delete, target: vault }]", "P0003");
    has("[{ do: delete, target: db-c }]", "P0004", Weight::Warning);
    lacks("[{ do: delete, target: db-a }]", "P0004");
}

#[test]
fn a_snapshot_must_be_over_before() {
    has("[{ do: delete, target: db-a }]", "P0005", Weight::Warning);
    lacks("[{ do: snapshot, target: db-a }, { do: delete, target: db-a }]", "P0005");
    has("[{ do: snapshot, target: db-a }, { do: delete, target: db-a, after: [] }]", "P0005", Weight::Warning);
    lacks("[{ do: restart, target: db-a }]", "P0005");
}

#[test]
fn what_the_recovery_needs_goes_too() {
    for (gate, code, weight) in
        [("registry", "P0006", Weight::Error), ("vpn", "P0007", Weight::Error), ("monitoring", "P0008", Weight::Warning)]
    {
        has(&format!("[{{ do: delete, target: {gate} }}, {{ do: recreate, target: db-a }}]"), code, weight);
        has(&format!("[{{ do: recreate, target: db-a }}, {{ do: restart, target: {gate}, after: [] }}]"), code, weight);
        // One after the other, each back before the next: nothing to say.
        lacks(&format!("[{{ do: restart, target: {gate} }}, {{ do: recreate, target: db-a }}]"), code);
        lacks(&format!("[{{ do: recreate, target: db-a }}, {{ do: delete, target: {gate} }}]"), code);
    }
    has("[{ do: delete, target: ldap }]", "P0009", Weight::Error);
    lacks("[{ do: delete, target: vpn }]", "P0009");
}

#[test]
fn one_replica_and_both_differ_and_so_do_one_region_and_all() {
    has("[{ do: delete, target: db-a }]", "P0011", Weight::Note);
    lacks("[{ do: delete, target: db-a }]", "P0010");
    has("[{ do: delete, target: [db-a, db-b] }]", "P0010", Weight::Error);
    has("[{ do: delete, target: db-a }, { do: delete, target: db-b }]", "P0010", Weight::Error);
    // Each is back before the other goes.
    lacks("[{ do: restart, target: db-a }, { do: restart, target: db-b }]", "P0010");
    has("[{ do: recreate, target: api }]", "P0012", Weight::Error);
    has("[{ do: deploy, target: api }]", "P0012", Weight::Warning);
    lacks("[{ do: recreate, target: api@eu }]", "P0012");
}

#[test]
fn wide_targets_defaults_and_gaps() {
    has("[{ do: restart, target: all }]", "P0013", Weight::Warning);
    lacks("[{ do: inspect, target: all }]", "P0013");
    has("[{ do: delete, target: db-b }]", "P0014", Weight::Note);
    lacks("[{ do: delete, target: db-a }]", "P0014");
    has("[{ do: restart, target: quiet }]", "P0015", Weight::Note);
    lacks("[{ do: restart, target: vault }]", "P0015");
    has("[{ do: deploy, target: api }]", "P0016", Weight::Note);
    lacks("[{ do: deploy, target: api, on-failure: rollback }]", "P0016");
}

#[test]
fn the_worst_comes_first() {
    let files = Memory::new([("w.yaml", WORLD), ("p.yaml", "[{ do: restart, target: quiet }, { do: delete, target: mystery }]")]);
    let named = |path| Named { files: &files, path };
    let documents = Documents { world: Some(named("w.yaml")), ..Documents::default() };
    let scenario = proposal(named("p.yaml"), &documents, &Asked::default()).0.expect("valid").scenario;
    let graph = Graph::new(&scenario.world);
    let weights: Vec<Weight> = find(&View::new(&scenario, &graph)).iter().map(|f| f.weight).collect();
    assert!(weights.is_sorted_by(|a, b| a >= b) && weights[0] == Weight::Error, "{weights:?}");
}

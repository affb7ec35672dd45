//! Every rule fires where it should, and stays silent beside it.

use super::{Finding, RULES, View, Weight, find};
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
    let mut list: Vec<(String, Weight)> = all(world, plan).iter().map(|f| (f.rule.code.to_owned(), f.weight)).collect();
    list.sort();
    list
}

/// Codes, messages and hints.
fn texts(plan: &str) -> Vec<(String, String, String)> {
    all(WORLD, plan).into_iter().map(|f| (f.rule.code.to_owned(), f.message, f.hint)).collect()
}

fn all(world: &str, plan: &str) -> Vec<Finding> {
    let files = Memory::new([("w.yaml", world), ("p.yaml", plan)]);
    let named = |path| Named { files: &files, path };
    let documents = Documents { world: Some(named("w.yaml")), ..Documents::default() };
    let (proposal, found) = proposal(named("p.yaml"), &documents, &Asked::default());
    let scenario = proposal.unwrap_or_else(|| panic!("{found:?}")).scenario;
    let graph = Graph::new(&scenario.world);
    find(&View::new(&scenario, &graph))
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
fn traffic_that_nothing_takes() {
    const MOVING: &str = "{ regions: { eu: {}, us: {} }, services: {
  api: { in: [eu, us], needs: none }, web: { in: [eu, us], failover: { after: 1m }, needs: none }, one: { in: [eu], failover: {}, needs: none } } }";
    let fires =
        |plan: &str| all(MOVING, plan).into_iter().filter(|f| f.rule.code == "P0018").map(|f| f.message).collect::<Vec<_>>();
    for verb in ["drain", "failover"] {
        let said = fires(&format!("[{{ do: {verb}, target: api@eu }}]"));
        assert!(said.len() == 1 && said[0].contains("cuts off `api@eu`: the service has no `failover`"), "{said:?}");
        for target in ["web", "one"] {
            let said = fires(&format!("[{{ do: {verb}, target: {target} }}]"));
            assert!(said.len() == 1 && said[0].contains("no other cell of the service is left"), "{said:?}");
        }
        assert!(fires(&format!("[{{ do: {verb}, target: web@eu }}]")).is_empty());
    }
    assert!(fires("[{ do: restart, target: api@eu }]").is_empty());
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

/// A detached vault is still there, but nobody gets at it.
#[test]
fn copies_that_are_cut_off_cannot_be_restored_from() {
    has("[{ do: detach, target: vault }, { do: delete, target: db-a }]", "P0002", Weight::Warning);
    has("[{ do: delete, target: db-a }, { do: detach, target: vault }]", "P0002", Weight::Warning);
    lacks("[{ do: detach, target: vault }, { do: attach, target: vault }, { do: delete, target: db-a }]", "P0002");
    lacks("[{ do: restart, target: vault }, { do: delete, target: db-a }]", "P0002");
    lacks("[{ do: detach, target: vault }, { do: delete, target: db-b }]", "P0002");
}

#[test]
fn what_a_gate_hangs_on_goes_too() {
    let told = |plan: &str, code: &str| {
        let text = texts(plan).into_iter().find(|(c, ..)| c == code);
        text.map(|(_, message, hint)| (message, hint))
    };
    let (message, hint) =
        told("[{ id: a, do: delete, target: ldap }, { id: b, do: delete, target: db-a }]", "P0007").expect("one");
    assert_eq!(message, "`db-a@eu` is mended through `vpn@eu`, which needs `ldap@eu`, which the plan takes away as well");
    assert_eq!(hint, "do it after `db-a@eu` is back, or leave `ldap@eu` out");
    // Each back before the next, or behind a spare, a hold or a part of the requests: nothing is sure.
    lacks("[{ do: restart, target: ldap }, { do: recreate, target: db-a }]", "P0007");
    for need in ["{ need: ldap, hold: 1h }", "{ need: ldap, share: 50% }", "{ any-of: [ldap, tape] }"] {
        let world = WORLD.replace("vpn: { in: [eu], needs: [ldap] }", &format!("vpn: {{ in: [eu], needs: [{need}] }}"));
        let list = found_in(&world, "[{ do: delete, target: ldap }, { do: delete, target: db-a }]");
        assert!(list.iter().all(|(code, _)| code != "P0007"), "{need}: {list:?}");
    }
    let registry = WORLD.replace(
        "registry: { in: [eu], needs: none }",
        "registry: { in: [eu], needs: [blob] }\n  blob: { in: [eu], needs: none }",
    );
    let list = found_in(&registry, "[{ do: delete, target: blob }, { do: delete, target: db-a }]");
    assert!(list.contains(&("P0006".to_owned(), Weight::Error)), "{list:?}");
}

#[test]
fn all_regions_may_go_step_by_step() {
    has("[{ do: delete, target: api@eu }, { do: delete, target: api@us }]", "P0012", Weight::Error);
    has("[{ do: delete, target: api@eu }, { do: recreate, target: api@us }]", "P0012", Weight::Error);
    has("[{ do: restart, target: api@eu }, { do: restart, target: api@us, after: [] }]", "P0012", Weight::Error);
    lacks("[{ do: restart, target: api@eu }, { do: restart, target: api@us }]", "P0012");
    lacks("[{ do: delete, target: api@eu }, { do: recreate, target: api@eu }, { do: delete, target: api@us }]", "P0012");
    lacks("[{ do: delete, target: api@eu }, { do: delete, target: shop@us }]", "P0012");
    // One step that hits all of them says it already.
    let list = found("[{ do: delete, target: api }, { do: restart, target: api@us }]");
    assert_eq!(list.iter().filter(|(code, _)| code == "P0012").count(), 1, "{list:?}");
}

#[test]
fn the_snapshot_that_is_proposed_is_of_what_has_none() {
    let hint = |plan: &str| texts(plan).into_iter().find(|(code, ..)| code == "P0005").map(|(.., hint)| hint).expect("one");
    assert_eq!(hint("[{ do: delete, target: [vault, db-a] }]"), "put `- { do: snapshot, target: db-a }` before it");
    assert_eq!(hint("[{ do: delete, target: [db-a, db-b] }]"), "put `- { do: snapshot, target: [db-a, db-b] }` before it");
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

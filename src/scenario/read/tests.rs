use super::*;
use crate::scenario::files::Memory;
use crate::scenario::plan::{DamageKind, Effect, ObservedValue, OnFailure, Size};
use crate::scenario::world::{At, Capacity, Kind};
use crate::units::{DAY, Dist, HOUR, Level, MINUTE};

/// The world of the documentation, with the names that it refers to.
const SHOP: &str = include_str!("shop.yaml");
const TEAMS: &str = "teams:\n  security: { crew: 1 }\n";
/// The scenario of the documentation.
const REBUILD: &str = include_str!("rebuild.yaml");

fn read_text(text: &str) -> Read {
    let files = Memory::new([("s/a.yaml", text), ("s/worlds/shop.yaml", SHOP), ("s/worlds/teams.yaml", TEAMS)]);
    read(&files, "s/a.yaml", &ReadOptions { ignore_guardrails: true, ..ReadOptions::default() })
}

fn study_of(text: &str) -> Study {
    let read = read_text(text);
    read.study.unwrap_or_else(|| panic!("{:#?}", read.diagnostics))
}

fn minutes(m: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "small")]
    let ms = (m * MINUTE) as f64;
    ms
}

#[test]
fn the_world_of_the_documentation_reads() {
    let study = study_of(REBUILD);
    let world = &study.base.world;
    assert_eq!(world.regions.iter().map(|r| r.name.as_str()).collect::<Vec<_>>(), ["eu-west-1", "cn-north-1", "us-east-1"]);
    assert_eq!(world.complete, Level::from_ppb(900_000_000));
    let checkout = world.services.iter().find(|s| s.name == "checkout").expect("checkout");
    assert_eq!(checkout.env.as_deref(), Some("production"));
    assert_eq!(checkout.cells.len(), 2);
    assert_eq!(checkout.needs.len(), 6);
    assert_eq!(checkout.needs[2].name(world), "any of stripe, adyen");
    assert_eq!(checkout.needs[3].at_least, 2);
    assert!(matches!(checkout.needs[4].members[0].at, At::Region(_)));
    assert!(checkout.needs[5].queue.is_some());
    assert_eq!(world.cells[checkout.cells.start as usize].capacity, Some(Capacity::OfNormal(1_600_000)));
    assert_eq!(checkout.slo.map(|s| s.window), Some(28 * DAY));
    let orders = world.services.iter().find(|s| s.name == "orders-db").expect("orders-db");
    assert_eq!(orders.kind, Kind::Datastore);
    assert_eq!(orders.data.as_ref().and_then(|d| d.size), Some(600_000_000_000));
    assert_eq!(orders.data.as_ref().and_then(|d| d.backup_every), Some(6 * HOUR));
    assert!(orders.needs_declared && orders.needs.is_empty());
    assert!(orders.durations.iter().any(|(n, d)| n == "recreate" && matches!(d, Dist::LogNormal { .. })));
    assert_eq!(
        world.teams.iter().map(|t| t.name.as_str()).collect::<Vec<_>>(),
        ["security", "platform"],
        "what is included comes first"
    );
}

#[test]
fn the_scenario_of_the_documentation_reads() {
    let study = study_of(REBUILD);
    let steps = &study.base.plan.steps;
    assert_eq!(steps.iter().map(|s| s.id.as_str()).collect::<Vec<_>>(), ["snapshot", "rebuild", "caches"]);
    assert_eq!(steps[1].after, [0]);
    assert_eq!(steps[2].after, [0]);
    assert_eq!(steps[1].on_failure, OnFailure::Rollback);
    assert!(matches!(steps[1].verb.effect, Effect::Interrupts(d) if d.kind == DamageKind::Deleted));
    assert_eq!(study.base.faults[0].lasts, Dist::Fixed(minutes(90)));
    assert_eq!(study.base.faults[0].id, "down-vpn-1");
    assert_eq!(study.base.size, Size::Precision(0.05));
    assert_eq!(study.base.horizon, 7 * DAY);
    let observed = &study.base.observed;
    assert!(observed.iter().any(|o| o.path == "customers.full_recovery" && o.value == ObservedValue::Number(780.0)));
    assert!(observed.iter().any(|o| o.path == "affected" && o.value == ObservedValue::Names(vec!["orders-db".to_owned()])));
    assert!(study.base.guardrails_ignored);
}

#[test]
fn variants_share_the_world_and_change_one_thing() {
    let study = study_of(REBUILD);
    let names: Vec<&str> = study.variants.iter().map(|(n, _)| n.as_str()).collect();
    assert_eq!(names, ["least-privilege", "no-gate", "also-protected"]);
    for (_, variant) in &study.variants {
        assert!(Arc::ptr_eq(&variant.world, &study.base.world));
        assert_ne!(variant.digest, study.base.digest);
    }
    assert_eq!(study.variants[1].1.title, "Nobody asked");
}

#[test]
fn a_variant_of_the_world_merges_into_it() {
    let study = study_of(
        "world: worlds/shop.yaml\nplan: [{ do: restart, target: vpn }]\nvariants:\n  big: { world: { services: { checkout: { capacity: 300% } } } }\n  less: { world: { services: { checkout: { capacity: null } } } }\n",
    );
    let capacity = |s: &Scenario| s.world.cells[0].capacity;
    assert_eq!(study.base.world.cell_name(0), "checkout@eu-west-1");
    assert_eq!(capacity(&study.base), Some(Capacity::OfNormal(1_600_000)));
    assert_eq!(capacity(&study.variants[0].1), Some(Capacity::OfNormal(3_000_000)));
    assert_eq!(capacity(&study.variants[1].1), None);
}

#[test]
fn the_digest_counts_what_is_said_and_not_how() {
    let digest = |text: &str| study_of(text).base.digest;
    let one = digest("world: worlds/shop.yaml\ntitle: A\nplan: [{ do: restart, target: vpn }]\n");
    assert_eq!(one, digest("title: \"A\" # the same\nplan:\n  - target: vpn\n    do: restart\nworld: worlds/shop.yaml\n"));
    assert_ne!(one, digest("world: worlds/shop.yaml\ntitle: B\nplan: [{ do: restart, target: vpn }]\n"));
    assert_eq!(one.len(), 64);
}

#[test]
fn json_means_the_same_as_yaml() {
    let json = "{\n\t\"world\": { \"services\": { \"a\": { \"needs\": \"none\" } } },\n\t\"plan\": [ { \"do\": \"restart\", \"target\": \"a\", \"fails\": 0.5 } ]\n}";
    let yaml = "world: { services: { a: { needs: none } } }\nplan: [{ do: restart, target: a, fails: 0.5 }]\n";
    assert_eq!(study_of(json).base.digest, study_of(yaml).base.digest);
    let files = Memory::new([("a.json", json)]);
    assert!(read(&files, "a.json", &ReadOptions::default()).study.is_some());
}

#[test]
fn a_bare_list_of_steps_is_a_plan() {
    let files = Memory::new([("p.yaml", "- { do: restart, target: vpn }\n"), ("w/shop.yaml", SHOP), ("w/teams.yaml", TEAMS)]);
    let options = ReadOptions { ignore_guardrails: false, world: Some("w/shop.yaml".to_owned()), ..ReadOptions::default() };
    let read = read(&files, "p.yaml", &options);
    assert_eq!(read.study.map(|s| s.base.plan.steps.len()), Some(1), "{:?}", read.diagnostics);
}

#[test]
fn targets_are_cells_services_conditions_and_lists() {
    let targets = |target: &str| {
        let study = study_of(&format!("world: worlds/shop.yaml\nplan: [{{ do: restart, target: {target} }}]\n"));
        let step = &study.base.plan.steps[0];
        step.targets.iter().map(|&c| study.base.world.cell_name(c)).collect::<Vec<_>>()
    };
    assert_eq!(targets("checkout@cn-north-1"), ["checkout@cn-north-1"]);
    assert_eq!(targets("checkout"), ["checkout@eu-west-1", "checkout@cn-north-1"]);
    assert_eq!(targets("[vpn, orders-db@eu-west-1]"), ["vpn@eu-west-1", "orders-db@eu-west-1"]);
    assert_eq!(targets("env == production and kind == datastore"), ["orders-db@eu-west-1"]);
    assert_eq!(targets("faces == customers and region != eu-west-1"), ["checkout@cn-north-1"]);
    assert!(targets("all").len() > 10);
}

#[test]
fn steps_override_their_verbs() {
    let study = study_of(
        "world: worlds/shop.yaml\nplan:\n  - { do: scale, target: vpn, leaves: capacity-removed }\n  - { do: deploy, target: vpn, leaves: nothing, fails: 0% }\n  - { do: scale, target: vpn, leaves: capacity-removed, keeps: 20%, each: together, takes: 5m }\n  - { do: restart, target: vpn }\n  - { do: restart, target: vpn, after: [] }\n",
    );
    let steps = &study.base.plan.steps;
    let keeps = |n: usize| match steps[n].verb.effect {
        Effect::Leaves(damage) => damage.keeps.fraction(),
        ref other => panic!("{other:?}"),
    };
    assert!((keeps(0) - 0.5).abs() < 1e-9 && (keeps(2) - 0.2).abs() < 1e-9);
    assert_eq!(steps[1].verb.effect, Effect::Nothing);
    assert_eq!((steps[1].verb.fails, steps[1].verb.fails_prior), (None, None));
    assert_eq!((steps[3].id.as_str(), steps[4].id.as_str()), ("restart-vpn-1", "restart-vpn-2"));
    assert!(steps[4].after.is_empty());
}

#[test]
fn names_that_are_not_modelled_are_counted_and_left_out() {
    let study = study_of(
        "world:\n  not-modelled: [tax]\n  services:\n    a: { needs: [tax, b, { any-of: [tax, b] }] }\n    b: {}\nplan: [{ do: restart, target: a }]\n",
    );
    let a = &study.base.world.services[0];
    assert_eq!((a.needs.len(), a.not_modelled_needs), (2, 2));
    assert!(a.needs_declared && !study.base.world.services[1].needs_declared);
}

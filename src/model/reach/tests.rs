//! Reach on small worlds with known answers.

use super::*;
use crate::scenario::world::{At, Cell, Data, Gate, Kind, Place, Queue, Region, Service};
use crate::units::{MINUTE, Rate};

/// A world of one region; `edges` are caller, members, and what to change of a plain need.
fn world(names: &[&str]) -> World {
    let services = (0_u32..).zip(names).map(|(i, name)| service(name, i)).collect();
    let cells = (0_u32..)
        .zip(names)
        .map(|(service, _)| Cell { service, region: 0, traffic: None, customers: None, capacity: None, by_hour: None })
        .collect();
    World {
        name: String::new(),
        complete: Level::ONE,
        not_modelled: vec![],
        regions: vec![Region::plain("eu")],
        teams: vec![],
        roles: Vec::new(),
        services,
        cells,
    }
}

fn service(name: &str, id: u32) -> Service {
    Service {
        name: name.into(),
        cells: id..id + 1,
        kind: Kind::Service,
        env: None,
        tier: None,
        team: None,
        faces_customers: name.starts_with("shop"),
        impaired_below: Level::ONE,
        slo: None,
        failover: None,
        collapses: false,
        settle: None,
        warm_up: None,
        data: None,
        durations: vec![],
        rollback_works: None,
        mended_by_vendor: false,
        not_modelled_needs: 0,
        needs_declared: true,
        needs: vec![],
        starts_with: vec![],
        mends_with: vec![],
        seen_through: vec![],
    }
}

fn place(service: u32) -> Place {
    Place { service, at: At::Here }
}

fn need(members: &[u32]) -> Need {
    Need {
        called: None,
        members: members.iter().map(|&m| place(m)).collect(),
        at_least: 1,
        share: Level::ONE,
        hold: None,
        release: None,
        attempts: 1,
        queue: None,
    }
}

fn minutes(m: u64) -> Dist {
    crate::scenario::plan::fixed(m * MINUTE)
}

fn tie(found: &Dependants, cell: u32) -> Option<Tie> {
    found.reached.iter().find(|r| r.cell == cell).map(|r| r.tie)
}

#[test]
fn a_chain_adds_up_holds_and_shares() {
    let mut w = world(&["db", "api", "shop"]);
    w.services[1].needs = vec![Need { hold: Some(minutes(10)), ..need(&[0]) }];
    w.services[2].needs = vec![Need { hold: Some(minutes(5)), share: Level::from_fraction(0.3).unwrap(), ..need(&[1]) }];
    let found = reach(&w, &[0]);
    let shop = found.reached.iter().find(|r| r.cell == 2).unwrap();
    assert_eq!((shop.tie, shop.depth, shop.hold, shop.share.ppb()), (Tie::Soft, 2, 15 * MINUTE, 300_000_000));
    assert!(shop.customers);
    assert_eq!(shop.through, Some(1));
}

#[test]
fn what_is_felt_first_is_told_beside_what_is_worst() {
    let mut w = world(&["db", "cache", "shop", "front"]);
    let soft = || Need { share: Level::from_fraction(0.3).unwrap(), ..need(&[0]) };
    let held = |member: u32| Need { hold: Some(minutes(15)), ..need(&[member]) };
    // The shop loses a share at once, and fails after 15 minutes; the front sees both 15 minutes later.
    w.services[1].needs = vec![need(&[0])];
    w.services[2].needs = vec![soft(), held(1)];
    w.services[3].needs = vec![held(2)];
    let found = reach(&w, &[0]);
    let of = |cell: u32| found.reached.iter().find(|r| r.cell == cell).map(|r| (r.tie, r.felt, r.hold));
    assert_eq!(of(1), Some((Tie::Hard, Some(0), 0)));
    assert_eq!(of(2), Some((Tie::Hard, Some(0), 15 * MINUTE)));
    assert_eq!(of(3), Some((Tie::Hard, Some(15 * MINUTE), 30 * MINUTE)));
}

#[test]
fn a_redundant_need_is_felt_when_too_few_are_left() {
    let mut w = world(&["db", "a", "b", "shop"]);
    w.services[1].needs = vec![need(&[0])];
    w.services[2].needs = vec![Need { hold: Some(minutes(10)), ..need(&[0]) }];
    w.services[3].needs = vec![need(&[1, 2])];
    let felt = |targets: &[u32]| reach(&w, targets).reached.iter().find(|r| r.cell == 3).map(|r| r.felt);
    assert_eq!(felt(&[0]), Some(Some(10 * MINUTE)));
    assert_eq!(felt(&[1]), Some(None));
}

#[test]
fn redundancy_gives_way_only_when_too_few_are_left() {
    let mut w = world(&["a", "b", "c", "shop", "front"]);
    w.services[3].needs = vec![Need { at_least: 2, ..need(&[0, 1, 2]) }];
    w.services[4].needs = vec![need(&[3])];
    assert_eq!(tie(&reach(&w, &[0]), 3), Some(Tie::Redundant));
    assert_eq!(tie(&reach(&w, &[0]), 4), Some(Tie::Redundant));
    assert_eq!(tie(&reach(&w, &[0, 1]), 3), Some(Tie::Hard));
    assert_eq!(tie(&reach(&w, &[0, 1]), 4), Some(Tie::Hard));
}

#[test]
fn cycles_end_and_the_hardest_way_wins() {
    let mut w = world(&["a", "b", "c"]);
    w.services[0].needs = vec![need(&[1])];
    w.services[1].needs = vec![need(&[0])];
    w.services[2].needs = vec![Need { share: Level::from_fraction(0.1).unwrap(), ..need(&[0]) }, need(&[1])];
    let found = reach(&w, &[0]);
    assert_eq!(found.reached.len(), 3);
    assert_eq!(tie(&found, 2), Some(Tie::Hard));
}

#[test]
fn queues_and_gates_do_not_pass_it_on() {
    let mut w = world(&["queue", "worker", "shop", "vpn"]);
    let rate = Rate::from_per_min(1.0).unwrap();
    let queue = Some(Queue { arrivals: rate, capacity: rate }.into());
    w.services[1].needs = vec![Need { queue, hold: Some(minutes(15)), ..need(&[0]) }];
    w.services[2].needs = vec![need(&[1])];
    w.services[0].mends_with = vec![Gate { name: "vpn".into(), members: vec![place(3)], at_least: 1, alternate: None }];
    let found = reach(&w, &[0]);
    assert_eq!((tie(&found, 1), tie(&found, 2)), (Some(Tie::Queue), None));
    assert_eq!(found.reached.iter().find(|r| r.cell == 1).map(|r| r.hold), Some(15 * MINUTE));
    assert_eq!(tie(&reach(&w, &[3]), 0), Some(Tie::Repair));
    assert_eq!(found.recovery.len(), 1);
    assert!(!found.recovery[0].ring);
}

#[test]
fn a_repair_need_that_hangs_on_the_target_is_a_ring() {
    let mut w = world(&["net", "vpn", "db"]);
    w.services[1].needs = vec![need(&[0])];
    w.services[0].mends_with = vec![Gate { name: "vpn".into(), members: vec![place(1)], at_least: 1, alternate: None }];
    w.services[2].data = Some(
        Data {
            size: None,
            restore: None,
            locate: None,
            verify: None,
            backup_every: None,
            kept_in: vec![place(0)],
            copies: None,
            usable: None,
        }
        .into(),
    );
    let found = reach(&w, &[0]);
    assert!(found.recovery[0].ring);
    assert_eq!(tie(&found, 2), Some(Tie::Copies));
}

#[test]
fn targets_by_name() {
    let w = world(&["db", "api"]);
    assert_eq!(target(&w, "api"), Some(vec![1]));
    assert_eq!(target(&w, "api@eu"), Some(vec![1]));
    assert_eq!(target(&w, "all"), Some(vec![0, 1]));
    assert_eq!(target(&w, "eu"), Some(vec![0, 1]));
    assert_eq!(target(&w, "@eu"), Some(vec![0, 1]));
    assert_eq!(target(&w, "us"), None);
    assert_eq!(target(&w, "api@us"), None);
    assert_eq!(target(&w, "apii"), None);
}

#[test]
fn a_chain_of_two_hundred_thousand_is_quick() {
    let names: Vec<String> = (0..200_000).map(|i| format!("s{i}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut w = world(&names);
    for i in 1..w.services.len() {
        w.services[i].needs = vec![need(&[u32::try_from(i).unwrap() - 1])];
    }
    let found = reach(&w, &[0]);
    assert_eq!(found.reached.last().map(|r| r.depth), Some(199_999));
}

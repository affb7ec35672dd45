//! What pages say of small worlds whose answers are plain: no sentence and no mark that the figures do not bear out.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod world;

use foreshock::report::{Format, View, html};
use world::pages::{VIEW, page, page_of, simulated, study_of};

/// The words of a page, without its markup.
fn words(page: &str) -> String {
    let body = &page[page.find("<main>").unwrap()..page.find("</main>").unwrap()];
    let parts = body.split('<').map(|part| part.split_once('>').map_or("", |(_, text)| text));
    parts.collect::<Vec<_>>().join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The labels of the boxes of a map that belong to one report: `0` the base, `0.0` its first variant.
fn labels<'a>(page: &'a str, key: &str) -> Vec<&'a str> {
    let shown = page.rfind(&format!("class=\"map\" data-film=\"{key}\"")).unwrap();
    let map = &page[shown..][..page[shown..].find("</svg>").unwrap()];
    map.split("<g class=\"node")
        .skip(1)
        .map(|node| node.split("aria-label=\"").nth(1).unwrap().split('"').next().unwrap())
        .collect()
}

/// The front fails for as long as the store is down. In the variant the store is deleted after it: the front is down itself as well, as
/// often out as before, so only a state that is not its usual one differs.
const OTHER_STATE: &str = "
title: Another state
world:
  regions: { eu: {} }
  services:
    front: { in: [eu], faces: customers, needs: [store] }
    store: { in: [eu], needs: none }
plan: [{ id: gone, do: delete, target: store }]
variants:
  both: { plan: [{ id: gone, do: delete, target: store }, { id: again, do: restart, target: front, after: [] }] }
";

#[test]
fn maps_that_differ_in_any_state_are_not_said_to_be_alike() {
    let page = page_of(OTHER_STATE, 50);
    let front: Vec<&str> = labels(&page, "0.0").into_iter().filter(|l| l.starts_with("front@eu")).collect();
    assert!(front[0].ends_with(", not as in the base"), "{front:?}");
}

/// Of five runs three are over before the hold of `a`, and in four of ten `x` fails and `a` is left alone: `a` is down in 60% of the
/// trials, failing in 40%, and out in 1 - 0.4 × 0.6 = 76%. Over 4,000 trials four standard errors are 3%.
const MIXED: &str = "
title: Down in six of ten, failing in four of ten
world:
  regions: { eu: {} }
  services:
    a: { in: [eu], faces: customers, needs: [{ need: b, hold: 30m }] }
    b: { in: [eu], needs: none }
    c: { in: [eu], needs: none }
plan:
  - { id: rb, do: recreate, target: b, takes: { samples: [10m, 10m, 10m, 60m, 60m] } }
  - { id: x, do: inspect, target: c, takes: 1m, fails: 40%, after: [] }
  - { id: ra, do: recreate, target: a, takes: 5m, after: [x] }
seed: 1
";

#[test]
fn a_state_on_the_map_has_its_own_share_and_all_outages_are_called_out() {
    let page = page_of(MIXED, 4_000);
    let label = labels(&page, "0").into_iter().find(|l| l.starts_with("a@eu")).unwrap();
    let figures: Vec<f64> = label.split('%').filter_map(|part| part.rsplit(' ').next()?.parse().ok()).collect();
    assert!(label.starts_with("a@eu, out 7") && label.contains("(down ") && label.contains(", failing "), "{label}");
    for (figure, meant) in figures.iter().zip([76.0, 60.0, 40.0]) {
        assert!((figure - meant).abs() <= 3.5, "{label}");
    }
}

#[test]
fn each_map_marks_what_its_own_plan_touches() {
    let page = page_of(OTHER_STATE, 50);
    let touched = |key| -> Vec<&str> { labels(&page, key).into_iter().filter(|l| l.contains("touched by the plan")).collect() };
    assert_eq!(touched("0").len(), 1, "{:?}", touched("0"));
    assert_eq!(touched("0.0").len(), 2, "{:?}", touched("0.0"));
}

/// The front waits for a store whose copy is up to six hours old; with a snapshot taken just before nothing is lost. Both are out for the
/// same time, under the same luck.
const ONLY_DATA: &str = "
title: Only the data differ
world:
  regions: { eu: {} }
  services:
    front: { in: [eu], faces: customers, needs: [db] }
    db:
      in: [eu]
      kind: datastore
      needs: none
      recreate: 10m
      data: { size: 6GB, restore: 100MB/s, locate: 30m, verify: 10m, backup-every: 6h, kept-in: bk }
    bk: { in: [eu], kind: datastore, needs: none }
plan: [{ id: r, do: recreate, target: db }]
variants:
  snap: { plan: [{ id: s, do: snapshot, target: db, takes: 0m }, { id: r, do: recreate, target: db }] }
";

#[test]
fn variants_that_differ_only_in_their_data_are_not_called_the_same() {
    let report = simulated(&study_of(ONLY_DATA), 200);
    assert!(report.variants["snap"].delta.values().all(|d| d.less <= 0.0 && d.more <= 0.0), "only the data differ");
    let told = words(&page(&report));
    let lost = told.split("Data lost in the variants").nth(1).expect("the data lost is shown");
    assert!(lost.contains("db base") && lost.contains("snap 0s"), "{lost}");
    assert!(!told.contains("came out the same") && told.contains("only the data lost differs"), "{told}");
    assert!(told.contains("Data lost Time since the copy that is restored. p50 p90 p99 for good db"), "{told}");
    assert!(told.contains("How the damage gets there From the damaged cell, most often. db@eu → front@eu"), "{told}");
    let text = foreshock::report::text::Text.reports(&[report], &VIEW).unwrap();
    assert!(text.contains("the same in every trial: outage of the customers, cells affected"), "{text}");
}

/// As many services as the data of a page has no room for, all out for another while: 30 that need the store through a hold.
fn wide(services: usize) -> String {
    use std::fmt::Write as _;
    let mut text =
        String::from("title: Wide\nworld:\n  regions: { eu: {} }\n  services:\n    store: { in: [eu], needs: none }\n");
    for i in 0..services {
        let _ = writeln!(text, "    svc-{i}: {{ in: [eu], needs: [{{ need: store, hold: {i}s }}] }}");
    }
    text + "plan: [{ id: gone, do: delete, target: store, takes: 1h }]\n"
}

#[test]
fn a_cut_list_counts_what_it_leaves_out_and_says_where_that_is() {
    // 450 services and the store: a row each, of which 20 are shown and 400 are in the data.
    let report = simulated(&study_of(&wide(450)), 5);
    let told = words(&page(&report));
    assert!(told.contains("and 431 more, in the JSON report ( --format json )"), "{}", &told[..2_000]);
    assert!(told.contains("and 437 more, in the data of this page"), "451 cells, 14 of them in a timeline");
    let small = words(&page_of(&wide(30), 5));
    assert!(small.contains("and 11 more, in the data of this page"), "{}", &small[..2_000]);
    let all = html::Html.reports(&[report], &View { all: true, ..VIEW }).unwrap();
    let all = words(&all);
    assert!(!all.contains("more, in the JSON report"), "with --all all are shown");
    assert!((0..450).all(|i| all.contains(&format!(" svc-{i} "))), "services");
    assert!((0..450).all(|i| all.contains(&format!(" svc-{i}@eu "))), "cells");
}

/// Every page of what ships stays small without its data, however many variants there are.
#[test]
fn the_pages_of_all_that_ships_are_small() {
    for file in world::files_in("scenarios") {
        if std::fs::read_to_string(&file).unwrap().contains("permissions: { cedar:") {
            continue;
        }
        let page = page(&simulated(&world::study_in(&file), 20));
        let begin = page.find("id=\"data\">").unwrap();
        let without = page.len() - page[begin..].find("</script>").unwrap();
        assert!(without < 400_000, "{}: {without} bytes without data", file.display());
    }
}

#[test]
fn maps_that_a_page_has_no_room_for_are_a_table_of_what_differs() {
    use std::fmt::Write as _;
    let mut text = wide(180) + "variants:\n";
    for i in 0..5 {
        let _ = writeln!(text, "  v{i}: {{ plan: [{{ id: gone, do: recreate, target: store, takes: {}h }}] }}", i + 20);
    }
    let page = page_of(&text, 5);
    let maps = page.matches("class=\"map\"").count();
    assert!(maps < 11, "{maps} maps");
    let told = words(&page);
    assert_eq!(told.matches("The page is long enough").count(), (11 - maps) / 2, "{maps} maps");
    assert!(told.contains("and 175 more cells, in the JSON report"), "of 181 cells six are listed");
}

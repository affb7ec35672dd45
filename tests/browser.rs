//! Pages in a real browser: `tests/browser/check.mjs` reads back what Chromium made of them.
//!
//! Runs where node, Chromium and playwright-core are (`npm install` in `tests/browser`), and says that it was skipped elsewhere;
//! with `FORESHOCK_BROWSER=required` their absence is a failure, and with `later` nobody looks. Pages and screenshots stay in `target/browser`.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test that cannot go on may panic, and tells what it left out")]

mod world;

use foreshock::report::data::Report;
use foreshock::report::{Format, html};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use world::pages::{VIEW, simulated, study_of};

const FOLDER: &str = "tests/browser";

#[test]
fn pages_in_a_real_browser() {
    let asked = std::env::var("FORESHOCK_BROWSER").unwrap_or_default();
    if asked == "later" {
        eprintln!("skipped: `FORESHOCK_BROWSER=later`");
        return;
    }
    if let Some(missing) = missing() {
        assert!(asked != "required", "{missing}");
        eprintln!("skipped: {missing}");
        return;
    }
    let pages = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("browser");
    std::fs::create_dir_all(&pages).unwrap();
    let run = simulated(&world::study_in(Path::new("scenarios/kiro-cost-explorer.yaml")), 400);
    let compare = simulated(&world::study_in(Path::new("scenarios/global-override.yaml")), 400);
    let left_out = ["`other.yaml` needs a build with the feature `cedar`".to_owned()];
    write(&pages, "run", std::slice::from_ref(&run));
    write(&pages, "compare", std::slice::from_ref(&compare));
    let entries = [("run.html".to_owned(), run), ("compare.html".to_owned(), compare)];
    std::fs::write(pages.join("index.html"), html::index(&entries, &left_out)).unwrap();
    write(&pages, "large", &[simulated(&study_of(&large()), 40)]);
    write(&pages, "hostile", &[hostile()]);
    write(&pages, "never", &[simulated(&study_of(NEVER), 50)]);
    write(&pages, "ring", &[simulated(&study_of(RING), 50)]);
    write(&pages, "crowd", &[simulated(&study_of(&crowd()), 50)]);
    verdicts(&pages);
    experiment(&pages);
    let checked = Command::new("node").arg("check.mjs").arg(&pages).current_dir(FOLDER).output().unwrap();
    let said = String::from_utf8_lossy(&checked.stdout);
    eprintln!("{said}");
    assert!(checked.status.success(), "{said}\n{}", String::from_utf8_lossy(&checked.stderr));
}

/// The verdict on the plan that `foreshock new` writes, and advice on it without its snapshot, so that there is something to advise; the
/// decision itself does not matter here.
fn verdicts(pages: &Path) {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let foreshock = |args: &[&str]| {
        let done = Command::new(env!("CARGO_BIN_EXE_foreshock")).args(args).arg("--quiet").output().unwrap();
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(matches!(done.status.code(), Some(0 | 2 | 3)), "{args:?}: {said}");
    };
    foreshock(&["new", &at("")]);
    let bare = "world: world.yaml\nplan:\n  - { id: rebuild, do: recreate, target: orders-db }\n  - { do: restart, target: price-cache }\n";
    std::fs::write(at("bare.yaml"), bare).unwrap();
    for (command, plan) in [("score", "plan.yaml"), ("advise", "bare.yaml")] {
        let page = pages.join(command).with_extension("html").display().to_string();
        let (plan, world, appetite) = (at(plan), at("world.yaml"), at("appetite.yaml"));
        foreshock(&[command, &plan, "--world", &world, "--appetite", &appetite, "--format", "html", "--out", &page]);
    }
}

/// A small experiment with three objectives: what it recommends does not matter here.
fn experiment(pages: &Path) {
    let page = pages.join("tune.html");
    let done = Command::new(env!("CARGO_BIN_EXE_foreshock"))
        .args(["tune", "scenarios/experiments/least-privilege.yaml", "--trials", "1200", "--quiet", "--format", "html", "--out"])
        .arg(&page)
        .arg("--checkpoint")
        .arg(pages.join("tune.checkpoint"))
        .output()
        .unwrap();
    assert!(matches!(done.status.code(), Some(0 | 1)), "{}", String::from_utf8_lossy(&done.stderr));
}

/// What is not there, with the way to get it.
fn missing() -> Option<String> {
    let chromium = std::env::var("CHROMIUM").unwrap_or_else(|_| "/usr/bin/chromium".into());
    if !Path::new(&chromium).exists() {
        return Some(format!("no {chromium}: apt-get install chromium, or set CHROMIUM"));
    }
    if !Command::new("node").arg("--version").output().is_ok_and(|o| o.status.success()) {
        return Some("no node: apt-get install nodejs npm".into());
    }
    let driver = Path::new(FOLDER).join("node_modules/playwright-core");
    (!driver.exists()).then(|| format!("no playwright-core: npm install --no-package-lock --prefix {FOLDER}"))
}

fn write(folder: &Path, name: &str, reports: &[Report]) {
    std::fs::write(folder.join(name).with_extension("html"), html::Html.reports(reports, &VIEW).unwrap()).unwrap();
}

/// Five thousand cells of twenty teams in two regions, all of which need what is deleted.
fn large() -> String {
    let mut text = String::from("title: Five thousand cells\nworld:\n  regions: { north: {}, south: {} }\n  teams:\n");
    for team in 0..20 {
        let _ = writeln!(text, "    team-{team}: {{ crew: 3 }}");
    }
    text += "  services:\n    svc-0: { in: [north, south], needs: none, team: team-0 }\n";
    for i in 1..2_500 {
        let faces = if i >= 2_490 { ", faces: customers" } else { "" };
        let hold = i % 7;
        let need = (i - 1) / 4;
        let _ = writeln!(
            text,
            "    svc-{i}: {{ in: [north, south], team: team-{}, needs: [{{ need: svc-{need}, hold: {hold}m }}]{faces} }}",
            i % 20
        );
    }
    text + "plan:\n  - { id: gone, do: delete, target: svc-0 }\n"
}

/// Two that start each other: what deletes both is never mended. Unless only one of them is deleted.
const NEVER: &str = "
title: Two that start each other
world:
  regions: { eu: {} }
  services:
    front: { in: [eu], faces: customers, needs: [a] }
    a: { in: [eu], needs: [b], starts-with: [b], recreate: 10m }
    b: { in: [eu], needs: none, starts-with: [a], recreate: 10m }
plan:
  - { id: da, do: delete, target: a }
  - { id: db, do: delete, target: b, after: [] }
horizon: 2d
variants:
  only-a: { plan: [{ id: da, do: delete, target: a }] }
";

/// Two that need each other, one of which is damaged; it stands before what it damages.
const RING: &str = "
title: A ring
world:
  regions: { eu: {} }
  services:
    web: { in: [eu], faces: customers, needs: [auth] }
    auth: { in: [eu], needs: [db] }
    db: { in: [eu], needs: [{ need: auth, share: 20% }] }
plan: [{ id: r, do: recreate, target: db, takes: 60m }]
";

/// Groups of which a few cells are deleted, and many others need those.
fn crowd() -> String {
    let mut text =
        String::from("title: Groups\nworld:\n  regions: { r: {} }\n  teams: { t0: {}, t1: {}, t2: {} }\n  services:\n");
    for i in 0..900 {
        let needs = if i < 60 { "none".to_owned() } else { format!("[svc-{}]", i % 60) };
        let _ = writeln!(text, "    svc-{i}: {{ in: [r], team: t{}, needs: {needs} }}", i % 3);
    }
    text += "plan:\n";
    for i in 0..20 {
        let _ = writeln!(text, "  - {{ id: gone-{i}, do: delete, target: svc-{i}, after: [] }}");
    }
    text
}

/// A report whose every text tries to be something else; names that a file could not have are put in afterwards.
fn hostile() -> Report {
    let text = r#"
title: "<img src=x onerror=window.pwned=1> & 'quotes' </title></script><script>window.pwned=2</script>"
about: "<b>bold</b> <iframe src=javascript:alert(1)></iframe>"
world:
  regions: { eu: {} }
  teams: { crew: { crew: 1 } }
  services:
    front: { in: [eu], faces: customers, needs: [store] }
    store: { in: [eu], needs: none, team: crew }
plan:
  - { id: gone, do: delete, target: store }
observed: { customers.full_recovery: 3h, source: "<marquee>source</marquee>" }
variants:
  other: { title: "</script><img src=x onerror=window.pwned=3>", horizon: 2d }
"#;
    let mut report = simulated(&study_of(text), 200);
    let named = [
        "\"><svg onload=window.pwned=4>",
        "' onmouseover='window.pwned=5",
        "</script><i>\u{202e}&amp;",
        "\u{1b}[31m<style>*{display:none}</style>",
    ];
    let rename = |name: &str| named[name.len() % named.len()].to_owned() + name;
    report.services = report.services.iter().map(|(name, s)| (rename(name), s.clone())).collect();
    report.cells = report.cells.iter().map(|(name, s)| (rename(name), s.clone())).collect();
    report.variants = report.variants.iter().map(|(name, v)| (rename(name), v.clone())).collect();
    report.notes = named.map(str::to_owned).to_vec();
    report.coverage_notes.clone_from(&report.notes);
    for share in report.why.steps.iter_mut().chain(&mut report.why.stages).chain(&mut report.why.needs) {
        share.name = rename(&share.name);
    }
    let variants = report.variants.values_mut().filter_map(|v| v.report.pictures.as_mut());
    for pictures in report.pictures.iter_mut().chain(variants) {
        pictures.map.regions.iter_mut().for_each(|region| *region = rename(region));
        for cell in &mut pictures.map.cells {
            (cell.name, cell.service) = (rename(&cell.name), rename(&cell.service));
        }
        for film in &mut pictures.films {
            film.work.iter_mut().for_each(|work| (work.subject, work.what) = (rename(&work.subject), rename(&work.what)));
            film.moments.iter_mut().for_each(|m| (m.subject, m.text) = (rename(&m.subject), rename(&m.text)));
        }
    }
    report
}

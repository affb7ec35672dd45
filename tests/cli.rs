//! The program as its users meet it: exit codes, help, files, pipes.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use assert_cmd::Command;
use std::fs;
use std::process::Stdio;

fn foreshock(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_foreshock"));
    command.args(args).env_remove("RUST_BACKTRACE").env_remove("NO_COLOR");
    command
}

fn stdout(args: &[&str]) -> String {
    let output = foreshock(args).assert().success().get_output().clone();
    String::from_utf8(output.stdout).unwrap()
}

fn stderr(args: &[&str], code: i32) -> String {
    let output = foreshock(args).assert().code(code).stdout("").get_output().clone();
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn a_typo_never_reads_as_a_verdict() {
    for args in
        [&["rnu"][..], &["run"], &["run", "a.yaml", "--trails", "5"], &["run", "a.yaml", "--trials", "0"], &["--nope"], &[]]
    {
        foreshock(args).assert().code(4);
    }
    assert!(stderr(&["chek"], 4).contains("check"));
}

#[test]
fn help_shows_examples_and_exit_codes() {
    for command in
        ["run", "compare", "reach", "trace", "tune", "gallery", "new", "check", "explain", "schema", "completions", "man"]
    {
        let help = stdout(&[command, "--help"]);
        assert!(
            help.contains("Examples:") && help.contains("Exit codes:") && help.contains("130  interrupted"),
            "{command}: {help}"
        );
    }
    assert!(stdout(&["--version"]).starts_with("foreshock "));
}

#[test]
fn a_format_that_is_not_there_names_those_that_are() {
    let message = stderr(&["run", "a.yaml", "--format", "dot"], 4);
    assert!(
        message.contains("cannot show a report; available here: text, markdown, html, json, sarif, junit, github, csv"),
        "{message}"
    );
    let (_folder, plan) = demo("");
    assert!(
        stderr(&["check", &plan, "--format", "html"], 4)
            .contains("available here: text, markdown, json, sarif, junit, github, csv")
    );
    assert!(
        stderr(&["trace", &plan, "--trial", "1", "--format", "sarif"], 4).contains("available here: text, markdown, json, csv")
    );
}

#[test]
fn a_missing_file_is_a_mistake_of_the_input() {
    for args in [
        &["run", "missing.yaml"][..],
        &["check", "missing.yaml"],
        &["trace", "missing.yaml", "--trial", "1"],
        &["reach", "missing.yaml", "db"],
    ] {
        let message = stderr(args, 4);
        assert!(message.contains("missing.yaml") && message.contains("F0001"), "{message}");
    }
}

#[test]
fn what_new_writes_fits_together() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    stdout(&["new", folder.path().to_str().unwrap()]);
    let both = fs::read_to_string(path("plan.yaml")).unwrap() + &fs::read_to_string(path("guardrails.yaml")).unwrap();
    fs::write(path("both.yaml"), both).unwrap();
    // A warning would be that a guardrail can never hold.
    let output = foreshock(&["check", &path("both.yaml")]).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && !said.contains("warning"), "{said}");
}

#[test]
fn new_writes_once_and_never_overwrites() {
    let folder = tempfile::tempdir().unwrap();
    let demo = folder.path().join("deep/er");
    let demo = demo.to_str().unwrap();
    assert!(stdout(&["new", demo]).contains("foreshock run"));
    let before = fs::read_to_string(format!("{demo}/plan.yaml")).unwrap();
    fs::remove_file(format!("{demo}/world.yaml")).unwrap();
    let message = stderr(&["new", demo], 4);
    assert!(message.contains("plan.yaml") && message.contains("nothing was written"), "{message}");
    assert!(!fs::exists(format!("{demo}/world.yaml")).unwrap());
    assert_eq!(fs::read_to_string(format!("{demo}/plan.yaml")).unwrap(), before);
}

#[test]
fn explain_knows_codes_exits_defaults_and_words() {
    assert!(stdout(&["explain", "f0010"]).starts_with("F0010: an unknown key"));
    assert!(stdout(&["explain", "exit-4"]).contains("the command line is wrong"));
    assert!(stdout(&["explain", "4"]).contains("the command line is wrong"));
    assert!(stdout(&["explain", "detect_hard"]).contains("support"));
    assert!(stdout(&["explain", "outage"]).contains("impaired-below"));
    assert!(stdout(&["explain"]).contains("diagnostic codes:"));
    assert!(stderr(&["explain", "F0O10"], 4).contains("did you mean `F0010`?"));
    assert!(stderr(&["explain", "\u{1b}[31m"], 4).contains("\\u{1b}"));
}

#[test]
fn schemas_are_json() {
    for kind in stdout(&["schema"]).lines().filter(|kind| *kind != "cedar") {
        let schema: serde_json::Value = serde_json::from_str(&stdout(&["schema", kind])).unwrap();
        assert!(schema["$schema"].is_string(), "{kind}");
    }
    assert!(stdout(&["schema", "cedar"]).contains("entity Actor in [Role]"));
    assert!(stderr(&["schema", "nope"], 4).contains("there are:"));
}

#[test]
fn scripts_and_manual_are_printed() {
    assert!(stdout(&["completions", "bash"]).contains("_foreshock"));
    assert!(stdout(&["man"]).contains(".TH foreshock"));
    assert!(stdout(&["man", "run"]).contains("precision"));
    foreshock(&["completions", "tcl"]).assert().code(4);
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_foreshock"))
        .args(["man", "run"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), ""));
}

/// The starting point, with fewer trials, and one more line.
fn demo(more: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    stdout(&["new", folder.path().to_str().unwrap()]);
    let plan = folder.path().join("plan.yaml");
    let text = fs::read_to_string(&plan).unwrap().replace("trials: 20000", "trials: 400");
    fs::write(&plan, text + more).unwrap();
    let plan = plan.to_str().unwrap().to_owned();
    (folder, plan)
}

#[test]
fn the_starting_point_passes_check_and_runs() {
    let (folder, plan) = demo("");
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (world, guardrails, appetite) = (at("world.yaml"), at("guardrails.yaml"), at("appetite.yaml"));
    let all = ["check", &world, &plan, &guardrails, &appetite, &at("experiment.yaml"), "--world", &world];
    let checked = foreshock(&all).assert().success().stderr("").get_output().clone();
    let checked = String::from_utf8(checked.stdout).unwrap();
    for line in
        ["plan.yaml: ok", "guardrails.yaml: ok: 2 guardrails", "appetite.yaml: ok: 6 limits", "experiment.yaml: ok: 9 settings"]
    {
        assert!(checked.contains(line), "{line}: {checked}");
    }
    fs::write(&appetite, "block: [ services.storfront.outage_min.p95 > 1h, customers.outage_min.p94 > 1h ]").unwrap();
    assert!(stderr(&["check", &appetite, "--world", &world], 4).contains("storefront"));
    let alone = stderr(&["check", &appetite], 4);
    assert!(alone.contains("p94`") && !alone.contains("p95`"), "names need a world, the rest does not: {alone}");
    fs::write(&guardrails, "guardrails: [ aproval: {}, approval: { bypass-roles: [nobody] } ]").unwrap();
    let alone = stderr(&["check", &guardrails], 4);
    assert!(alone.contains("`approval`") && !alone.contains("no role"), "{alone}");
    let report = stdout(&["run", &plan]);
    for part in ["Re-create the order database", "What goes down", "storefront", "no-snapshot", "--trial", "seed 42"] {
        assert!(report.contains(part), "{part}: {report}");
    }
    assert!(report.lines().filter(|line| !line.contains("foreshock ")).all(|line| line.chars().count() <= 80), "{report}");
    assert!(stdout(&["reach", &at("world.yaml"), "price-cache"]).contains("recommendations@eu-west-1"));
    assert!(stdout(&["reach", &at("world.yaml"), "price-cache", "--format", "dot"]).starts_with("digraph"));
    assert!(stderr(&["reach", &at("world.yaml"), "orders-bd"], 4).contains("did you mean `orders-db`?"));
    assert!(stdout(&["trace", &plan, "--trial", "7"]).contains("rebuild"));
    assert!(stderr(&["trace", &plan, "--trial", "7", "--variant", "x"], 4).contains("`no-snapshot`"));
    assert!(stdout(&["compare", &plan, &plan, "--trials", "200"]).contains("the same in every trial"));
}

#[test]
fn the_same_seed_gives_the_same_bytes_on_any_number_of_threads() {
    let (_folder, plan) = demo("");
    let one = stdout(&["run", &plan, "--format", "json", "--threads", "1"]);
    assert_eq!(stdout(&["run", &plan, "--format", "json", "--threads", "4"]), one);
    assert_ne!(stdout(&["run", &plan, "--format", "json", "--seed", "43"]), one);
}

#[test]
fn one_file_is_an_object_and_several_are_an_array() {
    let (_folder, plan) = demo("");
    let json = |args: &[&str]| serde_json::from_str::<serde_json::Value>(&stdout(args)).unwrap();
    assert_eq!(json(&["run", &plan, "--format", "json"])["trials"], 400);
    let both = json(&["run", &plan, &plan, "--format", "json", "--trials", "100"]);
    assert_eq!((both[0]["trials"].as_u64(), both.as_array().map(Vec::len)), (Some(100), Some(2)));
}

#[test]
fn an_expectation_decides_the_exit_code() {
    let (_folder, plan) = demo("\nexpect: [ customers.outage_min.p50 < 1m ]\n");
    let output = foreshock(&["run", &plan]).assert().code(1).get_output().clone();
    assert!(String::from_utf8(output.stdout).unwrap().contains("NOT MET"));
    let (_folder, plan) = demo("\nexpect: [ customers.outage_min.p50 > 1m ]\n");
    foreshock(&["run", &plan]).assert().code(0);
}

#[test]
fn what_is_expected_is_a_test_report_for_ci() {
    let (_folder, plan) = demo("expect:\n  - regions < 9\n  - customers.outage_min.p50 > 999d\n");
    let output = foreshock(&["run", &plan, "--format", "junit", "--quiet"]).assert().code(1).get_output().clone();
    let xml = String::from_utf8(output.stdout).unwrap();
    assert!(xml.contains(r#"<testsuites name="foreshock" tests="2" failures="1" errors="0" skipped="0">"#), "{xml}");
    assert!(xml.contains("not met: customers.outage_min.p50 &gt; 999d") && xml.contains(r#"name="regions &lt; 9""#), "{xml}");
    let (_folder, plan) = demo("");
    assert!(stdout(&["run", &plan, "--format", "junit", "--quiet"]).contains(r#"tests="1" failures="0" errors="0" skipped="1""#));
}

#[test]
fn what_was_not_met_is_annotated_where_it_stands_also_of_variants() {
    let folder = tempfile::tempdir().unwrap();
    let plan = folder.path().join("plan.yaml");
    let text = "world: { regions: [r], services: { a: { in: [r], needs: none, faces: customers } } }
plan: [ { do: restart, target: a } ]
trials: 200
expect:
  - regions < 9
  - customers.outage_min.p50 > 999d
variants: { late: { expect: [ regions > 9 ] } }
";
    std::fs::write(&plan, text).unwrap();
    let plan = plan.to_str().unwrap();
    let said = |format: &str| {
        let output = foreshock(&["run", plan, "--format", format, "--quiet"]).assert().code(1).get_output().clone();
        String::from_utf8(output.stdout).unwrap()
    };
    let line = |of: &str| 1 + text.lines().position(|line| line.contains(of)).unwrap();
    let (first, second) = (line("999d"), line("late"));
    let annotations: Vec<String> = said("github").lines().filter(|line| line.starts_with("::error")).map(str::to_owned).collect();
    assert_eq!(annotations.len(), 2, "{annotations:?}");
    assert!(annotations[0].contains(&format!(",line={first},")) && annotations[0].contains("p50 > 999d; it is "));
    assert!(annotations[1].contains(&format!(",line={second},")) && annotations[1].contains("regions > 9 (variant late)"));
    let sarif: serde_json::Value = serde_json::from_str(&said("sarif")).unwrap();
    let places = sarif["runs"][0]["results"].as_array().unwrap().iter();
    let lines: Vec<_> = places.map(|r| r["locations"][0]["physicalLocation"]["region"]["startLine"].as_u64().unwrap()).collect();
    assert_eq!(lines, [first as u64, second as u64]);
    let xml = said("junit");
    assert!(xml.contains(r#"tests="3" failures="2""#) && xml.contains(": late\" tests=\"1\" failures=\"1\""), "{xml}");
}

#[test]
fn a_run_is_a_table_for_spreadsheets() {
    let (_folder, plan) = demo("");
    let (csv, json) = (stdout(&["run", &plan, "--format", "csv"]), stdout(&["run", &plan, "--format", "json"]));
    let report: serde_json::Value = serde_json::from_str(&json).unwrap();
    let rows: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').collect()).collect();
    let at = rows[0].iter().position(|head| *head == "outage_min.p90").unwrap();
    for (kind, part) in [("service", "services"), ("cell", "cells"), ("region", "region")] {
        let mut shown: Vec<(&str, f64)> =
            rows.iter().filter(|r| r[1].is_empty() && r[3] == kind).map(|r| (r[4], r[at].parse().unwrap())).collect();
        let all =
            report[part].as_object().unwrap().iter().map(|(name, of)| (name.as_str(), of["outage_min"]["p90"].as_f64().unwrap()));
        shown.sort_by(|a, b| a.0.cmp(b.0));
        assert_eq!(shown, all.collect::<Vec<_>>());
    }
}

#[test]
fn a_check_is_for_machines_too() {
    let (folder, plan) = demo("");
    let bad = folder.path().join("bad.yaml");
    std::fs::write(&bad, "world: world.yaml\nplan: [ { do: restrat, target: nope } ]\nsede: 3\n").unwrap();
    let bad = bad.to_str().unwrap();
    let said = |format: &str| {
        let output = foreshock(&["check", &plan, bad, "--format", format]).assert().code(4).get_output().clone();
        assert!(output.stderr.is_empty(), "all of it stands in the result");
        String::from_utf8(output.stdout).unwrap()
    };
    let json: serde_json::Value = serde_json::from_str(&said("json")).unwrap();
    let [good, wrong] = [0, 1].map(|n| &json["files"][n]);
    assert_eq!((good["ok"].as_bool(), wrong["ok"].as_bool(), json["ok"].as_bool()), (Some(true), Some(false), Some(false)));
    let mistakes = wrong["mistakes"].as_array().unwrap();
    let places: Vec<_> =
        mistakes.iter().map(|m| (m["place"]["line"].as_u64().unwrap(), m["place"]["column"].as_u64().unwrap())).collect();
    assert_eq!(places, [(2, 15), (2, 32), (3, 1)], "{mistakes:?}");
    assert_eq!(said("github").matches("::error file=").count(), 3);
    assert_eq!(said("csv").lines().count(), 4);
    assert!(said("junit").contains(r#"tests="2" failures="1""#));
    assert!(said("markdown").contains("bad.yaml:3:1"));
    let sarif: serde_json::Value = serde_json::from_str(&said("sarif")).unwrap();
    let (results, rules) = (&sarif["runs"][0]["results"], &sarif["runs"][0]["tool"]["driver"]["rules"]);
    for result in results.as_array().unwrap() {
        let rule = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[rule]["id"], result["ruleId"]);
    }
}

#[test]
fn every_mistake_of_every_file_is_shown_and_nothing_runs() {
    let (folder, plan) = demo("");
    let bad = folder.path().join("bad.yaml");
    fs::write(
        &bad,
        fs::read_to_string(&plan).unwrap().replace("trials:", "trails:").replace("target: orders-db,", "target: order-db,"),
    )
    .unwrap();
    let message = stderr(&["run", &plan, bad.to_str().unwrap()], 4);
    assert!(message.contains("did you mean `trials`?") && message.contains("did you mean `orders-db`?"), "{message}");
}

#[test]
fn a_file_is_replaced_whole_or_not_at_all() {
    let (folder, plan) = demo("");
    let out = folder.path().join("report.md");
    let path = out.to_str().unwrap();
    foreshock(&["run", &plan, "--format", "markdown", "--out", path]).assert().code(0).stdout("");
    let before = fs::read_to_string(&out).unwrap();
    assert!(before.starts_with("## Re-create"));
    let message = stderr(&["run", &plan, "--out", folder.path().join("missing/report.md").to_str().unwrap()], 4);
    assert!(message.contains("cannot write"), "{message}");
    let message = stderr(&["run", &plan, "--out", folder.path().to_str().unwrap()], 4);
    assert!(message.contains("it is a folder"), "{message}");
    assert_eq!(fs::read_to_string(&out).unwrap(), before);
    assert!(fs::read_dir(folder.path()).unwrap().all(|entry| !entry.unwrap().file_name().to_string_lossy().ends_with(".tmp")));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_behind_standard_output_is_named() {
    let (_folder, plan) = demo("");
    for args in [&["run", &plan][..], &["check", &plan], &["trace", &plan, "--trial", "1"], &["man"], &["schema", "world"]] {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_foreshock")).args(args).stdout(full).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(4) && said.contains("error: cannot write to standard output: "), "{args:?}: {said}");
    }
}

/// A limit on the size of files stands for a full disk: the write ends half-way in both.
#[cfg(unix)]
#[test]
fn a_full_disk_leaves_the_old_file_whole() {
    let (folder, plan) = demo("");
    let out = folder.path().join("report.json");
    let path = out.to_str().unwrap();
    foreshock(&["run", &plan, "--trials", "100", "--format", "json", "--out", path]).assert().code(0);
    let before = fs::read_to_string(&out).unwrap();
    assert!(before.len() > 8 * 1024, "the report is longer than what the disk takes");
    let narrow = "trap '' XFSZ; ulimit -f 8; exec \"$0\" run \"$1\" --trials 200 --format json --out \"$2\"";
    let output =
        std::process::Command::new("sh").args(["-c", narrow, env!("CARGO_BIN_EXE_foreshock"), &plan, path]).output().unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(4), "{message}");
    assert!(message.contains("report.json`; nothing was changed there"), "{message}");
    assert!(output.stdout.is_empty());
    assert_eq!(fs::read_to_string(&out).unwrap(), before);
    assert!(fs::read_dir(folder.path()).unwrap().all(|entry| !entry.unwrap().file_name().to_string_lossy().ends_with(".tmp")));
}

#[cfg(unix)]
#[test]
fn a_disk_that_gets_full_is_left_without_half_a_start() {
    let folder = tempfile::tempdir().unwrap();
    let demo = folder.path().join("demo");
    // The world is longer than a file may be then, and not the first that is written.
    let narrow = "trap '' XFSZ; ulimit -f 3; exec \"$0\" new \"$1\"";
    let command = ["-c", narrow, env!("CARGO_BIN_EXE_foreshock"), demo.to_str().unwrap()];
    let output = std::process::Command::new("sh").args(command).output().unwrap();
    assert_eq!(output.status.code(), Some(4), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(!demo.exists());
    assert!(stdout(&["new", demo.to_str().unwrap()]).contains("foreshock run"));
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_prints_what_is_known_and_says_so() {
    let (_folder, plan) = demo("");
    let child = std::process::Command::new(env!("CARGO_BIN_EXE_foreshock"))
        .args(["run", &plan, "--trials", "500000000"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    std::thread::sleep(std::time::Duration::from_millis(700));
    assert!(std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(130), "{text}");
    assert!(text.lines().take(5).any(|line| line.contains("PARTIAL")), "{text}");
}

#[test]
fn colour_only_where_it_was_asked_for() {
    let (_folder, plan) = demo("");
    assert!(!stdout(&["run", &plan]).contains('\u{1b}'));
    assert!(stdout(&["run", &plan, "--color", "always"]).contains("\u{1b}["));
}

#[test]
fn a_gallery_is_a_site_of_pages_that_stand_alone() {
    let folder = tempfile::tempdir().unwrap();
    let site = folder.path().join("site");
    let site = site.to_str().unwrap();
    fs::create_dir(folder.path().join("from")).unwrap();
    let from = folder.path().join("from");
    fs::copy("scenarios/global-override.yaml", from.join("a.yaml")).unwrap();
    fs::create_dir(from.join("worlds")).unwrap();
    for world in fs::read_dir("scenarios/worlds").unwrap() {
        let world = world.unwrap();
        fs::copy(world.path(), from.join("worlds").join(world.file_name())).unwrap();
    }
    let said = stdout(&["gallery", site, "--from", from.to_str().unwrap(), "--trials", "200", "--quiet"]);
    assert!(said.starts_with("Wrote 1 page and index.html"), "{said}");
    let index = fs::read_to_string(folder.path().join("site/index.html")).unwrap();
    assert!(index.contains("<a href=\"a.html\">"), "{index}");
    let page = fs::read_to_string(folder.path().join("site/a.html")).unwrap();
    assert!(page.contains("<svg class=\"map\"") && !page.contains("<link"));
    assert!(stderr(&["gallery", site, "--from", "no-such-folder"], 4).contains("--from"));
    // One scenario with a mistake keeps none of the others from being written.
    fs::write(from.join("broken.yaml"), "world: worlds/none.yaml\nplan: [{ do: restart, target: a }]\n").unwrap();
    fs::remove_file(folder.path().join("site/a.html")).unwrap();
    let done = foreshock(&["gallery", site, "--from", from.to_str().unwrap(), "--trials", "200"]).assert().code(4);
    let said = String::from_utf8_lossy(&done.get_output().stderr).into_owned();
    assert!(said.contains("broken.yaml:1:8") && said.contains("one scenario is without a page"), "{said}");
    assert!(folder.path().join("site/a.html").exists() && !folder.path().join("site/broken.html").exists());
    let index = fs::read_to_string(folder.path().join("site/index.html")).unwrap();
    assert!(index.contains("broken.yaml</code> has a mistake"), "{index}");
}

/// A scenario may be called as the index is: both are there, and what is said to be written is.
#[test]
fn a_scenario_called_index_keeps_its_page() {
    let folder = tempfile::tempdir().unwrap();
    let (from, site) = (folder.path().join("from"), folder.path().join("site"));
    fs::create_dir(&from).unwrap();
    let text = "title: Mine\nworld:\n  regions: { eu: {} }\n  services:\n    a: { in: [eu], needs: none }\nplan: [{ do: restart, target: a }]\n";
    fs::write(from.join("index.yaml"), text).unwrap();
    let said = stdout(&["gallery", site.to_str().unwrap(), "--from", from.to_str().unwrap(), "--trials", "10", "--quiet"]);
    assert!(said.starts_with("Wrote 1 page and index.html"), "{said}");
    assert_eq!(fs::read_dir(&site).unwrap().count(), 2);
    let index = fs::read_to_string(site.join("index.html")).unwrap();
    assert!(index.contains("<a href=\"scenario-index.html\">"), "{index}");
    assert!(fs::read_to_string(site.join("scenario-index.html")).unwrap().contains("<h1>Mine</h1>"));
}

#[test]
fn a_gallery_replaces_only_pages_of_a_gallery() {
    let folder = tempfile::tempdir().unwrap();
    let (from, site) = (folder.path().join("from"), folder.path().join("site"));
    fs::create_dir(&from).unwrap();
    fs::create_dir(&site).unwrap();
    let text = "world: { regions: { eu: {} }, services: { a: { in: [eu], needs: none } } }\nplan: [{ do: restart, target: a }]\n";
    fs::write(from.join("a.yaml"), text).unwrap();
    let args = ["gallery", site.to_str().unwrap(), "--from", from.to_str().unwrap(), "--trials", "10", "--quiet"];
    for page in ["index.html", "a.html"] {
        fs::write(site.join(page), "<h1>mine</h1>").unwrap();
        assert!(stderr(&args, 4).contains("is no page of a gallery"));
        assert_eq!(fs::read_to_string(site.join(page)).unwrap(), "<h1>mine</h1>");
        assert_eq!(fs::read_dir(&site).unwrap().count(), 1);
        fs::remove_file(site.join(page)).unwrap();
    }
    stdout(&args);
    stdout(&args);
}

/// What a page tells to run gives the same page: how it was simulated is part of it.
#[test]
fn the_same_again_remembers_how_it_was_simulated() {
    let (_folder, scenario) = demo("");
    let plain = stdout(&["run", &scenario, "--trials", "50", "--quiet"]);
    assert!(plain.contains("--trials 50\n"), "{plain}");
    for format in ["text", "html", "markdown"] {
        let said =
            stdout(&["run", &scenario, "--trials", "50", "--rare", "never", "--engine", "event", "--quiet", "--format", format]);
        assert!(said.contains("--trials 50 --engine event --rare never"), "{format}: {said}");
    }
}

#[test]
fn all_shipped_scenarios_make_a_gallery_in_every_build() {
    let folder = tempfile::tempdir().unwrap();
    let site = folder.path().to_str().unwrap();
    let done = foreshock(&["gallery", site, "--trials", "10"]).output().unwrap();
    // So few trials may miss what a scenario expects.
    assert!(matches!(done.status.code(), Some(0 | 1)), "{}", String::from_utf8_lossy(&done.stderr));
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    let index = fs::read_to_string(folder.path().join("index.html")).unwrap();
    for entry in fs::read_dir("scenarios").unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|e| e != "yaml") {
            continue;
        }
        let name = path.file_stem().unwrap().to_str().unwrap();
        let left_out = !cfg!(feature = "cedar") && name == "least-privilege-cedar";
        assert_eq!(index.contains(&format!("<a href=\"{name}.html\">")), !left_out, "{name}");
        assert_eq!(folder.path().join(name).with_extension("html").exists(), !left_out, "{name}");
        assert_eq!(said.contains(&format!("left out: `scenarios/{name}.yaml`")), left_out, "{said}");
        assert_eq!(index.contains(&format!("<code>scenarios/{name}.yaml</code> needs a build")), left_out, "{name}");
    }
}

#[test]
fn no_line_but_a_command_is_wider_than_a_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    stdout(&["new", &at("")]);
    fs::write(at("bare.yaml"), "world: world.yaml\nplan:\n  - { do: recreate, target: orders-db }\n").unwrap();
    let (plan, bare, world, appetite, kept) =
        (at("plan.yaml"), at("bare.yaml"), at("world.yaml"), at("appetite.yaml"), at("kept"));
    let commands: [&[&str]; 5] = [
        &["run", "scenarios/global-override.yaml", "--trials", "100"],
        &["score", &plan, "--appetite", &appetite],
        &["advise", &bare, "--appetite", &appetite],
        &["compare", &plan, &bare, "--world", &world, "--trials", "100"],
        &["tune", "scenarios/experiments/least-privilege.yaml", "--trials", "300", "--checkpoint", &kept],
    ];
    for command in commands {
        let done = foreshock(command).args(["--quiet", "--color", "always"]).env_remove("COLUMNS").output().unwrap();
        let text = String::from_utf8(done.stdout).unwrap();
        assert!(text.contains('\u{1b}'), "{command:?}");
        let plain = anstream::adapter::strip_str(&text).to_string();
        // What can be pasted is one line, and so is the path of somebody's file.
        let wide = |line: &&str| {
            line.chars().count() > 80 && !line.contains("foreshock ") && !line.contains(folder.path().to_str().unwrap())
        };
        assert_eq!(plain.lines().find(wide), None, "{command:?}");
    }
}

const TWO_REGIONS: &str = "regions: { eu: {}, us: {} }
services:
  db: { in: [eu], kind: datastore, needs: none }
  cache: { in: [us], needs: none }
  web: { in: [eu, us], faces: customers, needs: [cache] }
  api: { in: [us], faces: customers, needs: [] }
";

#[test]
fn reach_says_what_goes_down_with_the_target_itself() {
    let folder = tempfile::tempdir().unwrap();
    let world = folder.path().join("world.yaml").to_str().unwrap().to_owned();
    fs::write(&world, TWO_REGIONS).unwrap();
    let reach = |target: &str| stdout(&["reach", &world, target, "--color", "never"]).replace('\n', " ");
    let us = reach("us");
    assert!(us.starts_with("3 cells run in us, customers use 2 of them directly. Without us, 1 other cell fails;"), "{us}");
    let at = |cell: &str| us.find(cell).unwrap_or_else(|| panic!("{cell}: {us}"));
    assert!(at("api@us") < at("cache@us") && at("web@us") < at("cache@us"), "what customers use comes first: {us}");
    let eu = reach("eu");
    assert!(
        eu.starts_with("2 cells run in eu, customers use 1 of them directly; nothing else that is declared depends on eu."),
        "{eu}"
    );
    let web = reach("web");
    assert!(web.starts_with("web is 2 cells, customers use 2 of them directly; nothing else"), "{web}");
    let cell = reach("api@us");
    assert!(cell.starts_with("Customers use api@us directly; nothing else that is declared depends on api@us."), "{cell}");
    let db = reach("db");
    assert!(db.starts_with("Nothing that is declared depends on db."), "{db}");
}

#[test]
fn a_cell_that_is_not_deployed_is_told_from_a_service_that_nobody_described() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    fs::write(at("world.yaml"), TWO_REGIONS).unwrap();
    fs::write(at("plan.yaml"), "plan: [{ do: delete, target: db@us }]").unwrap();
    let output = foreshock(&["score", &at("plan.yaml"), "--world", &at("world.yaml")]).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("P0001") && said.contains("deployed as db@eu") && !said.contains("describe it"), "{said}");
}

#[test]
fn run_says_which_command_takes_another_kind_of_file() {
    let folder = tempfile::tempdir().unwrap();
    stdout(&["new", folder.path().to_str().unwrap()]);
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    for (file, says) in [("world.yaml", "a world"), ("experiment.yaml", "an experiment")] {
        let said = stderr(&["run", &at(file)], 4);
        assert!(said.contains(&format!("is {says}, not a scenario")) && said.lines().count() == 1, "{said}");
    }
    // A scenario whose `plan` is misspelt is no world.
    fs::write(at("odd.yaml"), format!("{TWO_REGIONS}plna: []\n")).unwrap();
    assert!(stderr(&["run", &at("odd.yaml")], 4).contains("`plan`"));
}

#[test]
fn tune_has_no_guardrails_to_ignore() {
    assert!(stderr(&["tune", "experiment.yaml", "--ignore-guardrails"], 4).contains("unexpected argument"));
}

/// Plans have no world of their own; `--world` gives them one, and how often a week they run need not be a whole number.
#[test]
fn plans_that_tune_prints_run_and_are_scored_over_the_world_of_the_experiment() {
    let folder = tempfile::tempdir().unwrap();
    let plans = folder.path().join("plans");
    let printed =
        stdout(&["tune", "scenarios/experiments/approval-threshold.yaml", "--print-plans", &plans.display().to_string()]);
    assert!(printed.starts_with("wrote 60 plans to") && printed.contains("--world WORLD"), "{printed}");
    let file = plans.join("0001-recreate-feature-flags.yaml").display().to_string();
    assert!(fs::read_to_string(&file).unwrap().contains("per-week: 4.166667\n"));
    let world = "scenarios/experiments/worlds/retailer.yaml";
    let report = stdout(&["run", &file, "--world", world, "--trials", "50", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["trials"], 50);
    assert!(stdout(&["run", &file, "--world", world, "--trials", "50"]).contains(&format!("--world {world}")));
    let score = foreshock(&["score", &file, "--world", world]).output().unwrap();
    assert!(matches!(score.status.code(), Some(0 | 2 | 3)), "{score:?}");
    // What the world does not know is not simulated, and said.
    let strange = folder.path().join("strange.yaml").display().to_string();
    fs::write(&strange, "plan: [ { do: restart, target: nowhere } ]").unwrap();
    let output = foreshock(&["run", &strange, "--world", world, "--trials", "50"]).output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert!(String::from_utf8(output.stderr).unwrap().contains("the world does not know `nowhere`"));
}

#[test]
fn what_stands_on_the_command_line_does_not_speak_to_the_terminal() {
    for args in [&["x\u{1b}[31mred"][..], &["run", "--engine", "\u{1b}]0;title\u{7}"], &["run", "a.yaml", "b\u{9b}"]] {
        let message = stderr(args, 4);
        assert!(message.starts_with("error") && !message.contains(['\u{1b}', '\u{7}', '\u{9b}']), "{message:?}");
    }
}

/// A file with this text, in a folder of its own.
fn file(text: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("case.yaml");
    fs::write(&path, text).unwrap();
    (folder, path.display().to_string())
}

#[test]
fn a_bad_trial_has_an_outage_even_where_few_have_one() {
    let (_folder, path) = file(
        "world: { regions: { r: {} }, services: { a: { in: [r], needs: [{ need: b, hold: 11m }], faces: customers }, b: { in: [r], needs: none } } }\n\
         plan: [{ do: restart, target: b, takes: 1m to 10m }]\n",
    );
    let report: serde_json::Value =
        serde_json::from_str(&stdout(&["run", &path, "--format", "json", "--trials", "2000", "--quiet"])).unwrap();
    assert!(report["customers"]["affected"]["mean"].as_f64().unwrap() < 0.05, "{}", report["customers"]);
    let bad = report["examples"]["bad"].as_u64().unwrap().to_string();
    let course: serde_json::Value =
        serde_json::from_str(&stdout(&["trace", &path, "--trial", &bad, "--format", "json", "--quiet"])).unwrap();
    assert_eq!(course["outcome"][0]["name"], "customers");
    assert!(course["outcome"][0]["outage_min"].as_f64().unwrap() > 0.0, "{course}");
}

#[test]
fn a_deadlock_names_what_stands_between_the_damaged() {
    let (_folder, path) = file(
        "world: { regions: { r: {} }, services: { net: { in: [r], needs: none, mends-with: [vpn] }, vpn: { in: [r], needs: [net] } } }\n\
         plan: [{ do: delete, target: net, takes: 1m }]\nhorizon: 1d\n",
    );
    let report: serde_json::Value =
        serde_json::from_str(&stdout(&["run", &path, "--format", "json", "--trials", "20", "--quiet"])).unwrap();
    assert_eq!(report["deadlocks"][0]["cycle"], serde_json::json!(["net@r", "vpn@r"]));
}

#[test]
fn a_condition_without_a_hint_has_no_empty_brackets() {
    let (_folder, plan) = demo("");
    let world = plan.replace("plan.yaml", "world.yaml");
    let said = stderr(&["reach", &world, "(((("], 4);
    assert!(said.contains("a name should stand here") && !said.contains("()"), "{said}");
}

#[test]
fn reach_takes_a_condition() {
    let (folder, _) = demo("");
    let world = folder.path().join("world.yaml").display().to_string();
    let by_name = stdout(&["reach", &world, "orders-db", "--format", "json"]);
    let by_condition = stdout(&["reach", &world, "service == orders-db", "--format", "json"]);
    let without_target = |text: &str| text.lines().filter(|line| !line.contains("\"target\"")).collect::<Vec<_>>().join("\n");
    assert_eq!(without_target(&by_name), without_target(&by_condition));
    assert!(stderr(&["reach", &world, "service == nothing"], 4).contains("no cell of"));
    assert!(stderr(&["reach", &world, "colour == red"], 4).contains("a condition asks for cell, service"));
    assert!(stderr(&["reach", &world, "env =="], 4).starts_with("error: "));
}

//! What `score`, `verify`, `audit`, `advise` and `compare` do on the command line, and the traps that a gate must not fall into.

#![expect(
    clippy::unwrap_used,
    clippy::format_collect,
    clippy::print_stderr,
    clippy::semicolon_if_nothing_returned,
    reason = "a test may panic, talk and be short"
)]

use assert_cmd::Command;
use serde_json::Value;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const WORLD: &str = "
regions: { eu: {}, us: {} }
services:
  shop: { in: [eu, us], faces: customers, failover: { after: 1m }, traffic: 60/min, needs: [{ any-of: [db-a, db-b] }] }
  db-a: { in: [eu], kind: datastore, needs: none, data: { size: 10GB, restore: 100MB/s, kept-in: vault } }
  db-b: { in: [us], kind: datastore, needs: none, data: { size: 10GB, restore: 100MB/s, kept-in: vault } }
  checkout: { in: [eu], faces: customers, slo: 99.9% over 28d, needs: [orders] }
  orders: { in: [eu], needs: none, restart: 2m }
  vault: { in: [us], needs: none }
";

/// A folder with a world and these files.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [("world.yaml", WORLD)].iter().chain(files) {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

struct Said {
    code: i32,
    out: String,
    err: String,
}

fn run(folder: &Path, args: &[&str], stdin: &str) -> Said {
    said(Command::cargo_bin("foreshock").unwrap().current_dir(folder).args(args).write_stdin(stdin))
}

/// The same at another time.
fn run_at(folder: &Path, args: &[&str], now: &str) -> Said {
    said(Command::cargo_bin("foreshock").unwrap().current_dir(folder).args(args).env("SOURCE_DATE_EPOCH", now))
}

fn said(command: &mut Command) -> Said {
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Said { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

/// The verdict on a plan from standard input.
fn score(plan: &str) -> Said {
    run(folder(&[]).path(), &["score", "-", "--world", "world.yaml"], plan)
}

#[test]
fn the_exit_code_is_the_verdict() {
    for (plan, code, word) in [
        ("[{ do: inspect, target: shop }]", 0, "ALLOW"),
        ("[{ do: restart, target: orders, takes: 2m }]", 0, "ALLOW"),
        ("[{ do: restart, target: orders, takes: 20m }]", 3, "REVIEW"),
        ("[{ do: restart, target: orders, takes: 2h }]", 2, "BLOCK"),
        ("[{ do: delete, target: mystery }]", 3, "REVIEW"),
    ] {
        let said = score(plan);
        assert_eq!(said.code, code, "{plan}: {}{}", said.out, said.err);
        assert!(said.out.starts_with(word), "{plan}: {}", said.out);
        assert!(said.out.contains("The shipped appetite"), "it is printed when it is used");
    }
}

#[test]
fn a_plan_comes_in_any_form() {
    let folder = folder(&[
        ("list.yaml", "- { do: restart, target: orders, takes: 2m }"),
        ("doc.yaml", "title: A restart\nplan:\n  - { do: restart, target: orders, takes: 2m }"),
        (
            "whole.yaml",
            "world: world.yaml\nplan:\n  - { do: restart, target: orders, takes: 2m }\nseed: 7\nvariants: { x: { seed: 8 } }\nexpect: [ regions < 1 ]",
        ),
        ("plan.json", r#"{ "plan": [ { "do": "restart", "target": "orders", "takes": "2m" } ] }"#),
    ]);
    for args in [
        &["score", "list.yaml", "-w", "world.yaml"][..],
        &["score", "doc.yaml", "-w", "world.yaml"],
        &["score", "whole.yaml"],
        &["score", "plan.json", "-w", "world.yaml"],
    ] {
        let said = run(folder.path(), args, "");
        assert_eq!(said.code, 0, "{args:?}: {}{}", said.out, said.err);
    }
    let said = run(folder.path(), &["score", "doc.yaml"], "");
    assert!(said.code == 4 && said.err.contains("--world"), "{}", said.err);
}

#[test]
fn what_is_misspelt_or_malformed_is_never_a_verdict() {
    for plan in [
        "[{ do: destory, target: orders }]",
        "[{ do: restart, target: orders, aftr: [] }]",
        "[{ do: restart }]",
        "[{ target: orders }]",
        "[{ do: restart, target: [] }]",
        "[{ do: restart, target: 'env = prod' }]",
        "[{ do: restart, target: orders, after: [nobody] }]",
        "[{ id: a, do: restart, target: orders, after: [b] }, { id: b, do: restart, target: shop, after: [a] }]",
        "[{ do: restart, target: orders, takes: 5 }]",
        "[{ do: restart, target: orders ]",
        "{ plan: nothing }",
        "plan: []",
        "plan:",
        "{ plan: null }",
        "{ plan: null, faults: [] }",
        "{ title: nothing, plan: [], faults: }",
        "",
        "42",
    ] {
        let said = score(plan);
        assert_eq!(said.code, 4, "{plan}: {}{}", said.out, said.err);
        assert!(said.out.is_empty() && said.err.contains("error"), "{plan}: {}", said.err);
    }
    let folder = folder(&[("p.yaml", "[{ do: restart, target: orders }]")]);
    for args in [
        &["score", "p.yaml", "--wrld", "world.yaml"][..],
        &["score", "p.yaml", "-w", "none.yaml"],
        &["score", "p.yaml", "-w", "world.yaml", "--format", "sariff"],
        &["score"],
    ] {
        assert_eq!(run(folder.path(), args, "").code, 4, "{args:?}");
    }
}

#[test]
fn one_replica_and_both_differ() {
    let one = score("[{ do: delete, target: db-a }]");
    let both = score("[{ do: delete, target: [db-a, db-b] }]");
    assert!(one.code != 2 && both.code == 2, "{} {}", one.out, both.out);
    assert!(one.out.contains("P0011") && both.out.contains("P0010"), "{} {}", one.out, both.out);
}

#[test]
fn copies_that_go_as_well_make_it_worse() {
    let both = score("[{ do: delete, target: db-a }, { do: delete, target: vault }]");
    assert_eq!(both.code, 2);
    assert!(both.out.contains("P0002") && both.out.contains("data_lost_for_good is 98%"), "{}", both.out);
}

#[test]
fn a_plan_cannot_describe_away_what_it_does() {
    let harm = "do: delete, target: orders";
    assert_eq!(score(&format!("[{{ {harm} }}]")).code, 2);
    for own in [
        format!("[{{ {harm}, leaves: nothing }}]"),
        format!("[{{ {harm}, keeps: 100% }}]"),
        "[{ do: recreate, target: orders, takes: 0s }]".to_owned(),
        format!("[{{ do: inspect, target: shop, fails: 100% }}, {{ {harm} }}]"),
        format!("[{{ do: inspect, target: shop, takes: forever }}, {{ {harm} }}]"),
    ] {
        let said = score(&own);
        assert_ne!(said.code, 0, "{own}: {}", said.out);
        assert!(said.out.contains("do anywhere else"), "{own}: {}", said.out);
    }
    // What it says to its own disadvantage counts.
    assert_eq!(score("[{ do: restart, target: orders, takes: 2h }]").code, 2);
}

#[test]
fn a_result_never_replaces_what_the_command_reads_or_keeps() {
    let plan = "[{ do: inspect, target: shop }]";
    let folder = folder(&[("p.yaml", plan)]);
    for more in [&["--out", "p.yaml"][..], &["--out", "world.yaml"], &["--audit", "log.jsonl", "--out", "log.jsonl"]] {
        let args: Vec<&str> = ["score", "p.yaml", "-w", "world.yaml"].iter().chain(more).copied().collect();
        let said = run(folder.path(), &args, "");
        assert_eq!(said.code, 4, "{more:?}: {}", said.err);
        assert!(said.err.contains("would replace it"), "{}", said.err);
    }
    assert_eq!(fs::read_to_string(folder.path().join("p.yaml")).unwrap(), plan);
    assert_eq!(fs::read_to_string(folder.path().join("world.yaml")).unwrap(), WORLD);
    // The head of the log is kept as well.
    let args = ["score", "p.yaml", "-w", "world.yaml", "--audit", "a.log", "--out", "a.log.head"];
    let said = run(folder.path(), &args, "");
    assert!(said.code == 4 && said.err.contains("would replace it"), "{}{}", said.out, said.err);
    let said = run(folder.path(), &["audit", "verify", "a.log"], "");
    assert!(said.code == 0, "{}{}", said.out, said.err);
}

#[test]
fn an_unknown_part_never_softens() {
    let block = score("[{ do: restart, target: orders, takes: 2h }]");
    let with = score("[{ do: restart, target: orders, takes: 2h }, { do: restart, target: mystery }]");
    assert_eq!((block.code, with.code), (2, 2));
    let said = score("[{ do: restart, target: orders, takes: 1m }, { do: restart, target: ordrs }]");
    assert!(said.code == 3 && said.out.contains("did you mean `orders`"), "{}", said.out);
}

#[test]
fn long_plans_and_rings_are_ordinary() {
    let steps: String = (0..500).map(|n| format!("- {{ id: s{n}, do: restart, target: orders, takes: 1s }}\n")).collect();
    let said = score(&steps);
    assert!(said.code == 3 || said.code == 0 || said.code == 2, "{}", said.err);
    let ring: String = (0..60).map(|n| format!("  r{n}: {{ in: [eu], needs: [r{}] }}\n", (n + 1) % 60)).collect();
    let folder = folder(&[
        ("ring.yaml", &format!("regions: [eu]\nservices:\n{ring}  front: {{ in: [eu], faces: customers, needs: [r0] }}\n")),
        ("p.yaml", "[{ do: restart, target: r30, takes: 2m }]"),
    ]);
    let said = run(folder.path(), &["score", "p.yaml", "-w", "ring.yaml"], "");
    assert!([0, 2, 3].contains(&said.code), "{}", said.err);
    assert!(said.out.contains("61 cells"), "the ring is down as a whole: {}", said.out);
}

fn json(folder: &Path, args: &[&str]) -> Value {
    let said = run(folder, &[args, &["--format", "json"]].concat(), "");
    serde_json::from_str(&said.out).unwrap_or_else(|e| panic!("{e}: {}{}", said.out, said.err))
}

#[test]
fn verdicts_are_deterministic_but_for_the_time() {
    let folder = folder(&[("p.yaml", "[{ do: deploy, target: orders }]")]);
    let once = |threads: &str| {
        let mut verdict = json(folder.path(), &["score", "p.yaml", "-w", "world.yaml", "--threads", threads]);
        verdict["verdict"]["binding"] = Value::Null;
        verdict
    };
    assert_eq!(once("1"), once("4"));
}

#[test]
fn a_verdict_is_bound_to_what_it_was_given_for() {
    let folder = folder(&[
        ("p.yaml", "[{ do: restart, target: orders, takes: 2m }]"),
        ("other.yaml", "[{ do: restart, target: orders, takes: 3m }]"),
        ("key", "0123456789abcdef0123456789abcdef\n"),
        ("a.yaml", "block: [ customers.outage_min.p95 > 3h ]"),
    ]);
    let at = folder.path();
    let verdict = at.join("v.json");
    assert_eq!(run(at, &["score", "p.yaml", "-w", "world.yaml", "--format", "json", "--out", "v.json"], "").code, 0);
    let verify = |args: &[&str]| run(at, &[&["verify", "v.json"], args].concat(), "");
    let holds = verify(&["p.yaml", "-w", "world.yaml"]);
    assert_eq!(holds.code, 0, "{}{}", holds.out, holds.err);
    let whole = fs::read_to_string(&verdict).unwrap();
    let refused = |args: &[&str], why: &str| {
        let said = verify(args);
        assert!(said.code == 2 && said.out.contains(why), "{args:?} {why}: {} {}{}", said.code, said.out, said.err);
    };
    refused(&["other.yaml", "-w", "world.yaml"], "another plan");
    refused(&["p.yaml", "-w", "world.yaml", "--appetite", "a.yaml"], "another appetite");
    refused(&["p.yaml", "-w", "world.yaml", "--actor", "coding-agent"], "other guardrails or another actor");
    refused(&["p.yaml", "-w", "world.yaml", "--key", "key"], "sealed with another key");
    // Blanks are no change, everything else is.
    fs::write(&verdict, whole.replace("\": ", "\":")).unwrap();
    assert_eq!(verify(&["p.yaml", "-w", "world.yaml"]).code, 0);
    for (from, to) in
        [("\"seed\": 42", "\"seed\": 43"), ("\"coverage\": ", "\"coverage\": 1"), ("\"expires\": \"2", "\"expires\": \"3")]
    {
        let changed = whole.replacen(from, to, 1);
        assert_ne!(changed, whole, "{from}");
        fs::write(&verdict, changed).unwrap();
        refused(&["p.yaml", "-w", "world.yaml"], "changed after it was sealed");
    }
    let missing = run(at, &["verify", "none.json", "p.yaml", "-w", "world.yaml"], "");
    assert!(missing.code == 4 && missing.err.contains("`none.json` cannot be read: there is no such file"), "{}", missing.err);
    fs::write(&verdict, "{}").unwrap();
    refused(&["p.yaml", "-w", "world.yaml"], "not a verdict");
    fs::write(&verdict, &whole).unwrap();
    fs::write(at.join("world.yaml"), WORLD.replace("restart: 2m", "restart: 3m")).unwrap();
    refused(&["p.yaml", "-w", "world.yaml"], "another world");
}

#[test]
fn a_verdict_that_was_forged_and_sealed_anew_is_found_out() {
    let folder = folder(&[("p.yaml", "[{ do: restart, target: orders, takes: 2h }]")]);
    let at = folder.path();
    assert_eq!(run(at, &["score", "p.yaml", "-w", "world.yaml", "--format", "json", "--out", "v.json"], "").code, 2);
    assert_eq!(run(at, &["verify", "v.json", "p.yaml", "-w", "world.yaml"], "").code, 2, "a block that holds is still a block");
    let forged = fs::read_to_string(at.join("v.json")).unwrap().replacen("\"decision\": \"block\"", "\"decision\": \"allow\"", 1);
    let seal = foreshock::verdict::binding::seal(&forged, None).unwrap();
    let old = serde_json::from_str::<Value>(&forged).unwrap()["verdict"]["binding"]["seal"].as_str().unwrap().to_owned();
    fs::write(at.join("v.json"), forged.replace(&old, &seal)).unwrap();
    let said = run(at, &["verify", "v.json", "p.yaml", "-w", "world.yaml"], "");
    assert!(said.code == 2 && said.out.contains("gives another verdict"), "{}", said.out);
}

/// Whatever a verdict says is judged again, not its decision alone.
#[test]
fn a_forged_part_of_a_verdict_is_found_out_and_named() {
    let folder = folder(&[("p.yaml", "[{ do: delete, target: [orders, db-a] }]")]);
    let at = folder.path();
    let scored = run(at, &["score", "p.yaml", "-w", "world.yaml", "--all", "--format", "json", "--out", "v.json"], "");
    let verify = || run(at, &["verify", "v.json", "p.yaml", "-w", "world.yaml"], "");
    assert_eq!(verify().code, scored.code, "{}", verify().out);
    let whole: Value = serde_json::from_str(&fs::read_to_string(at.join("v.json")).unwrap()).unwrap();
    for (part, value, named) in [
        ("/findings", serde_json::json!([]), "findings"),
        ("/coverage", 0.999.into(), "coverage"),
        ("/headline", "nothing happens".into(), "headline"),
        ("/customers/outage_min/p50", 12345.0.into(), "customers"),
        ("/verdict/reasons", serde_json::json!([]), "verdict.reasons"),
        ("/verdict/limits/0/holds", false.into(), "verdict.limits"),
        ("/verdict/confidence", 0.5.into(), "verdict.confidence"),
        ("/services/orders/outage_min/p95", 12345.0.into(), "services"),
    ] {
        let mut forged = whole.clone();
        *forged.pointer_mut(part).unwrap_or_else(|| panic!("{part}")) = value;
        assert!(forged != whole, "{part} says so already");
        let seal = foreshock::verdict::binding::seal(&forged.to_string(), None).unwrap();
        forged["verdict"]["binding"]["seal"] = seal.into();
        fs::write(at.join("v.json"), forged.to_string()).unwrap();
        let said = verify();
        assert!(said.code == 2 && said.out.contains(named), "{part}: {} {}", said.code, said.out);
    }
}

/// A verdict has a seed and a budget of its own; others would be passed over in silence.
#[test]
fn verify_takes_no_luck_of_its_own() {
    let folder = folder(&[("p.yaml", "[{ do: restart, target: orders, takes: 2m }]")]);
    let at = folder.path();
    assert_eq!(run(at, &["score", "p.yaml", "-w", "world.yaml", "--format", "json", "--out", "v.json"], "").code, 0);
    for option in ["--seed", "--trials"] {
        let said = run(at, &["verify", "v.json", "p.yaml", "-w", "world.yaml", option, "7"], "");
        assert!(said.code == 4 && said.err.contains(option), "{} {}{}", said.code, said.out, said.err);
    }
}

#[test]
fn a_verdict_expires() {
    let folder = folder(&[("p.yaml", "[{ do: restart, target: orders, takes: 2m }]")]);
    let at = folder.path();
    let mut command = Command::cargo_bin("foreshock").unwrap();
    command.current_dir(at).env("SOURCE_DATE_EPOCH", "1700000000").args([
        "score",
        "p.yaml",
        "-w",
        "world.yaml",
        "--format",
        "json",
        "--out",
        "v.json",
    ]);
    assert_eq!(command.output().unwrap().status.code(), Some(0));
    let verify = ["verify", "v.json", "p.yaml", "-w", "world.yaml"];
    let said = run(at, &verify, "");
    assert!(said.code == 2 && said.out.contains("expired at 2023-11-14T23:13:20Z"), "{}", said.out);
    // Nobody keeps it alive by stopping the clock of builds.
    let said = run_at(at, &verify, "1700000000");
    assert!(said.code == 2 && said.out.contains("expired at 2023-11-14T23:13:20Z"), "{}", said.out);
}

/// What the world does not count is not known to be nothing.
#[test]
fn a_loss_that_nobody_counts_is_never_allowed() {
    let world = |of_shop: &str| {
        format!(
            "{{ regions: [eu], services: {{ shop: {{ faces: customers, needs: [db]{of_shop} }}, tool: {{ faces: customers, traffic: 1/min, customers: 1, needs: none }}, db: {{ needs: none }} }} }}"
        )
    };
    let appetite = |limits: &str| format!("{{ {limits}, trials: 2000 }}");
    let folder = folder(&[
        ("p.yaml", "[{ do: restart, target: db, takes: 2m }]"),
        ("silent.yaml", &world("")),
        ("counted.yaml", &world(", traffic: 1/min, customers: 1")),
        ("minutes.yaml", &appetite("block: [ customers.minutes_lost.p95 > 100 ]")),
        ("requests.yaml", &appetite("review: [ customers.requests_lost.p95 > 100 ]")),
        ("service.yaml", &appetite("block: [ services.shop.requests_lost.mean > 100 ]")),
        ("region.yaml", &appetite("block: [ region.eu.minutes_lost.p50 > 100 ]")),
        ("outage.yaml", &appetite("block: [ customers.outage_min.p95 > 1h ]")),
    ]);
    let score = |world, appetite| run(folder.path(), &["score", "p.yaml", "-w", world, "--appetite", appetite], "");
    for limits in ["minutes.yaml", "requests.yaml", "service.yaml", "region.yaml"] {
        let said = score("silent.yaml", limits);
        assert!(said.code == 3 && said.out.contains("there says its `"), "{limits}: {}{}", said.out, said.err);
        let said = score("counted.yaml", limits);
        assert_eq!(said.code, 0, "{limits}: {}{}", said.out, said.err);
    }
    assert_eq!(score("silent.yaml", "outage.yaml").code, 0);
}

#[test]
fn a_limit_that_never_holds_is_a_mistake() {
    for (limit, hint) in [
        ("data_lost_for_good > 1", "write `1%`"),
        ("never_recovered > 100%", "less than 100%"),
        ("customers.outage_min.p95 < 0h", "never below zero"),
        ("coverage < 0%", "never below zero"),
        ("affected_cells.p90 < 0", "never below zero"),
        ("regions > 0 and customers.states.down > 1", "write `1%`"),
    ] {
        let appetite = format!("block: [ {limit} ]");
        let folder = folder(&[("p.yaml", "[{ do: restart, target: orders }]"), ("a.yaml", &appetite)]);
        let said = run(folder.path(), &["score", "p.yaml", "-w", "world.yaml", "--appetite", "a.yaml"], "");
        assert!(
            said.code == 4 && said.err.contains("never holds") && said.err.contains(hint),
            "{limit}: {}{}",
            said.out,
            said.err
        );
    }
}

#[test]
fn the_audit_log_tells_any_edit() {
    let folder = folder(&[("p.yaml", "[{ do: restart, target: orders, takes: 2m }]")]);
    let at = folder.path();
    for _ in 0..3 {
        assert_eq!(run(at, &["score", "p.yaml", "-w", "world.yaml", "--audit", "log.jsonl"], "").code, 0);
    }
    let verify = |args: &[&str]| run(at, &[&["audit", "verify", "log.jsonl"], args].concat(), "");
    let good = verify(&[]);
    assert!(good.code == 0 && good.out.contains("3 entries"), "{}{}", good.out, good.err);
    let whole = fs::read_to_string(at.join("log.jsonl")).unwrap();
    let lines: Vec<&str> = whole.lines().collect();
    for (changed, why) in [
        (whole.replacen("allow", "block", 1), "line 1: it was changed"),
        (format!("{}\n{}\n", lines[0], lines[2]), "line 2: the number"),
        (format!("{}\n{}\n", lines[0], lines[1]), "the end was cut off: 2 entries of 3"),
        (String::new(), "the end was cut off"),
    ] {
        fs::write(at.join("log.jsonl"), changed).unwrap();
        let said = verify(&[]);
        assert!(said.code == 2 && said.out.contains(why), "{why}: {}", said.out);
        // A verdict that cannot be written down is not given.
        if why.contains("cut off") {
            let said = run(at, &["score", "p.yaml", "-w", "world.yaml", "--audit", "log.jsonl"], "");
            assert!(said.code == 4 && said.out.is_empty(), "{}", said.out);
        }
    }
}

#[test]
fn processes_that_append_at_once_lose_nothing() {
    let folder = folder(&[("p.yaml", "[{ do: inspect, target: orders }]")]);
    let at = folder.path();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                (0..3).for_each(|_| {
                    assert_eq!(run(at, &["score", "p.yaml", "-w", "world.yaml", "--audit", "log.jsonl"], "").code, 0)
                })
            });
        }
    });
    let said = run(at, &["audit", "verify", "log.jsonl"], "");
    assert!(said.code == 0 && said.out.contains("12 entries"), "{}", said.out);
}

#[test]
fn a_budget_burns() {
    let slo = "apiVersion: openslo/v1\nkind: SLO\nmetadata: { name: checkout-availability }\nspec:\n  service: checkout\n  timeWindow:\n    - duration: 28d\n      isRolling: true\n  budgetingMethod: Timeslices\n  objectives:\n    - target: 0.999\n      timeSliceTarget: 0.99\n      timeSliceWindow: 1m\n  alertPolicies:\n";
    let folder = folder(&[
        ("p.yaml", "[{ do: restart, target: orders, takes: 15m 18s }]".replace("15m 18s", "15m18s").as_str()),
        ("slo.yaml", slo),
    ]);
    let verdict = json(folder.path(), &["score", "p.yaml", "-w", "world.yaml", "--slo", "slo.yaml"]);
    for name in ["checkout", "checkout-availability"] {
        let burnt = verdict["verdict"]["slo"]["objectives"][name]["budget_burnt"]["p50"].as_f64().unwrap();
        // 15.3 of 40.32 minutes.
        assert!((burnt - 0.3795).abs() < 0.001, "{name}: {burnt}");
    }
    let said = run(folder.path(), &["score", "p.yaml", "-w", "world.yaml"], "");
    assert!(said.out.contains("burns 38% of the 28d budget of checkout"), "{}", said.out);
    assert!(said.out.contains("slo.budget_burnt.p50 is 38%"), "a limit on a budget speaks of it in the same way: {}", said.out);
    fs::write(folder.path().join("a.yaml"), "review: [ slo.objectives.nobody.budget_burnt.p95 > 25% ]").unwrap();
    let said = run(folder.path(), &["score", "p.yaml", "-w", "world.yaml", "--appetite", "a.yaml"], "");
    assert!(said.code == 4 && said.err.contains("objectives: checkout"), "{}", said.err);
}

/// What was promised of a service that nobody described is judged by nothing: that is no pass, where the appetite limits budgets.
#[test]
fn a_promise_that_cannot_be_judged_is_not_kept() {
    let slo = "apiVersion: openslo/v1\nkind: SLO\nspec:\n  service: invoicing\n  timeWindow: [{ duration: 28d }]\n  budgetingMethod: Occurrences\n  objectives: [{ target: 0.999 }]\n";
    let folder = folder(&[
        ("p.yaml", "[{ do: inspect, target: orders }]"),
        ("slo.yaml", slo),
        ("a.yaml", "block: [ customers.outage_min.p95 > 1h ]"),
    ]);
    assert_eq!(run(folder.path(), &["score", "p.yaml", "-w", "world.yaml"], "").code, 0);
    let said = run(folder.path(), &["score", "p.yaml", "-w", "world.yaml", "--slo", "slo.yaml"], "");
    assert!(said.code == 3 && said.out.contains("`invoicing`"), "{} {}", said.code, said.out);
    assert!(said.err.contains("leave the document out"), "{}", said.err);
    // Nothing asks for budgets there.
    let args = ["score", "p.yaml", "-w", "world.yaml", "--slo", "slo.yaml", "--appetite", "a.yaml"];
    assert_eq!(run(folder.path(), &args, "").code, 0);
}

/// A slice is bad below 99 % and the service counts as out below 50 %: at a level of 70 % the budget burns unseen.
#[test]
fn slices_that_are_bad_before_an_outage_are_not_taken_for_good() {
    let world = |below: &str| {
        format!(
            "regions: [eu]\nservices:\n  shop: {{ in: [eu], faces: customers, needs: [{{ need: b, share: 30% }}], {below} }}\n  b: {{ in: [eu], needs: none, recreate: 60m }}"
        )
    };
    let slo = "apiVersion: openslo/v1\nkind: SLO\nspec:\n  service: shop\n  timeWindow: [{ duration: 28d }]\n  budgetingMethod: Timeslices\n  objectives: [{ target: 0.9, timeSliceTarget: 0.99 }]\n";
    let folder = folder(&[
        ("p.yaml", "[{ do: recreate, target: b, fails: 0% }]"),
        ("low.yaml", &world("impaired-below: 50%")),
        ("high.yaml", &world("impaired-below: 99%")),
        ("slo.yaml", slo),
        ("a.yaml", "{ block: [ slo.budget_burnt.p50 > 50% ] }"),
    ]);
    let judged =
        |world: &str| run(folder.path(), &["score", "p.yaml", "-w", world, "--slo", "slo.yaml", "--appetite", "a.yaml"], "");
    let low = judged("low.yaml");
    assert_eq!(low.code, 3, "{}{}", low.out, low.err);
    let told = low.err.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("slices of `shop` are bad below 99%, and it counts as out below 50%"), "{}", low.err);
    assert!(low.err.contains("impaired-below: 99%"), "{}", low.err);
    // By hand: an hour of 28 days x 10 %, that is of 67.2 hours.
    let high = judged("high.yaml");
    assert!(high.code == 0 && high.err.is_empty() && high.out.contains("1.5%"), "{} {}{}", high.code, high.out, high.err);
}

#[test]
fn the_documents_of_openslo_are_read() {
    let shared = Path::new("../shared/inputs/callgraph/openslo");
    let Ok(entries) = fs::read_dir(shared) else {
        eprintln!("skipped: the OpenSLO documents are not here");
        return;
    };
    let folder = folder(&[
        ("p.yaml", "[{ do: restart, target: web-shop, takes: 3m }]"),
        (
            "web.yaml",
            "regions: [eu]\nservices:\n  web-shop: { in: [eu], faces: customers, needs: none }\n  web-availability: { in: [eu], needs: [web-shop] }",
        ),
    ]);
    let mut args = vec!["score".to_owned(), "p.yaml".to_owned(), "-w".to_owned(), "web.yaml".to_owned()];
    for entry in entries {
        args.extend(["--slo".to_owned(), fs::canonicalize(entry.unwrap().path()).unwrap().to_string_lossy().into_owned()]);
    }
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let verdict = json(folder.path(), &args);
    let objectives = verdict["verdict"]["slo"]["objectives"].as_object().unwrap();
    assert_eq!(objectives.len(), 4, "{objectives:?}");
    // Three of 14 days x 1 %: 201.6 minutes.
    let burnt = objectives["main-page"]["budget_burnt"]["p50"].as_f64().unwrap();
    assert!((burnt - 3.0 / 201.6).abs() < 1e-4, "{burnt}");
}

#[test]
fn advice_can_be_scored_and_compared() {
    let folder = folder(&[("p.yaml", "[{ do: recreate, target: db-a }, { do: recreate, target: db-b, after: [] }]")]);
    let at = folder.path();
    let said = run(at, &["advise", "p.yaml", "-w", "world.yaml", "--take", "1", "--out", "safer.yaml"], "");
    assert!([0, 2, 3].contains(&said.code), "{}", said.err);
    let advice = json(at, &["advise", "p.yaml", "-w", "world.yaml"]);
    let said = run(at, &["score", "safer.yaml", "-w", "world.yaml"], "");
    assert_eq!(
        said.out.split_whitespace().next().unwrap().to_lowercase(),
        advice["plans"][0]["figures"]["decision"].as_str().unwrap()
    );
    let compared = json(at, &["compare", "p.yaml", "safer.yaml", "--world", "world.yaml", "--trials", "500"]);
    let variants = compared["variants"].as_object().unwrap();
    assert!(variants.contains_key("safer.yaml") && variants.contains_key("doing nothing"));
    assert_eq!(compared["variants"]["doing nothing"]["report"]["affected_cells"]["max"], 0.0);
    assert!(compared["notes"][0].as_str().unwrap().starts_with("verdict on `p.yaml`"), "{}", compared["notes"]);
    // What it says gives the same again does; a plan beside its world cannot be run or traced by itself.
    let said = run(at, &["compare", "p.yaml", "safer.yaml", "--world", "world.yaml", "--trials", "500"], "").out;
    assert!(said.contains("foreshock compare p.yaml safer.yaml --world world.yaml --seed 42 --trials 500"), "{said}");
    assert!(!said.contains("foreshock trace") && !said.contains("foreshock run"), "{said}");
}

/// Whoever writes a plan writes its title, and titles are printed into logs that obey lines which begin with `::`.
#[test]
fn no_title_commands_a_pipeline() {
    for title in
        ["::error::pwned".to_owned(), format!("{} ::add-mask::BLOCK", "x".repeat(70)), "##[error]pwned ##vso[task.x]".to_owned()]
    {
        let plan = format!("title: '{title}'\nabout: '::warning::x'\nplan: [{{ do: delete, target: orders }}]\n");
        let folder = folder(&[("p.yaml", &plan)]);
        for command in [
            "score p.yaml",
            "score p.yaml --format markdown",
            "score p.yaml --format csv",
            "advise p.yaml",
            "advise p.yaml --format markdown",
            "compare p.yaml p.yaml",
        ] {
            let args: Vec<&str> = command.split(' ').chain(["-w", "world.yaml"]).collect();
            let said = run(folder.path(), &args, "");
            let obeyed = |line: &str| line.trim_start().starts_with("::") || line.contains("##[") || line.contains("##vso[");
            assert!(!said.out.lines().chain(said.err.lines()).any(obeyed), "{command}: {}", said.out);
        }
    }
}

/// The minute that many minutes from now, as a plan says when it starts.
fn in_minutes(minutes: u64) -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let minute = now / 60 + minutes;
    // Days since 1970 in the calendar, by counting years and months.
    let (mut day, mut year, mut month) = (minute / 1440, 1970, 0);
    let leap = |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    while day >= 365 + u64::from(leap(year)) {
        day -= 365 + u64::from(leap(year));
        year += 1;
    }
    let lengths = [31, 28 + u64::from(leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    while day >= lengths[month] {
        day -= lengths[month];
        month += 1;
    }
    format!("{year}-{:02}-{:02}T{:02}:{:02}Z", month + 1, day + 1, minute / 60 % 24, minute % 60)
}

/// A plan that is allowed at three in the night is not allowed in the afternoon, where the hour counts.
#[test]
fn a_verdict_for_another_hour_does_not_hold_now() {
    let plan = |starts: &str| format!("{{ starts: {starts}, plan: [{{ do: inspect, target: orders }}] }}");
    let freeze = "[ freeze-window: { from: 22:00, to: 22:30 } ]";
    // Whether a verdict holds is a matter of the real clock.
    let (soon, later) = (in_minutes(27), in_minutes(16 * 60));
    let folder = folder(&[("soon.yaml", &plan(&soon)), ("later.yaml", &plan(&later)), ("g.yaml", freeze)]);
    let now = |args: &[&str]| run(folder.path(), args, "");
    let verified = |plan: &str, more: &[&str]| {
        let with = [["-w", "world.yaml"].as_slice(), more].concat();
        now(&[&["score", plan, "--format", "json", "--out", "v.json"], with.as_slice()].concat());
        now(&[&["verify", "v.json", plan], with.as_slice()].concat())
    };
    assert_eq!(verified("soon.yaml", &["-g", "g.yaml"]).code, 0);
    let said = verified("later.yaml", &["-g", "g.yaml"]);
    assert!(said.code == 2 && said.out.contains(&format!("a start at {later}, and")), "{}", said.out);
    assert!(
        said.out.contains("since a freeze window") && said.out.contains("score it again when the start is at most"),
        "{}",
        said.out
    );
    assert_eq!(verified("later.yaml", &[]).code, 0, "nothing hangs on the hour");
    // The verdict says so itself, wherever it says what it holds for.
    let scored = |format: &str, more: &[&str]| {
        let out = now(&[&["score", "soon.yaml", "-w", "world.yaml", "--format", format], more].concat()).out;
        out.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    for format in ["text", "markdown", "json", "html"] {
        let said = scored(format, &["-g", "g.yaml"]);
        assert!(said.contains(&format!("hangs on the hour, since a freeze window stands before the plan: it is for a start at {soon}, or within 1h of it.")), "{format}: {said}");
        assert!(!scored(format, &[]).contains("hangs on the hour"), "{format}");
    }
    // Traffic that varies counts only where a limit counts traffic.
    let half = |share| [share; 12].join(", ");
    let varying = format!("traffic-by-hour: {{ offset: Z, hours: [{}, {}] }}\n{WORLD}", half("1"), half("3"));
    fs::write(folder.path().join("world.yaml"), varying).unwrap();
    fs::write(folder.path().join("outage.yaml"), "block: [ customers.outage_min.p95 > 4h ]").unwrap();
    fs::write(folder.path().join("lost.yaml"), "block: [ customers.requests_lost.p95 > 1000000 ]").unwrap();
    assert_eq!(verified("later.yaml", &["--appetite", "outage.yaml"]).code, 0);
    assert_eq!(verified("soon.yaml", &["--appetite", "lost.yaml"]).code, 0);
    let said = verified("later.yaml", &["--appetite", "lost.yaml"]);
    assert!(said.code == 2 && said.out.contains("traffic varies and `customers.requests_lost.p95` counts it"), "{}", said.out);
}

#[test]
fn a_command_that_is_suggested_keeps_what_was_given() {
    let folder = folder(&[
        ("p.yaml", "[{ do: delete, target: orders }]"),
        ("a b.yaml", "block: [ customers.outage_min.p95 > 1m ]"),
        ("g.yaml", "guardrails: [ dry-run: {} ]"),
    ]);
    let with = "--world world.yaml --guardrails g.yaml --appetite 'a b.yaml' --actor coding-agent --seed 7 --trials 900";
    let args: Vec<String> = with.replace("'a b.yaml'", "a*b.yaml").split(' ').map(|word| word.replace('*', " ")).collect();
    let args: Vec<&str> = ["score", "p.yaml"].into_iter().chain(args.iter().map(String::as_str)).collect();
    let said = run(folder.path(), &args, "");
    assert!(said.out.contains(&format!("foreshock advise p.yaml {with}\n")), "{}{}", said.out, said.err);
}

#[test]
fn what_is_not_compared_is_told() {
    let folder = folder(&[("p.yaml", "[{ do: restart, target: ordrs }]"), ("q.yaml", "[{ do: inspect, target: orders }]")]);
    let compare = |more: &[&str]| run(folder.path(), &[&["compare", "p.yaml", "q.yaml", "-w", "world.yaml"], more].concat(), "");
    let said = compare(&[]);
    assert!(said.code == 3 && said.err.contains("p.yaml:1:25") && said.err.contains("did you mean `orders`?"), "{}", said.err);
    let said = compare(&["--max-file-size", "10B"]);
    assert!(said.code == 4 && said.err.contains("is larger than 10 bytes"), "{} {}", said.code, said.err);
    assert_eq!(compare(&["--ignore-guardrails"]).code, 4);
}

#[test]
fn a_limit_beyond_ten_years_is_told_to_be_one() {
    let appetite = "block: [ customers.outage_min.p95 > 100000d ]";
    let folder = folder(&[("p.yaml", "[{ do: restart, target: orders }]"), ("a.yaml", appetite)]);
    let said = run(folder.path(), &["score", "p.yaml", "-w", "world.yaml", "--appetite", "a.yaml"], "");
    assert!(said.code == 4 && said.err.contains("`100000d` is longer than ten years"), "{}", said.err);
}

#[test]
fn a_summary_that_is_not_wanted_is_not_written() {
    let folder = folder(&[("p.yaml", "[{ do: inspect, target: shop }]")]);
    let mut command = Command::cargo_bin("foreshock").unwrap();
    command.current_dir(folder.path()).env("GITHUB_STEP_SUMMARY", "");
    let said = said(command.args(["score", "p.yaml", "-w", "world.yaml", "--format", "github"]));
    assert_eq!(said.code, 0, "{}", said.err);
}

#[test]
fn a_workflow_gets_annotations_and_a_summary() {
    let folder = folder(&[("p.yaml", "[{ do: delete, target: [db-a, db-b] }]")]);
    let mut command = Command::cargo_bin("foreshock").unwrap();
    command.current_dir(folder.path()).env("GITHUB_STEP_SUMMARY", folder.path().join("summary.md")).args([
        "score",
        "p.yaml",
        "-w",
        "world.yaml",
        "--format",
        "github",
    ]);
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let out = String::from_utf8(output.stdout).unwrap();
    assert!(out.lines().all(|l| l.starts_with("::")) && out.contains("::error file=p.yaml,line=1,"), "{out}");
    assert!(fs::read_to_string(folder.path().join("summary.md")).unwrap().contains("Block"));
}

//! What is said beside figures, wherever they are read: from when on a loss is felt, who is counted, what a machine saw too late or not at all.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use assert_cmd::Command;
use serde_json::Value;
use std::fs;

/// What the program prints of a file, in one line.
fn said(text: &str, command: &str, more: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file.yaml");
    fs::write(&file, text).unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_foreshock"));
    program.arg(command).arg(&file).args(more).args(["--color", "never"]);
    let printed = String::from_utf8(program.assert().success().get_output().stdout.clone()).unwrap();
    printed.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn json(text: &str, command: &str, more: &[&str]) -> Value {
    serde_json::from_str(&said(text, command, &[more, &["--format", "json"]].concat())).unwrap()
}

/// The shop loses a share of its requests at once, and fails when its copy is out of date.
const SHOP: &str = "
regions: [r]
services:
  db: { in: [r], needs: none }
  cache: { in: [r], needs: [db] }
  shop: { in: [r], faces: customers, needs: [{ need: db, share: 30% }, { need: cache, hold: 15m }] }
";

#[test]
fn reach_says_from_when_on_anything_is_felt() {
    let cell = &json(SHOP, "reach", &["db"])["reached"][2];
    assert_eq!((&cell["tie"], &cell["felt_min"], &cell["hold_min"]), (&"hard".into(), &0.0.into(), &15.0.into()), "{cell}");
    for format in ["text", "markdown"] {
        let printed = said(SHOP, "reach", &["db", "--format", format]);
        assert!(printed.contains("15m, felt at once"), "{format}: {printed}");
    }
    assert!(said(SHOP, "reach", &["db", "--format", "csv"]).contains("shop@r,hard,cache@r,cache,2,15,0,1,true"), "csv");
}

/// Two services that customers use are away for an hour; one of them says how much that is: 60 requests, 600 customer-minutes.
const TWO: &str = "
title: Two shops
world:
  regions: [r]
  services:
    db: { in: [r], needs: none }
    shop: { in: [r], faces: customers, traffic: 1/min, customers: 10, needs: [db] }
    silent: { in: [r], faces: customers, needs: [db] }
plan: [{ do: recreate, target: db, takes: 60m, fails: 0% }]
trials: 20
";

#[test]
fn a_loss_says_who_is_counted() {
    let counts = [("requests_counted", "traffic"), ("minutes_counted", "customers")];
    let customers = &json(TWO, "run", &[])["customers"];
    for (key, of) in counts {
        assert_eq!((&customers[key]["services"], &customers[key]["declare"]), (&2.into(), &1.into()), "{customers}");
        for format in ["text", "markdown", "html"] {
            let printed =
                said(TWO, "run", &["--format", format]).replace("<code>", "").replace("</code>", "").replace(['`', '\\'], "");
            let told = format!(
                "Only 1 of the 2 services that customers miss says its {of} everywhere: what is not said is not counted."
            );
            assert!(printed.contains(&told), "{format}: {printed}");
        }
        let all = TWO.replace(
            "silent: { in: [r], faces: customers,",
            "silent: { in: [r], faces: customers, traffic: 1/min, customers: 1,",
        );
        assert!(json(&all, "run", &[])["customers"].get(key).is_none(), "all of them are counted");
    }
}

/// A re-creation is harm by its very work, and gives back what it took: nothing is left to be rolled back, or to be stopped.
const LATE: &str = "
title: Seen when it was done
world:
  regions: [r]
  teams: { t: { detect: 5m, engage: 60m, diagnose: 5m } }
  services:
    b: { in: [r], team: t, env: production, needs: none }
    c: { in: [r], team: t, env: production, needs: none }
plan:
  - { id: rebuild, do: recreate, target: b, takes: 10m, fails: 0% }
  - { id: then, do: recreate, target: c, takes: 10m, fails: 0% }
guardrails:
  - staged: { stages: [all], bake: 10m, detects: 100% }
trials: 20
";

#[test]
fn a_stage_that_saw_it_too_late_says_that_the_plan_ends() {
    let report = json(LATE, "run", &[]);
    let guardrail = &report["why"]["guardrails"][0];
    assert_eq!((&guardrail["stopped"], &guardrail["late"]), (&0.0.into(), &1.0.into()), "{guardrail}");
    assert_eq!(report["plan_stopped"], 1.0);
    for format in ["text", "markdown"] {
        let printed = said(LATE, "run", &["--format", format]).replace('\\', "");
        assert!(printed.contains("sees a harm too late to spare anything: 1; the plan ends there."), "{format}: {printed}");
    }
}

/// Noticed after 5 minutes, whatever a machine then does.
const DEFECT: &str = "
title: A defect
world:
  regions: [one, two]
  teams: { t: { detect: 5m, engage: 60m, diagnose: 5m } }
  services:
    b: { in: [one, two], team: t, env: production, needs: none, rollback: 20m }
plan:
  - { do: deploy, target: b@one, leaves: defective, takes: 1m, fails: 0%, verify: 1h }
guardrails: [ GUARD ]
trials: 20
";

/// By hand: harm that a machine takes back is stopped; what it cannot take back it saw too late; what it does not see in time it
/// missed. Steps that never come are no harm of this one.
#[test]
fn a_machine_that_saves_nothing_stops_nothing() {
    let counts = |guard: &str, more: &str| {
        let text = DEFECT.replace("GUARD", guard).replace("guardrails:", &format!("{more}guardrails:"));
        let report = json(&text, "run", &[]);
        let effect = &report["why"]["guardrails"][0];
        let count = |key: &str| effect.get(key).map_or(0.0, |n| n.as_f64().unwrap());
        (count("stopped"), count("late"), count("missed"), report["controls"]["stopped"].as_f64().unwrap())
    };
    let then = "  - { do: deploy, target: b@two, leaves: defective, takes: 1m, fails: 0% }\n";
    let soon = "automatic-rollback: { within: 10m, takes: 5m, works: 100% }";
    assert_eq!(counts(soon, ""), (1.0, 0.0, 0.0, 1.0));
    let vain = "automatic-rollback: { within: 10m, takes: 5m, works: 0% }";
    assert_eq!(counts(vain, ""), (0.0, 1.0, 0.0, 0.0));
    assert_eq!(counts(vain, then), (0.0, 1.0, 0.0, 0.0));
    assert_eq!(counts("automatic-rollback: { within: 4m, takes: 5m, works: 100% }", ""), (0.0, 0.0, 1.0, 0.0));
    let staged = "staged: { stages: [all], bake: 10m, detects: 100%, shows: 100% }";
    assert_eq!(counts(staged, ""), (1.0, 0.0, 0.0, 1.0));
    assert_eq!(counts(&staged.replace("10m", "4m"), ""), (0.0, 0.0, 1.0, 0.0));
}

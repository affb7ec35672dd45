//! Variants, and scenarios that are compared, as their users meet them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use assert_cmd::Command;
use std::fs;
use std::process::Output;
use tempfile::TempDir;

const SCENARIO: &str = "trials: 20
world: { regions: [here], services: { shop: { in: [here], faces: customers, needs: none } } }
faults: [ { down: shop, for: 2h } ]
";

/// A folder with the scenario under a name, and what stands below it.
fn write(folder: &TempDir, name: &str, more: &str) -> String {
    let path = folder.path().join(name);
    fs::write(&path, format!("{SCENARIO}{more}\n")).unwrap();
    path.to_str().unwrap().to_owned()
}

fn foreshock(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_foreshock")).args(args).env_remove("NO_COLOR").output().unwrap()
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn every_format_says_what_a_variant_was_expected_to_show() {
    let folder = TempDir::new().unwrap();
    let plan = write(&folder, "plan.yaml", "variants: { ex: { expect: [ customers.outage_min.p50 < 1h ] } }");
    for format in ["text", "markdown", "html", "github", "junit", "sarif"] {
        let output = foreshock(&["run", &plan, "--format", format]);
        assert_eq!(output.status.code(), Some(1), "{format}");
        let text = told(&output).replace("&lt;", "<").to_lowercase();
        let says = |part: &str| text.contains(part);
        assert!(says("customers.outage_min.p50 < 1h"), "{format}: {text}");
        assert!(says("not met") || says("not hold"), "{format}: {text}");
        assert!(says("variant ex") || says(": ex\""), "{format}: {text}");
    }
}

#[test]
fn one_that_is_compared_has_its_own_file_and_says_whose_horizon_counts() {
    let folder = TempDir::new().unwrap();
    let (a, b) = (write(&folder, "a.yaml", "horizon: 1d"), write(&folder, "b.yaml", "horizon: 3d"));
    let report: serde_json::Value = serde_json::from_slice(&foreshock(&["compare", &a, &b, "--format", "json"]).stdout).unwrap();
    assert_eq!(report["scenario"]["file"], *a);
    assert_eq!(report["variants"][&b]["report"]["scenario"]["file"], *b);
    let note = format!("`{b}` is followed for 24h here, as `{a}` is; run alone, for 3d");
    assert_eq!(report["notes"][0], *note, "{report}");
    let same = told(&foreshock(&["compare", &a, &a]));
    assert!(!same.contains("run alone"), "{same}");
    let help = told(&foreshock(&["compare", "--help"])).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(help.contains("the same horizon (those of A)"), "{help}");
}

#[test]
fn a_variant_cannot_have_trials_of_its_own() {
    let folder = TempDir::new().unwrap();
    for (key, column) in [("trials: 50", 19), ("precision: 10%", 19), ("trials: null", 19)] {
        let plan = write(&folder, "plan.yaml", &format!("variants: {{ ex: {{ {key} }} }}"));
        let output = foreshock(&["check", &plan]);
        let text = told(&output);
        let word = key.split(':').next().unwrap();
        assert_eq!(output.status.code(), Some(4), "{text}");
        assert!(text.contains(&format!("`ex` is a variant and cannot have `{word}`")), "{text}");
        assert!(text.contains(&format!("plan.yaml:4:{column}")) && text.contains("write it beside `variants`"), "{text}");
    }
}

#[test]
fn a_seed_of_its_own_is_not_the_same_luck_and_stays() {
    let folder = TempDir::new().unwrap();
    let plan = write(&folder, "plan.yaml", "variants: { other: { seed: 7 }, like: { title: like } }");
    for format in ["text", "markdown", "html"] {
        let text = told(&foreshock(&["run", &plan, "--format", format]));
        let plain = text.split('<').map(|part| part.rsplit('>').next().unwrap_or_default()).collect::<String>();
        let said = if format == "html" { plain } else { text }.replace('`', "").to_lowercase();
        assert!(said.contains("not the same luck: other has the seed 7"), "{format}: {said}");
        assert!(!said.contains("the same luck, one thing changed") && !said.contains("under the same luck"), "{format}");
    }
    let json = foreshock(&["run", &plan, "--seed", "9", "--format", "json"]).stdout;
    let report: serde_json::Value = serde_json::from_slice(&json).unwrap();
    let seeds = [&report["seed"], &report["variants"]["like"]["report"]["seed"], &report["variants"]["other"]["report"]["seed"]];
    assert_eq!(seeds, [9, 9, 7], "the other keeps the seed of its own");
}

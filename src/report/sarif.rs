//! SARIF 2.1.0: what is found as results with a place in a file, for code-scanning views.
//!
//! In: a report with a verdict (findings and limits), reports of runs (what was expected and does not hold), or mistakes of files. Out: one
//! run with its rules and results. `partialFingerprints` do not change with line numbers, so that a known result stays known.

use super::checked::{Checked, Mistake};
use super::data::{Expectation, Report};
use super::json::pretty;
use super::place::{Place, is_standard_input};
use super::verdict::{Decision, Finding, LimitState, Verdict, Weight};
use super::{Format, View};
use crate::diag::codes::{self, Page};
use crate::findings::{self, RULES};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// The format `sarif`.
#[derive(Debug)]
pub struct Sarif;

/// The rule of what is expected.
const EXPECT: &str = "E-expect";

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

impl Format for Sarif {
    fn name(&self) -> &'static str {
        "sarif"
    }

    fn reports(&self, reports: &[Report], _view: &View) -> Option<String> {
        pretty(&of_runs(reports))
    }

    fn verdict(&self, report: &Report, _view: &View) -> Option<String> {
        let verdict = report.verdict.as_ref()?;
        pretty(&document(report, verdict))
    }

    fn checked(&self, checked: &Checked, _view: &View) -> Option<String> {
        pretty(&of_files(checked))
    }
}

/// What a run of the program found: with its rules, and whatever else is to be said of it.
fn log(rules: &[Value], results: &[Value], more: Value) -> Value {
    let mut run = json!({
        "tool": { "driver": {
            "name": "foreshock",
            "semanticVersion": env!("CARGO_PKG_VERSION"),
            "version": env!("CARGO_PKG_VERSION"),
            "rules": rules,
        } },
        "columnKind": "unicodeCodePoints",
        "results": results,
    });
    if let (Some(run), Value::Object(more)) = (run.as_object_mut(), more) {
        run.extend(more);
    }
    json!({ "$schema": SCHEMA, "version": "2.1.0", "runs": [run] })
}

/// What runs and their variants were expected to show and did not.
fn of_runs(reports: &[Report]) -> Value {
    let unmet = |report: &Report| {
        report.expected().filter(|(_, line)| !line.met).map(|(of, line)| expectation(&of, line, report)).collect()
    };
    let results: Vec<Value> = reports.iter().flat_map(|report| -> Vec<Value> { unmet(report) }).collect();
    let title = "what is expected does not hold";
    let rules = vec![json!({
        "id": EXPECT,
        "name": "expect",
        "shortDescription": { "text": title },
        "fullDescription": { "text": title },
        "help": { "text": "Lines of `expect` stand in the scenario; `foreshock run` tells the figures." },
        "defaultConfiguration": { "level": "error" },
    })];
    let complete = reports.iter().all(|report| report.complete);
    log(
        &rules,
        &results,
        json!({ "automationDetails": { "id": "foreshock/run/" }, "invocations": [{ "executionSuccessful": complete }] }),
    )
}

fn expectation(of: &str, line: &Expectation, report: &Report) -> Value {
    let value = line.value.map_or_else(String::new, |value| format!("; it is {value}"));
    json!({
        "ruleId": EXPECT,
        "ruleIndex": 0,
        "level": "error",
        "message": { "text": format!("{}{of} does not hold{value}", line.text) },
        "locations": locations(line.place.as_ref(), &report.scenario.file),
        "partialFingerprints": { "foreshock/v1": fingerprint(&[EXPECT, &line.text, of]) },
    })
}

/// What is wrong in files; the rules are those that anything breaks.
fn of_files(checked: &Checked) -> Value {
    let mistakes = || checked.files.iter().flat_map(|file| file.mistakes.iter().map(move |mistake| (file, mistake)));
    let broken: Vec<&Page> = codes::ALL.iter().filter(|page| mistakes().any(|(_, mistake)| mistake.code == page.code)).collect();
    let rules = broken.iter().map(|page| {
        json!({
            "id": page.code,
            "shortDescription": { "text": page.title },
            "fullDescription": { "text": page.title },
            "help": { "text": page.text },
        })
    });
    let result = |file: &str, mistake: &Mistake| {
        json!({
            "ruleId": mistake.code,
            "ruleIndex": broken.iter().position(|page| page.code == mistake.code),
            "level": mistake.severity,
            "message": { "text": mistake.told() },
            "locations": locations(mistake.place.as_ref(), file),
            "partialFingerprints": { "foreshock/v1": fingerprint(&[mistake.code, &mistake.message]) },
        })
    };
    let results: Vec<Value> = mistakes().map(|(file, mistake)| result(&file.file, mistake)).collect();
    let more = json!({ "automationDetails": { "id": "foreshock/check/" }, "invocations": [{ "executionSuccessful": true }] });
    log(&rules.collect::<Vec<_>>(), &results, more)
}

fn document(report: &Report, verdict: &Verdict) -> Value {
    let mut results: Vec<Value> = report.findings.iter().map(|f| finding(f, report)).collect();
    results.extend(verdict.limits.iter().filter(|l| verdict.hangs_on(l)).map(|l| limit(l, report)));
    results.extend(decision(report, verdict));
    let more = json!({
        "automationDetails": { "id": format!("foreshock/score/{}", &report.scenario.file) },
        "invocations": [{
            "executionSuccessful": report.complete,
            "exitCode": match verdict.decision { Decision::Allow => 0, Decision::Block => 2, Decision::Review => 3 },
        }],
        "properties": {
            "decision": verdict.decision.word(),
            "reasons": verdict.reasons,
            "seed": report.seed,
            "trials": report.trials,
            "coverage": report.coverage,
        },
    });
    log(&rules(), &results, more)
}

/// Limits of the appetite are a rule each kind, and so is a verdict that does not allow; findings have their own.
const VERDICT_RULES: [(&str, &str, &str, &str); 5] = [
    ("L-block", "limit-block", "a limit that blocks is reached", "error"),
    ("L-review", "limit-review", "a limit that asks for a review is reached", "warning"),
    ("L-open", "limit-open", "a limit could not be decided", "warning"),
    ("V-review", "verdict-review", "a person should look at the plan", "warning"),
    ("V-block", "verdict-block", "the plan is blocked", "error"),
];

fn rules() -> Vec<Value> {
    let of_findings = RULES.iter().map(|rule| {
        json!({
            "id": rule.code,
            "name": rule.name,
            "shortDescription": { "text": rule.title },
            "fullDescription": { "text": rule.title },
            "help": { "text": rule.help, "markdown": rule.help },
            "defaultConfiguration": { "level": rule.weight.word() },
        })
    });
    let of_verdicts = VERDICT_RULES.iter().map(|(id, name, title, level)| {
        json!({
            "id": id,
            "name": name,
            "shortDescription": { "text": title },
            "fullDescription": { "text": title },
            "help": { "text": "Limits stand in the appetite; `foreshock score` tells the figures." },
            "defaultConfiguration": { "level": level },
        })
    });
    of_findings.chain(of_verdicts).collect()
}

fn finding(finding: &Finding, report: &Report) -> Value {
    let index = findings::RULES.iter().position(|r| r.code == finding.code);
    let level = match finding.weight {
        Weight::Error => "error",
        Weight::Warning => "warning",
        Weight::Note => "note",
    };
    let mut result = json!({
        "ruleId": finding.code,
        "level": level,
        "message": { "text": format!("{}. {}", finding.message, finding.hint) },
        "locations": locations(finding.place.as_ref(), &report.scenario.file),
        "partialFingerprints": { "foreshock/v1": fingerprint(&[&finding.code, &finding.steps.join("\u{0}"), &finding.subjects.join("\u{0}")]) },
        "properties": { "steps": finding.steps, "subjects": finding.subjects },
    });
    if let Some(index) = index {
        result["ruleIndex"] = json!(index);
    }
    result
}

fn limit(limit: &LimitState, report: &Report) -> Value {
    let which = match (limit.holds, limit.verdict) {
        (None, _) => 2,
        (_, Decision::Block) => 0,
        _ => 1,
    };
    let values: Vec<String> =
        limit.values.iter().map(|(path, value)| format!("{path} is {}", super::figures::Unit::of(path).value(*value))).collect();
    let note = if limit.note.is_empty() { values.join(", ") } else { limit.note.clone() };
    of_verdict(which, &format!("{}: {note}", limit.text), &[&limit.text], report)
}

/// Whatever is not allowed has a result, also where no finding and no limit is the reason.
fn decision(report: &Report, verdict: &Verdict) -> Option<Value> {
    let which = match verdict.decision {
        Decision::Allow => return None,
        Decision::Review => 3,
        Decision::Block => 4,
    };
    Some(of_verdict(which, &verdict.reasons.join("; "), &[], report))
}

fn of_verdict(which: usize, text: &str, print: &[&str], report: &Report) -> Value {
    let (id, _, _, level) = VERDICT_RULES[which];
    json!({
        "ruleId": id,
        "ruleIndex": RULES.len() + which,
        "level": level,
        "message": { "text": text },
        "locations": locations(None, &report.scenario.file),
        "partialFingerprints": { "foreshock/v1": fingerprint(&[&[id], print].concat()) },
    })
}

/// A place in the plan; without one of its own, its beginning. Standard input is no artifact.
fn locations(place: Option<&Place>, file: &str) -> Value {
    let file = place.map_or(file, |p| &p.file);
    if is_standard_input(file) {
        return json!([]);
    }
    let mut physical = json!({ "artifactLocation": { "uri": uri(file) } });
    physical["region"] = match place {
        Some(p) => json!({ "startLine": p.line, "startColumn": p.column, "endLine": p.end_line, "endColumn": p.end_column }),
        None => json!({ "startLine": 1 }),
    };
    json!([{ "physicalLocation": physical }])
}

/// A path as a relative URI reference: everything but what is unreserved is written in percent.
fn uri(path: &str) -> String {
    let mut out = String::new();
    for byte in path.trim_start_matches("./").bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

fn fingerprint(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().iter().take(16).fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

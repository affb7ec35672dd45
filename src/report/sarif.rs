//! SARIF 2.1.0: findings and limits as results with a place in the plan, for code-scanning views.
//!
//! In: a report with a verdict. Out: one run with its rules and results. Places are those of the plan; a limit points at the step
//! that weighs most. `partialFingerprints` do not change with line numbers, so that a known result stays known.

use super::data::Report;
use super::json::pretty;
use super::verdict::{Decision, Finding, LimitState, Place, Verdict, Weight};
use super::{Format, View};
use crate::findings::{self, RULES};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// The format `sarif`.
#[derive(Debug)]
pub struct Sarif;

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

impl Format for Sarif {
    fn name(&self) -> &'static str {
        "sarif"
    }

    fn verdict(&self, report: &Report, _view: &View) -> Option<String> {
        let verdict = report.verdict.as_ref()?;
        pretty(&document(report, verdict))
    }
}

fn document(report: &Report, verdict: &Verdict) -> Value {
    let mut results: Vec<Value> = report.findings.iter().map(|f| finding(f, report)).collect();
    results.extend(verdict.limits.iter().filter(|l| verdict.hangs_on(l)).map(|l| limit(l, report)));
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "foreshock",
                "semanticVersion": report.foreshock,
                "version": report.foreshock,
                "rules": rules(),
            } },
            "columnKind": "unicodeCodePoints",
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
            "results": results,
        }],
    })
}

/// Limits of the appetite are a rule each kind; findings have their own.
const LIMIT_RULES: [(&str, &str, &str, &str); 3] = [
    ("L-block", "limit-block", "a limit that blocks is reached", "error"),
    ("L-review", "limit-review", "a limit that asks for a review is reached", "warning"),
    ("L-open", "limit-open", "a limit could not be decided", "warning"),
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
    let of_limits = LIMIT_RULES.iter().map(|(id, name, title, level)| {
        json!({
            "id": id,
            "name": name,
            "shortDescription": { "text": title },
            "fullDescription": { "text": title },
            "help": { "text": "Limits stand in the appetite; `foreshock score` tells the figures." },
            "defaultConfiguration": { "level": level },
        })
    });
    of_findings.chain(of_limits).collect()
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
        "locations": locations(finding.place.as_ref(), report),
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
    let (id, _, _, level) = LIMIT_RULES[which];
    let values: Vec<String> =
        limit.values.iter().map(|(path, value)| format!("{path} is {}", super::figures::Unit::of(path).value(*value))).collect();
    let note = if limit.note.is_empty() { values.join(", ") } else { limit.note.clone() };
    json!({
        "ruleId": id,
        "ruleIndex": RULES.len() + which,
        "level": level,
        "message": { "text": format!("{}: {note}", limit.text) },
        "locations": locations(None, report),
        "partialFingerprints": { "foreshock/v1": fingerprint(&[id, &limit.text]) },
    })
}

/// A place in the plan; without one of its own, its beginning.
fn locations(place: Option<&Place>, report: &Report) -> Value {
    let mut physical = json!({ "artifactLocation": { "uri": uri(place.map_or(&report.scenario.file, |p| &p.file)) } });
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

//! Verdicts in every format: what people read, what machines read, and what a hostile name can do to either.

use super::data::Report;
use super::sample_verdict::{hostile, scored};
use super::untrusted::{is_unsafe, width};
use super::verdict::{Decision, Weight};
use super::{FORMATS, View};
use serde_json::Value;

const VIEW: View = View { width: 80, colour: false, all: false };

fn drawn(format: &str, report: &super::data::Report) -> String {
    let format = FORMATS.iter().find(|f| f.name() == format).expect("is in the table");
    format.verdict(report, &VIEW).expect("shows verdicts")
}

#[test]
fn a_verdict_as_read_at_three_in_the_morning() {
    let text = drawn("text", &scored());
    assert!(text.lines().filter(|l| !l.contains("foreshock ")).all(|l| width(l) <= 80), "{text}");
    assert!(text.starts_with("BLOCK"), "the decision comes first");
    insta::assert_snapshot!(text);
}

#[test]
fn a_verdict_for_a_pull_request() {
    insta::assert_snapshot!(drawn("markdown", &scored()));
}

#[test]
fn a_hostile_name_can_do_nothing_in_any_format() {
    for format in ["text", "markdown", "json", "sarif", "junit", "github", "csv"] {
        let text = drawn(format, &hostile());
        let acts = |c: char| is_unsafe(c) && c != '\n' && !(format == "csv" && c == '\r');
        assert!(!text.chars().any(acts), "{format}: {text:?}");
    }
    let markdown = drawn("markdown", &hostile());
    assert!(!markdown.contains("<script") && !markdown.contains("[a](b)"), "{markdown}");
}

#[test]
fn annotations_are_one_line_each_and_nobody_adds_one() {
    for report in [scored(), hostile()] {
        let text = drawn("github", &report);
        // The verdict, two findings that are more than notes, the limit that holds; one that is open changes nothing any more.
        assert_eq!(text.lines().count(), 4, "{text}");
        for line in text.lines() {
            let (kind, rest) = line.strip_prefix("::").and_then(|l| l.split_once(' ')).expect("a command");
            assert!(["error", "warning", "notice"].contains(&kind), "{line}");
            let (properties, _) = rest.split_once("::").expect("a message");
            assert_eq!(properties.split(',').count(), 5, "{line}");
            assert!(properties.split(',').all(|p| p.split_once('=').is_some()), "{line}");
        }
    }
}

/// An open limit is told where the decision hangs on it: not beside a block, nor beside something else that asks for a review.
#[test]
fn open_limits_are_told_where_they_matter() {
    let mut report = scored();
    let counts = |report: &Report| {
        let annotations = drawn("github", report).matches("::warning").count();
        let skipped = drawn("junit", report).matches("<skipped").count();
        (annotations, skipped)
    };
    let (beside_block, skipped) = counts(&report);
    let verdict = report.verdict.as_mut().expect("one");
    verdict.decision = Decision::Review;
    verdict.reasons = vec!["open: a limit".to_owned()];
    assert_eq!((beside_block, skipped), (1, 1));
    // The decision and the limit are warnings beside the finding.
    assert_eq!(counts(&report), (beside_block + 2, 0));
    let verdict = report.verdict.as_mut().expect("one");
    verdict.reasons = vec!["review: something else".to_owned()];
    assert_eq!(counts(&report), (beside_block + 2, 0), "it could still block");
    let verdict = report.verdict.as_mut().expect("one");
    verdict.limits.iter_mut().filter(|l| l.holds.is_none()).for_each(|l| l.verdict = Decision::Review);
    assert_eq!(counts(&report), (beside_block + 1, 1));
}

#[test]
fn sarif_is_what_the_standard_asks_for() {
    for report in [scored(), hostile()] {
        let sarif: Value = serde_json::from_str(&drawn("sarif", &report)).expect("json");
        assert_eq!(sarif["version"], "2.1.0");
        assert!(sarif["$schema"].as_str().is_some_and(|s| s.contains("sarif-schema-2.1.0")));
        let run = &sarif["runs"][0];
        let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
        let results = run["results"].as_array().expect("results");
        // Three findings, the limit that holds, and the verdict.
        assert_eq!(results.len(), 5);
        for rule in rules {
            assert!(rule["id"].is_string() && rule["help"]["text"].as_str().is_some_and(|t| t.len() > 20), "{rule}");
        }
        for result in results {
            // 3.27.6: the index leads to the rule that is named.
            let index = usize::try_from(result["ruleIndex"].as_u64().expect("an index")).expect("small");
            assert_eq!(rules[index]["id"], result["ruleId"]);
            assert!(["none", "note", "warning", "error"].contains(&result["level"].as_str().expect("a level")));
            assert!(result["message"]["text"].as_str().is_some_and(|t| !t.is_empty()));
            let place = &result["locations"][0]["physicalLocation"];
            let uri = place["artifactLocation"]["uri"].as_str().expect("a uri");
            assert!(!uri.is_empty() && uri.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~/%".contains(&b)), "{uri}");
            // 3.30: lines and columns count from 1, the end does not lie before the start.
            let region = &place["region"];
            assert!(region["startLine"].as_u64().is_some_and(|n| n >= 1));
            if let (Some(start), Some(end)) = (region["startColumn"].as_u64(), region["endColumn"].as_u64()) {
                assert!(start >= 1 && end >= start);
            }
            assert!(result["partialFingerprints"]["foreshock/v1"].as_str().is_some_and(|f| f.len() == 32));
        }
        let mut prints: Vec<&str> = results.iter().filter_map(|r| r["partialFingerprints"]["foreshock/v1"].as_str()).collect();
        prints.sort_unstable();
        prints.dedup();
        assert_eq!(prints.len(), results.len(), "no two results are taken for the same");
    }
}

/// A plan that is not allowed for a reason that is neither a finding nor a limit must not look like a clean one.
#[test]
fn whatever_is_not_allowed_is_a_result() {
    let results = |decision| {
        let mut report = scored();
        report.findings.clear();
        let verdict = report.verdict.as_mut().expect("one");
        (verdict.decision, verdict.reasons) = (decision, vec!["review: coverage is 60%".to_owned()]);
        verdict.limits.clear();
        let sarif: Value = serde_json::from_str(&drawn("sarif", &report)).expect("json");
        let results = sarif["runs"][0]["results"].as_array().expect("results").clone();
        results.into_iter().map(|r| (r["ruleId"].clone(), r["message"]["text"].clone())).collect::<Vec<_>>()
    };
    assert!(results(Decision::Allow).is_empty());
    assert_eq!(results(Decision::Review), [("V-review".into(), "review: coverage is 60%".into())]);
    assert_eq!(results(Decision::Block)[0].0, "V-block");
}

/// A step that is refused does no harm; whoever reads that the plan is allowed must not take it for harmless.
#[test]
fn steps_that_are_refused_are_told() {
    const FORMATS: [&str; 6] = ["text", "markdown", "github", "junit", "csv", "html"];
    let mut report = scored();
    for format in FORMATS {
        assert!(!drawn(format, &report).contains("are refused"), "{format}");
    }
    let effect = super::controls::GuardrailEffect {
        name: "permissions".to_owned(),
        kind: "permissions".to_owned(),
        asked: 0.0,
        hours: 0.0,
        stopped: 1.0,
        false_stops: 0.0,
        late: 0.0,
        missed: 0.0,
        bypassed: 0.0,
        used: 0.0,
        reviewed: 0.0,
        review_hours: 0.0,
        outage_min: None,
    };
    report.why.guardrails = vec![effect];
    report.plan_stopped = 1.0;
    for format in FORMATS {
        let text = drawn(format, &report).split_whitespace().collect::<Vec<_>>().join(" ");
        let told = "Steps are refused (per trial: permissions 1), and the plan is not run to its end in 100%";
        assert!(text.replace("%25", "%").replace('\\', "").contains(told), "{format}: {text}");
    }
}

#[test]
fn deadlocks_are_told_with_what_breaks_them() {
    for format in ["text", "markdown"] {
        let text = drawn(format, &scored());
        assert!(text.contains("Deadlocks") && text.contains("broken by: start"), "{format}: {text}");
    }
}

#[test]
fn what_would_change_it_is_no_empty_heading() {
    let mut report = scored();
    let verdict = report.verdict.as_mut().expect("one");
    verdict.flips.clear();
    verdict.flips_open = 0;
    // A step of the sample is open: what it would lead to is not known.
    assert!(drawn("text", &report).contains("No change that was followed to its end leads to another verdict"));
    let alone = report.verdict.as_mut().and_then(|v| v.alone.as_mut()).expect("one");
    alone.steps.iter_mut().for_each(|step| step.decision = Some(Decision::Block));
    alone.not_tried = 0;
    assert!(drawn("text", &report).contains("No single step, and no two or three"));
    report.verdict.as_mut().expect("one").alone = None;
    let text = drawn("text", &report);
    assert!(!text.contains("What would change it") && text.contains("foreshock advise"), "{text}");
}

#[test]
fn an_appetite_without_limits_says_so() {
    let mut report = scored();
    report.verdict.as_mut().expect("one").limits.clear();
    assert!(drawn("text", &report).contains("Limits  of appetite.yaml\n  It has none.\n"));
}

#[test]
fn what_rows_do_not_add_up_to_has_words_for_either_sign() {
    let mut alone = scored().verdict.and_then(|v| v.alone).expect("one");
    assert_eq!(alone.together(), "; 1h of 15h is what only steps together do");
    alone.interaction_min = -60.0;
    assert_eq!(alone.together(), "; 1h more than the 15h in all, since some minutes are gone without any one of several steps");
    alone.steps.truncate(1);
    assert_eq!(alone.together(), "");
    assert!(alone.basis().contains("in the first 400 trials, 25 of them"), "one row says on what it rests, too");
}

#[test]
fn standard_input_is_no_file() {
    let mut report = scored();
    report.scenario.file = "-".to_owned();
    report.findings.iter_mut().for_each(|f| f.place.as_mut().expect("a place").file = "-".to_owned());
    for format in ["github", "junit"] {
        let text = drawn(format, &report);
        assert!(!text.contains("file=") && text.contains("P0002"), "{format}: {text}");
    }
    let sarif: Value = serde_json::from_str(&drawn("sarif", &report)).expect("json");
    assert!(sarif["runs"][0]["results"].as_array().expect("results").iter().all(|r| r["locations"] == Value::Array(vec![])));
}

#[test]
fn many_findings_do_not_bury_a_pull_request() {
    let mut report = scored();
    report.findings = report.findings[..1].iter().cycle().take(50).cloned().collect();
    let text = drawn("markdown", &report);
    let (open, folded) = text.split_once("<summary>40 more findings</summary>").expect("a fold");
    assert_eq!((open.matches("| P0002 |").count(), folded.matches("| P0002 |").count()), (10, 40));
}

#[test]
fn a_known_result_stays_known_when_lines_move() {
    let prints = |report: &super::data::Report| {
        let sarif: Value = serde_json::from_str(&drawn("sarif", report)).expect("json");
        sarif["runs"][0]["results"]
            .as_array()
            .expect("results")
            .iter()
            .map(|r| r["partialFingerprints"].clone())
            .collect::<Vec<_>>()
    };
    let mut moved = scored();
    moved.findings.iter_mut().filter_map(|f| f.place.as_mut()).for_each(|p| p.line += 10);
    assert_eq!(prints(&moved), prints(&scored()));
}

#[test]
fn junit_counts_what_it_holds() {
    for report in [scored(), hostile()] {
        let xml = drawn("junit", &report);
        let attribute = |name: &str| -> usize {
            let (_, rest) = xml.split_once(&format!(" {name}=\"")).expect("an attribute");
            rest.split('"').next().and_then(|n| n.parse().ok()).expect("a number")
        };
        assert_eq!(attribute("tests"), xml.matches("<testcase ").count());
        assert_eq!(attribute("failures"), xml.matches("<failure ").count());
        assert_eq!(attribute("errors"), xml.matches("<error ").count());
        assert_eq!(report.findings.iter().filter(|f| f.weight == Weight::Error).count() + 2, attribute("failures"));
        // Every opened element is closed in order.
        let mut open = Vec::new();
        for tag in xml.split('<').skip(1).filter(|t| !t.starts_with('?')) {
            let (tag, _) = tag.split_once('>').expect("closed");
            let name = tag.trim_start_matches('/').split([' ', '/']).next().expect("a name");
            match (tag.starts_with('/'), tag.ends_with('/')) {
                (true, _) => assert_eq!(open.pop(), Some(name)),
                (false, false) => open.push(name),
                (false, true) => {}
            }
        }
        assert!(open.is_empty());
    }
}

#[test]
fn rows_of_csv_have_as_many_cells_as_the_head() {
    for report in [scored(), hostile()] {
        let text = drawn("csv", &report);
        let (mut cells, mut quoted, mut rows) = (1, false, 0);
        for c in text.chars() {
            match c {
                '"' => quoted = !quoted,
                ',' if !quoted => cells += 1,
                '\n' if !quoted => {
                    assert_eq!(cells, 6, "row {rows} of {text}");
                    (cells, rows) = (1, rows + 1);
                }
                _ => {}
            }
        }
        assert!(!quoted && rows > 10);
        assert!(!text.contains("\"=") && !text.contains("\"@") && !text.contains("\"+"), "a spreadsheet would calculate: {text}");
    }
}

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
        assert_eq!(results.len(), 4);
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

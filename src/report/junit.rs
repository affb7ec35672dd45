//! JUnit XML: every limit and every finding, whatever is expected, or each file that is checked, as a test case, for CI systems that show
//! test results.
//!
//! In: a report with a verdict, reports of runs, or mistakes of files. Out: `testsuites` / `testsuite` / `testcase` as GitLab, Jenkins and GitHub actions read
//! them.
//! A limit that blocks and an error are failures, one that is open is an error, what only asks for a review is a failure, too:
//! a green suite means allow and nothing else.

use super::checked::{Checked, Mistake};
use super::data::{Expectation, Report};
use super::place::is_standard_input;
use super::text::sentences;
use super::verdict::{Decision, LimitState, Verdict, Weight};
use super::xml::Xml;
use super::{Format, View};

/// The format `junit`.
#[derive(Debug)]
pub struct JUnit;

impl Format for JUnit {
    fn name(&self) -> &'static str {
        "junit"
    }

    fn reports(&self, reports: &[Report], _view: &View) -> Option<String> {
        Some(expectations(reports))
    }

    fn verdict(&self, report: &Report, _view: &View) -> Option<String> {
        report.verdict.as_ref().map(|verdict| write(report, verdict))
    }

    fn checked(&self, checked: &Checked, _view: &View) -> Option<String> {
        Some(mistakes(checked))
    }
}

/// What runs and their variants were expected to show, a suite for each. One that was interrupted has shown nothing for good.
fn expectations(reports: &[Report]) -> String {
    let suites: Vec<(String, &Report)> = reports.iter().flat_map(suites).collect();
    let mut xml = Xml::new();
    let counts = |suites: &[(String, &Report)]| {
        let lines = || suites.iter().flat_map(|(_, report)| &report.expect);
        let idle = suites.iter().filter(|(_, report)| report.expect.is_empty()).count();
        let partial = suites.iter().filter(|(_, report)| !report.complete).count();
        [lines().count() + idle + partial, lines().filter(|line| !line.met).count(), partial, idle].map(|count| count.to_string())
    };
    let [tests, failures, errors, skipped] = counts(&suites);
    xml.open(
        "testsuites",
        &[("name", "foreshock"), ("tests", &tests), ("failures", &failures), ("errors", &errors), ("skipped", &skipped)],
    );
    for suite in &suites {
        let (name, report) = suite;
        let [tests, failures, errors, skipped] = counts(std::slice::from_ref(suite));
        let counts =
            [("tests", tests.as_str()), ("failures", &failures), ("errors", &errors), ("skipped", &skipped), ("time", "0")];
        xml.open("testsuite", &[[("name", name.as_str())].as_slice(), &counts].concat());
        report.expect.iter().for_each(|line| expectation(line, &report.scenario.file, &mut xml));
        if report.expect.is_empty() {
            let message = "the file has no `expect:`";
            case(&mut xml, "expect", "nothing is expected", &report.scenario.file, |xml| {
                xml.leaf("skipped", &[("message", message)], "");
            });
        }
        if !report.complete {
            let message = format!("interrupted after {} trials", report.trials);
            case(&mut xml, "run", "all trials are run", &report.scenario.file, |xml| {
                xml.leaf("error", &[("message", &message), ("type", "partial")], "");
            });
        }
        xml.close();
    }
    xml.finish()
}

/// A report, and those of its variants of which anything is expected.
fn suites(report: &Report) -> Vec<(String, &Report)> {
    let variants = report.variants.iter().filter(|(_, variant)| !variant.report.expect.is_empty());
    let named = variants.map(|(name, variant)| (format!("{}: {name}", title(report)), &*variant.report));
    std::iter::once((title(report).to_owned(), report)).chain(named).collect()
}

/// What is wrong in files, a test for each.
fn mistakes(checked: &Checked) -> String {
    let wrong = checked.files.iter().filter(|file| !file.ok).count().to_string();
    let tests = checked.files.len().to_string();
    let counts = [("tests", tests.as_str()), ("failures", &wrong), ("errors", "0"), ("skipped", "0")];
    let mut xml = Xml::new();
    xml.open("testsuites", &[[("name", "foreshock")].as_slice(), &counts].concat());
    xml.open("testsuite", &[[("name", "check")].as_slice(), &counts, &[("time", "0")]].concat());
    for file in &checked.files {
        let told = |mistake: &Mistake| {
            let place = mistake.place.as_ref().map_or_else(String::new, |p| format!("{}:{}:{}: ", p.file, p.line, p.column));
            format!("{place}{} {}: {}", mistake.severity, mistake.code, mistake.told())
        };
        let text = file.mistakes.iter().map(told).collect::<Vec<_>>().join("\n");
        case(&mut xml, "check", &file.file, &file.file, |xml| match file.mistakes.iter().find(|mistake| mistake.is_error()) {
            Some(first) => xml.leaf("failure", &[("message", &first.message), ("type", first.code)], &text),
            None if text.is_empty() => xml.leaf("system-out", &[], &file.about),
            None => xml.leaf("system-out", &[], &format!("{}\n{text}", file.about)),
        });
    }
    xml.finish()
}

fn expectation(line: &Expectation, file: &str, xml: &mut Xml) {
    let value = line.value.map_or_else(|| "there is no single value".to_owned(), |value| format!("it is {value}"));
    case(xml, "expect", &line.text, file, |xml| {
        if line.met {
            xml.leaf("system-out", &[], &value);
        } else {
            xml.leaf("failure", &[("message", &format!("not met: {}", line.text)), ("type", "expect")], &value);
        }
    });
}

fn title(report: &Report) -> &str {
    if report.scenario.title.is_empty() { &report.scenario.file } else { &report.scenario.title }
}

fn write(report: &Report, verdict: &Verdict) -> String {
    let broken = |l: &&LimitState| l.holds == Some(true);
    let failed = verdict.limits.iter().filter(broken).count()
        + usize::from(verdict.decision != Decision::Allow)
        + report.findings.iter().filter(|f| f.weight == Weight::Error).count();
    let (open, idle): (Vec<&LimitState>, Vec<&LimitState>) =
        verdict.limits.iter().filter(|l| l.holds.is_none()).partition(|l| verdict.hangs_on(l));
    let tests = (1 + verdict.limits.len() + report.findings.len()).to_string();
    let (failures, errors, skipped) = (failed.to_string(), open.len().to_string(), idle.len().to_string());
    let counts = [("tests", tests.as_str()), ("failures", &failures), ("errors", &errors)];
    let mut xml = Xml::new();
    xml.open("testsuites", &[[("name", "foreshock")].as_slice(), &counts].concat());
    xml.open("testsuite", &[[("name", title(report))].as_slice(), &counts, &[("skipped", &skipped), ("time", "0")]].concat());
    xml.open("properties", &[]);
    for (key, value) in [
        ("decision", verdict.decision.word().to_owned()),
        ("seed", report.seed.to_string()),
        ("trials", report.trials.to_string()),
        ("coverage", format!("{:.4}", report.coverage)),
        ("digest", report.scenario.digest.clone()),
    ] {
        xml.leaf("property", &[("name", key), ("value", &value)], "");
    }
    xml.close();
    decision(report, verdict, &mut xml);
    verdict.limits.iter().for_each(|l| limit(l, verdict, &report.scenario.file, &mut xml));
    for finding in &report.findings {
        let name = format!("{} {}", finding.code, finding.steps.join(" "));
        case(&mut xml, "findings", &name, &report.scenario.file, |xml| {
            let text = format!("{}\n{}", finding.message, finding.hint);
            if finding.weight == Weight::Error {
                xml.leaf("failure", &[("message", &finding.message), ("type", &finding.title)], &text);
            } else {
                xml.leaf("system-out", &[], &format!("{}: {text}", finding.weight.word()));
            }
        });
    }
    xml.finish()
}

fn case(xml: &mut Xml, class: &str, name: &str, file: &str, body: impl FnOnce(&mut Xml)) {
    let class = format!("foreshock.{class}");
    let file = (!is_standard_input(file)).then_some(("file", file));
    let attributes = [("name", name), ("classname", &class)].into_iter().chain(file).chain([("time", "0")]);
    xml.open("testcase", &attributes.collect::<Vec<_>>());
    body(xml);
    xml.close();
}

fn decision(report: &Report, verdict: &Verdict, xml: &mut Xml) {
    case(xml, "verdict", "the plan is allowed", &report.scenario.file, |xml| {
        if verdict.decision != Decision::Allow {
            let text = verdict.reasons.join("\n");
            let message = verdict.reasons.first().unwrap_or(&report.headline);
            xml.leaf("failure", &[("message", message), ("type", verdict.decision.word())], &text);
        }
        if let Some(refused) = sentences::refused(report) {
            xml.leaf("system-out", &[], &refused);
        }
    });
}

fn limit(limit: &LimitState, verdict: &Verdict, file: &str, xml: &mut Xml) {
    case(xml, limit.verdict.word(), &limit.text, file, |xml| {
        let values: Vec<String> = limit.values.iter().map(|(path, value)| format!("{path} = {value}")).collect();
        match limit.holds {
            Some(true) => xml.leaf(
                "failure",
                &[("message", &format!("{} holds", limit.text)), ("type", limit.verdict.word())],
                &values.join("\n"),
            ),
            Some(false) => xml.leaf("system-out", &[], &values.join("\n")),
            None if !verdict.hangs_on(limit) => xml.leaf("skipped", &[("message", &limit.note)], ""),
            None => xml.leaf("error", &[("message", &limit.note), ("type", "open")], &values.join("\n")),
        }
    });
}

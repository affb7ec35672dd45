//! What was expected, and what was observed in the world outside.

use super::markup::Html;
use crate::report::data::Report;
use crate::report::text::sentences;

/// Lines of `expect`, and published figures.
pub(super) fn write(html: &mut Html, report: &Report) {
    if !report.expect.is_empty() {
        let failed = report.expect.iter().filter(|line| !line.met).count();
        html.open("section", &[("class", "expect")]).element("h2", &[], "Expected");
        let aside = if failed == 0 { "all met".to_owned() } else { format!("{failed} of {} not met", report.expect.len()) };
        html.element("p", &[("class", "aside")], &aside).open("ul", &[]);
        for line in &report.expect {
            let (class, word) = if line.met { ("met", "met") } else { ("unmet", "NOT MET") };
            html.open("li", &[]).element("b", &[("class", class)], word).text(" ").element("code", &[], &line.text);
            if let Some(value) = line.value {
                let unit = crate::report::figures::Unit::of(sentences::path_of(&line.text));
                html.text(&format!(" is {}", unit.value(value)));
            }
            html.close();
        }
        html.close().close();
    }
    observed(html, report);
}

fn observed(html: &mut Html, report: &Report) {
    if report.observed.is_empty() {
        return;
    }
    html.open("section", &[("class", "observed")]).element("h2", &[], "Observed");
    html.element("p", &[("class", "aside")], "Where published figures lie among the simulated ones; this never fails a run.")
        .open("ul", &[]);
    for line in &report.observed {
        html.element("li", &[], &sentences::observed(line));
    }
    html.close();
    let mut sources: Vec<&str> = report.observed.iter().map(|line| line.source.as_str()).filter(|s| !s.is_empty()).collect();
    sources.dedup();
    for source in sources {
        html.element("small", &[], &format!("source: {source}"));
    }
    html.close();
}

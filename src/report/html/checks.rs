//! What was expected, and what was observed in the world outside.

use super::markup::Html;
use crate::report::data::Report;
use crate::report::text::sentences;

/// Lines of `expect`, and published figures.
pub(super) fn write(html: &mut Html, report: &Report) {
    if report.expected().next().is_some() {
        html.open("section", &[("class", "expect")]).element("h2", &[], "Expected");
        html.element("p", &[("class", "aside")], &sentences::kept(report)).open("ul", &[]);
        for (of, line) in report.expected() {
            let (class, word) = if line.met { ("met", "met") } else { ("unmet", "NOT MET") };
            html.open("li", &[]).element("b", &[("class", class)], word).text(" ").element("code", &[], &line.text);
            if let Some(value) = line.value {
                let unit = crate::report::figures::Unit::of(sentences::path_of(&line.text));
                html.text(&format!(" is {}", unit.value(value)));
            }
            html.text(&of).close();
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

//! Markdown: for a change request or an incident channel. Tables first, details folded.
//!
//! In: results as data. Out: GitHub-flavoured Markdown with `<details>`. Names are escaped so that they are
//! neither markup nor HTML nor the end of a table cell. Not here: figures, which the text format shares.

mod advice;
mod checked;
mod controls;
mod escape;
mod frontier;
mod reach;
mod sections;
mod table;
mod trace;
mod verdict;

use super::{Format, View, data::Report};

/// The format `markdown`.
#[derive(Debug)]
pub struct Markdown;

impl Format for Markdown {
    fn name(&self) -> &'static str {
        "markdown"
    }

    fn reports(&self, reports: &[Report], view: &View) -> Option<String> {
        let pages: Vec<String> = reports.iter().map(|report| sections::report(report, view)).collect();
        Some(pages.join("\n---\n\n"))
    }

    fn verdict(&self, report: &Report, _view: &View) -> Option<String> {
        report.verdict.as_ref().map(|verdict| verdict::write(report, verdict))
    }

    fn advice(&self, advice: &super::advice::Advice, _view: &View) -> Option<String> {
        Some(advice::write(advice))
    }

    fn trace(&self, trace: &super::trace::Trace, _view: &View) -> Option<String> {
        Some(trace::write(trace))
    }

    fn frontier(&self, frontier: &crate::report::frontier::Frontier, view: &View) -> Option<String> {
        Some(frontier::write(frontier, view))
    }

    fn checked(&self, checked: &super::checked::Checked, _view: &View) -> Option<String> {
        Some(checked::write(checked))
    }

    fn reach(&self, reach: &super::reach::Reach, view: &View) -> Option<String> {
        Some(reach::write(reach, view))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    const VIEW: View = View { width: 80, colour: false, all: false };

    fn markdown(report: &Report) -> String {
        Markdown.reports(std::slice::from_ref(report), &VIEW).unwrap()
    }

    #[test]
    fn fit_for_a_change_request() {
        insta::assert_snapshot!(markdown(&sample::with_variants()));
    }

    #[test]
    fn hostile_names_only_show() {
        let text = markdown(&sample::hostile());
        assert!(!text.contains("<script"), "{text}");
        assert!(!text.contains("![x]("), "{text}");
        assert!(!text.contains('\u{1b}'), "{text}");
        // Every row of a table has as many cells as its head.
        let cells = |line: &str| line.replace("\\|", "").matches('|').count();
        let mut head = None;
        for line in text.lines() {
            if line.starts_with('|') {
                assert_eq!(cells(line), *head.get_or_insert(cells(line)), "{line}");
            } else {
                head = None;
            }
        }
    }

    #[test]
    fn a_trial_as_a_table() {
        insta::assert_snapshot!(Markdown.trace(&sample::trace(), &VIEW).unwrap());
    }
}

//! The terminal report: what a tired engineer needs, in the order in which it is needed.
//!
//! In: results as data. Out: text at the width of the view. First the answer, then what was run, what goes
//! down and when it is back, why, and how far to believe it; last, how to look closer. Every section is
//! one file that writes to the page, or writes nothing when it has nothing to say.

mod advice;
mod apart;
mod bars;
mod checks;
mod columns;
mod controls;
mod defaults;
mod frontier;
mod histogram;
mod opening;
mod page;
mod rare;
mod reach;
mod repeat;
pub(in crate::report) mod sentences;
mod services;
mod trace;
mod trust;
pub(in crate::report) mod variants;
mod verdict;
mod why;

use super::untrusted::clean;
use super::{Format, View, data::Report};
use page::Page;

/// The format `text`.
#[derive(Debug)]
pub struct Text;

impl Format for Text {
    fn name(&self) -> &'static str {
        "text"
    }

    fn reports(&self, reports: &[Report], view: &View) -> Option<String> {
        let pages: Vec<String> = reports.iter().map(|report| one(report, view)).collect();
        let rule = "═".repeat(view.width);
        Some(pages.join(&format!("\n{rule}\n\n")))
    }

    fn verdict(&self, report: &Report, view: &View) -> Option<String> {
        Some(verdict::write(report, view))
    }

    fn advice(&self, advice: &super::advice::Advice, view: &View) -> Option<String> {
        Some(advice::write(advice, view))
    }

    fn trace(&self, trace: &super::trace::Trace, view: &View) -> Option<String> {
        Some(trace::write(trace, view))
    }

    fn frontier(&self, frontier: &crate::report::frontier::Frontier, view: &View) -> Option<String> {
        Some(frontier::write(frontier, view))
    }

    fn checked(&self, checked: &super::checked::Checked, _view: &View) -> Option<String> {
        let usable = checked.files.iter().filter(|file| file.ok);
        let lines = usable.map(|file| format!("{}: {}\n", clean(&file.file), clean(&file.about)));
        Some(lines.collect::<Vec<_>>().concat())
    }

    fn reach(&self, reach: &super::reach::Reach, view: &View) -> Option<String> {
        Some(reach::write(reach, view))
    }
}

fn one(report: &Report, view: &View) -> String {
    let mut page = Page::new(view);
    opening::write(report, &mut page);
    checks::expect(report, &mut page);
    controls::write(report, &mut page);
    services::write(report, &mut page);
    histogram::write(report, &mut page);
    variants::write(report, &mut page);
    rare::write(report, &mut page);
    why::write(report, &mut page);
    why::deadlocks(report, &mut page);
    checks::observed(report, &mut page);
    defaults::write(report, &mut page);
    trust::write(report, &mut page);
    repeat::write(report, &mut page);
    page.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;
    use crate::report::untrusted::{is_unsafe, width};

    const VIEW: View = View { width: 80, colour: false, all: false };

    fn text(report: &Report) -> String {
        Text.reports(std::slice::from_ref(report), &VIEW).unwrap()
    }

    #[test]
    fn a_report_as_read_at_three_in_the_morning() {
        insta::assert_snapshot!(text(&sample::report()));
    }

    #[test]
    fn variants_stand_beside_the_base() {
        insta::assert_snapshot!(text(&sample::with_variants()));
    }

    #[test]
    fn what_seldom_goes_wrong_has_a_section() {
        let text = text(&Report { rare: Some(sample::rare()), ..sample::report() });
        let section: Vec<&str> =
            text.lines().skip_while(|l| !l.starts_with("What seldom")).take_while(|l| !l.is_empty()).collect();
        insta::assert_snapshot!(section.join("\n"));
    }

    #[test]
    fn a_partial_run_says_so_first() {
        let mut report = sample::report();
        report.complete = false;
        report.trials = 3_000;
        let text = text(&report);
        let head: String = text.lines().take(6).collect::<Vec<_>>().join("\n");
        assert!(head.contains("PARTIAL"), "{head}");
    }

    #[test]
    fn a_trial_as_a_timeline() {
        insta::assert_snapshot!(Text.trace(&sample::trace(), &VIEW).unwrap());
    }

    #[test]
    fn hostile_names_only_show() {
        let text = text(&sample::hostile());
        assert!(text.chars().all(|c| c == '\n' || !is_unsafe(c)), "{text:?}");
        insta::assert_snapshot!(text);
    }

    #[test]
    fn no_line_is_wider_than_the_page_and_colour_changes_no_word() {
        for report in [sample::report(), sample::with_variants(), sample::hostile()] {
            for columns in [72, 80, 120] {
                let plain = one(&report, &View { width: columns, ..VIEW });
                // Commands are copied, so they are never broken.
                for line in plain.lines().filter(|line| !line.contains("foreshock ")) {
                    assert!(width(line) <= columns, "{} columns of {columns}: {line}", width(line));
                }
                let coloured = one(&report, &View { width: columns, colour: true, ..VIEW });
                assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), plain);
            }
        }
    }
}

//! Pages of small worlds: a text simulated with all that a page is drawn from.

use super::Memory;
use foreshock::report::data::Report;
use foreshock::report::{Format, View, html};
use foreshock::scenario::{self, ReadOptions, Study};
use foreshock::summary::simulate::{Options, simulate};
use std::sync::atomic::AtomicBool;

/// As the terminal would show it.
pub const VIEW: View = View { width: 80, colour: false, all: false };

/// A study from the text of a scenario.
pub fn study_of(text: &str) -> Study {
    let read = scenario::read(&Memory::new([("s.yaml", text)]), "s.yaml", &ReadOptions::default());
    read.study.unwrap_or_else(|| panic!("{:#?}", read.diagnostics))
}

/// A study and its variants with so many trials, and with pictures.
pub fn simulated(study: &Study, trials: u64) -> Report {
    let stop = AtomicBool::new(false);
    let mut study = study.clone();
    for scenario in std::iter::once(&mut study.base).chain(study.variants.iter_mut().map(|(_, s)| s)) {
        scenario.size = foreshock::scenario::plan::Size::Trials(trials);
    }
    let options = Options {
        file: "scenarios/tested.yaml",
        engine: foreshock::engine::Choice::Auto,
        threads: 1,
        all: false,
        pictures: true,
        aiming: foreshock::summary::rare::Aiming::Never,
        examine_defaults: true,
        news: &|_| (),
        stop: &stop,
    };
    simulate(&study, &options)
}

/// The page of a report.
pub fn page(report: &Report) -> String {
    html::Html.reports(std::slice::from_ref(report), &VIEW).unwrap()
}

/// The page of a scenario.
pub fn page_of(text: &str, trials: u64) -> String {
    page(&simulated(&study_of(text), trials))
}

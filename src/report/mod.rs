//! Reports: the result as data, and its forms for people and machines.
//!
//! In: [`data::Report`], [`trace::Trace`], [`reach::Reach`]. Out: text in one of [`FORMATS`]. A new format
//! is one file and one line in that table. Not here: where the text goes (`cli`).

pub mod advice;
pub mod alone;
pub mod checked;
pub mod controls;
pub mod counted;
pub mod csv;
pub mod data;
pub mod diagnostics;
pub mod figures;
pub mod frontier;
pub mod github;
pub mod html;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod pictures;
pub mod place;
pub mod rare;
pub mod reach;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod sample_pictures;
#[cfg(test)]
mod sample_verdict;
pub mod sarif;
pub mod spread;
pub mod text;
pub mod trace;
pub mod untrusted;
pub mod verdict;
#[cfg(test)]
mod verdict_tests;

mod alike;
pub(crate) mod command;
mod dot;
mod histogram;
mod losses;
mod xml;

pub(crate) use command::quote;

/// Every format that can be asked for, in the order in which they are named to the user.
pub const FORMATS: [&dyn Format; 9] = [
    &text::Text,
    &markdown::Markdown,
    &html::Html,
    &json::Json,
    &dot::Dot,
    &sarif::Sarif,
    &junit::JUnit,
    &github::GitHub,
    &csv::Csv,
];

/// How to look at a result.
#[derive(Debug, Clone, Copy)]
pub struct View {
    /// Columns of a line, at least 72.
    pub width: usize,
    /// Terminal colours.
    pub colour: bool,
    /// Everything, however long.
    pub all: bool,
}

/// A form in which results can be shown. `None`: this form cannot show that.
pub trait Format: Sync {
    /// What `--format` calls it.
    fn name(&self) -> &'static str;

    /// Whether it draws pictures, which cost a little to find out.
    fn draws(&self) -> bool {
        false
    }

    /// One or several reports, in the order in which the files were named.
    fn reports(&self, _reports: &[data::Report], _view: &View) -> Option<String> {
        None
    }

    /// The verdict on a plan.
    fn verdict(&self, _report: &data::Report, _view: &View) -> Option<String> {
        None
    }

    /// Safer plans.
    fn advice(&self, _advice: &advice::Advice, _view: &View) -> Option<String> {
        None
    }

    /// One trial.
    fn trace(&self, _trace: &trace::Trace, _view: &View) -> Option<String> {
        None
    }

    /// The answer of an experiment.
    fn frontier(&self, _frontier: &frontier::Frontier, _view: &View) -> Option<String> {
        None
    }

    /// What is wrong in some files.
    fn checked(&self, _checked: &checked::Checked, _view: &View) -> Option<String> {
        None
    }

    /// Who depends on a target.
    fn reach(&self, _reach: &reach::Reach, _view: &View) -> Option<String> {
        None
    }
}

//! An experiment from end to end: design, search, answer.
//!
//! In: a valid experiment and options. Out: its [`Frontier`]. Still pure: time, files and the terminal are `cli`'s, which hears through
//! hooks how far it is and is handed checkpoints to keep.

use super::race::{Course, Hooks, News};
use super::weeks::Weeks;
use super::{answer, checkpoint, design};
use crate::diag::Diagnostic;
use crate::engine::Choice;
use crate::report::frontier::Frontier;
use crate::scenario::experiment::{Experiment, Search};
use std::sync::atomic::AtomicBool;

/// How an experiment is run; beside search and points none of it changes the answer.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// The file, as the user named it.
    pub file: &'a str,
    /// How settings are tried.
    pub search: Search,
    /// How many settings a Sobol sample takes.
    pub points: u64,
    /// Which engine runs trials; all give the same.
    pub engine: Choice,
    /// Threads; 0 is one per processor.
    pub threads: usize,
    /// The text of a checkpoint to go on from.
    pub resume: Option<&'a str>,
    /// Told now and then how far it is.
    pub news: &'a (dyn Fn(News) + Sync),
    /// Set from outside to stop early.
    pub stop: &'a AtomicBool,
    /// Handed what writes a checkpoint, if it wants one.
    pub save: &'a (dyn Fn(&checkpoint::Write<'_>) + Sync),
}

/// Why there is no answer.
#[derive(Debug)]
pub enum Refused {
    /// Combinations of values make no scenario.
    Experiment(Vec<Diagnostic>),
    /// The checkpoint cannot be gone on from.
    Checkpoint(String),
}

/// Runs an experiment.
///
/// # Errors
/// See [`Refused`].
pub fn tune(experiment: &Experiment, options: &Options<'_>) -> Result<Frontier, Refused> {
    match rayon::ThreadPoolBuilder::new().num_threads(options.threads).build() {
        Ok(pool) => pool.install(|| on_this_pool(experiment, options)),
        Err(_) => on_this_pool(experiment, options),
    }
}

fn on_this_pool(experiment: &Experiment, options: &Options<'_>) -> Result<Frontier, Refused> {
    let settings = design::settings(experiment, options.search, options.points);
    let outputs = answer::outputs(experiment);
    let rules = answer::rules(experiment, &outputs, options.search, &settings);
    let weeks = Weeks::new(experiment, &settings, outputs, options.engine).map_err(Refused::Experiment)?;
    let belongs_to = belongs_to(experiment, options, settings.len());
    let save = |course: &Course| (options.save)(&|into| checkpoint::write(course, &belongs_to, into));
    let afterwards = answer::Afterwards::new(&weeks, &rules);
    let news = |news: News| (options.news)(News { at_most: news.at_most + afterwards.at_most(), ..news });
    let hooks = Hooks { news: &news, stop: options.stop, save: &save };
    let mut course = Course::new(&weeks, &rules);
    if let Some(text) = options.resume {
        course = checkpoint::read(text, &belongs_to, &course, &rules.criteria).map_err(Refused::Checkpoint)?;
    }
    course.run(&weeks, &rules, &hooks);
    let finished = course.complete && course.sharpen(&weeks, &rules, &hooks);
    let known = answer::Known { experiment, weeks: &weeks, rules: &rules, course: &course, finished };
    Ok(answer::answer(&known, options, &Hooks { news: options.news, ..hooks }))
}

/// What a checkpoint belongs to: everything that decides the course.
fn belongs_to(experiment: &Experiment, options: &Options<'_>, settings: usize) -> String {
    let search = options.search.word();
    format!("{} seed {} trials {} {search} {settings} {}", experiment.digest, experiment.seed, experiment.trials, options.points)
}

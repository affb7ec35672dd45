//! A progress bar on standard error, for work that takes more than a second.
//!
//! In: how many trials are done, or steps. Out: a bar that vanishes when the work is done. Nothing at all where
//! standard error is not a terminal, or with `--quiet`.

use super::engine::Done;
use super::terminal::Terminal;
use indicatif::{ProgressBar, ProgressStyle};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(1);

/// The bar; drawn from the first news after a second.
pub(super) struct Progress {
    title: String,
    since: Instant,
    wanted: bool,
    bar: OnceLock<ProgressBar>,
}

impl Progress {
    /// Nothing is drawn yet.
    pub(super) fn new(terminal: Terminal, title: &str) -> Self {
        let title = crate::report::untrusted::clean(title);
        let title = crate::report::untrusted::shorten(&title, 30).into_owned();
        Progress { title, since: Instant::now(), wanted: terminal.shows_progress(), bar: OnceLock::new() }
    }

    /// Takes news; called from any thread.
    pub(super) fn news(&self, done: Done) {
        if !self.wanted || self.since.elapsed() < PATIENCE {
            return;
        }
        let bar = self.bar.get_or_init(|| self.drawn(done));
        // News of several threads can overtake each other; the bar never goes back.
        if done.trials > bar.position() {
            bar.set_position(done.trials);
        }
    }

    /// The same for steps that are left out one by one, once the trials are done.
    pub(super) fn steps(&self, done: u64, of: u64) {
        if !self.wanted || self.since.elapsed() < PATIENCE {
            return;
        }
        let bar = self.bar.get_or_init(|| self.drawn(Done { trials: 0, of: None }));
        if bar.length() != Some(of) {
            let style = ProgressStyle::with_template("{msg}  {wide_bar} {human_pos} of {human_len} steps left out  {eta}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.set_length(of);
            bar.reset();
        }
        if done > bar.position() {
            bar.set_position(done);
        }
    }

    fn drawn(&self, done: Done) -> ProgressBar {
        let (bar, template) = match done.of {
            Some(of) => (ProgressBar::new(of), "{msg}  {wide_bar} {human_pos} of {human_len} trials  {eta}"),
            None => (ProgressBar::no_length(), "{msg}  {human_pos} trials  {elapsed}"),
        };
        let style = ProgressStyle::with_template(template);
        bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
            .with_message(self.title.clone())
            .with_position(done.trials)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }
}

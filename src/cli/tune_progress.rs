//! A progress bar for a search: sure about the present round, a bound for the rest.
//!
//! In: how far it is. Out: a bar over the trials of the round, the settings that are left, and how long it takes at most, with all that
//! comes after the search: settings that drop out make it shorter.

use super::terminal::Terminal;
use crate::tune::race::{News, Stage};
use indicatif::{ProgressBar, ProgressStyle};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(1);

/// The bar.
pub(super) struct Progress {
    title: String,
    since: Instant,
    wanted: bool,
    /// The bar, and how many trials were there when it began (a resumed search has some).
    bar: OnceLock<(ProgressBar, u64, Instant)>,
}

impl Progress {
    /// Nothing is drawn yet.
    pub(super) fn new(terminal: Terminal, title: &str) -> Self {
        let title = crate::report::untrusted::clean(title);
        let title = crate::report::untrusted::shorten(&title, 30).into_owned();
        Progress { title, since: Instant::now(), wanted: terminal.shows_progress(), bar: OnceLock::new() }
    }

    /// Takes news; called from any thread.
    pub(super) fn news(&self, news: News) {
        if !self.wanted || self.since.elapsed() < PATIENCE {
            return;
        }
        let (bar, first, since) = self.bar.get_or_init(|| (self.drawn(), news.trials, Instant::now()));
        if bar.length() != Some(news.until) {
            bar.set_length(news.until);
        }
        if news.trials > bar.position() {
            bar.set_position(news.trials);
        }
        let done = news.trials.saturating_sub(*first);
        let most = if done > 0 {
            #[expect(clippy::cast_precision_loss, reason = "a rough estimate")]
            let left = since.elapsed().as_secs_f64() * news.at_most.saturating_sub(news.trials) as f64 / done as f64;
            format!("at most {}", crate::report::figures::duration(left / 60.0))
        } else {
            String::new()
        };
        let doing = match news.stage {
            Stage::Search => format!("round {}, {} settings left", news.round, news.alive),
            Stage::Through => "what still gets through".to_owned(),
            Stage::Defaults => "what a wrong default costs".to_owned(),
        };
        bar.set_message(format!("{}  {doing}, {most}", self.title));
    }

    fn drawn(&self) -> ProgressBar {
        let style = ProgressStyle::with_template("{msg}  {wide_bar} {human_pos} of {human_len} plan runs");
        ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar())).with_message(self.title.clone())
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((bar, ..)) = self.bar.get() {
            bar.finish_and_clear();
        }
    }
}

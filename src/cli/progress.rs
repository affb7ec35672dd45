//! A progress bar on standard error, for work that takes more than a second.
//!
//! In: how many trials are done, or steps. Out: a bar that vanishes when the work is done. Nothing at all where
//! standard error is not a terminal, or with `--quiet`.

use super::engine::Done;
use super::terminal::Terminal;
use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use std::fmt::Write;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread::{JoinHandle, spawn};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(1);

/// The bar; drawn after a second, and every second from then on, whether there is news or not.
pub(super) struct Progress {
    title: String,
    wanted: bool,
    bar: OnceLock<ProgressBar>,
    watcher: Mutex<Option<Watcher>>,
}

/// A thread that draws the bar once it is due; it ends when its sender is dropped.
struct Watcher {
    end: Sender<()>,
    thread: JoinHandle<()>,
}

impl Watcher {
    fn of(bar: ProgressBar) -> Self {
        let (end, ends) = channel();
        let thread = spawn(move || {
            if ends.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                bar.set_draw_target(ProgressDrawTarget::stderr());
                bar.enable_steady_tick(PATIENCE);
            }
        });
        Watcher { end, thread }
    }
}

impl Progress {
    /// Nothing is drawn yet.
    pub(super) fn new(terminal: Terminal, title: &str) -> Self {
        let title = crate::report::untrusted::clean(title);
        let title = crate::report::untrusted::shorten(&title, 30).into_owned();
        Progress { title, wanted: terminal.shows_progress(), bar: OnceLock::new(), watcher: Mutex::new(None) }
    }

    /// Takes news; called from any thread.
    pub(super) fn news(&self, done: Done) {
        if !self.wanted {
            return;
        }
        let bar = self.bar.get_or_init(|| self.prepared(done));
        // News of several threads can overtake each other; the bar never goes back.
        if done.trials > bar.position() {
            bar.set_position(done.trials);
        }
    }

    /// The same for steps that are left out one by one, once the trials are done.
    pub(super) fn steps(&self, done: u64, of: u64) {
        if !self.wanted {
            return;
        }
        let bar = self.bar.get_or_init(|| self.prepared(Done { trials: 0, of: None }));
        if bar.length() != Some(of) {
            bar.set_style(style("{msg}  {wide_bar} {human_pos} of {human_len} steps left out  {left}"));
            bar.set_length(of);
            bar.reset();
        }
        if done > bar.position() {
            bar.set_position(done);
        }
    }

    /// The bar, not drawn yet, and who will draw it.
    fn prepared(&self, done: Done) -> ProgressBar {
        let (bar, template) = match done.of {
            Some(of) => (ProgressBar::new(of), "{msg}  {wide_bar} {human_pos} of {human_len} trials  {left}"),
            None => (ProgressBar::no_length(), "{msg}  {human_pos} trials  {elapsed}"),
        };
        bar.set_draw_target(ProgressDrawTarget::hidden());
        let bar = bar.with_style(style(template)).with_message(self.title.clone()).with_position(done.trials);
        *self.watcher.lock().unwrap_or_else(PoisonError::into_inner) = Some(Watcher::of(bar.clone()));
        bar
    }
}

fn style(template: &str) -> ProgressStyle {
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    style.with_key("left", |state: &ProgressState, text: &mut dyn Write| {
        _ = write!(text, "{}", left(state.pos(), state.elapsed(), state.eta()));
    })
}

/// What to expect of the rest; as long as nothing is done nobody can tell.
fn left(done: u64, elapsed: Duration, rest: Duration) -> String {
    let (elapsed, rest) = (HumanDuration(elapsed), HumanDuration(rest));
    if done == 0 { format!("none in {elapsed:#}") } else { format!("{rest:#} left") }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(Watcher { end, thread }) = self.watcher.lock().unwrap_or_else(PoisonError::into_inner).take() {
            drop(end);
            _ = thread.join();
        }
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::left;
    use std::time::Duration;

    #[test]
    fn what_is_left_is_only_told_once_something_is_done() {
        let (minute, hour) = (Duration::from_secs(60), Duration::from_secs(3_600));
        assert_eq!(left(0, 3 * minute, Duration::ZERO), "none in 3m");
        assert_eq!(left(2, 3 * minute, hour), "60m left");
    }
}

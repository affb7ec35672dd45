//! The checkpoint of a long search: every few seconds a whole file, moved over the one before.
//!
//! In: what writes it, when it is due. Out: a file that is always good: a search that is killed loses the seconds since the last one.

use super::output;
use crate::tune::checkpoint::Write;
use anyhow::{Result, anyhow};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Time between two checkpoints, if nobody says otherwise.
const EVERY_S: u64 = 4;

/// Where and when.
pub(super) struct Keep {
    path: PathBuf,
    every: Duration,
    state: Mutex<State>,
}

struct State {
    last: Instant,
    /// The file is ours to remove.
    written: bool,
    failed: Option<String>,
}

impl Keep {
    /// Nothing is written before the first interval is over.
    pub(super) fn new(path: PathBuf, every_s: Option<u64>, resumed: bool) -> Self {
        let state = State { last: Instant::now(), written: resumed, failed: None };
        Self { path, every: Duration::from_secs(every_s.unwrap_or(EVERY_S)), state: Mutex::new(state) }
    }

    /// Writes a checkpoint if one is due, or the search is about to stop.
    pub(super) fn offer(&self, write: &Write<'_>, stopping: bool) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if !stopping && state.last.elapsed() < self.every {
            return;
        }
        match output::write_with(&self.path, write) {
            Ok(()) => (state.written, state.failed) = (true, None),
            // The search goes on; if it is interrupted, the reason is told then.
            Err(error) => state.failed = Some(format!("{error:#}")),
        }
        state.last = Instant::now();
    }

    /// Whether the last checkpoint could be written.
    pub(super) fn result(&self) -> Result<()> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.failed.as_ref().map_or(Ok(()), |why| Err(anyhow!("no checkpoint: {why}")))
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The search is over: its checkpoint is of no further use.
    pub(super) fn done(&self) {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.written {
            // That it cannot be removed harms nobody.
            let _ = fs::remove_file(&self.path);
        }
    }
}

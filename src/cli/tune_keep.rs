//! The checkpoint of a long search: every few seconds a whole file, moved over the one before.
//!
//! In: what writes it, when it is due. Out: a file that is always good: a search that is killed loses the seconds since the last one.

use super::{files, output};
use crate::report::untrusted::clean;
use crate::tune::checkpoint::{START, Write};
use anyhow::{Context as _, Result, anyhow, bail};
use std::fs::{self, File};
use std::io::Read as _;
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
    ///
    /// # Errors
    /// The file is something else, which a checkpoint would replace.
    pub(super) fn new(path: PathBuf, every_s: Option<u64>, resumed: bool) -> Result<Self> {
        // What is no checkpoint is not gone on from, and the search ends before anything is written.
        if !resumed {
            check_place(&path)?;
        }
        files::in_use(&path);
        let state = State { last: Instant::now(), written: resumed, failed: None };
        Ok(Self { path, every: Duration::from_secs(every_s.unwrap_or(EVERY_S)), state: Mutex::new(state) })
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
        // A pipe or a device is written to, and belongs to somebody else.
        if state.written && self.path.is_file() {
            // That it cannot be removed harms nobody.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Fails if a checkpoint would replace something else. What is empty, or no plain file, loses nothing.
fn check_place(path: &Path) -> Result<()> {
    let shown = clean(&path.display().to_string()).into_owned();
    if files::is_in_use(path) {
        bail!("`{shown}` is read by this command, and its checkpoint would replace it; name another file with `--checkpoint`");
    }
    if !path.is_file() {
        return Ok(());
    }
    let mut start = Vec::new();
    File::open(path)
        .and_then(|file| file.take(START.len() as u64).read_to_end(&mut start))
        .with_context(|| format!("cannot read what `{shown}` is, where the checkpoint would be"))?;
    if !start.is_empty() && start != START {
        bail!("`{shown}` is there already and is no checkpoint; name another file with `--checkpoint`");
    }
    Ok(())
}

/// Fails if the folder that was asked for is not there: nobody would hear of it before the checkpoint is needed.
pub(super) fn check_folder(path: &Path) -> Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.is_dir() || path.is_dir() {
        let shown = clean(&path.display().to_string()).into_owned();
        bail!("no checkpoint can be kept in `{shown}`: name a file in a folder that is there");
    }
    Ok(())
}

//! The audit log on disk: appends under a lock, so that two processes at once lose nothing.
//!
//! In: an entry and a path. Out: the log one line longer, and beside it `FILE.head` with the number of lines and the last fingerprint. The line is
//! synced before the head moves, so a crash leaves a head that is behind, never one that promises what is not there.

use crate::audit::{self, Head};
use crate::report::untrusted::clean;
use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};
use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

/// Where the head of a log stands.
pub(super) fn head_path(log: &Path) -> PathBuf {
    let mut name = log.as_os_str().to_owned();
    name.push(".head");
    PathBuf::from(name)
}

/// Appends an entry; the new head.
pub(super) fn append(path: &Path, entry: &Map<String, Value>) -> Result<Head> {
    let shown = clean(&path.display().to_string()).into_owned();
    let mut file = OpenOptions::new()
        .read(true)
        .append(true)
        .create(true)
        .open(path)
        .with_context(|| format!("cannot open the audit log `{shown}`"))?;
    super::files::in_use(path);
    super::files::in_use(&head_path(path));
    // Held until the file is closed; whoever appends at the same time waits here.
    file.lock().with_context(|| format!("cannot lock the audit log `{shown}`"))?;
    let head =
        last(&mut file).with_context(|| format!("the audit log `{shown}` is damaged; `foreshock audit verify` tells where"))?;
    check_head(path, &head, &shown)?;
    let (line, next) = audit::line(&head, entry);
    file.write_all(line.as_bytes())
        .and_then(|()| file.sync_all())
        .with_context(|| format!("cannot write the audit log `{shown}`"))?;
    // Under the lock of the log, so heads follow each other as lines do.
    super::output::write(&head_path(path), &next.text())?;
    Ok(next)
}

/// Something was cut off if the head promises more than the log has.
fn check_head(path: &Path, head: &Head, shown: &str) -> Result<()> {
    let text = match std::fs::read_to_string(head_path(path)) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && head.lines == 0 => return Ok(()),
        Err(error) => bail!("the head of the audit log `{shown}` cannot be read: {error}"),
    };
    let Some(promised) = Head::read(&text) else { bail!("the head of the audit log `{shown}` is damaged") };
    if promised.lines > head.lines || (promised.lines == head.lines && promised.hash != head.hash) {
        bail!("the audit log `{shown}` is shorter than its head says, or another one: nothing is appended to it");
    }
    Ok(())
}

/// The head by the last line alone: appending must not take longer the longer the log is.
fn last(file: &mut File) -> Result<Head> {
    const WINDOW: u64 = 64 << 10;
    let length = file.metadata()?.len();
    if length == 0 {
        return Ok(Head::start());
    }
    let mut window = WINDOW;
    loop {
        let from = length.saturating_sub(window);
        file.seek(SeekFrom::Start(from))?;
        let mut bytes = Vec::new();
        file.take(window).read_to_end(&mut bytes)?;
        let text = String::from_utf8_lossy(&bytes);
        let Some(body) = text.strip_suffix('\n') else { bail!("the last line is cut off") };
        if let Some((_, line)) = body.rsplit_once('\n').or_else(|| (from == 0).then_some(("", body))) {
            let entry: Value = serde_json::from_str(line)?;
            let (Some(lines), Some(hash)) = (entry["n"].as_u64(), entry["hash"].as_str()) else {
                bail!("the last line is no entry")
            };
            return Ok(Head { lines, hash: hash.to_owned() });
        }
        window *= 4;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(n: usize) -> Map<String, Value> {
        let mut entry = Map::new();
        entry.insert("decision".to_owned(), Value::from(format!("entry {n}")));
        entry
    }

    #[test]
    fn many_at_once_lose_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit.jsonl");
        std::thread::scope(|scope| {
            for worker in 0..4 {
                let path = &path;
                scope.spawn(move || (0..10).for_each(|n| drop(append(path, &entry(worker * 100 + n)).unwrap())));
            }
        });
        let log = std::fs::read_to_string(&path).unwrap();
        let head = audit::follow(&log).unwrap();
        assert_eq!(head.lines, 40);
        assert_eq!(Head::read(&std::fs::read_to_string(head_path(&path)).unwrap()), Some(head));
    }

    #[test]
    fn nothing_is_appended_to_a_log_that_was_cut() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit.jsonl");
        for n in 0..3 {
            append(&path, &entry(n)).unwrap();
        }
        let log = std::fs::read_to_string(&path).unwrap();
        let cut = log.lines().take(2).fold(String::new(), |all, line| all + line + "\n");
        std::fs::write(&path, cut).unwrap();
        assert!(format!("{:#}", append(&path, &entry(3)).unwrap_err()).contains("shorter than its head"));
        std::fs::write(&path, log.trim_end()).unwrap();
        assert!(format!("{:#}", append(&path, &entry(3)).unwrap_err()).contains("damaged"));
        // A head that is behind, as after a crash, is caught up with.
        std::fs::write(&path, &log).unwrap();
        std::fs::write(head_path(&path), Head { lines: 2, hash: audit::START.to_owned() }.text()).unwrap();
        assert_eq!(append(&path, &entry(3)).unwrap().lines, 4);
    }
}

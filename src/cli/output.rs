//! Where a result goes: standard output, or a file that is replaced whole or not at all.
//!
//! In: finished text and a path. Out: the file. The text is written beside the old file, synced and moved
//! over it; a full disk or a folder that may not be written leaves the old file as it was.

use anyhow::{Context, Result, bail};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// What is half written: a file beside the one that it will replace.
static HALF: Mutex<Option<PathBuf>> = Mutex::new(None);

/// Removes what is half written; for whoever ends the program.
pub(super) fn abandon() {
    if let Some(half) = HALF.lock().ok().and_then(|mut half| half.take()) {
        // The program ends either way.
        let _ = fs::remove_file(half);
    }
}

fn mark_half(path: Option<&Path>) {
    if let Ok(mut half) = HALF.lock() {
        *half = path.map(Path::to_owned);
    }
}

/// Replaces `path` by `text`.
///
/// # Errors
/// The reason, with the path; then `path` is untouched.
pub(super) fn write(path: &Path, text: &str) -> Result<()> {
    write_with(path, &|into| into.write_all(text.as_bytes()))
}

/// Replaces `path` by what `make` writes.
///
/// # Errors
/// The reason, with the path; then `path` is untouched.
pub(super) fn write_with(path: &Path, make: &dyn Fn(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    if path.is_dir() {
        bail!("cannot write `{}`: it is a folder", shown(path));
    }
    // What is not a plain file (a pipe, /dev/null) is written through: moving over it would replace it.
    if fs::metadata(path).is_ok_and(|meta| !meta.is_file()) {
        return File::create(path).and_then(|file| fill(&file, make)).with_context(|| failed(path));
    }
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let (beside, file) = create_beside(&target).with_context(|| failed(path))?;
    mark_half(Some(&beside));
    let written = keep_permissions(&target, &file)
        .and_then(|()| fill(&file, make))
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(&beside, &target));
    if written.is_err() {
        // What remains of the attempt is of no use; that it cannot be removed matters less than why it failed.
        let _ = fs::remove_file(&beside);
    }
    mark_half(None);
    written.with_context(|| failed(path))?;
    sync_folder(&target);
    Ok(())
}

fn failed(path: &Path) -> String {
    format!("cannot write `{}`; nothing was changed there", shown(path))
}

fn shown(path: &Path) -> String {
    crate::report::untrusted::clean(&path.display().to_string()).into_owned()
}

/// A new file in the same folder, under a name that nobody uses.
fn create_beside(target: &Path) -> std::io::Result<(PathBuf, File)> {
    let name = target.file_name().ok_or_else(|| std::io::Error::new(ErrorKind::InvalidInput, "no file name"))?;
    let mut attempt = 0_u32;
    loop {
        let mut beside = std::ffi::OsString::from(".");
        beside.push(name);
        beside.push(format!(".{}-{attempt}.tmp", std::process::id()));
        let beside = target.with_file_name(beside);
        match OpenOptions::new().write(true).create_new(true).open(&beside) {
            Ok(file) => return Ok((beside, file)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists && attempt < 100 => attempt += 1,
            Err(error) => return Err(error),
        }
    }
}

fn fill(file: &File, make: &dyn Fn(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut buffer = BufWriter::new(file);
    make(&mut buffer)?;
    buffer.flush()
}

fn keep_permissions(target: &Path, file: &File) -> std::io::Result<()> {
    match fs::metadata(target) {
        Ok(meta) => file.set_permissions(meta.permissions()),
        Err(_) => Ok(()),
    }
}

/// Makes the move last through a power cut, where the system knows how.
fn sync_folder(target: &Path) {
    if let Some(folder) = target.parent().filter(|folder| !folder.as_os_str().is_empty())
        && let Ok(folder) = File::open(folder)
    {
        // Some file systems cannot; the file itself is complete either way.
        let _ = folder.sync_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_whole_and_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.json");
        write(&path, "old").unwrap();
        write(&path, "new").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_failure_names_the_path() {
        let folder = tempfile::tempdir().unwrap();
        let error = write(&folder.path().join("missing/report.json"), "x").unwrap_err();
        assert!(format!("{error:#}").contains("report.json"), "{error:#}");
        assert!(write(folder.path(), "x").is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_full_disk_is_an_error() {
        if Path::new("/dev/full").exists() {
            assert!(write(Path::new("/dev/full"), &"x".repeat(100_000)).is_err());
        }
    }
}

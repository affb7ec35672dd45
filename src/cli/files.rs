//! Files on disk, for the reader of scenarios.
//!
//! In: a root folder and a limit. Out: text, or why not. What lies outside the root is refused, links
//! included; the file that the user named may be a link to anywhere.

use crate::scenario::files::folder;
use crate::scenario::{FileError, Files};
use anyhow::{Result, anyhow};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// The limit where the user gives none: 64 MiB.
pub const DEFAULT_LIMIT: u64 = 64 << 20;

/// More files than this are no folder of policies.
const MOST_LISTED: usize = 10_000;

/// Files that this command has read or writes to: no other result may replace them.
static IN_USE: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Remembers a file that this command reads or writes to.
pub(super) fn in_use(path: &Path) {
    if let (Some(path), Ok(mut known)) = (place(path), IN_USE.lock()) {
        known.push(path);
    }
}

/// Whether this command has read the file, or writes to it.
pub(super) fn is_in_use(path: &Path) -> bool {
    let known = IN_USE.lock().map(|known| known.clone()).unwrap_or_default();
    place(path).is_some_and(|path| known.contains(&path))
}

/// A path with its links resolved, also of a file that is still to be written.
fn place(path: &Path) -> Option<PathBuf> {
    fs::canonicalize(path).ok().or_else(|| {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Some(fs::canonicalize(folder).ok()?.join(path.file_name()?))
    })
}

/// Files below one folder.
#[derive(Debug, Clone)]
pub struct Disk {
    /// The folder, links resolved; `None` if it does not exist.
    root: Option<PathBuf>,
    /// The file that the user named.
    named: PathBuf,
    /// The folder that the user opens for references, as a start of paths.
    opened: Option<String>,
    limit: u64,
}

impl Disk {
    /// Files in the folder of `path` and below it. `-` is standard input, with no other files.
    #[must_use]
    pub fn beside(path: &str, limit: u64) -> Self {
        let folder = match Path::new(path).parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        Self { root: fs::canonicalize(folder).ok(), named: PathBuf::from(path), opened: None, limit }
    }

    /// Files in the folder `root` and below it, where `path` lies in it; else those beside `path`. Standard input lies nowhere.
    #[must_use]
    pub(super) fn within(root: Option<&str>, path: &str, limit: u64) -> Self {
        let beside = Self::beside(path, limit);
        root.filter(|_| path != "-").and_then(|root| beside.opened(root, path)).unwrap_or(beside)
    }

    fn opened(&self, root: &str, path: &str) -> Option<Self> {
        let top = fs::canonicalize(root).ok()?;
        let inside = self.root.as_ref()?.strip_prefix(&top).ok()?.to_str()?;
        let opened = match root.trim_end_matches('/') {
            "." => String::new(),
            root => format!("{root}/"),
        };
        let folder = if inside.is_empty() { String::new() } else { format!("{}/", inside.replace('\\', "/")) };
        let named = format!("{opened}{folder}{}", Path::new(path).file_name()?.to_str()?);
        Some(Self { root: Some(top), named: PathBuf::from(named), opened: Some(opened), limit: self.limit })
    }

    /// The file that the user named, as it is asked for.
    #[must_use]
    pub(super) fn path(&self) -> &str {
        self.named.to_str().unwrap_or_default()
    }
}

impl Files for Disk {
    fn read(&self, path: &str) -> Result<String, FileError> {
        if path == "-" && self.named == Path::new("-") {
            return bounded(io::stdin().lock(), self.limit);
        }
        let mut at = PathBuf::from(path);
        if at != self.named {
            at = self.inside(path)?;
        }
        let meta = fs::metadata(&at).map_err(|e| unreadable(&e))?;
        if meta.is_dir() {
            return Err(FileError::Unreadable("it is a folder".to_owned()));
        }
        // The user may name a pipe; a document that names one would make us wait for ever.
        if at != self.named && !meta.is_file() {
            return Err(FileError::Unreadable("it is not a plain file".to_owned()));
        }
        if meta.len() > self.limit {
            return Err(FileError::TooLarge { limit: self.limit });
        }
        in_use(&at);
        bounded(File::open(&at).map_err(|e| unreadable(&e))?, self.limit)
    }

    fn tree(&self, path: &str) -> String {
        self.opened.clone().unwrap_or_else(|| folder(path).to_owned())
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, FileError> {
        let at = self.inside(if folder.is_empty() { "." } else { folder })?;
        let mut names = Vec::new();
        for entry in fs::read_dir(&at).map_err(|e| unreadable(&e))? {
            let entry = entry.map_err(|e| unreadable(&e))?;
            if names.len() == MOST_LISTED {
                return Err(FileError::Unreadable(format!("it is a folder of more than {MOST_LISTED} files")));
            }
            // A name that is no text cannot be one that we look for; links are followed, and judged when they are read.
            if let Some(name) = entry.file_name().to_str().filter(|_| entry.path().is_file()) {
                names.push(name.to_owned());
            }
        }
        names.sort_unstable();
        Ok(names)
    }
}

impl Disk {
    /// A path with its links resolved, if it lies in the root.
    fn inside(&self, path: &str) -> Result<PathBuf, FileError> {
        let at = fs::canonicalize(path).map_err(|e| unreadable(&e))?;
        if self.root.as_ref().is_some_and(|root| at.starts_with(root)) { Ok(at) } else { Err(FileError::Outside) }
    }
}

/// Reads no more than the limit: pipes and growing files do not tell their size.
fn bounded(from: impl Read, limit: u64) -> Result<String, FileError> {
    let bytes = bounded_bytes(from, limit).map_err(|e| unreadable(&e))?.ok_or(FileError::TooLarge { limit })?;
    String::from_utf8(bytes).map_err(|e| FileError::NotUtf8 { offset: e.utf8_error().valid_up_to() })
}

/// The bytes, if there are no more than the limit.
fn bounded_bytes(from: impl Read, limit: u64) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    from.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= limit).then_some(bytes))
}

/// The bytes of a small file, such as a key.
pub(super) fn small(path: &Path, limit: u64) -> Result<Vec<u8>> {
    in_use(path);
    bounded_bytes(File::open(path)?, limit)?.ok_or_else(|| anyhow!("it is larger than {limit} bytes"))
}

/// The bytes of a file that this program wrote: a plain file as long as it has grown; anything else, which may never end, up to a limit.
pub(super) fn own(path: &Path, limit: u64) -> Result<Vec<u8>> {
    let limit = if path.is_file() { u64::MAX } else { limit };
    small(path, limit)
}

fn unreadable(error: &io::Error) -> FileError {
    let why = match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "it may not be read by this user".to_owned(),
        _ => error.to_string(),
    };
    FileError::Unreadable(why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_below_the_folder_are_read() {
        let outer = tempfile::tempdir().expect("temp");
        let root = outer.path().join("s");
        fs::create_dir_all(root.join("w")).expect("dir");
        let write = |path: &Path, bytes: &[u8]| fs::write(path, bytes).expect("write");
        write(&root.join("a.yaml"), b"a");
        write(&root.join("w/b.yaml"), b"b");
        write(&outer.path().join("secret.yaml"), b"secret");
        write(&root.join("bad.yaml"), b"ok\xff");
        let name = |path: &str| root.join(path).to_string_lossy().into_owned();
        let disk = Disk::beside(&name("a.yaml"), 4);
        assert_eq!(disk.read(&name("a.yaml")), Ok("a".to_owned()));
        assert_eq!(disk.read(&name("w/b.yaml")), Ok("b".to_owned()));
        assert_eq!(disk.read(&name("../secret.yaml")), Err(FileError::Outside));
        assert_eq!(disk.read(&name("bad.yaml")), Err(FileError::NotUtf8 { offset: 2 }));
        assert!(matches!(disk.read(&name("none.yaml")), Err(FileError::Unreadable(_))));
        assert!(matches!(disk.read(&name("w")), Err(FileError::Unreadable(_))));
        assert_eq!(disk.list(&name("w")), Ok(vec!["b.yaml".to_owned()]));
        assert_eq!(disk.list(&name("..")), Err(FileError::Outside));
        assert!(matches!(disk.list(&name("none")), Err(FileError::Unreadable(_))));
        write(&root.join("big.yaml"), b"12345");
        assert_eq!(disk.read(&name("big.yaml")), Err(FileError::TooLarge { limit: 4 }));
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(outer.path().join("secret.yaml"), root.join("link.yaml")).expect("link");
            assert_eq!(disk.read(&name("link.yaml")), Err(FileError::Outside));
            // Like a pipe, it is no plain file; a pipe would make a broken test wait for ever.
            let _socket = std::os::unix::net::UnixListener::bind(root.join("socket.yaml")).expect("socket");
            assert_eq!(disk.read(&name("socket.yaml")), Err(FileError::Unreadable("it is not a plain file".to_owned())));
        }
    }
}

//! Files as the reader sees them: text by path, and the rule about which paths it may ask for.
//!
//! In: paths. Out: text, or why not. The trait is all that the library knows of a file system; the
//! command line implements it. Paths are relative, with `/` between their parts.

use std::collections::BTreeMap;

/// Where text comes from.
pub trait Files {
    /// The text of a file.
    ///
    /// # Errors
    /// Why it cannot be had.
    fn read(&self, path: &str) -> Result<String, FileError>;

    /// The names of the plain files in a folder, in order; an empty name is the folder that we are in.
    ///
    /// # Errors
    /// Why they cannot be had.
    fn list(&self, folder: &str) -> Result<Vec<String>, FileError>;

    /// The folder that references of a file that the user named may not leave, with its last slash.
    fn tree(&self, path: &str) -> String {
        folder(path).to_owned()
    }
}

/// Why a file cannot be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileError {
    /// There is none, or it cannot be read, in words: `no such file`.
    Unreadable(String),
    /// It is larger than the limit in bytes.
    TooLarge {
        /// The limit.
        limit: u64,
    },
    /// It is not UTF-8 from this byte on.
    NotUtf8 {
        /// The byte.
        offset: usize,
    },
    /// A link leads out of the folder that was named.
    Outside,
}

/// Files in memory, for tests and for documents that a program makes.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    files: BTreeMap<String, String>,
}

impl Memory {
    /// Files by path.
    #[must_use]
    pub fn new<P: Into<String>, T: Into<String>>(files: impl IntoIterator<Item = (P, T)>) -> Self {
        Self { files: files.into_iter().map(|(path, text)| (path.into(), text.into())).collect() }
    }
}

impl Files for Memory {
    fn read(&self, path: &str) -> Result<String, FileError> {
        self.files.get(path).cloned().ok_or_else(|| FileError::Unreadable("no such file".to_owned()))
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, FileError> {
        let inside = match folder.trim_end_matches('/') {
            "" => String::new(),
            folder => format!("{folder}/"),
        };
        let names: Vec<String> = self
            .files
            .keys()
            .filter_map(|path| path.strip_prefix(&inside))
            .filter(|n| !n.contains('/'))
            .map(str::to_owned)
            .collect();
        if names.is_empty() { Err(FileError::Unreadable("no such folder".to_owned())) } else { Ok(names) }
    }
}

/// The folder of a path, with its last slash; empty for a bare name.
#[must_use]
pub fn folder(path: &str) -> &str {
    path.rfind('/').map_or("", |slash| &path[..=slash])
}

/// The path that `reference` means in a file `from`, if it stays in the folder `tree` and below.
///
/// Lexical: `..` is resolved without asking the file system; links are the implementation's concern.
#[must_use]
pub fn resolve(tree: &str, from: &str, reference: &str) -> Option<String> {
    let drive = reference.get(1..2) == Some(":");
    if reference.is_empty()
        || reference.starts_with(['/', '\\', '~'])
        || drive
        || reference.contains(['\\', '\0'])
        || reference.contains("://")
    {
        return None;
    }
    let inside = folder(from).strip_prefix(tree)?;
    let mut parts: Vec<&str> = inside.split('/').filter(|p| !p.is_empty() && *p != ".").collect();
    for part in reference.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    (!parts.is_empty()).then(|| format!("{tree}{}", parts.join("/")))
}

/// The folder that a reference would have to stay in: what `--root` has to name, if it can be said.
#[must_use]
pub fn root_for(tree: &str, from: &str, reference: &str) -> Option<String> {
    let inside = folder(from).strip_prefix(tree)?;
    let (mut depth, mut lowest) = (0_i32, 0);
    for part in inside.split('/').chain(reference.split('/')) {
        match part {
            "" | "." => {}
            ".." => depth -= 1,
            _ => depth += 1,
        }
        lowest = lowest.min(depth);
    }
    let up = usize::try_from(-lowest).ok().filter(|&up| up > 0 && !reference.starts_with('/'))?;
    let parts: Vec<&str> = tree.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    let named = parts.iter().filter(|part| **part != "..").count();
    if tree.starts_with('/') {
        return (up <= named).then(|| format!("/{}", parts[..parts.len() - up].join("/")));
    }
    let mut root = parts[..parts.len() - up.min(named)].to_vec();
    root.extend(std::iter::repeat_n("..", up.saturating_sub(named)));
    Some(if root.is_empty() { ".".to_owned() } else { root.join("/") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_root_is_the_nearest_folder_that_holds_both() {
        for (tree, from, reference, root) in [
            ("plans/", "plans/p.yaml", "../worlds/w.yaml", Some(".")),
            ("a/plans/", "a/plans/p.yaml", "../worlds/w.yaml", Some("a")),
            ("a/plans/", "a/plans/x/p.yaml", "../../../w.yaml", Some(".")),
            ("", "p.yaml", "../worlds/w.yaml", Some("..")),
            ("../", "../p.yaml", "../worlds/w.yaml", Some("../..")),
            ("plans/", "plans/p.yaml", "../../w.yaml", Some("..")),
            ("/x/plans/", "/x/plans/p.yaml", "../w.yaml", Some("/x")),
            ("/x/", "/x/p.yaml", "../../w.yaml", None),
            ("", "p.yaml", "/etc/passwd", None),
            ("", "p.yaml", "~/w.yaml", None),
        ] {
            assert_eq!(root_for(tree, from, reference).as_deref(), root, "{tree} {reference}");
        }
    }

    #[test]
    fn references_stay_in_the_tree() {
        for (tree, from, reference, path) in [
            ("", "a.yaml", "worlds/w.yaml", Some("worlds/w.yaml")),
            ("s/", "s/a.yaml", "worlds/w.yaml", Some("s/worlds/w.yaml")),
            ("s/", "s/worlds/w.yaml", "../teams.yaml", Some("s/teams.yaml")),
            ("s/", "s/a.yaml", "./x//y.yaml", Some("s/x/y.yaml")),
            ("../up/", "../up/a.yaml", "w.yaml", Some("../up/w.yaml")),
            ("s/", "s/a.yaml", "../b.yaml", None),
            ("s/", "s/a.yaml", "x/../../b.yaml", None),
            ("", "a.yaml", "/etc/passwd", None),
            ("", "a.yaml", "C:/x", None),
            ("", "a.yaml", "~/x", None),
            ("", "a.yaml", "..\\x", None),
            ("", "a.yaml", "https://x.org/w.yaml", None),
            ("", "a.yaml", "", None),
            ("", "a.yaml", "x/..", None),
        ] {
            assert_eq!(resolve(tree, from, reference).as_deref(), path, "{reference}");
        }
    }
}

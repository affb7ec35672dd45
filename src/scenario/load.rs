//! From a path to one tree: files read, includes merged, defaults applied.
//!
//! In: [`Files`] and a path. Out: the tree of a scenario or of a world. Every reference stays in the
//! folder of the file that the user named or below it, or in the folder that the user opens (`--root`).

use super::files::{self, FileError, Files};
use super::keys::world::DEFAULTS;
use super::policies::Shelf;
use super::raw::fields::Fields;
use crate::diag::{Diagnostic, Findings, Severity, Source, Span, codes, tick};
use crate::document::{self, Entry, Node, Value, merge};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// Deepest chain of includes.
const DEEPEST: usize = 16;
/// Most files that one world is made of.
const MOST_INCLUDED: usize = 10_000;
/// Sections of a world that includes add to.
const SECTIONS: [&str; 5] = ["regions", "teams", "roles", "verbs", "services"];

/// The files of one world.
#[derive(Default)]
struct Trail {
    /// Those that are being read: none of them may be included now.
    open: Vec<String>,
    /// All that were included so far.
    included: FxHashSet<String>,
}

/// Reads files for one document.
pub(crate) struct Loader<'a> {
    pub(super) files: &'a dyn Files,
    /// The folder that references may not leave.
    pub(super) tree: String,
    /// Policies that were read: variants name the same files, and reading them for a world takes its time.
    pub(super) policies: Shelf,
}

impl<'a> Loader<'a> {
    /// A loader for a file that the user named.
    pub(crate) fn for_file(files: &'a dyn Files, path: &str) -> Self {
        Self { files, tree: files.tree(path), policies: Shelf::default() }
    }

    /// The tree of the file that the user named.
    pub(crate) fn top(&self, path: &str, found: &mut Findings) -> Option<Node> {
        let node = self.file(path, None, found)?;
        if node.is_null() {
            found.add(Diagnostic {
                code: codes::EMPTY,
                severity: Severity::Error,
                message: format!("{} is empty", tick(path)),
                span: None,
                hint: Some("`foreshock new` writes a small example".to_owned()),
            });
            return None;
        }
        Some(node)
    }

    /// The tree of another file, whose path is resolved already.
    pub(crate) fn beside(&self, path: &str, from: &Node, found: &mut Findings) -> Option<Node> {
        self.file(path, Some(from), found)
    }

    /// A world, given as a path or as itself, with its includes merged and its defaults applied.
    pub(crate) fn world(&self, node: Node, found: &mut Findings) -> Option<Node> {
        self.resolved(node, &mut Trail::default(), found)
    }

    fn resolved(&self, node: Node, trail: &mut Trail, found: &mut Findings) -> Option<Node> {
        let Some(reference) = node.text() else { return self.merged(node, trail, found) };
        let path = self.path(&node, reference, found)?;
        let itself = trail.open.contains(&path) || (trail.open.is_empty() && path == node.file());
        if itself || trail.open.len() >= DEEPEST {
            let nested = || format!("includes are nested more than {DEEPEST} deep");
            let message = if itself { format!("{} includes itself", tick(reference)) } else { nested() };
            found.error_hint(codes::INCLUDE_CYCLE, node.span(), message, "remove this include");
            return None;
        }
        if !trail.included.insert(path.clone()) {
            // Read once, however many files include it: there would be more ways to it than anybody can wait for.
            return Some(node.with_value(Value::map(Vec::new())));
        }
        if trail.included.len() > MOST_INCLUDED {
            let message = format!("this world includes more than {MOST_INCLUDED} files");
            found.error_hint(codes::TOO_LARGE, node.span(), message, "join some of them");
            return None;
        }
        let content = self.file(&path, Some(&node), found)?;
        trail.open.push(path);
        let content = self.merged(content, trail, found);
        trail.open.pop();
        content
    }

    /// The path that a reference means, if it stays in the tree.
    pub(super) fn path(&self, node: &Node, reference: &str, found: &mut Findings) -> Option<String> {
        let path = files::resolve(&self.tree, node.file(), reference);
        if path.is_none() {
            self.outside(node, reference, found);
        }
        path
    }

    /// Reports a reference that leaves the tree, with the folder that would hold it.
    pub(super) fn outside(&self, node: &Node, reference: &str, found: &mut Findings) {
        let message = format!("{} lies outside the folder of the file that was named", tick(reference));
        let hint = match files::root_for(&self.tree, node.file(), reference) {
            Some(root) => format!(
                "files refer to what stands in the folder of the first or below it; with `--root {root}` on the command line, to what is in that folder"
            ),
            None => "references are relative, and stay in the folder of the first file and below it".to_owned(),
        };
        found.error_hint(codes::INCLUDE_OUTSIDE, node.span(), message, hint);
    }

    /// Takes `include` and `defaults` out of a world and does what they say.
    fn merged(&self, mut node: Node, trail: &mut Trail, found: &mut Findings) -> Option<Node> {
        if node.entries().is_none() {
            let message = format!("a world is a map, not {}", node.kind());
            found.error_hint(codes::WRONG_TYPE, super::raw::fields::head(&node), message, "start with `services:`");
            return None;
        }
        let here = trail.open.is_empty();
        if here && !node.file().is_empty() {
            // The file that holds the world may not be included by what it includes.
            trail.open.push(node.file().to_owned());
        }
        let mut whole = true;
        if let Some(include) = node.remove("include") {
            for reference in super::raw::scalar::one_or_more(&include) {
                if reference.text().is_none() {
                    found.error(
                        codes::WRONG_TYPE,
                        reference.span(),
                        format!("a file name should stand here, not {}", reference.kind()),
                    );
                    whole = false;
                    continue;
                }
                match self.resolved(reference.clone(), trail, found) {
                    Some(part) => include_part(&mut node, part, found),
                    None => whole = false,
                }
            }
        }
        if here {
            trail.open.clear();
        }
        if let Some(defaults) = node.remove("defaults") {
            apply_defaults(&mut node, &defaults, found);
        }
        whole.then_some(node)
    }

    fn file(&self, path: &str, from: Option<&Node>, found: &mut Findings) -> Option<Node> {
        match self.files.read(path) {
            Ok(text) => document::read(&Arc::new(Source { name: path.to_owned(), text }), found),
            Err(error) => {
                found.add(unreadable(path, &error, from.map(Node::span)));
                None
            }
        }
    }
}

/// Why a file cannot be had, at the place that names it.
pub(crate) fn unreadable(path: &str, error: &FileError, span: Option<Span>) -> Diagnostic {
    let path = tick(path);
    let (code, message, hint) = match error {
        FileError::Unreadable(why) => (
            codes::UNREADABLE,
            format!("{path} cannot be read: {why}"),
            "check the path; paths in a file are relative to its folder",
        ),
        FileError::TooLarge { limit } => {
            let message = format!("{path} is larger than {}", size(*limit));
            (codes::TOO_LARGE, message, "split it with `include:`, or raise the limit with `--max-file-size`")
        }
        FileError::NotUtf8 { offset } => {
            (codes::NOT_UTF8, format!("{path} is not UTF-8 text: byte {offset} fits no character"), "save it as UTF-8")
        }
        FileError::Outside => {
            let message = format!("{path} is a link that leads out of the folder of the file that was named");
            (codes::INCLUDE_OUTSIDE, message, "put the file itself there")
        }
    };
    Diagnostic { code, severity: Severity::Error, message, span, hint: Some(hint.to_owned()) }
}

fn size(bytes: u64) -> String {
    if bytes >= 1 << 20 { format!("{} MiB", bytes >> 20) } else { format!("{bytes} bytes") }
}

/// Adds an included world to the one that includes it. What is included comes first.
fn include_part(node: &mut Node, mut part: Node, found: &mut Findings) {
    for key in SECTIONS {
        let Some(theirs) = part.remove(key) else { continue };
        let theirs = as_map(theirs);
        let Some(ours) = node.remove(key).map(as_map) else {
            node.put(key, theirs);
            continue;
        };
        let joined = join(theirs, ours, found);
        node.put(key, joined);
    }
    if let Some(theirs) = part.remove("not-modelled") {
        let mut all = super::raw::scalar::one_or_more(&theirs).to_vec();
        if let Some(ours) = node.remove("not-modelled") {
            all.extend(super::raw::scalar::one_or_more(&ours).iter().cloned());
        }
        node.put("not-modelled", theirs.with_value(Value::list(all)));
    }
    let Value::Map(rest) = part.value else { return };
    for Entry { key, value } in rest {
        match key.as_text() {
            "name" | "about" | "complete" | "traffic-by-hour" if node.get(key.as_text()).is_some() => {}
            _ => {
                // A key that no world has is reported where it stands, once the whole is read.
                if let Value::Map(entries) = &mut node.value {
                    entries.push(Entry { key, value });
                }
            }
        }
    }
}

/// The short form of a section, a list of names, as a map.
fn as_map(node: Node) -> Node {
    let Value::List(names) = &node.value else { return node };
    if names.iter().any(|n| n.text().is_none()) {
        return node;
    }
    let entries = names.iter().map(|n| Entry { key: n.clone(), value: n.with_value(Value::Null) });
    node.with_value(Value::map(entries))
}

/// Two maps from names in one, the first one first; a name in both is an error.
fn join(mut first: Node, second: Node, found: &mut Findings) -> Node {
    let place = second.span();
    let (Value::Map(entries), Value::Map(more)) = (&mut first.value, second.value) else {
        let message = "this section is included from two files, and one of them is not a map";
        found.error(codes::WRONG_TYPE, place, message);
        return first;
    };
    let files: FxHashMap<String, String> =
        entries.iter().map(|e| (e.key.as_text().to_owned(), e.key.file().to_owned())).collect();
    for entry in more {
        match files.get(entry.key.as_text()) {
            Some(file) => {
                let message = format!("{} is declared in {} too", tick(entry.key.as_text()), tick(file));
                found.error_hint(codes::DECLARED_TWICE, entry.key.span(), message, "remove one of the two");
            }
            None => entries.push(entry),
        }
    }
    first
}

/// Puts defaults beneath every service, region and team.
fn apply_defaults(node: &mut Node, defaults: &Node, found: &mut Findings) {
    let Some(fields) = Fields::of(defaults, &DEFAULTS, found) else { return };
    for (key, section) in [("service", "services"), ("region", "regions"), ("team", "teams")] {
        let Some(default) = fields.get(key) else { continue };
        if default.entries().is_none() {
            found.error(codes::WRONG_TYPE, default.span(), format!("`{key}` is a map here, not {}", default.kind()));
            continue;
        }
        let Some(all) = node.remove(section) else { continue };
        let mut all = as_map(all);
        if let Value::Map(entries) = &mut all.value {
            entries.iter_mut().for_each(|e| merge::beneath(&mut e.value, default));
        }
        node.put(section, all);
    }
}

//! What a file says before anybody asks what it means: a tree of nodes with their places.
//!
//! In: text, YAML or JSON. Out: [`Node`]s that keep scalars as they were written (`99.9% over 28d`,
//! `1.0`, `007`), so that no reader of types can change them. Nothing else in the crate knows YAML.
//! Not here: what any key means.

pub mod digest;
mod json;
pub mod merge;
pub mod print;
mod text;
mod yaml;

pub use text::Text;

use crate::diag::{Diagnostic, Findings, Source, Span, codes, tick};
use hashbrown::HashSet;
use std::sync::Arc;
use thin_vec::ThinVec;

/// Deepest nesting of maps and lists that a file may have.
pub const DEEPEST: usize = 64;
/// Most nodes that aliases may add to a document.
pub const MOST_ALIASED: usize = 200_000;
/// Maps of up to so many keys are small.
const FEW_KEYS: usize = 12;

/// A value and where it stands.
#[derive(Debug, Clone)]
pub struct Node {
    /// What it is.
    pub value: Value,
    source: Arc<Source>,
    start: u32,
    end: u32,
}

/// The kinds of value. Scalars are text; what the text means is decided by whoever reads it.
#[derive(Debug, Clone)]
pub enum Value {
    /// `null`, `~` or nothing.
    Null,
    /// A scalar without quotes, as written; [`Node::text`] gives the text.
    Plain(Text),
    /// A scalar in quotes or a block of text, escapes resolved.
    Quoted(Text),
    /// A list.
    List(ThinVec<Node>),
    /// A map, in declared order.
    Map(ThinVec<Entry>),
}

/// A key and its value.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The key, a scalar.
    pub key: Node,
    /// Its value.
    pub value: Node,
}

/// Reads a text as JSON if its name or its first character says so, else as YAML.
///
/// `None` only with an error among the findings. A key that stands twice is an error too, but what is wrong beside it can still be found:
/// the first of the two is kept.
pub fn read(source: &Arc<Source>, found: &mut Findings) -> Option<Node> {
    if source.text.len() >= u32::MAX as usize {
        found.error(codes::TOO_LARGE, at(source, 0, 0), "this text is larger than 4 GiB");
        return None;
    }
    let mut parsed = match parse(source) {
        Ok(parsed) => parsed,
        Err(diagnostic) => {
            found.add(*diagnostic);
            return None;
        }
    };
    if parsed.keys == Keys::SomeTwice {
        drop_duplicate_keys(&mut parsed.root, found);
    }
    Some(parsed.root)
}

/// What a parser makes of a text.
struct Parsed {
    root: Node,
    keys: Keys,
}

/// Whether some key stands twice in one map: seen while a map is made, which is when its keys are at hand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keys {
    AllOnce,
    SomeTwice,
}

impl Keys {
    fn and_those_of(self, entries: &[Entry]) -> Self {
        if has_duplicate_keys(entries) { Keys::SomeTwice } else { self }
    }
}

fn parse(source: &Arc<Source>) -> Result<Parsed, Box<Diagnostic>> {
    let named_json = source.name.rsplit_once('.').is_some_and(|(_, ext)| ext.eq_ignore_ascii_case("json"));
    if named_json {
        return json::read(source);
    }
    let bare = source.text.trim_start_matches('\u{feff}').trim_start();
    if bare.starts_with(['{', '[']) {
        // Braces also open a YAML flow map, which JSON's rules would refuse.
        return json::read(source).or_else(|_| yaml::read(source));
    }
    yaml::read(source)
}

/// Reports each key that stands twice in one map, and leaves the first.
fn drop_duplicate_keys(node: &mut Node, found: &mut Findings) {
    match &mut node.value {
        Value::List(items) => items.iter_mut().for_each(|n| drop_duplicate_keys(n, found)),
        Value::Map(entries) => {
            let mut seen = HashSet::new();
            entries.retain_mut(|entry| {
                let is_new = seen.insert(entry.key.as_text().to_owned());
                if is_new {
                    drop_duplicate_keys(&mut entry.value, found);
                } else {
                    let message = format!("{} stands here twice", tick(entry.key.as_text()));
                    found.error_hint(codes::DUPLICATE_KEY, entry.key.span(), message, "keep one of the two");
                }
                is_new
            });
        }
        Value::Null | Value::Plain(_) | Value::Quoted(_) => {}
    }
}

/// Nearly all maps are small: looking at all pairs of keys takes less than a set.
fn has_duplicate_keys(entries: &[Entry]) -> bool {
    if entries.len() < 2 {
        return false;
    }
    if entries.len() > FEW_KEYS {
        let mut seen = HashSet::with_capacity(entries.len());
        return !entries.iter().all(|entry| seen.insert(entry.key.as_text()));
    }
    let mut texts = [""; FEW_KEYS];
    for (i, entry) in entries.iter().enumerate() {
        texts[i] = entry.key.as_text();
        if texts[..i].iter().any(|text| *text == texts[i]) {
            return true;
        }
    }
    false
}

impl Value {
    /// A list of these.
    #[must_use]
    pub fn list(items: impl IntoIterator<Item = Node>) -> Self {
        Value::List(items.into_iter().collect())
    }

    /// A map of these.
    #[must_use]
    pub fn map(entries: impl IntoIterator<Item = Entry>) -> Self {
        Value::Map(entries.into_iter().collect())
    }
}

/// A span of a source.
pub(crate) fn at(source: &Arc<Source>, start: usize, end: usize) -> Span {
    Span { source: Arc::clone(source), start, end }
}

impl Node {
    /// A node at a place; positions beyond the text are clamped.
    #[must_use]
    pub fn new(value: Value, source: &Arc<Source>, start: usize, end: usize) -> Self {
        let clamp = |p: usize| u32::try_from(p.min(source.text.len())).unwrap_or(u32::MAX);
        Self { value, source: Arc::clone(source), start: clamp(start), end: clamp(end.max(start)) }
    }

    /// A node that stands nowhere, for documents that a program makes.
    #[must_use]
    pub fn made(value: Value) -> Self {
        static NOWHERE: std::sync::LazyLock<Arc<Source>> =
            std::sync::LazyLock::new(|| Arc::new(Source { name: "<made>".to_owned(), text: String::new() }));
        Self::new(value, &NOWHERE, 0, 0)
    }

    /// Another value where this one stands. A scalar that was read comes by [`Node::value_for_elsewhere`].
    #[must_use]
    pub fn with_value(&self, value: Value) -> Self {
        Self { value, source: Arc::clone(&self.source), start: self.start, end: self.end }
    }

    /// Where it stands.
    #[must_use]
    pub fn span(&self) -> Span {
        at(&self.source, self.start as usize, self.end as usize)
    }

    /// A part of a scalar: byte offsets into its text, where the text stands in the file as it is; else the whole.
    #[must_use]
    pub fn part(&self, start: usize, end: usize) -> Span {
        let whole = self.span();
        let Some(text) = self.text() else { return whole };
        let first = whole.start + self.quote();
        if self.source.text.get(first..first + text.len()) != Some(text) || end > text.len() {
            return whole;
        }
        at(&self.source, first + start, first + end)
    }

    /// How many bytes stand before the text of a scalar.
    fn quote(&self) -> usize {
        usize::from(matches!(self.value, Value::Quoted(_)))
    }

    /// The same scalar for another place: its text no longer depends on where it stood.
    #[must_use]
    pub fn value_for_elsewhere(&self) -> Value {
        let owned = || self.as_text().into();
        match &self.value {
            Value::Plain(_) => Value::Plain(owned()),
            Value::Quoted(_) => Value::Quoted(owned()),
            other => other.clone(),
        }
    }

    /// The name of the file it stands in.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.source.name
    }

    /// The text of a scalar.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        let (Value::Plain(text) | Value::Quoted(text)) = &self.value else { return None };
        Some(text.own().unwrap_or_else(|| {
            let quote = self.quote();
            self.source.text.get(self.start as usize + quote..self.end as usize - quote).unwrap_or_default()
        }))
    }

    /// The text of a scalar; empty for anything else. For keys, which are always scalars.
    #[must_use]
    pub fn as_text(&self) -> &str {
        self.text().unwrap_or_default()
    }

    /// The entries of a map.
    #[must_use]
    pub fn entries(&self) -> Option<&[Entry]> {
        if let Value::Map(entries) = &self.value { Some(entries) } else { None }
    }

    /// The items of a list.
    #[must_use]
    pub fn items(&self) -> Option<&[Node]> {
        if let Value::List(items) = &self.value { Some(items) } else { None }
    }

    /// The value of a key, if this is a map that has it and it is not null.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        let entry = self.entries()?.iter().find(|e| e.key.as_text() == key)?;
        (!entry.value.is_null()).then_some(&entry.value)
    }

    /// Takes a key out of a map.
    pub fn remove(&mut self, key: &str) -> Option<Node> {
        let Value::Map(entries) = &mut self.value else { return None };
        let place = entries.iter().position(|e| e.key.as_text() == key)?;
        Some(entries.remove(place).value)
    }

    /// Puts a key into a map, in place of what was there.
    pub fn put(&mut self, key: &str, value: Node) {
        let Value::Map(entries) = &mut self.value else { return };
        match entries.iter_mut().find(|e| e.key.as_text() == key) {
            Some(entry) => entry.value = value,
            None => entries.push(Entry { key: value.with_value(Value::Plain(key.into())), value }),
        }
    }

    /// Whether it is null.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self.value, Value::Null)
    }

    /// What it is, in a word for messages.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "nothing",
            Value::Plain(_) | Value::Quoted(_) => "a single value",
            Value::List(_) => "a list",
            Value::Map(_) => "a map",
        }
    }
}

#[cfg(test)]
mod tests;

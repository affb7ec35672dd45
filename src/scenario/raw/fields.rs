//! A map read by the table of its keys.
//!
//! In: a node and its [`Section`]. Out: the values behind known keys; unknown keys are reported at
//! once, with the one that was probably meant.

use crate::diag::{Findings, codes, tick};
use crate::document::{Entry, Node};
use crate::scenario::keys::Section;
use crate::scenario::suggest;
use smallvec::SmallVec;

/// Keys that a section may have beside its table.
#[derive(Clone, Copy)]
pub(crate) enum Others<'a> {
    /// None.
    None,
    /// These.
    Names(&'a [&'a str]),
    /// Any; whoever reads them checks them.
    Any,
}

impl Others<'_> {
    fn has(&self, key: &str) -> bool {
        match self {
            Others::None => false,
            Others::Names(names) => names.contains(&key),
            Others::Any => true,
        }
    }
}

/// A map whose keys have been checked.
#[derive(Clone)]
pub(crate) struct Fields<'a> {
    node: &'a Node,
    section: &'static Section,
    /// What is there of the keys in the table: a section has dozens of keys, and a map a handful of them.
    known: SmallVec<[(&'static str, &'a Node); 5]>,
    has_others: bool,
}

impl<'a> Fields<'a> {
    /// A map, or nothing at all, which is an empty map. Reports unknown and missing keys.
    pub(crate) fn of(node: &'a Node, section: &'static Section, found: &mut Findings) -> Option<Self> {
        Self::with_others(node, section, Others::None, found)
    }

    /// The same for a section that may have other keys.
    pub(crate) fn with_others(
        node: &'a Node,
        section: &'static Section,
        others: Others<'_>,
        found: &mut Findings,
    ) -> Option<Self> {
        if node.entries().is_none() && !node.is_null() {
            let message = format!("{} is a map, not {}", section.name, node.kind());
            let example = section.keys.iter().take(3).map(|k| k.name).collect::<Vec<_>>().join(", ");
            found.error_hint(
                codes::WRONG_TYPE,
                node.span(),
                message,
                format!("write `{{ key: value }}` with keys such as {example}"),
            );
            return None;
        }
        let fields = Self::checked(node, section);
        if fields.has_others {
            let entries = node.entries().unwrap_or_default();
            for entry in entries.iter().filter(|e| !section.has(e.key.as_text()) && !others.has(e.key.as_text())) {
                unknown_key(entry, section, others, found);
            }
        }
        for key in section.required {
            if fields.get(key).is_none() {
                let message = format!("{} needs `{key}`", section.name);
                found.error_hint(codes::MISSING_KEY, head(node), message, format!("`{key}`: {}", about(section, key)));
            }
        }
        Some(fields)
    }

    /// A map whose keys were checked before.
    pub(crate) fn checked(node: &'a Node, section: &'static Section) -> Self {
        let mut fields = Self { node, section, known: SmallVec::new(), has_others: false };
        for entry in node.entries().unwrap_or_default() {
            match section.name_of(entry.key.as_text()) {
                Some(name) if entry.value.is_null() || fields.known.iter().any(|known| known.0 == name) => {}
                Some(name) => fields.known.push((name, &entry.value)),
                None => fields.has_others = true,
            }
        }
        fields
    }

    /// The value of a key; null is as good as absent.
    pub(crate) fn get(&self, key: &str) -> Option<&'a Node> {
        debug_assert!(self.section.has(key), "`{key}` is not in the table of {}", self.section.name);
        self.known.iter().find(|known| known.0 == key).map(|known| known.1)
    }

    /// The value of a key, read by `read`.
    pub(crate) fn read<T>(
        &self,
        key: &str,
        found: &mut Findings,
        read: impl FnOnce(&'a Node, &mut Findings) -> Option<T>,
    ) -> Option<T> {
        self.get(key).and_then(|node| read(node, found))
    }

    /// The entries whose keys are not in the table.
    pub(crate) fn others(&self) -> impl Iterator<Item = &'a Entry> {
        let section = self.section;
        let entries = self.node.entries().filter(|_| self.has_others).unwrap_or_default();
        entries.iter().filter(move |e| !section.has(e.key.as_text()) && !e.value.is_null())
    }

    /// The map itself.
    pub(crate) fn node(&self) -> &'a Node {
        self.node
    }
}

fn unknown_key(entry: &Entry, section: &'static Section, others: Others<'_>, found: &mut Findings) {
    let key = entry.key.as_text();
    let message = format!("{} has no key {}", section.name, tick(key));
    let span = entry.key.span();
    if key == "<<" {
        return found.error_hint(
            codes::UNKNOWN_KEY,
            span,
            message,
            "merge keys are not used here; `defaults:` serves the purpose",
        );
    }
    if !found.worth_a_hint() {
        return found.error(codes::UNKNOWN_KEY, span, message);
    }
    let names = if let Others::Names(names) = others { names } else { &[] };
    let meant = suggest::meant(key, section.keys.iter().map(|k| k.name).chain(names.iter().copied()));
    let hint = match meant {
        Some(near) => Some(format!("did you mean `{near}`?")),
        None => suggest::hint(key, section.keys.iter().map(|k| k.name), "key").map(|known| {
            // Keys that only names allow are too many to list.
            let others = section.others.filter(|_| !names.is_empty());
            others.map_or(known.clone(), |(_, about)| format!("{known}; or {about}"))
        }),
    };
    match hint {
        Some(hint) => found.error_hint(codes::UNKNOWN_KEY, span, message, hint),
        None => found.error(codes::UNKNOWN_KEY, span, message),
    }
}

fn about(section: &Section, key: &str) -> &'static str {
    section.keys.iter().find(|k| k.name == key).map_or("", |k| k.about)
}

/// The first line of a node: a message about a missing key need not show the whole map.
pub(crate) fn head(node: &Node) -> crate::diag::Span {
    let mut span = node.span();
    let text = span.source.text.get(span.start..span.end).unwrap_or_default();
    span.end = span.start + text.find('\n').unwrap_or(text.len());
    span
}

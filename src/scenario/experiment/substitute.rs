//! `$name` becomes the value that a setting gives it.
//!
//! In: a tree and a setting. Out: the tree with values in place of names. A scalar that is nothing but `$name` becomes the
//! value itself, whatever it is, at the place where the value stands; a name inside a longer text takes a single value;
//! `$$` is a dollar sign. Texts that only people read are left alone.

use super::parameters::{Parameter, Setting};
use crate::diag::{Findings, codes, tick};
use crate::document::{Entry, Node, Value};
use crate::scenario::suggest;

/// Keys whose texts are for people.
const PROSE: [&str; 5] = ["about", "learnt", "note", "source", "title"];

/// A setting and the names of what it sets.
pub(super) struct Values<'a> {
    pub(super) parameters: &'a [Parameter],
    pub(super) setting: &'a Setting,
}

impl Values<'_> {
    /// The tree under the setting.
    pub(super) fn replaced(&self, node: &Node, found: &mut Findings) -> Node {
        match &node.value {
            Value::Map(entries) => {
                let entry = |e: &Entry| {
                    let prose = PROSE.contains(&e.key.as_text());
                    let value = if prose { e.value.clone() } else { self.replaced(&e.value, found) };
                    Entry { key: e.key.clone(), value }
                };
                node.with_value(Value::map(entries.iter().map(entry)))
            }
            Value::List(items) => node.with_value(Value::list(items.iter().map(|n| self.replaced(n, found)))),
            _ => match node.text().filter(|text| text.contains('$')) {
                Some(text) => self.scalar(node, text, found),
                None => node.clone(),
            },
        }
    }

    fn scalar(&self, node: &Node, text: &str, found: &mut Findings) -> Node {
        let pieces: Vec<Piece<'_>> = pieces(text).collect();
        if let [Piece::Name(name, _)] = pieces.as_slice() {
            return self.value(node, name, 0, found).cloned().unwrap_or_else(|| node.clone());
        }
        let mut out = String::new();
        for piece in &pieces {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Name(name, at) => {
                    let Some(value) = self.value(node, name, *at, found) else { continue };
                    match value.text() {
                        Some(text) => out.push_str(text),
                        None => found.error_hint(
                            codes::WRONG_TYPE,
                            value.span(),
                            format!("`${name}` stands inside a text, so its values are single values, not {}", value.kind()),
                            "write the whole value as `$name`, or give it single values",
                        ),
                    }
                }
            }
        }
        match node.value {
            Value::Plain(_) => node.with_value(Value::Plain(out.into())),
            _ => node.with_value(Value::Quoted(out.into())),
        }
    }

    fn value(&self, node: &Node, name: &str, at: usize, found: &mut Findings) -> Option<&Node> {
        if let Some(place) = self.parameters.iter().position(|p| p.name == name) {
            return Some(&self.parameters[place].values[self.setting[place] as usize].node);
        }
        let known = self.parameters.iter().map(|p| p.name.as_str());
        let hint = suggest::hint(name, known, "parameter").unwrap_or_else(|| "declare it under `vary:`".to_owned());
        let message = format!("there is no parameter {}", tick(&format!("${name}")));
        found.error_hint(codes::UNKNOWN_PARAMETER, node.part(at, at + 1 + name.len()), message, hint);
        None
    }
}

/// The names of parameters in a tree, in order.
pub(super) fn names(node: &Node, into: &mut Vec<String>) {
    match &node.value {
        Value::Map(entries) => {
            entries.iter().filter(|e| !PROSE.contains(&e.key.as_text())).for_each(|e| names(&e.value, into));
        }
        Value::List(items) => items.iter().for_each(|n| names(n, into)),
        _ => {
            let text = node.text().filter(|text| text.contains('$')).unwrap_or_default();
            into.extend(pieces(text).filter_map(|p| if let Piece::Name(name, _) = p { Some(name.to_owned()) } else { None }));
        }
    }
}

/// A part of a text.
enum Piece<'a> {
    Text(&'a str),
    /// A name without its dollar sign, and the place of that.
    Name(&'a str, usize),
}

fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
        let start = at;
        let Some(dollar) = rest.find('$') else {
            at = text.len();
            return Some(Piece::Text(rest));
        };
        if dollar > 0 {
            at += dollar;
            return Some(Piece::Text(&rest[..dollar]));
        }
        let name = &rest[1..];
        let end = name.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-')).unwrap_or(name.len());
        // A name does not end in a hyphen, so that `$a-` can stand before something else.
        let end = name[..end].trim_end_matches('-').len();
        if end == 0 {
            // `$$` is one dollar sign, and a lone one is itself.
            at += if name.starts_with('$') { 2 } else { 1 };
            return Some(Piece::Text("$"));
        }
        at += 1 + end;
        Some(Piece::Name(&name[..end], start))
    })
}

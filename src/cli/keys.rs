//! `foreshock explain` about the keys of a file: their pages come from the tables that files are read with.
//!
//! In: a key, such as `faults` or `hold`. Out: what it says wherever it may stand, and the keys below it. Keys of single
//! guardrails stand on the pages of those (`controls`).

use crate::report::untrusted::wrap;
use crate::scenario::keys::{Form, Key, Section};
use crate::scenario::schema::KINDS;
use std::fmt::Write as _;

/// All keys, each once.
pub(super) fn keys() -> Vec<String> {
    let mut names: Vec<String> = sections().iter().flat_map(|s| s.keys).map(|key| key.name.to_owned()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// The page about a key.
pub(super) fn key(asked: &str) -> Option<String> {
    let asked = asked.to_lowercase();
    let places = sections().into_iter().filter_map(|section| Some((section, section.keys.iter().find(|k| k.name == asked)?)));
    let pages: Vec<String> = places.map(|(section, key)| page(section, key)).collect();
    (!pages.is_empty()).then(|| pages.join("\n"))
}

fn page(section: &Section, key: &Key) -> String {
    let must = if section.required.contains(&key.name) { "; it must be there" } else { "" };
    let mut out = wrapped("", &format!("key {} of {}: {}{must}", key.name, section.name, key.about));
    let mut below = Vec::new();
    sections_in(key.form, &mut below);
    for section in below {
        let _ = write!(out, "\n{}", wrapped("", &format!("{}: {}", section.name, section.about)));
        let width = section.keys.iter().map(|key| key.name.len()).max().unwrap_or(0) + 2;
        for key in section.keys {
            let must = if section.required.contains(&key.name) { " (must be there)" } else { "" };
            let about = wrap(&format!("{}{must}", key.about), 76 - width).join(&format!("\n{}", " ".repeat(width + 2)));
            let _ = writeln!(out, "  {:<width$}{about}", key.name);
        }
        if let Some((_, about)) = section.others {
            out += &wrapped("  ", &format!("or {about}"));
        }
    }
    out
}

fn wrapped(indent: &str, text: &str) -> String {
    format!("{indent}{}\n", wrap(text, 78).join(&format!("\n{indent}")))
}

/// Every section of every kind of document, those above before those below.
fn sections() -> Vec<&'static Section> {
    let mut found: Vec<&'static Section> = KINDS.iter().map(|(_, root)| *root).collect();
    let mut next = 0;
    while let Some(section) = found.get(next).copied() {
        next += 1;
        let forms = section.keys.iter().map(|key| key.form).chain(section.others.map(|(form, _)| form));
        let mut below = Vec::new();
        forms.for_each(|form| sections_in(form, &mut below));
        for new in below {
            if found.iter().all(|known| known.name != new.name) {
                found.push(new);
            }
        }
    }
    found
}

/// The sections that may stand behind a key.
fn sections_in(form: Form, found: &mut Vec<&'static Section>) {
    match form {
        Form::Section(section) => found.push(section),
        Form::OneOrMore(inner) | Form::List(inner) | Form::Map(inner) => sections_in(*inner, found),
        Form::Either(forms) => forms.iter().for_each(|&form| sections_in(form, found)),
        _ => {}
    }
}

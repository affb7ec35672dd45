//! Nodes back to YAML, for worlds that were imported and plans that were advised.
//!
//! In: a [`Node`]. Out: text that reads back as the same tree. Maps and lists of scalars that fit a
//! line are written on one; anything that YAML could read differently is quoted.

use super::{Entry, Node, Value};
use std::fmt::Write as _;

/// Lines longer than this are broken up.
const WIDTH: usize = 110;

/// The tree as YAML, with a line break at the end.
#[must_use]
pub fn yaml(node: &Node) -> String {
    let mut out = String::new();
    block(node, 0, &mut out);
    out.trim_start_matches('\n').to_owned()
}

/// A value in one line: a scalar as it is, anything else in the short form.
#[must_use]
pub fn one_line(node: &Node) -> String {
    node.text().map_or_else(|| flow(node), |text| text.trim().to_owned())
}

/// Writes a value behind its key or dash: on the same line if it fits, else in a block beneath.
fn block(node: &Node, indent: usize, out: &mut String) {
    let top = out.is_empty();
    let one_line = flow(node);
    let simple = match &node.value {
        Value::Map(entries) => entries.iter().all(|e| is_scalar(&e.value)) && !top,
        Value::List(items) => items.iter().all(is_scalar),
        _ => true,
    };
    if (simple && one_line.len() + indent <= WIDTH) || is_empty(node) || is_scalar(node) {
        let gap = if out.is_empty() || out.ends_with([' ', '\n']) { "" } else { " " };
        let _ = writeln!(out, "{gap}{one_line}");
        return;
    }
    match &node.value {
        Value::Map(entries) => map(entries, indent, out),
        Value::List(items) => list(items, indent, out),
        _ => {}
    }
}

fn map(entries: &[Entry], indent: usize, out: &mut String) {
    if !out.ends_with("- ") {
        out.push('\n');
    }
    for entry in entries {
        if !out.ends_with("- ") {
            out.extend(std::iter::repeat_n(' ', indent));
        }
        let _ = write!(out, "{}:", scalar(entry.key.as_text(), matches!(entry.key.value, Value::Quoted(_))));
        block(&entry.value, indent + 2, out);
    }
}

fn list(items: &[Node], indent: usize, out: &mut String) {
    out.push('\n');
    for item in items {
        out.extend(std::iter::repeat_n(' ', indent));
        out.push_str("- ");
        if matches!(item.value, Value::List(_)) {
            let _ = writeln!(out, "{}", flow(item));
        } else {
            block(item, indent + 2, out);
        }
    }
}

fn flow(node: &Node) -> String {
    match &node.value {
        Value::Null => "null".to_owned(),
        Value::Plain(_) => scalar(node.as_text(), false),
        Value::Quoted(_) => scalar(node.as_text(), true),
        Value::List(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::Map(entries) if entries.is_empty() => "{}".to_owned(),
        Value::Map(entries) => {
            let pair =
                |e: &Entry| format!("{}: {}", scalar(e.key.as_text(), matches!(e.key.value, Value::Quoted(_))), flow(&e.value));
            format!("{{ {} }}", entries.iter().map(pair).collect::<Vec<_>>().join(", "))
        }
    }
}

/// A scalar, in quotes if it needs them: because it was quoted and would otherwise be null, or because YAML has other plans for it.
fn scalar(text: &str, quoted: bool) -> String {
    let word = |c: char| {
        c.is_alphanumeric()
            || matches!(c, '-' | '_' | '.' | '/' | '@' | '%' | ' ' | '+' | '=' | '<' | '>' | '(' | ')' | '~' | '$')
    };
    let safe = !text.is_empty()
        && text.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '/' | '$' | '.' | '('))
        && !text.starts_with("...")
        && !text.ends_with(' ')
        && text.chars().all(word);
    let null = matches!(text, "" | "~" | "null" | "Null" | "NULL");
    // A quoted `true` stays a text, a plain one stays a truth.
    let reserved = quoted && (null || matches!(text, "true" | "false"));
    if safe && !reserved && (quoted || !null) {
        return text.to_owned();
    }
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if crate::diag::is_hidden(c) => {
                let _ = write!(out, "\\U{:08x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn is_scalar(node: &Node) -> bool {
    matches!(node.value, Value::Null | Value::Plain(_) | Value::Quoted(_))
}

fn is_empty(node: &Node) -> bool {
    matches!(&node.value, Value::List(items) if items.is_empty())
        || matches!(&node.value, Value::Map(entries) if entries.is_empty())
}

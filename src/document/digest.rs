//! A fingerprint of what a document says: SHA-256 over a canonical form.
//!
//! In: nodes. Out: hex. The order of keys, quotes, comments, places and keys set to null do not count.

use super::{Node, Value};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// The digest of one tree.
#[must_use]
pub fn of(node: &Node) -> String {
    let mut hash = Sha256::new();
    feed(node, &mut hash);
    hex(hash)
}

/// The digest that the tree of this JSON has once it is written and read.
#[must_use]
pub fn of_json(value: &serde_json::Value) -> String {
    let mut hash = Sha256::new();
    feed_json(value, &mut hash);
    hex(hash)
}

/// The digest of a tree and of another document that it refers to.
#[must_use]
pub fn of_both(node: &Node, other: &str) -> String {
    let mut hash = Sha256::new();
    feed(node, &mut hash);
    hash.update(other.as_bytes());
    hex(hash)
}

/// A digest, and texts that it has to cover too; itself if there are none.
#[must_use]
pub fn with_texts<'a>(digest: String, texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut hash = Sha256::new();
    let mut any = false;
    for text in texts {
        feed_text(text, &mut hash);
        any = true;
    }
    if !any {
        return digest;
    }
    hash.update(digest.as_bytes());
    hex(hash)
}

fn feed(node: &Node, hash: &mut Sha256) {
    match &node.value {
        Value::Null => hash.update(b"n"),
        Value::Plain(text) | Value::Quoted(text) => feed_text(text, hash),
        Value::List(items) => {
            hash.update(b"[");
            items.iter().for_each(|n| feed(n, hash));
            hash.update(b"]");
        }
        Value::Map(entries) => {
            let mut sorted: Vec<_> = entries.iter().filter(|e| !e.value.is_null()).collect();
            sorted.sort_by(|a, b| a.key.as_text().cmp(b.key.as_text()));
            hash.update(b"{");
            for entry in sorted {
                feed_text(entry.key.as_text(), hash);
                feed(&entry.value, hash);
            }
            hash.update(b"}");
        }
    }
}

/// The same for a value of JSON: numbers and truths are their text.
fn feed_json(value: &serde_json::Value, hash: &mut Sha256) {
    use serde_json::Value as Json;
    match value {
        Json::Null => hash.update(b"n"),
        Json::Bool(truth) => feed_text(if *truth { "true" } else { "false" }, hash),
        Json::Number(number) => feed_text(&number.to_string(), hash),
        Json::String(text) => feed_text(text, hash),
        Json::Array(items) => {
            hash.update(b"[");
            items.iter().for_each(|item| feed_json(item, hash));
            hash.update(b"]");
        }
        Json::Object(entries) => {
            let mut sorted: Vec<_> = entries.iter().filter(|(_, value)| !value.is_null()).collect();
            sorted.sort_by_key(|(key, _)| *key);
            hash.update(b"{");
            for (key, value) in sorted {
                feed_text(key, hash);
                feed_json(value, hash);
            }
            hash.update(b"}");
        }
    }
}

/// The length comes first, so that no two documents can run together to the same bytes.
fn feed_text(text: &str, hash: &mut Sha256) {
    hash.update(b"s");
    hash.update((text.len() as u64).to_le_bytes());
    hash.update(text.as_bytes());
}

fn hex(hash: Sha256) -> String {
    hash.finalize().iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

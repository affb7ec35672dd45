//! A fingerprint of what a document says: SHA-256 over a canonical form.
//!
//! In: nodes. Out: hex. The order of keys, quotes, comments, places and keys set to null do not count.

use super::{Entry, Node, Value};
use sha2::{Digest, Sha256};
use smallvec::SmallVec;
use std::fmt::Write as _;

/// Bytes that are hashed at once: a large document consists of millions of short pieces.
const BLOCK: usize = 1 << 16;

/// A hash, and what is to go into it.
struct Feed {
    hash: Sha256,
    waiting: Vec<u8>,
}

impl Feed {
    fn new() -> Self {
        Self { hash: Sha256::new(), waiting: Vec::with_capacity(2 * BLOCK) }
    }

    fn update(&mut self, bytes: &[u8]) {
        self.waiting.extend_from_slice(bytes);
        self.hash_blocks();
    }

    /// The length comes first, so that no two documents can run together to the same bytes.
    fn text(&mut self, text: &str) {
        let mut head = [b's'; 9];
        head[1..].copy_from_slice(&(text.len() as u64).to_le_bytes());
        self.waiting.extend_from_slice(&head);
        self.waiting.extend_from_slice(text.as_bytes());
        self.hash_blocks();
    }

    fn hash_blocks(&mut self) {
        if self.waiting.len() >= BLOCK {
            self.hash.update(&self.waiting);
            self.waiting.clear();
        }
    }

    fn hex(mut self) -> String {
        self.hash.update(&self.waiting);
        self.hash.finalize().iter().fold(String::with_capacity(64), |mut hex, byte| {
            // Writing to a string cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }
}

/// The digest of one tree.
#[must_use]
pub fn of(node: &Node) -> String {
    let mut hash = Feed::new();
    feed(node, &mut hash);
    hash.hex()
}

/// The digest that the tree of this JSON has once it is written and read.
#[must_use]
pub fn of_json(value: &serde_json::Value) -> String {
    let mut hash = Feed::new();
    feed_json(value, &mut hash);
    hash.hex()
}

/// The digest of a tree and of another document that it refers to.
#[must_use]
pub fn of_both(node: &Node, other: &str) -> String {
    let mut hash = Feed::new();
    feed(node, &mut hash);
    hash.update(other.as_bytes());
    hash.hex()
}

/// A digest, and texts that it has to cover too; itself if there are none.
#[must_use]
pub fn with_texts<'a>(digest: String, texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut hash = Feed::new();
    let mut any = false;
    for text in texts {
        hash.text(text);
        any = true;
    }
    if !any {
        return digest;
    }
    hash.update(digest.as_bytes());
    hash.hex()
}

fn feed(node: &Node, hash: &mut Feed) {
    match &node.value {
        Value::Null => hash.update(b"n"),
        Value::Plain(_) | Value::Quoted(_) => hash.text(node.as_text()),
        Value::List(items) => {
            hash.update(b"[");
            items.iter().for_each(|n| feed(n, hash));
            hash.update(b"]");
        }
        Value::Map(entries) => {
            hash.update(b"{");
            let mut parts: SmallVec<[Part<'_>; 12]> = entries.iter().filter(|e| !e.value.is_null()).map(Part::of).collect();
            if !parts.is_sorted_by_key(Part::order) {
                parts.sort_by_key(Part::order);
            }
            for part in &parts {
                hash.text(part.key);
                feed(part.value, hash);
            }
            hash.update(b"}");
        }
    }
}

/// An entry of a map, in the order of keys. A large world has a million services, whose names lie all over its text: their beginnings stand
/// here.
struct Part<'a> {
    begins: u64,
    key: &'a str,
    value: &'a Node,
}

impl<'a> Part<'a> {
    fn of(entry: &'a Entry) -> Self {
        let key = entry.key.as_text();
        let mut begins = [0; 8];
        begins.iter_mut().zip(key.bytes()).for_each(|(place, byte)| *place = byte);
        Self { begins: u64::from_be_bytes(begins), key, value: &entry.value }
    }

    /// What decides the order: bytes beyond the end of a key are 0, so that beginnings compare as keys do.
    fn order(&self) -> (u64, &'a str) {
        (self.begins, self.key)
    }
}

/// The same for a value of JSON: numbers and truths are their text.
fn feed_json(value: &serde_json::Value, hash: &mut Feed) {
    use serde_json::Value as Json;
    match value {
        Json::Null => hash.update(b"n"),
        Json::Bool(truth) => hash.text(if *truth { "true" } else { "false" }),
        Json::Number(number) => hash.text(&number.to_string()),
        Json::String(text) => hash.text(text),
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
                hash.text(key);
                feed_json(value, hash);
            }
            hash.update(b"}");
        }
    }
}

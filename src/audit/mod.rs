//! The audit log: JSON lines, each with the fingerprint of the one before.
//!
//! In: entries and the text of a log. Out: the next line; or the first line at which the chain breaks. Any edit, deletion or reordering of lines
//! breaks it; that the end was cut off shows against the head, which stands beside the log and wherever it was noted. Not here: files and locks
//! (`cli`).

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// The fingerprint before the first line.
pub const START: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Where a chain ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// How many lines.
    pub lines: u64,
    /// The fingerprint of the last one; [`START`] without any.
    pub hash: String,
}

impl Head {
    /// Of an empty log.
    #[must_use]
    pub fn start() -> Self {
        Head { lines: 0, hash: START.to_owned() }
    }

    /// As it stands beside the log.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{} {}\n", self.lines, self.hash)
    }

    /// Reads it back.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let (lines, hash) = text.trim_end().split_once(' ')?;
        let hash_fits = hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit());
        hash_fits.then_some(Head { lines: lines.parse().ok()?, hash: hash.to_owned() })
    }
}

/// Where and how a chain breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Break {
    /// The line, from 1.
    pub line: u64,
    /// What is wrong there.
    pub what: String,
}

/// The line that continues a chain, with its line end, and the new head.
#[must_use]
pub fn line(head: &Head, entry: &Map<String, Value>) -> (String, Head) {
    let mut whole = Map::new();
    whole.insert("n".to_owned(), Value::from(head.lines + 1));
    whole.insert("prev".to_owned(), Value::from(head.hash.clone()));
    whole.extend(entry.iter().map(|(k, v)| (k.clone(), v.clone())));
    let hash = fingerprint(&whole);
    whole.insert("hash".to_owned(), Value::from(hash.clone()));
    (Value::Object(whole).to_string() + "\n", Head { lines: head.lines + 1, hash })
}

/// Follows a chain to its end.
///
/// # Errors
/// The first line that does not fit.
pub fn follow(log: &str) -> Result<Head, Break> {
    let mut head = Head::start();
    if !log.is_empty() && !log.ends_with('\n') {
        let line = log.matches('\n').count() as u64 + 1;
        return Err(Break { line, what: "the last line is cut off".to_owned() });
    }
    for (line, text) in (1..).zip(log.lines()) {
        let broken = |what: &str| Break { line, what: what.to_owned() };
        let Ok(Value::Object(mut entry)) = serde_json::from_str::<Value>(text) else {
            return Err(broken("this is not an entry"));
        };
        let hash = entry.remove("hash");
        if entry.get("n") != Some(&Value::from(head.lines + 1)) {
            return Err(broken("the number does not follow the one before: a line is missing or out of order"));
        }
        if entry.get("prev").and_then(Value::as_str) != Some(&head.hash) {
            return Err(broken("it does not continue the line before"));
        }
        let found = fingerprint(&entry);
        if hash.as_ref().and_then(Value::as_str) != Some(&found) {
            return Err(broken("it was changed after it was written"));
        }
        // Other spellings of the same entry (blanks, order, a key twice) are edits as well.
        entry.insert("hash".to_owned(), Value::from(found.clone()));
        if *text != *Value::Object(entry).to_string() {
            return Err(broken("it is not spelt as it was written"));
        }
        head = Head { lines: line, hash: found };
    }
    Ok(head)
}

/// SHA-256 over the entry as it is written, its keys in order.
fn fingerprint(entry: &Map<String, Value>) -> String {
    let text = Value::Object(entry.clone()).to_string();
    Sha256::digest(text.as_bytes()).iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(entries: usize) -> String {
        let mut head = Head::start();
        let mut log = String::new();
        for n in 0..entries {
            let mut entry = Map::new();
            entry.insert("decision".to_owned(), Value::from(if n % 2 == 0 { "block" } else { "allow" }));
            entry.insert("title".to_owned(), Value::from("line\nend \u{1b}[31m \"quoted\""));
            let (line, next) = line(&head, &entry);
            log += &line;
            head = next;
        }
        log
    }

    #[test]
    fn a_chain_is_followed_to_its_end() {
        assert_eq!(follow("").unwrap(), Head::start());
        let head = follow(&log(7)).unwrap();
        assert_eq!(head.lines, 7);
        assert_eq!(Head::read(&head.text()), Some(head));
    }

    #[test]
    fn any_edit_deletion_or_reordering_is_found() {
        let whole = log(6);
        let lines: Vec<&str> = whole.lines().collect();
        let joined = |lines: &[&str]| lines.iter().fold(String::new(), |all, line| all + line + "\n");
        // Every single byte.
        for at in (0..whole.len()).step_by(7) {
            let mut bytes = whole.clone().into_bytes();
            bytes[at] ^= 1;
            if let Ok(changed) = String::from_utf8(bytes) {
                assert!(follow(&changed).is_err(), "byte {at}");
            }
        }
        for gone in 0..5 {
            let mut left = lines.clone();
            left.remove(gone);
            assert_eq!(follow(&joined(&left)).unwrap_err().line, gone as u64 + 1);
        }
        for at in 0..5 {
            let mut swapped = lines.clone();
            swapped.swap(at, at + 1);
            assert!(follow(&joined(&swapped)).is_err());
        }
        assert!(follow(&whole.replace("\"n\":2", "\"n\": 2")).is_err(), "blanks");
        assert!(follow(whole.trim_end()).is_err(), "cut off");
        // A cut at the end leaves a good chain, with another head.
        assert_ne!(follow(&joined(&lines[..5])).unwrap(), follow(&whole).unwrap());
    }
}

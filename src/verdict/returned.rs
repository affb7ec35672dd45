//! A verdict that comes back as a file: whether it is whole, for these documents, and what judging again gives.
//!
//! In: the text of the file; the binding of the documents as they are, a report of judging them again. Out: what does not fit. Whoever can
//! write the file can seal it anew, but the same luck gives the same verdict: what is forged is found out part by part. Not here: time (`cli`).

use super::binding::{read, seal};
use crate::report::data::Report;
use crate::report::verdict::Binding;

/// A verdict that came back as a file.
#[derive(Debug)]
pub struct Returned {
    text: String,
    value: serde_json::Value,
}

impl Returned {
    /// Reads it; `None` if it is not a verdict.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        // Twice the same key could show one value to people and another to programs.
        read(text)?;
        let value: serde_json::Value = serde_json::from_str(text).ok()?;
        let binding = &value["verdict"]["binding"];
        (value["schema"] == crate::report::data::SCHEMA && binding["seal"].is_string())
            .then(|| Returned { text: text.to_owned(), value })
    }

    /// Its seed and its budget, to judge again with.
    #[must_use]
    pub fn luck(&self) -> Option<(u64, u64)> {
        Some((self.value["seed"].as_u64()?, self.value["verdict"]["budget"].as_u64()?))
    }

    /// Until when it holds.
    #[must_use]
    pub fn expires(&self) -> &str {
        self.value["verdict"]["binding"]["expires"].as_str().unwrap_or_default()
    }

    /// When it was given.
    #[must_use]
    pub fn issued(&self) -> &str {
        self.value["verdict"]["binding"]["issued"].as_str().unwrap_or_default()
    }

    /// Whether the seal fits the file.
    #[must_use]
    pub fn is_sealed(&self, key: Option<&[u8]>) -> bool {
        let made = seal(&self.text, key);
        made.is_some() && made.as_deref() == self.value["verdict"]["binding"]["seal"].as_str()
    }

    /// What differs from the documents as they are now.
    #[must_use]
    pub fn differs(&self, now: &Binding) -> Vec<&'static str> {
        let said = |key: &str| self.value["verdict"]["binding"][key].as_str().unwrap_or_default();
        let parts: [(&'static str, &str); 8] = [
            ("plan", &now.plan),
            ("targets", &now.targets),
            ("world", &now.world),
            ("guardrails", &now.guardrails),
            ("appetite", &now.appetite),
            ("objectives", &now.objectives),
            ("engine", &now.engine),
            ("hour", &now.hour),
        ];
        parts.into_iter().filter(|(key, value)| said(key) != *value).map(|(key, _)| key).collect()
    }

    /// The parts of it that judging again does not give, by name: none if it holds.
    #[must_use]
    pub fn disagrees(&self, again: &Report) -> Vec<String> {
        // By way of text, as the file came: a number that is read need not be the last bit of the one that was written.
        let text = serde_json::to_string(again).unwrap_or_default();
        let Ok(mut again) = serde_json::from_str::<serde_json::Value>(&text) else { return vec!["verdict".to_owned()] };
        let mut said = self.value.clone();
        // Rows that only `--all` adds are told by nobody here.
        for rows in ["services", "cells", "region"] {
            if let (Some(said), Some(again)) = (said[rows].as_object_mut(), again[rows].as_object()) {
                said.retain(|name, _| again.contains_key(name));
            }
        }
        for value in [&mut said, &mut again] {
            NOT_JUDGED
                .iter()
                .for_each(|(whole, key)| drop(value.pointer_mut(whole).and_then(|v| v.as_object_mut()?.remove(*key))));
            forget_files(value);
        }
        let mut parts = differing(&said, &again, "");
        parts.extend(differing(&said["verdict"], &again["verdict"], "verdict."));
        parts
    }
}

/// Parts of a report that are not judged again: how its files were called, what explains a verdict (`--why`) and what pages draw, and the
/// binding, which is looked at by itself.
const NOT_JUDGED: [(&str, &str); 8] = [
    ("/scenario", "file"),
    ("/verdict", "appetite"),
    ("/verdict", "world"),
    ("/verdict", "alone"),
    ("/verdict", "flips"),
    ("/verdict", "flips_open"),
    ("/verdict", "binding"),
    ("", "pictures"),
];

/// Takes the names of files out of all places: the same file may be named from elsewhere.
fn forget_files(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(map) => {
            if let Some(place) = map.get_mut("place").and_then(|place| place.as_object_mut()) {
                place.remove("file");
            }
            map.values_mut().for_each(forget_files);
        }
        serde_json::Value::Array(list) => list.iter_mut().for_each(forget_files),
        _ => {}
    }
}

/// Keys of which two objects do not say the same; what holds the verdict is looked into.
fn differing(one: &serde_json::Value, other: &serde_json::Value, under: &str) -> Vec<String> {
    let (Some(a), Some(b)) = (one.as_object(), other.as_object()) else { return Vec::new() };
    let keys = a.keys().chain(b.keys().filter(|key| !a.contains_key(*key)));
    keys.filter(|key| *key != "verdict" && a.get(*key) != b.get(*key)).map(|key| format!("{under}{key}")).collect()
}

//! JSON: the report itself, for programs.
//!
//! In: any result. Out: pretty JSON with one newline at the end. One file gives an object, several give
//! an array. Characters that a terminal could obey are written as `\u` escapes, which JSON allows.

use super::untrusted::is_unsafe;
use super::{Format, View, data::Report, reach::Reach, trace::Trace};
use serde::Serialize;
use std::fmt::Write as _;

/// The format `json`.
#[derive(Debug)]
pub struct Json;

impl Format for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn reports(&self, reports: &[Report], _view: &View) -> Option<String> {
        if let [report] = reports { pretty(report) } else { pretty(reports) }
    }

    fn verdict(&self, report: &Report, _view: &View) -> Option<String> {
        pretty(report)
    }

    fn advice(&self, advice: &super::advice::Advice, _view: &View) -> Option<String> {
        pretty(advice)
    }

    fn trace(&self, trace: &Trace, _view: &View) -> Option<String> {
        pretty(trace)
    }

    fn frontier(&self, frontier: &super::frontier::Frontier, _view: &View) -> Option<String> {
        pretty(frontier)
    }

    fn reach(&self, reach: &Reach, _view: &View) -> Option<String> {
        pretty(reach)
    }
}

/// Any value as pretty JSON, safe to print.
pub(super) fn pretty<T: Serialize + ?Sized>(value: &T) -> Option<String> {
    let mut text = serde_json::to_string_pretty(value).ok()?;
    // Seldom: without it there is one copy of an answer about thousands of settings.
    if text.chars().any(|c| c != '\n' && is_unsafe(c)) {
        text = escape(&text);
    }
    text.push('\n');
    Some(text)
}

/// Unsafe characters are found only inside strings once the text is JSON (line ends aside).
pub(super) fn escape(json: &str) -> String {
    // Nearly all of a report is plain text, and is copied run by run.
    let plain = |byte: u8| byte == b'\n' || (byte.is_ascii() && !byte.is_ascii_control());
    let mut out = String::with_capacity(json.len() + 1);
    let mut units = [0_u16; 2];
    let mut rest = json;
    loop {
        let run = rest.bytes().position(|byte| !plain(byte)).unwrap_or(rest.len());
        let (clean, other) = rest.split_at(run);
        out.push_str(clean);
        let mut chars = other.chars();
        let Some(c) = chars.next() else { return out };
        rest = chars.as_str();
        if !is_unsafe(c) {
            out.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut units) {
            // Writing to a string cannot fail.
            let _ = write!(out, "\\u{unit:04x}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_survive_and_cannot_act() {
        let hostile = "a\u{1b}[2J\u{9b}31m\u{202e}\u{e0041}\n\"";
        let json = pretty(hostile).unwrap();
        assert!(json.trim_end().chars().all(|c| !is_unsafe(c)), "{json}");
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), hostile);
    }
}

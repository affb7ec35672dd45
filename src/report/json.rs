//! JSON: the report itself, for programs.
//!
//! In: any result. Out: pretty JSON with one newline at the end. One file gives an object, several give
//! an array. Characters that a terminal could obey are written as `\u` escapes, which JSON allows.

use super::untrusted::is_unsafe;
use super::{Format, View, data::Report, reach::Reach, trace::Trace};
use serde::Serialize;
use serde_json::ser::{Formatter, PrettyFormatter};
use std::fmt::Write as _;
use std::io;

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

    fn checked(&self, checked: &super::checked::Checked, _view: &View) -> Option<String> {
        pretty(checked)
    }

    fn reach(&self, reach: &Reach, _view: &View) -> Option<String> {
        pretty(reach)
    }
}

/// Any value as pretty JSON, safe to print.
pub(super) fn pretty<T: Serialize + ?Sized>(value: &T) -> Option<String> {
    let mut text = Vec::new();
    write(value, &mut text).ok()?;
    String::from_utf8(text).ok()
}

/// Writes the same as it is made: an answer about thousands of settings need not be in memory as a text, too.
///
/// # Errors
/// Those of `into`.
pub fn write<T: Serialize + ?Sized>(value: &T, into: &mut dyn io::Write) -> io::Result<()> {
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut *into, Safe::default()))?;
    into.write_all(b"\n")
}

/// Pretty JSON whose texts cannot act on a terminal.
#[derive(Default)]
struct Safe(PrettyFormatter<'static>);

/// What it leaves to another formatter.
macro_rules! as_pretty {
    ($($call:ident($($given:ident: $kind:ty),*)),* $(,)?) => {
        $(fn $call<W: io::Write + ?Sized>(&mut self, into: &mut W $(, $given: $kind)*) -> io::Result<()> {
            self.0.$call(into $(, $given)*)
        })*
    };
}

impl Formatter for Safe {
    as_pretty!(
        begin_array(),
        end_array(),
        begin_array_value(first: bool),
        end_array_value(),
        begin_object(),
        end_object(),
        begin_object_key(first: bool),
        begin_object_value(),
        end_object_value(),
    );

    fn write_string_fragment<W: io::Write + ?Sized>(&mut self, into: &mut W, fragment: &str) -> io::Result<()> {
        if fragment.chars().any(is_unsafe) {
            into.write_all(escape(fragment).as_bytes())
        } else {
            into.write_all(fragment.as_bytes())
        }
    }
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

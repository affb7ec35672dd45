//! Diagnostics: what is wrong with the user's input, where, and what to do about it.
//!
//! In: nothing but values. Out: values; drawing them for a terminal is `report::diagnostics`.
//! Codes are unique and documented: `foreshock explain CODE` prints the page of each.

use std::sync::Arc;

/// A text that was read, kept so that a message can show the line it speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The name to show: a path as the user gave it, or `<stdin>`.
    pub name: String,
    /// The whole text.
    pub text: String,
}

/// A place in a source: a byte range.
#[derive(Debug, Clone)]
pub struct Span {
    /// The text the range lies in.
    pub source: Arc<Source>,
    /// First byte.
    pub start: usize,
    /// One past the last byte; at least `start`.
    pub end: usize,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth a look; the input is still usable.
    Warning,
    /// The input cannot be used.
    Error,
}

/// One finding about the user's input.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    /// Stable code, `F` and four digits; see `diag::codes`.
    pub code: &'static str,
    /// Warning or error.
    pub severity: Severity,
    /// What is wrong, in lower case, user input in backticks.
    pub message: String,
    /// Where.
    pub span: Option<Span>,
    /// What to do about it.
    pub hint: Option<String>,
}

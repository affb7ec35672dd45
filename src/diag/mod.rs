//! Diagnostics: what is wrong with the user's input, where, and what to do about it.
//!
//! In: nothing but values. Out: values; drawing them for a terminal is `report::diagnostics`.
//! Codes are unique and documented: `foreshock explain CODE` prints the page of each.

pub mod codes;

use rustc_hash::FxHashSet;
use std::fmt::Write as _;
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

impl Span {
    /// Whether another lies within.
    fn holds(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.source, &other.source) && self.start <= other.start && other.end <= self.end
    }
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

/// Findings that are kept; more are only counted as errors.
const MOST_KEPT: usize = 10_000;

/// Collects findings, so that all mistakes of a file are reported in one go.
///
/// The same finding at the same place is kept once: variants and defaults read one node many times.
#[derive(Debug, Default)]
pub struct Findings {
    list: Vec<Diagnostic>,
    errors: usize,
    seen: FxHashSet<(&'static str, Option<Place>, String)>,
}

/// The address of a source, and a range in it.
type Place = (usize, usize, usize);

fn place_of(diagnostic: &Diagnostic) -> Option<Place> {
    diagnostic.span.as_ref().map(|s| (Arc::as_ptr(&s.source).addr(), s.start, s.end))
}

impl Findings {
    /// Adds a finding, unless it is already there.
    pub fn add(&mut self, diagnostic: Diagnostic) {
        let place = place_of(&diagnostic);
        let error = diagnostic.severity == Severity::Error;
        // The first error is kept whatever stands before it: a document that is refused says why.
        if self.list.len() >= MOST_KEPT && !(error && self.errors == 0) {
            // A file of nothing but mistakes would take more memory for them than for itself.
            self.errors += usize::from(error);
        } else if self.seen.insert((diagnostic.code, place, diagnostic.message.clone())) {
            self.errors += usize::from(error);
            self.list.push(diagnostic);
        }
    }

    /// Adds an error.
    pub fn error(&mut self, code: &'static str, span: Span, message: impl Into<String>) {
        self.add(Diagnostic { code, severity: Severity::Error, message: message.into(), span: Some(span), hint: None });
    }

    /// Adds an error with advice.
    pub fn error_hint(&mut self, code: &'static str, span: Span, message: impl Into<String>, hint: impl Into<String>) {
        let hint = Some(hint.into());
        self.add(Diagnostic { code, severity: Severity::Error, message: message.into(), span: Some(span), hint });
    }

    /// Adds a warning with advice.
    pub fn warn(&mut self, code: &'static str, span: Span, message: impl Into<String>, hint: impl Into<String>) {
        let hint = Some(hint.into());
        self.add(Diagnostic { code, severity: Severity::Warning, message: message.into(), span: Some(span), hint });
    }

    /// An empty collection for a part that is looked at by itself, and joins these again: what is not worth a hint here is
    /// not worth one there.
    pub(crate) fn apart(&self) -> Self {
        Self { list: Vec::new(), errors: self.errors, seen: FxHashSet::default() }
    }

    /// Adds what was found of a part.
    pub(crate) fn join(&mut self, part: Self, before: usize) {
        let kept = part.list.iter().filter(|d| d.severity == Severity::Error).count();
        let only_counted = part.errors - before - kept;
        part.list.into_iter().for_each(|diagnostic| self.add(diagnostic));
        self.errors += only_counted;
    }

    /// Adds what was found of the same text with another value of a parameter: where some value was warned of, the others are
    /// not warned of too.
    pub(crate) fn join_value(&mut self, mut part: Self, before: usize) {
        let of = |diagnostic: &Diagnostic| (diagnostic.code, place_of(diagnostic));
        let told: FxHashSet<_> = self.list.iter().filter(|d| d.severity == Severity::Warning).map(of).collect();
        part.list.retain(|diagnostic| diagnostic.severity == Severity::Error || !told.contains(&of(diagnostic)));
        self.join(part, before);
    }

    /// Adds what was found of a variant. What the base does not show too, and stands outside of what is written of the variant, says whose
    /// it is; a warning is given once, whatever the number of variants.
    pub(crate) fn join_variant(&mut self, name: &str, written: &Span, mut part: Self, before: usize) {
        let of = |diagnostic: &Diagnostic| (diagnostic.code, place_of(diagnostic));
        let told: FxHashSet<_> = self.list.iter().filter(|d| d.severity == Severity::Warning).map(of).collect();
        part.list.retain(|diagnostic| diagnostic.severity == Severity::Error || !told.contains(&of(diagnostic)));
        for diagnostic in &mut part.list {
            let is_new = !self.seen.contains(&(diagnostic.code, place_of(diagnostic), diagnostic.message.clone()));
            let is_within = diagnostic.span.as_ref().is_none_or(|span| written.holds(span));
            if is_new && !is_within {
                diagnostic.message = format!("{} (in the variant {})", diagnostic.message, tick(name));
            }
        }
        self.join(part, before);
    }

    /// How many errors there are so far.
    #[must_use]
    pub fn errors(&self) -> usize {
        self.errors
    }

    /// Whether it is worth looking for what was meant. After a hundred errors nobody reads on, and
    /// comparing every wrong name with every right one would take longer than reading the world.
    #[must_use]
    pub fn worth_a_hint(&self) -> bool {
        self.errors < 100
    }

    /// All findings, file by file in the order in which the files came up, and in each from top to bottom.
    #[must_use]
    pub fn into_list(mut self) -> Vec<Diagnostic> {
        let mut files: Vec<usize> = Vec::new();
        let mut place = |diagnostic: &Diagnostic| {
            let Some(span) = &diagnostic.span else { return (0, 0) };
            let file = Arc::as_ptr(&span.source).addr();
            let known = files.iter().position(|f| *f == file);
            let file = known.unwrap_or_else(|| {
                files.push(file);
                files.len() - 1
            });
            (file + 1, span.start)
        };
        let places: Vec<(usize, usize)> = self.list.iter().map(&mut place).collect();
        let mut order: Vec<usize> = (0..places.len()).collect();
        order.sort_by_key(|&n| places[n]);
        let mut list: Vec<Option<Diagnostic>> = self.list.drain(..).map(Some).collect();
        order.into_iter().filter_map(|n| list[n].take()).collect()
    }
}

/// User input for a message: in backticks, invisible and control characters escaped, shortened.
#[must_use]
pub fn tick(text: &str) -> String {
    const MOST: usize = 80;
    let mut shown = String::from("`");
    for (n, c) in text.chars().enumerate() {
        if n == MOST {
            shown.push('…');
            break;
        }
        push_visible(&mut shown, c);
    }
    shown.push('`');
    shown
}

/// Appends a character as it is, or escaped if a terminal could act on it or nobody could see it.
pub fn push_visible(out: &mut String, c: char) {
    if is_hidden(c) {
        // Writing to a string cannot fail.
        let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
    } else {
        out.push(c);
    }
}

/// Control characters, those that reorder or hide text (direction marks, zero-width characters), and letters that nobody sees (fillers of Hangul).
#[must_use]
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}' | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}')
}

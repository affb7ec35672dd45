//! Places in files as people count: lines and columns from 1.
//!
//! In: spans, which count bytes. Out: places. Each is counted from the one before, so that many of them cost one walk through the text.

use crate::diag::{Source, Span};
use serde::Serialize;
use std::sync::Arc;

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The file, as the user named it.
    pub file: String,
    /// First line.
    pub line: u64,
    /// First column.
    pub column: u64,
    /// Last line.
    pub end_line: u64,
    /// One past the last column.
    pub end_column: u64,
}

/// Whether a file is what came in by standard input, which no other program can look up.
#[must_use]
pub fn is_standard_input(file: &str) -> bool {
    file == "-"
}

impl Place {
    /// Of a single span.
    #[must_use]
    pub fn of(span: &Span) -> Self {
        Places::default().of(span)
    }
}

/// Finds places, those that follow each other in a text soonest.
#[derive(Debug, Default)]
pub struct Places {
    last: Option<(Arc<Source>, At)>,
}

/// A byte, and the line and column that it stands at.
#[derive(Debug, Clone, Copy)]
struct At {
    byte: usize,
    line: u64,
    column: u64,
}

impl At {
    const START: Self = Self { byte: 0, line: 1, column: 1 };

    /// Further on in the same text; at its end if there is no such byte.
    fn to(self, text: &str, byte: usize) -> Self {
        let Some(between) = text.get(self.byte..byte).or_else(|| text.get(self.byte..)) else { return self };
        let lines = between.matches('\n').count() as u64;
        let last = between.rsplit('\n').next().map_or(0, |last| last.chars().count()) as u64;
        let column = if lines == 0 { self.column + last } else { last + 1 };
        Self { byte: self.byte + between.len(), line: self.line + lines, column }
    }
}

impl Places {
    /// Where a span lies.
    pub fn of(&mut self, span: &Span) -> Place {
        let text = &span.source.text;
        let known = self.last.take().filter(|(source, at)| Arc::ptr_eq(source, &span.source) && at.byte <= span.start);
        let start = known.map_or(At::START, |(_, at)| at).to(text, span.start);
        let end = start.to(text, span.end);
        self.last = Some((Arc::clone(&span.source), start));
        Place {
            file: span.source.name.clone(),
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_the_same_in_any_order() {
        let text = "plan:\n  - { do: löschen, target: db }\n\nseed: 1\n";
        let source = Arc::new(Source { name: "plan.yaml".into(), text: text.into() });
        let span = |part: &str| {
            let start = text.find(part).unwrap();
            Span { source: Arc::clone(&source), start, end: start + part.len() }
        };
        let told = |place: Place| (place.line, place.column, place.end_line, place.end_column);
        let parts = ["plan", "löschen", "target", "db }\n\nseed", "seed"];
        let expected = [(1, 1, 1, 5), (2, 11, 2, 18), (2, 20, 2, 26), (2, 28, 4, 5), (4, 1, 4, 5)];
        let (mut forwards, mut backwards) = (Places::default(), Places::default());
        assert_eq!(parts.map(|part| told(forwards.of(&span(part)))), expected);
        let mut back: Vec<_> = parts.iter().rev().map(|part| told(backwards.of(&span(part)))).collect();
        back.reverse();
        assert_eq!(back, expected);
        let beyond = Span { source: Arc::clone(&source), start: 900, end: 901 };
        assert_eq!(told(Place::of(&beyond)), (5, 1, 5, 1));
    }
}

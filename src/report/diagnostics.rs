//! Diagnostics for a terminal: the file, the line, what is wrong in it, and what to do.
//!
//! In: diagnostics. Out: text. Everything that comes from a file is made visible first: a name with a
//! terminal escape in it is shown, not obeyed.

use super::untrusted::width;
use crate::diag::{Diagnostic, Severity, is_hidden, push_visible};
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use std::fmt::Write as _;

/// Diagnostics shown unless all are asked for; the rest is counted.
pub const MOST: usize = 50;
/// Longest source line that is shown whole; minified JSON has longer ones.
const LONGEST_LINE: usize = 400;

/// Columns of a terminal.
const WIDTH: usize = 80;

/// How to draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Text only.
    Plain,
    /// With the escapes of a terminal that shows colours.
    Coloured,
}

/// Draws diagnostics, errors first, so many of them at most.
#[must_use]
pub fn render(diagnostics: &[Diagnostic], style: Style, most: usize) -> String {
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Coloured => Renderer::styled(),
    };
    let mut sorted: Vec<&Diagnostic> = diagnostics.iter().collect();
    sorted.sort_by_key(|d| std::cmp::Reverse(d.severity));
    let mut out = String::new();
    for diagnostic in sorted.iter().take(most) {
        out.push_str(&one(diagnostic, &renderer));
        out.push_str("\n\n");
    }
    if let Some(more) = sorted.len().checked_sub(most).filter(|n| *n > 0) {
        // Writing to a string cannot fail.
        let _ = write!(out, "and {more} more: `foreshock check FILE --all` shows them all\n\n");
    }
    out.truncate(out.trim_end().len());
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

fn one(diagnostic: &Diagnostic, renderer: &Renderer) -> String {
    let (level, word) = match diagnostic.severity {
        Severity::Error => (Level::ERROR, "error"),
        Severity::Warning => (Level::WARNING, "warning"),
    };
    let excerpt = diagnostic.span.as_ref().map(Excerpt::of);
    let message = wrapped(&visible(&diagnostic.message), format!("{word}[{}]: ", diagnostic.code).len());
    let mut group = Group::with_title(level.primary_title(message).id(diagnostic.code));
    let digits = excerpt.as_ref().map_or(0, |excerpt| excerpt.line.to_string().len());
    let shown_place = excerpt.as_ref().and_then(Excerpt::place);
    if let Some(excerpt) = excerpt {
        let annotation = AnnotationKind::Primary.span(excerpt.start..excerpt.end);
        group = group.element(Snippet::source(excerpt.text).line_start(excerpt.line).path(excerpt.path).annotation(annotation));
    }
    if let Some(hint) = &diagnostic.hint {
        group = group.element(Level::HELP.message(wrapped(&visible(hint), digits + " = help: ".len())));
    }
    let drawn = renderer.render(&[group]);
    match shown_place {
        Some((shown, place)) => drawn.replacen(&shown, &place, 1),
        None => drawn,
    }
}

/// Text with everything that a terminal could obey escaped; line breaks stay.
fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c == '\n' { out.push(c) } else { push_visible(&mut out, c) }
    }
    out
}

/// Text in lines that fit a terminal behind what stands before them; what is quoted, such as a command, is not torn apart.
fn wrapped(text: &str, before: usize) -> String {
    let room = WIDTH.saturating_sub(before);
    let mut lines: Vec<String> = Vec::new();
    for line in text.split('\n') {
        let mut open = String::new();
        for word in whole_words(line) {
            if !open.is_empty() && width(&open) + 1 + width(word) > room {
                lines.push(std::mem::take(&mut open));
            }
            if !open.is_empty() {
                open.push(' ');
            }
            open.push_str(word);
        }
        lines.push(open);
    }
    lines.join("\n")
}

/// What stands between blanks; a quoted part is one word.
fn whole_words(line: &str) -> Vec<&str> {
    let (mut words, mut start, mut quoted) = (Vec::new(), 0, false);
    for (at, c) in line.char_indices() {
        quoted ^= c == '`';
        if c == ' ' && !(quoted && line[at..].contains('`')) {
            words.push(&line[start..at]);
            start = at + 1;
        }
    }
    words.push(&line[start..]);
    words
}

/// The line of a span, made visible, with the span's place in it.
struct Excerpt {
    path: String,
    text: String,
    line: usize,
    start: usize,
    end: usize,
    /// The column in the whole line, from 1.
    column: usize,
}

impl Excerpt {
    /// The place as it is drawn, which counts in what is shown of the line, and as it is, if they differ.
    fn place(&self) -> Option<(String, String)> {
        let (path, line) = (&self.path, self.line);
        let drawn = self.text[..self.start].chars().count() + 1;
        (drawn != self.column).then(|| (format!("{path}:{line}:{drawn}\n"), format!("{path}:{line}:{}\n", self.column)))
    }

    fn of(span: &crate::diag::Span) -> Self {
        let text = &span.source.text;
        let start = floor(text, span.start);
        let first = text[..start].rfind('\n').map_or(0, |n| n + 1);
        let last = text[start..].find('\n').map_or(text.len(), |n| start + n);
        // Of a line end in two characters, the first is no part of the line.
        let last = if text[first..last].ends_with('\r') { last - 1 } else { last };
        let start = start.min(last);
        // A span over several lines is shown by its first.
        let end = floor(text, span.end.clamp(start, last));
        let from = if start - first > LONGEST_LINE { floor(text, start - LONGEST_LINE / 2) } else { first };
        let to = if last - start > LONGEST_LINE { floor(text, start + LONGEST_LINE) } else { last };
        let mut shown = String::new();
        let (mut a, mut b) = (0, 0);
        for (at, c) in text[from..to].char_indices() {
            if from + at == start {
                a = shown.len();
            }
            if from + at == end {
                b = shown.len();
            }
            if is_hidden(c) && c != '\t' && c != '\r' { push_visible(&mut shown, c) } else { shown.push(c) }
        }
        if start >= to {
            a = shown.len();
        }
        if end >= to {
            b = shown.len();
        }
        Self {
            path: visible(&span.source.name),
            text: shown,
            line: text[..start].matches('\n').count() + 1,
            start: a,
            end: b.max(a),
            column: text[first..start].chars().count() + 1,
        }
    }
}

/// The next lower place between characters.
fn floor(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at).rev().find(|&n| text.is_char_boundary(n)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::{Source, Span};
    use std::sync::Arc;

    fn at(text: &str, start: usize, end: usize) -> Diagnostic {
        let source = Arc::new(Source { name: "a.yaml".to_owned(), text: text.to_owned() });
        Diagnostic {
            code: "F0010",
            severity: Severity::Error,
            message: "a service has no key `neds`".to_owned(),
            span: Some(Span { source, start, end }),
            hint: Some("did you mean `needs`?".to_owned()),
        }
    }

    #[test]
    fn a_message_shows_its_line_and_its_hint() {
        let text = render(&[at("services:\n  a: { neds: [b] }\n", 17, 21)], Style::Plain, MOST);
        for part in
            ["error[F0010]: a service has no key `neds`", "a.yaml:2:8", "a: { neds: [b] }", "^^^^", "help: did you mean `needs`?"]
        {
            assert!(text.contains(part), "{part} is not in\n{text}");
        }
    }

    #[test]
    fn escapes_are_shown_and_not_obeyed() {
        let mut diagnostic = at("name: \u{1b}[31mred\u{202e}\n", 6, 12);
        diagnostic.message = "bad \u{1b}]0;title\u{7}".to_owned();
        let text = render(&[diagnostic], Style::Plain, MOST);
        assert!(!text.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{text:?}");
        assert!(text.contains("\\u{1b}[31mred"), "{text}");
    }

    #[test]
    fn line_ends_of_another_system_are_no_text() {
        let text = render(&[at("a: 1\r\nneds: 2\r\n", 6, 10)], Style::Plain, MOST);
        assert!(text.contains("| neds: 2\n") && !text.contains(['\r', '␍']), "{text:?}");
        assert!(render(&[at("a\r\n", 1, 2)], Style::Plain, MOST).contains("1 | a\n"));
    }

    #[test]
    fn odd_spans_are_drawn_too() {
        for (text, start, end) in [("", 0, 0), ("a", 1, 1), ("ä\n", 1, 9), ("x\ny", 0, 3), ("\n\n", 2, 2)] {
            assert!(render(&[at(text, start, end)], Style::Plain, MOST).contains("F0010"));
        }
        let long = "x".repeat(100_000);
        assert!(render(&[at(&long, 50_000, 50_003)], Style::Plain, MOST).len() < 3_000);
    }

    #[test]
    fn the_place_in_a_long_line_is_that_in_the_file() {
        let long = format!("{{}}\n{}ä: {{ neds: [b] }}", "x".repeat(1_434));
        let start = long.find("neds").unwrap();
        for style in [Style::Plain, Style::Coloured] {
            let text = render(&[at(&long, start, start + 4)], style, MOST);
            assert!(text.contains("a.yaml:2:1440\n"), "{text}");
        }
        let hidden = render(&[at("\u{200b}\u{200b}neds: 1\n", 6, 10)], Style::Plain, MOST);
        assert!(hidden.contains("a.yaml:1:3\n"), "{hidden}");
    }

    #[test]
    fn the_fifty_first_is_only_counted() {
        let many: Vec<Diagnostic> = (0..60).map(|_| at("a: 1\n", 0, 1)).collect();
        let text = render(&many, Style::Plain, MOST);
        assert!(text.ends_with("and 10 more: `foreshock check FILE --all` shows them all\n"), "{text}");
        assert_eq!(render(&[], Style::Plain, MOST), "");
    }
}

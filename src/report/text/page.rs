//! A page of text being written: width, colour, headings, paragraphs.
//!
//! In: the pieces that the sections make. Out: one string whose lines fit the width. Colour is a second
//! carrier of meaning only; without it the same words are there.

use crate::report::View;
use crate::report::untrusted::{clean, idle_line, opens_line, width, wrap};
use anstyle::{AnsiColor, Style};

/// Something bad.
pub(super) const BAD: Style = AnsiColor::Red.on_default().bold();
/// Something half bad, or to be careful about.
pub(super) const CARE: Style = AnsiColor::Yellow.on_default();
/// Something good.
pub(super) const GOOD: Style = AnsiColor::Green.on_default();
/// What people do.
pub(super) const PEOPLE: Style = AnsiColor::Cyan.on_default();
/// Headings and what matters most.
pub(super) const STRONG: Style = Style::new().bold();
/// What is said aside.
pub(super) const ASIDE: Style = Style::new().dimmed();
/// Everything else.
pub(super) const PLAIN: Style = Style::new();

/// The page.
pub(super) struct Page {
    text: String,
    colour: bool,
    /// Columns of a line.
    pub(super) width: usize,
    /// Show everything, however long.
    pub(super) all: bool,
}

impl Page {
    /// An empty page.
    pub(super) fn new(view: &View) -> Self {
        Page { text: String::new(), colour: view.colour, width: view.width, all: view.all }
    }

    /// The text in a style, if colour is on.
    pub(super) fn paint(&self, style: Style, text: &str) -> String {
        if self.colour && style != PLAIN && !text.is_empty() { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    /// A line as it is, unless it would be a command in the log of a pipeline: wrapping can bring any word to its start.
    pub(super) fn line(&mut self, line: &str) {
        if opens_line(line) {
            return self.line(&idle_line(line));
        }
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    /// An empty line, unless there is one already.
    pub(super) fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// The heading of a section, with an aside.
    pub(super) fn heading(&mut self, title: &str, aside: &str) {
        self.gap();
        let painted = self.paint(STRONG, title);
        if aside.is_empty() {
            self.line(&painted);
        } else if width(title) + 2 + width(aside) <= self.width {
            let aside = self.paint(ASIDE, &format!("  {}", clean(aside)));
            self.line(&format!("{painted}{aside}"));
        } else {
            self.line(&painted);
            self.para(ASIDE, "  ", aside);
        }
    }

    /// A paragraph of untrusted text, wrapped; `first` opens it, further lines are indented as far.
    pub(super) fn para(&mut self, style: Style, first: &str, text: &str) {
        let indent = width(first);
        for (i, line) in wrap(&clean(text), self.width - indent.min(self.width / 2)).iter().enumerate() {
            let lead = if i == 0 { first.to_owned() } else { " ".repeat(indent) };
            let line = self.paint(style, line);
            self.line(&format!("{lead}{line}"));
        }
    }

    /// The page as one string.
    pub(super) fn finish(self) -> String {
        self.text
    }
}

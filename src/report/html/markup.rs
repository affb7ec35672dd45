//! Writing HTML and SVG: every text and attribute is escaped on its way in, every element is closed.
//!
//! In: tags and attribute names (ours, fixed), texts and values (anybody's). Out: markup. There is no way to put
//! a string in unescaped, but for the files of `assets`. Not here: what any of it means.

use crate::report::untrusted::clean;

/// Markup being written.
#[derive(Debug, Default)]
pub(super) struct Html {
    text: String,
    open: Vec<&'static str>,
    /// Where the content of the innermost element begins.
    inside: usize,
}

/// Names and values of attributes.
pub(super) type Attributes<'a> = &'a [(&'static str, &'a str)];

/// Elements without content.
const VOID: [&str; 4] = ["meta", "input", "br", "link"];

impl Html {
    /// Begins an element.
    pub(super) fn open(&mut self, tag: &'static str, attributes: Attributes<'_>) -> &mut Self {
        self.text.push('<');
        self.text.push_str(tag);
        for (name, value) in attributes {
            self.text.push(' ');
            self.text.push_str(name);
            self.text.push_str("=\"");
            escape(value, &mut self.text);
            self.text.push('"');
        }
        self.text.push('>');
        self.inside = self.text.len();
        if !VOID.contains(&tag) {
            self.open.push(tag);
        }
        self
    }

    /// Ends the innermost element.
    pub(super) fn close(&mut self) -> &mut Self {
        if let Some(tag) = self.open.pop() {
            if SHAPES.contains(&tag) && self.inside == self.text.len() {
                self.text.truncate(self.inside - 1);
                self.text.push_str("/>");
            } else {
                self.text.push_str("</");
                self.text.push_str(tag);
                self.text.push('>');
            }
            if BLOCKS.contains(&tag) {
                self.text.push('\n');
            }
        }
        self
    }

    /// Text.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        escape(text, &mut self.text);
        self
    }

    /// A sentence in which names stand in backticks: they are set apart as code.
    pub(super) fn prose(&mut self, text: &str) -> &mut Self {
        let parts: Vec<&str> = text.split('`').collect();
        if parts.len().is_multiple_of(2) {
            return self.text(text);
        }
        for (i, part) in parts.iter().enumerate() {
            if i % 2 == 1 {
                self.element("code", &[], part)
            } else {
                self.text(part)
            };
        }
        self
    }

    /// An element with nothing but a sentence.
    pub(super) fn sentence(&mut self, tag: &'static str, attributes: Attributes<'_>, text: &str) -> &mut Self {
        self.open(tag, attributes).prose(text).close()
    }

    /// Text whose line ends are kept.
    pub(super) fn lines(&mut self, text: &str) -> &mut Self {
        for line in text.lines() {
            escape(line, &mut self.text);
            self.text.push('\n');
        }
        self
    }

    /// An element with nothing but text.
    pub(super) fn element(&mut self, tag: &'static str, attributes: Attributes<'_>, text: &str) -> &mut Self {
        self.open(tag, attributes).text(text).close()
    }

    /// Our own styles and scripts, and data that is escaped already.
    pub(super) fn trusted(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// How long it is so far, in bytes.
    pub(super) const fn len(&self) -> usize {
        self.text.len()
    }

    /// The markup; everything is closed.
    pub(super) fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.close();
        }
        self.text
    }
}

/// Shapes of a picture close themselves: there are thousands of them.
const SHAPES: [&str; 4] = ["rect", "path", "line", "circle"];

/// After these a line ends, so that the file can be read and compared.
const BLOCKS: [&str; 19] = [
    "section", "article", "div", "p", "h1", "h2", "h3", "table", "tr", "ul", "ol", "li", "svg", "g", "details", "head", "body",
    "figure", "header",
];

/// Text made harmless for content and quoted attributes; what reorders or hides is shown as an escape.
fn escape(text: &str, out: &mut String) {
    for c in clean(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
}

/// A coordinate: at most two digits after the point, so that drawings are the same everywhere.
pub(super) fn number(value: f64) -> String {
    crate::report::figures::plain(value, 2)
}

/// A coordinate in percent of the drawing.
pub(super) fn percent_of(share: f64) -> String {
    number(share.clamp(0.0, 1.0) * 100.0) + "%"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_backticks_are_code_and_stray_backticks_are_text() {
        let written = |text: &str| {
            let mut html = Html::default();
            html.prose(text);
            html.finish()
        };
        assert_eq!(written("leave out `a<b`."), "leave out <code>a&lt;b</code>.");
        assert_eq!(written("a ` alone"), "a ` alone");
    }

    #[test]
    fn nothing_gets_in_unescaped_and_everything_is_closed() {
        let mut html = Html::default();
        html.open("div", &[("title", "\"><script>")]).open("p", &[]).text("<b>&'\u{202e}");
        assert_eq!(html.finish(), "<div title=\"&quot;&gt;&lt;script&gt;\"><p>&lt;b&gt;&amp;&#39;\\u{202e}</p>\n</div>\n");
    }
}

//! XML as a stream of elements: enough for JUnit, impossible to get wrong by a name.
//!
//! In: elements, attributes, text. Out: well-formed XML 1.0; characters that XML cannot hold are shown as escapes.

use super::untrusted::is_unsafe;
use std::fmt::Write as _;

/// An XML document being written.
#[derive(Debug, Default)]
pub(super) struct Xml {
    out: String,
    open: Vec<&'static str>,
}

impl Xml {
    /// The declaration.
    pub(super) fn new() -> Self {
        Xml { out: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned(), open: Vec::new() }
    }

    /// Opens an element.
    pub(super) fn open(&mut self, name: &'static str, attributes: &[(&str, &str)]) {
        self.tag(name, attributes, ">\n");
        self.open.push(name);
    }

    /// Closes the element that was opened last.
    pub(super) fn close(&mut self) {
        if let Some(name) = self.open.pop() {
            self.indent();
            // Writing to a string cannot fail.
            let _ = writeln!(self.out, "</{name}>");
        }
    }

    /// An element with text, or empty.
    pub(super) fn leaf(&mut self, name: &'static str, attributes: &[(&str, &str)], text: &str) {
        if text.is_empty() {
            return self.tag(name, attributes, "/>\n");
        }
        self.tag(name, attributes, ">");
        self.out.push_str(&escaped(text, false));
        let _ = writeln!(self.out, "</{name}>");
    }

    /// The document.
    pub(super) fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.close();
        }
        self.out
    }

    fn tag(&mut self, name: &str, attributes: &[(&str, &str)], end: &str) {
        self.indent();
        let _ = write!(self.out, "<{name}");
        for (key, value) in attributes {
            let _ = write!(self.out, " {key}=\"{}\"", escaped(value, true));
        }
        self.out.push_str(end);
    }

    fn indent(&mut self) {
        self.out.extend(std::iter::repeat_n("  ", self.open.len()));
    }
}

fn escaped(text: &str, attribute: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' if attribute => out.push_str("&#10;"),
            '\n' => out.push('\n'),
            // XML 1.0 has no way to hold most control characters, and nobody should obey the others.
            c if is_unsafe(c) || matches!(c, '\u{fffe}' | '\u{ffff}') => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_can_leave_its_place() {
        let mut xml = Xml::new();
        xml.open("a", &[("name", "\"/><x> & ]]>\n\u{1b}[31m")]);
        xml.leaf("b", &[], "]]><!-- \u{0}");
        xml.leaf("c", &[], "");
        let text = xml.finish();
        assert!(text.contains(r#"name="&quot;/&gt;&lt;x&gt; &amp; ]]&gt;&#10;\u{1b}[31m""#), "{text}");
        assert!(text.contains("<b>]]&gt;&lt;!-- \\u{0}</b>") && text.contains("<c/>") && text.ends_with("</a>\n"), "{text}");
    }
}

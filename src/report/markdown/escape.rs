//! Untrusted text as Markdown that shows exactly that text.
//!
//! In: any string. Out: text without line ends in which nothing is markup, HTML, a link or a table border.

use crate::report::untrusted::clean;

/// Escapes prose.
pub(super) fn escape(text: &str) -> String {
    let text = clean(text);
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            // A mention that nobody meant to send.
            '@' => out.push_str("&#64;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '#' | '!' | '|' | '~' | '$' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    // An address would become a link.
    out.replace("://", "&#58;//")
}

/// Our own sentences, in which names stand in backticks; the names are shown as code where that is safe.
pub(super) fn sentence(text: &str) -> String {
    if !text.matches('`').count().is_multiple_of(2) {
        return escape(text);
    }
    let parts = text.split('`').enumerate();
    parts.map(|(i, part)| if i.is_multiple_of(2) { escape(part) } else { code(part) }).collect()
}

/// Commands and names in code style; those with anything that some renderer could obey, as escaped prose.
pub(super) fn code(text: &str) -> String {
    let tame = |c: char| c.is_alphanumeric() || " '.,:;@/-_+=>%~#".contains(c);
    // A lone `<`, as in a condition, opens no tag.
    let rest = text.replace("< ", "").replace("<=", "");
    if !text.is_empty() && rest.chars().all(tame) { format!("`{text}`") } else { escape(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_markup() {
        assert_eq!(escape("a|b <b>*x*</b>"), "a\\|b &lt;b&gt;\\*x\\*&lt;/b&gt;");
        assert_eq!(escape("@everyone https://e.vil"), "&#64;everyone https&#58;//e.vil");
        assert_eq!(escape("two\nlines"), "two\\\\nlines");
    }

    #[test]
    fn code_cannot_be_left() {
        assert_eq!(code("plain-name@eu"), "`plain-name@eu`");
        assert_eq!(code("a``b"), "a\\`\\`b");
        assert_eq!(code("a|b"), "a\\|b");
        assert_eq!(code("p50 < 2h"), "`p50 < 2h`");
        assert_eq!(code("<b"), "&lt;b");
        assert_eq!(sentence("`db` has no *needs*"), "`db` has no \\*needs\\*");
    }
}

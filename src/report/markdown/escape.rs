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
            // An address or a mention that nobody meant to send.
            '@' => out.push_str("&#64;"),
            ':' => out.push_str("&#58;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '#' | '!' | '|' | '~' | '$' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

/// Commands and names in code style; those with anything that some renderer could obey, as escaped prose.
pub(super) fn code(text: &str) -> String {
    let tame = |c: char| {
        c.is_alphanumeric()
            || matches!(c, ' ' | '\'' | '.' | ',' | ':' | ';' | '@' | '/' | '-' | '_' | '+' | '=' | '>' | '%' | '~' | '#')
    };
    if !text.is_empty() && text.chars().all(tame) { format!("`{text}`") } else { escape(text) }
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
    }
}

//! Conditions cut into words, figures, signs and quoted texts.
//!
//! In: text. Out: tokens with byte offsets, or the first mistake. A minus belongs to a word
//! (`orders-db`); there is no arithmetic.

use super::{Mistake, Value};
use crate::quantity;

/// A piece of a condition and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) end: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    Word(String),
    Quoted(String),
    Figure(Value),
    /// `==`, `!=`, `<`, `<=`, `>`, `>=`, `(`, `)`, `[`, `]`, `,`.
    Sign(&'static str),
}

const SIGNS: [&str; 11] = ["==", "!=", "<=", ">=", "<", ">", "(", ")", "[", "]", ","];
const RESERVED: [&str; 8] = ["and", "or", "not", "in", "any", "all", "true", "false"];

fn in_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '@' | '/' | ':' | '*' | '+' | '#' | '~' | '$')
}

/// Whether a text can stand without quotes.
pub(super) fn is_bare(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || matches!(c, '_' | '$'))
        && text.chars().all(in_word)
        && !RESERVED.contains(&text)
}

/// Cuts a text.
pub(super) fn cut(text: &str) -> Result<Vec<Token>, Mistake> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        if c.is_whitespace() {
            at += c.len_utf8();
            continue;
        }
        let token = one(text, at, c)?;
        at = token.end;
        tokens.push(token);
    }
    Ok(tokens)
}

fn one(text: &str, start: usize, c: char) -> Result<Token, Mistake> {
    if let Some(sign) = SIGNS.into_iter().find(|s| text[start..].starts_with(s)) {
        return Ok(Token { kind: Kind::Sign(sign), start, end: start + sign.len() });
    }
    if c == '"' || c == '\'' {
        return quoted(text, start, c);
    }
    if c.is_ascii_digit() || (c == '-' && text[start + 1..].starts_with(|c: char| c.is_ascii_digit())) {
        return figure(text, start);
    }
    if in_word(c) {
        return Ok(word(text, start));
    }
    let hint = match c {
        '=' => "equality is written `==`",
        '&' => "write `and`",
        '|' => "write `or`",
        '!' => "write `not`, or `!=` between two sides",
        _ => "names with odd characters need quotes",
    };
    let message = format!("{} has no meaning here", crate::diag::tick(c.encode_utf8(&mut [0; 4])));
    Err(Mistake { message, hint: hint.to_owned(), start, end: start + c.len_utf8() })
}

/// A word; parts of a path may stand in quotes: `services."my shop".outage_min`.
fn word(text: &str, start: usize) -> Token {
    let (mut end, mut name) = (start, String::new());
    loop {
        let rest = &text[end..];
        let plain = rest.find(|c: char| !in_word(c)).unwrap_or(rest.len());
        name.push_str(&rest[..plain]);
        end += plain;
        let quoted = name.ends_with('.') && text[end..].starts_with('"');
        if let Some(length) = quoted.then(|| text[end + 1..].find('"')).flatten() {
            name.push_str(&text[end + 1..end + 1 + length]);
            end += length + 2;
            continue;
        }
        return Token { kind: Kind::Word(name), start, end };
    }
}

fn quoted(text: &str, start: usize, quote: char) -> Result<Token, Mistake> {
    let mut content = String::new();
    let mut chars = text[start + 1..].char_indices();
    while let Some((offset, c)) = chars.next() {
        match c {
            '\\' => content.extend(chars.next().map(|(_, c)| c)),
            c if c == quote => return Ok(Token { kind: Kind::Quoted(content), start, end: start + offset + 2 }),
            c => content.push(c),
        }
    }
    Err(Mistake { message: "this text has no closing quote".to_owned(), hint: String::new(), start, end: text.len() })
}

/// A number with its unit: `20`, `1%`, `2h`, `1h30m`, `10GB`. A name may start with a digit too.
fn figure(text: &str, start: usize) -> Result<Token, Mistake> {
    let rest = &text[start..];
    let length = rest.find(|c: char| !in_word(c) && c != '%').unwrap_or(rest.len());
    let (piece, end) = (&rest[..length], start + length);
    let value = if let Some(number) = quantity::number(piece) {
        Value::Number(number)
    } else if let Some(fraction) = piece.ends_with('%').then(|| quantity::fraction(piece)).flatten() {
        Value::Percent(fraction)
    } else if let Ok(ms) = quantity::fixed_duration(piece) {
        Value::Duration(ms)
    } else if let Ok(bytes) = quantity::size(piece) {
        #[expect(clippy::cast_precision_loss, reason = "sizes are compared, not added")]
        Value::Size(bytes as f64)
    } else if piece.contains('%') || piece.starts_with('-') {
        let message = format!("{} is not a figure", crate::diag::tick(piece));
        return Err(Mistake { message, hint: "figures are `20`, `1%`, `2h`, `10GB`".to_owned(), start, end });
    } else {
        return Ok(word(text, start));
    };
    Ok(Token { kind: Kind::Figure(value), start, end })
}

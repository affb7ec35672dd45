//! JSON to nodes, with byte positions.
//!
//! In: a source. Out: the root, or the first error with its place. Numbers stay as written. Not
//! serde: its errors know lines but its values do not, and large generated worlds are JSON.

use super::{DEEPEST, Entry, Keys, Node, Parsed, Text, Value, at};
use crate::diag::{Diagnostic, Severity, Source, codes};
use std::sync::Arc;

type Result<T> = std::result::Result<T, Box<Diagnostic>>;

/// Reads a source as JSON.
pub(super) fn read(source: &Arc<Source>) -> Result<Parsed> {
    let start = if source.text.starts_with('\u{feff}') { 3 } else { 0 };
    let mut reader =
        Reader { source, bytes: source.text.as_bytes(), at: start, items: Vec::new(), entries: Vec::new(), keys: Keys::AllOnce };
    let root = reader.node(0)?;
    reader.blanks();
    if reader.at < reader.bytes.len() {
        return Err(reader.fail(codes::JSON, "there is more after the end of the document"));
    }
    Ok(Parsed { root, keys: reader.keys })
}

struct Reader<'a> {
    source: &'a Arc<Source>,
    bytes: &'a [u8],
    at: usize,
    /// Items and entries of what is still open, the innermost last: a list is made once its length is known.
    items: Vec<Node>,
    entries: Vec<Entry>,
    keys: Keys,
}

impl Reader<'_> {
    /// A value with its place. A value alone fits two registers and a node does not, so nodes are made where they stay.
    #[inline]
    fn node(&mut self, depth: usize) -> Result<Node> {
        self.blanks();
        let start = self.at;
        let value = self.value(depth)?;
        Ok(Node::new(value, self.source, start, self.at))
    }

    fn value(&mut self, depth: usize) -> Result<Value> {
        if depth > DEEPEST {
            return Err(self.fail(codes::TOO_DEEP, &format!("nested more than {DEEPEST} levels deep")));
        }
        match self.bytes.get(self.at) {
            Some(b'{') => self.map(depth),
            Some(b'[') => self.list(depth),
            Some(b'"') => self.string().map(Value::Quoted),
            Some(_) => self.word(),
            None => Err(self.fail(codes::JSON, "the document ends where a value should stand")),
        }
    }

    fn map(&mut self, depth: usize) -> Result<Value> {
        self.at += 1;
        let first = self.entries.len();
        loop {
            self.blanks();
            if self.entries.len() == first && self.take(b'}') {
                return Ok(Value::map([]));
            }
            let start = self.at;
            if self.bytes.get(self.at) != Some(&b'"') {
                return Err(self.fail(codes::JSON, "a key in double quotes should stand here"));
            }
            let key = self.string()?;
            let end = self.at;
            self.blanks();
            if !self.take(b':') {
                return Err(self.fail(codes::JSON, "a `:` should stand between a key and its value"));
            }
            let value = self.node(depth + 1)?;
            let key = Node::new(Value::Quoted(key), self.source, start, end);
            self.entries.push(Entry { key, value });
            self.blanks();
            if self.take(b'}') {
                self.keys = self.keys.and_those_of(&self.entries[first..]);
                return Ok(Value::map(self.entries.drain(first..)));
            }
            if !self.take(b',') {
                return Err(self.fail(codes::JSON, "a `,` or `}` should stand here"));
            }
        }
    }

    fn list(&mut self, depth: usize) -> Result<Value> {
        self.at += 1;
        let first = self.items.len();
        loop {
            self.blanks();
            if self.items.len() == first && self.take(b']') {
                return Ok(Value::list([]));
            }
            let item = self.node(depth + 1)?;
            self.items.push(item);
            self.blanks();
            if self.take(b']') {
                return Ok(Value::list(self.items.drain(first..)));
            }
            if !self.take(b',') {
                return Err(self.fail(codes::JSON, "a `,` or `]` should stand here"));
            }
        }
    }

    /// A number or one of the three words; their text is kept as it is.
    fn word(&mut self) -> Result<Value> {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.')).count();
        let text = std::str::from_utf8(&rest[..length]).unwrap_or_default();
        let number = !text.is_empty()
            && text.parse::<f64>().is_ok_and(f64::is_finite)
            && text.starts_with(|c: char| c == '-' || c.is_ascii_digit());
        let value = match text {
            "null" => Value::Null,
            "true" | "false" => Value::Plain(Text::IN_PLACE),
            _ if number => Value::Plain(Text::IN_PLACE),
            _ => return Err(self.fail(codes::JSON, "a value should stand here")),
        };
        self.at += length;
        Ok(value)
    }

    /// A string from its opening quote on; without escapes it is what stands there.
    fn string(&mut self) -> Result<Text> {
        self.at += 1;
        let start = self.at;
        self.skip_plain();
        if self.take(b'"') {
            return Ok(Text::IN_PLACE);
        }
        let mut text = self.source.text[start..self.at].to_owned();
        loop {
            match self.bytes.get(self.at) {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(text.into());
                }
                Some(b'\\') => text.push(self.escape()?),
                _ => return Err(self.fail(codes::JSON, "this string has no closing quote on its line")),
            }
            let plain = self.at;
            self.skip_plain();
            text.push_str(&self.source.text[plain..self.at]);
        }
    }

    /// Goes to the next byte that means something within a string, or to the end of the text.
    fn skip_plain(&mut self) {
        let rest = &self.bytes[self.at..];
        self.at += rest.iter().position(|b| matches!(b, b'"' | b'\\' | b'\n')).unwrap_or(rest.len());
    }

    fn escape(&mut self) -> Result<char> {
        let c = match self.bytes.get(self.at + 1) {
            Some(b'n') => '\n',
            Some(b't') => '\t',
            Some(b'r') => '\r',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(&c @ (b'"' | b'\\' | b'/')) => char::from(c),
            Some(b'u') => return self.unicode(),
            _ => return Err(self.fail(codes::JSON, "this escape is not known to JSON")),
        };
        self.at += 2;
        Ok(c)
    }

    /// `\uXXXX`, or two of them that make one character.
    fn unicode(&mut self) -> Result<char> {
        let unit = |at: usize| -> Option<u32> {
            let digits = self.source.text.get(at + 2..at + 6)?;
            (self.bytes[at] == b'\\' && self.bytes[at + 1] == b'u' && digits.bytes().all(|b| b.is_ascii_hexdigit()))
                .then(|| u32::from_str_radix(digits, 16).ok())?
        };
        let (code, length) = match (unit(self.at), unit(self.at + 6)) {
            (Some(high @ 0xd800..=0xdbff), Some(low @ 0xdc00..=0xdfff)) => {
                (Some(0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00)), 12)
            }
            (first, _) => (first, 6),
        };
        let Some(c) = code.and_then(char::from_u32) else {
            return Err(self.fail(codes::JSON, "this is not a character"));
        };
        self.at += length;
        Ok(c)
    }

    fn blanks(&mut self) {
        while matches!(self.bytes.get(self.at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8) -> bool {
        let here = self.bytes.get(self.at) == Some(&byte);
        self.at += usize::from(here);
        here
    }

    #[expect(clippy::unnecessary_box_returns, reason = "it is the error of every result here")]
    fn fail(&self, code: &'static str, message: &str) -> Box<Diagnostic> {
        let start = self.at.min(self.bytes.len());
        let width = self.source.text[start..].chars().next().map_or(0, char::len_utf8);
        let message = if code == codes::JSON { format!("this is not JSON: {message}") } else { message.to_owned() };
        Box::new(Diagnostic {
            code,
            severity: Severity::Error,
            message,
            span: Some(at(self.source, start, start + width)),
            hint: None,
        })
    }
}

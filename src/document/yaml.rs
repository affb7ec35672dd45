//! YAML to nodes, by the events of a parser that keeps byte positions.
//!
//! In: a source. Out: the root, or the first error. Nothing is recursive, nesting and aliases are
//! bounded, and what a plan has no use for is refused with a reason: tags, several documents,
//! keys that are not text.

use super::{DEEPEST, Entry, Keys, MOST_ALIASED, Node, Parsed, Text, Value, at};
use crate::diag::{Diagnostic, Severity, Source, codes};
use granit_parser::{Event, Parser, ScalarStyle, ScanError, Span};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// A document may be nested this deep for the scanner, so that our own limit speaks first.
const SCANNER_DEPTH: usize = 200;

/// Reads a source as YAML.
pub(super) fn read(source: &Arc<Source>) -> Result<Parsed, Box<Diagnostic>> {
    let mut options = granit_parser::Options::default();
    options.emit_comments = false;
    options.flow_nesting_limit = SCANNER_DEPTH;
    options.block_nesting_limit = SCANNER_DEPTH;
    let text = source.text.strip_prefix('\u{feff}').unwrap_or(&source.text);
    if let Some(place) = text.find('\0') {
        return Err(fail(source, codes::YAML, (place, place + 1), "a zero byte has no place in a text file", None));
    }
    let shift = source.text.len() - text.len();
    let mut builder =
        Builder { source, shift, open: Vec::new(), anchors: FxHashMap::default(), aliased: 0, root: None, keys: Keys::AllOnce };
    for next in Parser::new_from_str_with_options(text, options) {
        let (event, span) = next.map_err(|e| builder.syntax(&e))?;
        builder.event(event, span)?;
    }
    let root = builder.root.unwrap_or_else(|| Node::new(Value::Null, source, 0, 0));
    Ok(Parsed { root, keys: builder.keys })
}

/// A collection that is not yet closed.
struct Open {
    value: Value,
    /// A key that waits for its value.
    key: Option<Node>,
    anchor: usize,
    start: usize,
}

struct Builder<'a> {
    source: &'a Arc<Source>,
    shift: usize,
    open: Vec<Open>,
    anchors: FxHashMap<usize, (Node, Measure)>,
    aliased: usize,
    root: Option<Node>,
    keys: Keys,
}

impl Builder<'_> {
    fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), Box<Diagnostic>> {
        let (start, end) = self.place(span);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.no_tag(tag.is_some(), (start, end))?;
                let node = Node::new(scalar(&text, style, self.source.text.get(start..end)), self.source, start, end);
                self.remember(anchor, &node)?;
                self.add(node)
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.no_tag(tag.is_some(), (start, end))?;
                self.begin(Value::list([]), anchor, (start, end))
            }
            Event::MappingStart(_, anchor, tag) => {
                self.no_tag(tag.is_some(), (start, end))?;
                self.begin(Value::map([]), anchor, (start, end))
            }
            Event::SequenceEnd | Event::MappingEnd => self.finish(end),
            Event::Alias(id) => self.alias(id, (start, end)),
            Event::DocumentStart(..) if self.root.is_some() => Err(self.fail(
                codes::YAML_FEATURE,
                (start, end),
                "a second document starts here",
                Some("one file holds one document"),
            )),
            _ => Ok(()),
        }
    }

    fn begin(&mut self, value: Value, anchor: usize, (start, end): (usize, usize)) -> Result<(), Box<Diagnostic>> {
        if self.open.len() >= DEEPEST {
            let message = format!("nested more than {DEEPEST} levels deep");
            return Err(self.fail(codes::TOO_DEEP, (start, end), &message, Some("no document needs more than a dozen levels")));
        }
        self.open.push(Open { value, key: None, anchor, start });
        Ok(())
    }

    fn finish(&mut self, end: usize) -> Result<(), Box<Diagnostic>> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        if let Value::Map(entries) = &open.value {
            self.keys = self.keys.and_those_of(entries);
        }
        let node = Node::new(open.value, self.source, open.start, end);
        self.remember(open.anchor, &node)?;
        self.add(node)
    }

    /// Puts a finished node where it belongs.
    fn add(&mut self, node: Node) -> Result<(), Box<Diagnostic>> {
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        match &mut open.value {
            Value::List(items) => items.push(node),
            Value::Map(entries) => match open.key.take() {
                Some(key) => entries.push(Entry { key, value: node }),
                None if node.text().is_some() => open.key = Some(node),
                None if node.is_null() => open.key = Some(node.with_value(Value::Plain(String::new().into()))),
                None => {
                    let span = node.span();
                    let hint = Some("a `{` or `[` at the start of a text needs quotes around the text");
                    return Err(fail(
                        self.source,
                        codes::YAML_FEATURE,
                        (span.start, span.end),
                        "a key must be a plain text",
                        hint,
                    ));
                }
            },
            _ => {}
        }
        Ok(())
    }

    /// Keeps a copy of what an anchor names; anchors within anchors copy the same text again and again.
    fn remember(&mut self, anchor: usize, node: &Node) -> Result<(), Box<Diagnostic>> {
        if anchor == 0 {
            return Ok(());
        }
        let measure = measure(node);
        let span = node.span();
        self.count_copies(measure, (span.start, span.end))?;
        self.anchors.insert(anchor, (node.clone(), measure));
        Ok(())
    }

    fn count_copies(&mut self, measure: Measure, place: (usize, usize)) -> Result<(), Box<Diagnostic>> {
        self.aliased += measure.count;
        if self.aliased > MOST_ALIASED {
            let message = format!("anchors and aliases would copy more than {MOST_ALIASED} values, or too much text");
            return Err(fail(self.source, codes::ALIASES, place, &message, Some("write the values out, or use `defaults:`")));
        }
        Ok(())
    }

    /// Copies what an alias stands for, as long as the copies stay bounded.
    fn alias(&mut self, id: usize, place: (usize, usize)) -> Result<(), Box<Diagnostic>> {
        let Some((node, measure)) = self.anchors.get(&id) else {
            return Err(self.fail(codes::ALIASES, place, "this alias stands inside what it names", None));
        };
        let measure = *measure;
        if self.open.len() + measure.depth > DEEPEST {
            return Err(self.fail(codes::TOO_DEEP, place, &format!("nested more than {DEEPEST} levels deep"), None));
        }
        let node = node.clone();
        self.count_copies(measure, place)?;
        self.add(node)
    }

    fn no_tag(&self, tagged: bool, place: (usize, usize)) -> Result<(), Box<Diagnostic>> {
        if tagged {
            return Err(self.fail(codes::YAML_FEATURE, place, "tags (`!name`) have no meaning here", Some("remove the tag")));
        }
        Ok(())
    }

    fn place(&self, span: Span) -> (usize, usize) {
        let range = span.byte_range().unwrap_or(0..0);
        (range.start + self.shift, range.end + self.shift)
    }

    #[expect(clippy::unnecessary_box_returns, reason = "it is the error of every result here")]
    fn syntax(&self, error: &ScanError) -> Box<Diagnostic> {
        let start = error.marker().byte_offset().unwrap_or(0) + self.shift;
        if error.info().contains("nesting") || error.info().contains("recursion") {
            return self.fail(codes::TOO_DEEP, (start, start + 1), &format!("nested more than {DEEPEST} levels deep"), None);
        }
        let hint = tab_hint(&self.source.text, start).or_else(|| list_hint(&self.source.text, start));
        self.fail(codes::YAML, (start, start + 1), &format!("this is not YAML: {}", error.info().to_lowercase()), hint)
    }

    #[expect(clippy::unnecessary_box_returns, reason = "it is the error of every result here")]
    fn fail(&self, code: &'static str, place: (usize, usize), message: &str, hint: Option<&str>) -> Box<Diagnostic> {
        fail(self.source, code, place, message, hint)
    }
}

#[expect(clippy::unnecessary_box_returns, reason = "it is the error of every result here")]
fn fail(source: &Arc<Source>, code: &'static str, place: (usize, usize), message: &str, hint: Option<&str>) -> Box<Diagnostic> {
    let (start, end) = (place.0.min(source.text.len()), place.1.min(source.text.len()));
    Box::new(Diagnostic {
        code,
        severity: Severity::Error,
        message: message.to_owned(),
        span: Some(at(source, start, end)),
        hint: hint.map(str::to_owned),
    })
}

/// A line that is indented by a tab is the commonest reason of an error that does not say so.
fn tab_hint(text: &str, offset: usize) -> Option<&'static str> {
    let before = text.get(..offset.min(text.len()))?;
    let line = before.rfind('\n').map_or(0, |n| n + 1);
    let indent = text[line..].chars().take_while(|c| c.is_whitespace() && *c != '\n').any(|c| c == '\t');
    indent.then_some("indent with spaces: YAML does not take tabs")
}

/// Within braces a list ends the text before it: `when: verb in [delete, drop]`.
fn list_hint(text: &str, offset: usize) -> Option<&'static str> {
    let is_condition = text.get(offset..)?.starts_with('[') && text.get(..offset)?.trim_end().ends_with(" in");
    is_condition.then_some("put a condition with a list in quotes: `when: \"verb in [delete, drop]\"`")
}

/// A scalar, and what stands at its place.
fn scalar(text: &str, style: ScalarStyle, stands: Option<&str>) -> Value {
    let same = |inner: Option<&str>| if inner == Some(text) { Text::IN_PLACE } else { text.into() };
    let unquoted = |quote| stands.and_then(|s| s.strip_prefix(quote)?.strip_suffix(quote));
    match style {
        ScalarStyle::Plain if matches!(text, "" | "~" | "null" | "Null" | "NULL") => Value::Null,
        ScalarStyle::Plain => Value::Plain(same(stands)),
        ScalarStyle::SingleQuoted => Value::Quoted(same(unquoted('\''))),
        ScalarStyle::DoubleQuoted => Value::Quoted(same(unquoted('"'))),
        _ => Value::Quoted(text.into()),
    }
}

/// The size of a tree.
#[derive(Clone, Copy)]
struct Measure {
    /// Values; a long text counts as the many short ones that it has room for.
    count: usize,
    depth: usize,
}

fn measure(node: &Node) -> Measure {
    let mut whole = Measure { count: 1, depth: 0 };
    let mut add = |child: &Node| {
        let part = measure(child);
        whole = Measure { count: whole.count + part.count, depth: whole.depth.max(part.depth + 1) };
    };
    match &node.value {
        Value::List(items) => items.iter().for_each(&mut add),
        Value::Map(entries) => entries.iter().for_each(|e| {
            add(&e.value);
            add(&e.key);
        }),
        Value::Plain(_) | Value::Quoted(_) => whole.count += node.as_text().len() / 64,
        Value::Null => {}
    }
    whole
}

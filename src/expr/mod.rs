//! Conditions on facts and outputs: `env == production and kind == datastore`, `outage_min.p90 < 2h`.
//!
//! In: text. Out: [`Expr`], which is asked with a look-up of facts, prints as text that reads back,
//! and knows the place of each name in it. What the names mean is up to the look-up.

mod constant;
mod eval;
mod parse;
mod token;

use crate::units::{DAY, HOUR, MINUTE};
pub use constant::Atom;
pub use eval::Missing;
use std::fmt;

/// A condition.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    root: Node,
}

/// Why a text is not a condition: byte offsets into the text, and advice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// What is wrong.
    pub message: String,
    /// What to do; may be empty.
    pub hint: String,
    /// First byte of the place.
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
}

/// What a name stands for, or the right side of a comparison.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A plain number or count.
    Number(f64),
    /// Milliseconds.
    Duration(f64),
    /// A fraction: 0.01 is 1 %.
    Percent(f64),
    /// Bytes.
    Size(f64),
    /// A word or a text.
    Word(String),
    /// Several words, such as the regions of a step; equal to each of them.
    Words(Vec<String>),
    /// True or false.
    Bool(bool),
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Op {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

/// A name in a condition and its place in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// As written, without quotes.
    pub name: String,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

#[derive(Debug, Clone, PartialEq)]
enum Node {
    /// `any` and `all`.
    Always,
    Fact(Path),
    Compare(Path, Op, Value),
    In(Path, Vec<Value>),
    Not(Box<Node>),
    And(Vec<Node>),
    Or(Vec<Node>),
}

impl Expr {
    /// Reads a condition.
    ///
    /// # Errors
    /// The first mistake, with its place.
    pub fn parse(text: &str) -> Result<Self, Mistake> {
        parse::condition(text).map(|root| Self { root })
    }

    /// Whether it holds, for the facts that `lookup` knows.
    ///
    /// # Errors
    /// A name that `lookup` does not know, or a comparison of things that do not compare.
    pub fn eval(&self, lookup: &dyn Fn(&str) -> Option<Value>) -> Result<bool, Missing> {
        eval::holds(&self.root, lookup)
    }

    /// Every name in it, in order.
    #[must_use]
    pub fn paths(&self) -> Vec<&Path> {
        self.asked().into_iter().map(|(path, _)| path).collect()
    }

    /// The words that a name is compared with by `==`, `!=` or `in`, in order.
    #[must_use]
    pub fn words_for(&self, name: &str) -> Vec<&str> {
        let mut words = Vec::new();
        collect_words(&self.root, name, &mut words);
        words
    }

    /// Its comparisons in order, if it consists of nothing else: limits do.
    #[must_use]
    pub fn comparisons(&self) -> Option<Vec<(&Path, Op, &Value)>> {
        let mut found = Vec::new();
        collect_comparisons(&self.root, &mut found).then_some(found)
    }

    /// Every name in order, and what it is compared with; nothing where it stands alone.
    #[must_use]
    pub fn asked(&self) -> Vec<(&Path, Vec<&Value>)> {
        let mut found = Vec::new();
        collect_asked(&self.root, &mut found);
        found
    }

    /// Its truth if that of its comparisons, in their order, is known only in part: `None` is "not known".
    #[must_use]
    pub fn judge(&self, truths: &[Option<bool>]) -> Option<bool> {
        eval::judge(&self.root, &mut truths.iter().copied())
    }

    /// A single comparison, taken apart: what most limits are.
    #[must_use]
    pub fn as_comparison(&self) -> Option<(&str, Op, &Value)> {
        if let Node::Compare(path, op, value) = &self.root { Some((&path.name, *op, value)) } else { None }
    }
}

fn collect_asked<'a>(node: &'a Node, found: &mut Vec<(&'a Path, Vec<&'a Value>)>) {
    match node {
        Node::Always => {}
        Node::Fact(path) => found.push((path, Vec::new())),
        Node::Compare(path, _, value) => found.push((path, vec![value])),
        Node::In(path, values) => found.push((path, values.iter().collect())),
        Node::Not(inner) => collect_asked(inner, found),
        Node::And(parts) | Node::Or(parts) => parts.iter().for_each(|p| collect_asked(p, found)),
    }
}

/// Whether there is nothing but comparisons.
fn collect_comparisons<'a>(node: &'a Node, found: &mut Vec<(&'a Path, Op, &'a Value)>) -> bool {
    match node {
        Node::Always | Node::Fact(_) | Node::In(..) => false,
        Node::Compare(path, op, value) => {
            found.push((path, *op, value));
            true
        }
        Node::Not(inner) => collect_comparisons(inner, found),
        Node::And(parts) | Node::Or(parts) => {
            parts.iter().map(|p| collect_comparisons(p, found)).filter(|whole| !whole).count() == 0
        }
    }
}

fn collect_words<'a>(node: &'a Node, name: &str, words: &mut Vec<&'a str>) {
    let mut push = |value: &'a Value| {
        if let Value::Word(word) = value {
            words.push(word);
        }
    };
    match node {
        Node::Compare(path, Op::Eq | Op::Ne, value) if path.name == name => push(value),
        Node::In(path, values) if path.name == name => values.iter().for_each(push),
        Node::Not(inner) => collect_words(inner, name, words),
        Node::And(parts) | Node::Or(parts) => parts.iter().for_each(|p| collect_words(p, name, words)),
        _ => {}
    }
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_node(&self.root, f)
    }
}

fn write_node(node: &Node, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match node {
        Node::Always => f.write_str("any"),
        Node::Fact(path) => write_path(&path.name, f),
        Node::Compare(path, op, value) => {
            write_path(&path.name, f)?;
            write!(f, " {op} {value}")
        }
        Node::In(path, values) => {
            write_path(&path.name, f)?;
            f.write_str(" in [")?;
            for (n, value) in values.iter().enumerate() {
                write!(f, "{}{value}", if n == 0 { "" } else { ", " })?;
            }
            f.write_str("]")
        }
        Node::Not(inner) => {
            f.write_str("not (")?;
            write_node(inner, f)?;
            f.write_str(")")
        }
        Node::And(parts) => write_joined(parts, " and ", f),
        Node::Or(parts) => write_joined(parts, " or ", f),
    }
}

fn write_joined(parts: &[Node], word: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (n, part) in parts.iter().enumerate() {
        f.write_str(if n == 0 { "" } else { word })?;
        if matches!(part, Node::And(_) | Node::Or(_)) {
            f.write_str("(")?;
            write_node(part, f)?;
            f.write_str(")")?;
        } else {
            write_node(part, f)?;
        }
    }
    Ok(())
}

fn write_path(name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if token::is_bare(name) { f.write_str(name) } else { write_quoted(name, f) }
}

fn write_quoted(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A duration as people write it: `2h`, `1h30m`. What does not read back the same so stays in milliseconds.
fn write_duration(ms: f64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    const MOST: f64 = 1e12;
    if ms.fract() != 0.0 || !(1.0..MOST).contains(&ms) {
        return write!(f, "{ms}ms");
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number, and not a large one")]
    let mut rest = ms as u64;
    for (unit, name) in [(DAY, "d"), (HOUR, "h"), (MINUTE, "m"), (1_000, "s"), (1, "ms")] {
        if rest >= unit {
            write!(f, "{}{name}", rest / unit)?;
            rest %= unit;
        }
    }
    Ok(())
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Op::Eq => "==",
            Op::Ne => "!=",
            Op::Lt => "<",
            Op::Le => "<=",
            Op::Gt => ">",
            Op::Ge => ">=",
        })
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Number(number) => write!(f, "{number}"),
            Value::Duration(ms) => write_duration(*ms, f),
            // The product can carry a rounding error of its own; fifteen digits read back as the same fraction.
            Value::Percent(fraction) => write!(f, "{}%", (fraction * 1e14).round() / 1e12),
            Value::Size(bytes) => write!(f, "{bytes}B"),
            Value::Word(word) if token::is_bare(word) => f.write_str(word),
            Value::Word(word) => write_quoted(word, f),
            Value::Words(words) => write!(f, "[{}]", words.join(", ")),
            Value::Bool(truth) => write!(f, "{truth}"),
        }
    }
}

#[cfg(test)]
mod tests;

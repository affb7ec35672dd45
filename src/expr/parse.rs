//! Tokens to a condition: `or` binds weaker than `and`, `and` weaker than `not`.
//!
//! In: text. Out: the tree, or the first mistake with its place. Nesting is bounded, so that no
//! text can exhaust the stack.

use super::token::{self, Kind, Token};
use super::{Mistake, Node, Op, Path, Value};
use crate::diag::tick;
use crate::quantity;

/// Deepest nesting of brackets and `not`.
const DEEPEST: usize = 64;
/// Longest condition in bytes.
const LONGEST: usize = 10_000;

/// Reads a whole condition.
pub(super) fn condition(text: &str) -> Result<Node, Mistake> {
    let whole =
        |message: &str, hint: &str| Mistake { message: message.to_owned(), hint: hint.to_owned(), start: 0, end: text.len() };
    if text.trim().is_empty() {
        return Err(whole("the condition is empty", "write `any` for always"));
    }
    if text.len() > LONGEST {
        return Err(whole("the condition is longer than 10,000 characters", ""));
    }
    let tokens = token::cut(text)?;
    let mut parser = Parser { tokens: &tokens, at: 0, end: text.len() };
    let node = parser.either(0)?;
    match parser.peek() {
        None => Ok(node),
        Some(Kind::Sign("(")) => Err(parser.mistake("there is a `and` or `or` missing here", "")),
        Some(_) => {
            let hint = parser.torn_figure(text).unwrap_or_else(|| "join conditions with `and` or `or`".to_owned());
            Err(parser.mistake("the condition should end here", &hint))
        }
    }
}

struct Parser<'a> {
    tokens: &'a [Token],
    at: usize,
    end: usize,
}

impl Parser<'_> {
    /// A duration whose unit stands apart, `1 hour`: what to write.
    fn torn_figure(&self, text: &str) -> Option<String> {
        let (figure, unit) = (self.tokens.get(self.at.checked_sub(1)?)?, self.tokens.get(self.at)?);
        let said = &text[figure.start..unit.end];
        let problem = quantity::fixed_duration(said).err().filter(|_| matches!(figure.kind, Kind::Figure(_)))?;
        problem.hint.starts_with("write ").then_some(problem.hint)
    }

    fn either(&mut self, depth: usize) -> Result<Node, Mistake> {
        let mut parts = vec![self.both(depth)?];
        while self.take_word("or") {
            parts.push(self.both(depth)?);
        }
        Ok(single(parts, Node::Or))
    }

    fn both(&mut self, depth: usize) -> Result<Node, Mistake> {
        let mut parts = vec![self.atom(depth)?];
        while self.take_word("and") {
            parts.push(self.atom(depth)?);
        }
        Ok(single(parts, Node::And))
    }

    fn atom(&mut self, depth: usize) -> Result<Node, Mistake> {
        if depth > DEEPEST {
            return Err(self.mistake("the condition is nested too deeply", "name parts of it differently, or split it"));
        }
        if self.take_word("not") {
            return Ok(Node::Not(Box::new(self.atom(depth + 1)?)));
        }
        if self.take_sign("(") {
            let inner = self.either(depth + 1)?;
            return if self.take_sign(")") { Ok(inner) } else { Err(self.mistake("a `)` should stand here", "")) };
        }
        if self.take_word("any") || self.take_word("all") || self.take_word("true") {
            return Ok(Node::Always);
        }
        if self.take_word("false") {
            return Ok(Node::Not(Box::new(Node::Always)));
        }
        let path = self.path()?;
        if self.take_word("in") {
            return Ok(Node::In(path, self.values()?));
        }
        let Some(op) = self.op() else { return Ok(Node::Fact(path)) };
        let value = self.value()?;
        if matches!(value, Value::Word(_) | Value::Bool(_)) && !matches!(op, Op::Eq | Op::Ne) {
            self.at -= 1;
            if let Value::Word(word) = &value
                && quantity::fixed_duration(word).is_err_and(|problem| problem.kind == quantity::Kind::Bounds)
            {
                let Mistake { start, end, .. } = self.mistake("", "");
                let message = format!("{} is longer than ten years", tick(word));
                return Err(Mistake { message, hint: "write a shorter time, such as `7d`".to_owned(), start, end });
            }
            return Err(self.mistake("only figures can be larger or smaller", "compare words with `==`, `!=` or `in [..]`"));
        }
        Ok(Node::Compare(path, op, value))
    }

    fn path(&mut self) -> Result<Path, Mistake> {
        match self.tokens.get(self.at) {
            Some(Token { kind: Kind::Word(name) | Kind::Quoted(name), start, end })
                if !matches!(name.as_str(), "and" | "or" | "in") =>
            {
                self.at += 1;
                Ok(Path { name: name.clone(), start: *start, end: *end })
            }
            Some(Token { kind: Kind::Figure(_), .. }) => {
                Err(self.mistake("a name should stand here", "the name comes first: `reach > 20`"))
            }
            _ => Err(self.mistake("a name should stand here", "")),
        }
    }

    fn op(&mut self) -> Option<Op> {
        let Some(Kind::Sign(sign)) = self.peek() else { return None };
        let op = match *sign {
            "==" => Op::Eq,
            "!=" => Op::Ne,
            "<" => Op::Lt,
            "<=" => Op::Le,
            ">" => Op::Gt,
            ">=" => Op::Ge,
            _ => return None,
        };
        self.at += 1;
        Some(op)
    }

    fn values(&mut self) -> Result<Vec<Value>, Mistake> {
        if !self.take_sign("[") {
            return Err(self.mistake("a list should stand here", "write `in [a, b]`"));
        }
        let mut values = vec![self.value()?];
        while self.take_sign(",") {
            values.push(self.value()?);
        }
        if self.take_sign("]") { Ok(values) } else { Err(self.mistake("a `,` or `]` should stand here", "")) }
    }

    fn value(&mut self) -> Result<Value, Mistake> {
        let value = match self.peek() {
            Some(Kind::Figure(value)) => value.clone(),
            Some(Kind::Quoted(text)) => Value::Word(text.clone()),
            Some(Kind::Word(word)) if word == "true" => Value::Bool(true),
            Some(Kind::Word(word)) if word == "false" => Value::Bool(false),
            Some(Kind::Word(word)) if !matches!(word.as_str(), "and" | "or" | "in" | "not") => Value::Word(word.clone()),
            _ => {
                return Err(
                    self.mistake("a value should stand here", "values are words, texts in quotes, `20`, `1%`, `2h`, `10GB`")
                );
            }
        };
        self.at += 1;
        Ok(value)
    }

    fn peek(&self) -> Option<&Kind> {
        self.tokens.get(self.at).map(|t| &t.kind)
    }

    fn take_word(&mut self, word: &str) -> bool {
        let here = matches!(self.peek(), Some(Kind::Word(w)) if w == word);
        self.at += usize::from(here);
        here
    }

    fn take_sign(&mut self, sign: &str) -> bool {
        let here = matches!(self.peek(), Some(Kind::Sign(s)) if *s == sign);
        self.at += usize::from(here);
        here
    }

    fn mistake(&self, message: &str, hint: &str) -> Mistake {
        let (start, end) = self.tokens.get(self.at).map_or((self.end, self.end), |t| (t.start, t.end));
        let message = match self.peek() {
            Some(Kind::Word(word)) => format!("{message}, not {}", tick(word)),
            Some(Kind::Sign(sign)) => format!("{message}, not {}", tick(sign)),
            _ => message.to_owned(),
        };
        Mistake { message, hint: hint.to_owned(), start, end }
    }
}

fn single(mut parts: Vec<Node>, join: fn(Vec<Node>) -> Node) -> Node {
    if parts.len() == 1 { parts.swap_remove(0) } else { join(parts) }
}

//! Whether a condition holds.
//!
//! In: a condition and a look-up. Out: true, false, or what is missing. Every name is looked up only
//! if the answer depends on it, from left to right.

use super::{Node, Op, Path, Value};
use std::cmp::Ordering;
use std::fmt;

/// Why a condition has no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The name that has no fitting value.
    pub name: String,
    /// `is not known`, or how its value does not fit.
    pub why: String,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", crate::diag::tick(&self.name), self.why)
    }
}

/// Whether a node holds.
pub(super) fn holds(node: &Node, lookup: &dyn Fn(&str) -> Option<Value>) -> Result<bool, Missing> {
    match node {
        Node::Always => Ok(true),
        Node::Fact(path) => match find(path, lookup)? {
            Value::Bool(truth) => Ok(truth),
            _ => Err(unfit(path, "is not true or false; compare it with a value")),
        },
        Node::Compare(path, op, value) => compare(path, &find(path, lookup)?, *op, value),
        Node::In(path, values) => {
            let fact = find(path, lookup)?;
            for value in values {
                if compare(path, &fact, Op::Eq, value)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        Node::Not(inner) => Ok(!holds(inner, lookup)?),
        Node::And(parts) => {
            for part in parts {
                if !holds(part, lookup)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        Node::Or(parts) => {
            for part in parts {
                if holds(part, lookup)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
    }
}

/// Three-valued logic (Kleene 1938): what is not known stays unknown unless the rest decides.
pub(super) fn judge(node: &Node, truths: &mut impl Iterator<Item = Option<bool>>) -> Option<bool> {
    match node {
        Node::Always => Some(true),
        Node::Fact(_) | Node::Compare(..) | Node::In(..) => truths.next().flatten(),
        Node::Not(inner) => judge(inner, truths).map(|t| !t),
        // Every part takes its own comparisons, whatever those before it say.
        Node::And(parts) => joined(parts, false, truths),
        Node::Or(parts) => joined(parts, true, truths),
    }
}

/// The value that decides alone, if any part has it; its opposite, if all parts do.
fn joined(parts: &[Node], decides: bool, truths: &mut impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let (mut decided, mut open) = (false, false);
    for part in parts {
        match judge(part, truths) {
            Some(truth) => decided |= truth == decides,
            None => open = true,
        }
    }
    if decided {
        Some(decides)
    } else if open {
        None
    } else {
        Some(!decides)
    }
}

fn find(path: &Path, lookup: &dyn Fn(&str) -> Option<Value>) -> Result<Value, Missing> {
    lookup(&path.name).ok_or_else(|| unfit(path, "is not known here"))
}

fn unfit(path: &Path, why: &str) -> Missing {
    Missing { name: path.name.clone(), why: why.to_owned() }
}

fn compare(path: &Path, fact: &Value, op: Op, value: &Value) -> Result<bool, Missing> {
    if let (Value::Words(words), Value::Word(_) | Value::Number(_)) = (fact, value) {
        let word = if let Value::Word(word) = value { word.clone() } else { value.to_string() };
        let has = words.contains(&word);
        return match op {
            Op::Eq => Ok(has),
            Op::Ne => Ok(!has),
            _ => Err(unfit(path, "is a list of words and has no size")),
        };
    }
    let ordering = match (fact, value) {
        (Value::Word(a), Value::Word(b)) => Some(a.cmp(b)),
        // A name of digits (`tier == 1`) is a word on one side and a figure on the other.
        (Value::Word(a), Value::Number(_)) => Some(a.as_str().cmp(value.to_string().as_str())),
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        _ => figures(path, fact, value)?,
    };
    let Some(ordering) = ordering else { return Ok(op == Op::Ne) };
    Ok(match op {
        Op::Eq => ordering == Ordering::Equal,
        Op::Ne => ordering != Ordering::Equal,
        Op::Lt => ordering == Ordering::Less,
        Op::Le => ordering != Ordering::Greater,
        Op::Gt => ordering == Ordering::Greater,
        Op::Ge => ordering != Ordering::Less,
    })
}

/// Two figures in one unit. Outputs are plain numbers in the unit that their name says.
fn figures(path: &Path, fact: &Value, value: &Value) -> Result<Option<Ordering>, Missing> {
    let (a, b) = match (fact, value) {
        (Value::Number(a) | Value::Percent(a), Value::Number(b) | Value::Percent(b))
        | (Value::Duration(a), Value::Duration(b))
        | (Value::Size(a), Value::Size(b)) => (*a, *b),
        (Value::Number(a), Value::Duration(ms)) => match unit_ms(&path.name) {
            Some(unit) => (*a, ms / unit),
            None => return Err(unfit(path, "is not a duration")),
        },
        (Value::Duration(_), Value::Number(_)) => {
            return Err(unfit(path, "is a duration: write the figure with a unit, such as `2h`"));
        }
        (Value::Size(_), Value::Number(_)) => return Err(unfit(path, "is a size: write the figure with a unit, such as `10GB`")),
        _ => return Err(unfit(path, &format!("cannot be compared with `{value}`"))),
    };
    Ok(a.partial_cmp(&b))
}

/// The unit of an output, by its name: minutes, or hours of work.
fn unit_ms(path: &str) -> Option<f64> {
    path.rsplit('.').find_map(|part| match part {
        "hours" => Some(3_600_000.0),
        "minutes_lost" => Some(60_000.0),
        _ if part.ends_with("_min") => Some(60_000.0),
        _ => None,
    })
}

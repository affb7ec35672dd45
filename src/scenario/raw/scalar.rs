//! Scalars as the types they stand for. Each reader reports what is wrong and gives `None`.
//!
//! In: a node. Out: a value in the units of the engine.

use super::Ref;
use crate::diag::{Findings, codes, is_hidden, tick};
use crate::document::{Node, Value};
use crate::expr::Expr;
use crate::quantity::{self, Kind, Problem};
use crate::scenario::suggest;
use crate::scenario::world::Capacity;
use crate::units::{Level, Millis, Rate};

const LONGEST_NAME: usize = 200;

/// The text of a scalar, or a finding that says what should stand here.
pub(crate) fn scalar<'a>(node: &'a Node, what: &str, found: &mut Findings) -> Option<&'a str> {
    let text = node.text();
    if text.is_none() {
        found.error(codes::WRONG_TYPE, node.span(), format!("{what} should stand here, not {}", node.kind()));
    }
    text
}

/// A text for people.
pub(crate) fn text(node: &Node, found: &mut Findings) -> Option<String> {
    let text = scalar(node, "a text", found)?;
    if let Some(c) = text.chars().find(|&c| is_hidden(c) && c != '\n' && c != '\t') {
        let message = format!("this text contains the control character {}", tick(c.encode_utf8(&mut [0; 4])));
        found.error_hint(codes::BAD_TEXT, node.span(), message, "remove it: texts are printed to terminals");
        return None;
    }
    Some(text.trim_end().to_owned())
}

/// A name that refers to something: only looked up later, so no rules here.
pub(crate) fn reference<'a>(node: &'a Node, found: &mut Findings) -> Option<Ref<'a>> {
    let text = scalar(node, "a name", found)?;
    if text.is_empty() {
        found.error(codes::WRONG_TYPE, node.span(), "a name should stand here, not an empty text");
        return None;
    }
    Some(Ref { text, node })
}

/// One name or a list of them.
#[expect(clippy::unnecessary_wraps, reason = "readers of values have one shape")]
pub(crate) fn references<'a>(node: &'a Node, found: &mut Findings) -> Option<Vec<Ref<'a>>> {
    Some(one_or_more(node).iter().filter_map(|n| reference(n, found)).collect())
}

/// The items of a list, or the node itself as the only one.
pub(crate) fn one_or_more(node: &Node) -> &[Node] {
    node.items().unwrap_or(std::slice::from_ref(node))
}

/// A name that declares something, by the rules for names.
pub(crate) fn declared<'a>(node: &'a Node, what: &str, found: &mut Findings) -> Option<Ref<'a>> {
    let Ref { text, node } = reference(node, found)?;
    match name_problem(text) {
        None => Some(Ref { text, node }),
        Some(problem) => {
            let hint = if text.contains(|c| matches!(c, '\u{300}'..='\u{36f}')) {
                "a letter and its mark are one character in a name: write the composed form (NFC), or leave the mark out"
            } else {
                "names are letters, digits and `- _ . / : + # ~ = * ( ) [ ]`, starting with a letter, a digit or `_`"
            };
            found.error_hint(codes::BAD_NAME, node.span(), format!("{} cannot name {what}: {problem}", tick(text)), hint);
            None
        }
    }
}

/// Why a text cannot be a name.
fn name_problem(name: &str) -> Option<String> {
    // Nearly all names need no closer look.
    let common = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'/' | b':');
    let begins = name.as_bytes().first().is_some_and(|&b| b.is_ascii_alphanumeric() || b == b'_');
    if begins && (4..=LONGEST_NAME).contains(&name.len()) && name.bytes().all(common) && name != "none" {
        return None;
    }
    if name.chars().count() > LONGEST_NAME {
        return Some(format!("it is longer than {LONGEST_NAME} characters"));
    }
    if matches!(name, "all" | "any" | "none") {
        return Some("the word has a meaning of its own".to_owned());
    }
    if !name.starts_with(|c: char| c.is_alphanumeric() || c == '_') {
        return Some("it does not start with a letter, a digit or `_`".to_owned());
    }
    if name.ends_with(' ') || name.contains("  ") {
        return Some("it has blanks at its end, or two in a row".to_owned());
    }
    let fits = |c: char| (c.is_alphanumeric() && !is_hidden(c)) || " -_./:+#~=*()[]".contains(c);
    let odd = name.chars().find(|&c| !fits(c))?;
    Some(format!("it contains {}", tick(odd.encode_utf8(&mut [0; 4]))))
}

/// `true` or `false`.
pub(crate) fn flag(node: &Node, found: &mut Findings) -> Option<bool> {
    match (&node.value, node.as_text()) {
        (Value::Plain(_), "true") => Some(true),
        (Value::Plain(_), "false") => Some(false),
        _ => {
            let text = scalar(node, "`true` or `false`", found)?;
            let hint = match text.to_ascii_lowercase().as_str() {
                "yes" | "on" | "y" | "true" => "write `true`",
                "no" | "off" | "n" | "false" => "write `false`",
                _ => "write `true` or `false`, without quotes",
            };
            found.error_hint(codes::WRONG_TYPE, node.span(), format!("{} is neither `true` nor `false`", tick(text)), hint);
            None
        }
    }
}

/// A whole number up to 2^53.
pub(crate) fn count(node: &Node, found: &mut Findings) -> Option<u64> {
    let text = scalar(node, "a whole number", found)?;
    let value = quantity::number(text);
    let whole = value.filter(|v| (0.0..=9_007_199_254_740_992.0).contains(v) && libm::trunc(*v).to_bits() == v.to_bits());
    if let Some(whole) = whole {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked above")]
        return Some(whole as u64);
    }
    let code = if value.is_some() { codes::OUT_OF_RANGE } else { codes::BAD_QUANTITY };
    let hint = match value {
        Some(value) if value < 0.0 => "there is nothing below 0 to count".to_owned(),
        Some(value) if value < 9_007_199_254_740_992.0 => {
            format!("write `{}` or `{}`", libm::trunc(value), libm::trunc(value) + 1.0)
        }
        Some(_) => "whole numbers go up to 2^53, which is `9007199254740992`".to_owned(),
        None if quantity::plainly(text).is_some() => quantity::plainly(text).unwrap_or_default(),
        None => "whole numbers are written `3` or `12000`, without a unit".to_owned(),
    };
    let wrong = if value.is_some_and(|value| value > 9_007_199_254_740_992.0) {
        "is too large"
    } else {
        "is not a whole number of 0 and more"
    };
    found.error_hint(code, node.span(), format!("{} {wrong}", tick(text)), hint);
    None
}

/// A count between bounds.
pub(crate) fn count_in(node: &Node, least: u64, most: u64, found: &mut Findings) -> Option<u32> {
    let count = count(node, found)?;
    if !(least..=most).contains(&count) {
        let nearest = count.clamp(least, most);
        found.error_hint(
            codes::OUT_OF_RANGE,
            node.span(),
            format!("`{count}` is not between {least} and {most}"),
            format!("the nearest is `{nearest}`"),
        );
        return None;
    }
    u32::try_from(count).ok()
}

/// A share or a probability.
pub(crate) fn level(node: &Node, found: &mut Findings) -> Option<Level> {
    quantity(node, "a share", quantity::share, found).and_then(Level::from_fraction)
}

/// One duration in milliseconds.
pub(crate) fn span_ms(node: &Node, found: &mut Findings) -> Option<Millis> {
    let ms = quantity(node, "a duration", quantity::fixed_duration, found)?;
    Some(crate::luck::to_millis(ms))
}

/// Requests per minute.
pub(crate) fn rate(node: &Node, found: &mut Findings) -> Option<Rate> {
    quantity(node, "a rate", quantity::rate, found)
}

/// `160%` of the normal load, or `1000/min`.
pub(crate) fn capacity(node: &Node, found: &mut Findings) -> Option<Capacity> {
    let text = scalar(node, "a capacity", found)?;
    if text.contains('/') {
        return rate(node, found).map(Capacity::Requests);
    }
    let fraction = text.ends_with('%').then(|| quantity::fraction(text)).flatten();
    match fraction {
        Some(fraction) if fraction > 0.0 && fraction <= 1000.0 =>
        {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 10^9")]
            Some(Capacity::OfNormal(libm::round(fraction * 1e6) as u64))
        }
        Some(_) => {
            found.error_hint(
                codes::OUT_OF_RANGE,
                node.span(),
                format!("{} is not a possible capacity", tick(text)),
                "capacities are more than 0%",
            );
            None
        }
        None => {
            let hint = "capacities are written `160%` (of the normal load) or `1000/min`";
            found.error_hint(codes::BAD_QUANTITY, node.span(), format!("{} is not a capacity", tick(text)), hint);
            None
        }
    }
}

/// A figure read by one of the functions of `quantity`.
pub(crate) fn quantity<T>(
    node: &Node,
    what: &str,
    read: impl FnOnce(&str) -> Result<T, Problem>,
    found: &mut Findings,
) -> Option<T> {
    let text = scalar(node, what, found)?;
    read(text).map_err(|problem| report(node, text, &problem, found)).ok()
}

/// A problem with a figure as a finding.
pub(crate) fn report(node: &Node, text: &str, problem: &Problem, found: &mut Findings) {
    let code = match problem.kind {
        Kind::Form => codes::BAD_QUANTITY,
        Kind::Bounds => codes::OUT_OF_RANGE,
        Kind::Range => codes::BAD_RANGE,
    };
    found.error_hint(code, node.span(), format!("{} {}", tick(text), problem.message), problem.hint.clone());
}

/// One of a few words; gives its index.
pub(crate) fn choice(node: &Node, words: &[&'static str], found: &mut Findings) -> Option<usize> {
    let text = scalar(node, "a word", found)?;
    let place = words.iter().position(|w| *w == text);
    if place.is_none() {
        let hint = match suggest::nearest(text, words.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("write one of: {}", words.join(", ")),
        };
        found.error_hint(codes::WRONG_TYPE, node.span(), format!("{} is not a choice here", tick(text)), hint);
    }
    place
}

/// A condition.
pub(crate) fn condition(node: &Node, found: &mut Findings) -> Option<Expr> {
    let text = scalar(node, "a condition", found)?;
    match Expr::parse(text) {
        Ok(expr) => Some(expr),
        Err(mistake) => {
            let span = node.part(mistake.start, mistake.end);
            if mistake.hint.is_empty() {
                found.error(codes::CONDITION, span, mistake.message);
            } else {
                found.error_hint(codes::CONDITION, span, mistake.message, mistake.hint);
            }
            None
        }
    }
}

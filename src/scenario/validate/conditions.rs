//! Conditions on steps: every name in them is a fact, and they can come out both ways.
//!
//! In: a condition of a guardrail or a role. Out: findings. A condition that always comes out the same in this
//! world is probably a misspelling, and is warned of.

use super::{Known, fits, targets};
use crate::diag::{Diagnostic, Findings, Severity, codes, tick};
use crate::document::Node;
use crate::expr::{Atom, Expr, Op, Value};
use crate::scenario::facts::FACTS;
use crate::scenario::raw::Ref;
use crate::scenario::suggest;

/// Facts of a step beside those of its cells.
const OWN: [&str; 9] = ["verb", "destructive", "reversible", "mutating", "regions", "reach", "targets", "actor", "role"];
/// Those that are counts.
const COUNTS: [&str; 3] = ["regions", "reach", "targets"];
/// Outputs of an unguarded run of the step alone stand under this name.
const PREDICTED: &str = "predicted.";
/// Facts whose values are words of the world.
const WORDS: [&str; 8] = ["service", "region", "env", "kind", "tier", "team", "jurisdiction", "faces"];

/// Checks the condition of a role: no predictions, since a role says what holds on any day.
pub(crate) fn check(condition: &Expr, node: &Node, found: &mut Findings) {
    let facts: Vec<&'static str> = FACTS.into_iter().chain(OWN).collect();
    fits::check_counts(condition, &COUNTS, node, found);
    targets::check_facts(condition, Ref { text: node.as_text(), node }, &facts, found);
}

/// Checks the condition of a guardrail.
pub(super) fn check_in(known: &Known, condition: &Expr, node: &Node, found: &mut Findings) {
    let facts: Vec<&'static str> = FACTS.into_iter().chain(OWN).collect();
    let errors = found.errors();
    fits::check_outputs(known, condition, PREDICTED, node, found);
    fits::check_counts(condition, &COUNTS, node, found);
    let is_fact = |path: &&crate::expr::Path| facts.contains(&path.name.as_str()) || path.name.starts_with(PREDICTED);
    if !condition.paths().iter().all(is_fact) {
        targets::check_step_facts(condition, Ref { text: node.as_text(), node }, &facts, PREDICTED, found);
    }
    if found.errors() == errors {
        check_both_ways(known, condition, node, found);
    }
}

fn check_both_ways(known: &Known, condition: &Expr, node: &Node, found: &mut Findings) {
    let Some(answer) = condition.constant(&|atom| settled(known, atom)) else { return };
    let message = if answer { "always holds here" } else { "never holds here" };
    let hint = stranger(known, condition).unwrap_or_else(|| {
        let always = "leave `when` out to apply it to every step that changes something";
        if answer { always.to_owned() } else { "remove the guardrail, or its condition".to_owned() }
    });
    found.add(Diagnostic {
        code: codes::CONSTANT,
        severity: Severity::Warning,
        message: format!("{} {message}", tick(node.as_text())),
        span: Some(node.span()),
        hint: Some(hint),
    });
}

/// The answer of an atom that this world leaves no choice.
#[expect(clippy::cast_precision_loss, reason = "counts of cells")]
fn settled(known: &Known, atom: Atom<'_>) -> Option<bool> {
    let world = &known.world;
    let unknown = |name: &str, value: &Value| matches!(value, Value::Word(word) if !has(known, name, word));
    match atom {
        Atom::Compare(path, Op::Eq, value) if unknown(&path.name, value) => Some(false),
        Atom::Compare(path, Op::Ne, value) if unknown(&path.name, value) => Some(true),
        Atom::In(path, values) if values.iter().all(|v| unknown(&path.name, v)) => Some(false),
        Atom::Compare(path, op, Value::Number(limit)) => {
            let most = match path.name.as_str() {
                "regions" => world.regions.len(),
                "targets" | "reach" => world.cells.len(),
                _ => return None,
            };
            within(1.0, most as f64, op, *limit)
        }
        _ => None,
    }
}

/// What a figure between two bounds comes out as against a limit, if it is always the same.
fn within(least: f64, most: f64, op: Op, limit: f64) -> Option<bool> {
    match op {
        Op::Lt if most < limit => Some(true),
        Op::Lt if least >= limit => Some(false),
        Op::Le if most <= limit => Some(true),
        Op::Le if least > limit => Some(false),
        Op::Gt if least > limit => Some(true),
        Op::Gt if most <= limit => Some(false),
        Op::Ge if least >= limit => Some(true),
        Op::Ge if most < limit => Some(false),
        _ => None,
    }
}

/// Whether the world has a word for a fact; true for facts that are no words of the world.
fn has(known: &Known, fact: &str, word: &str) -> bool {
    if fact == "verb" {
        return known.verbs.iter().any(|v| v.name == word) || crate::scenario::verbs::find(word).is_some();
    }
    if !WORDS.contains(&fact) {
        return true;
    }
    values(known, fact).contains(&word.to_owned())
}

fn values(known: &Known, fact: &str) -> Vec<String> {
    let cells = 0..u32::try_from(known.world.cells.len()).unwrap_or(u32::MAX);
    let mut found: Vec<String> = Vec::new();
    for cell in cells {
        if let Some(Value::Word(word)) = known.world.fact(cell, fact)
            && !word.is_empty()
            && found.last() != Some(&word)
        {
            found.push(word);
        }
    }
    found.sort();
    found.dedup();
    found
}

/// A word that no cell has, and the one that was probably meant.
fn stranger(known: &Known, condition: &Expr) -> Option<String> {
    WORDS.into_iter().find_map(|fact| {
        let word = condition.words_for(fact).into_iter().find(|w| !has(known, fact, w))?;
        let values = values(known, fact);
        Some(match suggest::nearest(word, values.iter().map(String::as_str)) {
            Some(near) => format!("no cell has {fact} `{word}`; did you mean `{near}`?"),
            None if values.is_empty() => format!("no cell declares `{fact}`"),
            None => format!("no cell has {fact} `{word}`"),
        })
    })
}

//! Conditions on steps: every name in them is a fact, and they can come out both ways.
//!
//! In: a condition of a guardrail or a role. Out: findings. A condition that always comes out the same in this
//! world is probably a misspelling, and is warned of.

use super::fits::{self, Unit};
use super::{Known, outputs, targets};
use crate::diag::{Findings, codes, tick};
use crate::document::Node;
use crate::expr::{Atom, Expr, Op, Value};
use crate::scenario::facts::FACTS;
use crate::scenario::profiles;
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
        check_both_ways(known, condition, node, OF_GUARDRAIL, found);
    }
}

/// What to do about a condition of a guardrail that always holds, and about one that never does.
const OF_GUARDRAIL: [&str; 2] =
    ["leave `when` out to apply it to every step that changes something", "remove the guardrail, or its condition"];
/// The same of a role.
const OF_ROLE: [&str; 2] = ["leave `when` out: the role may always do what it may", "remove the role, or its condition"];

/// Looks at the condition of a role again, once there is a world to hold it against.
pub(super) fn check_role(known: &Known, condition: &Expr, node: &Node, found: &mut Findings) {
    check_both_ways(known, condition, node, OF_ROLE, found);
}

/// Warns of a condition that always comes out the same, and of one of which a part does because of a word that nothing here has.
fn check_both_ways(known: &Known, condition: &Expr, node: &Node, hints: [&str; 2], found: &mut Findings) {
    let stranger = stranger(known, condition);
    let (says, hint) = match condition.constant(&|atom| settled(known, atom)) {
        Some(true) => ("always holds here", hints[0]),
        Some(false) => ("never holds here", hints[1]),
        None if stranger.is_some() => ("has a part that nothing here fits", ""),
        None => return,
    };
    let hint = stranger.unwrap_or_else(|| hint.to_owned());
    found.warn(codes::CONSTANT, node.span(), format!("{} {says}", tick(node.as_text())), hint);
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
        Atom::Fact(path) if path.name == "holds-data" && !any_data(known) => Some(false),
        Atom::Compare(path, op, Value::Number(limit) | Value::Duration(limit) | Value::Percent(limit)) => {
            let most = match path.name.as_str() {
                "regions" => world.regions.len(),
                "targets" | "reach" => world.cells.len(),
                name => {
                    let (least, most) = bounds(known, name.strip_prefix(PREDICTED)?)?;
                    return within(least, most, op, *limit);
                }
            };
            match op {
                // Counts are whole.
                Op::Eq | Op::Ne if limit.fract().abs() > 0.0 => Some(op == Op::Ne),
                _ => within(1.0, most as f64, op, *limit),
            }
        }
        _ => None,
    }
}

fn any_data(known: &Known) -> bool {
    let cells = 0..u32::try_from(known.world.cells.len()).unwrap_or(u32::MAX);
    cells.into_iter().any(|cell| known.world.fact(cell, "holds-data") == Some(Value::Bool(true)))
}

/// What an output of an unguarded run lies between: nothing but a difference is negative, a share is the whole at most, and no control
/// costs anything.
fn bounds(known: &Known, output: &str) -> Option<(f64, f64)> {
    let unit = outputs::unit(known, output)?;
    if output.contains(".delta.") {
        return None;
    }
    let most = match unit {
        _ if output.starts_with("friction.") => 0.0,
        Unit::Share => 1.0,
        _ => f64::INFINITY,
    };
    Some((0.0, most))
}

/// What a figure between two bounds comes out as against a limit, if it is always the same.
pub(crate) fn within(least: f64, most: f64, op: Op, limit: f64) -> Option<bool> {
    match op {
        Op::Eq if limit < least || limit > most => Some(false),
        Op::Ne if limit < least || limit > most => Some(true),
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
    match fact {
        "verb" => return known.verbs.iter().any(|v| v.name == word) || crate::scenario::verbs::find(word).is_some(),
        "role" => return known.world.roles.iter().any(|role| role.name == word),
        "actor" => return profiles::find(word).is_some(),
        _ => {}
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

/// A word that nothing here has, and the one that was probably meant.
fn stranger(known: &Known, condition: &Expr) -> Option<String> {
    WORDS.into_iter().chain(["role", "actor"]).find_map(|fact| {
        let word = condition.words_for(fact).into_iter().find(|w| !has(known, fact, w))?;
        let (what, values) = match fact {
            "role" => (
                format!("the world has no role {}", tick(word)),
                known.world.roles.iter().map(|role| role.name.clone()).collect(),
            ),
            "actor" => (
                format!("there is no profile {}", tick(word)),
                profiles::all().iter().map(|profile| profile.name.to_owned()).collect(),
            ),
            _ => (format!("no cell has {fact} {}", tick(word)), values(known, fact)),
        };
        Some(match suggest::nearest(word, values.iter().map(String::as_str)) {
            Some(near) => format!("{what}; did you mean {}?", tick(near)),
            None if values.is_empty() && WORDS.contains(&fact) => format!("no cell declares `{fact}`"),
            None => what,
        })
    })
}

//! The way in: a path becomes a [`Study`], or the list of everything that is wrong.
//!
//! In: [`Files`], a path, options. Out: [`Read`]. A variant is its base with one thing changed, merged
//! as trees and then read like any other scenario.

use super::files::Files;
use super::load::Loader;
use super::raw;
use super::raw::fields::{Fields, Others, head};
use super::validate::{self, Known};
use super::{Scenario, Study, World};
use crate::diag::{Diagnostic, Findings, codes, tick};
use crate::document::{Entry, Node, Value, merge};
use crate::scenario::keys::scenario::VARIANT;
use std::sync::Arc;

/// How to read.
#[derive(Debug, Clone, Default)]
pub struct ReadOptions {
    /// Take the plan as it stands, without actor and guardrails.
    pub ignore_guardrails: bool,
    /// The world to use in place of the one that the document names, as the user gave its path.
    pub world: Option<String>,
    /// Keep targets that nobody described as unknown, instead of refusing them.
    pub unknown_targets: bool,
}

/// What came of reading.
#[derive(Debug)]
pub struct Read {
    /// The study, if there is no error.
    pub study: Option<Study>,
    /// Everything that was found, in the order of the text as far as possible.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads a scenario, or a bare list of steps if `options.world` is given.
#[must_use]
pub fn read(files: &dyn Files, path: &str, options: &ReadOptions) -> Read {
    let mut found = Findings::default();
    let study = study(files, path, options, &mut found);
    let errors = found.errors();
    Read { study: study.filter(|_| errors == 0), diagnostics: found.into_list() }
}

/// Reads a world on its own.
#[must_use]
pub fn read_world(files: &dyn Files, path: &str, _options: &ReadOptions) -> (Option<World>, Vec<Diagnostic>) {
    let mut found = Findings::default();
    let loader = Loader::for_file(files, path);
    let tree = loader.top(path, &mut found).and_then(|node| loader.world(node, &mut found));
    let known = tree.as_ref().and_then(|node| known(node, &mut found));
    let world = known.map(|k| Arc::unwrap_or_clone(k.world));
    let errors = found.errors();
    (world.filter(|_| errors == 0), found.into_list())
}

pub(super) fn known(tree: &Node, found: &mut Findings) -> Option<Known> {
    let raw = raw::world::read(tree, found)?;
    Some(validate::world::world(&raw, found))
}

fn study(files: &dyn Files, path: &str, options: &ReadOptions, found: &mut Findings) -> Option<Study> {
    let loader = Loader::for_file(files, path);
    let mut node = as_document(loader.top(path, found)?, found)?;
    let variants = node.remove("variants");
    let world = match &options.world {
        Some(path) => {
            let theirs = Loader::for_file(files, path);
            let tree = theirs.top(path, found).and_then(|n| theirs.world(n, found));
            node.put("world", node.with_value(Value::Plain("world".into())));
            tree
        }
        None => set_aside_world(&mut node).and_then(|n| loader.world(n, found)),
    };
    let known = world.as_ref().and_then(|tree| known(tree, found));
    let base = scenario(&node, known.as_ref(), &loader, options, found);
    let bench = Bench { loader: &loader, base: &node, world: world.as_ref(), known: known.as_ref(), options };
    let variants = variants.map_or_else(Vec::new, |n| bench.variants(&n, found));
    Some(Study { base: base?, variants })
}

/// A bare list of steps is a document with a plan.
pub(super) fn as_document(node: Node, found: &mut Findings) -> Option<Node> {
    match node.value {
        Value::Map(_) => Some(node),
        Value::List(_) => {
            let mut document = node.with_value(Value::map([]));
            document.put("plan", node);
            Some(document)
        }
        _ => {
            let hint = "start with `world:` and `plan:`";
            found.error_hint(codes::WRONG_TYPE, head(&node), format!("a scenario is a map, not {}", node.kind()), hint);
            None
        }
    }
}

/// Takes the world out of a scenario and leaves a mark, so that the rest can be copied cheaply.
pub(super) fn set_aside_world(node: &mut Node) -> Option<Node> {
    let Value::Map(entries) = &mut node.value else { return None };
    let entry = entries.iter_mut().find(|e| e.key.as_text() == "world" && !e.value.is_null())?;
    let mark = entry.value.with_value(Value::Plain("world".into()));
    Some(std::mem::replace(&mut entry.value, mark))
}

/// Reads one scenario; without a world only its form is checked.
pub(super) fn scenario(
    node: &Node,
    known: Option<&Known>,
    loader: &Loader<'_>,
    options: &ReadOptions,
    found: &mut Findings,
) -> Option<Scenario> {
    let raw = raw::scenario::read(node, found)?;
    known.map(|known| validate::scenario::scenario(known, &raw, loader, options, found))
}

/// What holds for base and variants alike.
const FOR_ALL: [&str; 2] = ["trials", "precision"];

/// What variants are made from.
struct Bench<'a> {
    loader: &'a Loader<'a>,
    base: &'a Node,
    world: Option<&'a Node>,
    known: Option<&'a Known>,
    options: &'a ReadOptions,
}

impl Bench<'_> {
    fn variants(&self, node: &Node, found: &mut Findings) -> Vec<(String, Scenario)> {
        let Some(entries) = node.entries() else {
            let hint = "write `variants: { name: { ... } }`";
            found.error_hint(codes::WRONG_TYPE, head(node), format!("variants are a map from names, not {}", node.kind()), hint);
            return Vec::new();
        };
        let of = |entry: &Entry, found: &mut Findings| {
            let (before, mut apart) = (found.errors(), found.apart());
            let variant = self.variant(entry, &mut apart);
            found.join_variant(entry.key.as_text(), &entry.value.span(), apart, before);
            variant
        };
        entries.iter().filter_map(|entry| of(entry, found)).collect()
    }

    fn variant(&self, entry: &Entry, found: &mut Findings) -> Option<(String, Scenario)> {
        let name = raw::scalar::declared(&entry.key, "a variant", found)?;
        Fields::with_others(&entry.value, &VARIANT, Others::Any, found)?;
        let mut change = entry.value.clone();
        if let Some(inner) = change.remove("variants") {
            let message = format!("{} is a variant and cannot have variants", tick(name.text));
            found.error(codes::UNKNOWN_KEY, head(&inner), message);
        }
        for key in FOR_ALL {
            if let Some(entry) = change.entries().unwrap_or_default().iter().find(|e| e.key.as_text() == key) {
                let message = format!("{} is a variant and cannot have `{key}`", tick(name.text));
                let hint = "write it beside `variants`: all are run with the same number of trials, and compared one by one";
                found.error_hint(codes::UNKNOWN_KEY, entry.key.span(), message, hint);
            }
        }
        let more = change.remove("add-guardrails");
        let world = set_aside_world(&mut change);
        let mut merged = self.base.clone();
        // What was published, and what the base must come to, speak of the base alone.
        merged.remove("expect");
        merged.remove("observed");
        merge::over(&mut merged, &change);
        if let Some(more) = more {
            add_guardrails(&mut merged, &more, found);
        }
        let scenario = match world {
            None => scenario(&merged, self.known, self.loader, self.options, found),
            Some(change) => {
                let tree = self.changed_world(change, found)?;
                let known = known(&tree, found)?;
                scenario(&merged, Some(&known), self.loader, self.options, found)
            }
        };
        Some((name.text.to_owned(), scenario?))
    }

    /// Another world, or this one with changes.
    fn changed_world(&self, change: Node, found: &mut Findings) -> Option<Node> {
        if change.entries().is_none() {
            return self.loader.world(change, found);
        }
        let mut tree = self.world?.clone();
        merge::over(&mut tree, &change);
        self.loader.world(tree, found)
    }
}

fn add_guardrails(merged: &mut Node, more: &Node, found: &mut Findings) {
    let Some(added) = more.items() else {
        let hint = "write `add-guardrails: [ approval: { approvers: 1 } ]`";
        return found.error_hint(codes::WRONG_TYPE, head(more), format!("guardrails are a list, not {}", more.kind()), hint);
    };
    let mut all = merged.get("guardrails").and_then(Node::items).unwrap_or_default().to_vec();
    all.extend_from_slice(added);
    merged.put("guardrails", more.with_value(Value::list(all)));
}

#[cfg(test)]
mod tests;

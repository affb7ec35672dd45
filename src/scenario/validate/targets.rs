//! Targets: a cell, a service, `all`, a condition over facts of cells, or a list of these.
//!
//! In: texts. Out: cells in the order in which they were named, none of them twice.

use super::{Found, Known};
use crate::diag::{Findings, codes, tick};
use crate::expr::{Expr, Missing, Value};
use crate::scenario::facts::{FACTS, is_condition};
use crate::scenario::plan::Unknown;
use crate::scenario::raw::{Ref, scalar};
use crate::scenario::suggest;
use crate::scenario::world::{At, CellId};
use rustc_hash::FxHashSet;

/// The cells that a target means; empty only with a finding.
pub(super) fn cells(known: &Known, target: &[Ref<'_>], found: &mut Findings) -> Vec<CellId> {
    let mut cells = Vec::new();
    let mut seen = FxHashSet::default();
    for &name in target {
        for cell in one(known, name, found) {
            if seen.insert(cell) {
                cells.push(cell);
            } else {
                let message = format!("{} is targeted twice", tick(&known.world.cell_name(cell)));
                found.error_hint(codes::DECLARED_TWICE, name.span(), message, "name each cell once");
                return cells;
            }
        }
    }
    cells
}

/// The parts of a target that are described, or that are wrong in some other way; the others are noted.
pub(super) fn described<'a>(known: &Known, step: u32, target: &[Ref<'a>], unknown: &mut Vec<Unknown>) -> Vec<Ref<'a>> {
    let is_known = |name: &Ref<'a>| {
        let plain = name.text.split_once('@').map_or(name.text, |(service, _)| service);
        let service = known.names.services.get(plain).copied();
        if name.text == "all" || (service.is_none() && is_condition(name.text)) {
            return true;
        }
        let (whole, listed) = match service {
            // A service that could not be read is reported where it is declared.
            None => (known.names.broken.contains(plain), known.names.not_modelled.contains(plain)),
            Some(service) => (is_deployed(known, service, name.text), false),
        };
        if !whole {
            let near = suggest::nearest(plain, super::sorted(&known.names.services)).filter(|near| *near != plain);
            let near = near.filter(|_| !listed).map(str::to_owned);
            unknown.push(Unknown { step, name: name.text.to_owned(), near, listed, span: name.span() });
        }
        whole
    };
    target.iter().copied().filter(is_known).collect()
}

/// Whether a service is where its name says.
fn is_deployed(known: &Known, service: crate::scenario::world::ServiceId, name: &str) -> bool {
    match name.split_once('@') {
        None | Some((_, "any")) => true,
        Some((_, region)) => known.names.regions.get(region).is_some_and(|&r| known.world.cell_in(service, r).is_some()),
    }
}

fn one(known: &Known, name: Ref<'_>, found: &mut Findings) -> Vec<CellId> {
    let world = &known.world;
    let all = || 0..u32::try_from(world.cells.len()).unwrap_or(u32::MAX);
    if name.text == "all" {
        return all().collect();
    }
    let plain = name.text.split_once('@').map_or(name.text, |(service, _)| service);
    if !known.names.services.contains_key(plain) && is_condition(name.text) {
        return by_condition(known, name, found);
    }
    match known.names.place(world, name, found) {
        Found::Place(place) => match place.at {
            At::Here | At::Any if name.text.ends_with("@any") => {
                let message = format!("{} does not say which cell", tick(name.text));
                found.error_hint(
                    codes::NO_TARGET,
                    name.span(),
                    message,
                    format!("name a region, or write `{plain}` for all of them"),
                );
                Vec::new()
            }
            At::Here | At::Any => world.services[place.service as usize].cells.clone().collect(),
            At::Region(region) => world.cell_in(place.service, region).into_iter().collect(),
        },
        Found::NotModelled => {
            let message = format!("{} is not modelled, so nothing can be said about this", tick(name.text));
            found.error_hint(codes::NOT_MODELLED, name.span(), message, "describe it under `services:`");
            Vec::new()
        }
        Found::Nothing => Vec::new(),
    }
}

fn by_condition(known: &Known, name: Ref<'_>, found: &mut Findings) -> Vec<CellId> {
    let Some(condition) = scalar::condition(name.node, found) else { return Vec::new() };
    if !check_facts(&condition, name, &FACTS, found) {
        return Vec::new();
    }
    let cells = match known.world.fitting(&condition) {
        Ok(cells) => cells,
        Err(missing) => {
            report(&missing, name, found);
            return Vec::new();
        }
    };
    if cells.is_empty() {
        let message = format!("no cell fits {}", tick(name.text));
        if found.worth_a_hint() {
            found.error_hint(codes::NO_TARGET, name.span(), message, near_miss(known, &condition));
        } else {
            found.error(codes::NO_TARGET, name.span(), message);
        }
    }
    cells
}

/// Reports each name in a condition that nobody can answer; true if there is none.
pub(super) fn check_facts(condition: &Expr, at: Ref<'_>, facts: &[&'static str], found: &mut Findings) -> bool {
    check_step_facts(condition, at, facts, "", found)
}

/// The same, where names that begin with `but` are somebody else's.
pub(super) fn check_step_facts(condition: &Expr, at: Ref<'_>, facts: &[&'static str], but: &str, found: &mut Findings) -> bool {
    let mut good = true;
    for path in condition.paths() {
        if facts.contains(&path.name.as_str()) || !but.is_empty() && path.name.starts_with(but) {
            continue;
        }
        good = false;
        let message = format!("{} is not known here", tick(&path.name));
        let known = facts.iter().copied().chain(["environment"]);
        let hint = match suggest::nearest(&path.name, known) {
            Some("environment") => "did you mean `env`?".to_owned(),
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("known here: {}", facts.join(", ")),
        };
        found.error_hint(codes::UNKNOWN_FACT, at.node.part(path.start, path.end), message, hint);
    }
    good
}

fn report(missing: &Missing, at: Ref<'_>, found: &mut Findings) {
    found.error(codes::UNKNOWN_FACT, at.span(), missing.to_string());
}

/// A hint for a condition that fits nothing: a word that no cell has, and the one that was probably meant.
fn near_miss(known: &Known, condition: &Expr) -> String {
    for fact in FACTS {
        let words = condition.words_for(fact);
        if words.is_empty() {
            continue;
        }
        let mut values: Vec<String> = Vec::new();
        for cell in 0..u32::try_from(known.world.cells.len()).unwrap_or(u32::MAX) {
            match known.world.fact(cell, fact) {
                Some(Value::Word(value)) if !value.is_empty() && values.len() < 1000 && !values.contains(&value) => {
                    values.push(value);
                }
                _ => {}
            }
        }
        for word in words {
            if values.iter().any(|v| v == word) {
                continue;
            }
            if let Some(near) = suggest::nearest(word, values.iter().map(String::as_str)) {
                return format!("no cell has {fact} `{word}`; did you mean `{near}`?");
            }
            return match values.len() {
                0 => format!("no cell declares `{fact}`"),
                1..=20 => format!("values of `{fact}`: {}", values.join(", ")),
                _ => format!("no cell has {fact} `{word}`"),
            };
        }
    }
    "each part fits some cell, but no cell fits them all".to_owned()
}

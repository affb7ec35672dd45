//! Actor and guardrails: their form is checked, what they do is not simulated yet.
//!
//! In: the fields of a scenario. Out: [`Controls`], the conditions and names in them, for `validate`.

use super::fields::Fields;
use super::plan::list;
use super::{Ref, dist, scalar};
use crate::diag::{Findings, codes, tick};
use crate::document::Node;
use crate::expr::Expr;
use crate::quantity;
use crate::scenario::keys::guardrails::{ACTOR, GUARDRAILS, PROFILES, RATES};
use crate::scenario::keys::{Form, Section};
use crate::scenario::suggest;

/// What stands between the actor and the world, as far as it is read.
#[derive(Debug, Default)]
pub(crate) struct Controls<'a> {
    /// The `actor` and `guardrails` sections, if there are any.
    pub(crate) sections: Vec<&'a Node>,
    /// Roles that are named.
    pub(crate) roles: Vec<Ref<'a>>,
    /// Conditions of guardrails.
    pub(crate) conditions: Vec<(Expr, &'a Node)>,
}

/// Reads both sections.
pub(crate) fn read<'a>(scenario: &Fields<'a>, found: &mut Findings) -> Controls<'a> {
    let mut controls = Controls::default();
    if let Some(node) = scenario.get("actor") {
        controls.sections.push(node);
        actor(node, &mut controls, found);
    }
    if let Some(node) = scenario.get("guardrails") {
        let items = list(node, "guardrails are a list", "- approval: { approvers: 1 }", found).unwrap_or_default();
        // An empty list is how a variant says that there are none.
        if !items.is_empty() {
            controls.sections.push(node);
        }
        items.iter().for_each(|n| guardrail(n, &mut controls, found));
    }
    controls
}

fn actor<'a>(node: &'a Node, controls: &mut Controls<'a>, found: &mut Findings) {
    let Some(fields) = Fields::of(node, &ACTOR, found) else { return };
    fields.read("profile", found, |n, f| scalar::choice(n, PROFILES, f));
    fields.read("errors", found, scalar::flag);
    controls.roles.extend(fields.read("acts-as", found, scalar::reference));
    if let Some(rates) = fields.get("rates").and_then(|n| Fields::of(n, &RATES, found)) {
        for key in RATES.keys {
            rates.read(key.name, found, dist::chance);
        }
    }
}

/// `kind: { ... }`, or the bare kind.
fn guardrail<'a>(node: &'a Node, controls: &mut Controls<'a>, found: &mut Findings) {
    let (name, value) = match (node.entries(), node.text()) {
        (Some([entry]), _) => (&entry.key, Some(&entry.value)),
        (None, Some(_)) => (node, None),
        _ => {
            let hint = "write `- approval: { approvers: 1 }`";
            return found.error_hint(
                codes::WRONG_TYPE,
                super::fields::head(node),
                "a guardrail is a map with one key, its kind",
                hint,
            );
        }
    };
    let Some((_, section)) = GUARDRAILS.iter().find(|(kind, _)| *kind == name.as_text()) else {
        let message = format!("there is no guardrail {}", tick(name.as_text()));
        let kinds = GUARDRAILS.iter().map(|(kind, _)| *kind);
        let hint = suggest::hint(name.as_text(), kinds, "guardrail").unwrap_or_default();
        return found.error_hint(codes::UNKNOWN_GUARDRAIL, name.span(), message, hint);
    };
    if let Some(fields) = value.and_then(|n| Fields::of(n, section, found)) {
        check(&fields, section, controls, found);
    }
}

/// Checks each value by the form that the table gives for its key.
fn check<'a>(fields: &Fields<'a>, section: &'static Section, controls: &mut Controls<'a>, found: &mut Findings) {
    for key in section.keys {
        let Some(node) = fields.get(key.name) else { continue };
        match key.form {
            Form::Condition => controls.conditions.extend(scalar::condition(node, found).map(|c| (c, node))),
            Form::OneOrMore(Form::Name) => controls.roles.extend(scalar::references(node, found).unwrap_or_default()),
            form => value(form, node, found),
        }
    }
}

fn value(form: Form, node: &Node, found: &mut Findings) {
    // Only whether it can be read counts; the values are for the simulation of guardrails.
    let _ = match form {
        Form::Chance => dist::chance(node, found).map(drop),
        Form::Share => scalar::level(node, found).map(drop),
        Form::Duration => dist::duration(node, found).map(drop),
        Form::Span => scalar::span_ms(node, found).map(drop),
        Form::Count => scalar::count(node, found).map(drop),
        Form::Flag => scalar::flag(node, found).map(drop),
        Form::Choice(words) => scalar::choice(node, words, found).map(drop),
        Form::Name => scalar::declared(node, "a guardrail", found).map(drop),
        Form::Text => scalar::text(node, found).map(drop),
        Form::List(_) => {
            let stages = list(node, "stages are a list", "1 region", found).unwrap_or_default();
            stages.iter().for_each(|n| stage(n, found));
            None
        }
        _ => None,
    };
}

/// `1 cell`, `2 regions`, `10%` or `all`.
fn stage(node: &Node, found: &mut Findings) {
    let Some(text) = scalar::scalar(node, "a stage", found) else { return };
    let counted = text.split_once(' ').is_some_and(|(count, what)| {
        count.parse::<u32>().is_ok_and(|n| n > 0) && matches!(what, "cell" | "cells" | "region" | "regions")
    });
    if !counted && text != "all" && !(text.ends_with('%') && quantity::share(text).is_ok()) {
        let hint = "stages are written `1 cell`, `2 regions`, `10%` or `all`";
        found.error_hint(codes::BAD_QUANTITY, node.span(), format!("{} is not a stage", tick(text)), hint);
    }
}

//! A scenario in its world: everything that it refers to exists.
//!
//! In: [`raw::scenario::Scenario`] and a [`Known`] world. Out: the valid [`Scenario`].

use super::outputs::{self, Form};
use super::targets::{self, FACTS};
use super::{Known, plan, unknown};
use crate::diag::{Findings, codes};
use crate::document::{Node, digest};
use crate::expr::Expr;
use crate::scenario::plan::Observed;
use crate::scenario::raw::fields::head;
use crate::scenario::raw::scenario as raw;
use crate::scenario::raw::{Ref, guardrails::Controls};
use crate::scenario::{ReadOptions, Scenario};
use std::sync::Arc;

/// Facts of a step beside those of its cells, for guardrails and roles.
const STEP_FACTS: [&str; 17] = [
    "cell",
    "service",
    "region",
    "env",
    "kind",
    "tier",
    "team",
    "jurisdiction",
    "faces",
    "holds-data",
    "verb",
    "destructive",
    "reversible",
    "mutating",
    "regions",
    "reach",
    "targets",
];

/// Resolves a scenario.
pub(crate) fn scenario(known: &Known, raw: &raw::Scenario<'_>, options: &ReadOptions, found: &mut Findings) -> Scenario {
    let steps = raw.plan.as_deref().unwrap_or_default();
    // A section of the wrong type is reported already.
    let broken = ["plan", "faults"].iter().any(|key| raw.node.get(key).is_some_and(|n| n.items().is_none()));
    if steps.is_empty() && raw.faults.is_empty() && !broken {
        let at = raw.node.get("plan").unwrap_or(raw.node);
        found.error_hint(
            codes::NOTHING_HAPPENS,
            head(at),
            "nothing happens: no steps and no faults",
            "add a step to `plan:`, or `faults:`",
        );
    }
    let valid = Scenario {
        title: raw.title.clone(),
        about: raw.about.clone(),
        world: Arc::clone(&known.world),
        plan: plan::plan(known, steps, options.unknown_targets, found),
        faults: plan::faults(known, &raw.faults, found),
        seed: raw.seed,
        size: raw.size,
        horizon: raw.horizon,
        observed: observed(known, &raw.observed, found),
        observed_source: raw.observed_source.clone(),
        expect: raw.expect.iter().map(|(e, _)| e.clone()).collect(),
        guardrails_ignored: options.ignore_guardrails && !raw.controls.sections.is_empty(),
        digest: digest::of_both(raw.node, &known.digest),
    };
    for (expect, node) in &raw.expect {
        for path in expect.condition.paths() {
            outputs::check(known, &path.name, Form::Exact, node.part(path.start, path.end), found);
        }
    }
    controls(known, &raw.controls, options, found);
    valid
}

fn observed(known: &Known, raw: &[raw::Observed<'_>], found: &mut Findings) -> Vec<Observed> {
    for figure in raw {
        for name in &figure.names {
            if !known.names.services.contains_key(name.text) && !known.names.not_modelled.contains(name.text) {
                unknown(
                    *name,
                    name.text,
                    "service",
                    || super::sorted(&known.names.services),
                    "`services:` or `not-modelled:`",
                    found,
                );
            }
        }
        if figure.path.text != "affected" {
            outputs::check(known, figure.path.text, Form::Published, figure.path.span(), found);
        }
    }
    raw.iter().map(|o| Observed { path: o.path.text.to_owned(), value: o.value.clone() }).collect()
}

/// Actor and guardrails: names and conditions are checked; that they are not simulated is said.
fn controls(known: &Known, controls: &Controls<'_>, options: &ReadOptions, found: &mut Findings) {
    for role in &controls.roles {
        if !known.roles.iter().any(|r| r == role.text) {
            unknown(
                *role,
                role.text,
                "role",
                || known.roles.iter().map(String::as_str).collect(),
                "`roles:` of the world",
                found,
            );
        }
    }
    for (condition, node) in &controls.conditions {
        check_step_facts(condition, node, found);
    }
    if options.ignore_guardrails {
        return;
    }
    if let Some(section) = controls.sections.first() {
        let message = "actor and guardrails are not simulated yet";
        found.error_hint(
            codes::GUARDRAILS,
            head(section),
            message,
            "run with `--ignore-guardrails` to see the plan as it stands",
        );
    }
}

/// Checks a condition on steps: facts of cells, of verbs, and outputs of a prediction.
pub(super) fn check_step_facts(condition: &Expr, node: &Node, found: &mut Findings) {
    // A dot marks an output of the prediction; whether it exists is known only when it is asked for.
    if condition.paths().iter().any(|p| p.name.contains('.')) {
        return;
    }
    debug_assert!(FACTS.iter().all(|f| STEP_FACTS.contains(f)));
    targets::check_facts(condition, Ref { text: node.as_text(), node }, &STEP_FACTS, found);
}

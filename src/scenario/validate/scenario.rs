//! A scenario in its world: everything that it refers to exists.
//!
//! In: [`raw::scenario::Scenario`] and a [`Known`] world. Out: the valid [`Scenario`].

use super::expected;
use super::fits;
use super::outputs::{self, Form};
use super::{Known, controls, plan, unknown};
use crate::diag::{Findings, codes};
use crate::document::{Node, digest};
use crate::scenario::controls::Controls;
use crate::scenario::load::Loader;
use crate::scenario::plan::Observed;
use crate::scenario::policies;
use crate::scenario::raw::fields::head;
use crate::scenario::raw::scenario as raw;
use crate::scenario::suggest;
use crate::scenario::{Caution, ReadOptions, Scenario};
use std::sync::Arc;

/// Resolves a scenario.
pub(crate) fn scenario(
    known: &Known,
    raw: &raw::Scenario<'_>,
    loader: &Loader<'_>,
    options: &ReadOptions,
    found: &mut Findings,
) -> Scenario {
    let steps = raw.plan.as_deref().unwrap_or_default();
    if steps.is_empty() && raw.faults.is_empty() && !is_broken(raw.node) {
        let at = raw.node.get("plan").unwrap_or(raw.node);
        found.error_hint(
            codes::NOTHING_HAPPENS,
            head(at),
            "nothing happens: no steps and no faults",
            "add a step to `plan:`, or `faults:`",
        );
    }
    // Mistakes are found whether or not the controls are used.
    let controls = controls::controls(known, raw, loader, options, found);
    let digest = digest::with_texts(
        digest::of_both(raw.node, &known.digest),
        policies::sources_of(&controls).map(|source| source.text.as_str()),
    );
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
        controls: if options.ignore_guardrails { Controls::default() } else { controls },
        guardrails_ignored: options.ignore_guardrails && raw.controls.any,
        caution: if options.unknown_targets { Caution::BeforeRunning } else { Caution::AsWritten },
        digest,
    };
    for (expect, node) in &raw.expect {
        let errors = found.errors();
        fits::check_outputs(known, &expect.condition, "", node, found);
        if found.errors() == errors {
            expected::check(known, &expect.condition, node, found);
        }
    }
    valid
}

/// Whether a section is of another type or name, or has nothing in it that can be read: that is reported already.
fn is_broken(node: &Node) -> bool {
    const SECTIONS: [&str; 2] = ["plan", "faults"];
    // A key with nothing after it says as little as an empty list, and nobody has reported it.
    let unread = |n: &Node| !n.is_null() && n.items().is_none_or(|items| !items.is_empty());
    let misnamed = |key: &str| !SECTIONS.contains(&key) && suggest::meant(key, SECTIONS).is_some();
    SECTIONS.iter().filter_map(|key| node.get(key)).any(unread)
        || (node.get("plan").is_none() && node.entries().unwrap_or_default().iter().any(|e| misnamed(e.key.as_text())))
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

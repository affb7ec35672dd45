//! `foreshock explain` about actors and guardrails: their pages come from the profiles and from the table of keys.

use crate::priors::Priors;
use crate::report::untrusted::wrap;
use crate::scenario::controls::SLIPS;
use crate::scenario::keys::guardrails::GUARDRAILS;
use crate::scenario::profiles::{self, RATE_PRIORS};
use std::fmt::Write as _;

/// The profiles.
pub(super) fn actors() -> Vec<String> {
    profiles::all().iter().map(|p| p.name.to_owned()).collect()
}

/// The page about a profile.
pub(super) fn actor(asked: &str) -> Option<String> {
    let profile = profiles::find(&asked.to_lowercase())?;
    let mut out = format!("actor {}: {}\n\n", profile.name, profile.about);
    let confirms = if profile.confirms { "a person confirms every step" } else { "nobody confirms its steps" };
    let _ = writeln!(out, "  {confirms}; with `errors: true` it slips, per step:");
    for (((_, slip), factor), prior) in SLIPS.iter().zip(profile.factors).zip(RATE_PRIORS) {
        let rate = if factor > 0.0 { format!("{factor} x {prior}") } else { "never".to_owned() };
        let _ = writeln!(out, "    {slip:<12}{rate}");
    }
    let _ = writeln!(out, "  support     {}", profile.support.word());
    let _ = writeln!(out, "  source      {}", wrap(profile.source, 64).join("\n              "));
    out += "\n`rates` of the actor take the place of these.\n";
    debug_assert!(RATE_PRIORS.iter().all(|name| Priors::shipped().get(name).is_some()));
    Some(out)
}

/// The guardrails.
pub(super) fn guardrails() -> Vec<String> {
    GUARDRAILS.iter().map(|(kind, _)| (*kind).to_owned()).collect()
}

/// The page about a guardrail.
pub(super) fn guardrail(asked: &str) -> Option<String> {
    let asked = asked.to_lowercase();
    let (kind, section) = GUARDRAILS.iter().find(|(kind, _)| *kind == asked)?;
    let mut out = wrap(&format!("guardrail {kind}: {}", section.about), 78).join("\n") + "\n\n";
    for key in section.keys {
        let _ = writeln!(out, "  {:<14}{}", key.name, wrap(key.about, 62).join("\n                "));
    }
    out += "\ndocs/guardrails.md tells how they work together; docs/model.md has the rules.\n";
    Some(out)
}

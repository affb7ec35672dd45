//! Profiles of actors: data in `profiles.yaml`, built in.
//!
//! In: the file. Out: [`Profile`]s by name. The file is ours, so a mistake in it is an assertion.

use super::controls::SLIPS;
use crate::priors::Support;
use indexmap::IndexMap;
use serde::Deserialize;
use std::sync::LazyLock;

const TEXT: &str = include_str!("profiles.yaml");

static PROFILES: LazyLock<Vec<Profile>> = LazyLock::new(load);

/// A kind of actor.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// Its name.
    pub name: &'static str,
    /// What it is, in a line.
    pub about: &'static str,
    /// A person confirms every step.
    pub confirms: bool,
    /// By slip: factor on the rate of a careful human.
    pub factors: [f64; SLIPS.len()],
    /// How well the factors are supported.
    pub support: Support,
    /// Where they come from.
    pub source: &'static str,
}

/// The prior of each slip's rate.
pub const RATE_PRIORS: [&str; SLIPS.len()] = [
    "p_slip_scope",
    "p_slip_selection",
    "p_slip_escalate",
    "p_slip_skip_check",
    "p_slip_repeat",
    "p_slip_reorder",
    "p_slip_misreport",
];

/// All profiles, in the order of the file.
#[must_use]
pub fn all() -> &'static [Profile] {
    &PROFILES
}

/// A profile by its name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Profile> {
    all().iter().find(|p| p.name == name)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    about: String,
    confirms: bool,
    slips: IndexMap<String, f64>,
    support: Support,
    source: String,
}

fn load() -> Vec<Profile> {
    let rows: IndexMap<String, Row> = serde_yaml::from_str(TEXT).unwrap_or_else(|e| panic!("profiles.yaml: {e}"));
    rows.into_iter().map(|(name, row)| profile(name, row)).collect()
}

fn profile(name: String, row: Row) -> Profile {
    let factor = |(_, slip): (_, &str)| *row.slips.get(slip).unwrap_or_else(|| panic!("profiles.yaml: `{name}` lacks `{slip}`"));
    let factors = SLIPS.map(factor);
    assert_eq!(row.slips.len(), SLIPS.len(), "profiles.yaml: `{name}` has a slip that does not exist");
    let kept = |text: String| -> &'static str { Box::leak(text.into_boxed_str()) };
    Profile {
        about: kept(row.about),
        confirms: row.confirms,
        factors,
        support: row.support,
        source: kept(row.source),
        name: kept(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::keys::guardrails::PROFILES as WORDS;

    #[test]
    fn the_words_of_the_key_are_the_profiles() {
        assert_eq!(all().iter().map(|p| p.name).collect::<Vec<_>>(), WORDS);
    }

    #[test]
    fn only_an_assistant_asks_its_person() {
        let asking: Vec<&str> = all().iter().filter(|p| p.confirms).map(|p| p.name).collect();
        assert_eq!(asking, ["assistant"]);
        assert!(RATE_PRIORS.iter().all(|name| crate::priors::Priors::shipped().get(name).is_some()));
    }
}

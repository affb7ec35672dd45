//! The keys of plans: steps, faults, and verbs as data.

use super::{Form, Section, key};

/// The words for kinds of damage, in the order of `plan::DamageKind`.
pub(crate) const DAMAGES: &[&str] =
    &["deleted", "data-lost", "capacity-removed", "defective", "misconfigured", "cut-off", "overloaded"];
/// The same, and nothing.
pub(crate) const LEAVES: &[&str] =
    &["deleted", "data-lost", "capacity-removed", "defective", "misconfigured", "cut-off", "overloaded", "nothing"];
pub(crate) const EACH: &[&str] = &["together", "one-by-one"];
pub(crate) const ON_FAILURE: &[&str] = &["stop", "rollback", "continue", "retry"];
pub(crate) const DETECTS: &[&str] = &["own", "hard", "partial"];
pub(crate) const DIAGNOSES: &[&str] = &["self-evident", "recent-change", "hidden"];

pub(crate) const STEP: Section = Section {
    name: "a step",
    about: "A verb on a target.",
    keys: &[
        key("id", Form::Name, "its name in the plan; verb-target-n if left out"),
        key("do", Form::Name, "the verb"),
        key("target", Form::Target, "what it is done to"),
        key("after", Form::OneOrMore(&Form::Name), "the steps it waits for; the step above it if left out, none with `[]`"),
        key("takes", Form::Duration, "how long the work takes"),
        key("verify", Form::Duration, "checking afterwards: delays later steps, no outage"),
        key("bake", Form::Duration, "watching afterwards: damage noticed meanwhile counts as a failure"),
        key("on-failure", Form::Choice(ON_FAILURE), "what a failure leads to; `stop` if left out"),
        key("each", Form::Choice(EACH), "over several cells: all at once, or one after the other"),
        key("fails", Form::Chance, "the chance that it fails"),
        key("leaves", Form::Choice(LEAVES), "the damage that it certainly leaves"),
        key("keeps", Form::Share, "what is left of a damaged cell's own level or capacity"),
        key("visible", Form::Flag, "the command or its diff shows the harm; if left out, true of what destroys"),
        key("note", Form::Text, "a line for the reader"),
    ],
    required: &["do", "target"],
    others: None,
};

pub(crate) const FAULT: Section = Section {
    name: "a fault",
    about: "Something that fails by itself.",
    keys: &[
        key("id", Form::Name, "its name; down-target-n if left out"),
        key("down", Form::Target, "what is down"),
        key("from", Form::Duration, "when, after the start of the plan; 0m if left out"),
        key("for", Form::Duration, "for how long"),
        key("note", Form::Text, "a line for the reader"),
    ],
    required: &["down", "for"],
    others: None,
};

pub(crate) const VERB: Section = Section {
    name: "a verb",
    about: "What doing something means, as data.",
    keys: &[
        key("about", Form::Text, "what it does, in a line"),
        key("mutating", Form::Flag, "it changes something; true if left out"),
        key("destructive", Form::Flag, "it removes something; false if left out"),
        key("reversible", Form::Flag, "a revert undoes it; true if left out"),
        key("starts", Form::Flag, "it starts cells: their `starts-with` and `mends-with` must be up; false if left out"),
        key("leaves", Form::Choice(DAMAGES), "damage that stays until somebody mends it"),
        key("interrupts", Form::Choice(DAMAGES), "damage that is gone when the work ends"),
        key("risks", Form::Choice(DAMAGES), "damage only if it fails"),
        key("mends", Form::OneOrMore(&Form::Choice(DAMAGES)), "damage that it takes away"),
        key("moves-traffic", Form::Flag, "it moves the traffic of the cell to its peers"),
        key("snapshots", Form::Flag, "it makes a fresh copy of a datastore"),
        key("keeps", Form::Share, "what is left of a damaged cell's own level or capacity"),
        key("each", Form::Choice(EACH), "over several cells; `together` if left out"),
        key(
            "takes",
            Form::Either(&[Form::Duration, Form::Text]),
            "how long: a duration, the name of a prior, `recreate` (by kind) or `restore` (by data)",
        ),
        key("detect", Form::Choice(DETECTS), "how its damage is noticed; `hard` if left out"),
        key("diagnose", Form::Choice(DIAGNOSES), "how its damage is understood; `recent-change` if left out"),
        key(
            "fails",
            Form::Either(&[Form::Chance, Form::Text]),
            "the chance that it fails: a share, or the name of a prior; never if left out",
        ),
        key("support", Form::Choice(&["strong", "medium", "weak", "judgement"]), "how well the figures are supported"),
        key("source", Form::Text, "where the figures come from"),
    ],
    required: &["takes"],
    others: None,
};

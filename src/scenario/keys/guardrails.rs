//! The keys of actors and guardrails.

use super::{Form, Key, Section, key};

/// The profiles of `profiles.yaml`.
pub(crate) const PROFILES: &[&str] =
    &["careful-human", "hurried-human", "coding-agent", "autonomous-agent", "assistant", "automation"];
pub(crate) const PACES: &[&str] = &["prompt", "break-glass", "peer-fast", "peer", "board"];
pub(crate) const ATTACHED: &[&str] = &["nothing", "diff", "dry-run", "prediction"];
pub(crate) const THEN: &[&str] = &["refuse", "wait"];

pub(crate) const ACTOR: Section = Section {
    name: "an actor",
    about: "Who acts, as which role, and with which errors.",
    keys: &[
        key("profile", Form::Choice(PROFILES), "sets who confirms, and the error rates"),
        key("acts-as", Form::Name, "the role whose permissions it has"),
        key("operator", Form::Name, "the role of the person it works for"),
        key("inherits", Form::Flag, "it has its operator's permissions in place of its own; false if left out"),
        key("errors", Form::Flag, "whether it errs; false, as if left out, takes the plan as it stands"),
        key("fleet", Form::Count, "how many such actors share those who are asked; 1 if left out"),
        key("rates", Form::Section(&RATES), "chances of its errors, in place of those of the profile"),
    ],
    required: &[],
    others: None,
};

pub(crate) const RATES: Section = Section {
    name: "error rates",
    about: "Chances of an actor's errors, per step.",
    keys: &[
        key("widen", Form::Chance, "one region becomes all"),
        key("sibling", Form::Chance, "a similar target is picked"),
        key("escalate", Form::Chance, "a mild verb becomes re-create"),
        key("skip-check", Form::Chance, "a check is skipped"),
        key("repeat", Form::Chance, "a failed destructive step is repeated"),
        key("reorder", Form::Chance, "it changes places with the step before it"),
        key("misreport", Form::Chance, "success is reported wrongly"),
    ],
    required: &[],
    others: None,
};

const ID: Key = key("id", Form::Name, "its name; kind-n if left out");
const WHEN: Key = key("when", Form::Condition, "on which steps; all that change something if left out");
const BYPASS: Key = key("bypass", Form::Chance, "the chance that it is bypassed");
const BYPASS_ROLES: Key = key("bypass-roles", Form::OneOrMore(&Form::Name), "roles that it does not hold");

macro_rules! guardrail {
    ($name:ident, $kind:literal, $about:literal, [$($key:expr),* $(,)?]) => {
        pub(crate) const $name: Section =
            Section { name: $kind, about: $about, keys: &[ID, WHEN, BYPASS, BYPASS_ROLES, $($key),*], required: &[], others: None };
    };
}

const APPROVERS: Key = key("approvers", Form::Count, "how many are asked, in parallel; 1 if left out");
const REVIEWERS: Key = key("reviewers", Form::Count, "how many people share all requests; as many as are asked if left out");
const LATENCY: Key = key("latency", Form::Duration, "how long an answer takes; by `pace` if left out");
const PACE: Key =
    key("pace", Form::Choice(PACES), "who is asked in what manner, for the default of `latency`; `peer` if left out");
const CATCHES: Key = key("catches", Form::Chance, "the chance that a reviewer who is not overloaded catches a harmful step");
const INDEPENDENT: Key = key("independent", Form::Flag, "a second reviewer catches as well as the first");
const FALSE_ALARMS: Key = key("false-alarms", Form::Chance, "the chance that a reviewer refuses a harmless step; 2% if left out");
const ATTACHES: Key = key("attached", Form::Choice(ATTACHED), "what the reviewer sees; `diff` if left out");
const LOAD: Key = key("load", Form::Factor, "requests per reviewer and day from elsewhere; 0 if left out");

guardrail!(
    APPROVAL,
    "approval",
    "People are asked before a step.",
    [APPROVERS, REVIEWERS, LATENCY, PACE, CATCHES, INDEPENDENT, FALSE_ALARMS, ATTACHES, LOAD]
);
/// It opens other guardrails, so it has no way past itself.
pub(crate) const BREAK_GLASS: Section = Section {
    name: "break-glass",
    about: "A way past what stands in between, for those who may, on the record.",
    keys: &[
        ID,
        WHEN,
        key("roles", Form::OneOrMore(&Form::Name), "roles that may break the glass"),
        key("as", Form::Name, "the role whose permissions count once it is broken; their own if left out"),
        key("used", Form::Chance, "the chance that it is broken when something stands in the way; 100% if left out"),
        key("opens", Form::OneOrMore(&Form::Name), "ids of what it opens; all that asks, refuses or waits if left out"),
        key("approvers", Form::Count, "how many are asked first, in parallel; none if left out"),
        key("review", Form::Count, "how many look at it afterwards, in parallel; 1 if left out"),
        key("review-takes", Form::Duration, "how long until they have; as an ordinary approval if left out"),
        REVIEWERS,
        LATENCY,
        key("pace", Form::Choice(PACES), "who is asked in what manner, for the default of `latency`; `break-glass` if left out"),
        CATCHES,
        INDEPENDENT,
        FALSE_ALARMS,
        ATTACHES,
        LOAD,
    ],
    required: &["roles"],
    others: None,
};
guardrail!(
    STAGED,
    "staged",
    "The step runs stage by stage, and is watched in between.",
    [
        key("stages", Form::List(&Form::Text), "such as `[1 cell, 1 region, all]`"),
        key("bake", Form::Duration, "how long a stage is watched"),
        key("detects", Form::Chance, "the chance that a fault which shows is noticed"),
        key("shows", Form::Share, "the chance that one cell shows the fault; 100% if left out"),
    ]
);
guardrail!(
    SNAPSHOT_FIRST,
    "snapshot-first",
    "A snapshot is taken before the step.",
    [key("takes", Form::Duration, "how long the snapshot takes"),]
);
guardrail!(DELETION_PROTECTION, "deletion-protection", "What holds it cannot be deleted.", []);
guardrail!(
    SOFT_DELETE,
    "soft-delete",
    "What is deleted, dropped or emptied can be brought back for a while.",
    [key("for", Form::Span, "how long; 30 days if left out"), key("undelete", Form::Duration, "how long bringing it back takes"),]
);
guardrail!(
    FREEZE_WINDOW,
    "freeze-window",
    "Nothing changes in a window of time.",
    [
        key("from", Form::Text, "its start: `2025-12-20T00:00Z`, or `22:00` for every day"),
        key("to", Form::Text, "its end, in the same form"),
        key("then", Form::Choice(THEN), "the step is refused, or waits for the end; `refuse` if left out"),
    ]
);
guardrail!(
    RATE_LIMIT,
    "rate-limit",
    "So many steps in a time.",
    [key("steps", Form::Count, "how many"), key("per", Form::Span, "in which time"),]
);
guardrail!(
    SCOPE_LIMIT,
    "scope-limit",
    "A step may touch so much.",
    [
        key("cells", Form::Count, "cells at most"),
        key("regions", Form::Count, "regions at most"),
        key("reach", Form::Count, "cells that it can reach at most"),
    ]
);
guardrail!(
    DRY_RUN,
    "dry-run",
    "The step is tried without effect first.",
    [key("takes", Form::Duration, "how long that takes"), key("catches", Form::Chance, "the chance that harm shows in it"),]
);
guardrail!(
    AUTOMATIC_ROLLBACK,
    "automatic-rollback",
    "Damage that is noticed soon is rolled back by machine.",
    [
        key("within", Form::Span, "how soon"),
        key("takes", Form::Duration, "how long the rollback takes"),
        key("works", Form::Chance, "the chance that it settles the damage"),
    ]
);
guardrail!(
    JURISDICTION,
    "jurisdiction",
    "The law of a place: somebody there is asked, or the step is refused.",
    [
        key("of", Form::Text, "which one, as in `jurisdiction:` of a region"),
        key("refuse", Form::Flag, "the step is refused"),
        APPROVERS,
        REVIEWERS,
        LATENCY,
        PACE,
        CATCHES,
        INDEPENDENT,
        FALSE_ALARMS,
        ATTACHES,
        LOAD,
    ]
);
guardrail!(
    PERMISSIONS,
    "permissions",
    "An organisation's own policies, beside the roles of the world; they cannot be bypassed.",
    [key("cedar", Form::Text, "a folder with Cedar policies and their schema")]
);

/// Every kind with its keys.
pub(crate) const GUARDRAILS: &[(&str, &Section)] = &[
    ("approval", &APPROVAL),
    ("staged", &STAGED),
    ("snapshot-first", &SNAPSHOT_FIRST),
    ("deletion-protection", &DELETION_PROTECTION),
    ("soft-delete", &SOFT_DELETE),
    ("freeze-window", &FREEZE_WINDOW),
    ("rate-limit", &RATE_LIMIT),
    ("scope-limit", &SCOPE_LIMIT),
    ("dry-run", &DRY_RUN),
    ("automatic-rollback", &AUTOMATIC_ROLLBACK),
    ("jurisdiction", &JURISDICTION),
    ("break-glass", &BREAK_GLASS),
    ("permissions", &PERMISSIONS),
];

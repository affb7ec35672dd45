//! The keys of a scenario.

use super::guardrails::{ACTOR, GUARDRAILS};
use super::plan::{FAULT, STEP};
use super::world::WORLD;
use super::{Form, SCHEMA, Section, key};

const GUARDRAIL_LIST: Form = Form::List(&Form::Tagged(GUARDRAILS));

pub(crate) const SCENARIO: Section = Section {
    name: "a scenario",
    about: "What somebody is about to do to a world, and what fails by itself.",
    keys: &[
        SCHEMA,
        key("title", Form::Text, "one line"),
        key("about", Form::Text, "a paragraph for the reader"),
        key("world", Form::Either(&[Form::Text, Form::Section(&WORLD)]), "a file, relative to this one, or the world itself"),
        key("starts", Form::Instant, "when the plan starts"),
        key("actor", Form::Section(&ACTOR), "who acts"),
        key("plan", Form::List(&Form::Section(&STEP)), "what is done"),
        key("faults", Form::List(&Form::Section(&FAULT)), "what fails by itself"),
        key("guardrails", GUARDRAIL_LIST, "controls between actor and world"),
        key("seed", Form::Count, "where all luck comes from; 42 if left out"),
        key("precision", Form::Share, "run until the headline figures are known this well; 5% if left out"),
        key("trials", Form::Count, "run exactly so many"),
        key("horizon", Form::Span, "how long after the first impact the simulation looks; 7d if left out"),
        key("observed", Form::Section(&OBSERVED), "published figures to hold the result against"),
        key("expect", Form::OneOrMore(&Form::Condition), "conditions on outputs; one that is not met gives exit code 1"),
        key("per-week", Form::Either(&[Form::Number, Form::Rate]), "how often such a plan runs, for experiments"),
        key(
            "variants",
            Form::Map(&Form::Section(&VARIANT)),
            "the same luck, one thing changed: maps merge, lists replace, null removes",
        ),
    ],
    required: &["world"],
    others: None,
};

pub(crate) const VARIANT: Section = Section {
    name: "a variant",
    about: "What is different: merged over the scenario; maps merge, lists replace, null removes.",
    keys: &[key("add-guardrails", GUARDRAIL_LIST, "controls beside those of the scenario")],
    required: &[],
    others: Some((Form::Anything, "any key of the scenario but `variants`, `trials` and `precision`")),
};

pub(crate) const OBSERVED: Section = Section {
    name: "observed figures",
    about: "Published figures by the path of the output; printed with the percentile at which each lies.",
    keys: &[
        key("affected", Form::OneOrMore(&Form::Name), "the services that were affected"),
        key("source", Form::OneOrMore(&Form::Text), "where the figures were published"),
    ],
    required: &[],
    others: Some((Form::Figure, "an output's path and its figure: `13h`, `12%`, `>= 1800m`")),
};

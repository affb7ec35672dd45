//! The keys of an experiment.

use super::guardrails::{ACTOR, PROFILES};
use super::{Form, Section, key};

pub(crate) const EXPERIMENT: Section = Section {
    name: "an experiment",
    about: "Which settings of the guardrails cost least and save most, over many plans.",
    keys: &[
        key("title", Form::Text, "one line"),
        key("about", Form::Text, "a paragraph for the reader"),
        key("world", Form::Text, "a file, relative to this one"),
        key("plans", Form::Section(&PLANS), "the plans to try the settings on"),
        key("actor", Form::Section(&ACTOR), "who acts"),
        key("guardrails", Form::List(&Form::Anything), "guardrails with `$name` where a setting varies"),
        key("vary", Form::Map(&Form::List(&Form::Anything)), "the settings by name"),
        key("minimise", Form::OneOrMore(&Form::Text), "outputs by their path"),
        key("subject-to", Form::Map(&Form::Section(&BOUND)), "bounds on outputs by their path"),
        key("seed", Form::Count, "where all luck comes from; 42 if left out"),
        key("trials", Form::Count, "trials per setting"),
        key("horizon", Form::Span, "how long after the first impact the simulation looks"),
    ],
    required: &["world", "plans", "vary", "minimise"],
    others: None,
};

const PLANS: Section = Section {
    name: "plans",
    about: "From files, or generated.",
    keys: &[
        key("from", Form::OneOrMore(&Form::Text), "files; `*` stands for any name"),
        key("generate", Form::Section(&GENERATE), "plans as such an actor makes them"),
    ],
    required: &[],
    others: None,
};

const GENERATE: Section = Section {
    name: "generated plans",
    about: "Plans as such an actor makes them.",
    keys: &[
        key("count", Form::Count, "how many different ones"),
        key("profile", Form::Choice(PROFILES), "whose"),
        key("per-week", Form::Count, "how many run in a week"),
    ],
    required: &["count"],
    others: None,
};

const BOUND: Section = Section {
    name: "a bound",
    about: "What an output may be.",
    keys: &[key("at-most", Form::Figure, "not more than this"), key("at-least", Form::Figure, "not less than this")],
    required: &[],
    others: None,
};

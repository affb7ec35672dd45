//! The keys of an experiment.

use super::guardrails::{ACTOR, PROFILES};
use super::world::WORLD;
use super::{Form, SCHEMA, Section, key};

pub(crate) const EXPERIMENT: Section = Section {
    name: "an experiment",
    about: "Which settings of the guardrails cost least and save most, over many plans.",
    keys: &[
        SCHEMA,
        key("title", Form::Text, "one line"),
        key("about", Form::Text, "a paragraph for the reader"),
        key("learnt", Form::Text, "what its author learnt from it, shown below the answer"),
        key("world", Form::Either(&[Form::Text, Form::Section(&WORLD)]), "a file, relative to this one, or the world itself"),
        key("starts", Form::Instant, "when each plan starts"),
        key("plans", Form::Section(&PLANS), "the plans to try the settings on"),
        key("actor", Form::Either(&[Form::Text, Form::Section(&ACTOR)]), "who acts"),
        key("guardrails", Form::Anything, "guardrails with `$name` where a setting varies; one that is null is left out"),
        key("vary", Form::Map(&VALUES), "the parameters by name, each with its values"),
        key("current", Form::Map(&Form::Anything), "the setting of today: a value for each parameter"),
        key("minimise", Form::OneOrMore(&Form::Text), "outputs by their path"),
        key("maximise", Form::OneOrMore(&Form::Text), "outputs by their path"),
        key("subject-to", Form::Map(&Form::Section(&BOUND)), "bounds on outputs by their path"),
        key("search", Form::Choice(SEARCHES), "how settings are tried; race if left out"),
        key("points", Form::Count, "how many settings a Sobol sample takes; 64 if left out"),
        key("confidence", Form::Share, "how sure the answer has to be; 95% if left out"),
        key("indifference", Form::Share, "which part of an objective's spread is no difference; 1% if left out"),
        key("seed", Form::Count, "where all luck comes from; 42 if left out"),
        key("trials", Form::Count, "plan runs that a setting gets at most; 50,000 if left out"),
        key("horizon", Form::Span, "how long after the first impact the simulation looks; 7d if left out"),
    ],
    required: &["world", "plans", "vary"],
    others: None,
};

pub(crate) const SEARCHES: &[&str] = &["race", "grid", "sobol"];

/// The values of a parameter.
const VALUES: Form = Form::Either(&[Form::List(&Form::Anything), Form::Section(&RANGE)]);

pub(crate) const RANGE: Section = Section {
    name: "a range of values",
    about: "From one value to another: whole numbers, durations or shares.",
    keys: &[
        key("from", Form::Figure, "the first"),
        key("to", Form::Figure, "the last"),
        key("levels", Form::Count, "how many; all whole numbers, or 5 durations or shares, if left out"),
        key("spaced", Form::Choice(SPACINGS), "equal steps or equal factors; evenly if left out"),
    ],
    required: &["from", "to"],
    others: None,
};

pub(crate) const SPACINGS: &[&str] = &["evenly", "by-factor"];

pub(crate) const PLANS: Section = Section {
    name: "plans",
    about: "From files, or generated.",
    keys: &[
        key("from", Form::OneOrMore(&Form::Text), "files; `*` stands for any name"),
        key("generate", Form::Section(&GENERATE), "plans as such an actor makes them"),
    ],
    required: &[],
    others: None,
};

pub(crate) const GENERATE: Section = Section {
    name: "generated plans",
    about: "Plans as such an actor makes them.",
    keys: &[
        key("count", Form::Count, "how many different ones"),
        key("profile", Form::Choice(PROFILES), "who acts, in place of the profile of `actor`"),
        key("per-week", Form::Either(&[Form::Number, Form::Rate]), "how many run in a week"),
        key("seed", Form::Count, "which plans come out; 42 if left out"),
    ],
    required: &["count"],
    others: None,
};

pub(crate) const BOUND: Section = Section {
    name: "a bound",
    about: "What an output may be.",
    keys: &[
        key("at-most", Form::Figure, "not more than this"),
        key("at-least", Form::Figure, "not less than this"),
        key("confidence", Form::Share, "how sure that must be; that of the experiment if left out"),
    ],
    required: &[],
    others: None,
};

//! The keys of an appetite.

use super::{Form, SCHEMA, Section, key};

pub(crate) const APPETITE: Section = Section {
    name: "an appetite",
    about: "How much harm is acceptable: limits on outputs of the report.",
    keys: &[
        SCHEMA,
        key("about", Form::Text, "a paragraph for the reader"),
        key("block", Form::OneOrMore(&Form::Condition), "any of these that holds blocks the plan"),
        key("review", Form::OneOrMore(&Form::Condition), "any of these that holds asks for a person"),
        key("confidence", Form::Share, "that no limit is decided wrongly; 99% if left out"),
        key("trials", Form::Count, "the most that may be spent on a verdict; 20,000 if left out"),
        key("valid-for", Form::Span, "how long a verdict holds; 1h if left out"),
    ],
    required: &[],
    others: None,
};

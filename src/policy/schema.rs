//! The Cedar schema that foreshock's requests satisfy, as text.
//!
//! In: the tables of `vocabulary` and the names of verbs. Out: what `foreshock schema cedar` prints, and
//! what policies without a schema of their own are validated against.

use super::entity::Kind;
use super::vocabulary::{Attribute, CONTEXT, Described, ENTITIES, Form, PREDICTED};
use std::fmt::Write;

/// The schema for these verbs.
#[must_use]
pub fn text<'a>(verbs: impl IntoIterator<Item = &'a str>) -> String {
    let mut out = String::from(
        "// What foreshock asks of policies. A request is: may this actor do this to that cell? A step on several cells asks once for\n\
         // each. An optional attribute (`?`) is there only if the world declares it: ask for it first (`resource has env && ...`).\n",
    );
    // Writing to a string cannot fail.
    for described in ENTITIES {
        let _ = write!(out, "\n{}", entity(described));
    }
    let _ = write!(out, "\n// What an unguarded run of the step alone comes to.\ntype Predicted = {};\n", record(PREDICTED));
    let _ = write!(out, "\n// The step, as it would be executed.\ntype Step = {};\n", record(CONTEXT));
    out.push_str("\n// One action for every verb of the catalogue; a world can add its own.\n");
    for verb in verbs {
        let _ = writeln!(out, "action {} appliesTo {{ principal: [Actor], resource: [Cell], context: Step }};", quoted(verb));
    }
    out
}

fn entity(described: &Described) -> String {
    let within: Vec<&str> = described.within.iter().map(|kind| kind.name()).collect();
    let within = if within.is_empty() { String::new() } else { format!(" in [{}]", within.join(", ")) };
    let shape = if described.attributes.is_empty() { String::new() } else { format!(" = {}", record(described.attributes)) };
    format!("// {}\nentity {}{within}{shape};\n", described.about, described.kind.name())
}

fn record(attributes: &[Attribute]) -> String {
    let mut out = String::from("{\n");
    for attribute in attributes {
        let perhaps = if attribute.always { "" } else { "?" };
        let entry = format!("{}{perhaps}: {},", attribute.name, form(attribute.form));
        let _ = writeln!(out, "  {entry:<34} // {}", attribute.about);
    }
    out.push('}');
    out
}

fn form(form: Form) -> &'static str {
    match form {
        Form::Bool => "Bool",
        Form::Long => "Long",
        Form::Text => "String",
        Form::Predicted => "Predicted",
        Form::Entity(kind) => Kind::name(kind),
    }
}

/// A name in quotes, as Cedar escapes it.
pub(super) fn quoted(name: &str) -> String {
    let mut out = String::from("\"");
    for c in name.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

//! JSON Schemas of what people write, made from the tables of keys.
//!
//! In: a kind of document. Out: a schema, draft 2020-12, for editors and other programs. The texts in
//! `schemas/` are what this makes; a test compares them, so that schema and reader cannot drift apart.

use super::keys::appetite::APPETITE;
use super::keys::experiment::{BOUND, EXPERIMENT, GENERATE, PLANS, RANGE};
use super::keys::scenario::SCENARIO;
use super::keys::world::WORLD;
use super::keys::{Form, Section};
use serde_json::{Map, Value, json};

/// The kinds of document with a schema of their own, and the section at their root.
pub(crate) const KINDS: [(&str, &Section); 4] =
    [("scenario", &SCENARIO), ("world", &WORLD), ("experiment", &EXPERIMENT), ("appetite", &APPETITE)];

/// The schema of a kind of document, as text with a line break at the end.
#[must_use]
pub fn of(kind: &str) -> Option<String> {
    let (_, root) = KINDS.iter().find(|(name, _)| *name == kind)?;
    let mut definitions = Map::new();
    let mut schema = section(root, &mut definitions);
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["title"] = json!(root.name);
    if kind == "experiment" {
        take_parameters(&mut schema, &mut definitions);
    }
    schema["$defs"] = Value::Object(definitions);
    // Another crate may make maps keep their order; the text is the same in every build.
    schema.sort_all_objects();
    serde_json::to_string_pretty(&schema).ok().map(|text| text + "\n")
}

/// The parts of an experiment in which no parameter can stand, since they say which there are and what is asked about them.
const FIXED: [&Section; 4] = [&BOUND, &GENERATE, &PLANS, &RANGE];

/// Wherever a value stands in the actor or the world of an experiment, a parameter can stand in its place.
fn take_parameters(experiment: &mut Value, definitions: &mut Map<String, Value>) {
    const PARAMETER: &str = "parameter";
    let wrap = |schema: &mut Value| {
        let description = schema.as_object_mut().and_then(|schema| schema.remove("description"));
        *schema = json!({ "anyOf": [schema.take(), { "$ref": format!("#/$defs/{PARAMETER}") }] });
        if let Some(description) = description {
            schema["description"] = description;
        }
    };
    wrap(&mut experiment["properties"]["starts"]);
    for (_, section) in definitions.iter_mut().filter(|(name, _)| FIXED.iter().all(|fixed| defined(fixed) != **name)) {
        let properties = section.get_mut("properties").and_then(Value::as_object_mut);
        properties.into_iter().flat_map(|all| all.values_mut()).for_each(wrap);
    }
    let parameter = json!({
        "type": "string",
        "pattern": "\\$[A-Za-z]",
        "description": "the value of a parameter of `vary`, or a text in which it stands",
    });
    definitions.insert(PARAMETER.to_owned(), parameter);
}

fn section(section: &Section, definitions: &mut Map<String, Value>) -> Value {
    let mut properties = Map::new();
    for key in section.keys {
        let mut schema = form(key.form, definitions);
        schema["description"] = json!(key.about);
        properties.insert(key.name.to_owned(), schema);
    }
    let others = match section.others {
        None => json!(false),
        Some((others, about)) => {
            let mut schema = form(others, definitions);
            schema["description"] = json!(about);
            schema
        }
    };
    let mut schema = json!({
        "type": "object",
        "description": section.about,
        "properties": properties,
        "additionalProperties": others,
    });
    if !section.required.is_empty() {
        schema["required"] = json!(section.required);
    }
    schema
}

/// The name under which a section is defined.
fn defined(section: &Section) -> String {
    section.name.trim_start_matches("a ").trim_start_matches("an ").replace(' ', "-")
}

/// A reference to a section, which is defined once.
fn reference(target: &'static Section, definitions: &mut Map<String, Value>) -> Value {
    let name = defined(target);
    if !definitions.contains_key(&name) {
        // A mark first, so that a section that holds itself ends.
        definitions.insert(name.clone(), Value::Null);
        let schema = section(target, definitions);
        definitions.insert(name.clone(), schema);
    }
    json!({ "$ref": format!("#/$defs/{name}") })
}

fn form(of: Form, definitions: &mut Map<String, Value>) -> Value {
    match of {
        Form::Text | Form::Instant | Form::Condition => json!({ "type": "string" }),
        Form::Name => json!({ "type": ["string", "integer"] }),
        Form::Flag => json!({ "type": "boolean" }),
        Form::Count => json!({ "type": "integer", "minimum": 0 }),
        Form::Number => json!({ "type": "number", "minimum": 0 }),
        Form::Share => share(),
        Form::Chance => {
            json!({ "anyOf": [share(), { "type": "object", "properties": { "beta": { "type": "array", "items": { "type": "number" }, "minItems": 2, "maxItems": 2 } }, "required": ["beta"], "additionalProperties": false }] })
        }
        Form::Span => duration_text(),
        Form::Duration | Form::Factor => distribution(of, definitions),
        Form::Rate => json!({ "type": "string", "pattern": "^[0-9._]+ */ *(s|sec|m|min|h|d)$" }),
        Form::Capacity => json!({ "type": "string", "pattern": "%$|/(s|sec|m|min|h|d)$" }),
        Form::Size => json!({ "type": "string", "pattern": "^[0-9._]+ ?(k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?B$" }),
        Form::Throughput => json!({ "type": "string", "pattern": "B/(s|m|min|h)$" }),
        Form::Figure => json!({ "type": ["string", "number"] }),
        Form::Choice(words) => json!({ "enum": words }),
        Form::Target => {
            json!({ "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" }, "minItems": 1 }] })
        }
        Form::OneOrMore(item) => {
            let item = form(*item, definitions);
            json!({ "anyOf": [item, { "type": "array", "items": item }] })
        }
        Form::List(item) => json!({ "type": "array", "items": form(*item, definitions) }),
        // Null is an empty map: `eu-west-1:` with nothing behind it.
        Form::Map(item) => {
            json!({ "type": "object", "additionalProperties": { "anyOf": [form(*item, definitions), { "type": "null" }] } })
        }
        Form::Section(target) => json!({ "anyOf": [reference(target, definitions), { "type": "null" }] }),
        Form::Tagged(kinds) => tagged(kinds, definitions),
        Form::Either(forms) => json!({ "anyOf": forms.iter().map(|f| form(*f, definitions)).collect::<Vec<_>>() }),
        Form::Anything => json!({}),
    }
}

fn share() -> Value {
    json!({ "anyOf": [{ "type": "number", "minimum": 0, "maximum": 1 }, { "type": "string", "pattern": "^[0-9.]+ ?%?$" }] })
}

fn duration_text() -> Value {
    json!({ "anyOf": [{ "const": 0 }, { "type": "string", "pattern": "^([0-9._]+(ms|s|m|h|d|w))+$" }] })
}

/// A figure, a range or a family; the definition refers to itself, because mixes hold distributions.
fn distribution(of: Form, definitions: &mut Map<String, Value>) -> Value {
    let (name, single) = match of {
        Form::Factor => ("factor", json!({ "type": "number", "exclusiveMinimum": 0 })),
        _ => ("duration", duration_text()),
    };
    let itself = json!({ "$ref": format!("#/$defs/{name}") });
    if !definitions.contains_key(name) {
        let family = |parameters: &[&str]| {
            let properties: Map<String, Value> = parameters.iter().map(|p| ((*p).to_owned(), single.clone())).collect();
            json!({ "type": "object", "properties": properties, "required": parameters, "additionalProperties": false })
        };
        let mut weibull = family(&["shape", "scale"]);
        weibull["properties"]["shape"] = json!({ "type": "number", "exclusiveMinimum": 0 });
        let part = json!({ "type": "object", "properties": { "weight": share(), "of": itself }, "required": ["weight", "of"], "additionalProperties": false });
        let families = json!({
            "lognormal": family(&["median", "p95"]),
            "uniform": { "type": "array", "items": single, "minItems": 2, "maxItems": 2 },
            "exponential": family(&["mean"]),
            "weibull": weibull,
            "mix": { "type": "array", "items": part, "minItems": 1 },
            "samples": { "type": "array", "items": single, "minItems": 1 },
        });
        let definition = json!({
            "description": "one value, a range `5m to 2h` (a 90 % interval of a log-normal), `forever`, or a family",
            "anyOf": [
                single,
                { "type": "string", "pattern": "^forever$|^[0-9._a-z]+ to [0-9._a-z]+$" },
                { "type": "object", "properties": families, "additionalProperties": false, "minProperties": 1, "maxProperties": 1 },
            ],
        });
        definitions.insert(name.to_owned(), definition);
    }
    itself
}

/// A map with one key, the kind, or the bare kind.
fn tagged(kinds: &'static [(&'static str, &'static Section)], definitions: &mut Map<String, Value>) -> Value {
    let mut properties = Map::new();
    for (kind, section) in kinds {
        properties.insert((*kind).to_owned(), json!({ "anyOf": [reference(section, definitions), { "type": "null" }] }));
    }
    let words: Vec<&str> = kinds.iter().map(|(kind, _)| *kind).collect();
    json!({ "anyOf": [
        { "enum": words },
        { "type": "object", "properties": properties, "additionalProperties": false, "minProperties": 1, "maxProperties": 1 },
    ] })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    /// `UPDATE=1 cargo test` writes the files anew.
    #[test]
    fn the_committed_schemas_are_those_of_the_tables() {
        for (kind, _) in KINDS {
            let made = of(kind).expect("a schema");
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("schemas/{kind}.json"));
            if std::env::var_os("UPDATE").is_some() {
                std::fs::write(&path, &made).expect("written");
            }
            let committed = std::fs::read_to_string(&path).unwrap_or_default();
            assert!(committed == made, "schemas/{kind}.json is out of date: run `UPDATE=1 cargo test schemas`");
        }
    }

    #[test]
    fn every_reference_leads_somewhere() {
        for (kind, _) in KINDS {
            let text = of(kind).expect("a schema");
            let schema: Value = serde_json::from_str(&text).expect("json");
            for part in text.split("#/$defs/").skip(1) {
                let name = part.split('"').next().unwrap_or_default();
                assert!(schema["$defs"][name].is_object(), "{kind}: {name}");
            }
        }
    }
}

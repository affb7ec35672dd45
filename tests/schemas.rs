//! What is written in JSON is what the committed schemas say: reports and traces of every scenario that ships and of every rule of the
//! suite, and one answer of each other command. So are the files themselves.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod world;

use foreshock::diag::{Findings, Source};
use foreshock::document::{self, Node};
use foreshock::engine::Choice;
use foreshock::scenario::plan::Size;
use foreshock::summary::rare::Aiming;
use foreshock::summary::simulate::{Options, simulate};
use foreshock::summary::timeline::trace;
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Holds a value against a schema, as far as ours say anything.
fn check(value: &Value, schema: &Value, root: &Value, path: &str) -> Result<(), String> {
    if let Some(name) = schema["$ref"].as_str().and_then(|r| r.strip_prefix("#/$defs/")) {
        return check(value, &root["$defs"][name], root, path);
    }
    if let Some(any) = schema["anyOf"].as_array() {
        let errors: Vec<String> = any.iter().map_while(|one| check(value, one, root, path).err()).collect();
        return if errors.len() < any.len() { Ok(()) } else { Err(errors.join("; or ")) };
    }
    let fails = || Err(format!("{path}: {value} is not as {schema}"));
    if let Some(all) = schema["enum"].as_array() {
        return if all.contains(value) { Ok(()) } else { fails() };
    }
    if let Some(only) = schema.get("const") {
        return if only == value { Ok(()) } else { fails() };
    }
    let kinds = &schema["type"];
    let is = |kind: &str| kinds == kind || kinds.as_array().is_some_and(|kinds| kinds.iter().any(|known| known == kind));
    match value {
        _ if kinds.is_null() => Ok(()),
        Value::Object(fields) if is("object") => {
            for (key, value) in fields {
                let known = schema["properties"].get(key).unwrap_or(&schema["additionalProperties"]);
                if !known.is_object() && known != &Value::Bool(true) {
                    return Err(format!("{path}.{key} is not in the schema"));
                }
                check(value, known, root, &format!("{path}.{key}"))?;
            }
            let mut required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
            required.find(|key| !fields.contains_key(*key)).map_or(Ok(()), |key| Err(format!("{path} lacks {key}")))
        }
        Value::Array(items) if is("array") => {
            items.iter().enumerate().try_for_each(|(i, v)| check(v, &schema["items"], root, &format!("{path}[{i}]")))
        }
        Value::Number(number) if is("number") || is("integer") && !number.is_f64() => {
            let within = |bound: &str, is: fn(f64, f64) -> bool| {
                schema[bound].as_f64().is_none_or(|bound| number.as_f64().is_some_and(|number| is(number, bound)))
            };
            let [least, most]: [fn(f64, f64) -> bool; 2] = [|a, b| a >= b, |a, b| a <= b];
            if within("minimum", least) && within("maximum", most) { Ok(()) } else { fails() }
        }
        Value::String(_) if is("string") => Ok(()),
        Value::Bool(_) if is("boolean") => Ok(()),
        Value::Null if is("null") => Ok(()),
        _ => fails(),
    }
}

/// What does not fit, with whose it is.
fn misfit(value: &Value, schema: &str, of: &str) -> Option<String> {
    let text = fs::read_to_string(format!("schemas/{schema}.json")).unwrap();
    let schema: Value = serde_json::from_str(&text).unwrap();
    check(value, &schema, &schema, "").err().map(|error| format!("{of}: {error}"))
}

#[test]
fn reports_and_traces_are_what_their_schemas_say() {
    let files = [world::files_in("scenarios"), world::files_in("tests/suite")].concat();
    let mut wrong = Vec::new();
    for path in files.iter().filter(|path| !fs::read_to_string(path).unwrap().contains("permissions: { cedar:")) {
        let (mut study, name) = (world::study_in(path), path.display().to_string());
        study.base.size = Size::Trials(40);
        study.variants.iter_mut().for_each(|(_, variant)| variant.size = Size::Trials(40));
        let options = Options {
            file: &name,
            engine: Choice::Auto,
            threads: 1,
            all: true,
            pictures: true,
            aiming: Aiming::Always,
            examine_defaults: false,
            news: &|_| (),
            stop: &AtomicBool::new(false),
        };
        let report = serde_json::to_value(simulate(&study, &options)).unwrap();
        wrong.extend(misfit(&report, "report", &name));
        for trial in 0..5 {
            let course = trace(&study.base, None, trial, &name).ok();
            wrong.extend(misfit(&serde_json::to_value(course).unwrap(), "trace", &name));
        }
    }
    assert!(files.len() > 200, "scenarios and suite are there: {} files", files.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn answers_of_other_commands_are_what_their_schemas_say() {
    let folder = tempfile::tempdir().unwrap();
    let said = |args: &[&str]| -> Value {
        let mut command = Command::new(env!("CARGO_BIN_EXE_foreshock"));
        let output = command.args(args).args(["--format", "json", "--quiet"]).output().unwrap();
        serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{args:?}: {error}\n{}", String::from_utf8_lossy(&output.stderr)))
    };
    let demo = folder.path().join("demo").display().to_string();
    assert!(Command::new(env!("CARGO_BIN_EXE_foreshock")).args(["new", &demo]).output().unwrap().status.success());
    let at = |file: &str| Path::new(&demo).join(file).display().to_string();
    let (plan, appetite, world) = (at("plan.yaml"), at("appetite.yaml"), at("world.yaml"));
    let bad = at("bad.yaml");
    fs::write(&bad, "world: world.yaml\nplan: []\nsede: 3\n").unwrap();
    let answers = [
        ("check", said(&["check", &plan, &world, &bad, &at("missing.yaml")])),
        ("report", said(&["score", &plan, "--appetite", &appetite, "--why", "all"])),
        ("advice", said(&["advise", &plan, "--appetite", &appetite])),
        ("reach", said(&["reach", &world, "orders-db"])),
        ("frontier", said(&["tune", "scenarios/experiments/approval-threshold.yaml", "--trials", "200"])),
    ];
    let wrong: Vec<String> = answers.iter().filter_map(|(schema, value)| misfit(value, schema, schema)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A document as JSON has it.
fn as_json(node: &Node) -> Value {
    match &node.value {
        document::Value::Null => Value::Null,
        document::Value::Plain(_) => match node.as_text() {
            text @ ("true" | "false") => Value::Bool(text == "true"),
            text => text.replace('_', "").parse().map_or_else(|_| text.into(), Value::Number),
        },
        document::Value::Quoted(_) => node.as_text().into(),
        document::Value::List(items) => items.iter().map(as_json).collect(),
        document::Value::Map(entries) => {
            Value::Object(entries.iter().map(|e| (e.key.as_text().to_owned(), as_json(&e.value))).collect())
        }
    }
}

#[test]
fn files_are_what_their_schemas_say() {
    let mut wrong = Vec::new();
    for (folder, schema) in [
        ("scenarios", "scenario"),
        ("scenarios/worlds", "world"),
        ("scenarios/experiments", "experiment"),
        ("tests/suite", "scenario"),
    ] {
        for path in world::files_in(folder) {
            let source = Source { name: path.display().to_string(), text: fs::read_to_string(&path).unwrap() };
            let node = document::read(&Arc::new(source), &mut Findings::default()).unwrap();
            wrong.extend(misfit(&as_json(&node), schema, &path.display().to_string()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

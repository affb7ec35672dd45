//! The committed schema of reports against reports as they are printed.

use super::data::Report;
use super::sample;
use serde_json::Value;

/// Holds a value against a schema: objects, arrays and references, which is all that ours use.
fn check(value: &Value, schema: &Value, root: &Value, path: &str) {
    if let Some(name) = schema["$ref"].as_str().and_then(|r| r.strip_prefix("#/$defs/")) {
        return check(value, &root["$defs"][name], root, path);
    }
    match value {
        Value::Object(fields) => {
            let properties = schema["properties"].as_object();
            for (key, value) in fields {
                let known = properties.and_then(|p| p.get(key)).unwrap_or(&schema["additionalProperties"]);
                assert!(known.is_object(), "{path}.{key} is not in the schema");
                check(value, known, root, &format!("{path}.{key}"));
            }
            for key in schema["required"].as_array().into_iter().flatten() {
                assert!(key.as_str().is_some_and(|k| fields.contains_key(k)), "{path} lacks {key}");
            }
        }
        Value::Array(items) => items.iter().for_each(|v| check(v, &schema["items"], root, path)),
        Value::Number(_) => assert!(matches!(schema["type"].as_str(), Some("number" | "integer")), "{path}: {schema}"),
        Value::String(_) => assert!(schema["type"] == "string" || schema["const"] == *value, "{path}: {schema}"),
        Value::Bool(_) => assert_eq!(schema["type"], "boolean", "{path}"),
        Value::Null => panic!("{path} is null"),
    }
}

#[test]
fn a_report_is_what_its_schema_says() {
    let schema: Value = serde_json::from_str(include_str!("../../schemas/report.json")).expect("json");
    let report = serde_json::to_value(sample::with_variants()).expect("json");
    check(&report, &schema, &schema, "report");
    let rare = serde_json::to_value(Report { rare: Some(sample::rare()), ..sample::report() }).expect("json");
    check(&rare, &schema, &schema, "rare");
    let scored = serde_json::to_value(super::sample_verdict::scored()).expect("json");
    check(&scored, &schema, &schema, "scored");
}

//! The JSON Schemas of files: whatever the reader takes fits them, and what is misspelled does not.

use std::path::PathBuf;

use ir3sim::scenario::{self, schema, sweep_schema};
use serde_json::Value;

use super::sample::{GOOD, data, edited, good};

/// Whether a document fits a schema, as far as ours go: these keywords and no others.
fn fits(value: &Value, schema: &Value) -> bool {
    let Value::Object(keywords) = schema else { panic!("{schema}") };
    keywords.iter().all(|(keyword, of)| match keyword.as_str() {
        "$schema" | "title" | "description" | "default" | "properties" => true,
        "type" => is_a(value, of.as_str().expect("a type")),
        "enum" => of.as_array().expect("words").contains(value),
        "const" => of == value,
        "minimum" => value.as_f64() >= of.as_f64(),
        "maximum" => value.as_f64() <= of.as_f64(),
        "minItems" => {
            value.as_array().is_none_or(|items| items.len() as u64 >= of.as_u64().expect("a number"))
        }
        "uniqueItems" => value
            .as_array()
            .is_none_or(|items| items.iter().enumerate().all(|(place, item)| !items[..place].contains(item))),
        "items" => value.as_array().is_none_or(|items| items.iter().all(|item| fits(item, of))),
        "anyOf" => of.as_array().expect("schemas").iter().any(|schema| fits(value, schema)),
        "required" => {
            let names = of.as_array().expect("names");
            value.as_object().is_none_or(|table| {
                names.iter().all(|name| table.contains_key(name.as_str().expect("a name")))
            })
        }
        "additionalProperties" => value.as_object().is_none_or(|table| {
            table.iter().all(|(key, value)| {
                match keywords.get("properties").and_then(|known| known.get(key)) {
                    Some(known) => fits(value, known),
                    None => *of != Value::Bool(false) && fits(value, of),
                }
            })
        }),
        other => panic!("{other} is not looked at here"),
    })
}

fn is_a(value: &Value, name: &str) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        other => panic!("{other}"),
    }
}

fn json(text: &str) -> Value {
    let table: toml::Table = text.parse().unwrap_or_else(|error| panic!("{error}\n{text}"));
    serde_json::to_value(table).expect("JSON")
}

fn files(folder: &str) -> Vec<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(folder);
    let files = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    files.filter(|file| file.extension().is_some_and(|end| end == "toml")).collect()
}

#[test]
fn every_scenario_and_sweep_that_comes_along_fits_its_schema_and_so_does_its_resolved_text() {
    let (schema, sweeps) = (schema(), sweep_schema());
    let scenarios = files("scenarios");
    assert!(scenarios.len() > 30);
    for file in scenarios.into_iter().chain([data("everything.toml"), data("repaired.toml")]) {
        let text = std::fs::read_to_string(&file).expect("a text");
        assert!(fits(&json(&text), &schema), "{}", file.display());
        let resolved = scenario::load(&file, &[]).expect("a scenario").to_toml();
        assert!(fits(&json(&resolved), &schema), "{}:\n{resolved}", file.display());
    }
    for file in files("scenarios/sweeps") {
        let text = std::fs::read_to_string(&file).expect("a text");
        assert!(fits(&json(&text), &sweeps), "{}", file.display());
    }
}

#[test]
fn what_a_schema_can_know_to_be_wrong_does_not_fit_it() {
    let schema = schema();
    assert!(fits(&json(&good(GOOD, &[]).to_toml()), &schema));
    for (from, to) in [
        ("name = \"good\"\n", ""),
        ("stores = true", "store = true"),
        ("stores = true", "stores = \"yes\""),
        ("stores = true", "stores = true\ntransport = \"sctp\""),
        ("count = 20", "count = 0"),
        ("count = 20", "count = 20.5"),
        ("duration = \"10 min\"", "duration = 600"),
        ("loss = 0.01", "loss = 2"),
        ("latency = \"world\"", "latency = { fixd = \"10 ms\" }"),
        ("about = [\"people\"]", "about = \"people\""),
        ("about = [\"people\"]", "about = []"),
        ("kind = \"record\"", "kind = \"recrod\""),
        ("kind = \"query\"", "kind = \"query\"\nsize = \"1 kB\""),
        ("[expect.some]", "[expcet.some]"),
    ] {
        assert!(!fits(&json(&edited(from, to)), &schema), "{to}");
    }
    assert!(!fits(&json("name = \"s\"\naxis = {}"), &sweep_schema()));
}

#[test]
fn every_key_of_a_schema_says_what_it_means() {
    fn each(schema: &Value, told: &mut usize) {
        if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
            for (name, property) in properties {
                let is_told = property.get("description").is_some_and(|it| it.as_str() != Some(""));
                assert!(is_told || schema.get("required").is_some(), "{name}");
                *told += usize::from(is_told);
            }
        }
        match schema {
            Value::Object(keys) => keys.values().for_each(|schema| each(schema, told)),
            Value::Array(items) => items.iter().for_each(|schema| each(schema, told)),
            _ => {}
        }
    }
    let mut told = 0;
    each(&schema(), &mut told);
    assert!(told > 200, "{told}");
}

//! The parameters of a scenario, each under its path.

use std::collections::BTreeMap;

/// Keys that say what a scenario is for, and change nothing in a run.
const WORDS: [&str; 2] = ["title", "purpose"];

/// The values in a resolved scenario by path, but for what only says what it is for.
pub fn parameters(scenario: &toml::Table) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for (key, value) in scenario.iter().filter(|(key, _)| !WORDS.contains(&key.as_str())) {
        flatten(key, value, &mut all);
    }
    all
}

fn flatten(path: &str, value: &toml::Value, into: &mut BTreeMap<String, String>) {
    match value {
        toml::Value::Table(table) => {
            for (key, value) in table {
                flatten(&format!("{path}.{key}"), value, into);
            }
        }
        value => {
            into.insert(path.to_owned(), value.to_string());
        }
    }
}

//! The parameters of a scenario, each under its path.

use std::collections::BTreeMap;

use super::listing::digest_of;
use crate::scenario::{matrix_size, trace_size};

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
            let in_short = value.as_str().and_then(|text| in_short(path, text));
            into.insert(path.to_owned(), in_short.unwrap_or_else(|| value.to_string()));
        }
    }
}

/// A value that may have many lines.
fn in_short(path: &str, text: &str) -> Option<String> {
    if path.ends_with(".presence.rows") {
        return trace(text);
    }
    let regions = matrix_size(text).filter(|_| path == "network.latency.matrix.rows")?;
    Some(format!("a matrix of {regions} regions, blake3 {}", digest_of(text.as_bytes())))
}

/// A trace can have any number of rows: two are told apart by their digests.
fn trace(rows: &str) -> Option<String> {
    let (hosts, count) = trace_size(rows)?;
    let plural = |count: usize| if count == 1 { "" } else { "s" };
    let digest = digest_of(rows.as_bytes());
    Some(format!("a trace of {hosts} host{}, {count} row{}, blake3 {digest}", plural(hosts), plural(count)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_is_told_by_its_size_and_its_digest() {
        let of = |rows: &str| {
            let text =
                format!("[groups.a.presence]\nmodel = 'trace'\nrows = {rows:?}\n[network]\nloss = 0.5");
            parameters(&text.parse().expect("TOML"))
        };
        let [one, other] = ["0,1,online\n0,2,offline\n", "0,1,online\n0,3,offline\n"]
            .map(|rows| of(&format!("host,time_s,state\n{rows}")));
        let rows = &one["groups.a.presence.rows"];
        assert!(rows.starts_with("a trace of 1 host, 2 rows, blake3 ") && rows.len() < 110, "{rows}");
        assert_ne!(*rows, other["groups.a.presence.rows"]);
        assert_eq!(
            (one["network.loss"].as_str(), one["groups.a.presence.model"].as_str()),
            ("0.5", "\"trace\"")
        );
        let matrix = "[network.latency.matrix]\nrows = 'r,a\na,1\n'".replace('\'', "'''");
        let short = &parameters(&matrix.parse().expect("TOML"))["network.latency.matrix.rows"];
        assert!(short.starts_with("a matrix of 1 regions, blake3 ") && short.len() < 110, "{short}");
        assert_eq!(of("x")["groups.a.presence.rows"], "\"x\"");
    }
}

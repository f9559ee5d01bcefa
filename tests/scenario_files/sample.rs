//! A good file, and what is made of it and asked of it.

use std::path::{Path, PathBuf};

use ir3sim::scenario::{self, FileError, Report, Scenario};

/// A file to change.
pub(crate) const GOOD: &str = r#"name = "good"
duration = "10 min"
[groups.people]
count = 20
stores = true
link = "residential"

[network]
latency = "world"
loss = 0.01
[workloads.deeds]
kind = "record"
about = ["people"]
arrivals = { poisson = "5 /s" }
[workloads.asks]
kind = "query"
from = "people"
about = ["people"]
arrivals = { every = "2 s" }
start = "5 min"
[expect.some]
metric = "queries.answered"
min = 1
[claims.soon]
claim = "fast"
metric = "queries.latency_p99_s"
max = 2
"#;

pub(crate) fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

pub(crate) fn good(text: &str, overrides: &[String]) -> Scenario {
    scenario::parse("x.toml", text, overrides).unwrap_or_else(|report| panic!("{overrides:?}\n{report}"))
}

pub(crate) fn bad(text: &str, overrides: &[String]) -> Report {
    match scenario::parse("x.toml", text, overrides) {
        Err(report) => report,
        Ok(scenario) => panic!("{overrides:?}: loads as\n{}", scenario.to_toml()),
    }
}

pub(crate) fn edited(from: &str, to: &str) -> String {
    assert!(GOOD.contains(from), "{from}");
    GOOD.replacen(from, to, 1)
}

pub(crate) fn expect_errors(cases: &[(&str, &str, &str, &[&str])]) {
    for (from, to, path, parts) in cases {
        let report = bad(&edited(from, to), &[]);
        let errors = report.errors();
        let error = errors.iter().find(|error| error.path == *path);
        assert_message(
            error.unwrap_or_else(|| panic!("{to}: nothing about {path} in\n{report}")),
            &report,
            parts,
        );
    }
}

pub(crate) fn assert_message(error: &FileError, report: &Report, parts: &[&str]) {
    for part in parts {
        assert!(error.message.contains(part), "{part} is missing in {}\n{report}", error.message);
    }
    if !error.path.is_empty() {
        assert!(
            error.message.contains(&error.path) && error.message.contains("allowed: "),
            "{}",
            error.message
        );
    }
}

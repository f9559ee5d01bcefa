//! What holds for all rules, and a scenario whose figures a test makes up.

use std::collections::BTreeMap;

use super::{notes, rules};
use crate::metrics;
use crate::results::Figure;
use crate::scenario::{self, Scenario};

/// A scenario whose figures a test makes up.
pub(super) struct Made {
    scenario: Scenario,
    metrics: BTreeMap<String, Figure>,
}

impl Made {
    /// Fifty hosts, these lines of a file besides, and these metrics.
    pub(super) fn new(lines: &str, metrics: &[(&str, f64)]) -> Made {
        let file = format!(
            "name = \"made\"\nduration = \"5 min\"\nwarmup = \"40 s\"\n\
             network.latency = {{ fixed = \"10 ms\" }}\n\
             groups.all = {{ count = 50, stores = true }}\n{lines}\n"
        );
        let scenario = scenario::parse("made.toml", &file, &[]).unwrap_or_else(|report| panic!("{report}"));
        let metrics = metrics.iter().map(|(name, value)| ((*name).to_owned(), Figure(Some(*value))));
        Made { scenario, metrics: metrics.collect() }
    }

    /// The names of the rules that have something to say, by how much it matters.
    pub(super) fn rules(&self) -> Vec<&'static str> {
        notes(&self.scenario.world, &self.metrics).iter().map(|note| note.rule).collect()
    }

    /// What a rule says; `None` when it has nothing to say.
    pub(super) fn says(&self, rule: &str) -> Option<String> {
        let notes = notes(&self.scenario.world, &self.metrics);
        notes.into_iter().find(|note| note.rule == rule).map(|note| note.text)
    }
}

/// Workloads that record, and ask.
pub(super) const ASK: &str = concat!(
    "workloads.tell = { kind = \"record\", about = [\"all\"], arrivals = { every = \"1 s\" } }\n",
    "workloads.ask = { kind = \"query\", from = \"all\", about = [\"all\"], arrivals = { every = \"1 s\" } }"
);
/// One that records alone.
pub(super) const RECORD: &str =
    "workloads.tell = { kind = \"record\", about = [\"all\"], arrivals = { every = \"1 s\" } }";

#[test]
fn rules_have_names_of_their_own() {
    let mut names: Vec<&str> = rules().map(|rule| rule.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), rules().count());
}

/// The source of the rules, without their tests.
const SOURCES: [&str; 6] = [
    include_str!("asking.rs"),
    include_str!("coverage.rs"),
    include_str!("nodes.rs"),
    include_str!("storing.rs"),
    include_str!("transfer.rs"),
    include_str!("work.rs"),
];

#[test]
fn rules_look_at_metrics_that_exist() {
    let mut looked_at = 0;
    for source in SOURCES {
        let source = source.split("#[cfg(test)]").next().unwrap_or_default();
        for call in ["get", "counted", "some", "share"] {
            let asked = format!("facts.{call}(\"");
            for name in source.split(&asked).skip(1).filter_map(|rest| rest.split('"').next()) {
                looked_at += 1;
                assert!(metrics::find(name).is_some(), "{name} is no metric");
            }
        }
    }
    assert!(looked_at > 20, "{looked_at}");
}

#[test]
fn what_matters_most_comes_first() {
    let figures = [
        ("messages.sent", 100.0),
        ("messages.to_offline", 20.0),
        ("broadcast.count", 1.0),
        ("broadcast.coverage_ratio", 0.5),
        ("queries.issued", 0.0),
    ];
    let rules = Made::new(ASK, &figures).rules();
    assert_eq!(rules, ["nothing_counted", "low_coverage", "single_copies", "offline_receivers"]);
}

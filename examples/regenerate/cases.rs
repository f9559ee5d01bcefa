//! What repairs are tried on: `examples/regenerate/repairs.toml`.

use serde::Deserialize;

/// All cases, in the order of the document.
#[derive(Debug, Deserialize)]
pub(crate) struct Cases {
    pub case: Vec<Case>,
}

/// A scenario without and with a repair.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    /// Its name in tables of results.
    pub name: String,
    /// The section of the document that it belongs to.
    pub repair: String,
    /// The overlays that are the repair.
    pub overlays: Vec<String>,
    /// What is tried, in words.
    pub says: String,
    pub scenario: String,
    /// Overlays of both runs, before those of the repair.
    #[serde(default)]
    pub network: Vec<String>,
    /// What is set in both.
    #[serde(default)]
    pub set: Vec<String>,
    /// What is set beside the repair.
    #[serde(default)]
    pub with: Vec<String>,
    /// What is shown of it: a trial or a metric, and what that is in words.
    pub show: Vec<(String, String)>,
}

/// The cases.
pub(crate) fn cases() -> Vec<Case> {
    let path = crate::documents::root().join("examples/regenerate/repairs.toml");
    let text = std::fs::read_to_string(&path).expect("the cases");
    let cases: Cases = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    cases.case
}

/// What is looked at in every case, as far as it has them: what repairs cost.
#[rustfmt::skip]
pub(crate) const COSTS: &[&str] = &[
    "bytes.sent", "messages.sent", "queries.answered_ratio", "queries.latency_p50_s", "queries.latency_p99_s",
    "queries.sources_mean", "tasks.assigned", "tasks.unfilled", "tasks.done", "receipts.signed", "receipts.refused",
    "receipts.unanswered", "protocol.rejected.unannounced", "protocol.rejected.equivocated",
    "protocol.rejected.rate_limited", "reputation.error_mean",
];

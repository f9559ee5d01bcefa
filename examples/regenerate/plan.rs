//! How each checked-in result comes about, and which of its files are checked in.

/// Replications of a scenario, unless [`FEWER`] has it.
const REPLICATIONS: u32 = 5;

/// Scenarios with fewer replications, and why. Two cores run two at a time, so three would take as long as four.
const FEWER: &[(&str, u32, &str)] = &[
    ("growth", 2, "a year takes long, and two hundred subjects a run leave little to chance"),
    ("million", 1, "takes as long as many others together"),
    ("overload", 4, "45 million events a run"),
    ("pure-flux", 4, "its rush is two million messages a run"),
];

/// How often a scenario is run, each time with another seed.
pub(crate) fn replications(scenario: &str) -> u32 {
    FEWER.iter().find(|(few, _, _)| *few == scenario).map_or(REPLICATIONS, |(_, count, _)| *count)
}

/// Whether a file of a result is checked in, given the text of all documents: its small ones, and of its charts those
/// that a document shows. A result that no document shows yet keeps all charts, so that a document can choose.
pub(crate) fn is_kept(scenario: &str, file: &str, documents: &str) -> bool {
    let is_shown = |path: &str| documents.contains(&format!("results/{scenario}/{path}"));
    match file {
        "manifest.toml" | "summary.json" | "points.csv" => true,
        chart => chart.ends_with(".svg") && (is_shown(&format!("{chart})")) || !is_shown("charts/")),
    }
}

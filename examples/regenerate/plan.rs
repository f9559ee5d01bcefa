//! How each checked-in result comes about, and which of its files are checked in.

/// Replications of a scenario, unless [`OTHERWISE`] has it.
const REPLICATIONS: u32 = 10;

/// Scenarios with more replications, or fewer, and why.
const OTHERWISE: &[(&str, u32, &str)] = &[
    ("attribution", 30, "its claim is close to its bound"),
    ("calibration", 30, "its claim is about pairs of labels, of which there are three a run"),
    ("eclipse", 30, "a run takes less than a second"),
    ("growth", 4, "a year takes long, and two hundred subjects a run leave little to chance"),
    ("million", 1, "takes as long as many others together, and has neither expectations nor claims"),
    ("omission", 30, "a claim of it is close to its bound"),
    ("silence", 30, "its claim is close to its bound"),
    ("stake-curve", 30, "a run takes less than a second"),
    ("sybil-stake", 30, "a run takes about a second"),
    ("traditional", 30, "a run takes less than a second"),
];

/// How often a scenario is run, each time with another seed.
pub(crate) fn replications(scenario: &str) -> u32 {
    OTHERWISE.iter().find(|(other, _, _)| *other == scenario).map_or(REPLICATIONS, |(_, count, _)| *count)
}

/// Where sweeps are, under `scenarios` and under `results`.
pub(crate) const SWEEPS: &str = "sweeps";

/// Where overlays are, under `scenarios`, and what comes out with them, under `results`.
pub(crate) const OVERLAYS: &str = "overlays";

/// Whether a file of a result is checked in, given the text of all documents: its small ones, and of its charts those
/// that a document shows. A result that no document shows yet keeps all charts, so that a document can choose.
pub(crate) fn is_kept(scenario: &str, file: &str, documents: &str) -> bool {
    let is_shown = |path: &str| documents.contains(&format!("results/{scenario}/{path}"));
    match file {
        "manifest.toml" | "summary.json" | "points.csv" | "sweep.toml" | "scenario.toml" => true,
        // What moves a sweep's figures is told by pairs of runs.
        "runs.csv" | "scaling.csv" => scenario.starts_with(SWEEPS),
        chart => chart.ends_with(".svg") && (is_shown(&format!("{chart})")) || !is_shown("charts/")),
    }
}

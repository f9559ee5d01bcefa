//! Files that the points of a study name: where the study goes, they go with it.

use std::collections::BTreeSet;

use crate::scenario::{self, Report, Setting, Sweep};

/// What means something else in a study's folder.
const TAKEN: [&str; 11] = [
    "sweep.toml",
    "scenario.toml",
    "store",
    "runs.csv",
    "points.csv",
    "sensitivity.csv",
    "scaling.csv",
    "summary.json",
    "manifest.toml",
    "threshold.json",
    "charts",
];

/// The files that the settings of a point name, over the text of the scenario that errors call so.
///
/// # Errors
/// Those that cannot go where the study goes.
pub(super) fn named(
    sweep: &Sweep,
    (name, text): (&str, &str),
    point: &[Setting],
) -> Result<BTreeSet<String>, Report> {
    let all: Vec<String> = sweep.set.iter().chain(point).map(Setting::as_override).collect();
    scenario::named_files(name, text, &all, &TAKEN)
}

//! Numbers of runs, and rules that end them, for people.

use crate::cli::format;
use crate::scenario::Until;

/// So many runs, or a number between.
pub(super) fn range(least: u64, most: u64) -> String {
    let runs = format::count(most, "run");
    if least == most { runs } else { format!("{least} to {runs}") }
}

/// How exact a rule wants a metric to be.
pub(super) fn exactness(until: &Until) -> String {
    let percent = (until.half_width * 1e6).round() / 1e4;
    format!("±{percent} % of its mean")
}

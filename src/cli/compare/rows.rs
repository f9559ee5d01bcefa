//! A metric of two results for people.

use crate::batch::Compared;
use crate::cli::format;
use crate::results::Estimate;

/// A row of the table; each cell by its column.
pub(super) struct Row {
    pub verdict: &'static str,
    pub metric: String,
    pub a: String,
    pub b: String,
    pub difference: String,
    pub interval: String,
    /// Adjusted for the number of metrics.
    pub p: String,
    pub variance_ratio: String,
}

impl Row {
    pub(super) fn of(compared: &Compared) -> Row {
        let metric = compared.measured();
        let median = if compared.is_median { " (median)" } else { "" };
        let p = compared.p_adjusted.0.map_or_else(|| "–".to_owned(), format::probability);
        let ratio = compared.variance_ratio.0.map(format::number).unwrap_or_default();
        Row {
            verdict: compared.verdict.name(),
            metric: compared.metric.clone(),
            a: value(metric, &compared.a, compared.is_incomplete),
            b: value(metric, &compared.b, compared.is_incomplete),
            difference: format::difference(metric, compared.difference.0) + median,
            interval: format::differences(metric, compared.ci_low.0.zip(compared.ci_high.0)),
            p,
            variance_ratio: if compared.pairing_helps == Some(false) {
                format!("{ratio} (no help)")
            } else {
                ratio
            },
        }
    }
}

/// A metric in a sentence.
pub(super) fn sentence(compared: &Compared) -> String {
    let Row { metric, a, b, difference, interval, p, .. } = Row::of(compared);
    format!("{metric}: {a} in A, {b} in B, difference {difference} (95 % interval {interval}, p {p})")
}

/// The mean, and of how many runs if not of all.
fn value(metric: &str, estimate: &Estimate, is_incomplete: bool) -> String {
    let value = format::value(metric, estimate.mean.0);
    if is_incomplete { format!("{value} (n = {})", estimate.n) } else { value }
}

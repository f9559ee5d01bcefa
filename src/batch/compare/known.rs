//! What is known of one side of a comparison.

use std::collections::{BTreeMap, BTreeSet};

use crate::batch::distribution::rounded;
use crate::batch::doubt::DOUBT;
use crate::batch::{Evidence, Replication};
use crate::metrics::{self, Kind};
use crate::results::Estimate;

/// What is known of one side of a comparison.
#[derive(Clone, Copy, Debug)]
pub enum Known<'a> {
    /// Its runs.
    Runs(&'a [Replication]),
    /// What so many runs come to, metric by metric: they are not there one by one.
    Means(&'a BTreeMap<String, Estimate>, u32),
}

impl<'a> Known<'a> {
    /// The columns that it has a place for, with a value or not.
    pub(super) fn names(self) -> BTreeSet<&'a str> {
        match self {
            Known::Runs(runs) => runs.iter().flat_map(|run| run.metrics.keys()).map(String::as_str).collect(),
            Known::Means(means, _) => means.keys().map(String::as_str).collect(),
        }
    }

    /// What all runs say of a column, whose values are this metric's, and how many runs there are.
    pub(super) fn mean(self, name: &str, metric: &str) -> (Estimate, u32) {
        match self {
            Known::Means(means, runs) => {
                (means.get(name).copied().unwrap_or_else(|| Estimate::single(None)), runs)
            }
            Known::Runs(runs) => {
                let values =
                    runs.iter().map(|run| (run.metrics.get(name).copied().flatten(), run.samples.get(name)));
                (Evidence::of(metric, values).estimate(), runs.len() as u32)
            }
        }
    }
}

/// Of how many units the values of a share or score are, by the interval that they were given: it is not narrower than what may
/// differ in one of so many unseen, nor then is that of a difference.
pub fn units_behind(metric: &str, estimate: &Estimate) -> Option<f64> {
    let kind = metrics::find(metric)?.kind;
    let ((low, high), mean) = estimate.interval().zip(estimate.mean.0)?;
    let half = (high - mean).max(mean - low);
    let is_share = matches!(kind, Kind::Share | Kind::Score);
    (is_share && half > 0.0).then(|| rounded(libm::log(DOUBT) / libm::log1p(-half.min(1.0 - DOUBT))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::Sample;

    #[test]
    fn an_interval_tells_how_many_units_were_behind_it() {
        let of = |metric: &str, values: &[f64], sample: &Sample| {
            let values = values.iter().map(|value| (Some(*value), Some(sample)));
            units_behind(metric, &Evidence::of(metric, values).estimate())
        };
        let units =
            of("broadcast.coverage_ratio", &[0.7, 0.71, 0.705], &Sample::Units(12.0)).expect("a share");
        assert!((units - 36.0).abs() < 1e-6, "{units}");
        // A spread that is wider than that leaves fewer.
        let units = of("broadcast.coverage_ratio", &[0.4, 0.5, 0.6], &Sample::Units(1e6)).expect("a share");
        assert!((1.0..40.0).contains(&units), "{units}");
        assert_eq!(of("messages.sent", &[3.0, 4.0], &Sample::Units(1.0)), None);
    }
}

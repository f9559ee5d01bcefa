//! What `points.csv` tells of runs of which `runs.csv` has the figures alone.

use std::collections::BTreeMap;

use crate::batch::{Replication, units_behind};
use crate::metrics::Sample;
use crate::results::Estimate;

/// Adds to the runs of a point what is behind their figures: of how many units a share is, and which values are longer than any
/// time. `metrics` has the metric of columns that are none.
pub(crate) fn complete(
    runs: &mut [Replication],
    means: &BTreeMap<String, Estimate>,
    metrics: &BTreeMap<String, String>,
) {
    for (column, estimate) in means {
        let metric = metrics.get(column).unwrap_or(column);
        let value = |run: &Replication| run.metrics.get(column).copied().flatten();
        let without = runs.iter().filter(|run| value(run).is_none()).count();
        // Runs that count, and have no number; where others do not count, it is not known which.
        let is_endless = without > 0 && estimate.n as usize == runs.len();
        let units = units_behind(metric, estimate).map(|units| units / f64::from(estimate.n.max(1)));
        for run in runs.iter_mut() {
            if is_endless && value(run).is_none() {
                run.metrics.insert(column.clone(), Some(f64::INFINITY));
                run.samples.insert(column.clone(), Sample::Endless);
            }
            run.samples.extend(units.map(|units| (column.clone(), Sample::Units(units))));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::Counts;

    fn run(values: [Option<f64>; 2]) -> Replication {
        let names = ["queries.latency_p99_s", "queries.answered_ratio"].map(str::to_owned);
        Replication {
            seed: 1,
            fingerprint: String::new(),
            sim_seconds: 0.0,
            metrics: names.into_iter().zip(values).collect(),
            selected: Vec::new(),
            samples: BTreeMap::new(),
            selected_samples: Vec::new(),
            counts: Counts::default(),
        }
    }

    #[test]
    fn runs_that_count_and_have_no_number_are_longer_than_any_time() {
        let mean = |n| {
            BTreeMap::from([("queries.latency_p99_s".to_owned(), Estimate { n, ..Estimate::single(None) })])
        };
        let values = |n| {
            let mut runs = [run([Some(1.0), None]), run([None, None])];
            complete(&mut runs, &mean(n), &BTreeMap::new());
            runs.map(|run| run.metrics["queries.latency_p99_s"])
        };
        assert_eq!(values(2), [Some(1.0), Some(f64::INFINITY)]);
        assert_eq!(values(1), [Some(1.0), None]);
    }

    #[test]
    fn shares_have_as_many_units_as_their_interval_says() {
        let half = 1.0 - libm::pow(0.025, 1.0 / 40.0);
        let mean = Estimate {
            n: 2,
            ci_low: (0.5 - half).into(),
            ci_high: (0.5 + half).into(),
            ..Estimate::single(Some(0.5))
        };
        let mut runs = [run([None, Some(0.5)]), run([None, Some(0.5)])];
        complete(&mut runs, &BTreeMap::from([("queries.answered_ratio".to_owned(), mean)]), &BTreeMap::new());
        let Some(Sample::Units(units)) = runs[0].samples.get("queries.answered_ratio") else {
            panic!("a share has units")
        };
        assert!((units - 20.0).abs() < 1e-6, "{units}");
    }
}

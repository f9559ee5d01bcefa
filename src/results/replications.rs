//! The tables of several replications together: `runs.csv` and `points.csv`.

use super::Estimate;
use crate::metrics::{Column, Schema, When, columns};

/// `runs.csv`. Beside these columns it has one for every metric, under the metric's name.
pub(crate) struct Runs;

/// A run.
pub(crate) struct RunRow<'a> {
    pub seed: u64,
    pub fingerprint: &'a str,
}

impl Schema for Runs {
    type Row<'a> = RunRow<'a>;
    const FILE: &'static str = "runs.csv";
    const MEANING: &'static str = "A run of several replications.";
    const WHEN: When = When::Always;
    const COLUMNS: &'static [&'static [Column<Runs>]] = &[RUN_COLUMNS];
}

columns!(RUN_COLUMNS: Runs {
    SEED: "seed", Number, Always, "The run's seed.", |row| row.seed;
    FINGERPRINT: "fingerprint", Name, Always, "The run's fingerprint.", |row| row.fingerprint;
});

/// `points.csv`.
pub(crate) struct Points;

/// A metric, over all runs.
pub(crate) struct Point<'a> {
    pub metric: &'a str,
    pub estimate: &'a Estimate,
}

impl Schema for Points {
    type Row<'a> = Point<'a>;
    const FILE: &'static str = "points.csv";
    const MEANING: &'static str = "A metric, over all replications.";
    const WHEN: When = When::Always;
    const COLUMNS: &'static [&'static [Column<Points>]] = &[POINT_COLUMNS];
}

columns!(POINT_COLUMNS: Points {
    METRIC: "metric", Name, Always, "The metric's name.", |row| row.metric;
    N: "n", Number, Always, "Replications that had a value.", |row| row.estimate.n;
    MEAN: "mean", Metric, Always, "Mean of their values; empty with an `n` above 0 where one is longer than any time.", |row| row.estimate.mean.0;
    SD: "sd", Metric, Always, "Standard deviation of their values; empty for fewer than two.", |row| row.estimate.sd.0;
    CI_LOW: "ci_low", Metric, Always, "Lower end of the 95 % confidence interval of the mean; empty where no value reaches it.", |row| row.estimate.ci_low.0;
    CI_HIGH: "ci_high", Metric, Always, "Upper end of the same interval.", |row| row.estimate.ci_high.0;
});

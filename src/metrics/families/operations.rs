//! The baseline: operations that block their caller.

use crate::metrics::MetricUnit::{Of, Plain, Seconds};
use crate::metrics::declaration::{Definition::Once, Has, OfScenario, Source::Nowhere, metrics};
use crate::metrics::figures::{Waits, mean};

const NO_ROWS: &str = "no file has a row for each operation; `queries.csv` has those that ask";

metrics!(OPERATIONS {
    "blocked.operations", Of("operations"), Count, Sum, Window, Started, Nowhere(NO_ROWS), "Operations of clients that began, and have ended.", Once(BASELINE, |v| Some(v.within(&v.run.blocked).count() as f64));
    "blocked.mean_s", Seconds, Time, Mean, Window, Started, Nowhere(NO_ROWS), "Time for which an operation blocked its caller.", Once(BASELINE, |v| mean(v.within(&v.run.blocked).map(|waited| waited.blocked.as_seconds())));
    "blocked.p99_s", Seconds, Time, P99, Window, Started, Nowhere(NO_ROWS), "99 % quantile of the time for which an operation blocked its caller; no value of fewer than 100.", Once(BASELINE, |v| Waits::of(v.within(&v.run.blocked).map(|waited| Some(waited.blocked.as_seconds()))).p99());
    "blocked.given_up_ratio", Plain, Share, Ratio, Window, Started, Nowhere(NO_ROWS), "Share of operations that were given up.", Once(BASELINE, |v| mean(v.within(&v.run.blocked).map(|waited| f64::from(u8::from(waited.given_up)))));
});

const BASELINE: OfScenario = Has {
    when: "a coordinator runs in place of the protocol (`protocol.baseline`)",
    is: |config| config.baseline.is_some(),
};

//! The baseline: operations that block their caller.

use crate::metrics::MetricUnit::{Of, Plain, Seconds};
use crate::metrics::declaration::{Definition::Once, metrics};
use crate::metrics::figures::{mean, quantile_of};
use crate::world::WorldConfig;

metrics!(OPERATIONS {
    "blocked.operations", Of("operations"), Count, Sum, Window, "Operations of clients that have ended.", Once(is_baseline, |v| Some(v.within(&v.run.blocked).count() as f64));
    "blocked.mean_s", Seconds, Time, Mean, Window, "Time for which an operation blocked its caller.", Once(is_baseline, |v| mean(v.within(&v.run.blocked).map(|waited| waited.blocked.as_seconds())));
    "blocked.p99_s", Seconds, Time, P99, Window, "99 % quantile of the time for which an operation blocked its caller.", Once(is_baseline, |v| quantile_of(v.within(&v.run.blocked).map(|waited| waited.blocked.as_seconds()), 0.99));
    "blocked.given_up_ratio", Plain, Share, Ratio, Window, "Share of operations that were given up.", Once(is_baseline, |v| mean(v.within(&v.run.blocked).map(|waited| f64::from(u8::from(waited.given_up)))));
});

fn is_baseline(config: &WorldConfig) -> bool {
    config.baseline.is_some()
}

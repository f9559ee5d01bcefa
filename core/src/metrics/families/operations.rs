//! The baseline: operations that block their caller.

use crate::metrics::MetricUnit::{Of, Plain, Seconds};
use crate::metrics::Sample::{Tail, Trials};
use crate::metrics::declaration::{Definition::Once, metrics};
use crate::metrics::figures::{Waits, mean};
use crate::metrics::view::View;
use crate::metrics::when::When;

metrics!(OPERATIONS {
    "blocked.operations", Of("operations"), Count, Neither, Sum, Window, Started, "operations.csv", "Operations of clients that began, and have ended.", Once(When::Baseline, |v| Some(v.within(&v.run.blocked).count() as f64));
    "blocked.mean_s", Seconds, Time, Less, Mean, Window, Started, "operations.csv", "Time for which an operation blocked its caller.", Once(When::Baseline, |v| mean(v.within(&v.run.blocked).map(|waited| waited.blocked.as_seconds())));
    "blocked.p99_s", Seconds, Time, Less, P99, Window, Started, "operations.csv", "99 % quantile of the time for which an operation blocked its caller; no value of fewer than 100.", Once(When::Baseline, |v| waits(v).p99()), of |v, _, _| Tail(waits(v).tail());
    "blocked.given_up_ratio", Plain, Share, Less, Ratio, Window, Started, "operations.csv", "Share of operations that were given up.", Once(When::Baseline, |v| mean(v.within(&v.run.blocked).map(|waited| f64::from(u8::from(waited.given_up))))), of |v, _, _| Trials(v.within(&v.run.blocked).count() as f64);
});

fn waits(view: &View<'_>) -> Waits {
    Waits::of(view.within(&view.run.blocked).map(|waited| Some(waited.blocked.as_seconds())))
}

//! Processors of hosts.

use crate::metrics::MetricUnit::{Of, Plain, Seconds};
use crate::metrics::declaration::{Definition::Once, metrics};
use crate::metrics::figures::ratio;
use crate::metrics::view::View;
use crate::metrics::when::When;

metrics!(CPU {
    "cpu.messages", Of("messages"), Count, Neither, Sum, Window, Happened, "timeseries.csv", "Messages that processors began to handle.", Once(When::Cpu, |v| Some(v.counted(|counts| counts.processed)));
    "cpu.wait_mean_s", Seconds, Time, Less, Mean, Window, Happened, "timeseries.csv", "Time for which a message waited for the processor of its receiver.", Once(When::Cpu, |v| ratio(v.counted(|counts| counts.processor_waits) / 1e9, v.counted(|counts| counts.processed)));
    "cpu.takes_mean_s", Seconds, Time, Neither, Mean, Window, Happened, "timeseries.csv", "Time that a processor took for a message, the verification of signatures included.", Once(When::Cpu, |v| ratio(v.counted(|counts| counts.processor_used) / 1e9, v.counted(|counts| counts.processed)));
    "cpu.used_mean", Plain, Amount, Neither, TimeMean, Window, Happened, "timeseries.csv", "Processor time that messages took, of all the time of hosts with `cpu`, online or not. What takes long counts whole when it begins, even if the host leaves before it is done, so that the figure of a short window may be above 1.", Once(When::Cpu, used);
    "cpu.unhandled", Of("messages"), Count, Less, Sum, Window, Happened, "timeseries.csv", "Messages that were delivered, and had not been handled when their receiver went offline.", Once(When::Cpu, |v| Some(v.counted(|counts| counts.unprocessed)));
});

fn used(view: &View<'_>) -> Option<f64> {
    ratio(view.counted(|counts| counts.processor_used) / 1e9, view.seconds() * view.run.processors())
}

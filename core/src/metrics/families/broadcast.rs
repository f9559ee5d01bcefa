//! Broadcasts: coverage, hops, time and cost.

use crate::metrics::MetricUnit::{Of, Plain, Seconds};
use crate::metrics::Sample::{Trials, Units};
use crate::metrics::broadcasts::BroadcastRecord;
use crate::metrics::chart_kind::charts;
use crate::metrics::declaration::{Definition::Once, metrics};
use crate::metrics::figures::{Waits, mean};
use crate::metrics::tables::broadcasts;
use crate::metrics::view::View;
use crate::metrics::when::When;
use crate::units::Duration;

metrics!(BROADCAST {
    "broadcast.count", Of("broadcasts"), Count, Neither, Sum, Group, Started, "broadcasts.csv", "Broadcasts.", Once(When::NodesRun, |v| Some(selected(v).count() as f64));
    "broadcast.coverage_ratio", Plain, Share, More, Mean, Group, Started, "broadcasts.csv", "Share of the hosts online at its start that a broadcast reaches.", Once(When::NodesRun, |v| mean(selected(v).map(BroadcastRecord::coverage))), of |v, _, _| Units(selected(v).count() as f64);
    "broadcast.messages_per_node", Of("messages"), Amount, Less, Mean, Group, Started, "broadcasts.csv", "Copies of a broadcast, per host online at its start.", Once(When::NodesRun, |v| mean(selected(v).map(BroadcastRecord::messages_per_node)));
    "broadcast.repeats", Of("messages"), Count, Less, Sum, Run, WholeRun, "groups.csv", "Duplicates: copies of a broadcast received by a node that had received one before, over the whole run: nodes keep a count without times.", Once(When::NodesRun, |v| Some(v.run.tally.repeats.iter().sum::<u64>() as f64));
    "broadcast.hop_limited", Of("copies"), Count, Less, Sum, Window, Happened, "counts.csv", "First copies of broadcasts that were not passed on because they had come `protocol.hop_limit` hops.", Once(When::NodesRun, |v| Some(v.counted(|counts| counts.hop_limited)));
    "broadcast.hops_mean", Of("hops"), Amount, Less, Mean, Group, Started, "broadcasts.csv", "Hops from the origin, over the hosts reached: `broadcast.coverage_ratio` says what share these are.", Once(When::NodesRun, |v| mean(selected(v).filter_map(BroadcastRecord::hops_mean)));
    "broadcast.time_to_90_s", Seconds, Time, Less, Mean, Group, Started, "broadcasts.csv", "Time until 90 % of the hosts online at its start are reached, over the broadcasts that reach them; `broadcast.never_90_ratio` says how many do not. Infinite (`null` in files) when none does.", Once(When::NodesRun, |v| Waits::of(selected(v).map(|record| record.to_90.map(Duration::as_seconds))).mean());
    "broadcast.never_90_ratio", Plain, Share, Less, Ratio, Group, Started, "broadcasts.csv", "Share of the broadcasts that never reach 90 % of the hosts online at their start.", Once(When::NodesRun, |v| mean(selected(v).map(|record| f64::from(u8::from(record.to_90.is_none()))))), of |v, _, _| Trials(selected(v).count() as f64);
});

charts!(CHARTS {
    BROADCASTS_CHART: "broadcasts" {
        meaning: "Coverage of broadcasts over time, and the distributions of their time to 90 % and of their mean hops.",
        unasked: None,
        when: When::Broadcasts,
        needs: &[broadcasts::STARTED.place()],
    }
});

fn selected<'v>(view: &'v View<'_>) -> impl Iterator<Item = &'v BroadcastRecord> {
    let records = view.run.broadcasts.records.iter();
    records.filter(|record| {
        view.window.contains(record.started) && view.run.groups.has(view.group, record.origin)
    })
}

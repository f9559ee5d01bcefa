//! Broadcasts: coverage, hops, time and cost.

use crate::metrics::MetricUnit::{Of, Plain, Seconds};
use crate::metrics::broadcasts::BroadcastRecord;
use crate::metrics::declaration::{Definition::Once, metrics};
use crate::metrics::figures::mean;
use crate::metrics::view::View;
use crate::units::Duration;
use crate::world::{Work, WorldConfig};

metrics!(BROADCAST {
    "broadcast.count", Of("broadcasts"), Count, Sum, Group, "Broadcasts.", Once(nodes_run, |v| Some(selected(v).count() as f64));
    "broadcast.coverage_ratio", Plain, Share, Mean, Group, "Share of the hosts online at its start that a broadcast reaches.", Once(nodes_run, |v| mean(selected(v).map(BroadcastRecord::coverage)));
    "broadcast.messages_per_node", Of("messages"), Amount, Mean, Group, "Copies of a broadcast, per host online at its start.", Once(nodes_run, |v| mean(selected(v).map(BroadcastRecord::messages_per_node)));
    "broadcast.repeats", Of("messages"), Count, Sum, Run, "Duplicates: copies of a broadcast received by a node that had received one before, over the whole run.", Once(nodes_run, |v| Some(v.run.tally.repeats as f64));
    "broadcast.hop_limited", Of("copies"), Count, Sum, Run, "Copies that were not passed on because they had come `protocol.hop_limit` hops, over the whole run.", Once(nodes_run, |v| Some(v.run.tally.hop_limited as f64));
    "broadcast.hops_mean", Of("hops"), Amount, Mean, Group, "Hops from the origin, over the hosts reached.", Once(nodes_run, |v| mean(selected(v).filter_map(BroadcastRecord::hops_mean)));
    "broadcast.time_to_90_s", Seconds, Time, Mean, Group, "Time until 90 % of the hosts are reached, over the broadcasts that reach them.", Once(nodes_run, |v| mean(selected(v).filter_map(|record| record.to_90).map(Duration::as_seconds)));
});

/// Nodes of the protocol run, and so may broadcast.
pub(super) fn nodes_run(config: &WorldConfig) -> bool {
    let by_work = |work: &Work| matches!(work, Work::Broadcast { .. } | Work::Tasks(_));
    config.baseline.is_none() && (super::conditions::records_or_asks(config) || config.any_work(by_work))
}

fn selected<'v>(view: &'v View<'_>) -> impl Iterator<Item = &'v BroadcastRecord> {
    let records = view.run.broadcasts.records.iter();
    records.filter(|record| {
        view.window.contains(record.started) && view.run.groups.has(view.group, record.origin)
    })
}

//! What storage nodes measure of themselves.

use crate::metrics::MetricUnit::{Plain, Seconds};
use crate::metrics::declaration::{Definition::Once, Source::Table, metrics};
use crate::metrics::timeline::LimiterMeans;
use crate::metrics::view::View;
use crate::world::WorldConfig;

metrics!(LIMITER {
    "limiter.tracking_mean", Plain, Score, TimeMean, Group, Averaged, Table("timeseries.csv"), "The limiter w_tracking, averaged over storage nodes and time.", Once(limits, |v| Some(means(v)?.tracking));
    "limiter.objective_mean", Plain, Score, TimeMean, Group, Averaged, Table("timeseries.csv"), "The limiter w_objective, averaged over storage nodes and time.", Once(limits, |v| Some(means(v)?.objective));
    "limiter.topology_mean", Plain, Score, TimeMean, Group, Averaged, Table("timeseries.csv"), "The limiter w_topology, averaged over storage nodes and time.", Once(limits, |v| Some(means(v)?.topology));
    "limiter.overall_mean", Plain, Score, TimeMean, Group, Averaged, Table("timeseries.csv"), "The product of the limiters, averaged over storage nodes and time.", Once(limits, |v| Some(means(v)?.overall));
    "limiter.uplink_used_ratio", Plain, Share, TimeMean, Group, Averaged, Table("timeseries.csv"), "Share of the storage nodes' uplinks in use, averaged over nodes and time.", Once(limits, |v| Some(means(v)?.uplink_used));
    "limiter.uplink_wait_mean_s", Seconds, Time, TimeMean, Group, Averaged, Table("timeseries.csv"), "Time that the next message would wait for a storage node's uplink.", Once(limits, |v| Some(means(v)?.uplink_wait_s));
});

/// There are storage nodes with something to limit.
fn limits(config: &WorldConfig) -> bool {
    super::conditions::nodes_record_or_ask(config) && config.groups.iter().any(|group| group.stores)
}

fn means(view: &View<'_>) -> Option<LimiterMeans> {
    view.run.timeline.limiter_means(view.window, view.group)
}

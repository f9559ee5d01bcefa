//! What storage nodes measure of themselves.

use super::behind::hosts;
use crate::metrics::MetricUnit::{Plain, Seconds};
use crate::metrics::Sample::{self, Units};
use crate::metrics::chart_kind::charts;
use crate::metrics::declaration::{Definition::Once, metrics};
use crate::metrics::tables::timeseries;
use crate::metrics::timeline::LimiterMeans;
use crate::metrics::view::View;
use crate::metrics::when::When;

metrics!(LIMITER {
    "limiter.tracking_mean", Plain, Score, Neither, TimeMean, Group, Averaged, "timeseries.csv", "The limiter w_tracking, averaged over storage nodes and time.", Once(When::Limits, |v| Some(means(v)?.tracking)), of storage_nodes;
    "limiter.objective_mean", Plain, Score, Neither, TimeMean, Group, Averaged, "timeseries.csv", "The limiter w_objective, averaged over storage nodes and time.", Once(When::Limits, |v| Some(means(v)?.objective)), of storage_nodes;
    "limiter.topology_mean", Plain, Score, Neither, TimeMean, Group, Averaged, "timeseries.csv", "The limiter w_topology, averaged over storage nodes and time.", Once(When::Limits, |v| Some(means(v)?.topology)), of storage_nodes;
    "limiter.overall_mean", Plain, Score, Neither, TimeMean, Group, Averaged, "timeseries.csv", "The product of the limiters, averaged over storage nodes and time.", Once(When::Limits, |v| Some(means(v)?.overall)), of storage_nodes;
    "limiter.uplink_used_ratio", Plain, Share, Neither, TimeMean, Group, Averaged, "timeseries.csv", "Share of the storage nodes' uplinks in use, averaged over nodes and time.", Once(When::Limits, |v| Some(means(v)?.uplink_used)), of storage_nodes;
    "limiter.uplink_wait_mean_s", Seconds, Time, Less, TimeMean, Group, Averaged, "timeseries.csv", "Time that the next message would wait for a storage node's uplink.", Once(When::Limits, |v| Some(means(v)?.uplink_wait_s));
});

charts!(CHARTS {
    LIMITERS_CHART: "limiters" {
        meaning: "The storage nodes' rate limiters over time, with the gates they are compared against, and how far uplinks were used.",
        unasked: None,
        when: When::Limits,
        needs: &[timeseries::LIMITER_OVERALL.place()],
    }
});

fn means(view: &View<'_>) -> Option<LimiterMeans> {
    view.run.timeline.limiter_means(view.window, view.group)
}

fn storage_nodes(view: &View<'_>, _: usize, _: usize) -> Sample {
    Units(hosts(view, |group| group.stores))
}

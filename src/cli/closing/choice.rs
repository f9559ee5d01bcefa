use crate::world::{Work, WorldConfig};

const ALWAYS: &[&str] =
    &["messages.sent", "messages.delivered", "messages.lost", "messages.dropped_queue", "bytes.sent"];
const CHURN: &[&str] = &["messages.to_offline", "presence.online_ratio"];
const QUERY: &[&str] = &[
    "queries.issued",
    "queries.answered",
    "queries.yes",
    "queries.no",
    "queries.holders_silent",
    "queries.sources_mean",
    "queries.latency_p50_s",
    "queries.latency_p99_s",
    "reputation.mean",
    "reputation.error_mean",
    "limiter.overall_mean",
    "limiter.tracking_mean",
    "load.max_share_ratio",
];
const RECORD: &[&str] =
    &["storage.chunks", "storage.replicas_mean", "storage.available_ratio", "storage.refused"];
const BROADCAST: &[&str] = &[
    "broadcast.coverage_ratio",
    "broadcast.messages_per_node",
    "broadcast.hops_mean",
    "broadcast.time_to_90_s",
];

/// Whether a metric is one of the few that tell how a scenario of this world went.
pub(super) fn matters(world: &WorldConfig, metric: &str) -> bool {
    ALWAYS.contains(&metric)
        || (may_be_away(world) && CHURN.contains(&metric))
        || world.workloads.iter().any(|workload| match workload.work {
            Work::Query { .. } => QUERY.contains(&metric),
            Work::Record { .. } => RECORD.contains(&metric),
            Work::Broadcast { .. } => BROADCAST.contains(&metric),
            Work::Traffic { .. } => {
                metric.strip_prefix("traffic.").is_some_and(|rest| rest.starts_with(&workload.name))
            }
        })
}

fn may_be_away(world: &WorldConfig) -> bool {
    let leaves = |group: &crate::world::Group| group.presence != crate::network::Presence::Always;
    !world.faults.is_empty() || world.groups.iter().any(leaves)
}

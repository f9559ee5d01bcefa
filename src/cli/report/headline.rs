//! Which metrics `run` prints without being asked for more.

use std::collections::BTreeMap;

use crate::metrics::attacks::for_each_deed;
use crate::results::Figure;
use crate::world::{Work, WorldConfig};

const ALWAYS: &[&str] =
    &["messages.sent", "messages.delivered", "messages.lost", "messages.dropped_queue", "bytes.sent"];
/// Printed only when it is not 0: work that did not happen.
const SKIPPED: &[&str] = &["work.skipped"];
const CHURN: &[&str] = &["messages.to_offline", "presence.online_ratio"];
const QUERY: &[&str] = &[
    "queries.issued",
    "queries.answered",
    "queries.answered_ratio",
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
const TASKS: &[&str] = &["selection.share.", "earnings.share.", "tasks.good_ratio", "tasks.unfilled"];
const ATTACK: &[&str] = &["conduct.reputation_gain."];

macro_rules! deeds {
    ($($deed:ident: $deceit:ident $(($any:tt))?, $name:literal, $unit:literal, $who:tt, $meaning:literal, $told:literal;)+) => {
        /// Printed only when they are not 0: what adversaries did, of which each kind does little.
        const DEEDS: &[&str] = &[$(concat!("conduct.", $name, ".")),+];
    };
}

for_each_deed!(deeds);

const RECORD: &[&str] =
    &["storage.chunks", "storage.replicas_mean", "storage.available_ratio", "storage.refused"];
/// Printed only when chunks were pushed: all of a history may lie in the warm-up.
const PUSHED: &[&str] = &["storage.chunks", "storage.refused"];
const BROADCAST: &[&str] = &[
    "broadcast.coverage_ratio",
    "broadcast.messages_per_node",
    "broadcast.hops_mean",
    "broadcast.time_to_90_s",
];
const TRAFFIC: &[&str] = &["traffic."];

/// The few of these metrics that sum up how a scenario of this world went: those of its workloads first.
pub(crate) fn headline_metrics<'a>(
    world: &WorldConfig,
    metrics: &'a BTreeMap<String, Figure>,
) -> Vec<&'a str> {
    let is_zero = |name: &str| metrics.get(name).is_none_or(|figure| figure.0.unwrap_or(0.0) == 0.0);
    let nothing_pushed = PUSHED.iter().all(|name| is_zero(name));
    let is_among = |names: &[&str], name: &str| names.iter().any(|known| matches(known, name));
    let idle = |name: &str| {
        nothing_pushed && PUSHED.contains(&name)
            || is_among(&[SKIPPED, DEEDS].concat(), name) && is_zero(name)
    };
    let worth_printing = metrics.keys().filter(|name| !idle(name));
    let mut ranked: Vec<(usize, &str)> =
        worth_printing.filter_map(|metric| rank(world, metric).map(|rank| (rank, metric.as_str()))).collect();
    ranked.sort_unstable();
    ranked.into_iter().map(|(_, metric)| metric).collect()
}

/// A metric's place in the report; `None` when it has none.
fn rank(world: &WorldConfig, metric: &str) -> Option<usize> {
    let has = |wanted: fn(&Work) -> bool| world.workloads.iter().any(|workload| wanted(&workload.work));
    let chosen = [
        (TASKS, has(|work| matches!(work, Work::Tasks(_)))),
        (ATTACK, world.groups.iter().any(|group| group.conduct.is_some())),
        (DEEDS, world.groups.iter().any(|group| group.conduct.is_some())),
        (QUERY, has(|work| matches!(work, Work::Query { .. }))),
        (RECORD, has(|work| matches!(work, Work::Record { .. }))),
        (BROADCAST, has(|work| matches!(work, Work::Broadcast { .. }))),
        (TRAFFIC, has(|work| matches!(work, Work::Traffic { .. }))),
        (SKIPPED, true),
        (CHURN, world.ever_offline()),
        (ALWAYS, true),
    ];
    let known = chosen.into_iter().filter(|(_, relevant)| *relevant).flat_map(|(names, _)| names);
    known.enumerate().find(|(_, name)| matches(name, metric)).map(|(rank, _)| rank)
}

/// A name that ends in a dot stands for all that begin so.
fn matches(name: &str, metric: &str) -> bool {
    name == metric || (name.ends_with('.') && metric.starts_with(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics;

    #[test]
    fn every_headline_is_the_name_or_the_beginning_of_a_declared_metric() {
        for name in
            [ALWAYS, SKIPPED, CHURN, QUERY, TASKS, ATTACK, DEEDS, RECORD, PUSHED, BROADCAST, TRAFFIC].concat()
        {
            assert!(metrics::all().any(|metric| matches(name, metric.name)), "{name}");
        }
    }
}

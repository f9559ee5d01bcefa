//! The declarations of all metrics, a file a family. To add one, declare it here; what it needs of a run beyond what the
//! record has goes into the file of the record that it belongs to.

mod broadcast;
mod conduct;
mod confidence;
mod limiter;
mod network;
mod operations;
mod queries;
mod rejected;
mod reputation;
mod routing;
mod storage;
mod tasks;
mod traffic;

use super::Metric;
use crate::world::WorldConfig;

/// All families.
pub(super) const ALL: &[&[Metric]] = &[
    network::NETWORK,
    traffic::TRAFFIC,
    broadcast::BROADCAST,
    storage::STORAGE,
    rejected::REJECTED,
    limiter::LIMITER,
    routing::ROUTING,
    queries::QUERIES,
    reputation::REPUTATION,
    confidence::CONFIDENCE,
    tasks::TASKS,
    conduct::CONDUCT,
    operations::OPERATIONS,
];

fn always(_: &WorldConfig) -> bool {
    true
}

fn asks(config: &WorldConfig) -> bool {
    config.asks()
}

fn records_or_asks(config: &WorldConfig) -> bool {
    config.records() || config.asks()
}

/// Nodes of the protocol ask: the baseline's clients hold nothing that others could ask about.
fn nodes_ask(config: &WorldConfig) -> bool {
    config.baseline.is_none() && config.asks()
}

/// Nodes of the protocol record or ask.
fn nodes_record_or_ask(config: &WorldConfig) -> bool {
    config.baseline.is_none() && records_or_asks(config)
}

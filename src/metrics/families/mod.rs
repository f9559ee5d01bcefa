//! The declarations of all metrics, a file a family. To add one, declare it here; what it needs of a run beyond what the
//! record has goes into the file of the record that it belongs to.

mod askers;
mod broadcast;
mod conditions;
mod conduct;
mod confidence;
mod cpu;
mod forgotten;
mod limiter;
mod network;
mod operations;
mod queries;
mod receipts;
mod rejected;
mod reputation;
mod routing;
mod samples;
mod storage;
mod tasks;
mod traffic;

use super::Metric;
pub(super) use samples::sample_of;

/// All families.
pub(super) const ALL: &[&[Metric]] = &[
    network::SENT,
    network::FATES,
    network::LOSSES,
    network::FAULTS,
    network::NETWORK,
    cpu::CPU,
    traffic::TRAFFIC,
    broadcast::BROADCAST,
    storage::STORAGE,
    rejected::REJECTED,
    forgotten::FORGOTTEN,
    receipts::SETTLED,
    limiter::LIMITER,
    routing::ROUTING,
    queries::QUERIES,
    queries::SILENCE,
    queries::SHARES,
    askers::BY_ASKER,
    reputation::REPUTATION,
    confidence::CONFIDENCE,
    tasks::TASKS,
    conduct::CONDUCT,
    operations::OPERATIONS,
];

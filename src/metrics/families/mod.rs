//! The declarations of all metrics, a file a family. To add one, declare it here; what it needs of a run beyond what the
//! record has goes into the file of the record that it belongs to.

mod askers;
mod behind;
mod broadcast;
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
mod storage;
mod tasks;
mod traffic;

use super::Metric;

/// All families.
pub(super) const ALL: &[&[Metric]] = checked(&[
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
    conduct::COSTS,
    conduct::DEEDS,
    conduct::DAMAGE,
    operations::OPERATIONS,
]);

/// The same, if each metric in them says what is behind it.
const fn checked(all: &'static [&'static [Metric]]) -> &'static [&'static [Metric]] {
    let mut families = all;
    while let [family, others @ ..] = families {
        let mut metrics = *family;
        while let [metric, others @ ..] = metrics {
            assert!(metric.says_what_is_behind_it(), "{}", metric.name);
            metrics = others;
        }
        families = others;
    }
    all
}

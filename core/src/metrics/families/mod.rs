//! The declarations of all metrics and of the charts that show them, a file a family. To add one, declare it here; what it needs of a run beyond what the
//! record has goes into the file of the record that it belongs to.

mod askers;
mod behind;
pub mod broadcast;
mod conduct;
pub mod confidence;
mod cpu;
mod forgotten;
pub mod limiter;
pub mod network;
mod operations;
pub mod queries;
mod receipts;
mod rejected;
pub mod reputation;
mod routing;
pub mod run;
mod storage;
pub mod tasks;
pub mod traffic;

use super::{ChartKind, Metric};

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

/// The kinds of chart of all families.
const CHARTS: &[&[&ChartKind]] = &[
    run::CHARTS,
    queries::CHARTS,
    reputation::CHARTS,
    confidence::CHARTS,
    limiter::CHARTS,
    network::CHARTS,
    broadcast::CHARTS,
    traffic::CHARTS,
    tasks::CHARTS,
];

impl ChartKind {
    /// All kinds.
    pub fn all() -> impl Iterator<Item = &'static ChartKind> {
        CHARTS.iter().copied().flatten().copied()
    }
}

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

//! When a scenario has a table, a column, or data for a chart.

use crate::world::{Work, WorldConfig};

/// What a scenario must have for a table, a column or a chart to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    Always,
    /// Somebody records outcomes.
    Records,
    /// Somebody asks about somebody.
    Asks,
    /// Storage nodes have something to limit: chunks to take or queries to answer.
    Limits,
    Broadcasts,
    Tasks,
    Traffic,
}

impl When {
    /// Whether a scenario has what is needed.
    pub(crate) fn holds(self, config: &WorldConfig) -> bool {
        match self {
            When::Always => true,
            When::Records => config.records(),
            When::Asks => config.asks(),
            When::Limits => {
                config.groups.iter().any(|group| group.stores) && (config.records() || config.asks())
            }
            When::Broadcasts => config.any_work(|work| matches!(work, Work::Broadcast { .. })),
            When::Tasks => config.any_work(|work| matches!(work, Work::Tasks(_))),
            When::Traffic => config.any_work(|work| matches!(work, Work::Traffic { .. })),
        }
    }

    /// What a scenario must have, in words; `None` for what every scenario has.
    pub(crate) fn needs(self) -> Option<&'static str> {
        match self {
            When::Always => None,
            When::Records => Some("a workload with kind = \"record\" or \"tasks\""),
            When::Asks => Some("a workload with kind = \"query\" or \"tasks\""),
            When::Limits => Some("a group that stores, and a workload that records or asks"),
            When::Broadcasts => Some("a workload with kind = \"broadcast\""),
            When::Tasks => Some("a workload with kind = \"tasks\""),
            When::Traffic => Some("a workload with kind = \"traffic\""),
        }
    }
}

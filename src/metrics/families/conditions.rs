//! What a scenario must have for the metrics of more than one family.

use crate::world::WorldConfig;

pub(super) fn always(_: &WorldConfig) -> bool {
    true
}

pub(super) fn asks(config: &WorldConfig) -> bool {
    config.asks()
}

pub(super) fn records_or_asks(config: &WorldConfig) -> bool {
    config.records() || config.asks()
}

/// Nodes of the protocol ask: the baseline's clients hold nothing that others could ask about.
pub(super) fn nodes_ask(config: &WorldConfig) -> bool {
    config.baseline.is_none() && config.asks()
}

/// Nodes of the protocol record or ask.
pub(super) fn nodes_record_or_ask(config: &WorldConfig) -> bool {
    config.baseline.is_none() && records_or_asks(config)
}

/// Nodes of the protocol record.
pub(super) fn nodes_record(config: &WorldConfig) -> bool {
    config.baseline.is_none() && config.records()
}

//! What a scenario must have for the metrics of more than one family.

use crate::conduct::AdversaryKind;
use crate::metrics::declaration::{Has, OfScenario};
use crate::world::WorldConfig;

pub(super) const ALWAYS: OfScenario = Has { when: "always", is: |_| true };

pub(super) const ASKS: OfScenario =
    Has { when: "queries are asked, be it for tasks or by adversaries", is: WorldConfig::asks };

pub(super) const RECORDS_OR_ASKS: OfScenario =
    Has { when: "outcomes are recorded or queries asked", is: records_or_asks };

/// The baseline's clients hold nothing that others could ask about.
pub(super) const NODES_ASK: OfScenario = Has {
    when: "queries are asked, but not of a coordinator",
    is: |config| is_no_baseline(config) && config.asks(),
};

pub(super) const NODES_RECORD_OR_ASK: OfScenario = Has {
    when: "outcomes are recorded or queries asked, but not at a coordinator",
    is: |config| is_no_baseline(config) && records_or_asks(config),
};

pub(super) const ANNOUNCED_ONLY: OfScenario = Has {
    when: "askers take announced chunks alone (`announced_only`)",
    is: |config| {
        is_no_baseline(config)
            && config.asks()
            && config.protocol.as_ref().is_some_and(|it| it.announced_only)
    },
};

pub(super) const LIMITS_FORWARDING: OfScenario = Has {
    when: "nodes limit the queries that they pass on (`forward_limit`)",
    is: |config| {
        is_no_baseline(config)
            && config.asks()
            && config.protocol.as_ref().is_some_and(|it| it.forward_limit.is_some())
    },
};

pub(super) const RECEIPTS: OfScenario = Has {
    when: "outcomes are recorded with receipts (`receipts`)",
    is: |config| {
        is_no_baseline(config)
            && config.records()
            && config.protocol.as_ref().is_some_and(|it| it.receipts.is_some())
    },
};

pub(super) const NODES_RECORD: OfScenario = Has {
    when: "outcomes are recorded, but not at a coordinator",
    is: |config| is_no_baseline(config) && config.records(),
};

pub(super) const FAULTS_LOSE: OfScenario =
    Has { when: "a fault keeps messages from passing", is: WorldConfig::faults_lose };

pub(super) const LIMITED: OfScenario =
    Has { when: "a group has `max_connections`", is: WorldConfig::limits_connections };
pub(super) const FAULTS_DUPLICATE: OfScenario =
    Has { when: "a fault has `kind = \"duplicate\"`", is: WorldConfig::faults_duplicate };

pub(super) const BEHIND_NAT: OfScenario = Has { when: "a group has `nat`", is: WorldConfig::has_nats };

pub(super) const NODES_ASK_BEHIND_NAT: OfScenario = Has {
    when: "a group has `nat`, and queries are asked, but not of a coordinator",
    is: |config| config.has_nats() && (NODES_ASK.is)(config),
};

pub(super) const ASKS_ABOUT_UNKNOWN: OfScenario = Has {
    when: "queries are about a group, too, of which no workload leaves a record, but not of a coordinator",
    is: |config| is_no_baseline(config) && config.asks_about_unknown(),
};

pub(super) const ATTACKED_ASKS: OfScenario = Has {
    when: "a group has a `conduct`, and queries are asked",
    is: |config| config.is_attacked() && config.asks(),
};

pub(super) const FORKS_ASKS: OfScenario = Has {
    when: "a group has `conduct` = \"equivocator\", and queries are asked",
    is: |config| {
        config.asks() && config.has_conduct(|kind| matches!(kind, AdversaryKind::Equivocator { .. }))
    },
};

/// Queries are asked, and spies may hear of them.
pub(super) const SPIED_ASKS: OfScenario = Has {
    when: "a group has `conduct` = \"spy\", and queries are asked",
    is: |config| config.is_spied_upon(),
};

fn records_or_asks(config: &WorldConfig) -> bool {
    config.records() || config.asks()
}

fn is_no_baseline(config: &WorldConfig) -> bool {
    config.baseline.is_none()
}

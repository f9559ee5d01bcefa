//! When a scenario has a table, a column, or data for a chart.

use crate::world::{Work, WorldConfig};

/// A file with a row for each host is written for as many hosts, and for no more.
pub(crate) const MOST_HOSTS: u32 = 10_000;

/// What a scenario must have for a table, a column or a chart to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    Always,
    /// There are no more than [`MOST_HOSTS`] hosts.
    FewHosts,
    /// Nodes run the protocol.
    Protocol,
    /// A coordinator runs in its place.
    Baseline,
    /// Nodes record outcomes, or ask.
    Nodes,
    /// Routing tables change by what nodes receive.
    Learns,
    /// Nodes look each other up.
    LooksUp,
    /// Somebody records outcomes, or asks.
    Reputation,
    /// Somebody asks about somebody.
    Asks,
    /// Storage nodes have something to limit: chunks to take or queries to answer.
    Limits,
    Broadcasts,
    Tasks,
    Traffic,
    /// Candidates of tasks are asked about, and not of a coordinator.
    Weighs,
    /// Storage nodes have room for so much.
    Capacity,
    /// It is answered.
    Responses,
    /// Faults keep messages from passing.
    FaultsLose,
    /// Hosts have processors that take time.
    Cpu,
    /// Hosts have limits to how many connections they keep.
    LimitsConnections,
    /// Faults let datagrams come twice.
    FaultsDuplicate,
    /// Hosts are behind NATs.
    BehindNat,
    /// They are, and somebody asks about somebody.
    AsksBehindNat,
    /// Something is counted that is seldom, or of many kinds.
    Counts,
    /// There are adversaries.
    Attacked,
    /// Questions go through others before they are broadcast.
    RelaysQueries,
    /// Spies may hear of queries.
    Spied,
    /// There are hosts with several identities.
    Identities,
}

impl When {
    /// Whether a scenario has what is needed.
    pub(crate) fn holds(self, config: &WorldConfig) -> bool {
        match self {
            When::Always => true,
            When::FewHosts => config.groups.iter().map(|group| group.hosts.count).sum::<u32>() <= MOST_HOSTS,
            When::Protocol => config.runs_protocol(),
            When::Baseline => config.baseline.is_some(),
            When::Nodes => config.baseline.is_none() && (config.records() || config.asks()),
            When::Learns => config.learns(),
            When::LooksUp => config.looks_up(),
            When::Reputation => config.records() || config.asks(),
            When::Asks => config.asks(),
            When::Limits => When::Nodes.holds(config) && config.groups.iter().any(|group| group.stores),
            When::Broadcasts => config.any_work(|work| matches!(work, Work::Broadcast { .. })),
            When::Tasks => config.any_work(|work| matches!(work, Work::Tasks(_))),
            When::Weighs => config.weighs(),
            When::Capacity => When::Nodes.holds(config) && config.limits_stores(),
            When::FaultsLose => config.faults_lose(),
            When::Cpu => config.has_cpus(),
            When::LimitsConnections => config.limits_connections(),
            When::FaultsDuplicate => config.faults_duplicate(),
            When::BehindNat => config.has_nats(),
            When::AsksBehindNat => config.has_nats() && config.asks(),
            When::Counts => config.runs_protocol() || config.faults_lose(),
            When::Attacked => config.is_attacked(),
            When::RelaysQueries => config.relays_queries() && config.asks(),
            When::Spied => config.is_spied_upon(),
            When::Identities => config.has_further_identities(),
            When::Responses => {
                config.any_work(|work| matches!(work, Work::Traffic { response: Some(_), .. }))
            }
            When::Traffic => config.any_work(|work| matches!(work, Work::Traffic { .. })),
        }
    }

    /// What a scenario must have, in words; `None` for what every scenario has.
    pub(crate) fn needs(self) -> Option<&'static str> {
        match self {
            When::Always => None,
            When::FewHosts => Some("no more than 10,000 hosts"),
            When::Protocol => Some("a workload other than kind = \"traffic\", and no `baseline`"),
            When::Baseline => Some("a `baseline`"),
            When::Nodes => Some("a workload that records or asks, and no `baseline`"),
            When::Learns => Some("a protocol whose routing tables change"),
            When::LooksUp => {
                Some("a protocol whose routing tables change, or with dissemination = \"lookup\"")
            }
            When::Reputation => Some("a workload that records or asks"),
            When::Asks => Some("a workload with kind = \"query\" or \"tasks\""),
            When::Limits => Some("a group that stores, a workload that records or asks, and no `baseline`"),
            When::Broadcasts => Some("a workload with kind = \"broadcast\""),
            When::Tasks => Some("a workload with kind = \"tasks\""),
            When::Weighs => Some("a workload with kind = \"tasks\" and `ask`, and no `baseline`"),
            When::Capacity => Some("a workload that records or asks, no `baseline`, and a `store.capacity`"),
            When::FaultsLose => Some("a fault with kind = \"partition\", \"cut\" or \"loss\""),
            When::FaultsDuplicate => Some("a fault with kind = \"duplicate\""),
            When::Cpu => Some("a group with `cpu`"),
            When::LimitsConnections => Some("a group with `max_connections`"),
            When::BehindNat => Some("a group with `nat`"),
            When::AsksBehindNat => {
                Some("a group with `nat`, and a workload with kind = \"query\" or \"tasks\"")
            }
            When::Counts => Some(
                "a workload other than kind = \"traffic\" and no `baseline`, or a fault with kind = \"partition\", \"cut\" or \"loss\"",
            ),
            When::Attacked => Some("a group with a `conduct`"),
            When::RelaysQueries => {
                Some("`protocol.queries`, and a workload with kind = \"query\" or \"tasks\"")
            }
            When::Spied => {
                Some("a group with `conduct` = \"spy\", and a workload with kind = \"query\" or \"tasks\"")
            }
            When::Identities => Some("a group whose `conduct` has `identities`"),
            When::Responses => Some("a workload with kind = \"traffic\" and a `response`"),
            When::Traffic => Some("a workload with kind = \"traffic\""),
        }
    }
}

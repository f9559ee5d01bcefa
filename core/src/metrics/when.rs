//! When a scenario has a metric, a table, a column, or data for a chart.

use crate::conduct::AdversaryKind;
use crate::protocol::{Config, Start};
use crate::world::{Work, WorldConfig};

/// A file with a row for each host is written for as many hosts, and for no more.
pub(in crate::metrics) const MOST_HOSTS: u32 = 10_000;

/// Declares conditions: each with words that follow on "when", and whether a scenario fulfils it.
macro_rules! conditions {
    ($($when:ident: $words:literal, $is:expr;)+) => {
        /// What a scenario must have for a metric, a table, a column or a chart to be there.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum When {
            $(#[doc = $words] $when,)+
        }

        impl When {
            /// Whether a scenario has what is needed.
            pub fn holds(self, config: &WorldConfig) -> bool {
                let is: fn(&WorldConfig) -> bool = match self {
                    $(When::$when => $is,)+
                };
                is(config)
            }

            /// In words that follow on "when"; or "always".
            pub const fn words(self) -> &'static str {
                match self {
                    $(When::$when => $words,)+
                }
            }
        }
    };
}

// Clients of a coordinator (`baseline`) hold nothing that others could ask about, limit nothing, and reject nothing.
conditions! {
    Always: "always", |_| true;
    FewHosts: "there are no more than 10,000 hosts", |config| config.groups.iter().map(|group| group.hosts.count).sum::<u32>() <= MOST_HOSTS;
    NodesRun: "nodes run the protocol: they broadcast, record, ask or give tasks", WorldConfig::runs_protocol;
    Baseline: "a coordinator runs in place of the protocol (`protocol.baseline`)", |config| config.baseline.is_some();
    RecordsOrAsks: "outcomes are recorded or queries asked", |config| config.records() || config.asks();
    NodesRecordOrAsk: "outcomes are recorded or queries asked, but not at a coordinator", |config| has_nodes(config) && (config.records() || config.asks());
    NodesRecord: "outcomes are recorded, but not at a coordinator", |config| has_nodes(config) && config.records();
    Asks: "queries are asked, be it for tasks or by adversaries", WorldConfig::asks;
    NodesAsk: "queries are asked, but not of a coordinator", |config| has_nodes(config) && config.asks();
    AsksAboutUnknown: "queries are about a group, too, of which no workload leaves a record, but not of a coordinator", |config| has_nodes(config) && config.asks_about_unknown();
    AnnouncedOnly: "askers take announced chunks alone (`announced_only`)", |config| When::NodesAsk.holds(config) && protocol(config, |it| it.announced_only);
    LimitsForwarding: "nodes limit the queries that they pass on (`forward_limit`)", |config| When::NodesAsk.holds(config) && protocol(config, |it| it.forward_limit.is_some());
    RelaysQueries: "queries are asked, and go through others before they are broadcast (`protocol.queries`)", |config| config.relays_queries() && config.asks();
    Receipts: "outcomes are recorded with receipts (`receipts`)", |config| When::NodesRecord.holds(config) && protocol(config, |it| it.receipts.is_some());
    Limits: "there are storage nodes, and outcomes are recorded or queries asked, but not at a coordinator", |config| When::NodesRecordOrAsk.holds(config) && config.groups.iter().any(|group| group.stores);
    Capacity: "storage nodes have a `capacity`, and outcomes are recorded or queries asked, but not at a coordinator", |config| When::NodesRecordOrAsk.holds(config) && config.limits_stores();
    Learns: "routing tables change (`protocol.start` = \"cold\", or a `protocol.maintenance`)", WorldConfig::learns;
    Joins: "nodes have to join (`protocol.start` = \"cold\")", |config| has_nodes(config) && protocol(config, |it| it.start == Start::Cold);
    LooksUp: "nodes look each other up: routing tables change, or `protocol.dissemination` = \"lookup\"", WorldConfig::looks_up;
    Broadcasts: "a workload has kind = \"broadcast\"", |config| config.any_work(|work| matches!(work, Work::Broadcast { .. }));
    Tasks: "there are tasks", |config| config.any_work(|work| matches!(work, Work::Tasks(_)));
    Weighs: "tasks are given by reputations that are asked for (`ask`), but not of a coordinator", WorldConfig::weighs;
    Traffic: "a workload has kind = \"traffic\"", |config| config.any_work(|work| matches!(work, Work::Traffic { .. }));
    Responses: "a workload with kind = \"traffic\" has a `response`", |config| config.any_work(|work| matches!(work, Work::Traffic { response: Some(_), .. }));
    FaultsLose: "a fault keeps messages from passing", WorldConfig::faults_lose;
    FaultsDuplicate: "a fault has `kind = \"duplicate\"`", WorldConfig::faults_duplicate;
    Cpu: "a group has `cpu`", WorldConfig::has_cpus;
    LimitsConnections: "a group has `max_connections`", |config| config.any_hosts(|hosts| hosts.max_connections.is_some());
    BehindNat: "a group has `nat`", |config| config.any_hosts(|hosts| !hosts.reachability.nat.is_none());
    LimitsReach: "something keeps hosts from others, as `nat` does", WorldConfig::limits_reach;
    AsksLimitsReach: "something keeps hosts from others, as `nat` does, and queries are asked", |config| config.limits_reach() && config.asks();
    NodesAskLimitsReach: "something keeps hosts from others, as `nat` does, and queries are asked, but not of a coordinator", |config| config.limits_reach() && When::NodesAsk.holds(config);
    Counts: "nodes run the protocol, or a fault keeps messages from passing", |config| config.runs_protocol() || config.faults_lose();
    Attacked: "a group has a `conduct`", WorldConfig::is_attacked;
    AttackedAsks: "a group has a `conduct`, and queries are asked", |config| config.is_attacked() && config.asks();
    ForksAsks: "a group has `conduct` = \"equivocator\", and queries are asked", |config| config.asks() && config.has_conduct(|kind| matches!(kind, AdversaryKind::Equivocator { .. }));
    Spied: "a group has `conduct` = \"spy\", and queries are asked", WorldConfig::is_spied_upon;
    Identities: "a group has a `conduct` with `identities`", WorldConfig::has_further_identities;
}

fn has_nodes(config: &WorldConfig) -> bool {
    config.baseline.is_none()
}

fn protocol(config: &WorldConfig, is: impl Fn(&Config) -> bool) -> bool {
    config.protocol.as_ref().is_some_and(is)
}

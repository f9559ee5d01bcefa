//! Lookups, and routing tables that nodes fill by themselves.

use super::conditions::NODES_RECORD_OR_ASK;
use crate::metrics::MetricUnit::{Of, Plain, Seconds};
use crate::metrics::declaration::{
    Definition::Once,
    Has, OfScenario,
    Source::{Nowhere, Table},
    metrics,
};
use crate::metrics::figures::{Waits, mean};
use crate::protocol::{Config, Dissemination, Start};
use crate::units::Duration;
use crate::world::WorldConfig;

const LOOKUPS: &str = "lookups are too many for a row each";
const NO_ROWS: &str = "no file has a row for each join";

metrics!(ROUTING {
    "lookups.count", Of("lookups"), Count, Sum, Window, Started, Nowhere(LOOKUPS), "Lookups that began, and have ended.", Once(LOOKS_UP, |v| Some(v.within(&v.run.lookups).count() as f64));
    "lookups.hops_mean", Of("hops"), Amount, Mean, Window, Started, Nowhere(LOOKUPS), "Nodes on the path to the closest one, itself included, over the lookups that found any; `lookups.failed_ratio` says how many did not.", Once(LOOKS_UP, |v| mean(v.within(&v.run.lookups).filter(|found| found.closest.is_some()).map(|found| f64::from(found.hops))));
    "lookups.failed_ratio", Plain, Share, Ratio, Window, Started, Nowhere(LOOKUPS), "Share of lookups that found nobody.", Once(LOOKS_UP, |v| mean(v.within(&v.run.lookups).map(|found| f64::from(u8::from(found.closest.is_none())))));
    "lookups.messages_mean", Of("messages"), Amount, Mean, Window, Started, Nowhere(LOOKUPS), "Requests sent, per lookup.", Once(LOOKS_UP, |v| mean(v.within(&v.run.lookups).map(|found| f64::from(found.messages))));
    "lookups.latency_p50_s", Seconds, Time, Median, Window, Started, Nowhere(LOOKUPS), "Median of the time that a lookup takes.", Once(LOOKS_UP, |v| Waits::of(v.within(&v.run.lookups).map(|found| Some(found.took.as_seconds()))).median());
    "routing.contacts_mean", Of("contacts"), Amount, TimeMean, Window, Averaged, Table("timeseries.csv"), "Contacts in the routing table of a host that is online, averaged over hosts and time.", Once(LEARNS, |v| v.run.routing.contacts_mean(v.window));
    "routing.away_ratio", Plain, Share, TimeMean, Window, Averaged, Table("timeseries.csv"), "Share of the contacts in the routing tables of online hosts that are offline, averaged over time.", Once(LEARNS, |v| v.run.routing.away_ratio(v.window));
    "routing.joined", Of("nodes"), Count, Sum, Window, Started, Nowhere(NO_ROWS), "Nodes that began to join, and completed it.", Once(LEARNS, |v| Some(v.within(&v.run.routing.joined).count() as f64));
    "routing.unjoined", Of("hosts"), Count, Sum, Run, WholeRun, Nowhere(NO_ROWS), "Hosts that came online and completed no join by the end of the run.", Once(JOINS, |v| Some(v.run.routing.unjoined() as f64));
    "routing.join_mean_s", Seconds, Time, Mean, Window, Started, Nowhere(NO_ROWS), "Time from a node's start until its join was complete, the wait of `join_over` included, over the nodes that completed it: `routing.joined` of all nodes of the scenario.", Once(LEARNS, |v| mean(v.within(&v.run.routing.joined).copied().map(Duration::as_seconds)));
    "routing.given_up", Of("contacts"), Count, Sum, Window, Happened, Table("timeseries.csv"), "Contacts given up because they did not answer.", Once(LEARNS, |v| Some(v.count_in(&v.run.routing.lost)));
});

/// Routing tables change by what nodes receive.
pub(super) const LEARNS: OfScenario = Has {
    when: "routing tables change (`protocol.start` = \"cold\", or a `protocol.maintenance`)",
    is: |config| any_node(config, Config::learns),
};

/// Nodes begin with nobody in their tables but those whom everybody knows.
const JOINS: OfScenario = Has {
    when: "nodes have to join (`protocol.start` = \"cold\")",
    is: |config| any_node(config, |protocol| protocol.start == Start::Cold),
};

/// For their routing tables, or for chunks and queries.
const LOOKS_UP: OfScenario = Has {
    when: "nodes look each other up: routing tables change, or `protocol.dissemination` = \"lookup\"",
    is: |config| {
        let by_lookup = |protocol: &Config| protocol.dissemination == Dissemination::Lookup;
        (LEARNS.is)(config) || (NODES_RECORD_OR_ASK.is)(config) && any_node(config, by_lookup)
    },
};

/// Whether the nodes' configuration, if there are nodes of the protocol, is so.
fn any_node(config: &WorldConfig, is: fn(&Config) -> bool) -> bool {
    config.baseline.is_none() && config.protocol.as_ref().is_some_and(is)
}

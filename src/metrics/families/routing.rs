//! Lookups, and routing tables that nodes fill by themselves.

use crate::metrics::MetricUnit::{Of, Plain, Seconds};
use crate::metrics::declaration::{
    Definition::Once,
    Source::{Nowhere, Table},
    metrics,
};
use crate::metrics::figures::{Waits, mean};
use crate::protocol::{Config, Dissemination, Start};
use crate::units::Duration;
use crate::world::WorldConfig;

const LOOKUPS: &str = "lookups are too many for a row each";
const JOINS: &str = "no file has a row for each join";

metrics!(ROUTING {
    "lookups.count", Of("lookups"), Count, Sum, Window, Started, Nowhere(LOOKUPS), "Lookups that began, and have ended.", Once(looks_up, |v| Some(v.within(&v.run.lookups).count() as f64));
    "lookups.hops_mean", Of("hops"), Amount, Mean, Window, Started, Nowhere(LOOKUPS), "Nodes on the path to the closest one, itself included, over the lookups that found any; `lookups.failed_ratio` says how many did not.", Once(looks_up, |v| mean(v.within(&v.run.lookups).filter(|found| found.closest.is_some()).map(|found| f64::from(found.hops))));
    "lookups.failed_ratio", Plain, Share, Ratio, Window, Started, Nowhere(LOOKUPS), "Share of lookups that found nobody.", Once(looks_up, |v| mean(v.within(&v.run.lookups).map(|found| f64::from(u8::from(found.closest.is_none())))));
    "lookups.messages_mean", Of("messages"), Amount, Mean, Window, Started, Nowhere(LOOKUPS), "Requests sent, per lookup.", Once(looks_up, |v| mean(v.within(&v.run.lookups).map(|found| f64::from(found.messages))));
    "lookups.latency_p50_s", Seconds, Time, Median, Window, Started, Nowhere(LOOKUPS), "Median of the time that a lookup takes.", Once(looks_up, |v| Waits::of(v.within(&v.run.lookups).map(|found| Some(found.took.as_seconds()))).median());
    "routing.contacts_mean", Of("contacts"), Amount, TimeMean, Window, Averaged, Table("timeseries.csv"), "Contacts in the routing table of a host that is online, averaged over hosts and time.", Once(learns, |v| v.run.routing.contacts_mean(v.window));
    "routing.away_ratio", Plain, Share, TimeMean, Window, Averaged, Table("timeseries.csv"), "Share of the contacts in the routing tables of online hosts that are offline, averaged over time.", Once(learns, |v| v.run.routing.away_ratio(v.window));
    "routing.joined", Of("nodes"), Count, Sum, Window, Started, Nowhere(JOINS), "Nodes that began to join, and completed it.", Once(learns, |v| Some(v.within(&v.run.routing.joined).count() as f64));
    "routing.unjoined", Of("hosts"), Count, Sum, Run, WholeRun, Nowhere(JOINS), "Hosts that came online and completed no join by the end of the run.", Once(joins, |v| Some(v.run.routing.unjoined() as f64));
    "routing.join_mean_s", Seconds, Time, Mean, Window, Started, Nowhere(JOINS), "Time from a node's start until its join was complete, the wait of `join_over` included, over the nodes that completed it: `routing.joined` of all nodes of the scenario.", Once(learns, |v| mean(v.within(&v.run.routing.joined).copied().map(Duration::as_seconds)));
    "routing.given_up", Of("contacts"), Count, Sum, Window, Happened, Table("timeseries.csv"), "Contacts given up because they did not answer.", Once(learns, |v| Some(v.count_in(&v.run.routing.lost)));
});

/// Routing tables change by what nodes receive.
pub(super) fn learns(config: &WorldConfig) -> bool {
    config.baseline.is_none() && config.protocol.as_ref().is_some_and(Config::learns)
}

/// Nodes begin with nobody in their tables but those whom everybody knows.
fn joins(config: &WorldConfig) -> bool {
    config.baseline.is_none()
        && config.protocol.as_ref().is_some_and(|protocol| protocol.start == Start::Cold)
}

/// Nodes look each other up: for their routing tables, or for chunks and queries.
fn looks_up(config: &WorldConfig) -> bool {
    let by_lookup = |protocol: &Config| protocol.dissemination == Dissemination::Lookup;
    let disseminates = config.protocol.as_ref().is_some_and(by_lookup);
    learns(config) || super::conditions::nodes_record_or_ask(config) && disseminates
}

//! Lookups, and routing tables that nodes fill by themselves.

use crate::metrics::MetricUnit::{Of, Plain, Seconds};
use crate::metrics::declaration::{Definition::Once, metrics};
use crate::metrics::figures::{mean, quantile_of};
use crate::protocol::{Config, Dissemination, Start};
use crate::units::Duration;
use crate::world::WorldConfig;

metrics!(ROUTING {
    "lookups.count", Of("lookups"), Count, Sum, Window, "Lookups that have ended.", Once(looks_up, |v| Some(v.within(&v.run.lookups).count() as f64));
    "lookups.failed", Of("lookups"), Count, Sum, Window, "Lookups that ended without a single node found.", Once(looks_up, |v| Some(v.within(&v.run.lookups).filter(|found| found.closest.is_none()).count() as f64));
    "lookups.hops_mean", Of("hops"), Amount, Mean, Window, "Nodes on the path to the closest one, itself included, over the lookups that found any.", Once(looks_up, |v| mean(v.within(&v.run.lookups).filter(|found| found.closest.is_some()).map(|found| f64::from(found.hops))));
    "lookups.messages_mean", Of("messages"), Amount, Mean, Window, "Requests sent, per lookup.", Once(looks_up, |v| mean(v.within(&v.run.lookups).map(|found| f64::from(found.messages))));
    "lookups.latency_p50_s", Seconds, Time, Median, Window, "Median of the time that a lookup takes.", Once(looks_up, |v| quantile_of(v.within(&v.run.lookups).map(|found| found.took.as_seconds()), 0.5));
    "routing.contacts_mean", Of("contacts"), Amount, TimeMean, Run, "Contacts in the routing table of a host that is online, averaged over hosts and time.", Once(learns, |v| v.run.routing.contacts_mean());
    "routing.away_ratio", Plain, Share, TimeMean, Run, "Share of the contacts in the routing tables of online hosts that are offline, averaged over time.", Once(learns, |v| v.run.routing.away_ratio());
    "routing.joined", Of("nodes"), Count, Sum, Window, "Nodes that completed their join.", Once(learns, |v| Some(v.within(&v.run.routing.joined).count() as f64));
    "routing.unjoined", Of("hosts"), Count, Sum, Run, "Hosts that came online and completed no join by the end of the run.", Once(joins, |v| Some(v.run.routing.unjoined() as f64));
    "routing.join_mean_s", Seconds, Time, Mean, Window, "Time from a node's start until its join was complete, the wait of `join_over` included.", Once(learns, |v| mean(v.within(&v.run.routing.joined).copied().map(Duration::as_seconds)));
    "routing.given_up", Of("contacts"), Count, Sum, Window, "Contacts given up because they did not answer.", Once(learns, |v| Some(v.count_in(&v.run.routing.lost)));
});

/// Routing tables change by what nodes receive.
fn learns(config: &WorldConfig) -> bool {
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

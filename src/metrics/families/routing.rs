//! Lookups, and routing tables that nodes fill by themselves.

use crate::metrics::MetricUnit::{Of, Plain, Seconds};
use crate::metrics::Sample::{Trials, Units};
use crate::metrics::declaration::{Definition::Once, Has, OfScenario, metrics};
use crate::metrics::figures::{Waits, mean};
use crate::metrics::routing::Join;
use crate::metrics::view::View;
use crate::protocol::{Config, Start};
use crate::world::WorldConfig;

metrics!(ROUTING {
    "lookups.count", Of("lookups"), Count, Neither, Sum, Window, Started, "lookups.csv", "Lookups that began, and have ended.", Once(LOOKS_UP, |v| Some(v.within(&v.run.lookups).count() as f64));
    "lookups.hops_mean", Of("hops"), Amount, Less, Mean, Window, Started, "lookups.csv", "Nodes on the path to the closest one, itself included, over the lookups that found any; `lookups.failed_ratio` says how many did not.", Once(LOOKS_UP, |v| mean(v.within(&v.run.lookups).filter(|found| found.closest.is_some()).map(|found| f64::from(found.hops))));
    "lookups.failed_ratio", Plain, Share, Less, Ratio, Window, Started, "lookups.csv", "Share of lookups that found nobody.", Once(LOOKS_UP, |v| mean(v.within(&v.run.lookups).map(|found| f64::from(u8::from(found.closest.is_none()))))), of |v, _, _| Trials(v.within(&v.run.lookups).count() as f64);
    "lookups.messages_mean", Of("messages"), Amount, Less, Mean, Window, Started, "lookups.csv", "Requests sent, per lookup.", Once(LOOKS_UP, |v| mean(v.within(&v.run.lookups).map(|found| f64::from(found.messages))));
    "lookups.latency_p50_s", Seconds, Time, Less, Median, Window, Started, "lookups.csv", "Median of the time that a lookup takes.", Once(LOOKS_UP, |v| Waits::of(v.within(&v.run.lookups).map(|found| Some(found.took.as_seconds()))).median());
    "routing.contacts_mean", Of("contacts"), Amount, Neither, TimeMean, Window, Averaged, "timeseries.csv", "Contacts in the routing table of a host that is online, averaged over hosts and time.", Once(LEARNS, |v| v.run.routing.contacts_mean(v.window));
    // Who is online, and when, is each host's own: so are the contacts that it is one of.
    "routing.away_ratio", Plain, Share, Less, TimeMean, Window, Averaged, "timeseries.csv", "Share of the contacts in the routing tables of online hosts that are offline, averaged over time.", Once(LEARNS, |v| v.run.routing.away_ratio(v.window)), of |v, _, _| Units(v.run.routing.came() as f64);
    "routing.joined", Of("nodes"), Count, Neither, Sum, Window, Started, "joins.csv", "Nodes that began to join, and completed it.", Once(LEARNS, |v| Some(joins(v).count() as f64));
    "routing.unjoined", Of("hosts"), Count, Less, Sum, Run, WholeRun, "joins.csv", "Hosts that came online and completed no join by the end of the run.", Once(JOINS, |v| Some(v.run.routing.without_join().count() as f64));
    "routing.join_mean_s", Seconds, Time, Less, Mean, Window, Started, "joins.csv", "Time from a node's start until its join was complete, the wait of `join_over` included, over the nodes that completed it: `routing.joined` of all nodes of the scenario.", Once(LEARNS, |v| mean(joins(v).map(|join| join.took.as_seconds())));
    "routing.given_up", Of("contacts"), Count, Neither, Sum, Window, Happened, "timeseries.csv", "Contacts given up because they did not answer.", Once(LEARNS, |v| Some(v.count_in(&v.run.routing.lost)));
});

/// Routing tables change by what nodes receive.
pub(super) const LEARNS: OfScenario = Has {
    when: "routing tables change (`protocol.start` = \"cold\", or a `protocol.maintenance`)",
    is: WorldConfig::learns,
};

/// Nodes begin with nobody in their tables but those whom everybody knows.
const JOINS: OfScenario = Has {
    when: "nodes have to join (`protocol.start` = \"cold\")",
    is: |config| {
        let is_cold = |protocol: &Config| protocol.start == Start::Cold;
        config.baseline.is_none() && config.protocol.as_ref().is_some_and(is_cold)
    },
};

const LOOKS_UP: OfScenario = Has {
    when: "nodes look each other up: routing tables change, or `protocol.dissemination` = \"lookup\"",
    is: WorldConfig::looks_up,
};

fn joins<'v>(view: &'v View<'_>) -> impl Iterator<Item = &'v Join> {
    view.run.routing.joins.iter().filter(|join| view.window.contains(join.began))
}

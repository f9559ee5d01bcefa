//! Lookups, and routing tables that nodes fill by themselves.

use crate::metrics::MetricUnit::{Of, Plain, Seconds};
use crate::metrics::Sample::{Trials, Units};
use crate::metrics::declaration::{Definition::Once, metrics};
use crate::metrics::figures::{Waits, mean};
use crate::metrics::routing::Join;
use crate::metrics::view::View;
use crate::metrics::when::When;

metrics!(ROUTING {
    "lookups.count", Of("lookups"), Count, Neither, Sum, Window, Started, "lookups.csv", "Lookups that began, and have ended.", Once(When::LooksUp, |v| Some(v.within(&v.run.lookups).count() as f64));
    "lookups.hops_mean", Of("hops"), Amount, Less, Mean, Window, Started, "lookups.csv", "Nodes on the path to the closest one, itself included, over the lookups that found any; `lookups.failed_ratio` says how many did not.", Once(When::LooksUp, |v| mean(v.within(&v.run.lookups).filter(|found| found.closest.is_some()).map(|found| f64::from(found.hops))));
    "lookups.failed_ratio", Plain, Share, Less, Ratio, Window, Started, "lookups.csv", "Share of lookups that found nobody.", Once(When::LooksUp, |v| mean(v.within(&v.run.lookups).map(|found| f64::from(u8::from(found.closest.is_none()))))), of |v, _, _| Trials(v.within(&v.run.lookups).count() as f64);
    "lookups.messages_mean", Of("messages"), Amount, Less, Mean, Window, Started, "lookups.csv", "Requests sent, per lookup.", Once(When::LooksUp, |v| mean(v.within(&v.run.lookups).map(|found| f64::from(found.messages))));
    "lookups.latency_p50_s", Seconds, Time, Less, Median, Window, Started, "lookups.csv", "Median of the time that a lookup takes.", Once(When::LooksUp, |v| Waits::of(v.within(&v.run.lookups).map(|found| Some(found.took.as_seconds()))).median());
    "routing.contacts_mean", Of("contacts"), Amount, Neither, TimeMean, Window, Averaged, "timeseries.csv", "Contacts in the routing table of a host that is online, averaged over hosts and time.", Once(When::Learns, |v| v.run.routing.contacts_mean(v.window));
    // Who is online, and when, is each host's own: so are the contacts that it is one of.
    "routing.away_ratio", Plain, Share, Less, TimeMean, Window, Averaged, "timeseries.csv", "Share of the contacts in the routing tables of online hosts that are offline, averaged over time.", Once(When::Learns, |v| v.run.routing.away_ratio(v.window)), of |v, _, _| Units(v.run.routing.came() as f64);
    "routing.joined", Of("nodes"), Count, Neither, Sum, Window, Started, "joins.csv", "Nodes that began to join, and completed it.", Once(When::Learns, |v| Some(joins(v).count() as f64));
    "routing.unjoined", Of("hosts"), Count, Less, Sum, Run, WholeRun, "joins.csv", "Hosts that came online and completed no join by the end of the run.", Once(When::Joins, |v| Some(v.run.routing.without_join().count() as f64));
    "routing.join_mean_s", Seconds, Time, Less, Mean, Window, Started, "joins.csv", "Time from a node's start until its join was complete, the wait of `join_over` included, over the nodes that completed it: `routing.joined` of all nodes of the scenario.", Once(When::Learns, |v| mean(joins(v).map(|join| join.took.as_seconds())));
    "routing.given_up", Of("contacts"), Count, Neither, Sum, Window, Happened, "timeseries.csv", "Contacts given up because they did not answer.", Once(When::Learns, |v| Some(v.count_in(&v.run.routing.lost)));
});

fn joins<'v>(view: &'v View<'_>) -> impl Iterator<Item = &'v Join> {
    view.run.routing.joins.iter().filter(|join| view.window.contains(join.began))
}

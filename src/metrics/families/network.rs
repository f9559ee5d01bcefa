//! Messages, bytes, presence and load: what every run has.

use super::conditions::always;
use crate::metrics::MetricUnit::{Bytes, Of, Plain};
use crate::metrics::declaration::{Definition::Once, metrics};
use crate::metrics::fates::for_each_fate;
use crate::metrics::figures::{gini, jain, ratio};
use crate::metrics::view::View;
use crate::metrics::{Kind, Metric, Scope, Statistic};
use crate::units::HostId;

metrics!(SENT {
    "messages.sent", Of("messages"), Count, Sum, Run, "Messages handed to a transport, over the whole run.", Once(always, |v| Some(v.total(|counts| counts.messages.sent)));
});

/// A metric for each fate.
macro_rules! fates {
    ($($fate:ident: $messages:literal, $one:literal, $several:literal;)+) => {
        pub(in crate::metrics) const FATES: &[Metric] = &[$(Metric {
            name: concat!("messages.", stringify!($fate)),
            unit: Of("messages"),
            kind: Kind::Count,
            statistic: Statistic::Sum,
            scope: Scope::Run,
            meaning: concat!("Messages ", $messages, "."),
            definition: Once(always, |v| Some(v.total(|counts| counts.messages.$fate))),
        }),+];
    };
}

for_each_fate!(fates);

metrics!(NETWORK {
    // The run has counted the messages under way one by one, and compared (`world::run`).
    "messages.in_flight", Of("messages"), Count, Sum, Run, "Messages still under way when the run ended.", Once(always, |v| Some(v.total(|counts| counts.messages.sent - counts.messages.ended())));
    "bytes.sent", Bytes, Count, Sum, Run, "Bytes put on the wire, headers and retransmissions included.", Once(always, |v| Some(v.total(|counts| counts.bytes_sent)));
    "bytes.delivered", Bytes, Count, Sum, Run, "Bytes on the wire of messages that were delivered.", Once(always, |v| Some(v.total(|counts| counts.bytes_delivered)));
    "presence.online_ratio", Plain, Share, TimeMean, Group, "Share of hosts online, averaged over time.", Once(always, |v| v.run.timeline.online_ratio(v.window, v.group));
    "load.max_share_ratio", Plain, Share, Ratio, Run, "The busiest host's share of all bytes handled.", Once(always, busiest_share);
    "load.fairness_ratio", Plain, Share, Index, Run, "Jain's index of the storage nodes' uplink use (bytes sent ÷ rate): 1 when all use the same share, 1/n when one does all the work.", Once(always, fairness);
    "load.gini", Plain, Score, Index, Run, "Gini coefficient of the bytes that hosts handled: 0 when all handle the same, 1 when one handles all.", Once(always, |v| gini(&v.run.tally.handled()));
    "work.skipped", Of("arrivals"), Count, Sum, Run, "Arrivals of work at offline hosts, which are skipped.", Once(always, |v| Some(v.total(|counts| counts.skipped)));
});

fn busiest_share(view: &View<'_>) -> Option<f64> {
    let handled = view.run.tally.handled();
    let busiest = handled.iter().copied().max()?;
    ratio(busiest as f64, handled.iter().map(|bytes| *bytes as f64).sum())
}

fn fairness(view: &View<'_>) -> Option<f64> {
    let run = view.run;
    let stores = |host: usize| run.config.groups[run.groups.of_host(HostId(host as u32))].stores;
    let uplinks = run.tally.uplinks.iter().zip(&run.tally.up).enumerate();
    // An unlimited uplink has no share that could be used.
    let used = uplinks.filter(|(host, (rate, _))| stores(*host) && rate.is_finite() && **rate > 0.0);
    jain(used.map(|(_, (rate, sent))| *sent as f64 / rate))
}

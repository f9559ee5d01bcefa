//! Messages, bytes, presence and load: what every run has.

use super::behind::hosts;
use crate::metrics::MetricUnit::{Bytes, Of, Plain};
use crate::metrics::Sample::Units;
use crate::metrics::chart_kind::charts;
use crate::metrics::declaration::{Definition::Once, Definition::PerFault, Has, metrics};
use crate::metrics::fates::{for_each_fate, for_each_loss};
use crate::metrics::figures::{gini, jain, ratio};
use crate::metrics::tables::timeseries;
use crate::metrics::tally::Bytes as Carried;
use crate::metrics::view::View;
use crate::metrics::when::When;
use crate::metrics::{Better, Counting, Kind, Metric, Scope, Statistic};
use crate::units::HostId;

metrics!(SENT {
    "messages.sent", Of("messages"), Count, Neither, Sum, Run, WholeRun, "timeseries.csv", "Messages handed to a transport, over the whole run.", Once(When::Always, |v| Some(v.total(|counts| counts.messages.sent)));
});

/// A metric for each fate.
macro_rules! fates {
    ($($fate:ident: $messages:literal, $one:literal, $several:literal, $better:ident;)+) => {
        pub(in crate::metrics) const FATES: &[Metric] = &[$(Metric {
            name: concat!("messages.", stringify!($fate)),
            unit: Of("messages"),
            kind: Kind::Count,
            better: Better::$better,
            statistic: Statistic::Sum,
            scope: Scope::Run,
            window: Counting::WholeRun,
            file: "timeseries.csv",
            meaning: concat!("Messages ", $messages, "."),
            definition: Once(When::Always, |v| Some(v.total(|counts| counts.messages.$fate))),
            behind: None,
        }),+];
    };
}

for_each_fate!(fates);

/// A metric for each cause of loss.
macro_rules! losses {
    ($($cause:ident: $when:ident, $messages:literal, $lost:literal;)+) => {
        pub(in crate::metrics) const LOSSES: &[Metric] = &[$(Metric {
            name: concat!("messages.lost.", stringify!($cause)),
            unit: Of("messages"),
            kind: Kind::Count,
            better: Better::Less,
            statistic: Statistic::Sum,
            scope: Scope::Run,
            window: Counting::WholeRun,
            file: "timeseries.csv",
            meaning: concat!("Messages ", $messages, "; part of `messages.lost`."),
            definition: Once(When::$when, |v| Some(v.total(|counts| counts.messages.losses.$cause))),
            behind: None,
        }),+];
    };
}

for_each_loss!(losses);

metrics!(FAULTS {
    "messages.lost.fault.FAULT", Of("messages"), Count, Less, Sum, Run, WholeRun, "counts.csv", "Messages lost because of this fault; part of `messages.lost.fault`. Of several faults at once it is the first, by name, that lets nothing pass, or whose loss comes on top.", PerFault(Has { when: When::FaultsLose.words(), is: |config, fault| config.faults.values().nth(fault).is_some_and(|fault| fault.kind.loses()) }, |v, fault| Some(v.run.tally.lost_to(fault, v.window) as f64));
});

metrics!(NETWORK {
    // The run has counted the messages under way one by one, and compared (`world::run`).
    "messages.in_flight", Of("messages"), Count, Neither, Sum, Run, WholeRun, "timeseries.csv", "Messages still under way when the run ended, those that wait for an uplink included.", Once(When::Always, |v| Some(v.total(|counts| counts.messages.sent - counts.messages.ended())));
    "bytes.sent", Bytes, Count, Neither, Sum, Run, WholeRun, "timeseries.csv", "Bytes put on the wire, headers and retransmissions included. What still waited for an uplink when the run ended is left out: its message is in flight.", Once(When::Always, |v| Some(v.total(|counts| counts.bytes_sent)));
    "bytes.delivered", Bytes, Count, Neither, Sum, Run, WholeRun, "timeseries.csv", "Bytes on the wire of messages that were delivered.", Once(When::Always, |v| Some(v.total(|counts| counts.bytes_delivered)));
    "messages.relayed", Of("messages"), Count, Neither, Sum, Run, WholeRun, "timeseries.csv", "Messages, or trains of their segments, that relays took to pass them on, and calls of hosts that others have to let in.", Once(When::LimitsReach, |v| Some(v.total(|counts| counts.relayed)));
    "bytes.relayed", Bytes, Count, Neither, Sum, Run, WholeRun, "timeseries.csv", "Bytes on the wire that relays took to pass them on. They are in `bytes.sent` twice: as what their sender put on the wire, and what the relay did.", Once(When::LimitsReach, |v| Some(v.total(|counts| counts.bytes_relayed)));
    "connections.closed", Of("connections"), Count, Less, Sum, Window, Happened, "timeseries.csv", "Idle connections that hosts closed because they had as many as `max_connections`, and made others.", Once(When::LimitsConnections, |v| Some(v.counted(|counts| counts.closed_at_limit)));
    "connections.beyond_limit", Of("connections"), Count, Less, Sum, Window, Happened, "timeseries.csv", "Connections that hosts made although they had as many as `max_connections`, since none of these was idle.", Once(When::LimitsConnections, |v| Some(v.counted(|counts| counts.beyond_limit)));
    "messages.duplicated", Of("messages"), Count, Neither, Sum, Run, WholeRun, "timeseries.csv", "Datagrams that were delivered a second time because of a fault; in none of the other counts of messages, nor in `bytes.delivered`.", Once(When::FaultsDuplicate, |v| Some(v.total(|counts| counts.duplicates)));
    "presence.online_ratio", Plain, Share, Neither, TimeMean, Group, Averaged, "timeseries.csv", "Share of hosts online, averaged over time. Those that have not joined yet are offline.", Once(When::Always, |v| v.run.timeline.online_ratio(v.window, v.group)), of |v, _, _| Units(hosts(v, |_| true));
    // Bytes come in messages, each of which has the busiest host at an end or not.
    "load.max_share_ratio", Plain, Share, Less, Ratio, Run, Happened, "hosts.csv", "The busiest host's share of all bytes put on the wire: those that it sent or received, of those that anybody sent. 1 when everything comes from or goes to one host; about 2/n when n hosts are equally busy, since a byte has a sender and a receiver.", Once(When::Always, busiest_share), of |v, _, _| Units(v.counted(|counts| counts.messages.sent));
    "load.fairness_ratio", Plain, Share, More, Index, Run, Happened, "hosts.csv", "Jain's index of the storage nodes' uplink use (bytes sent ÷ rate), over those with a limited uplink: 1 when all use the same share, 1/n when one of n does all the work.", Once(When::Always, fairness);
    "load.gini", Plain, Score, Less, Index, Run, Happened, "hosts.csv", "Gini coefficient of the bytes that hosts sent and received, times n / (n − 1) for all n hosts of the scenario, offline ones included: 0 when all handle the same, 1 when one handles all.", Once(When::Always, |v| gini(v.run.tally.loads().map(Carried::sum).collect()));
    "work.skipped", Of("arrivals"), Count, Less, Sum, Window, Happened, "timeseries.csv", "Arrivals of work at offline hosts, which are skipped.", Once(When::Always, |v| Some(v.counted(|counts| counts.skipped)));
});

charts!(CHARTS {
    MESSAGES_CHART: "messages" {
        meaning: "Messages sent and delivered over time, those that did not arrive by the reason, and the volume of data.",
        unasked: None,
        when: When::Always,
        needs: &[timeseries::MESSAGES_SENT.place()],
    }
    PRESENCE_CHART: "presence" {
        meaning: "The share of hosts online over time.",
        unasked: Some("Drawn by default when some host was offline at some time."),
        when: When::Always,
        needs: &[timeseries::ONLINE.place()],
    }
});

fn busiest_share(view: &View<'_>) -> Option<f64> {
    let tally = &view.run.tally;
    let busiest = tally.loads().map(Carried::sum).max()?;
    let wire: u64 = tally.loads().map(|bytes| bytes.up).sum();
    // What came in at the beginning of the window may have been sent before.
    ratio(busiest as f64, wire as f64).map(|share| share.min(1.0))
}

fn fairness(view: &View<'_>) -> Option<f64> {
    let run = view.run;
    let stores = |host: usize| run.config.groups[run.groups.of_host(HostId(host as u32))].stores;
    let uplinks = run.tally.uplinks.iter().zip(run.tally.loads()).enumerate();
    // An unlimited uplink has no share that could be used.
    let used = uplinks.filter(|(host, (rate, _))| stores(*host) && rate.is_finite() && **rate > 0.0);
    jain(used.map(|(_, (rate, bytes))| bytes.up as f64 / rate))
}

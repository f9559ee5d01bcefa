//! `hosts.csv`: what each host did, where there are not too many of them.

use super::column::{Column, Schema, columns};
use super::rows::{Rows, group_name};
use crate::metrics::hosts::Host as Seen;
use crate::metrics::record::RunRecord;
use crate::metrics::tally::Bytes;
use crate::metrics::when::When;
use crate::units::HostId;

/// `hosts.csv`.
pub struct Hosts;

/// A host.
pub struct Host<'a> {
    run: &'a RunRecord<'a>,
    host: HostId,
    seen: &'a Seen,
    whole: Bytes,
    counted: Bytes,
}

impl Schema for Hosts {
    type Row<'a> = Host<'a>;
    const FILE: &'static str = "hosts.csv";
    const MEANING: &'static str =
        "A host, over the whole run unless a column says otherwise; of a scenario of at most 10,000 hosts.";
    const WHEN: When = When::FewHosts;
    const COLUMNS: &'static [&'static [Column<Hosts>]] = &[COLUMNS];
}

columns!(COLUMNS: Hosts {
    HOST: "host", Number, Always, "Its number.", |row| row.host.0;
    GROUP: "group", Name, Always, "Its group.", |row| group_name(row.run, row.run.groups.of_host(row.host));
    STORES: "stores", Number, Always, "1 for a storage node, 0 for others.", |row| u32::from(row.run.config.groups[row.run.groups.of_host(row.host)].stores);
    UPLINK: "uplink_bps", BitsPerSecond, Always, "The rate of its uplink; empty when it is unlimited.", |row| row.uplink();
    ONLINE: "online_ratio", Ratio, Always, "Share of the run for which it was online.", |row| row.online();
    SENT: "sent_B", Bytes, Always, "Bytes that it put on the wire.", |row| row.whole.up;
    RECEIVED: "received_B", Bytes, Always, "Bytes that were delivered to it.", |row| row.whole.down;
    SENT_COUNTED: "sent_counted_B", Bytes, Always, "Bytes that it put on the wire between warm-up and cool-down.", |row| row.counted.up;
    RECEIVED_COUNTED: "received_counted_B", Bytes, Always, "Bytes that were delivered to it between warm-up and cool-down.", |row| row.counted.down;
    CHUNKS_HELD: "chunks_held_count", Count, NodesRecordOrAsk, "Different chunks that it holds at the end.", |row| row.run.storage.held_by(row.host) as u64;
    ANSWERS: "answers_given_count", Count, NodesRecordOrAsk, "Answers to queries that it sent, YES and NO.", |row| row.seen.answers;
    ASKED: "queries_issued_count", Count, Asks, "Queries that it issued.", |row| row.seen.queries;
});

impl Host<'_> {
    fn uplink(&self) -> Option<f64> {
        Some(self.run.tally.uplinks[self.host.index()]).filter(|rate| rate.is_finite())
    }

    fn online(&self) -> f64 {
        self.seen.online.as_seconds() / self.run.config.duration.as_seconds()
    }
}

impl Rows for Hosts {
    fn rows<'a>(run: &'a RunRecord<'a>) -> Vec<Host<'a>> {
        let row = |(host, seen)| {
            let (whole, counted) = (run.tally.bytes(host), run.tally.bytes_counted(host));
            Host { run, host, seen, whole, counted }
        };
        run.hosts.iter().map(row).collect()
    }
}

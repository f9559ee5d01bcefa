//! `broadcasts.csv`: how far, how fast and at what cost each broadcast got.

use super::column::{Column, Schema, columns};
use super::rows::{Rows, counted};
use crate::metrics::broadcasts::BroadcastRecord;
use crate::metrics::record::RunRecord;
use crate::metrics::when::When;
use crate::units::Duration;

/// `broadcasts.csv`.
pub struct Broadcasts;

/// A broadcast.
pub struct Broadcast<'a> {
    record: &'a BroadcastRecord,
    counted: u32,
}

impl Schema for Broadcasts {
    type Row<'a> = Broadcast<'a>;
    const FILE: &'static str = "broadcasts.csv";
    const MEANING: &'static str = "A broadcast: of a workload, or of a query or an announced chunk.";
    const WHEN: When = When::NodesRun;
    const COLUMNS: &'static [&'static [Column<Broadcasts>]] = &[COLUMNS];
}

columns!(COLUMNS: Broadcasts {
    STARTED: "started_s", Seconds, Always, "When it started.", |row| row.record.started.as_seconds();
    COUNTED: "counted", Number, Always, "1 when it started between warm-up and cool-down, and so counts in metrics; 0 otherwise.", |row| row.counted;
    ORIGIN: "origin", Number, Always, "The identity that started it.", |row| row.record.origin.0;
    ONLINE: "online_count", Count, Always, "Hosts online at its start, the origin included.", |row| row.record.online;
    REACHED: "reached_count", Count, Always, "Those of them that it reached, the origin included.", |row| row.record.reached;
    COVERAGE: "coverage_ratio", Ratio, Always, "Reached hosts as a share of those online at its start.", |row| row.record.coverage();
    COPIES: "copies_count", Count, Always, "Copies sent by all hosts together.", |row| row.record.copies;
    HOPS_MEAN: "hops_mean_hops", Hops, Always, "Hops from the origin: mean over the hosts reached.", |row| row.record.hops_mean();
    TIME_TO_90: "time_to_90_s", Seconds, Always, "Time until it had reached 90 % of the hosts online at its start.", |row| row.record.to_90.map(Duration::as_seconds);
});

impl Rows for Broadcasts {
    fn rows<'a>(run: &'a RunRecord<'a>) -> Vec<Broadcast<'a>> {
        let row = |record: &'a BroadcastRecord| Broadcast { record, counted: counted(run, record.started) };
        run.broadcasts.records.iter().map(row).collect()
    }
}

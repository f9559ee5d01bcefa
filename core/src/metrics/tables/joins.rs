//! `joins.csv`: who has joined, and who has not.

use super::column::{Column, Schema, columns};
use super::rows::{Rows, counted};
use crate::metrics::record::RunRecord;
use crate::metrics::routing::Join;
use crate::metrics::when::When;
use crate::units::{Duration, HostId};

/// `joins.csv`.
pub struct Joins;

/// A join, or a host without one.
pub struct Row {
    host: HostId,
    /// Whether it counts, and how it went.
    join: Option<(u32, Join)>,
}

impl Schema for Joins {
    type Row<'a> = Row;
    const FILE: &'static str = "joins.csv";
    const MEANING: &'static str = "A join that a node has completed, in the order of completion; after these, each host that came online and completed none by the end of the run.";
    const WHEN: When = When::Learns;
    const COLUMNS: &'static [&'static [Column<Joins>]] = &[COLUMNS];
}

columns!(COLUMNS: Joins {
    HOST: "host", Number, Always, "The node's host.", |row| row.host.0;
    BEGAN: "began_s", Seconds, Always, "When the node started; empty for a host without a join.", |row| row.join.map(|(_, join)| join.began.as_seconds());
    COUNTED: "counted", Number, Always, "1 when that was between warm-up and cool-down, so that it counts in metrics; 0 otherwise; empty for a host without a join.", |row| row.join.map(|(counted, _)| counted);
    TOOK: "took_s", Seconds, Always, "From then until the join was complete, the wait of `join_over` included.", |row| row.join.map(|(_, join)| join.took).map(Duration::as_seconds);
});

impl Rows for Joins {
    fn rows<'a>(run: &'a RunRecord<'a>) -> Vec<Row> {
        let joined = |join: &Join| Row { host: join.host, join: Some((counted(run, join.began), *join)) };
        let without = run.routing.without_join().map(|host| Row { host, join: None });
        run.routing.joins.iter().map(joined).chain(without).collect()
    }
}

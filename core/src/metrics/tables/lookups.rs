//! `lookups.csv`: what nodes found when they looked for others.

use super::column::{Column, Schema, columns};
use super::rows::{Rows, counted};
use crate::metrics::record::RunRecord;
use crate::metrics::when::When;
use crate::protocol::Found;
use crate::units::Time;

/// `lookups.csv`.
pub struct Lookups;

/// A lookup.
pub struct Lookup<'a> {
    began: Time,
    counted: u32,
    found: &'a Found,
}

impl Schema for Lookups {
    type Row<'a> = Lookup<'a>;
    const FILE: &'static str = "lookups.csv";
    const MEANING: &'static str =
        "A lookup that has ended, of an id or of those closest to it, in the order in which they ended.";
    const WHEN: When = When::LooksUp;
    const COLUMNS: &'static [&'static [Column<Lookups>]] = &[COLUMNS];
}

columns!(COLUMNS: Lookups {
    BEGAN: "began_s", Seconds, Always, "When it began.", |row| row.began.as_seconds();
    COUNTED: "counted", Number, Always, "1 when it began between warm-up and cool-down, and so counts in metrics; 0 otherwise.", |row| row.counted;
    TOOK: "took_s", Seconds, Always, "From the first request to the end.", |row| row.found.took.as_seconds();
    REQUESTS: "requests_count", Count, Always, "Requests sent.", |row| row.found.messages;
    CLOSEST: "closest", Number, Always, "The closest identity that answered; empty when none did.", |row| row.found.closest.map(|peer| peer.0);
    HOPS: "hops_hops", Hops, Always, "Nodes on the path to it, itself included; empty when none answered.", |row| row.found.closest.map(|_| u32::from(row.found.hops));
});

impl Rows for Lookups {
    fn rows<'a>(run: &'a RunRecord<'a>) -> Vec<Lookup<'a>> {
        let row = |(began, found): &'a (Time, Found)| Lookup {
            began: *began,
            counted: counted(run, *began),
            found,
        };
        run.lookups.iter().map(row).collect()
    }
}

//! `operations.csv`: how long operations of the baseline's clients blocked their callers.

use super::column::{Column, Schema, columns};
use super::rows::{Rows, counted};
use crate::baseline::Waited;
use crate::metrics::record::RunRecord;
use crate::metrics::when::When;
use crate::units::Time;

/// `operations.csv`.
pub struct Operations;

/// An operation.
pub struct Operation {
    began: Time,
    counted: u32,
    waited: Waited,
}

impl Schema for Operations {
    type Row<'a> = Operation;
    const FILE: &'static str = "operations.csv";
    const MEANING: &'static str = "An operation of a client that has ended, be it to record or to ask, in the order in which they ended.";
    const WHEN: When = When::Baseline;
    const COLUMNS: &'static [&'static [Column<Operations>]] = &[COLUMNS];
}

columns!(COLUMNS: Operations {
    BEGAN: "began_s", Seconds, Always, "When it began.", |row| row.began.as_seconds();
    COUNTED: "counted", Number, Always, "1 when it began between warm-up and cool-down, and so counts in metrics; 0 otherwise.", |row| row.counted;
    BLOCKED: "blocked_s", Seconds, Always, "Time for which it blocked its caller, the wait for earlier ones included.", |row| row.waited.blocked.as_seconds();
    GIVEN_UP: "given_up", Number, Always, "1 when it was given up, 0 when it had a response.", |row| u32::from(row.waited.given_up);
});

impl Rows for Operations {
    fn rows<'a>(run: &'a RunRecord<'a>) -> Vec<Operation> {
        let row = |(began, waited): &(Time, Waited)| Operation {
            began: *began,
            counted: counted(run, *began),
            waited: *waited,
        };
        run.blocked.iter().map(row).collect()
    }
}

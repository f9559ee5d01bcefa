//! The tables of a result folder: a file each, made of one declaration a column. Headers end in their unit; an empty
//! cell is no value.

pub mod broadcasts;
mod column;
pub mod counts;
pub mod datagrams;
pub mod groups;
pub mod hosts;
pub mod joins;
pub mod lookups;
pub mod operations;
pub mod queries;
mod rows;
pub mod shares;
pub mod tasks;
pub mod timeseries;
pub mod traffic;

pub use column::{Column, Description, Place, Schema, Unit, columns, table};

use std::collections::BTreeMap;

use rows::Rows;

use super::Table;
use super::record::RunRecord;
use super::when::When;

/// All tables that a run can have, in the order of their documentation.
const TABLES: [RunTable; 13] = [
    RunTable::of::<timeseries::Timeseries>(),
    RunTable::of::<groups::Groups>(),
    RunTable::of::<hosts::Hosts>(),
    RunTable::of::<queries::Queries>(),
    RunTable::of::<broadcasts::Broadcasts>(),
    RunTable::of::<tasks::Tasks>(),
    RunTable::of::<shares::Shares>(),
    RunTable::of::<traffic::Traffic>(),
    RunTable::of::<datagrams::Datagrams>(),
    RunTable::of::<lookups::Lookups>(),
    RunTable::of::<joins::Joins>(),
    RunTable::of::<operations::Operations>(),
    RunTable::of::<counts::Counts>(),
];

/// Every table that the scenario's workloads give rise to, by its file name.
pub(super) fn all(run: &RunRecord<'_>) -> BTreeMap<&'static str, Table> {
    let there = TABLES.iter().filter(|table| table.when.holds(run.config));
    there.map(|table| (table.file, (table.make)(run))).collect()
}

/// What every table that a run can have is about.
pub fn descriptions() -> impl Iterator<Item = Description> {
    TABLES.iter().map(|table| (table.describe)())
}

/// The headers of all columns that a table of a result folder can have, in their order; none for a file that is none
/// of them.
pub fn headers(file: &str) -> Vec<&'static str> {
    let described = descriptions().filter(|table| table.file == file);
    described.flat_map(|table| table.columns).map(|column| column.header).collect()
}

/// A table whose columns are known to nobody but itself.
struct RunTable {
    file: &'static str,
    when: When,
    make: fn(&RunRecord<'_>) -> Table,
    describe: fn() -> Description,
}

impl RunTable {
    const fn of<T: Rows>() -> RunTable {
        RunTable { file: T::FILE, when: T::WHEN, make: make::<T>, describe: Description::of::<T> }
    }
}

fn make<T: Rows>(run: &RunRecord<'_>) -> Table {
    table::<T>(&T::rows(run), |when| when.holds(run.config))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suffix(unit: Unit) -> &'static str {
        match unit {
            Unit::Seconds => "_s",
            Unit::Ratio => "_ratio",
            Unit::Count => "_count",
            Unit::Bytes => "_B",
            Unit::BitsPerSecond => "_bps",
            Unit::Eth => "_eth",
            Unit::Hops => "_hops",
            Unit::Name | Unit::Number | Unit::Metric => "",
        }
    }

    #[test]
    fn headers_end_in_their_unit_and_occur_once() {
        for table in descriptions() {
            for column in &table.columns {
                assert!(column.header.ends_with(suffix(column.unit)), "{}: {}", table.file, column.header);
                let same = table.columns.iter().filter(|other| other.header == column.header);
                assert_eq!(same.count(), 1, "{}: {}", table.file, column.header);
            }
        }
    }

    #[test]
    fn every_table_and_column_has_a_sentence() {
        for table in descriptions() {
            let meanings = table.columns.iter().map(|column| column.meaning).chain([table.meaning]);
            for meaning in meanings {
                assert!(meaning.ends_with('.') && !meaning.contains('|'), "{}: {meaning}", table.file);
            }
        }
    }
}

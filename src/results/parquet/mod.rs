//! Tables as Parquet files, beside the CSV files that have the same cells. A program has this if it is built with the feature
//! `parquet`.

#[cfg(not(feature = "parquet"))]
mod absent;
#[cfg(feature = "parquet")]
mod column;
#[cfg(feature = "parquet")]
mod file;
mod literal;
mod not_built;

#[cfg(not(feature = "parquet"))]
use absent::bytes;
#[cfg(feature = "parquet")]
use file::bytes;
pub use literal::Literal;
pub use not_built::NotBuilt;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::WriteError;
use crate::metrics::{Table, find};

/// That tables can be written as Parquet.
#[derive(Clone, Copy, Debug)]
pub struct Parquet(());

/// `runs.csv` with types.
pub const RUNS: &str = "runs.parquet";
/// `points.csv` with types.
pub const POINTS: &str = "points.parquet";

impl Parquet {
    /// Whether this program has it, if it is wanted.
    ///
    /// # Errors
    /// When it is wanted and not there.
    pub fn wanted(wanted: bool) -> Result<Option<Parquet>, NotBuilt> {
        match wanted {
            true if cfg!(feature = "parquet") => Ok(Some(Parquet(()))),
            true => Err(NotBuilt),
            false => Ok(None),
        }
    }

    /// Writes a table: numbers as numbers, nothing as null. The first columns are values of a scenario's keys, such as these;
    /// the file's metadata has the units of these metrics.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write<'m>(
        self,
        path: &Path,
        table: &Table,
        axes: &[Literal],
        metrics: impl Iterator<Item = (&'m str, &'m str)>,
    ) -> Result<(), WriteError> {
        let unit = |(column, metric): (&'m str, &'m str)| {
            let unit = find(metric)?.unit.name();
            (!unit.is_empty()).then_some((column, unit))
        };
        let units: BTreeMap<&str, &str> = metrics.filter_map(unit).collect();
        let written = bytes(table, axes, &units).and_then(|bytes| fs::write(path, bytes));
        written.map_err(|cause| WriteError { path: path.to_owned(), cause })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_built_is_refused_with_the_way_to_build_it() {
        assert!(Parquet::wanted(false).expect("nothing is asked for").is_none());
        match Parquet::wanted(true) {
            Ok(there) => assert!(cfg!(feature = "parquet") && there.is_some()),
            Err(error) => assert!(error.to_string().contains("--features parquet"), "{error}"),
        }
    }
}

//! The tables of a study as Parquet files.

use std::fs;
use std::path::{Path, PathBuf};

use super::account::{Account, AccountError, failed};
use crate::results::parquet::{Literal, POINTS, Parquet, RUNS};

impl Account<'_> {
    /// Writes the tables of runs and points as Parquet, each whole or as it was before, which [`Account::seal`] is to list.
    ///
    /// # Errors
    /// When a file can't be written.
    pub fn write_parquet(&self, folder: &Path, parquet: Parquet) -> Result<Vec<PathBuf>, AccountError> {
        let axes = self.literals();
        let columns: Vec<(String, String)> =
            self.columns().filter_map(|name| Some((name.clone(), self.metric_of(name)?))).collect();
        let mut written = Vec::new();
        for (name, table) in [(RUNS, self.runs()), (POINTS, self.estimates_of_all())] {
            let (draft, path) = (folder.join(format!("{name}.draft")), folder.join(name));
            let metrics = columns.iter().map(|(column, metric)| (column.as_str(), metric.as_str()));
            parquet.write(&draft, &table, &axes, metrics)?;
            fs::rename(&draft, &path).map_err(failed(path.clone()))?;
            written.push(path);
        }
        Ok(written)
    }

    /// What the values of each axis are.
    fn literals(&self) -> Vec<Literal> {
        let axes = 0..self.settings().next().map_or(0, <[_]>::len);
        axes.map(|axis| Literal::of(self.settings().map(|settings| settings[axis].value.as_str()))).collect()
    }
}

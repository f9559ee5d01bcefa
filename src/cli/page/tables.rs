//! The tables of each run of a result, where its folder has them.

use std::fs;
use std::path::{Path, PathBuf};

use super::material::Entry;
use crate::batch::seed_of;
use crate::cli::plot::replication_name;
use crate::results::{self, Stored};

/// A CSV file of a run.
pub(super) struct Table {
    header: csv::StringRecord,
    records: Vec<csv::StringRecord>,
}

/// This file of each run, in the order of seeds, or why there is none.
pub(super) fn of_runs(entry: &Entry, file: &str) -> Result<Vec<Table>, String> {
    folders(entry)?.iter().map(|folder| Table::read(folder, file)).collect()
}

/// The folders of the runs.
fn folders(entry: &Entry) -> Result<Vec<PathBuf>, String> {
    let Stored { folder, manifest, summary } = &entry.stored;
    let Some(runs) = summary.replications else { return Ok(vec![folder.clone()]) };
    let inside = (0..runs).map(|run| replication_name(seed_of(manifest.seed, run)));
    let all: Vec<(String, PathBuf)> =
        inside.map(|name| (format!("{name}/manifest.toml"), folder.join(name))).collect();
    if all.iter().any(|(_, folder)| !folder.is_dir()) {
        return Err("its folder has no tables of its runs, only what they come to together".to_owned());
    }
    for (listed, folder) in &all {
        let bytes = fs::read(folder.join("manifest.toml")).map_err(|error| format!("{listed}: {error}"))?;
        if manifest.is_as_written(listed, &bytes) == Some(false) {
            return Err(format!("{listed} was changed since the result was written"));
        }
    }
    Ok(all.into_iter().map(|(_, folder)| folder).collect())
}

impl Table {
    fn read(folder: &Path, file: &str) -> Result<Table, String> {
        let broken = |error: csv::Error| format!("{file} of a run can't be read: {error}");
        let bytes = fs::read(folder.join(file)).map_err(|_| format!("a run has no {file}"))?;
        let manifest = results::read(folder).ok().map(|stored| stored.manifest);
        if manifest.and_then(|manifest| manifest.is_as_written(file, &bytes)) == Some(false) {
            return Err(format!("{file} of a run was changed since it was written"));
        }
        Table::of(&bytes).map_err(broken)
    }

    /// From the text of the file.
    pub(super) fn of(bytes: &[u8]) -> Result<Table, csv::Error> {
        let mut reader = csv::Reader::from_reader(bytes);
        let header = reader.headers()?.clone();
        Ok(Table { header, records: reader.records().collect::<Result<_, _>>()? })
    }

    fn cells<'t>(&'t self, column: &str) -> Option<impl Iterator<Item = &'t str>> {
        let place = self.header.iter().position(|name| name == column)?;
        Some(self.records.iter().map(move |record| record.get(place).unwrap_or_default()))
    }

    /// A column of texts; empty where the table does not have it.
    pub(super) fn texts(&self, column: &str) -> Vec<&str> {
        self.cells(column).into_iter().flatten().collect()
    }

    /// A column of numbers, of which some may be missing; empty where the table does not have it.
    pub(super) fn numbers(&self, column: &str) -> Vec<Option<f64>> {
        self.cells(column).into_iter().flatten().map(|cell| cell.parse().ok()).collect()
    }
}

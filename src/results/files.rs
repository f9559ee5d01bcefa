//! Writes the files of a result: tables as CSV, accounts as JSON and TOML, the manifest last.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;
use thiserror::Error;

use super::names::{MANIFEST, SUMMARY, TIMING};
use super::shown::shown;
use super::{Counts, Identity, Manifest, Outcome, Summary, Timing};
use crate::metrics::{Cell, Table};
use crate::scenario::Scenario;

/// A file of a result could not be written.
#[derive(Debug, Error)]
#[error("could not write `{}`", shown(path))]
pub struct WriteError {
    /// The file, or the folder that could not be created.
    pub path: PathBuf,
    /// What the system says, or why the content could not be encoded.
    #[source]
    pub cause: std::io::Error,
}

/// Writes all files of one run into `folder`, which is created if missing. Once the charts are drawn too,
/// [`seal`](super::seal) lists them all in the manifest.
///
/// # Errors
/// When a file cannot be written; the folder then has no manifest.
pub fn write_run(
    folder: &Path,
    scenario: &Scenario,
    outcome: &Outcome,
    timing: &Timing,
) -> Result<Summary, WriteError> {
    fs::create_dir_all(folder).map_err(|cause| WriteError { path: folder.to_owned(), cause })?;
    for (name, table) in &outcome.figures.tables {
        write_table(&folder.join(name), table)?;
    }
    let summary = Summary::of(scenario, outcome);
    let run = Scenario { seed: outcome.seed, ..scenario.clone() };
    let manifest =
        Manifest::new(&Identity::of(&run, None), summary.fingerprint.clone(), Counts::of(scenario, outcome));
    write_account(folder, &summary, timing, &manifest)?;
    Ok(summary)
}

/// Writes the summary, the timing and the manifest, which are about the folder as a whole.
///
/// # Errors
/// When a file cannot be written.
pub fn write_account(
    folder: &Path,
    summary: &Summary,
    timing: &Timing,
    manifest: &Manifest,
) -> Result<(), WriteError> {
    // The manifest comes last: a folder that has one is complete.
    write_json(&folder.join(SUMMARY), summary)?;
    write_json(&folder.join(TIMING), timing)?;
    write_manifest(folder, manifest)
}

/// Writes the manifest of a folder.
pub(super) fn write_manifest(folder: &Path, manifest: &Manifest) -> Result<(), WriteError> {
    let text = toml::to_string(manifest).map_err(std::io::Error::other);
    write(&folder.join(MANIFEST), text.map(String::into_bytes))
}

/// Writes a value as JSON, indented, with a line feed at its end.
fn write_json(path: &Path, value: &impl Serialize) -> Result<(), WriteError> {
    let bytes = serde_json::to_vec_pretty(value).map_err(std::io::Error::from);
    write(
        path,
        bytes.map(|mut bytes| {
            bytes.push(b'\n');
            bytes
        }),
    )
}

/// Writes a table as CSV: a header, lines that end in a line feed, an empty cell for no value.
///
/// # Errors
/// When the file cannot be written.
pub fn write_table(path: &Path, table: &Table) -> Result<(), WriteError> {
    write(path, csv_bytes(table))
}

fn write(path: &Path, bytes: std::io::Result<Vec<u8>>) -> Result<(), WriteError> {
    let done = bytes.and_then(|bytes| fs::write(path, bytes));
    done.map_err(|cause| WriteError { path: path.to_owned(), cause })
}

fn csv_bytes(table: &Table) -> std::io::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&table.header)?;
    for row in &table.rows {
        writer.write_record(row.iter().map(cell_text))?;
    }
    writer.into_inner().map_err(csv::IntoInnerError::into_error)
}

fn cell_text(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => text.clone(),
        Cell::Count(count) => count.to_string(),
        Cell::Number(number) if number.is_finite() => number.to_string(),
        Cell::Number(_) | Cell::Empty => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_value_is_an_empty_cell_and_text_is_quoted_when_needed() {
        let table = Table {
            header: vec!["name".to_owned(), "delay_s".to_owned(), "nodes_count".to_owned()],
            rows: vec![
                vec![Cell::Text("a, \"b\"".to_owned()), Cell::Number(0.1 + 0.2), Cell::Count(7)],
                vec![Cell::Empty, Cell::Number(f64::NAN), Cell::Number(1e21)],
            ],
        };
        let text = String::from_utf8(csv_bytes(&table).expect("it goes into memory")).expect("UTF-8");
        assert_eq!(
            text,
            "name,delay_s,nodes_count\n\"a, \"\"b\"\"\",0.30000000000000004,7\n,,1000000000000000000000\n"
        );
    }

    #[test]
    fn a_row_of_another_length_is_an_error_that_names_the_file() {
        let table = Table { header: vec!["a".to_owned()], rows: vec![vec![Cell::Empty, Cell::Empty]] };
        let folder = tempfile::tempdir().expect("a folder");
        let error = write_table(&folder.path().join("t.csv"), &table).expect_err("two cells, one name");
        assert!(error.to_string().contains("t.csv"));
    }
}

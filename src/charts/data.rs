//! Reading a result folder's tables.

use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use super::error::ChartError;
use crate::metrics::{Column, Schema};

/// Values above this can't be figures of a run; below it no sum or ratio overflows.
const LARGEST: f64 = 1e18;

/// A CSV file of the table `T`. Its columns are read when they are asked for, by their declarations.
pub(super) struct Table<T> {
    path: PathBuf,
    bytes: Vec<u8>,
    header: Vec<String>,
    of: PhantomData<T>,
}

impl<T: Schema> Table<T> {
    /// The table of a result folder, which must have its first column, or `None` when there is no such file.
    pub(super) fn open(folder: &Path) -> Result<Option<Table<T>>, ChartError> {
        let path = folder.join(T::FILE);
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(ChartError::Read { path, source }),
        };
        let mut table = Table { path, bytes, header: Vec::new(), of: PhantomData };
        let header = table.reader().headers().map(|names| names.iter().map(str::to_owned).collect());
        table.header = header.map_err(|error| table.broken(&error))?;
        let first = T::COLUMNS[0][0].header;
        if table.names(first) { Ok(Some(table)) } else { Err(table.without(first)) }
    }

    pub(super) fn has(&self, column: &Column<T>) -> bool {
        self.names(column.header)
    }

    /// Whether the file has a column under this header.
    pub(super) fn names(&self, header: &str) -> bool {
        self.header.iter().any(|name| name == header)
    }

    /// Whether there is a row below the header.
    pub(super) fn has_rows(&self) -> bool {
        self.reader().into_records().next().is_some()
    }

    /// A column of numbers, none of which is negative; an empty cell is no value.
    pub(super) fn numbers(&self, column: &Column<T>) -> Result<Vec<Option<f64>>, ChartError> {
        self.map(column, |cell| match cell {
            "" => Ok(None),
            _ => match cell.parse::<f64>() {
                Ok(value) if (0.0..=LARGEST).contains(&value) => Ok(Some(value)),
                _ => Err("expected a number from 0 to 1e18, or nothing"),
            },
        })
    }

    /// A column of numbers without a gap.
    pub(super) fn full(&self, column: &Column<T>) -> Result<Vec<f64>, ChartError> {
        let values = self.numbers(column)?.into_iter().enumerate();
        values
            .map(|(row, value)| value.ok_or_else(|| self.refuse(row, column, "", "must not be empty")))
            .collect()
    }

    /// A column of counts, where an empty cell counts nothing.
    pub(super) fn counts(&self, column: &Column<T>) -> Result<Vec<f64>, ChartError> {
        Ok(self.numbers(column)?.into_iter().map(|value| value.unwrap_or(0.0)).collect())
    }

    /// A column of text.
    pub(super) fn texts(&self, column: &Column<T>) -> Result<Vec<String>, ChartError> {
        self.map(column, |cell| Ok(cell.to_owned()))
    }

    /// An error about a cell; rows count from 0 below the header.
    pub(super) fn refuse(
        &self,
        row: usize,
        column: &Column<T>,
        value: &str,
        why: &'static str,
    ) -> ChartError {
        ChartError::Cell {
            path: self.path.clone(),
            line: row as u64 + 2,
            column: column.header.to_owned(),
            value: value.to_owned(),
            why,
        }
    }

    fn map<V>(
        &self,
        column: &Column<T>,
        read: impl Fn(&str) -> Result<V, &'static str>,
    ) -> Result<Vec<V>, ChartError> {
        let Some(place) = self.header.iter().position(|name| name == column.header) else {
            return Err(self.without(column.header));
        };
        let mut values = Vec::new();
        for (row, record) in self.reader().into_records().enumerate() {
            let record = record.map_err(|error| self.broken(&error))?;
            let cell = record.get(place).unwrap_or("").trim();
            values.push(read(cell).map_err(|why| self.refuse(row, column, cell, why))?);
        }
        Ok(values)
    }

    fn reader(&self) -> csv::Reader<&[u8]> {
        csv::Reader::from_reader(&self.bytes)
    }

    fn without(&self, header: &str) -> ChartError {
        ChartError::Column { path: self.path.clone(), column: header.to_owned() }
    }

    fn broken(&self, error: &csv::Error) -> ChartError {
        ChartError::Table { path: self.path.clone(), message: error.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::tables::traffic::{DELAY, QUANTILE, Traffic};

    fn table(rows: &str) -> Table<Traffic> {
        let text = format!("quantile_ratio,delay_s\n{rows}");
        let header = [QUANTILE.header, DELAY.header].map(str::to_owned).to_vec();
        Table { path: "t.csv".into(), bytes: text.into(), header, of: PhantomData }
    }

    #[test]
    fn an_empty_cell_is_no_value() {
        let table = table("1,2\n,3\n");
        assert_eq!(table.numbers(&QUANTILE).expect("numbers"), [Some(1.0), None]);
        assert!(table.full(&QUANTILE).is_err());
    }

    #[test]
    fn what_is_no_figure_is_refused_with_file_line_and_column() {
        for cell in ["x", "NaN", "inf", "-1", "1e300"] {
            let error = table(&format!("1,2\n1,{cell}\n")).numbers(&DELAY).expect_err(cell).to_string();
            for part in ["t.csv", "line 3", "delay_s", cell] {
                assert!(error.contains(part), "{error}");
            }
        }
    }

    #[test]
    fn a_ragged_row_is_an_error() {
        let error = table("1,2\n1\n").numbers(&QUANTILE).expect_err("ragged").to_string();
        assert!(error.contains("line: 3"), "{error}");
    }

    #[test]
    fn a_file_without_its_first_column_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(Table::<Traffic>::open(folder.path()).expect("no file").is_none());
        std::fs::write(folder.path().join("traffic.csv"), "what,delay_s\n").expect("a file");
        let error = Table::<Traffic>::open(folder.path()).err().expect("no `workload`").to_string();
        assert!(error.contains("`workload`"), "{error}");
    }
}

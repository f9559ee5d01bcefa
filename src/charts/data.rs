//! Reading a result folder's tables.

use std::path::{Path, PathBuf};

use super::ChartError;

/// Values above this can't be figures of a run; below it no sum or ratio overflows.
const LARGEST: f64 = 1e18;

/// A CSV file with a header. Its columns are read when they are asked for.
pub(super) struct Table {
    path: PathBuf,
    bytes: Vec<u8>,
    header: Vec<String>,
}

impl Table {
    /// The table, which must have the column `first`, or `None` when there is no such file.
    pub fn open(path: &Path, first: &str) -> Result<Option<Table>, ChartError> {
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(ChartError::Read { path: path.to_owned(), source }),
        };
        let mut table = Table { path: path.to_owned(), bytes, header: Vec::new() };
        let header = table.reader().headers().map(|names| names.iter().map(str::to_owned).collect());
        table.header = header.map_err(|error| table.broken(&error))?;
        if table.has(first) { Ok(Some(table)) } else { Err(table.without(first)) }
    }

    pub fn has(&self, column: &str) -> bool {
        self.header.iter().any(|name| name == column)
    }

    /// Whether there is a row below the header.
    pub fn has_rows(&self) -> bool {
        self.reader().into_records().next().is_some()
    }

    /// A column of numbers, none of which is negative; an empty cell is no value.
    pub fn numbers(&self, column: &str) -> Result<Vec<Option<f64>>, ChartError> {
        self.map(column, |cell| match cell {
            "" => Ok(None),
            _ => match cell.parse::<f64>() {
                Ok(value) if (0.0..=LARGEST).contains(&value) => Ok(Some(value)),
                _ => Err("expected a number from 0 to 1e18, or nothing"),
            },
        })
    }

    /// A column of numbers without a gap.
    pub fn full(&self, column: &str) -> Result<Vec<f64>, ChartError> {
        let values = self.numbers(column)?.into_iter().enumerate();
        values
            .map(|(row, value)| value.ok_or_else(|| self.refuse(row, column, "", "must not be empty")))
            .collect()
    }

    /// A column of counts, where an empty cell counts nothing.
    pub fn counts(&self, column: &str) -> Result<Vec<f64>, ChartError> {
        Ok(self.numbers(column)?.into_iter().map(|value| value.unwrap_or(0.0)).collect())
    }

    /// A column of text.
    pub fn texts(&self, column: &str) -> Result<Vec<String>, ChartError> {
        self.map(column, |cell| Ok(cell.to_owned()))
    }

    /// An error about a cell; rows count from 0 below the header.
    pub fn refuse(&self, row: usize, column: &str, value: &str, why: &'static str) -> ChartError {
        ChartError::Cell {
            path: self.path.clone(),
            line: row as u64 + 2,
            column: column.to_owned(),
            value: value.to_owned(),
            why,
        }
    }

    fn map<T>(
        &self,
        column: &str,
        read: impl Fn(&str) -> Result<T, &'static str>,
    ) -> Result<Vec<T>, ChartError> {
        let Some(place) = self.header.iter().position(|name| name == column) else {
            return Err(self.without(column));
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

    fn without(&self, column: &str) -> ChartError {
        ChartError::Column { path: self.path.clone(), column: column.to_owned() }
    }

    fn broken(&self, error: &csv::Error) -> ChartError {
        ChartError::Table { path: self.path.clone(), message: error.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Table {
        let mut table = Table { path: "t.csv".into(), bytes: text.into(), header: Vec::new() };
        table.header = text.lines().next().unwrap_or("").split(',').map(str::to_owned).collect();
        table
    }

    #[test]
    fn an_empty_cell_is_no_value() {
        let values = table("a,b\n1,2\n,3\n").numbers("a").expect("numbers");
        assert_eq!(values, [Some(1.0), None]);
        assert!(table("a,b\n1,2\n,3\n").full("a").is_err());
    }

    #[test]
    fn what_is_no_figure_is_refused_with_file_line_and_column() {
        for cell in ["x", "NaN", "inf", "-1", "1e300"] {
            let error = table(&format!("a,b\n1,2\n1,{cell}\n")).numbers("b").expect_err(cell).to_string();
            for part in ["t.csv", "line 3", "b", cell] {
                assert!(error.contains(part), "{error}");
            }
        }
    }

    #[test]
    fn a_ragged_row_is_an_error() {
        let error = table("a,b\n1,2\n1\n").numbers("a").expect_err("ragged").to_string();
        assert!(error.contains("line: 3"), "{error}");
    }
}

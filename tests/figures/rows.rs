//! The CSV files of a result, read back.

use std::collections::BTreeMap;

use ir3sim::metrics::Figures;
use ir3sim::results::write_table;

/// The files of one result.
pub(crate) struct Folder(BTreeMap<&'static str, Rows>);

/// The rows of a file.
#[derive(Clone)]
pub(crate) struct Rows(Vec<BTreeMap<String, String>>);

/// A row of a file.
pub(crate) struct Row<'a>(&'a BTreeMap<String, String>);

impl Folder {
    /// What these tables are once they are written.
    pub(crate) fn of(figures: &Figures) -> Folder {
        let folder = tempfile::tempdir().expect("a folder");
        let read = |(name, table)| {
            let path = folder.path().join(name);
            write_table(&path, table).expect("a file");
            let mut reader = csv::Reader::from_path(&path).expect("a file");
            (name, Rows(reader.deserialize().map(|row| row.expect("a row")).collect()))
        };
        Folder(figures.tables.iter().map(|(name, table)| read((*name, table))).collect())
    }

    pub(crate) fn table(&self, file: &str) -> Option<&Rows> {
        self.0.get(file)
    }
}

impl Rows {
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = Row<'_>> + Clone {
        self.0.iter().map(Row)
    }

    /// The rows that count.
    pub(crate) fn counted(&self) -> impl Iterator<Item = Row<'_>> + Clone {
        self.iter().filter(|row| row.number("counted") == 1.0)
    }

    /// The sum of a column over some rows.
    pub(crate) fn sum(&self, column: &str, of: impl Fn(&Row<'_>) -> bool) -> f64 {
        self.iter().filter(|row| of(row)).filter_map(|row| row.get(column)).sum()
    }
}

impl<'a> Row<'a> {
    pub(crate) fn text(&self, column: &str) -> &'a str {
        self.0.get(column).unwrap_or_else(|| panic!("no column {column}"))
    }

    /// Whether the file has a column.
    pub(crate) fn has(&self, column: &str) -> bool {
        self.0.contains_key(column)
    }

    /// The number in a column; `None` where the cell is empty.
    pub(crate) fn get(&self, column: &str) -> Option<f64> {
        let text = self.text(column);
        (!text.is_empty()).then(|| text.parse().unwrap_or_else(|_| panic!("{column} = {text}")))
    }

    pub(crate) fn number(&self, column: &str) -> f64 {
        self.get(column).unwrap_or_else(|| panic!("{column} is empty"))
    }
}

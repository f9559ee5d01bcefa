//! A result folder, opened for drawing.

use std::path::Path;

use super::ChartError;
use super::data::Table;
use super::facts::Facts;

/// The files that charts are drawn from. A table is `None` when the run has none.
pub(super) struct Source {
    pub facts: Facts,
    pub timeseries: Option<Table>,
    pub queries: Option<Table>,
    pub broadcasts: Option<Table>,
    pub traffic: Option<Table>,
    pub tasks: Option<Table>,
    pub shares: Option<Table>,
}

impl Source {
    pub fn open(folder: &Path) -> Result<Source, ChartError> {
        let table = |name, first| Table::open(&folder.join(name), first);
        Ok(Source {
            facts: Facts::read(folder)?,
            timeseries: table("timeseries.csv", "time_s")?,
            queries: table("queries.csv", "issued_s")?,
            broadcasts: table("broadcasts.csv", "started_s")?,
            traffic: table("traffic.csv", "workload")?,
            tasks: table("tasks.csv", "time_s")?,
            shares: table("shares.csv", "workload")?,
        })
    }

    /// Whether the time series have this column.
    pub fn has_series(&self, column: &str) -> bool {
        self.timeseries.as_ref().is_some_and(|table| table.has(column))
    }

    /// The end of the time series, or `last` when that is later or there are none.
    pub fn end(&self, last: f64) -> Result<f64, ChartError> {
        match &self.timeseries {
            Some(table) => Ok(table.full("time_s")?.into_iter().fold(last, f64::max)),
            None => Ok(last),
        }
    }

    /// The time series, of which a chart's `has_data` has found a column.
    pub fn series(&self) -> &Table {
        self.timeseries.as_ref().expect("a chart is drawn only when it has data")
    }

    /// Whether queries were asked for: there are some, or the time series count them.
    pub fn has_queries(&self, column: &str) -> bool {
        let asked = |table: &Table| self.has_series("queries_issued_count") || table.has_rows();
        self.queries.as_ref().is_some_and(|table| table.has(column) && asked(table))
    }

    /// The queries, which a chart's `has_data` has found.
    pub fn queries(&self) -> &Table {
        self.queries.as_ref().expect("a chart is drawn only when it has data")
    }
}

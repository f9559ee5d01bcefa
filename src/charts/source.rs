//! A result folder, opened for drawing.

use std::path::Path;

use super::data::Table;
use super::error::ChartError;
use super::run_info::RunInfo;
use crate::metrics::tables::Place;
use crate::metrics::tables::broadcasts::Broadcasts;
use crate::metrics::tables::queries::Queries;
use crate::metrics::tables::shares::Shares;
use crate::metrics::tables::tasks::Tasks;
use crate::metrics::tables::timeseries::{self, Timeseries};
use crate::metrics::tables::traffic::Traffic;
use crate::metrics::{Column, Schema};

/// The files that charts are drawn from. A table is `None` when the run has none.
pub(super) struct Source {
    pub run: RunInfo,
    pub timeseries: Option<Table<Timeseries>>,
    pub queries: Option<Table<Queries>>,
    pub broadcasts: Option<Table<Broadcasts>>,
    pub traffic: Option<Table<Traffic>>,
    pub tasks: Option<Table<Tasks>>,
    pub shares: Option<Table<Shares>>,
}

impl Source {
    pub(super) fn open(folder: &Path) -> Result<Source, ChartError> {
        Ok(Source {
            run: RunInfo::read(folder)?,
            timeseries: Table::open(folder)?,
            queries: Table::open(folder)?,
            broadcasts: Table::open(folder)?,
            traffic: Table::open(folder)?,
            tasks: Table::open(folder)?,
            shares: Table::open(folder)?,
        })
    }

    /// Whether there are data in this column. Every run has a table of queries: it counts when any were asked.
    pub(super) fn has(&self, place: &Place) -> bool {
        match place.file {
            Queries::FILE => names(self.queries.as_ref(), place) && self.has_queries(),
            Timeseries::FILE => names(self.timeseries.as_ref(), place),
            Broadcasts::FILE => names(self.broadcasts.as_ref(), place),
            Traffic::FILE => names(self.traffic.as_ref(), place),
            Tasks::FILE => names(self.tasks.as_ref(), place),
            Shares::FILE => names(self.shares.as_ref(), place),
            _ => false,
        }
    }

    /// Whether the time series have this column.
    pub(super) fn has_series(&self, column: &Column<Timeseries>) -> bool {
        self.timeseries.as_ref().is_some_and(|table| table.has(column))
    }

    /// The end of the time series, or `last` when that is later or there are none.
    pub(super) fn end(&self, last: f64) -> Result<f64, ChartError> {
        match &self.timeseries {
            Some(table) => Ok(table.full(&timeseries::TIME)?.into_iter().fold(last, f64::max)),
            None => Ok(last),
        }
    }

    /// The time series, of which a chart's needs have found a column.
    pub(super) fn series(&self) -> &Table<Timeseries> {
        self.timeseries.as_ref().expect("a chart is drawn only when it has data")
    }

    /// The queries, which a chart's needs have found.
    pub(super) fn queries(&self) -> &Table<Queries> {
        self.queries.as_ref().expect("a chart is drawn only when it has data")
    }

    /// Whether queries were to be asked: there are some, or the time series count them.
    fn has_queries(&self) -> bool {
        self.has_series(&timeseries::QUERIES_ISSUED) || self.queries.as_ref().is_some_and(Table::has_rows)
    }
}

fn names<T: Schema>(table: Option<&Table<T>>, place: &Place) -> bool {
    table.is_some_and(|table| table.names(place.header))
}

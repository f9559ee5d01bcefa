//! A result folder, opened for drawing.

use std::path::{Path, PathBuf};

use super::data::Table;
use super::error::ChartError;
use super::run_info::{MANIFEST, RunInfo};
use super::timeline::Timeline;
use super::trial::{self, Account};
use crate::metrics::tables::Place;
use crate::metrics::tables::broadcasts::Broadcasts;
use crate::metrics::tables::queries::Queries;
use crate::metrics::tables::shares::Shares;
use crate::metrics::tables::tasks::Tasks;
use crate::metrics::tables::timeseries::{self, Timeseries};
use crate::metrics::tables::traffic::Traffic;
use crate::metrics::{Column, Schema};

/// The files that charts are drawn from.
pub(super) struct Source {
    pub run: RunInfo,
    /// At least one; several are replications.
    pub runs: Vec<Run>,
    /// What all runs come to together.
    pub account: Account,
}

/// The tables of one run. A table is `None` when the run has none.
pub(super) struct Run {
    pub timeseries: Option<Table<Timeseries>>,
    pub queries: Option<Table<Queries>>,
    pub broadcasts: Option<Table<Broadcasts>>,
    pub traffic: Option<Table<Traffic>>,
    pub tasks: Option<Table<Tasks>>,
    pub shares: Option<Table<Shares>>,
    pub account: Account,
}

impl Source {
    /// The result of one run.
    pub(super) fn open(folder: &Path) -> Result<Source, ChartError> {
        Source::open_all(folder, &[folder.to_owned()])
    }

    /// The result of several runs, each in a folder of its own.
    pub(super) fn open_all(folder: &Path, runs: &[PathBuf]) -> Result<Source, ChartError> {
        let run = RunInfo { runs: runs.len(), ..RunInfo::read(folder)? };
        let runs = runs.iter().map(|run| Run::open(run)).collect::<Result<_, ChartError>>()?;
        Ok(Source { run, runs, account: Account::read(folder)? })
    }

    /// Whether there are data in this column. Every run has a table of queries: it counts when any were asked.
    pub(super) fn has(&self, place: &Place) -> bool {
        self.runs.iter().all(|run| run.has(place))
    }

    /// What a function finds in each run.
    pub(super) fn each<T>(&self, read: impl Fn(&Run) -> Result<T, ChartError>) -> Result<Vec<T>, ChartError> {
        self.runs.iter().map(read).collect()
    }

    /// The end of the time series, or `last` when that is later or there are none.
    pub(super) fn end(&self, last: f64) -> Result<f64, ChartError> {
        let ends = self.each(|run| match &run.timeseries {
            Some(table) => Ok(table.full(&timeseries::TIME)?.into_iter().fold(last, f64::max)),
            None => Ok(last),
        })?;
        Ok(ends.into_iter().fold(last, f64::max))
    }

    /// The intervals of the time series, which are those of all runs.
    pub(super) fn timeline(&self) -> Result<Timeline, ChartError> {
        let times = self.each(|run| Timeline::read(run.series(), &self.run))?;
        let shortest = times.into_iter().min_by_key(Timeline::len);
        Ok(shortest.expect("a result has a run"))
    }
}

impl Run {
    fn open(folder: &Path) -> Result<Run, ChartError> {
        let path = folder.join(MANIFEST);
        if let Err(source) = std::fs::metadata(&path) {
            return Err(ChartError::Read { path, source });
        }
        Ok(Run {
            timeseries: Table::open(folder)?,
            queries: Table::open(folder)?,
            broadcasts: Table::open(folder)?,
            traffic: Table::open(folder)?,
            tasks: Table::open(folder)?,
            shares: Table::open(folder)?,
            account: Account::read(folder)?,
        })
    }

    fn has(&self, place: &Place) -> bool {
        match place.file {
            Queries::FILE => names(self.queries.as_ref(), place) && self.has_queries(),
            Timeseries::FILE => names(self.timeseries.as_ref(), place),
            Broadcasts::FILE => names(self.broadcasts.as_ref(), place),
            Traffic::FILE => names(self.traffic.as_ref(), place),
            Tasks::FILE => names(self.tasks.as_ref(), place),
            Shares::FILE => names(self.shares.as_ref(), place),
            trial::FILE => true,
            _ => false,
        }
    }

    /// Whether the time series have this column.
    pub(super) fn has_series(&self, column: &Column<Timeseries>) -> bool {
        self.timeseries.as_ref().is_some_and(|table| table.has(column))
    }

    /// The time series, of which a chart's needs have found a column.
    pub(super) fn series(&self) -> &Table<Timeseries> {
        self.timeseries.as_ref().expect("a chart is drawn only when it has data")
    }

    /// The queries, which a chart's needs have found.
    pub(super) fn queries(&self) -> &Table<Queries> {
        self.queries.as_ref().expect("a chart is drawn only when it has data")
    }

    /// The broadcasts, likewise.
    pub(super) fn broadcasts(&self) -> &Table<Broadcasts> {
        self.broadcasts.as_ref().expect("a chart is drawn only when it has data")
    }

    /// Whether queries were to be asked: there are some, or the time series count them.
    fn has_queries(&self) -> bool {
        self.has_series(&timeseries::QUERIES_ISSUED) || self.queries.as_ref().is_some_and(Table::has_rows)
    }
}

fn names<T: Schema>(table: Option<&Table<T>>, place: &Place) -> bool {
    table.is_some_and(|table| table.names(place.header))
}

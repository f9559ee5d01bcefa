//! What may need time to become steady: series of a run's intervals, taken over all runs together.

use std::ops::Range;

use super::super::data::Table;
use super::super::error::ChartError;
use super::super::stats::share;
use crate::metrics::Column;
use crate::metrics::tables::timeseries::{
    CHUNKS_AVAILABLE, CHUNKS_THERE, CONTACTS, CONTACTS_AWAY, LATENCY_P50, LIMITER_OVERALL, MESSAGES_SENT,
    ONLINE, QUERIES_ANSWERED, QUERIES_ISSUED, REPUTATION_ERROR, Timeseries,
};

/// What a series' values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Values {
    /// From 0 to 1.
    Share,
    /// So many a second.
    Rate,
    /// Seconds.
    Time,
}

/// How a series is made of columns.
#[derive(Clone, Copy)]
enum Source {
    /// What is counted, a second.
    Count(&'static Column<Timeseries>),
    /// One column divided by another.
    Parts(&'static Column<Timeseries>, &'static Column<Timeseries>),
    /// A column of means, each of which counts the same.
    Mean(&'static Column<Timeseries>),
}

/// A series over the intervals of a run: the mean over all runs, by which Welch (1983) tells when it becomes steady.
pub(super) struct Series {
    pub name: &'static str,
    pub values: Values,
    /// Sums over the runs, interval by interval; a value is a part divided by its whole.
    parts: Vec<f64>,
    wholes: Vec<f64>,
}

const ALL: [(&str, Values, Source); 8] = [
    ("share of queries answered", Values::Share, Source::Parts(&QUERIES_ANSWERED, &QUERIES_ISSUED)),
    ("median time to a first YES", Values::Time, Source::Mean(&LATENCY_P50)),
    ("error of derived reputation", Values::Share, Source::Mean(&REPUTATION_ERROR)),
    ("share of chunks available", Values::Share, Source::Parts(&CHUNKS_AVAILABLE, &CHUNKS_THERE)),
    ("share of contacts offline", Values::Share, Source::Parts(&CONTACTS_AWAY, &CONTACTS)),
    ("overall limiter", Values::Share, Source::Mean(&LIMITER_OVERALL)),
    ("messages sent", Values::Rate, Source::Count(&MESSAGES_SENT)),
    ("share of hosts online", Values::Share, Source::Mean(&ONLINE)),
];

/// The series that all runs have, and that have a value at some time, over their first intervals, whose lengths in seconds
/// these are.
pub(super) fn series(tables: &[&Table<Timeseries>], lengths: &[f64]) -> Result<Vec<Series>, ChartError> {
    let is_there = |source: &Source| tables.iter().all(|table| source.is_in(table));
    let there = ALL.into_iter().filter(|(.., source)| is_there(source));
    let all = there.map(|(name, values, source)| {
        let zeros = || vec![0.0; lengths.len()];
        let mut series = Series { name, values, parts: zeros(), wholes: zeros() };
        tables.iter().try_for_each(|table| series.add(source, table, lengths))?;
        Ok(series)
    });
    let has_values = |series: &Series| series.wholes.iter().any(|whole| *whole > 0.0);
    Ok(all.collect::<Result<Vec<_>, ChartError>>()?.into_iter().filter(has_values).collect())
}

impl Source {
    fn is_in(self, table: &Table<Timeseries>) -> bool {
        match self {
            Source::Count(column) | Source::Mean(column) => table.has(column),
            Source::Parts(part, whole) => table.has(part) && table.has(whole),
        }
    }
}

impl Series {
    fn add(&mut self, source: Source, table: &Table<Timeseries>, lengths: &[f64]) -> Result<(), ChartError> {
        let (parts, wholes) = match source {
            Source::Count(column) => (table.counts(column)?, lengths.to_vec()),
            Source::Parts(part, whole) => (table.counts(part)?, table.counts(whole)?),
            Source::Mean(column) => {
                let values = table.numbers(column)?;
                let is_there = |value: &Option<f64>| f64::from(u8::from(value.is_some()));
                (table.counts(column)?, values.iter().map(is_there).collect())
            }
        };
        let add = |sums: &mut [f64], values: &[f64]| {
            sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
        };
        add(&mut self.parts, &parts);
        add(&mut self.wholes, &wholes);
        Ok(())
    }

    pub(super) fn len(&self) -> usize {
        self.parts.len()
    }

    /// The value over these intervals together; none where there is nothing of it.
    pub(super) fn over(&self, intervals: Range<usize>) -> Option<f64> {
        share(self.parts[intervals.clone()].iter().sum(), self.wholes[intervals].iter().sum())
    }

    /// Welch's moving average: over so many intervals before and behind each, or as many as there are on both sides.
    pub(super) fn smooth(&self, half: usize) -> Vec<Option<f64>> {
        let last = self.len().saturating_sub(1);
        let around = |place: usize| {
            let reach = half.min(place).min(last - place);
            self.over(place - reach..place + reach + 1)
        };
        (0..self.len()).map(around).collect()
    }
}

#[cfg(test)]
pub(super) fn made_of(parts: &[f64], wholes: &[f64]) -> Series {
    Series { name: "a share", values: Values::Share, parts: parts.to_vec(), wholes: wholes.to_vec() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_weighs_by_what_it_is_a_part_of() {
        let series = made_of(&[1.0, 0.0, 30.0, 0.0], &[2.0, 0.0, 40.0, 8.0]);
        assert_eq!(series.over(0..1), Some(0.5));
        assert_eq!(series.over(1..2), None);
        assert_eq!(series.over(0..4), Some(31.0 / 50.0));
    }

    #[test]
    fn a_moving_average_reaches_as_far_on_both_sides() {
        let values = [0.0, 3.0, 0.0, 9.0, 0.0, 0.0];
        let smooth = made_of(&values, &[1.0; 6]).smooth(2);
        assert_eq!(smooth, [0.0, 1.0, 2.4, 2.4, 3.0, 0.0].map(Some));
    }
}

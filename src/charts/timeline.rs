//! Intervals of simulated time, and values over them.

use std::ops::Range;

use super::ChartError;
use super::axis::Axis;
use super::data::Table;

/// No interval of a run is shorter, in seconds.
const NANOSECOND: f64 = 1e-9;

/// The intervals of `timeseries.csv`.
pub(super) struct Timeline {
    /// Beginning of the first interval, then the end of each, in seconds; rising.
    edges: Vec<f64>,
}

impl Timeline {
    pub fn read(table: &Table) -> Result<Timeline, ChartError> {
        let ends = table.full("time_s")?;
        let mut edges = vec![0.0];
        for (row, &end) in ends.iter().enumerate() {
            if end <= edges[row] {
                return Err(table.refuse(row, "time_s", &end.to_string(), "times must rise"));
            }
            edges.push(end);
        }
        Ok(Timeline { edges })
    }

    pub fn is_empty(&self) -> bool {
        self.edges.len() < 2
    }

    /// The axis of the whole time.
    pub fn axis(&self) -> Axis {
        Axis::time(0.0, self.edges[self.edges.len() - 1])
    }

    /// At most `most` runs of as many intervals each, the last perhaps of fewer.
    pub fn bins(&self, most: usize) -> Vec<Range<usize>> {
        let count = self.edges.len() - 1;
        let size = count.div_ceil(most.max(1)).max(1);
        (0..count).step_by(size).map(|start| start..(start + size).min(count)).collect()
    }

    /// When these intervals begin and end, in seconds.
    pub fn span(&self, bin: &Range<usize>) -> (f64, f64) {
        (self.edges[bin.start], self.edges[bin.end])
    }

    /// The middle of these intervals and a value of them.
    pub fn at<T>(&self, bin: &Range<usize>, value: T) -> (f64, T) {
        let (from, to) = self.span(bin);
        ((from + to) / 2.0, value)
    }

    /// Values at the middles of their intervals.
    pub fn points<'a>(&'a self, values: &'a [Option<f64>]) -> impl Iterator<Item = (f64, Option<f64>)> + 'a {
        let middles = self.edges.windows(2).map(|pair| (pair[0] + pair[1]) / 2.0);
        middles.zip(values.iter().copied())
    }

    /// Counts per second over runs of intervals.
    pub fn rates(&self, counts: &[f64], bins: &[Range<usize>]) -> Vec<(f64, Option<f64>)> {
        bins.iter()
            .map(|bin| {
                let (from, to) = self.span(bin);
                let sum: f64 = counts[bin.clone()].iter().sum();
                self.at(bin, Some(sum / (to - from).max(NANOSECOND)))
            })
            .collect()
    }
}

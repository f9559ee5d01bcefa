//! Intervals of simulated time, and values over them.

use std::ops::Range;

use super::axis::{self, Axis};
use super::data::Table;
use super::error::ChartError;
use super::stats::mean;
use crate::metrics::tables::timeseries::{TIME, Timeseries};

/// A line shows no more points than this.
const MOST_POINTS: usize = 400;
/// A line with more gaps than this is drawn in fewer points, but in these at least.
const MOST_GAPS: usize = 8;
const LEAST_POINTS: usize = 12;

/// No interval of a run is shorter, in seconds.
const NANOSECOND: f64 = 1e-9;

/// The intervals of `timeseries.csv`.
pub(super) struct Timeline {
    /// Beginning of the first interval, then the end of each, in seconds; rising.
    edges: Vec<f64>,
}

impl Timeline {
    pub(super) fn read(table: &Table<Timeseries>) -> Result<Timeline, ChartError> {
        let ends = table.full(&TIME)?;
        let mut edges = vec![0.0];
        for (row, &end) in ends.iter().enumerate() {
            if end <= edges[row] {
                return Err(table.refuse(row, &TIME, &end.to_string(), "times must rise"));
            }
            edges.push(end);
        }
        Ok(Timeline { edges })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.edges.len() < 2
    }

    /// The axis of the whole time.
    pub(super) fn axis(&self) -> Axis {
        Axis::time(0.0, self.end())
    }

    /// A moment in the unit of the axis.
    pub(super) fn moment(&self, when: f64) -> String {
        axis::moment(when, self.end())
    }

    fn end(&self) -> f64 {
        self.edges[self.edges.len() - 1]
    }

    /// At most `most` runs of as many intervals each, the last perhaps of fewer.
    pub(super) fn bins(&self, most: usize) -> Vec<Range<usize>> {
        let count = self.edges.len() - 1;
        let size = count.div_ceil(most.max(1)).max(1);
        (0..count).step_by(size).map(|start| start..(start + size).min(count)).collect()
    }

    /// When these intervals begin and end, in seconds.
    pub(super) fn span(&self, bin: &Range<usize>) -> (f64, f64) {
        (self.edges[bin.start], self.edges[bin.end])
    }

    /// The intervals that lie between these moments, in seconds.
    pub(super) fn within(&self, from: f64, to: f64) -> impl Iterator<Item = usize> + '_ {
        (0..self.edges.len() - 1).filter(move |&i| self.edges[i] >= from && self.edges[i + 1] <= to)
    }

    /// The middle of these intervals and a value of them.
    pub(super) fn at<T>(&self, bin: &Range<usize>, value: T) -> (f64, T) {
        let (from, to) = self.span(bin);
        (f64::midpoint(from, to), value)
    }

    /// Values at the middles of their intervals; of more intervals than a line can show, or where values are few and far
    /// between, means over runs of intervals.
    pub(super) fn points(&self, values: &[Option<f64>]) -> Vec<(f64, Option<f64>)> {
        let gaps = values.windows(2).filter(|pair| pair[0].is_some() && pair[1].is_none()).count();
        let known = values.iter().flatten().count();
        let most = if gaps > MOST_GAPS { (known / 4).clamp(LEAST_POINTS, MOST_POINTS) } else { MOST_POINTS };
        let mean_of = |bin: Range<usize>| {
            let known: Vec<f64> = values[bin.clone()].iter().flatten().copied().collect();
            self.at(&bin, mean(&known))
        };
        self.bins(most).into_iter().map(mean_of).collect()
    }

    /// Counts per second over runs of intervals.
    pub(super) fn rates(&self, counts: &[f64], bins: &[Range<usize>]) -> Vec<(f64, Option<f64>)> {
        bins.iter()
            .map(|bin| {
                let (from, to) = self.span(bin);
                let sum: f64 = counts[bin.clone()].iter().sum();
                self.at(bin, Some(sum / (to - from).max(NANOSECOND)))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timeline(count: usize) -> Timeline {
        Timeline { edges: (0..=count).map(|i| i as f64 * 10.0).collect() }
    }

    #[test]
    fn intervals_fall_into_runs_of_as_many() {
        let time = timeline(10);
        assert_eq!(time.bins(4), [0..3, 3..6, 6..9, 9..10]);
        assert_eq!(time.span(&(3..6)), (30.0, 60.0));
        assert!(timeline(0).bins(4).is_empty());
    }

    #[test]
    fn rates_are_counts_per_second() {
        let time = timeline(4);
        assert_eq!(
            time.rates(&[10.0, 30.0, 0.0, 0.0], &time.bins(2)),
            [(10.0, Some(2.0)), (30.0, Some(0.0))]
        );
    }

    #[test]
    fn values_far_between_are_drawn_as_means_without_gaps() {
        let time = timeline(200);
        let values: Vec<Option<f64>> = (0..200).map(|i| (i % 3 == 0).then_some(2.0)).collect();
        let points = time.points(&values);
        assert!(points.len() <= 17 && points.iter().all(|(_, value)| *value == Some(2.0)), "{points:?}");
    }

    #[test]
    fn a_long_line_is_thinned_to_means_and_keeps_its_gaps() {
        let time = timeline(800);
        let values: Vec<Option<f64>> = (0..800).map(|i| (i >= 2).then_some(f64::from(i % 2))).collect();
        let points = time.points(&values);
        assert_eq!(points.len(), 400);
        assert_eq!(points[..2], [(10.0, None), (30.0, Some(0.5))]);
    }
}

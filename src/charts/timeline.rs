//! Intervals of simulated time, and values over them. No bin reaches across the end of the warm-up or the beginning
//! of the cool-down: what counts and what doesn't is never averaged together.

use std::ops::Range;

use super::axis::{self, Axis};
use super::course::Points;
use super::data::Table;
use super::error::ChartError;
use super::run_info::RunInfo;
use super::scale::duration;
use super::stats::mean;
use crate::metrics::tables::timeseries::{TIME, Timeseries};

/// A line shows no more points than about this.
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
    counted: (f64, f64),
}

impl Timeline {
    pub(super) fn read(table: &Table<Timeseries>, run: &RunInfo) -> Result<Timeline, ChartError> {
        let ends = table.full(&TIME)?;
        let mut edges = vec![0.0];
        for (row, &end) in ends.iter().enumerate() {
            if end <= edges[row] {
                return Err(table.refuse(row, &TIME, &end.to_string(), "times must rise"));
            }
            edges.push(end);
        }
        Ok(Timeline { edges, counted: run.counted })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.edges.len() < 2
    }

    /// How many intervals there are.
    pub(super) fn len(&self) -> usize {
        self.edges.len() - 1
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

    /// About `most` runs of as many intervals each, one or two more where the warm-up or the cool-down ends one
    /// early. An interval that is in part counted stands alone.
    pub(super) fn bins(&self, most: usize) -> Vec<Range<usize>> {
        let count = self.edges.len() - 1;
        let size = count.div_ceil(most.max(1)).max(1);
        let cuts = [self.before(self.counted.0), self.before(self.counted.1)];
        let mut starts = vec![0, count];
        starts.extend(cuts.into_iter().flatten());
        starts.sort_unstable();
        let parts = starts.windows(2).map(|pair| pair[0]..pair[1]);
        parts.flat_map(|part| even(&part, part.len().div_ceil(size))).collect()
    }

    /// How many intervals end by this moment, and how many begin before it.
    fn before(&self, moment: f64) -> [usize; 2] {
        let ends = &self.edges[1..];
        let ended = ends.partition_point(|end| *end <= moment + NANOSECOND);
        let begun = self.edges[..ends.len()].partition_point(|begin| *begin < moment - NANOSECOND);
        [ended, begun.max(ended)]
    }

    /// When these intervals begin and end, in seconds.
    pub(super) fn span(&self, bin: &Range<usize>) -> (f64, f64) {
        (self.edges[bin.start], self.edges[bin.end])
    }

    /// The intervals that are counted as a whole.
    pub(super) fn counted(&self) -> Range<usize> {
        let begin = self.before(self.counted.0)[1];
        begin..self.before(self.counted.1)[0].max(begin)
    }

    /// How long the intervals of one of so many points are together, in words.
    pub(super) fn step(&self, most: usize) -> String {
        let bins = self.bins(most);
        let longest = bins.iter().map(|bin| self.span(bin)).map(|(from, to)| to - from).fold(0.0, f64::max);
        duration(longest)
    }

    /// The middle of these intervals and a value of them.
    pub(super) fn at<T>(&self, bin: &Range<usize>, value: T) -> (f64, T) {
        let (from, to) = self.span(bin);
        (f64::midpoint(from, to), value)
    }

    /// Values at the middles of their intervals; of more intervals than a line can show, or where values are few and
    /// far between ([`points_for`]), means over runs of intervals.
    pub(super) fn points(&self, values: &[Option<f64>], most: usize) -> Points {
        let mean_of = |bin: Range<usize>| {
            let known: Vec<f64> = values[bin.clone()].iter().flatten().copied().collect();
            self.at(&bin, mean(&known))
        };
        self.bins(most).into_iter().map(mean_of).collect()
    }

    /// Counts per second over runs of intervals.
    pub(super) fn rates(&self, counts: &[f64], bins: &[Range<usize>]) -> Points {
        bins.iter()
            .map(|bin| {
                let (from, to) = self.span(bin);
                let sum: f64 = counts[bin.clone()].iter().sum();
                self.at(bin, Some(sum / (to - from).max(NANOSECOND)))
            })
            .collect()
    }
}

/// How many points suit lines through these values, one list a run.
pub(super) fn points_for<'a>(runs: impl Iterator<Item = &'a Vec<Option<f64>>>) -> usize {
    let of_run = |values: &Vec<Option<f64>>| {
        let gaps = values.windows(2).filter(|pair| pair[0].is_some() && pair[1].is_none()).count();
        let known = values.iter().flatten().count();
        if gaps > MOST_GAPS { (known / 4).clamp(LEAST_POINTS, MOST_POINTS) } else { MOST_POINTS }
    };
    runs.map(of_run).min().unwrap_or(MOST_POINTS)
}

/// Cuts a range into so many of about the same length.
fn even(range: &Range<usize>, pieces: usize) -> Vec<Range<usize>> {
    let edge = |piece: usize| range.start + range.len() * piece / pieces.max(1);
    (0..pieces).map(|piece| edge(piece)..edge(piece + 1)).collect()
}

/// Bins of simulated time for what has a moment of its own, in seconds: of about the same length.
pub(super) struct Bins {
    edges: Vec<f64>,
}

impl Bins {
    /// About `count` bins from 0 to `end`.
    pub(super) fn of(end: f64, run: &RunInfo, count: usize) -> Bins {
        let end = end.max(NANOSECOND);
        let mut cuts = [0.0, run.counted.0.clamp(0.0, end), run.counted.1.clamp(0.0, end), end];
        cuts.sort_by(f64::total_cmp);
        let mut edges = vec![0.0];
        for pair in cuts.windows(2).filter(|pair| pair[1] > pair[0]) {
            let length = pair[1] - pair[0];
            let pieces = (count as f64 * length / end).round().max(1.0) as usize;
            edges.extend((1..pieces).map(|piece| pair[0] + length * piece as f64 / pieces as f64));
            edges.push(pair[1]);
        }
        Bins { edges }
    }

    pub(super) fn len(&self) -> usize {
        self.edges.len() - 1
    }

    /// The bin of a moment; what lies beyond the last belongs to it.
    pub(super) fn place(&self, moment: f64) -> usize {
        self.edges.partition_point(|edge| *edge <= moment).clamp(1, self.len()) - 1
    }

    pub(super) fn span(&self, bin: usize) -> (f64, f64) {
        (self.edges[bin], self.edges[bin + 1])
    }

    pub(super) fn middle(&self, bin: usize) -> f64 {
        f64::midpoint(self.edges[bin], self.edges[bin + 1])
    }

    /// Whether all of a bin lies between two moments.
    pub(super) fn within(&self, bin: usize, (from, to): (f64, f64)) -> bool {
        let span = self.span(bin);
        from <= span.0 && span.1 <= to
    }

    /// The end of the last bin.
    pub(super) fn end(&self) -> f64 {
        self.edges[self.len()]
    }

    /// A value of each bin, at its middle.
    pub(super) fn points(&self, value: impl Fn(usize) -> Option<f64>) -> Points {
        (0..self.len()).map(|bin| (self.middle(bin), value(bin))).collect()
    }

    /// Counts of bins per second.
    pub(super) fn rates(&self, counts: &[f64]) -> Points {
        self.points(|bin| Some(counts[bin] / (self.span(bin).1 - self.span(bin).0).max(NANOSECOND)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn timeline(count: usize) -> Timeline {
        Timeline { edges: (0..=count).map(|i| i as f64 * 10.0).collect(), counted: (0.0, f64::INFINITY) }
    }

    #[test]
    fn intervals_fall_into_runs_of_about_as_many() {
        let time = timeline(10);
        assert_eq!(time.bins(4), [0..2, 2..5, 5..7, 7..10]);
        assert_eq!(time.span(&(3..6)), (30.0, 60.0));
        assert!(timeline(0).bins(4).is_empty());
    }

    #[test]
    fn no_bin_reaches_across_what_counts() {
        let time = Timeline { counted: (30.0, 85.0), ..timeline(10) };
        assert_eq!(time.bins(3), [0..3, 3..5, 5..8, 8..9, 9..10]);
        assert_eq!(time.counted(), 3..8);
    }

    proptest! {
        #[test]
        fn bins_cover_all_intervals_and_none_straddles(
            count in 0..500_usize, most in 1..60_usize, from in 0.0..6000.0_f64, length in 0.0..6000.0_f64
        ) {
            let time = Timeline { counted: (from, from + length), ..timeline(count) };
            let bins = time.bins(most);
            prop_assert!(bins.iter().all(|bin| !bin.is_empty()));
            prop_assert_eq!(bins.iter().map(ExactSizeIterator::len).sum::<usize>(), count);
            prop_assert!(bins.windows(2).all(|pair| pair[0].end == pair[1].start));
            for bin in bins.iter().filter(|bin| bin.len() > 1) {
                let (begin, end) = time.span(bin);
                for cut in [from, from + length] {
                    prop_assert!(cut <= begin + 1e-6 || cut >= end - 1e-6, "{begin} {cut} {end}");
                }
            }
        }

        #[test]
        fn bins_of_moments_end_where_counting_does(
            end in 1.0..1e6_f64, from in 0.0..1e6_f64, length in 0.0..1e6_f64, moment in 0.0..1e6_f64
        ) {
            let run = RunInfo { counted: (from, from + length), ..RunInfo::default() };
            let bins = Bins::of(end, &run, 40);
            for bin in 0..bins.len() {
                let (begin, until) = bins.span(bin);
                prop_assert!(until > begin);
                prop_assert!([from, from + length].iter().all(|cut| *cut <= begin || *cut >= until));
            }
            prop_assert_eq!((bins.span(0).0, bins.end()), (0.0, end));
            let (begin, until) = bins.span(bins.place(moment));
            prop_assert!(begin <= moment && (moment < until || moment >= end));
        }
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
        let points = time.points(&values, points_for([&values].into_iter()));
        assert!(points.len() <= 17 && points.iter().all(|(_, value)| *value == Some(2.0)), "{points:?}");
    }

    #[test]
    fn a_long_line_is_thinned_to_means_and_keeps_its_gaps() {
        let time = timeline(800);
        let values: Vec<Option<f64>> = (0..800).map(|i| (i >= 2).then_some(f64::from(i % 2))).collect();
        let points = time.points(&values, points_for([&values].into_iter()));
        assert_eq!(points.len(), 400);
        assert_eq!(points[..2], [(10.0, None), (30.0, Some(0.5))]);
    }
}

//! Intervals of simulated time, and values over them. No bin reaches across the end of the warm-up or the beginning
//! of the cool-down: what counts and what doesn't is never averaged together. Nor does one reach across a time that is
//! marked, so that what an attack does is not drawn before it begins; of times that are marked near each other, the first
//! ends a bin ([`cuts`]).

use std::ops::Range;

use super::axis::{self, Axis};
use super::course::Points;
use super::data::Table;
use super::error::ChartError;
use super::run_info::RunInfo;
use super::scale::duration;
use super::stats::weighted_mean;
use crate::metrics::cuts::{SLIVER, cuts};
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
    /// When something that is marked begins or ends.
    marked: Vec<f64>,
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
        Ok(Timeline { edges, counted: run.counted, marked: run.marked() })
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

    /// About `most` runs of intervals of about the same length, and more where marked times end them early. An interval
    /// that is in part counted stands alone.
    pub(super) fn bins(&self, most: usize) -> Vec<Range<usize>> {
        let width = self.end() / most.max(1) as f64;
        let counted = [self.before(self.counted.0), self.before(self.counted.1)];
        let fixed: Vec<f64> = [0, self.len()]
            .into_iter()
            .chain(counted.into_iter().flatten())
            .map(|edge| self.edges[edge])
            .collect();
        let marked: Vec<f64> = self.marked.iter().map(|mark| self.edges[self.before(*mark)[0]]).collect();
        let cuts = cuts(&fixed, &marked, |before, after| after - before < SLIVER * width);
        let place = |cut: f64| self.edges.partition_point(|edge| *edge < cut);
        let part = |pair: &[f64]| {
            let part = place(pair[0])..place(pair[1]);
            let pieces = (pair[1] - pair[0]) / width;
            even(&part, (pieces.round() as usize).clamp(1, part.len()))
        };
        cuts.windows(2).flat_map(part).collect()
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

    /// How long each interval is, in seconds.
    pub(super) fn lengths(&self) -> Vec<f64> {
        self.edges.windows(2).map(|pair| pair[1] - pair[0]).collect()
    }

    /// Values at the middles of their intervals; of more intervals than a line can show, or where values are few and
    /// far between ([`points_for`]), means over runs of intervals, by what each value is a mean over.
    pub(super) fn points(&self, values: &[Option<f64>], weights: &[f64], most: usize) -> Points {
        let mean_of = |bin: Range<usize>| {
            let mean = weighted_mean(&values[bin.clone()], &weights[bin.clone()]);
            self.at(&bin, mean)
        };
        self.bins(most).into_iter().map(mean_of).collect()
    }

    /// Counts per second over runs of intervals, as [`rate`] has it.
    pub(super) fn rates(&self, counts: &[f64], bins: &[Range<usize>]) -> Points {
        let usual = self.end() / bins.len() as f64;
        let rate = |bin| self.at(bin, rate(counts[bin.clone()].iter().sum(), self.span(bin), usual));
        bins.iter().map(rate).collect()
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

/// Bins of simulated time for what has a moment of its own, in seconds: of about the same length, but where marked times
/// end them early.
pub(super) struct Bins {
    edges: Vec<f64>,
}

impl Bins {
    /// About `count` bins from 0 to `end`.
    pub(super) fn of(end: f64, run: &RunInfo, count: usize) -> Bins {
        let end = end.max(NANOSECOND);
        let width = end / count.max(1) as f64;
        let fixed = [0.0, run.counted.0.clamp(0.0, end), run.counted.1.clamp(0.0, end), end];
        let mut marked = run.marked();
        marked.retain(|mark| *mark < end);
        let cuts = cuts(&fixed, &marked, |before, after| after - before < SLIVER * width);
        let mut edges = vec![0.0];
        for pair in cuts.windows(2) {
            let length = pair[1] - pair[0];
            let pieces = (length / width).round().max(1.0) as usize;
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

    /// Counts of bins per second, as [`rate`] has it.
    pub(super) fn rates(&self, counts: &[f64]) -> Points {
        let usual = self.end() / self.len() as f64;
        self.points(|bin| rate(counts[bin], self.span(bin), usual))
    }
}

/// A count per second; none of a bin that is a sliver beside others, such as a cool-down of seconds after days: whether
/// anything happened in it is chance, and a line would fall to 0 or rise beyond all else.
fn rate(count: f64, (from, to): (f64, f64), usual: f64) -> Option<f64> {
    (to - from >= SLIVER * usual).then(|| count / (to - from).max(NANOSECOND))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::charts::run_info::Span;
    use crate::units::{Duration, Time};

    fn timeline(count: usize) -> Timeline {
        let edges = (0..=count).map(|i| i as f64 * 10.0).collect();
        Timeline { edges, counted: (0.0, f64::INFINITY), marked: Vec::new() }
    }

    /// A run in which something begins at each of these seconds, and goes on.
    fn run(counted: (f64, f64), onsets: &[f64]) -> RunInfo {
        let at = |onset: &f64| Time::ZERO + Duration::from_seconds(*onset);
        let span = |onset: &f64| Span::new("attack".to_owned(), at(onset), Time::NEVER);
        RunInfo { counted, spans: onsets.iter().map(span).collect(), ..RunInfo::default() }
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

    #[test]
    fn a_bin_ends_where_something_that_is_marked_begins() {
        let time = Timeline { marked: vec![40.0, 300.0, f64::INFINITY], ..timeline(60) };
        assert_eq!(time.bins(4), [0..4, 4..17, 17..30, 30..45, 45..60]);
        let near = Timeline { marked: vec![300.0, 310.0], ..timeline(60) };
        assert_eq!(
            near.bins(4),
            [0..15, 15..30, 30..45, 45..60],
            "a bin of 10 s says little beside those of 150 s"
        );
        let bins = Bins::of(600.0, &run((0.0, 600.0), &[301.0, 302.0, 400.0]), 4);
        let edges: Vec<f64> = (0..bins.len()).map(|bin| bins.span(bin).0).collect();
        assert_eq!(edges, [0.0, 150.5, 301.0, 400.0]);
    }

    proptest! {
        #[test]
        fn bins_cover_all_intervals_and_none_straddles(
            count in 1..500_usize,
            most in 1..60_usize,
            from in 0.0..6000.0_f64,
            length in 0.0..6000.0_f64,
            marked in prop::collection::vec(0.0..6000.0_f64, 0..90),
        ) {
            let time = Timeline { counted: (from, from + length), marked, ..timeline(count) };
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
            // A mark counts from the beginning of the interval that it is in.
            let least = SLIVER * time.end() / most as f64 + 10.0;
            for mark in time.marked.iter().filter(|mark| **mark < time.end()) {
                let (begin, _) = time.span(bins.iter().find(|bin| time.span(bin).1 > *mark).expect("a bin"));
                prop_assert!(mark - begin < least + 1e-6, "{begin} {mark}");
            }
            prop_assert!(bins.len() <= 6 * most + 6, "{} bins", bins.len());
        }

        #[test]
        fn bins_of_moments_end_where_counting_does_and_where_something_is_marked(
            end in 1.0..1e6_f64,
            from in 0.0..1e6_f64,
            length in 0.0..1e6_f64,
            moment in 0.0..1e6_f64,
            onsets in prop::collection::vec(0.0..1e6_f64, 0..90),
        ) {
            let run = run((from, from + length), &onsets);
            let bins = Bins::of(end, &run, 40);
            for onset in run.marked().into_iter().filter(|onset| *onset < end) {
                let (begin, _) = bins.span(bins.place(onset));
                prop_assert!(onset - begin < SLIVER * end / 40.0, "{begin} {onset}");
            }
            prop_assert!(bins.len() <= 6 * 40, "{} bins", bins.len());
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
    fn a_sliver_has_no_rate() {
        let bins = Bins::of(1000.0, &run((0.0, 990.0), &[]), 10);
        let rates: Vec<Option<f64>> = bins.rates(&[50.0; 11]).into_iter().map(|(_, rate)| rate).collect();
        assert!(rates[..10].iter().all(|rate| rate.is_some_and(|rate| rate < 0.6)) && rates[10].is_none());
        let time = Timeline { counted: (0.0, 990.0), ..timeline(100) };
        let rates = time.rates(&[5.0; 100], &time.bins(10));
        assert_eq!((rates.len(), rates[9].1, rates[10]), (11, Some(0.5), (995.0, None)));
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
        let points = time.points(&values, &time.lengths(), points_for([&values].into_iter()));
        assert!(points.len() <= 17 && points.iter().all(|(_, value)| *value == Some(2.0)), "{points:?}");
    }

    #[test]
    fn a_mean_over_a_bin_counts_each_interval_by_what_it_is_a_mean_over() {
        let time = timeline(2);
        assert_eq!(time.points(&[Some(1.0), Some(0.5)], &[30.0, 10.0], 1), [(10.0, Some(0.875))]);
    }

    #[test]
    fn a_long_line_is_thinned_to_means_and_keeps_its_gaps() {
        let time = timeline(800);
        let values: Vec<Option<f64>> = (0..800).map(|i| (i >= 2).then_some(f64::from(i % 2))).collect();
        let points = time.points(&values, &time.lengths(), points_for([&values].into_iter()));
        assert_eq!(points.len(), 400);
        assert_eq!(points[..2], [(10.0, None), (30.0, Some(0.5))]);
    }
}

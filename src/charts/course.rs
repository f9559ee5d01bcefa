//! One curve over several runs: the median at each place, and between which values the runs lie.

use super::legend::Entry;
use super::stats::{ENOUGH, quantile, sorted};
use crate::metrics::Waits;

/// Values at places; none where a bin is empty.
pub(super) type Points = Vec<(f64, Option<f64>)>;

/// What several runs come to at each place; none where none has a value.
pub(super) type Course = Vec<(f64, Option<Among>)>;

/// What several runs come to: of one run its value, three times. What is longer than any time is infinite.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Among {
    pub low: f64,
    pub mid: f64,
    pub high: f64,
    /// How many runs have a value.
    pub n: usize,
}

impl Among {
    /// The median and the 5 and 95 % quantiles of these values, or their extremes where they are few; none without
    /// values.
    pub(super) fn of(values: impl IntoIterator<Item = f64>) -> Option<Among> {
        let values = sorted(values.into_iter().collect());
        let (low, high) = if values.len() < ENOUGH { (0.0, 1.0) } else { (0.05, 0.95) };
        Some(Among {
            low: quantile(&values, low)?,
            mid: quantile(&values, 0.5)?,
            high: quantile(&values, high)?,
            n: values.len(),
        })
    }
}

/// The curves of the runs, which have the same places, as one.
pub(super) fn over_runs(runs: &[Points]) -> Course {
    let places = runs.first().into_iter().flatten().enumerate();
    places.map(|(place, (x, _))| (*x, Among::of(runs.iter().filter_map(|run| run.get(place)?.1)))).collect()
}

/// The share that got there within each of these times; none of nobody.
pub(super) fn within(waits: &Waits, places: &[f64]) -> Points {
    places.iter().map(|&place| (place, waits.share_within(place * (1.0 + 1e-9)))).collect()
}

/// The highest finite value of a course, or of all its bands; 0 without any.
pub(super) fn highest(course: &Course) -> f64 {
    let values =
        course.iter().filter_map(|(_, among)| *among).flat_map(|among| [among.low, among.mid, among.high]);
    values.filter(|value| value.is_finite()).fold(0.0, f64::max)
}

/// Whether there is a place at which it is longer than any time.
pub(super) fn is_endless(course: &Course) -> bool {
    course.iter().any(|(_, among)| among.is_some_and(|among| among.mid.is_infinite()))
}

/// The lowest value; infinite without any. A logarithmic axis has no place for 0.
pub(super) fn lowest(course: &Course) -> f64 {
    course.iter().filter_map(|(_, among)| *among).map(|among| among.low).fold(f64::INFINITY, f64::min)
}

/// What bands show, for a legend; nothing for one run, which has none.
pub(super) fn band_key(runs: usize) -> Option<Entry> {
    (runs > 1).then(|| Entry::band(format!("{}; lines: median", band_words(runs))))
}

/// What bands show: `5–95 % of 30 runs`.
pub(super) fn band_words(runs: usize) -> String {
    if runs < ENOUGH {
        format!("lowest to highest of {runs} runs (too few for 5–95 %)")
    } else {
        format!("5–95 % of {runs} runs")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_runs_span_their_extremes_and_many_the_middle_nine_tenths() {
        let few = Among::of([3.0, 1.0, 2.0, 9.0, 4.0]).expect("values");
        assert_eq!(few, Among { low: 1.0, mid: 3.0, high: 9.0, n: 5 });
        assert!(band_words(5).contains("lowest to highest of 5 runs"));
        let many = Among::of((0..=100).map(f64::from)).expect("values");
        assert_eq!(many, Among { low: 5.0, mid: 50.0, high: 95.0, n: 101 });
        assert_eq!(band_words(101), "5–95 % of 101 runs");
        assert_eq!(Among::of([]), None);
        assert!(band_key(1).is_none());
    }

    #[test]
    fn a_place_without_a_value_in_any_run_is_a_gap() {
        let runs = [
            vec![(1.0, Some(2.0)), (2.0, None), (3.0, None)],
            vec![(1.0, Some(4.0)), (2.0, Some(5.0)), (3.0, None)],
        ];
        let course = over_runs(&runs);
        assert_eq!(course[0], (1.0, Some(Among { low: 2.0, mid: 3.0, high: 4.0, n: 2 })));
        assert_eq!(course[1].1.map(|among| among.mid), Some(5.0));
        assert_eq!(course[2], (3.0, None));
    }

    #[test]
    fn a_distribution_ends_at_the_share_that_has_a_value() {
        let waits = Waits::of([Some(1.0), Some(2.0), None, Some(2.0)].into_iter());
        let shares = within(&waits, &[0.5, 1.0, 1.5, 2.0, 9.0]);
        let expected = [0.0, 0.25, 0.25, 0.75, 0.75].map(Some);
        assert_eq!(shares.into_iter().map(|(_, share)| share).collect::<Vec<_>>(), expected);
        assert_eq!(within(&Waits::of([].into_iter()), &[1.0]), [(1.0, None)]);
    }
}

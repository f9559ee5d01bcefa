//! What a run's value of a metric was made of, as far as an interval over replications needs it.

use serde::{Deserialize, Serialize};

/// What is behind a run's figure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sample {
    /// A count of hits among so many trials, each a hit or none.
    Trials(f64),
    /// A mean over so many units, whose own values lie anywhere between 0 and 1; of a difference, between −1 and 1.
    Units(f64),
    /// A quantile of values with this tail.
    Tail(Tail),
    /// A time that is longer than any: too much, or all, of what it is about never came.
    Endless,
}

/// The largest of many values, thinned out: every one of the first, then fewer and fewer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tail {
    /// How many values there are in all, those that are beyond any included.
    all: f64,
    /// Those that are beyond any value.
    beyond: f64,
    /// How many values are greater, and the value: rising ranks, falling values.
    largest: Vec<(f64, f64)>,
}

/// A 99 % quantile of fewer values than this would be one of the two largest: an accident rather than a figure.
pub const LEAST_FOR_P99: usize = 100;
/// The tail reaches down to this share of all values.
const SHARE: f64 = 0.25;
/// From one rank that is kept to the next it is at most this share of the rank, or one.
const STEP: f64 = 1.0 / 64.0;

impl Sample {
    /// Whether the figure is longer than any time. Files have no number for it, and leave it out.
    pub fn is_endless(&self) -> bool {
        match self {
            Sample::Endless => true,
            Sample::Tail(tail) => tail.p99_is_endless(),
            Sample::Trials(_) | Sample::Units(_) => false,
        }
    }
}

impl Tail {
    /// The tail of `all` values; `rising` has those that are finite, in order.
    pub fn of(rising: &[f64], all: usize) -> Tail {
        let beyond = all - rising.len();
        let end = ((all as f64 * SHARE).ceil() as usize).saturating_sub(beyond).min(rising.len());
        let mut largest = Vec::new();
        let mut place = 0;
        while place < end {
            largest.push(((beyond + place) as f64, rising[rising.len() - 1 - place]));
            place += 1 + ((beyond + place) as f64 * STEP) as usize;
        }
        if let Some(last) = end.checked_sub(1) {
            let last = ((beyond + last) as f64, rising[rising.len() - 1 - last]);
            largest.extend((largest.last() != Some(&last)).then_some(last));
        }
        Tail { all: all as f64, beyond: beyond as f64, largest }
    }

    /// How many values there are.
    pub fn all(&self) -> f64 {
        self.all
    }

    /// Whether the 99 % quantile is beyond any value.
    pub(super) fn p99_is_endless(&self) -> bool {
        self.all >= LEAST_FOR_P99 as f64 && (0.99 * (self.all - 1.0)).ceil() >= self.all - self.beyond
    }

    /// The values that are kept.
    pub fn values(&self) -> impl Iterator<Item = f64> + '_ {
        self.largest.iter().map(|(_, value)| *value)
    }

    /// About how many values are greater than this one; exact among the largest 64.
    pub fn above(&self, value: f64) -> f64 {
        let place = self.largest.partition_point(|(_, kept)| *kept > value);
        match (place.checked_sub(1).map(|before| self.largest[before]), self.largest.get(place)) {
            // Between two that are kept, others lie.
            (Some((fewer, larger)), Some((more, smaller))) if *more > fewer + 1.0 && larger > *smaller => {
                fewer + 1.0 + (more - fewer - 1.0) * (larger - value) / (larger - smaller)
            }
            (_, Some((rank, _))) => *rank,
            (Some((rank, _)), None) => rank + 1.0,
            (None, None) => self.beyond,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_are_counted_exactly_and_the_others_nearly() {
        let rising: Vec<f64> = (1..=10_000).map(f64::from).collect();
        let tail = Tail::of(&rising, 10_000);
        assert!(tail.largest.len() < 400, "{}", tail.largest.len());
        for above in [0.0, 1.0, 20.0, 63.0] {
            assert_eq!(tail.above(10_000.0 - above), above);
        }
        for above in [100.0, 777.0, 2400.0] {
            assert!((tail.above(10_000.0 - above) - above).abs() <= 1.0, "{above}");
        }
    }

    #[test]
    fn what_never_came_is_above_everything() {
        let tail = Tail::of(&[1.0, 2.0, 3.0], 20);
        assert_eq!(
            (tail.above(3.0), tail.values().count()),
            (17.0, 0),
            "the tail of twenty is five, and none came"
        );
        let tail = Tail::of(&(1..=95).map(f64::from).collect::<Vec<_>>(), 100);
        assert_eq!([tail.above(95.0), tail.above(94.0), tail.above(1e9)], [5.0, 6.0, 5.0]);
    }

    #[test]
    fn equal_values_are_no_larger_than_each_other() {
        let tail = Tail::of(&[5.0; 1000], 1000);
        assert_eq!((tail.above(5.0), tail.above(4.9)), (0.0, 250.0));
    }
}

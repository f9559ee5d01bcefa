//! Means, quantiles and indices.

use super::sample::{LEAST_FOR_P99, Tail};

/// Arithmetic mean; `None` of nothing. Summed as differences from the first value, so that equal values have exactly
/// their value as mean.
pub(super) fn mean(mut values: impl Iterator<Item = f64>) -> Option<f64> {
    let first = values.next()?;
    let (sum, count) = values.fold((0.0, 1_u64), |(sum, count), value| (sum + (value - first), count + 1));
    Some(first + sum / count as f64)
}

/// `part / whole`; `None` if the whole is nothing.
pub(super) fn ratio(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| part / whole)
}

/// Times that some of those who are waited for have taken; the others never got there, which is longer than any time.
pub struct Waits {
    /// Rising.
    sorted: Vec<f64>,
    all: usize,
}

impl Waits {
    /// Of all that are waited for, `None` for who never got there.
    pub fn of(waits: impl Iterator<Item = Option<f64>>) -> Waits {
        let (mut sorted, mut all) = (Vec::new(), 0);
        for wait in waits {
            all += 1;
            sorted.extend(wait);
        }
        sorted.sort_by(f64::total_cmp);
        Waits { sorted, all }
    }

    /// The time by which a share of all got there, interpolated linearly between the two nearest (Hyndman and Fan's type 7);
    /// infinite when fewer ever did, so that no bound above holds. Percentiles of delays treat so what never arrives
    /// (RFC 7679, section 5.1).
    pub fn quantile(&self, share: f64) -> Option<f64> {
        let last = self.all.checked_sub(1)?;
        let place = share * last as f64;
        let (below, above) = (place.floor() as usize, place.ceil() as usize);
        let (Some(low), Some(high)) = (self.sorted.get(below), self.sorted.get(above)) else {
            return Some(f64::INFINITY);
        };
        Some(low + (high - low) * (place - place.floor()))
    }

    /// The share of all that got there within this time. `None` of nobody.
    pub fn share_within(&self, time: f64) -> Option<f64> {
        ratio(self.sorted.partition_point(|wait| *wait <= time) as f64, self.all as f64)
    }

    /// How many got there.
    pub fn count(&self) -> usize {
        self.sorted.len()
    }

    /// The largest of them, for an interval of a high quantile.
    pub fn tail(&self) -> Tail {
        Tail::of(&self.sorted, self.all)
    }

    /// Half of all got there by then; infinite when fewer ever did. `None` of nobody.
    pub fn median(&self) -> Option<f64> {
        self.quantile(0.5)
    }

    /// The 99 % quantile; `None` also of fewer than [`LEAST_FOR_P99`], which are too few to tell.
    pub fn p99(&self) -> Option<f64> {
        if self.all < LEAST_FOR_P99 { None } else { self.quantile(0.99) }
    }

    /// The mean over those who got there; infinite when nobody did of those who are waited for.
    pub fn mean(&self) -> Option<f64> {
        mean(self.sorted.iter().copied()).or((self.all > 0).then_some(f64::INFINITY))
    }

    /// The share of those who never got there.
    pub fn never(&self) -> Option<f64> {
        ratio((self.all - self.sorted.len()) as f64, self.all as f64)
    }
}

/// Gini coefficient of n values, times n / (n − 1) so that it does not depend on n: 0 when all have the same, 1 when one
/// has everything (Deltas 2003). `None` of fewer than two.
pub(super) fn gini(mut values: Vec<u64>) -> Option<f64> {
    values.sort_unstable();
    let n = values.len() as f64;
    let total: f64 = values.iter().map(|value| *value as f64).sum();
    let weighted: f64 = values.iter().enumerate().map(|(i, value)| (i as f64 + 1.0) * *value as f64).sum();
    let biased = ratio(2.0 * weighted, n * total)? - (n + 1.0) / n;
    ratio(biased * n, n - 1.0)
}

/// Jain's index of fairness, (Σx)² / (n Σx²): 1 when all have the same, 1/n when one has everything (Jain, Chiu, Hawe
/// 1984).
pub(super) fn jain(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (n, sum, squares) =
        values.fold((0.0, 0.0, 0.0), |(n, sum, squares), x| (n + 1.0, sum + x, squares + x * x));
    // Rounding may take equals a bit beyond 1.
    ratio(sum * sum, n * squares).map(|index| index.min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_interpolate_between_neighbours() {
        let waits = Waits::of([4.0, 1.0, 2.0].into_iter().map(Some));
        for (share, value) in [(0.0, 1.0), (0.5, 2.0), (0.75, 3.0), (1.0, 4.0)] {
            assert_eq!(waits.quantile(share), Some(value));
        }
    }

    #[test]
    fn who_never_got_there_took_longer_than_anybody() {
        let waits = |here: usize, never: usize| {
            let there = (1..=here).map(|wait| Some(wait as f64));
            Waits::of(there.chain(std::iter::repeat_n(None, never)))
        };
        assert_eq!(
            (waits(3, 0).median(), waits(3, 2).median(), waits(3, 3).median()),
            (Some(2.0), Some(3.0), Some(f64::INFINITY))
        );
        assert_eq!((waits(99, 1).p99(), waits(199, 1).p99()), (Some(f64::INFINITY), Some(198.01)));
        assert_eq!((waits(99, 0).p99(), waits(100, 0).p99()), (None, Some(99.01)), "too few to tell");
        assert_eq!((waits(3, 1).mean(), waits(3, 1).never()), (Some(2.0), Some(0.25)));
        assert_eq!((waits(0, 2).mean(), waits(0, 2).never()), (Some(f64::INFINITY), Some(1.0)));
        let within = [0.5, 2.0, 9.0].map(|time| waits(3, 1).share_within(time));
        assert_eq!(within, [Some(0.0), Some(0.5), Some(0.75)]);
        assert_eq!((waits(0, 0).mean(), waits(0, 0).median(), waits(0, 0).never()), (None, None, None));
    }

    #[test]
    fn a_tail_tells_whether_its_quantile_is_endless() {
        for (came, all) in [(198, 200), (199, 200), (200, 200), (99, 100), (98, 99), (0, 100)] {
            let waits = (0..all).map(|wait| (wait < came).then_some(1.0));
            let waits = Waits::of(waits);
            assert_eq!(waits.tail().p99_is_endless(), waits.p99() == Some(f64::INFINITY), "{came} of {all}");
        }
    }

    #[test]
    fn the_gini_coefficient_is_zero_for_equals_and_one_for_a_monopoly_of_any_number() {
        assert!(gini(vec![5, 5, 5, 5]).expect("values").abs() < 1e-12);
        for n in [2, 4, 1000] {
            let mut values = vec![0; n];
            values[n / 2] = 9;
            assert!((gini(values).expect("values") - 1.0).abs() < 1e-12);
        }
        assert_eq!(gini(vec![0, 0]), None);
        assert_eq!(gini(vec![7]), None);
    }

    #[test]
    fn jain_s_index_is_one_for_equals_and_one_nth_for_a_monopoly() {
        assert_eq!(jain([3.0, 3.0, 3.0].into_iter()), Some(1.0));
        assert!((1..200).all(|n| jain(std::iter::repeat_n(1.0 / f64::from(n), 7)) <= Some(1.0)));
        assert_eq!(jain([0.0, 8.0, 0.0, 0.0].into_iter()), Some(0.25));
        assert_eq!(jain([].into_iter()), None);
    }

    #[test]
    fn nothing_has_no_mean() {
        assert_eq!(mean([].into_iter()), None);
        assert_eq!(mean([1.0, 2.0].into_iter()), Some(1.5));
        assert_eq!(mean([0.99; 17].into_iter()), Some(0.99));
    }
}

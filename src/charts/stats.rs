//! Small statistics for drawings.

/// The quantile of rising values, interpolated linearly between the two nearest (Hyndman and Fan's type 7), as for the
/// metrics of a result.
pub(crate) fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let place = share * last as f64;
    let below = (place.floor() as usize).min(last);
    let above = (below + 1).min(last);
    let (low, high, part) = (sorted[below], sorted[above], place - place.floor());
    // What is longer than any time is infinite: nothing lies between two of these.
    Some(if part == 0.0 || low == high { low } else { low + (high - low) * part })
}

/// The mean, around the first value, so that equal values have exactly that mean.
pub(super) fn mean(values: &[f64]) -> Option<f64> {
    let first = *values.first()?;
    let sum: f64 = values.iter().map(|value| value - first).sum();
    Some(first + sum / values.len() as f64)
}

/// The mean of those that there are, each by its weight, likewise; none when nothing has a weight.
pub(super) fn weighted_mean(values: &[Option<f64>], weights: &[f64]) -> Option<f64> {
    let known = || values.iter().zip(weights).filter_map(|(value, weight)| Some(((*value)?, *weight)));
    let (first, _) = known().find(|(_, weight)| *weight > 0.0)?;
    let (sum, total) = known()
        .fold((0.0, 0.0), |(sum, total), (value, weight)| (sum + weight * (value - first), total + weight));
    Some(first + sum / total)
}

/// The least value and the greatest; infinite and 0 without any.
pub(super) fn extent(values: impl IntoIterator<Item = f64>) -> (f64, f64) {
    let widen = |(low, high): (f64, f64), value: f64| (low.min(value), high.max(value));
    values.into_iter().fold((f64::INFINITY, 0.0), widen)
}

/// What several runs come to together, as `summary.json` has it: the mean of those that have a value, infinite when one
/// of them is.
pub(super) fn mean_of_runs(values: impl IntoIterator<Item = Option<f64>>) -> Option<f64> {
    let values: Vec<f64> = values.into_iter().flatten().collect();
    if values.contains(&f64::INFINITY) { Some(f64::INFINITY) } else { mean(&values) }
}

pub(super) fn sorted(mut values: Vec<f64>) -> Vec<f64> {
    values.sort_by(f64::total_cmp);
    values
}

/// `part / whole`, or `None` when there is no whole.
pub(super) fn share(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| part / whole)
}

/// Of fewer values, the 5 % quantile lies between the two lowest, and says less than the lowest itself.
pub(super) const ENOUGH: usize = 20;

/// How values are spread.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Spread {
    pub p05: f64,
    pub p25: f64,
    pub p75: f64,
    pub p95: f64,
}

impl Spread {
    /// `None` of values that are too few to tell.
    pub(super) fn of(values: Vec<f64>) -> Option<Spread> {
        if values.len() < ENOUGH {
            return None;
        }
        let values = sorted(values);
        let at = |share| quantile(&values, share);
        Some(Spread { p05: at(0.05)?, p25: at(0.25)?, p75: at(0.75)?, p95: at(0.95)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_interpolate_between_neighbours() {
        let values = [1.0, 2.0, 4.0];
        assert_eq!([0.0, 0.5, 0.75, 1.0].map(|q| quantile(&values, q)), [1.0, 2.0, 3.0, 4.0].map(Some));
        assert_eq!(quantile(&[7.0], 0.99), Some(7.0));
        assert_eq!(quantile(&[], 0.5), None);
        assert_eq!((Spread::of(vec![]), Spread::of(vec![1.0; 19])), (None, None));
        assert_eq!(Spread::of((0..=100).map(f64::from).collect()).map(|spread| spread.p05), Some(5.0));
    }

    #[test]
    fn a_weighted_mean_counts_each_value_as_often_as_it_weighs() {
        assert_eq!(weighted_mean(&[Some(1.0), None, Some(4.0)], &[2.0, 7.0, 1.0]), Some(2.0));
        assert_eq!(weighted_mean(&[Some(0.3); 7], &[0.1; 7]), Some(0.3));
        assert_eq!(weighted_mean(&[Some(1.0), None], &[0.0, 1.0]), None);
    }

    #[test]
    fn quantiles_of_what_never_ends_are_never_half_numbers() {
        let endless = f64::INFINITY;
        assert_eq!(quantile(&[1.0, endless], 0.0), Some(1.0));
        assert_eq!(quantile(&[1.0, endless], 0.5), Some(endless));
        assert_eq!(quantile(&[1.0, endless, endless], 0.75), Some(endless));
        assert_eq!(quantile(&[1.0, 2.0, endless], 0.5), Some(2.0));
    }

    #[test]
    fn several_runs_come_to_the_mean_of_those_that_have_a_value() {
        assert_eq!(mean_of_runs([Some(1.0), None, Some(2.0)]), Some(1.5));
        assert_eq!(mean_of_runs([Some(1.0), Some(f64::INFINITY)]), Some(f64::INFINITY));
        assert_eq!(mean_of_runs([Some(0.99); 17]), Some(0.99));
        assert_eq!(mean_of_runs([None, None]), None);
    }
}

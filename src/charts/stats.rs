//! Small statistics for drawings.

/// The quantile of rising values, interpolated linearly between the two nearest (Hyndman and Fan's type 7), as for the
/// metrics of a result.
pub(super) fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let place = share * last as f64;
    let below = (place.floor() as usize).min(last);
    let above = (below + 1).min(last);
    Some(sorted[below] + (sorted[above] - sorted[below]) * (place - place.floor()))
}

pub(super) fn mean(values: &[f64]) -> Option<f64> {
    if values.is_empty() { None } else { Some(values.iter().sum::<f64>() / values.len() as f64) }
}

pub(super) fn sorted(mut values: Vec<f64>) -> Vec<f64> {
    values.sort_by(f64::total_cmp);
    values
}

/// `part / whole`, or `None` when there is no whole.
pub(super) fn share(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| part / whole)
}

/// The share of `total` values (rising) at or below each place; none of no values.
pub(super) fn cumulative(sorted: &[f64], total: usize, places: &[f64]) -> Vec<(f64, Option<f64>)> {
    let below = |place: f64| sorted.partition_point(|value| *value <= place * (1.0 + 1e-9)) as f64;
    places.iter().map(|&place| (place, share(below(place), total as f64))).collect()
}

/// How values are spread.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Spread {
    pub p05: f64,
    pub p25: f64,
    pub mean: f64,
    pub p75: f64,
    pub p95: f64,
}

impl Spread {
    /// `None` without values.
    pub(super) fn of(values: Vec<f64>) -> Option<Spread> {
        let values = sorted(values);
        let at = |share| quantile(&values, share);
        Some(Spread { p05: at(0.05)?, p25: at(0.25)?, mean: mean(&values)?, p75: at(0.75)?, p95: at(0.95)? })
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
        assert_eq!(Spread::of(vec![]), None);
    }

    #[test]
    fn a_distribution_ends_at_the_share_that_has_a_value() {
        let shares = cumulative(&[1.0, 2.0, 2.0], 4, &[0.5, 1.0, 1.5, 2.0, 9.0]);
        let expected = [0.0, 0.25, 0.25, 0.75, 0.75].map(Some);
        assert_eq!(shares.into_iter().map(|(_, share)| share).collect::<Vec<_>>(), expected);
        assert_eq!(cumulative(&[], 0, &[1.0]), [(1.0, None)]);
    }
}

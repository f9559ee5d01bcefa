//! Means, quantiles and indices.

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

/// The quantile of sorted values, interpolated linearly between the two nearest (Hyndman and Fan's type 7).
pub(super) fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let place = share * last as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(last);
    Some(sorted[below] + (sorted[above] - sorted[below]) * (place - place.floor()))
}

/// The same of values in any order.
pub(super) fn quantile_of(values: impl Iterator<Item = f64>, share: f64) -> Option<f64> {
    let mut sorted: Vec<f64> = values.collect();
    sorted.sort_by(f64::total_cmp);
    quantile(&sorted, share)
}

/// Gini coefficient: 0 when all have the same, towards 1 when one has everything.
pub(super) fn gini(values: &[u64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let n = sorted.len() as f64;
    let total: f64 = sorted.iter().map(|value| *value as f64).sum();
    let weighted: f64 = sorted.iter().enumerate().map(|(i, value)| (i as f64 + 1.0) * *value as f64).sum();
    ratio(2.0 * weighted, n * total).map(|share| share - (n + 1.0) / n)
}

/// Jain's index of fairness, (Σx)² / (n Σx²): 1 when all have the same, 1/n when one has everything (Jain, Chiu, Hawe
/// 1984).
pub(super) fn jain(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (n, sum, squares) =
        values.fold((0.0, 0.0, 0.0), |(n, sum, squares), x| (n + 1.0, sum + x, squares + x * x));
    ratio(sum * sum, n * squares)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_interpolate_between_neighbours() {
        let sorted = [1.0, 2.0, 4.0];
        assert_eq!(quantile(&sorted, 0.0), Some(1.0));
        assert_eq!(quantile(&sorted, 0.5), Some(2.0));
        assert_eq!(quantile(&sorted, 0.75), Some(3.0));
        assert_eq!(quantile(&sorted, 1.0), Some(4.0));
        assert_eq!(quantile(&[], 0.5), None);
    }

    #[test]
    fn the_gini_coefficient_is_zero_for_equals_and_near_one_for_a_monopoly() {
        assert!(gini(&[5, 5, 5, 5]).expect("values").abs() < 1e-12);
        assert!((gini(&[0, 0, 0, 9]).expect("values") - 0.75).abs() < 1e-12);
        assert_eq!(gini(&[0, 0]), None);
    }

    #[test]
    fn jain_s_index_is_one_for_equals_and_one_nth_for_a_monopoly() {
        assert_eq!(jain([3.0, 3.0, 3.0].into_iter()), Some(1.0));
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

//! Which of several verdicts stand together.

/// A verdict takes a doubt of at most this: that at one end of an interval at 95 %.
pub const SURE: f64 = 0.025;

/// Which of several verdicts stand when all are to be right together with the certainty that each has alone. `None` is no
/// verdict, and takes no part.
pub fn holm(p_values: &[Option<f64>]) -> Vec<bool> {
    holm_adjusted(p_values).into_iter().map(|p| p.is_some_and(|p| p <= SURE)).collect()
}

/// These p-values, adjusted for their number by Holm (1979): from the least on, each times the number of those that are
/// left, and never less than the one before. `None` takes no part.
pub fn holm_adjusted(p_values: &[Option<f64>]) -> Vec<Option<f64>> {
    let mut order: Vec<(f64, usize)> =
        p_values.iter().enumerate().filter_map(|(place, p)| p.map(|p| (p, place))).collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut adjusted = vec![None; p_values.len()];
    let (all, mut before) = (order.len(), 0.0_f64);
    for (rank, (p, place)) in order.into_iter().enumerate() {
        before = before.max(p * (all - rank) as f64).min(1.0);
        adjusted[place] = Some(before);
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holm_compares_each_with_those_that_are_left() {
        // 0.025 / 4 = 0.00625, 0.025 / 3 = 0.00833, 0.025 / 2 = 0.0125.
        let stand = holm(&[Some(0.02), Some(0.001), None, Some(0.008), Some(0.0126)]);
        assert_eq!(stand, [false, true, false, true, false]);
        assert_eq!(holm(&[Some(0.025)]), [true]);
        assert_eq!(holm(&[Some(0.0126), Some(0.0126)]), [false, false]);
        assert_eq!(holm(&[Some(0.0125), Some(0.025)]), [true, true]);
        let adjusted = holm_adjusted(&[Some(0.25), Some(0.125), None, Some(0.5), Some(0.0625)]);
        assert_eq!(adjusted, [Some(0.5), Some(0.375), None, Some(0.5), Some(0.25)]);
    }

    #[test]
    fn an_adjusted_p_value_is_never_below_that_of_a_surer_verdict_nor_above_one() {
        // Sums of powers of two, so that products are exact.
        let adjusted = holm_adjusted(&[Some(0.125), Some(1.0 / 128.0), None, Some(7.0 / 64.0), Some(0.75)]);
        assert_eq!(adjusted, [Some(21.0 / 64.0), Some(1.0 / 32.0), None, Some(21.0 / 64.0), Some(0.75)]);
        assert_eq!(holm_adjusted(&[Some(0.6), Some(0.8)]), [Some(1.0), Some(1.0)]);
    }
}

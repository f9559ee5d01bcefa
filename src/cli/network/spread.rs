//! How values are spread: their mean and quantiles.

use serde::Serialize;

use crate::charts::quantile;

/// The quantiles that are told, with their names.
pub(super) const QUANTILES: [(&str, f64); 5] =
    [("1 %", 0.01), ("25 %", 0.25), ("median", 0.5), ("75 %", 0.75), ("99 %", 0.99)];

/// How values are spread. What is unlimited is `null` as JSON.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Spread {
    /// How many values were looked at.
    pub n: usize,
    pub mean: f64,
    p1: f64,
    p25: f64,
    p50: f64,
    p75: f64,
    p99: f64,
    /// Rising.
    #[serde(skip)]
    pub values: Vec<f64>,
}

impl Spread {
    /// None of nothing.
    pub(super) fn of(values: impl IntoIterator<Item = f64>) -> Option<Spread> {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_unstable_by(f64::total_cmp);
        if values.is_empty() {
            return None;
        }
        let at = |share: f64| quantile(&values, share).unwrap_or(f64::NAN);
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let [p1, p25, p50, p75, p99] = QUANTILES.map(|(_, share)| at(share));
        Some(Spread { n: values.len(), mean, p1, p25, p50, p75, p99, values })
    }

    /// The same with a mean that is known.
    pub(super) fn with_mean(self, mean: f64) -> Spread {
        Spread { mean, ..self }
    }

    pub(super) fn median(&self) -> f64 {
        self.p50
    }

    pub(super) fn quantiles(&self) -> [f64; 5] {
        [self.p1, self.p25, self.p50, self.p75, self.p99]
    }

    /// Each percent, with its quantile.
    pub(super) fn percents(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        (0..=100)
            .map(|percent| f64::from(percent) / 100.0)
            .filter_map(|share| Some((share, quantile(&self.values, share)?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_lie_between_values_and_what_is_unlimited_stays_so() {
        let spread = Spread::of((0..=100).rev().map(f64::from)).expect("values");
        assert_eq!((spread.quantiles(), spread.mean, spread.n), ([1.0, 25.0, 50.0, 75.0, 99.0], 50.0, 101));
        assert_eq!(Spread::of([2.0, 3.0]).expect("values").quantiles()[2], 2.5);
        assert_eq!(spread.percents().last(), Some((1.0, 100.0)));
        assert_eq!(Spread::of([f64::INFINITY; 3]).expect("values").quantiles(), [f64::INFINITY; 5]);
        assert!(Spread::of([]).is_none());
    }
}

//! Jitter: how much longer than its base a latency is.

use crate::random::normal_quantile;

/// Multiplicative jitter with a lower bound: a latency is `base · factor`, and the factor is a fixed part (propagation)
/// plus a log-normal part (waiting in the network). The mean factor is 1.
///
/// The coefficient of variation of the waiting part is 0.6 (a judgement: right-skewed, with few long delays), so for a
/// jitter j the fixed part is 1 − j/0.6. Above j = 0.6 nothing is fixed and the whole factor is log-normal.
#[derive(Clone, Debug)]
pub(super) struct Jitter {
    factors: Quantiles,
}

/// A distribution as a table of its quantiles, between which draws are interpolated. It ends at finite ones.
#[derive(Clone, Debug)]
pub(super) struct Quantiles {
    knots: Vec<f64>,
}

const CELLS: usize = 1024;
/// Coefficient of variation of the time that messages wait in the network.
pub(super) const WAITING_VARIATION: f64 = 0.6;

impl Jitter {
    /// Jitter with this standard deviation over mean, above 0.
    pub(super) fn new(deviation: f64) -> Jitter {
        let waiting = (deviation / WAITING_VARIATION).min(1.0);
        let variation = deviation / waiting;
        let raw = Quantiles::log_normal(sigma_of(variation)).knots;
        // The table ends at finite quantiles; its own mean makes the mean factor exactly 1.
        let mean = (raw.iter().sum::<f64>() - f64::midpoint(raw[0], raw[CELLS])) / CELLS as f64;
        let knots = raw.iter().map(|x| 1.0 - waiting + waiting * x / mean).collect();
        Jitter { factors: Quantiles { knots } }
    }

    /// The factor that 64 random bits choose.
    #[inline(always)]
    pub(super) fn factor(&self, bits: u64) -> f64 {
        self.factors.at(bits)
    }

    /// No factor is below this.
    pub(super) fn least(&self) -> f64 {
        self.factors.least()
    }
}

/// The standard deviation of the logarithm of a log-normal variable with this coefficient of variation.
pub(super) fn sigma_of(variation: f64) -> f64 {
    libm::sqrt(libm::log1p(variation * variation))
}

impl Quantiles {
    /// The log-normal distribution with a median of 1.
    pub(super) fn log_normal(sigma: f64) -> Quantiles {
        let quantile = |i: usize| normal_quantile((i as f64 + 0.5) / (CELLS + 1) as f64);
        Quantiles { knots: (0..=CELLS).map(|i| libm::exp(sigma * quantile(i))).collect() }
    }

    /// The value that 64 random bits choose.
    #[inline(always)]
    pub(super) fn at(&self, bits: u64) -> f64 {
        let cell = (bits >> 54) as usize;
        let within = (bits & ((1 << 54) - 1)) as f64 / (1_u64 << 54) as f64;
        self.knots[cell] + (self.knots[cell + 1] - self.knots[cell]) * within
    }

    /// No value is below this.
    pub(super) fn least(&self) -> f64 {
        self.knots[0]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, Seed};

    #[test]
    fn the_factor_has_its_mean_deviation_and_bound() {
        for deviation in [0.03, 0.3, 1.0] {
            let jitter = Jitter::new(deviation);
            let mut draws = Seed(1).draws(Purpose::Jitter, 0, 0);
            let n = 200_000;
            let factors: Vec<f64> = (0..n).map(|_| jitter.factor(draws.next())).collect();
            let mean = factors.iter().sum::<f64>() / f64::from(n);
            let variance = factors.iter().map(|f| (f - mean) * (f - mean)).sum::<f64>() / f64::from(n);
            // Five standard errors of the mean. The table's tails are cut at p = 1/2050, which costs at most 12 % of
            // the deviation for the widest of these distributions.
            assert!((mean - 1.0).abs() < 5.0 * deviation / f64::from(n).sqrt(), "{mean}");
            assert!((variance.sqrt() / deviation - 1.0).abs() < 0.12, "{}", variance.sqrt());
            assert!(factors.iter().all(|f| *f >= jitter.least()) && jitter.least() > 0.0);
        }
        assert!(Jitter::new(0.03).least() > 0.95);
    }
}

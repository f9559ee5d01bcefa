//! Jitter of each pair of cloud regions, as it was measured.

use super::jitter::{Quantiles, WAITING_VARIATION, sigma_of};
use crate::random::normal_quantile;

/// Multiplicative jitter of each pair of places, by the ratio r of the 90 % quantile of its latency and the median.
///
/// Waiting in the network is log-normal, with the coefficient of variation that it has for all pairs alike (0.6): of a
/// variable Y of that shape with a median of 1, of which 90 % are below y = 2.035. A latency is the median times 1 − v + v·Y, where
/// v = (r − 1)/(y − 1): so its median and its 90 % quantile are those that were measured, and 1 − v of it is propagation, which no
/// message beats. Where r is above y nothing is fixed, and the factor is Y to the power of ln r/ln y.
#[derive(Clone, Debug)]
pub(super) struct Measured {
    waiting: Quantiles,
    pairs: Vec<Pair>,
}

#[derive(Clone, Copy, Debug)]
enum Pair {
    /// The share of the median that is waiting.
    Waits(f64),
    /// All of it is, to this power.
    Power(f64),
}

impl Measured {
    /// Jitter of pairs with these ratios.
    pub(super) fn new(ratios: impl Iterator<Item = f64>) -> Measured {
        let sigma = sigma_of(WAITING_VARIATION);
        let most = libm::exp(sigma * normal_quantile(0.9));
        let pair = |ratio: f64| {
            if ratio <= most {
                Pair::Waits((ratio - 1.0) / (most - 1.0))
            } else {
                Pair::Power(libm::log(ratio) / libm::log(most))
            }
        };
        Measured { waiting: Quantiles::log_normal(sigma), pairs: ratios.map(pair).collect() }
    }

    /// The factor of a pair that 64 random bits choose.
    pub(super) fn factor(&self, pair: usize, bits: u64) -> f64 {
        self.pairs[pair].of(self.waiting.at(bits))
    }

    /// No factor of a pair is below this.
    pub(super) fn least(&self, pair: usize) -> f64 {
        self.pairs[pair].of(self.waiting.least())
    }

    /// Standard deviation over mean of a pair.
    pub(super) fn deviation(&self, pair: usize) -> f64 {
        let sigma = sigma_of(WAITING_VARIATION);
        match self.pairs[pair] {
            Pair::Waits(share) => {
                let mean = libm::exp(sigma * sigma / 2.0);
                share * WAITING_VARIATION * mean / (1.0 - share + share * mean)
            }
            Pair::Power(power) => libm::sqrt(libm::expm1(power * power * sigma * sigma)),
        }
    }
}

impl Pair {
    fn of(self, waiting: f64) -> f64 {
        match self {
            Pair::Waits(share) => 1.0 - share + share * waiting,
            Pair::Power(power) => libm::pow(waiting, power),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, Seed};

    /// The share of n draws below a quantile p has a standard deviation of √(p(1 − p)/n).
    #[test]
    fn half_of_all_factors_are_below_one_and_a_tenth_above_the_ratio() {
        let ratios = [1.0, 1.007, 1.2, 2.0, 3.1];
        let jitter = Measured::new(ratios.into_iter());
        let n = 20_000;
        for (pair, ratio) in ratios.into_iter().enumerate().skip(1) {
            let mut draws = Seed(1).draws(Purpose::Jitter, pair as u64, 0);
            let factors: Vec<f64> = (0..n).map(|_| jitter.factor(pair, draws.next())).collect();
            let below =
                |bound: f64| factors.iter().filter(|factor| **factor < bound).count() as f64 / f64::from(n);
            assert!((below(1.0) - 0.5).abs() < 5.0 * (0.25 / f64::from(n)).sqrt(), "{ratio}");
            // The table's steps at 90 % are 0.001 wide.
            assert!((below(ratio) - 0.9).abs() < 5.0 * (0.09 / f64::from(n)).sqrt() + 0.001, "{ratio}");
            assert!(factors.iter().all(|factor| *factor >= jitter.least(pair)) && jitter.least(pair) > 0.0);
            let mean = factors.iter().sum::<f64>() / f64::from(n);
            let variance = factors.iter().map(|f| (f - mean) * (f - mean)).sum::<f64>() / f64::from(n);
            // The tails of the table are cut at 1/2050, which costs at most 15 % of the deviation here.
            assert!((variance.sqrt() / mean / jitter.deviation(pair) - 1.0).abs() < 0.15, "{ratio}");
        }
        assert_eq!((jitter.factor(0, u64::MAX), jitter.deviation(0)), (1.0, 0.0));
    }
}

//! Samplers on random bits. Logarithms come from `libm`, so that a sample is the same on every platform.

use super::Draws;
use crate::units::{Duration, Frequency};

/// A number in (0, 1], from 64 random bits.
pub fn unit(bits: u64) -> f64 {
    ((bits >> 11) as f64 + 1.0) / 9_007_199_254_740_992.0
}

/// A whole number below `n`, from 64 random bits (Lemire's multiplication; the bias is below n/2^64).
pub fn index(bits: u64, n: u64) -> u64 {
    ((u128::from(bits) * u128::from(n)) >> 64) as u64
}

/// A draw of the exponential distribution with mean 1, from 64 random bits.
pub fn exponential(bits: u64) -> f64 {
    -libm::log(unit(bits))
}

/// The gaps between the events of a Poisson process, in whole nanoseconds. What is left of a nanosecond is carried over to
/// the next gap: each event happens in the nanosecond in which its exact time lies, and no rounding adds up at any rate.
#[derive(Clone, Copy, Debug, Default)]
pub struct PoissonGaps {
    /// How far the exact time of the last event lies after that event, in nanoseconds: in [0, 1).
    rest: f64,
}

impl PoissonGaps {
    /// The gap between the last event and the next at this rate, from 64 random bits. `None`: there is no next.
    pub fn next(&mut self, bits: u64, rate: Frequency) -> Option<Duration> {
        let per_second = rate.as_per_second();
        if per_second <= 0.0 {
            return None;
        }
        // Longer than any run is long enough, and finite.
        let exact = (self.rest - libm::log(unit(bits)) * 1e9 / per_second).min(LONGEST_GAP);
        let whole = exact.floor();
        self.rest = exact - whole;
        Some(Duration::from_nanos(whole as u64))
    }
}

/// 2^63 ns, 292 years.
const LONGEST_GAP: f64 = 9_223_372_036_854_775_808.0;

/// The place of the entry that 64 random bits choose among `weights`, each in proportion; the last one if rounding
/// leaves a rest. `weights` must not be empty.
pub fn weighted(bits: u64, weights: impl Iterator<Item = f64> + Clone) -> usize {
    let total: f64 = weights.clone().sum();
    let mut rest = (unit(bits)) * total;
    let mut last = 0;
    for (place, weight) in weights.enumerate() {
        if weight > 0.0 {
            last = place;
            if rest <= weight {
                return place;
            }
        }
        rest -= weight;
    }
    last
}

/// The quantile of the standard normal distribution at `p` in (0, 1): algorithm AS 241 (PPND16) of Wichura, Applied
/// Statistics 37 (1988), relative error about 1e-16.
pub fn normal_quantile(p: f64) -> f64 {
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180_625 - q * q;
        return q * ratio(r, &CENTRE);
    }
    let tail = if q < 0.0 { p } else { 1.0 - p };
    let r = libm::sqrt(-libm::log(tail));
    let z = if r <= 5.0 { ratio(r - 1.6, &MIDDLE) } else { ratio(r - 5.0, &FAR) };
    if q < 0.0 { -z } else { z }
}

/// A draw of the standard normal distribution, from 64 random bits.
pub fn normal(bits: u64) -> f64 {
    // The middle of one of 2^52 steps: never 0 or 1.
    normal_quantile(((bits >> 12) as f64 + 0.5) / 4_503_599_627_370_496.0)
}

/// A draw of the gamma distribution with this shape and scale 1 (Marsaglia and Tsang, A simple method for generating gamma
/// variables, ACM Transactions on Mathematical Software 26, 2000). Below a shape of 1, by one more: there the draw is reduced by
/// a uniform one to the power of one over the shape.
pub fn gamma(draws: &mut Draws, shape: f64) -> f64 {
    if shape < 1.0 {
        let larger = gamma(draws, shape + 1.0);
        return larger * libm::pow(unit(draws.next()), 1.0 / shape);
    }
    let scale = shape - 1.0 / 3.0;
    loop {
        let (deviate, chance) = (normal(draws.next()), unit(draws.next()));
        let root = 1.0 + deviate / libm::sqrt(9.0 * scale);
        let cube = root * root * root;
        let accepted = 0.5 * deviate * deviate + scale * (1.0 - cube + libm::log(cube));
        if cube > 0.0 && libm::log(chance) < accepted {
            return scale * cube;
        }
    }
}

/// A draw of the beta distribution with these weights: the share of one gamma draw of the sum of two.
pub fn beta(draws: &mut Draws, a: f64, b: f64) -> f64 {
    let (one, other) = (gamma(draws, a), gamma(draws, b));
    one / (one + other)
}

/// Coefficients of numerator and denominator, lowest power first.
type Rational = ([f64; 8], [f64; 8]);

#[rustfmt::skip]
const CENTRE: Rational = (
    [3.387_132_872_796_366_5, 133.141_667_891_784_38, 1_971.590_950_306_551_3, 13_731.693_765_509_46,
     45_921.953_931_549_87, 67_265.770_927_008_7, 33_430.575_583_588_13, 2_509.080_928_730_122_7],
    [1.0, 42.313_330_701_600_91, 687.187_007_492_057_9, 5_394.196_021_424_751,
     21_213.794_301_586_597, 39_307.895_800_092_71, 28_729.085_735_721_943, 5_226.495_278_852_545],
);
#[rustfmt::skip]
const MIDDLE: Rational = (
    [1.423_437_110_749_683_5, 4.630_337_846_156_546, 5.769_497_221_460_691, 3.647_848_324_763_204_5,
     1.270_458_252_452_368_4, 0.241_780_725_177_450_6, 0.022_723_844_989_269_184, 7.745_450_142_783_414e-4],
    [1.0, 2.053_191_626_637_759, 1.676_384_830_183_803_8, 0.689_767_334_985_1,
     0.148_103_976_427_480_08, 0.015_198_666_563_616_457, 5.475_938_084_995_345e-4, 1.050_750_071_644_416_9e-9],
);
#[rustfmt::skip]
const FAR: Rational = (
    [6.657_904_643_501_104, 5.463_784_911_164_114, 1.784_826_539_917_291_3, 0.296_560_571_828_504_87,
     0.026_532_189_526_576_124, 0.001_242_660_947_388_078_4, 2.711_555_568_743_487_6e-5, 2.010_334_399_292_288_1e-7],
    [1.0, 0.599_832_206_555_888, 0.136_929_880_922_735_8, 0.014_875_361_290_850_615,
     7.868_691_311_456_133e-4, 1.846_318_317_510_054_7e-5, 1.421_511_758_316_446e-7, 2.044_263_103_389_939_8e-15],
);

fn ratio(x: f64, (numerator, denominator): &Rational) -> f64 {
    let polynomial = |c: &[f64; 8]| c.iter().rev().fold(0.0, |sum, &c| sum * x + c);
    polynomial(numerator) / polynomial(denominator)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, Seed};

    #[test]
    fn normal_quantiles_are_those_of_the_tables() {
        for (p, z) in [
            (0.5, 0.0),
            (0.841_344_746_068_543, 1.0),
            (0.975, 1.959_963_984_540_054),
            (0.999, 3.090_232_306_167_814),
            (1e-10, -6.361_340_902_404_056),
        ] {
            assert!((normal_quantile(p) - z).abs() < 1e-9, "{p}: {}", normal_quantile(p));
        }
    }

    /// Mean k and variance k; the mean of n draws has a standard error of √(k/n), and their variance, whose draws have a fourth
    /// moment of 3 k² + 6 k, one of √((2 k² + 6 k)/n).
    #[test]
    fn gamma_samples_have_their_mean_and_variance() {
        for shape in [0.2, 1.0, 3.5, 11.0] {
            let n = 40_000.0;
            let draw = |key| gamma(&mut Seed(3).draws(Purpose::Presence, key, 0), shape);
            let (sum, squares) = (0..40_000)
                .map(draw)
                .fold((0.0, 0.0), |(sum, squares), x| (sum + x, squares + (x - shape) * (x - shape)));
            assert!((sum / n - shape).abs() < 5.0 * (shape / n).sqrt(), "{shape}: {}", sum / n);
            let bound = 5.0 * ((2.0 * shape * shape + 6.0 * shape) / n).sqrt();
            assert!((squares / n - shape).abs() < bound, "{shape}: {}", squares / n);
        }
    }

    /// Mean a/(a+b), variance ab/((a+b)²(a+b+1)).
    #[test]
    fn beta_samples_have_their_mean_and_stay_between_0_and_1() {
        for (a, b) in [(0.5_f64, 0.5_f64), (2.0, 3.0), (8.0, 1.0)] {
            let draw = |key| beta(&mut Seed(3).draws(Purpose::Presence, key, 0), a, b);
            let mean = (0..40_000).map(draw).inspect(|x| assert!((0.0..=1.0).contains(x))).sum::<f64>() / 4e4;
            let variance = a * b / ((a + b) * (a + b) * (a + b + 1.0));
            assert!((mean - a / (a + b)).abs() < 5.0 * (variance / 4e4).sqrt(), "{a}, {b}: {mean}");
        }
    }

    #[test]
    fn a_normal_sample_is_finite_at_either_end() {
        assert!(normal(0).is_finite() && normal(u64::MAX).is_finite());
        assert!((normal(0) + normal(u64::MAX)).abs() < 1e-9);
    }

    #[test]
    fn exponential_samples_have_their_mean() {
        let mut draws = Seed(3).draws(Purpose::Presence, 0, 0);
        let n = 100_000;
        let sum: f64 = (0..n).map(|_| exponential(draws.next())).sum();
        // Five standard errors of the mean of n samples, whose standard deviation is 1.
        assert!((sum / f64::from(n) - 1.0).abs() < 5.0 / f64::from(n).sqrt());
    }

    #[test]
    fn the_number_of_events_of_a_poisson_process_is_right_at_any_rate() {
        for per_second in [1e12, 1e9, 4e8, 1e6, 1.0] {
            let (mut draws, mut gaps) = (Seed(3).draws(Purpose::Arrival, 0, 0), PoissonGaps::default());
            let (expected, rate) = (1e5, Frequency::per_second(per_second));
            let end = (expected / per_second * 1e9) as u64;
            let mut next = || gaps.next(draws.next(), rate).expect("there is a rate").as_nanos();
            let (mut now, mut count) = (next(), 0.0_f64);
            while now < end {
                count += 1.0;
                now += next();
            }
            // Five standard deviations of a Poisson count. Gaps rounded one by one would bring 4 % more at 1e9 a second.
            assert!((count - expected).abs() < 5.0 * expected.sqrt(), "{count} at {per_second} /s");
        }
    }

    #[test]
    fn a_rate_of_nothing_has_no_gap_and_a_tiny_one_a_long_gap() {
        let mut gaps = PoissonGaps::default();
        assert_eq!(gaps.next(7, Frequency::per_second(0.0)), None);
        let long = gaps.next(7, Frequency::per_second(1e-300)).expect("there is a rate");
        assert_eq!(long, Duration::from_nanos(1 << 63));
        assert!(gaps.next(7, Frequency::per_second(1.0)).is_some_and(|gap| gap < long));
    }

    #[test]
    fn weights_choose_in_proportion_and_never_what_has_none() {
        let weights = [0.0, 1.0, 3.0, 0.0];
        let mut draws = Seed(3).draws(Purpose::Place, 0, 0);
        let mut hits = [0_u32; 4];
        for _ in 0..40_000 {
            hits[weighted(draws.next(), weights.iter().copied())] += 1;
        }
        assert_eq!((hits[0], hits[3]), (0, 0));
        // Five standard deviations of a binomial count: 5 √(40,000 · 1/4 · 3/4) = 433.
        assert!(hits[1].abs_diff(10_000) < 433);
        assert_eq!(weighted(u64::MAX, weights.iter().copied()), 2);
    }
}

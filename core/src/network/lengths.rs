//! How long sessions and absences last: the families of distributions that measurements are fitted with, their means, and
//! draws from them.

use crate::random::{Draws, exponential, gamma, normal, unit, weighted};
use crate::units::{Duration, Share};

/// The distribution of the lengths of sessions, or of absences.
#[derive(Clone, Debug, PartialEq)]
pub enum Lengths {
    /// Exponential: however long a session has lasted, what remains is as long as a whole one.
    Exponential {
        /// The mean.
        mean: Duration,
    },
    /// Weibull: a length of more than x has the probability exp(−(x/scale)^shape). With a shape below 1, who has been online
    /// long stays long.
    Weibull {
        /// The mean, or the scale.
        extent: Extent,
        /// The exponent; 1 is an exponential distribution.
        shape: f64,
    },
    /// Log-normal: the logarithm of a length is normal.
    LogNormal {
        /// The mean, or the median as the scale.
        extent: Extent,
        /// Standard deviation of the logarithm.
        sigma: f64,
    },
    /// Each length is of one of several kinds.
    Mixture(Vec<Part>),
}

/// How long lengths are, by one of two figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// By their mean.
    Mean(Duration),
    /// By the scale of the family: of a log-normal distribution that is the median.
    Scale(Duration),
}

/// One of the kinds of length in a mixture.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// What it is called.
    pub name: String,
    /// How many of all lengths are of this kind.
    pub share: Share,
    /// Their distribution.
    pub lengths: Lengths,
}

impl Lengths {
    /// The mean, in seconds.
    pub fn mean(&self) -> f64 {
        Law::of(self).mean_seconds()
    }
}

impl Extent {
    /// The scale, in nanoseconds, of lengths whose mean is so many times it.
    fn scale(self, mean_over_scale: f64) -> f64 {
        match self {
            Extent::Mean(mean) => mean.as_nanos() as f64 / mean_over_scale,
            Extent::Scale(scale) => scale.as_nanos() as f64,
        }
    }
}

/// A distribution of lengths, ready to be drawn from. Spans are in nanoseconds.
#[derive(Clone, Debug)]
pub(super) enum Law {
    Exponential {
        mean: f64,
    },
    Weibull {
        scale: f64,
        /// One over the shape.
        power: f64,
    },
    LogNormal {
        median: f64,
        sigma: f64,
    },
    Mixture(Vec<(f64, Law)>),
}

impl Law {
    pub(super) fn of(lengths: &Lengths) -> Law {
        match lengths {
            Lengths::Exponential { mean } => Law::Exponential { mean: mean.as_nanos() as f64 },
            Lengths::Weibull { extent, shape } => {
                let power = 1.0 / shape;
                Law::Weibull { scale: extent.scale(libm::tgamma(1.0 + power)), power }
            }
            Lengths::LogNormal { extent, sigma } => {
                Law::LogNormal { median: extent.scale(libm::exp(sigma * sigma / 2.0)), sigma: *sigma }
            }
            Lengths::Mixture(parts) => {
                Law::Mixture(parts.iter().map(|part| (part.share.get(), Law::of(&part.lengths))).collect())
            }
        }
    }

    /// The same, with all lengths so many times as long.
    pub(super) fn scaled(&self, times: f64) -> Law {
        match self {
            Law::Exponential { mean } => Law::Exponential { mean: mean * times },
            Law::Weibull { scale, power } => Law::Weibull { scale: scale * times, power: *power },
            Law::LogNormal { median, sigma } => Law::LogNormal { median: median * times, sigma: *sigma },
            Law::Mixture(parts) => {
                Law::Mixture(parts.iter().map(|(share, law)| (*share, law.scaled(times))).collect())
            }
        }
    }

    pub(super) fn mean_seconds(&self) -> f64 {
        self.mean() / 1e9
    }

    fn mean(&self) -> f64 {
        match self {
            Law::Exponential { mean } => *mean,
            Law::Weibull { scale, power } => scale * libm::tgamma(1.0 + power),
            Law::LogNormal { median, sigma } => median * libm::exp(sigma * sigma / 2.0),
            Law::Mixture(parts) => parts.iter().map(|(share, law)| share * law.mean()).sum(),
        }
    }

    /// A length that begins now.
    pub(super) fn whole(&self, draws: &mut Draws) -> Duration {
        nanos(match self {
            Law::Exponential { mean } => exponential(draws.next()) * mean,
            Law::Weibull { scale, power } => scale * libm::pow(exponential(draws.next()), *power),
            Law::LogNormal { median, sigma } => median * libm::exp(sigma * normal(draws.next())),
            Law::Mixture(parts) => {
                let part = weighted(draws.next(), parts.iter().map(|(share, _)| *share));
                return parts[part].1.whole(draws);
            }
        })
    }

    /// What remains of a length that has begun long ago. The one that is met at any time is longer than others, in proportion
    /// to its length: its density is x·f(x)/mean, and it is met at a time that is uniform within it (Cox, Renewal Theory, 1962,
    /// chapter 5).
    ///
    /// * Exponential: as long as a whole one.
    /// * Weibull: (x/scale)^shape has the density e^(−t) of the exponential distribution, and so t^(1/shape)·e^(−t), that of
    ///   a gamma distribution, where lengths are met in proportion to x = scale·t^(1/shape).
    /// * Log-normal: x·f(x) is again log-normal, with a median that is e^(sigma²) times as large.
    /// * Mixture: a part is met in proportion to its share and its mean.
    pub(super) fn residual(&self, draws: &mut Draws) -> Duration {
        match self {
            Law::Exponential { .. } => self.whole(draws),
            Law::Weibull { scale, power } => {
                let met = scale * libm::pow(gamma(draws, 1.0 + power), *power);
                nanos(met * unit(draws.next()))
            }
            Law::LogNormal { median, sigma } => {
                let met = median * libm::exp(sigma * (sigma + normal(draws.next())));
                nanos(met * unit(draws.next()))
            }
            Law::Mixture(parts) => {
                let part = weighted(draws.next(), parts.iter().map(|(share, law)| share * law.mean()));
                parts[part].1.residual(draws)
            }
        }
    }
}

/// Down to the nanosecond; what is too long for the clock outlasts every run.
fn nanos(span: f64) -> Duration {
    Duration::from_nanos(span as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, Seed};

    fn secs(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn weibull(shape: f64) -> Lengths {
        Lengths::Weibull { extent: Extent::Mean(secs(3000)), shape }
    }

    fn log_normal(sigma: f64) -> Lengths {
        Lengths::LogNormal { extent: Extent::Scale(secs(1000)), sigma }
    }

    fn part(name: &str, share: f64, lengths: Lengths) -> Part {
        Part { name: name.to_owned(), share: Share::clamped(share), lengths }
    }

    fn mixture() -> Lengths {
        let short = part("short", 0.75, Lengths::Exponential { mean: secs(100) });
        Lengths::Mixture(vec![short, part("long", 0.25, Lengths::Exponential { mean: secs(9900) })])
    }

    /// The largest distance between the distribution of draws and this one. At n draws it is more than 1.95/√n in one case of
    /// a thousand (Kolmogorov and Smirnov).
    fn distance(
        lengths: &Lengths,
        draw: fn(&Law, &mut Draws) -> Duration,
        below: &dyn Fn(f64) -> f64,
    ) -> f64 {
        let law = Law::of(lengths);
        let of = |host| draw(&law, &mut Seed(1).draws(Purpose::Presence, host, 0)).as_seconds();
        let mut drawn: Vec<f64> = (0..N).map(of).collect();
        drawn.sort_unstable_by(f64::total_cmp);
        let distance = |(place, x): (usize, &f64)| {
            let (low, high) = (place as f64 / N as f64, (place + 1) as f64 / N as f64);
            (below(*x) - low).abs().max((below(*x) - high).abs())
        };
        drawn.iter().enumerate().map(distance).fold(0.0, f64::max)
    }

    const N: u64 = 10_000;

    fn bound() -> f64 {
        1.95 / (N as f64).sqrt()
    }

    fn normal_below(z: f64) -> f64 {
        0.5 * libm::erfc(-z / std::f64::consts::SQRT_2)
    }

    /// ∫₀ˣ of the probability of more than u, over the mean: the distribution of what remains (Cox 1962, chapter 5), by
    /// Simpson's rule on u = x·s³, which is fine near 0.
    fn remaining_below(x: f64, mean: f64, more_than: &dyn Fn(f64) -> f64) -> f64 {
        let steps = 100;
        let at = |step: i32| {
            let s = f64::from(step) / f64::from(steps);
            more_than(x * s * s * s) * 3.0 * s * s * x
        };
        let weight = |step: i32| if step == 0 || step == steps { 1.0 } else { f64::from(2 + 2 * (step % 2)) };
        (0..=steps).map(|step| weight(step) * at(step)).sum::<f64>() / (3.0 * f64::from(steps)) / mean
    }

    #[test]
    fn whole_lengths_have_their_distribution() {
        for shape in [0.4, 1.0, 3.0] {
            let scale = 3000.0 / libm::tgamma(1.0 + 1.0 / shape);
            let below = move |x: f64| -libm::expm1(-libm::pow(x / scale, shape));
            assert!(distance(&weibull(shape), Law::whole, &below) < bound(), "shape {shape}");
        }
        for sigma in [0.3, 1.5] {
            let below = move |x: f64| normal_below(libm::log(x / 1000.0) / sigma);
            assert!(distance(&log_normal(sigma), Law::whole, &below) < bound(), "sigma {sigma}");
        }
        let below = |x: f64| -0.75 * libm::expm1(-x / 100.0) - 0.25 * libm::expm1(-x / 9900.0);
        assert!(distance(&mixture(), Law::whole, &below) < bound());
    }

    #[test]
    fn what_remains_of_a_length_has_the_distribution_of_renewal_theory() {
        for shape in [0.4, 1.0, 3.0] {
            let scale = 3000.0 / libm::tgamma(1.0 + 1.0 / shape);
            let more_than = move |x: f64| libm::exp(-libm::pow(x / scale, shape));
            let below = |x: f64| remaining_below(x, 3000.0, &more_than);
            assert!(distance(&weibull(shape), Law::residual, &below) < bound(), "shape {shape}");
        }
        for sigma in [0.3, 1.5] {
            let mean = 1000.0 * libm::exp(sigma * sigma / 2.0);
            let more_than = move |x: f64| 1.0 - normal_below(libm::log(x / 1000.0) / sigma);
            let below = |x: f64| remaining_below(x, mean, &more_than);
            assert!(distance(&log_normal(sigma), Law::residual, &below) < bound(), "sigma {sigma}");
        }
        // Of a mean of 2550 s the short ones make 75 s.
        let short = 75.0 / 2550.0;
        let below = |x: f64| -short * libm::expm1(-x / 100.0) - (1.0 - short) * libm::expm1(-x / 9900.0);
        assert!(distance(&mixture(), Law::residual, &below) < bound());
    }

    #[test]
    fn means_are_those_of_the_formulas() {
        let near = |lengths: &Lengths, mean: f64| {
            assert!((lengths.mean() / mean - 1.0).abs() < 1e-9, "{lengths:?}: {}", lengths.mean());
        };
        near(&weibull(0.4), 3000.0);
        // Γ(1 + 1/0.5) = 2.
        near(&Lengths::Weibull { extent: Extent::Scale(secs(10)), shape: 0.5 }, 20.0);
        near(&log_normal(1.0), 1000.0 * 1.648_721_270_700_128);
        near(&Lengths::LogNormal { extent: Extent::Mean(secs(10)), sigma: 2.0 }, 10.0);
        near(&mixture(), 2550.0);
    }

    #[test]
    fn lengths_that_are_scaled_are_so_many_times_as_long() {
        for lengths in [weibull(0.5), log_normal(1.0), mixture(), Lengths::Exponential { mean: secs(5) }] {
            let (law, draws) = (Law::of(&lengths), Seed(1).draws(Purpose::Presence, 3, 0));
            let [one, three] =
                [1.0, 3.0].map(|times| law.scaled(times).whole(&mut draws.clone()).as_seconds());
            assert!((three / one - 3.0).abs() < 1e-6, "{lengths:?}");
            assert!((law.scaled(3.0).mean_seconds() / lengths.mean() - 3.0).abs() < 1e-9);
        }
    }

    #[test]
    fn a_length_beyond_the_clock_outlasts_every_run() {
        let endless =
            Lengths::LogNormal { extent: Extent::Scale(Duration::from_nanos(u64::MAX)), sigma: 1.0 };
        let longest =
            (0..10).map(|host| Law::of(&endless).whole(&mut Seed(1).draws(Purpose::Presence, host, 0)));
        assert_eq!(longest.max(), Some(Duration::from_nanos(u64::MAX)));
    }
}

//! How large the payloads of a workload are.

use crate::random::{Draws, exponential, normal};
use crate::units::ByteSize;

/// How large payloads are. What chance makes larger than [`Sizes::LARGEST`] is as large as that, and nothing is smaller than a byte.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Sizes {
    /// All the same.
    Fixed(ByteSize),
    /// With an exponential distribution.
    Exponential {
        /// The mean.
        mean: ByteSize,
    },
    /// With a log-normal distribution.
    LogNormal {
        /// Half are smaller.
        median: ByteSize,
        /// Standard deviation of the logarithm.
        sigma: f64,
    },
}

impl Sizes {
    /// The largest.
    pub const LARGEST: ByteSize = ByteSize::from_bytes(1 << 20);

    /// The mean, in bytes.
    pub fn mean(&self) -> f64 {
        let most = Sizes::LARGEST.as_bytes() as f64;
        match *self {
            Sizes::Fixed(size) => size.as_bytes() as f64,
            Sizes::Exponential { mean } => {
                let mean = mean.as_bytes() as f64;
                -mean * libm::expm1(-most / mean)
            }
            Sizes::LogNormal { median, sigma } => {
                // Of those below the bound, and of those at it.
                let (median, place) = (median.as_bytes() as f64, libm::log(most / median.as_bytes() as f64));
                let below = |z: f64| 0.5 * libm::erfc(-z / std::f64::consts::SQRT_2);
                let z = if sigma > 0.0 { place / sigma } else { f64::INFINITY };
                median * libm::exp(sigma * sigma / 2.0) * below(z - sigma) + most * below(-z)
            }
        }
    }

    /// The size of one, if it is the same for all.
    pub fn fixed(&self) -> Option<ByteSize> {
        match *self {
            Sizes::Fixed(size) => Some(size),
            Sizes::Exponential { .. } | Sizes::LogNormal { .. } => None,
        }
    }

    /// The size of one, in bytes.
    pub(super) fn draw(&self, mut draws: Draws) -> u32 {
        let size = match *self {
            Sizes::Fixed(size) => return size.as_bytes() as u32,
            Sizes::Exponential { mean } => mean.as_bytes() as f64 * exponential(draws.next()),
            Sizes::LogNormal { median, sigma } => {
                median.as_bytes() as f64 * libm::exp(sigma * normal(draws.next()))
            }
        };
        size.round().clamp(1.0, Sizes::LARGEST.as_bytes() as f64) as u32
    }
}

impl From<ByteSize> for Sizes {
    fn from(size: ByteSize) -> Sizes {
        Sizes::Fixed(size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, Seed};

    /// The mean of n draws of this coefficient of variation, within five standard errors.
    #[test]
    fn sizes_have_the_mean_of_their_distribution_up_to_the_largest() {
        let [small, large] = [1000, 800_000].map(ByteSize::from_bytes);
        for (sizes, variation) in [
            (Sizes::Fixed(small), 0.0),
            (Sizes::Exponential { mean: small }, 1.0),
            (Sizes::Exponential { mean: large }, 1.0),
            (Sizes::LogNormal { median: small, sigma: 1.0 }, 1.31),
            (Sizes::LogNormal { median: large, sigma: 0.5 }, 1.0),
            (Sizes::LogNormal { median: small, sigma: 0.0 }, 0.0),
        ] {
            let n = 20_000;
            let drawn = (0..n).map(|key| sizes.draw(Seed(1).draws(Purpose::Size, key, 0)));
            let mean = drawn.map(f64::from).sum::<f64>() / n as f64;
            let error = 5.0 * variation / (n as f64).sqrt() + 1e-9;
            assert!((mean / sizes.mean() - 1.0).abs() < error, "{sizes:?}: {mean}, not {}", sizes.mean());
        }
        let least = Sizes::LogNormal { median: ByteSize::from_bytes(1), sigma: 5.0 };
        assert!(
            (0..1000)
                .all(|key| { (1..=1 << 20).contains(&least.draw(Seed(1).draws(Purpose::Size, key, 0))) })
        );
    }
}

//! Shares and probabilities, from 0 to 1.

use std::fmt;

/// A share or a probability: a number in 0..=1.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Share(f64);

impl Share {
    /// Nothing, or never.
    pub const ZERO: Share = Share(0.0);
    /// Everything, or always.
    pub const ONE: Share = Share(1.0);

    /// `value` as a share; `None` outside 0..=1 and for NaN.
    pub fn new(value: f64) -> Option<Share> {
        (0.0..=1.0).contains(&value).then_some(Share(value))
    }

    /// `value` pulled into 0..=1; NaN becomes 0.
    pub fn clamped(value: f64) -> Share {
        Share(if value.is_nan() { 0.0 } else { value.clamp(0.0, 1.0) })
    }

    /// The number.
    pub const fn get(self) -> f64 {
        self.0
    }

    /// The probability that at least one of two independent things happens.
    #[must_use]
    pub fn or(self, other: Share) -> Share {
        Share::clamped(1.0 - (1.0 - self.0) * (1.0 - other.0))
    }

    /// Whether something of this probability happens, given 64 random bits.
    pub fn happens(self, bits: u64) -> bool {
        // 53 bits are what a float holds exactly.
        ((bits >> 11) as f64) < self.0 * 9_007_199_254_740_992.0
    }

    /// The number below which the upper 53 of 64 random bits are when it [`happens`](Share::happens), for what is asked so often
    /// that a comparison of whole numbers is worth it.
    pub(crate) fn threshold(self) -> u64 {
        // Exact: a float times a power of two, of which only the fraction is rounded away.
        libm::ceil(self.0 * 9_007_199_254_740_992.0) as u64
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_zero_to_one_is_a_share() {
        assert!(Share::new(1.0).is_some());
        assert!(Share::new(1.0001).is_none());
        assert!(Share::new(-0.1).is_none());
        assert!(Share::new(f64::NAN).is_none());
        assert_eq!(Share::clamped(f64::NAN), Share::ZERO);
    }

    #[test]
    fn never_and_always_are_exact() {
        assert!(!Share::ZERO.happens(0));
        assert!(Share::ONE.happens(u64::MAX));
        for share in [0.0, 1e-300, 1e-17, f64::EPSILON / 2.0, 0.001, 1.0 / 3.0, 0.5, 1.0 - f64::EPSILON, 1.0]
        {
            let (share, threshold) = (Share::clamped(share), Share::clamped(share).threshold());
            for upper in [0, 1, threshold.saturating_sub(1), threshold, threshold + 1, (1 << 53) - 1] {
                let upper = upper.min((1 << 53) - 1);
                assert_eq!(share.happens(upper << 11), upper < threshold, "{share} {upper}");
            }
        }
    }
}

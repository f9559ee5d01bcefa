//! Doubts: how likely it is, at most, that the truth lies beyond one end of an interval.

use super::distribution::rounded;

/// At either end of an interval at 95 %.
pub(super) const DOUBT: f64 = 0.025;
/// A smaller doubt is not told from none.
pub(super) const LEAST_DOUBT: f64 = 1e-12;

/// The least doubt at which an interval says so; 1 if it does not say so at any. The smaller the doubt, the wider the
/// interval, and the less it says.
pub(super) fn least_doubt(says: impl Fn(f64) -> bool) -> f64 {
    let says = |log: f64| says(libm::exp(log));
    let (mut low, mut high) = (libm::log(LEAST_DOUBT), libm::log(0.499));
    if !says(high) {
        return 1.0;
    }
    // The interval at 95 % itself decides at its own doubt: no rounding may come between the two.
    let usual = libm::log(DOUBT);
    if says(usual) {
        high = usual;
    } else {
        low = usual;
    }
    if says(low) {
        return LEAST_DOUBT;
    }
    while high - low > 1e-4 {
        let middle = f64::midpoint(low, high);
        if says(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    if high == usual { DOUBT } else { rounded(libm::exp(high)) }
}

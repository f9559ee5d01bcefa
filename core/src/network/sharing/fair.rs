//! Max-min fair shares of one direction of a link.

/// Rates that differ by less, in parts of themselves, are the same: rounding moves no message between hosts.
const SAME: f64 = 1e-9;

/// The rate that each flow over a link of this rate is given which nothing else holds to less, by progressive filling (Bertsekas
/// and Gallager, Data Networks, 1992, section 6.5.2): flows with the lowest limits first, as what these leave goes to the others.
/// Infinite if all flows are held to less elsewhere. All rates are in bit/s.
pub(super) fn level(rate: f64, limits: impl Iterator<Item = f64>) -> f64 {
    let mut limits: Vec<f64> = limits.collect();
    limits.sort_unstable_by(f64::total_cmp);
    let mut left = rate;
    for (flows, limit) in (1..=limits.len()).rev().zip(limits) {
        if limit * flows as f64 >= left {
            return left / flows as f64;
        }
        left -= limit;
    }
    f64::INFINITY
}

/// Whether two rates differ by more than rounding.
pub(super) fn differ(a: f64, b: f64) -> bool {
    // Infinite ones are equal, and have no difference.
    a != b && (a - b).abs() > SAME * a.min(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_some_flows_leave_goes_to_the_others_in_equal_parts() {
        let of = |rate, limits: &[f64]| level(rate, limits.iter().copied());
        let free = f64::INFINITY;
        assert_eq!(of(12.0, &[free, free, free]), 4.0);
        assert_eq!(of(12.0, &[free, 2.0, free]), 5.0);
        assert_eq!(of(12.0, &[3.0, 5.0, free, 1.0]), 4.0);
        assert_eq!(of(12.0, &[3.0, 5.0]), free);
        assert_eq!(of(free, &[3.0, free]), free);
        assert_eq!(of(12.0, &[]), free);
    }

    #[test]
    fn rounding_is_no_difference() {
        let free = f64::INFINITY;
        assert!(!differ(0.1 + 0.2, 0.3) && !differ(free, free));
        assert!(differ(3.0, 3.000_001) && differ(free, 3.0) && differ(0.0, 3.0));
    }
}

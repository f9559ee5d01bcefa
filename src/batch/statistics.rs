//! The interval for how often something holds.

/// The interval for a share at 95 %, when `hits` of `trials` were hits (Wilson 1927, without correction for
/// continuity); all of 0..=1 when nothing was tried.
pub fn wilson(hits: u32, trials: u32) -> (f64, f64) {
    if trials == 0 {
        return (0.0, 1.0);
    }
    let n = f64::from(trials);
    let share = f64::from(hits) / n;
    let z2 = Z_95 * Z_95;
    let centre = share + z2 / (2.0 * n);
    let half = Z_95 * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z2 / n;
    // At no hit and at all hits an end is exact, and rounding must not take it away.
    let low = if hits == 0 { 0.0 } else { (centre - half) / scale };
    let high = if hits >= trials { 1.0 } else { (centre + half) / scale };
    (low, high)
}

/// 97.5 % quantile of the standard normal distribution.
const Z_95: f64 = 1.959_963_984_540_054;

#[cfg(test)]
mod tests {
    use super::*;

    fn close(value: f64, wanted: f64, within: f64) {
        assert!((value - wanted).abs() <= within, "{value} is not {wanted} ± {within}");
    }

    #[test]
    fn wilson_intervals_are_those_of_newcombe() {
        // Newcombe (1998), Statistics in Medicine 17, table I, method 3.
        for (hits, trials, low, high) in [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ] {
            let interval = wilson(hits, trials);
            close(interval.0, low, 5e-5);
            close(interval.1, high, 5e-5);
        }
        assert_eq!(wilson(20, 20).1, 1.0);
        assert_eq!(wilson(0, 0), (0.0, 1.0));
    }
}

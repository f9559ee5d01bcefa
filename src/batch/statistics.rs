<<<<<<< HEAD
//! The interval for how often something holds.
=======
//! Means and intervals over independent replications.

use statrs::distribution::{ContinuousCDF, StudentsT};

use crate::results::{Estimate, Figure};

/// What independent replications say about a mean: Student's t interval at 95 %, which supposes that their values
/// are about normal. Missing values count for nothing; fewer than two values have no interval.
pub fn estimate(values: &[Option<f64>]) -> Estimate {
    let values: Vec<f64> = values.iter().copied().flatten().collect();
    // A time that is longer than any makes the mean so, and nothing is known of its interval.
    let endless = values.contains(&f64::INFINITY).then_some(f64::INFINITY);
    let mut estimate = Estimate::single(endless.or_else(|| mean(&values)));
    estimate.n = values.len() as u32;
    if endless.is_some() {
        return estimate;
    }
    if let (Some(mean), Some(sd), Some(t)) = (mean(&values), deviation(&values), student(values.len())) {
        let half = t * sd / (values.len() as f64).sqrt();
        estimate.sd = sd.into();
        estimate.ci_low = (mean - half).into();
        estimate.ci_high = (mean + half).into();
    }
    estimate
}

/// The same for what lies between 0 and 1, as far as Student's interval lies there, too.
pub fn estimate_share(values: &[Option<f64>]) -> Estimate {
    let estimate = estimate(values);
    let clip = |end: Figure| Figure(end.0.map(|end| end.clamp(0.0, 1.0)));
    Estimate { ci_low: clip(estimate.ci_low), ci_high: clip(estimate.ci_high), ..estimate }
}
>>>>>>> h-metr

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

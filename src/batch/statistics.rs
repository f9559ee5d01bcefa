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

/// Mean around the first value, so that equal values have exactly that mean.
fn mean(values: &[f64]) -> Option<f64> {
    let first = *values.first()?;
    let sum: f64 = values.iter().map(|value| value - first).sum();
    Some(first + sum / values.len() as f64)
}

/// Standard deviation of a sample (divisor n − 1), in two passes.
fn deviation(values: &[f64]) -> Option<f64> {
    let mean = mean(values).filter(|_| values.len() > 1)?;
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    Some((squares / (values.len() - 1) as f64).sqrt())
}

/// 97.5 % quantile of Student's t distribution for a sample of `n`.
fn student(n: usize) -> Option<f64> {
    let freedom = n.checked_sub(1).filter(|&freedom| freedom > 0)?;
    StudentsT::new(0.0, 1.0, freedom as f64).ok().map(|student| student.inverse_cdf(0.975))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_longer_than_any_time_in_one_replication_is_so_on_the_mean() {
        for values in [[Some(f64::INFINITY), Some(1.0)], [Some(1.0), Some(f64::INFINITY)]] {
            let estimate = estimate(&values);
            assert_eq!((estimate.n, estimate.mean), (2, Figure(Some(f64::INFINITY))));
            assert_eq!(
                (estimate.sd, estimate.ci_low, estimate.ci_high),
                (Figure(None), Figure(None), Figure(None))
            );
        }
    }

    fn close(value: f64, wanted: f64, within: f64) {
        assert!((value - wanted).abs() <= within, "{value} is not {wanted} ± {within}");
    }

    #[test]
    fn quantiles_of_student_are_those_of_the_printed_tables() {
        for (freedom, quantile) in
            [(1, 12.706), (2, 4.303), (4, 2.776), (9, 2.262), (29, 2.045), (120, 1.980), (1000, 1.962)]
        {
            close(student(freedom + 1).expect("two values at least"), quantile, 5e-4);
        }
    }

    #[test]
    fn the_interval_is_that_of_a_published_sample() {
        // NIST/SEMATECH e-Handbook 1.3.5.2, heat flow meter: 195 values; here by their published moments.
        let (n, sd, half) = (195_usize, 0.022_789, 0.003_218_7);
        close(student(n).expect("195 values") * sd / (n as f64).sqrt(), half, 1e-6);
    }

    #[test]
    fn mean_and_deviation_of_a_textbook_sample() {
        let values = [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0].map(Some);
        let estimate = estimate(&values);
        assert_eq!((estimate.n, estimate.mean.0), (8, Some(5.0)));
        close(estimate.sd.0.expect("8 values"), (32.0_f64 / 7.0).sqrt(), 1e-15);
        let (low, high) = estimate.interval().expect("8 values");
        // t(7) = 2.3646, standard error 0.75593.
        close(low, 5.0 - 1.787_5, 1e-4);
        close(high, 5.0 + 1.787_5, 1e-4);
    }

    #[test]
    fn missing_values_count_for_nothing_and_one_value_has_no_interval() {
        let alone = estimate(&[None, Some(7.0)]);
        assert_eq!((alone.n, alone.mean.0, alone.sd.0, alone.interval()), (1, Some(7.0), None, None));
        let none = estimate(&[None, None]);
        assert_eq!((none.n, none.mean.0), (0, None));
    }

    #[test]
    fn equal_values_have_an_interval_of_no_width() {
        let equal = estimate(&[Some(0.1); 7]);
        assert_eq!(equal.interval(), Some((0.1, 0.1)));
        assert_eq!(equal.sd.0, Some(0.0));
    }

    #[test]
    fn the_interval_of_a_share_ends_where_shares_end() {
        let values = [Some(0.0), Some(0.0), Some(0.05)];
        let (free, share) = (estimate(&values), estimate_share(&values));
        assert!(free.ci_low.0.is_some_and(|low| low < 0.0));
        assert_eq!(share, Estimate { ci_low: 0.0.into(), ..free });
        assert_eq!(estimate_share(&[Some(0.5)]), estimate(&[Some(0.5)]));
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

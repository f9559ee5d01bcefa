//! Differences of runs under the same seeds, and how sure they are.

use statrs::distribution::{ContinuousCDF, StudentsT};

use super::super::stats::mean;

/// A mean difference and its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Paired {
    pub mean: f64,
    pub low: f64,
    pub high: f64,
}

impl Paired {
    /// Whether there may be no difference at all.
    pub(super) fn may_be_none(self) -> bool {
        self.low <= 0.0 && 0.0 <= self.high
    }
}

/// The differences `of − from`, run by run, with Student's interval; so wide that 95 % holds of `together` of them at once
/// (Bonferroni). None where a run lacks a finite value, or there are fewer than two.
pub(super) fn paired(of: &[Option<f64>], from: &[Option<f64>], together: usize) -> Option<Paired> {
    let finite = |value: Option<f64>| value.filter(|value| value.is_finite());
    let pairs = of.iter().zip(from);
    let differences: Vec<f64> =
        pairs.map(|(of, from)| Some(finite(*of)? - finite(*from)?)).collect::<Option<_>>()?;
    let count = differences.len();
    if count < 2 {
        return None;
    }
    let mean = mean(&differences)?;
    let squares: f64 = differences.iter().map(|value| (value - mean) * (value - mean)).sum();
    let error = (squares / (count - 1) as f64 / count as f64).sqrt();
    let half = student(0.05 / together.max(1) as f64, (count - 1) as f64) * error;
    Some(Paired { mean, low: mean - half, high: mean + half })
}

/// The value that Student's t exceeds to both sides together with this probability.
fn student(outside: f64, freedom: f64) -> f64 {
    let t = StudentsT::new(0.0, 1.0, freedom).map_or(f64::INFINITY, |t| -t.inverse_cdf(outside / 2.0));
    // The last bits of a logarithm differ between platforms, and drawings must not.
    format!("{t:.6e}").parse().unwrap_or(t)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_pairs_have_in_common_is_no_spread() {
        let base: Vec<Option<f64>> = [1.0, 5.0, 9.0, 2.0, 7.0].map(Some).to_vec();
        let more = |by: [f64; 5]| -> Vec<Option<f64>> {
            base.iter().zip(by).map(|(value, by)| value.map(|value| value + by)).collect()
        };
        let sure = paired(&more([1.0, 1.1, 0.9, 1.0, 1.0]), &base, 1).expect("pairs");
        // Standard error √(0.02 / 4 / 5), Student's t with four degrees of freedom: 2.7764.
        assert!((sure.mean - 1.0).abs() < 1e-12 && (sure.high - 1.0 - 2.776_445 * 0.031_622_8).abs() < 1e-6);
        assert!(!sure.may_be_none());
        let joint = paired(&more([1.0, 1.1, 0.9, 1.0, 1.0]), &base, 10).expect("pairs");
        // At 0.05 / 10 to both sides together: 5.5976.
        assert!((joint.high - 1.0 - 5.597_57 * 0.031_622_8).abs() < 1e-5, "{joint:?}");
        assert!(paired(&more([1.0, -1.0, 2.0, -2.0, 0.3]), &base, 1).expect("pairs").may_be_none());
    }

    #[test]
    fn a_run_without_a_finite_value_leaves_no_interval() {
        let base = [Some(1.0), Some(2.0), Some(3.0)];
        assert_eq!(paired(&[Some(1.0), None, Some(3.0)], &base, 1), None);
        assert_eq!(paired(&[Some(1.0), Some(f64::INFINITY), Some(3.0)], &base, 1), None);
        assert_eq!(paired(&base[..1], &base[..1], 1), None);
        let none = paired(&base, &base, 1).expect("pairs");
        assert!(none.may_be_none() && none.low == 0.0 && none.high == 0.0);
    }
}

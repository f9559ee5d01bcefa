//! How many replications a verdict would take.

use super::distribution::student;
use super::evidence::Evidence;
use crate::results::Bounds;

/// More than this is no advice.
const MOST: u32 = 100_000;

impl Evidence<'_> {
    /// About how many replications would say whether the mean is within the bounds, with this doubt, if they had the mean and
    /// the spread of these; `None` where the mean lies on a bound, or nothing is known of the spread.
    ///
    /// The interval shrinks as Student's does: with the root of the replications, and with their degrees of freedom. Where
    /// there is no mean, it takes as many as the sign test does if all lie on one side.
    pub fn needed(&self, bounds: Bounds, sure: f64) -> Option<u32> {
        if self.is_endless() {
            return Some((-libm::log2(sure)).ceil() as u32);
        }
        let moments = self.moments()?;
        let effect = bounds.effect(moments.mean)?;
        let (low, high) = self.interval(moments, sure);
        let half = if effect < 0.0 { high - moments.mean } else { moments.mean - low };
        let half_of = |n: u32| student(sure, f64::from(n) - 1.0) / f64::from(n).sqrt();
        let unit = half / half_of(moments.n as u32);
        let says = |n: u32| unit * half_of(n) <= effect.abs();
        if !unit.is_finite() || !says(MOST) {
            return None;
        }
        // It says so from some number on: the least is between two.
        let (mut no, mut yes) = (1, MOST);
        while yes - no > 1 {
            let middle = no.midpoint(yes);
            if says(middle) { yes = middle } else { no = middle }
        }
        Some(yes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::Figure;

    fn needed(values: &[f64], max: f64) -> Option<u32> {
        let bounds = Bounds { min: Figure(None), max: max.into() };
        Evidence::of("reputation.mean", values.iter().map(|value| (Some(*value), None))).needed(bounds, 0.025)
    }

    #[test]
    fn of_times_without_a_mean_it_takes_as_many_as_the_sign_test() {
        let values = [f64::INFINITY; 5].map(|value| (Some(value), None));
        let bounds = Bounds { min: Figure(None), max: 1.0.into() };
        let evidence = Evidence::of("queries.latency_p50_s", values.into_iter());
        assert_eq!(evidence.needed(bounds, 0.025), Some(6), "1/64 is less, and 1/32 is more");
    }

    #[test]
    fn twice_the_distance_takes_about_a_quarter_of_the_replications() {
        // Mean 1, deviation 0.1155: z = 1.96 gives (1.96 · 0.1155 / 0.01)² = 512.
        let values = [0.9, 1.1, 0.9, 1.1];
        let (near, far) =
            (needed(&values, 1.01).expect("a number"), needed(&values, 1.02).expect("a number"));
        assert!((510..=518).contains(&near) && (128..=134).contains(&far), "{near} and {far}");
        assert_eq!(needed(&values, 0.99), Some(near), "beyond it as many as within");
        assert_eq!(needed(&values, 1.0), None);
        assert_eq!(needed(&[1.0], 2.0), None);
    }
}

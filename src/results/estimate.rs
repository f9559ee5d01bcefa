//! What independent replications say about a figure.

use serde::{Deserialize, Serialize};

use super::Figure;

/// What replications say about a metric.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// Replications that had a value.
    pub n: u32,
    /// Mean of their values.
    pub mean: Figure,
    /// Standard deviation of the replications; none for fewer than two.
    pub sd: Figure,
    /// The interval that covers the mean with 95 % confidence.
    pub ci_low: Figure,
    /// Upper end of the same interval.
    pub ci_high: Figure,
}

impl Estimate {
    /// One value, which says nothing about its spread.
    pub fn single(value: Option<f64>) -> Estimate {
        Estimate {
            n: u32::from(value.is_some()),
            mean: value.into(),
            sd: Figure(None),
            ci_low: Figure(None),
            ci_high: Figure(None),
        }
    }

    /// Both ends of the interval.
    pub fn interval(&self) -> Option<(f64, f64)> {
        self.ci_low.0.zip(self.ci_high.0)
    }
}

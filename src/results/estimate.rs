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
    /// Where the value of some of them is longer than any time. So is their mean then, which has no interval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endless: Option<Endless>,
}

/// Replications of which some have a value that is longer than any time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Endless {
    /// How many of them.
    pub replications: u32,
    /// The median of the values of all; infinite if half of them are.
    pub median: Figure,
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
            endless: None,
        }
    }

    /// Of values of which some are infinite.
    pub fn endless(values: &[f64]) -> Estimate {
        let mut rising = values.to_vec();
        rising.sort_by(f64::total_cmp);
        let (low, high) = (rising[(rising.len() - 1) / 2], rising[rising.len() / 2]);
        let replications = rising.iter().filter(|value| value.is_infinite()).count() as u32;
        let endless = Endless { replications, median: f64::midpoint(low, high).into() };
        let n = values.len() as u32;
        Estimate { n, endless: Some(endless), ..Estimate::single(Some(f64::INFINITY)) }
    }

    /// Both ends of the interval.
    pub fn interval(&self) -> Option<(f64, f64)> {
        self.ci_low.0.zip(self.ci_high.0)
    }
}

//! A metric at a point of a sweep.

use crate::results::Estimate;

/// A metric at a point. A mean that is longer than any time has no number, but runs that count.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Mean {
    pub n: u32,
    pub mean: Option<f64>,
    pub interval: Option<(f64, f64)>,
}

impl From<Estimate> for Mean {
    fn from(of: Estimate) -> Mean {
        Mean { n: of.n, mean: of.mean.0, interval: of.interval() }
    }
}

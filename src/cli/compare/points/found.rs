//! What is found at a point, and of a parameter.

use serde::Serialize;

use super::place::Place;
use crate::batch::Comparison;
use crate::cli::compare::side::Parameter;

/// A parameter that differs, and at how many of the points.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Differing {
    #[serde(flatten)]
    pub parameter: Parameter,
    pub points: usize,
}

/// Both at a point.
#[derive(Serialize)]
pub(crate) struct At {
    /// What is set there.
    pub at: Place,
    #[serde(flatten)]
    pub comparison: Comparison,
}

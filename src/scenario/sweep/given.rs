//! What the command line says of a sweep.

use super::Method;

/// What the command line says of a sweep; it wins over the file.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// The scenario to sweep over and its name, when there is no sweep file.
    pub scenario: Option<(String, String)>,
    /// Axes, `PATH=VALUES`. An axis of the file with the same path gives way.
    pub axes: Vec<String>,
    /// What is set at every point, `PATH=VALUE`. What the file sets under the same path gives way.
    pub set: Vec<String>,
    /// Runs at each point; with a rule that ends them, the most. Without one it takes the place of the file's.
    pub replications: Option<u32>,
    /// The rule that ends them, `METRIC=WIDTH`.
    pub until: Option<String>,
    /// The seed of all runs.
    pub seed: Option<u64>,
    /// How points are made of axes.
    pub method: Option<Method>,
    /// How many samples a method draws.
    pub samples: Option<u32>,
    /// What points must meet, in place of what the file says.
    pub constraint: Option<String>,
}

//! How far two results differ in a metric, and how likely chance is to make it so much.

/// How far two results differ in a metric.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Contrast {
    /// B − A: of the means, or the median of all differences.
    pub difference: Option<f64>,
    pub of_medians: bool,
    /// At 95 %; infinite where no value is reached.
    pub ends: (f64, f64),
    /// Two-sided, of there being no difference.
    pub p_value: f64,
}

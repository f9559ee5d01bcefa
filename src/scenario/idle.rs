//! A key that has no effect in a scenario.

/// A key without effect in this scenario, and why.
pub(super) struct Idle {
    pub path: String,
    /// What this was concluded from.
    pub from: &'static [&'static str],
    pub why: &'static str,
    /// What gives it an effect.
    pub needs: &'static str,
}

//! What a rule is, and what it finds.

use serde::Serialize;

use super::facts::Facts;

/// Something that explains a result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Note {
    /// Name of the rule that found it.
    pub rule: &'static str,
    #[serde(skip)]
    pub(super) weight: Weight,
    /// A sentence, with figures.
    pub text: String,
}

/// How much a note matters to who reads the figures: the first matters most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Weight {
    /// What the scenario is about did not happen.
    Empty,
    /// Figures are about less, or about something else, than their names say.
    Skewed,
    /// Why figures are as high or low as they are.
    Cause,
    /// What was going on.
    Context,
}

/// A name, when it applies, and what it then says.
pub(super) struct Rule {
    pub name: &'static str,
    pub weight: Weight,
    pub says: fn(&Facts<'_>) -> Option<String>,
}

//! How sure a derived reputation is: labels, and the rules that assign them.

use super::config::ConfidenceRule;

/// How far a derived reputation is to be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// No source has said anything about the node.
    None,
    /// A single source; under [`ConfidenceRule::Derive`], no events.
    Low,
    /// At least 2 sources, and less than a higher label takes; under [`ConfidenceRule::Derive`], a single one.
    Medium,
    /// At least 3 sources and 50 events; under [`ConfidenceRule::Derive`], at least 2 sources.
    High,
    /// At least 5 sources and 100 events; only under [`ConfidenceRule::Ladder`].
    VeryHigh,
}

impl Confidence {
    /// All labels, least first.
    pub const ALL: [Confidence; 5] =
        [Confidence::None, Confidence::Low, Confidence::Medium, Confidence::High, Confidence::VeryHigh];

    /// The proposal's name.
    pub fn name(self) -> &'static str {
        match self {
            Confidence::None => "none",
            Confidence::Low => "low",
            Confidence::Medium => "medium",
            Confidence::High => "high",
            Confidence::VeryHigh => "very_high",
        }
    }
}

/// The label for so many sources and events. Thresholds: the proposal's `assess_confidence`, and for
/// [`ConfidenceRule::Derive`] its `derive_reputation`.
pub fn assess(rule: ConfidenceRule, sources: u32, events: u32) -> Confidence {
    let high = sources >= 3 && events >= 50;
    let very_high = sources >= 5 && events >= 100;
    match (rule, sources) {
        (ConfidenceRule::Derive, _) if events == 0 => Confidence::Low,
        (ConfidenceRule::Derive, 2..) => Confidence::High,
        (ConfidenceRule::Derive, _) => Confidence::Medium,
        (_, 0) => Confidence::None,
        (_, 1) => Confidence::Low,
        (ConfidenceRule::Ladder, _) if very_high => Confidence::VeryHigh,
        // As printed in the proposal, this comes first and swallows `very_high`.
        (_, _) if high => Confidence::High,
        _ => Confidence::Medium,
    }
}

/// Sources that it takes for `label` or a higher one, however many events there are; `None` when it is never given.
pub fn sources_for(rule: ConfidenceRule, label: Confidence) -> Option<u32> {
    (0..=5).find(|sources| assess(rule, *sources, u32::MAX) >= label)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Confidence::{High, Low, Medium, VeryHigh};

    #[test]
    fn the_ladder_gives_the_labels_of_the_proposal() {
        for (sources, events, label) in [
            (1, 20, Low),
            (4, 150, High),
            (5, 100, VeryHigh),
            (3, 49, Medium),
            (2, 0, Medium),
            (2, 1_000, Medium),
            (0, 0, Confidence::None),
            (0, 1_000, Confidence::None),
            (5, 99, High),
        ] {
            assert_eq!(assess(ConfidenceRule::Ladder, sources, events), label, "{sources} {events}");
        }
    }

    #[test]
    fn a_label_takes_so_many_sources_or_is_never_given() {
        let takes = |rule| Confidence::ALL.map(|label| sources_for(rule, label));
        assert_eq!(takes(ConfidenceRule::Ladder), [Some(0), Some(1), Some(2), Some(3), Some(5)]);
        assert_eq!(takes(ConfidenceRule::Literal), [Some(0), Some(1), Some(2), Some(3), None]);
        assert_eq!(takes(ConfidenceRule::Derive), [Some(0), Some(0), Some(0), Some(2), None]);
    }

    #[test]
    fn as_printed_the_proposal_never_says_very_high() {
        for sources in 0..20 {
            for events in 0..300 {
                let literal = assess(ConfidenceRule::Literal, sources, events);
                let ladder = assess(ConfidenceRule::Ladder, sources, events);
                assert_eq!(literal, if ladder == VeryHigh { High } else { ladder });
            }
        }
    }

    #[test]
    fn the_shorter_rule_looks_at_two_sources_only() {
        let derive = |sources, events| assess(ConfidenceRule::Derive, sources, events);
        assert_eq!(derive(0, 0), Low);
        assert_eq!(derive(9, 0), Low);
        assert_eq!(derive(1, 500), Medium);
        assert_eq!(derive(2, 1), High);
    }
}

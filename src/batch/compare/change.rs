//! What a difference comes to: for better or worse, no more than chance, or too little to matter.

use std::collections::BTreeMap;

use serde::Serialize;

use super::contrast::Contrast;
use crate::metrics::{self, Better, Kind};
use crate::results::SURE;

/// What became of a metric from one result to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// It differs for the worse, by more than chance, and maybe by as much as matters.
    Worse,
    /// The same for the better.
    Better,
    /// It is lower, by more than chance, and neither direction is better.
    Lower,
    /// The same for higher.
    Higher,
    /// Chance may explain the difference, or hide one that matters.
    Inconclusive,
    /// The whole interval of the difference is less than matters.
    Equivalent,
    /// No run differs from that under the same seed; of runs that are not paired, no run from any other.
    Same,
}

impl Change {
    /// All of them: what has changed first.
    pub const ALL: [Change; 7] = [
        Change::Worse,
        Change::Better,
        Change::Lower,
        Change::Higher,
        Change::Inconclusive,
        Change::Equivalent,
        Change::Same,
    ];

    /// Its name in files: lower case.
    pub fn name(self) -> &'static str {
        match self {
            Change::Worse => "worse",
            Change::Better => "better",
            Change::Lower => "lower",
            Change::Higher => "higher",
            Change::Inconclusive => "inconclusive",
            Change::Equivalent => "equivalent",
            Change::Same => "same",
        }
    }

    /// Whether it is more than chance, and may matter.
    pub fn is_one(self) -> bool {
        matches!(self, Change::Worse | Change::Better | Change::Lower | Change::Higher)
    }

    /// What a metric's contrast comes to, with its p-value adjusted for the number of comparisons.
    pub(super) fn of(metric: &str, contrast: &Contrast, least: f64, p_adjusted: f64) -> Change {
        let (low, high) = contrast.ends;
        if -least <= low && high <= least {
            return Change::Equivalent;
        }
        // Two-sided, where a verdict on bounds is one-sided.
        if p_adjusted > 2.0 * SURE {
            return Change::Inconclusive;
        }
        let better = metrics::find(metric).map_or(Better::Neither, |metric| metric.better);
        match (better, contrast.difference > Some(0.0)) {
            (Better::More, true) | (Better::Less, false) => Change::Better,
            (Better::More, false) | (Better::Less, true) => Change::Worse,
            (Better::Neither, true) => Change::Higher,
            (Better::Neither, false) => Change::Lower,
        }
    }
}

/// The least difference that matters.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Least {
    /// Of these metrics, in their own units.
    pub of: BTreeMap<String, f64>,
    /// Of all others, as a share of the larger of both means; none: by their kind.
    pub relative: Option<f64>,
}

/// What lies between 0 and 1, or −1 and 1, is told apart by as much.
const OF_SHARES: f64 = 0.01;
/// Anything else by this share of the larger mean.
const RELATIVE: f64 = 0.01;

impl Least {
    /// That of a column with values of this metric, whose larger mean is `scale`.
    pub(super) fn of(&self, name: &str, metric: &str, scale: f64) -> f64 {
        let kind = metrics::find(metric).map(|metric| metric.kind);
        match (self.of.get(name), self.relative, kind) {
            (Some(least), ..) => *least,
            (_, Some(share), _) => share * scale,
            (_, _, Some(Kind::Share | Kind::Score | Kind::Signed)) => OF_SHARES,
            (_, _, Some(Kind::Count | Kind::Amount | Kind::Time | Kind::Rate) | None) => RELATIVE * scale,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contrast(ends: (f64, f64)) -> Contrast {
        let difference = Some(f64::midpoint(ends.0, ends.1));
        Contrast { difference, of_medians: false, ends, p_value: 0.001 }
    }

    #[test]
    fn a_difference_is_for_the_better_where_the_metric_says_so() {
        let of =
            |metric| [(0.4, 0.6), (-0.6, -0.4)].map(|ends| Change::of(metric, &contrast(ends), 0.01, 0.001));
        assert_eq!(of("queries.answered_ratio"), [Change::Better, Change::Worse]);
        assert_eq!(of("queries.latency_p50_s"), [Change::Worse, Change::Better]);
        assert_eq!(of("messages.sent"), [Change::Higher, Change::Lower]);
        assert_eq!(of("of.another.version"), [Change::Higher, Change::Lower]);
    }

    #[test]
    fn what_is_less_than_matters_is_equivalent_however_sure_it_is() {
        let of = |ends, p| Change::of("reputation.error_mean", &contrast(ends), 0.01, p);
        assert_eq!(of((0.004, 0.006), 1e-9), Change::Equivalent);
        assert_eq!(of((0.004, 0.016), 1e-9), Change::Worse, "it may matter");
        assert_eq!(of((0.004, 0.016), 0.051), Change::Inconclusive, "one of many");
        assert_eq!(of((-0.02, 0.03), 0.4), Change::Inconclusive);
    }

    #[test]
    fn what_matters_depends_on_the_kind_unless_it_is_said() {
        let usual = Least::default();
        let of = |least: &Least, metric: &str, scale| least.of(metric, metric, scale);
        assert_eq!(of(&usual, "queries.answered_ratio", 0.5), 0.01);
        assert_eq!(of(&usual, "queries.latency_p50_s", 0.5), 0.005);
        assert_eq!(usual.of("expect.most_are_answered", "queries.answered_ratio", 0.5), 0.01);
        let said = Least { of: BTreeMap::from([("messages.sent".to_owned(), 7.0)]), relative: Some(0.1) };
        assert_eq!(
            [of(&said, "messages.sent", 500.0), of(&said, "queries.answered_ratio", 0.5)],
            [7.0, 0.05]
        );
    }

    #[test]
    fn changes_are_listed_in_their_order() {
        assert!(Change::ALL.is_sorted());
        let changed = Change::ALL.iter().take_while(|change| change.is_one()).count();
        assert_eq!(changed, Change::ALL.iter().filter(|change| change.is_one()).count());
    }
}

//! Bounds on a value, and the verdict that follows from them.

use serde::{Deserialize, Serialize};

use super::Figure;
use crate::scenario::Expectation;

/// The bounds of an expectation; `min` and `max` themselves are within.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bounds {
    /// The least value within; none: no lower bound.
    pub min: Figure,
    /// The greatest value within; none: no upper bound.
    pub max: Figure,
}

/// What a trial of a claim, or all its trials together, came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// In all trials, or for the whole confidence interval.
    Holds,
    /// In some trials, of several.
    HoldsWithinLimits,
    /// In no trial, or for no part of the confidence interval.
    Fails,
    /// The confidence interval straddles a bound, in all trials that there are.
    Inconclusive,
    /// No trial, or none that had anything to count.
    NotTried,
}

impl Bounds {
    /// The bounds that an expectation sets.
    pub fn of(expectation: &Expectation) -> Bounds {
        Bounds { min: expectation.min.into(), max: expectation.max.into() }
    }

    /// Whether `value` is within; what was never counted is not.
    pub fn hold(&self, value: Option<f64>) -> bool {
        value.is_some_and(|value| !self.under(value) && !self.over(value))
    }

    /// The verdict on a value, or on the whole interval when there is one: it holds when all of the interval is
    /// within the bounds, fails when none of it is, and is inconclusive otherwise.
    pub fn judge(&self, value: Option<f64>, interval: Option<(f64, f64)>) -> Verdict {
        let Some(value) = value else { return Verdict::NotTried };
        let (low, high) = interval.unwrap_or((value, value));
        if self.hold(Some(low)) && self.hold(Some(high)) {
            Verdict::Holds
        } else if self.under(high) || self.over(low) {
            Verdict::Fails
        } else {
            Verdict::Inconclusive
        }
    }

    // Written so that NaN is neither within nor beyond any doubt: it is under, and so never holds.
    fn under(&self, value: f64) -> bool {
        value.is_nan() || self.min.0.is_some_and(|min| value < min)
    }

    fn over(&self, value: f64) -> bool {
        self.max.0.is_some_and(|max| value > max)
    }
}

impl Verdict {
    /// The verdict's name in files: lower case, with underscores.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Holds => "holds",
            Verdict::HoldsWithinLimits => "holds_within_limits",
            Verdict::Fails => "fails",
            Verdict::Inconclusive => "inconclusive",
            Verdict::NotTried => "not_tried",
        }
    }

    /// One verdict from those of several trials: all hold, some fail and none holds, none does either, or within limits;
    /// trials that had nothing to count have no say.
    pub fn of_all(trials: impl IntoIterator<Item = Verdict>) -> Verdict {
        let trials: Vec<Verdict> = trials.into_iter().filter(|trial| *trial != Verdict::NotTried).collect();
        let has = |verdict| trials.contains(&verdict);
        match (has(Verdict::Holds), has(Verdict::Fails), has(Verdict::Inconclusive)) {
            (false, false, false) => Verdict::NotTried,
            (true, false, false) => Verdict::Holds,
            (false, true, _) => Verdict::Fails,
            (false, false, true) => Verdict::Inconclusive,
            _ => Verdict::HoldsWithinLimits,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bounds(min: Option<f64>, max: Option<f64>) -> Bounds {
        Bounds { min: min.into(), max: max.into() }
    }

    #[test]
    fn bounds_themselves_are_within() {
        let unit = bounds(Some(0.0), Some(1.0));
        assert!(unit.hold(Some(0.0)) && unit.hold(Some(1.0)));
        assert!(!unit.hold(Some(1.0001)) && !unit.hold(Some(-0.1)));
        assert!(!unit.hold(None) && !unit.hold(Some(f64::NAN)));
    }

    #[test]
    fn an_interval_across_a_bound_is_inconclusive() {
        let at_most_two = bounds(None, Some(2.0));
        assert_eq!(at_most_two.judge(Some(1.5), Some((1.0, 2.0))), Verdict::Holds);
        assert_eq!(at_most_two.judge(Some(1.9), Some((1.5, 2.3))), Verdict::Inconclusive);
        assert_eq!(at_most_two.judge(Some(3.0), Some((2.5, 3.5))), Verdict::Fails);
        assert_eq!(at_most_two.judge(Some(3.0), None), Verdict::Fails);
        assert_eq!(at_most_two.judge(None, None), Verdict::NotTried);
        assert_eq!(bounds(Some(1.0), Some(2.0)).judge(Some(1.5), Some((0.0, 3.0))), Verdict::Inconclusive);
    }

    #[test]
    fn trials_together_hold_when_all_do_and_fail_when_all_do() {
        use Verdict::*;
        assert_eq!(Verdict::of_all([]), NotTried);
        assert_eq!(Verdict::of_all([NotTried, Holds, Holds]), Holds);
        assert_eq!(Verdict::of_all([Fails, NotTried, Fails]), Fails);
        assert_eq!(Verdict::of_all([Holds, Fails]), HoldsWithinLimits);
        assert_eq!(Verdict::of_all([Fails, Inconclusive]), Fails);
        assert_eq!(Verdict::of_all([Fails, Inconclusive, Holds]), HoldsWithinLimits);
        assert_eq!(Verdict::of_all([Inconclusive, Holds]), HoldsWithinLimits);
        assert_eq!(Verdict::of_all([Inconclusive, NotTried, Inconclusive]), Inconclusive);
    }
}

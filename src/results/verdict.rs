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
    /// The whole confidence interval is within the bounds; of a claim: so it is in every trial that counts.
    Holds,
    /// Of a claim: in more than half of its trials, but not in all.
    HoldsWithinLimits,
    /// The whole confidence interval is beyond a bound; of a claim: so it is in some trial, and at most half of them hold.
    Fails,
    /// The confidence interval straddles a bound, or there is none; of a claim: no trial fails, and at most half hold.
    Inconclusive,
    /// Of a claim: there is no trial that counts.
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

    /// Whether everything between these ends is within.
    pub fn hold_all(&self, (low, high): (f64, f64)) -> bool {
        self.hold(Some(low)) && self.hold(Some(high))
    }

    /// Whether nothing between these ends is within.
    pub fn hold_none(&self, (low, high): (f64, f64)) -> bool {
        self.under(high) || self.over(low)
    }

    /// How far the value lies from the bound that it is nearest to breaking: with its sign, value − bound.
    pub fn effect(&self, value: f64) -> Option<f64> {
        let bounds = [self.min.0.map(|min| value - min), self.max.0.map(|max| value - max)];
        let inside = [bounds[0], bounds[1].map(|effect| -effect)];
        let nearest = if inside[1].is_none_or(|max| inside[0].is_some_and(|min| min <= max)) { 0 } else { 1 };
        bounds[nearest]
    }

    /// How far inside the bounds the worse end of an interval lies, as a share of the larger of the bound and that end:
    /// from −1 to 1, negative where it is outside.
    pub fn margin(&self, (low, high): (f64, f64)) -> Option<f64> {
        let share = |inside: f64, bound: f64, end: f64| {
            let size = bound.abs().max(end.abs());
            if size > 0.0 { (inside / size).clamp(-1.0, 1.0) } else { 0.0 }
        };
        let below = self.min.0.map(|min| share(low - min, min, low));
        let above = self.max.0.map(|max| share(max - high, max, high));
        below.into_iter().chain(above).reduce(f64::min)
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

    /// One verdict from those of all trials that count: it takes more than half of them to hold within limits.
    pub fn of_all(trials: &[Verdict]) -> Verdict {
        let count = |verdict| trials.iter().filter(|trial| **trial == verdict).count();
        match (count(Verdict::Holds), trials.len()) {
            (_, 0) => Verdict::NotTried,
            (holding, all) if holding == all => Verdict::Holds,
            (holding, all) if 2 * holding > all => Verdict::HoldsWithinLimits,
            _ if count(Verdict::Fails) > 0 => Verdict::Fails,
            _ => Verdict::Inconclusive,
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
    fn an_interval_across_a_bound_is_neither_within_nor_beyond() {
        let at_most_two = bounds(None, Some(2.0));
        assert!(at_most_two.hold_all((1.0, 2.0)) && !at_most_two.hold_none((1.0, 2.0)));
        assert!(!at_most_two.hold_all((1.5, 2.3)) && !at_most_two.hold_none((1.5, 2.3)));
        assert!(at_most_two.hold_none((2.5, 3.5)));
        assert!(!bounds(Some(1.0), Some(2.0)).hold_none((0.0, 3.0)));
    }

    #[test]
    fn effects_and_margins_are_those_of_the_nearest_bound() {
        let between = bounds(Some(1.0), Some(4.0));
        assert_eq!(
            [between.effect(2.0), between.effect(3.5), between.effect(5.0)],
            [Some(1.0), Some(-0.5), Some(1.0)]
        );
        assert_eq!(bounds(Some(1.0), None).effect(0.5), Some(-0.5));
        assert_eq!(between.margin((2.0, 3.0)), Some(0.25));
        assert_eq!(bounds(None, Some(1.0)).margin((3.0, 4.0)), Some(-0.75));
        assert_eq!(bounds(None, Some(0.0)).margin((0.0, 0.3)), Some(-1.0));
        assert_eq!(bounds(Some(0.5), None).margin((1.0, 1.0)), Some(0.5));
    }

    #[test]
    fn a_claim_holds_within_limits_when_more_than_half_of_its_trials_hold() {
        use Verdict::*;
        assert_eq!(Verdict::of_all(&[]), NotTried);
        assert_eq!(Verdict::of_all(&[Holds, Holds]), Holds);
        assert_eq!(Verdict::of_all(&[Fails, Fails]), Fails);
        assert_eq!(Verdict::of_all(&[Holds, Fails]), Fails, "one of two");
        assert_eq!(Verdict::of_all(&[Holds, Holds, Fails]), HoldsWithinLimits);
        assert_eq!(
            Verdict::of_all(&[Holds, Fails, Fails, Fails, Fails, Fails, Fails]),
            Fails,
            "one of seven"
        );
        assert_eq!(Verdict::of_all(&[Fails, Inconclusive, Holds]), Fails);
        assert_eq!(Verdict::of_all(&[Inconclusive, Holds]), Inconclusive);
        assert_eq!(Verdict::of_all(&[Inconclusive, Inconclusive]), Inconclusive);
    }
}

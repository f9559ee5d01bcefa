//! What replications say about a bound: the verdict, and how sure and how clear it is.

use serde::{Deserialize, Serialize};

use super::{Bounds, Estimate, Figure, Verdict};
use crate::metrics::SURE;

/// The verdict on a trial or an expectation, and what it rests on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judged {
    /// What the whole interval says; inconclusive with fewer than two replications, or where one has no value.
    pub verdict: Verdict,
    /// Replications that had a value.
    pub n: u32,
    /// Mean − bound, in the metric's unit: the bound that is broken, or nearest to being broken.
    pub effect: Figure,
    /// How far inside the bounds the worse end of the interval lies, as a share of the larger of the bound and that end:
    /// from −1 to 1, negative where it is outside.
    pub margin: Figure,
    /// The probability, at most, of such values if the verdict were false: it is given at up to 2.5 %. Of an
    /// inconclusive one for what is more likely. None where no verdict is possible.
    pub p_value: Figure,
}

/// How doubtful it is that a bound is kept, and that it is broken: one-sided p-values, 1 where the values do not speak
/// for it at all.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Doubts {
    /// Of the mean being within the bounds.
    pub holds: f64,
    /// Of the mean being beyond one.
    pub fails: f64,
}

impl Judged {
    /// From an estimate and the doubts about it; without them there is no verdict.
    pub fn of(bounds: Bounds, estimate: &Estimate, doubts: Option<Doubts>) -> Judged {
        Judged {
            verdict: doubts.map_or(Verdict::Inconclusive, |doubts| doubts.verdict(SURE)),
            n: estimate.n,
            effect: estimate.mean.0.and_then(|mean| bounds.effect(mean)).into(),
            margin: estimate.interval().and_then(|ends| bounds.margin(ends)).into(),
            p_value: doubts.map(|doubts| doubts.holds.min(doubts.fails)).into(),
        }
    }

    /// Whether the verdict follows from what was seen alone, as that of an expectation of *never* or *always*, and no number of
    /// others makes it less sure.
    pub fn is_exact(&self) -> bool {
        self.verdict != Verdict::Inconclusive && self.p_value.0.is_some_and(|p| p > SURE)
    }

    /// Its p-value, if others make the verdict less sure.
    pub fn doubtful(&self) -> Option<f64> {
        self.p_value.0.filter(|_| !self.is_exact())
    }

    /// The verdict if it may be wrong with this probability at most, which is no more than [`SURE`].
    pub fn at(&self, sure: f64) -> Verdict {
        if self.p_value.0.is_some_and(|p| p <= sure) { self.verdict } else { Verdict::Inconclusive }
    }
}

impl Doubts {
    fn verdict(self, sure: f64) -> Verdict {
        if self.holds <= sure {
            Verdict::Holds
        } else if self.fails <= sure {
            Verdict::Fails
        } else {
            Verdict::Inconclusive
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_doubts_are_no_verdict() {
        let bounds = Bounds { min: 1.0.into(), max: Figure(None) };
        let judged = Judged::of(bounds, &Estimate::single(Some(3.0)), None);
        assert_eq!((judged.verdict, judged.n, judged.effect), (Verdict::Inconclusive, 1, 2.0.into()));
        assert_eq!((judged.margin, judged.p_value), (Figure(None), Figure(None)));
        let sure = Some(Doubts { holds: 0.02, fails: 1.0 });
        let judged = Judged::of(bounds, &Estimate::single(Some(3.0)), sure);
        assert_eq!(judged.verdict, Verdict::Holds);
        assert_eq!([0.02, 0.019].map(|sure| judged.at(sure)), [Verdict::Holds, Verdict::Inconclusive]);
    }
}

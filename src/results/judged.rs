//! What replications say about a bound: the verdict, and how sure and how clear it is.

use serde::{Deserialize, Serialize};

use super::{Bounds, Estimate, Figure, Verdict};

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

/// A verdict takes a doubt of at most this: that at one end of an interval at 95 %.
pub const SURE: f64 = 0.025;

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

/// Which of several verdicts stand when all are to be right together with the certainty that each has alone. `None` is no
/// verdict, and takes no part.
pub fn holm(p_values: &[Option<f64>]) -> Vec<bool> {
    holm_adjusted(p_values).into_iter().map(|p| p.is_some_and(|p| p <= SURE)).collect()
}

/// These p-values, adjusted for their number by Holm (1979): from the least on, each times the number of those that are
/// left, and never less than the one before. `None` takes no part.
pub fn holm_adjusted(p_values: &[Option<f64>]) -> Vec<Option<f64>> {
    let mut order: Vec<(f64, usize)> =
        p_values.iter().enumerate().filter_map(|(place, p)| p.map(|p| (p, place))).collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut adjusted = vec![None; p_values.len()];
    let (all, mut before) = (order.len(), 0.0_f64);
    for (rank, (p, place)) in order.into_iter().enumerate() {
        before = before.max(p * (all - rank) as f64).min(1.0);
        adjusted[place] = Some(before);
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holm_compares_each_with_those_that_are_left() {
        // 0.025 / 4 = 0.00625, 0.025 / 3 = 0.00833, 0.025 / 2 = 0.0125.
        let stand = holm(&[Some(0.02), Some(0.001), None, Some(0.008), Some(0.0126)]);
        assert_eq!(stand, [false, true, false, true, false]);
        assert_eq!(holm(&[Some(0.025)]), [true]);
        assert_eq!(holm(&[Some(0.0126), Some(0.0126)]), [false, false]);
        assert_eq!(holm(&[Some(0.0125), Some(0.025)]), [true, true]);
        let adjusted = holm_adjusted(&[Some(0.25), Some(0.125), None, Some(0.5), Some(0.0625)]);
        assert_eq!(adjusted, [Some(0.5), Some(0.375), None, Some(0.5), Some(0.25)]);
    }

    #[test]
    fn an_adjusted_p_value_is_never_below_that_of_a_surer_verdict_nor_above_one() {
        // Sums of powers of two, so that products are exact.
        let adjusted = holm_adjusted(&[Some(0.125), Some(1.0 / 128.0), None, Some(7.0 / 64.0), Some(0.75)]);
        assert_eq!(adjusted, [Some(21.0 / 64.0), Some(1.0 / 32.0), None, Some(21.0 / 64.0), Some(0.75)]);
        assert_eq!(holm_adjusted(&[Some(0.6), Some(0.8)]), [Some(1.0), Some(1.0)]);
    }

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

//! A metric in the runs of two results: its values, those of a pair in the same place, and what they say of the difference.

use super::contrast::Contrast;
use super::difference::{Difference, Value, is_same};
use super::ranks::Ranks;
use crate::batch::doubt::DOUBT;
use crate::batch::{Evidence, Replication};
use crate::metrics::{self, Kind};
use crate::results::Estimate;

/// The values of a metric in runs of A and of B.
pub(super) struct Column<'a> {
    pub metric: &'a str,
    kind: Option<Kind>,
    paired: bool,
    a: Vec<Value<'a>>,
    b: Vec<Value<'a>>,
    /// Whether no run lacks a value.
    pub is_complete: bool,
    /// Whether no run differs from that under the same seed; not paired: no run from any other.
    pub is_same: bool,
}

/// What pairing by seed was worth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Pairing {
    /// Variance of the difference of two runs under different seeds, over that under the same seed.
    pub variance_ratio: f64,
    /// Whether the interval is narrower than that of runs apart.
    pub helps: bool,
}

impl<'a> Column<'a> {
    /// The values in these runs of a column, and of the metric that it has, of which two in the same place are a pair if they
    /// are `paired`.
    pub(super) fn of(
        (name, metric): (&str, &'a str),
        a: &[&'a Replication],
        b: &[&'a Replication],
        paired: bool,
    ) -> Column<'a> {
        let values = |runs: &[&'a Replication]| -> Vec<Option<Value<'a>>> {
            runs.iter()
                .map(|run| Some((run.metrics.get(name).copied().flatten()?, run.samples.get(name))))
                .collect()
        };
        let (all_a, all_b) = (values(a), values(b));
        let is_complete = all_a.iter().chain(&all_b).all(Option::is_some);
        let is_same = if paired {
            all_a.iter().zip(&all_b).all(|pair| match pair {
                (Some((a, _)), Some((b, _))) => is_same(*a, *b),
                (a, b) => a.is_none() && b.is_none(),
            })
        } else {
            let first = all_a.first().copied().flatten();
            let as_first = |value: &Option<Value<'_>>| {
                value.zip(first).is_some_and(|((value, _), (first, _))| is_same(value, first))
            };
            all_a.iter().chain(&all_b).all(as_first)
        };
        let whole = all_a.iter().zip(&all_b).filter_map(|(a, b)| (*a).zip(*b));
        let (mut kept_a, mut kept_b): (Vec<_>, Vec<_>) = whole.unzip();
        if !paired || kept_a.is_empty() {
            kept_a = all_a.into_iter().flatten().collect();
            kept_b = all_b.into_iter().flatten().collect();
        }
        let kind = metrics::find(metric).map(|metric| metric.kind);
        Column { metric, kind, paired, a: kept_a, b: kept_b, is_complete, is_same }
    }

    /// Whether any run has a value.
    pub(super) fn has_values(&self) -> bool {
        !self.a.is_empty() || !self.b.is_empty()
    }

    /// What the runs of A, and those of B, say each by themselves.
    pub(super) fn estimates(&self) -> (Estimate, Estimate) {
        let of = |values: &[Value<'a>]| {
            Evidence::of(self.metric, values.iter().map(|(value, sample)| (Some(*value), *sample))).estimate()
        };
        (of(&self.a), of(&self.b))
    }

    /// How far they differ. It takes two pairs, or two runs of each.
    pub(super) fn contrast(&self) -> Option<Contrast> {
        if self.a.len().min(self.b.len()) < 2 {
            return None;
        }
        let finite = self.a.iter().chain(&self.b).all(|(value, _)| value.is_finite());
        let difference = if finite { self.difference(self.paired) } else { None };
        match difference.filter(|difference| !difference.has_no_interval()) {
            Some(difference) => Some(Contrast {
                difference: Some(difference.mean),
                of_medians: false,
                ends: difference.interval(DOUBT),
                p_value: difference.p_value(),
            }),
            None => self.ranks().map(|ranks| Contrast {
                difference: ranks.median(),
                of_medians: true,
                ends: ranks.interval(DOUBT),
                p_value: ranks.p_value(),
            }),
        }
    }

    /// What pairing was worth; nothing can be said without pairs, spread, or finite values.
    pub(super) fn pairing(&self) -> Option<Pairing> {
        let finite = self.a.iter().chain(&self.b).all(|(value, _)| value.is_finite());
        if !self.paired || !finite {
            return None;
        }
        let (paired, apart) = (self.difference(true)?, self.difference(false)?);
        let width = |difference: &Difference| {
            let (low, high) = difference.interval(DOUBT);
            high - low
        };
        let variance_ratio = apart.spread / paired.spread;
        let said = Pairing { variance_ratio, helps: width(&paired) < width(&apart) };
        variance_ratio.is_finite().then_some(said)
    }

    fn difference(&self, paired: bool) -> Option<Difference> {
        if paired {
            Difference::of_pairs(self.kind, &self.a, &self.b)
        } else {
            Difference::of_runs(self.kind, &self.a, &self.b)
        }
    }

    fn ranks(&self) -> Option<Ranks> {
        if self.paired {
            return Some(Ranks::of_pairs(self.a.iter().zip(&self.b).map(|((a, _), (b, _))| (*a, *b))));
        }
        let values = |values: &[Value<'_>]| values.iter().map(|(value, _)| *value).collect::<Vec<_>>();
        Ranks::of_runs(&values(&self.a), &values(&self.b))
    }
}

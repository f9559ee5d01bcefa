//! What was seen of a metric in both results, before it is known how many others are compared.

use super::column::{Column, Pairing};
use super::contrast::Contrast;
use super::difference::{Difference, is_same};
use super::known::units_behind;
use crate::batch::doubt::DOUBT;
use crate::batch::interval::Moments;
use crate::metrics;
use crate::results::Estimate;

/// A metric in both.
pub(super) struct Seen {
    /// The name of its column.
    pub name: String,
    /// The metric whose values these are.
    pub metric: String,
    pub a: Estimate,
    pub b: Estimate,
    pub contrast: Option<Contrast>,
    pub pairing: Option<Pairing>,
    /// Whether no run lacks a value.
    pub is_complete: bool,
    /// Whether no run differs from that under the same seed; not paired: no run from any other.
    pub is_same: bool,
}

impl Seen {
    /// In runs of both.
    pub(super) fn in_runs(name: &str, column: &Column<'_>) -> Seen {
        let (a, b) = column.estimates();
        Seen {
            name: name.to_owned(),
            metric: column.metric.to_owned(),
            a,
            b,
            contrast: column.contrast(),
            pairing: column.pairing(),
            is_complete: column.is_complete,
            is_same: column.is_same,
        }
    }

    /// In what so many runs of each come to. What has no finite mean, or no spread and no smallest step, has no contrast.
    pub(super) fn in_means(
        name: &str,
        metric: String,
        (a, runs_a): (Estimate, u32),
        (b, runs_b): (Estimate, u32),
    ) -> Seen {
        let kind = metrics::find(&metric).map(|metric| metric.kind);
        let moments = moments(&a).zip(moments(&b));
        let units = units_behind(&metric, &a).zip(units_behind(&metric, &b)).map(|(a, b)| a.min(b));
        let difference = moments.map(|(a, b)| Difference::of_moments(kind, (a, b), units));
        let contrast =
            difference.filter(|difference| !difference.has_no_interval()).map(|difference| Contrast {
                difference: Some(difference.mean),
                of_medians: false,
                ends: difference.interval(DOUBT),
                p_value: difference.p_value(),
            });
        let is_complete = a.n == runs_a && b.n == runs_b;
        let is_flat = |moments: Moments| moments.sd == 0.0;
        let is_same =
            is_complete && moments.is_some_and(|(a, b)| is_flat(a) && is_flat(b) && is_same(a.mean, b.mean));
        Seen { name: name.to_owned(), metric, a, b, contrast, pairing: None, is_complete, is_same }
    }

    /// The p-value, if every run has a value: as everywhere, one without forbids a verdict.
    pub(super) fn p_value(&self) -> Option<f64> {
        self.contrast.filter(|_| self.is_complete).map(|contrast| contrast.p_value)
    }
}

fn moments(estimate: &Estimate) -> Option<Moments> {
    let mean = estimate.mean.0.filter(|mean| mean.is_finite())?;
    (estimate.n > 1).then_some(Moments { n: f64::from(estimate.n), mean, sd: estimate.sd.0? })
}

//! Two results compared, metric by metric: how far they differ, and whether that is more than chance.
//!
//! Runs under the same seed are pairs: what both have in common, such as when work arrives and who asks whom, does not count
//! as chance.

mod change;
mod column;
mod contrast;
mod difference;
mod ranks;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

pub use change::{Change, Least};
use column::Column;
use contrast::Contrast;

use super::Replication;
use crate::results::{Endless, Estimate, Figure, holm_adjusted};

/// Two results, compared.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// Pairs of runs under the same seed; absent where the runs are not paired.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pairs: Option<u32>,
    /// Pairs of runs with the same fingerprint: the same run twice.
    pub identical_pairs: u32,
    /// Every metric of which there is a value in both, by name.
    pub metrics: Vec<Compared>,
    /// Metrics that only A has.
    pub only_a: Vec<String>,
    /// Metrics that only B has.
    pub only_b: Vec<String>,
}

/// A metric in two results.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Compared {
    /// Its name.
    pub metric: String,
    /// What became of it.
    pub verdict: Change,
    /// In A: of the runs compared, those that have a value; of pairs only where both have.
    pub a: Estimate,
    /// In B.
    pub b: Estimate,
    /// Difference B − A.
    pub difference: Figure,
    /// Whether that is the median of the differences, and not that of the means: where some have no finite value, or all are
    /// the same.
    pub is_median: bool,
    /// Lower end of its 95 % interval; none where no value is reached, or nothing tells.
    pub ci_low: Figure,
    /// Upper end of the same interval.
    pub ci_high: Figure,
    /// The probability, at most, of such a difference if there were none.
    pub p_value: Figure,
    /// The same, adjusted by Holm for the number of metrics compared.
    pub p_adjusted: Figure,
    /// The least difference that matters.
    pub least: Figure,
    /// Whether some of the runs compared lack a value: then there is no p-value.
    pub is_incomplete: bool,
    /// Variance of the difference of runs under different seeds, over that of pairs; none where there is none.
    pub variance_ratio: Figure,
    /// Whether pairing made the interval narrower; absent where there are no pairs, or no interval.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pairing_helps: Option<bool>,
}

impl Comparison {
    /// Whether the runs of A are those of B, each in a pair.
    pub fn is_identical(&self) -> bool {
        self.identical_pairs > 0 && self.pairs == Some(self.identical_pairs)
    }

    /// The metric of this name.
    pub fn find(&self, metric: &str) -> Option<&Compared> {
        self.metrics.iter().find(|compared| compared.metric == metric)
    }

    /// How many metrics came to each.
    pub fn counts(&self) -> BTreeMap<Change, usize> {
        let mut counts = BTreeMap::new();
        self.metrics.iter().for_each(|compared| *counts.entry(compared.verdict).or_default() += 1);
        counts
    }
}

/// Compares the runs of A with those of B in all metrics that are `wanted`.
///
/// Where two seeds at least are in both, only runs under these are compared, as pairs; else all runs are.
pub fn compare(
    a: &[Replication],
    b: &[Replication],
    least: &Least,
    wanted: impl Fn(&str) -> bool,
) -> Comparison {
    let runs = Runs::of(a, b);
    let (names_a, names_b) = (names(a, &wanted), names(b, &wanted));
    let both = names_a.intersection(&names_b);
    let columns = both.map(|metric| Column::of(metric, &runs.a, &runs.b, runs.paired));
    let columns: Vec<Column<'_>> = columns.filter(Column::has_values).collect();
    let contrasts: Vec<Option<Contrast>> = columns.iter().map(Column::contrast).collect();
    let p_values = columns.iter().zip(&contrasts).map(|(column, contrast)| {
        // As everywhere, a run without a value forbids a verdict.
        contrast.filter(|_| column.is_complete).map(|contrast| contrast.p_value)
    });
    let p_values: Vec<Option<f64>> = p_values.collect();
    let sure = p_values.iter().copied().zip(holm_adjusted(&p_values));
    let metrics = columns.iter().zip(contrasts).zip(sure);
    let only = |one: &BTreeSet<&str>, other: &BTreeSet<&str>| {
        one.difference(other).map(|metric| (*metric).to_owned()).collect()
    };
    Comparison {
        pairs: runs.paired.then_some(runs.a.len() as u32),
        identical_pairs: runs.identical(),
        metrics: metrics.map(|((column, contrast), p)| Compared::of(column, contrast, p, least)).collect(),
        only_a: only(&names_a, &names_b),
        only_b: only(&names_b, &names_a),
    }
}

/// The runs that are compared.
struct Runs<'a> {
    a: Vec<&'a Replication>,
    b: Vec<&'a Replication>,
    /// Whether those in the same place have the same seed.
    paired: bool,
}

impl<'a> Runs<'a> {
    fn of(a: &'a [Replication], b: &'a [Replication]) -> Runs<'a> {
        let seeds: BTreeMap<u64, &Replication> = b.iter().map(|run| (run.seed, run)).collect();
        let pairs = a.iter().filter_map(|run| Some((run, *seeds.get(&run.seed)?)));
        let (of_a, of_b): (Vec<_>, Vec<_>) = pairs.unzip();
        // One pair has no spread; of one run of each nothing else is left.
        if of_a.len() > 1 || a.len() == 1 && b.len() == 1 && of_a.len() == 1 {
            Runs { a: of_a, b: of_b, paired: true }
        } else {
            Runs { a: a.iter().collect(), b: b.iter().collect(), paired: false }
        }
    }

    fn identical(&self) -> u32 {
        let is_same = |(a, b): &(&&Replication, &&Replication)| a.fingerprint == b.fingerprint;
        if self.paired { self.a.iter().zip(&self.b).filter(is_same).count() as u32 } else { 0 }
    }
}

fn names<'a>(runs: &'a [Replication], wanted: &impl Fn(&str) -> bool) -> BTreeSet<&'a str> {
    let all = runs.iter().flat_map(|run| run.metrics.keys());
    all.map(String::as_str).filter(|metric| wanted(metric)).collect()
}

impl Compared {
    /// With its p-value, and the same adjusted for the number of metrics.
    fn of(
        column: &Column<'_>,
        contrast: Option<Contrast>,
        (p_value, p_adjusted): (Option<f64>, Option<f64>),
        least: &Least,
    ) -> Compared {
        let (a, b) = column.estimates();
        let least = least.of(column.metric, size(&a).max(size(&b)));
        let pairing = column.pairing();
        // An end that equals the other is of differences without spread.
        let ends = contrast.map(|contrast| contrast.ends).filter(|(low, high)| low < high);
        let verdict = match (contrast, p_adjusted) {
            _ if column.is_same => Change::Same,
            (Some(contrast), Some(p)) => Change::of(column.metric, &contrast, least, p),
            _ => Change::Inconclusive,
        };
        Compared {
            metric: column.metric.to_owned(),
            verdict,
            difference: contrast.map_or_else(|| minus(&b, &a), |contrast| contrast.difference).into(),
            is_median: contrast.is_some_and(|contrast| contrast.of_medians),
            ci_low: ends.map(|(low, _)| low).into(),
            ci_high: ends.map(|(_, high)| high).into(),
            p_value: p_value.into(),
            p_adjusted: p_adjusted.into(),
            least: least.into(),
            is_incomplete: !column.is_complete,
            variance_ratio: pairing.map(|pairing| pairing.variance_ratio).into(),
            pairing_helps: pairing.map(|pairing| pairing.helps),
            a,
            b,
        }
    }
}

/// How large the values are: their mean, or the median of some that have none; 0 if that is infinite, too.
fn size(estimate: &Estimate) -> f64 {
    let size = estimate.endless.map_or(estimate.mean.0, |Endless { median, .. }| median.0);
    size.filter(|size| size.is_finite()).unwrap_or_default().abs()
}

fn minus(b: &Estimate, a: &Estimate) -> Option<f64> {
    b.mean.0.zip(a.mean.0).map(|(b, a)| b - a).filter(|difference| !difference.is_nan())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::results::Counts;

    const METRICS: [&str; 4] =
        ["messages.sent", "queries.answered_ratio", "queries.latency_p50_s", "reputation.error_mean"];

    fn run(seed: u64, values: [Option<f64>; 4]) -> Replication {
        let metrics = METRICS.iter().map(|name| (*name).to_owned()).zip(values);
        Replication {
            seed,
            fingerprint: format!("{seed:x} {values:?}"),
            sim_seconds: 1.0,
            metrics: metrics.collect(),
            selected: Vec::new(),
            samples: BTreeMap::new(),
            selected_samples: Vec::new(),
            counts: Counts::default(),
        }
    }

    fn runs(first: u64, values: &[[f64; 4]]) -> Vec<Replication> {
        (first..).zip(values).map(|(seed, values)| run(seed, values.map(Some))).collect()
    }

    fn all(a: &[Replication], b: &[Replication]) -> Comparison {
        compare(a, b, &Least::default(), |_| true)
    }

    /// Ten runs of about 1000 messages, 0.5 answered, 1 s, and 0.1; each by so much more, and by its own luck.
    fn usual(more: [f64; 4], luck: f64) -> Vec<[f64; 4]> {
        let run = |seed: u32| {
            let luck = luck * libm::sin(f64::from(seed * seed));
            let shift = f64::from(seed) / 100.0;
            [
                (1000.0 + 500.0 * shift + more[0] + 100.0 * luck).round(),
                0.5 + shift + more[1] + luck,
                1.0 + shift + more[2] + luck,
                0.1 + shift + more[3] + luck,
            ]
        };
        (1..=10).map(run).collect()
    }

    #[test]
    fn what_pairs_have_in_common_is_no_chance() {
        let (a, b) = (usual([0.0; 4], 0.0), usual([0.0, 0.02, 0.03, 0.0], 1e-3));
        let paired = all(&runs(1, &a), &runs(1, &b));
        let verdicts = |comparison: &Comparison| -> Vec<Change> {
            comparison.metrics.iter().map(|compared| compared.verdict).collect()
        };
        assert_eq!((paired.pairs, paired.identical_pairs), (Some(10), 0));
        assert_eq!(verdicts(&paired), [Change::Same, Change::Better, Change::Worse, Change::Equivalent]);
        let answered = paired.find("queries.answered_ratio").expect("it is compared");
        assert!(answered.variance_ratio.0 > Some(100.0) && answered.pairing_helps == Some(true));
        let apart = all(&runs(1, &a), &runs(101, &b));
        assert_eq!((apart.pairs, apart.metrics[1].pairing_helps), (None, None));
        assert!(verdicts(&apart)[1..3].iter().all(|change| *change == Change::Inconclusive), "{apart:?}");
    }

    #[test]
    fn pairing_that_does_not_help_is_told() {
        let rising: Vec<[f64; 4]> = usual([0.0; 4], 0.0);
        let falling: Vec<[f64; 4]> = rising.iter().rev().copied().collect();
        let comparison = all(&runs(1, &rising), &runs(1, &falling));
        for compared in &comparison.metrics {
            assert_eq!(compared.pairing_helps, Some(false), "{}", compared.metric);
            assert!((compared.variance_ratio.0.expect("there is spread") - 0.5).abs() < 1e-9);
        }
    }

    #[test]
    fn only_runs_under_common_seeds_are_compared_if_there_are_two() {
        let a = usual([0.0; 4], 0.0);
        let with = |first| all(&runs(1, &a), &runs(first, &a));
        assert_eq!((with(9).pairs, with(9).metrics[0].a.n), (Some(2), 2));
        assert_eq!((with(10).pairs, with(10).metrics[0].a.n), (None, 10));
        let one = all(&runs(1, &a[..1]), &runs(1, &a[1..2]));
        assert_eq!((one.pairs, one.metrics[1].verdict), (Some(1), Change::Inconclusive));
        assert!(one.metrics[1].difference.0.is_some() && one.metrics[1].p_value.0.is_none());
    }

    #[test]
    fn the_same_runs_are_identical() {
        let a = runs(1, &usual([0.0; 4], 0.0));
        let comparison = all(&a, &a);
        assert!(comparison.is_identical());
        assert_eq!(comparison.counts(), BTreeMap::from([(Change::Same, 4)]));
        for compared in &comparison.metrics {
            assert!(compared.ci_low.0.is_none_or(|low| low < 0.0), "{}", compared.metric);
        }
    }

    #[test]
    fn a_run_without_a_value_forbids_a_verdict_and_one_without_end_leaves_the_order() {
        let mut a = runs(1, &usual([0.0; 4], 1e-3));
        let mut b = runs(1, &usual([9000.0, 0.2, 5.0, 0.0], 0.0));
        b[3].metrics.insert(METRICS[1].to_owned(), None);
        for run in &mut b {
            run.metrics.insert(METRICS[2].to_owned(), Some(f64::INFINITY));
        }
        a[0].metrics.insert("storage.chunks".to_owned(), Some(1.0));
        let comparison = all(&a, &b);
        let [sent, answered, latency, _] = &comparison.metrics[..] else { panic!("four metrics") };
        assert_eq!((answered.verdict, answered.a.n, answered.b.n), (Change::Inconclusive, 9, 9));
        assert!(answered.is_incomplete && answered.p_value.0.is_none() && answered.ci_low.0.is_some());
        assert_eq!((latency.verdict, latency.is_median), (Change::Worse, true));
        assert_eq!(latency.p_value.0, Some(2.0 / 1024.0));
        assert_eq!(latency.p_adjusted.0, Some(4.0 / 1024.0), "of three, the second");
        assert_eq!((sent.verdict, &comparison.only_a), (Change::Higher, &vec!["storage.chunks".to_owned()]));
    }

    fn mirrored(change: Change) -> Change {
        match change {
            Change::Better => Change::Worse,
            Change::Worse => Change::Better,
            Change::Higher => Change::Lower,
            Change::Lower => Change::Higher,
            same => same,
        }
    }

    fn values() -> impl Strategy<Value = Vec<[f64; 4]>> {
        let time = prop_oneof![8 => 0.0..10.0_f64, 1 => Just(f64::INFINITY), 2 => Just(1.0)];
        let value = (0..40_u32, 0..=8_u32, time, 0.0..1.0_f64);
        let value = value
            .prop_map(|(sent, eighths, time, error)| [sent.into(), f64::from(eighths) / 8.0, time, error]);
        prop::collection::vec(value, 1..12)
    }

    proptest! {
        #[test]
        fn a_comparison_the_other_way_round_has_the_opposite_signs(
            a in values(), b in values(), first in 0..14_u64,
        ) {
            let (a, b) = (runs(3, &a), runs(first, &b));
            let (forth, back) = (all(&a, &b), all(&b, &a));
            let negated = |figure: Figure| figure.0.map(|value| 0.0 - value);
            prop_assert_eq!(forth.pairs, back.pairs);
            for (one, other) in forth.metrics.iter().zip(&back.metrics) {
                prop_assert_eq!(one.verdict, mirrored(other.verdict));
                prop_assert_eq!(one.difference.0, negated(other.difference));
                prop_assert_eq!((one.ci_low.0, one.ci_high.0), (negated(other.ci_high), negated(other.ci_low)));
                prop_assert_eq!(one.p_adjusted, other.p_adjusted);
                prop_assert_eq!(one.variance_ratio, other.variance_ratio);
                prop_assert_eq!((one.a, one.b), (other.b, other.a));
            }
        }

        #[test]
        fn a_verdict_agrees_with_its_interval(a in values(), b in values(), first in 0..14_u64) {
            for compared in all(&runs(3, &a), &runs(first, &b)).metrics {
                let (Some(low), Some(high)) = (compared.ci_low.0, compared.ci_high.0) else { continue };
                prop_assert!(low < high);
                let leaves_out_zero = low > 0.0 || high < 0.0;
                let p = compared.p_value.0.expect("every run has a value");
                prop_assert_eq!(leaves_out_zero, p <= 0.05, "{:?}", compared);
                prop_assert!(!compared.verdict.is_one() || leaves_out_zero);
                let least = compared.least.0.expect("it is a number");
                let is_within = -least <= low && high <= least;
                prop_assert!((compared.verdict == Change::Equivalent) == is_within || compared.verdict == Change::Same);
            }
        }
    }
}

//! Two results compared, metric by metric: how far they differ, and whether that is more than chance.
//!
//! Runs under the same seed are pairs: what both have in common, such as when work arrives and who asks whom, does not count
//! as chance.

mod change;
mod column;
mod contrast;
mod difference;
mod known;
mod ranks;
mod seen;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

pub use change::{Change, Least};
use column::Column;
pub use known::{Known, units_behind};
use seen::Seen;

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
    /// Its name, or that of the expectation or claim whose values these are.
    pub metric: String,
    /// Of an expectation or claim, the metric that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
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
    /// The same, adjusted by Holm for all that is compared: each metric, at each point.
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
    let is_wanted = |name: &str| wanted(name).then(|| name.to_owned());
    compare_at_points(&[(Known::Runs(a), Known::Runs(b))], least, is_wanted).remove(0)
}

/// Compares A with B at several points, each time as [`compare`] does, with p-values that are adjusted for all points and
/// metrics together. Where the runs of either are not there, nothing is paired.
///
/// `wanted` gives the metric whose values a column has, if it is to be compared.
pub fn compare_at_points(
    points: &[(Known<'_>, Known<'_>)],
    least: &Least,
    wanted: impl Fn(&str) -> Option<String>,
) -> Vec<Comparison> {
    let all: Vec<At> = points.iter().map(|(a, b)| At::of(*a, *b, &wanted)).collect();
    let p_values: Vec<Option<f64>> = all.iter().flat_map(|at| &at.seen).map(Seen::p_value).collect();
    let mut adjusted = holm_adjusted(&p_values).into_iter();
    let mut judged = |seen: Seen| Compared::of(seen, adjusted.next().flatten(), least);
    all.into_iter()
        .map(|at| Comparison {
            pairs: at.pairs,
            identical_pairs: at.identical_pairs,
            metrics: at.seen.into_iter().map(&mut judged).collect(),
            only_a: at.only_a,
            only_b: at.only_b,
        })
        .collect()
}

/// Both sides at a point, before it is known how much else is compared.
struct At {
    pairs: Option<u32>,
    identical_pairs: u32,
    seen: Vec<Seen>,
    only_a: Vec<String>,
    only_b: Vec<String>,
}

impl At {
    fn of(a: Known<'_>, b: Known<'_>, wanted: &impl Fn(&str) -> Option<String>) -> At {
        let (names_a, names_b) = (a.names(), b.names());
        let both: Vec<(&str, String)> =
            names_a.intersection(&names_b).filter_map(|name| Some((*name, wanted(name)?))).collect();
        let only = |one: &BTreeSet<&str>, other: &BTreeSet<&str>| {
            let left = one.difference(other).filter(|name| wanted(name).is_some());
            left.map(|name| (*name).to_owned()).collect()
        };
        let (only_a, only_b) = (only(&names_a, &names_b), only(&names_b, &names_a));
        if let (Known::Runs(a), Known::Runs(b)) = (a, b) {
            let runs = Runs::of(a, b);
            let pairs = runs.paired.then_some(runs.a.len() as u32);
            return At { pairs, identical_pairs: runs.identical(), seen: runs.seen(both), only_a, only_b };
        }
        let seen = both.into_iter().map(|(name, metric)| {
            let (of_a, of_b) = (a.mean(name, &metric), b.mean(name, &metric));
            Seen::in_means(name, metric, of_a, of_b)
        });
        let seen = seen.filter(|seen| seen.a.n > 0 || seen.b.n > 0).collect();
        At { pairs: None, identical_pairs: 0, seen, only_a, only_b }
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

    /// Of these columns and their metrics, those of which any run has a value.
    fn seen(&self, columns: Vec<(&str, String)>) -> Vec<Seen> {
        let seen = columns.into_iter().filter_map(|(name, metric)| {
            let column = Column::of((name, &metric), &self.a, &self.b, self.paired);
            column.has_values().then(|| Seen::in_runs(name, &column))
        });
        seen.collect()
    }

    fn identical(&self) -> u32 {
        let is_same = |(a, b): &(&&Replication, &&Replication)| a.fingerprint == b.fingerprint;
        if self.paired { self.a.iter().zip(&self.b).filter(is_same).count() as u32 } else { 0 }
    }
}

impl Compared {
    /// With its p-value adjusted for all that is compared.
    fn of(seen: Seen, p_adjusted: Option<f64>, least: &Least) -> Compared {
        let Seen { contrast, pairing, a, b, .. } = seen;
        let p_value = seen.p_value();
        let matters = least.of(&seen.name, &seen.metric, size(&a).max(size(&b)));
        // An end that equals the other is of differences without spread.
        let ends = contrast.map(|contrast| contrast.ends).filter(|(low, high)| low < high);
        let verdict = match (contrast, p_adjusted) {
            _ if seen.is_same => Change::Same,
            (Some(contrast), Some(p)) => Change::of(&seen.metric, &contrast, matters, p),
            _ => Change::Inconclusive,
        };
        Compared {
            about: (seen.metric != seen.name).then_some(seen.metric),
            metric: seen.name,
            verdict,
            difference: contrast.map_or_else(|| minus(&b, &a), |contrast| contrast.difference).into(),
            is_median: contrast.is_some_and(|contrast| contrast.of_medians),
            ci_low: ends.map(|(low, _)| low).into(),
            ci_high: ends.map(|(_, high)| high).into(),
            p_value: p_value.into(),
            p_adjusted: p_adjusted.into(),
            least: matters.into(),
            is_incomplete: !seen.is_complete,
            variance_ratio: pairing.map(|pairing| pairing.variance_ratio).into(),
            pairing_helps: pairing.map(|pairing| pairing.helps),
            a,
            b,
        }
    }

    /// The metric whose values these are.
    pub fn measured(&self) -> &str {
        self.about.as_deref().unwrap_or(&self.metric)
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
    use crate::batch::seed_of;
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

    /// Runs at four points, of which each metric varies by its own luck; at the third `more` is added to shares answered.
    fn sweep(seed: u64, first: u64, more: f64) -> Vec<Vec<Replication>> {
        // A sum of four draws is hardly told from a normal one.
        let luck = |place: u32| -> f64 {
            (0..4).map(|part| seed_of(seed, 1 + 4 * place + part) as f64 / (1_u64 << 53) as f64).sum::<f64>()
                - 2.0
        };
        let at = |point: u32| {
            let values = |run: u32| {
                let place = 16 * (6 * point + run);
                let more = if point == 2 { more } else { 0.0 };
                [100.0, 0.5 + more + 0.05 * luck(place), 1.0 + 0.2 * luck(place + 1), 0.3]
            };
            runs(first, &(0..6).map(values).collect::<Vec<_>>())
        };
        (0..4).map(at).collect()
    }

    /// The points at which something seems to have changed, from a sweep to the same under other seeds but for `more`.
    fn changed(trial: u64, more: f64) -> Vec<usize> {
        let (a, b) = (sweep(2 * trial, 1, 0.0), sweep(2 * trial + 1, 100, more));
        let points: Vec<_> = a.iter().zip(&b).map(|(a, b)| (Known::Runs(a), Known::Runs(b))).collect();
        let wanted = |metric: &str| METRICS[1..3].contains(&metric).then(|| metric.to_owned());
        let compared = compare_at_points(&points, &Least::default(), wanted);
        let is_one = |at: &Comparison| at.metrics.iter().any(|compared| compared.verdict.is_one());
        (0..4).filter(|point| is_one(&compared[*point])).collect()
    }

    #[test]
    fn few_sweeps_seem_to_have_changed_that_have_not_and_one_that_has_is_found_where_it_has() {
        // Of 60 with 5 % each 3 are expected, and more than 9 in one of a thousand cases.
        let alarms = (0..60).filter(|trial| !changed(*trial, 0.0).is_empty()).count();
        assert!(alarms <= 9, "{alarms} false alarms");
        let found: Vec<Vec<usize>> = (0..60).map(|trial| changed(trial, 0.2)).collect();
        // Seven standard deviations of a value: of six runs each hardly any is missed.
        assert!(found.iter().filter(|points| points.contains(&2)).count() >= 57, "{found:?}");
        assert!(
            found.iter().filter(|points| points.iter().any(|point| *point != 2)).count() <= 9,
            "{found:?}"
        );
    }

    #[test]
    fn all_points_count_among_all_and_means_alone_are_never_paired() {
        let (a, b) = (runs(1, &usual([0.0; 4], 0.0)), runs(1, &usual([0.0, 0.02, 0.03, 0.0], 1e-3)));
        let one = (Known::Runs(&a[..]), Known::Runs(&b[..]));
        let wanted = |metric: &str| (metric == METRICS[1]).then(|| metric.to_owned());
        let twice = compare_at_points(&[one, one], &Least::default(), wanted);
        let compared = &twice[0].metrics[0];
        assert_eq!(compared.p_adjusted.0, compared.p_value.0.map(|p| 2.0 * p), "one metric at two points");
        let means: BTreeMap<String, Estimate> =
            METRICS.iter().map(|name| ((*name).to_owned(), one.0.mean(name, name).0)).collect();
        let apart =
            compare_at_points(&[(Known::Means(&means, 10), one.1)], &Least::default(), wanted).remove(0);
        let welch = all(&a, &runs(101, &usual([0.0, 0.02, 0.03, 0.0], 1e-3)));
        let (compared, welch) = (&apart.metrics[0], welch.find(METRICS[1]).expect("it is compared"));
        assert_eq!((apart.pairs, compared.pairing_helps), (None, None));
        assert_eq!((compared.difference, compared.verdict), (welch.difference, welch.verdict));
        assert!(
            compared.p_value.0.zip(welch.p_value.0).is_some_and(|(one, other)| (one - other).abs() < 1e-6)
        );
        // A run without a value is missing among means, too.
        let fewer =
            compare_at_points(&[(Known::Means(&means, 11), one.1)], &Least::default(), wanted).remove(0);
        assert!(fewer.metrics[0].is_incomplete && fewer.metrics[0].verdict == Change::Inconclusive);
    }

    #[test]
    fn a_column_of_an_expectation_is_judged_as_the_metric_that_it_is_about() {
        let named = |values: [f64; 2]| -> Vec<Replication> {
            let mut all = runs(1, &[[0.0; 4]; 6]);
            for (place, run) in all.iter_mut().enumerate() {
                run.metrics.insert("expect.most".to_owned(), Some(values[place % 2]));
            }
            all
        };
        let (a, b) = (named([0.9, 0.91]), named([0.5, 0.52]));
        let wanted = |name: &str| (name == "expect.most").then(|| METRICS[1].to_owned());
        let all = compare_at_points(&[(Known::Runs(&a), Known::Runs(&b))], &Least::default(), wanted);
        let compared = &all[0].metrics[0];
        assert_eq!((compared.metric.as_str(), compared.measured()), ("expect.most", METRICS[1]));
        assert_eq!(
            (compared.verdict, compared.least.0),
            (Change::Worse, Some(0.01)),
            "fewer answers are worse"
        );
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

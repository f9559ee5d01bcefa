//! What replications say about a metric: an estimate, and a judgement on bounds.

use super::distribution::heads;
use super::doubt::{DOUBT, LEAST_DOUBT, least_doubt};
use super::interval::{Moments, free, mean, of_counts, of_tails, of_times, of_trials, of_units, positive};
use crate::metrics::{self, Kind, Sample, Tail};
use crate::results::{Bounds, Doubts, Estimate, Judged, Verdict};

/// The values of a metric in independent replications, and what is behind them.
pub struct Evidence<'a> {
    replications: usize,
    values: Vec<f64>,
    samples: Vec<&'a Sample>,
    kind: Option<Kind>,
}

/// What differs by less, between 0 and 1, is the same: sums in another order differ so.
const ROUNDING: f64 = 1e-12;
/// What a 99 % quantile is exceeded by.
const BEYOND_P99: f64 = 0.01;

impl<'a> Evidence<'a> {
    /// Of the metric of this name: its value in each replication, and what is behind it. Replications without a value
    /// count for nothing in an estimate, and forbid a judgement.
    pub fn of(metric: &str, runs: impl Iterator<Item = (Option<f64>, Option<&'a Sample>)>) -> Evidence<'a> {
        let kind = metrics::find(metric).map(|metric| metric.kind);
        let mut evidence = Evidence { replications: 0, values: Vec::new(), samples: Vec::new(), kind };
        for (value, sample) in runs {
            evidence.replications += 1;
            if let Some(value) = value {
                evidence.values.push(value);
                evidence.samples.extend(sample);
            }
        }
        evidence
    }

    /// The mean with its interval at 95 %; fewer than two values have none, and a time longer than any in one replication
    /// leaves none.
    pub fn estimate(&self) -> Estimate {
        if self.is_endless() {
            return Estimate::endless(&self.values);
        }
        let mut estimate = Estimate::single(mean(&self.values));
        estimate.n = self.values.len() as u32;
        if let Some(moments) = Moments::of(&self.values) {
            estimate.sd = moments.sd.into();
            let (low, high) = self.interval(moments, DOUBT);
            estimate.ci_low = Some(low).filter(|low| low.is_finite()).into();
            estimate.ci_high = Some(high).filter(|high| high.is_finite()).into();
        }
        estimate
    }

    /// What they say about the bounds. There is no verdict without two replications at least, and a value in each.
    pub fn judge(&self, bounds: Bounds) -> Judged {
        let estimate = self.estimate();
        if self.is_endless() {
            return Judged::of(bounds, &estimate, self.can_judge().then(|| self.count_signs(bounds)));
        }
        let doubts = Moments::of(&self.values).filter(|_| self.can_judge()).map(|moments| Doubts {
            holds: self.doubt(moments, |ends| bounds.hold_all(ends)),
            fails: self.doubt(moments, |ends| bounds.hold_none(ends)),
        });
        Judged::of(bounds, &estimate, doubts)
    }

    /// The same for an expectation. One that leaves a metric a single value, an end of what it can be, says *never* or
    /// *always*: no mean can prove that, and a single replication refutes it. So it holds when no replication does.
    pub fn judge_expectation(&self, bounds: Bounds) -> Judged {
        let judged = self.judge(bounds);
        let is_kept = self.values.iter().all(|value| bounds.hold(Some(*value)));
        match judged.verdict {
            Verdict::Inconclusive if self.can_judge() && is_kept && self.leaves_an_end(bounds) => {
                Judged { verdict: Verdict::Holds, ..judged }
            }
            Verdict::Inconclusive if self.can_judge() && !is_kept && self.leaves_an_end(bounds) => {
                Judged { verdict: Verdict::Fails, ..judged }
            }
            _ => judged,
        }
    }

    /// Whether some replication's figure is a time longer than any. Then so is the mean, without an interval.
    pub(super) fn is_endless(&self) -> bool {
        self.values.contains(&f64::INFINITY)
    }

    /// What is left to say of figures without a finite mean: a sign test of their median, at each bound. Where one of them
    /// is beyond any upper bound, so is their mean, which then is within in no case.
    fn count_signs(&self, bounds: Bounds) -> Doubts {
        let often = |is: &dyn Fn(f64) -> bool| {
            let count = self.values.iter().filter(|value| is(**value)).count();
            heads(count, self.values.len()).max(LEAST_DOUBT)
        };
        let over = bounds.max.0.map_or(1.0, |max| often(&|value| value > max));
        let under = bounds.min.0.map_or(1.0, |min| often(&|value| value < min));
        let within = if bounds.max.0.is_some() { 1.0 } else { often(&|value| bounds.hold(Some(value))) };
        Doubts { holds: within, fails: over.min(under) }
    }

    /// Whether the bounds leave the metric a single value, an end of what it can be: *never*, or *always*.
    pub fn leaves_an_end(&self, bounds: Bounds) -> bool {
        let has_ends = matches!(self.kind, Some(Kind::Share | Kind::Score));
        let is_positive =
            has_ends || matches!(self.kind, Some(Kind::Count | Kind::Amount | Kind::Time | Kind::Rate));
        is_positive && bounds.max.0 == Some(0.0) || has_ends && bounds.min.0 == Some(1.0)
    }

    /// Whether there are two replications at least, and a value in each.
    fn can_judge(&self) -> bool {
        self.values.len() > 1 && self.values.len() == self.replications
    }

    /// The least doubt at which the interval says so; 1 if it does not say so at any.
    fn doubt(&self, moments: Moments, says: impl Fn((f64, f64)) -> bool) -> f64 {
        least_doubt(|doubt| says(self.interval(moments, doubt)))
    }

    pub(super) fn moments(&self) -> Option<Moments> {
        Moments::of(&self.values).filter(|_| self.can_judge() && !self.is_endless())
    }

    pub(super) fn interval(&self, moments: Moments, doubt: f64) -> (f64, f64) {
        match self.kind {
            Some(Kind::Share) => self.of_share(moments, doubt),
            Some(Kind::Count) => of_counts(moments, doubt),
            Some(Kind::Time) => self.of_times(moments, doubt),
            Some(Kind::Amount | Kind::Rate) => positive(moments, doubt),
            Some(Kind::Score) => self.of_grades(moments, (0.0, 1.0), doubt),
            Some(Kind::Signed) => self.of_grades(moments, (-1.0, 1.0), doubt),
            None => free(moments, doubt),
        }
    }

    fn of_share(&self, moments: Moments, doubt: f64) -> (f64, f64) {
        let trials = |sample: &Sample| if let Sample::Trials(trials) = sample { Some(*trials) } else { None };
        let trials = self.numbers(trials);
        if trials.len() == self.values.len() && trials.iter().all(|trials| *trials > 0.0) {
            let harmonic = moments.n / trials.iter().map(|trials| 1.0 / trials).sum::<f64>();
            return of_trials(moments, harmonic, doubt);
        }
        let (low, high) = match self.units() {
            Some(units) => of_units(moments, units, (0.0, 1.0), doubt),
            None => self.of_grades(moments, (0.0, 1.0), doubt),
        };
        (low.max(0.0), high.min(1.0))
    }

    /// Of what lies between two ends, and anywhere between them: Student's where there is spread. Without any the value
    /// has a probability of its own, and so may others have, which none of the units showed.
    fn of_grades(&self, moments: Moments, ends: (f64, f64), doubt: f64) -> (f64, f64) {
        if moments.sd > ROUNDING {
            return free(moments, doubt);
        }
        // Of what has no units, each replication is one.
        of_units(moments, self.units().unwrap_or(moments.n), ends, doubt)
    }

    /// Units of all replications together, where each has some: at least one.
    fn units(&self) -> Option<f64> {
        let units = |sample: &Sample| if let Sample::Units(units) = sample { Some(*units) } else { None };
        let units = self.numbers(units);
        (units.len() == self.values.len()).then(|| units.iter().map(|units| units.max(1.0)).sum())
    }

    fn numbers(&self, of: impl Fn(&Sample) -> Option<f64>) -> Vec<f64> {
        self.samples.iter().filter_map(|sample| of(sample)).collect()
    }

    /// The wider, at each end, of what the replications' own figures say and, for a high quantile, what all values
    /// together do: the quantile of few values is biased, that of many is not.
    fn of_times(&self, moments: Moments, doubt: f64) -> (f64, f64) {
        let (low, high) = of_times(moments, doubt);
        let tails: Vec<&Tail> = self
            .samples
            .iter()
            .filter_map(|sample| if let Sample::Tail(tail) = sample { Some(tail) } else { None })
            .collect();
        if tails.is_empty() || tails.len() != self.values.len() {
            return (low, high);
        }
        let (lower, higher) = of_tails(&tails, BEYOND_P99, doubt);
        (low.min(lower.unwrap_or(low)), high.max(higher.unwrap_or(f64::INFINITY)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::{Endless, Figure};

    fn evidence(metric: &str, values: &[f64]) -> Evidence<'static> {
        Evidence::of(metric, values.iter().map(|value| (Some(*value), None)))
    }

    fn at_most(max: f64) -> Bounds {
        Bounds { min: Figure(None), max: max.into() }
    }

    fn at_least(min: f64) -> Bounds {
        Bounds { min: min.into(), max: Figure(None) }
    }

    #[test]
    fn a_time_longer_than_any_breaks_every_bound_and_needs_six_replications_to_say_so() {
        let judged = |values: &[f64]| evidence("queries.latency_p99_s", values).judge(at_most(5.0));
        let endless = f64::INFINITY;
        assert_eq!(judged(&[endless; 5]).verdict, Verdict::Inconclusive, "1/32 is more than 2.5 %");
        // Nine of ten or more are beyond with 11/1024.
        let nine = judged(&[endless, 7.0, endless, 6.0, 9.0, 8.0, 6.0, 7.0, 1.0, 8.0]);
        assert_eq!((nine.verdict, nine.p_value.0), (Verdict::Fails, Some(11.0 / 1024.0)));
        let fails = judged(&[endless, 7.0, endless, 6.0, 9.0, 8.0]);
        assert_eq!(
            (fails.verdict, fails.p_value.0, fails.margin.0),
            (Verdict::Fails, Some(1.0 / 64.0), None)
        );
        assert_eq!(judged(&[endless, 1.0, 1.0, 1.0, 1.0, 1.0]).verdict, Verdict::Inconclusive);
        let estimate = evidence("queries.latency_p99_s", &[1.0, endless]).estimate();
        assert_eq!((estimate.n, estimate.mean.0, estimate.ci_high.0), (2, Some(endless), None));
    }

    #[test]
    fn the_median_of_times_of_which_some_are_longer_than_any_stands_beside_their_mean() {
        let endless = f64::INFINITY;
        let of = |values: &[f64]| evidence("queries.latency_p50_s", values).estimate();
        let few = of(&[3.0, endless, 1.0, 2.0]);
        assert_eq!((few.mean.0, few.interval()), (Some(endless), None), "no mean of those who got there");
        assert_eq!(few.endless, Some(Endless { replications: 1, median: 2.5.into() }));
        let half = of(&[3.0, endless, 1.0, endless]);
        assert_eq!(half.endless, Some(Endless { replications: 2, median: endless.into() }));
        assert_eq!(of(&[1.0, 2.0]).endless, None);
    }

    #[test]
    fn signs_are_counted_at_each_bound_alone() {
        let endless = f64::INFINITY;
        // Half lie below and half above: the median may be within.
        let values = [endless, endless, endless, 1.0, 1.0, 1.0];
        let between = Bounds { min: 2.0.into(), max: 3.0.into() };
        let judged = evidence("queries.latency_p50_s", &values).judge(between);
        assert_eq!((judged.verdict, judged.p_value.0), (Verdict::Inconclusive, Some(42.0 / 64.0)));
        // No time is too long for a lower bound.
        let judged =
            evidence("queries.latency_p50_s", &[endless, 4.0, 5.0, endless, 6.0, 7.0]).judge(at_least(2.0));
        assert_eq!((judged.verdict, judged.p_value.0), (Verdict::Holds, Some(1.0 / 64.0)));
        // One run beyond any bound leaves no mean within one.
        let one = [endless, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0];
        let judged = evidence("queries.latency_p50_s", &one).judge(at_most(2.0));
        assert_eq!(judged.verdict, Verdict::Inconclusive);
    }

    #[test]
    fn a_p_value_is_that_of_the_t_test() {
        // t = (2 − 1.2) / (0.5 / √4) with values of mean 1.2 and this deviation; P(t₃ > 3.2) = 0.0247.
        let values = [0.6, 1.1, 1.3, 1.8];
        let moments = Moments::of(&values).expect("four values");
        let t = (2.0 - moments.mean) / (moments.sd / 2.0);
        let judged = evidence("reputation.mean", &values).judge(at_most(2.0));
        let p = judged.p_value.0.expect("four values");
        assert!((super::super::distribution::student(p, 3.0) / t - 1.0).abs() < 1e-3, "{p}, t = {t}");
    }

    #[test]
    fn the_verdict_is_that_of_the_interval() {
        for bound in [1.0, 1.9, 1.95, 2.0, 2.05, 2.5] {
            let evidence = evidence("reputation.mean", &[1.0, 1.3, 0.9, 1.6, 1.2, 1.4, 1.1, 1.2]);
            let high = evidence.estimate().ci_high.0.expect("eight values");
            assert_eq!(evidence.judge(at_most(bound)).verdict == Verdict::Holds, high <= bound, "{bound}");
            assert_eq!(evidence.judge(at_most(high)).verdict, Verdict::Holds, "at the very end");
        }
    }

    #[test]
    fn never_is_no_mean() {
        let none = evidence("messages.lost", &[0.0; 10]);
        assert_eq!(none.judge(at_most(0.0)).verdict, Verdict::Inconclusive, "no number of runs proves it");
        assert_eq!(none.judge_expectation(at_most(0.0)).verdict, Verdict::Holds);
        assert_eq!(none.judge(at_most(0.5)).verdict, Verdict::Holds);
        let once = evidence("messages.lost", &[0.0, 0.0, 0.0, 1.0]);
        assert_eq!(
            once.judge_expectation(at_most(0.0)).verdict,
            Verdict::Fails,
            "one replication refutes it"
        );
        assert_eq!(once.judge_expectation(at_most(0.5)).verdict, Verdict::Inconclusive);
        let always = evidence("queries.answered_ratio", &[1.0, 1.0, 1.0]);
        assert_eq!(always.judge_expectation(at_least(1.0)).verdict, Verdict::Holds);
        let alone = evidence("messages.lost", &[0.0]);
        assert_eq!(alone.judge_expectation(at_most(0.0)).verdict, Verdict::Inconclusive);
    }

    #[test]
    fn an_index_without_spread_is_as_uncertain_as_its_replications() {
        let (low, high) =
            evidence("load.fairness_ratio", &[1.0; 5]).estimate().interval().expect("five values");
        assert!((low - 0.4782).abs() < 1e-4 && high == 1.0, "{low}");
        let spread = [0.5, 0.5 + 1e-6, 0.5];
        let (low, high) =
            evidence("load.fairness_ratio", &spread).estimate().interval().expect("three values");
        assert!(high - low < 1e-5, "{low} to {high}: no host is a unit of an index");
    }

    fn of_units(metric: &str, values: &[f64], units: f64) -> (f64, f64) {
        let sample = Sample::Units(units);
        let runs = values.iter().map(|value| (Some(*value), Some(&sample)));
        Evidence::of(metric, runs).estimate().interval().expect("values")
    }

    #[test]
    fn a_share_that_a_scenario_fixes_is_as_uncertain_as_its_hosts() {
        // 1 − 0.025^(1/120) = 3.027 %; the last bits of a sum are no spread.
        for values in [[0.87; 3], [0.87, 0.87 + 1e-16, 0.87]] {
            let (low, high) = of_units("presence.online_ratio", &values, 40.0);
            assert!((low - 0.839_73).abs() < 1e-5 && (high - 0.900_27).abs() < 1e-5, "{low} to {high}");
        }
        let bounds = Bounds { min: 0.8.into(), max: 0.95.into() };
        let sample = Sample::Units(40.0);
        let runs = [0.87; 3].iter().map(|value| (Some(*value), Some(&sample)));
        assert_eq!(Evidence::of("presence.online_ratio", runs).judge(bounds).verdict, Verdict::Holds);
        // Where hosts come and go in each run in another way, the spread decides.
        let (low, high) = of_units("presence.online_ratio", &[0.5, 0.8, 0.65], 1000.0);
        assert!((low - 0.277).abs() < 1e-3 && high == 1.0, "{low} to {high}");
    }

    #[test]
    fn a_score_without_spread_is_as_uncertain_as_its_units_and_with_spread_as_that() {
        let (low, high) = of_units("confidence.low_error_mean", &[0.0; 3], 1.0);
        assert!(low == 0.0 && (high - 0.7076).abs() < 1e-4, "{low} to {high}");
        let (low, high) = of_units("reputation.mean", &[0.9, 0.9 + 1e-4, 0.9], 1.0);
        assert!(high - low < 1e-3, "{low} to {high}");
    }
}

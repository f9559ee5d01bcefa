//! What replications say about a metric: an estimate, and a judgement on bounds.

use super::interval::{Moments, free, mean, of_counts, of_tails, of_trials, of_units, positive};
use crate::metrics::{self, Kind, Sample, Tail};
use crate::results::{Bounds, Doubts, Estimate, Judged};

/// The values of a metric in independent replications, and what is behind them.
pub struct Evidence<'a> {
    replications: usize,
    values: Vec<f64>,
    samples: Vec<&'a Sample>,
    kind: Option<Kind>,
}

/// At either end of an interval at 95 %.
const DOUBT: f64 = 0.025;
/// A smaller doubt is not told from none.
const LEAST_DOUBT: f64 = 1e-12;
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

    /// The mean with its interval at 95 %; fewer than two values have none.
    pub fn estimate(&self) -> Estimate {
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
        let is_whole = self.values.len() == self.replications;
        let doubts = Moments::of(&self.values).filter(|_| is_whole).map(|moments| Doubts {
            holds: self.doubt(moments, |ends| bounds.hold_all(ends)),
            fails: self.doubt(moments, |ends| bounds.hold_none(ends)),
        });
        Judged::of(bounds, &estimate, doubts)
    }

    /// The least doubt at which the interval says so; 1 if it does not say so at any.
    fn doubt(&self, moments: Moments, says: impl Fn((f64, f64)) -> bool) -> f64 {
        let says = |log: f64| says(self.interval(moments, libm::exp(log)));
        let (mut low, mut high) = (libm::log(LEAST_DOUBT), libm::log(0.499));
        if !says(high) {
            return 1.0;
        }
        // The interval at 95 % itself decides at its own doubt: no rounding may come between the two.
        let usual = libm::log(DOUBT);
        if says(usual) {
            high = usual;
        } else {
            low = usual;
        }
        if says(low) {
            return LEAST_DOUBT;
        }
        while high - low > 1e-4 {
            let middle = f64::midpoint(low, high);
            if says(middle) {
                high = middle;
            } else {
                low = middle;
            }
        }
        if high == usual { DOUBT } else { super::distribution::rounded(libm::exp(high)) }
    }

    fn interval(&self, moments: Moments, doubt: f64) -> (f64, f64) {
        match self.kind {
            Some(Kind::Share) => self.of_share(moments, doubt),
            Some(Kind::Count) => of_counts(moments, doubt),
            Some(Kind::Time) => self.of_times(moments, doubt),
            Some(Kind::Amount | Kind::Rate) => positive(moments, doubt),
            Some(Kind::Score | Kind::Signed) | None => free(moments, doubt),
        }
    }

    fn of_share(&self, moments: Moments, doubt: f64) -> (f64, f64) {
        let numbers = |of: fn(&Sample) -> Option<f64>| -> Vec<f64> {
            self.samples.iter().filter_map(|sample| of(sample)).collect()
        };
        let trials = numbers(|sample| if let Sample::Trials(trials) = sample { Some(*trials) } else { None });
        if trials.len() == self.values.len() && trials.iter().all(|trials| *trials > 0.0) {
            let harmonic = moments.n / trials.iter().map(|trials| 1.0 / trials).sum::<f64>();
            return of_trials(moments, harmonic, doubt);
        }
        // Of what has no units, each replication is one.
        let units = numbers(|sample| if let Sample::Units(units) = sample { Some(*units) } else { None });
        of_units(moments, units.iter().sum::<f64>().max(moments.n), doubt)
    }

    /// The wider, at each end, of what the replications' own figures say and, for a high quantile, what all values
    /// together do: the quantile of few values is biased, that of many is not.
    fn of_times(&self, moments: Moments, doubt: f64) -> (f64, f64) {
        let (low, high) = positive(moments, doubt);
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

//! The difference of two means and its interval: Student's of pairs, or Welch's of runs that are not paired. It is never
//! surer than what nobody may have seen allows.

use crate::batch::distribution::{rounded, student};
use crate::batch::doubt::least_doubt;
use crate::batch::interval::{Moments, mean};
use crate::metrics::{Kind, Sample};

/// A run's value of a metric, and what is behind it.
pub(super) type Value<'a> = (f64, Option<&'a Sample>);

/// A difference of means, as far as its interval depends on it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Difference {
    pub mean: f64,
    /// Variance of the difference of two runs, as it was seen.
    pub spread: f64,
    /// Standard error of the mean.
    error: f64,
    freedom: f64,
    unseen: Unseen,
    kind: Option<Kind>,
}

/// The runs of one side, not in pairs.
#[derive(Clone, Copy)]
struct Apart {
    moments: Moments,
    trials: Option<f64>,
    units: Option<f64>,
}

/// What may differ although no run shows it.
#[derive(Clone, Copy, Debug)]
enum Unseen {
    /// Nothing is known of it.
    Nothing,
    /// Events that come less often than once in these runs.
    Events { runs: f64 },
    /// One of these units, which can move a value by so much.
    Units { units: f64, span: f64 },
}

/// What differs by less, as a share of the values, is the same: sums in another order differ so.
const ROUNDING: f64 = 1e-12;
/// Up to this mean a count's variance is taken to be at least that of a Poisson count.
const SMALL_COUNT: f64 = 5.0;

/// Whether two values are the same but for rounding; both may be infinite.
pub(super) fn is_same(a: f64, b: f64) -> bool {
    a == b || (a - b).abs() <= ROUNDING * a.abs().max(b.abs()).min(f64::MAX)
}

impl Difference {
    /// Of two pairs at least, all finite: as many values of A as of B, those of a pair in the same place.
    pub(super) fn of_pairs(kind: Option<Kind>, a: &[Value<'_>], b: &[Value<'_>]) -> Option<Difference> {
        let pairs = || a.iter().zip(b).map(|((a, _), (b, _))| (*a, *b));
        let differences: Vec<f64> = pairs().map(|(a, b)| if is_same(a, b) { 0.0 } else { b - a }).collect();
        let Moments { n, mean, sd } = Moments::of(&differences)?;
        let largest = pairs().fold(0.0_f64, |largest, (a, b)| largest.max(a.abs()).max(b.abs()));
        let spread = if sd <= ROUNDING * largest { 0.0 } else { sd * sd };
        // Of what comes one by one, so many more here than there vary by as much themselves.
        let trials = trials(a).zip(trials(b)).map(|(a, b)| 2.0 / (1.0 / a + 1.0 / b));
        let variance = spread.max(least_variance(kind, mean.abs(), trials));
        let known = units(a).zip(units(b)).map(|(a, b)| a.min(b));
        let unseen = Unseen::of(kind, n, known, spread == 0.0);
        Some(Difference { mean, spread, error: (variance / n).sqrt(), freedom: n - 1.0, unseen, kind })
    }

    /// Of two runs of each at least, all finite (Welch 1947).
    pub(super) fn of_runs(kind: Option<Kind>, a: &[Value<'_>], b: &[Value<'_>]) -> Option<Difference> {
        let side = |values: &[Value<'_>]| {
            let moments = Moments::of(&values.iter().map(|(value, _)| *value).collect::<Vec<_>>())?;
            Some(Apart { moments, trials: trials(values), units: units(values) })
        };
        side(a).zip(side(b)).map(|(a, b)| Difference::of_sides(kind, a, b))
    }

    /// The same of runs of which no more is known than this, two of each at least, and of how many units their values are.
    pub(super) fn of_moments(
        kind: Option<Kind>,
        (a, b): (Moments, Moments),
        units: Option<f64>,
    ) -> Difference {
        let [a, b] = [a, b].map(|moments| Apart { moments, trials: None, units });
        Difference::of_sides(kind, a, b)
    }

    fn of_sides(kind: Option<Kind>, a: Apart, b: Apart) -> Difference {
        let ((sd_a, of_a), (sd_b, of_b)) = (a.error(kind), b.error(kind));
        let (Moments { n: n_a, mean: mean_a, .. }, Moments { n: n_b, mean: mean_b, .. }) =
            (a.moments, b.moments);
        let both = of_a + of_b;
        let freedom = both * both / (of_a * of_a / (n_a - 1.0) + of_b * of_b / (n_b - 1.0));
        let freedom = if both > 0.0 { freedom } else { n_a.min(n_b) - 1.0 };
        let mean = if is_same(mean_a, mean_b) { 0.0 } else { mean_b - mean_a };
        let spread = sd_a * sd_a + sd_b * sd_b;
        let known = a.units.zip(b.units).map(|(a, b)| a.min(b));
        let unseen = Unseen::of(kind, n_a.min(n_b), known, spread == 0.0);
        Difference { mean, spread, error: both.sqrt(), freedom, unseen, kind }
    }

    /// The interval beyond either end of which the truth lies with this probability at most.
    pub(super) fn interval(&self, doubt: f64) -> (f64, f64) {
        let half = (student(doubt, self.freedom) * self.error).max(self.unseen.beyond(doubt));
        let (low, high) = (self.mean - half, self.mean + half);
        // Two shares differ by all at most.
        if self.kind == Some(Kind::Share) { (low.max(-1.0), high.min(1.0)) } else { (low, high) }
    }

    /// Two-sided: as small as the doubt at both ends of the widest interval without 0.
    pub(super) fn p_value(&self) -> f64 {
        let leaves_out_zero = |doubt| {
            let (low, high) = self.interval(doubt);
            low > 0.0 || high < 0.0
        };
        (2.0 * least_doubt(leaves_out_zero)).min(1.0)
    }

    /// Whether nothing tells how uncertain it is: no run differs from the others of its side, or no pair from the others.
    pub(super) fn has_no_interval(&self) -> bool {
        self.error == 0.0 && matches!(self.unseen, Unseen::Nothing)
    }
}

impl Apart {
    /// Standard deviation of the runs, and the variance of their mean.
    fn error(&self, kind: Option<Kind>) -> (f64, f64) {
        let Moments { n, mean, sd } = self.moments;
        let sd = if sd <= ROUNDING * mean.abs() { 0.0 } else { sd };
        (sd, (sd * sd).max(least_variance(kind, mean.abs(), self.trials)) / n)
    }
}

impl Unseen {
    /// What so many runs, or pairs, may not have shown, of so many units in all if that is known.
    fn of(kind: Option<Kind>, runs: f64, known: Option<f64>, is_flat: bool) -> Unseen {
        // Of what has no units, each run is one.
        let units = |span| Unseen::Units { units: known.unwrap_or(runs), span };
        match kind {
            Some(Kind::Count) => Unseen::Events { runs },
            Some(Kind::Share) if is_flat || known.is_some() => units(1.0),
            // Seldom at an end in most units and elsewhere in a few: a spread is believed.
            Some(Kind::Score) if is_flat => units(1.0),
            Some(Kind::Signed) if is_flat => units(2.0),
            _ => Unseen::Nothing,
        }
    }

    /// How much may differ and not be seen, with this probability.
    fn beyond(self, doubt: f64) -> f64 {
        match self {
            Unseen::Nothing => 0.0,
            // Garwood's upper end of none at all.
            Unseen::Events { runs } => rounded(-libm::log(doubt) / runs),
            Unseen::Units { units, span } => rounded(-libm::expm1(libm::log(doubt) / units)) * span,
        }
    }
}

/// The least variance of a run's value with this mean: that of independent events, or of independent trials.
fn least_variance(kind: Option<Kind>, mean: f64, trials: Option<f64>) -> f64 {
    match (kind, trials) {
        (Some(Kind::Count), _) => mean.min(SMALL_COUNT),
        (Some(Kind::Share), Some(trials)) => mean * (1.0 - mean).max(0.0) / trials,
        _ => 0.0,
    }
}

/// Trials a run (their harmonic mean), where each value is a share of some.
fn trials(values: &[Value<'_>]) -> Option<f64> {
    let trials =
        numbers(values, |sample| if let Sample::Trials(trials) = sample { Some(*trials) } else { None });
    let one_by_one =
        |trials: Vec<f64>| Some(1.0 / mean(&trials.iter().map(|n| 1.0 / n).collect::<Vec<_>>())?);
    trials.filter(|trials| trials.iter().all(|trials| *trials > 0.0)).and_then(one_by_one)
}

/// Trials, or other units, of all runs together, where each has some.
fn units(values: &[Value<'_>]) -> Option<f64> {
    let units = numbers(values, |sample| match sample {
        Sample::Trials(units) | Sample::Units(units) => Some(units.max(1.0)),
        Sample::Tail(_) | Sample::Endless => None,
    });
    units.map(|units| units.iter().sum())
}

fn numbers(values: &[Value<'_>], of: impl Fn(&Sample) -> Option<f64>) -> Option<Vec<f64>> {
    values.iter().map(|(_, sample)| sample.and_then(&of)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::doubt::DOUBT;

    fn plain(values: &[f64]) -> Vec<Value<'static>> {
        values.iter().map(|value| (*value, None)).collect()
    }

    fn pairs(kind: Kind, a: &[f64], b: &[f64]) -> Difference {
        Difference::of_pairs(Some(kind), &plain(a), &plain(b)).expect("two pairs")
    }

    fn runs(kind: Kind, a: &[f64], b: &[f64]) -> Difference {
        Difference::of_runs(Some(kind), &plain(a), &plain(b)).expect("two runs of each")
    }

    fn close(value: f64, wanted: f64, within: f64) {
        assert!((value - wanted).abs() <= within, "{value} is not {wanted} ± {within}");
    }

    /// Sleep of ten patients under two drugs ("Student" 1908): t = 4.0621 of pairs, p = 0.00283; Welch's t = 1.8608 with
    /// 17.776 degrees of freedom, p = 0.07939.
    const DRUG_1: [f64; 10] = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
    const DRUG_2: [f64; 10] = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];

    #[test]
    fn pairs_have_the_interval_and_the_p_value_of_students_own_data() {
        let difference = pairs(Kind::Time, &DRUG_1, &DRUG_2);
        let (low, high) = difference.interval(DOUBT);
        close(difference.mean, 1.58, 1e-9);
        close(low, 0.700_114_2, 1e-6);
        close(high, 2.459_885_8, 1e-6);
        close(difference.p_value(), 0.002_833, 1e-6);
    }

    #[test]
    fn runs_apart_have_welch_s_interval_and_p_value_for_the_same_data() {
        let difference = runs(Kind::Time, &DRUG_1, &DRUG_2);
        let (low, high) = difference.interval(DOUBT);
        close(difference.freedom, 17.776, 1e-3);
        close(low, -0.205_483_2, 1e-6);
        close(high, 3.365_483_2, 1e-6);
        close(difference.p_value(), 0.079_39, 2e-5);
    }

    #[test]
    fn means_and_deviations_say_as_much_as_the_runs_that_they_are_of() {
        let moments = |values: &[f64]| Moments::of(values).expect("ten values");
        let difference = Difference::of_moments(Some(Kind::Time), (moments(&DRUG_1), moments(&DRUG_2)), None);
        close(difference.p_value(), 0.079_39, 2e-5);
        assert_eq!(difference.interval(DOUBT), runs(Kind::Time, &DRUG_1, &DRUG_2).interval(DOUBT));
        // Of counts and shares without spread each run is one unit.
        let flat = |mean| Moments { n: 5.0, mean, sd: 0.0 };
        let of = |kind, a, b, units| Difference::of_moments(Some(kind), (flat(a), flat(b)), units);
        let (low, high) = of(Kind::Share, 0.9, 0.9, None).interval(DOUBT);
        close(high, 1.0 - libm::pow(0.025, 1.0 / 5.0), 1e-9);
        assert_eq!(low, -high);
        close(
            of(Kind::Share, 0.9, 0.9, Some(40.0)).interval(DOUBT).1,
            1.0 - libm::pow(0.025, 1.0 / 40.0),
            1e-9,
        );
        assert!(of(Kind::Time, 1.0, 2.0, None).has_no_interval());
    }

    #[test]
    fn with_one_degree_of_freedom_student_is_cauchy() {
        // Differences 1 and 3: t = 2, and P(|t| > 2) = 1 − 2 atan(2) / π.
        let difference = pairs(Kind::Rate, &[0.0, 0.0], &[1.0, 3.0]);
        let exact = 1.0 - 2.0 * libm::atan(2.0) / std::f64::consts::PI;
        close(difference.p_value(), exact, 1e-4);
    }

    #[test]
    fn counts_that_never_differ_may_differ_by_what_no_run_shows() {
        // Garwood: 3.689 events of none at all, in ten pairs.
        let (low, high) = pairs(Kind::Count, &[200.0; 10], &[200.0; 10]).interval(DOUBT);
        close(high, 0.368_888, 1e-6);
        assert_eq!(low, -high);
        assert!(!pairs(Kind::Count, &[0.0; 10], &[0.0; 10]).has_no_interval());
    }

    #[test]
    fn one_more_in_each_pair_is_as_uncertain_as_a_poisson_count() {
        let difference = pairs(Kind::Count, &[3.0; 10], &[4.0; 10]);
        let (low, high) = difference.interval(DOUBT);
        close(high - 1.0, 2.262_157 / 10_f64.sqrt(), 1e-5);
        assert!(low > 0.0 && difference.p_value() > 2.0 * libm::ldexp(1.0, -10));
    }

    #[test]
    fn shares_that_never_differ_may_differ_in_one_of_their_trials() {
        let sample = Sample::Trials(234.0);
        let values = |value: f64| vec![(value, Some(&sample)); 10];
        let of = |a, b| Difference::of_pairs(Some(Kind::Share), &values(a), &values(b)).expect("pairs");
        let (low, high) = of(1.0, 1.0).interval(DOUBT);
        close(high, 1.0 - libm::pow(0.025, 1.0 / 2340.0), 1e-9);
        assert_eq!(low, -high);
        let (low, high) = of(1.0, 0.0).interval(DOUBT);
        assert!(low == -1.0 && high < -0.99, "{low} to {high}");
        // A tenth less in every pair: as uncertain as 23 of 234 that are others.
        let (low, high) = of(0.6, 0.5).interval(DOUBT);
        close(high - low, 2.0 * 2.262_157 * (0.1_f64 * 0.9 / 2340.0).sqrt(), 1e-6);
    }

    #[test]
    fn times_that_always_differ_by_the_same_have_no_interval() {
        assert!(pairs(Kind::Time, &[0.1, 0.2, 0.3], &[1.1, 1.2, 1.3]).has_no_interval());
        assert!(runs(Kind::Amount, &[3.0; 4], &[4.0; 4]).has_no_interval());
        assert!(!pairs(Kind::Time, &[0.1, 0.2, 0.3], &[1.1, 1.2, 1.4]).has_no_interval());
        assert!(!runs(Kind::Signed, &[0.5; 4], &[0.4; 4]).has_no_interval());
    }

    #[test]
    fn one_pair_has_no_spread() {
        assert!(Difference::of_pairs(None, &plain(&[1.0]), &plain(&[2.0])).is_none());
        assert!(Difference::of_runs(None, &plain(&[1.0]), &plain(&[2.0, 3.0])).is_none());
    }
}

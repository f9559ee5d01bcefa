//! Intervals over replications. The replications are what is independent; what happens inside one is not.
//!
//! Each function takes the *doubt*: the probability, at most, with which the truth lies beyond one end. An interval at
//! 95 % has a doubt of 2.5 % at either end.

use super::distribution::{clopper_pearson, garwood, normal, rounded, student};
use crate::metrics::Tail;

/// How many replications, and the mean and standard deviation of their values.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moments {
    pub n: f64,
    pub mean: f64,
    pub sd: f64,
}

impl Moments {
    /// Of two values at least.
    pub(super) fn of(values: &[f64]) -> Option<Moments> {
        let mean = mean(values).filter(|_| values.len() > 1)?;
        let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
        let n = values.len() as f64;
        Some(Moments { n, mean, sd: (squares / (n - 1.0)).sqrt() })
    }

    fn student(self, doubt: f64) -> f64 {
        student(doubt, self.n - 1.0)
    }
}

/// Mean around the first value, so that equal values have exactly that mean.
pub(super) fn mean(values: &[f64]) -> Option<f64> {
    let first = *values.first()?;
    let sum: f64 = values.iter().map(|value| value - first).sum();
    Some(first + sum / values.len() as f64)
}

/// For the mean of values of either sign: Student's.
pub(super) fn free(moments: Moments, doubt: f64) -> (f64, f64) {
    let half = moments.student(doubt) * moments.sd / moments.n.sqrt();
    (moments.mean - half, moments.mean + half)
}

/// For the mean of what is never negative and mostly skewed to the right, such as times: Student's below, and above
/// Student's on a logarithmic scale (delta method), which reaches further.
pub(super) fn positive(moments: Moments, doubt: f64) -> (f64, f64) {
    let (low, high) = free(moments, doubt);
    if moments.mean <= 0.0 {
        return (low, high);
    }
    // With two replications Student's half may be many times the mean, of which no power should be taken.
    let ratio = (high - moments.mean) / moments.mean;
    (low.max(0.0), high.max(rounded(moments.mean * libm::exp(ratio.min(1.0)))))
}

/// For the mean of times: as for what is never negative, but further up. Of a sum that is skewed to the right, small
/// values come with small deviations, and Student's upper end is too low then. Johnson (1978) corrects it by the
/// skewness; that of a few replications is hardly known, so it is taken to be 1, as of delays in queues.
pub(super) fn of_times(moments: Moments, doubt: f64) -> (f64, f64) {
    let (low, high) = positive(moments, doubt);
    let t = moments.student(doubt);
    let root = moments.n.sqrt();
    // It is the first of a series, and no longer small where it is more than a part of the whole.
    let correction = (SKEWNESS * (1.0 + 2.0 * t * t) / (6.0 * root)).min(t / 2.0);
    (low, high.max(moments.mean + moments.sd / root * (t + correction)))
}

/// Of the replications' own figures.
const SKEWNESS: f64 = 1.0;

/// For a share of hits among trials, of which there are `trials` a replication (their harmonic mean): exact (Clopper and
/// Pearson) for as many independent trials as tell as much as these do (Korn and Graubard 1998). The spread between
/// replications says how many that are: never more than there were, never fewer than there are replications.
pub(super) fn of_trials(moments: Moments, trials: f64, doubt: f64) -> (f64, f64) {
    let Moments { n, mean, sd } = moments;
    let alone = mean * (1.0 - mean) / trials;
    let effect = if alone > 0.0 { sd * sd / alone } else { 0.0 };
    let unsure = moments.student(doubt) / normal(doubt).max(f64::MIN_POSITIVE);
    let all = n * trials;
    let effective = (all / (effect * unsure * unsure).max(1.0)).max(n);
    clopper_pearson(mean * effective, effective, doubt)
}

/// For a mean over so many `units` in all replications together, whose values lie between these ends: Student's, but at
/// either end at least as far as what nobody may have seen can move the mean. Units in which something else happens may be
/// so few that none of them was among these, with the probability `doubt`: each of them then is at an end instead.
///
/// Where all units are at an end, that is the exact interval of as many trials (Clopper and Pearson).
pub(super) fn of_units(moments: Moments, units: f64, ends: (f64, f64), doubt: f64) -> (f64, f64) {
    let (low, high) = free(moments, doubt);
    let unseen = rounded(-libm::expm1(libm::log(doubt) / units)) * (ends.1 - ends.0);
    (low.min((moments.mean - unseen).max(ends.0)), high.max((moments.mean + unseen).min(ends.1)))
}

/// For a mean count: exact for a Poisson count (Garwood) as long as it is small, and for a count that spreads more or
/// less than that, for the Poisson count that is as uncertain.
pub(super) fn of_counts(moments: Moments, doubt: f64) -> (f64, f64) {
    let Moments { n, mean, sd } = moments;
    let unsure = moments.student(doubt) / normal(doubt).max(f64::MIN_POSITIVE);
    // Equal counts do not prove that there is no spread. Larger ones are hardly equal by accident.
    let variance = (sd * sd * unsure * unsure).max(mean.min(SMALL_COUNT));
    let effect = if mean > 0.0 { variance / mean } else { 1.0 };
    let (low, high) = garwood(n * mean / effect, doubt);
    (rounded(low * effect / n), rounded(high * effect / n))
}

/// Up to this mean a count's variance is taken to be at least that of a Poisson count. Five Poisson counts of this mean
/// are all equal with a probability of 0.3 ‰.
const SMALL_COUNT: f64 = 5.0;

/// For a high quantile of the values of all replications together, which a share `beyond` of them exceeds: the
/// quantiles between which the interval of that share lies (Woodruff 1952). `None` at an end that no value reaches.
pub(super) fn of_tails(tails: &[&Tail], beyond: f64, doubt: f64) -> (Option<f64>, Option<f64>) {
    let pool = Pool::of(tails);
    let Some(at) = pool.exceeded_by(beyond) else { return (None, None) };
    let shares: Vec<f64> = tails.iter().map(|tail| tail.above(at) / tail.all()).collect();
    let Some(spread) = Moments::of(&shares) else { return (None, None) };
    let trials = tails.len() as f64 / tails.iter().map(|tail| 1.0 / tail.all()).sum::<f64>();
    let (few, many) = of_trials(Moments { mean: beyond, ..spread }, trials, doubt);
    let low = pool.exceeded_by(many).unwrap_or_else(|| pool.least());
    let high = pool.exceeded_by(few);
    if few * pool.all >= ENOUGH_BEYOND {
        return (Some(low), high);
    }
    // Too few values lie beyond: as if the tail went on exponentially from the quantile, as delays of queues do.
    let further = high.and_then(|high| {
        let excess = pool.excess(at)?;
        Some(high.max(at + excess * libm::log(beyond / few.max(f64::MIN_POSITIVE))))
    });
    (Some(low), further.map(rounded))
}

/// As many values must lie beyond a quantile for it to be read off.
const ENOUGH_BEYOND: f64 = 5.0;

/// The tails of all replications.
struct Pool<'a> {
    tails: &'a [&'a Tail],
    all: f64,
    /// Falling.
    values: Vec<f64>,
}

impl<'a> Pool<'a> {
    fn of(tails: &'a [&'a Tail]) -> Pool<'a> {
        let mut values: Vec<f64> = tails.iter().flat_map(|tail| tail.values()).collect();
        values.sort_by(|a, b| b.total_cmp(a));
        Pool { tails, all: tails.iter().map(|tail| tail.all()).sum(), values }
    }

    /// How many values are greater.
    fn above(&self, value: f64) -> f64 {
        self.tails.iter().map(|tail| tail.above(value)).sum()
    }

    /// The least value that at most this share of all exceeds; none if more are greater than any.
    fn exceeded_by(&self, share: f64) -> Option<f64> {
        let within = self.values.partition_point(|value| self.above(*value) <= share * self.all);
        self.values.get(within.checked_sub(1)?).copied()
    }

    fn least(&self) -> f64 {
        self.values.last().copied().unwrap_or_default()
    }

    /// By how much the values beyond `at` exceed it: the mean, of those that are kept and finite.
    fn excess(&self, at: f64) -> Option<f64> {
        let beyond = &self.values[..self.values.partition_point(|value| *value > at)];
        mean(beyond).map(|mean| mean - at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHARE: (f64, f64) = (0.0, 1.0);

    fn moments(n: f64, mean: f64, sd: f64) -> Moments {
        Moments { n, mean, sd }
    }

    #[test]
    fn a_share_without_spread_is_as_uncertain_as_its_trials() {
        // All of 5 × 234 trials were hits: 0.025^(1/1170).
        let (low, high) = of_trials(moments(5.0, 1.0, 0.0), 234.0, 0.025);
        assert!((low - 0.996_852).abs() < 1e-6 && high == 1.0, "{low}");
        // Equal shares between the ends have an interval, too.
        let (low, high) = of_trials(moments(5.0, 0.5, 0.0), 20.0, 0.025);
        assert!((low - 0.3983).abs() < 1e-4 && (high - 0.6017).abs() < 1e-4, "{low} to {high}");
    }

    #[test]
    fn trials_that_go_together_tell_less_but_never_less_than_the_replications() {
        let width = |sd| {
            let (low, high) = of_trials(moments(5.0, 0.5, sd), 100.0, 0.025);
            high - low
        };
        assert!(width(0.0) < width(0.1) && width(0.1) < width(0.3));
        // All or nothing in each: five trials.
        assert_eq!(of_trials(moments(5.0, 0.4, 0.5477), 100.0, 0.025), clopper_pearson(2.0, 5.0, 0.025));
    }

    #[test]
    fn a_share_with_spread_has_about_the_interval_of_student() {
        let spread = moments(10.0, 0.5, 0.05);
        let (exact, student) = (of_trials(spread, 10_000.0, 0.025), free(spread, 0.025));
        assert!((exact.0 - student.0).abs() < 5e-3 && (exact.1 - student.1).abs() < 5e-3, "{exact:?}");
    }

    #[test]
    fn units_at_one_end_are_as_many_trials() {
        let (low, high) = of_units(moments(5.0, 1.0, 0.0), 40.0, SHARE, 0.025);
        let exact = clopper_pearson(40.0, 40.0, 0.025);
        assert!((low - exact.0).abs() < 1e-9 && high == exact.1, "{low} is not {}", exact.0);
        let (low, high) = of_units(moments(5.0, 0.0, 0.0), 40.0, SHARE, 0.025);
        assert!(low == 0.0 && (high - (1.0 - exact.0)).abs() < 1e-9, "{high}");
    }

    #[test]
    fn units_without_spread_have_the_width_of_what_none_of_them_showed() {
        // Of 3 replications of 40 units each: 1 − 0.025^(1/120) = 3.027 %.
        let (low, high) = of_units(moments(3.0, 0.87, 0.0), 120.0, SHARE, 0.025);
        assert!((low - 0.839_73).abs() < 1e-5 && (high - 0.900_27).abs() < 1e-5, "{low} to {high}");
        // A difference goes from one end to the other.
        let (low, high) = of_units(moments(3.0, 0.0, 0.0), 120.0, (-1.0, 1.0), 0.025);
        assert!((high - 0.060_54).abs() < 1e-5 && low == -high, "{low} to {high}");
    }

    #[test]
    fn the_spread_of_units_decides_where_it_says_more() {
        let spread = moments(10.0, 0.5, 0.1);
        assert_eq!(of_units(spread, 10_000.0, SHARE, 0.025), free(spread, 0.025));
        // A spread that is nearly none is hardly another interval than none.
        let (none, little) = (
            of_units(moments(10.0, 0.5, 0.0), 400.0, SHARE, 0.025),
            of_units(moments(10.0, 0.5, 1e-6), 400.0, SHARE, 0.025),
        );
        assert_eq!(none, little);
    }

    #[test]
    fn counts_have_the_interval_of_garwood_or_that_of_their_spread() {
        assert_eq!(of_counts(moments(10.0, 0.0, 0.0), 0.025), (0.0, rounded(garwood(0.0, 0.025).1 / 10.0)));
        // Much spread, and many: Student's.
        let spread = moments(10.0, 10_000.0, 200.0);
        let (count, student) = (of_counts(spread, 0.025), free(spread, 0.025));
        assert!(
            (count.0 - student.0).abs() < 3.0 && (count.1 - student.1).abs() < 3.0,
            "{count:?} {student:?}"
        );
        // Two hundred of two hundred, always: less uncertain than a Poisson count.
        let (low, high) = of_counts(moments(10.0, 200.0, 0.0), 0.025);
        assert!(low > 198.5 && high < 201.5 && low < high, "{low} to {high}");
    }

    #[test]
    fn what_is_never_negative_reaches_further_up_than_down() {
        let (low, high) = positive(moments(5.0, 1.0, 0.3), 0.025);
        assert!(
            1.0 - low < high - 1.0 && (low - 0.6275).abs() < 1e-3 && (high - 1.4514).abs() < 1e-3,
            "{low} {high}"
        );
        assert_eq!(positive(moments(5.0, 0.0, 0.0), 0.025), (0.0, 0.0));
        let few = positive(moments(2.0, 1.0, 1.0), 0.025);
        assert!(few.0 == 0.0 && few.1 < 20.0);
    }

    #[test]
    fn times_reach_as_far_up_as_johnson_would_have_it() {
        // t = 2.262: 2.262 + (1 + 2 · 5.117) / (6 √10) = 2.854.
        let (low, high) = of_times(moments(10.0, 5.0, 1.0), 0.025);
        assert!((low - 4.2847).abs() < 1e-3 && (high - 5.9025).abs() < 1e-3, "{low} to {high}");
        let (_, few) = of_times(moments(2.0, 5.0, 0.01), 0.025);
        assert!((few - 5.0 - 0.01 / 2.0_f64.sqrt() * 1.5 * 12.706).abs() < 1e-4, "{few}");
    }

    #[test]
    fn a_quantile_lies_between_quantiles() {
        let rising: Vec<f64> = (1..=10_000).map(f64::from).collect();
        let tail = Tail::of(&rising, rising.len());
        let (low, high) = of_tails(&[&tail; 5], 0.01, 0.025);
        // The exact interval of 500 of 50,000 is 0.915 to 1.091 %; tails are read to one part in 64.
        assert!(low.is_some_and(|low| (low - 9891.0).abs() <= 3.0), "{low:?}");
        assert!(high.is_some_and(|high| (high - 9908.0).abs() <= 3.0), "{high:?}");
    }

    #[test]
    fn a_quantile_beyond_what_ever_came_has_no_upper_end() {
        let rising: Vec<f64> = (1..=9_920).map(f64::from).collect();
        let (tail, lucky) = (Tail::of(&rising, 10_000), Tail::of(&rising, 9_920));
        let (low, high) = of_tails(&[&tail, &lucky, &tail], 0.01, 0.025);
        assert!(low.is_some() && high.is_none(), "{low:?} {high:?}");
    }
}

//! Loss in bursts: the model of Gilbert and Elliott, in continuous time.

use crate::random::{Counter, Draws, NumberedDraws, Purpose, Seed, index, mix, unit};
use crate::units::{Duration, Share, Time};

/// Loss in bursts (Gilbert, Capacity of a burst-noise channel, 1960; Elliott, 1963): each direction of a path is good for a while and
/// bad for a while, each time for a span of exponential length, and loses packets with another chance in either.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GilbertElliott {
    /// Chance that a packet is lost, over a long time. From `good` to below `bad`.
    pub mean: Share,
    /// Mean length of a bad spell, above 0.
    pub burst: Duration,
    /// Chance of loss while the path is bad.
    pub bad: Share,
    /// Chance of loss while it is good.
    pub good: Share,
}

impl GilbertElliott {
    /// Why there is no such path: what its `mean` is, and lies outside of; or how seldom it keeps its state.
    pub fn refusal(&self) -> Option<String> {
        if !(self.good <= self.mean && self.mean < self.bad) {
            return Some(format!(
                "has a mean of {}, not from {} to below {}",
                self.mean, self.good, self.bad
            ));
        }
        (self.between() < LEAST_BETWEEN)
            .then(|| "changes between good and bad more often than once in a nanosecond".to_owned())
    }

    /// Mean time between the draws of a path's state, in nanoseconds: see [`Spells`].
    fn between(&self) -> f64 {
        self.burst.as_nanos() as f64 * (1.0 - self.bad_share().get())
    }

    /// The share of time for which a path is bad.
    pub fn bad_share(&self) -> Share {
        let (mean, bad, good) = (self.mean.get(), self.bad.get(), self.good.get());
        Share::clamped((mean - good) / (bad - good))
    }

    /// The mean length of a good spell; `None`: for ever.
    pub fn spell(&self) -> Option<Duration> {
        let bad = self.bad_share().get();
        (bad > 0.0).then(|| Duration::from_seconds(self.burst.as_seconds() * (1.0 - bad) / bad))
    }
}

/// The states of all paths at all times. It keeps none of them: a state is a function of the path and the time, and so the same
/// on any number of threads, whoever asks and however often.
///
/// A chain of two states that leaves them at rates a and b is one that is drawn anew at the times of a Poisson process of rate a + b,
/// bad with probability a/(a + b), whatever it was: it then leaves the good state at a and the bad one at b. What holds at a time is
/// the last draw before it. Time is cut into cells; the process has a number of points in each, and a place for each of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spells {
    model: GilbertElliott,
    bad: Share,
    /// Length of a cell, in nanoseconds, and points of the process in it, on average.
    cell: u64,
    points: f64,
    draws: NumberedDraws,
}

/// Draws of a state are at least as far apart on average, in nanoseconds: times are no finer.
const LEAST_BETWEEN: f64 = 1.0;

/// The number of the cell at the beginning of a run: paths had their states long before.
const FIRST_CELL: u64 = 1 << 32;

impl Spells {
    pub(super) fn new(model: GilbertElliott, seed: Seed) -> Spells {
        let bad = model.bad_share();
        let between = model.between();
        let cell = (between as u64).max(1);
        let draws = seed.numbered(Purpose::Burst, 0);
        Spells { model, bad, cell, points: cell as f64 / between, draws }
    }

    /// The chance of loss at a time, on the path that goes by this number.
    pub(super) fn loss(&self, now: Time, path: u64) -> Share {
        if self.is_bad(now, path) { self.model.bad } else { self.model.good }
    }

    fn is_bad(&self, now: Time, path: u64) -> bool {
        let (mut cell, within) = (now.as_nanos() / self.cell + FIRST_CELL, now.as_nanos() % self.cell);
        if let Some(is_bad) = self.last(cell, within, path) {
            return is_bad;
        }
        loop {
            cell -= 1;
            if let Some(is_bad) = self.last(cell, self.cell, path) {
                return is_bad;
            }
        }
    }

    /// What was drawn last in a cell up to a place in it, if anything was.
    fn last(&self, cell: u64, within: u64, path: u64) -> Option<bool> {
        let mut draws = self.draws.at(Counter::new(mix(path).wrapping_add(cell)));
        let mut last = None;
        for _ in 0..poisson(self.points, &mut draws) {
            let (place, state) = (index(draws.next(), self.cell), draws.next());
            if place <= within && last.is_none_or(|(latest, _)| place >= latest) {
                last = Some((place, state));
            }
        }
        last.map(|(_, state)| self.bad.happens(state))
    }
}

/// A draw of the Poisson distribution, by inversion: of a mean from 1 to below 2.
fn poisson(mean: f64, draws: &mut Draws) -> u32 {
    let mut chance = libm::exp(-mean);
    let (mut count, mut rest) = (0, unit(draws.next()) - chance);
    while rest > 0.0 && chance > 0.0 {
        count += 1;
        chance *= mean / f64::from(count);
        rest -= chance;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_whose_state_would_change_faster_than_time_goes_is_refused() {
        let path = |mean, burst| GilbertElliott {
            mean: Share::clamped(mean),
            burst: Duration::from_nanos(burst),
            bad: Share::ONE,
            good: Share::ZERO,
        };
        assert_eq!(path(0.5, 2).refusal(), None);
        for odd in [path(0.5, 1), path(0.999, 1), path(0.999_999_999_9, 1_000_000)] {
            assert!(odd.refusal().is_some_and(|why| why.contains("nanosecond")), "{odd:?}");
        }
    }

    fn spells(mean: f64, burst_ms: u64) -> Spells {
        let [mean, bad, good] = [mean, 1.0, 0.0].map(Share::clamped);
        Spells::new(GilbertElliott { mean, burst: Duration::from_millis(burst_ms), bad, good }, Seed(1))
    }

    /// Whether a path is bad at so many times, a span apart.
    fn seen(spells: &Spells, path: u64, times: u64, apart: Duration) -> Vec<bool> {
        let at = |number| Time::ZERO + Duration::from_nanos(number * apart.as_nanos());
        (0..times).map(|number| spells.is_bad(at(number), path)).collect()
    }

    /// A chain that is looked at at times t apart keeps e^(−(a + b)·t) of what it was: the mean of n looks has the variance
    /// p(1 − p)/n · (1 + r)/(1 − r) where r is that.
    #[test]
    fn a_path_is_bad_for_its_share_of_time() {
        let (n, apart) = (40_000, Duration::from_millis(10));
        for (mean, burst) in [(0.1, 20), (0.01, 50), (0.5, 1)] {
            let spells = spells(mean, burst);
            let bad = seen(&spells, 7, n, apart).into_iter().filter(|bad| *bad).count() as f64 / n as f64;
            let kept = libm::exp(-10.0 / (burst as f64 * (1.0 - mean)));
            let variance = mean * (1.0 - mean) / n as f64 * (1.0 + kept) / (1.0 - kept);
            assert!((bad - mean).abs() < 5.0 * variance.sqrt(), "{mean}: {bad}");
        }
    }

    /// Paths go by numbers of their own, and a state by its time: the same whoever asks first.
    #[test]
    fn states_of_paths_are_independent_and_do_not_depend_on_the_order_of_questions() {
        let spells = spells(0.3, 20);
        let (n, apart) = (4000, Duration::from_millis(200));
        let (one, other) = (seen(&spells, 1, n, apart), seen(&spells, 2, n, apart));
        let both = one.iter().zip(&other).filter(|(a, b)| **a && **b).count() as f64 / n as f64;
        // Looks that are 14 spells apart are independent: five standard deviations of a share of 0.09.
        assert!((both - 0.09).abs() < 5.0 * (0.09_f64 * 0.91 / n as f64).sqrt(), "{both}");
        let at = |number: u64| Time::ZERO + Duration::from_nanos(number * apart.as_nanos());
        assert!((0..n).rev().all(|number| spells.is_bad(at(number), 1) == one[number as usize]));
    }

    #[test]
    fn who_is_never_bad_has_good_spells_for_ever() {
        let spells = spells(0.0, 20);
        assert_eq!(spells.model.spell(), None);
        assert!(!seen(&spells, 3, 1000, Duration::from_millis(7)).contains(&true));
        // A hundredth of the time, so 99 times as long between.
        let rare = self::spells(0.01, 20).model.spell().expect("it ends");
        assert!((rare.as_seconds() - 1.98).abs() < 1e-9, "{rare}");
    }
}

//! The knee of a curve, by Kneedle (Satopää, Albrecht, Irwin and Raghavan 2011, "Finding a 'Kneedle' in a Haystack:
//! Detecting Knee Points in System Behavior", ICDCS Workshops), and whether it is more than noise.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::super::stats::{quantile, sorted};

/// Kneedle's sensitivity: how much the curve must come back to the chord, in mean steps. The authors' own choice.
const SENSITIVITY: f64 = 1.0;
/// Samples of the runs.
pub(super) const SAMPLES: usize = 400;
/// In so many of them the knee must be where it is, or a step beside it.
pub(super) const SURE: f64 = 0.95;
/// Of fewer runs a sample says nothing about chance.
pub(super) const LEAST_RUNS: usize = 5;
/// Of fewer points a curve has no knee.
pub(super) const LEAST_POINTS: usize = 4;
/// Of fewer points a step to either side is nearly everywhere: then samples must have the knee in the same place.
pub(super) const STEP_POINTS: usize = 6;
/// A curve that spans less of its axis, as drawn, is flat.
const FLAT: f64 = 0.05;

/// Why a curve has no knee.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Without {
    /// There is none that is more than noise.
    NotSeen,
    FewRuns,
    FewPoints,
    /// Some run has no value, or one that is longer than any time.
    Endless,
}

/// The place of the knee of a curve between the first point and the last, where there is one. `xs` rise.
pub(super) fn knee(xs: &[f64], ys: &[f64]) -> Option<usize> {
    let last = xs.len().checked_sub(1)?;
    if xs.len() < LEAST_POINTS || ys.iter().any(|y| !y.is_finite()) || ys.len() != xs.len() {
        return None;
    }
    let (low, high) =
        ys.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), y| (low.min(*y), high.max(*y)));
    if low == high || xs[0] == xs[last] {
        return None;
    }
    let falls = ys[last] < ys[0];
    let x = |place: usize| (xs[place] - xs[0]) / (xs[last] - xs[0]);
    let y = |place: usize| {
        if falls { (high - ys[place]) / (high - low) } else { (ys[place] - low) / (high - low) }
    };
    let above: Vec<f64> = (0..xs.len()).map(|place| y(place) - x(place)).collect();
    let most = above.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let least = above.iter().copied().fold(f64::INFINITY, f64::min);
    let from_chord: Vec<f64> = if most >= -least { above } else { above.iter().map(|d| -d).collect() };
    let is_peak = |place: &usize| {
        from_chord[*place] >= from_chord[place - 1] && from_chord[*place] > from_chord[place + 1]
    };
    let threshold = SENSITIVITY / last as f64;
    let is_confirmed = |place: &usize| {
        let peak = from_chord[*place];
        let after = from_chord[place + 1..].iter().take_while(|d| **d <= peak);
        after.into_iter().any(|d| *d < peak - threshold)
    };
    (1..last)
        .filter(is_peak)
        .filter(is_confirmed)
        .max_by(|a, b| from_chord[*a].total_cmp(&from_chord[*b]).then(b.cmp(a)))
}

/// The knee of the medians of runs, `runs[place][replication]`, if it stays where it is, or with many points within a step,
/// when replications are drawn again, the same ones at every place, since these have the same seeds. `shown` is where a value
/// is drawn upwards.
pub(super) fn supported(xs: &[f64], runs: &[Vec<f64>], shown: &dyn Fn(f64) -> f64) -> Result<usize, Without> {
    let count = runs.iter().map(Vec::len).min().unwrap_or(0);
    if runs.iter().flatten().any(|value| !value.is_finite()) {
        return Err(Without::Endless);
    }
    if runs.len() < LEAST_POINTS {
        return Err(Without::FewPoints);
    }
    if count < LEAST_RUNS {
        return Err(Without::FewRuns);
    }
    let heights = |drawn: &[usize]| -> Vec<f64> {
        let median = |values: &Vec<f64>| {
            let values = sorted(drawn.iter().map(|run| values[*run]).collect());
            shown(quantile(&values, 0.5).unwrap_or(f64::NAN))
        };
        runs.iter().map(median).collect()
    };
    let all: Vec<usize> = (0..count).collect();
    let drawn = heights(&all);
    let span = drawn.iter().fold(f64::MIN, |a, b| a.max(*b)) - drawn.iter().fold(f64::MAX, |a, b| a.min(*b));
    let found = knee(xs, &drawn).filter(|_| span >= FLAT).ok_or(Without::NotSeen)?;
    let aside = usize::from(xs.len() >= STEP_POINTS);
    let mut draws = ChaCha8Rng::seed_from_u64(1);
    let again = (0..SAMPLES).filter(|_| {
        let drawn: Vec<usize> = all.iter().map(|_| draws.random_range(0..count as u32) as usize).collect();
        knee(xs, &heights(&drawn)).is_some_and(|knee| knee.abs_diff(found) <= aside)
    });
    if again.count() as f64 >= SURE * SAMPLES as f64 { Ok(found) } else { Err(Without::NotSeen) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(count: usize, of: impl Fn(f64) -> f64) -> (Vec<f64>, Vec<f64>) {
        let xs: Vec<f64> = (0..count).map(|place| place as f64 / (count - 1) as f64).collect();
        let ys = xs.iter().map(|x| of(*x)).collect();
        (xs, ys)
    }

    #[test]
    fn the_knee_of_known_curves_is_where_it_is_known_to_be() {
        // The example of the paper: y = −1 / x + 5 for x = 0 to 9, whose knee is at 2.
        let xs: Vec<f64> = (0..10).map(f64::from).collect();
        let ys: Vec<f64> = xs.iter().map(|x| -1.0 / (x + 0.1) + 5.0).collect();
        assert_eq!(knee(&xs, &ys), Some(1), "of this one, steeper at its beginning");
        // Waiting in an M/M/1 queue, 1 / (1 − ρ) up to 0.95: farthest from the chord where 1 / (1 − ρ)² = 20.
        let (xs, ys) = curve(96, |x| 1.0 / (1.0 - 0.95 * x));
        let at = knee(&xs, &ys).map(|place| 0.95 * xs[place]);
        assert!(at.is_some_and(|at| (at - (1.0 - 1.0 / 20.0_f64.sqrt())).abs() < 0.011), "{at:?}");
        // A broken line bends where it is broken, up or down.
        for flip in [1.0, -1.0] {
            let (xs, ys) = curve(11, |x| flip * (x - 0.6).max(0.0));
            assert_eq!(knee(&xs, &ys), Some(6));
            let (xs, ys) = curve(11, |x| flip * x.min(0.3));
            assert_eq!(knee(&xs, &ys), Some(3));
        }
    }

    #[test]
    fn straight_lines_and_few_points_have_no_knee() {
        for slope in [1.0, -2.0, 0.0] {
            let (xs, ys) = curve(9, |x| slope * x);
            assert_eq!(knee(&xs, &ys), None);
        }
        assert_eq!(knee(&[0.0, 0.5, 1.0], &[0.0, 0.0, 1.0]), None);
        assert_eq!(knee(&[0.0, 0.2, 0.5, 1.0], &[0.0, 0.0, 0.0, f64::INFINITY]), None);
        assert_eq!(knee(&[], &[]), None);
    }

    #[test]
    fn a_knee_stays_under_little_noise_and_not_under_much() {
        let noisy = |noise: f64| -> (Vec<f64>, Vec<Vec<f64>>) {
            let mut draws = ChaCha8Rng::seed_from_u64(7);
            let (xs, ys) = curve(8, |x| (x - 0.6).max(0.0));
            let mut run = |y: f64| y + noise * (draws.random::<f64>() - 0.5);
            let runs = ys.iter().map(|y| (0..10).map(|_| run(*y)).collect()).collect();
            (xs, runs)
        };
        let (xs, runs) = noisy(0.05);
        let found = supported(&xs, &runs, &|y| y);
        assert!(matches!(found, Ok(4 | 5)), "{found:?}");
        assert_eq!(supported(&xs, &runs, &|y| y), found, "the same each time");
        let (xs, runs) = noisy(3.0);
        assert_eq!(supported(&xs, &runs, &|y| y), Err(Without::NotSeen));
        let few: Vec<Vec<f64>> = runs.iter().map(|runs| runs[..4].to_vec()).collect();
        assert_eq!(supported(&xs, &few, &|y| y), Err(Without::FewRuns));
        assert_eq!(supported(&xs[..3], &runs[..3], &|y| y), Err(Without::FewPoints));
        let (xs, sure) = noisy(0.05);
        assert_eq!(supported(&xs, &sure, &|y| 0.05 * y), Err(Without::NotSeen), "flat as drawn");
        let endless: Vec<Vec<f64>> =
            sure.iter().map(|runs| [&runs[1..], &[f64::INFINITY]].concat()).collect();
        assert_eq!(supported(&xs, &endless, &|y| y), Err(Without::Endless));
    }
}

//! Sensitivity indices: which part of a metric's variance comes from which axis.

use rand::RngExt;
use rayon::prelude::*;

use super::design::stream;
use crate::metrics::{Cell, Table};

/// A metric at the points of a sample: A, B, and for each axis A with B's value there.
pub(super) type Sample = Vec<f64>;

/// What of the variance an axis alone causes, and what falls away with it.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Index {
    first: f64,
    total: f64,
}

/// The index of an axis, and the interval of each of both.
#[derive(Clone, Copy, Debug)]
struct Estimated {
    index: Index,
    first: (f64, f64),
    total: (f64, f64),
}

/// Samples drawn anew for an interval.
const RESAMPLED: usize = 1000;
/// At either end of an interval.
const DOUBT: f64 = 0.025;

/// The rows of `sensitivity.csv` for metrics with their samples, of so many in all: an index of each axis, empty where a metric has
/// no variance, or no mean in some samples. Of what is left the axes are no longer independent, and would seem to interact.
pub(super) fn table(axes: &[String], metrics: &[(String, Vec<Sample>)], all: usize, seed: u64) -> Table {
    let columns =
        ["metric", "axis", "n", "first", "first_low", "first_high", "total", "total_low", "total_high"];
    // A metric has draws of its own: however many threads there are, they are the same.
    let estimated: Vec<Option<Vec<Estimated>>> = metrics
        .par_iter()
        .map(|(metric, samples)| {
            let is_whole = samples.len() == all;
            is_whole.then(|| estimates(samples, axes.len(), seed, metric))?
        })
        .collect();
    let mut rows = Vec::new();
    for ((metric, samples), estimated) in metrics.iter().zip(estimated) {
        for (number, axis) in axes.iter().enumerate() {
            let own = estimated.as_ref().map(|estimated| estimated[number]);
            let figure = |of: fn(Estimated) -> f64| Cell::from(own.map(of));
            rows.push(vec![
                Cell::from(metric.as_str()),
                Cell::from(axis.as_str()),
                Cell::from(samples.len() as u64),
                figure(|own| own.index.first),
                figure(|own| own.first.0),
                figure(|own| own.first.1),
                figure(|own| own.index.total),
                figure(|own| own.total.0),
                figure(|own| own.total.1),
            ]);
        }
    }
    Table { header: columns.map(str::to_owned).into(), rows }
}

/// The indices of all axes, with intervals from samples that are drawn from these again (Archer, Saltelli and Sobol 1997);
/// `None` without variance.
fn estimates(samples: &[Sample], axes: usize, seed: u64, metric: &str) -> Option<Vec<Estimated>> {
    let all: Vec<usize> = (0..samples.len()).collect();
    let indices = indices(samples, axes, &all)?;
    let mut draws = stream(seed, &format!("bootstrap of {metric}"));
    let mut anew: Vec<Vec<Index>> = vec![Vec::new(); axes];
    for _ in 0..RESAMPLED {
        let chosen: Vec<usize> = all.iter().map(|_| draws.random_range(0..samples.len())).collect();
        // One without variance says nothing.
        for (axis, index) in self::indices(samples, axes, &chosen).into_iter().flatten().enumerate() {
            anew[axis].push(index);
        }
    }
    let interval = |axis: usize, of: fn(&Index) -> f64| {
        let mut values: Vec<f64> = anew[axis].iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        let at = |share: f64| values[((values.len() - 1) as f64 * share).round() as usize];
        (at(DOUBT), at(1.0 - DOUBT))
    };
    let estimated = indices.into_iter().enumerate().map(|(axis, index)| Estimated {
        index,
        first: interval(axis, |index| index.first),
        total: interval(axis, |index| index.total),
    });
    (!anew.iter().any(Vec::is_empty)).then(|| estimated.collect())
}

/// By Jansen's estimators, as in table 2, (c) and (f), of Saltelli et al. (2010): S = 1 − Σ (B − AB)² / 2N V, and
/// T = Σ (A − AB)² / 2N V.
fn indices(samples: &[Sample], axes: usize, chosen: &[usize]) -> Option<Vec<Index>> {
    // Around a value near the mean, so that no digits are lost in squares.
    let centre = samples.first()?[0];
    let (mut sum, mut squares) = (0.0, 0.0);
    let (mut first, mut total) = (vec![0.0; axes], vec![0.0; axes]);
    for sample in chosen.iter().map(|chosen| &samples[*chosen]) {
        let (a, b) = (sample[0] - centre, sample[1] - centre);
        sum += a + b;
        squares += a * a + b * b;
        for axis in 0..axes {
            let exchanged = sample[2 + axis] - centre;
            first[axis] += (b - exchanged) * (b - exchanged);
            total[axis] += (a - exchanged) * (a - exchanged);
        }
    }
    let values = 2.0 * chosen.len() as f64;
    let variance = (squares - sum * sum / values) / (values - 1.0);
    let rounding = ROUNDING * (squares / values).max(centre * centre);
    let is_spread = variance.is_finite() && variance > rounding;
    let index = |axis: usize| {
        let part = values * variance;
        Index { first: 1.0 - first[axis] / part, total: total[axis] / part }
    };
    is_spread.then(|| (0..axes).map(index).collect())
}

/// A variance that is a smaller part of the squares of the values is none: means of the same values, added up in another order,
/// differ so.
const ROUNDING: f64 = 1e-24;

#[cfg(test)]
mod tests {
    use std::f64::consts::PI;

    use super::super::design::saltelli;
    use super::*;

    fn samples(count: u32, axes: usize, of: impl Fn(&[f64]) -> f64) -> Vec<Sample> {
        let values: Vec<f64> = saltelli(count, axes, 1).iter().map(|place| of(place)).collect();
        values.chunks(axes + 2).map(<[f64]>::to_vec).collect()
    }

    fn close(samples: &[Sample], first: &[f64], total: &[f64], within: f64) {
        let estimated = estimates(samples, first.len(), 1, "m").expect("there is variance");
        for (axis, own) in estimated.iter().enumerate() {
            let (wanted, index) = (Index { first: first[axis], total: total[axis] }, own.index);
            assert!((index.first - wanted.first).abs() < within, "axis {axis}: {index:?}, not {wanted:?}");
            assert!((index.total - wanted.total).abs() < within, "axis {axis}: {index:?}, not {wanted:?}");
            let covers = |(low, high): (f64, f64), value: f64| low <= value && value <= high;
            assert!(
                covers(own.first, wanted.first) && covers(own.total, wanted.total),
                "{own:?}, {wanted:?}"
            );
            assert!(own.first.0 < own.first.1 || wanted.total < 1e-3, "{own:?}");
        }
    }

    #[test]
    fn the_indices_of_ishigamis_function_are_the_known_ones() {
        // With a = 7, b = 0.1 (Ishigami and Homma 1990): V = a²/8 + bπ⁴/5 + b²π⁸/18 + 1/2.
        let of = |place: &[f64]| {
            let x: Vec<f64> = place.iter().map(|place| PI * (2.0 * place - 1.0)).collect();
            let sine = libm::sin(x[1]);
            libm::sin(x[0]) + 7.0 * sine * sine + 0.1 * libm::pow(x[2], 4.0) * libm::sin(x[0])
        };
        let samples = samples(2048, 3, of);
        close(&samples, &[0.3139, 0.4424, 0.0], &[0.5576, 0.4424, 0.2437], 0.02);
    }

    #[test]
    fn the_indices_of_sobols_g_function_are_the_known_ones() {
        let weights = [0.0, 1.0, 4.5, 9.0, 99.0, 99.0];
        let of = |place: &[f64]| -> f64 {
            let part = |(place, a): (&f64, &f64)| ((4.0 * place - 2.0).abs() + a) / (1.0 + a);
            place.iter().zip(&weights).map(part).product()
        };
        // Vᵢ = 1 / 3 (1 + aᵢ)², V = Π (1 + Vᵢ) − 1, and what falls away with axis i is Vᵢ Π over the others of (1 + Vⱼ).
        let own = weights.map(|a| 1.0 / (3.0 * (1.0 + a) * (1.0 + a)));
        let all: f64 = own.iter().map(|own| 1.0 + own).product();
        let first = own.map(|own| own / (all - 1.0));
        let total = own.map(|own| own * all / (1.0 + own) / (all - 1.0));
        close(&samples(2048, 6, of), &first, &total, 0.03);
    }

    #[test]
    fn what_does_not_vary_has_no_index() {
        assert!(estimates(&samples(16, 2, |_| 3.7), 2, 1, "m").is_none());
        assert!(estimates(&[], 2, 1, "m").is_none());
        let table = table(&["a".to_owned()], &[("m".to_owned(), samples(16, 1, |_| 3.7))], 16, 1);
        assert_eq!(table.rows[0][2..4], [Cell::Count(16), Cell::Empty]);
        // Nor has what varies by the order in which it was added up.
        let rounded = |place: &[f64]| if place[0] < 0.5 { 0.1 + 0.2 } else { 0.3 };
        assert!(estimates(&samples(16, 2, rounded), 2, 1, "m").is_none());
    }

    #[test]
    fn a_part_of_the_samples_is_no_design() {
        let axes = ["a".to_owned(), "b".to_owned()];
        let all = samples(64, 2, |place| place[0] + place[1]);
        let part: Vec<Sample> =
            all.iter().filter(|sample| sample.iter().all(|value| *value < 1.5)).cloned().collect();
        let left = part.len() as u64;
        assert!((1..64).contains(&left));
        let metrics = [("whole".to_owned(), all), ("part".to_owned(), part)];
        let table = table(&axes, &metrics, 64, 1);
        assert!(matches!(table.rows[0][2..4], [Cell::Count(64), Cell::Number(_)]), "{:?}", table.rows[0]);
        assert_eq!(table.rows[2][2..4], [Cell::Count(left), Cell::Empty]);
    }
}

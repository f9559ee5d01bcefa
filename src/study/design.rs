//! From axes to points.

use rand::RngExt;
use rand::seq::SliceRandom;

use crate::random::{ChaCha8Rng, Purpose, Seed};
use crate::scenario::{Axis, Method, Setting, Sweep};

/// The settings of each point, axis by axis, in the order in which they are run and told.
pub(super) fn points(sweep: &Sweep) -> Vec<Vec<Setting>> {
    match sweep.method {
        Method::Grid => grid(&sweep.axes),
        Method::Zip => zip(&sweep.axes),
        Method::Oat => one_at_a_time(&sweep.axes),
        Method::Random => random(sweep),
        Method::Lhs => latin_hypercube(sweep),
        Method::Sobol => at(&sweep.axes, sobol(sweep.samples, sweep.axes.len(), sweep.seed)),
        Method::Saltelli => at(&sweep.axes, saltelli(sweep.samples, sweep.axes.len(), sweep.seed)),
        Method::Table => sweep.points.clone(),
    }
}

fn setting(axis: &Axis, value: &str) -> Setting {
    Setting { path: axis.path.clone(), value: value.to_owned() }
}

fn values(axis: &Axis) -> &[String] {
    axis.values.listed().unwrap_or_default()
}

fn grid(axes: &[Axis]) -> Vec<Vec<Setting>> {
    axes.iter().fold(vec![Vec::new()], |points, axis| {
        let with = |point: &Vec<Setting>| -> Vec<Vec<Setting>> {
            values(axis).iter().map(|value| [&point[..], &[setting(axis, value)]].concat()).collect()
        };
        points.iter().flat_map(with).collect()
    })
}

fn zip(axes: &[Axis]) -> Vec<Vec<Setting>> {
    let count = axes.iter().map(|axis| values(axis).len()).min().unwrap_or_default();
    (0..count).map(|place| axes.iter().map(|axis| setting(axis, &values(axis)[place])).collect()).collect()
}

fn one_at_a_time(axes: &[Axis]) -> Vec<Vec<Setting>> {
    let first: Vec<Setting> =
        axes.iter().filter_map(|axis| Some(setting(axis, values(axis).first()?))).collect();
    let mut points = vec![first.clone()];
    for (place, axis) in axes.iter().enumerate() {
        for value in values(axis).iter().skip(1) {
            let mut point = first.clone();
            point[place] = setting(axis, value);
            points.push(point);
        }
    }
    points
}

/// The stream of what has this name, such as the path of an axis: another axis beside it changes none of its draws.
pub(super) fn stream(seed: u64, name: &str) -> ChaCha8Rng {
    let digest = blake3::hash(name.as_bytes());
    let key = digest.as_bytes()[..8].iter().fold(0, |key, byte| key << 8 | u64::from(*byte));
    Seed(seed).stream(Purpose::Design, key)
}

/// The points of a Sobol sequence, scrambled as Owen does: in each dimension a place from 0 to below 1.
fn sobol(samples: u32, dimensions: usize, seed: u64) -> Vec<Vec<f64>> {
    // No path has a space.
    let seed = stream(seed, "sobol sequence").random::<u32>();
    let place = |sample, dimension| f64::from(sobol_burley::sample(sample, dimension, seed));
    (0..samples).map(|sample| (0..dimensions as u32).map(|axis| place(sample, axis)).collect()).collect()
}

/// Of each sample the points A and B, and for each axis A with B's place there. Both are halves of one point of a Sobol
/// sequence (Saltelli et al. 2010).
pub(super) fn saltelli(samples: u32, axes: usize, seed: u64) -> Vec<Vec<f64>> {
    let of_sample = |both: Vec<f64>| {
        let (a, b) = both.split_at(axes);
        let exchanged = (0..axes).map(|axis| {
            let mut point = a.to_vec();
            point[axis] = b[axis];
            point
        });
        [a.to_vec(), b.to_vec()].into_iter().chain(exchanged).collect::<Vec<_>>()
    };
    sobol(samples, 2 * axes, seed).into_iter().flat_map(of_sample).collect()
}

/// The points at these places of the axes.
fn at(axes: &[Axis], places: Vec<Vec<f64>>) -> Vec<Vec<Setting>> {
    let point = |places: Vec<f64>| -> Vec<Setting> {
        axes.iter().zip(places).map(|(axis, place)| setting(axis, &axis.values.at(place))).collect()
    };
    places.into_iter().map(point).collect()
}

fn random(sweep: &Sweep) -> Vec<Vec<Setting>> {
    across(sweep, |draws| (0..sweep.samples).map(|_| draws.random::<f64>()).collect())
}

fn latin_hypercube(sweep: &Sweep) -> Vec<Vec<Setting>> {
    let count = sweep.samples;
    across(sweep, |draws| {
        let mut parts: Vec<u32> = (0..count).collect();
        parts.shuffle(draws);
        parts.into_iter().map(|part| (f64::from(part) + draws.random::<f64>()) / f64::from(count)).collect()
    })
}

/// Points from the places, 0 to below 1, that each axis draws.
fn across(sweep: &Sweep, places: impl Fn(&mut ChaCha8Rng) -> Vec<f64>) -> Vec<Vec<Setting>> {
    let mut points = vec![Vec::new(); sweep.samples as usize];
    for axis in &sweep.axes {
        let drawn = places(&mut stream(sweep.seed, &axis.path));
        for (point, place) in points.iter_mut().zip(drawn) {
            point.push(setting(axis, &axis.values.at(place)));
        }
    }
    points
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::scenario::{Given, parse_sweep};

    fn sweep(method: Method, axes: &[&str], samples: Option<u32>) -> Sweep {
        let axes = axes.iter().map(|axis| (*axis).to_owned()).collect();
        let scenario = Some(("s".to_owned(), "s".to_owned()));
        let given = Given { scenario, axes, method: Some(method), samples, ..Given::default() };
        parse_sweep("s", "", &given).unwrap_or_else(|report| panic!("{report}"))
    }

    fn told(sweep: &Sweep) -> Vec<String> {
        let point = |point: &Vec<Setting>| {
            point.iter().map(|setting| setting.value.as_str()).collect::<Vec<_>>().join(" ")
        };
        points(sweep).iter().map(point).collect()
    }

    #[test]
    fn listed_designs_have_their_points_in_order() {
        let axes = ["a=1,2", "b=5,6,7"];
        assert_eq!(told(&sweep(Method::Grid, &axes, None)), ["1 5", "1 6", "1 7", "2 5", "2 6", "2 7"]);
        assert_eq!(told(&sweep(Method::Oat, &axes, None)), ["1 5", "2 5", "1 6", "1 7"]);
        assert_eq!(told(&sweep(Method::Zip, &["a=1,2", "b=5,6"], None)), ["1 5", "2 6"]);
    }

    #[test]
    fn a_latin_hypercube_has_each_part_of_each_axis_once() {
        let sweep = sweep(Method::Lhs, &["a=0:99", "b=0.0:1.0"], Some(100));
        let points = points(&sweep);
        let whole: BTreeSet<&str> = points.iter().map(|point| point[0].value.as_str()).collect();
        assert_eq!(whole.len(), 100);
        let parts: BTreeSet<u32> = points
            .iter()
            .map(|point| (point[1].value.parse::<f64>().expect("a number") * 100.0) as u32)
            .collect();
        // A value that is cut to six digits may fall onto the edge of its part.
        assert!(parts.len() >= 99, "{}", parts.len());
    }

    #[test]
    fn a_sobol_sequence_fills_every_part_of_every_pair_of_axes() {
        let points = sobol(256, 3, 7);
        for (one, other) in [(0, 1), (0, 2)] {
            let cells: BTreeSet<(u32, u32)> =
                points.iter().map(|point| ((point[one] * 4.0) as u32, (point[other] * 4.0) as u32)).collect();
            assert_eq!(cells.len(), 16);
        }
        for axis in 0..3 {
            // Of a sequence in base 2 each of as many equal parts of an axis has one point.
            let parts: BTreeSet<u32> = points.iter().map(|point| (point[axis] * 256.0) as u32).collect();
            assert_eq!(parts.len(), 256);
        }
        assert_ne!(sobol(256, 3, 8), points, "another seed scrambles in another way");
        // More samples, or axes behind, leave those that were there.
        let more: Vec<Vec<f64>> =
            sobol(300, 4, 7).into_iter().take(256).map(|point| point[..3].to_vec()).collect();
        assert_eq!(more, points);
    }

    #[test]
    fn the_points_of_a_sequence_stay_where_they_are() {
        let sweep = sweep(Method::Sobol, &["a=0.0:1.0", "b=1:100"], Some(3));
        assert_eq!(told(&sweep), GOLDEN);
    }

    const GOLDEN: [&str; 3] = ["0.617541 70", "0.432946 36", "0.0310229 97"];

    #[test]
    fn a_sample_for_indices_exchanges_one_axis_at_a_time() {
        let sweep = sweep(Method::Saltelli, &["a=0.0:1.0", "b=0.0:1.0"], Some(5));
        let points = points(&sweep);
        assert_eq!(points.len(), 20);
        for sample in points.chunks(4) {
            let [a, b, first, second] = sample else { panic!("four points") };
            assert_eq!((&first[0], &first[1]), (&b[0], &a[1]));
            assert_eq!((&second[0], &second[1]), (&a[0], &b[1]));
            assert!(a[0] != b[0] && a[1] != b[1]);
        }
    }

    #[test]
    fn an_axis_more_moves_no_draw_of_the_others() {
        let one = sweep(Method::Random, &["a=0.0:1.0"], Some(20));
        let two = sweep(Method::Random, &["b=0.0:1.0", "a=0.0:1.0"], Some(20));
        let of_a = |sweep: &Sweep| -> Vec<Setting> {
            points(sweep).into_iter().flatten().filter(|setting| setting.path == "a").collect()
        };
        assert_eq!(of_a(&one), of_a(&two));
        let values: BTreeSet<String> = of_a(&one).into_iter().map(|setting| setting.value).collect();
        assert_eq!(values.len(), 20);
    }
}

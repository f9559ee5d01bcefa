//! Where the mean crosses the bound, with an interval.
//!
//! Between neighbouring points both the mean and the ends of its interval are taken to run straight. The place of the
//! crossing may be anywhere that the bound lies inside this band: at the true one it is outside with the probability with which
//! the interval there misses. The straight line between the ends of two intervals by Student is at least as wide as the
//! interval of what lies between them, whatever runs under the same seed have in common, since the deviation of a weighted sum
//! is at most the weighted sum of the deviations.

use serde::Serialize;

use crate::results::Figure;

/// Where the mean crosses the bound, in numbers of the axis' unit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Crossing {
    /// The place.
    #[serde(serialize_with = "super::figure")]
    pub at: f64,
    /// Lower end of its interval at 95 %; none where it may lie before the axis.
    pub ci_low: Figure,
    /// Upper end; none where it may lie behind the axis.
    pub ci_high: Figure,
    /// Replications at each point.
    pub n: u32,
}

/// A point of the curve of means, relative to the bound; an end of an interval may be infinite.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot {
    pub x: f64,
    pub mean: f64,
    pub ends: (f64, f64),
}

/// Where the curve crosses 0, and the places between which that may be; `None` unless it does once. `n` is for the record.
pub(super) fn crossing(curve: &[Spot], n: u32) -> Option<Crossing> {
    let pairs = || curve.windows(2).map(|pair| (pair[0], pair[1]));
    let mut across = pairs().filter(|(a, b)| (a.mean > 0.0) != (b.mean > 0.0));
    let (a, b) = across.next().filter(|_| across.next().is_none())?;
    let at = a.x + (b.x - a.x) * a.mean / (a.mean - b.mean);
    if !(a.mean.is_finite() && b.mean.is_finite()) {
        return None;
    }
    // Whether the band is clear of the bound at an end of the axis.
    let is_clear = |spot: Option<&Spot>| spot.is_some_and(|spot| spot.ends.0 > 0.0 || spot.ends.1 < 0.0);
    let places = pairs().filter_map(|(a, b)| within(a, b));
    let (low, high) = places.fold((at, at), |(low, high), (from, to)| (low.min(from), high.max(to)));
    Some(Crossing {
        at,
        ci_low: is_clear(curve.first()).then_some(low).into(),
        ci_high: is_clear(curve.last()).then_some(high).into(),
        n,
    })
}

/// The places between two points where the band has 0 inside.
fn within(a: Spot, b: Spot) -> Option<(f64, f64)> {
    // The lower end must not be above 0, and the upper one not below.
    let (from, to) = below(a.ends.0, b.ends.0).zip(below(-a.ends.1, -b.ends.1)).and_then(both)?;
    let place = |share: f64| a.x + (b.x - a.x) * share;
    Some((place(from), place(to)))
}

/// The shares of the way from one value to another at which a straight line is not above 0.
fn below(from: f64, to: f64) -> Option<(f64, f64)> {
    let root = if from.is_finite() && to.is_finite() { from / (from - to) } else { f64::NAN };
    match (from <= 0.0, to <= 0.0) {
        (true, true) => Some((0.0, 1.0)),
        // An end that is infinite is beyond all between.
        (true, false) => Some((0.0, if root.is_nan() { f64::from(from == f64::NEG_INFINITY) } else { root })),
        (false, true) => Some((if root.is_nan() { f64::from(to != f64::NEG_INFINITY) } else { root }, 1.0)),
        (false, false) => None,
    }
}

fn both((one, other): ((f64, f64), (f64, f64))) -> Option<(f64, f64)> {
    let (from, to) = (one.0.max(other.0), one.1.min(other.1));
    (from <= to).then_some((from, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spots(rows: &[(f64, f64, f64)]) -> Vec<Spot> {
        rows.iter()
            .map(|(x, mean, half)| Spot { x: *x, mean: *mean, ends: (mean - half, mean + half) })
            .collect()
    }

    #[test]
    fn a_straight_curve_crosses_where_it_does_and_its_band_says_how_surely() {
        let curve = spots(&[(0.0, -2.0, 0.5), (2.0, 0.0, 0.5), (4.0, 2.0, 0.5)]);
        let found = crossing(&curve, 10).expect("it crosses");
        assert_eq!((found.at, found.ci_low, found.ci_high), (2.0, 1.5.into(), 2.5.into()));
        let falling: Vec<Spot> = curve.iter().rev().map(|spot| Spot { x: -spot.x, ..*spot }).collect();
        let found = crossing(&falling, 10).expect("it crosses");
        assert_eq!((found.at, found.ci_low, found.ci_high), (-2.0, (-2.5).into(), (-1.5).into()));
    }

    #[test]
    fn a_band_that_reaches_an_end_of_the_axis_leaves_that_end_open() {
        let found = crossing(&spots(&[(0.0, -0.1, 0.5), (1.0, 2.0, 0.5)]), 3).expect("it crosses");
        assert_eq!((found.ci_low, found.n), (Figure(None), 3));
        assert!(found.ci_high.0.is_some_and(|high| (high - 0.6 / 2.1).abs() < 1e-12), "{found:?}");
    }

    #[test]
    fn a_curve_that_crosses_twice_or_never_has_no_place() {
        assert_eq!(crossing(&spots(&[(0.0, -1.0, 0.1), (1.0, 1.0, 0.1), (2.0, -1.0, 0.1)]), 3), None);
        assert_eq!(crossing(&spots(&[(0.0, 1.0, 0.1), (1.0, 1.0, 0.1)]), 3), None);
    }

    #[test]
    fn an_end_without_a_value_is_beyond_all() {
        let mut curve = spots(&[(0.0, -2.0, 0.5), (1.0, -1.0, 0.5), (2.0, 1.0, 0.5)]);
        curve[1].ends.1 = f64::INFINITY;
        let found = crossing(&curve, 3).expect("it crosses");
        assert_eq!((found.at, found.ci_low, found.ci_high), (1.5, 0.0.into(), 1.75.into()));
        curve[2].mean = f64::INFINITY;
        assert_eq!(crossing(&curve, 3), None, "nobody knows where between the two");
    }
}

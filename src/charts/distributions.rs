//! Cumulative distributions of what a network deals out: round trips, rates, sessions.

use super::axis::Axis;
use super::course::{Points, over_runs};
use super::marks::Marks;
use super::multiples::{self, Named, Setting};
use super::picture::Picture;
use super::sheet::Sheet;
use super::stats::{extent, quantile, sorted};

/// What is distributed, and where it comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Distributions {
    /// A sentence about all of them.
    pub finding: String,
    /// Where the values come from.
    pub about: String,
    /// What the values are.
    pub axis: &'static str,
    /// Of what the shares are, in the plural.
    pub of: &'static str,
    /// In what they are.
    pub measure: Measure,
    /// One curve each.
    pub curves: Vec<Distribution>,
}

/// What values are measured in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Seconds.
    Seconds,
    /// Bits per second.
    BitsPerSecond,
}

/// Values of one kind, finite and not negative.
#[derive(Clone, Debug, PartialEq)]
pub struct Distribution {
    /// Whose they are.
    pub name: String,
    /// In any order.
    pub values: Vec<f64>,
}

/// Room beside the least and the greatest rate, as a factor.
const ROOM: f64 = 1.1;
/// The quantile at which an axis begins, at the latest.
const LEAST: f64 = 0.005;

pub(super) fn picture(distributions: &Distributions) -> Picture {
    let mut sheet = Sheet::about(None, &distributions.finding, &distributions.about);
    let curves: Vec<(&str, Vec<f64>)> =
        distributions.curves.iter().map(|curve| (&*curve.name, sorted(curve.values.clone()))).collect();
    // The few shortest of many would take half of a logarithmic axis.
    let ends = |values: &[f64]| [quantile(values, LEAST), values.last().copied()];
    let (least, most) = extent(curves.iter().flat_map(|(_, values)| ends(values)).flatten());
    let x = match distributions.measure {
        Measure::Seconds => Axis::delay(distributions.axis, least, most),
        Measure::BitsPerSecond => {
            Axis::bitrate(distributions.axis, most).between(least / ROOM, most * ROOM, least > 0.0)
        }
    };
    let places = x.scale.steps();
    let curve = |(name, values): &(&str, Vec<f64>)| Named {
        name: (*name).to_owned(),
        course: over_runs(&[below(values, &places)]),
    };
    let curves: Vec<Named> = curves.iter().map(curve).collect();
    let setting = Setting {
        x,
        y: Axis::share(&format!("{} up to this (%)", distributions.of), 0.0),
        keys: Vec::new(),
        marks: Marks::Nothing,
        runs: 1,
        heights: (480, 160),
        nothing: "nothing to show",
    };
    multiples::draw(&mut sheet, &curves, setting, |_, _| ());
    sheet.finish()
}

/// The share of rising values up to each of these.
fn below(values: &[f64], places: &[f64]) -> Points {
    // A place of the scale may be a value but for rounding.
    let share = |place: f64| {
        values.partition_point(|value| *value <= place * (1.0 + 1e-9)) as f64 / values.len().max(1) as f64
    };
    places.iter().map(|&place| (place, Some(share(place)))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_of_the_values_up_to_a_place() {
        let shares = below(&[1.0, 2.0, 2.0, 8.0], &[0.5, 1.0, 2.0, 7.9, 8.0]);
        let shares: Vec<f64> = shares.into_iter().filter_map(|(_, share)| share).collect();
        assert_eq!(shares, [0.0, 0.25, 0.75, 0.75, 1.0]);
        assert_eq!(below(&[], &[1.0]), [(1.0, Some(0.0))]);
    }
}

//! How the values of a key lie along a coordinate, from 0 to 1.

use crate::scenario::{Range, Ranged};
use crate::units::Duration;

/// Beyond that a count says no more than that there are many.
const MANY: i128 = 1000;
/// Per second, of a key of rates: once an hour, and once a second.
const RATES: (f64, f64) = (1.0 / 3600.0, 1.0);
/// Seconds of a key of times, of which the longest is the run's length.
const SHORTEST: f64 = 1.0;

/// Keys that are searched in a narrower range than they take, or by another scale: of which kind (all: `*`), which key, how.
const NARROWED: &[(&str, &str, Narrowed)] = &[
    // Moments of the run, and no spans of time.
    ("*", "start", Narrowed::Moment),
    ("*", "stop", Narrowed::Moment),
    // More is work done well, which is no attack.
    ("*", "cheats", Narrowed::UpToSkill),
    // As many as a flood has in the scenarios that come along, and twice as many.
    ("query_flooder", "rate", Narrowed::Between(1.0 / 60.0, 20.0)),
    // A query each; more often than that it is a flood.
    ("*", "checks", Narrowed::Between(10.0, 600.0)),
    // 2^24 key pairs take minutes on one core.
    ("*", "bits", Narrowed::Between(1.0, 24.0)),
];

#[derive(Clone, Copy, Debug, PartialEq)]
enum Narrowed {
    Moment,
    UpToSkill,
    /// By equal ratios.
    Between(f64, f64),
}

/// How numbers lie along a coordinate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Scale {
    /// From one to another, by equal ratios.
    Ratio(f64, f64),
    /// From 0 to this.
    UpTo(f64),
    /// Moments of a run of so many seconds: by hundredths, and its end, which would be never, is none.
    Moment(f64),
}

impl Scale {
    /// That of a key of a kind, in a run of this length, where work done badly turns out well as often as `skill` at the most; none
    /// of a key that has no numbers.
    pub(super) fn of(kind: &str, key: &Ranged, duration: Duration, skill: f64) -> Option<Scale> {
        let end = duration.as_seconds();
        match (&key.range, narrowed(kind, key.name)) {
            (Range::Share, Some(Narrowed::UpToSkill)) => Some(Scale::UpTo(skill)),
            (Range::Share, _) => Some(Scale::UpTo(1.0)),
            (Range::Time, Some(Narrowed::Moment)) => Some(Scale::Moment(end)),
            (Range::Time | Range::Rate | Range::Whole { .. }, Some(Narrowed::Between(low, high))) => {
                Some(Scale::Ratio(low, high))
            }
            (Range::Time, _) => Some(Scale::Ratio(SHORTEST, end.max(SHORTEST))),
            (Range::Rate, _) => Some(Scale::Ratio(RATES.0, RATES.1)),
            (Range::Whole { least, most }, _) => {
                Some(Scale::Ratio(*least as f64, (*most).min(MANY).max(*least) as f64))
            }
            (Range::Fixed | Range::Words(_) | Range::Group | Range::Groups, _) => None,
        }
    }

    /// The number at a place.
    pub(super) fn value(self, place: f64) -> f64 {
        match self {
            Scale::Ratio(low, high) => by_ratio(place, low, high),
            Scale::UpTo(most) => place * most,
            Scale::Moment(end) => (place * 99.0).round() * end / 100.0,
        }
    }

    /// The place of a number.
    pub(super) fn place(self, number: f64) -> f64 {
        match self {
            Scale::Ratio(low, high) => ratio(number, low, high),
            Scale::UpTo(most) => share_of(number, most),
            Scale::Moment(end) => (number / end / 0.99).clamp(0.0, 1.0),
        }
    }
}

/// How a key of a kind is searched, if it is in a way of its own.
fn narrowed(kind: &str, key: &str) -> Option<Narrowed> {
    let is_meant = |(of, name, _): &&(&str, &str, _)| (*of == "*" || *of == kind) && *name == key;
    NARROWED.iter().find(is_meant).map(|(.., narrowed)| *narrowed)
}

/// A number as a share of the most that there can be.
fn share_of(number: f64, most: f64) -> f64 {
    if most > 0.0 { (number / most).clamp(0.0, 1.0) } else { 0.0 }
}

/// A number of a range on a scale, as TOML.
pub(super) fn text(range: &Range, scale: Scale, number: f64) -> String {
    match range {
        Range::Time if matches!(scale, Scale::Moment(_)) => seconds(number),
        Range::Time => seconds(digits(number, 2)),
        Range::Rate => rate(number),
        Range::Whole { least, most } => (number.round() as i128).clamp(*least, *most).to_string(),
        _ => format!("{number:.2}"),
    }
}

/// The place of one of so many values.
pub(super) fn middle(level: usize, count: usize) -> f64 {
    (level as f64 + 0.5) / count.max(1) as f64
}

/// The place of a number between two, by equal ratios.
pub(super) fn ratio(number: f64, low: f64, high: f64) -> f64 {
    if high <= low || number <= low {
        0.0
    } else {
        (libm::log(number / low) / libm::log(high / low)).min(1.0)
    }
}

/// Which of so many values is at a place.
pub(super) fn level(place: f64, count: usize) -> usize {
    ((place * count as f64) as usize).min(count.saturating_sub(1))
}

/// Between two numbers, by equal ratios.
pub(super) fn by_ratio(place: f64, low: f64, high: f64) -> f64 {
    if high <= low { low } else { low * libm::pow(high / low, place) }
}

/// A whole number of a range up to `most`; none where that is below it.
pub(super) fn whole(place: f64, range: &Range, most: i128) -> Option<i128> {
    let Range::Whole { least, most: end } = range else { return None };
    let most = most.min(*end);
    (most >= *least)
        .then(|| (by_ratio(place, *least as f64, most as f64).round() as i128).clamp(*least, most))
}

/// A number cut to so many digits.
fn digits(number: f64, digits: usize) -> f64 {
    format!("{number:.*e}", digits - 1).parse().unwrap_or(number)
}

fn seconds(seconds: f64) -> String {
    format!("\"{} s\"", digits(seconds, 4))
}

/// A rate in the unit in which it is a number above one.
fn rate(per_second: f64) -> String {
    let units = [("s", 1.0), ("min", 60.0), ("h", 3600.0)];
    let (unit, size) = units.into_iter().find(|(_, size)| per_second * size >= 1.0).unwrap_or(units[2]);
    format!("\"{} /{unit}\"", digits(per_second * size, 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_told_in_the_unit_that_suits_them() {
        assert_eq!(rate(1.0 / 3600.0), "\"1 /h\"");
        assert_eq!(rate(0.5), "\"30 /min\"");
        assert_eq!(seconds(1234.0), "\"1234 s\"");
    }

    #[test]
    fn a_number_is_at_its_place() {
        for scale in [Scale::Ratio(2.0, 50.0), Scale::UpTo(0.3), Scale::Moment(600.0)] {
            for place in [0.0, 0.25, 0.6, 1.0] {
                let again = scale.place(scale.value(place));
                assert!((again - place).abs() < 0.006, "{scale:?}: {place} {again}");
            }
        }
        assert_eq!(Scale::UpTo(0.0).place(0.5), 0.0, "where nothing turns out well");
    }
}

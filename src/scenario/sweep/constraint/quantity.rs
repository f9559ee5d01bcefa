//! Values of constraints: numbers with a dimension, words, and what is true.

use std::fmt;

/// A unit: so many of the base unit of its dimension, in two factors of which one is 1, so that no digit is lost.
#[derive(Debug, PartialEq)]
pub(in crate::scenario::sweep) struct Unit {
    pub name: &'static str,
    times: f64,
    over: f64,
    dimension: Dimension,
}

/// Powers of a second and of a bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dimension {
    time: i16,
    data: i16,
}

/// What a part of a constraint comes to.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Number(f64, Dimension),
    Word(String),
    Truth(bool),
}

/// What is asked of two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::scenario::sweep) enum Comparison {
    Less,
    AtMost,
    More,
    AtLeast,
    Equal,
    Unequal,
}

const NONE: Dimension = Dimension { time: 0, data: 0 };
const TIME: Dimension = Dimension { time: 1, data: 0 };
const DATA: Dimension = Dimension { time: 0, data: 1 };
const RATE: Dimension = Dimension { time: -1, data: 0 };
const BITRATE: Dimension = Dimension { time: -1, data: 1 };

const fn unit(name: &'static str, times: f64, over: f64, dimension: Dimension) -> Unit {
    Unit { name, times, over, dimension }
}

/// All units; of two of which one begins as the other, the longer comes first.
pub(super) static UNITS: [Unit; 22] = [
    unit("ns", 1.0, 1e9, TIME),
    unit("us", 1.0, 1e6, TIME),
    unit("ms", 1.0, 1e3, TIME),
    unit("min", 60.0, 1.0, TIME),
    unit("s", 1.0, 1.0, TIME),
    unit("h", 3600.0, 1.0, TIME),
    unit("d", 86_400.0, 1.0, TIME),
    unit("bit/s", 1.0, 1.0, BITRATE),
    unit("kbit/s", 1e3, 1.0, BITRATE),
    unit("Mbit/s", 1e6, 1.0, BITRATE),
    unit("Gbit/s", 1e9, 1.0, BITRATE),
    unit("kB", 8e3, 1.0, DATA),
    unit("MB", 8e6, 1.0, DATA),
    unit("GB", 8e9, 1.0, DATA),
    unit("KiB", 8.0 * 1024.0, 1.0, DATA),
    unit("MiB", 8.0 * 1_048_576.0, 1.0, DATA),
    unit("GiB", 8.0 * 1_073_741_824.0, 1.0, DATA),
    unit("B", 8.0, 1.0, DATA),
    unit("/min", 1.0, 60.0, RATE),
    unit("/s", 1.0, 1.0, RATE),
    unit("/h", 1.0, 3600.0, RATE),
    unit("/d", 1.0, 86_400.0, RATE),
];

/// Of numbers that differ by a smaller part neither is less: 0.1 + 0.2 is 0.3.
const ROUNDING: f64 = 1e-12;

impl Unit {
    /// The value of a number in this unit.
    pub(super) fn of(&self, number: f64) -> Value {
        Value::Number(number * self.times / self.over, self.dimension)
    }

    /// The unit that a text begins with, and nothing that would make it another word.
    pub(super) fn at_start(text: &str) -> Option<&'static Unit> {
        let goes_on =
            |rest: &str| rest.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '/'));
        UNITS.iter().find(|unit| text.strip_prefix(unit.name).is_some_and(|rest| !goes_on(rest)))
    }

    fn named(name: &str) -> Option<&'static Unit> {
        UNITS.iter().find(|unit| unit.name == name)
    }
}

impl Value {
    pub(super) fn bare(number: f64) -> Value {
        Value::Number(number, NONE)
    }

    /// What a text of a scenario says: a quantity, or else a word.
    pub(super) fn of_text(text: &str) -> Value {
        match quantity(text) {
            Some((number, unit)) => unit.of(number),
            // Of links, where no other word may stand.
            None if text == "unlimited" => Value::Number(f64::INFINITY, BITRATE),
            None => Value::Word(text.to_owned()),
        }
    }

    /// What it is, with its article.
    pub(super) fn kind(&self) -> String {
        match self {
            Value::Number(_, dimension) => dimension.to_string(),
            Value::Word(word) => format!("the word '{word}'"),
            Value::Truth(_) => "true or false".to_owned(),
        }
    }

    /// What a comparison says of two values; `None` where they can't be compared so.
    pub(super) fn compare(&self, comparison: Comparison, other: &Value) -> Option<bool> {
        match (self, other) {
            (Value::Number(one, of_one), Value::Number(other, of_other)) if of_one == of_other => {
                Some(holds(comparison, *one, *other))
            }
            (Value::Word(one), Value::Word(other)) => equality(comparison, one == other),
            (Value::Truth(one), Value::Truth(other)) => equality(comparison, one == other),
            _ => None,
        }
    }
}

fn equality(comparison: Comparison, equal: bool) -> Option<bool> {
    match comparison {
        Comparison::Equal => Some(equal),
        Comparison::Unequal => Some(!equal),
        _ => None,
    }
}

/// What has no value, such as 0 / 0, is neither less than, equal to nor more than anything.
fn holds(comparison: Comparison, one: f64, other: f64) -> bool {
    let equal = one == other || (one - other).abs() <= ROUNDING * one.abs().max(other.abs()).min(f64::MAX);
    match comparison {
        Comparison::Equal => equal,
        Comparison::Unequal => !equal,
        Comparison::Less => one < other && !equal,
        Comparison::More => one > other && !equal,
        Comparison::AtMost => one < other || equal,
        Comparison::AtLeast => one > other || equal,
    }
}

/// The number and the unit of a text.
pub(super) fn quantity(text: &str) -> Option<(f64, &'static Unit)> {
    let end = number_end(text)?;
    let number = text[..end].parse().ok()?;
    Some((number, Unit::named(text[end..].trim())?))
}

/// Where the number ends that a text begins with.
pub(super) fn number_end(text: &str) -> Option<usize> {
    let digits = |from: usize| {
        let count = text[from..].bytes().take_while(u8::is_ascii_digit).count();
        Some(from + count).filter(|end| *end > from)
    };
    let mut end = digits(0)?;
    if text[end..].starts_with('.') {
        end = digits(end + 1)?;
    }
    if text[end..].starts_with(['e', 'E']) {
        let sign = usize::from(text[end + 1..].starts_with(['+', '-']));
        end = digits(end + 1 + sign).unwrap_or(end);
    }
    Some(end)
}

impl Dimension {
    pub(super) fn times(self, other: Dimension) -> Dimension {
        Dimension { time: self.time + other.time, data: self.data + other.data }
    }

    pub(super) fn over(self, other: Dimension) -> Dimension {
        Dimension { time: self.time - other.time, data: self.data - other.data }
    }
}

impl fmt::Display for Dimension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            NONE => f.write_str("a number without unit"),
            TIME => f.write_str("a time"),
            DATA => f.write_str("a size"),
            RATE => f.write_str("a rate"),
            BITRATE => f.write_str("a rate of data"),
            Dimension { time, data } => write!(f, "a quantity in s^{time} bit^{data}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantity_is_the_same_in_every_unit() {
        for (one, other) in [
            ("30 ms", "0.03 s"),
            ("1.5 h", "90 min"),
            ("1d", "24 h"),
            ("64 KiB", "65536 B"),
            ("1 Mbit/s", "1000 kbit/s"),
            ("60 /min", "1 /s"),
            ("1e3 ns", "1 us"),
        ] {
            assert_eq!(Value::of_text(one), Value::of_text(other), "{one}");
        }
        assert_eq!(Value::of_text("tree"), Value::Word("tree".to_owned()));
        assert_eq!(Value::of_text("10 parsecs"), Value::Word("10 parsecs".to_owned()));
        for unit in &UNITS {
            assert_eq!(Unit::at_start(unit.name).map(|found| found.name), Some(unit.name));
        }
        assert_eq!(Unit::at_start("sum"), None);
    }

    #[test]
    fn sums_that_are_equal_on_paper_are_equal() {
        let compare = |one, comparison, other| Value::bare(one).compare(comparison, &Value::bare(other));
        assert_eq!(compare(0.1 + 0.2, Comparison::AtMost, 0.3), Some(true));
        assert_eq!(compare(0.1 + 0.2, Comparison::More, 0.3), Some(false));
        assert_eq!(compare(f64::INFINITY, Comparison::Equal, f64::INFINITY), Some(true));
        assert_eq!(compare(f64::INFINITY, Comparison::Equal, 1.0), Some(false));
        assert_eq!(compare(f64::INFINITY, Comparison::More, 1.0), Some(true));
        assert_eq!(compare(f64::NAN, Comparison::AtMost, 1.0), Some(false));
    }
}

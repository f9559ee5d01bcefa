//! Quantities with units.

use std::fmt::Display;
use std::str::FromStr;

use super::Form;
use super::plain::SHARE_ALLOWED;
use crate::scenario::names::Names;
use crate::scenario::print::Item;
use crate::scenario::range::Range;
use crate::scenario::reader::Reader;
use crate::scenario::shape::{Kind, Shape};
use crate::scenario::tree::{Node, Value};
use crate::units::{Bitrate, ByteSize, Duration, Frequency, QuantityError};

/// A number with a unit, in a string.
pub(in crate::scenario) struct Quantity<T> {
    what: &'static str,
    above: Option<T>,
    least: Option<T>,
    most: Option<T>,
}

const TIME: &str = "a time such as \"40 ms\" (ns, us, ms, s, min, h, d)";
const BITRATE: &str =
    "a rate of data such as \"20 Mbit/s\" (bit/s, kbit/s, Mbit/s, Gbit/s), or \"unlimited\"";
const FREQUENCY: &str = "a rate of arrivals such as \"80 /s\" (/s, /min, /h, /d)";
const SIZE: &str = "a size such as \"64 KiB\" (B, kB, KiB, MB, MiB)";

/// What each type of value is called where its units are told elsewhere.
pub(in crate::scenario) const TYPES: [(&str, &str); 5] = [
    (TIME, "a *time*"),
    (BITRATE, "a *bitrate*"),
    (FREQUENCY, "a *rate*"),
    (SIZE, "a *size*"),
    (SHARE_ALLOWED, "a *share*"),
];

/// Some of each, from small to large.
const SAMPLES: [(&str, &[&str]); 4] = [
    (TIME, &["1 ms", "20 ms", "100 ms", "500 ms", "1 s", "3 s", "7 s", "15 s", "40 s", "2 min"]),
    (BITRATE, &["64 kbit/s", "1 Mbit/s", "20 Mbit/s", "1 Gbit/s", "unlimited"]),
    (FREQUENCY, &["1 /h", "1 /min", "12 /min", "1 /s", "7 /s", "40 /s"]),
    (SIZE, &["1 B", "100 B", "1 kB", "3 kB", "64 KiB", "1 MB"]),
];

impl Quantity<Duration> {
    /// A time.
    pub(crate) fn time() -> Quantity<Duration> {
        Quantity { what: TIME, above: None, least: None, most: None }
    }
}

impl Quantity<Bitrate> {
    /// A rate of data.
    pub(crate) fn bitrate() -> Quantity<Bitrate> {
        Quantity { what: BITRATE, above: None, least: None, most: None }
    }
}

impl Quantity<Frequency> {
    /// A rate of arrivals.
    pub(crate) fn frequency() -> Quantity<Frequency> {
        Quantity { what: FREQUENCY, above: None, least: None, most: None }
    }
}

impl Quantity<ByteSize> {
    /// A size.
    pub(crate) fn size() -> Quantity<ByteSize> {
        Quantity { what: SIZE, above: None, least: None, most: None }
    }
}

impl<T> Quantity<T> {
    /// The same above `bound`.
    pub(crate) fn more_than(self, bound: T) -> Quantity<T> {
        Quantity { above: Some(bound), ..self }
    }

    /// The same from `least` on.
    pub(crate) fn from(self, least: T) -> Quantity<T> {
        Quantity { least: Some(least), ..self }
    }

    /// The same up to `most`.
    pub(crate) fn up_to(self, most: T) -> Quantity<T> {
        Quantity { most: Some(most), ..self }
    }
}

impl<T> Form for Quantity<T>
where
    T: FromStr<Err = QuantityError> + Display + Copy + PartialOrd,
{
    type Value = T;

    fn read(&self, node: &Node, reader: &mut Reader) -> Option<T> {
        let text = match &node.value {
            Value::Text(text) => text.clone(),
            Value::Integer(_) | Value::Float(_) => {
                reader.refuse(node, "has no unit", self.allowed());
                return None;
            }
            _ => {
                reader.wrong_type(node, self.allowed());
                return None;
            }
        };
        match text.parse::<T>() {
            Ok(value) if self.contains(value) => Some(value),
            Ok(_) => {
                reader.refuse(node, "is out of range", self.allowed());
                None
            }
            Err(error) => {
                reader.refuse(node, reason(&error), self.allowed_after(&error));
                None
            }
        }
    }

    fn print(&self, value: &T, _: &Names) -> Option<Item> {
        Some(Item::Text(value.to_string()))
    }

    fn shape(&self) -> Shape {
        let samples =
            SAMPLES.iter().find(|(what, _)| *what == self.what).map_or(&[][..], |(_, samples)| samples);
        Shape::Leaf(self.allowed(), Kind::Quantity(samples))
    }

    fn range(&self) -> Range {
        match self.what {
            TIME => Range::Time,
            FREQUENCY => Range::Rate,
            _ => Range::Fixed,
        }
    }
}

impl<T: Display + Copy + PartialOrd> Quantity<T> {
    fn contains(&self, value: T) -> bool {
        self.above.is_none_or(|above| value > above)
            && self.least.is_none_or(|least| value >= least)
            && self.most.is_none_or(|most| value <= most)
    }

    fn allowed(&self) -> String {
        let above = self.above.map(|above| format!(", more than {above}"));
        let least = self.least.map(|least| format!(", at least {least}"));
        let most = self.most.map(|most| format!(", at most {most}"));
        [Some(self.what.to_owned()), above, least, most].into_iter().flatten().collect()
    }

    fn allowed_after(&self, error: &QuantityError) -> String {
        match error {
            QuantityError::Range { least, most, .. } => match (self.above, self.most) {
                (None, None) => format!("{}, between {least} and {most}", self.what),
                (Some(_), None) => format!("{}, at most {most}", self.allowed()),
                (_, Some(_)) => self.allowed(),
            },
            _ => self.allowed(),
        }
    }
}

fn reason(error: &QuantityError) -> &'static str {
    match error {
        QuantityError::NotANumber { text, .. } if text.contains(',') => {
            "has a comma in its number: write a decimal point, and no separators"
        }
        QuantityError::NotANumber { .. } => "does not begin with a finite number",
        QuantityError::Unit { unit, .. } if unit.is_empty() => "has no unit",
        QuantityError::Unit { .. } => "has an unknown unit",
        QuantityError::Range { .. } => "is out of range",
        QuantityError::Fraction { .. } => "is no whole number of its smallest unit",
    }
}

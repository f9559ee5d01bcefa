//! How quantities with units are written, and read.

use thiserror::Error;

/// Why a text is not a quantity.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum QuantityError {
    /// There is no number at the start of the text.
    #[error("`{text}` is not {what}: write a number and a unit, one of {units}")]
    NotANumber {
        /// As it was given.
        text: String,
        /// The kind of quantity.
        what: &'static str,
        /// The units it may have.
        units: String,
    },
    /// The number has no unit, or one that is not known.
    #[error("`{text}` has {}: {what} is a number with one of the units {units}", unit_words(.unit))]
    Unit {
        /// As it was given.
        text: String,
        /// Its unit; empty when it has none.
        unit: String,
        /// The kind of quantity.
        what: &'static str,
        /// The units it may have.
        units: String,
    },
    /// The number is NaN, infinite, negative, or beyond what the type can hold.
    #[error("`{text}` is out of range: {what} lies between {least} and {most}")]
    Range {
        /// As it was given.
        text: String,
        /// The kind of quantity.
        what: &'static str,
        /// The smallest that there is.
        least: &'static str,
        /// The largest that there is.
        most: &'static str,
    },
    /// The number falls between two values that the type can hold, and the nearer one is not the same within 0.1 %.
    #[error("`{text}` is too fine: {what} is a whole number of {unit}")]
    Fraction {
        /// As it was given.
        text: String,
        /// The kind of quantity.
        what: &'static str,
        /// The smallest unit.
        unit: &'static str,
    },
}

/// A number is rounded to a whole one of the smallest unit, if that changes it by no more than this share.
const ROUNDING: f64 = 1e-3;

fn unit_words(unit: &str) -> String {
    if unit.is_empty() { "no unit".to_owned() } else { format!("an unknown unit `{unit}`") }
}

/// A kind of quantity: its name, its units with their factors (largest last), and its range in base units.
pub(super) struct Quantity {
    pub what: &'static str,
    pub units: &'static [(&'static str, f64)],
    pub least: (f64, &'static str),
    pub most: (f64, &'static str),
}

impl Quantity {
    /// The value of `text` in base units.
    pub(super) fn parse(&self, text: &str) -> Result<f64, QuantityError> {
        let trimmed = text.trim();
        let (number, unit) = split(trimmed);
        let no_number =
            || QuantityError::NotANumber { text: text.to_owned(), what: self.what, units: self.names() };
        // What begins with a comma is the rest of a number that is written in another way.
        let value: f64 = number.parse().ok().filter(|_| !unit.starts_with(',')).ok_or_else(no_number)?;
        let factor = self.factor(unit).ok_or_else(|| QuantityError::Unit {
            text: text.to_owned(),
            unit: unit.to_owned(),
            what: self.what,
            units: self.names(),
        })?;
        let value = value * factor;
        if value.is_finite() && (self.least.0..=self.most.0).contains(&value) {
            Ok(value)
        } else {
            Err(QuantityError::Range {
                text: text.to_owned(),
                what: self.what,
                least: self.least.1,
                most: self.most.1,
            })
        }
    }

    /// The value of `text` as a whole number of base units.
    pub(super) fn parse_whole(&self, text: &str) -> Result<u64, QuantityError> {
        let value = self.parse(text)?;
        let whole = value.round();
        if (whole - value).abs() > ROUNDING * value {
            let unit = self.units[0].0;
            return Err(QuantityError::Fraction { text: text.to_owned(), what: self.what, unit });
        }
        Ok(whole as u64)
    }

    /// `value` base units in the largest unit that holds it as a whole number, else in the smallest.
    pub(super) fn print(&self, value: u64) -> String {
        let (unit, factor) = self
            .units
            .iter()
            .rev()
            .map(|&(unit, factor)| (unit, factor as u64))
            .find(|&(_, factor)| value != 0 && value % factor == 0)
            .unwrap_or((self.units[0].0, 1));
        format!("{} {unit}", value / factor)
    }

    /// `value` base units with the fewest digits that read back to the same value: `90 min` and `2.5 s`, not `5400 s` and
    /// `2500 ms`. Of as many digits a whole number is preferred, and then the larger unit.
    pub(super) fn print_short(&self, value: u64) -> String {
        let written = |&(unit, factor): &(&str, f64)| {
            let text = format!("{} {unit}", value as f64 / factor);
            let reads_back = self.parse(&text).is_ok_and(|read| read.round() as u64 == value);
            reads_back.then_some(text)
        };
        let length = |text: &String| (text.find(' '), text.contains('.'));
        let shortest = self.units.iter().rev().filter_map(written).min_by_key(length);
        shortest.unwrap_or_else(|| self.print(value))
    }

    fn factor(&self, unit: &str) -> Option<f64> {
        self.units.iter().find(|(name, _)| *name == unit).map(|(_, factor)| *factor)
    }

    fn names(&self) -> String {
        self.units.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
    }
}

/// Splits a text into its number and what follows it. An `e` belongs to the number when digits follow.
fn split(text: &str) -> (&str, &str) {
    let bytes = text.as_bytes();
    let mut end = 0;
    while end < bytes.len() {
        let next = bytes.get(end + 1).copied().unwrap_or(b' ');
        let exponent =
            matches!(bytes[end], b'e' | b'E') && (next.is_ascii_digit() || matches!(next, b'+' | b'-'));
        let sign_in_exponent = end > 0 && matches!(bytes[end - 1], b'e' | b'E');
        let sign = matches!(bytes[end], b'+' | b'-') && (end == 0 || sign_in_exponent);
        if !(bytes[end].is_ascii_digit() || bytes[end] == b'.' || exponent || sign) {
            break;
        }
        end += 1;
    }
    (&text[..end], text[end..].trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_and_its_unit_are_told_apart() {
        assert_eq!(split("40 ms"), ("40", "ms"));
        assert_eq!(split("1e3s"), ("1e3", "s"));
        assert_eq!(split("-2.5e-3 s"), ("-2.5e-3", "s"));
        assert_eq!(split("NaN s"), ("", "NaN s"));
        assert_eq!(split(""), ("", ""));
    }
}

//! A figure as it is written to JSON.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A figure of a summary: `null` where there was nothing to count or no finite value, a whole number without a fraction.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Figure(pub Option<f64>);

// Up to here every whole number is a float of its own.
const MOST_EXACT: f64 = 9_007_199_254_740_992.0;

impl From<f64> for Figure {
    fn from(value: f64) -> Figure {
        Figure(Some(value))
    }
}

impl From<Option<f64>> for Figure {
    fn from(value: Option<f64>) -> Figure {
        Figure(value)
    }
}

impl Serialize for Figure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Some(value) if value.fract() == 0.0 && value.abs() < MOST_EXACT => {
                serializer.serialize_i64(value as i64)
            }
            Some(value) if value.is_finite() => serializer.serialize_f64(value),
            _ => serializer.serialize_none(),
        }
    }
}

impl<'de> Deserialize<'de> for Figure {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Figure, D::Error> {
        Option::deserialize(deserializer).map(Figure)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(value: impl Into<Figure>) -> String {
        serde_json::to_string(&value.into()).expect("a number is JSON")
    }

    #[test]
    fn whole_numbers_have_no_fraction_and_missing_values_are_null() {
        assert_eq!(json(1234.0), "1234");
        assert_eq!(json(-0.0), "0");
        assert_eq!(json(0.1), "0.1");
        assert_eq!(json(None), "null");
        assert_eq!(json(f64::NAN), "null");
        assert_eq!(json(f64::INFINITY), "null");
    }

    #[test]
    fn every_float_reads_back_to_the_same_bits() {
        for value in [0.1 + 0.2, 1.0 / 3.0, 5e-324, f64::MAX, 9_007_199_254_740_993.0, 1e22] {
            let back: Figure = serde_json::from_str(&json(value)).expect("it was written so");
            assert_eq!(back, Figure(Some(value)), "{value}");
        }
    }
}

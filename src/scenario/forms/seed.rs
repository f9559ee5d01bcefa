//! Seeds, which are larger than an integer of TOML can be.

use super::Form;
use crate::scenario::names::Names;
use crate::scenario::print::Item;
use crate::scenario::reader::Reader;
use crate::scenario::shape::{Kind, Shape};
use crate::scenario::tree::{Node, Value};

/// A seed: a whole number of 64 bits without a sign. What is above TOML's largest integer, 2^63 − 1, is written as a
/// string; both forms are read for every seed.
pub(in crate::scenario) struct SeedNumber;

impl Form for SeedNumber {
    type Value = u64;

    fn read(&self, node: &Node, reader: &mut Reader) -> Option<u64> {
        let seed = match &node.value {
            Value::Integer(number) => u64::try_from(*number).ok(),
            Value::Text(text) => digits(text),
            _ => {
                reader.wrong_type(node, ALLOWED.to_owned());
                return None;
            }
        };
        if seed.is_none() {
            reader.refuse(node, "is out of range", ALLOWED.to_owned());
        }
        seed
    }

    fn print(&self, value: &u64, _: &Names) -> Option<Item> {
        let fits = i64::try_from(*value).is_ok();
        Some(if fits { Item::Word(value.to_string()) } else { Item::Text(value.to_string()) })
    }

    fn shape(&self) -> Shape {
        Shape::Leaf(ALLOWED.to_owned(), Kind::Any)
    }

    fn example(&self) -> String {
        "1".to_owned()
    }
}

const ALLOWED: &str = "a whole number from 0 to 18446744073709551615, above 9223372036854775807 as a string";

/// The number that these digits make, without sign, space or separator.
fn digits(text: &str) -> Option<u64> {
    text.parse().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_digits_and_nothing_else() {
        assert_eq!(digits("18446744073709551615"), Some(u64::MAX));
        for bad in ["18446744073709551616", "+1", " 1", "1_000", "", "0x10"] {
            assert_eq!(digits(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_seed_is_written_as_an_integer_as_long_as_toml_has_one_for_it() {
        let written = |seed: u64| SeedNumber.print(&seed, &Names::of([])).map(|item| item.inline());
        assert_eq!(written(i64::MAX as u64).as_deref(), Some("9223372036854775807"));
        assert_eq!(written(1 << 63).as_deref(), Some("\"9223372036854775808\""));
    }
}

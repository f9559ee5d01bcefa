//! The values of an axis: a list of them, or a range.

use super::units;
use crate::scenario::forms::Form;
use crate::scenario::names::Names;
use crate::scenario::print::Item;
use crate::scenario::reader::Reader;
use crate::scenario::shape::{Kind, Shape};
use crate::scenario::tree::{Node, Table, Value};

/// What a parameter is varied over.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// These, each as TOML.
    Listed(Vec<String>),
    /// Anything between two bounds, for methods that draw.
    Span(Span),
}

/// All values between two bounds, bounds included.
#[derive(Clone, Debug, PartialEq)]
pub struct Span {
    from: Quantity,
    to: f64,
    log: bool,
}

/// A number with its unit, as a file has it.
#[derive(Clone, Debug, PartialEq)]
struct Quantity {
    number: f64,
    /// With the space before it; `None` for a bare number.
    unit: Option<String>,
    is_whole: bool,
}

/// More values than this has no axis.
const MOST_VALUES: usize = 10_000;
/// Significant digits of a value in a range on a logarithmic axis, and of one that is drawn.
const DIGITS: usize = 6;
/// No grid of a span has more parts.
const FINEST: f64 = 1024.0;

const ALLOWED: &str = "a list of values, { range = [from, to], step = … }, { log_range = [from, to], count = … }, or, with a \
                       method that draws, { range = [from, to] } or { log_range = [from, to] }";

impl Values {
    /// The listed values; `None` for a span.
    pub fn listed(&self) -> Option<&[String]> {
        match self {
            Values::Listed(values) => Some(values),
            Values::Span(_) => None,
        }
    }

    /// The value at a place from 0 to below 1, as TOML: of a list the one whose equal part of it this is.
    pub fn at(&self, place: f64) -> String {
        match self {
            Values::Listed(values) => {
                let number = (place * values.len() as f64) as usize;
                values[number.min(values.len() - 1)].clone()
            }
            Values::Span(span) => span.at(place),
        }
    }
}

impl Span {
    /// The key of a file, and both bounds as TOML.
    pub(super) fn bounds(&self) -> (&'static str, [String; 2]) {
        let key = if self.log { "log_range" } else { "range" };
        (key, [self.from.number, self.to].map(|bound| self.from.written(bound, self.from.is_whole)))
    }

    /// The unit of both bounds; empty for bare numbers.
    pub fn unit(&self) -> &str {
        self.from.unit.as_deref().unwrap_or_default().trim()
    }

    /// Whether equal distances are equal ratios.
    pub fn is_log(&self) -> bool {
        self.log
    }

    /// Values from one bound to the other, both included, at equal distances, `parts` of them: each as a number in the span's
    /// unit, and as TOML. Between whole numbers, and numbers of what comes whole, are whole ones, each once.
    pub fn grid(&self, parts: u32) -> Vec<(f64, String)> {
        let (from, to) = (self.from.number, self.to);
        let whole = self.from.is_whole || self.from.comes_whole() && from.fract() == 0.0 && to.fract() == 0.0;
        let parts =
            if whole && !self.log { parts.min((to - from).min(u32::MAX.into()) as u32) } else { parts };
        let digits = self.digits();
        let number = |part: u32| {
            let share = f64::from(part) / f64::from(parts);
            let value =
                if self.log { from * libm::pow(to / from, share) } else { from + share * (to - from) };
            match part {
                0 => from,
                part if part == parts => to,
                _ if whole => value.round(),
                _ => rounded(value, digits),
            }
        };
        let mut numbers: Vec<f64> = (0..=parts).map(number).collect();
        numbers.dedup();
        numbers.into_iter().map(|number| (number, self.from.written(number, whole))).collect()
    }

    /// Significant digits that tell apart what lies this close, in a grid of any size.
    fn digits(&self) -> usize {
        let (from, to) = (self.from.number, self.to);
        let places = libm::log10(from.abs().max(to.abs()) * FINEST / (to - from)).ceil();
        (places as usize + 2).clamp(DIGITS, 15)
    }

    /// A number in between that is not whole, as TOML, if only whole ones are drawn or looked at because both bounds are whole
    /// and have no unit.
    pub fn fraction(&self) -> Option<String> {
        let is_bare = self.from.is_whole && self.from.unit.is_none();
        is_bare.then(|| self.from.written(self.from.number + 0.5, false))
    }

    /// The same with all that is between two whole numbers, for a parameter that takes fractions.
    pub fn with_fractions(&mut self) {
        self.from.is_whole = false;
    }

    fn at(&self, place: f64) -> String {
        let (from, to) = (self.from.number, self.to);
        let value = match (self.log, self.from.is_whole) {
            (true, _) => from * libm::pow(to / from, place),
            (false, true) => (from + place * (to - from + 1.0)).floor().min(to),
            (false, false) => from + place * (to - from),
        };
        self.from.written(rounded(value, DIGITS), self.from.is_whole)
    }
}

impl Quantity {
    /// Another number in the same unit, as TOML.
    fn written(&self, number: f64, whole: bool) -> String {
        let number = if whole { format!("{}", number.round()) } else { format!("{number}") };
        match &self.unit {
            Some(unit) => format!("\"{number}{unit}\""),
            None if whole || number.contains(['.', 'e']) => number,
            None => format!("{number}.0"),
        }
    }

    /// Whether there are no parts of its unit.
    fn comes_whole(&self) -> bool {
        self.unit.as_deref().is_some_and(|unit| ["B", "bit/s", "ns"].contains(&unit.trim()))
    }

    /// The number of it in another unit of its kind.
    fn number_in(&self, unit: Option<&str>) -> Option<f64> {
        if self.unit.as_deref() == unit {
            return Some(self.number);
        }
        Some(rounded(self.number * units::ratio(self.unit.as_deref()?, unit?)?, 12))
    }

    fn of(node: &Node) -> Option<Quantity> {
        match &node.value {
            Value::Integer(number) => Some(Quantity { number: *number as f64, unit: None, is_whole: true }),
            Value::Float(number) if number.is_finite() => {
                Some(Quantity { number: *number, unit: None, is_whole: false })
            }
            Value::Text(text) => {
                let end = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+')))?;
                let number = text[..end].parse().ok().filter(|number: &f64| number.is_finite())?;
                // There is no half of a byte.
                let is_smallest = matches!(text[end..].trim(), "B" | "ns" | "bit/s");
                let is_whole = is_smallest && number.fract() == 0.0;
                Some(Quantity { number, unit: Some(text[end..].to_owned()), is_whole })
            }
            _ => None,
        }
    }
}

/// A number cut to so many significant digits.
fn rounded(value: f64, digits: usize) -> f64 {
    format!("{value:.*e}", digits - 1).parse().unwrap_or(value)
}

/// The form of an axis.
pub(super) struct AxisForm;

impl Form for AxisForm {
    type Value = Values;

    fn read(&self, node: &Node, reader: &mut Reader) -> Option<Values> {
        match &node.value {
            Value::List(items) if items.is_empty() => refuse(node, reader, "has no value"),
            Value::List(items) => listed(node, items, reader),
            Value::Table(table) => range(node, table, reader),
            _ => {
                reader.wrong_type(node, ALLOWED.to_owned());
                None
            }
        }
    }

    fn print(&self, _: &Values, _: &Names) -> Option<Item> {
        None
    }

    fn shape(&self) -> Shape {
        Shape::Leaf(ALLOWED.to_owned(), Kind::Any)
    }
}

fn refuse<T>(node: &Node, reader: &mut Reader, why: &str) -> Option<T> {
    reader.refuse(node, why, ALLOWED.to_owned());
    None
}

fn listed(node: &Node, items: &[Node], reader: &mut Reader) -> Option<Values> {
    let values: Vec<String> = items.iter().map(|item| item.item().inline()).collect();
    let twice = values.iter().enumerate().find(|(place, value)| values[..*place].contains(value));
    match twice {
        _ if values.len() > MOST_VALUES => {
            refuse(node, reader, &format!("has {} values, more than {MOST_VALUES}", values.len()))
        }
        Some((_, value)) => refuse(node, reader, &format!("has {value} twice")),
        None => Some(Values::Listed(values)),
    }
}

/// The keys of a range.
const KEYS: [&str; 4] = ["range", "log_range", "step", "count"];

/// Whether a table is a range, and no table of paths.
pub(super) fn is_range(table: &Table) -> bool {
    table.keys().any(|key| KEYS.contains(&key.as_str()))
}

fn range(node: &Node, table: &Table, reader: &mut Reader) -> Option<Values> {
    let before = reader.problems.len();
    for (key, entry) in table.iter().filter(|(key, _)| !KEYS.contains(&key.as_str())) {
        reader.unknown_key(key, entry, &KEYS, None);
    }
    if reader.problems.len() > before {
        return None;
    }
    let get = |key: &str| table.get(key).map(|entry| &entry.node);
    match (get("range"), get("log_range"), get("step"), get("count")) {
        (Some(bounds), None, Some(step), None) => steps(node, bounds, step, reader),
        (None, Some(bounds), None, Some(count)) => powers(node, bounds, count, reader),
        (Some(bounds), None, None, None) => {
            let (from, to) = self::bounds(node, bounds, reader)?;
            Some(Values::Span(Span { from, to, log: false }))
        }
        (None, Some(bounds), None, None) => {
            let (from, to) = positive(node, bounds, reader)?;
            Some(Values::Span(Span { from, to, log: true }))
        }
        _ => refuse(node, reader, "is no range"),
    }
}

/// Both bounds, in one unit, the first below the second.
fn bounds(node: &Node, bounds: &Node, reader: &mut Reader) -> Option<(Quantity, f64)> {
    let pair = match &bounds.value {
        Value::List(items) => match &items[..] {
            [from, to] => Quantity::of(from).zip(Quantity::of(to)),
            _ => None,
        },
        _ => None,
    };
    let Some((mut from, to)) = pair else {
        return refuse(node, reader, "has no two bounds that are numbers or quantities");
    };
    let Some(most) = to.number_in(from.unit.as_deref()) else {
        return refuse(node, reader, "has bounds in two units");
    };
    if from.number >= most {
        return refuse(node, reader, "has a first bound that is not below the second");
    }
    from.is_whole &= to.is_whole;
    Some((from, most))
}

fn positive(node: &Node, bounds: &Node, reader: &mut Reader) -> Option<(Quantity, f64)> {
    let (from, to) = self::bounds(node, bounds, reader)?;
    if from.number <= 0.0 {
        return refuse(node, reader, "has a logarithmic range that does not begin above 0");
    }
    Some((from, to))
}

/// `from`, `from + step`, … up to `to`.
fn steps(node: &Node, bounds: &Node, step: &Node, reader: &mut Reader) -> Option<Values> {
    let (from, to) = self::bounds(node, bounds, reader)?;
    let Some(step) = Quantity::of(step).filter(|step| step.unit == from.unit && step.number > 0.0) else {
        return refuse(node, reader, "has a step that is not above 0 and in the unit of the bounds");
    };
    // A hair's breadth above, so that 0.1 + 2 · 0.1 still is 0.3.
    let count = ((to - from.number) / step.number * (1.0 + 1e-12)).floor() + 1.0;
    if count > MOST_VALUES as f64 {
        return refuse(node, reader, &format!("has {count} values, more than {MOST_VALUES}"));
    }
    if count < 2.0 {
        return refuse(node, reader, "has a step that leads beyond the second bound");
    }
    let decimals = decimals(from.number).max(decimals(step.number));
    let whole = from.is_whole && step.is_whole;
    let value = |place: u32| {
        let value = from.number + f64::from(place) * step.number;
        from.written(format!("{value:.decimals$}").parse().unwrap_or(value), whole)
    };
    Some(Values::Listed((0..count as u32).map(value).collect()))
}

/// Digits behind the point.
fn decimals(number: f64) -> usize {
    let written = format!("{number}");
    written.split_once('.').map_or(0, |(_, behind)| behind.len())
}

/// `count` values from one bound to the other, each the same multiple of the one before.
fn powers(node: &Node, bounds: &Node, count: &Node, reader: &mut Reader) -> Option<Values> {
    let (from, to) = positive(node, bounds, reader)?;
    let wanted = match count.value {
        Value::Integer(count) => usize::try_from(count).ok(),
        _ => None,
    };
    let Some(count) = wanted.filter(|count| (2..=MOST_VALUES).contains(count)) else {
        return refuse(
            node,
            reader,
            &format!("has a `count` that is no whole number from 2 to {MOST_VALUES}"),
        );
    };
    let ratio = to / from.number;
    let value = |place: usize| {
        let share = place as f64 / (count - 1) as f64;
        from.written(rounded(from.number * libm::pow(ratio, share), DIGITS), from.is_whole)
    };
    let mut values: Vec<String> = (0..count).map(value).collect();
    // Whole numbers near each other may be one.
    values.dedup();
    Some(Values::Listed(values))
}

#[cfg(test)]
mod tests {
    use toml::de::DeValue;

    use super::*;
    use crate::scenario::tree::Planter;

    fn read(text: &str) -> Result<Values, String> {
        let value = DeValue::parse(text).expect("TOML");
        let node = Planter { source: 0, offset: 0 }.node(&value);
        let mut reader = Reader::new(Vec::new());
        let values = AxisForm.read(&node, &mut reader);
        values.ok_or_else(|| reader.problems[0].headline.clone())
    }

    fn listed(text: &str) -> Vec<String> {
        read(text).expect("values").listed().expect("a list").to_vec()
    }

    #[test]
    fn ranges_have_the_values_that_a_person_would_write_down() {
        assert_eq!(
            listed("[1, \"a\", 0.5, { fixed = \"1 ms\" }]"),
            ["1", "\"a\"", "0.5", "{ fixed = \"1 ms\" }"]
        );
        assert_eq!(listed("{ range = [1, 3], step = 1 }"), ["1", "2", "3"]);
        assert_eq!(listed("{ range = [0.0, 0.3], step = 0.1 }"), ["0.0", "0.1", "0.2", "0.3"]);
        assert_eq!(
            listed("{ range = [\"10 ms\", \"40 ms\"], step = \"15 ms\" }"),
            ["\"10 ms\"", "\"25 ms\"", "\"40 ms\""]
        );
        assert_eq!(listed("{ range = [1, 4], step = 2 }"), ["1", "3"]);
        assert_eq!(listed("{ log_range = [1, 1000], count = 4 }"), ["1", "10", "100", "1000"]);
        assert_eq!(listed("{ log_range = [0.01, 1.0], count = 3 }"), ["0.01", "0.1", "1.0"]);
        assert_eq!(listed("{ log_range = [1, 3], count = 5 }"), ["1", "2", "3"]);
    }

    #[test]
    fn a_span_is_drawn_from_evenly_whole_numbers_too() {
        let values = read("{ range = [1, 4] }").expect("a span");
        assert_eq!([0.0, 0.24, 0.25, 0.999].map(|place| values.at(place)), ["1", "1", "2", "4"]);
        let values = read("{ log_range = [\"1 ms\", \"100 ms\"] }").expect("a span");
        assert_eq!(values.at(0.5), "\"10 ms\"");
        let values = read("{ range = [\"100 B\", \"900 B\"] }").expect("a span");
        assert_eq!(values.at(0.3), "\"340 B\"", "whole bytes");
        assert_eq!(read("[\"a\", \"b\"]").expect("a list").at(0.7), "\"b\"");
    }

    #[test]
    fn a_grid_has_both_bounds_and_what_lies_between_in_one_unit() {
        let grid = |text: &str, parts| match read(text).expect("a span") {
            Values::Span(span) => span.grid(parts).into_iter().map(|(_, value)| value).collect::<Vec<_>>(),
            Values::Listed(_) => panic!("{text} is no span"),
        };
        assert_eq!(grid("{ range = [0.0, 0.5] }", 4), ["0.0", "0.125", "0.25", "0.375", "0.5"]);
        assert_eq!(grid("{ range = [1, 4] }", 32), ["1", "2", "3", "4"]);
        assert_eq!(grid("{ range = [0, 1000] }", 4), ["0", "250", "500", "750", "1000"]);
        assert_eq!(grid("{ log_range = [1, 16] }", 4), ["1", "2", "4", "8", "16"]);
        assert_eq!(grid("{ log_range = [1, 4] }", 32), ["1", "2", "3", "4"]);
        assert_eq!(grid("{ log_range = ['10 ms', '1 s'] }", 2), ["\"10 ms\"", "\"100 ms\"", "\"1000 ms\""]);
        assert_eq!(grid("{ range = ['1 /h', '1 /min'] }", 2), ["\"1 /h\"", "\"30.5 /h\"", "\"60 /h\""]);
        assert_eq!(grid("{ range = ['100 B', '103 B'] }", 32).len(), 4, "no half bytes");
        // What is finer has what is coarser.
        let (coarse, fine) = (grid("{ range = [0.3, 0.7] }", 32), grid("{ range = [0.3, 0.7] }", 64));
        assert!(coarse.iter().all(|value| fine.contains(value)) && fine.len() == 65);
        assert_eq!(grid("{ range = [1000000.0, 1000001.0] }", 1024).len(), 1025, "all told apart");
    }

    #[test]
    fn what_is_no_axis_says_why() {
        for (text, why) in [
            ("[]", "no value"),
            ("[1, 1]", "has 1 twice"),
            ("3", "wrong type"),
            ("{ range = [3, 1], step = 1 }", "not below"),
            ("{ range = [1, 3], step = 0 }", "not above 0"),
            ("{ range = [1, \"3 s\"], step = 1 }", "two units"),
            ("{ range = [0.0, 1.0], step = 1e-9 }", "more than 10000"),
            ("{ log_range = [0, 3], count = 2 }", "begin above 0"),
            ("{ log_range = [1, 3], count = 1 }", "whole number from 2"),
            ("{ range = [1, 3], count = 3 }", "no range"),
            ("{ rang = [1, 3], step = 3 }", "unknown key"),
        ] {
            let said = read(text).expect_err(text);
            assert!(said.contains(why), "{text}: {said}");
        }
    }
}

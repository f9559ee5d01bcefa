//! Numbers, words, flags, texts and lists.

use super::Form;
use crate::scenario::names::Names;
use crate::scenario::print::Item;
use crate::scenario::range::Range;
use crate::scenario::reader::{Reader, quoted_list};
use crate::scenario::shape::{Kind, Shape};
use crate::scenario::tree::{Node, Value};
use crate::units::Share;

/// A text.
pub(in crate::scenario) enum Text {
    /// Letters, digits, `-` and `_`.
    Name,
    /// One line, not empty.
    Line,
    /// Any text.
    Any,
}

impl Form for Text {
    type Value = String;

    fn read(&self, node: &Node, reader: &mut Reader) -> Option<String> {
        let Value::Text(text) = &node.value else {
            reader.wrong_type(node, self.allowed().to_owned());
            return None;
        };
        if !self.accepts(text) {
            reader.refuse(node, self.refusal(), self.allowed().to_owned());
            return None;
        }
        Some(text.clone())
    }

    fn print(&self, value: &String, _: &Names) -> Option<Item> {
        Some(Item::Text(value.clone()))
    }

    fn shape(&self) -> Shape {
        Shape::Leaf(self.allowed().to_owned(), Kind::Text)
    }
}

impl Text {
    fn accepts(&self, text: &str) -> bool {
        match self {
            Text::Name => is_name(text),
            Text::Line => !text.trim().is_empty() && !text.chars().any(char::is_control),
            Text::Any => true,
        }
    }

    fn refusal(&self) -> &'static str {
        match self {
            Text::Name => "is not a valid name",
            Text::Line | Text::Any => "is not a line of text",
        }
    }

    fn allowed(&self) -> &'static str {
        match self {
            Text::Name => NAME_ALLOWED,
            Text::Line => "a string of one line, not empty",
            Text::Any => "a string",
        }
    }
}

/// What a name may be made of.
pub(in crate::scenario) const NAME_ALLOWED: &str =
    "letters (a to z, A to Z), digits, `_` and `-`, at most 64 of them";

/// Whether a text can be the name of something.
pub(in crate::scenario) fn is_name(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    (1..=64).contains(&text.len()) && text.bytes().all(allowed)
}

/// A whole number in a range, bounds included.
pub(in crate::scenario) struct Count<T> {
    pub least: T,
    pub most: T,
}

impl<T: Copy + Into<i128> + TryFrom<i128>> Form for Count<T> {
    type Value = T;

    fn read(&self, node: &Node, reader: &mut Reader) -> Option<T> {
        let Value::Integer(number) = node.value else {
            reader.wrong_type(node, self.allowed());
            return None;
        };
        if !(self.least.into()..=self.most.into()).contains(&number) {
            reader.refuse(node, "is out of range", self.allowed());
            return None;
        }
        T::try_from(number).ok()
    }

    fn print(&self, value: &T, _: &Names) -> Option<Item> {
        Some(Item::Word((*value).into().to_string()))
    }

    fn shape(&self) -> Shape {
        Shape::Leaf(self.allowed(), Kind::Whole { least: self.least.into(), most: self.most.into() })
    }

    fn example(&self) -> String {
        10.clamp(self.least.into(), self.most.into()).to_string()
    }

    fn range(&self) -> Range {
        Range::Whole { least: self.least.into(), most: self.most.into() }
    }
}

impl<T: Copy + Into<i128>> Count<T> {
    fn allowed(&self) -> String {
        format!("a whole number from {} to {}", self.least.into(), self.most.into())
    }
}

/// A finite number.
pub(in crate::scenario) struct Number;

impl Form for Number {
    type Value = f64;

    fn read(&self, node: &Node, reader: &mut Reader) -> Option<f64> {
        number(node, reader, "a finite number").filter(|value| {
            if !value.is_finite() {
                reader.refuse(node, "is not finite", "a finite number".to_owned());
            }
            value.is_finite()
        })
    }

    fn print(&self, value: &f64, _: &Names) -> Option<Item> {
        Some(Item::float(*value))
    }

    fn shape(&self) -> Shape {
        Shape::Leaf("a finite number".to_owned(), ANY_NUMBER)
    }
}

/// A number in a range, bounds included.
pub(in crate::scenario) struct Figure {
    pub least: f64,
    pub most: f64,
}

impl Form for Figure {
    type Value = f64;

    fn read(&self, node: &Node, reader: &mut Reader) -> Option<f64> {
        number(node, reader, &self.allowed()).filter(|value| {
            let good = (self.least..=self.most).contains(value);
            if !good {
                reader.refuse(node, "is out of range", self.allowed());
            }
            good
        })
    }

    fn print(&self, value: &f64, _: &Names) -> Option<Item> {
        Some(Item::float(*value))
    }

    fn shape(&self) -> Shape {
        Shape::Leaf(self.allowed(), Kind::Number { least: self.least, most: self.most })
    }

    fn example(&self) -> String {
        1_f64.clamp(self.least, self.most).to_string()
    }
}

impl Figure {
    fn allowed(&self) -> String {
        format!("a number from {} to {}", self.least, self.most)
    }
}

/// A stake in ETH.
pub(in crate::scenario) struct Stake;

impl Form for Stake {
    type Value = f64;

    fn read(&self, node: &Node, reader: &mut Reader) -> Option<f64> {
        number(node, reader, STAKE_ALLOWED).filter(|value| {
            let good = value.is_finite() && *value >= 0.0;
            if !good {
                reader.refuse(node, "is out of range", STAKE_ALLOWED.to_owned());
            }
            good
        })
    }

    fn print(&self, value: &f64, _: &Names) -> Option<Item> {
        Some(Item::float(*value))
    }

    fn shape(&self) -> Shape {
        Shape::Leaf(STAKE_ALLOWED.to_owned(), Kind::Number { least: 0.0, most: f64::INFINITY })
    }
}

const STAKE_ALLOWED: &str = "a number of ETH, 0 or more";

/// A share or a probability.
#[derive(Clone, Copy)]
pub(in crate::scenario) struct Fraction;

impl Form for Fraction {
    type Value = Share;

    fn read(&self, node: &Node, reader: &mut Reader) -> Option<Share> {
        let share = Share::new(number(node, reader, SHARE_ALLOWED)?);
        if share.is_none() {
            reader.refuse(node, "is out of range", SHARE_ALLOWED.to_owned());
        }
        share
    }

    fn print(&self, value: &Share, _: &Names) -> Option<Item> {
        Some(Item::float(value.get()))
    }

    fn shape(&self) -> Shape {
        Shape::Leaf(SHARE_ALLOWED.to_owned(), SHARE)
    }

    fn range(&self) -> Range {
        Range::Share
    }
}

/// A share that is neither nothing nor everything.
pub(in crate::scenario) struct ProperFraction;

impl Form for ProperFraction {
    type Value = Share;

    fn read(&self, node: &Node, reader: &mut Reader) -> Option<Share> {
        let inside = |share: &Share| *share > Share::ZERO && *share < Share::ONE;
        let share = Share::new(number(node, reader, PROPER_ALLOWED)?).filter(inside);
        if share.is_none() {
            reader.refuse(node, "is out of range", PROPER_ALLOWED.to_owned());
        }
        share
    }

    fn print(&self, value: &Share, _: &Names) -> Option<Item> {
        Some(Item::float(value.get()))
    }

    fn shape(&self) -> Shape {
        Shape::Leaf(PROPER_ALLOWED.to_owned(), SHARE)
    }

    fn example(&self) -> String {
        "0.5".to_owned()
    }
}

const PROPER_ALLOWED: &str = "a number between 0 and 1";

/// What a share may be.
pub(in crate::scenario) const SHARE_ALLOWED: &str = "a number from 0 to 1";

const SHARE: Kind = Kind::Number { least: 0.0, most: 1.0 };

const ANY_NUMBER: Kind = Kind::Number { least: f64::NEG_INFINITY, most: f64::INFINITY };

fn number(node: &Node, reader: &mut Reader, allowed: &str) -> Option<f64> {
    match node.value {
        Value::Integer(number) => Some(number as f64),
        Value::Float(number) => Some(number),
        _ => {
            reader.wrong_type(node, allowed.to_owned());
            None
        }
    }
}

/// `true` or `false`.
pub(in crate::scenario) struct Flag;

impl Form for Flag {
    type Value = bool;

    fn read(&self, node: &Node, reader: &mut Reader) -> Option<bool> {
        if let Value::Bool(flag) = node.value {
            return Some(flag);
        }
        reader.wrong_type(node, "true or false".to_owned());
        None
    }

    fn print(&self, value: &bool, _: &Names) -> Option<Item> {
        Some(Item::Word(value.to_string()))
    }

    fn shape(&self) -> Shape {
        Shape::Leaf("true or false".to_owned(), Kind::Flag)
    }

    fn range(&self) -> Range {
        Range::Words(["false", "true"].map(str::to_owned).to_vec())
    }
}

/// One of some words.
pub(in crate::scenario) struct Words<T> {
    /// What the words are called: `kind`, `link profile`.
    pub what: &'static str,
    pub words: Vec<(&'static str, T)>,
}

impl<T: Clone + PartialEq> Form for Words<T> {
    type Value = T;

    fn read(&self, node: &Node, reader: &mut Reader) -> Option<T> {
        let Value::Text(text) = &node.value else {
            reader.wrong_type(node, quoted_list(&self.known()));
            return None;
        };
        let found = self.words.iter().find(|(word, _)| word == text).map(|(_, value)| value.clone());
        if found.is_none() {
            reader.unknown_word(node, text, self.what, &self.known());
        }
        found
    }

    fn print(&self, value: &T, _: &Names) -> Option<Item> {
        let (word, _) = self.words.iter().find(|(_, known)| known == value)?;
        Some(Item::Text((*word).to_owned()))
    }

    fn shape(&self) -> Shape {
        Shape::Leaf(quoted_list(&self.known()), Kind::Words(self.known()))
    }

    fn range(&self) -> Range {
        Range::Words(self.known().into_iter().map(|word| format!("{word:?}")).collect())
    }
}

impl<T> Words<T> {
    fn known(&self) -> Vec<&'static str> {
        self.words.iter().map(|(word, _)| *word).collect()
    }
}

/// A list of distinct values, not empty; sorted when read, as their order says nothing.
pub(in crate::scenario) struct List<F>(pub F);

/// What can be listed.
pub(in crate::scenario) trait Plural {
    /// What several of them are called.
    const PLURAL: &'static str;
}

impl<F: Form + Plural> Form for List<F>
where
    F::Value: Ord + Copy,
{
    type Value = Vec<F::Value>;

    fn read(&self, node: &Node, reader: &mut Reader) -> Option<Vec<F::Value>> {
        let Value::List(items) = &node.value else {
            reader.wrong_type(node, self.allowed());
            return None;
        };
        if items.is_empty() {
            reader.refuse(node, "is empty", self.allowed());
            return None;
        }
        let read: Vec<Option<F::Value>> = items.iter().map(|item| self.0.read(item, reader)).collect();
        let mut values: Vec<F::Value> = read.into_iter().collect::<Option<_>>()?;
        values.sort_unstable();
        if values.windows(2).any(|pair| pair[0] == pair[1]) {
            reader.refuse(node, "names something twice", self.allowed());
            return None;
        }
        Some(values)
    }

    fn print(&self, value: &Vec<F::Value>, names: &Names) -> Option<Item> {
        if value.is_empty() {
            return None;
        }
        Some(Item::List(value.iter().filter_map(|item| self.0.print(item, names)).collect()))
    }

    fn shape(&self) -> Shape {
        Shape::Leaf(self.allowed(), Kind::listed(&self.0.shape()))
    }

    fn example(&self) -> String {
        format!("[{}]", self.0.example())
    }

    fn range(&self) -> Range {
        if self.0.range() == Range::Group { Range::Groups } else { Range::Fixed }
    }
}

impl<F: Plural> List<F> {
    fn allowed(&self) -> String {
        format!("a non-empty list of {}, without duplicates", F::PLURAL)
    }
}

//! Forms: what a value in a file may look like. One form both reads the value and prints it, and says what is allowed,
//! so that reading, printing and the guide cannot drift apart.

mod choice;
mod places;
mod plain;
mod quantity;
mod rows;
mod section;
mod seed;
mod sent;

pub(super) use choice::Choice;
pub(super) use places::{AfterEvents, ByGroup, GroupName, RegionName, RegionShares, adds_up};
pub(super) use plain::{Count, Figure, Flag, Fraction, List, Number, ProperFraction, Stake, Text, Words};
pub(super) use quantity::{Quantity, TYPES};
pub(super) use rows::{Rows, RowsFile};
pub(super) use section::{Named, Section, Variants};
pub(super) use seed::SeedNumber;
pub(super) use sent::SentName;

use super::names::Names;
use super::print::Item;
use super::range::Range;
use super::reader::Reader;
use super::shape::{Kind, Shape};
use super::tree::{Node, Value};

/// How a value is written in a file.
pub(super) trait Form {
    type Value: Clone;

    /// The value of `node`; `None` when there was a problem, which the reader has then.
    fn read(&self, node: &Node, reader: &mut Reader) -> Option<Self::Value>;

    /// The value as it is written; `None` when its absence says it.
    fn print(&self, value: &Self::Value, names: &Names) -> Option<Item>;

    /// What may stand there.
    fn shape(&self) -> Shape;

    /// A value for a message that shows how it is written, as TOML.
    fn example(&self) -> String {
        "…".to_owned()
    }

    /// What a search may put there.
    fn range(&self) -> Range {
        Range::Fixed
    }
}

/// A form whose value is another's, wrapped; `unwrap` says `None` for values that this form cannot write.
pub(super) struct Mapped<F: Form, V> {
    pub form: F,
    pub wrap: fn(F::Value) -> V,
    pub unwrap: fn(&V) -> Option<F::Value>,
}

impl<F: Form, V: Clone> Form for Mapped<F, V> {
    type Value = V;

    fn read(&self, node: &Node, reader: &mut Reader) -> Option<V> {
        self.form.read(node, reader).map(self.wrap)
    }

    fn print(&self, value: &V, names: &Names) -> Option<Item> {
        self.form.print(&(self.unwrap)(value)?, names)
    }

    fn shape(&self) -> Shape {
        self.form.shape()
    }

    fn example(&self) -> String {
        self.form.example()
    }

    fn range(&self) -> Range {
        self.form.range()
    }
}

/// Why a value cannot be as a whole, and what is allowed.
pub(super) type Refusal = (String, String);

/// As [`Mapped`], of values that may be refused as a whole.
pub(super) struct Tried<F: Form, V> {
    pub form: F,
    pub wrap: fn(F::Value) -> Result<V, Refusal>,
    pub unwrap: fn(&V) -> Option<F::Value>,
}

impl<F: Form, V: Clone> Form for Tried<F, V> {
    type Value = V;

    fn read(&self, node: &Node, reader: &mut Reader) -> Option<V> {
        let before = reader.problems.len();
        let value = self.form.read(node, reader)?;
        // What is wrong in it would make it wrong as a whole.
        if reader.problems.len() > before {
            return None;
        }
        let refuse = |(why, allowed): Refusal| reader.refuse(node, &why, allowed);
        (self.wrap)(value).map_err(refuse).ok()
    }

    fn print(&self, value: &V, names: &Names) -> Option<Item> {
        self.form.print(&(self.unwrap)(value)?, names)
    }

    fn shape(&self) -> Shape {
        self.form.shape()
    }

    fn example(&self) -> String {
        self.form.example()
    }

    fn range(&self) -> Range {
        self.form.range()
    }
}

/// A value that need not be there.
pub(super) fn maybe<F: Form>(form: F) -> Mapped<F, Option<F::Value>> {
    Mapped { form, wrap: Some, unwrap: Clone::clone }
}

/// A form whose usual value is not printed: its absence says the same.
pub(super) struct Unless<F: Form> {
    pub form: F,
    pub usual: F::Value,
}

impl<F: Form> Form for Unless<F>
where
    F::Value: PartialEq,
{
    type Value = F::Value;

    fn read(&self, node: &Node, reader: &mut Reader) -> Option<F::Value> {
        self.form.read(node, reader)
    }

    fn print(&self, value: &F::Value, names: &Names) -> Option<Item> {
        if *value == self.usual { None } else { self.form.print(value, names) }
    }

    fn shape(&self) -> Shape {
        self.form.shape()
    }

    fn example(&self) -> String {
        self.form.example()
    }

    fn range(&self) -> Range {
        self.form.range()
    }
}

/// A word that stands for no value, or a value.
pub(super) struct OrWord<F> {
    pub word: &'static str,
    pub form: F,
}

impl<F: Form> Form for OrWord<F> {
    type Value = Option<F::Value>;

    fn read(&self, node: &Node, reader: &mut Reader) -> Option<Option<F::Value>> {
        if matches!(&node.value, Value::Text(text) if text == self.word) {
            return Some(None);
        }
        let before = reader.problems.len();
        let value = self.form.read(node, reader);
        if reader.problems.len() > before {
            reader.widen(before, &self.shape().allowed());
        }
        value.map(Some)
    }

    fn print(&self, value: &Option<F::Value>, names: &Names) -> Option<Item> {
        match value {
            Some(value) => self.form.print(value, names),
            None => Some(Item::Text(self.word.to_owned())),
        }
    }

    fn shape(&self) -> Shape {
        let shape = self.form.shape();
        let allowed = format!("{:?} or {}", self.word, shape.allowed());
        Shape::Leaf(allowed, Kind::OrWord(self.word, Box::new(shape)))
    }
}

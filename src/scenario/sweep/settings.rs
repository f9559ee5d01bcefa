//! Paths and values: what is the same at every point, and what one point of a table has.

use super::axis::{AxisForm, Values, is_range};
use crate::scenario::forms::{Form, Text};
use crate::scenario::names::Names;
use crate::scenario::path;
use crate::scenario::print::Item;
use crate::scenario::reader::Reader;
use crate::scenario::shape::{Kind, Shape};
use crate::scenario::tree::{Entry, Node, Origin, Table, Value};

/// A path of a scenario, the value that it is set to as TOML, and where that was written.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Placed<T> {
    pub path: String,
    pub value: T,
    pub origin: Origin,
}

/// `[axes]`: paths of the scenario, each with values; in the order of the file.
pub(super) struct AxesForm;

/// `[set]`: paths of the scenario, each with a value; in the order of the file.
pub(super) struct SettingsForm;

const AXES: &str = "{ \"PATH\" = values, … }, as in \"protocol.redundancy\" = [1, 2, 3]";
const SETTINGS: &str = "{ \"PATH\" = value, … }, as in duration = \"120 s\"";

impl Form for AxesForm {
    type Value = Vec<Placed<Values>>;

    fn read(&self, node: &Node, reader: &mut Reader) -> Option<Self::Value> {
        let is_value = |node: &Node| match &node.value {
            Value::Table(table) => is_range(table),
            _ => true,
        };
        read(node, reader, AXES, &is_value, &|node, reader| AxisForm.read(node, reader))
    }

    fn print(&self, _: &Self::Value, _: &Names) -> Option<Item> {
        None
    }

    fn shape(&self) -> Shape {
        Shape::Map(AXES.to_owned())
    }
}

impl Form for SettingsForm {
    type Value = Vec<Placed<String>>;

    fn read(&self, node: &Node, reader: &mut Reader) -> Option<Self::Value> {
        let is_value = |node: &Node| !matches!(node.value, Value::Table(_));
        read(node, reader, SETTINGS, &is_value, &|node, _| Some(node.item().inline()))
    }

    fn print(&self, _: &Self::Value, _: &Names) -> Option<Item> {
        None
    }

    fn shape(&self) -> Shape {
        Shape::Map(SETTINGS.to_owned())
    }
}

/// A text, and where it was written.
pub(super) struct PlacedText;

impl Form for PlacedText {
    type Value = Option<Placed<String>>;

    fn read(&self, node: &Node, reader: &mut Reader) -> Option<Self::Value> {
        let value = Text::Any.read(node, reader)?;
        Some(Some(Placed { path: reader.path(), value, origin: node.origin.clone() }))
    }

    fn print(&self, value: &Self::Value, _: &Names) -> Option<Item> {
        value.as_ref().map(|placed| Item::Text(placed.value.clone()))
    }

    fn shape(&self) -> Shape {
        Shape::Leaf(CONSTRAINT.to_owned(), Kind::Text)
    }
}

const CONSTRAINT: &str = "a condition such as \"protocol.enough <= protocol.replicas\"";

type ReadValue<'f, T> = &'f dyn Fn(&Node, &mut Reader) -> Option<T>;

fn read<T>(
    node: &Node,
    reader: &mut Reader,
    allowed: &str,
    is_value: &dyn Fn(&Node) -> bool,
    value: ReadValue<'_, T>,
) -> Option<Vec<Placed<T>>> {
    let Value::Table(table) = &node.value else {
        reader.wrong_type(node, allowed.to_owned());
        return None;
    };
    let mut found = Vec::new();
    let mut walk = Walk { is_value, value, found: &mut found };
    walk.table(&[], table, reader);
    found.sort_by(|a, b| a.origin.cmp(&b.origin));
    Some(found)
}

/// The way through tables whose keys are parts of paths: `network.loss = 0.1` and `"network.loss" = 0.1` say the same.
struct Walk<'w, T> {
    is_value: &'w dyn Fn(&Node) -> bool,
    value: ReadValue<'w, T>,
    found: &'w mut Vec<Placed<T>>,
}

impl<T> Walk<'_, T> {
    fn table(&mut self, above: &[String], table: &Table, reader: &mut Reader) {
        for (key, entry) in table {
            match path::split(key) {
                Some(parts) => self.entry(&[above, &parts].concat(), (key, entry), reader),
                None => {
                    reader.bad_name(key, entry, "is not a path", "keys joined by dots, such as network.loss");
                }
            }
        }
    }

    fn entry(&mut self, parts: &[String], (key, entry): (&str, &Entry), reader: &mut Reader) {
        reader.enter(key, entry, |node, reader| match &node.value {
            // A path in quotes is meant as a whole, and a table below it as its value. An empty table holds no paths: it is meant to
            // be the value.
            Value::Table(table) if !table.is_empty() && !(self.is_value)(node) && !key.contains('.') => {
                self.table(parts, table, reader);
            }
            _ => {
                let path = path::join(parts);
                let value = (self.value)(node, reader);
                let placed = |value| Placed { path, value, origin: entry.key.clone() };
                self.found.extend(value.map(placed));
            }
        });
    }
}

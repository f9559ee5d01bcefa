//! Values that are written in more than one way: a word or a table.

use super::Form;
use crate::scenario::print::Item;
use crate::scenario::reader::Reader;
use crate::scenario::shape::Shape;
use crate::scenario::tree::{Node, Table, Value};

/// Alternatives: a plain value, a table with one key that says which (`{ fixed = "40 ms" }`), or a table.
pub(in crate::scenario) struct Choice<V> {
    plain: Option<Box<dyn Form<Value = V>>>,
    tagged: Vec<(&'static str, Box<dyn Form<Value = V>>)>,
    table: Option<Box<dyn Form<Value = V>>>,
}

impl<V: Clone> Choice<V> {
    pub(crate) fn new() -> Choice<V> {
        Choice { plain: None, tagged: Vec::new(), table: None }
    }

    /// With a value that is no table.
    pub(crate) fn plain(mut self, form: impl Form<Value = V> + 'static) -> Choice<V> {
        self.plain = Some(Box::new(form));
        self
    }

    /// With a table whose only key is `tag`.
    pub(crate) fn tagged(mut self, tag: &'static str, form: impl Form<Value = V> + 'static) -> Choice<V> {
        self.tagged.push((tag, Box::new(form)));
        self
    }

    /// With a table. A choice has this or tags.
    pub(crate) fn table(mut self, form: impl Form<Value = V> + 'static) -> Choice<V> {
        self.table = Some(Box::new(form));
        self
    }

    fn read_tagged(&self, node: &Node, table: &Table, reader: &mut Reader) -> Option<V> {
        let tags: Vec<&str> = self.tagged.iter().map(|(tag, _)| *tag).collect();
        let unknown: Vec<_> = table.iter().filter(|(key, _)| !tags.contains(&key.as_str())).collect();
        for (key, entry) in &unknown {
            reader.unknown_key(key, entry, &tags, None);
        }
        let mut value = None;
        for (tag, form) in &self.tagged {
            if let Some(entry) = table.get(*tag) {
                value = reader.enter(tag, entry, |node, reader| form.read(node, reader));
            }
        }
        if unknown.is_empty() && table.len() != 1 {
            let why = if table.is_empty() { "is empty" } else { "has more than one of its alternatives" };
            reader.refuse(node, why, self.shape().allowed());
        }
        value.filter(|_| table.len() == 1)
    }
}

impl<V: Clone> Form for Choice<V> {
    type Value = V;

    fn read(&self, node: &Node, reader: &mut Reader) -> Option<V> {
        match (&node.value, &self.table, &self.plain) {
            (Value::Table(table), _, _) if !self.tagged.is_empty() => self.read_tagged(node, table, reader),
            (Value::Table(_), Some(form), _) => form.read(node, reader),
            (_, _, Some(form)) => {
                let before = reader.problems.len();
                let value = form.read(node, reader);
                reader.widen(before, &self.shape().allowed());
                value
            }
            _ => {
                reader.wrong_type(node, self.shape().allowed());
                None
            }
        }
    }

    fn print(&self, value: &V, groups: &[String]) -> Option<Item> {
        let plain = self.plain.iter().find_map(|form| form.print(value, groups));
        let tagged = || {
            self.tagged.iter().find_map(|(tag, form)| {
                form.print(value, groups).map(|item| Item::Inline(vec![((*tag).to_owned(), item)]))
            })
        };
        let table = || self.table.iter().find_map(|form| form.print(value, groups));
        plain.or_else(tagged).or_else(table)
    }

    fn shape(&self) -> Shape {
        Shape::Choice {
            plain: self.plain.as_ref().map(|form| Box::new(form.shape())),
            tagged: self.tagged.iter().map(|(tag, form)| (*tag, form.shape())).collect(),
            table: self.table.as_ref().map(|form| Box::new(form.shape())),
        }
    }
}

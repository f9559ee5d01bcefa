//! A document as a tree in which every key and value knows where it was written.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeInteger, DeTable, DeValue};

use super::path;
use super::print::Item;

/// Where something was written: a span of bytes in one of the sources (0 is the file, others are overrides).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Origin {
    pub source: usize,
    pub start: usize,
    pub end: usize,
}

/// A value and where it was written.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub value: Value,
    pub origin: Origin,
}

#[derive(Clone, Debug)]
pub(super) enum Value {
    Text(String),
    Integer(i128),
    Float(f64),
    Bool(bool),
    Date(String),
    List(Vec<Node>),
    Table(Table),
}

pub(super) type Table = BTreeMap<String, Entry>;

/// A key's value, and where the key was written.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub key: Origin,
    pub node: Node,
}

/// Turns parsed TOML into a tree; `offset` is where its text begins in `source`.
#[derive(Clone, Copy)]
pub(super) struct Planter {
    pub source: usize,
    pub offset: usize,
}

impl Planter {
    pub(super) fn table(self, table: &DeTable<'_>) -> Table {
        let entry = |value, key| Entry { key: self.origin(key), node: self.node(value) };
        table
            .iter()
            .map(|(key, value)| (key.get_ref().clone().into_owned(), entry(value, key.span())))
            .collect()
    }

    pub(super) fn node(self, value: &Spanned<DeValue<'_>>) -> Node {
        Node { value: self.value(value.get_ref()), origin: self.origin(value.span()) }
    }

    fn value(self, value: &DeValue<'_>) -> Value {
        match value {
            DeValue::String(text) => Value::Text(text.clone().into_owned()),
            DeValue::Integer(integer) => whole_number(integer),
            DeValue::Float(float) => Value::Float(float.as_str().parse().unwrap_or(f64::NAN)),
            DeValue::Boolean(flag) => Value::Bool(*flag),
            DeValue::Datetime(date) => Value::Date(date.to_string()),
            DeValue::Array(items) => Value::List(items.iter().map(|item| self.node(item)).collect()),
            DeValue::Table(table) => Value::Table(self.table(table)),
        }
    }

    fn origin(self, span: Range<usize>) -> Origin {
        Origin { source: self.source, start: span.start + self.offset, end: span.end + self.offset }
    }
}

impl Node {
    /// The value for people, short: long texts are cut.
    pub(super) fn shown(&self) -> String {
        match &self.value {
            Value::Text(text) if text.chars().count() > LONGEST_SHOWN => {
                format!("{:?}…", text.chars().take(LONGEST_SHOWN).collect::<String>())
            }
            Value::Text(text) => format!("{text:?}"),
            Value::Integer(number) => number.to_string(),
            Value::Float(number) => format!("{number:?}"),
            Value::Bool(flag) => flag.to_string(),
            Value::Date(date) => date.clone(),
            Value::List(items) => format!("[{}]", shown_list(items)),
            Value::Table(table) => format!("{{ {} }}", shown_table(table)),
        }
    }

    /// The value as it is printed.
    pub(super) fn item(&self) -> Item {
        match &self.value {
            Value::Text(text) => Item::Text(text.clone()),
            Value::Integer(number) => Item::Word(number.to_string()),
            Value::Float(number) => Item::float(*number),
            Value::Bool(flag) => Item::Word(flag.to_string()),
            Value::Date(date) => Item::Word(date.clone()),
            Value::List(items) => Item::List(items.iter().map(Node::item).collect()),
            Value::Table(table) => {
                Item::Inline(table.iter().map(|(key, entry)| (key.clone(), entry.node.item())).collect())
            }
        }
    }

    /// A table, as it is printed under headers of its own and of those in it.
    pub(super) fn section(&self) -> Item {
        match &self.value {
            Value::Table(table) => {
                Item::Section(table.iter().map(|(key, entry)| (key.clone(), entry.node.section())).collect())
            }
            _ => self.item(),
        }
    }

    /// What kind of value it is, with its article.
    pub(super) fn kind(&self) -> &'static str {
        match self.value {
            Value::Text(_) => "a string",
            Value::Integer(_) => "a whole number",
            Value::Float(_) => "a number with a fraction or an exponent",
            Value::Bool(_) => "true or false",
            Value::Date(_) => "a date or time of day",
            Value::List(_) => "a list",
            Value::Table(_) => "a table",
        }
    }
}

const LONGEST_SHOWN: usize = 60;

fn whole_number(integer: &DeInteger<'_>) -> Value {
    match i128::from_str_radix(integer.as_str(), integer.radix()) {
        Ok(number) => Value::Integer(number),
        Err(_) => Value::Float(integer.as_str().parse().unwrap_or(f64::INFINITY)),
    }
}

fn shown_list(items: &[Node]) -> String {
    if items.is_empty() { String::new() } else { "…".to_owned() }
}

fn shown_table(table: &Table) -> String {
    let names: Vec<String> = table.keys().take(4).map(|name| path::key(name)).collect();
    if table.len() > names.len() { format!("{}, …", names.join(", ")) } else { names.join(", ") }
}

//! Tables of figures, in a file of their own or in the text.

use std::fmt::Display;
use std::fs;
use std::marker::PhantomData;
use std::sync::Arc;

use super::{Form, Names};
use crate::network::{Matrix, Trace};
use crate::scenario::print::Item;
use crate::scenario::reader::Reader;
use crate::scenario::shape::{Kind, Shape};
use crate::scenario::tree::{Node, Value};

/// What can be read from the rows of a table, and is written as these.
pub(in crate::scenario) trait OfRows: Display + Sized {
    /// What it is called.
    const WHAT: &'static str;
    /// What may name a file with it.
    const FILE: &'static str;
    /// What its text may be.
    const ROWS: &'static str;
    /// A name of a file, as TOML.
    const EXAMPLE: &'static str;

    /// From the text of a file, which may begin with a byte order mark; or where that is wrong, and why.
    fn of_file(text: &str) -> Result<Self, String>;
}

impl OfRows for Trace {
    const WHAT: &'static str = "trace";
    const FILE: &'static str =
        "the path of a CSV file with the header host,time_s,state, relative to the scenario's";
    const ROWS: &'static str = "a text of several lines with the header host,time_s,state";
    const EXAMPLE: &'static str = "\"hosts.csv\"";

    fn of_file(text: &str) -> Result<Trace, String> {
        Trace::of_file(text).map_err(|error| error.to_string())
    }
}

impl OfRows for Matrix {
    const WHAT: &'static str = "matrix";
    const FILE: &'static str = "the path of a CSV file with the names of regions as header and first column, relative to the scenario's";
    const ROWS: &'static str = "a text of several lines with the names of regions as header and first column";
    const EXAMPLE: &'static str = "\"rtt.csv\"";

    fn of_file(text: &str) -> Result<Matrix, String> {
        Matrix::parse(text).map_err(|error| error.to_string())
    }
}

/// The path of a table, relative to the scenario's file. It is printed as its rows, which need no other file.
pub(in crate::scenario) struct RowsFile<T>(PhantomData<T>);

/// The rows of a table.
pub(in crate::scenario) struct Rows<T>(PhantomData<T>);

impl<T> RowsFile<T> {
    pub(crate) fn new() -> RowsFile<T> {
        RowsFile(PhantomData)
    }
}

impl<T> Rows<T> {
    pub(crate) fn new() -> Rows<T> {
        Rows(PhantomData)
    }
}

impl<T: OfRows> Form for RowsFile<T> {
    type Value = Arc<T>;

    fn read(&self, node: &Node, reader: &mut Reader) -> Option<Arc<T>> {
        let name = text(node, reader, T::FILE)?;
        let path = reader.beside(name);
        let shown = path.display().to_string();
        match fs::read_to_string(&path) {
            Ok(rows) => understood(&rows, &format!("{shown}, "), node, reader, T::FILE),
            Err(error) => {
                reader.refuse(node, &format!("could not be read: {shown}: {error}"), T::FILE.to_owned());
                None
            }
        }
    }

    fn print(&self, _: &Arc<T>, _: &Names) -> Option<Item> {
        None
    }

    fn shape(&self) -> Shape {
        Shape::Leaf(T::FILE.to_owned(), Kind::Text)
    }

    fn example(&self) -> String {
        T::EXAMPLE.to_owned()
    }
}

impl<T: OfRows> Form for Rows<T> {
    type Value = Arc<T>;

    fn read(&self, node: &Node, reader: &mut Reader) -> Option<Arc<T>> {
        understood(text(node, reader, T::ROWS)?, "", node, reader, T::ROWS)
    }

    fn print(&self, value: &Arc<T>, _: &Names) -> Option<Item> {
        Some(Item::Text(value.to_string()))
    }

    fn shape(&self) -> Shape {
        Shape::Leaf(T::ROWS.to_owned(), Kind::Text)
    }
}

fn text<'a>(node: &'a Node, reader: &mut Reader, allowed: &str) -> Option<&'a str> {
    match &node.value {
        Value::Text(text) => Some(text),
        _ => {
            reader.wrong_type(node, allowed.to_owned());
            None
        }
    }
}

fn understood<T: OfRows>(
    rows: &str,
    place: &str,
    node: &Node,
    reader: &mut Reader,
    allowed: &str,
) -> Option<Arc<T>> {
    let refuse = |error: String| {
        reader.refuse(node, &format!("is no {}: {place}{error}", T::WHAT), allowed.to_owned());
    };
    T::of_file(rows).map_err(refuse).ok().map(Arc::new)
}

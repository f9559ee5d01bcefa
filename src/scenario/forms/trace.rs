//! Traces of who was online when, in a file of their own or in the text.

use std::fs;
use std::sync::Arc;

use super::Form;
use crate::network::{Trace, TraceError};
use crate::scenario::print::Item;
use crate::scenario::reader::Reader;
use crate::scenario::shape::Shape;
use crate::scenario::tree::{Node, Value};

/// The path of a trace, relative to the scenario's file. It is printed as its rows, which need no other file.
pub(in crate::scenario) struct TraceFile;

/// The rows of a trace.
pub(in crate::scenario) struct TraceRows;

const FILE: &str = "the path of a CSV file with the header host,time_s,state, relative to the scenario's";
const ROWS: &str = "a text of several lines with the header host,time_s,state";

impl Form for TraceFile {
    type Value = Arc<Trace>;

    fn read(&self, node: &Node, reader: &mut Reader) -> Option<Arc<Trace>> {
        let name = text(node, reader, FILE)?;
        let path = reader.beside(name);
        let shown = path.display().to_string();
        match fs::read_to_string(&path) {
            Ok(rows) => understood(&rows, &format!("{shown}, "), node, reader, FILE),
            Err(error) => {
                reader.refuse(node, &format!("could not be read: {shown}: {error}"), FILE.to_owned());
                None
            }
        }
    }

    fn print(&self, _: &Arc<Trace>, _: &[String]) -> Option<Item> {
        None
    }

    fn shape(&self) -> Shape {
        Shape::Leaf(FILE.to_owned())
    }

    fn example(&self) -> String {
        "\"hosts.csv\"".to_owned()
    }
}

impl Form for TraceRows {
    type Value = Arc<Trace>;

    fn read(&self, node: &Node, reader: &mut Reader) -> Option<Arc<Trace>> {
        understood(text(node, reader, ROWS)?, "", node, reader, ROWS)
    }

    fn print(&self, value: &Arc<Trace>, _: &[String]) -> Option<Item> {
        Some(Item::Text(value.to_string()))
    }

    fn shape(&self) -> Shape {
        Shape::Leaf(ROWS.to_owned())
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

fn understood(
    rows: &str,
    place: &str,
    node: &Node,
    reader: &mut Reader,
    allowed: &str,
) -> Option<Arc<Trace>> {
    let refuse = |error: TraceError| {
        reader.refuse(node, &format!("is no trace: {place}{error}"), allowed.to_owned());
    };
    Trace::of_file(rows).map_err(refuse).ok().map(Arc::new)
}

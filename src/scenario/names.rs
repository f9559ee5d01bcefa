//! What a document calls by names of its own: its groups, and the regions of its latency model.

use std::fs;
use std::path::Path;
use std::rc::Rc;

use super::tree::{Node, Table, Value};
use crate::network::{Matrix, REGION_NAMES};

/// The names of groups and regions, in the order of their numbers.
#[derive(Clone, Debug)]
pub(super) struct Names {
    pub groups: Rc<[String]>,
    /// `None`: nobody knows them, as what names them could not be read.
    pub regions: Option<Rc<[String]>>,
}

impl Names {
    /// These groups, and the cloud regions.
    pub(super) fn of(groups: impl Into<Rc<[String]>>) -> Names {
        Names { groups: groups.into(), regions: Some(REGION_NAMES.map(str::to_owned).into()) }
    }

    /// The same groups, and these regions, if they are known.
    pub(super) fn with_regions(self, regions: Option<&[String]>) -> Names {
        Names { regions: regions.map(Rc::from), ..self }
    }
}

/// The regions of the document with this tree, which names files in this folder: those of its matrix, or else the cloud regions.
/// `None` when the matrix cannot be read: whoever reads it will say why.
pub(super) fn regions<'a>(root: &'a Node, folder: &Path) -> Option<Vec<String>> {
    let below = |node: Option<&'a Node>, key: &str| match &node?.value {
        Value::Table(table) => table.get(key).map(|entry| &entry.node),
        _ => None,
    };
    let matrix = ["network", "latency", "matrix"].into_iter().fold(Some(root), below);
    let Some(matrix) = matrix else { return Some(REGION_NAMES.map(str::to_owned).to_vec()) };
    let Value::Table(matrix) = &matrix.value else { return None };
    let rows = match (text(matrix, "file"), text(matrix, "rows")) {
        (Some(file), None) => fs::read_to_string(folder.join(file)).ok()?,
        (None, Some(rows)) => rows.to_owned(),
        _ => return None,
    };
    Matrix::parse(&rows).ok().map(|matrix| matrix.names().to_vec())
}

fn text<'a>(table: &'a Table, key: &str) -> Option<&'a str> {
    match &table.get(key)?.node.value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

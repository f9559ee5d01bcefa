//! Overlays: partial scenarios that are laid over others, such as the same network under every scenario.

use super::beside::self_contained;
use super::file_at::FileAt;
use super::overrides::child;
use super::path;
use super::report::{Problem, Source};
use super::shape::Shape;
use super::syntax::{lines, plant_as};
use super::tree::{Entry, Node, Table, Value};

/// Stands for all tables of a kind whose names the writer of a scenario chooses.
const ALL: &str = "*";

/// A partial scenario, which is laid over another: each value that it has takes the place of the other's. Tables are merged key
/// by key, unless they say by a tag (`kind`, `model`) what they are; a table `"*"` is merged into every one of its kind that the
/// scenario has (`[groups."*"]`), before those that are named are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overlay {
    name: String,
    text: String,
}

impl Overlay {
    /// The overlay in a text, which errors call so. Files that it names lie beside it, and not beside the scenario.
    pub fn new<'a>(file: impl Into<FileAt<'a>>, text: String) -> Overlay {
        let file = file.into();
        Overlay { name: file.name.to_owned(), text: self_contained(file, text) }
    }

    pub(super) fn source(&self) -> Source {
        Source::new(&self.name, lines(&self.text))
    }
}

/// Lays overlays over the tree of a file, in their order: the first of these sources is the file's. Returns what is wrong with
/// them, whatever the file is worth.
pub(super) fn lay(root: &mut Node, shape: &Shape, sources: &[Source]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (number, source) in sources.iter().enumerate().skip(1) {
        let (over, syntax) = plant_as(source, number);
        let is_empty = matches!(&over.value, Value::Table(table) if table.is_empty());
        if is_empty && syntax.is_empty() {
            let headline = format!("the overlay `{}` is empty", source.name);
            problems.push(Problem::new("", over.origin.clone(), headline).allowed("any keys of a scenario"));
        }
        problems.extend(syntax);
        merge(root, over, shape, &mut Vec::new(), &mut problems);
    }
    problems
}

/// Merges a table, or replaces what is there.
fn merge(node: &mut Node, over: Node, shape: &Shape, place: &mut Vec<String>, problems: &mut Vec<Problem>) {
    match (&mut node.value, over.value) {
        (Value::Table(table), Value::Table(mut more)) if is_merged(shape, &more) => {
            if let Shape::Named(of) = shape {
                more.remove(ALL).iter().for_each(|all| merge_all(table, all, of, place, problems));
            }
            for (key, entry) in more {
                place.push(key);
                merge_entry(table, entry, shape, place, problems);
                place.pop();
            }
        }
        (_, value) => *node = Node { value, origin: over.origin },
    }
}

/// Whether a table is merged with one that is there, key by key: it does not say anew what it is.
fn is_merged(shape: &Shape, table: &Table) -> bool {
    match shape {
        Shape::Section(_) | Shape::Named(_) => true,
        Shape::Variants { tag, .. } => !table.contains_key(*tag),
        Shape::Leaf(..) | Shape::Map(_) | Shape::Choice { .. } => false,
    }
}

fn merge_all(
    table: &mut Table,
    all: &Entry,
    shape: &Shape,
    place: &mut Vec<String>,
    problems: &mut Vec<Problem>,
) {
    if table.is_empty() {
        let path = path::join(&[place.as_slice(), &[ALL.to_owned()]].concat());
        let headline = format!("`{path}` has no effect: there is none");
        problems.push(Problem::new(path, all.key.clone(), headline).allowed("a scenario that has some"));
    }
    for (key, entry) in table.iter_mut() {
        place.push(key.clone());
        merge(&mut entry.node, all.node.clone(), shape, place, problems);
        place.pop();
    }
}

/// Merges what is under the last key of `place`.
fn merge_entry(
    table: &mut Table,
    entry: Entry,
    shape: &Shape,
    place: &mut Vec<String>,
    problems: &mut Vec<Problem>,
) {
    let Some(key) = place.last().cloned() else { return };
    // What is said in another way no longer holds.
    let others = shape.others(&key);
    table.retain(|name, _| !others.contains(&name.as_str()));
    let Some(inner) = child(shape, &key) else {
        // Who reads it will say that it is not known.
        table.insert(key, entry);
        return;
    };
    let merges = |node: &Node| matches!(&node.value, Value::Table(more) if is_merged(inner, more));
    let is_table = |node: &Node| matches!(node.value, Value::Table(_));
    let Entry { key: origin, node } = entry;
    let none = || Node { value: Value::Table(Table::new()), origin: node.origin.clone() };
    let old = table.entry(key).or_insert_with(|| Entry { key: origin.clone(), node: none() });
    if !(merges(&node) && is_table(&old.node)) {
        old.key = origin;
    }
    merge(&mut old.node, node, inner, place, problems);
}

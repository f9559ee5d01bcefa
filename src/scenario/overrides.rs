//! Overrides: `-S PATH=VALUE` in the tree of a file.

use toml::de::DeValue;

use super::nearest::{is_close, nearest};
use super::path;
use super::report::{Problem, Source};
use super::shape::{DefaultText, Shape};
use super::tree::{Entry, Node, Origin, Planter, Table, Value};

/// How an override is named where it is at fault.
pub(super) fn source(text: &str) -> Source {
    Source::new(&format!("-S {text}"), text.to_owned())
}

/// A key that an override gives, and another of the same table, already there, in whose place it can be alone.
#[derive(Debug, PartialEq)]
pub(super) struct Rival {
    /// The path of the table.
    table: String,
    key: String,
    other: String,
}

impl Rival {
    /// Says so of a problem that comes of it.
    pub(super) fn explain(&self, problem: &mut Problem) {
        let Rival { table, key, other } = self;
        if problem.path == *table || problem.path.starts_with(&format!("{table}.{key}")) {
            problem.hint = Some(format!(
                "`{table}.{other}` is given, and `{key}` can be in its place alone: `-S '{table}={{ … }}'` replaces both"
            ));
        }
    }
}

/// Replaces the value that `text` (`PATH=VALUE`) names in the tree; `source` is its number among the sources, and `first` that of
/// the first override. Returns what that may collide with.
pub(super) fn apply(
    root: &mut Node,
    shape: &Shape,
    text: &str,
    (source, first): (usize, usize),
) -> Result<Option<Rival>, Box<Problem>> {
    let whole = Origin { source, start: 0, end: text.len() };
    let Some(split) = find_equals(text) else {
        let headline = format!("the override `{text}` has no `=`");
        let problem = Problem::new("", whole, headline).allowed("PATH=VALUE, such as network.loss=0.01");
        return Err(Box::new(problem));
    };
    let name = text[..split].trim();
    let key = Origin { source, start: 0, end: split };
    let Some(parts) = path::split(name) else {
        let headline = format!("`{name}` is not a path");
        let problem = Problem::new("", key, headline).allowed("keys joined by dots, such as network.loss");
        return Err(Box::new(problem));
    };
    if !known(shape, &parts, table_of(root)) {
        return Err(Box::new(unknown_path(root, shape, &parts, key)));
    }
    let rival = rival(table_of(root), shape, &[], &parts);
    set(root, shape, &parts, value(text, split + 1, source), (&key, first));
    Ok(rival)
}

/// The first `=` outside quotes.
pub(super) fn find_equals(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, character) in text.char_indices() {
        match (quote, character) {
            (None, '=') => return Some(at),
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), _) if open == character => quote = None,
            _ => {}
        }
    }
    None
}

/// The value that begins at `from`: TOML, or else the bare text.
fn value(text: &str, from: usize, source: usize) -> Node {
    let raw = &text[from..];
    let trimmed = raw.trim();
    let start = from + (raw.len() - raw.trim_start().len());
    match DeValue::parse(trimmed) {
        Ok(value) if !trimmed.is_empty() => Planter { source, offset: start }.node(&value),
        _ => Node {
            value: Value::Text(trimmed.to_owned()),
            origin: Origin { source, start, end: start + trimmed.len() },
        },
    }
}

/// Whether a path names something that a file may have. Tables under names chosen by the writer must be there, unless
/// the whole table is set.
fn known(shape: &Shape, parts: &[String], table: Option<&Table>) -> bool {
    let Some((first, rest)) = parts.split_first() else { return true };
    let inner = table.and_then(|table| table.get(first)).and_then(|entry| table_of(&entry.node));
    match shape {
        Shape::Leaf(..) => false,
        Shape::Map(_) => rest.is_empty(),
        Shape::Named(of) => {
            rest.is_empty()
                || (table.is_some_and(|table| table.contains_key(first)) && known(of, rest, inner))
        }
        Shape::Section(_) | Shape::Variants { .. } => {
            shape.shapes_of(first).into_iter().any(|shape| known(shape, rest, inner))
        }
        Shape::Choice { tagged, table: section, .. } => {
            tagged.iter().any(|(tag, of)| tag == first && known(of, rest, inner))
                || section.as_ref().is_some_and(|section| known(section, parts, table))
        }
    }
}

fn unknown_path(root: &Node, shape: &Shape, parts: &[String], key: Origin) -> Problem {
    let written = path::join(parts);
    let headline = format!("unknown path `{written}`");
    let mut paths = Vec::new();
    shape.paths(&[], table_of(root), &mut paths);
    let close = |path: &&Vec<String>| {
        path.len() == parts.len() && path.iter().zip(parts).all(|(known, part)| is_close(part, known))
    };
    let paths = paths.iter().filter(close).map(|parts| path::join(parts));
    let near = nearest(&written, paths).map(|near| format!("the nearest known path is `{near}`"));
    let missing = || {
        let name = path::join(&parts[..missing_table(shape, parts, table_of(root))?]);
        Some(format!("there is no [{name}]; `-S '{name}={{ … }}'` makes it, with all it needs"))
    };
    let hint = near.or_else(missing);
    Problem::new(written, key, headline).allowed("the path of a key of this scenario").hint(hint)
}

/// How many parts of a path name a table that may be, and is not there, when all tables of its kind are the writer's to
/// name.
fn missing_table(shape: &Shape, parts: &[String], table: Option<&Table>) -> Option<usize> {
    let (first, rest) = parts.split_first()?;
    let inner = table.and_then(|table| table.get(first)).and_then(|entry| table_of(&entry.node));
    match shape {
        Shape::Named(_) => {
            let is_there = table.is_some_and(|table| table.contains_key(first));
            (!rest.is_empty() && !is_there).then_some(1)
        }
        Shape::Section(_) => missing_table(child(shape, first)?, rest, inner).map(|count| count + 1),
        _ => None,
    }
}

/// The first key on the path from `above` that is not there, while one is whose absence would call for it.
fn rival(table: Option<&Table>, shape: &Shape, above: &[String], parts: &[String]) -> Option<Rival> {
    let (first, rest) = parts.split_first()?;
    let table = table?;
    let section = match shape {
        Shape::Choice { table: Some(section), .. } => section,
        shape => shape,
    };
    if let Some(entry) = table.get(first) {
        let below = [above, std::slice::from_ref(first)].concat();
        return rival(table_of(&entry.node), child(shape, first)?, &below, rest);
    }
    let key = section.keys().into_iter().find(|key| key.name == first)?;
    let DefaultText::Words(words) = key.default else { return None };
    let other = words.strip_prefix("by `")?.strip_suffix('`')?;
    table.contains_key(other).then(|| Rival {
        table: path::join(above),
        key: first.clone(),
        other: other.to_owned(),
    })
}

/// Puts `value` at a known path, with tables on the way. Of a choice only the alternative that the path names is left.
fn set(
    node: &mut Node,
    shape: &Shape,
    parts: &[String],
    value: Node,
    (key, first_override): (&Origin, usize),
) {
    let Some((first, rest)) = parts.split_first() else {
        *node = value;
        return;
    };
    if !matches!(node.value, Value::Table(_)) {
        *node = Node { value: Value::Table(Table::new()), origin: key.clone() };
    }
    let Value::Table(table) = &mut node.value else { return };
    if matches!(shape, Shape::Choice { tagged, .. } if !tagged.is_empty()) {
        table.retain(|tag, _| tag == first);
    }
    // What the file or an overlay says in another way no longer holds. Of two overrides neither gives way.
    let others = shape.others(first);
    table.retain(|name, entry| entry.key.source >= first_override || !others.contains(&name.as_str()));
    let Some(inner) = child(shape, first) else { return };
    let empty =
        || Entry { key: key.clone(), node: Node { value: Value::Table(Table::new()), origin: key.clone() } };
    let entry = table.entry(first.clone()).or_insert_with(empty);
    if rest.is_empty() {
        entry.key = key.clone();
    }
    set(&mut entry.node, inner, rest, value, (key, first_override));
}

/// The shape of what is under `name`; that of a leaf has no children.
pub(super) fn child<'a>(shape: &'a Shape, name: &str) -> Option<&'a Shape> {
    match shape {
        Shape::Leaf(..) | Shape::Map(_) => Some(shape),
        Shape::Named(of) => Some(of),
        Shape::Section(_) | Shape::Variants { .. } => shape.shapes_of(name).first().copied(),
        Shape::Choice { tagged, table, .. } => {
            let tagged = tagged.iter().find(|(tag, _)| *tag == name).map(|(_, of)| of);
            tagged.or_else(|| table.as_ref().and_then(|section| child(section, name)))
        }
    }
}

fn table_of(node: &Node) -> Option<&Table> {
    match &node.value {
        Value::Table(table) => Some(table),
        _ => None,
    }
}

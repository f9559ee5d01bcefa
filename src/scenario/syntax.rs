//! The text of a file as a tree, and its errors of syntax.

use toml::de::DeTable;

use super::effort;
use super::report::{Problem, Source};
use super::tree::{Node, Origin, Planter, Value};

/// The text without a byte order mark, and with line feeds alone at the ends of its lines: a file says the same wherever
/// it was edited, within texts of several lines, too.
pub(super) fn lines(text: &str) -> String {
    text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n")
}

/// The tree of a file, as far as it can be understood, and its errors of syntax.
pub(super) fn plant(file: &Source) -> (Node, Vec<Problem>) {
    plant_as(file, 0)
}

/// The same of a text that has this number among the sources.
pub(super) fn plant_as(file: &Source, source: usize) -> (Node, Vec<Problem>) {
    effort::look(file.text.len());
    let (table, errors) = DeTable::parse_recoverable(&file.text);
    let value = Value::Table(Planter { source, offset: 0 }.table(table.get_ref()));
    let syntax = errors.iter().map(|error| {
        let span = error.span().unwrap_or_default();
        let message = error.message().replace('\n', "; ");
        let origin = Origin { source, start: span.start, end: span.end };
        Problem::new("", origin, format!("not TOML: {message}"))
    });
    (Node { value, origin: Origin { source, ..Origin::default() } }, syntax.collect())
}

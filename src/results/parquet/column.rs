//! The columns of a table, each with one type.

use super::literal::{Literal, parsed};
use crate::metrics::{Cell, Table};

/// The values of a column, row by row.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Column {
    Flags(Vec<Option<bool>>),
    /// Whole numbers, some of which may be below 0.
    Whole(Vec<Option<i64>>),
    Counts(Vec<Option<u64>>),
    Numbers(Vec<Option<f64>>),
    Texts(Vec<Option<String>>),
}

impl Column {
    /// The column at this place, whose values are literals of this kind if one is given.
    pub(super) fn of(table: &Table, place: usize, literal: Option<Literal>) -> Column {
        let cells = || table.rows.iter().map(|row| row.get(place).unwrap_or(&Cell::Empty));
        match literal {
            Some(Literal::Flag) => Column::Flags(cells().map(|cell| value(cell)?.as_bool()).collect()),
            Some(Literal::Whole) => Column::Whole(cells().map(|cell| value(cell)?.as_integer()).collect()),
            Some(Literal::Number) => Column::Numbers(cells().map(|cell| float(&value(cell)?)).collect()),
            Some(Literal::Text) => Column::Texts(cells().map(text).collect()),
            // A column that is empty has no values of a metric.
            None => match cells().find(|cell| **cell != Cell::Empty) {
                Some(Cell::Text(_)) => Column::Texts(cells().map(text).collect()),
                Some(Cell::Count(_)) => Column::Counts(cells().map(count).collect()),
                _ => Column::Numbers(cells().map(number).collect()),
            },
        }
    }
}

/// A value as it is in TOML.
fn value(cell: &Cell) -> Option<toml::Value> {
    if let Cell::Text(text) = cell { parsed(text) } else { None }
}

fn float(value: &toml::Value) -> Option<f64> {
    value.as_float().or_else(|| value.as_integer().map(|whole| whole as f64))
}

fn text(cell: &Cell) -> Option<String> {
    if let Cell::Text(text) = cell { Some(text.clone()) } else { None }
}

fn count(cell: &Cell) -> Option<u64> {
    if let Cell::Count(count) = cell { Some(*count) } else { None }
}

/// What is not finite has no value in a table.
fn number(cell: &Cell) -> Option<f64> {
    if let Cell::Number(number) = cell { Some(*number).filter(|number| number.is_finite()) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_column_has_the_type_of_its_cells() {
        let text = |text: &str| Cell::from(text);
        let row = |loss, on, name, seed: u64, value: f64| {
            vec![text(loss), text(on), text(name), seed.into(), value.into(), Cell::Empty]
        };
        let rows = vec![row("0", "true", "7", u64::MAX, 0.5), row("0.1", "false", "7", 0, f64::INFINITY)];
        let table = Table { header: Vec::new(), rows };
        let axes = [Literal::Number, Literal::Flag, Literal::Text];
        let columns: Vec<Column> =
            (0..6).map(|place| Column::of(&table, place, axes.get(place).copied())).collect();
        let seven = Some("7".to_owned());
        assert_eq!(
            columns,
            [
                Column::Numbers(vec![Some(0.0), Some(0.1)]),
                Column::Flags(vec![Some(true), Some(false)]),
                Column::Texts(vec![seven.clone(), seven]),
                Column::Counts(vec![Some(u64::MAX), Some(0)]),
                Column::Numbers(vec![Some(0.5), None]),
                Column::Numbers(vec![None, None]),
            ]
        );
    }
}

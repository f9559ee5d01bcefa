//! Tables for a terminal.

use comfy_table::presets::NOTHING;
use comfy_table::{Cell, CellAlignment, Color, ColumnConstraint, ContentArrangement, Table};

use crate::cli::console::Console;
use crate::cli::format;
use crate::results::{Figure, Look, Tried, Verdict};

// In less room a table is a column of letters; a line that runs over is then easier to read.
const LEAST_WIDTH: u16 = 80;
/// From this width on there is room for every column.
const WIDE: u16 = 140;

/// A table without a header and without lines. On a terminal it keeps to its width.
pub(crate) fn plain(console: &Console) -> Table {
    let mut table = Table::new();
    let width = table.width();
    table.load_style(NOTHING).force_no_tty();
    if let Some(width) = width.filter(|width| *width >= LEAST_WIDTH) {
        table.set_width(width).set_content_arrangement(ContentArrangement::Dynamic);
    }
    if console.color {
        table.enforce_styling();
    }
    table
}

/// Whether the output goes to a terminal that has no room for every column.
pub(crate) fn is_narrow() -> bool {
    Table::new().width().is_some_and(|width| (LEAST_WIDTH..WIDE).contains(&width))
}

/// A table with these columns. Only the last may be broken into lines: the others hold names and figures.
pub(crate) fn headed(console: &Console, columns: &[&str]) -> Table {
    let mut table = plain(console);
    table.set_header(columns.iter().map(|column| Cell::new(column).fg(Color::DarkGrey)));
    for place in 0..columns.len() - 1 {
        if let Some(column) = table.column_mut(place) {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
    table
}

/// Puts these columns, counted from 0, against their right edge.
pub(crate) fn align_right(table: &mut Table, columns: &[usize]) {
    for &column in columns {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
}

/// The interval of what was measured in a trial.
pub(crate) fn interval(tried: &Tried) -> String {
    match tried.ci_low.0.zip(tried.ci_high.0) {
        None if tried.value.0.is_some() => "none: one run".to_owned(),
        ends => format::interval(&tried.look.metric, ends),
    }
}

/// The verdict of a trial, in its colour, with the number of replications that it rests on.
pub(crate) fn verdict_of(tried: &Tried) -> Cell {
    let (words, color) = words(tried.judged.verdict);
    match tried.by_construction {
        Some(_) => Cell::new("= by construction").fg(Color::DarkGrey),
        None => Cell::new(format!("{words} (n = {})", tried.judged.n)).fg(color),
    }
}

/// A margin in percent, with its sign.
pub(crate) fn margin(margin: Figure) -> String {
    margin.0.map_or_else(|| "–".to_owned(), |margin| format!("{:+.0} %", margin * 100.0).replace('-', "−"))
}

/// A verdict, in its colour.
pub(crate) fn verdict(verdict: Verdict) -> Cell {
    let (words, color) = words(verdict);
    Cell::new(words).fg(color)
}

fn words(verdict: Verdict) -> (&'static str, Color) {
    match verdict {
        Verdict::Holds => ("● holds", Color::Green),
        Verdict::HoldsWithinLimits => ("◐ holds within limits", Color::Yellow),
        Verdict::Inconclusive => ("? inconclusive", Color::Yellow),
        Verdict::Fails => ("○ fails", Color::Red),
        Verdict::NotTried => ("– not tried", Color::DarkGrey),
    }
}

/// Which part of what happened was looked at, in brackets; nothing when it was all.
pub(crate) fn part(look: &Look) -> String {
    let parts: Vec<String> = [
        look.group.as_ref().map(|group| format!("group {group}")),
        look.from_s.map(|from| format!("from {from} s")),
        look.to_s.map(|to| format!("to {to} s")),
        look.at_events.map(|events| format!("at {events} events")),
    ]
    .into_iter()
    .flatten()
    .collect();
    if parts.is_empty() { String::new() } else { format!(" [{}]", parts.join(", ")) }
}

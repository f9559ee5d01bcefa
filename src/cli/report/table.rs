//! Tables for a terminal.

use comfy_table::presets::NOTHING;
use comfy_table::{Cell, CellAlignment, Color, ColumnConstraint, ContentArrangement, Table};

use crate::cli::console::Console;
use crate::cli::format;
use crate::cli::width::width;
use crate::results::{Figure, Look, Tried, Verdict};
use crate::units::Duration;

/// From this width on there is room for every column.
const WIDE: u16 = 140;

/// Whether there is no room for every column.
pub(crate) fn is_narrow() -> bool {
    width() < WIDE
}

/// A table without a header and without lines, as wide as output may be.
pub(crate) fn plain(console: &Console) -> Table {
    let mut table = Table::new();
    table.load_style(NOTHING).force_no_tty();
    table.set_width(width()).set_content_arrangement(ContentArrangement::Dynamic);
    if console.color {
        table.enforce_styling();
    }
    table
}

/// A table with these columns. Only the last may be broken into lines: the others hold names and figures.
pub(crate) fn headed(console: &Console, columns: &[&str]) -> Table {
    let mut table = plain(console);
    table.set_header(columns.iter().map(|column| Cell::new(column).fg(Color::DarkGrey)));
    keep_whole(&mut table, columns.len() - 1);
    table
}

/// Whether it has room without a broken line.
pub(crate) fn fits(table: &Table) -> bool {
    let mut table = table.clone();
    let lines = table.set_content_arrangement(ContentArrangement::Disabled).trim_fmt();
    lines.lines().all(|line| line.chars().count() <= usize::from(width()))
}

/// Never breaks the first so many columns into lines.
pub(crate) fn keep_whole(table: &mut Table, columns: usize) {
    for column in table.column_iter_mut().take(columns) {
        column.set_constraint(ColumnConstraint::ContentWidth);
    }
}

/// Sentences behind their marks, one below the other, broken into lines between words and never behind a digit: a number
/// keeps its unit.
pub(crate) fn marked(console: &Console, sentences: impl Iterator<Item = (Cell, String)>) -> String {
    let mut table = plain(console);
    table.add_rows(sentences.map(|(mark, text)| [mark, glued(&text).into()]));
    keep_whole(&mut table, 1);
    for (column, padding) in table.column_iter_mut().zip([(0, 1), (0, 0)]) {
        column.set_padding(padding);
    }
    table.trim_fmt().replace(GLUE, " ")
}

/// A space at which no line is broken.
const GLUE: char = '\u{a0}';

fn glued(text: &str) -> String {
    let mut before = ' ';
    let glue = |character| {
        let behind_digit = std::mem::replace(&mut before, character).is_ascii_digit();
        if character == ' ' && behind_digit { GLUE } else { character }
    };
    text.chars().map(glue).collect()
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
        None if tried.judged.n == 1 => "none: one run".to_owned(),
        ends => format::interval(&tried.look.metric, ends),
    }
}

/// The verdict of a trial, in its colour, with the number of replications that it rests on.
pub(crate) fn verdict_of(tried: &Tried) -> Cell {
    let (words, color) = told(tried);
    Cell::new(words).fg(color)
}

/// The mark of a trial's verdict, in its colour, and its words.
pub(crate) fn mark_of(tried: &Tried) -> (Cell, String) {
    let (told, color) = told(tried);
    let (mark, words) = told.split_once(' ').unwrap_or_default();
    (Cell::new(mark).fg(color), words.to_owned())
}

fn told(tried: &Tried) -> (String, Color) {
    let (words, color) = words(tried.judged.verdict);
    match tried.by_construction {
        Some(_) => ("= by construction".to_owned(), Color::DarkGrey),
        None => (format!("{words} (n = {})", tried.judged.n), color),
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

/// The same in words alone.
pub(crate) fn words_of(verdict: Verdict) -> &'static str {
    words(verdict).0
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
        look.from_s.map(|from| format!("from {}", Duration::from_seconds(from))),
        look.to_s.map(|to| format!("to {}", Duration::from_seconds(to))),
        look.at_events.map(|events| format!("at {events} events")),
    ]
    .into_iter()
    .flatten()
    .collect();
    if parts.is_empty() { String::new() } else { format!(" [{}]", parts.join(", ")) }
}

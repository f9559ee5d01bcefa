//! A comparison as text.

use comfy_table::{Cell, Color};

use super::document::Document;
use super::rows::Row;
use super::side::{Parameter, Side};
use crate::batch::{Change, Compared};
use crate::cli::console::Console;
use crate::cli::format::count;
use crate::cli::report::table;

/// Parameters that are shown without being asked for more.
const MOST_PARAMETERS: usize = 12;

/// What is printed: who is compared, the parameters that differ, and the metrics that changed.
pub(super) fn text(document: &Document<'_>, console: &Console) -> String {
    let mut parts = vec![table::marked(console, [side("A", document.a), side("B", document.b)].into_iter())];
    parts.push(parameters(&document.parameters, console));
    parts
        .push(table::marked(console, document.remarks.iter().map(|remark| (Cell::new("•"), remark.clone()))));
    let all = document.in_order();
    let shown: Vec<&Compared> =
        all.iter().copied().filter(|compared| console.verbose || compared.verdict.is_one()).collect();
    if !shown.is_empty() {
        parts.push(metrics(&shown, console));
    }
    parts.push(table::marked(console, std::iter::once((Cell::new("="), summary(document, console)))));
    parts.join("\n\n")
}

fn side(name: &str, side: &Side) -> (Cell, String) {
    let runs = count(side.runs.len() as u64, "run");
    (Cell::new(name), format!("{} (scenario {}, {runs})", side.source, side.scenario))
}

fn parameters(differing: &[Parameter], console: &Console) -> String {
    if differing.is_empty() {
        return "no parameter differs".to_owned();
    }
    let shown = if console.verbose { differing.len() } else { differing.len().min(MOST_PARAMETERS) };
    let mut table = table::plain(console);
    table.set_header(["parameter", "A", "B"].map(|column| Cell::new(column).fg(Color::DarkGrey)));
    let none = || "(none)".to_owned();
    table.add_rows(differing[..shown].iter().map(|Parameter { path, a, b }| {
        [path.clone(), a.clone().unwrap_or_else(none), b.clone().unwrap_or_else(none)]
    }));
    table::keep_whole(&mut table, 1);
    match differing.len() - shown {
        0 => table.trim_fmt(),
        more => format!("{}\n {}: use -v", table.trim_fmt(), count(more as u64, "more parameter")),
    }
}

const COLUMNS: [&str; 7] = ["metric", "A", "B", "B − A", "95 % interval", "p (Holm)", "variance ratio"];

/// The table, a part for each verdict, with as many columns as there is room for.
fn metrics(shown: &[&Compared], console: &Console) -> String {
    let table = |columns: &[usize]| {
        let names: Vec<&str> = columns.iter().map(|column| COLUMNS[*column]).collect();
        let mut table = table::headed(console, &names);
        for part in shown.chunk_by(|one, other| one.verdict == other.verdict) {
            table.add_row(columns.iter().map(|column| heading(part, *column)));
            for compared in part {
                let cells = cells(compared);
                table.add_row(columns.iter().map(|column| cells[*column].as_str()));
            }
        }
        let figures: Vec<usize> = (1..columns.len()).collect();
        table::align_right(&mut table, &figures);
        table::keep_whole(&mut table, columns.len());
        table
    };
    let narrow = [0, 3, 4];
    let all: [&[usize]; 4] = [&[0, 1, 2, 3, 4, 5, 6], &[0, 1, 2, 3, 4, 5], &[0, 1, 2, 3, 4], &narrow];
    let fitting = all.into_iter().map(table).find(table::fits);
    fitting.unwrap_or_else(|| table(&narrow)).trim_fmt()
}

/// The verdict on a part of the table, in its first column.
fn heading(part: &[&Compared], column: usize) -> Cell {
    let Some(compared) = part.first().filter(|_| column == 0) else { return Cell::new("") };
    let verdict = Cell::new(compared.verdict.name());
    match compared.verdict {
        Change::Worse => verdict.fg(Color::Red),
        Change::Better => verdict.fg(Color::Green),
        _ => verdict,
    }
}

fn cells(compared: &Compared) -> [String; 7] {
    let Row { metric, a, b, difference, interval, p, variance_ratio, .. } = Row::of(compared);
    [format!("  {metric}"), a, b, difference, interval, p, variance_ratio]
}

/// How many metrics came to each verdict, and how sure that is.
fn summary(document: &Document<'_>, console: &Console) -> String {
    let counts = document.comparison.counts();
    let told: Vec<String> =
        counts.iter().map(|(change, number)| format!("{number} {}", change.name())).collect();
    let all = document.comparison.metrics.len();
    let more = if console.verbose { "" } else { "; -v shows all" };
    let only = [(&document.comparison.only_a, "A"), (&document.comparison.only_b, "B")]
        .into_iter()
        .filter(|(names, _)| !names.is_empty())
        .map(|(names, side)| format!(" {} in {side} alone.", count(names.len() as u64, "metric")));
    format!(
        "{}: {}{more}.{} A change is more than chance, with an error of 5 % among all metrics together (Holm).",
        count(all as u64, "metric"),
        told.join(", "),
        only.collect::<String>()
    )
}

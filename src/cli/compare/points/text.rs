//! A comparison of sweeps as text.

use comfy_table::{Cell, Color, Table};

use super::document::{Differing, Document, counts};
use super::place::{Place, short};
use super::study::Study;
use crate::batch::{Change, Compared};
use crate::cli::compare::rows::Row;
use crate::cli::console::Console;
use crate::cli::format::count;
use crate::cli::report::table;

/// Parameters that are shown without being asked for more.
const MOST_PARAMETERS: usize = 12;

/// What is printed: who is compared, the parameters that differ, and for each metric the points at which it changed.
pub(super) fn text(document: &Document, console: &Console) -> String {
    let sides = [("A", &document.a), ("B", &document.b)].map(|(name, study)| (Cell::new(name), side(study)));
    let mut parts = vec![table::marked(console, sides.into_iter())];
    parts.push(parameters(document, console));
    parts
        .push(table::marked(console, document.remarks.iter().map(|remark| (Cell::new("•"), remark.clone()))));
    for (metric, points) in document.by_metric() {
        parts.push(of_metric(document, metric, &points, console));
    }
    parts.push(table::marked(console, std::iter::once((Cell::new("="), summary(document, console)))));
    parts.join("\n\n")
}

/// A side in words.
pub(super) fn side(study: &Study) -> String {
    let runs: u64 = study.points.iter().map(|point| u64::from(point.runs.count())).sum();
    if !study.is_sweep() {
        return format!("{} (scenario {}, {})", study.source, study.name, count(runs, "run"));
    }
    let points = count(study.points.len() as u64, "point");
    format!("{} (sweep {}, {points}, {})", study.source, study.name, count(runs, "run"))
}

fn parameters(document: &Document, console: &Console) -> String {
    let differing = &document.parameters;
    if differing.is_empty() {
        return "no parameter differs".to_owned();
    }
    let shown = if console.verbose { differing.len() } else { differing.len().min(MOST_PARAMETERS) };
    let some = |differing: &Differing| differing.points < document.points.len();
    let mut columns = vec!["parameter", "A", "B"];
    columns.extend(differing.iter().any(some).then_some("at"));
    let mut table = table::plain(console);
    table.set_header(columns.iter().map(|column| Cell::new(column).fg(Color::DarkGrey)));
    let none = || "(none)".to_owned();
    table.add_rows(differing[..shown].iter().map(|row| {
        let Differing { parameter, points } = row.clone();
        let at = format!("{points} of {} points", document.points.len());
        let cells = [parameter.path, parameter.a.unwrap_or_else(none), parameter.b.unwrap_or_else(none), at];
        cells.into_iter().take(columns.len())
    }));
    table::keep_whole(&mut table, 1);
    match differing.len() - shown {
        0 => table.trim_fmt(),
        more => format!("{}\n {}: use -v", table.trim_fmt(), count(more as u64, "more parameter")),
    }
}

/// A metric: at how many points it came to what, and those at which it changed.
fn of_metric(document: &Document, metric: &str, points: &[(&Place, &Compared)], console: &Console) -> String {
    let heading = format!("{metric}: {}", told(points.iter().map(|(_, compared)| *compared), points.len()));
    let shown: Vec<_> =
        points.iter().filter(|(_, compared)| console.verbose || compared.verdict.is_one()).collect();
    if shown.is_empty() {
        return heading;
    }
    let paths: Vec<&str> = document.axes.iter().map(String::as_str).collect();
    let axes = short(&paths);
    let full = |columns: &[usize]| {
        let header: Vec<&str> =
            axes.iter().copied().chain(columns.iter().map(|column| COLUMNS[*column])).collect();
        let mut table = table::headed(console, &header);
        for (place, compared) in &shown {
            let cells = cells(compared);
            let values = place.values().map(Cell::new);
            table.add_row(values.chain(columns.iter().map(|column| cells[*column].clone())));
        }
        let figures: Vec<usize> = (axes.len() + 1..header.len()).collect();
        table::align_right(&mut table, &figures);
        table::keep_whole(&mut table, header.len());
        table
    };
    let all: [&[usize]; 5] =
        [&[0, 1, 2, 3, 4, 5, 6], &[0, 1, 2, 3, 4, 5], &[0, 1, 2, 3, 4], &[0, 3, 4, 5], &[0, 3, 4]];
    let fitting = all.into_iter().map(full).find(table::fits);
    format!("{heading}\n{}", fitting.unwrap_or_else(|| narrow(&shown, console)).trim_fmt())
}

const COLUMNS: [&str; 7] = ["verdict", "A", "B", "B − A", "95 % interval", "p (Holm)", "variance ratio"];

fn cells(compared: &Compared) -> [Cell; 7] {
    let Row { verdict, a, b, difference, interval, p, variance_ratio, .. } = Row::of(compared);
    let verdict = match compared.verdict {
        Change::Worse => Cell::new(verdict).fg(Color::Red),
        Change::Better => Cell::new(verdict).fg(Color::Green),
        _ => Cell::new(verdict),
    };
    let [a, b, difference, interval, p, ratio] =
        [a, b, difference, interval, p, variance_ratio].map(Cell::new);
    [verdict, a, b, difference, interval, p, ratio]
}

/// With what is set at a point in a column that may be broken into lines.
fn narrow(shown: &[&(&Place, &Compared)], console: &Console) -> Table {
    let mut table = table::headed(console, &["verdict", "B − A", "95 % interval", "at"]);
    for (place, compared) in shown {
        let [verdict, _, _, difference, interval, ..] = cells(compared);
        table.add_row([verdict, difference, interval, Cell::new(place.words())]);
    }
    table::align_right(&mut table, &[1, 2]);
    table
}

/// How many of so many points came to what.
fn told<'c>(all: impl IntoIterator<Item = &'c Compared>, points: usize) -> String {
    let counts = counts(all);
    let mut told = counts.iter();
    if let (1, Some(change)) = (counts.len(), counts.keys().next()) {
        let everywhere = if points > 1 { format!(" at all {points} points") } else { String::new() };
        return change.name().to_owned() + &everywhere;
    }
    let first =
        told.next().map(|(change, number)| format!("{} at {number} of {points} points", change.name()));
    let others = told.map(|(change, number)| format!("{} at {number}", change.name()));
    first.into_iter().chain(others).collect::<Vec<_>>().join(", ")
}

/// How many comparisons came to each verdict, and how sure that is.
fn summary(document: &Document, console: &Console) -> String {
    let counts = counts(document.all());
    let told: Vec<String> =
        counts.iter().map(|(change, number)| format!("{number} {}", change.name())).collect();
    let all: usize = counts.values().sum();
    let quiet = counts.iter().any(|(change, _)| !change.is_one());
    let more = if quiet && !console.verbose { "; -v shows all points" } else { "" };
    format!(
        "{} (a metric at a point): {}{more}. Other metrics: --only METRIC…, or `--only all`. A change is more than chance, with an \
         error of 5 % among all these together (Holm).",
        count(all as u64, "comparison"),
        told.join(", "),
    )
}

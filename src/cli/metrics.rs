//! `ir3sim metrics`: every metric that a scenario can have.

use comfy_table::Cell;
use serde::Serialize;

use super::args::MetricsArgs;
use super::console::Console;
use super::failure::{Exit, Failure};
use super::report::table;
use crate::metrics::{self, Metric};

/// Prints every metric that is declared, or those with a text in their name, a line each.
pub(super) fn metrics(args: &MetricsArgs, console: &Console) -> Result<Exit, Failure> {
    let wanted = |metric: &&Metric| args.name.as_ref().is_none_or(|text| metric.name.contains(text.as_str()));
    let rows: Vec<Row> = metrics::all().filter(wanted).map(Row::of).collect();
    if let (Some(text), true) = (&args.name, rows.is_empty()) {
        let said = format!("no metric has `{text}` in its name; `ir3sim metrics` lists them all");
        return Err(Failure::new(Exit::Incomplete, anyhow::anyhow!(said)));
    }
    console.document(&rows)?;
    console.say(&lines(&rows, console))?;
    Ok(Exit::Done)
}

#[derive(Serialize)]
struct Row {
    /// `GROUP`, `WORKLOAD` and `FAULT` stand for names in the scenario.
    name: &'static str,
    unit: &'static str,
    kind: &'static str,
    /// `more` or `less`; empty where neither is.
    better: &'static str,
    statistic: &'static str,
    scope: &'static str,
    window: &'static str,
    /// When a scenario has it: `always`, or words that follow on "when".
    when: &'static str,
    meaning: &'static str,
}

impl Row {
    fn of(metric: &'static Metric) -> Row {
        Row {
            name: metric.name,
            unit: metric.unit.name(),
            kind: metric.kind.name(),
            better: metric.better.name(),
            statistic: metric.statistic.name(),
            scope: metric.scope.name(),
            window: metric.window.name(),
            when: metric.when(),
            meaning: metric.meaning,
        }
    }

    /// What it says, what is better, and when there is such a figure.
    fn explained(&self) -> String {
        let better =
            if self.better.is_empty() { String::new() } else { format!(" Better: {}.", self.better) };
        let only = if self.when == "always" { String::new() } else { format!(" Only where {}.", self.when) };
        format!("{}{better}{only}", self.meaning)
    }
}

fn lines(rows: &[Row], console: &Console) -> String {
    if table::is_narrow() {
        // In columns of their own scope and window would leave hardly any room for what it means.
        let mut table = table::headed(console, &["metric, scope, window", "meaning"]);
        table.add_rows(rows.iter().map(|row| {
            [format!("{}\n  {}, {}", row.name, row.scope, row.window), row.explained()].map(Cell::from)
        }));
        return table.trim_fmt();
    }
    let mut table =
        table::headed(console, &["metric", "unit", "kind", "statistic", "scope", "window", "meaning"]);
    table.add_rows(rows.iter().map(|row| {
        [row.name, row.unit, row.kind, row.statistic, row.scope, row.window, &row.explained()].map(Cell::from)
    }));
    table.trim_fmt()
}

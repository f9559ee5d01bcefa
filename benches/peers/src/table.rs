//! The document: tables of rates, ratios and memory, and how they came about.

use std::fmt::Write;

use crate::compare::{Best, Row};
use crate::engines::Engine;
use crate::python::Simpy;

const COMMAND: &str = "cargo run --release --manifest-path benches/peers/Cargo.toml";

pub fn document(rows: &[Row], simpy: &anyhow::Result<Simpy>, rounds: u32) -> String {
    let mut text = String::from("# ir3sim's engine and its peers\n\n");
    let _ = writeln!(
        text,
        "The same work in other simulators, through their public APIs; what it is and how each is driven is told in\n\
         [benches/peers](../benches/peers/README.md). This page is written by\n\n```\n{COMMAND}\n```\n"
    );
    text += "## Speed\n\nMillion events a second of processor time, and in brackets how many times faster ir3sim is.\n\n";
    text += &table(rows, simpy, |cell, ours| {
        let ratio = if std::ptr::eq(cell, ours) {
            String::new()
        } else {
            format!(" ({} ×)", figure(ours.rate / cell.rate))
        };
        Some(format!("{}{ratio}", figure(cell.rate)))
    });
    if let Some(largest) = rows.iter().max_by_key(|row| row.work.nodes()) {
        text += "\n## Memory\n\nThe most that the process had, in bytes for each node.\n\n";
        text += &table(std::slice::from_ref(largest), simpy, |cell, _| {
            cell.memory.map(|bytes| format!("{bytes:.0}"))
        });
    }
    let _ = writeln!(
        text,
        "\n## How it was measured\n\nOn one core of {}; the best of {rounds}, the engines taking turns, each measurement in a process of its\n\
         own, without the time in which the network is built. All engines had the same number of events\n\
         and the same checksum.",
        processor()
    );
    if let Err(reason) = simpy {
        let _ = writeln!(text, "\nSimPy is left out: {reason:#}.");
    }
    text
}

/// Rows by engines; the cell of an engine is made from its figures and ours.
fn table(
    rows: &[Row],
    simpy: &anyhow::Result<Simpy>,
    cell: impl Fn(&Best, &Best) -> Option<String>,
) -> String {
    let Some(first) = rows.first() else { return String::new() };
    let titles: Vec<String> = first.cells.iter().map(|(engine, _)| title(*engine, simpy)).collect();
    let mut text = format!("| | {} |\n|---|{}\n", titles.join(" | "), "---:|".repeat(titles.len()));
    for row in rows {
        let ours = &row.cells[0].1;
        let cells: Vec<String> =
            row.cells.iter().map(|(_, best)| cell(best, ours).unwrap_or_default()).collect();
        let _ = writeln!(text, "| {} | {} |", row.work.title(), cells.join(" | "));
    }
    text
}

fn title(engine: Engine, simpy: &anyhow::Result<Simpy>) -> String {
    let version = match simpy {
        Ok(simpy) if engine == Engine::Simpy => &simpy.version,
        _ => locked(engine.name()),
    };
    format!("{} {version}", engine.name())
}

/// The version of a crate that this program was built with.
fn locked(name: &str) -> &'static str {
    const LOCK: &str = include_str!("../Cargo.lock");
    let package = format!("name = \"{name}\"");
    let after = LOCK.lines().skip_while(|line| *line != package).nth(1);
    after.and_then(|line| line.strip_prefix("version = \"")?.strip_suffix('"')).expect("it is a dependency")
}

/// Three digits that count.
fn figure(value: f64) -> String {
    let decimals = match value {
        100.0.. => 0,
        10.0.. => 1,
        1.0.. => 2,
        _ => 3,
    };
    format!("{value:.decimals$}")
}

fn processor() -> String {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model =
        text.lines().find(|line| line.starts_with("model name")).and_then(|line| line.split_once(": "));
    model.map_or("a processor that has no /proc/cpuinfo".to_owned(), |(_, name)| name.to_owned())
}

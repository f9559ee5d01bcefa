//! `ir3sim claims`: the verdicts of results on disk.

use std::path::{Path, PathBuf};

use comfy_table::Cell;

use super::args::ClaimsArgs;
use super::console::Console;
use super::failure::{Exit, Failure};
use super::report::table;
use super::{folders, format, shipped};
use crate::results::{self, ClaimRow, Tried};
use crate::scenario::Claim;

/// `ir3sim claims`: the verdict on each of the seventeen claims, from results on disk.
pub(super) fn claims(args: &ClaimsArgs, console: &Console) -> Result<Exit, Failure> {
    let mut results = Vec::new();
    for folder in folders(args)? {
        let found = results::find(&folder)?;
        if found.is_empty() {
            let none = anyhow::anyhow!("no result in `{}`", folder.display());
            return Err(Failure::new(Exit::Incomplete, none));
        }
        for folder in found {
            results.push(results::read(&folder)?);
        }
    }
    let rows = results::verdicts(&results);
    console.document(&rows)?;
    console.say(&table_of(&rows, console))?;
    Ok(Exit::Done)
}

fn folders(args: &ClaimsArgs) -> Result<Vec<PathBuf>, Failure> {
    if !args.folders.is_empty() {
        return args.folders.iter().map(|folder| folders::results_in(folder)).collect();
    }
    let holds = |folder: &Path| results::find(folder).is_ok_and(|found| !found.is_empty());
    let none =
        || anyhow::anyhow!("no folder `results` with results here, in a folder above, or above the program");
    let folder = shipped::folder("results", holds).ok_or_else(|| Failure::new(Exit::Incomplete, none()))?;
    Ok(vec![folder])
}

fn table_of(rows: &[ClaimRow], console: &Console) -> String {
    if table::is_narrow() {
        return narrow(rows, console);
    }
    let mut columns = vec!["claim", "verdict", "scenario", "metric", "value", "95 % interval", "wanted"];
    if console.verbose {
        columns.push("what it says");
    }
    let mut table = table::headed(console, &columns);
    for (row, claim) in rows.iter().zip(Claim::all()) {
        let scenario = row.scenario.as_deref().unwrap_or_default();
        let mut cells = vec![row.claim.into(), table::verdict(row.verdict), scenario.into()];
        match &row.trial {
            Some(trial) => cells.extend(figures(trial).map(Cell::from)),
            None => cells.resize(columns.len() - usize::from(console.verbose), "".into()),
        }
        if console.verbose {
            cells.push(claim.meaning().into());
        }
        table.add_row(cells);
    }
    table.trim_fmt()
}

/// The verdicts alone, for a terminal that has no room for the figures.
fn narrow(rows: &[ClaimRow], console: &Console) -> String {
    let mut table = table::headed(console, &["claim", "verdict", "scenario"]);
    for row in rows {
        let scenario = row.scenario.as_deref().unwrap_or_default();
        table.add_row([row.claim.into(), table::verdict(row.verdict), Cell::from(scenario)]);
    }
    let rest = "figures and bounds: in a wider terminal, with --json, or in docs/claims.md";
    format!("{}\n {rest}", table.trim_fmt())
}

/// What was measured in a trial, the value, its interval if there is one, and what was wanted.
fn figures(trial: &Tried) -> [String; 4] {
    let metric = &trial.look.metric;
    [
        format!("{metric}{}", table::part(&trial.look)),
        format::value(metric, trial.value.0),
        table::interval(trial),
        format::bounds(metric, trial.bounds),
    ]
}

//! Writes what was found, and tells it.

use std::path::PathBuf;

use serde::Serialize;

use super::search::Searched;
use super::task::Task;
use super::text;
use crate::charts;
use crate::cli::args::ThresholdArgs;
use crate::cli::console::Console;
use crate::cli::failure::{Exit, Failure};
use crate::cli::shown::Shown;
use crate::study::Account;
use crate::study::threshold::{FILE, Finding, Outcome};

/// The document of `--json`: `threshold.json`, and where it is.
#[derive(Serialize)]
struct Document<'a> {
    folder: Shown,
    charts: Vec<Shown>,
    #[serde(flatten)]
    finding: &'a Finding,
}

/// Writes the tables of the study, the finding and its chart, and prints the finding.
pub(super) fn conclude(
    task: &Task,
    searched: &Searched,
    args: &ThresholdArgs,
    console: &Console,
) -> Result<Exit, Failure> {
    let finding = Finding::of(task.question.clone(), &searched.search, searched.visits.clone());
    let charts = write(task, searched, &finding, args)?;
    if console.quiet {
        console.say(&text::line(&finding))?;
    } else {
        console.say(&text::text(&finding, &Shown::of(&task.folder.path), !args.no_charts, console))?;
    }
    let charts = charts.iter().map(|chart| Shown::of(chart)).collect();
    console.document(&Document { folder: Shown::of(&task.folder.path), charts, finding: &finding })?;
    Ok(if finding.outcome == Outcome::Turns { Exit::Done } else { Exit::Incomplete })
}

fn write(
    task: &Task,
    Searched { plan, .. }: &Searched,
    finding: &Finding,
    args: &ThresholdArgs,
) -> Result<Vec<PathBuf>, Failure> {
    let folder = &task.folder;
    // Since before the store is read: a run that is added later would be lost when all are put into one file.
    let _alone = folder.alone()?;
    let store = folder.store()?;
    let account = Account::of(plan, &store)?;
    account.write(&folder.path)?;
    // The last round may have found all of its runs, and written nothing.
    folder.describe(plan)?;
    let json = serde_json::to_string_pretty(finding).expect("a finding is JSON") + "\n";
    let mut files = vec![account.add(&folder.path, FILE, &json)?];
    let charts = if args.no_charts {
        Vec::new()
    } else {
        charts::draw_threshold(&folder.path, charts::Options { png: args.png })?
    };
    files.extend(charts.iter().cloned());
    account.seal(&folder.path, &files)?;
    store.compact(Account::keys(plan))?;
    Ok(charts)
}

//! `ir3sim list`: the scenarios that come with the program, or those in a folder.

use std::path::Path;

use serde::Serialize;

use super::args::ListArgs;
use super::builtin::{self, Builtin};
use super::console::Console;
use super::failure::{Exit, Failure};
use super::report::table;
use super::shipped;
use super::shown::{Shown, plain};
use crate::scenario::{self, Scenario};

/// `ir3sim list`: scenarios, a line each.
pub(super) fn list(args: &ListArgs, console: &Console) -> Result<Exit, Failure> {
    let rows = match &args.folder {
        Some(folder) => in_folder(folder, console)?,
        None => builtin::ALL.iter().map(Row::of_program).collect::<Result<_, _>>()?,
    };
    console.document(&rows)?;
    console.say(&if console.verbose { blocks(&rows) } else { lines(&rows, console) })?;
    Ok(Exit::Done)
}

fn in_folder(folder: &Path, console: &Console) -> Result<Vec<Row>, Failure> {
    let failed = |error| anyhow::anyhow!("could not read `{}`: {error}", Shown::of(folder));
    let files = shipped::files(folder, "toml").map_err(failed)?;
    let rows: Vec<Row> = files.iter().filter_map(|file| Row::read(file, console)).collect();
    if rows.is_empty() {
        let none = anyhow::anyhow!("no scenario in `{}`", Shown::of(folder));
        return Err(Failure::new(Exit::Incomplete, none));
    }
    Ok(rows)
}

fn lines(rows: &[Row], console: &Console) -> String {
    let mut table = table::plain(console);
    table.add_rows(rows.iter().map(|row| [row.argument(), plain(&row.title)]));
    table::keep_whole(&mut table, 1);
    table.trim_fmt()
}

fn blocks(rows: &[Row]) -> String {
    let block = |row: &Row| {
        let title = plain(&row.title);
        let purpose = plain(row.purpose.as_deref().unwrap_or_default());
        let lines = [title.as_str()].into_iter().chain(purpose.lines());
        let lines = lines.map(|line| format!("    {line}").trim_end().to_owned()).collect::<Vec<_>>();
        format!("{}\n{}", row.argument(), lines.join("\n"))
    };
    rows.iter().map(block).collect::<Vec<_>>().join("\n\n")
}

#[derive(Serialize)]
struct Row {
    name: String,
    title: String,
    /// `None`: part of the program, and run by its name.
    path: Option<Shown>,
    purpose: Option<String>,
}

impl Row {
    fn new(scenario: Scenario, path: Option<Shown>) -> Row {
        Row { name: scenario.name, title: scenario.title, path, purpose: scenario.purpose }
    }

    fn of_program(builtin: &Builtin) -> Result<Row, Failure> {
        let scenario = scenario::parse(builtin.name, builtin.text, &[]);
        Ok(Row::new(scenario.map_err(|report| Failure::bad_file(builtin.name, &report, false))?, None))
    }

    /// What a file says about itself; a file that is not a valid scenario is reported and skipped.
    fn read(path: &Path, console: &Console) -> Option<Row> {
        match scenario::load(path, &[]) {
            Ok(scenario) => Some(Row::new(scenario, Some(Shown::of(path)))),
            Err(_) => {
                let path = Shown::of(path);
                console.note(&format!("warning: `{path}` is skipped: see `ir3sim check {path}`"));
                None
            }
        }
    }

    /// What `ir3sim run` takes for it.
    fn argument(&self) -> String {
        self.path.as_ref().map_or_else(|| self.name.clone(), Shown::to_string)
    }
}

//! `ir3sim list`: the scenarios that come with the program.

use std::path::Path;

use comfy_table::ContentArrangement;
use serde::Serialize;

use super::console::Console;
use super::failure::{Exit, Failure};
use super::report::table;
use super::shipped;
use super::shown::{Shown, plain};
use crate::scenario;

/// `ir3sim list`: the scenarios that come with the program, a line each.
pub(super) fn list(console: &Console) -> Result<Exit, Failure> {
    let holds = |folder: &Path| shipped::files(folder, "toml").is_ok_and(|files| !files.is_empty());
    let none =
        || anyhow::anyhow!("no folder `scenarios` with files here, in a folder above, or above the program");
    let folder = shipped::folder("scenarios", holds).ok_or_else(|| Failure::new(Exit::Incomplete, none()))?;
    let files = shipped::files(&folder, "toml")?;
    let rows: Vec<Row> = files.iter().filter_map(|file| Row::read(file, console)).collect();
    console.document(&rows)?;
    console.say(&if console.verbose { blocks(&rows) } else { lines(&rows, console) })?;
    Ok(Exit::Done)
}

fn lines(rows: &[Row], console: &Console) -> String {
    let mut table = table::plain(console);
    table.set_content_arrangement(ContentArrangement::Disabled);
    table.add_rows(rows.iter().map(|row| [row.name.clone(), plain(&row.title), row.path.to_string()]));
    table.trim_fmt()
}

fn blocks(rows: &[Row]) -> String {
    let block = |row: &Row| {
        let (title, path) = (plain(&row.title), row.path.to_string());
        let purpose = plain(row.purpose.as_deref().unwrap_or_default());
        let lines = [title.as_str(), path.as_str()].into_iter().chain(purpose.lines());
        let lines = lines.map(|line| format!("    {line}").trim_end().to_owned()).collect::<Vec<_>>();
        format!("{}\n{}", row.name, lines.join("\n"))
    };
    rows.iter().map(block).collect::<Vec<_>>().join("\n\n")
}

#[derive(Serialize)]
struct Row {
    name: String,
    title: String,
    path: Shown,
    purpose: Option<String>,
}

impl Row {
    /// What a file says about itself; a file that is not a valid scenario is reported and skipped.
    fn read(path: &Path, console: &Console) -> Option<Row> {
        match scenario::load(path, &[]) {
            Ok(scenario) => Some(Row {
                name: scenario.name,
                title: scenario.title,
                path: Shown::of(path),
                purpose: scenario.purpose,
            }),
            Err(_) => {
                let path = Shown::of(path);
                console.note(&format!("warning: `{path}` is skipped: see `ir3sim check {path}`"));
                None
            }
        }
    }
}

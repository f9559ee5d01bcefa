//! `ir3sim list`: the scenarios, sweeps and overlays that come with the program, or those in a folder.

use std::path::Path;

use serde::Serialize;

use super::args::ListArgs;
use super::builtin::{self, Builtin};
use super::console::Console;
use super::failure::{Exit, Failure};
use super::input::is_sweep;
use super::report::table;
use super::shipped;
use super::shown::{Shown, plain};
use crate::scenario::{self, Given, Report, Scenario, Sweep};

/// `ir3sim list`: scenarios, then sweeps, and then overlays, a line each.
pub(super) fn list(args: &ListArgs, console: &Console) -> Result<Exit, Failure> {
    let rows = match &args.folder {
        Some(folder) => in_folder(folder, console)?,
        None => {
            let of_program = builtin::ALL.iter().chain(builtin::SWEEPS).map(Row::of_program);
            of_program
                .chain(builtin::overlays().map(|overlay| Ok(Row::overlay(overlay))))
                .collect::<Result<_, _>>()?
        }
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
    let table = |kind: Kind| {
        let mut table = table::plain(console);
        let rows = rows.iter().filter(|row| row.kind == kind);
        table.add_rows(rows.map(|row| [row.argument(), plain(&row.title)]));
        table::keep_whole(&mut table, 1);
        (!table.is_empty()).then(|| table.trim_fmt())
    };
    let sweeps = table(Kind::Sweep).map(|table| format!("sweeps (`ir3sim sweep run NAME`)\n{table}"));
    let overlays =
        table(Kind::Overlay).map(|table| format!("overlays (`ir3sim run FILE --overlay NAME`)\n{table}"));
    table(Kind::Scenario).into_iter().chain(sweeps).chain(overlays).collect::<Vec<_>>().join("\n\n")
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

#[derive(Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Scenario,
    Sweep,
    Overlay,
}

#[derive(Serialize)]
struct Row {
    kind: Kind,
    name: String,
    title: String,
    /// `None`: part of the program, and run by its name.
    path: Option<Shown>,
    purpose: Option<String>,
}

impl Row {
    /// What a text says about itself.
    fn of(name: &str, text: &str, path: Option<Shown>) -> Result<Row, Report> {
        if is_sweep(text) {
            let Sweep { name, title, purpose, .. } = scenario::parse_sweep(name, text, &Given::default())?;
            let title = title.unwrap_or_default();
            return Ok(Row { kind: Kind::Sweep, name, title, path, purpose });
        }
        let Scenario { name, title, purpose, .. } = scenario::parse(name, text, &[])?;
        Ok(Row { kind: Kind::Scenario, name, title, path, purpose })
    }

    /// An overlay is no scenario: it says in its first comment what it is.
    fn overlay(overlay: &Builtin) -> Row {
        let comments = overlay.text.lines().take_while(|line| line.starts_with('#'));
        let said: Vec<&str> = comments.map(|line| line.trim_start_matches(['#', ' '])).collect();
        let said = said.join(" ");
        // A dot in a number ends no sentence.
        let ends = [": ", ". "].iter().filter_map(|end| said.find(end)).min();
        let title = said[..ends.unwrap_or(said.len())].trim().trim_end_matches('.').to_owned();
        let (name, kind) = (overlay.name.to_owned(), Kind::Overlay);
        Row { kind, name, title, path: None, purpose: Some(said) }
    }

    fn of_program(builtin: &Builtin) -> Result<Row, Failure> {
        Row::of(builtin.name, builtin.text, None)
            .map_err(|report| Failure::bad_file(builtin.name, &report, false))
    }

    /// What a file says about itself; a file that is neither a scenario nor a sweep is reported and skipped.
    fn read(path: &Path, console: &Console) -> Option<Row> {
        let shown = Shown::of(path);
        let text = std::fs::read_to_string(path).ok();
        let row = text.and_then(|text| Row::of(&shown.to_string(), &text, Some(shown.clone())).ok());
        if row.is_none() {
            console.note(&format!("warning: `{shown}` is skipped: see `ir3sim check {shown}`"));
        }
        row
    }

    /// What `ir3sim run` or `ir3sim sweep run` takes for it.
    fn argument(&self) -> String {
        self.path.as_ref().map_or_else(|| self.name.clone(), Shown::to_string)
    }
}

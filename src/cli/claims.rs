//! `ir3sim claims`: the verdicts of results on disk.

use std::path::PathBuf;

use comfy_table::Cell;
use serde::Serialize;

use super::args::ClaimsArgs;
use super::console::Console;
use super::failure::{Exit, Failure};
use super::report::table;
use super::shown::plain;
use super::{format, stored};
use crate::charts;
use crate::results::{self, ClaimRow, TrialRow, Tried, Turn, Verdict};
use crate::scenario::Claim;

/// `ir3sim claims`: the verdict on each of the seventeen claims, from results on disk.
pub(super) fn claims(args: &ClaimsArgs, console: &Console) -> Result<Exit, Failure> {
    let results = stored::read_results(&args.folders, console)?;
    let rows = results::verdicts(&results);
    let turns = turns(&args.folders)?;
    let of = |row: &ClaimRow| turns.iter().filter(|turn| turn.claim.as_deref() == Some(row.claim)).collect();
    console.document(&rows.iter().map(|row| WithTurns { row, turns: of(row) }).collect::<Vec<_>>())?;
    console.say(&table_of(&rows, results.len(), &turns, console))?;
    Ok(Exit::Done)
}

/// A claim, and where its trials turn.
#[derive(Serialize)]
struct WithTurns<'a> {
    #[serde(flatten)]
    row: &'a ClaimRow,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    turns: Vec<&'a Turn>,
}

/// What searches for thresholds have found in these folders.
fn turns(wanted: &[PathBuf]) -> Result<Vec<Turn>, Failure> {
    let folders = stored::places(wanted)?;
    let found: Result<Vec<Vec<Turn>>, _> = folders.iter().map(|folder| results::find_turns(folder)).collect();
    Ok(found?.concat())
}

/// Of each claim the threshold of one trial; with its scenario, where that has room.
fn thresholds(rows: &[ClaimRow], turns: &[Turn], console: &Console) -> String {
    let found: Vec<&Turn> = rows.iter().filter_map(|row| threshold(row, turns)).collect();
    if found.is_empty() {
        return String::new();
    }
    let table = |along: fn(&Turn) -> String| {
        let mut table = table::headed(console, &["claim", "turns along", "holds", "fails"]);
        table.add_rows(found.iter().map(|turn| {
            let at = |border: &Option<String>, verdict| {
                let near = turn.points.iter().rev().find(|point| point.verdict == verdict);
                border.as_ref().or(near.map(|point| &point.value)).map_or("–", String::as_str).to_owned()
            };
            let borders = [at(&turn.holds_at, Verdict::Holds), at(&turn.fails_at, Verdict::Fails)];
            [turn.claim.clone().unwrap_or_default(), along(turn)].into_iter().chain(borders)
        }));
        table
    };
    let wide = table(|turn| format!("{}, {}", along(turn), turn.scenario));
    let shown = Some(wide).filter(table::fits).unwrap_or_else(|| table(along)).trim_fmt();
    let changed = found.iter().any(|turn| !turn.with.is_empty());
    format!(
        "\n{shown}\n{}\n",
        if changed { " *: in a scenario that was changed besides, as -v says.\n" } else { "" }
    )
}

/// The parameter; marked where it is not the only one that is otherwise than in the scenario.
fn along(turn: &Turn) -> String {
    format!("{}{}", charts::short_path(&turn.axis), if turn.with.is_empty() { "" } else { "*" })
}

/// Of the trial that decides, if it has been searched for; else of another, if there is one that turns.
fn threshold<'t>(row: &ClaimRow, turns: &'t [Turn]) -> Option<&'t Turn> {
    let own = || turns.iter().filter(|turn| turn.claim.as_deref() == Some(row.claim));
    let decides = |turn: &&Turn| row.deciding().is_some_and(|trial| trial.tried.name == turn.name);
    let is_known = |turn: &&Turn| turn.holds_at.is_some() && turn.fails_at.is_some();
    own().filter(decides).find(is_known).or_else(|| own().find(is_known)).or_else(|| own().next())
}

/// Where trials turn, a sentence each.
fn turns_of(turns: &[Turn], console: &Console) -> String {
    if turns.is_empty() {
        return String::new();
    }
    let sentence = |turn: &Turn| {
        let crossing = turn.crossing.map_or_else(String::new, |crossing| {
            let end = |end: Option<f64>| end.map_or_else(|| "?".to_owned(), format::number);
            let (low, high) = (end(crossing.ci_low), end(crossing.ci_high));
            format!("; the mean crosses the bound at {} ({low} to {high})", format::number(crossing.at))
        });
        let Turn { scenario, with, name, axis, .. } = turn;
        let claim = turn.claim.as_deref().unwrap_or_default();
        let with = if with.is_empty() { String::new() } else { format!(" with {}", with.join(", ")) };
        let text = format!("{claim}: {name} in {scenario}{with} along {axis} {}{crossing}", turn.said());
        (Cell::new("–"), plain(&text))
    };
    format!(
        "\nWhere trials turn, along one parameter each\n{}\n\n",
        table::marked(console, turns.iter().map(sentence))
    )
}

fn table_of(rows: &[ClaimRow], results: usize, turns: &[Turn], console: &Console) -> String {
    let text = if console.verbose { blocks(rows, console) } else { lines(rows, console) };
    let tried = rows.iter().any(|row| !row.trials.is_empty());
    let below = if tried { legend(rows, turns.len(), console) } else { untried(results) };
    let where_they_turn =
        if console.verbose { turns_of(turns, console) } else { thresholds(rows, turns, console) };
    format!("{text}\n{where_they_turn}{below}")
}

/// What to do where nothing was tried.
fn untried(results: usize) -> String {
    let which = if results == 1 { "The result puts" } else { "None of the results puts" };
    let not = if results == 1 { "no claim" } else { "a claim" };
    format!(
        " {which} {not} on trial. A scenario does so with a table `[claims.NAME]`: the\n claim, a metric, and the bound \
         that must hold. Nearly all scenarios that come\n with the program (`ir3sim list`) have some: try `ir3sim run forgery`."
    )
}

const WIDE: [&str; 9] =
    ["claim", "verdict", "trials", "worst margin", "in", "metric", "value", "95 % interval", "wanted"];
const NARROW: [&str; 6] = ["claim", "verdict", "trials", "controls", "worst", "in"];

/// A line for each claim; with the trial that decides and its figures, where they have room.
fn lines(rows: &[ClaimRow], console: &Console) -> String {
    let table = |columns: &[&str], cells: fn(&ClaimRow) -> Vec<Cell>| {
        let mut table = table::headed(console, columns);
        for row in rows {
            let mut cells = cells(row);
            cells.resize(columns.len(), "".into());
            table.add_row(cells);
        }
        table
    };
    let fitting = [table(&WIDE, all_of), table(&NARROW, core_of)].into_iter().find(table::fits);
    fitting.unwrap_or_else(|| table(&NARROW[..5], core_of)).trim_fmt()
}

fn all_of(row: &ClaimRow) -> Vec<Cell> {
    let mut cells = vec![row.claim.into(), table::verdict(row.verdict), counts(row).into()];
    if let Some(deciding) = row.deciding() {
        cells.extend([table::margin(row.worst_margin), place(deciding)].map(Cell::from));
        cells.extend(figures(&deciding.tried).map(Cell::from));
    }
    cells
}

fn core_of(row: &ClaimRow) -> Vec<Cell> {
    let controls = if row.controls() == 0 { String::new() } else { row.controls().to_string() };
    let mut cells = vec![row.claim.into(), table::verdict(row.verdict), holding(row).into(), controls.into()];
    if let Some(deciding) = row.deciding() {
        cells.extend([table::margin(row.worst_margin), place(deciding)].map(Cell::from));
    }
    cells
}

/// Each claim with what it says, and all of its trials.
fn blocks(rows: &[ClaimRow], console: &Console) -> String {
    let block = |(row, claim): (&ClaimRow, Claim)| {
        let heading = format!("{}: {} ({})", row.claim, table::words_of(row.verdict), counts(row));
        let trials = row.trials.iter().map(details);
        let text = std::iter::once((Cell::new(""), claim.meaning().to_owned())).chain(trials);
        format!("{heading}\n{}", table::marked(console, text))
    };
    rows.iter().zip(Claim::all()).map(block).collect::<Vec<_>>().join("\n\n")
}

/// How many trials hold, of those that count, and how many do not count; each once, whatever variants there are.
fn counts(row: &ClaimRow) -> String {
    let holding = holding(row);
    match row.controls() {
        0 => holding,
        controls => format!("{holding}, {}", format::count(controls as u64, "control")),
    }
}

fn holding(row: &ClaimRow) -> String {
    format!("{} of {}", row.holding, row.counted)
}

/// The result of a trial: its scenario, and what tells it from others of the same.
fn place(trial: &TrialRow) -> String {
    let variant = trial.variant.as_ref().map(|variant| format!(" [{variant}]"));
    format!("{}{}", trial.scenario, variant.unwrap_or_default())
}

/// A trial as a sentence behind the mark of its verdict.
fn details(trial: &TrialRow) -> (Cell, String) {
    let (mark, words) = table::mark_of(&trial.tried);
    let alone = if trial.verdict_alone == trial.tried.judged.verdict { "" } else { " among all trials" };
    let [what, value, interval, wanted] = figures(&trial.tried);
    let margin = table::margin(trial.tried.judged.margin);
    let (name, place) = (&trial.tried.name, place(trial));
    let text = format!(
        "{name} in {place}: {words}{alone}, margin {margin}; {what} = {value} (95 % interval {interval}; wanted {wanted})"
    );
    (mark, text)
}

fn legend(rows: &[ClaimRow], turns: usize, console: &Console) -> String {
    let trials = || rows.iter().flat_map(|row| &row.trials);
    let all = trials().filter(|trial| trial.counts()).count();
    let variants = if trials().any(|trial| trial.variant.is_some()) {
        "\n Variants of a scenario do not make a trial several: it holds if it does in all."
    } else {
        ""
    };
    let more = match turns {
        _ if console.verbose => String::new(),
        0 => "\n -v shows each trial.".to_owned(),
        some => format!(
            "\n A trial turns between where it is known to hold and where it is known to fail.\n -v shows each trial, and all \
             {some} searches along a parameter."
        ),
    };
    format!(
        " Verdicts are right together with 97.5 % certainty on either side, among all\n {} (Holm). The worst margin is \
         how far inside its bound the worse end of\n an interval lies, as a share of the larger of the two; negative is \
         outside.\n Controls cannot fail, and do not count.{variants}{more}",
        format::count(all as u64, "trial")
    )
}

/// What was measured in a trial, the value, its interval if there is one, and what was wanted.
fn figures(trial: &Tried) -> [String; 4] {
    let metric = &trial.look.metric;
    [
        format!("{metric}{}", table::part(&trial.look)),
        format::value(metric, trial.mean().0),
        table::interval(trial),
        format::bounds(metric, trial.bounds),
    ]
}

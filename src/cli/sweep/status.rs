//! `ir3sim sweep status`: how far a sweep is.

use serde::Serialize;

use super::folder::Folder;
use crate::cli::args::SweepFolderArgs;
use crate::cli::console::Console;
use crate::cli::failure::{Exit, Failure};
use crate::cli::format;
use crate::cli::shown::Shown;
use crate::study::Account;

#[derive(Serialize)]
struct Status {
    folder: Shown,
    points: usize,
    points_complete: usize,
    runs: usize,
    runs_finished: usize,
    damaged_lines: usize,
    merged: bool,
}

/// `ir3sim sweep status`: how many runs of a sweep are finished; exit code 4 when some are not.
pub(super) fn status(args: &SweepFolderArgs, console: &Console) -> Result<Exit, Failure> {
    let folder = Folder::existing(&args.folder)?;
    let (plan, store) = (folder.plan()?, folder.store()?);
    let there: Vec<bool> = Account::keys(&plan).map(|key| store.find(key).is_some()).collect();
    let of_point = there.chunks(plan.sweep.replications as usize);
    let status = Status {
        folder: Shown::of(&folder.path),
        points: plan.points.len(),
        points_complete: of_point.filter(|runs| runs.iter().all(|there| *there)).count(),
        runs: there.len(),
        runs_finished: there.iter().filter(|there| **there).count(),
        damaged_lines: store.damaged(),
        merged: Account::is_sealed(&folder.path, &plan),
    };
    console.document(&status)?;
    console.say(&text(&status))?;
    Ok(if status.runs_finished == status.runs { Exit::Done } else { Exit::Incomplete })
}

fn text(status: &Status) -> String {
    let Status { folder, points, points_complete, runs, runs_finished, .. } = status;
    let mut text = format!(
        "{folder}: {runs_finished} of {} finished, {points_complete} of {} complete",
        format::count(*runs as u64, "run"),
        format::count(*points as u64, "point")
    );
    if status.damaged_lines > 0 {
        text += &format!("; {} not whole", format::count(status.damaged_lines as u64, "line"));
    }
    if runs_finished == runs {
        text += if status.merged { "; merged" } else { "; `ir3sim sweep merge` writes the tables" };
    }
    text
}

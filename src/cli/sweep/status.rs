//! `ir3sim sweep status`: how far a sweep is.

use serde::Serialize;

use super::folder::Folder;
use super::words;
use crate::cli::args::SweepFolderArgs;
use crate::cli::console::Console;
use crate::cli::failure::{Exit, Failure};
use crate::cli::format;
use crate::cli::shown::Shown;
use crate::study::{Account, Progress};

#[derive(Serialize)]
struct Status {
    folder: Shown,
    points: usize,
    points_complete: usize,
    /// Runs that there will be at the most.
    runs: u64,
    /// And at the least: a rule may end the runs of a point before.
    runs_least: u64,
    runs_finished: u64,
    damaged_lines: usize,
    merged: bool,
}

/// `ir3sim sweep status`: how many runs of a sweep are finished; exit code 4 when some are not.
pub(super) fn status(args: &SweepFolderArgs, console: &Console) -> Result<Exit, Failure> {
    let folder = Folder::existing(&args.folder)?;
    let (plan, store) = (folder.plan()?, folder.store()?);
    let progress = Progress::of(&plan, &store);
    let status = Status {
        folder: Shown::of(&folder.path),
        points: plan.points.len(),
        points_complete: progress.complete,
        runs: progress.finished + progress.left.1,
        runs_least: progress.finished + progress.left.0,
        runs_finished: progress.finished,
        damaged_lines: store.damaged(),
        merged: Account::is_sealed(&folder.path, &plan),
    };
    console.document(&status)?;
    console.say(&text(&status))?;
    Ok(if status.points_complete == status.points { Exit::Done } else { Exit::Incomplete })
}

fn text(status: &Status) -> String {
    let Status { folder, points, points_complete, runs, runs_least, runs_finished, .. } = status;
    let mut text = format!(
        "{folder}: {runs_finished} of {} finished, {points_complete} of {} complete",
        words::range(*runs_least, *runs),
        format::count(*points as u64, "point")
    );
    if status.damaged_lines > 0 {
        text += &format!("; {} not whole", format::count(status.damaged_lines as u64, "line"));
    }
    if points_complete == points {
        text += if status.merged { "; merged" } else { "; `ir3sim sweep merge` writes the tables" };
    }
    text
}

//! DIR… of a command: all results in several folders, as they are on disk.

use std::path::{Path, PathBuf};

use super::console::Console;
use super::failure::{Exit, Failure};
use super::shown::Shown;
use super::{folders, shipped};
use crate::results::{self, ReadError, Stored};

/// What was found.
pub(super) struct Found {
    /// The folders that were searched.
    pub folders: Vec<PathBuf>,
    /// The results in them.
    pub results: Vec<Stored>,
    /// The folders of sweeps among them, finished or not.
    pub sweeps: Vec<PathBuf>,
    /// Why others are left out: they are unfinished.
    pub left_out: Vec<String>,
}

/// Reads all results in these folders; without any, in the `results` that come with the program.
pub(super) fn read_all(wanted: &[PathBuf], console: &Console) -> Result<Found, Failure> {
    let mut all =
        Found { folders: places(wanted)?, results: Vec::new(), sweeps: Vec::new(), left_out: Vec::new() };
    for place in &all.folders {
        let (found, sweeps) = (results::find(place)?, results::find_sweeps(place)?);
        if found.is_empty() && sweeps.is_empty() {
            return Err(nothing(&format!("no result in `{}`", Shown::of(place))));
        }
        all.sweeps.extend(sweeps);
        for folder in found {
            match read(&folder)? {
                Ok(stored) => all.results.push(stored),
                Err(why) => all.left_out.push(why),
            }
        }
    }
    all.left_out.iter().for_each(|why| console.complain(&format!("left out: {why}")));
    if all.results.is_empty() && all.sweeps.is_empty() { Err(none_finished()) } else { Ok(all) }
}

/// The same without sweeps, whose points are no results.
pub(super) fn read_results(wanted: &[PathBuf], console: &Console) -> Result<Vec<Stored>, Failure> {
    let found = read_all(wanted, console)?;
    // Those that come with the program were not asked for.
    for sweep in found.sweeps.iter().filter(|_| !wanted.is_empty()) {
        let folder = Shown::of(sweep);
        console.complain(&format!(
            "left out: `{folder}` is a sweep: `ir3sim report` shows the verdicts at its points"
        ));
    }
    if found.results.is_empty() { Err(none_finished()) } else { Ok(found.results) }
}

fn none_finished() -> Failure {
    nothing("no result that is finished")
}

/// The result in a folder, or why it is not finished.
fn read(folder: &Path) -> Result<Result<Stored, String>, Failure> {
    results::recover(folder)?;
    match results::read(folder) {
        Ok(stored) => Ok(Ok(stored)),
        Err(error @ ReadError::Unfinished { .. }) => Ok(Err(error.to_string())),
        Err(error) => Err(error.into()),
    }
}

/// The folders that are wanted; without any, the `results` that come with the program.
pub(super) fn places(wanted: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    if !wanted.is_empty() {
        return wanted.iter().map(|folder| folders::results_in(folder)).collect();
    }
    let holds = |folder: &Path| results::find(folder).is_ok_and(|found| !found.is_empty());
    let none = || {
        let own = if holds(Path::new("runs")) { ", as `runs` here does" } else { "" };
        let said = "no folder `results` with results here, in a folder above, or above the program: name the folders that hold some";
        nothing(&format!("{said}{own}"))
    };
    Ok(vec![shipped::folder("results", holds).ok_or_else(none)?])
}

fn nothing(said: &str) -> Failure {
    Failure::new(Exit::Incomplete, anyhow::anyhow!(said.to_owned()))
}

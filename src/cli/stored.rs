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
    /// The results in them; at least one.
    pub results: Vec<Stored>,
    /// Why others are left out: they are unfinished.
    pub left_out: Vec<String>,
}

/// Reads all results in these folders; without any, in the `results` that come with the program.
pub(super) fn read_all(wanted: &[PathBuf], console: &Console) -> Result<Found, Failure> {
    let mut all = Found { folders: places(wanted)?, results: Vec::new(), left_out: Vec::new() };
    for place in &all.folders {
        let found = results::find(place)?;
        if found.is_empty() {
            return Err(nothing(&format!("no result in `{}`", Shown::of(place))));
        }
        for folder in found {
            match read(&folder)? {
                Ok(stored) => all.results.push(stored),
                Err(why) => all.left_out.push(why),
            }
        }
    }
    all.left_out.iter().for_each(|why| console.complain(&format!("left out: {why}")));
    if all.results.is_empty() { Err(nothing("no result that is finished")) } else { Ok(all) }
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

fn places(wanted: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    if !wanted.is_empty() {
        return wanted.iter().map(|folder| folders::results_in(folder)).collect();
    }
    let holds = |folder: &Path| results::find(folder).is_ok_and(|found| !found.is_empty());
    let none = "no folder `results` with results here, in a folder above, or above the program";
    Ok(vec![shipped::folder("results", holds).ok_or_else(|| nothing(none))?])
}

fn nothing(said: &str) -> Failure {
    Failure::new(Exit::Incomplete, anyhow::anyhow!(said.to_owned()))
}

//! DIR of a command: the folder of a result, by its path or by its name alone.

use std::fmt::Display;
use std::fs;
use std::path::{Path, PathBuf};

use super::failure::{Exit, Failure};
use super::shipped;
use super::shown::Shown;
use crate::results;
use crate::scenario::nearest;

/// Folders in which results are looked for by name.
const PLACES: [&str; 2] = ["runs", "results"];

/// The folder of one result: DIR itself, or its manifest's; else the result of this name in `runs` or `results`, here or
/// in a folder above; else the only one in `runs` whose name begins so.
pub(super) fn result(dir: &Path) -> Result<PathBuf, Failure> {
    if is_result(dir) {
        return Ok(dir.to_owned());
    }
    if dir.file_name().is_some_and(|name| name == "manifest.toml") && dir.is_file() {
        return Ok(dir
            .parent()
            .filter(|parent| *parent != Path::new(""))
            .unwrap_or(Path::new("."))
            .to_owned());
    }
    if dir.exists() {
        return inside(dir);
    }
    only(dir, &named(dir))
}

/// DIR with a result or results in it, or the result of this name as [`result`] finds it.
pub(super) fn results_in(dir: &Path) -> Result<PathBuf, Failure> {
    if dir.is_dir() { Ok(dir.to_owned()) } else { result(dir) }
}

fn is_result(folder: &Path) -> bool {
    folder.join("manifest.toml").is_file()
}

/// The only result in a folder that is none itself.
fn inside(dir: &Path) -> Result<PathBuf, Failure> {
    if !dir.is_dir() {
        let said = format!("`{}` is a file, not the folder of a result", Shown::of(dir));
        return Err(Failure::new(Exit::Failed, anyhow::anyhow!(said)));
    }
    let found = results::find(dir)?;
    if found.len() > 1 {
        return only(dir, &found);
    }
    // What it says when there is none is what reading it says.
    Ok(found.into_iter().next().unwrap_or_else(|| dir.to_owned()))
}

/// The results that a name can mean: those called so, else those that begin so.
fn named(dir: &Path) -> Vec<PathBuf> {
    let called = |place: &&str| {
        let folder = shipped::folder(place, |folder| is_result(&folder.join(dir)))?;
        Some(folder.join(dir))
    };
    let exact: Vec<PathBuf> = PLACES.iter().filter_map(called).collect();
    if !exact.is_empty() {
        return exact;
    }
    let Some(name) = dir.to_str() else { return Vec::new() };
    let begins = |path: &PathBuf| name_of(path).starts_with(&format!("{name}-"));
    known("runs").into_iter().filter(begins).collect()
}

/// All results directly in a folder of this name, here or above.
fn known(place: &str) -> Vec<PathBuf> {
    let Some(folder) = shipped::folder(place, Path::is_dir) else { return Vec::new() };
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut known: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|path| is_result(path)).collect();
    known.sort();
    known
}

fn name_of(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Names in a message; there may be hundreds.
const SHOWN: usize = 5;

fn only(dir: &Path, found: &[PathBuf]) -> Result<PathBuf, Failure> {
    let dir = Shown::of(dir);
    match found {
        [one] => Ok(one.clone()),
        [] => {
            let names: Vec<String> =
                PLACES.iter().flat_map(|place| known(place)).map(|path| name_of(&path)).collect();
            let found = match names.len() {
                0 => "no result in either was found here or in a folder above".to_owned(),
                _ => format!("found there: {}", listed(names.iter().map(String::as_str))),
            };
            let near = nearest(&dir.to_string(), &names).map(|near| format!("; the nearest is `{near}`"));
            let said = format!(
                "there is no folder `{dir}`, and none of this name in `runs` or `results` with a result in it{}; {found}",
                near.unwrap_or_default()
            );
            Err(Failure::new(Exit::Failed, anyhow::anyhow!(said)))
        }
        several => {
            let names = listed(several.iter().map(|path| Shown::of(path)));
            let said = format!("`{dir}` can be {} results: name one of {names}", several.len());
            Err(Failure::new(Exit::Usage, anyhow::anyhow!(said)))
        }
    }
}

/// The first of these names, and how many more there are.
fn listed(names: impl ExactSizeIterator<Item = impl Display>) -> String {
    let more = names.len().saturating_sub(SHOWN);
    let mut shown: Vec<String> = names.take(SHOWN).map(|name| format!("`{name}`")).collect();
    if more > 0 {
        shown.push(format!("{more} more"));
    }
    shown.join(", ")
}

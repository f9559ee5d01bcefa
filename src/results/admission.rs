//! Whether a result may be made in a folder: told before the run.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use super::begun::{self, BEGUN, Begun, JOURNAL, unfinished};
use super::folder_error::FolderError;
use super::listing::Files;
use super::names::{MANIFEST, SUMMARY, TIMING, UNFINISHED};
use super::owned::{first_changed, obstacle, owned};
use super::parquet;
use super::read_error::ReadError;
use super::replications::{Points, Runs};
use super::workplace::{self, LOCK};
use super::{Identity, Manifest};
use crate::metrics::{ChartKind, Schema, tables};

/// The target's real path: links are followed.
pub(super) fn absolute(target: &Path) -> Result<PathBuf, FolderError> {
    let failed = |cause| FolderError::Make { path: target.to_owned(), cause };
    target.canonicalize().or_else(|_| std::path::absolute(target)).map_err(failed)
}

/// How often, and after what pauses, a folder is looked at before it is refused.
const LOOKS: u32 = 4;
const PAUSE: Duration = Duration::from_millis(2);

/// What [`check`] says of a folder that this process does not hold: another one may be about to put something there, or to take it away,
/// and what is seen halfway is no reason to refuse it.
#[expect(
    clippy::disallowed_methods,
    reason = "it waits for another process, which tells nobody when it is done"
)]
pub(super) fn check_unheld(target: &Path, identity: &Identity) -> Result<(), FolderError> {
    for _ in 1..LOOKS {
        if check(target, identity).is_ok() {
            return Ok(());
        }
        thread::sleep(PAUSE);
    }
    check(target, identity)
}

/// Whether a result may be made in `target`.
pub(super) fn check(target: &Path, identity: &Identity) -> Result<(), FolderError> {
    let path = || target.to_owned();
    // One look and no second: another process may take it away between them, and then nothing is in the way.
    let Ok(found) = target.symlink_metadata() else { return Ok(()) };
    let is_folder = found.is_dir() || found.is_symlink() && target.is_dir();
    if !is_folder {
        return Err(FolderError::NotAFolder { path: path() });
    }
    let working = is_worked_in(target);
    match Manifest::read(target) {
        Ok(Some(manifest)) if goes_on_from(identity, &manifest) => workplace::check(target),
        Ok(Some(manifest)) => Err(FolderError::Occupied { path: path(), held: held(identity, &manifest) }),
        Ok(None) if working || is_worked_in(target) => workplace::check(target),
        Ok(None) if is_empty(target) => Ok(()),
        // Another process has put it there this very moment.
        Ok(None) if target.join(MANIFEST).is_file() => check(target, identity),
        Err(ReadError::Io { cause, .. }) => Err(FolderError::Make { path: path(), cause }),
        Ok(None) | Err(_) => Err(FolderError::Foreign { path: path() }),
    }
}

/// Whether `manifest` belongs to this result, or to the first of its replications.
fn goes_on_from(identity: &Identity, manifest: &Manifest) -> bool {
    let counts = (identity.replications, manifest.replications);
    let same = Identity { replications: manifest.replications, ..identity.clone() }.matches(manifest);
    same && matches!(counts, (None, None) | (Some(_), Some(_))) && counts.1 <= counts.0
}

/// Whether a process works in the folder `unfinished`, or has left something there.
pub(super) fn is_worked_in(target: &Path) -> bool {
    [BEGUN, JOURNAL, LOCK].iter().any(|name| unfinished(target).join(name).is_file())
}

/// Refuses a folder with finished replications of another result: to whoever holds it, so that nobody is still at them.
pub(super) fn check_begun(target: &Path, identity: &Identity) -> Result<(), FolderError> {
    let goes_on = |begun: &Begun| {
        let both_several = identity.replications.is_some() && begun.replications.is_some();
        both_several && identity.seed == begun.seed && identity.scenario == begun.scenario
    };
    let begun = Begun::read(target);
    if begun.as_ref().is_some_and(goes_on) || begun::finished(target).is_empty() {
        return Ok(());
    }
    let held = begun.map_or_else(|| format!("`{BEGUN}` does not tell which"), |begun| begun.words(target));
    Err(FolderError::Begun { path: target.to_owned(), held })
}

fn held(identity: &Identity, manifest: &Manifest) -> String {
    let times = manifest.replications.map(|count| format!(", {count} replications"));
    let name = manifest.scenario.get("name").and_then(toml::Value::as_str).unwrap_or("unnamed");
    let same = identity.seed == manifest.seed && identity.replications == manifest.replications;
    let changed = if same { ", with other parameters" } else { "" };
    format!("scenario {name}, seed {}{}{changed}", manifest.seed, times.unwrap_or_default())
}

/// Refuses a folder in which a file of the earlier result was changed, can't be replaced, or has a name that the new one
/// will need and is not of the earlier one.
pub(super) fn check_files(target: &Path, names: &[String]) -> Result<(), FolderError> {
    let owned = owned(&[target])?;
    if let Some(path) = in_the_way(target, &owned, names) {
        return Err(FolderError::InTheWay { path });
    }
    let failed = |cause| FolderError::Make { path: target.to_owned(), cause };
    if let Some(path) = first_changed(target, &owned).map_err(failed)? {
        return Err(FolderError::Changed { path });
    }
    let folders: BTreeSet<_> = owned.keys().filter_map(|path| Path::new(path).parent()).collect();
    let is_read_only = |path: &Path| path.metadata().is_ok_and(|metadata| metadata.permissions().readonly());
    match folders.into_iter().map(|folder| target.join(folder)).find(|folder| is_read_only(folder)) {
        Some(path) => Err(FolderError::Make { path, cause: io::ErrorKind::PermissionDenied.into() }),
        None => Ok(()),
    }
}

/// The first that has one of these names and is none of the earlier result's files, or stands where a folder is to be.
pub(super) fn in_the_way(target: &Path, owned: &Files, names: &[String]) -> Option<PathBuf> {
    let taken = |name: &String| {
        let path = target.join(name);
        obstacle(target, name).or_else(|| {
            let is_there = !owned.contains_key(name) && path.symlink_metadata().is_ok();
            is_there.then_some(path)
        })
    };
    names.iter().find_map(taken)
}

/// The names that files of a result may have in its folder.
pub(super) fn reserved(identity: &Identity) -> Vec<String> {
    let mut names = vec![MANIFEST.to_owned(), SUMMARY.to_owned(), TIMING.to_owned()];
    match identity.replications {
        Some(_) => {
            names.extend([Runs::FILE, Points::FILE, parquet::RUNS, parquet::POINTS].map(str::to_owned));
        }
        None => names.extend(tables::descriptions().map(|table| table.file.to_owned())),
    }
    names.extend(charts(&identity.scenario, ""));
    names
}

/// The names that charts of a scenario may have, in this folder inside the result's.
pub(super) fn charts(scenario: &toml::Table, folder: &str) -> Vec<String> {
    let asked =
        scenario.get("charts").and_then(toml::Value::as_table).into_iter().flat_map(toml::Table::keys);
    let names = ChartKind::all().map(|kind| kind.name.replace('_', "-")).chain(asked.cloned());
    names.flat_map(|name| ["svg", "png"].map(|ending| format!("{folder}charts/{name}.{ending}"))).collect()
}

/// The folders that have one of these files as their manifest, each with a `/` at its end, but for the outermost.
pub(super) fn manifests(files: &Files) -> Vec<String> {
    let folder = |path: &String| path.strip_suffix(MANIFEST).map(str::to_owned);
    files.keys().filter_map(folder).filter(|folder| folder.is_empty() || folder.ends_with('/')).collect()
}

/// Whether there is nothing in a folder, or no more than a process left that was stopped at its very start.
fn is_empty(folder: &Path) -> bool {
    let is_bare = |folder: &Path| fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none());
    let is_left = |entry: fs::DirEntry| entry.file_name() == UNFINISHED && is_bare(&entry.path());
    fs::read_dir(folder).is_ok_and(|entries| entries.flatten().all(is_left))
}

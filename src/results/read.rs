//! Finds result folders and reads what they say about themselves.

use std::fs;
use std::path::{Path, PathBuf};

use super::begun::{Begun, has_journal};
use super::listing::digest_of;
use super::names::{MANIFEST, SUMMARY, UNFINISHED};
use super::read_error::ReadError;
use super::shown::shown;
use super::{Manifest, Summary};

/// A result as read from its folder.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// The folder that it was read from.
    pub folder: PathBuf,
    /// What was run, and under which seed.
    pub manifest: Manifest,
    /// Its metrics, expectations and claims.
    pub summary: Summary,
}

/// Reads a result's manifest and summary.
///
/// # Errors
/// When the folder has no manifest, a file can't be read or parsed, or the summary was changed since it was written.
pub fn read(folder: &Path) -> Result<Stored, ReadError> {
    let manifest = Manifest::read(folder)?.ok_or_else(|| none_in(folder))?;
    let path = folder.join(SUMMARY);
    let text = fs::read(&path).map_err(|cause| ReadError::Io { path: path.clone(), cause })?;
    if manifest.files.get(SUMMARY).is_some_and(|digest| *digest != digest_of(&text)) {
        return Err(ReadError::Changed { path });
    }
    let summary = serde_json::from_slice(&text)
        .map_err(|error| ReadError::Broken { path, cause: error.to_string() })?;
    Ok(Stored { folder: folder.to_owned(), manifest, summary })
}

/// What a sweep's folder has, and no other.
const SWEEP: &str = "sweep.toml";

/// The result folders in `folder`, itself included, by name, and those of results that are unfinished. Folders inside a
/// result are not searched: they are its replications. Those of sweeps are left out.
///
/// # Errors
/// When a folder can't be listed.
pub fn find(folder: &Path) -> Result<Vec<PathBuf>, ReadError> {
    let mut found = search(folder)?;
    found.retain(|folder| !is_sweep(folder));
    Ok(found)
}

/// The folders of sweeps in `folder`, itself included, by name, finished or not.
///
/// # Errors
/// When a folder can't be listed.
pub fn find_sweeps(folder: &Path) -> Result<Vec<PathBuf>, ReadError> {
    let mut found = search(folder)?;
    found.retain(|folder| is_sweep(folder));
    Ok(found)
}

fn is_sweep(folder: &Path) -> bool {
    folder.join(SWEEP).is_file()
}

fn search(folder: &Path) -> Result<Vec<PathBuf>, ReadError> {
    let mut found = Vec::new();
    search_in(folder, &mut found)?;
    Ok(found)
}

/// Why a folder without a manifest is no result.
fn none_in(folder: &Path) -> ReadError {
    let path = folder.to_owned();
    let state = if has_journal(folder) {
        format!("its files are not all in their place yet; `ir3sim plot {}` moves them there", shown(folder))
    } else if let Some(begun) = Begun::read(folder) {
        begun.state(folder)
    } else {
        return ReadError::NotAResult { path };
    };
    ReadError::Unfinished { path, state }
}

fn search_in(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), ReadError> {
    if is_sweep(folder)
        || folder.join(MANIFEST).is_file()
        || has_journal(folder)
        || Begun::read(folder).is_some()
    {
        found.push(folder.to_owned());
        return Ok(());
    }
    let failed = |cause| ReadError::Io { path: folder.to_owned(), cause };
    let mut inner = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        // A link may lead back here.
        let name = entry.file_name();
        let hidden = name.to_string_lossy().starts_with('.') || name == UNFINISHED;
        if !hidden && entry.file_type().map_err(failed)?.is_dir() {
            inner.push(entry.path());
        }
    }
    inner.sort();
    inner.iter().try_for_each(|path| search_in(path, found))
}

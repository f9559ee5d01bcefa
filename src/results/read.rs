//! Finds result folders and reads what they say about themselves.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::files::{MANIFEST, SUMMARY};
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

/// Why a folder can't be read as a result.
#[derive(Debug, Error)]
pub enum ReadError {
    /// The folder lacks a manifest: it is something else, or was never completed.
    #[error("`{}` is not a result: it has no {MANIFEST}", path.display())]
    NotAResult {
        /// The folder.
        path: PathBuf,
    },
    /// The folder, its manifest or its summary cannot be read.
    #[error("could not read `{}`", path.display())]
    Io {
        /// The folder or file.
        path: PathBuf,
        /// What the system says.
        #[source]
        cause: io::Error,
    },
    /// The manifest or the summary cannot be parsed, as when another version wrote it.
    #[error("`{}` is not a valid file of a result: {cause}", path.display())]
    Broken {
        /// The file.
        path: PathBuf,
        /// What the parser found.
        cause: String,
    },
}

/// Reads a result's manifest and summary.
///
/// # Errors
/// When the folder has no manifest, or a file can't be read or parsed.
pub fn read(folder: &Path) -> Result<Stored, ReadError> {
    let manifest = manifest(folder)?.ok_or_else(|| ReadError::NotAResult { path: folder.to_owned() })?;
    let path = folder.join(SUMMARY);
    let text = fs::read(&path).map_err(|cause| ReadError::Io { path: path.clone(), cause })?;
    let summary = serde_json::from_slice(&text)
        .map_err(|error| ReadError::Broken { path, cause: error.to_string() })?;
    Ok(Stored { folder: folder.to_owned(), manifest, summary })
}

/// The result folders in `folder`, itself included, by name. Folders inside a result are not searched: they are its
/// replications.
///
/// # Errors
/// When a folder can't be listed.
pub fn find(folder: &Path) -> Result<Vec<PathBuf>, ReadError> {
    let mut found = Vec::new();
    search(folder, &mut found)?;
    Ok(found)
}

/// The manifest of `folder`; `None` when it has none.
pub(super) fn manifest(folder: &Path) -> Result<Option<Manifest>, ReadError> {
    let path = folder.join(MANIFEST);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound && folder.is_dir() => return Ok(None),
        Err(cause) => return Err(ReadError::Io { path, cause }),
    };
    let manifest = toml::from_str(&text)
        .map_err(|error: toml::de::Error| ReadError::Broken { path, cause: error.message().to_owned() })?;
    Ok(Some(manifest))
}

fn search(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), ReadError> {
    if folder.join(MANIFEST).is_file() {
        found.push(folder.to_owned());
        return Ok(());
    }
    let failed = |cause| ReadError::Io { path: folder.to_owned(), cause };
    let mut inner = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        // A hidden folder may be a draft; a link may lead back here.
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        if !hidden && entry.file_type().map_err(failed)?.is_dir() {
            inner.push(entry.path());
        }
    }
    inner.sort();
    inner.iter().try_for_each(|path| search(path, found))
}

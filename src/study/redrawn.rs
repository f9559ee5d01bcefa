//! A study's manifest after its charts have been drawn again.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::account::{AccountError, MANIFEST, StudyManifest, failed, listed, place};
use crate::results::durable::sync_folder;
use crate::results::listing::digest_of;

/// The charts that the manifest of a study's folder lists, by their names without `.svg`.
///
/// # Errors
/// When there is no manifest, or it can't be read.
pub fn charts_listed(folder: &Path) -> Result<Vec<String>, AccountError> {
    let manifest = read(folder)?;
    let name = |path: &String| Some(path.strip_prefix("charts/")?.strip_suffix(".svg")?.to_owned());
    Ok(manifest.files.keys().filter_map(name).collect())
}

/// Lists these charts in the manifest of a study's folder instead of those that it had, and takes those away.
///
/// # Errors
/// When a file can't be read or written.
#[expect(clippy::missing_panics_doc, reason = "a manifest is TOML")]
pub fn relist(folder: &Path, charts: &[PathBuf]) -> Result<(), AccountError> {
    let mut manifest = read(folder)?;
    let old: Vec<String> =
        manifest.files.keys().filter(|path| path.starts_with("charts/")).cloned().collect();
    old.iter().for_each(|path| {
        manifest.files.remove(path);
    });
    for chart in charts {
        let bytes = fs::read(chart).map_err(failed(chart.clone()))?;
        manifest.files.insert(listed(folder, chart), digest_of(&bytes));
    }
    let text = toml::to_string(&manifest).expect("a manifest is TOML");
    place(folder, MANIFEST, text.as_bytes()).map_err(failed(folder.join(MANIFEST)))?;
    for path in old.iter().filter(|path| !manifest.files.contains_key(*path)) {
        match fs::remove_file(folder.join(path)) {
            Err(cause) if cause.kind() != io::ErrorKind::NotFound => {
                return Err(failed(folder.join(path))(cause));
            }
            _ => {}
        }
    }
    sync_folder(folder).map_err(failed(folder.into()))
}

fn read(folder: &Path) -> Result<StudyManifest, AccountError> {
    let path = folder.join(MANIFEST);
    let text = fs::read_to_string(&path).map_err(|cause| AccountError::Read { path: path.clone(), cause })?;
    let broken =
        |error: toml::de::Error| io::Error::new(io::ErrorKind::InvalidData, error.message().to_owned());
    toml::from_str(&text).map_err(|error| AccountError::Read { path, cause: broken(error) })
}

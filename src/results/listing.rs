//! Lists a result's files in its manifest.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io;
use std::path::Path;

use super::Manifest;
use super::files::{WriteError, write_manifest};
use super::names::{MANIFEST, TIMING};

/// Files by their path inside a folder, parts separated by `/`, and the digest of each; no digest where the bytes may
/// differ from run to run.
pub(super) type Files = BTreeMap<String, String>;

/// Hexadecimal digits of a digest: 128 bits of BLAKE3, as a fingerprint has.
const DIGITS: usize = 32;

impl Manifest {
    /// Whether a file of the folder still is as it was written; none where there is no digest of it.
    pub fn is_as_written(&self, path: &str, bytes: &[u8]) -> Option<bool> {
        let digest = self.files.get(path).filter(|digest| !digest.is_empty())?;
        Some(*digest == digest_of(bytes))
    }
}

/// Completes a result that is alone in its folder: its manifest then lists every file that is there. Of a folder inside
/// that is a result itself, such as a replication's, it lists the manifest, which lists the rest.
///
/// # Errors
/// When the folder has no manifest, a file can't be read, or the manifest can't be written.
pub fn seal(folder: &Path) -> Result<(), WriteError> {
    let failed = |cause| WriteError { path: folder.to_owned(), cause };
    let files = list(folder).map_err(failed)?;
    let mut manifest = manifest_in(folder).map_err(failed)?;
    manifest.files = files;
    write_manifest(folder, &manifest)
}

/// The manifest in a folder that must have one.
pub(super) fn manifest_in(folder: &Path) -> io::Result<Manifest> {
    match Manifest::read(folder) {
        Ok(Some(manifest)) => Ok(manifest),
        Ok(None) => Err(io::Error::from(io::ErrorKind::NotFound)),
        Err(error) => Err(io::Error::other(error)),
    }
}

/// What the manifest of a folder is to list.
pub(super) fn list(folder: &Path) -> io::Result<Files> {
    let mut files = Files::new();
    for path in walk(folder, &|inside| inside.join(MANIFEST).is_file())? {
        let digest = digest(&folder.join(&path), &path)?;
        files.insert(path, digest);
    }
    files.remove(MANIFEST);
    Ok(files)
}

/// The paths of the files below a folder. Of folders that are `closed` only the manifest is named.
pub(super) fn walk(folder: &Path, closed: &dyn Fn(&Path) -> bool) -> io::Result<BTreeSet<String>> {
    let mut files = BTreeSet::new();
    let mut open = vec![(folder.to_owned(), String::new())];
    while let Some((folder, prefix)) = open.pop() {
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            let unnamed = |name| io::Error::other(format!("{name:?} is not UTF-8"));
            let inside = prefix.clone() + &entry.file_name().into_string().map_err(unnamed)?;
            if !entry.file_type()?.is_dir() {
                files.insert(inside);
            } else if closed(&entry.path()) {
                files.insert(format!("{inside}/{MANIFEST}"));
            } else {
                open.push((entry.path(), inside + "/"));
            }
        }
    }
    Ok(files)
}

/// Digest of a file's bytes, in hexadecimal; none for what depends on the machine.
pub(super) fn digest(file: &Path, path: &str) -> io::Result<String> {
    if path.rsplit('/').next() == Some(TIMING) {
        return Ok(String::new());
    }
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(File::open(file)?)?;
    Ok(in_digits(hasher.finalize()))
}

/// Digest of these bytes, in hexadecimal.
pub(crate) fn digest_of(bytes: &[u8]) -> String {
    in_digits(blake3::hash(bytes))
}

fn in_digits(hash: blake3::Hash) -> String {
    hash.to_hex().chars().take(DIGITS).collect()
}

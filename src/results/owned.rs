//! Which files of a folder are a result's own: those that its manifest lists, as they were written.

use std::collections::BTreeSet;
use std::io;
use std::path::{Component, Path, PathBuf};

use super::Manifest;
use super::listing::{Files, digest, walk};
use super::names::MANIFEST;
use super::read_error::ReadError;

/// Every file below a folder, by its path inside.
pub(super) fn every_file(folder: &Path) -> io::Result<BTreeSet<String>> {
    walk(folder, &|_| false)
}

/// All files of the result in a folder, those of its replications and the manifests too; none if there is no manifest.
/// A layer is looked into before those after it, as if it lay over them.
///
/// # Errors
/// When a manifest can't be read, or lists what is no path inside its folder.
pub(super) fn owned(layers: &[&Path]) -> Result<Files, ReadError> {
    let mut files = Files::new();
    let mut prefixes = vec![String::new()];
    while let Some(prefix) = prefixes.pop() {
        let holds =
            layers.iter().map(|layer| layer.join(&prefix)).find(|inside| inside.join(MANIFEST).is_file());
        let Some(folder) = holds else { continue };
        let Some(manifest) = Manifest::read(&folder)? else { continue };
        files.entry(prefix.clone() + MANIFEST).or_default();
        for (path, digest) in manifest.files {
            if !is_inside(&path) {
                let cause = format!("`files` lists {path:?}, which is no file inside the folder");
                return Err(ReadError::Broken { path: folder.join(MANIFEST), cause });
            }
            let nested = path.strip_suffix(MANIFEST).filter(|folder| folder.ends_with('/'));
            prefixes.extend(nested.map(|nested| prefix.clone() + nested));
            files.insert(prefix.clone() + &path, digest);
        }
    }
    Ok(files)
}

fn is_inside(path: &str) -> bool {
    let plain = |part| matches!(part, Component::Normal(_));
    path != MANIFEST && !path.is_empty() && Path::new(path).components().all(plain)
}

/// What has become of a file since it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    AsWritten,
    Missing,
    Changed,
}

/// What has become of a file that a manifest lists.
pub(super) fn state(folder: &Path, path: &str, digest_then: &str) -> io::Result<State> {
    let file = folder.join(path);
    match file.symlink_metadata() {
        Err(error) if is_absence(&error) => Ok(State::Missing),
        Err(error) => Err(error),
        Ok(metadata) if !metadata.is_file() => Ok(State::Changed),
        Ok(_) if digest_then.is_empty() || digest(&file, path)? == digest_then => Ok(State::AsWritten),
        Ok(_) => Ok(State::Changed),
    }
}

fn is_absence(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// The first of a folder's files that is there, and not as it was written.
pub(super) fn first_changed(folder: &Path, files: &Files) -> io::Result<Option<PathBuf>> {
    for (path, digest) in files {
        if state(folder, path, digest)? == State::Changed {
            return Ok(Some(folder.join(path)));
        }
    }
    Ok(None)
}

/// Whether a folder holds a result all of whose files are there, as they were written.
pub(super) fn is_whole(folder: &Path) -> bool {
    let files = owned(&[folder]).unwrap_or_default();
    let as_written = |(path, digest): (&String, &String)| {
        state(folder, path, digest).is_ok_and(|state| state == State::AsWritten)
    };
    files.len() > 1 && files.iter().all(as_written)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::results::files::write_manifest;
    use crate::results::listing::manifest_in;
    use crate::results::{Counts, Identity, seal};

    fn put(folder: &Path, path: &str, text: &str) {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("it is inside")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    fn result(folder: &Path, files: &[&str]) {
        let identity = Identity {
            scenario: toml::Table::new(),
            seed: 1,
            replications: None,
            name: String::new(),
            hash: String::new(),
        };
        files.iter().for_each(|path| put(folder, path, path));
        fs::create_dir_all(folder).expect("a folder");
        write_manifest(folder, &Manifest::new(&identity, String::new(), Counts::default()))
            .expect("a manifest");
        seal(folder).expect("it is all there");
    }

    #[test]
    fn a_manifest_lists_the_files_and_of_results_inside_their_manifest() {
        let home = tempfile::tempdir().expect("a folder");
        let folder = home.path();
        result(&folder.join("seed-5"), &["a.csv", "charts/b.svg"]);
        result(folder, &["runs.csv", "timing.json", "charts/c.svg"]);
        let listed = manifest_in(folder).expect("a manifest").files;
        let paths: Vec<&str> = listed.keys().map(String::as_str).collect();
        assert_eq!(paths, ["charts/c.svg", "runs.csv", "seed-5/manifest.toml", "timing.json"]);
        assert_eq!((listed["timing.json"].as_str(), listed["runs.csv"].len()), ("", 32));
        let all: Vec<String> = owned(&[folder]).expect("sound").into_keys().collect();
        assert_eq!(all.len(), 7, "{all:?}");
        assert!(all.contains(&"seed-5/charts/b.svg".to_owned()));
    }

    #[test]
    fn what_was_edited_and_what_is_missing_is_noticed() {
        let home = tempfile::tempdir().expect("a folder");
        let folder = home.path();
        result(folder, &["a.csv", "b.csv", "timing.json"]);
        put(folder, "mine.csv", "mine");
        put(folder, "timing.json", "another machine");
        let files = owned(&[folder]).expect("sound");
        assert!(is_whole(folder) && first_changed(folder, &files).expect("readable").is_none());
        fs::remove_file(folder.join("a.csv")).expect("it was there");
        assert!(!is_whole(folder) && first_changed(folder, &files).expect("readable").is_none());
        put(folder, "b.csv", "edited");
        assert_eq!(first_changed(folder, &files).expect("readable"), Some(folder.join("b.csv")));
    }

    #[test]
    fn a_manifest_that_lists_what_lies_outside_is_broken() {
        for path in ["../letter.txt", "/etc/passwd", "a/../../b", "", "./a", "manifest.toml"] {
            let home = tempfile::tempdir().expect("a folder");
            result(home.path(), &[]);
            let mut manifest = manifest_in(home.path()).expect("a manifest");
            manifest.files.insert(path.to_owned(), String::new());
            write_manifest(home.path(), &manifest).expect("it can be written");
            assert!(matches!(owned(&[home.path()]), Err(ReadError::Broken { .. })), "{path}");
        }
    }

    #[test]
    fn an_upper_layer_hides_what_lies_below() {
        let home = tempfile::tempdir().expect("a folder");
        let (above, below) = (home.path().join("above"), home.path().join("below"));
        result(&below.join("seed-5"), &["old.csv"]);
        result(&below, &["runs.csv"]);
        result(&above.join("seed-5"), &["new.csv"]);
        let all = owned(&[&above, &below]).expect("sound");
        assert!(all.contains_key("seed-5/new.csv") && !all.contains_key("seed-5/old.csv"), "{all:?}");
        assert!(all.contains_key("runs.csv"));
    }
}

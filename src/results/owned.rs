//! Which files of a folder are a result's own: those that its manifest lists, as they were written.

use std::collections::BTreeSet;
use std::io;
use std::path::{Component, Path, PathBuf};

use super::Manifest;
use super::listing::{Files, digest, walk};
use super::names::MANIFEST;
use super::read_error::ReadError;
use super::workplace::is_absence;

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
            if path == MANIFEST || !is_inside(&path) {
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

/// Whether a path can only be that of something inside a folder, as long as no link is on the way.
pub(super) fn is_inside(path: &str) -> bool {
    let plain = |part| matches!(part, Component::Normal(_));
    !path.is_empty() && Path::new(path).components().all(plain)
}

/// The outermost of a path's parts in a folder that is to be a folder and is a file, or a link, which may lead out.
pub(super) fn obstacle(folder: &Path, path: &str) -> Option<PathBuf> {
    let above: Vec<PathBuf> = Path::new(path).ancestors().skip(1).map(|part| folder.join(part)).collect();
    let is_other = |part: &PathBuf| part.symlink_metadata().is_ok_and(|metadata| !metadata.is_dir());
    let (_, inner) = above.split_last()?;
    inner.iter().rev().find(|part| is_other(part)).cloned()
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
    // What has another name may have none only by hand, and could then be anything.
    let may_lack_digest = || file.ends_with(MANIFEST) && digest_then.is_empty();
    match file.symlink_metadata() {
        _ if obstacle(folder, path).is_some() => Ok(State::Changed),
        Err(error) if is_absence(&error) => Ok(State::Missing),
        Err(error) => Err(error),
        Ok(metadata) if !metadata.is_file() => Ok(State::Changed),
        Ok(_) if may_lack_digest() || digest(&file, path)? == digest_then => Ok(State::AsWritten),
        Ok(_) => Ok(State::Changed),
    }
}

/// The first of a folder's files that is there, and not as it was written.
pub(super) fn first_changed(folder: &Path, files: &Files) -> io::Result<Option<PathBuf>> {
    for (path, digest) in files {
        if state(folder, path, digest)? == State::Changed {
            return Ok(obstacle(folder, path).or_else(|| Some(folder.join(path))));
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
    fn what_lies_behind_a_link_or_has_no_digest_is_not_ours() {
        let home = tempfile::tempdir().expect("a folder");
        let folder = home.path().join("result");
        result(&folder, &["a/b/c.csv", "timing.json"]);
        let files = owned(&[&folder]).expect("sound");
        put(&folder, "notes.md", "mine");
        let is_ours = |path: &str| state(&folder, path, "").expect("readable") == State::AsWritten;
        assert!(is_ours("timing.json") && is_ours("manifest.toml") && !is_ours("notes.md"));
        std::fs::rename(folder.join("a"), home.path().join("elsewhere")).expect("it can be moved");
        assert!(first_changed(&folder, &files).expect("readable").is_none(), "it is missing");
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(home.path().join("elsewhere"), folder.join("a")).expect("a link");
            assert_eq!(first_changed(&folder, &files).expect("readable"), Some(folder.join("a")));
            assert!(!is_whole(&folder));
        }
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

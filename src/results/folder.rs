//! A result folder while it is being written: a draft beside its target, renamed when it is complete.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::Identity;
use super::read::{self, ReadError};

/// An unfinished result: a folder beside its target, under a temporary name. Dropping it removes the folder.
#[derive(Debug)]
pub struct Draft {
    target: PathBuf,
    folder: PathBuf,
    identity: Identity,
    parents: Parents,
    committed: bool,
}

/// Why a result can't be written to its target.
#[derive(Debug, Error)]
pub enum FolderError {
    /// The target is a result of another scenario, or with other parameters, seed or number of replications.
    #[error(
        "`{}` already holds another result ({held}): choose another folder with --out, or remove it",
        path.display()
    )]
    Occupied {
        /// The target.
        path: PathBuf,
        /// Which result it is, in words.
        held: String,
    },
    /// The target holds files, and no manifest that can be read.
    #[error(
        "`{}` is not empty and not a result of this program: choose another folder with --out",
        path.display()
    )]
    Foreign {
        /// The target.
        path: PathBuf,
    },
    /// The target is a file.
    #[error("`{}` is not a folder: choose another with --out", path.display())]
    NotAFolder {
        /// The target.
        path: PathBuf,
    },
    /// The draft, or a folder above the target, could not be created; or the target could not be looked at.
    #[error("could not make the result folder `{}`", path.display())]
    Make {
        /// The target.
        path: PathBuf,
        /// What the system says.
        #[source]
        cause: io::Error,
    },
    /// The complete result could not be renamed to its target, or the earlier one not be moved away.
    #[error("could not put the result into `{}`", path.display())]
    Place {
        /// The target, or the earlier result that was moved out of its way.
        path: PathBuf,
        /// What the system says.
        #[source]
        cause: io::Error,
    },
}

/// What is already at the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Occupant {
    Nothing,
    /// An empty folder.
    Empty,
    /// The same result, from an earlier run.
    Same,
}

impl Draft {
    /// Starts a result that will be at `target`.
    ///
    /// # Errors
    /// When the target holds anything but an earlier run of the same result, or can't be written: before the run starts.
    pub fn open(target: &Path, identity: Identity) -> Result<Draft, FolderError> {
        let target = absolute(target)?;
        occupant(&target, &identity)?;
        let failed = |cause| FolderError::Make { path: target.clone(), cause };
        let parents = Parents::make(&target).map_err(failed)?;
        let folder = make_beside(&target).map_err(failed)?;
        Ok(Draft { target, folder, identity, parents, committed: false })
    }

    /// The folder to write into.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Which result it is.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Moves the result to its target. An earlier result of the same identity is replaced; files that are not part of
    /// a result, such as notes, are kept.
    ///
    /// # Errors
    /// When the target was taken during the run, or can't be renamed to; what was there stays.
    pub fn commit(mut self) -> Result<(), FolderError> {
        let occupant = occupant(&self.target, &self.identity)?;
        let failed = |cause| FolderError::Place { path: self.target.clone(), cause };
        match occupant {
            Occupant::Nothing => {}
            Occupant::Empty => fs::remove_dir(&self.target).map_err(failed)?,
            Occupant::Same => return self.replace(),
        }
        fs::rename(&self.folder, &self.target).map_err(failed)?;
        self.keep();
        Ok(())
    }

    fn replace(mut self) -> Result<(), FolderError> {
        let old = beside(&self.target, "old");
        let failed = |cause| FolderError::Place { path: self.target.clone(), cause };
        fs::rename(&self.target, &old).map_err(failed)?;
        let placed =
            move_foreign_files(&old, &self.folder).and_then(|()| fs::rename(&self.folder, &self.target));
        if let Err(cause) = placed {
            // Best effort: the error reported is the first one.
            let _ = move_foreign_files(&self.folder, &old);
            let _ = fs::rename(&old, &self.target);
            return Err(failed(cause));
        }
        self.keep();
        fs::remove_dir_all(&old).map_err(|cause| FolderError::Place { path: old.clone(), cause })
    }

    fn keep(&mut self) {
        self.committed = true;
        self.parents.made.clear();
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.committed {
            // A failure here can't be handled, and the error that led here is reported already.
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

/// Folders above the target that were created for it, outermost first; removed when dropped, if empty.
#[derive(Debug)]
struct Parents {
    made: Vec<PathBuf>,
}

impl Parents {
    fn make(target: &Path) -> io::Result<Parents> {
        let above = target.ancestors().skip(1);
        let missing: Vec<&Path> = above.take_while(|folder| !folder.exists()).collect();
        let mut parents = Parents { made: Vec::new() };
        for folder in missing.into_iter().rev() {
            match fs::create_dir(folder) {
                Ok(()) => parents.made.push(folder.to_owned()),
                // Another run created it in the meantime.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => {}
                Err(error) => return Err(error),
            }
        }
        Ok(parents)
    }
}

impl Drop for Parents {
    fn drop(&mut self) {
        for folder in self.made.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
}

/// The target's real path: links are followed, so that the folder is renamed and not a link to it.
fn absolute(target: &Path) -> Result<PathBuf, FolderError> {
    let failed = |cause| FolderError::Make { path: target.to_owned(), cause };
    if target.exists() { target.canonicalize() } else { std::path::absolute(target) }.map_err(failed)
}

fn occupant(target: &Path, identity: &Identity) -> Result<Occupant, FolderError> {
    let path = || target.to_owned();
    if target.symlink_metadata().is_err() {
        return Ok(Occupant::Nothing);
    }
    if !target.is_dir() {
        return Err(FolderError::NotAFolder { path: path() });
    }
    match read::manifest(target) {
        Ok(Some(manifest)) if identity.matches(&manifest) => Ok(Occupant::Same),
        Ok(Some(manifest)) => {
            let times = manifest.replications.map(|count| format!(", {count} replications"));
            let name = manifest.scenario.get("name").and_then(toml::Value::as_str).unwrap_or("unnamed");
            let held = format!("scenario {name}, seed {}{}", manifest.seed, times.unwrap_or_default());
            let changed = if identity.seed == manifest.seed && identity.replications == manifest.replications
            {
                ", with other parameters"
            } else {
                ""
            };
            Err(FolderError::Occupied { path: path(), held: held + changed })
        }
        Ok(None) if is_empty(target) => Ok(Occupant::Empty),
        Ok(None) | Err(ReadError::Broken { .. } | ReadError::NotAResult { .. }) => {
            Err(FolderError::Foreign { path: path() })
        }
        Err(ReadError::Io { cause, .. }) => Err(FolderError::Make { path: path(), cause }),
    }
}

fn is_empty(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none())
}

/// Creates a folder under a hidden name in the same folder as the target, so that renaming never crosses a file system.
fn make_beside(target: &Path) -> io::Result<PathBuf> {
    loop {
        let folder = beside(target, "draft");
        match fs::create_dir(&folder) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            made => return made.map(|()| folder),
        }
    }
}

/// An unused hidden name in the same folder as the target.
fn beside(target: &Path, purpose: &str) -> PathBuf {
    let name = target.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let name = |turn: u32| format!(".{name}.{purpose}-{}-{turn}", std::process::id());
    (0..=u32::MAX)
        .map(|turn| target.with_file_name(name(turn)))
        .find(|path| path.symlink_metadata().is_err())
        .expect("a folder holds fewer than 2^32 files")
}

/// Moves files that are not part of a result.
fn move_foreign_files(from: &Path, to: &Path) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name();
        if !is_part_of_a_result(&name.to_string_lossy()) && to.join(&name).symlink_metadata().is_err() {
            fs::rename(entry.path(), to.join(&name))?;
        }
    }
    Ok(())
}

fn is_part_of_a_result(name: &str) -> bool {
    let ours = ["manifest.toml", "summary.json", "timing.json", "charts"];
    ours.contains(&name) || name.ends_with(".csv") || name.starts_with("seed-")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::{Counts, Manifest};

    fn identity(seed: u64, duration: &str) -> Identity {
        let scenario = format!("name = \"test\"\nduration = \"{duration}\"").parse().expect("TOML");
        Identity { scenario, seed, replications: None, name: "test".to_owned(), hash: "01234567".to_owned() }
    }

    fn finish(target: &Path, identity: &Identity, mark: &str) -> Result<(), FolderError> {
        let draft = Draft::open(target, identity.clone())?;
        let manifest = Manifest::new(identity, mark.to_owned(), Counts::default());
        fs::write(draft.folder().join("manifest.toml"), toml::to_string(&manifest).expect("TOML"))
            .expect("the draft can be written");
        draft.commit()
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("a folder");
        let mut names: Vec<String> = entries
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    fn fingerprint(folder: &Path) -> String {
        read::manifest(folder).expect("it can be read").expect("it is there").fingerprint
    }

    #[test]
    fn a_committed_draft_takes_the_name_of_its_target() {
        let home = tempfile::tempdir().expect("a folder");
        let target = home.path().join("a/b/result");
        finish(&target, &identity(1, "1 s"), "f").expect("there is nothing in the way");
        assert_eq!(names(&target), ["manifest.toml"]);
        assert_eq!(names(&home.path().join("a/b")), ["result"]);
    }

    #[test]
    fn a_dropped_draft_leaves_nothing_not_even_the_folders_above_it() {
        let home = tempfile::tempdir().expect("a folder");
        let draft = Draft::open(&home.path().join("a/b/result"), identity(1, "1 s")).expect("a draft");
        fs::write(draft.folder().join("summary.json"), "{}").expect("it can be written");
        drop(draft);
        assert!(names(home.path()).is_empty());
    }

    #[test]
    fn the_same_result_is_replaced_and_notes_beside_it_are_kept() {
        let home = tempfile::tempdir().expect("a folder");
        let target = home.path().join("result");
        finish(&target, &identity(1, "1 s"), "first").expect("the first");
        fs::write(target.join("notes.md"), "mine").expect("a note");
        fs::write(target.join("queries.csv"), "stale").expect("an old table");
        finish(&target, &identity(1, "1 s"), "second").expect("the second");
        assert_eq!(fingerprint(&target), "second");
        assert_eq!(names(&target), ["manifest.toml", "notes.md"]);
        assert_eq!(names(home.path()), ["result"]);
    }

    #[test]
    fn another_seed_or_other_parameters_are_refused_and_change_nothing() {
        let home = tempfile::tempdir().expect("a folder");
        let target = home.path().join("result");
        finish(&target, &identity(1, "1 s"), "first").expect("the first");
        for other in [identity(2, "1 s"), identity(1, "2 s")] {
            let error = finish(&target, &other, "other").expect_err("it is another result");
            assert!(error.to_string().contains("scenario test, seed 1"), "{error}");
        }
        let batch = Identity { replications: Some(3), ..identity(1, "1 s") };
        assert!(matches!(finish(&target, &batch, "other"), Err(FolderError::Occupied { .. })));
        assert_eq!(fingerprint(&target), "first");
        assert_eq!(names(home.path()), ["result"]);
    }

    #[test]
    fn a_foreign_folder_is_refused_and_an_empty_one_is_taken() {
        let home = tempfile::tempdir().expect("a folder");
        let target = home.path().join("result");
        fs::create_dir(&target).expect("a folder");
        fs::write(target.join("letter.txt"), "dear").expect("a letter");
        assert!(matches!(finish(&target, &identity(1, "1 s"), "f"), Err(FolderError::Foreign { .. })));
        fs::remove_file(target.join("letter.txt")).expect("it was there");
        finish(&target, &identity(1, "1 s"), "f").expect("it is empty now");
        fs::write(target.join("manifest.toml"), "seed = 1").expect("a broken manifest");
        assert!(matches!(finish(&target, &identity(1, "1 s"), "f"), Err(FolderError::Foreign { .. })));
    }

    #[test]
    fn a_file_in_the_way_is_refused() {
        let home = tempfile::tempdir().expect("a folder");
        let file = home.path().join("file");
        fs::write(&file, "").expect("a file");
        assert!(matches!(finish(&file, &identity(1, "1 s"), "f"), Err(FolderError::NotAFolder { .. })));
        let below = file.join("result");
        assert!(matches!(finish(&below, &identity(1, "1 s"), "f"), Err(FolderError::Make { .. })));
        assert_eq!(names(home.path()), ["file"]);
    }

    #[test]
    fn what_took_the_place_in_the_meantime_is_not_overwritten() {
        let home = tempfile::tempdir().expect("a folder");
        let target = home.path().join("result");
        let draft = Draft::open(&target, identity(1, "1 s")).expect("a draft");
        finish(&target, &identity(2, "1 s"), "other").expect("the place is free");
        assert!(draft.commit().is_err());
        assert_eq!(fingerprint(&target), "other");
        assert_eq!(names(home.path()), ["result"]);
    }
}

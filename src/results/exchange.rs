//! Moves a complete result into its place, file by file: whatever stops it, what is left to do can be told and done.
//!
//! A journal says which files are to be moved and which earlier ones go. Before it is written nothing has changed;
//! from then on the new result is the valid one. The manifests go first and come last, so that a folder with a manifest
//! is complete at any time. Files that are in neither list are never touched, and nothing but an earlier file of the
//! result is ever replaced.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::begun::{BEGUN, FILES, JOURNAL, unfinished};
use super::durable::{sync_file, sync_folder};
use super::folder_error::FolderError;
use super::names::MANIFEST;
use super::owned::{self, State};
use super::read_error::ReadError;
use super::shown::shown;
use super::workplace::{PARTIAL, REDRAWN};

/// What is asked before each change on disk; an error stops there. Tests stop at each.
pub(super) type Step<'a> = &'a mut dyn FnMut() -> io::Result<()>;

/// `journal.toml`: what is to be done.
#[derive(Debug, Serialize, Deserialize)]
struct Journal {
    /// The folder in `unfinished` that has the new files.
    from: String,
    /// Paths of the new files.
    place: BTreeSet<String>,
    /// Paths of earlier files that are replaced or removed.
    retire: BTreeSet<String>,
}

/// Puts the result whose files are in this folder inside `unfinished` into its place.
pub(super) fn exchange(target: &Path, from: &str, step: Step<'_>) -> Result<(), FolderError> {
    let journal = plan(target, from)?;
    // Charts are quickly drawn again; what a run gave is kept until there is room for it.
    let taken = journal.first_in_the_way(target).filter(|_| from == REDRAWN);
    if let Some(path) = taken {
        return Err(FolderError::InTheWay { path });
    }
    let unwritten = |cause| FolderError::Make { path: target.to_owned(), cause };
    journal.write(target, step).map_err(unwritten)?;
    roll_forward(target, step)
}

/// Does what is left to do of an exchange that was stopped; nothing if none was.
pub(super) fn roll_forward(target: &Path, step: Step<'_>) -> Result<(), FolderError> {
    let Some(journal) = Journal::read(target)? else { return Ok(()) };
    let work = Work { target, staged: unfinished(target).join(&journal.from), journal, step };
    work.run().map_err(|cause| failed(target, cause))
}

fn failed(target: &Path, cause: io::Error) -> FolderError {
    FolderError::Place { path: target.to_owned(), cause: cause.into() }
}

fn plan(target: &Path, from: &str) -> Result<Journal, FolderError> {
    let staged = unfinished(target).join(from);
    let unread = |cause| FolderError::Make { path: target.to_owned(), cause };
    let place = owned::every_file(&staged).map_err(unread)?;
    let new = owned::owned(&[&staged, target])?;
    let mut retire = BTreeSet::new();
    for (path, digest) in owned::owned(&[target])? {
        let goes = place.contains(&path) || !new.contains_key(&path);
        // What was changed in the meantime is no longer ours.
        if goes && owned::state(target, &path, &digest).map_err(unread)? == State::AsWritten {
            retire.insert(path);
        }
    }
    Ok(Journal { from: from.to_owned(), place, retire })
}

impl Journal {
    fn read(target: &Path) -> Result<Option<Journal>, FolderError> {
        let path = unfinished(target).join(JOURNAL);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(cause) => return Err(FolderError::Make { path: target.to_owned(), cause }),
        };
        let broken = |cause: String| ReadError::Broken { path, cause }.into();
        match toml::from_str::<Journal>(&text) {
            Ok(journal) if journal.is_ours() => Ok(Some(journal)),
            Ok(_) => Err(broken("it names files outside the folder".to_owned())),
            Err(error) => Err(broken(error.message().to_owned())),
        }
    }

    /// Whether it speaks of files of this folder alone; one that was written by hand may not.
    fn is_ours(&self) -> bool {
        let is_known = [FILES, REDRAWN].contains(&self.from.as_str());
        is_known && self.place.iter().chain(&self.retire).all(|path| owned::is_inside(path))
    }

    /// The first file that has the name of a new one that is still to be moved, and is no earlier one, or that stands
    /// where a folder is to be.
    fn first_in_the_way(&self, target: &Path) -> Option<PathBuf> {
        let staged = unfinished(target).join(&self.from);
        let all = || self.place.iter().chain(&self.retire);
        let folders = [target, &staged];
        if let Some(path) =
            all().find_map(|path| folders.iter().find_map(|folder| owned::obstacle(folder, path)))
        {
            return Some(path);
        }
        let is_there = |folder: &Path, path: &str| folder.join(path).symlink_metadata().is_ok();
        let mut new = self.place.iter().filter(|path| !self.retire.contains(*path));
        new.find(|path| is_there(&staged, path) && is_there(target, path)).map(|path| target.join(path))
    }

    /// Writes it, after all that it speaks of is safely on the disk.
    fn write(&self, target: &Path, step: Step<'_>) -> io::Result<()> {
        let folder = unfinished(target);
        let staged = folder.join(&self.from);
        self.place.iter().try_for_each(|path| sync_file(&staged.join(path)))?;
        folders_of(&staged, &self.place).iter().try_for_each(|folder| sync_folder(folder))?;
        let text = toml::to_string(self).map_err(io::Error::other)?;
        step()?;
        fs::write(folder.join(PARTIAL), text)?;
        sync_file(&folder.join(PARTIAL))?;
        // That they are there, too; the one above all may be another's, and not to be opened.
        let _ = target.parent().map(sync_folder);
        sync_folder(target)?;
        step()?;
        fs::rename(folder.join(PARTIAL), folder.join(JOURNAL))?;
        sync_folder(&folder)
    }
}

/// The work that a journal describes. It may have been done in part.
struct Work<'a> {
    target: &'a Path,
    staged: PathBuf,
    journal: Journal,
    step: Step<'a>,
}

impl Work<'_> {
    fn run(mut self) -> io::Result<()> {
        let (place, retire) = (self.journal.place.clone(), self.journal.retire.clone());
        let waiting = |path: &&String| self.staged.join(path).symlink_metadata().is_ok();
        let waiting: BTreeSet<String> = place.iter().filter(waiting).cloned().collect();
        if let Some(path) = self.journal.first_in_the_way(self.target) {
            let what =
                format!("`{}` is in the way and no earlier file of the result: move it away", shown(&path));
            return Err(io::Error::other(what));
        }
        let gone = retire
            .iter()
            .filter(|path| !place.contains(*path) || is_manifest(path) && waiting.contains(*path));
        let (mut manifests, others): (Vec<&String>, Vec<&String>) = gone.partition(|path| is_manifest(path));
        manifests.sort_by_key(|path| path.matches('/').count());
        self.remove(manifests.into_iter())?;
        self.remove(others.into_iter())?;
        let (manifests, others): (Vec<&String>, Vec<&String>) =
            waiting.iter().partition(|path| is_manifest(path));
        self.place(&others)?;
        let (whole, inner): (Vec<&String>, Vec<&String>) =
            manifests.into_iter().partition(|path| *path == MANIFEST);
        self.place(&inner)?;
        self.place(&whole)?;
        self.clean()
    }

    /// Removes earlier files, and folders that have nothing in them any more.
    fn remove<'p>(&mut self, paths: impl Iterator<Item = &'p String>) -> io::Result<()> {
        let mut gone = BTreeSet::new();
        for path in paths {
            (self.step)()?;
            match fs::remove_file(self.target.join(path)) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                _ => gone.insert(path.clone()),
            };
        }
        let folders = folders_of(self.target, &gone);
        for folder in folders.iter().rev().filter(|folder| *folder != self.target) {
            // One that has other files in it stays.
            let _ = fs::remove_dir(folder);
        }
        folders.iter().filter(|folder| folder.exists()).try_for_each(|folder| sync_folder(folder))
    }

    fn place(&mut self, paths: &[&String]) -> io::Result<()> {
        let placed: BTreeSet<String> = paths.iter().map(|path| (*path).clone()).collect();
        let folders = folders_of(self.target, &placed);
        folders.iter().try_for_each(fs::create_dir_all)?;
        for path in &placed {
            (self.step)()?;
            fs::rename(self.staged.join(path), self.target.join(path))?;
        }
        folders.iter().try_for_each(|folder| sync_folder(folder))
    }

    /// Removes the journal, and only then what it speaks of.
    fn clean(&mut self) -> io::Result<()> {
        let folder = unfinished(self.target);
        (self.step)()?;
        fs::remove_file(folder.join(JOURNAL))?;
        sync_folder(&folder)?;
        (self.step)()?;
        fs::remove_dir_all(&self.staged)?;
        (self.step)()?;
        if self.journal.from == FILES {
            fs::remove_file(folder.join(BEGUN)).or_else(unless_missing)
        } else {
            Ok(())
        }
    }
}

fn unless_missing(error: io::Error) -> io::Result<()> {
    if error.kind() == ErrorKind::NotFound { Ok(()) } else { Err(error) }
}

fn is_manifest(path: &str) -> bool {
    path.rsplit('/').next() == Some(MANIFEST)
}

/// The folders of these paths below `root`, and those above them up to `root`, outermost first.
fn folders_of(root: &Path, paths: &BTreeSet<String>) -> BTreeSet<PathBuf> {
    let above = |path: &String| {
        Path::new(path).ancestors().skip(1).map(|inside| root.join(inside)).collect::<Vec<_>>()
    };
    paths.iter().flat_map(above).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::results::files::write_manifest;
    use crate::results::{Counts, Identity, Manifest, seal};

    type Tree = BTreeMap<String, String>;

    const MINE: [&str; 4] = ["analysis.csv", "charts/mine.svg", "seed-notes/n.txt", "seed-5/notes.md"];

    fn put(folder: &Path, path: &str, text: &str) {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("it is inside")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    /// A result of one replication, whose files say which result they are of.
    fn result(folder: &Path, mark: &str, files: &[&str]) {
        let identity = Identity {
            scenario: toml::Table::new(),
            seed: 1,
            replications: None,
            name: String::new(),
            hash: String::new(),
        };
        files.iter().for_each(|path| put(folder, path, mark));
        let manifest = Manifest::new(&identity, mark.to_owned(), Counts::default());
        for folder in [&folder.join("seed-5"), folder] {
            write_manifest(folder, &manifest).and_then(|()| seal(folder)).expect("a manifest");
        }
    }

    fn tree(folder: &Path) -> Tree {
        let read = |path: String| (path.clone(), fs::read_to_string(folder.join(&path)).expect("a file"));
        owned::every_file(folder).expect("a folder").into_iter().map(read).collect()
    }

    /// A folder with an old result, files of the user's, and a new result that is ready.
    fn prepared() -> tempfile::TempDir {
        let home = tempfile::tempdir().expect("a folder");
        result(
            home.path(),
            "old",
            &["old/only.csv", "both.csv", "charts/a.svg", "seed-5/q.csv", "seed-5/gone/x.svg"],
        );
        MINE.iter().for_each(|path| put(home.path(), path, "mine"));
        let staged = unfinished(home.path()).join(FILES);
        result(
            &staged,
            "new",
            &["new.csv", "both.csv", "charts/a.svg", "seed-5/q.csv", "seed-5/charts/b.svg"],
        );
        put(&unfinished(home.path()), BEGUN, "seed = 1\n[scenario]\n");
        home
    }

    /// What is there of the result, and whether the user's files are as they were.
    fn without_mine(folder: &Path) -> Tree {
        let mut files = tree(folder);
        for path in MINE {
            assert_eq!(files.remove(path).as_deref(), Some("mine"), "{path}");
        }
        files.retain(|path, _| !path.starts_with("unfinished/"));
        files
    }

    #[test]
    fn whatever_step_it_stops_at_the_old_result_or_the_new_one_is_there_and_all_other_files() {
        let whole = |mark: &str| {
            let home = prepared();
            if mark == "new" {
                exchange(home.path(), FILES, &mut || Ok(())).expect("nothing is in the way");
                assert!(!home.path().join("old").exists() && !home.path().join("seed-5/gone").exists());
            }
            without_mine(home.path())
        };
        let (old, new) = (whole("old"), whole("new"));
        assert_eq!(new.values().filter(|text| *text == "new").count(), 5);
        let mut ended = Vec::new();
        for stop in 0.. {
            let home = prepared();
            let mut steps = 0;
            let done = exchange(home.path(), FILES, &mut || {
                steps += 1;
                if steps > stop { Err(io::Error::other("the power fails")) } else { Ok(()) }
            });
            // A folder that has a manifest is complete, whenever it is looked at.
            let found = without_mine(home.path());
            assert!(
                !found.contains_key(MANIFEST) || found == old || found == new,
                "after {stop} steps: {found:?}"
            );
            // Recovery may be stopped as well, and goes on again.
            for again in 0..stop {
                let mut left: u32 = again;
                let _ = roll_forward(home.path(), &mut || {
                    left = left.checked_sub(1).ok_or_else(|| io::Error::other("the power fails again"))?;
                    Ok(())
                });
            }
            roll_forward(home.path(), &mut || Ok(())).expect("nothing is in the way");
            let found = without_mine(home.path());
            assert!(found == old || found == new, "after {stop} steps: {found:?}");
            ended.push(found == new);
            if done.is_ok() {
                break;
            }
        }
        assert!(ended.is_sorted() && ended.contains(&false) && ended.len() > 15, "{ended:?}");
    }

    #[test]
    fn a_journal_that_speaks_of_files_elsewhere_is_not_followed() {
        for (from, place, retire) in [
            ("../../letters", "", ""),
            ("..", "", ""),
            (FILES, "", "../letters/dear.txt"),
            (FILES, "../letters/dear.txt", ""),
            (FILES, "", "/etc/passwd"),
            (FILES, "", "./../letters/dear.txt"),
        ] {
            let home = prepared();
            let target = home.path().join("target");
            put(home.path(), "letters/dear.txt", "dear");
            put(&target, "unfinished/files/new.csv", "new");
            let list = |path: &str| if path.is_empty() { "[]".to_owned() } else { format!("['{path}']") };
            let journal = format!("from = '{from}'\nplace = {}\nretire = {}\n", list(place), list(retire));
            put(&target, "unfinished/journal.toml", &journal);
            let error = roll_forward(&target, &mut || Ok(())).expect_err("it is not ours");
            assert!(matches!(error, FolderError::Read(ReadError::Broken { .. })), "{journal}: {error:?}");
            assert_eq!(tree(home.path())["letters/dear.txt"], "dear", "{journal}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn nothing_is_moved_or_removed_through_a_link() {
        for (link, place, retire) in [
            ("target/x", "[]", "['x/dear.txt']"),
            ("target/x", "['x/new.csv']", "[]"),
            ("target/unfinished/files/x", "['x/dear.txt']", "[]"),
        ] {
            let home = tempfile::tempdir().expect("a folder");
            put(home.path(), "letters/dear.txt", "dear");
            put(home.path(), "target/unfinished/files/y/new.csv", "new");
            let journal = format!("from = 'files'\nplace = {place}\nretire = {retire}\n");
            put(home.path(), "target/unfinished/journal.toml", &journal);
            std::os::unix::fs::symlink(home.path().join("letters"), home.path().join(link)).expect("a link");
            let error =
                roll_forward(&home.path().join("target"), &mut || Ok(())).expect_err("a link is there");
            assert!(matches!(error, FolderError::Place { .. }), "{journal}: {error:?}");
            assert_eq!(owned::every_file(&home.path().join("letters")).expect("a folder").len(), 1);
            assert_eq!(tree(&home.path().join("letters"))["dear.txt"], "dear");
        }
    }

    #[test]
    fn a_file_that_came_in_the_way_is_kept_and_the_new_result_waits() {
        let home = prepared();
        let before = without_mine(home.path());
        put(home.path(), "new.csv", "mine, too");
        put(home.path(), "both.csv", "edited");
        let error = exchange(home.path(), FILES, &mut || Ok(())).expect_err("something is in the way");
        assert!(
            matches!(&error, FolderError::Place { cause, .. } if cause.to_string().contains("both.csv")),
            "{error:?}"
        );
        fs::remove_file(home.path().join("both.csv")).expect("it is there");
        assert!(roll_forward(home.path(), &mut || Ok(())).is_err());
        assert_eq!(fs::read_to_string(home.path().join("new.csv")).expect("it is there"), "mine, too");
        assert_eq!(tree(home.path())[MANIFEST], before[MANIFEST]);
        fs::remove_file(home.path().join("new.csv")).expect("it is there");
        roll_forward(home.path(), &mut || Ok(())).expect("nothing is in the way");
        assert_eq!(without_mine(home.path())["new.csv"], "new");
    }
}

//! The folder `unfinished` inside a result's: what may be in it.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

use super::begun::{BEGUN, FILES, JOURNAL, unfinished};
use super::folder_error::FolderError;

/// The file that is locked.
pub(super) const LOCK: &str = "lock";
/// A file that is being written.
pub(super) const PARTIAL: &str = "partial.toml";
/// The files of a redrawing.
pub(super) const REDRAWN: &str = "redrawn";

/// Refuses a folder `unfinished` that has anything in it that this program would not have put there. That may be a
/// link, through which files elsewhere would be written or removed.
pub(super) fn check(target: &Path) -> Result<(), FolderError> {
    let path = unfinished(target);
    let entries = match path.symlink_metadata() {
        Ok(metadata) if !metadata.is_dir() => return Err(FolderError::InTheWay { path }),
        Ok(_) => fs::read_dir(&path),
        Err(error) => Err(error),
    };
    match entries.and_then(|mut entries| entries.try_fold(true, |fits, entry| Ok(fits && is_ours(&entry?)?)))
    {
        Ok(false) => Err(FolderError::InTheWay { path }),
        Err(error) if !is_absence(&error) => Err(FolderError::Make { path, cause: error }),
        Ok(true) | Err(_) => Ok(()),
    }
}

fn is_ours(entry: &fs::DirEntry) -> io::Result<bool> {
    let is_one_of = |names: &[&str]| names.iter().any(|name| entry.file_name() == *name);
    match entry.file_type() {
        Ok(kind) if kind.is_dir() => Ok(is_one_of(&[FILES, REDRAWN])),
        Ok(kind) => Ok(kind.is_file() && is_one_of(&[BEGUN, JOURNAL, PARTIAL, LOCK])),
        // Another process has just taken it away.
        Err(error) if is_absence(&error) => Ok(true),
        Err(error) => Err(error),
    }
}

/// Whether something is not there, nor can be, as a part of its path is a file.
pub(super) fn is_absence(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(folder: &Path, path: &str) {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("it is inside")).expect("a folder");
        fs::write(path, "").expect("a file");
    }

    #[test]
    fn what_this_program_puts_there_is_let_be_and_nothing_else() {
        let home = tempfile::tempdir().expect("a folder");
        check(home.path()).expect("there is nothing");
        for ours in ["lock", "draft.toml", "partial.toml", "journal.toml", "files/a.csv", "redrawn/b"] {
            put(home.path(), &format!("unfinished/{ours}"));
        }
        check(home.path()).expect("it is all ours");
        put(home.path(), "unfinished/symphony.txt");
        assert!(matches!(check(home.path()), Err(FolderError::InTheWay { .. })));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_never_ours() {
        use std::os::unix::fs::symlink;
        for name in ["", "lock", "draft.toml", "partial.toml", "journal.toml", "files", "redrawn"] {
            let home = tempfile::tempdir().expect("a folder");
            let (target, other) = (home.path().join("target"), home.path().join("other"));
            put(&other, "letter.txt");
            let link = unfinished(&target).join(name);
            fs::create_dir_all(link.parent().expect("it is inside")).expect("a folder");
            let link = if name.is_empty() { unfinished(&target) } else { link };
            symlink(other.join("letter.txt"), &link).expect("a link");
            assert!(matches!(check(&target), Err(FolderError::InTheWay { .. })), "{name}");
            fs::remove_file(&link).expect("it is there");
            symlink(&other, &link).expect("a link");
            assert!(matches!(check(&target), Err(FolderError::InTheWay { .. })), "{name}");
        }
    }
}

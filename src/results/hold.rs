//! One process at a time writes into a result's folder.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::begun::unfinished;
use super::folder_error::FolderError;
use super::workplace::{self, LOCK};

/// The right to write into a folder: a lock on a file in its folder `unfinished`, which the system takes back when the
/// process ends, however it does. Folders that were missing are created. Dropping it removes the lock, and of the
/// folders those that are empty.
#[derive(Debug)]
pub(super) struct Hold {
    target: PathBuf,
    /// Created for it, outermost first.
    made: Vec<PathBuf>,
    lock: Option<File>,
}

/// How often others may take the folders away again while they are being made.
const TRIES: u32 = 1000;

impl Hold {
    /// Takes the folder, or tells who has it, or what is in the way.
    pub(super) fn take(target: &Path) -> Result<Hold, FolderError> {
        workplace::check(target)?;
        let mut last = io::Error::from(ErrorKind::NotFound);
        for _ in 0..TRIES {
            let mut hold = Hold { target: target.to_owned(), made: Vec::new(), lock: None };
            match hold.try_lock() {
                Ok(()) => return Ok(hold),
                Err(TryLockError::WouldBlock) => return Err(busy(target)),
                // Whoever had it has just removed what was made here.
                Err(TryLockError::Error(error)) if error.kind() == ErrorKind::NotFound => last = error,
                Err(TryLockError::Error(cause)) => {
                    return Err(FolderError::Make { path: target.to_owned(), cause });
                }
            }
        }
        Err(FolderError::Make { path: target.to_owned(), cause: last })
    }

    /// The folders that were created for it, outermost first.
    pub(super) fn made(&self) -> &[PathBuf] {
        &self.made
    }

    /// The result's folder.
    pub(super) fn target(&self) -> &Path {
        &self.target
    }

    #[expect(clippy::incompatible_msrv, reason = "only with the command line, which asks for 1.89 anyway")]
    fn try_lock(&mut self) -> Result<(), TryLockError> {
        self.make_folders().map_err(TryLockError::Error)?;
        let path = unfinished(&self.target).join(LOCK);
        let opened = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let mut file = opened.map_err(TryLockError::Error)?;
        file.try_lock()?;
        if !is_still_there(&file, &path) {
            return Err(TryLockError::Error(ErrorKind::NotFound.into()));
        }
        // For the message of another process alone.
        let _ = file.set_len(0).and_then(|()| write!(file, "{}", std::process::id()));
        self.lock = Some(file);
        Ok(())
    }

    fn make_folders(&mut self) -> io::Result<()> {
        let folder = unfinished(&self.target);
        let missing: Vec<&Path> = folder.ancestors().take_while(|folder| !folder.exists()).collect();
        for folder in missing.into_iter().rev() {
            match fs::create_dir(folder) {
                Ok(()) => self.made.push(folder.to_owned()),
                // Another run created it in the meantime, and may remove it again between two looks: this is the only one.
                Err(error) if error.kind() == ErrorKind::AlreadyExists => match fs::metadata(folder) {
                    Ok(found) if found.is_dir() => {}
                    Ok(_) => return Err(error),
                    Err(gone) => return Err(gone),
                },
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        // The name goes before the lock, so that nobody takes a lock that no later process would see.
        if self.lock.is_some() {
            release(&self.target, &self.made);
        } else {
            remove_empty(&self.made);
        }
    }
}

/// Removes the name of the lock, and those of the folders created for it that are empty. What can't be removed here is
/// removed by the next run.
pub(super) fn release(target: &Path, made: &[PathBuf]) {
    let folder = unfinished(target);
    let _ = fs::remove_file(folder.join(LOCK));
    let _ = fs::remove_dir(folder);
    remove_empty(made);
}

fn remove_empty(made: &[PathBuf]) {
    for folder in made.iter().rev() {
        let _ = fs::remove_dir(folder);
    }
}

fn busy(target: &Path) -> FolderError {
    let text = fs::read_to_string(unfinished(target).join(LOCK)).unwrap_or_default();
    let by = text.parse().map(|process: u32| format!(" (process {process})")).unwrap_or_default();
    FolderError::Busy { path: target.to_owned(), by }
}

/// Whether the file that was opened is the one that has this name now.
#[cfg(unix)]
fn is_still_there(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let place = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
    file.metadata().map(place).ok().zip(fs::metadata(path).map(place).ok()).is_some_and(|(a, b)| a == b)
}

#[cfg(not(unix))]
fn is_still_there(_: &File, path: &Path) -> bool {
    path.exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_held_once_and_free_again_afterwards() {
        let home = tempfile::tempdir().expect("a folder");
        let target = home.path().join("a/b");
        let hold = Hold::take(&target).expect("it is free");
        let error = Hold::take(&target).expect_err("it is held");
        let process = format!("(process {})", std::process::id());
        assert!(matches!(error, FolderError::Busy { .. }) && error.to_string().contains(&process), "{error}");
        drop(hold);
        assert_eq!(fs::read_dir(home.path()).expect("a folder").count(), 0);
        drop(Hold::take(&target).expect("it is free again"));
    }

    #[test]
    fn a_lock_that_no_process_has_any_more_is_taken() {
        let home = tempfile::tempdir().expect("a folder");
        fs::create_dir_all(unfinished(home.path())).expect("a folder");
        fs::write(unfinished(home.path()).join(LOCK), "1").expect("a file");
        drop(Hold::take(home.path()).expect("nobody has it"));
        assert_eq!(fs::read_dir(home.path()).expect("a folder").count(), 0);
    }

    #[test]
    fn of_many_at_once_one_holds_it_at_a_time() {
        use std::sync::atomic::{AtomicU32, Ordering};
        let home = tempfile::tempdir().expect("a folder");
        let target = home.path().join("result");
        let (inside, taken) = (AtomicU32::new(0), AtomicU32::new(0));
        let work = || {
            for _ in 0..200 {
                match Hold::take(&target) {
                    Ok(hold) => {
                        assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0, "two hold it");
                        taken.fetch_add(1, Ordering::SeqCst);
                        inside.fetch_sub(1, Ordering::SeqCst);
                        drop(hold);
                    }
                    Err(error) => assert!(matches!(error, FolderError::Busy { .. }), "{error:?}"),
                }
            }
        };
        std::thread::scope(|scope| (0..6).for_each(|_| drop(scope.spawn(work))));
        assert!(taken.into_inner() > 0);
    }
}

//! Who may do what in a study's folder: many processes may add runs at the same time, and one alone may change what is run,
//! or write what comes of it.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::Path;

use super::store::StoreError;

/// The right to something in a study's folder: a lock, which the system takes back when the process ends, however it does.
/// The file that is locked stays: whoever opens it has the same one.
#[derive(Debug)]
pub struct Claim {
    _file: File,
}

const LOCK: &str = "lock";

impl Claim {
    /// The right to add runs, together with others.
    ///
    /// # Errors
    /// When another process has the folder for itself, or the lock can't be made.
    #[expect(clippy::incompatible_msrv, reason = "only with the command line, which asks for 1.89 anyway")]
    pub fn shared(store: &Path) -> Result<Claim, StoreError> {
        Claim::take(store, File::try_lock_shared)
    }

    /// The right to everything.
    ///
    /// # Errors
    /// When another process is at work there, or the lock can't be made.
    #[expect(clippy::incompatible_msrv, reason = "only with the command line, which asks for 1.89 anyway")]
    pub fn alone(store: &Path) -> Result<Claim, StoreError> {
        Claim::take(store, File::try_lock)
    }

    #[expect(clippy::incompatible_msrv, reason = "only with the command line, which asks for 1.89 anyway")]
    fn take(store: &Path, lock: impl Fn(&File) -> Result<(), TryLockError>) -> Result<Claim, StoreError> {
        let path = store.join(LOCK);
        let failed = |cause| StoreError::Write { path: path.clone(), cause };
        fs::create_dir_all(store).map_err(failed)?;
        let opened = OpenOptions::new().write(true).create(true).truncate(false).open(&path);
        let file = opened.map_err(failed)?;
        match lock(&file) {
            Ok(()) => Ok(Claim { _file: file }),
            Err(TryLockError::WouldBlock) => Err(StoreError::Busy { path: store.to_owned() }),
            Err(TryLockError::Error(cause)) => Err(failed(cause)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_may_add_and_one_alone_may_change() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = folder.path().join("store");
        let (one, two) = (Claim::shared(&store).expect("free"), Claim::shared(&store).expect("shared"));
        assert!(matches!(Claim::alone(&store), Err(StoreError::Busy { .. })));
        drop((one, two));
        let alone = Claim::alone(&store).expect("free again");
        assert!(matches!(Claim::shared(&store), Err(StoreError::Busy { .. })));
        drop(alone);
        Claim::shared(&store).expect("free again");
    }
}

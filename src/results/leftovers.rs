//! What a draft leaves behind, and its removal.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::begun::{self, BEGUN, Begun, unfinished};
use super::hold;

/// What a draft leaves behind if its process ends at once.
#[derive(Clone, Debug)]
pub struct Leftovers {
    pub(super) target: PathBuf,
    /// Where the draft's files grow.
    pub(super) folder: PathBuf,
    /// Folders that were created for it, outermost first.
    pub(super) made: Vec<PathBuf>,
    /// Whether it is a whole result, and not one with other charts.
    pub(super) is_result: bool,
    pub(super) reused_count: Arc<AtomicUsize>,
    pub(super) keeps_finished: bool,
}

impl Leftovers {
    /// Takes away what dropping the draft would, from another thread than the one that makes the result: that one must
    /// not go on, and not be about to commit it. What can't be removed is removed by the next run.
    pub fn clear(&self) {
        // The other thread may still write, until the folder itself is gone.
        for _ in 0..CLEARINGS {
            self.clear_files();
            if !self.folder.exists() {
                break;
            }
        }
        hold::release(&self.target, &self.made);
    }

    /// What stays, in words: finished parts that are kept, once the rest is cleared; `None` if there are none.
    pub fn kept(&self) -> Option<String> {
        let begun = Begun::read(&self.target).filter(|_| self.keeps_finished)?;
        let count = begun::finished(&self.target).len() + self.reused_count.load(Ordering::Relaxed);
        (count > 0).then(|| begun.kept(&self.target, count))
    }

    /// The files alone: the folder stays held.
    pub(super) fn clear_files(&self) {
        if begun::has_journal(&self.target) {
            return;
        }
        let keeps = self.keeps_finished && !begun::finished(&self.target).is_empty();
        if !self.is_result || !keeps {
            let _ = remove(&self.folder);
        }
        if self.is_result && !keeps {
            let _ = fs::remove_file(unfinished(&self.target).join(BEGUN));
        }
    }
}

/// How often a folder is removed into which somebody writes.
const CLEARINGS: u32 = 100;

/// Removes a folder or a file, if it is there.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    let Ok(metadata) = path.symlink_metadata() else { return Ok(()) };
    if metadata.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }
}

//! A result while it is being made: it grows in the folder `unfinished` inside its own, and is moved out when it is
//! complete.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::admission::{
    absolute, charts, check, check_begun, check_files, check_unheld, in_the_way, is_worked_in, manifests,
    reserved,
};
use super::begun::{self, BEGUN, Begun, FILES, unfinished};
use super::exchange;
use super::files::write_manifest;
use super::folder_error::FolderError;
use super::hold::Hold;
use super::leftovers::{Leftovers, remove};
use super::listing::{self, Files};
use super::names::MANIFEST;
use super::owned::{is_whole, owned};
use super::workplace::{PARTIAL, REDRAWN};
use super::{Identity, Manifest, read};

/// An unfinished result, and the right to write into its folder, which no other process has at the same time. Dropping
/// it leaves the folder as it was, but for replications that are to be [kept](Draft::keep_finished).
#[derive(Debug)]
pub struct Draft {
    hold: Hold,
    /// Where its files grow.
    folder: PathBuf,
    /// Which result it is; none: an earlier one, with other charts.
    identity: Option<Identity>,
    /// The files of the earlier result.
    owned: Files,
    /// Names of folders of the earlier result that are part of this one.
    reused: BTreeSet<String>,
    /// How many they are, for whoever tells what is left.
    reused_count: Arc<AtomicUsize>,
    keeps_finished: bool,
}

/// Why a finished run that is there can't be reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stale {
    /// Another version of the program has made it, or other models.
    OtherVersion,
    /// It is another run, or its files are not as they were written.
    Changed,
    /// It is not what is wanted now, whole as it is.
    Unwanted,
}

impl Draft {
    /// Starts a result that will be in `target`. What an earlier run has left half moved is finished first.
    ///
    /// # Errors
    /// When the target holds anything but an earlier run of the same result or files of other names, another process
    /// writes into it, or it can't be written: before the run starts.
    pub fn open(target: &Path, identity: Identity) -> Result<Draft, FolderError> {
        let target = absolute(target)?;
        check_unheld(&target, &identity)?;
        let hold = Hold::take(&target)?;
        exchange::roll_forward(&target, &mut || Ok(()))?;
        check(&target, &identity)?;
        check_begun(&target, &identity)?;
        check_files(&target, &reserved(&identity))?;
        let draft = Draft {
            folder: unfinished(&target).join(FILES),
            owned: owned(&[&target])?,
            hold,
            identity: Some(identity),
            reused: BTreeSet::new(),
            reused_count: Arc::default(),
            keeps_finished: !begun::finished(&target).is_empty(),
        };
        draft.prepare().map_err(|cause| FolderError::Make { path: target, cause })?;
        Ok(draft)
    }

    /// Starts to draw the charts of the result in `target` anew: in the draft, from the target's files.
    ///
    /// # Errors
    /// When the target is no result or was changed, another process writes into it, or it can't be written.
    pub fn redraw(target: &Path) -> Result<Draft, FolderError> {
        let target = absolute(target)?;
        if !is_worked_in(&target) {
            read(&target)?;
        }
        let hold = Hold::take(&target)?;
        exchange::roll_forward(&target, &mut || Ok(()))?;
        let scenario = read(&target)?.manifest.scenario;
        let owned = owned(&[&target])?;
        let folders = manifests(&owned);
        let names: Vec<String> = folders.iter().flat_map(|folder| charts(&scenario, folder)).collect();
        check_files(&target, &names)?;
        let folder = unfinished(&target).join(REDRAWN);
        let made = renew(&folder);
        let draft = Draft {
            hold,
            folder,
            identity: None,
            owned,
            reused: BTreeSet::new(),
            reused_count: Arc::default(),
            keeps_finished: false,
        };
        made.map_err(|cause| FolderError::Make { path: target, cause })?;
        Ok(draft)
    }

    /// The folder to write into.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What there would be to take away if the process ended now.
    pub fn leftovers(&self) -> Leftovers {
        Leftovers {
            target: self.target().to_owned(),
            folder: self.folder.clone(),
            made: self.hold.made().to_owned(),
            is_result: self.identity.is_some(),
            reused_count: Arc::clone(&self.reused_count),
            keeps_finished: self.keeps_finished,
        }
    }

    /// The folder in which the result will be.
    pub fn target(&self) -> &Path {
        self.hold.target()
    }

    /// The folder of a finished run that an earlier process has left, as a part of this result with this name: it is
    /// this run, of this version of the program, with all its files as they were written, and `accepts` them.
    ///
    /// # Errors
    /// When something else has this name in the target.
    pub fn reuse(
        &mut self,
        name: &str,
        run: &Identity,
        accepts: impl Fn(&Manifest) -> bool,
    ) -> Result<Result<PathBuf, Stale>, FolderError> {
        let use_of = |folder: &Path| match Manifest::read(folder).ok().flatten() {
            Some(manifest) if !manifest.is_of_this_version() => Err(Stale::OtherVersion),
            Some(manifest) if !run.matches(&manifest) => Err(Stale::Changed),
            Some(manifest) if !accepts(&manifest) => Err(Stale::Unwanted),
            Some(_) if is_whole(folder) => Ok(folder.to_owned()),
            Some(_) | None => Err(Stale::Changed),
        };
        let (grown, placed) = (self.folder.join(name), self.target().join(name));
        let of_grown = use_of(&grown);
        if of_grown.is_ok() {
            return Ok(of_grown);
        }
        self.renew(name)?;
        if !placed.join(MANIFEST).is_file() {
            return Ok(of_grown);
        }
        let of_placed = use_of(&placed);
        if of_placed.is_ok() {
            self.reused.insert(name.to_owned());
            self.reused_count.store(self.reused.len(), Ordering::Relaxed);
        }
        Ok(of_placed)
    }

    /// Makes room for a part with this name, none of which is there to be reused.
    ///
    /// # Errors
    /// When something else has this name in the target.
    pub fn renew(&self, name: &str) -> Result<(), FolderError> {
        let (grown, placed) = (self.folder.join(name), self.target().join(name));
        if placed.symlink_metadata().is_ok() {
            if !self.owned.contains_key(&format!("{name}/{MANIFEST}")) {
                return Err(FolderError::InTheWay { path: placed });
            }
            if let Some(path) = in_the_way(self.target(), &self.owned, &self.reserved_in(name)) {
                return Err(FolderError::InTheWay { path });
            }
        }
        remove(&grown).map_err(|cause| FolderError::Make { path: self.target().to_owned(), cause })
    }

    /// The names that files of a part with this name, a run of its own, may have in the target.
    fn reserved_in(&self, name: &str) -> Vec<String> {
        let run = self.identity.iter().map(|identity| Identity { replications: None, ..identity.clone() });
        run.flat_map(|run| reserved(&run)).map(|file| format!("{name}/{file}")).collect()
    }

    /// Removes what an earlier process has left of other parts than these. Returns how many of them were finished.
    ///
    /// # Errors
    /// When it can't be removed.
    pub fn forget_all_but(&self, names: &BTreeSet<String>) -> Result<usize, FolderError> {
        let failed = |cause| FolderError::Make { path: self.target().to_owned(), cause };
        let finished = begun::finished(self.target());
        for entry in fs::read_dir(&self.folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            if entry.file_name().to_str().is_none_or(|name| !names.contains(name)) {
                remove(&entry.path()).map_err(failed)?;
            }
        }
        Ok(finished.iter().filter(|name| !names.contains(*name)).count())
    }

    /// Whether parts that are finished stay when the draft is dropped, for a later process to go on from.
    pub fn keep_finished(&mut self, keeps: bool) {
        self.keeps_finished = keeps;
    }

    /// Moves the result into its place. An earlier one is replaced; all files that it did not list stay.
    ///
    /// # Errors
    /// When a file can't be moved. The result then stays in `unfinished`; see [`FolderError::Place`].
    pub fn commit(mut self) -> Result<(), FolderError> {
        // If it fails, they need not be made again.
        self.keeps_finished = true;
        self.seal()?;
        let from = if self.identity.is_some() { FILES } else { REDRAWN };
        exchange::exchange(self.target(), from, &mut || Ok(()))
    }

    fn prepare(&self) -> io::Result<()> {
        let target = self.target();
        remove(&unfinished(target).join(REDRAWN))?;
        if !self.keeps_finished {
            renew(&self.folder)?;
        }
        let Some(identity) = &self.identity else { return Ok(()) };
        let begun = Begun {
            seed: identity.seed,
            replications: identity.replications,
            scenario: identity.scenario.clone(),
        };
        let text = toml::to_string(&begun).map_err(io::Error::other)?;
        let partial = unfinished(target).join(PARTIAL);
        fs::write(&partial, text)?;
        fs::rename(partial, unfinished(target).join(BEGUN))
    }

    /// Lists all files of the result in its manifest.
    fn seal(&self) -> Result<(), FolderError> {
        let failed = |cause| FolderError::Make { path: self.target().to_owned(), cause };
        if self.identity.is_none() {
            return self.amend();
        }
        let mut files = listing::list(&self.folder).map_err(failed)?;
        for name in &self.reused {
            let path = format!("{name}/{MANIFEST}");
            let digest = listing::digest(&self.target().join(&path), &path).map_err(failed)?;
            files.insert(path, digest);
        }
        let mut manifest = listing::manifest_in(&self.folder).map_err(failed)?;
        manifest.files = files;
        Ok(write_manifest(&self.folder, &manifest)?)
    }

    /// Writes the manifests of a result and of its replications again, with the new charts for the old.
    fn amend(&self) -> Result<(), FolderError> {
        let failed = |cause| FolderError::Make { path: self.target().to_owned(), cause };
        let mut folders = manifests(&self.owned);
        // The innermost first: those around them list them.
        folders.sort_by_key(|folder| std::cmp::Reverse(folder.len()));
        for folder in folders {
            let (old, new) = (self.target().join(&folder), self.folder.join(&folder));
            fs::create_dir_all(&new).map_err(failed)?;
            let mut manifest = listing::manifest_in(&old).map_err(failed)?;
            manifest.files.retain(|path, _| !path.starts_with("charts/"));
            manifest.files.extend(listing::list(&new).map_err(failed)?);
            write_manifest(&new, &manifest)?;
        }
        Ok(())
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // A failure here can't be handled, and the error that led here is reported already.
        self.leftovers().clear_files();
    }
}

/// Finishes what a run into this folder has left half moved; does nothing if none has.
///
/// # Errors
/// When that can't be done, or another process is doing it.
pub fn recover(folder: &Path) -> Result<(), FolderError> {
    let target = absolute(folder)?;
    if !begun::has_journal(&target) {
        return Ok(());
    }
    let _hold = Hold::take(&target)?;
    exchange::roll_forward(&target, &mut || Ok(()))
}

fn renew(folder: &Path) -> io::Result<()> {
    remove(folder)?;
    fs::create_dir_all(folder)
}

#[cfg(test)]
mod tests;

//! A result while it is being made: it grows in the folder `unfinished` inside its own, and is moved out when it is
//! complete.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::admission::{
    absolute, charts, check, check_begun, check_files, in_the_way, is_worked_in, manifests, reserved,
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

impl Draft {
    /// Starts a result that will be in `target`. What an earlier run has left half moved is finished first.
    ///
    /// # Errors
    /// When the target holds anything but an earlier run of the same result or files of other names, another process
    /// writes into it, or it can't be written: before the run starts.
    pub fn open(target: &Path, identity: Identity) -> Result<Draft, FolderError> {
        let target = absolute(target)?;
        check(&target, &identity)?;
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
    ) -> Result<Option<PathBuf>, FolderError> {
        let is_usable = |folder: &Path| {
            let manifest = Manifest::read(folder).ok().flatten();
            let fits = |manifest: &Manifest| {
                run.matches(manifest) && manifest.is_of_this_version() && accepts(manifest)
            };
            manifest.as_ref().is_some_and(fits) && is_whole(folder)
        };
        let (grown, placed) = (self.folder.join(name), self.target().join(name));
        if is_usable(&grown) {
            return Ok(Some(grown));
        }
        self.renew(name)?;
        let usable = is_usable(&placed);
        if usable {
            self.reused.insert(name.to_owned());
            self.reused_count.store(self.reused.len(), Ordering::Relaxed);
        }
        Ok(usable.then_some(placed))
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
mod tests {
    use super::*;
    use crate::results::{Counts, seal};

    fn identity(seed: u64, duration: &str) -> Identity {
        let scenario = format!("name = \"test\"\nduration = \"{duration}\"").parse().expect("TOML");
        Identity { scenario, seed, replications: None, name: "test".to_owned(), hash: "01234567".to_owned() }
    }

    fn manifest(identity: &Identity, mark: &str) -> Manifest {
        Manifest::new(identity, mark.to_owned(), Counts::default())
    }

    /// Fills a draft with a manifest and these files, and commits it.
    fn fill(draft: Draft, identity: &Identity, mark: &str, files: &[&str]) -> Result<(), FolderError> {
        write_manifest(draft.folder(), &manifest(identity, mark)).expect("the draft can be written");
        files.iter().for_each(|path| put(draft.folder(), path, mark));
        draft.commit()
    }

    fn finish(target: &Path, identity: &Identity, mark: &str) -> Result<(), FolderError> {
        fill(Draft::open(target, identity.clone())?, identity, mark, &["summary.json"])
    }

    fn put(folder: &Path, path: &str, text: &str) {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("it is inside")).expect("a folder");
        fs::write(path, text).expect("a file");
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
        Manifest::read(folder).expect("it can be read").expect("it is there").fingerprint
    }

    #[test]
    fn a_committed_draft_is_in_its_folder_and_nowhere_else() {
        let home = tempfile::tempdir().expect("a folder");
        let target = home.path().join("a/b/result");
        finish(&target, &identity(1, "1 s"), "f").expect("there is nothing in the way");
        assert_eq!(names(&target), ["manifest.toml", "summary.json"]);
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
    fn what_is_left_of_a_draft_is_taken_away_as_if_it_were_dropped() {
        let home = tempfile::tempdir().expect("a folder");
        let draft = Draft::open(&home.path().join("a/b/result"), identity(1, "1 s")).expect("a draft");
        put(draft.folder(), "charts/half.svg", "<svg");
        draft.leftovers().clear();
        assert!(names(home.path()).is_empty() && draft.leftovers().kept().is_none());
        std::mem::forget(draft);
    }

    #[test]
    fn what_a_killed_process_left_is_removed_by_the_next_run() {
        let home = tempfile::tempdir().expect("a folder");
        let target = home.path().join("result");
        put(&target, "unfinished/lock", "1");
        put(&target, "unfinished/draft.toml", "seed = 2\n[scenario]\nname = \"other\"");
        put(&target, "unfinished/files/stale.csv", "stale");
        put(&target, "unfinished/redrawn/charts/stale.svg", "stale");
        finish(&target, &identity(1, "1 s"), "f").expect("nobody works there");
        assert_eq!(names(&target), ["manifest.toml", "summary.json"]);
    }

    #[test]
    fn the_same_result_is_replaced_in_the_same_folder_and_what_it_did_not_list_stays() {
        let home = tempfile::tempdir().expect("a folder");
        let target = home.path().join("result");
        let first = identity(1, "1 s");
        let draft = Draft::open(&target, first.clone()).expect("a draft");
        fill(draft, &first, "first", &["summary.json", "queries.csv", "charts/answers.svg"])
            .expect("the first");
        for mine in ["notes.md", "analysis.csv", "charts/mine.svg", "seed-notes/n.txt"] {
            put(&target, mine, "mine");
        }
        finish(&target, &first, "second").expect("the second");
        assert_eq!(fingerprint(&target), "second");
        let left = ["analysis.csv", "charts", "manifest.toml", "notes.md", "seed-notes", "summary.json"];
        assert_eq!(
            (names(&target), names(&target.join("charts"))),
            (left.map(str::to_owned).into(), vec!["mine.svg".to_owned()])
        );
        assert_eq!(names(home.path()), ["result"]);
    }

    #[test]
    fn a_file_that_was_edited_or_has_the_name_of_one_of_ours_is_refused_before_the_run() {
        let home = tempfile::tempdir().expect("a folder");
        let target = home.path().join("result");
        finish(&target, &identity(1, "1 s"), "first").expect("the first");
        put(&target, "summary.json", "edited");
        let error = Draft::open(&target, identity(1, "1 s")).expect_err("it was edited");
        assert!(error.to_string().contains("summary.json` was changed"), "{error}");
        put(&target, "summary.json", "first");
        for taken in ["queries.csv", "charts/answers.png"] {
            put(&target, taken, "mine");
            let error = Draft::open(&target, identity(1, "1 s")).expect_err("it is not ours");
            assert!(matches!(&error, FolderError::InTheWay { path } if path.ends_with(taken)), "{error:?}");
            fs::remove_file(target.join(taken)).expect("it is there");
        }
        fs::remove_file(target.join("summary.json")).expect("it is there");
        finish(&target, &identity(1, "1 s"), "second").expect("what is missing does no harm");
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
    fn a_foreign_folder_is_refused_and_left_alone_and_an_empty_one_is_filled() {
        let home = tempfile::tempdir().expect("a folder");
        let target = home.path().join("result");
        fs::create_dir(&target).expect("a folder");
        for foreign in ["letter.txt", "unfinished/symphony.txt"] {
            put(&target, foreign, "dear");
            assert!(matches!(finish(&target, &identity(1, "1 s"), "f"), Err(FolderError::Foreign { .. })));
            assert_eq!(fs::read_to_string(target.join(foreign)).expect("it is there"), "dear");
            fs::remove_file(target.join(foreign)).expect("it was there");
        }
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
    fn of_two_runs_into_one_folder_the_second_is_refused_and_the_first_goes_on() {
        let home = tempfile::tempdir().expect("a folder");
        let target = home.path().join("result");
        let draft = Draft::open(&target, identity(1, "1 s")).expect("a draft");
        for other in [identity(1, "1 s"), identity(2, "1 s")] {
            assert!(matches!(Draft::open(&target, other), Err(FolderError::Busy { .. })));
        }
        fill(draft, &identity(1, "1 s"), "first", &[]).expect("nobody disturbed it");
        assert_eq!(fingerprint(&target), "first");
        finish(&target, &identity(1, "1 s"), "second").expect("it is free again");
    }

    #[test]
    fn finished_parts_are_kept_for_the_next_run_of_the_same_and_for_no_other() {
        let home = tempfile::tempdir().expect("a folder");
        let target = home.path().join("result");
        let batch = |count| Identity { replications: Some(count), ..identity(1, "1 s") };
        let mut draft = Draft::open(&target, batch(3)).expect("a draft");
        let part = draft.folder().join("seed-1");
        put(&part, "q.csv", "figures");
        write_manifest(&part, &manifest(&identity(1, "1 s"), "one"))
            .and_then(|()| seal(&part))
            .expect("a part");
        put(draft.folder(), "seed-2/q.csv", "half of it");
        assert_eq!(draft.leftovers().kept(), None, "unless they are to be kept");
        draft.keep_finished(true);
        let kept = draft.leftovers().kept().expect("there is one");
        assert!(kept.starts_with("1 of 3 replications are finished and kept in `"), "{kept}");
        drop(draft);
        let error = Draft::open(&target, identity(2, "1 s")).expect_err("another result was begun");
        assert!(error.to_string().contains("1 of 3 replications of scenario test"), "{error}");
        let told = target.join("unfinished/draft.toml");
        let text = fs::read_to_string(&told).expect("it is there");
        put(&target, "unfinished/draft.toml", "seed = ");
        for identity in [identity(1, "1 s"), batch(3)] {
            let error = Draft::open(&target, identity).expect_err("it is not known what was begun");
            assert!(error.to_string().contains("`draft.toml` does not tell which"), "{error}");
        }
        put(&target, "unfinished/draft.toml", &text);
        let read = read(&target).expect_err("it is unfinished").to_string();
        assert!(read.contains("unfinished") && read.contains("1 of 3"), "{read}");
        let mut draft = Draft::open(&target, batch(4)).expect("it goes on");
        let mut reuse =
            |name, run, fits: bool| draft.reuse(name, &run, |_| fits).expect("nothing is in the way");
        assert_eq!(reuse("seed-2", identity(2, "1 s"), true), None);
        assert_eq!(reuse("seed-1", identity(1, "1 s"), true), Some(part.clone()));
        assert_eq!(reuse("seed-1", identity(1, "1 s"), false), None);
        assert!(!part.exists(), "what does not fit is made again");
    }
}

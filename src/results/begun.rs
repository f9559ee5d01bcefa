//! What an earlier process has left of a result in the folder `unfinished` inside its own.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Manifest;
use super::names::UNFINISHED;
use super::shown::shown;

/// Which result it is.
pub(super) const BEGUN: &str = "draft.toml";
/// What is to be moved where, once all is there.
pub(super) const JOURNAL: &str = "journal.toml";
/// The files of a run.
pub(super) const FILES: &str = "files";

/// The folder in which the result of `target` grows.
pub(super) fn unfinished(target: &Path) -> PathBuf {
    target.join(UNFINISHED)
}

/// Whether a complete result waits to be moved into its place.
pub(super) fn has_journal(target: &Path) -> bool {
    unfinished(target).join(JOURNAL).is_file()
}

/// `draft.toml`: which result is being made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Begun {
    /// The run's seed; of several replications that of the first.
    pub seed: u64,
    /// How many are to be made; absent for a run alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replications: Option<u32>,
    /// The scenario with all its defaults.
    pub scenario: toml::Table,
}

impl Begun {
    /// What was begun in `target`, if that can be told.
    pub(super) fn read(target: &Path) -> Option<Begun> {
        toml::from_str(&fs::read_to_string(unfinished(target).join(BEGUN)).ok()?).ok()
    }

    /// How far it is, and how it is finished, in words.
    pub(super) fn state(&self, target: &Path) -> String {
        let (words, folder) = (self.words(target), shown(&unfinished(target)));
        match self.replications {
            Some(_) => format!("`{folder}` has {words}; the same run goes on from there, if none is at it"),
            None => format!("a run of {words} is at it, or was stopped"),
        }
    }

    /// That so many finished replications are kept, in words.
    #[cfg(feature = "cli")]
    pub(super) fn kept(&self, target: &Path, finished: usize) -> String {
        let all = self.replications.unwrap_or(1);
        let folder = shown(target);
        format!(
            "{finished} of {all} replications are finished and kept in `{folder}`; the same run goes on from there"
        )
    }

    /// How far it is, and what it is, in words.
    pub(super) fn words(&self, target: &Path) -> String {
        let name = self.scenario.get("name").and_then(toml::Value::as_str).unwrap_or("unnamed");
        let of = self.replications.map(|all| format!("{} of {all} replications of ", finished(target).len()));
        format!("{}scenario {name}, seed {}", of.unwrap_or_default(), self.seed)
    }
}

/// The names of the folders of replications that are finished and wait for the others.
pub(super) fn finished(target: &Path) -> Vec<String> {
    let entries = fs::read_dir(unfinished(target).join(FILES)).into_iter().flatten().flatten();
    // A replication's manifest lists its files only when they are all there.
    let is_sealed = |folder: &Path| {
        Manifest::read(folder)
            .is_ok_and(|manifest| manifest.is_some_and(|manifest| !manifest.files.is_empty()))
    };
    let is_folder = |entry: &fs::DirEntry| entry.file_type().is_ok_and(|kind| kind.is_dir());
    let folders = entries.filter(|entry| is_folder(entry) && is_sealed(&entry.path()));
    folders.filter_map(|entry| entry.file_name().into_string().ok()).collect()
}

//! Where the finished runs of a study are kept: files to which a line a run is added.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use thiserror::Error;

use super::key::RunKey;
use super::record::Record;
use super::shard::Shard;
use crate::results::durable::sync_folder;

/// The finished runs of a study, in one file for each shard that has added any.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
    runs: BTreeMap<RunKey, Record>,
    damaged: usize,
}

/// The right to add runs to one file of a store.
#[derive(Debug)]
pub struct Appender {
    path: PathBuf,
    file: Mutex<Tail>,
}

/// A file, and how long what is whole of it is.
#[derive(Debug)]
struct Tail {
    file: File,
    length: u64,
}

/// Why a store can't be read or added to.
#[derive(Debug, Error)]
pub enum StoreError {
    /// A file or folder can't be read.
    #[error("could not read `{}`: {cause}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// A file or folder can't be written.
    #[error("could not write `{}`: {cause}", path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// Another process is at work there.
    #[error("another process is at work in `{}`", path.display())]
    Busy {
        /// The folder, or the file of a shard.
        path: PathBuf,
    },
}

/// What the files of a store end in.
const SUFFIX: &str = ".runs.jsonl";

impl Store {
    /// Reads what is in the folder; a folder that is not there is empty. A line that is not whole, the last one of a process
    /// that was killed or one that was altered, is as if it were not there.
    ///
    /// # Errors
    /// When a file can't be read.
    pub fn open(folder: &Path) -> Result<Store, StoreError> {
        let mut store = Store { folder: folder.to_owned(), runs: BTreeMap::new(), damaged: 0 };
        for path in files(folder)? {
            let bytes = fs::read(&path).map_err(|cause| StoreError::Read { path, cause })?;
            for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
                match record(line) {
                    Some((key, record)) => {
                        store.runs.insert(key, record);
                    }
                    None => store.damaged += 1,
                }
            }
        }
        Ok(store)
    }

    /// The run of a key.
    pub fn find(&self, key: RunKey) -> Option<&Record> {
        self.runs.get(&key)
    }

    /// Whether it has no run.
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// All runs, by their keys.
    pub fn runs(&self) -> impl Iterator<Item = (RunKey, &Record)> {
        self.runs.iter().map(|(key, record)| (*key, record))
    }

    /// Lines that were not whole.
    pub fn damaged(&self) -> usize {
        self.damaged
    }

    /// Takes the file of a shard, to add runs. Whoever does has a shared [`Claim`](super::Claim).
    ///
    /// # Errors
    /// When another process has it, or it can't be written.
    pub fn append(&self, shard: Shard) -> Result<Appender, StoreError> {
        let path = self.folder.join(format!("{}-of-{}{SUFFIX}", shard.index, shard.of));
        let failed = |cause| StoreError::Write { path: path.clone(), cause };
        fs::create_dir_all(&self.folder).map_err(failed)?;
        let opened = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let file = opened.map_err(failed)?;
        lock(&file, &path)?;
        sync_folder(&self.folder).map_err(failed)?;
        let bytes = fs::read(&path).map_err(failed)?;
        // What was torn off when a process was killed.
        let length = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end as u64 + 1);
        let mut tail = Tail { file, length };
        tail.cut().map_err(failed)?;
        Ok(Appender { path, file: Mutex::new(tail) })
    }

    /// Puts all runs into one file, those of `order` first and in this order, so that it makes no difference who has run
    /// them when. Whoever does has a [`Claim`](super::Claim) alone since before the store was opened: a run that is added
    /// meanwhile would be lost.
    ///
    /// # Errors
    /// When a file can't be written; what was there is there then.
    pub fn compact(&self, order: impl Iterator<Item = RunKey>) -> Result<(), StoreError> {
        let mut left = self.runs.clone();
        let mut text: String =
            order.filter_map(|key| left.remove(&key)).map(|record| record.line()).collect();
        text.extend(left.values().map(Record::line));
        let whole = self.folder.join(format!("all{SUFFIX}"));
        let draft = self.folder.join("all.draft");
        let failed = |cause| StoreError::Write { path: whole.clone(), cause };
        write_synced(&draft, text.as_bytes()).and_then(|()| fs::rename(&draft, &whole)).map_err(failed)?;
        // Only when all runs are there for good may those before them go.
        sync_folder(&self.folder).map_err(failed)?;
        for path in files(&self.folder)?.into_iter().filter(|path| *path != whole) {
            fs::remove_file(&path).map_err(failed)?;
        }
        Ok(())
    }
}

#[expect(clippy::incompatible_msrv, reason = "only with the command line, which asks for 1.89 anyway")]
fn lock(file: &File, path: &Path) -> Result<(), StoreError> {
    file.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => StoreError::Busy { path: path.to_owned() },
        TryLockError::Error(cause) => StoreError::Write { path: path.to_owned(), cause },
    })
}

pub(super) fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// The files of a store, by name.
fn files(folder: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let failed = |cause| StoreError::Read { path: folder.to_owned(), cause };
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed(error)),
    };
    let paths = entries.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<Vec<_>>>();
    let mut paths = paths.map_err(failed)?;
    paths.retain(|path| {
        path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.ends_with(SUFFIX))
    });
    paths.sort();
    Ok(paths)
}

fn record(line: &[u8]) -> Option<(RunKey, Record)> {
    let record = Record::read(std::str::from_utf8(line).ok()?)?;
    Some((RunKey::read(&record.key)?, record))
}

impl Appender {
    /// Adds a run, which is durable when this returns.
    ///
    /// # Errors
    /// When it can't be written, such as on a full disk; of the run nothing is left in the file then.
    pub fn add(&self, record: &Record) -> Result<(), StoreError> {
        let line = record.line();
        let mut tail = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let added = tail.add(line.as_bytes());
        added.map_err(|cause| {
            // If even that fails, the next process does it.
            let _ = tail.cut();
            StoreError::Write { path: self.path.clone(), cause }
        })
    }
}

impl Tail {
    fn add(&mut self, line: &[u8]) -> io::Result<()> {
        self.file.write_all(line)?;
        self.file.sync_data()?;
        self.length += line.len() as u64;
        Ok(())
    }

    /// Takes away what is behind the last whole line.
    fn cut(&mut self) -> io::Result<()> {
        self.file.set_len(self.length)?;
        self.file.seek(SeekFrom::Start(self.length)).map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::{Counts, Summary};

    fn record(number: u128) -> Record {
        let text = r#"{"scenario": "s", "seed": 1, "fingerprint": "f", "events": 1, "sim_seconds": 1,
            "metrics": {}, "expect": [], "claims": []}"#;
        let summary: Summary = serde_json::from_str(text).expect("a summary");
        Record { key: format!("{number:032x}"), version: "1".to_owned(), counts: Counts::default(), summary }
    }

    fn key(number: u128) -> RunKey {
        RunKey::read(&record(number).key).expect("a key")
    }

    #[test]
    fn two_processes_do_not_add_to_one_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).expect("a store");
        let one = store.append(Shard::WHOLE).expect("free");
        assert!(matches!(store.append(Shard::WHOLE), Err(StoreError::Busy { .. })));
        store.append(Shard { index: 1, of: 2 }).expect("another file").add(&record(2)).expect("written");
        one.add(&record(1)).expect("written");
        drop(one);
        store.append(Shard::WHOLE).expect("free again");
        assert_eq!(Store::open(folder.path()).expect("a store").runs().count(), 2);
    }

    #[test]
    fn what_was_torn_off_is_cut_away_before_more_is_added() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).expect("a store");
        store.append(Shard::WHOLE).expect("free").add(&record(1)).expect("written");
        let path = folder.path().join("0-of-1.runs.jsonl");
        let torn = record(2).line();
        let whole = fs::read_to_string(&path).expect("a file");
        fs::write(&path, whole + &torn[..torn.len() / 2]).expect("written");
        assert_eq!(Store::open(folder.path()).expect("a store").damaged(), 1);
        store.append(Shard::WHOLE).expect("free").add(&record(3)).expect("written");
        let store = Store::open(folder.path()).expect("a store");
        assert_eq!(
            (store.damaged(), store.find(key(1)).is_some(), store.find(key(3)).is_some()),
            (0, true, true)
        );
    }

    #[test]
    fn all_runs_end_in_one_file_whoever_has_added_them() {
        let folder = tempfile::tempdir().expect("a folder");
        let add = |shard, number| {
            let store = Store::open(folder.path()).expect("a store");
            store.append(shard).expect("free").add(&record(number)).expect("written");
        };
        (0..6).for_each(|number| add(Shard { index: number % 3, of: 3 }, u128::from(number)));
        let store = Store::open(folder.path()).expect("a store");
        store.compact([5, 3].map(key).into_iter()).expect("written");
        let text = fs::read_to_string(folder.path().join("all.runs.jsonl")).expect("one file");
        let keys = text.lines().map(|line| Record::read(line).expect("a record").key);
        let last = |key: String| key.chars().next_back().expect("a digit");
        assert_eq!(keys.map(last).collect::<String>(), "530124");
        assert_eq!(files(folder.path()).expect("a folder").len(), 1);
    }
}

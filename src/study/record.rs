//! A finished run, as a study keeps it.

use serde::{Deserialize, Serialize};

use super::key::RunKey;
use crate::batch::Replication;
use crate::results::{Counts, Outcome, Summary};
use crate::scenario::Scenario;

/// A finished run: what its folder's summary and manifest would say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The run's key, in hexadecimal.
    pub key: String,
    /// Version of the program that ran it.
    pub version: String,
    /// How large it was.
    pub counts: Counts,
    /// Its figures.
    pub summary: Summary,
}

/// Digits of a line's checksum.
const CHECKSUM: usize = 16;

impl Record {
    /// What is kept of a run.
    pub fn of(key: RunKey, scenario: &Scenario, outcome: &Outcome) -> Record {
        Record {
            key: key.to_string(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            counts: Counts::of(scenario, outcome),
            summary: Summary::of(scenario, outcome),
        }
    }

    /// Its figures, to be summed up.
    pub fn replication(&self) -> Replication {
        Replication::stored(self.summary.clone(), self.counts.clone())
    }

    /// A line of a store: a checksum, a space, and JSON.
    #[expect(clippy::missing_panics_doc, reason = "a summary is JSON")]
    pub fn line(&self) -> String {
        let json = serde_json::to_string(self).expect("a summary is JSON");
        format!("{} {json}\n", checksum(&json))
    }

    /// The record in a line without its end; `None` when the line is not as it was written.
    pub fn read(line: &str) -> Option<Record> {
        let (sum, json) = line.split_once(' ')?;
        (sum == checksum(json)).then(|| serde_json::from_str(json).ok())?
    }
}

fn checksum(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex().chars().take(CHECKSUM).collect()
}

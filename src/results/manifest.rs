//! `manifest.toml`: which scenario was run, under which seed, and the fingerprint that must come out.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::names::MANIFEST;
use super::read_error::ReadError;
use super::{MODEL_VERSION, Outcome};
use crate::scenario::Scenario;

/// `manifest.toml`: all that is needed to run it again, and the fingerprint that must come out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// The program that wrote it: `ir3sim`.
    pub program: String,
    /// Version of that program.
    pub version: String,
    /// See [`MODEL_VERSION`].
    pub model: u32,
    /// The run's seed; of several replications that of the first. A string where TOML has no integer for it.
    #[serde(with = "super::seed")]
    pub seed: u64,
    /// Runs in the folder's `seed-…` folders; absent when the folder is one run's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replications: Option<u32>,
    /// Hash over all events handled, in hexadecimal; of several replications a hash over theirs.
    pub fingerprint: String,
    /// How large the run was.
    pub counts: Counts,
    /// The files that were written with it, by their path inside the folder, parts separated by `/`, each with the first
    /// 32 hexadecimal digits of its BLAKE3 digest; none for `timing.json`. Of a replication's folder only the manifest
    /// stands here. Empty in a result that was never [sealed](super::seal).
    #[serde(default)]
    pub files: BTreeMap<String, String>,
    /// The scenario with all its defaults.
    pub scenario: toml::Table,
}

/// How large a run was.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Counts {
    /// Hosts of a run.
    pub hosts: u64,
    /// Events handled, in all runs.
    pub events: u64,
    /// Messages handed to a transport, in all runs.
    pub messages: u64,
}

/// What distinguishes results: two with equal identities are the same result.
#[derive(Clone, Debug, PartialEq)]
pub struct Identity {
    /// The scenario with all its defaults.
    pub scenario: toml::Table,
    /// The run's seed; of several replications that of the first.
    pub seed: u64,
    /// Runs in the folder; `None`: it is one run's own.
    pub replications: Option<u32>,
    pub(super) name: String,
    pub(super) hash: String,
}

const HASH_DIGITS: usize = 8;

impl Identity {
    /// The identity of a run of `scenario` under its own seed, or of this number of replications.
    #[expect(clippy::missing_panics_doc, reason = "a resolved scenario is TOML")]
    pub fn of(scenario: &Scenario, replications: Option<u32>) -> Identity {
        let text = scenario.to_toml();
        let mut hash = blake3::hash(text.as_bytes()).to_hex().to_string();
        hash.truncate(HASH_DIGITS);
        Identity {
            scenario: text.parse().expect("a resolved scenario is TOML"),
            seed: scenario.seed,
            replications,
            name: scenario.name.clone(),
            hash,
        }
    }

    /// The default folder: `runs/NAME-SEED-HASH8`, the hash being that of the resolved scenario, so that an edited
    /// scenario gets its own folder.
    pub fn default_folder(&self) -> PathBuf {
        let times = self.replications.map(|count| format!("-x{count}")).unwrap_or_default();
        PathBuf::from("runs").join(format!("{}-{}{times}-{}", self.name, self.seed, self.hash))
    }

    /// Whether `manifest` belongs to this result.
    pub fn matches(&self, manifest: &Manifest) -> bool {
        self.scenario == manifest.scenario
            && self.seed == manifest.seed
            && self.replications == manifest.replications
    }
}

impl Manifest {
    /// A manifest by this program.
    pub fn new(identity: &Identity, fingerprint: String, counts: Counts) -> Manifest {
        Manifest {
            program: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            model: MODEL_VERSION,
            seed: identity.seed,
            replications: identity.replications,
            fingerprint,
            counts,
            files: BTreeMap::new(),
            scenario: identity.scenario.clone(),
        }
    }

    /// The manifest of `folder`; `None` when it has none.
    pub(super) fn read(folder: &Path) -> Result<Option<Manifest>, ReadError> {
        let path = folder.join(MANIFEST);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound && folder.is_dir() => return Ok(None),
            Err(cause) => return Err(ReadError::Io { path, cause }),
        };
        let manifest = toml::from_str(&text).map_err(|error: toml::de::Error| ReadError::Broken {
            path,
            cause: error.message().to_owned(),
        })?;
        Ok(Some(manifest))
    }

    /// Whether this version of the program and of its models wrote it.
    pub fn is_of_this_version(&self) -> bool {
        self.version == env!("CARGO_PKG_VERSION") && self.model == MODEL_VERSION
    }

    /// The title of its scenario; its name when it has none.
    pub fn title(&self) -> &str {
        let text = |key| self.scenario.get(key).and_then(toml::Value::as_str);
        text("title").or_else(|| text("name")).unwrap_or_default()
    }
}

impl Counts {
    /// The counts of one run.
    pub fn of(scenario: &Scenario, outcome: &Outcome) -> Counts {
        let messages = outcome.figures.metrics.get("messages.sent").copied().flatten();
        Counts {
            hosts: scenario.world.groups.iter().map(|group| u64::from(group.hosts.count)).sum(),
            events: outcome.ended.events,
            messages: messages.unwrap_or_default() as u64,
        }
    }
}

//! A run of a result's manifest: whether it came to the same.

use std::path::Path;

use serde::Serialize;

use super::args::RunArgs;
use super::failure::{Exit, Failure};
use super::shown::Shown;
use crate::results::{MODEL_VERSION, Manifest, Summary};

/// What is run, and what must come out if that has been run before.
pub(super) struct Again {
    /// The arguments, with what the manifest adds.
    pub args: RunArgs,
    /// The manifest, when nothing is to be other than in it.
    expected: Option<Manifest>,
}

/// What came of running a manifest again, for `--json`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Replayed {
    /// The manifest that was run.
    pub manifest: Shown,
    /// The fingerprint in it.
    pub fingerprint: String,
    /// Whether the run came to it.
    pub same: bool,
    /// Both, in a sentence.
    #[serde(skip)]
    pub said: String,
}

impl Again {
    /// The manifest's number of replications is that of the run, unless the arguments have another.
    pub(super) fn of(args: &RunArgs, manifest: Option<Manifest>) -> Again {
        let before = manifest.as_ref().map(|manifest| manifest.replications.unwrap_or(1));
        let replications = args.wanted_replications.or(before).unwrap_or(1);
        let args = RunArgs { replications, ..args.clone() };
        let same = args.changes.is_empty() && before == Some(replications);
        Again { args, expected: manifest.filter(|_| same) }
    }

    /// Whether it must come to the same as before.
    pub(super) fn is_replay(&self) -> bool {
        self.expected.is_some()
    }

    /// Compares what came out with the manifest, if it was that which was run. A result that differs from it does not take
    /// its place.
    pub(super) fn compare(&self, summary: &Summary, target: &Path) -> Result<Option<Replayed>, Failure> {
        let Some(expected) = &self.expected else { return Ok(None) };
        let file = Shown::of(&self.args.file);
        let same = expected.fingerprint == summary.fingerprint;
        let said = if same {
            format!("replay: the same fingerprint as in {file}")
        } else {
            format!(
                "replay: another fingerprint than in {file}: {} there{}",
                expected.fingerprint,
                versions(expected)
            )
        };
        if !same && is_of(&self.args.file, target) {
            let nothing = "; nothing was written, as it would have taken the place of that result: see --out";
            return Err(Failure::new(Exit::Differs, anyhow::anyhow!(said + nothing)));
        }
        let fingerprint = expected.fingerprint.clone();
        Ok(Some(Replayed { manifest: file, fingerprint, same, said }))
    }
}

/// Which program wrote a manifest, if another than this.
pub(super) fn versions(manifest: &Manifest) -> String {
    let (version, model) = (env!("CARGO_PKG_VERSION"), MODEL_VERSION);
    if (manifest.version.as_str(), manifest.model) == (version, model) {
        return String::new();
    }
    format!(
        ", by version {} (model {}), and this is version {version} (model {model})",
        manifest.version, manifest.model
    )
}

/// Whether a file is the manifest of this folder.
fn is_of(file: &Path, folder: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().ok();
    real(file).is_some_and(|file| real(&folder.join("manifest.toml")) == Some(file))
}

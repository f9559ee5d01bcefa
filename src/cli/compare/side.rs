//! One of the two results: its runs, and what they are runs of.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::batch::{Replication, seed_of};
use crate::cli::failure::{Exit, Failure};
use crate::cli::plot;
use crate::cli::shown::Shown;
use crate::results::{self, Identity, MODEL_VERSION, Manifest};
use crate::scenario::Scenario;

/// Keys beside words that change nothing in a run: what is expected of it, and what is drawn.
const BESIDE: [&str; 5] = ["name", "seed", "expect", "claims", "charts"];

/// One of the two.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Side {
    /// The folder or file.
    pub source: Shown,
    /// Name of the scenario.
    pub scenario: String,
    /// Version of the program that ran it.
    pub version: String,
    /// Version of its models.
    pub model: u32,
    /// Seeds of the runs, in order.
    pub seeds: Vec<u64>,
    /// The values in the resolved scenario that have an effect on a run, by path.
    #[serde(skip)]
    pub parameters: BTreeMap<String, String>,
    #[serde(skip)]
    pub runs: Vec<Replication>,
}

/// A parameter that differs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct Parameter {
    /// Its path, as `-S` has it.
    pub path: String,
    /// Its value in A; `None`: A has none.
    pub a: Option<String>,
    /// The same in B.
    pub b: Option<String>,
}

/// The parameters that differ, by path.
pub(super) fn differing(a: &BTreeMap<String, String>, b: &BTreeMap<String, String>) -> Vec<Parameter> {
    let paths: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
    let parameter =
        |path: &String| Parameter { path: path.clone(), a: a.get(path).cloned(), b: b.get(path).cloned() };
    paths.into_iter().map(parameter).filter(|parameter| parameter.a != parameter.b).collect()
}

impl Side {
    /// Runs that were made just now.
    pub(super) fn of_scenario(file: &Path, scenario: &Scenario, runs: Vec<Replication>) -> Side {
        Side {
            source: Shown::of(file),
            scenario: scenario.name.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            model: MODEL_VERSION,
            seeds: runs.iter().map(|run| run.seed).collect(),
            parameters: parameters(&Identity::of(scenario, None).scenario),
            runs,
        }
    }

    /// The runs in these folders of results, which must be of one scenario.
    pub(super) fn of_results(source: &Path, folders: &[PathBuf]) -> Result<Side, Failure> {
        let mut sides = folders.iter().map(|folder| Side::read(folder));
        let none = || Failure::new(Exit::Incomplete, anyhow::anyhow!("no result in `{}`", Shown::of(source)));
        let mut side = sides.next().ok_or_else(none)??;
        for other in sides {
            side.join(other?)?;
        }
        side.source = Shown::of(source);
        Ok(side)
    }

    fn read(folder: &Path) -> Result<Side, Failure> {
        results::recover(folder)?;
        let Manifest { version, model, seed, replications, scenario, .. } = results::read(folder)?.manifest;
        let folders: Vec<PathBuf> = match replications {
            None => vec![folder.to_owned()],
            Some(count) => {
                (0..count).map(|place| plot::replication_folder(folder, seed_of(seed, place))).collect()
            }
        };
        if let Some(missing) = folders.iter().find(|folder| !folder.is_dir()) {
            return Err(lacks(folder, missing));
        }
        let runs = folders.iter().map(|folder| Replication::read(folder)).collect::<Result<Vec<_>, _>>()?;
        Ok(Side {
            source: Shown::of(folder),
            scenario: scenario.get("name").and_then(toml::Value::as_str).unwrap_or_default().to_owned(),
            version,
            model,
            seeds: runs.iter().map(|run| run.seed).collect(),
            parameters: parameters(&scenario),
            runs,
        })
    }

    /// Takes up the runs of another result, of the same scenario under other seeds.
    fn join(&mut self, other: Side) -> Result<(), Failure> {
        let refused = |why: String| {
            let said = format!("`{}` and `{}` are not runs of one result: {why}", self.source, other.source);
            Failure::new(Exit::Usage, anyhow::anyhow!(said))
        };
        if let Some(Parameter { path, .. }) = differing(&self.parameters, &other.parameters).first() {
            return Err(refused(format!("`{path}` differs")));
        }
        if (&self.version, self.model) != (&other.version, other.model) {
            return Err(refused("they are of different versions of the program".to_owned()));
        }
        for run in other.runs {
            if let Some(known) = self.runs.iter().find(|known| known.seed == run.seed) {
                if known.fingerprint == run.fingerprint {
                    continue;
                }
                return Err(refused(format!(
                    "they came to something else under the same seed, {}",
                    run.seed
                )));
            }
            self.seeds.push(run.seed);
            self.runs.push(run);
        }
        Ok(())
    }

    /// The program that ran it, in words.
    pub(super) fn program(&self) -> String {
        format!("version {} (model {})", self.version, self.model)
    }
}

/// The values in a resolved scenario that have an effect on a run, by path.
pub(super) fn parameters(scenario: &toml::Table) -> BTreeMap<String, String> {
    let mut kept = scenario.clone();
    BESIDE.iter().for_each(|key| drop(kept.remove(*key)));
    results::parameters(&kept)
}

fn lacks(folder: &Path, missing: &Path) -> Failure {
    let name = missing.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let folder = Shown::of(folder);
    let said = format!(
        "`{folder}` lacks the folder {name} of a run, and without its runs a result is not compared; \
         `ir3sim run {folder}/manifest.toml --out DIR` makes them again"
    );
    Failure::new(Exit::Incomplete, anyhow::anyhow!(said))
}

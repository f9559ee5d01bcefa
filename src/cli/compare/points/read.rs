//! A side of a comparison, read from its folder.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::study::{Kept, Point, Runs, Study};
use crate::batch::Replication;
use crate::cli::compare::side::{self, Side};
use crate::cli::compare::source;
use crate::cli::failure::{Exit, Failure};
use crate::cli::shown::Shown;
use crate::cli::sweep::folder::{Folder, SWEEP};
use crate::cli::sweep::{figures, outcome, tables};
use crate::results::listing::digest_of;
use crate::results::{Identity, Look, MODEL_VERSION};
use crate::scenario::{Expectation, Scenario};
use crate::study::{Account, AccountError, Plan, Store, Verdicts};

/// The folder of the sweep that a path means, if it means one.
pub(crate) fn sweep(path: &Path) -> Option<PathBuf> {
    let is_manifest = path.file_name().is_some_and(|name| name == "manifest.toml");
    let folder = if is_manifest { path.parent()? } else { path };
    folder.join(SWEEP).is_file().then(|| folder.to_owned())
}

/// The sweep or result of a path.
pub(crate) fn read(path: &Path) -> Result<Study, Failure> {
    if let Some(folder) = sweep(path) {
        return of_sweep(&folder);
    }
    match source::result(path)? {
        Some(folders) => Ok(Study::of_result(path, Side::of_results(path, &folders)?)),
        None => {
            let said = format!(
                "`{}` is a scenario, and the other a sweep, which is compared with results and sweeps: `ir3sim run` makes a \
                 result, `ir3sim sweep run` a sweep",
                Shown::of(path)
            );
            Err(Failure::new(Exit::Usage, anyhow::anyhow!(said)))
        }
    }
}

/// `manifest.toml` of a sweep.
#[derive(Deserialize)]
struct Manifest {
    version: String,
    model: u32,
    plan: String,
    files: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Summary {
    points: Vec<Verdicts>,
}

/// The runs of each point, as far as they are there, and who made them.
struct Finished {
    kept: Kept,
    points: Vec<Runs>,
    versions: BTreeSet<String>,
    model: u32,
}

fn of_sweep(path: &Path) -> Result<Study, Failure> {
    let folder = Folder::existing(path)?;
    let (plan, store) = (folder.plan()?, folder.store()?);
    let mut metrics = BTreeMap::new();
    let mut checked = Vec::new();
    for scenario in plan.points.iter().map(|point| &point.scenario) {
        for (table, expectation) in checks(scenario) {
            let look = Look::of(scenario, &expectation.select);
            metrics.insert(format!("{table}.{}", expectation.name), look.metric.clone());
            checked.push(outcome::column(table, &expectation.name, &look));
        }
    }
    let finished = finished(path, &plan, &store, &metrics)?;
    let mut axes: Vec<String> = Vec::new();
    for setting in plan.points.iter().flat_map(|point| &point.settings) {
        if !axes.contains(&setting.path) {
            axes.push(setting.path.clone());
        }
    }
    let point = |(point, runs): (&crate::study::Point, Runs)| Point {
        settings: point.settings.clone(),
        parameters: side::parameters(&Identity::of(&point.scenario, None).scenario),
        runs,
    };
    Ok(Study {
        source: Shown::of(path),
        name: plan.sweep.name.clone(),
        versions: finished.versions,
        model: finished.model,
        axes,
        kept: finished.kept,
        points: plan.points.iter().zip(finished.points).map(point).collect(),
        charted: plan.sweep.charts.iter().map(|chart| chart.metric.clone()).collect(),
        checked,
        metrics,
    })
}

/// The expectations and claims of a scenario, each with its table.
fn checks(scenario: &Scenario) -> impl Iterator<Item = (&'static str, &Expectation)> {
    let expected = scenario.expectations.iter().map(|expectation| ("expect", expectation));
    expected.chain(scenario.claims.iter().map(|trial| ("claims", &trial.expectation)))
}

/// The runs in the store; else what the tables have of them, which must be those that were written.
fn finished(
    path: &Path,
    plan: &Plan,
    store: &Store,
    metrics: &BTreeMap<String, String>,
) -> Result<Finished, Failure> {
    let shown = Shown::of(path);
    let manifest = manifest(path)?;
    if manifest.as_ref().is_some_and(|manifest| manifest.plan != plan.hash()) {
        let said = format!(
            "`{shown}`: sweep.toml or scenario.toml was changed since its tables were written, or they are by a version of \
             the program with other defaults; `ir3sim sweep run {shown}/sweep.toml --out {shown}` makes them anew"
        );
        return Err(Failure::new(Exit::Usage, anyhow::anyhow!(said)));
    }
    match (Account::of(plan, store), manifest) {
        (Ok(account), _) => {
            let records = Account::keys(plan).filter_map(|key| store.find(key));
            let versions = records.map(|record| record.version.clone()).collect();
            let points = account.into_runs().into_iter().map(Runs::Each).collect();
            Ok(Finished { kept: Kept::Runs, points, versions, model: MODEL_VERSION })
        }
        (Err(AccountError::Missing { .. } | AccountError::Open { .. }), Some(manifest)) => {
            let whole = of_tables(path, plan, &manifest, metrics).map_err(|why| format!("`{shown}`: {why}"));
            let (kept, points) = whole.map_err(|said| Failure::from(anyhow::anyhow!(said)))?;
            let versions = BTreeSet::from([manifest.version]);
            Ok(Finished { kept, points, versions, model: manifest.model })
        }
        (Err(error @ (AccountError::Missing { .. } | AccountError::Open { .. })), None) => {
            let said = format!(
                "`{shown}` is not finished: {error}; `ir3sim sweep run {shown}/sweep.toml --out {shown}` goes on with it"
            );
            Err(Failure::new(Exit::Incomplete, anyhow::anyhow!(said)))
        }
        (Err(error), _) => Err(error.into()),
    }
}

fn manifest(path: &Path) -> Result<Option<Manifest>, Failure> {
    let file = path.join("manifest.toml");
    if !file.is_file() {
        return Ok(None);
    }
    let failed = |why: String| Failure::from(anyhow::anyhow!("could not read `{}`: {why}", Shown::of(&file)));
    let text = fs::read_to_string(&file).map_err(|error| failed(error.to_string()))?;
    toml::from_str(&text).map(Some).map_err(|error| failed(error.message().to_owned()))
}

/// What the tables have of the runs at each point.
fn of_tables(
    path: &Path,
    plan: &Plan,
    manifest: &Manifest,
    metrics: &BTreeMap<String, String>,
) -> Result<(Kept, Vec<Runs>), String> {
    let read = |name: &str| {
        let bytes = fs::read(path.join(name)).map_err(|error| format!("{name} can't be read: {error}"))?;
        match manifest.files.get(name) {
            Some(digest) if *digest == digest_of(&bytes) => Ok(bytes),
            _ => Err(format!("{name} was changed since the sweep was finished")),
        }
    };
    let summary: Summary = serde_json::from_slice(&read("summary.json")?)
        .map_err(|error| format!("its summary can't be read: {error}"))?;
    let means = tables::means(&read("points.csv")?)?.into_iter();
    let (kept, points): (Kept, Vec<Runs>) = if path.join("runs.csv").exists() {
        let mut runs: Vec<Vec<Replication>> = tables::runs(&read("runs.csv")?, &summary.points)?;
        runs.iter_mut().zip(means).for_each(|(runs, means)| figures::complete(runs, &means, metrics));
        (Kept::Figures, runs.into_iter().map(Runs::Each).collect())
    } else {
        let counts = summary.points.iter().map(|point| point.replications);
        (Kept::Means, means.zip(counts).map(|(means, count)| Runs::Means(means, count)).collect())
    };
    let wanted = plan.points.len();
    if points.len() != wanted || summary.points.len() != wanted {
        return Err("its tables do not have the points of its plan".to_owned());
    }
    Ok((kept, points))
}

//! What a finished study comes to: tables, summary, manifest.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::plan::{Plan, Point, RunKey};
use super::store::{Store, write_synced};
use crate::batch::{Replication, summarise};
use crate::metrics::{Cell, Table, Waits};
use crate::results::durable::{sync_file, sync_folder};
use crate::results::listing::digest_of;
use crate::results::{self, Counts, Estimate, Expected, MODEL_VERSION, Summary, Tried, WriteError};
use crate::scenario::Setting;

/// What a finished study comes to, point by point.
pub struct Account<'p> {
    plan: &'p Plan,
    points: Vec<Done<'p>>,
}

/// A point with all its runs.
struct Done<'p> {
    point: &'p Point,
    runs: Vec<Replication>,
    summary: Summary,
}

/// What a study found at a point.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Verdicts {
    /// What was set here, by path, each value as TOML.
    pub set: BTreeMap<String, String>,
    /// Hash over the fingerprints of its runs.
    pub fingerprint: String,
    /// The expectations of the scenario, and whether they hold.
    pub expect: Vec<Expected>,
    /// The trials of claims, and their verdicts.
    pub claims: Vec<Tried>,
}

/// Why there is no account.
#[derive(Debug, Error)]
pub enum AccountError {
    /// Runs are missing.
    #[error("{missing} of {all} runs are missing")]
    Missing {
        /// How many.
        missing: usize,
        /// How many there should be.
        all: usize,
    },
    /// A table can't be written.
    #[error(transparent)]
    Table(#[from] WriteError),
    /// Another file can't be written.
    #[error("could not write `{}`: {cause}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
}

/// `summary.json`.
#[derive(Serialize)]
struct StudySummary<'a> {
    sweep: &'a str,
    seed: u64,
    replications: u32,
    fingerprint: &'a str,
    events: u64,
    points: &'a [Verdicts],
}

/// `manifest.toml`.
#[derive(Serialize)]
struct StudyManifest<'a> {
    program: &'static str,
    version: &'static str,
    model: u32,
    plan: String,
    fingerprint: &'a str,
    counts: Counts,
    files: BTreeMap<String, String>,
}

const RUNS: &str = "runs.csv";
const POINTS: &str = "points.csv";
const SUMMARY: &str = "summary.json";
const MANIFEST: &str = "manifest.toml";

impl<'p> Account<'p> {
    /// Of a plan whose runs are all in the store.
    ///
    /// # Errors
    /// When some are missing.
    pub fn of(plan: &'p Plan, store: &Store) -> Result<Account<'p>, AccountError> {
        let (mut points, mut missing) = (Vec::new(), 0);
        for point in &plan.points {
            let records = (0..plan.sweep.replications).map(|r| store.find(plan.key(point, r)));
            let runs: Vec<Replication> = records.flatten().map(super::Record::replication).collect();
            missing += plan.sweep.replications as usize - runs.len();
            points.push(Done { point, summary: summarise(&point.scenario, &runs), runs });
        }
        let all = plan.points.len() * plan.sweep.replications as usize;
        if missing > 0 { Err(AccountError::Missing { missing, all }) } else { Ok(Account { plan, points }) }
    }

    /// What it found, point by point.
    pub fn verdicts(&self) -> Vec<Verdicts> {
        let of = |done: &Done<'_>| Verdicts {
            set: done.point.settings.iter().map(|s| (s.path.clone(), s.value.clone())).collect(),
            fingerprint: done.summary.fingerprint.clone(),
            expect: done.summary.expect.clone(),
            claims: done.summary.claims.clone(),
        };
        self.points.iter().map(of).collect()
    }

    /// The mean of a metric at each point, with its interval.
    pub fn estimates(&self, metric: &str) -> Vec<(&'p [Setting], Option<Estimate>)> {
        let of = |done: &Done<'p>| (&done.point.settings[..], done.summary.intervals.get(metric).copied());
        self.points.iter().map(of).collect()
    }

    /// Hash over the fingerprints of all points.
    pub fn fingerprint(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        self.points.iter().for_each(|done| {
            hasher.update(done.summary.fingerprint.as_bytes());
        });
        hasher.finalize().to_hex().chars().take(32).collect()
    }

    /// The keys of all runs, in the order of the tables.
    pub fn keys(plan: &Plan) -> impl Iterator<Item = RunKey> + '_ {
        plan.points
            .iter()
            .flat_map(move |point| (0..plan.sweep.replications).map(move |r| plan.key(point, r)))
    }

    /// Writes `runs.csv`, `points.csv` and `summary.json`, each whole or as it was before, and takes away the manifest, which
    /// [`Account::seal`] writes, and the charts that it lists.
    ///
    /// # Errors
    /// When a file can't be written.
    pub fn write(&self, folder: &Path) -> Result<(), AccountError> {
        let failed = |name: &str| failed(folder.join(name));
        for chart in charts_of(folder).iter().map(String::as_str).chain([MANIFEST]) {
            match fs::remove_file(folder.join(chart)) {
                Err(cause) if cause.kind() != io::ErrorKind::NotFound => return Err(failed(chart)(cause)),
                _ => {}
            }
        }
        for (name, table) in [(RUNS, self.runs()), (POINTS, self.estimates_of_all())] {
            let draft = folder.join(format!("{name}.draft"));
            results::write_table(&draft, &table)?;
            fs::rename(&draft, folder.join(name)).map_err(failed(name))?;
        }
        place(folder, SUMMARY, self.summary().as_bytes()).map_err(failed(SUMMARY))
    }

    /// Writes `manifest.toml`, when all other files are there, with the digests of the tables and of these charts.
    ///
    /// # Errors
    /// When a file can't be read, or the manifest not written.
    pub fn seal(&self, folder: &Path, charts: &[PathBuf]) -> Result<(), AccountError> {
        let tables = [RUNS, POINTS, SUMMARY].map(|name| folder.join(name));
        let mut files = BTreeMap::new();
        for path in tables.iter().chain(charts) {
            let bytes = fs::read(path).map_err(failed(path.clone()))?;
            sync_file(path).map_err(failed(path.clone()))?;
            let inside = path.strip_prefix(folder).unwrap_or(path);
            let parts: Vec<_> = inside.iter().map(|part| part.to_string_lossy()).collect();
            files.insert(parts.join("/"), digest_of(&bytes));
        }
        let folders = charts.iter().filter_map(|chart| chart.parent()).chain([folder]);
        folders
            .collect::<BTreeSet<_>>()
            .into_iter()
            .try_for_each(sync_folder)
            .map_err(failed(folder.into()))?;
        place(folder, MANIFEST, self.manifest(files).as_bytes()).map_err(failed(folder.join(MANIFEST)))?;
        sync_folder(folder).map_err(failed(folder.into()))
    }

    fn summary(&self) -> String {
        let summary = StudySummary {
            sweep: &self.plan.sweep.name,
            seed: self.plan.sweep.seed,
            replications: self.plan.sweep.replications,
            fingerprint: &self.fingerprint(),
            events: self.counts().events,
            points: &self.verdicts(),
        };
        serde_json::to_string_pretty(&summary).expect("a summary is JSON") + "\n"
    }

    fn manifest(&self, files: BTreeMap<String, String>) -> String {
        let manifest = StudyManifest {
            program: "ir3sim",
            version: env!("CARGO_PKG_VERSION"),
            model: MODEL_VERSION,
            plan: self.plan.hash(),
            fingerprint: &self.fingerprint(),
            counts: self.counts(),
            files,
        };
        toml::to_string(&manifest).expect("a manifest is TOML")
    }

    fn counts(&self) -> Counts {
        let runs = || self.points.iter().flat_map(|done| &done.runs);
        Counts {
            hosts: runs().map(|run| run.counts.hosts).max().unwrap_or_default(),
            events: runs().map(|run| run.counts.events).sum(),
            messages: runs().map(|run| run.counts.messages).sum(),
        }
    }

    fn paths(&self) -> Vec<String> {
        let first = self.plan.points.first();
        first.into_iter().flat_map(|point| &point.settings).map(|setting| setting.path.clone()).collect()
    }

    /// A row a run: what is varied, seed, fingerprint, then every metric that any run has.
    fn runs(&self) -> Table {
        let runs = || self.points.iter().flat_map(|done| &done.runs);
        let metrics: BTreeSet<&String> = runs().flat_map(|run| run.metrics.keys()).collect();
        let columns = ["seed", "fingerprint"].map(str::to_owned).into_iter();
        let header =
            self.paths().into_iter().chain(columns).chain(metrics.iter().map(|name| (*name).clone()));
        let row = |(point, run): (&Point, &Replication)| {
            let own = [Cell::from(run.seed), Cell::from(run.fingerprint.as_str())];
            let value = |name: &&String| Cell::from(run.metrics.get(*name).copied().flatten());
            point.settings.iter().map(cell).chain(own).chain(metrics.iter().map(value)).collect()
        };
        let rows = self.points.iter().flat_map(|done| done.runs.iter().map(|run| (done.point, run)));
        Table { header: header.collect(), rows: rows.map(row).collect() }
    }

    /// A row for each point and metric.
    fn estimates_of_all(&self) -> Table {
        let columns = ["metric", "n", "mean", "sd", "ci_low", "ci_high", "p5", "p25", "median", "p75", "p95"];
        let header = self.paths().into_iter().chain(columns.map(str::to_owned)).collect();
        let mut rows = Vec::new();
        for done in &self.points {
            for (metric, estimate) in &done.summary.intervals {
                let values = done.runs.iter().filter_map(|run| run.metrics.get(metric).copied().flatten());
                let own = [Cell::from(metric.as_str()), Cell::from(estimate.n)];
                let moments = [estimate.mean, estimate.sd, estimate.ci_low, estimate.ci_high];
                let values = Waits::of(values.map(|value| Some(value).filter(|value| value.is_finite())));
                let quantiles = [0.05, 0.25, 0.5, 0.75, 0.95].map(|share| values.quantile(share));
                rows.push(
                    (done.point.settings.iter().map(cell).chain(own))
                        .chain(moments.map(|figure| Cell::from(figure.0)))
                        .chain(quantiles.map(|value| Cell::from(value.filter(|value| value.is_finite()))))
                        .collect(),
                );
            }
        }
        Table { header, rows }
    }
}

/// A value of an axis in a table.
fn cell(setting: &Setting) -> Cell {
    let parsed: Option<toml::Value> =
        format!("x = {}", setting.value).parse::<toml::Table>().ok().and_then(|mut table| table.remove("x"));
    match parsed {
        Some(toml::Value::String(text)) => Cell::Text(text),
        _ => Cell::Text(setting.value.clone()),
    }
}

/// The charts that the manifest of a folder lists, if it has one.
fn charts_of(folder: &Path) -> Vec<String> {
    let manifest =
        fs::read_to_string(folder.join(MANIFEST)).ok().and_then(|text| text.parse::<toml::Table>().ok());
    let files = manifest.as_ref().and_then(|manifest| manifest.get("files")).and_then(toml::Value::as_table);
    let inside =
        |path: &&String| path.strip_prefix("charts/").is_some_and(|name| !name.contains(['/', '\\']));
    files.into_iter().flat_map(|files| files.keys()).filter(inside).cloned().collect()
}

fn failed(path: PathBuf) -> impl FnOnce(io::Error) -> AccountError {
    move |cause| AccountError::Write { path, cause }
}

fn place(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let draft = folder.join(format!("{name}.draft"));
    write_synced(&draft, bytes)?;
    fs::rename(&draft, folder.join(name))
}

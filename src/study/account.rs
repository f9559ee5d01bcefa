//! What a finished study comes to: tables, summary, manifest.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::cell::cell;
use super::enough::relative_half_width;
use super::key::RunKey;
use super::plan::{Plan, Point};
use super::scaling::{self, Exponent};
use super::sensitivity::{self, Sample};
use super::store::{Store, write_synced};
use super::threshold;
use crate::batch::{Replication, judged, summarise};
use crate::metrics::{self, Cell, Table, Waits};
use crate::results::durable::{sync_file, sync_folder};
use crate::results::listing::digest_of;
use crate::results::parquet;
use crate::results::{self, Counts, Estimate, Expected, Figure, MODEL_VERSION, Summary, Tried, WriteError};
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
    until: Option<Reached>,
}

/// What a study found at a point.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Verdicts {
    /// What was set here, by path, each value as TOML.
    pub set: BTreeMap<String, String>,
    /// Hash over the fingerprints of its runs.
    pub fingerprint: String,
    /// Runs that count.
    pub replications: u32,
    /// How exact the metric is until which points are run, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Reached>,
    /// The expectations of the scenario, and whether they hold.
    pub expect: Vec<Expected>,
    /// The trials of claims, and their verdicts.
    pub claims: Vec<Tried>,
}

/// How exact a metric is at a point, where runs end when it is exact enough.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Reached {
    /// Half the width of its 95 % interval, as a part of its mean.
    pub half_width: Figure,
    /// Whether that is as little as was asked for; if not, the point has the most runs that it may have.
    pub reached: bool,
}

/// The rule that ends runs, with what came of it.
#[derive(Serialize, Deserialize)]
struct Rule {
    of: String,
    half_width: f64,
    least: u32,
    most: u32,
    /// Points, counted from 0, that have the most runs and are not as exact.
    not_reached: Vec<usize>,
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
    /// Points have not enough runs yet.
    #[error("{open} of {all} points have not enough runs yet")]
    Open {
        /// How many.
        open: usize,
        /// How many there are.
        all: usize,
    },
    /// A table can't be written.
    #[error(transparent)]
    Table(#[from] WriteError),
    /// The manifest of a folder can't be read.
    #[error("could not read `{}`: {cause}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
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
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Rule>,
    #[serde(skip_serializing_if = "Option::is_none")]
    points_dropped: Option<usize>,
    fingerprint: &'a str,
    events: u64,
    points: &'a [Verdicts],
}

/// `manifest.toml`.
#[derive(Serialize, Deserialize)]
pub(super) struct StudyManifest {
    program: String,
    version: String,
    model: u32,
    plan: String,
    fingerprint: String,
    counts: Counts,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<Rule>,
    pub files: BTreeMap<String, String>,
}

const RUNS: &str = "runs.csv";
const POINTS: &str = "points.csv";
const SENSITIVITY: &str = "sensitivity.csv";
const SCALING: &str = "scaling.csv";
const SUMMARY: &str = "summary.json";
pub(super) const MANIFEST: &str = "manifest.toml";

impl<'p> Done<'p> {
    /// What expectations and claims are about is shown like the metrics.
    fn of(point: &'p Point, mut runs: Vec<Replication>) -> Done<'p> {
        let mut summary = summarise(&point.scenario, &runs);
        for (place, (name, values, estimate)) in judged(&point.scenario, &runs).into_iter().enumerate() {
            for (run, value) in runs.iter_mut().zip(values) {
                let sample = run.selected_samples.get(place).cloned().flatten();
                run.samples.extend(sample.map(|sample| (name.clone(), sample)));
                run.metrics.insert(name.clone(), value);
            }
            summary.intervals.insert(name, estimate);
        }
        Done { point, runs, summary, until: None }
    }
}

impl<'p> Account<'p> {
    /// Of a plan whose runs are all in the store.
    ///
    /// # Errors
    /// When some are missing.
    pub fn of(plan: &'p Plan, store: &Store) -> Result<Account<'p>, AccountError> {
        let (mut points, mut missing, mut open) = (Vec::new(), 0, 0);
        for point in &plan.points {
            let standing = plan.standing(point, store);
            let Some(enough) = standing.enough() else {
                (missing, open) = (missing + standing.left().0 as usize, open + 1);
                continue;
            };
            let records = (0..enough.runs).filter_map(|r| store.find(plan.key(point, r)));
            let runs: Vec<Replication> = records.map(super::Record::replication).collect();
            let mut done = Done::of(point, runs);
            done.until = plan.sweep.until.as_ref().zip(enough.reached).map(|(until, reached)| {
                let estimate = done.summary.intervals.get(&until.of);
                Reached { half_width: estimate.and_then(relative_half_width).into(), reached }
            });
            points.push(done);
        }
        match (open, &plan.sweep.until) {
            (0, _) => Ok(Account { plan, points }),
            (_, Some(_)) => Err(AccountError::Open { open, all: plan.points.len() }),
            (_, None) => {
                let all = plan.points.len() * plan.sweep.replications as usize;
                Err(AccountError::Missing { missing, all })
            }
        }
    }

    /// The runs at each point, with the values of expectations and claims among their metrics, as `expect.NAME` and
    /// `claims.NAME`.
    pub fn into_runs(self) -> Vec<Vec<Replication>> {
        self.points.into_iter().map(|done| done.runs).collect()
    }

    /// What it found, point by point.
    pub fn verdicts(&self) -> Vec<Verdicts> {
        let of = |done: &Done<'_>| Verdicts {
            set: done.point.settings.iter().map(|s| (s.path.clone(), s.value.clone())).collect(),
            fingerprint: done.summary.fingerprint.clone(),
            replications: done.runs.len() as u32,
            until: done.until,
            expect: done.summary.expect.clone(),
            claims: done.summary.claims.clone(),
        };
        self.points.iter().map(of).collect()
    }

    /// The metric of a column of `runs.csv`: itself, or that of the expectation or claim.
    pub fn metric_of(&self, column: &str) -> Option<String> {
        let of_check = || {
            let scenario = &self.plan.points.first()?.scenario;
            let expectation = match column.split_once('.')? {
                ("expect", name) => scenario.expectations.iter().find(|expectation| expectation.name == name),
                ("claims", name) => {
                    scenario.claims.iter().map(|t| &t.expectation).find(|trial| trial.name == name)
                }
                _ => None,
            };
            Some(expectation?.select.metric.clone())
        };
        metrics::find(column).map(|_| column.to_owned()).or_else(of_check)
    }

    /// The mean of a metric, expectation or claim at each point, with its interval.
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

    /// How many runs a point has: the fewest and the most.
    pub fn replications(&self) -> (u32, u32) {
        let counts = || self.points.iter().map(|done| done.runs.len() as u32);
        (counts().min().unwrap_or_default(), counts().max().unwrap_or_default())
    }

    /// How many runs all points have.
    pub fn all_runs(&self) -> usize {
        self.points.iter().map(|done| done.runs.len()).sum()
    }

    /// The keys of all runs that there may be, in the order of the tables.
    pub fn keys(plan: &Plan) -> impl Iterator<Item = RunKey> + '_ {
        plan.points
            .iter()
            .flat_map(move |point| (0..plan.sweep.replications).map(move |r| plan.key(point, r)))
    }

    /// Writes `runs.csv`, `points.csv` and `summary.json`, `sensitivity.csv` where the design is one for it, and `scaling.csv` where
    /// a chart asks for exponents, each whole or as it was before, and takes away the manifest, which [`Account::seal`] writes, the
    /// charts that it lists, what a search for a threshold found, and tables as Parquet.
    ///
    /// # Errors
    /// When a file can't be written.
    pub fn write(&self, folder: &Path) -> Result<(), AccountError> {
        let failed = |name: &str| failed(folder.join(name));
        let others = [MANIFEST, SENSITIVITY, SCALING, threshold::FILE, parquet::RUNS, parquet::POINTS];
        for old in charts_of(folder).iter().map(String::as_str).chain(others) {
            match fs::remove_file(folder.join(old)) {
                Err(cause) if cause.kind() != io::ErrorKind::NotFound => return Err(failed(old)(cause)),
                _ => {}
            }
        }
        for (name, table) in self.tables() {
            let draft = folder.join(format!("{name}.draft"));
            results::write_table(&draft, &table)?;
            fs::rename(&draft, folder.join(name)).map_err(failed(name))?;
        }
        place(folder, SUMMARY, self.summary().as_bytes()).map_err(failed(SUMMARY))
    }

    /// Writes a file beside the tables, whole or as it was before, which [`Account::seal`] is to list.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn add(&self, folder: &Path, name: &str, text: &str) -> Result<PathBuf, AccountError> {
        let path = folder.join(name);
        place(folder, name, text.as_bytes()).map_err(failed(path.clone()))?;
        Ok(path)
    }

    /// Writes `manifest.toml`, when all other files are there, with the digests of the tables, and of these charts and what else
    /// there is.
    ///
    /// # Errors
    /// When a file can't be read, or the manifest not written.
    pub fn seal(&self, folder: &Path, others: &[PathBuf]) -> Result<(), AccountError> {
        let sensitivity = self.plan.sweep.method.indexes().then_some(SENSITIVITY);
        let scaling = self.scales().then_some(SCALING);
        let own = [RUNS, POINTS, SUMMARY].into_iter().chain(sensitivity).chain(scaling);
        let own: Vec<PathBuf> = own.map(|name| folder.join(name)).collect();
        let mut files = BTreeMap::new();
        for path in own.iter().chain(others) {
            let bytes = fs::read(path).map_err(failed(path.clone()))?;
            sync_file(path).map_err(failed(path.clone()))?;
            files.insert(listed(folder, path), digest_of(&bytes));
        }
        let folders = others.iter().filter_map(|other| other.parent()).chain([folder]);
        folders
            .collect::<BTreeSet<_>>()
            .into_iter()
            .try_for_each(sync_folder)
            .map_err(failed(folder.into()))?;
        place(folder, MANIFEST, self.manifest(files).as_bytes()).map_err(failed(folder.join(MANIFEST)))?;
        sync_folder(folder).map_err(failed(folder.into()))
    }

    fn tables(&self) -> Vec<(&'static str, Table)> {
        let mut tables = vec![(RUNS, self.runs()), (POINTS, self.estimates_of_all())];
        if self.plan.sweep.method.indexes() {
            tables.push((SENSITIVITY, self.sensitivity()));
        }
        if self.scales() {
            tables.push((SCALING, scaling::table(&self.exponents())));
        }
        tables
    }

    /// How fast what charts of this kind are about grows with their axes.
    pub fn exponents(&self) -> Vec<Exponent> {
        let points: Vec<_> =
            self.points.iter().map(|done| (&done.point.settings[..], &done.runs[..])).collect();
        scaling::exponents(&self.plan.sweep.charts, &points)
    }

    fn scales(&self) -> bool {
        self.plan.sweep.charts.iter().any(scaling::is_asked)
    }

    /// A row for each metric and axis. A sample counts for a metric that has a finite mean at all its points.
    fn sensitivity(&self) -> Table {
        let axes = self.paths();
        let names: BTreeSet<&String> =
            self.points.iter().flat_map(|done| done.summary.intervals.keys()).collect();
        let mean = |done: &Done<'_>, name: &String| {
            done.summary
                .intervals
                .get(name)
                .and_then(|estimate| estimate.mean.0)
                .filter(|mean| mean.is_finite())
        };
        let samples = |name: &String| {
            let samples = self.points.chunks(self.plan.sweep.method.points_a_sample(axes.len()));
            samples.filter_map(|sample| sample.iter().map(|done| mean(done, name)).collect()).collect()
        };
        let metrics: Vec<(String, Vec<Sample>)> =
            names.into_iter().map(|name| (name.clone(), samples(name))).collect();
        let all = self.points.len() / self.plan.sweep.method.points_a_sample(axes.len());
        sensitivity::table(&axes, &metrics, all, self.plan.sweep.seed)
    }

    /// Whether the tables in a folder are there for good, and those of this plan.
    pub fn is_sealed(folder: &Path, plan: &Plan) -> bool {
        manifest_of(folder)
            .is_some_and(|manifest| manifest.get("plan").and_then(toml::Value::as_str) == Some(&plan.hash()))
    }

    fn summary(&self) -> String {
        let summary = StudySummary {
            sweep: &self.plan.sweep.name,
            seed: self.plan.sweep.seed,
            replications: self.plan.sweep.replications,
            until: self.rule(),
            points_dropped: self.plan.sweep.constraint.as_ref().map(|_| self.plan.dropped),
            fingerprint: &self.fingerprint(),
            events: self.counts().events,
            points: &self.verdicts(),
        };
        serde_json::to_string_pretty(&summary).expect("a summary is JSON") + "\n"
    }

    fn manifest(&self, files: BTreeMap<String, String>) -> String {
        let manifest = StudyManifest {
            program: "ir3sim".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            model: MODEL_VERSION,
            plan: self.plan.hash(),
            fingerprint: self.fingerprint(),
            counts: self.counts(),
            until: self.rule(),
            files,
        };
        toml::to_string(&manifest).expect("a manifest is TOML")
    }

    fn rule(&self) -> Option<Rule> {
        let until = self.plan.sweep.until.as_ref()?;
        let missed = |done: &Done<'_>| done.until.is_some_and(|until| !until.reached);
        let points = self.points.iter().enumerate();
        Some(Rule {
            of: until.of.clone(),
            half_width: until.half_width,
            least: until.least,
            most: self.plan.sweep.replications,
            not_reached: points.filter(|(_, done)| missed(done)).map(|(number, _)| number).collect(),
        })
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

    /// A row a run: what is varied, seed, fingerprint, then every metric, expectation and claim that any run has.
    pub(super) fn runs(&self) -> Table {
        let metrics: BTreeSet<&String> = self.columns().collect();
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

    /// What is varied, point by point.
    pub(super) fn settings(&self) -> impl Iterator<Item = &'p [Setting]> + '_ {
        self.points.iter().map(|done| &done.point.settings[..])
    }

    /// Every metric, expectation and claim of each run.
    pub(super) fn columns(&self) -> impl Iterator<Item = &String> {
        self.points.iter().flat_map(|done| &done.runs).flat_map(|run| run.metrics.keys())
    }

    /// A row for each point and metric, expectation or claim.
    pub(super) fn estimates_of_all(&self) -> Table {
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

/// The charts that the manifest of a folder lists, if it has one.
fn charts_of(folder: &Path) -> Vec<String> {
    let manifest = manifest_of(folder);
    let files = manifest.as_ref().and_then(|manifest| manifest.get("files")).and_then(toml::Value::as_table);
    let inside =
        |path: &&String| path.strip_prefix("charts/").is_some_and(|name| !name.contains(['/', '\\']));
    files.into_iter().flat_map(|files| files.keys()).filter(inside).cloned().collect()
}

fn manifest_of(folder: &Path) -> Option<toml::Table> {
    fs::read_to_string(folder.join(MANIFEST)).ok()?.parse().ok()
}

/// A file of a folder, as the manifest lists it.
pub(super) fn listed(folder: &Path, path: &Path) -> String {
    let inside = path.strip_prefix(folder).unwrap_or(path);
    let parts: Vec<_> = inside.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}

pub(super) fn failed(path: PathBuf) -> impl FnOnce(io::Error) -> AccountError {
    move |cause| AccountError::Write { path, cause }
}

pub(super) fn place(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let draft = folder.join(format!("{name}.draft"));
    write_synced(&draft, bytes)?;
    fs::rename(&draft, folder.join(name))
}

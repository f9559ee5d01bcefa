//! A sweep, as a page has it: its plan, what it found at each point, and its charts.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::chart::{Chart, chart_of};
use crate::batch::Replication;
use crate::cli::format;
use crate::cli::replay;
use crate::cli::shown::Shown;
use crate::cli::sweep::folder::Folder;
use crate::cli::sweep::tables;
use crate::metrics;
use crate::results::listing::digest_of;
use crate::results::{Counts, Estimate, holm_adjusted};
use crate::scenario::Setting;
use crate::study::{Plan, Verdicts};

/// A sweep whose runs are all finished.
pub(super) struct Study {
    /// What links lead to.
    pub id: String,
    pub folder: PathBuf,
    pub plan: Plan,
    pub manifest: Manifest,
    /// What was found at each point of the plan.
    pub verdicts: Vec<Verdicts>,
    /// Each metric at each point of the plan, as in `points.csv`.
    pub points: Vec<BTreeMap<String, Mean>>,
    /// The runs at each point.
    pub runs: Vec<Vec<Replication>>,
    pub charts: Vec<Chart>,
    /// The Holm-adjusted p-value of each trial at each point, among those of all sweeps of the page.
    pub tried_p: Vec<Vec<Option<f64>>>,
    /// The same of expectations.
    pub expected_p: Vec<Vec<Option<f64>>>,
}

/// `manifest.toml` of a sweep.
#[derive(Deserialize)]
pub(super) struct Manifest {
    pub program: String,
    pub version: String,
    pub model: u32,
    pub fingerprint: String,
    pub counts: Counts,
    plan: String,
    files: BTreeMap<String, String>,
}

/// A metric at a point. A mean that is longer than any time has no number, but runs that count.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Mean {
    pub n: u32,
    pub mean: Option<f64>,
    pub interval: Option<(f64, f64)>,
}

#[derive(Deserialize)]
struct Summary {
    points: Vec<Verdicts>,
}

impl Study {
    /// Reads what is in a sweep's folder, or says why it can't be shown.
    pub(super) fn read(place: usize, path: &Path) -> Result<Study, String> {
        let in_folder = |why: String| format!("`{}`: {why}", Shown::of(path));
        Study::whole(format!("s{}", place + 1), path).map_err(in_folder)
    }

    fn whole(id: String, path: &Path) -> Result<Study, String> {
        let manifest = fs::read_to_string(path.join("manifest.toml")).map_err(|_| {
            "the sweep is not finished: `ir3sim sweep status` tells what is missing".to_owned()
        })?;
        let manifest: Manifest =
            toml::from_str(&manifest).map_err(|error| format!("its manifest can't be read: {error}"))?;
        let plan = Folder::existing(path).and_then(|folder| folder.plan());
        let plan = plan.map_err(|failure| format!("its plan can't be read: {:#}", failure.error))?;
        if plan.hash() != manifest.plan {
            let why = "sweep.toml or scenario.toml was changed since its tables were written, or they are by a version \
                       of the program with other defaults";
            return Err(why.to_owned());
        }
        let summary: Summary = serde_json::from_slice(&listed(path, &manifest, "summary.json")?)
            .map_err(|error| format!("its summary can't be read: {error}"))?;
        let points = tables::means(&listed(path, &manifest, "points.csv")?)?
            .into_iter()
            .map(shown)
            .collect::<Vec<_>>();
        // What is checked in of a sweep is its points.
        let runs = if path.join("runs.csv").exists() {
            tables::runs(&listed(path, &manifest, "runs.csv")?, &summary.points)?
        } else {
            vec![Vec::new(); summary.points.len()]
        };
        if summary.points.len() != plan.points.len() || [points.len(), runs.len()] != [plan.points.len(); 2] {
            return Err("its tables do not have the points of its plan".to_owned());
        }
        let charts = charts(path, &manifest, &id);
        let (tried_p, expected_p) = (Vec::new(), Vec::new());
        let (folder, verdicts) = (path.to_owned(), summary.points);
        Ok(Study { id, folder, plan, manifest, verdicts, points, runs, charts, tried_p, expected_p })
    }

    /// What it is called.
    pub(super) fn title(&self) -> &str {
        self.plan.sweep.title.as_ref().unwrap_or(&self.plan.sweep.name)
    }

    /// Runs at the point that has the most.
    pub(super) fn runs(&self) -> u32 {
        self.verdicts.iter().map(|point| point.replications).max().unwrap_or_default()
    }

    /// How many runs each point has.
    pub(super) fn runs_told(&self) -> String {
        let most = format::count(self.runs().into(), "run");
        match self.verdicts.iter().map(|point| point.replications).min() {
            Some(fewest) if fewest < self.runs() => format!("{fewest} to {most}"),
            _ => most,
        }
    }

    /// What is set at a point, for people.
    pub(super) fn at(&self, point: usize) -> String {
        let settings = &self.plan.points[point].settings;
        settings
            .iter()
            .map(|setting| format!("{} = {}", setting.path, setting.value))
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// The command that makes its tables and all its charts again.
    pub(super) fn command(&self) -> String {
        let is_column = |name: &&str| self.points.iter().any(|point| point.contains_key(*name));
        let metrics = self.charts.iter().filter_map(Chart::metric).filter(is_column);
        replay::of_sweep(&self.folder, metrics)
    }

    /// The command that runs one point alone; none where a key of the scenario has no effect at some points, which single runs
    /// refuse.
    pub(super) fn command_at(&self, point: usize) -> Option<String> {
        self.plan.left_out.is_empty().then(|| {
            let settings = self.plan.sweep.set.iter().chain(&self.plan.points[point].settings);
            let set: Vec<String> = settings.map(Setting::as_override).collect();
            replay::of_point(&self.folder, self.plan.sweep.seed, self.verdicts[point].replications, &set)
        })
    }

    /// The metrics that the page shows at each point: those of charts, trials and expectations.
    pub(super) fn metrics(&self) -> BTreeSet<&str> {
        let of_point = |point: &'_ Verdicts| -> Vec<String> {
            let expected = point.expect.iter().map(|expected| expected.look.metric.clone());
            expected.chain(point.claims.iter().map(|tried| tried.look.metric.clone())).collect()
        };
        let mut wanted: BTreeSet<String> = self.verdicts.iter().flat_map(of_point).collect();
        wanted.extend(self.charts.iter().filter_map(Chart::metric).map(str::to_owned));
        let all = self.points.iter().flat_map(|point| point.keys());
        all.map(String::as_str)
            .filter(|name| wanted.contains(*name) && metrics::find(name).is_some())
            .collect()
    }
}

/// A table that the manifest lists, as it was written.
fn listed(folder: &Path, manifest: &Manifest, name: &str) -> Result<Vec<u8>, String> {
    let bytes = fs::read(folder.join(name)).map_err(|error| format!("{name} can't be read: {error}"))?;
    match manifest.files.get(name) {
        Some(digest) if *digest == digest_of(&bytes) => Ok(bytes),
        _ => Err(format!("{name} was changed since the sweep was finished")),
    }
}

fn charts(folder: &Path, manifest: &Manifest, id: &str) -> Vec<Chart> {
    let is_chart = |path: &&String| path.starts_with("charts/") && path.ends_with(".svg");
    let chart = |(place, path): (usize, &String)| {
        let as_written = |bytes: &[u8]| manifest.files.get(path).map(|digest| *digest == digest_of(bytes));
        chart_of(folder, as_written, &format!("{id}c{place}-"), path.clone())
    };
    manifest.files.keys().filter(is_chart).enumerate().map(chart).collect()
}

fn shown(means: BTreeMap<String, Estimate>) -> BTreeMap<String, Mean> {
    let mean = |of: Estimate| Mean { n: of.n, mean: of.mean.0, interval: of.interval() };
    means.into_iter().map(|(name, of)| (name, mean(of))).collect()
}

/// Adjusts p-values for all trials that can fail, and all expectations, at the points of all sweeps.
pub(super) fn adjust(studies: &mut [Study]) {
    let tried = adjusted(studies, |point| {
        let p = point
            .claims
            .iter()
            .map(|tried| tried.judged.p_value.0.filter(|_| tried.by_construction.is_none()));
        p.collect()
    });
    let expected = adjusted(studies, |point| {
        point
            .expect
            .iter()
            .map(|expected| expected.spread.and_then(|spread| spread.judged.p_value.0))
            .collect()
    });
    for (study, (tried, expected)) in studies.iter_mut().zip(tried.into_iter().zip(expected)) {
        (study.tried_p, study.expected_p) = (tried, expected);
    }
}

type OfPoints = Vec<Vec<Option<f64>>>;

fn adjusted(studies: &[Study], of_point: impl Fn(&Verdicts) -> Vec<Option<f64>>) -> Vec<OfPoints> {
    let all: Vec<OfPoints> =
        studies.iter().map(|study| study.verdicts.iter().map(&of_point).collect()).collect();
    let flat: Vec<Option<f64>> = all.iter().flatten().flatten().copied().collect();
    let mut adjusted = holm_adjusted(&flat).into_iter();
    let mut take = |count: usize| adjusted.by_ref().take(count).collect::<Vec<_>>();
    all.iter().map(|points| points.iter().map(|point| take(point.len())).collect()).collect()
}

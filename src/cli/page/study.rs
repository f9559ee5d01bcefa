//! A sweep, as a page has it: its plan, what it found at each point, and its charts.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::chart::{Chart, chart_of, is_chart};
use super::mean::Mean;
use crate::batch::Replication;
use crate::cli::format;
use crate::cli::repeat;
use crate::cli::shown::Shown;
use crate::cli::sweep::folder::Folder;
use crate::cli::sweep::{figures, tables};
use crate::results::listing::digest_of;
use crate::results::{Counts, Look, holm_adjusted};
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
    /// The Holm-adjusted p-value of each trial at each point, among those of this sweep.
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
        let means = tables::means(&listed(path, &manifest, "points.csv")?)?;
        // What is checked in of a sweep is its points.
        let mut runs = if path.join("runs.csv").exists() {
            tables::runs(&listed(path, &manifest, "runs.csv")?, &summary.points)?
        } else {
            vec![Vec::new(); summary.points.len()]
        };
        let metrics = looks(&summary.points).into_iter().map(|(name, look)| (name, look.metric)).collect();
        runs.iter_mut().zip(&means).for_each(|(runs, means)| figures::complete(runs, means, &metrics));
        let points: Vec<BTreeMap<String, Mean>> = means
            .into_iter()
            .map(|means| means.into_iter().map(|(name, of)| (name, of.into())).collect())
            .collect();
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
        repeat::of_sweep(&self.folder, metrics)
    }

    /// The command that runs one point alone; none where a key of the scenario has no effect at some points, which single runs
    /// refuse.
    pub(super) fn command_at(&self, point: usize) -> Option<String> {
        self.plan.left_out.is_empty().then(|| {
            let settings = self.plan.sweep.set.iter().chain(&self.plan.points[point].settings);
            let set: Vec<String> = settings.map(Setting::as_override).collect();
            repeat::of_point(&self.folder, self.plan.sweep.seed, self.verdicts[point].replications, &set)
        })
    }

    /// The columns that the page shows at each point: those of charts, trials and expectations.
    pub(super) fn columns(&self) -> Vec<Column> {
        let looks = looks(&self.verdicts);
        let mut wanted: BTreeSet<String> = BTreeSet::new();
        let mut seen: Vec<&Look> = Vec::new();
        for (name, look) in &looks {
            // A claim and an expectation may look at the same.
            if !seen.contains(&look) {
                wanted.insert(if look.is_whole() { look.metric.clone() } else { name.clone() });
                seen.push(look);
            }
        }
        wanted.extend(self.plan.sweep.charts.iter().map(|chart| chart.metric.clone()));
        wanted.extend(self.charts.iter().filter_map(Chart::metric).map(str::to_owned));
        wanted.retain(|name| self.points.iter().any(|point| point.contains_key(name)));
        let column = |name: String| {
            let look = looks.get(&name).cloned();
            let metric = look.as_ref().map_or_else(|| name.clone(), |look| look.metric.clone());
            Column { name, metric, look }
        };
        wanted.into_iter().map(column).collect()
    }
}

/// What the expectations and claims at some point look at, by their paths.
fn looks(points: &[Verdicts]) -> BTreeMap<String, Look> {
    let of_point = |point: &Verdicts| -> Vec<(String, Look)> {
        let expected = point.expect.iter().map(|e| (format!("expect.{}", e.name), e.look.clone()));
        expected.chain(point.claims.iter().map(|c| (format!("claims.{}", c.name), c.look.clone()))).collect()
    };
    points.iter().flat_map(of_point).collect()
}

/// A column of `points.csv`, as the page has it.
pub(super) struct Column {
    /// A metric, `expect.NAME` or `claims.NAME`.
    pub name: String,
    /// The metric that it is of.
    pub metric: String,
    /// What an expectation or claim looks at.
    pub look: Option<Look>,
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
    let chart = |(place, path): (usize, &String)| {
        let as_written = |bytes: &[u8]| manifest.files.get(path).map(|digest| *digest == digest_of(bytes));
        chart_of(folder, as_written, &format!("{id}c{place}-"), path.clone())
    };
    manifest.files.keys().filter(|path| is_chart(path)).enumerate().map(chart).collect()
}

/// Adjusts p-values for all trials that can fail, and all expectations, at the points of each sweep, as its charts do.
pub(super) fn adjust(studies: &mut [Study]) {
    let tried = adjusted(studies, |point| {
        let p = point
            .claims
            .iter()
            .map(|tried| tried.judged.doubtful().filter(|_| tried.by_construction.is_none()));
        p.collect()
    });
    let expected = adjusted(studies, |point| {
        point
            .expect
            .iter()
            .map(|expected| expected.spread.and_then(|spread| spread.judged.doubtful()))
            .collect()
    });
    for (study, (tried, expected)) in studies.iter_mut().zip(tried.into_iter().zip(expected)) {
        (study.tried_p, study.expected_p) = (tried, expected);
    }
}

type OfPoints = Vec<Vec<Option<f64>>>;

fn adjusted(studies: &[Study], of_point: impl Fn(&Verdicts) -> Vec<Option<f64>>) -> Vec<OfPoints> {
    let of_study = |study: &Study| -> OfPoints {
        let points: OfPoints = study.verdicts.iter().map(&of_point).collect();
        let flat: Vec<Option<f64>> = points.iter().flatten().copied().collect();
        let mut adjusted = holm_adjusted(&flat).into_iter();
        points.iter().map(|point| adjusted.by_ref().take(point.len()).collect()).collect()
    };
    studies.iter().map(of_study).collect()
}

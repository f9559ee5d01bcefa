//! What a page is made of: results with their charts, and what is said of all of them together.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::chart::{CHARTS, Chart, chart_of, is_chart};
use super::study::{self, Study};
use crate::cli::failure::{Exit, Failure};
use crate::cli::shown::Shown;
use crate::cli::stored::Found;
use crate::cli::{format, repeat};
use crate::results::{self, ClaimRow, Estimate, Figure, Stored, TrialRow, holm_adjusted};
use crate::scenario::{self, Scenario};

/// All of it.
pub(super) struct Material {
    /// Each result once.
    pub entries: Vec<Entry>,
    /// Each sweep once.
    pub studies: Vec<Study>,
    /// The verdict on each claim, from results alone.
    pub rows: Vec<ClaimRow>,
    /// Why results and sweeps are left out.
    pub left_out: Vec<String>,
    /// The command that makes the page.
    pub command: String,
}

/// A result, as the page has it.
pub(super) struct Entry {
    /// What links lead to.
    pub id: String,
    /// The scenario's name, and the folder where that does not tell.
    pub label: String,
    pub stored: Stored,
    /// None where this version of the program does not accept it any more.
    pub scenario: Option<Scenario>,
    /// The paths of the parameters that are other than by default, if that is known.
    pub set: Option<BTreeSet<String>>,
    pub charts: Vec<Chart>,
    /// `timing.json`, if the folder has it.
    pub timing: Option<Value>,
    /// The Holm-adjusted p-value of each expectation among those of the whole page.
    pub expected_p: Vec<Option<f64>>,
}

impl Material {
    /// Reads what else is in the folders of these results.
    pub(super) fn of(found: Found) -> Result<Material, Failure> {
        let command = repeat::of_page(&found.folders);
        let results = each_once(found.results);
        let rows = results::verdicts(&results);
        let mut of_scenario: BTreeMap<String, usize> = BTreeMap::new();
        for stored in &results {
            *of_scenario.entry(stored.summary.scenario.clone()).or_default() += 1;
        }
        let entry = |(place, stored): (usize, Stored)| {
            let is_alone = of_scenario[&stored.summary.scenario] == 1;
            Entry::read(place, stored, is_alone)
        };
        let mut entries = results.into_iter().enumerate().map(entry).collect::<Result<Vec<_>, _>>()?;
        adjust(&mut entries);
        let mut left_out = found.left_out;
        let studies = studies(&found.sweeps, &mut left_out);
        if entries.is_empty() && studies.is_empty() {
            return Err(Failure::new(Exit::Incomplete, anyhow::anyhow!(left_out.join("; "))));
        }
        Ok(Material { entries, studies, rows, left_out, command })
    }

    /// How many results and sweeps there are.
    pub(super) fn size(&self) -> String {
        let counts = [(self.entries.len(), "result"), (self.studies.len(), "sweep")];
        let some = counts.into_iter().filter(|(count, _)| *count > 0);
        some.map(|(count, what)| format::count(count as u64, what)).collect::<Vec<_>>().join(" and ")
    }

    /// The trials of claims in a result. None where those of another one count in their place, which has all of its runs.
    pub(super) fn trials_of(&self, entry: &Entry) -> Option<Vec<&TrialRow>> {
        let of_entry = |trial: &&TrialRow| self.entry_of(trial).is_some_and(|other| other.id == entry.id);
        let trials: Vec<&TrialRow> = self.rows.iter().flat_map(|row| &row.trials).filter(of_entry).collect();
        (!trials.is_empty() || entry.stored.summary.claims.is_empty()).then_some(trials)
    }

    /// The result that a trial is part of.
    pub(super) fn entry_of(&self, trial: &TrialRow) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.stored.folder.display().to_string() == trial.folder)
    }

    /// Results of the same scenario, where there are several, by the scenario's name.
    pub(super) fn variants(&self) -> BTreeMap<&str, Vec<&Entry>> {
        let mut all: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
        for entry in &self.entries {
            all.entry(&entry.stored.summary.scenario).or_default().push(entry);
        }
        all.retain(|_, entries| entries.len() > 1);
        all
    }
}

/// The sweeps in these folders, each once; why others can't be shown is added to what is left out.
fn studies(folders: &[PathBuf], left_out: &mut Vec<String>) -> Vec<Study> {
    let mut known: BTreeSet<PathBuf> = BTreeSet::new();
    let mut all = Vec::new();
    for folder in folders {
        if known.insert(folder.canonicalize().unwrap_or_else(|_| folder.clone())) {
            match Study::read(all.len(), folder) {
                Ok(study) => all.push(study),
                Err(why) => left_out.push(why),
            }
        }
    }
    study::adjust(&mut all);
    all
}

impl Entry {
    fn read(place: usize, stored: Stored, is_alone: bool) -> Result<Entry, Failure> {
        let id = format!("r{}", place + 1);
        let name = stored.summary.scenario.clone();
        let folder = Shown::of(&stored.folder);
        let label = if is_alone { name } else { format!("{name} in {folder}") };
        Ok(Entry {
            label,
            scenario: scenario_of(&stored),
            set: scenario::settings(&stored.manifest.scenario),
            charts: charts(&stored, &id)?,
            timing: timing(&stored.folder),
            expected_p: Vec::new(),
            id,
            stored,
        })
    }

    /// How many runs its figures are means of.
    pub(super) fn runs(&self) -> u32 {
        self.stored.summary.replications.unwrap_or(1)
    }

    /// The command that repeats it.
    pub(super) fn command(&self) -> String {
        repeat::of_result(&self.stored.folder)
    }

    /// What is known of a metric: of a single run no more than its value.
    pub(super) fn estimate(&self, metric: &str) -> Estimate {
        let value = || self.stored.summary.metrics.get(metric).copied().unwrap_or_default();
        let intervals = &self.stored.summary.intervals;
        intervals.get(metric).copied().unwrap_or_else(|| Estimate::single(value().0))
    }

    /// The value of a metric, infinite where it is a time longer than any.
    pub(super) fn value(&self, metric: &str) -> Figure {
        let estimate = self.estimate(metric);
        Figure(estimate.mean.0.or(estimate.endless.map(|_| f64::INFINITY)))
    }

    /// A table of the resolved scenario.
    pub(super) fn table(&self, key: &str) -> Option<&toml::Table> {
        self.stored.manifest.scenario.get(key)?.as_table()
    }
}

/// These results without those whose folder was given twice.
fn each_once(results: Vec<Stored>) -> Vec<Stored> {
    let mut known: BTreeSet<PathBuf> = BTreeSet::new();
    let real = |stored: &Stored| stored.folder.canonicalize().unwrap_or_else(|_| stored.folder.clone());
    results.into_iter().filter(|stored| known.insert(real(stored))).collect()
}

fn adjust(entries: &mut [Entry]) {
    let of_entry = |entry: &Entry| -> Vec<Option<f64>> {
        entry.stored.summary.expect.iter().map(|expected| expected.spread?.judged.doubtful()).collect()
    };
    let all: Vec<Option<f64>> = entries.iter().flat_map(of_entry).collect();
    let mut adjusted = holm_adjusted(&all).into_iter();
    for entry in entries {
        entry.expected_p = adjusted.by_ref().take(entry.stored.summary.expect.len()).collect();
    }
}

fn scenario_of(stored: &Stored) -> Option<Scenario> {
    let text = toml::to_string(&stored.manifest.scenario).ok()?;
    scenario::parse("manifest.toml", &text, &[]).ok()
}

fn timing(folder: &Path) -> Option<Value> {
    serde_json::from_slice(&fs::read(folder.join("timing.json")).ok()?).ok()
}

/// The charts that a result has or should have, the verdicts first.
fn charts(stored: &Stored, id: &str) -> Result<Vec<Chart>, Failure> {
    let listed = stored.manifest.files.keys().filter(|path| is_chart(path)).cloned();
    let mut paths: BTreeSet<String> = listed.collect();
    if stored.manifest.files.is_empty() {
        paths.extend(in_folder(&stored.folder)?);
    }
    let mut charts: Vec<Chart> =
        (1..).zip(paths).map(|(place, path)| chart(stored, id, place, &path)).collect();
    charts.sort_by_key(|chart| !chart.path.ends_with("/verdicts.svg"));
    Ok(charts)
}

/// Of a result whose manifest lists nothing, all that is there.
fn in_folder(folder: &Path) -> Result<Vec<String>, Failure> {
    let folder = folder.join(CHARTS);
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let entries = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    let paths = entries.iter().map(|entry| format!("{CHARTS}{}", entry.file_name().to_string_lossy()));
    Ok(paths.filter(|path| is_chart(path)).collect())
}

fn chart(stored: &Stored, id: &str, place: usize, path: &str) -> Chart {
    let as_written = |bytes: &[u8]| stored.manifest.is_as_written(path, bytes);
    chart_of(&stored.folder, as_written, &format!("{id}c{place}-"), path.to_owned())
}

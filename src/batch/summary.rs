use std::collections::BTreeMap;
use std::path::Path;

use super::{estimate, wilson};
use crate::metrics::{Cell, Table};
use crate::results::{
    self, Bounds, Counts, Estimate, Expected, Figure, Identity, Look, Manifest, Outcome, Spread, Summary,
    Timing, Tried, WriteError,
};
use crate::scenario::{Expectation, Scenario};

/// What is kept of one replication; its folder has the rest.
#[derive(Clone, Debug, PartialEq)]
pub struct Replication {
    pub seed: u64,
    pub fingerprint: String,
    pub sim_seconds: f64,
    pub metrics: BTreeMap<String, Option<f64>>,
    /// The values of the expectations, then of the claims' trials.
    pub selected: Vec<Option<f64>>,
    pub counts: Counts,
    pub kinds: Vec<(&'static str, u64)>,
}

impl Replication {
    /// What is to be kept of a run.
    pub fn of(scenario: &Scenario, outcome: Outcome) -> Replication {
        Replication {
            seed: outcome.seed,
            fingerprint: outcome.ended.fingerprint.to_string(),
            sim_seconds: outcome.ended.now.as_seconds(),
            counts: Counts::of(scenario, &outcome),
            metrics: outcome.figures.metrics,
            selected: outcome.figures.selected,
            kinds: outcome.ended.kinds,
        }
    }
}

/// All replications together: means and their intervals; an expectation holds when it does in every replication; a
/// claim is judged by the interval of its mean.
pub fn summarise(scenario: &Scenario, runs: &[Replication]) -> Summary {
    let intervals = estimates(runs);
    let selected = |place: usize| -> Vec<Option<f64>> {
        runs.iter().map(|run| run.selected.get(place).copied().flatten()).collect()
    };
    let expected = scenario.expectations.iter().enumerate();
    let tried = (scenario.expectations.len()..).zip(&scenario.claims);
    Summary {
        scenario: scenario.name.clone(),
        seed: scenario.seed,
        replications: Some(runs.len() as u32),
        fingerprint: joint_fingerprint(runs),
        events: runs.iter().map(|run| run.counts.events).sum(),
        sim_seconds: runs.iter().map(|run| run.sim_seconds).sum::<f64>().into(),
        metrics: intervals.iter().map(|(name, estimate)| (name.clone(), estimate.mean)).collect(),
        expect: expected.map(|(place, e)| expect(scenario, e, &selected(place))).collect(),
        claims: tried.map(|(place, trial)| Tried::of(scenario, trial, estimate(&selected(place)))).collect(),
        intervals,
    }
}

/// Writes what all replications come to into `folder`: `runs.csv`, `points.csv`, `summary.json`, `timing.json` and
/// the manifest, which comes last.
pub fn write(
    folder: &Path,
    identity: &Identity,
    summary: &Summary,
    runs: &[Replication],
    timing: &Timing,
) -> Result<(), WriteError> {
    results::write_table(&folder.join("runs.csv"), &runs_table(runs))?;
    results::write_table(&folder.join("points.csv"), &points_table(&summary.intervals))?;
    let counts = Counts {
        hosts: runs.first().map_or(0, |run| run.counts.hosts),
        events: summary.events,
        messages: runs.iter().map(|run| run.counts.messages).sum(),
    };
    let manifest = Manifest::new(identity, summary.fingerprint.clone(), counts);
    results::write_account(folder, summary, timing, &manifest)
}

/// `runs.csv`: a row per run: seed, fingerprint, then every metric by name.
pub fn runs_table(runs: &[Replication]) -> Table {
    let names = runs.first().map(|run| run.metrics.keys().cloned().collect()).unwrap_or_default();
    let header =
        ["seed".to_owned(), "fingerprint".to_owned()].into_iter().chain::<Vec<String>>(names).collect();
    let row = |run: &Replication| {
        let mut row = vec![Cell::Count(run.seed), Cell::Text(run.fingerprint.clone())];
        row.extend(run.metrics.values().map(|value| Cell::from(*value)));
        row
    };
    Table { header, rows: runs.iter().map(row).collect() }
}

/// `points.csv`: a row per metric: n, mean, sd and the 95 % interval.
pub fn points_table(estimates: &BTreeMap<String, Estimate>) -> Table {
    let header = ["metric", "n", "mean", "sd", "ci_low", "ci_high"].map(str::to_owned).to_vec();
    let row = |(name, estimate): (&String, &Estimate)| {
        let figures = [estimate.mean, estimate.sd, estimate.ci_low, estimate.ci_high];
        let mut row = vec![Cell::Text(name.clone()), Cell::Count(estimate.n.into())];
        row.extend(figures.map(|Figure(value)| Cell::from(value)));
        row
    };
    Table { header, rows: estimates.iter().map(row).collect() }
}

fn estimates(runs: &[Replication]) -> BTreeMap<String, Estimate> {
    let names = runs.first().into_iter().flat_map(|run| run.metrics.keys());
    names
        .map(|name| {
            let values: Vec<_> = runs.iter().map(|run| run.metrics.get(name).copied().flatten()).collect();
            (name.clone(), estimate(&values))
        })
        .collect()
}

fn expect(scenario: &Scenario, expectation: &Expectation, values: &[Option<f64>]) -> Expected {
    let bounds = Bounds::of(expectation);
    let held = values.iter().filter(|value| bounds.hold(**value)).count();
    let (holds_ci_low, holds_ci_high) = wilson(held as u32, values.len() as u32);
    let estimate = estimate(values);
    Expected {
        name: expectation.name.clone(),
        look: Look::of(scenario, &expectation.select),
        value: estimate.mean,
        bounds,
        holds: held == values.len(),
        spread: Some(Spread {
            ci_low: estimate.ci_low,
            ci_high: estimate.ci_high,
            holds_ratio: held as f64 / values.len().max(1) as f64,
            holds_ci_low,
            holds_ci_high,
        }),
    }
}

/// One fingerprint for all: the hash over those of the runs, in order, cut to their length.
fn joint_fingerprint(runs: &[Replication]) -> String {
    let mut hasher = blake3::Hasher::new();
    for run in runs {
        hasher.update(run.fingerprint.as_bytes());
    }
    hasher.finalize().to_hex().chars().take(32).collect()
}

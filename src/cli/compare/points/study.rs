//! One of the two sides where points are compared: a sweep, or a result, which is a sweep of one point.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Serialize;

use crate::batch::{Known, Replication};
use crate::cli::compare::side::Side;
use crate::cli::shown::Shown;
use crate::results::Estimate;
use crate::scenario::Setting;

/// One of the two.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Study {
    /// Its folder.
    pub source: Shown,
    /// Name of the sweep, or of the scenario.
    pub name: String,
    /// The versions of the program that ran it; one, unless others were accepted.
    pub versions: BTreeSet<String>,
    /// Version of its models.
    pub model: u32,
    /// The paths that it varies.
    pub axes: Vec<String>,
    /// What is left of its runs.
    pub kept: Kept,
    #[serde(skip)]
    pub points: Vec<Point>,
    /// The columns that its charts are about.
    #[serde(skip)]
    pub charted: Vec<String>,
    /// The columns that its expectations and claims are about.
    #[serde(skip)]
    pub checked: Vec<String>,
    /// Of a column of an expectation or claim the metric whose values it has.
    #[serde(skip)]
    pub metrics: BTreeMap<String, String>,
}

/// What is left of the runs of a sweep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kept {
    /// Each with what is behind its figures.
    Runs,
    /// The figures of each, in `runs.csv`.
    Figures,
    /// What they come to, in `points.csv`.
    Means,
}

/// A point with its runs.
#[derive(Clone, Debug)]
pub(crate) struct Point {
    /// What is set here.
    pub settings: Vec<Setting>,
    /// The values in the resolved scenario that have an effect on a run, by path.
    pub parameters: BTreeMap<String, String>,
    pub runs: Runs,
}

/// The runs at a point, as far as they are there.
#[derive(Clone, Debug)]
pub(crate) enum Runs {
    Each(Vec<Replication>),
    /// What so many come to.
    Means(BTreeMap<String, Estimate>, u32),
}

impl Study {
    /// A result as a sweep of one point.
    pub(super) fn of_result(source: &Path, side: Side) -> Study {
        let point = Point { settings: Vec::new(), parameters: side.parameters, runs: Runs::Each(side.runs) };
        Study {
            source: Shown::of(source),
            name: side.scenario,
            versions: BTreeSet::from([side.version]),
            model: side.model,
            axes: Vec::new(),
            kept: Kept::Runs,
            points: vec![point],
            charted: Vec::new(),
            checked: Vec::new(),
            metrics: BTreeMap::new(),
        }
    }

    /// Whether it is a sweep.
    pub(crate) fn is_sweep(&self) -> bool {
        !self.axes.is_empty()
    }

    /// The program that ran it, in words.
    pub(super) fn program(&self) -> String {
        let versions: Vec<&str> = self.versions.iter().map(String::as_str).collect();
        let plural = if versions.len() > 1 { "s" } else { "" };
        format!("version{plural} {} (model {})", versions.join(", "), self.model)
    }

    /// The names of all columns.
    pub(super) fn columns(&self) -> BTreeSet<&str> {
        self.points.iter().flat_map(|point| point.runs.columns()).collect()
    }

    /// Whether a column has a value anywhere.
    pub(super) fn has_value(&self, column: &str) -> bool {
        self.points.iter().any(|point| match &point.runs {
            Runs::Each(runs) => runs.iter().any(|run| run.metrics.get(column).is_some_and(Option::is_some)),
            Runs::Means(means, _) => means.get(column).is_some_and(|estimate| estimate.n > 0),
        })
    }

    /// The metric whose values a column has.
    pub(super) fn metric_of<'a>(&'a self, column: &'a str) -> &'a str {
        self.metrics.get(column).map_or(column, String::as_str)
    }
}

impl Runs {
    pub(super) fn known(&self) -> Known<'_> {
        match self {
            Runs::Each(runs) => Known::Runs(runs),
            Runs::Means(means, runs) => Known::Means(means, *runs),
        }
    }

    fn columns(&self) -> BTreeSet<&str> {
        match self {
            Runs::Each(runs) => runs.iter().flat_map(|run| run.metrics.keys()).map(String::as_str).collect(),
            Runs::Means(means, _) => means.keys().map(String::as_str).collect(),
        }
    }

    /// How many there are.
    pub(super) fn count(&self) -> u32 {
        match self {
            Runs::Each(runs) => runs.len() as u32,
            Runs::Means(_, runs) => *runs,
        }
    }
}

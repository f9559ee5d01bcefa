//! All that is said of two sweeps.

use std::collections::BTreeMap;

use serde::Serialize;

use super::pairs::Pairs;
use super::place::Place;
use super::remarks::{Remarks, remarks};
use super::study::Study;
use crate::batch::{Change, Compared, Comparison, Known, Least, compare_at_points};
use crate::cli::compare::rows;
use crate::cli::compare::side::{Parameter, differing};

/// The document of `--json`; text and Markdown say the same.
#[derive(Serialize)]
pub(crate) struct Document {
    pub a: Study,
    pub b: Study,
    /// The parameters that differ at points which are compared.
    pub parameters: Vec<Differing>,
    /// What has to be known to read the rest.
    pub remarks: Vec<String>,
    /// The paths by whose values points belong together.
    pub axes: Vec<String>,
    /// The points that both have, in the order of A.
    pub points: Vec<At>,
    /// Points of A without one in B.
    pub points_only_a: Vec<Place>,
    /// Points of B without one in A.
    pub points_only_b: Vec<Place>,
    /// Metrics of `--fail-if-worse` that are worse, and where.
    pub failed: Vec<Failed>,
}

/// A parameter that differs, and at how many of the points.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Differing {
    #[serde(flatten)]
    pub parameter: Parameter,
    pub points: usize,
}

/// Both at a point.
#[derive(Serialize)]
pub(crate) struct At {
    /// What is set there.
    pub at: Place,
    #[serde(flatten)]
    pub comparison: Comparison,
}

/// A metric that is worse at a point, and must not be.
#[derive(Serialize)]
pub(crate) struct Failed {
    pub metric: String,
    pub at: Place,
}

impl Document {
    /// The points that belong together, compared in the columns that are wanted.
    pub(super) fn of(
        a: Study,
        b: Study,
        pairs: &Pairs,
        least: &Least,
        wanted: impl Fn(&str) -> bool,
    ) -> Document {
        let both = || pairs.pairs.iter().map(|(in_a, in_b)| (&a.points[*in_a], &b.points[*in_b]));
        let known: Vec<(Known<'_>, Known<'_>)> =
            both().map(|(a, b)| (a.runs.known(), b.runs.known())).collect();
        let metric_of = |column: &str| {
            let known = a.metrics.get(column).or(b.metrics.get(column));
            known.map_or_else(|| column.to_owned(), Clone::clone)
        };
        let comparisons =
            compare_at_points(&known, least, |column| wanted(column).then(|| metric_of(column)));
        let places = both().map(|(a, b)| Place::of(&pairs.paths, a, Some(b)));
        let points: Vec<At> = places.zip(comparisons).map(|(at, comparison)| At { at, comparison }).collect();
        let parameters = parameters(both().map(|(a, b)| (&a.parameters, &b.parameters)));
        let of = |study: &Study, only: &[usize]| -> Vec<Place> {
            only.iter().map(|number| Place::of(&pairs.paths, &study.points[*number], None)).collect()
        };
        let (points_only_a, points_only_b) = (of(&a, &pairs.only_a), of(&b, &pairs.only_b));
        let counts = both().map(|(a, b)| (a.runs.count(), b.runs.count())).collect();
        let only = (&points_only_a[..], &points_only_b[..]);
        let about = Remarks {
            a: &a,
            b: &b,
            parameters: &parameters,
            points: &points,
            only,
            counts,
            repeated: pairs.repeated,
        };
        let remarks = remarks(&about);
        let axes = pairs.paths.clone();
        Document { parameters, remarks, axes, points, points_only_a, points_only_b, failed: Vec::new(), a, b }
    }

    /// Each metric, in the order of its name, at the points at which it is compared.
    pub(crate) fn by_metric(&self) -> BTreeMap<&str, Vec<(&Place, &Compared)>> {
        let mut all: BTreeMap<&str, Vec<(&Place, &Compared)>> = BTreeMap::new();
        for At { at, comparison } in &self.points {
            for compared in &comparison.metrics {
                all.entry(&compared.metric).or_default().push((at, compared));
            }
        }
        all
    }

    /// All comparisons: of each metric at each point.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Compared> {
        self.points.iter().flat_map(|point| &point.comparison.metrics)
    }

    /// Those that failed, each as a sentence.
    pub(super) fn failures(&self) -> Vec<String> {
        let found = self.failed.iter().filter_map(|Failed { metric, at }| {
            let point = self.points.iter().find(|point| point.at == *at)?;
            Some((at, point.comparison.find(metric)?))
        });
        found
            .map(|(at, compared)| format!("worse{}: {}", before(" at ", at), rows::sentence(compared)))
            .collect()
    }
}

/// A place with a word before it; nothing where nothing is varied.
pub(super) fn before(word: &str, place: &Place) -> String {
    let words = place.words();
    if words.is_empty() { words } else { format!("{word}{words}") }
}

/// How many comparisons came to each verdict.
pub(crate) fn counts<'c>(all: impl IntoIterator<Item = &'c Compared>) -> BTreeMap<Change, usize> {
    let mut counts = BTreeMap::new();
    all.into_iter().for_each(|compared| *counts.entry(compared.verdict).or_default() += 1);
    counts
}

/// The parameters that differ at any of these pairs of points.
fn parameters<'p>(
    pairs: impl Iterator<Item = (&'p BTreeMap<String, String>, &'p BTreeMap<String, String>)>,
) -> Vec<Differing> {
    let mut points: BTreeMap<Parameter, usize> = BTreeMap::new();
    for parameter in pairs.flat_map(|(a, b)| differing(a, b)) {
        *points.entry(parameter).or_default() += 1;
    }
    points.into_iter().map(|(parameter, points)| Differing { parameter, points }).collect()
}

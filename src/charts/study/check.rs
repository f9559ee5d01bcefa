//! What `summary.json` says of each point of a study: fingerprint, expectations and claims.

use std::path::Path;

use serde::Deserialize;

use super::super::error::ChartError;
use super::super::trial::{self, Trial};
use crate::metrics::{SURE, holm_adjusted};

/// What verdicts at points are sure among.
pub(super) const AMONG_ALL: &str = "verdicts stand among all points (Holm)";

/// The parts of `summary.json` that are drawn.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Summary {
    pub fingerprint: String,
    points: Vec<Tried>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Tried {
    replications: u32,
    expect: Vec<Trial>,
    claims: Vec<Trial>,
}

/// What became of an expectation or claim at a point, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Verdict {
    Holds,
    Inconclusive,
    Fails,
}

impl Verdict {
    pub(super) fn word(self) -> &'static str {
        match self {
            Verdict::Holds => "holds",
            Verdict::Inconclusive => "inconclusive",
            Verdict::Fails => "fails",
        }
    }
}

/// An expectation or claim at a point.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Check {
    /// Its path in the scenario: `claims.NAME`.
    pub column: String,
    pub metric: String,
    /// Whether it is about all that its metric counts.
    pub is_whole: bool,
    pub min: Option<f64>,
    pub max: Option<f64>,
    pub verdict: Verdict,
}

impl Summary {
    pub(super) fn read(folder: &Path) -> Result<Summary, ChartError> {
        let path = folder.join(trial::FILE);
        let text = std::fs::read_to_string(&path)
            .map_err(|source| ChartError::Read { path: path.clone(), source })?;
        let summary: Result<Summary, _> = serde_json::from_str(&text);
        let mut summary =
            summary.map_err(|error| ChartError::Summary { path, message: error.to_string() })?;
        settle(&mut summary.points, |tried| &mut tried.claims);
        settle(&mut summary.points, |tried| &mut tried.expect);
        Ok(summary)
    }

    /// How many runs a point has.
    pub(super) fn replications(&self, point: usize) -> u32 {
        self.points.get(point).map_or(0, |tried| tried.replications)
    }

    /// The checks of a point.
    pub(super) fn checks(&self, point: usize) -> Vec<Check> {
        let Some(tried) = self.points.get(point) else { return Vec::new() };
        let of = |table: &'static str| move |trial: &Trial| Check::of(table, trial);
        tried.expect.iter().map(of("expect")).chain(tried.claims.iter().map(of("claims"))).collect()
    }
}

/// Leaves those verdicts at points that stand among all of their kind in the study (Holm). What cannot fail takes no part, and
/// neither does what follows from what was seen alone.
fn settle(points: &mut [Tried], of: fn(&mut Tried) -> &mut Vec<Trial>) {
    let mut all: Vec<&mut Trial> = points.iter_mut().flat_map(of).collect();
    let p_values: Vec<Option<f64>> = all.iter().map(|trial| trial.doubtful()).collect();
    for (trial, p) in all.iter_mut().zip(holm_adjusted(&p_values)) {
        if p.is_some_and(|p| p > SURE) {
            trial.verdict = Some("inconclusive".to_owned());
        }
    }
}

impl Check {
    fn of(table: &str, trial: &Trial) -> Check {
        let Trial { group, from_s, to_s, at_events, .. } = trial;
        let verdict = match (trial.verdict.as_deref(), trial.holds) {
            (Some("holds"), _) | (None, Some(true)) => Verdict::Holds,
            (Some("fails"), _) | (None, Some(false)) => Verdict::Fails,
            _ => Verdict::Inconclusive,
        };
        Check {
            column: format!("{table}.{}", trial.name),
            metric: trial.metric.clone(),
            is_whole: group.is_none() && from_s.is_none() && to_s.is_none() && at_events.is_none(),
            min: trial.min,
            max: trial.max,
            verdict,
        }
    }

    /// Whether it is about this column of the tables.
    pub(super) fn is_about(&self, column: &str) -> bool {
        self.column == column || self.is_whole && self.metric == column
    }

    /// Its bounds, each number as it is written by `number`: `at most 1`.
    pub(super) fn bounds(&self, number: impl Fn(f64) -> String) -> String {
        match (self.min, self.max) {
            (Some(min), Some(max)) if min == max => format!("exactly {}", number(min)),
            (Some(min), Some(max)) => format!("{} to {}", number(min), number(max)),
            (Some(min), None) => format!("at least {}", number(min)),
            (None, Some(max)) => format!("at most {}", number(max)),
            (None, None) => "no bound".to_owned(),
        }
    }

    pub(super) fn is_claim(&self) -> bool {
        self.column.starts_with("claims.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_at_a_point_stands_among_those_at_all_points_or_not_at_all() {
        let point = |claims: &str| format!(r#"{{"claims": [{claims}]}}"#);
        let trial = |p: f64, more: &str| {
            format!(r#"{{"name": "c", "metric": "m", "max": 1, "verdict": "holds", "p_value": {p}{more}}}"#)
        };
        let control = r#", "by_construction": "a timer ends it""#;
        let all = [trial(0.02, ""), trial(0.001, ""), trial(1.0, ""), trial(0.02, control)];
        let points: Vec<String> = all.iter().map(|trial| point(trial)).collect();
        let folder = tempfile::tempdir().expect("a folder");
        let text = format!(r#"{{"points": [{}]}}"#, points.join(", "));
        std::fs::write(folder.path().join(trial::FILE), text).expect("a file");
        let summary = Summary::read(folder.path()).expect("a summary");
        let verdict = |point| summary.checks(point)[0].verdict;
        // 2 × 0.001 and 0.02 are at most 0.025; a third that is as doubtful would leave neither 0.02.
        assert_eq!([0, 1, 2, 3].map(verdict), [Verdict::Holds; 4]);
        let more = [all.to_vec(), vec![trial(0.02, "")]].concat();
        let points: Vec<String> = more.iter().map(|trial| point(trial)).collect();
        let text = format!(r#"{{"points": [{}]}}"#, points.join(", "));
        std::fs::write(folder.path().join(trial::FILE), text).expect("a file");
        let summary = Summary::read(folder.path()).expect("a summary");
        let verdicts = [0, 1, 2, 3, 4].map(|point| summary.checks(point)[0].verdict);
        let (holds, open) = (Verdict::Holds, Verdict::Inconclusive);
        assert_eq!(verdicts, [open, holds, holds, holds, open]);
    }

    #[test]
    fn a_check_is_about_its_own_column_and_about_its_metric_if_that_is_of_all() {
        let text = r#"{"points": [{"expect": [
            {"name": "a", "metric": "m", "max": 1, "holds": true, "verdict": "inconclusive"},
            {"name": "b", "metric": "m", "min": 0.5, "from_s": 3, "holds": false}
        ], "claims": [{"name": "c", "metric": "m", "min": 2, "max": 3, "verdict": "holds"}]}]}"#;
        let summary: Summary = serde_json::from_str(text).expect("a summary");
        let checks = summary.checks(0);
        let told: Vec<(String, Verdict, bool)> = checks
            .iter()
            .map(|check| (check.bounds(|bound| bound.to_string()), check.verdict, check.is_about("m")))
            .collect();
        assert_eq!(
            told,
            [
                ("at most 1".to_owned(), Verdict::Inconclusive, true),
                ("at least 0.5".to_owned(), Verdict::Fails, false),
                ("2 to 3".to_owned(), Verdict::Holds, true),
            ]
        );
        assert!(checks[2].is_claim() && !checks[0].is_claim());
        assert!(checks[1].is_about("expect.b") && summary.checks(7).is_empty());
    }
}

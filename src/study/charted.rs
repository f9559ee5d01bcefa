//! Whether the charts that a sweep asks for are about something that its scenario has.

use super::plan::{Plan, Point};
use crate::metrics::Catalogue;
use crate::scenario::{SweepChart, nearest};

impl Plan {
    /// What is wrong with the first chart about a metric, an expectation or a claim that no point has; none if there is none.
    pub fn unknown_subject(&self) -> Option<String> {
        self.sweep.charts.iter().find_map(|chart| self.unknown_subject_of(chart))
    }

    fn unknown_subject_of(&self, SweepChart { name, metric, .. }: &SweepChart) -> Option<String> {
        if self.points.iter().any(|point| subjects(point).any(|known| known == *metric)) {
            return None;
        }
        let near = self.points.first().and_then(|point| nearest(metric, subjects(point)));
        let near = near.map(|near| format!("; the nearest is {near:?}")).unwrap_or_default();
        Some(format!("`charts.{name}.metric`: no point of this sweep has {metric:?}{near}"))
    }
}

/// The columns of the tables: metrics, expectations and claims.
fn subjects(point: &Point) -> impl Iterator<Item = String> + '_ {
    let metrics: Vec<String> =
        Catalogue::of(&point.scenario.world).iter().map(|metric| metric.name.clone()).collect();
    let expected = point.scenario.expectations.iter().map(|expected| format!("expect.{}", expected.name));
    let tried = point.scenario.claims.iter().map(|trial| format!("claims.{}", trial.expectation.name));
    metrics.into_iter().chain(expected).chain(tried)
}

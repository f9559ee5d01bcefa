//! A chart of a study that is to be drawn, and its page.

use super::super::run_info::RunInfo;
use super::super::sheet::Sheet;
use super::data::{Data, Point};
use super::subject::Subject;
use crate::metrics::StudyChart;

/// A chart to be drawn.
pub(super) struct Job<'d> {
    pub data: &'d Data,
    pub subject: Subject,
    pub kind: &'static StudyChart,
    /// The axis across, if it is asked for.
    pub axis: Option<usize>,
    pub title: Option<String>,
}

impl Job<'_> {
    /// A point in words: what is set there, the mean with its interval, and what the checks of it come to.
    pub(super) fn told(&self, point: &Point) -> String {
        let Job { data, subject, .. } = self;
        let set = data.axes.iter().zip(&point.at).map(|(path, value)| format!("{path}: {value}"));
        let figure = match subject.figure(point) {
            None => format!("{}: no run has a value", subject.name),
            Some(among) => format!("{}: {}", subject.name, subject.told_among(among)),
        };
        let checks = point.checks_of(&subject.column).map(|check| {
            let verdict = check.verdict.word();
            format!("{verdict}: {}", subject.wanted(check))
        });
        set.chain([figure]).chain(checks).collect::<Vec<_>>().join("\n")
    }
}

/// A page whose title is what the data show, or what was asked for above it.
pub(super) fn sheet(job: &Job<'_>, finding: &str) -> Sheet {
    let data = job.data;
    let run = RunInfo {
        title: format!("{} · {} points", data.sweep.about(), data.points.len()),
        seed: data.sweep.seed.clone(),
        fingerprint: data.fingerprint.clone(),
        runs: data.all_runs(),
        ..RunInfo::default()
    };
    Sheet::new(job.title.as_deref(), finding, &run)
}

//! A chart of a study that is to be drawn, and its page.

use super::super::run_info::RunInfo;
use super::super::sheet::Sheet;
use super::data::Data;
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

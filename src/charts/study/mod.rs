//! Charts of a study, from the files of a sweep's folder alone: `points.csv`, `runs.csv`, `summary.json` and `sweep.toml`.

mod attack;
mod check;
mod contour;
mod data;
mod field;
mod heatmap;
mod key;
mod knee;
mod lines;
mod load;
mod paired;
mod subject;
mod sweep;
mod tornado;
mod unasked;

use std::path::Path;

use data::Data;
pub use data::short_path;
use subject::Subject;
use sweep::Request;

use super::error::ChartError;
use super::picture::Picture;
use super::run_info::RunInfo;
use super::sheet::Sheet;
use crate::metrics::{StudyChart, study_chart};

/// A chart to be drawn.
struct Job<'d> {
    data: &'d Data,
    subject: Subject,
    kind: &'static StudyChart,
    /// The axis across, if it is asked for.
    axis: Option<usize>,
    title: Option<String>,
}

/// The charts of a study, each with the name of its file: those that its sweep asks for and those of these metrics.
pub(super) fn pictures(folder: &Path, metrics: &[String]) -> Result<Vec<(String, Picture)>, ChartError> {
    let data = Data::read(folder)?;
    let mut pictures = Vec::new();
    for request in data.sweep.requests() {
        let job = asked(&data, &request)?;
        let kind = job.kind;
        let needs = kind.needs.to_owned();
        let none = || ChartError::NoData { chart: request.name.clone(), kind: kind.name, needs };
        let picture = draw(&job)?.ok_or_else(none)?;
        pictures.push((request.name, picture));
    }
    for metric in metrics {
        let subject = Subject::of(&data, metric);
        let Some(kind) = unasked::kind(&data, &subject) else { continue };
        let job = Job { data: &data, subject, kind, axis: None, title: None };
        let picture = draw(&job)?;
        pictures.extend(picture.map(|picture| (metric.clone(), picture)));
    }
    Ok(pictures)
}

/// Of these names of charts the metrics; without any chart, those that are drawn when nobody asks for any.
pub(super) fn metrics(folder: &Path, drawn: &[String]) -> Result<Vec<String>, ChartError> {
    let data = Data::read(folder)?;
    let requests = data.sweep.requests();
    if drawn.is_empty() && requests.is_empty() {
        return Ok(unasked::usual(&data));
    }
    let is_own = |name: &&String| data.has(name) && !requests.iter().any(|request| request.name == **name);
    Ok(drawn.iter().filter(is_own).cloned().collect())
}

fn asked<'d>(data: &'d Data, request: &Request) -> Result<Job<'d>, ChartError> {
    let chart = request.name.clone();
    let Some(kind) = StudyChart::all().find(|kind| kind.name == request.kind) else {
        let kinds = StudyChart::all().map(|kind| kind.name).collect::<Vec<_>>().join(", ");
        return Err(ChartError::UnknownKind { chart, kind: request.kind.clone(), kinds });
    };
    if !data.has(&request.metric) {
        return Err(ChartError::NoMetric { chart, metric: request.metric.clone() });
    }
    let axis = match &request.x {
        None => None,
        Some(x) => Some(data.axes.iter().position(|path| path == x).ok_or_else(|| ChartError::NoAxis {
            chart,
            axis: x.clone(),
            axes: data.axes.join(", "),
        })?),
    };
    let subject = Subject::of(data, &request.metric);
    Ok(Job { data, subject, kind, axis, title: request.title.clone() })
}

/// The chart; `None` where the study has not what its kind needs.
fn draw(job: &Job<'_>) -> Result<Option<Picture>, ChartError> {
    match job.kind {
        kind if *kind == study_chart::HEATMAP => Ok(heatmap::picture(job)),
        kind if *kind == study_chart::TORNADO => tornado::picture(job),
        kind if *kind == study_chart::LOAD => load::picture(job),
        kind if *kind == study_chart::ATTACK => Ok(attack::picture(job)),
        _ => Ok(lines::picture(job)),
    }
}

/// A page whose title is what the data show, or what was asked for above it.
fn sheet(job: &Job<'_>, finding: &str) -> Sheet {
    let data = job.data;
    let run = RunInfo {
        title: format!("{} · {} points", data.sweep.about(), data.points.len()),
        seed: data.sweep.seed.clone(),
        fingerprint: data.fingerprint.clone(),
        runs: data.points.len() * data.sweep.replications as usize,
        ..RunInfo::default()
    };
    Sheet::new(job.title.as_deref(), finding, &run)
}

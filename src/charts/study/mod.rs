//! Charts of a study, from the files of a sweep's folder alone: `points.csv`, `runs.csv`, `summary.json` and `sweep.toml`.

mod attack;
mod check;
mod contour;
mod data;
mod exponents;
mod field;
mod heatmap;
mod job;
mod key;
mod knee;
mod lines;
mod load;
mod paired;
mod scaling;
mod subject;
mod sweep;
mod tornado;
mod unasked;

use std::path::Path;

use data::Data;
pub(super) use data::among;
pub use data::short_path;
use exponents::Exponents;
use job::Job;
pub(super) use subject::Subject;
use sweep::Request;

use super::error::ChartError;
use super::picture::Picture;
use crate::metrics::{StudyChart, study_chart};

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
        kind if *kind == study_chart::SCALING => {
            Ok(scaling::picture(job, &Exponents::read(&job.data.folder)?))
        }
        _ => Ok(lines::picture(job)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::rect::Rect;
    use super::super::render;
    use super::*;

    fn boxes(picture: &Picture) -> Vec<(Rect, String)> {
        picture.text_boxes(0.7)
    }

    /// A grid of so many columns and rows, whose labels are made of these words.
    fn grid(columns: usize, rows: usize, words: &str) -> Data {
        let values =
            |count: usize| (0..count).map(|value| format!("{value}{words}")).collect::<Vec<String>>();
        let (columns, rows) = (values(columns), values(rows));
        let at: Vec<[&str; 2]> = columns
            .iter()
            .flat_map(|column| rows.iter().map(move |row| [column.as_str(), row.as_str()]))
            .collect();
        let value = |place: usize| match place % 7 {
            3 => None,
            5 => Some(f64::INFINITY),
            rest => Some(0.001 * (place * rest) as f64),
        };
        let points: Vec<(&[&str], Option<f64>)> =
            at.iter().enumerate().map(|(place, at)| (&at[..], value(place))).collect();
        Data::made(&["groups.all.link.queue", "network.loss"], &points)
    }

    #[test]
    fn no_text_of_a_heat_map_is_cut_or_covers_another() {
        render::register_fonts();
        let long = " of a name that has sixty characters or about as many as that";
        for (columns, rows, words) in [
            (2, 2, ""),
            (5, 4, ""),
            (20, 10, ""),
            (40, 5, " ms"),
            (3, 3, long),
            (2, 100, ""),
            (4, 7, " of a"),
        ] {
            let data = grid(columns, rows, words);
            let job = Job {
                subject: Subject::of(&data, "m"),
                data: &data,
                kind: &study_chart::HEATMAP,
                axis: None,
                title: None,
            };
            let picture = heatmap::picture(&job).expect("a plane");
            let page = Rect::at((0, 0), (picture.width as i32, picture.height as i32));
            let all = boxes(&picture);
            for (place, (area, text)) in all.iter().enumerate() {
                assert!(page.holds(*area), "{columns} × {rows}: {text} leaves the page: {area:?}");
                for (other, other_text) in &all[..place] {
                    assert!(!area.overlaps(*other), "{columns} × {rows}: {text} and {other_text}");
                }
            }
        }
    }
}

//! Charts, drawn from the files of a result folder alone: `timeseries.csv`, `queries.csv`, `broadcasts.csv`,
//! `traffic.csv`, `tasks.csv`, `shares.csv`, `summary.json` and `manifest.toml`. The same files give the same bytes.
//!
//! A result of several runs is drawn from the tables of all of them: medians, and the band in which the runs lie.
//!
//! A chart is built as a list of shapes in pixels (`picture`) and then painted as SVG or PNG (`render`). Between them
//! and the data are a page (`sheet`), panels with axes (`panel`, `axis`, `scale`) and one file for each kind of chart.

mod answers;
mod attribution;
mod axis;
mod broadcasts;
mod calibration;
mod costs;
mod course;
mod data;
mod distributions;
mod drawing;
mod error;
mod fall;
mod forest;
mod labels;
mod legend;
mod limiters;
mod marks;
mod messages;
mod multiples;
mod order;
mod panel;
mod picture;
mod pointer;
mod presence;
mod quantiles;
mod query_latency;
mod ramp;
mod rect;
mod render;
mod reputation;
mod run_info;
mod scale;
mod shares;
mod sheet;
mod source;
mod stats;
mod study;
mod style;
mod tasks;
mod threshold;
mod timeline;
mod traffic_delay;
mod trial;
mod verdicts;
#[cfg(test)]
mod vision;
mod warmup;

use std::fs;
use std::path::{Path, PathBuf};

pub use costs::{Campaign, Campaigns, draw_campaigns};
pub use distributions::{Distribution, Distributions, Measure};
pub use error::ChartError;
pub use forest::{Contrast, Contrasts, Turn, draw_contrasts};
pub use quantiles::{GroupSpread, Spreads, draw_spreads};
pub use run_info::{Span, disturbances};
pub(crate) use stats::quantile;
pub use study::short_path;
pub use warmup::{Late, Values, late};

use drawing::Drawing;
use picture::Picture;
use source::Source;

/// How charts are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// PNG files beside the SVG files.
    pub png: bool,
}

/// In the order in which they are drawn.
const DRAWINGS: &[Drawing] = &[
    verdicts::DRAWING,
    answers::DRAWING,
    query_latency::DRAWING,
    limiters::DRAWING,
    reputation::DRAWING,
    messages::DRAWING,
    broadcasts::DRAWING,
    traffic_delay::DRAWING,
    presence::DRAWING,
    tasks::DRAWING,
    shares::DRAWING,
    attribution::DRAWING,
    calibration::DRAWING,
    warmup::DRAWING,
];

/// A chart to be drawn: its file's name, its kind, its own title.
struct Plan<'a> {
    file: String,
    drawing: &'a Drawing,
    title: Option<String>,
}

/// Draws the charts of a run's result folder into its `charts/`: those of the scenario's `[charts]`, or without these
/// every kind for which there are data worth it (`docs/results.md`); the verdicts in both cases. Other files in there
/// stay. Returns the files written, each SVG before its PNG, in the order of drawing.
///
/// # Errors
/// When a file can't be read or written, is broken, or lacks what a requested chart needs. Data are read and checked
/// before the first chart is written.
pub fn draw(folder: &Path, options: Options) -> Result<Vec<PathBuf>, ChartError> {
    draw_into(folder, folder, options)
}

/// Draws the charts of the result in `run` into the `charts/` of another folder.
///
/// # Errors
/// As with [`draw`].
pub fn draw_into(run: &Path, folder: &Path, options: Options) -> Result<Vec<PathBuf>, ChartError> {
    write(&Source::open(run)?, folder, options)
}

/// Draws the charts of several runs, each in a folder of its own, whose summary is in `batch`, into the `charts/` of
/// another folder, which may be the same. Returns the files written as [`draw`] does.
///
/// # Errors
/// As with [`draw`].
pub fn draw_all(
    batch: &Path,
    runs: &[PathBuf],
    folder: &Path,
    options: Options,
) -> Result<Vec<PathBuf>, ChartError> {
    write(&Source::open_all(batch, runs)?, folder, options)
}

/// Draws the charts of a study whose files are in `folder` into its `charts/`: those that its sweep asks for, each under its
/// own name, and one of each of these metrics under the metric's, where there is something to draw. Returns the files
/// written.
///
/// # Errors
/// When a file can't be read, or a chart not written; when a chart that is asked for can't be drawn.
pub fn draw_study(folder: &Path, metrics: &[String], options: Options) -> Result<Vec<PathBuf>, ChartError> {
    render::register_fonts();
    let pictures = study::pictures(folder, metrics)?;
    let target = folder.join("charts");
    fs::create_dir_all(&target).map_err(|error| ChartError::Write { path: target.clone(), source: error })?;
    let mut written = Vec::new();
    for (name, picture) in pictures {
        written.push(write_svg(&target, &name, &picture)?);
        if options.png {
            written.push(write_png(&target, &name, &picture)?);
        }
    }
    Ok(written)
}

/// Draws the finding of a search for a threshold, whose `threshold.json` and `summary.json` are in `folder`, into its
/// `charts/`. Returns the files written.
///
/// # Errors
/// When a file can't be read, or a chart not written.
pub fn draw_threshold(folder: &Path, options: Options) -> Result<Vec<PathBuf>, ChartError> {
    render::register_fonts();
    let picture = threshold::picture(folder)?;
    let target = folder.join("charts");
    fs::create_dir_all(&target).map_err(|error| ChartError::Write { path: target.clone(), source: error })?;
    let svg = write_svg(&target, "threshold", &picture)?;
    let png = options.png.then(|| write_png(&target, "threshold", &picture)).transpose()?;
    Ok([svg].into_iter().chain(png).collect())
}

/// Draws distributions into a file of this name in a folder, which is there. Returns the files written.
///
/// # Errors
/// When a file can't be written.
pub fn draw_distributions(
    folder: &Path,
    name: &str,
    distributions: &Distributions,
    options: Options,
) -> Result<Vec<PathBuf>, ChartError> {
    render::register_fonts();
    let picture = distributions::picture(distributions);
    let svg = write_svg(folder, name, &picture)?;
    let png = options.png.then(|| write_png(folder, name, &picture)).transpose()?;
    Ok([svg].into_iter().chain(png).collect())
}

/// The metrics of which a study's folder has charts, of these that it had; where it had none, those that are drawn when
/// nobody asks for any.
///
/// # Errors
/// When a file can't be read.
pub fn study_metrics(folder: &Path, drawn: &[String]) -> Result<Vec<String>, ChartError> {
    study::metrics(folder, drawn)
}

fn write(source: &Source, folder: &Path, options: Options) -> Result<Vec<PathBuf>, ChartError> {
    render::register_fonts();
    let plans = plans(source)?;
    let pictures: Vec<(&Plan, Picture)> = plans
        .iter()
        .map(|plan| Ok((plan, (plan.drawing.draw)(source, plan.title.as_deref())?)))
        .collect::<Result<_, ChartError>>()?;
    let target = folder.join("charts");
    fs::create_dir_all(&target).map_err(|error| ChartError::Write { path: target.clone(), source: error })?;
    let mut written = Vec::new();
    for (plan, picture) in pictures {
        written.push(write_svg(&target, &plan.file, &picture)?);
        if options.png {
            written.push(write_png(&target, &plan.file, &picture)?);
        }
    }
    Ok(written)
}

/// What is to be drawn: what the scenario asks for, or all that is worth it; and what is always drawn, unless a chart
/// of the scenario's has its name.
fn plans(source: &Source) -> Result<Vec<Plan<'static>>, ChartError> {
    let requests = &source.run.requests;
    let mut plans = Vec::new();
    for drawing in DRAWINGS.iter().filter(|drawing| requests.is_empty() || drawing.always) {
        let file = drawing.file_name();
        let taken = requests.iter().any(|request| request.name == file);
        if !taken && drawing.has_data(source) && (drawing.unasked)(source)? {
            plans.push(Plan { file, drawing, title: None });
        }
    }
    for request in requests {
        plans.push(plan(source, request)?);
    }
    Ok(plans)
}

fn plan(source: &Source, request: &run_info::Request) -> Result<Plan<'static>, ChartError> {
    let chart = request.name.clone();
    if chart.is_empty() || !chart.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_') {
        return Err(ChartError::Name { chart });
    }
    let Some(drawing) = DRAWINGS.iter().find(|drawing| drawing.kind.name == request.kind) else {
        let kinds = DRAWINGS.iter().map(|drawing| drawing.kind.name).collect::<Vec<_>>().join(", ");
        return Err(ChartError::UnknownKind { chart, kind: request.kind.clone(), kinds });
    };
    if !drawing.has_data(source) {
        let kind = drawing.kind;
        return Err(ChartError::NoData { chart, kind: kind.name, needs: kind.needs_in_words() });
    }
    Ok(Plan { file: chart, drawing, title: request.title.clone() })
}

fn write_svg(target: &Path, name: &str, picture: &Picture) -> Result<PathBuf, ChartError> {
    let path = target.join(format!("{name}.svg"));
    let text = render::svg(picture).map_err(|message| ChartError::Draw { path: path.clone(), message })?;
    let partial = target.join(format!(".{name}.partial.svg"));
    let done = fs::write(&partial, text).and_then(|()| fs::rename(&partial, &path));
    finish(done, &partial, path)
}

fn write_png(target: &Path, name: &str, picture: &Picture) -> Result<PathBuf, ChartError> {
    let path = target.join(format!("{name}.png"));
    let partial = target.join(format!(".{name}.partial.png"));
    if let Err(message) = render::png(picture, &partial) {
        // A partial file is useless, and may not exist.
        let _ = fs::remove_file(&partial);
        return Err(ChartError::Draw { path, message });
    }
    finish(fs::rename(&partial, &path), &partial, path)
}

fn finish(done: std::io::Result<()>, partial: &Path, path: PathBuf) -> Result<PathBuf, ChartError> {
    match done {
        Ok(()) => Ok(path),
        Err(source) => {
            let _ = fs::remove_file(partial);
            Err(ChartError::Write { path, source })
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::metrics::ChartKind;

    #[test]
    fn each_kind_is_drawn_once() {
        let names = DRAWINGS.iter().map(|drawing| drawing.kind.name).collect::<BTreeSet<_>>();
        assert_eq!(names, ChartKind::all().map(|kind| kind.name).collect());
        assert_eq!(names.len(), DRAWINGS.len());
    }
}

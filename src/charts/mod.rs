//! Charts, drawn from the files of a result folder alone: `timeseries.csv`, `queries.csv`, `broadcasts.csv`,
//! `traffic.csv`, `tasks.csv`, `shares.csv` and `manifest.toml`. The same files give the same bytes.
//!
//! A chart is built as a list of shapes in pixels (`picture`) and then painted as SVG or PNG (`render`). Between them
//! and the data stand a page (`sheet`), panels with axes (`panel`, `axis`, `scale`) and one file for each kind of chart.

mod answers;
mod attribution;
mod axis;
mod broadcasts;
mod calibration;
mod data;
mod facts;
mod legend;
mod limiters;
mod messages;
mod panel;
mod picture;
mod presence;
mod query_latency;
mod render;
mod reputation;
mod scale;
mod shares;
mod sheet;
mod source;
mod stats;
mod style;
mod tasks;
mod timeline;
mod traffic_delay;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use picture::Picture;
use source::Source;

/// How charts are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// PNG files beside the SVG files.
    pub png: bool,
}

/// Why charts could not be drawn.
#[derive(Debug, thiserror::Error)]
pub enum ChartError {
    #[error("cannot read {}: {source}", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("cannot write {}: {source}", path.display())]
    Write { path: PathBuf, source: std::io::Error },
    #[error("{} is no manifest: {message}", path.display())]
    Manifest { path: PathBuf, message: String },
    #[error("{} is no table: {message}", path.display())]
    Table { path: PathBuf, message: String },
    #[error("{} has no column `{column}`", path.display())]
    Column { path: PathBuf, column: String },
    #[error("{} line {line}, column `{column}`: `{value}`: {why}", path.display())]
    Cell { path: PathBuf, line: u64, column: String, value: String, why: &'static str },
    #[error("chart `{chart}`: there is no kind `{kind}`; the kinds are {kinds}")]
    UnknownKind { chart: String, kind: String, kinds: String },
    #[error("chart `{chart}`: no data for a chart of kind `{kind}`, which needs {needs}")]
    NoData { chart: String, kind: &'static str, needs: &'static str },
    #[error("chart `{chart}`: a chart's name becomes a file name: letters, digits, `-` and `_` only")]
    Name { chart: String },
    #[error("cannot draw {}: {message}", path.display())]
    Draw { path: PathBuf, message: String },
}

/// A kind of chart: what it is called in a scenario, and how it is made.
struct Kind {
    name: &'static str,
    needs: &'static str,
    has_data: fn(&Source) -> bool,
    /// Whether, when it has data, they are worth a chart that nobody asked for.
    tells: fn(&Source) -> Result<bool, ChartError>,
    draw: fn(&Source, Option<&str>) -> Result<Picture, ChartError>,
}

const KINDS: [Kind; 12] = [
    answers::KIND,
    query_latency::KIND,
    limiters::KIND,
    reputation::KIND,
    messages::KIND,
    broadcasts::KIND,
    traffic_delay::KIND,
    presence::KIND,
    tasks::KIND,
    shares::KIND,
    attribution::KIND,
    calibration::KIND,
];

/// A chart to be drawn: its file's name, its kind, its own title.
struct Plan<'a> {
    file: String,
    kind: &'a Kind,
    title: Option<String>,
}

/// Draws the charts of a result folder into its `charts/`: those of the scenario's `[charts]`, or without these one of
/// each kind that there are data for, but for the hosts' presence when all are there throughout. Charts left there by an earlier drawing that would not be drawn now are removed.
/// Gives the files written, each SVG before its PNG, in the order of drawing.
///
/// # Errors
/// When a file can't be read or written, is broken, or lacks what a requested chart needs. Data are read and checked
/// before the first chart is written.
pub fn draw(folder: &Path, options: Options) -> Result<Vec<PathBuf>, ChartError> {
    let source = Source::open(folder)?;
    render::register_fonts();
    let plans = plans(&source)?;
    let pictures: Vec<(&Plan, Picture)> = plans
        .iter()
        .map(|plan| Ok((plan, (plan.kind.draw)(&source, plan.title.as_deref())?)))
        .collect::<Result<_, ChartError>>()?;
    let target = folder.join("charts");
    fs::create_dir_all(&target).map_err(|source| ChartError::Write { path: target.clone(), source })?;
    let mut written = Vec::new();
    for (plan, picture) in pictures {
        written.push(write_svg(&target, &plan.file, &picture)?);
        if options.png {
            written.push(write_png(&target, &plan.file, &picture)?);
        }
    }
    remove_stale(&target, &source, &written)?;
    Ok(written)
}

fn plans(source: &Source) -> Result<Vec<Plan<'static>>, ChartError> {
    if source.facts.requests.is_empty() {
        return plans_of_its_own(source);
    }
    source.facts.requests.iter().map(|request| plan(source, request)).collect()
}

fn plans_of_its_own(source: &Source) -> Result<Vec<Plan<'static>>, ChartError> {
    let mut plans = Vec::new();
    for kind in &KINDS {
        if (kind.has_data)(source) && (kind.tells)(source)? {
            plans.push(Plan { file: file_name(kind), kind, title: None });
        }
    }
    Ok(plans)
}

fn always(_: &Source) -> Result<bool, ChartError> {
    Ok(true)
}

fn plan(source: &Source, request: &facts::Request) -> Result<Plan<'static>, ChartError> {
    let chart = request.name.clone();
    if chart.is_empty() || !chart.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_') {
        return Err(ChartError::Name { chart });
    }
    let Some(kind) = KINDS.iter().find(|kind| kind.name == request.kind) else {
        let kinds = KINDS.map(|kind| kind.name).join(", ");
        return Err(ChartError::UnknownKind { chart, kind: request.kind.clone(), kinds });
    };
    if !(kind.has_data)(source) {
        return Err(ChartError::NoData { chart, kind: kind.name, needs: kind.needs });
    }
    Ok(Plan { file: chart, kind, title: request.title.clone() })
}

fn file_name(kind: &Kind) -> String {
    kind.name.replace('_', "-")
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
        // What was written is of no use, and may not even be there.
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

/// Removes charts that go by a name of ours and were not drawn this time. Files of other names are somebody else's.
fn remove_stale(target: &Path, source: &Source, written: &[PathBuf]) -> Result<(), ChartError> {
    let mut names: BTreeSet<String> = KINDS.iter().map(file_name).collect();
    names.extend(source.facts.requests.iter().map(|request| request.name.clone()));
    for name in names {
        for ending in ["svg", "png"] {
            let path = target.join(format!("{name}.{ending}"));
            if path.is_file() && !written.contains(&path) {
                fs::remove_file(&path).map_err(|source| ChartError::Write { path, source })?;
            }
        }
    }
    Ok(())
}

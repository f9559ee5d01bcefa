//! How far, how fast and in how many hops broadcasts get.

use super::axis::Axis;
use super::drawing::Drawing;
use super::error::ChartError;
use super::legend::Entry;
use super::panel::{Frame, Panel};
use super::picture::Picture;
use super::run_info::RunInfo;
use super::scale::{duration, percent, significant};
use super::sheet::{Rect, Sheet};
use super::source::Source;
use super::stats::{ecdf, mean, quantile, sorted};
use super::style::{BLUE, Colour, DASHED, DOTTED, GREEN, MUTED, Marker, SOLID, Stroke, VERMILION};
use crate::metrics::{chart_kind, tables::broadcasts};

pub(super) const DRAWING: Drawing = Drawing::new(&chart_kind::BROADCASTS, draw);

const MEAN: Stroke = Stroke::new(VERMILION, DASHED).wide(4);
const DOT: Colour = BLUE.fade(0.55);
const TIME: Stroke = Stroke::new(BLUE, SOLID);
const HOPS: Stroke = Stroke::new(GREEN, SOLID);
const MARK: Stroke = Stroke::new(MUTED, DOTTED).wide(3);
const MOST_STEPS: usize = 500;

#[derive(Default)]
struct Broadcasts {
    /// When each began and what share of the nodes it reached.
    all: Vec<(f64, Option<f64>)>,
    /// Those that began in the time that counts: how many, and what is known of them, rising.
    counted: usize,
    coverage: Vec<f64>,
    to_90: Vec<f64>,
    hops: Vec<f64>,
}

fn draw(source: &Source, title: Option<&str>) -> Result<Picture, ChartError> {
    let data = read(source)?;
    let mut sheet = Sheet::new(1180, title, &finding(&data), &source.run);
    let rows = sheet.rows(&[1.0, 1.0]);
    let end = source.end(data.all.iter().map(|(started, _)| *started).fold(0.0, f64::max))?;
    draw_coverage(&mut sheet.picture, rows[0], &data, &source.run, end);
    let (left, right) = rows[1].halves();
    draw_times(&mut sheet.picture, left, &data);
    draw_hops(&mut sheet.picture, right, &data);
    Ok(sheet.picture)
}

fn read(source: &Source) -> Result<Broadcasts, ChartError> {
    let Some(table) = &source.broadcasts else { return Ok(Broadcasts::default()) };
    let started = table.full(&broadcasts::STARTED)?;
    let (from, to) = source.run.counted;
    let counts = |row: &usize| started[*row] >= from && started[*row] < to;
    let known = |column| {
        let values = table.numbers(column)?;
        Ok::<_, ChartError>(sorted((0..started.len()).filter(counts).filter_map(|row| values[row]).collect()))
    };
    Ok(Broadcasts {
        all: started.iter().copied().zip(table.numbers(&broadcasts::COVERAGE)?).collect(),
        counted: (0..started.len()).filter(counts).count(),
        coverage: known(&broadcasts::COVERAGE)?,
        to_90: known(&broadcasts::TIME_TO_90)?,
        hops: known(&broadcasts::HOPS_MEAN)?,
    })
}

fn draw_coverage(picture: &mut Picture, rect: Rect, data: &Broadcasts, run: &RunInfo, end: f64) {
    let mean = mean(&data.coverage);
    let mut legend = vec![Entry::fill("one broadcast", DOT)];
    legend.extend(mean.map(|mean| Entry::line(format!("mean {}", percent(mean)), MEAN)));
    let y = Axis::share("Coverage (% of the nodes online at the start)", floor_of(data));
    let frame = Frame { x: Axis::time(0.0, end), y, legend: &legend, spans: &run.spans };
    let mut panel = Panel::open(picture, rect, &frame);
    for (started, coverage) in &data.all {
        if let Some(coverage) = coverage {
            panel.dot(*started, *coverage, Marker::Disc, 6, DOT);
        }
    }
    match mean {
        Some(mean) => panel.level(mean, MEAN),
        None => panel.note("no broadcasts"),
    }
}

/// A round share well below all values, for an axis that shows their differences.
fn floor_of(data: &Broadcasts) -> f64 {
    let least = data.all.iter().filter_map(|(_, coverage)| *coverage).fold(1.0, f64::min);
    [0.99, 0.95, 0.9, 0.8, 0.6, 0.4, 0.2]
        .into_iter()
        .find(|&floor| floor + 0.05 * (1.0 - floor) <= least)
        .unwrap_or(0.0)
}

fn draw_times(picture: &mut Picture, rect: Rect, data: &Broadcasts) {
    let least = data.to_90.iter().copied().find(|&time| time > 0.0).unwrap_or(0.0);
    let x = Axis::delay("Time since the start", least, data.to_90.last().copied().unwrap_or(1.0));
    let y = Axis::share("Time to reach 90 % (% of broadcasts)", 0.0);
    let mut panel = Panel::open(picture, rect, &Frame { x, y, legend: &[], spans: &[] });
    draw_ecdf(&mut panel, &data.to_90, data.counted, TIME, duration);
}

fn draw_hops(picture: &mut Picture, rect: Rect, data: &Broadcasts) {
    let least = data.hops.first().copied().unwrap_or(0.0);
    let most = data.hops.last().copied().unwrap_or(1.0);
    let x = Axis::linear("Hops from the origin (count)", libm::floor(least * 0.98), libm::ceil(most * 1.02));
    let y = Axis::share("Mean hops (% of broadcasts)", 0.0);
    let mut panel = Panel::open(picture, rect, &Frame { x, y, legend: &[], spans: &[] });
    draw_ecdf(&mut panel, &data.hops, data.counted, HOPS, |hops| significant(hops, 3));
}

fn draw_ecdf(panel: &mut Panel, values: &[f64], all: usize, stroke: Stroke, label: impl Fn(f64) -> String) {
    let Some(half) = quantile(values, 0.5) else {
        panel.note("no values");
        return;
    };
    panel.moment(half, &format!("median {}", label(half)), 0, MARK);
    let mut steps = ecdf(values, all, MOST_STEPS);
    steps.extend(steps.last().map(|&(_, share)| (f64::MAX, share)));
    panel.line(steps.into_iter().map(|(x, y)| (x, Some(y))), stroke);
}

fn finding(data: &Broadcasts) -> String {
    let Some(mean) = mean(&data.coverage) else {
        return "Broadcasts: none between warm-up and cool-down".to_owned();
    };
    let reach = format!("Broadcasts reach {} of the nodes on average", percent(mean));
    match quantile(&data.to_90, 0.5) {
        Some(half) => format!("{reach}, and 90 % within {} in the median", duration(half)),
        None if data.coverage.iter().all(|coverage| *coverage < 0.9) => {
            format!("{reach}, and none reaches 90 %")
        }
        None => reach,
    }
}

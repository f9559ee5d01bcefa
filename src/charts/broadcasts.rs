//! How far, how fast and in how many hops broadcasts get.

use super::axis::Axis;
use super::facts::Facts;
use super::legend::Entry;
use super::panel::{Frame, Panel};
use super::picture::Picture;
use super::scale::{duration, percent, significant};
use super::sheet::{Rect, Sheet};
use super::source::Source;
use super::stats::{ecdf, mean, quantile, sorted};
use super::style::{BLUE, Colour, DASHED, DOTTED, GREEN, MUTED, Marker, SOLID, Stroke, VERMILION};
use super::{ChartError, Kind};

pub(super) const KIND: Kind = Kind {
    name: "broadcasts",
    needs: "broadcasts.csv",
    has_data: |source| source.broadcasts.is_some(),
    draw,
};

const MEAN: Stroke = Stroke::new(VERMILION, DASHED).wide(4);
const DOT: Colour = BLUE.fade(0.55);
const TIME: Stroke = Stroke::new(BLUE, SOLID);
const HOPS: Stroke = Stroke::new(GREEN, SOLID);
const MARK: Stroke = Stroke::new(MUTED, DOTTED).wide(3);
const MOST_STEPS: usize = 500;

struct Broadcasts {
    started: Vec<f64>,
    coverage: Vec<Option<f64>>,
    /// Rising.
    to_90: Vec<f64>,
    /// Rising.
    hops: Vec<f64>,
}

fn draw(source: &Source, title: Option<&str>) -> Result<Picture, ChartError> {
    let data = read(source)?;
    let mut sheet = Sheet::new(1180, title, &finding(&data), &source.facts);
    let rows = sheet.rows(&[1.0, 1.0]);
    let end = source.end(data.started.iter().copied().fold(0.0, f64::max))?;
    draw_coverage(&mut sheet.picture, rows[0], &data, &source.facts, end);
    let (left, right) = rows[1].halves();
    let all = data.started.len();
    draw_times(&mut sheet.picture, left, &data.to_90, all);
    draw_hops(&mut sheet.picture, right, &data.hops, all);
    Ok(sheet.picture)
}

fn read(source: &Source) -> Result<Broadcasts, ChartError> {
    let empty = Broadcasts { started: vec![], coverage: vec![], to_90: vec![], hops: vec![] };
    let Some(table) = &source.broadcasts else { return Ok(empty) };
    let known = |column| Ok::<_, ChartError>(sorted(table.numbers(column)?.into_iter().flatten().collect()));
    Ok(Broadcasts {
        started: table.full("started_s")?,
        coverage: table.numbers("coverage_ratio")?,
        to_90: known("time_to_90_s")?,
        hops: known("hops_mean_hops")?,
    })
}

fn draw_coverage(picture: &mut Picture, rect: Rect, data: &Broadcasts, facts: &Facts, end: f64) {
    let values: Vec<f64> = data.coverage.iter().flatten().copied().collect();
    let mean = mean(&values);
    let mut legend = vec![Entry::fill("one broadcast", DOT)];
    legend.extend(mean.map(|mean| Entry::line(format!("mean {}", percent(mean)), MEAN)));
    let y = Axis::share("Coverage (% of the nodes online at the start)", floor_of(&values));
    let frame = Frame { x: Axis::time(0.0, end), y, legend: &legend, spans: &facts.spans };
    let mut panel = Panel::open(picture, rect, frame);
    for (started, coverage) in data.started.iter().zip(&data.coverage) {
        if let Some(coverage) = coverage {
            panel.dot(*started, *coverage, Marker::Disc, 6, DOT);
        }
    }
    match mean {
        Some(mean) => panel.level(mean, MEAN),
        None => panel.note("no broadcasts"),
    }
}

/// A round share below all values, for an axis that shows their differences.
fn floor_of(values: &[f64]) -> f64 {
    let least = values.iter().copied().fold(1.0, f64::min);
    [0.99, 0.95, 0.9, 0.8, 0.5].into_iter().find(|&floor| floor <= least).unwrap_or(0.0)
}

fn draw_times(picture: &mut Picture, rect: Rect, times: &[f64], all: usize) {
    let bounds = (times.iter().copied().find(|&t| t > 0.0), times.last());
    let x = Axis::delay("Time since the start, at most", bounds.0.unwrap_or(0.0), *bounds.1.unwrap_or(&1.0));
    let y = Axis::share("Time to reach 90 % (% of broadcasts)", 0.0);
    let mut panel = Panel::open(picture, rect, Frame { x, y, legend: &[], spans: &[] });
    draw_ecdf(&mut panel, times, all, TIME, duration);
}

fn draw_hops(picture: &mut Picture, rect: Rect, hops: &[f64], all: usize) {
    let most = hops.last().copied().unwrap_or(1.0);
    let x = Axis::linear("Hops from the origin, at most (count)", 0.0, libm::ceil(most * 1.02));
    let y = Axis::share("Mean hops (% of broadcasts)", 0.0);
    let mut panel = Panel::open(picture, rect, Frame { x, y, legend: &[], spans: &[] });
    draw_ecdf(&mut panel, hops, all, HOPS, |hops| significant(hops, 3));
}

fn draw_ecdf(panel: &mut Panel, values: &[f64], all: usize, stroke: Stroke, label: impl Fn(f64) -> String) {
    let Some(half) = quantile(values, 0.5) else {
        panel.note("no values");
        return;
    };
    panel.moment(half, &format!("median {}", label(half)), 0, MARK);
    panel.line(ecdf(values, all, MOST_STEPS).into_iter().map(|(x, y)| (x, Some(y))), stroke);
}

fn finding(data: &Broadcasts) -> String {
    let values: Vec<f64> = data.coverage.iter().flatten().copied().collect();
    let Some(mean) = mean(&values) else {
        return "Broadcasts: none was counted".to_owned();
    };
    let reach = format!("Broadcasts reach {} of the nodes on average", percent(mean));
    match quantile(&data.to_90, 0.5) {
        Some(half) => format!("{reach}, and 90 % within {} in the median", duration(half)),
        None => format!("{reach}, and none reaches 90 %"),
    }
}

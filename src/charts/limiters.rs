//! The storage nodes' rate limiters over time, and the gates they are held against.

use super::axis::Axis;
use super::course::{Course, Points, band_key, over_runs};
use super::drawing::Drawing;
use super::error::ChartError;
use super::legend::Entry;
use super::marks::Marks;
use super::panel::Frame;
use super::picture::Picture;
use super::run_info::RunInfo;
use super::scale::significant;
use super::sheet::Sheet;
use super::source::Source;
use super::style::{BLUE, DASH_DOT, DASHED, DOTTED, GREY, Marker, NAVY, SKY, SOLID, Stroke, VERMILION, WINE};
use super::timeline::{Timeline, points_for};
use crate::metrics::tables::timeseries::{self, Timeseries};
use crate::metrics::{Column, families};

pub(super) const DRAWING: Drawing = Drawing::new(&families::limiter::LIMITERS_CHART, draw);

/// Drawn from the last to the first: the product, which is often equal to one of its factors, is the ground of that.
const LINES: [(&Column<Timeseries>, &str, Stroke); 4] = [
    (&timeseries::LIMITER_OBJECTIVE, "objective", Stroke::new(NAVY, DASH_DOT).marked(Marker::Triangle)),
    (&timeseries::LIMITER_TOPOLOGY, "topology", Stroke::new(VERMILION, DASHED).marked(Marker::Square)),
    (&timeseries::LIMITER_TRACKING, "tracking", Stroke::new(BLUE, SOLID).marked(Marker::Disc)),
    (&timeseries::LIMITER_OVERALL, "overall (their product)", Stroke::new(SKY, SOLID).wide(13)),
];
const USED: Stroke = Stroke::new(BLUE, SOLID);
const GATES: [Stroke; 2] = [Stroke::new(GREY, DOTTED).wide(4), Stroke::new(WINE, DOTTED).wide(4)];

/// A limiter in each run, with its label and stroke.
struct Line {
    course: Course,
    label: &'static str,
    stroke: Stroke,
}

fn draw(source: &Source, title: Option<&str>) -> Result<Picture, ChartError> {
    let time = source.timeline()?;
    let mut lines = Vec::new();
    for (column, label, stroke) in LINES {
        lines.push(Line { course: course(source, &time, column)?, label, stroke });
    }
    let mut sheet = Sheet::new(title, &finding(&time, &lines, &source.run), &source.run);
    let used = if source.runs.iter().all(|run| run.has_series(&timeseries::UPLINK_USED)) {
        Some(course(source, &time, &timeseries::UPLINK_USED)?)
    } else {
        None
    };
    draw_limiters(&mut sheet, &time, &lines, &source.run, used.is_some());
    if let Some(used) = used {
        let y = Axis::share("Uplinks of the storage nodes in use (% of capacity)", 0.0);
        let frame = Frame { x: time.axis(), y, legend: &[], marks: Marks::Bare(&source.run.spans) };
        sheet.panel(260, &frame).course(&used, USED);
    }
    Ok(sheet.finish())
}

/// The course of a column; where intervals are merged, each counts by the samples that it is a mean of.
fn course(source: &Source, time: &Timeline, column: &Column<Timeseries>) -> Result<Course, ChartError> {
    let values = source.each(|run| run.series().numbers(column))?;
    let samples = source.each(|run| run.series().counts(&timeseries::LIMITER_SAMPLES))?;
    let most = points_for(values.iter());
    let of_run = |(values, samples): (&Vec<Option<f64>>, &Vec<f64>)| time.points(values, samples, most);
    Ok(over_runs(&values.iter().zip(&samples).map(of_run).collect::<Vec<Points>>()))
}

fn draw_limiters(sheet: &mut Sheet, time: &Timeline, lines: &[Line], run: &RunInfo, more: bool) {
    let gates = gates(run);
    let mut legend: Vec<Entry> = lines.iter().map(|line| Entry::line(line.label, line.stroke)).collect();
    legend.extend(gates.iter().zip(GATES).map(|((_, label), stroke)| Entry::line(label, stroke)));
    legend.extend(band_key(run.runs));
    let frame = Frame {
        x: if more { time.axis().untitled() } else { time.axis() },
        y: Axis::linear("Limiters, means over the storage nodes (0 to 1)", 0.0, 1.0),
        legend: &legend,
        marks: Marks::Named(&run.spans),
    };
    let mut panel = sheet.panel(430, &frame);
    lines.iter().rev().for_each(|line| panel.course(&line.course, line.stroke));
    for ((gate, _), stroke) in gates.iter().zip(GATES) {
        panel.level(*gate, stroke);
    }
    if lines.iter().all(|line| line.course.iter().all(|(_, among)| among.is_none())) {
        panel.note("no storage nodes");
    }
}

/// The gates that are known, each with what it is held against; one when both are the same.
fn gates(run: &RunInfo) -> Vec<(f64, String)> {
    match (run.tracking_min, run.overall_min) {
        (Some(tracking), Some(overall)) if tracking == overall => {
            vec![(tracking, format!("gates {tracking}: tracking for queries, overall for chunks"))]
        }
        (tracking, overall) => {
            let tracking = tracking.map(|gate| (gate, format!("gate {gate}: tracking, for queries")));
            let overall = overall.map(|gate| (gate, format!("gate {gate}: overall, for chunks")));
            tracking.into_iter().chain(overall).collect()
        }
    }
}

/// The lowest of the limiters as they are drawn, in the time that counts.
fn finding(time: &Timeline, lines: &[Line], run: &RunInfo) -> String {
    let mut drawn = Vec::new();
    for line in &lines[..3] {
        let known =
            line.course.iter().filter_map(|(when, among)| Some((among.as_ref()?.mid, line.label, *when)));
        drawn.extend(known.filter(|(_, _, when)| (run.counted.0..run.counted.1).contains(when)));
    }
    match drawn.into_iter().min_by(|a, b| a.0.total_cmp(&b.0)) {
        None => "Limiters of the storage nodes over time: no values".to_owned(),
        Some((low, ..)) if low >= 0.9 => {
            let low = libm::floor(low * 100.0) / 100.0;
            format!("Limiters of the storage nodes: none falls below {}", significant(low, 2))
        }
        Some((low, label, when)) => {
            format!("Limiters of the storage nodes: mean {label} falls to {low:.2} at {}", time.moment(when))
        }
    }
}

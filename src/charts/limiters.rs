//! The storage nodes' rate limiters over time, and the gates they are held against.

use super::axis::Axis;
use super::drawing::Drawing;
use super::error::ChartError;
use super::legend::Entry;
use super::panel::{Frame, Panel};
use super::picture::Picture;
use super::run_info::RunInfo;
use super::scale::significant;
use super::sheet::Sheet;
use super::source::Source;
use super::style::{
    AMBER, BLUE, DASH_DOT, DASHED, DOTTED, GREEN, MUTED, Marker, PURPLE, SOLID, Stroke, VERMILION, grey,
};
use super::timeline::Timeline;
use crate::metrics::tables::timeseries::{self, Timeseries};
use crate::metrics::{Column, chart_kind};

pub(super) const DRAWING: Drawing = Drawing::new(&chart_kind::LIMITERS, draw);

/// Drawn from the last to the first: the product, which is often equal to one of its factors, is the ground of that.
const LINES: [(&Column<Timeseries>, &str, Stroke); 4] = [
    (&timeseries::LIMITER_OBJECTIVE, "objective", Stroke::new(GREEN, DASH_DOT).marked(Marker::Triangle)),
    (&timeseries::LIMITER_TOPOLOGY, "topology", Stroke::new(AMBER, DASHED).marked(Marker::Square)),
    (&timeseries::LIMITER_TRACKING, "tracking", Stroke::new(BLUE, SOLID).marked(Marker::Disc)),
    (&timeseries::LIMITER_OVERALL, "overall (their product)", Stroke::new(grey(0x9A), SOLID).wide(13)),
];
const USED: Stroke = Stroke::new(VERMILION, SOLID);
const GATES: [Stroke; 2] = [Stroke::new(MUTED, DOTTED).wide(3), Stroke::new(PURPLE, DOTTED).wide(3)];

fn draw(source: &Source, title: Option<&str>) -> Result<Picture, ChartError> {
    let table = source.series();
    let time = Timeline::read(table)?;
    let mut lines = Vec::new();
    for (column, label, stroke) in LINES {
        lines.push((table.numbers(column)?, label, stroke));
    }
    let used = if table.has(&timeseries::UPLINK_USED) {
        Some(table.numbers(&timeseries::UPLINK_USED)?)
    } else {
        None
    };

    let mut sheet =
        Sheet::new(if used.is_some() { 1220 } else { 900 }, title, &finding(&time, &lines), &source.run);
    let rows = sheet.rows(if used.is_some() { &[1.9, 1.0] } else { &[1.0] });
    let gates = gates(&source.run);
    let mut legend: Vec<Entry> =
        lines.iter().map(|(_, label, stroke)| Entry::line(*label, *stroke)).collect();
    legend.extend(gates.iter().zip(GATES).map(|((_, label), stroke)| Entry::line(label, stroke)));
    let y = Axis::linear("Limiters, means over the storage nodes (0 to 1)", 0.0, 1.0);
    let frame = Frame {
        x: if used.is_some() { time.axis().untitled() } else { time.axis() },
        y,
        legend: &legend,
        spans: &source.run.spans,
    };
    let mut panel = Panel::open(&mut sheet.picture, rows[0], &frame);
    for (values, _, stroke) in lines.iter().rev() {
        panel.line(time.points(values), *stroke);
    }
    for ((gate, _), stroke) in gates.iter().zip(GATES) {
        panel.level(*gate, stroke);
    }
    if lines.iter().all(|(values, ..)| values.iter().all(Option::is_none)) {
        panel.note("no storage nodes");
    }
    if let Some(used) = used {
        let y = Axis::share("Uplinks of the storage nodes in use (% of capacity)", 0.0);
        let frame = Frame { x: time.axis(), y, legend: &[], spans: &[] };
        Panel::open(&mut sheet.picture, rows[1], &frame).line(time.points(&used), USED);
    }
    Ok(sheet.picture)
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

/// Values over the intervals, with their label and stroke.
type Line = (Vec<Option<f64>>, &'static str, Stroke);

fn finding(time: &Timeline, lines: &[Line]) -> String {
    let lowest = lines[..3]
        .iter()
        .flat_map(|(values, label, _)| {
            time.points(values).into_iter().filter_map(move |(when, value)| Some((value?, *label, when)))
        })
        .min_by(|a, b| a.0.total_cmp(&b.0));
    match lowest {
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

//! The storage nodes' rate limiters over time, and the gates they are held against.

use super::axis::Axis;
use super::facts::Facts;
use super::legend::Entry;
use super::panel::{Frame, Panel};
use super::picture::Picture;
use super::scale::{duration, significant};
use super::sheet::Sheet;
use super::source::Source;
use super::style::{
    AMBER, BLUE, DASH_DOT, DASHED, DOTTED, GREEN, INK, MUTED, Marker, SOLID, Stroke, VERMILION,
};
use super::timeline::Timeline;
use super::{ChartError, Kind};

pub(super) const KIND: Kind = Kind {
    name: "limiters",
    needs: "the limiters of storage nodes in timeseries.csv",
    has_data: |source| source.has_series("limiter_overall_ratio"),
    draw,
};

const LINES: [(&str, &str, Stroke); 4] = [
    ("limiter_objective_ratio", "objective", Stroke::new(GREEN, DASH_DOT).marked(Marker::Triangle)),
    ("limiter_topology_ratio", "topology", Stroke::new(AMBER, DASHED).marked(Marker::Square)),
    ("limiter_tracking_ratio", "tracking", Stroke::new(BLUE, SOLID).marked(Marker::Disc)),
    ("limiter_overall_ratio", "overall (their product)", Stroke::new(INK, SOLID).wide(7)),
];
const USED: Stroke = Stroke::new(VERMILION, SOLID);
const GATE: Stroke = Stroke::new(MUTED, DOTTED).wide(3);

fn draw(source: &Source, title: Option<&str>) -> Result<Picture, ChartError> {
    let table = source.series();
    let time = Timeline::read(table)?;
    let mut lines = Vec::new();
    for (column, label, stroke) in LINES {
        lines.push((table.numbers(column)?, label, stroke));
    }
    let used = if table.has("uplink_used_ratio") { Some(table.numbers("uplink_used_ratio")?) } else { None };

    let mut sheet =
        Sheet::new(if used.is_some() { 1100 } else { 860 }, title, &finding(&time, &lines), &source.facts);
    let rows = sheet.rows(if used.is_some() { &[2.0, 1.0] } else { &[1.0] });
    let legend: Vec<Entry> = lines.iter().map(|(_, label, stroke)| Entry::line(*label, *stroke)).collect();
    let y = Axis::ratio("Limiters, means over the storage nodes (0 to 1)");
    let frame = Frame { x: time.axis(), y, legend: &legend, spans: &source.facts.spans };
    let mut panel = Panel::open(&mut sheet.picture, rows[0], frame);
    for (values, _, stroke) in &lines {
        panel.line(time.points(values), *stroke);
    }
    draw_gates(&mut panel, &source.facts);
    if lines.iter().all(|(values, ..)| values.iter().all(Option::is_none)) {
        panel.note("no storage nodes");
    }
    if let Some(used) = used {
        let y = Axis::share("Uplinks of the storage nodes in use (% of capacity)", 0.0);
        let frame = Frame { x: time.axis(), y, legend: &[], spans: &[] };
        Panel::open(&mut sheet.picture, rows[1], frame).line(time.points(&used), USED);
    }
    Ok(sheet.picture)
}

fn draw_gates(panel: &mut Panel, facts: &Facts) {
    match (facts.tracking_min, facts.overall_min) {
        (Some(tracking), Some(overall)) if tracking == overall => {
            panel.level(tracking, "gates: tracking for queries, overall for chunks", GATE);
        }
        (tracking, overall) => {
            for (gate, label) in
                [(tracking, "gate of queries, on tracking"), (overall, "gate of chunks, on overall")]
            {
                if let Some(gate) = gate {
                    panel.level(gate, label, GATE);
                }
            }
        }
    }
}

/// Values over the intervals, with their label and stroke.
type Line = (Vec<Option<f64>>, &'static str, Stroke);

fn finding(time: &Timeline, lines: &[Line]) -> String {
    let lowest = lines[..3]
        .iter()
        .flat_map(|(values, label, _)| {
            time.points(values).filter_map(move |(when, value)| Some((value?, *label, when)))
        })
        .min_by(|a, b| a.0.total_cmp(&b.0));
    match lowest {
        None => "Limiters of the storage nodes over time: no values".to_owned(),
        Some((low, ..)) if low >= 0.9 => {
            format!(
                "Limiters of the storage nodes: all stay above {}",
                significant(libm::floor(low * 100.0) / 100.0, 2)
            )
        }
        Some((low, label, when)) => {
            format!("Limiters of the storage nodes: {label} falls to {low:.2} at {}", duration(when))
        }
    }
}

//! How long bare traffic takes, by workload.

use std::collections::BTreeMap;

use super::axis::Axis;
use super::drawing::Drawing;
use super::error::ChartError;
use super::legend::Entry;
use super::panel::{Frame, Panel};
use super::picture::Picture;
use super::scale::duration;
use super::sheet::Sheet;
use super::source::Source;
use super::style::{BLUE, DOTTED, MUTED, SOLID, Stroke, cycled};
use crate::metrics::{chart_kind, tables::traffic};

pub(super) const DRAWING: Drawing = Drawing::new(&chart_kind::TRAFFIC_DELAY, draw);

/// Quantiles that are marked.
const MARKED: [(f64, &str); 2] = [(0.5, "median"), (0.99, "99th percentile")];
const HALF: Stroke = Stroke::new(MUTED, DOTTED).wide(3);
/// One workload needs no markers, which would look like its quantiles.
const ALONE: Stroke = Stroke::new(BLUE, SOLID);

/// Pixels for every few more workloads in the legend.
const LEGEND_ROW: i32 = 42;

/// Quantile and delay in seconds, rising.
type Curve = Vec<(f64, f64)>;

fn draw(source: &Source, title: Option<&str>) -> Result<Picture, ChartError> {
    let curves = read(source)?;
    let mut sheet =
        Sheet::new(900 + LEGEND_ROW * (curves.len() as i32 / 5), title, &finding(&curves), &source.run);
    let row = sheet.rows(&[1.0])[0];
    let legend: Vec<Entry> = if curves.len() > 1 {
        curves.keys().enumerate().map(|(i, name)| Entry::line(name, cycled(i))).collect()
    } else {
        Vec::new()
    };
    let delays = || curves.values().flatten().map(|&(_, delay)| delay);
    let x = Axis::delay(
        "Delay from hand-over to the last byte received",
        delays().fold(f64::INFINITY, f64::min),
        delays().fold(0.0, f64::max),
    );
    let y = Axis::share("Share of delivered messages that took at most this long (%)", 0.0);
    let mut panel = Panel::open(&mut sheet.picture, row, &Frame { x, y, legend: &legend, spans: &[] });
    if curves.is_empty() {
        panel.note("no traffic was delivered");
    }
    for (i, curve) in curves.values().enumerate() {
        let stroke = if curves.len() == 1 { ALONE } else { cycled(i) };
        panel.line(curve.iter().map(|&(share, delay)| (delay, Some(share))), stroke);
    }
    if let (1, Some(curve)) = (curves.len(), curves.values().next()) {
        mark(&mut panel, curve);
    }
    Ok(sheet.picture)
}

fn mark(panel: &mut Panel, curve: &Curve) {
    for (row, (share, label)) in MARKED.into_iter().enumerate() {
        if let Some(delay) = at(curve, share) {
            panel.moment(delay, &format!("{label} {}", duration(delay)), row as i32, HALF);
        }
    }
}

fn read(source: &Source) -> Result<BTreeMap<String, Curve>, ChartError> {
    let Some(table) = &source.traffic else { return Ok(BTreeMap::new()) };
    let (names, shares) = (table.texts(&traffic::WORKLOAD)?, table.full(&traffic::QUANTILE)?);
    let delays = table.numbers(&traffic::DELAY)?;
    let mut curves: BTreeMap<String, Curve> = BTreeMap::new();
    for ((name, share), delay) in names.into_iter().zip(shares).zip(delays) {
        if let Some(delay) = delay {
            curves.entry(name).or_default().push((share, delay));
        }
    }
    for curve in curves.values_mut() {
        curve.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    }
    Ok(curves)
}

/// The delay at a quantile, or at the next that is known.
fn at(curve: &Curve, share: f64) -> Option<f64> {
    curve.iter().find(|(known, _)| *known >= share - 1e-9).map(|&(_, delay)| delay)
}

fn finding(curves: &BTreeMap<String, Curve>) -> String {
    let told: Vec<String> = curves
        .iter()
        .filter_map(|(name, curve)| {
            let (half, most) = (at(curve, 0.5)?, at(curve, 0.99)?);
            Some(format!("{name} median {}, 99th\u{A0}percentile {}", duration(half), duration(most)))
        })
        .collect();
    match told.len() {
        0 => "Delay of traffic: nothing was delivered".to_owned(),
        1 | 2 => format!("Delay of traffic: {}", told.join("; ")),
        more => format!("Delay of traffic for {more} workloads"),
    }
}

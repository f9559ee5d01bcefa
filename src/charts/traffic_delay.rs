//! How long bare traffic takes, by workload.

use std::collections::BTreeMap;

use super::axis::Axis;
use super::course::{Among, Points, over_runs};
use super::drawing::Drawing;
use super::error::ChartError;
use super::marks::Marks;
use super::multiples::{self, Named, Setting};
use super::order::natural;
use super::panel::Panel;
use super::picture::Picture;
use super::scale::duration;
use super::sheet::Sheet;
use super::source::{Run, Source};
use super::style::{DOTTED, MUTED, Stroke};
use crate::metrics::{chart_kind, tables::traffic};

pub(super) const DRAWING: Drawing = Drawing::new(&chart_kind::TRAFFIC_DELAY, draw);

/// Quantiles that are marked.
const MARKED: [(f64, &str); 2] = [(0.5, "median"), (0.99, "99th percentile")];
const HALF: Stroke = Stroke::new(MUTED, DOTTED).wide(3);
/// Of fewer messages, the 99th percentile is all but the slowest of them.
const TAIL_NEEDS: f64 = 100.0;

/// Quantile and delay in seconds, rising.
type Curve = Vec<(f64, f64)>;

/// The curves of one workload, one a run that delivered anything.
struct Workload {
    name: String,
    runs: Vec<Curve>,
    /// Whether so many messages arrived in each run that there is a 99th percentile.
    has_tail: bool,
}

fn draw(source: &Source, title: Option<&str>) -> Result<Picture, ChartError> {
    let workloads = workloads(source)?;
    let mut sheet = Sheet::new(title, &finding(&workloads), &source.run);
    let delays =
        || workloads.iter().flat_map(|workload| workload.runs.iter().flatten()).map(|&(_, delay)| delay);
    let x = Axis::delay(
        "Delay from hand-over to the last byte received",
        delays().fold(f64::INFINITY, f64::min),
        delays().fold(0.0, f64::max),
    );
    let places = x.scale.steps();
    let curve = |workload: &Workload| Named {
        name: workload.name.clone(),
        course: over_runs(&workload.runs.iter().map(|run| reached(run, &places)).collect::<Vec<Points>>()),
    };
    let curves: Vec<Named> = workloads.iter().map(curve).collect();
    let setting = Setting {
        x,
        y: Axis::share("Share of delivered messages that took at most this long (%)", 0.0),
        keys: Vec::new(),
        marks: Marks::Nothing,
        runs: source.runs.len(),
        heights: (480, 220),
        nothing: "no traffic was delivered",
    };
    let also = |panel: &mut Panel<'_>, subject: Option<usize>| {
        let subject = subject.or((workloads.len() == 1).then_some(0));
        subject.into_iter().for_each(|subject| mark(panel, &workloads[subject]));
    };
    multiples::draw(&mut sheet, &curves, setting, also);
    Ok(sheet.finish())
}

fn mark(panel: &mut Panel, workload: &Workload) {
    for (share, label) in MARKED {
        if let Some(delay) = typical(workload, share) {
            panel.moment(delay, &format!("{label} {}", duration(delay)), HALF);
        }
    }
}

fn read(run: &Run) -> Result<BTreeMap<String, Curve>, ChartError> {
    let Some(table) = &run.traffic else { return Ok(BTreeMap::new()) };
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

fn workloads(source: &Source) -> Result<Vec<Workload>, ChartError> {
    let mut workloads: Vec<Workload> = Vec::new();
    for (name, curve) in source.each(read)?.into_iter().flatten() {
        match workloads.iter_mut().find(|workload| workload.name == name) {
            Some(workload) => workload.runs.push(curve),
            None => {
                let enough = |run: &Run| run.delivered(&name).is_some_and(|count| count >= TAIL_NEEDS);
                let has_tail = source.runs.iter().all(enough);
                workloads.push(Workload { name, runs: vec![curve], has_tail });
            }
        }
    }
    workloads.sort_by(|a, b| natural(&a.name, &b.name));
    Ok(workloads)
}

/// The share that each of these delays was enough for: between two known quantiles in proportion.
fn reached(curve: &Curve, places: &[f64]) -> Points {
    let at = |delay: f64| {
        let next = curve.partition_point(|(_, known)| *known <= delay);
        let (below, above) = (next.checked_sub(1).map(|below| curve[below]), curve.get(next));
        match (below, above) {
            (None, _) => 0.0,
            (Some(below), None) => below.0,
            (Some(below), Some(above)) => {
                below.0 + (above.0 - below.0) * (delay - below.1) / (above.1 - below.1)
            }
        }
    };
    places.iter().map(|&delay| (delay, Some(at(delay)))).collect()
}

/// The median over the runs of the delay at a quantile, where there are enough values for it.
fn typical(workload: &Workload, share: f64) -> Option<f64> {
    let delays = workload.runs.iter().filter_map(|run| at(run, share));
    Among::of(delays).filter(|_| share < 0.9 || workload.has_tail).map(|among| among.mid)
}

/// The delay at a quantile, or at the next that is known.
fn at(curve: &Curve, share: f64) -> Option<f64> {
    curve.iter().find(|(known, _)| *known >= share - 1e-9).map(|&(_, delay)| delay)
}

fn finding(workloads: &[Workload]) -> String {
    let told: Vec<String> = workloads
        .iter()
        .filter_map(|workload| {
            let half = duration(typical(workload, 0.5)?);
            let most =
                typical(workload, 0.99).map(|most| format!(", 99th\u{A0}percentile {}", duration(most)));
            Some(format!("{} median {half}{}", workload.name, most.unwrap_or_default()))
        })
        .collect();
    match told.len() {
        0 => "Delay of traffic: nothing was delivered".to_owned(),
        1 | 2 => format!("Delay of traffic: {}", told.join("; ")),
        more => format!("Delay of traffic for {more} workloads"),
    }
}

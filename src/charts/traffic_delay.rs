//! How long bare traffic takes, by workload.

use std::collections::BTreeMap;

use super::axis::Axis;
use super::course::{Points, over_runs};
use super::drawing::Drawing;
use super::error::ChartError;
use super::legend::Entry;
use super::marks::Marks;
use super::multiples::{self, Named, Setting};
use super::order::natural;
use super::panel::Panel;
use super::picture::Picture;
use super::scale::{duration, percent};
use super::sheet::Sheet;
use super::source::{Run, Source};
use super::stats::mean_of_runs;
use super::style::{DOTTED, MUTED, Stroke};
use crate::metrics::{LEAST_FOR_P99, families, tables::traffic};

pub(super) const DRAWING: Drawing = Drawing::new(&families::traffic::TRAFFIC_DELAY_CHART, draw);

/// Quantiles that are marked.
const MARKED: [(f64, &str); 2] = [(0.5, "median"), (0.99, "99th\u{A0}percentile")];
const HALF: Stroke = Stroke::new(MUTED, DOTTED).wide(3);

/// Quantile of the datagrams handed over, and delay in seconds, rising. It ends where no more were delivered.
type Curve = Vec<(f64, f64)>;

/// One workload, and what each run that sent anything has of it.
struct Workload {
    name: String,
    runs: Vec<Sent>,
}

/// What one run sent, in the time that counts.
struct Sent {
    curve: Curve,
    /// How many datagrams were handed over, where the result says so, and what share was never delivered.
    count: Option<f64>,
    never: Option<f64>,
}

impl Sent {
    /// The delay at a quantile, or at the next that is known: as the metrics `traffic.*.delay_*` have it, longer than
    /// any where no more were delivered, and none of too few.
    fn at(&self, share: f64) -> Option<f64> {
        if share > 0.9 && self.count.is_none_or(|count| count < LEAST_FOR_P99 as f64) {
            return None;
        }
        let known = self.curve.iter().find(|(known, _)| *known >= share - 1e-9);
        Some(known.map_or(f64::INFINITY, |&(_, delay)| delay))
    }
}

fn draw(source: &Source, title: Option<&str>) -> Result<Picture, ChartError> {
    let workloads = workloads(source)?;
    let mut sheet = Sheet::new(title, &finding(&workloads), &source.run);
    let delays =
        || workloads.iter().flat_map(|of| of.runs.iter().flat_map(|run| &run.curve)).map(|&(_, delay)| delay);
    let x = Axis::delay(
        "Delay from hand-over to the last byte received",
        delays().fold(f64::INFINITY, f64::min),
        delays().fold(0.0, f64::max),
    );
    let places = x.scale.steps();
    let curve = |workload: &Workload| Named {
        name: workload.name.clone(),
        course: over_runs(
            &workload.runs.iter().map(|run| reached(&run.curve, &places)).collect::<Vec<Points>>(),
        ),
    };
    let curves: Vec<Named> = workloads.iter().map(curve).collect();
    let setting = Setting {
        x,
        y: Axis::share("Datagrams delivered within this time (% of those handed over)", 0.0),
        keys: keys(&workloads),
        marks: Marks::Nothing,
        runs: source.runs.len(),
        heights: (480, 160),
        nothing: "no traffic was delivered",
    };
    let also = |panel: &mut Panel<'_>, subject: Option<usize>| {
        let subject = subject.or((workloads.len() == 1).then_some(0));
        subject.into_iter().for_each(|subject| mark(panel, &workloads[subject]));
    };
    multiples::draw(&mut sheet, &curves, setting, also);
    Ok(sheet.finish())
}

/// What the curves end below 100 % for.
fn keys(workloads: &[Workload]) -> Vec<Entry> {
    let never: Vec<String> = workloads
        .iter()
        .filter_map(|workload| Some((&workload.name, never(workload).filter(|share| *share > 0.0)?)))
        .map(|(name, share)| format!("{name} {}", percent(share)))
        .collect();
    let told = if never.len() > 4 { format!("of {} workloads", never.len()) } else { never.join(", ") };
    if never.is_empty() { Vec::new() } else { vec![Entry::words(format!("never delivered: {told}"))] }
}

fn never(workload: &Workload) -> Option<f64> {
    mean_of_runs(workload.runs.iter().map(|run| run.never))
}

fn mark(panel: &mut Panel, workload: &Workload) {
    for (share, label) in MARKED {
        if let Some(delay) = figure(workload, share).filter(|delay| delay.is_finite()) {
            panel.moment(delay, &format!("{label} {}", duration(delay)), HALF);
        }
    }
}

fn curves(run: &Run) -> Result<BTreeMap<String, Curve>, ChartError> {
    let Some(table) = &run.traffic else { return Ok(BTreeMap::new()) };
    let (names, shares) = (table.texts(&traffic::WORKLOAD)?, table.full(&traffic::QUANTILE)?);
    let delays = table.numbers(&traffic::DELAY)?;
    let mut curves: BTreeMap<String, Curve> = BTreeMap::new();
    for ((name, share), delay) in names.into_iter().zip(shares).zip(delays) {
        curves.entry(name).or_default().extend(delay.map(|delay| (share, delay)));
    }
    for curve in curves.values_mut() {
        curve.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    }
    // What was sent in vain has no rows.
    for name in run.account.metrics.keys().filter_map(|name| workload_of(name)) {
        curves.entry(name.to_owned()).or_default();
    }
    Ok(curves)
}

/// The workload that a metric counts the datagrams of.
fn workload_of(metric: &str) -> Option<&str> {
    metric.strip_prefix("traffic.")?.strip_suffix(".sent")
}

fn workloads(source: &Source) -> Result<Vec<Workload>, ChartError> {
    let mut workloads: Vec<Workload> = Vec::new();
    for run in &source.runs {
        for (name, curve) in curves(run)? {
            let told =
                |what: &str| run.account.metrics.get(&format!("traffic.{name}.{what}")).copied().flatten();
            let sent = Sent { curve, count: told("sent"), never: told("undelivered_ratio") };
            if sent.curve.is_empty() && sent.count.is_none_or(|count| count == 0.0) {
                continue;
            }
            match workloads.iter_mut().find(|workload| workload.name == name) {
                Some(workload) => workload.runs.push(sent),
                None => workloads.push(Workload { name, runs: vec![sent] }),
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

/// What the runs come to together.
fn figure(workload: &Workload, share: f64) -> Option<f64> {
    mean_of_runs(workload.runs.iter().map(|run| run.at(share)))
}

fn finding(workloads: &[Workload]) -> String {
    let told: Vec<String> = workloads
        .iter()
        .map(|workload| {
            let told = |(share, name): (f64, &str)| {
                let delay = figure(workload, share)?;
                let delay = if delay.is_finite() { duration(delay) } else { "longer than any".to_owned() };
                Some(format!("{name} {delay}"))
            };
            let figures: Vec<String> = MARKED.into_iter().filter_map(told).collect();
            format!("{} {}", workload.name, figures.join(", "))
        })
        .collect();
    match told.len() {
        0 => "Delay of traffic: nothing was sent".to_owned(),
        1 | 2 => format!("Delay of traffic: {}", told.join("; ")),
        more => format!("Delay of traffic of {more} workloads"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(count: f64, curve: &[(f64, f64)]) -> Sent {
        Sent {
            curve: curve.to_vec(),
            count: Some(count),
            never: Some(1.0 - curve.last().map_or(0.0, |last| last.0)),
        }
    }

    #[test]
    fn what_was_never_delivered_took_longer_than_any_and_is_told() {
        let whole = Workload {
            name: "a".to_owned(),
            runs: vec![sent(200.0, &[(0.5, 0.1), (0.99, 0.3), (1.0, 0.4)])],
        };
        let lossy = Workload { name: "b".to_owned(), runs: vec![sent(200.0, &[(0.5, 0.2), (0.9, 0.3)])] };
        let vain = Workload { name: "c".to_owned(), runs: vec![sent(20.0, &[])] };
        let said = |workloads: &[Workload]| finding(workloads).replace('\u{A0}', " ");
        assert_eq!(
            said(&[whole, lossy]),
            "Delay of traffic: a median 100 ms, 99th percentile 300 ms; b median 200 ms, 99th percentile longer than any"
        );
        assert_eq!(said(&[vain]), "Delay of traffic: c median longer than any");
    }

    #[test]
    fn a_tail_is_of_a_hundred_datagrams_handed_over_at_least() {
        let curve = [(0.5, 0.1), (0.99, 0.3)];
        assert_eq!([99.0, 100.0].map(|count| sent(count, &curve).at(0.99)), [None, Some(0.3)]);
        assert_eq!(sent(3.0, &curve).at(0.5), Some(0.1));
    }
}

//! How long queries take: to the first YES, and to the end of the collection.

use super::axis::Axis;
use super::drawing::Drawing;
use super::error::ChartError;
use super::legend::Entry;
use super::panel::{Frame, Panel};
use super::picture::Picture;
use super::run_info::RunInfo;
use super::scale::{duration, percent};
use super::sheet::{Rect, Sheet};
use super::source::Source;
use super::stats::{ecdf, quantile, sorted};
use super::style::{BLUE, DASHED, DOTTED, INK, MUTED, Marker, SOLID, Stroke, VERMILION};
use super::timeline::Timeline;
use crate::metrics::{
    chart_kind,
    tables::{queries, timeseries},
};

pub(super) const DRAWING: Drawing = Drawing::new(&chart_kind::QUERY_LATENCY, draw);

const FIRST: Stroke = Stroke::new(BLUE, SOLID);
const ENDED: Stroke = Stroke::new(INK, DASHED).wide(4);
const WINDOW: Stroke = Stroke::new(MUTED, DOTTED).wide(3);
const MEDIAN: Stroke = Stroke::new(BLUE, SOLID).marked(Marker::Disc);
const TAIL: Stroke = Stroke::new(VERMILION, DASHED).marked(Marker::Square);
const MOST_STEPS: usize = 250;

/// Times of the counted queries in seconds, rising.
struct Times {
    queries: usize,
    first_yes: Vec<f64>,
    collected: Vec<f64>,
}

fn draw(source: &Source, title: Option<&str>) -> Result<Picture, ChartError> {
    let times = read(source)?;
    let over_time =
        source.has_series(&timeseries::LATENCY_P50) && source.has_series(&timeseries::LATENCY_P99);
    let mut sheet = Sheet::new(if over_time { 1320 } else { 900 }, title, &finding(&times), &source.run);
    let rows = sheet.rows(if over_time { &[1.35, 1.0] } else { &[1.0] });
    draw_distribution(&mut sheet.picture, rows[0], &times, &source.run);
    if over_time {
        draw_course(&mut sheet.picture, rows[1], source)?;
    }
    Ok(sheet.picture)
}

fn read(source: &Source) -> Result<Times, ChartError> {
    let table = source.queries();
    let (issued, latency, ended) =
        (table.full(&queries::ISSUED)?, table.numbers(&queries::LATENCY)?, table.numbers(&queries::ENDED)?);
    let (from, to) = source.run.counted;
    let counted: Vec<usize> = (0..issued.len()).filter(|&i| issued[i] >= from && issued[i] < to).collect();
    let collected = counted.iter().filter_map(|&i| Some((ended[i]? - issued[i]).max(0.0))).collect();
    Ok(Times {
        queries: counted.len(),
        first_yes: sorted(counted.iter().filter_map(|&i| latency[i]).collect()),
        collected: sorted(collected),
    })
}

fn draw_distribution(picture: &mut Picture, rect: Rect, times: &Times, run: &RunInfo) {
    let first = times.first_yes.iter().chain(&times.collected).copied();
    let least = first.clone().filter(|&t| t > 0.0).fold(f64::INFINITY, f64::min);
    let most = first.chain(run.window_s.map(|window| window * 1.1)).fold(0.0, f64::max);
    let ended = match run.enough {
        Some(enough) => format!("collection ended ({enough} sources, or the window)"),
        None => "collection ended".to_owned(),
    };
    let legend = [
        Entry::line("first YES received (quantiles are of queries that got one)", FIRST),
        Entry::line(ended, ENDED),
    ];
    let x = Axis::delay("Time since the query was issued", least, most);
    let y = Axis::share("Share of all queries (%)", 0.0);
    let mut panel = Panel::open(picture, rect, &Frame { x, y, legend: &legend, spans: &[] });
    if times.queries == 0 {
        panel.note("no queries");
        return;
    }
    if let Some(window) = run.window_s {
        panel.limit(window, &format!("window {}", duration(window)), WINDOW);
    }
    for (values, stroke) in [(&times.collected, ENDED), (&times.first_yes, FIRST)] {
        let mut steps = ecdf(values, times.queries, MOST_STEPS);
        steps.extend(steps.last().map(|&(_, share)| (f64::MAX, share)));
        panel.line(steps.into_iter().map(|(x, y)| (x, Some(y))), stroke);
    }
    let answered = times.first_yes.len() as f64 / times.queries as f64;
    for (share, name) in [(0.5, "median"), (0.99, "99th percentile")] {
        if let Some(time) = quantile(&times.first_yes, share) {
            panel.mark(time, share * answered, &format!("{name} {}", duration(time)), BLUE);
        }
    }
}

fn draw_course(picture: &mut Picture, rect: Rect, source: &Source) -> Result<(), ChartError> {
    let table = source.series();
    let time = Timeline::read(table)?;
    let (median, tail) = (table.numbers(&timeseries::LATENCY_P50)?, table.numbers(&timeseries::LATENCY_P99)?);
    let values = || median.iter().chain(&tail).flatten().copied();
    let least = values().filter(|&t| t > 0.0).fold(f64::INFINITY, f64::min);
    let y = Axis::delay(
        "Time to the first YES, by when the query was issued",
        least,
        values().fold(0.0, f64::max),
    );
    let legend = [Entry::line("median", MEDIAN), Entry::line("99th percentile", TAIL)];
    let frame = Frame { x: time.axis(), y, legend: &legend, spans: &source.run.spans };
    let mut panel = Panel::open(picture, rect, &frame);
    if values().next().is_none() {
        panel.note("no answers");
    }
    panel.line(time.points(&tail), TAIL);
    panel.line(time.points(&median), MEDIAN);
    Ok(())
}

/// Quantiles are over the queries that got a YES.
fn finding(times: &Times) -> String {
    let (Some(half), Some(most)) = (quantile(&times.first_yes, 0.5), quantile(&times.first_yes, 0.99)) else {
        return match times.queries {
            0 => "Time to the first YES: no queries".to_owned(),
            _ => "Time to the first YES: no query got one".to_owned(),
        };
    };
    let without = 1.0 - times.first_yes.len() as f64 / times.queries as f64;
    let rest =
        if without > 0.0 { format!("; {} of queries got none", percent(without)) } else { String::new() };
    format!("Time to the first YES: median {}, 99th\u{A0}percentile {}{rest}", duration(half), duration(most))
}

//! What the holders of a target's chunks answered to queries: YES, NO, or nothing, and why nothing.

use std::ops::Range;

use super::axis::Axis;
use super::drawing::Drawing;
use super::error::ChartError;
use super::legend::Entry;
use super::panel::{Frame, Panel};
use super::picture::Picture;
use super::scale::percent;
use super::sheet::{Rect, Sheet};
use super::source::Source;
use super::stats::share;
use super::style::{BLUE, Colour, DASHED, INK, PURPLE, SOLID, Stroke, VERMILION, WHITE, grey};
use super::timeline::Timeline;
use crate::metrics::silence::{Cause, for_each_cause};
use crate::metrics::tables::timeseries::{self, Timeseries};
use crate::metrics::{Column, chart_kind};

pub(super) const DRAWING: Drawing = Drawing::new(&chart_kind::ANSWERS, draw);

/// A part of what holders answered.
struct Part {
    column: &'static Column<Timeseries>,
    label: &'static str,
    colour: Colour,
}

macro_rules! labels {
    ($($cause:ident: $name:literal, $holders:literal, $label:literal;)+) => {
        const fn label(cause: Cause) -> &'static str {
            match cause {
                $(Cause::$cause => concat!("silent: ", $label)),+
            }
        }
    };
}

for_each_cause!(labels);

/// From the bottom of the stack to its top: silence that somebody wanted stands beside NO, the rest in greys.
fn parts() -> Vec<Part> {
    let answer = |column, label, colour| Part { column, label, colour };
    let silence = |cause: Cause, colour| Part {
        column: &timeseries::SILENCE[cause as usize],
        label: label(cause),
        colour,
    };
    let mut parts = vec![
        answer(&timeseries::ANSWERS_YES, "YES", BLUE),
        answer(&timeseries::ANSWERS_NO, "NO", VERMILION),
        silence(Cause::Denied, PURPLE),
    ];
    let others: Vec<Cause> =
        Cause::ALL.iter().rev().copied().filter(|cause| *cause != Cause::Denied).collect();
    for (place, &cause) in others.iter().enumerate() {
        parts.push(silence(cause, grey((0x4A + (0xD2 - 0x4A) * place / (others.len() - 1)) as u8)));
    }
    parts
}

const MOST_BINS: usize = 180;
const LEAST_BINS: usize = 12;
/// Answers that a bin should have on average, so that its shares mean something.
const ANSWERS_PER_BIN: f64 = 100.0;
/// The lowest share is looked for among bins with at least this part of the busiest bin's answers: a share of few
/// answers is chance.
const TELLING: f64 = 0.1;

const ISSUED: Stroke = Stroke::new(INK, SOLID);
const ANSWERED: Stroke = Stroke::new(BLUE, DASHED);

/// Counts of one run of intervals, by part.
struct Bin {
    intervals: Range<usize>,
    parts: Vec<f64>,
    total: f64,
}

impl Bin {
    /// Share of the answers in the parts below this one.
    fn below(&self, part: usize) -> Option<f64> {
        share(self.parts[..part].iter().sum(), self.total)
    }
}

fn draw(source: &Source, title: Option<&str>) -> Result<Picture, ChartError> {
    let table = source.series();
    let time = Timeline::read(table)?;
    let mut columns = Vec::new();
    let parts = parts();
    for part in &parts {
        columns.push(table.counts(part.column)?);
    }
    let issued = table.counts(&timeseries::QUERIES_ISSUED)?;
    let answered = table.counts(&timeseries::QUERIES_ANSWERED)?;
    let answers: f64 = columns.iter().flatten().sum();
    let bins = ((answers / ANSWERS_PER_BIN) as usize).clamp(LEAST_BINS, MOST_BINS);
    let bins: Vec<Bin> = time.bins(bins).into_iter().map(|range| bin(&columns, range)).collect();

    let mut sheet = Sheet::new(1120, title, &finding(&time, &counted(source, &time, &bins)), &source.run);
    let rows = sheet.rows(&[1.7, 1.0]);
    let occurs = |(place, _): &(usize, &Part)| bins.iter().any(|bin| bin.parts[*place] > 0.0);
    let occurring = parts.iter().enumerate().filter(occurs);
    let legend: Vec<Entry> = occurring.map(|(_, part)| Entry::fill(part.label, part.colour)).collect();
    let frame = Frame {
        x: time.axis().untitled(),
        y: Axis::share("Holders of the target’s chunks, by their answer (%)", 0.0),
        legend: &legend,
        spans: &source.run.spans,
    };
    let mut panel = Panel::open(&mut sheet.picture, rows[0], &frame);
    draw_shares(&mut panel, &time, &parts, &bins);

    let ranges: Vec<Range<usize>> = bins.iter().map(|bin| bin.intervals.clone()).collect();
    let rates = [&issued, &answered].map(|counts| time.rates(counts, &ranges));
    draw_queries(&mut sheet.picture, rows[1], &time, rates);
    Ok(sheet.picture)
}

fn draw_queries(
    picture: &mut Picture,
    rect: Rect,
    time: &Timeline,
    [issued, answered]: [Vec<(f64, Option<f64>)>; 2],
) {
    let most = issued.iter().chain(&answered).filter_map(|(_, rate)| *rate).fold(0.0, f64::max);
    let legend = [Entry::line("issued", ISSUED), Entry::line("answered with at least one YES", ANSWERED)];
    let frame = Frame { x: time.axis(), y: Axis::rate("Queries", most), legend: &legend, spans: &[] };
    let mut panel = Panel::open(picture, rect, &frame);
    panel.line(issued, ISSUED);
    panel.line(answered, ANSWERED);
}

fn bin(columns: &[Vec<f64>], intervals: Range<usize>) -> Bin {
    let parts: Vec<f64> = columns.iter().map(|column| column[intervals.clone()].iter().sum()).collect();
    Bin { intervals, total: parts.iter().sum(), parts }
}

fn draw_shares(panel: &mut Panel, time: &Timeline, parts: &[Part], bins: &[Bin]) {
    if bins.iter().all(|bin| bin.total == 0.0) {
        panel.note("no queries with holders");
        return;
    }
    for (place, part) in parts.iter().enumerate() {
        let steps = bins.iter().flat_map(|bin| {
            let bounds = bin.below(place).zip(bin.below(place + 1));
            let (from, to) = time.span(&bin.intervals);
            [(from, bounds), (to, bounds)]
        });
        panel.band(steps, part.colour);
    }
    // A white edge keeps the colours apart in print, where both are wide enough to spare it.
    for part in 1..parts.len() {
        let edge = bins.iter().flat_map(|bin| {
            let below = bin.parts[..part].iter().rev().copied().find(|count| *count > 0.0);
            let wide = below.unwrap_or(0.0).min(bin.parts[part]) > 0.025 * bin.total;
            let (from, to) = time.span(&bin.intervals);
            [from, to].map(|at| (at, bin.below(part).filter(|_| wide)))
        });
        panel.line(edge, Stroke::new(WHITE, SOLID).wide(2));
    }
}

/// The bins that count; all, where bins are longer than that.
fn counted<'b>(source: &Source, time: &Timeline, bins: &'b [Bin]) -> Vec<&'b Bin> {
    let (from, to) = source.run.counted;
    let within = |bin: &&Bin| {
        let span = time.span(&bin.intervals);
        from <= span.0 && span.1 <= to
    };
    let counted: Vec<&Bin> = bins.iter().filter(within).collect();
    if counted.is_empty() { bins.iter().collect() } else { counted }
}

fn finding(time: &Timeline, bins: &[&Bin]) -> String {
    let total: f64 = bins.iter().map(|bin| bin.total).sum();
    let yes: f64 = bins.iter().map(|bin| bin.parts[0]).sum();
    let Some(overall) = share(yes, total) else {
        return "Answers of holders over time: no queries with holders".to_owned();
    };
    let busiest = bins.iter().map(|bin| bin.total).fold(0.0, f64::max);
    let lowest = bins
        .iter()
        .filter(|bin| bin.total >= TELLING * busiest)
        .filter_map(|bin| Some((share(bin.parts[0], bin.total)?, time.at(&bin.intervals, ()).0)))
        .min_by(|a, b| a.0.total_cmp(&b.0));
    match lowest {
        Some((low, when)) if low < overall - 0.1 => format!(
            "Answers of holders over time: {} YES, down to {} at {}",
            percent(overall),
            percent(low),
            time.moment(when)
        ),
        _ => format!("Answers of holders over time: {} YES", percent(overall)),
    }
}

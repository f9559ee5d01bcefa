//! What became of messages over time.

use std::ops::Range;

use super::axis::Axis;
use super::data::Table;
use super::drawing::Drawing;
use super::error::ChartError;
use super::legend::Entry;
use super::panel::{Frame, Panel};
use super::picture::Picture;
use super::run_info::RunInfo;
use super::scale::percent;
use super::sheet::{Rect, Sheet};
use super::source::Source;
use super::stats::share;
use super::style::{AMBER, BLUE, Colour, DASHED, GREEN, INK, PURPLE, SOLID, Stroke, VERMILION, grey};
use super::timeline::Timeline;
use crate::metrics::chart_kind;
use crate::metrics::fates::for_each_fate;
use crate::metrics::tables::timeseries::{self, Timeseries};

pub(super) const DRAWING: Drawing = Drawing::new(&chart_kind::MESSAGES, draw);

const SENT: Stroke = Stroke::new(INK, SOLID);
const DELIVERED: Stroke = Stroke::new(BLUE, DASHED);
const VOLUME: Stroke = Stroke::new(GREEN, SOLID);

/// Of the fates other than delivery, from the bottom of the stack.
const COLOURS: [Colour; 4] = [AMBER, VERMILION, PURPLE, grey(0x7C)];

/// What messages of one fate are called.
struct Label {
    one: &'static str,
    several: &'static str,
}

macro_rules! labels {
    ($($fate:ident: $messages:literal, $one:literal, $several:literal;)+) => {
        /// Of each fate, in the order of columns: delivery comes first.
        const LABELS: &[Label] = &[$(Label { one: $one, several: $several }),+];
    };
}

for_each_fate!(labels);

const MOST_BINS: usize = 120;

/// What happened, over the runs of intervals that are drawn.
struct Course {
    time: Timeline,
    bins: Vec<Range<usize>>,
    sent: Vec<f64>,
    delivered: Vec<f64>,
    failed: Vec<Vec<f64>>,
    bytes: Option<Vec<f64>>,
}

fn draw(source: &Source, title: Option<&str>) -> Result<Picture, ChartError> {
    let course = read(source.series())?;
    let (height, weights): (i32, &[f64]) =
        if course.bytes.is_some() { (1400, &[1.25, 1.15, 1.0]) } else { (1060, &[1.0, 1.0]) };
    let mut sheet = Sheet::new(height, title, &finding(&course), &source.run);
    let rows = sheet.rows(weights);
    draw_sent(&mut sheet.picture, rows[0], &course, &source.run);
    draw_failed(&mut sheet.picture, rows[1], &course);
    if let Some(bytes) = &course.bytes {
        draw_volume(&mut sheet.picture, rows[2], &course, bytes);
    }
    Ok(sheet.picture)
}

/// What is there for delivery, and for each other fate.
fn split<T>(of_fates: &'static [T]) -> (&'static T, &'static [T]) {
    of_fates.split_first().expect("delivery is the first fate")
}

fn read(table: &Table<Timeseries>) -> Result<Course, ChartError> {
    let time = Timeline::read(table)?;
    let mut failed = Vec::new();
    let (delivered, failures) = split(timeseries::FATES);
    for column in failures {
        failed.push(table.counts(column)?);
    }
    Ok(Course {
        bins: time.bins(MOST_BINS),
        time,
        sent: table.counts(&timeseries::MESSAGES_SENT)?,
        delivered: table.counts(delivered)?,
        failed,
        bytes: if table.has(&timeseries::BYTES_SENT) {
            Some(table.counts(&timeseries::BYTES_SENT)?)
        } else {
            None
        },
    })
}

fn draw_sent(picture: &mut Picture, rect: Rect, course: &Course, run: &RunInfo) {
    let sent = course.time.rates(&course.sent, &course.bins);
    let delivered = course.time.rates(&course.delivered, &course.bins);
    let legend = [Entry::line("sent", SENT), Entry::line("delivered", DELIVERED)];
    let y = Axis::rate("Messages", highest(&sent).max(highest(&delivered)));
    let frame = Frame { x: course.time.axis().untitled(), y, legend: &legend, spans: &run.spans };
    let mut panel = Panel::open(picture, rect, &frame);
    if highest(&sent) == 0.0 {
        panel.note("no messages");
    }
    panel.line(sent, SENT);
    panel.line(delivered, DELIVERED);
}

fn draw_failed(picture: &mut Picture, rect: Rect, course: &Course) {
    let rate = |counts: &Vec<f64>| -> Vec<f64> {
        let rates = course.time.rates(counts, &course.bins);
        rates.into_iter().map(|(_, rate)| rate.unwrap_or(0.0)).collect()
    };
    let rates: Vec<Vec<f64>> = course.failed.iter().map(rate).collect();
    let stacked = |bin: usize, parts: usize| rates[..parts].iter().map(|rates| rates[bin]).sum::<f64>();
    let most = (0..course.bins.len()).map(|bin| stacked(bin, rates.len())).fold(0.0, f64::max);
    let drawn = split(LABELS).1.iter().zip(COLOURS.iter().cycle());
    let occurring = drawn.clone().zip(&rates).filter(|(_, rates)| rates.iter().any(|rate| *rate > 0.0));
    let legend: Vec<Entry> = occurring.map(|((label, colour), _)| Entry::fill(label.one, *colour)).collect();
    let x = if course.bytes.is_some() { course.time.axis().untitled() } else { course.time.axis() };
    let y = Axis::rate("Undelivered messages", most);
    let mut panel = Panel::open(picture, rect, &Frame { x, y, legend: &legend, spans: &[] });
    if most == 0.0 {
        panel.note("none");
    }
    for (part, (_, colour)) in drawn.enumerate() {
        let steps = course.bins.iter().enumerate().flat_map(|(bin, intervals)| {
            let bounds = Some((stacked(bin, part), stacked(bin, part + 1)));
            let (from, to) = course.time.span(intervals);
            [(from, bounds), (to, bounds)]
        });
        panel.band(steps, *colour);
    }
}

fn draw_volume(picture: &mut Picture, rect: Rect, course: &Course, bytes: &[f64]) {
    let bits: Vec<f64> = bytes.iter().map(|bytes| bytes * 8.0).collect();
    let rates = course.time.rates(&bits, &course.bins);
    let y = Axis::bitrate("Data sent, headers included", highest(&rates));
    let frame = Frame { x: course.time.axis(), y, legend: &[], spans: &[] };
    Panel::open(picture, rect, &frame).line(rates, VOLUME);
}

fn highest(rates: &[(f64, Option<f64>)]) -> f64 {
    rates.iter().filter_map(|(_, rate)| *rate).fold(0.0, f64::max)
}

fn finding(course: &Course) -> String {
    let delivered: f64 = course.delivered.iter().sum();
    let failed = course
        .failed
        .iter()
        .zip(split(LABELS).1)
        .map(|(counts, label)| (counts.iter().sum::<f64>(), label.several));
    let failed: Vec<(f64, &str)> = failed.collect();
    let ended = delivered + failed.iter().map(|(count, _)| count).sum::<f64>();
    let Some(arrived) = share(delivered, ended) else {
        return "What became of messages over time: no messages".to_owned();
    };
    let worst = failed.into_iter().max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(count, _)| *count > 0.0);
    match worst {
        Some((count, reason)) => {
            format!(
                "What became of messages over time: {} delivered, {} {reason}",
                percent(arrived),
                percent(count / ended)
            )
        }
        None => "What became of messages over time: all delivered".to_owned(),
    }
}

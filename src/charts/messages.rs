//! What became of messages over time.

use std::ops::Range;

use super::axis::Axis;
use super::course::{Course, Points, band_key, band_words, highest, over_runs};
use super::drawing::Drawing;
use super::error::ChartError;
use super::legend::Entry;
use super::marks::Marks;
use super::panel::Frame;
use super::picture::Picture;
use super::run_info::RunInfo;
use super::scale::percent;
use super::sheet::Sheet;
use super::source::{Run, Source};
use super::stats::{mean_of_runs, share};
use super::style::{BLUE, Colour, DASHED, GOLD, GREY, INK, NAVY, SKY, SOLID, Stroke, VERMILION, WINE};
use super::timeline::Timeline;
use crate::metrics::families;
use crate::metrics::fates::for_each_fate;
use crate::metrics::tables::timeseries;

pub(super) const DRAWING: Drawing = Drawing::new(&families::network::MESSAGES_CHART, draw);

const SENT: Stroke = Stroke::new(INK, SOLID);
const DELIVERED: Stroke = Stroke::new(BLUE, DASHED);
const VOLUME: Stroke = Stroke::new(NAVY, SOLID);

const TOTAL: Stroke = Stroke::new(INK, &[10.0, 8.0]).wide(3);

/// Of the fates other than delivery, from the bottom of the stack. There are as many as fates, or more.
const COLOURS: [Colour; 7] = [GOLD, VERMILION, NAVY, GREY, SKY, WINE, BLUE];

/// What messages of one fate are called.
struct Label {
    one: &'static str,
    several: &'static str,
}

macro_rules! labels {
    ($($fate:ident: $messages:literal, $one:literal, $several:literal, $better:ident;)+) => {
        /// Of each fate, in the order of columns: delivery comes first.
        const LABELS: &[Label] = &[$(Label { one: $one, several: $several }),+];
    };
}

for_each_fate!(labels);

const MOST_BINS: usize = 120;

/// What happened in one run, by interval.
struct Counts {
    sent: Vec<f64>,
    delivered: Vec<f64>,
    failed: Vec<Vec<f64>>,
    bytes: Option<Vec<f64>>,
}

/// What happened, over the bins that are drawn.
struct Messages<'s> {
    time: Timeline,
    bins: Vec<Range<usize>>,
    runs: Vec<Counts>,
    run: &'s RunInfo,
}

fn draw(source: &Source, title: Option<&str>) -> Result<Picture, ChartError> {
    let time = source.timeline()?;
    let data = Messages { bins: time.bins(MOST_BINS), time, runs: source.each(read)?, run: &source.run };
    let mut sheet = Sheet::new(title, &finding(&data), &source.run);
    let volume = data.runs.iter().all(|run| run.bytes.is_some());
    draw_sent(&mut sheet, &data);
    draw_failed(&mut sheet, &data, volume);
    if volume {
        draw_volume(&mut sheet, &data);
    }
    Ok(sheet.finish())
}

/// What is there for delivery, and for each other fate.
fn split<T>(of_fates: &'static [T]) -> (&'static T, &'static [T]) {
    of_fates.split_first().expect("delivery is the first fate")
}

fn read(run: &Run) -> Result<Counts, ChartError> {
    let table = run.series();
    let mut failed = Vec::new();
    let (delivered, failures) = split(timeseries::FATES);
    for column in failures {
        failed.push(table.counts(column)?);
    }
    Ok(Counts {
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

impl Messages<'_> {
    /// A count of each run as a rate.
    fn rates(&self, counts: impl Fn(&Counts) -> Vec<f64>) -> Course {
        let of_run = |run: &Counts| self.time.rates(&counts(run), &self.bins);
        over_runs(&self.runs.iter().map(of_run).collect::<Vec<Points>>())
    }

    /// A count as a rate, as the mean of the runs.
    fn mean_rates(&self, counts: impl Fn(&Counts) -> &Vec<f64>) -> Vec<f64> {
        let mut sum = vec![0.0; self.bins.len()];
        for run in &self.runs {
            let rates = self.time.rates(counts(run), &self.bins).into_iter();
            sum.iter_mut().zip(rates).for_each(|(sum, (_, rate))| *sum += rate.unwrap_or(0.0));
        }
        sum.into_iter().map(|sum| sum / self.runs.len() as f64).collect()
    }

    /// A share of all messages sent, over the whole run, as the metrics `messages.*` count them; together what the runs
    /// come to.
    fn of_sent(&self, count: impl Fn(&Counts) -> f64) -> Option<f64> {
        mean_of_runs(self.runs.iter().map(|run| share(count(run), run.sent.iter().sum())))
    }
}

fn draw_sent(sheet: &mut Sheet, data: &Messages<'_>) {
    let (sent, delivered) = (data.rates(|run| run.sent.clone()), data.rates(|run| run.delivered.clone()));
    let mut legend = vec![Entry::line("sent", SENT), Entry::line("delivered", DELIVERED)];
    legend.extend(band_key(data.runs.len()));
    let y = Axis::rate("Messages", highest(&sent).max(highest(&delivered)));
    let marks = Marks::Named(&data.run.spans);
    let frame = Frame { x: data.time.axis().untitled(), y, legend: &legend, marks };
    let mut panel = sheet.panel(290, &frame);
    if highest(&sent) == 0.0 {
        panel.note("no messages");
    }
    panel.course(&sent, SENT);
    panel.course(&delivered, DELIVERED);
}

fn draw_failed(sheet: &mut Sheet, data: &Messages<'_>, more: bool) {
    let fates = split(LABELS).1;
    let rates: Vec<Vec<f64>> =
        (0..fates.len()).map(|fate| data.mean_rates(|run| &run.failed[fate])).collect();
    let stacked = |bin: usize, parts: usize| rates[..parts].iter().map(|rates| rates[bin]).sum::<f64>();
    let total = data.rates(|run| sums(&run.failed));
    let most = (0..data.bins.len()).map(|bin| stacked(bin, rates.len())).fold(highest(&total), f64::max);
    let occurring =
        fates.iter().zip(COLOURS).zip(&rates).filter(|(_, rates)| rates.iter().any(|rate| *rate > 0.0));
    let mut legend: Vec<Entry> =
        occurring.map(|((label, colour), _)| Entry::fill(label.one, colour)).collect();
    if data.runs.len() > 1 && most > 0.0 {
        legend.push(Entry::words(format!(
            "mean of the runs; dashed: the sum, {}",
            band_words(data.runs.len())
        )));
    }
    let x = if more { data.time.axis().untitled() } else { data.time.axis() };
    let y = Axis::rate("Undelivered messages", most);
    let frame = Frame { x, y, legend: &legend, marks: Marks::Bare(&data.run.spans) };
    let mut panel = sheet.panel(270, &frame);
    if most == 0.0 {
        panel.note("none");
    }
    for (part, colour) in (0..fates.len()).zip(COLOURS) {
        let steps = data.bins.iter().enumerate().flat_map(|(bin, intervals)| {
            let bounds = Some((stacked(bin, part), stacked(bin, part + 1)));
            let (from, to) = data.time.span(intervals);
            [(from, bounds), (to, bounds)]
        });
        panel.band(steps, colour);
        for (bin, intervals) in data.bins.iter().enumerate().filter(|(bin, _)| rates[part][*bin] > 0.0) {
            let (from, to) = data.time.span(intervals);
            panel.tell_value(f64::midpoint(from, to), fates[part].one, rates[part][bin]);
        }
    }
    if data.runs.len() > 1 && most > 0.0 {
        panel.line(total.iter().map(|(x, among)| (*x, among.map(|among| among.low))), TOTAL);
        panel.line(total.iter().map(|(x, among)| (*x, among.map(|among| among.high))), TOTAL);
    }
}

/// The sum of several counts, by interval.
fn sums(counts: &[Vec<f64>]) -> Vec<f64> {
    let intervals = counts.first().map_or(0, Vec::len);
    (0..intervals).map(|interval| counts.iter().map(|counts| counts[interval]).sum()).collect()
}

fn draw_volume(sheet: &mut Sheet, data: &Messages<'_>) {
    let bits = |run: &Counts| run.bytes.iter().flatten().map(|bytes| bytes * 8.0).collect();
    let rates = data.rates(bits);
    let y = Axis::bitrate("Data sent, headers included", highest(&rates));
    let frame = Frame { x: data.time.axis(), y, legend: &[], marks: Marks::Bare(&data.run.spans) };
    sheet.panel(230, &frame).course(&rates, VOLUME);
}

/// Of the whole run: it counts in the metrics, too.
fn finding(data: &Messages<'_>) -> String {
    let Some(arrived) = data.of_sent(|run| run.delivered.iter().sum()) else {
        return "What became of messages over time: no messages".to_owned();
    };
    let fates = split(LABELS).1.iter().enumerate();
    let failed = fates.filter_map(|(fate, label)| {
        Some((data.of_sent(|run| run.failed[fate].iter().sum())?, label.several))
    });
    let worst = failed.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(part, _)| *part > 0.0);
    let rest = match worst {
        Some((part, reason)) => format!(", {} {reason}", percent(part)),
        None if arrived < 1.0 => ", the others still under way".to_owned(),
        None => String::new(),
    };
    format!("What became of messages in the whole run: {} delivered{rest}", percent(arrived))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fate_but_delivery_has_a_colour_of_its_own() {
        assert!(split(LABELS).1.len() <= COLOURS.len());
        for colour in COLOURS {
            assert_eq!(COLOURS.iter().filter(|other| **other == colour).count(), 1);
        }
    }
}

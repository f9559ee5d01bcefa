//! What became of messages over time.

use std::ops::Range;

use super::axis::Axis;
use super::data::Table;
use super::legend::Entry;
use super::panel::{Frame, Panel};
use super::picture::Picture;
use super::scale::percent;
use super::sheet::{Rect, Sheet};
use super::source::Source;
use super::stats::share;
use super::style::{AMBER, BLUE, Colour, DASHED, GREEN, INK, PURPLE, SOLID, Stroke, VERMILION};
use super::timeline::Timeline;
use super::{ChartError, Kind};

pub(super) const KIND: Kind = Kind {
    name: "messages",
    needs: "the fates of messages in timeseries.csv",
    has_data: |source| source.has_series("messages_sent_count"),
    draw,
};

const SENT: Stroke = Stroke::new(INK, SOLID);
const DELIVERED: Stroke = Stroke::new(BLUE, DASHED);
const VOLUME: Stroke = Stroke::new(GREEN, SOLID);

/// Fates other than delivery, from the bottom of the stack.
const FAILED: [(&str, &str, &str, Colour); 3] = [
    ("messages_dropped_queue_count", "dropped by a full queue", "full queues drop", VERMILION),
    ("messages_to_offline_count", "to a host that was offline", "offline hosts miss", PURPLE),
    ("messages_lost_count", "lost on the path", "paths lose", AMBER),
];

const MOST_BINS: usize = 240;

struct Counts {
    sent: Vec<f64>,
    delivered: Vec<f64>,
    failed: Vec<Vec<f64>>,
}

fn draw(source: &Source, title: Option<&str>) -> Result<Picture, ChartError> {
    let table = source.series();
    let time = Timeline::read(table)?;
    let bins = time.bins(MOST_BINS);
    let counts = read(table)?;
    let bytes = if table.has("bytes_sent_B") { Some(table.counts("bytes_sent_B")?) } else { None };

    let height = if bytes.is_some() { 1400 } else { 1060 };
    let mut sheet = Sheet::new(height, title, &finding(&counts), &source.facts);
    let rows = sheet.rows(if bytes.is_some() { &[1.2, 1.2, 1.0] } else { &[1.0, 1.0] });
    let lines = [("sent", &counts.sent, SENT), ("delivered", &counts.delivered, DELIVERED)]
        .map(|(label, counts, stroke)| (label, time.rates(counts, &bins), stroke));
    let legend: Vec<Entry> = lines.iter().map(|(label, _, stroke)| Entry::line(*label, *stroke)).collect();
    let y = Axis::from_zero(
        "Messages (1/s)",
        lines.iter().map(|(_, rates, _)| highest(rates)).fold(0.0, f64::max),
    );
    let frame = Frame { x: time.axis().untitled(), y, legend: &legend, spans: &source.facts.spans };
    let mut panel = Panel::open(&mut sheet.picture, rows[0], frame);
    if counts.sent.iter().sum::<f64>() == 0.0 {
        panel.note("no messages");
    }
    for (_, rates, stroke) in lines {
        panel.line(rates, stroke);
    }
    draw_failed(&mut sheet.picture, rows[1], &time, &bins, &counts.failed);
    if let Some(bytes) = bytes {
        draw_volume(&mut sheet.picture, rows[2], &time, &bins, &bytes);
    }
    Ok(sheet.picture)
}

fn read(table: &Table) -> Result<Counts, ChartError> {
    let mut failed = Vec::new();
    for (column, ..) in FAILED {
        failed.push(table.counts(column)?);
    }
    Ok(Counts {
        sent: table.counts("messages_sent_count")?,
        delivered: table.counts("messages_delivered_count")?,
        failed,
    })
}

fn draw_failed(
    picture: &mut Picture,
    rect: Rect,
    time: &Timeline,
    bins: &[Range<usize>],
    failed: &[Vec<f64>],
) {
    let rates: Vec<Vec<f64>> = failed
        .iter()
        .map(|counts| time.rates(counts, bins).into_iter().map(|(_, rate)| rate.unwrap_or(0.0)).collect())
        .collect();
    let stacked = |bin: usize, parts: usize| rates[..parts].iter().map(|rates| rates[bin]).sum::<f64>();
    let most = (0..bins.len()).map(|bin| stacked(bin, FAILED.len())).fold(0.0, f64::max);
    let legend: Vec<Entry> =
        FAILED.iter().map(|(_, label, _, colour)| Entry::fill(*label, *colour)).collect();
    let y = Axis::from_zero("Messages that did not arrive (1/s)", most);
    let mut panel = Panel::open(picture, rect, Frame { x: time.axis(), y, legend: &legend, spans: &[] });
    if most == 0.0 {
        panel.note("none");
    }
    for (part, (.., colour)) in FAILED.iter().enumerate() {
        let steps = bins.iter().enumerate().flat_map(|(bin, intervals)| {
            let bounds = Some((stacked(bin, part), stacked(bin, part + 1)));
            let (from, to) = time.span(intervals);
            [(from, bounds), (to, bounds)]
        });
        panel.band(steps, *colour);
    }
}

fn draw_volume(picture: &mut Picture, rect: Rect, time: &Timeline, bins: &[Range<usize>], bytes: &[f64]) {
    let megabits: Vec<f64> = bytes.iter().map(|bytes| bytes * 8e-6).collect();
    let rates = time.rates(&megabits, bins);
    let y = Axis::from_zero("Data sent, headers included (Mbit/s)", highest(&rates));
    Panel::open(picture, rect, Frame { x: time.axis(), y, legend: &[], spans: &[] }).line(rates, VOLUME);
}

fn highest(rates: &[(f64, Option<f64>)]) -> f64 {
    rates.iter().filter_map(|(_, rate)| *rate).fold(0.0, f64::max)
}

fn finding(counts: &Counts) -> String {
    let delivered: f64 = counts.delivered.iter().sum();
    let failed =
        counts.failed.iter().zip(FAILED).map(|(counts, (_, _, verb, _))| (counts.iter().sum::<f64>(), verb));
    let failed: Vec<(f64, &str)> = failed.collect();
    let ended = delivered + failed.iter().map(|(count, _)| count).sum::<f64>();
    let Some(arrived) = share(delivered, ended) else {
        return "Fates of messages over time: no messages".to_owned();
    };
    let worst = failed.into_iter().max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(count, _)| *count > 0.0);
    match worst {
        Some((count, verb)) => {
            format!(
                "Fates of messages over time: {} arrive, {verb} {}",
                percent(arrived),
                percent(count / ended)
            )
        }
        None => "Fates of messages over time: all arrive".to_owned(),
    }
}

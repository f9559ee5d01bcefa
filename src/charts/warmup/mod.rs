//! The warm-up: from when on a run is steady, as MSER-5 finds it, on a Welch plot of each series that may tell.

mod mser;
mod series;
mod steady;

pub use series::Values;
pub use steady::{Late, late};

use super::axis::Axis;
use super::drawing::Drawing;
use super::error::ChartError;
use super::legend::Entry;
use super::marks::Marks;
use super::panel::Frame;
use super::picture::Picture;
use super::scale::duration;
use super::sheet::Sheet;
use super::source::{Run, Source};
use super::style::{BLUE, DASHED, PALE, SOLID, Stroke, VERMILION};
use super::timeline::Timeline;
use crate::metrics::families;
use steady::{Found, changes, found};

/// It is drawn for those who ask for it.
pub(super) const DRAWING: Drawing =
    Drawing { unasked: |_| Ok(false), ..Drawing::new(&families::run::WARMUP_CHART, draw) };

const EACH: Stroke = Stroke::new(PALE, SOLID).wide(3);
const SMOOTH: Stroke = Stroke::new(BLUE, SOLID);
const STEADY: Stroke = Stroke::new(VERMILION, DASHED).wide(4);

/// The moving average reaches over this part of the intervals, half of it on each side.
const PART: usize = 10;

fn draw(source: &Source, title: Option<&str>) -> Result<Picture, ChartError> {
    let time = source.timeline()?;
    let tables: Vec<_> = source.runs.iter().map(Run::series).collect();
    let all = found(&tables, &time)?;
    let mut sheet = Sheet::new(title, &finding(&all, &time, source), &source.run);
    let half = (time.counted().end / PART / 2).max(1);
    sheet.legend(&legend(&time, source.runs.len(), half));
    for (place, found) in all.iter().enumerate() {
        let spans = &source.run.spans;
        let marks = if place == 0 { Marks::Named(spans) } else { Marks::Bare(spans) };
        let x = if place + 1 < all.len() { time.axis().untitled() } else { time.axis() };
        panel(&mut sheet, found, &time, &Frame { x, y: axis(found, &time), legend: &[], marks }, half);
    }
    if all.is_empty() {
        let y = Axis::share("What may need time to become steady (%)", 0.0);
        let frame = Frame { x: time.axis(), y, legend: &[], marks: Marks::Named(&source.run.spans) };
        sheet.panel(230, &frame).note("no intervals");
    }
    Ok(sheet.finish())
}

fn panel(sheet: &mut Sheet, found: &Found, time: &Timeline, frame: &Frame, half: usize) {
    let series = &found.series;
    let at = |place: usize, value| time.at(&(place..place + 1), value);
    let mut panel = sheet.panel(230, frame);
    panel.line((0..series.len()).map(|place| at(place, series.over(place..place + 1))), EACH);
    let smooth = series.smooth(half).into_iter().enumerate();
    panel.line(smooth.map(|(place, value)| at(place, value)), SMOOTH);
    if let Some(from) = found.from {
        panel.bound(begin(time, from), STEADY);
    }
}

fn legend(time: &Timeline, runs: usize, half: usize) -> Vec<Entry> {
    let of = if runs == 1 { "one run".to_owned() } else { format!("mean of {runs} runs") };
    let length = time.span(&(0..(2 * half + 1).min(time.len()))).1;
    vec![
        Entry::line(of, EACH),
        Entry::line(format!("moving average over {}", duration(length)), SMOOTH),
        Entry::line("found by MSER-5", STEADY),
    ]
}

/// Of the values of a series, with what is found about it.
fn axis(Found { series, from }: &Found, time: &Timeline) -> Axis {
    let values: Vec<f64> = (0..series.len()).filter_map(|place| series.over(place..place + 1)).collect();
    let most = values.iter().copied().fold(0.0, f64::max);
    let least = values.iter().copied().fold(most, f64::min);
    let title = capital(series.name);
    let axis = match series.values {
        Values::Share => Axis::share_to(&format!("{title} (%)"), if most > 0.0 { most } else { 1.0 }),
        Values::Rate => Axis::rate(&title, most),
        Values::Time => Axis::delay(&title, least, most),
    };
    let said = from.map_or_else(
        || "no steady part found".to_owned(),
        |from| format!("steady from {}", moment(begin(time, from))),
    );
    let titled = format!("{}: {said}", axis.title);
    axis.titled(&titled)
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

/// When an interval begins.
fn begin(time: &Timeline, interval: usize) -> f64 {
    time.span(&(interval..interval + 1)).0
}

fn moment(seconds: f64) -> String {
    if seconds > 0.0 { duration(seconds) } else { "the start".to_owned() }
}

/// The series that becomes steady last, beside what is declared.
fn finding(all: &[Found], time: &Timeline, source: &Source) -> String {
    let counted = time.counted().start;
    let declared = match counted {
        0 => "No warm-up is declared".to_owned(),
        counted => format!("Warm-up declared: {}", duration(begin(time, counted))),
    };
    if changes(&source.run) {
        return format!(
            "{declared}; what happens changes in the time that counts, so that nothing is steady throughout"
        );
    }
    let never = all.iter().filter(|found| found.from.is_none()).count();
    let rest = match (never, all.len()) {
        (0, _) => String::new(),
        (never, all) => format!("; no steady part found in {never} of {all} series: too short a run"),
    };
    let last =
        all.iter().filter_map(|found| Some((found.from?, found.series.name))).max_by_key(|(from, _)| *from);
    match last {
        Some((from, name)) if from > counted => {
            format!("{declared}; {name} is steady from {} on (MSER-5){rest}", moment(begin(time, from)))
        }
        Some(_) => format!("{declared}; all that is steady is so by then (MSER-5){rest}"),
        None => {
            format!("{declared}; MSER-5 finds no steady part: the run is too short, or never becomes steady")
        }
    }
}

//! Spans of simulated time above a panel: what is not counted as a ground, attacks and faults as thin lines at their
//! onset and their end.

use super::picture::{Anchor, Picture, text_width};
use super::rect::Rect;
use super::run_info::{Span, seconds};
use super::scale::given;
use super::stats::sorted;
use super::style::{INK, MUTED, SHADE, SOLID, Stroke, Type, WHITE};
use crate::units::Time;

/// Spans of time that a panel marks.
#[derive(Clone, Copy)]
pub(super) enum Marks<'a> {
    Nothing,
    /// With their names above the panel.
    Named(&'a [Span]),
    /// Their lines alone, where a panel above has the names.
    Bare(&'a [Span]),
}

/// A span's place above the drawing.
#[derive(Clone, Debug)]
pub(super) struct Lane {
    /// Nothing where a panel above has it.
    label: Option<(i32, String, Type)>,
    row: i32,
    counted: bool,
    /// From where to where it is: once, or each time.
    bars: Vec<Bar>,
}

#[derive(Clone, Copy, Debug)]
struct Bar {
    from: i32,
    /// Nothing for what goes on until the end.
    to: Option<i32>,
    right: i32,
}

const LANE: i32 = 40;
/// From the drawing to the bar above it, so that a wide line along the upper edge stays clear of it.
const ABOVE: i32 = 20;
const SPAN: Type = Type { size: 29.0, bold: false };
const ONSET: Stroke = Stroke::new(INK, &[20.0, 12.0]).wide(2);

impl Marks<'_> {
    /// The same without names.
    pub(super) fn bare(self) -> Self {
        match self {
            Marks::Named(spans) => Marks::Bare(spans),
            other => other,
        }
    }

    /// What is marked, in words, for panels that have no room for names; nothing without names.
    pub(super) fn words(self, end: f64) -> Option<String> {
        let Marks::Named(spans) = self else { return None };
        let told = |span: &Span| {
            let (label, from) = (&span.label, given(span.from));
            if span.to == span.from {
                format!("{label} at {from}")
            } else if span.to == Time::NEVER {
                format!("{label} from {from} on")
            } else {
                format!("{label} {from} to {}", given(span.to))
            }
        };
        let told: Vec<String> = spans.iter().filter(|span| seconds(span.from) < end).map(told).collect();
        (!told.is_empty()).then(|| format!("marked: {}", told.join("; ")))
    }

    /// When something that counts begins or ends, in seconds, rising: what is drawn as a line.
    pub(super) fn onsets(self) -> Vec<f64> {
        let spans = match self {
            Marks::Nothing => &[][..],
            Marks::Named(spans) | Marks::Bare(spans) => spans,
        };
        let counted = spans.iter().filter(|span| span.counted);
        let times = counted.flat_map(|span| span.times.iter().copied().chain([(span.from, span.to)]));
        let mut onsets = sorted(times.flat_map(|(from, to)| [from, to]).map(seconds).collect());
        onsets.dedup();
        onsets
    }

    /// The spans that begin within the bounds of an axis, in as few rows as keep them and their labels apart, from
    /// the top.
    pub(super) fn lanes(self, (_, end): (f64, f64), place: impl Fn(f64) -> i32) -> Vec<Lane> {
        let (spans, named) = match self {
            Marks::Nothing => return Vec::new(),
            Marks::Named(spans) => (spans, true),
            Marks::Bare(spans) => (spans, false),
        };
        let right = place(f64::MAX);
        let mut taken: Vec<i32> = Vec::new();
        let mut lane = |span: &Span| {
            let (from, to) = (place(seconds(span.from)), place(seconds(span.to)));
            let bar = |(from, to): (Time, Time)| {
                let (left, right) = (place(seconds(from)), place(seconds(to)));
                Bar { from: left, to: (seconds(to) < end).then_some(right), right: right.max(left + 2) }
            };
            let once = [(span.from, span.to)];
            let times = if span.times.is_empty() { &once[..] } else { &span.times };
            let font = fitting(&span.label, right - place(0.0));
            let width = text_width(&span.label, font);
            let text_at = from.min(right - width).max(place(0.0));
            let row = taken.iter().position(|&end| end < text_at).unwrap_or(taken.len());
            let until = to.max(text_at + width) + 12;
            match taken.get_mut(row) {
                Some(taken) => *taken = until,
                None => taken.push(until),
            }
            Lane {
                label: named.then(|| (text_at, span.label.clone(), font)),
                row: if named { row as i32 } else { 0 },
                counted: span.counted,
                bars: times.iter().copied().filter(|(from, _)| seconds(*from) < end).map(bar).collect(),
            }
        };
        spans.iter().filter(|span| seconds(span.from) < end).map(&mut lane).collect()
    }
}

/// The type in which a label is no wider than this.
fn fitting(label: &str, width: i32) -> Type {
    let taken = text_width(label, SPAN).max(1);
    // A little less than in proportion, since letters are rounded to pixels.
    let part = (0.95 * f64::from(width) / f64::from(taken)).min(1.0);
    if taken <= width { SPAN } else { Type { size: (SPAN.size * part).max(1.0), ..SPAN } }
}

/// What the lanes need above the drawing, in pixels.
pub(super) fn height(lanes: &[Lane]) -> i32 {
    LANE * lanes.iter().filter(|lane| lane.label.is_some()).map(|lane| lane.row + 1).max().unwrap_or(0)
}

pub(super) fn draw(picture: &mut Picture, lanes: &[Lane], plot: Rect) {
    let rows = height(lanes) / LANE;
    for bar in lanes.iter().filter(|lane| !lane.counted).flat_map(|lane| &lane.bars) {
        picture.rectangle((bar.from, plot.top), (bar.right, plot.bottom), SHADE);
    }
    for lane in lanes {
        let base = plot.top - ABOVE - (rows - 1 - lane.row) * LANE;
        let top = if lane.label.is_some() { base } else { plot.top };
        if lane.counted {
            for x in lane.bars.iter().flat_map(|bar| std::iter::once(bar.from).chain(bar.to)) {
                picture.above(|picture| draw_onset(picture, x, (plot.bottom, top)));
            }
        }
        if let Some((at, label, font)) = &lane.label {
            for bar in &lane.bars {
                picture.rectangle((bar.from, base), (bar.right, base + 6), MUTED);
            }
            picture.text((*at, base - 15), label, *font, MUTED, Anchor::Left);
        }
    }
}

/// A thin line that is seen on any ground.
fn draw_onset(picture: &mut Picture, x: i32, (bottom, top): (i32, i32)) {
    let points = vec![(x, bottom), (x, top)];
    picture.line(points.clone(), Stroke::new(WHITE.fade(0.7), SOLID).wide(4));
    picture.line(points, ONSET);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::charts::render;
    use crate::units::Duration;

    fn span(label: &str, from: f64, to: f64) -> Span {
        let at = |seconds: f64| Time::ZERO + Duration::from_seconds(seconds);
        Span::new(label.to_owned(), at(from), at(to))
    }

    #[test]
    fn marks_are_told_in_the_times_that_the_scenario_has() {
        let spans = [
            span("outage", 2000.0, 5400.0),
            span("join: late", 3600.0, 3600.0),
            span("work", 100.0, 19_970.0),
            span("attack", 90.0, f64::MAX),
        ];
        let told = Marks::Named(&spans).words(19_970.0).expect("there are some").replace('\u{A0}', " ");
        assert_eq!(
            told,
            "marked: outage 2000 s to 90 min; join: late at 1 h; work 100 s to 19970 s; attack from 90 s on"
        );
        assert_eq!(Marks::Bare(&spans).words(1.0), None);
    }

    #[test]
    fn an_onset_and_an_end_are_lines_and_what_lasts_has_no_end() {
        let spans = [span("outage", 20.0, 40.0), span("slander", 60.0, f64::MAX)];
        let lanes = Marks::Named(&spans).lanes((0.0, 100.0), |time| time.min(100.0) as i32 * 10);
        let bars = |lane: &Lane| lane.bars.iter().map(|bar| (bar.from, bar.to)).collect::<Vec<_>>();
        assert_eq!(lanes.iter().map(bars).collect::<Vec<_>>(), [[(200, Some(400))], [(600, None)]]);
    }

    #[test]
    fn what_comes_again_has_a_line_for_each_beginning_and_end() {
        let at = |seconds: f64| Time::ZERO + Duration::from_seconds(seconds);
        let times = vec![(at(20.0), at(30.0)), (at(60.0), at(70.0)), (at(100.0), at(110.0))];
        let spans = [Span { times, ..span("outage", 20.0, f64::MAX) }];
        let lanes = Marks::Named(&spans).lanes((0.0, 100.0), |time| time.min(100.0) as i32 * 10);
        let bars: Vec<_> = lanes[0].bars.iter().map(|bar| (bar.from, bar.to)).collect();
        assert_eq!((lanes.len(), bars), (1, vec![(200, Some(300)), (600, Some(700))]));
        let onsets = Marks::Named(&spans).onsets();
        assert_eq!(onsets[..6], [20.0, 30.0, 60.0, 70.0, 100.0, 110.0]);
    }

    proptest! {
        #[test]
        fn names_of_spans_never_collide(
            spans in prop::collection::vec(("[a-z ]{1,40}|[a-z_]{90,200}", 0.0..100.0_f64, 0.0..60.0_f64), 1..12)
        ) {
            render::register_fonts();
            let spans: Vec<Span> =
                spans.iter().map(|(label, from, length)| span(label, *from, from + length)).collect();
            let lanes = Marks::Named(&spans).lanes((0.0, 100.0), |time| (time.min(100.0) * 14.0) as i32);
            let mut taken: Vec<Rect> = Vec::new();
            for lane in lanes {
                let (at, label, font) = lane.label.expect("all have names");
                prop_assert!(at + text_width(&label, font) <= 1400, "{label} leaves the panel");
                let bar = lane.bars[0];
                let left = at.min(bar.from);
                let right = (at + text_width(&label, font)).max(bar.right);
                let rect = Rect::at((left, lane.row * LANE), (right - left, LANE));
                prop_assert!(taken.iter().all(|other| !other.overlaps(rect)), "{rect:?} {taken:?}");
                taken.push(rect);
            }
        }
    }
}

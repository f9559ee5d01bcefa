//! A panel: a heading, keys, two axes, and what is drawn between them.

use super::axis::Axis;
use super::legend::{self, Entry};
use super::picture::{Anchor, Picture, Point, shorten, text_width};
use super::run_info::Span;
use super::scale::Scale;
use super::sheet::Rect;
use super::style::{
    BODY, Colour, FRAME, GRID, HEADING, INK, MUTED, Marker, SOLID, Stroke, Type, WHITE, grey,
};

/// What surrounds a panel's drawing. The vertical axis' title is the panel's heading.
pub(super) struct Frame<'a> {
    pub x: Axis,
    pub y: Axis,
    pub legend: &'a [Entry],
    /// Spans of simulated time to mark above the drawing.
    pub spans: &'a [Span],
}

/// The area between two axes.
pub(super) struct Panel<'a> {
    picture: &'a mut Picture,
    plot: Rect,
    x: Scale,
    y: Scale,
}

const TICK_GAP: i32 = 14;
const TICK: i32 = 8;
const Y_TICK_SPACING: usize = 52;
const X_TICK_SPACING: usize = 140;
const LEAST_GUTTER: i32 = 112;
const LINE_HEIGHT: i32 = 40;
/// From the edge of the drawing to the middle of a label within.
const LABEL_INSET: i32 = LINE_HEIGHT / 2 + 8;
const LANE: i32 = 40;
/// Spans that would need more rows than this stay without a label.
const MOST_LANES: usize = 3;
/// Pixels between the markers of a line.
const MARKER_SPACING: i32 = 130;

impl<'a> Panel<'a> {
    /// Draws heading, keys, spans, grid and axes into the rectangle.
    pub(super) fn open(picture: &'a mut Picture, rect: Rect, frame: &Frame) -> Panel<'a> {
        let heading = shorten(&frame.y.title, HEADING, rect.width());
        picture.text((rect.left, rect.top + HEADING.leading() / 2), &heading, HEADING, INK, Anchor::Left);
        let mut top = rect.top + HEADING.leading() + 6;
        top += legend::draw(picture, frame.legend, (rect.left, top), rect.width());
        let below = LINE_HEIGHT * if frame.x.title.is_empty() { 1 } else { 2 };
        let bottom = (rect.bottom - below - TICK).max(top + 20);
        let y_ticks = frame.y.ticks((bottom - top).unsigned_abs() as usize / Y_TICK_SPACING);
        let widest = y_ticks.iter().map(|(_, label)| text_width(label, BODY)).max().unwrap_or(0);
        let left = rect.left + LEAST_GUTTER.max(widest + TICK_GAP);
        let x_ticks = frame.x.ticks((rect.right - left).unsigned_abs() as usize / X_TICK_SPACING);
        let last = x_ticks.last().map_or(0, |(_, label)| text_width(label, BODY) / 2);
        let right = rect.right - last.max(12);
        let end = frame.x.scale.bounds().1;
        let spans = frame.spans.iter().filter(|span| span.from < end);
        let lanes = lanes(spans, |time| place(frame.x.scale, time, left, right));
        top += 18 + LANE * lanes.iter().map(|lane| lane.row + 1).max().unwrap_or(0);
        let plot = Rect { left, right, top: top.min(bottom - 20), bottom };
        let mut panel = Panel { picture, plot, x: frame.x.scale, y: frame.y.scale };
        panel.draw_spans(&lanes);
        panel.draw_y_ticks(&y_ticks);
        panel.draw_x_ticks(&x_ticks, &frame.x.title);
        panel
    }

    /// A line through the values; it is interrupted where there is none, and a value on its own is a dot.
    pub(super) fn line(&mut self, points: impl IntoIterator<Item = (f64, Option<f64>)>, stroke: Stroke) {
        let (mut run, mut marked) = (Vec::new(), self.plot.left);
        for (x, y) in points {
            match y {
                Some(y) => run.push(self.point(x, y)),
                None => self.draw_run(std::mem::take(&mut run), stroke, &mut marked),
            }
        }
        self.draw_run(run, stroke, &mut marked);
    }

    /// The area between two values at each place, interrupted where there are none.
    pub(super) fn band(
        &mut self,
        points: impl IntoIterator<Item = (f64, Option<(f64, f64)>)>,
        colour: Colour,
    ) {
        let (mut low, mut high) = (Vec::new(), Vec::new());
        for (x, bounds) in points {
            match bounds {
                Some(bounds) => {
                    low.push(self.point(x, bounds.0));
                    high.push(self.point(x, bounds.1));
                }
                None => self.draw_band(std::mem::take(&mut low), std::mem::take(&mut high), colour),
            }
        }
        self.draw_band(low, high, colour);
    }

    /// A marker of `radius` pixels.
    pub(super) fn dot(&mut self, x: f64, y: f64, marker: Marker, radius: i32, colour: Colour) {
        let at = self.point(x, y);
        self.picture.marker(at, marker, radius, colour);
    }

    /// A horizontal line at a value.
    pub(super) fn level(&mut self, value: f64, stroke: Stroke) {
        let y = self.point(0.0, value).1;
        self.picture.line(vec![(self.plot.left, y), (self.plot.right, y)], stroke);
    }

    /// A vertical line at a value with a label where a rising curve leaves room: at the bottom on its right, or else
    /// at the top on its left. `row` keeps the labels of several apart.
    pub(super) fn moment(&mut self, value: f64, label: &str, row: i32, stroke: Stroke) {
        let x = self.upright(value, stroke);
        let inset = LABEL_INSET + row * LINE_HEIGHT;
        if x + text_width(label, BODY) + 20 < self.plot.right {
            self.tag((x + 14, self.plot.bottom - inset), label, Anchor::Left, INK);
        } else {
            self.tag((x - 14, self.plot.top + inset), label, Anchor::Right, INK);
        }
    }

    /// A vertical line at a value that ends what curves show, with a label at the bottom on its left.
    pub(super) fn limit(&mut self, value: f64, label: &str, stroke: Stroke) {
        let x = self.upright(value, stroke);
        self.tag((x - 14, self.plot.bottom - LABEL_INSET), label, Anchor::Right, INK);
    }

    /// A marked value on a rising curve, with a label where the curve leaves room: above it on the left, or else
    /// below it on the right.
    pub(super) fn mark(&mut self, x: f64, y: f64, text: &str, colour: Colour) {
        let at = self.point(x, y);
        self.picture.marker(at, Marker::Disc, 10, colour);
        let (top, bottom) = (self.plot.top + LINE_HEIGHT / 2, self.plot.bottom - LINE_HEIGHT / 2);
        let clamp = |y: i32| y.clamp(top, bottom.max(top));
        let width = text_width(text, BODY) + 20;
        let fits_left = at.0 - width > self.plot.left;
        let fits_right = at.0 + width < self.plot.right;
        if fits_left && (at.1 - 30 >= top || !fits_right) {
            self.tag((at.0 - 14, clamp(at.1 - 30)), text, Anchor::Right, colour);
        } else {
            self.tag((at.0 + 18, clamp(at.1 + 30)), text, Anchor::Left, colour);
        }
    }

    /// Bounds on a value: a vertical line with a foot and a head.
    pub(super) fn bracket(&mut self, x: f64, bounds: (f64, f64), stroke: Stroke) {
        let (low, high) = (self.point(x, bounds.0), self.point(x, bounds.1));
        self.picture.line(vec![low, high], stroke);
        for end in [low, high] {
            self.picture.line(vec![(end.0 - 12, end.1), (end.0 + 12, end.1)], stroke);
        }
    }

    /// Says in the middle why nothing is drawn.
    pub(super) fn note(&mut self, text: &str) {
        let middle = ((self.plot.left + self.plot.right) / 2, (self.plot.top + self.plot.bottom) / 2);
        let half = (text_width(text, HEADING) / 2 + 12, HEADING.leading() / 2);
        let corners = ((middle.0 - half.0, middle.1 - half.1), (middle.0 + half.0, middle.1 + half.1));
        self.picture.rectangle(corners.0, corners.1, WHITE);
        self.picture.text(middle, text, HEADING, MUTED, Anchor::Middle);
    }

    fn upright(&mut self, value: f64, stroke: Stroke) -> i32 {
        let x = self.point(value, 0.0).0;
        self.picture.line(vec![(x, self.plot.bottom), (x, self.plot.top)], stroke);
        x
    }

    fn point(&self, x: f64, y: f64) -> Point {
        let across = place(self.x, x, self.plot.left, self.plot.right);
        (across, place(self.y, y, self.plot.bottom, self.plot.top))
    }

    /// Draws a piece of a line, with a marker at the first point from `marked` on and at intervals after it.
    fn draw_run(&mut self, run: Vec<Point>, stroke: Stroke, marked: &mut i32) {
        if let [alone] = run[..] {
            self.picture.marker(alone, stroke.marker.unwrap_or(Marker::Disc), 6, stroke.colour);
            return;
        }
        if let Some(marker) = stroke.marker {
            for &point in &run {
                if point.0 >= *marked {
                    self.picture.marker(point, marker, 9, stroke.colour);
                    *marked = point.0 + MARKER_SPACING;
                }
            }
        }
        self.picture.line(run, stroke);
    }

    fn draw_band(&mut self, mut low: Vec<Point>, high: Vec<Point>, colour: Colour) {
        if let ([low], [high]) = (&low[..], &high[..]) {
            self.picture.rectangle((low.0 - 6, low.1), (high.0 + 6, high.1), colour);
            return;
        }
        low.extend(high.into_iter().rev());
        self.picture.area(low, colour);
    }

    /// Text on a white ground, so that it is legible across lines.
    fn tag(&mut self, (x, y): Point, text: &str, anchor: Anchor, colour: Colour) {
        let width = text_width(text, BODY);
        let left = if anchor == Anchor::Right { x - width } else { x };
        self.picture.rectangle((left - 4, y - 18), (left + width + 4, y + 18), WHITE.fade(0.8));
        self.picture.text((x, y), text, BODY, colour, anchor);
    }

    fn draw_y_ticks(&mut self, ticks: &[(f64, String)]) {
        let plot = self.plot;
        for (value, label) in ticks {
            let y = self.point(0.0, *value).1;
            self.picture.line(vec![(plot.left, y), (plot.right, y)], THIN);
            self.picture.text((plot.left - TICK_GAP, y), label, BODY, INK, Anchor::Right);
        }
    }

    fn draw_x_ticks(&mut self, ticks: &[(f64, String)], title: &str) {
        let plot = self.plot;
        let axis = Stroke { colour: FRAME, ..THIN };
        let mut free = i32::MIN;
        for (value, label) in ticks {
            let x = self.point(*value, 0.0).0;
            self.picture.line(vec![(x, plot.top), (x, plot.bottom)], THIN);
            self.picture.line(vec![(x, plot.bottom), (x, plot.bottom + TICK)], axis);
            let half = text_width(label, BODY) / 2;
            if x - half > free {
                let at = (x, plot.bottom + TICK + LINE_HEIGHT / 2);
                self.picture.text(at, label, BODY, INK, Anchor::Middle);
                free = x + half + 14;
            }
        }
        self.picture
            .line(vec![(plot.left, plot.top), (plot.left, plot.bottom), (plot.right, plot.bottom)], axis);
        let middle = ((plot.left + plot.right) / 2, plot.bottom + TICK + LINE_HEIGHT + LINE_HEIGHT / 2);
        self.picture.text(middle, &shorten(title, BODY, plot.width()), BODY, INK, Anchor::Middle);
    }

    fn draw_spans(&mut self, lanes: &[Lane]) {
        let top = self.plot.top;
        let rows = lanes.iter().map(|lane| lane.row + 1).max().unwrap_or(0);
        for lane in lanes {
            let base = top - 12 - (rows - 1 - lane.row) * LANE;
            self.picture.rectangle((lane.from, top), (lane.to, self.plot.bottom), grey(0xF2));
            self.picture.rectangle((lane.from, base), (lane.to, base + 6), MUTED);
            self.picture.text((lane.text_at, base - 15), &lane.label, SPAN, MUTED, Anchor::Left);
        }
    }
}

const THIN: Stroke = Stroke::new(GRID, SOLID).wide(2);
const SPAN: Type = Type { size: 29.0, bold: false };

/// A span's place above the drawing.
struct Lane {
    label: String,
    row: i32,
    from: i32,
    to: i32,
    text_at: i32,
}

/// Puts spans into as few rows as keep them and their labels apart, from the top.
fn lanes<'a>(spans: impl Iterator<Item = &'a Span>, place: impl Fn(f64) -> i32) -> Vec<Lane> {
    let right = place(f64::MAX);
    let mut taken: Vec<i32> = Vec::new();
    spans
        .map(|span| {
            let from = place(span.from);
            let to = place(span.to).max(from + 2);
            let width = text_width(&span.label, SPAN);
            let text_at = from.min(right - width);
            let row = taken.iter().position(|&end| end < text_at).unwrap_or(taken.len());
            let end = to.max(text_at + width) + 12;
            match taken.get_mut(row) {
                Some(taken) => *taken = end,
                None => taken.push(end),
            }
            let label = if row < MOST_LANES { span.label.clone() } else { String::new() };
            Lane { label, row: row.min(MOST_LANES - 1) as i32, from, to, text_at }
        })
        .collect()
}

fn place(scale: Scale, value: f64, from: i32, to: i32) -> i32 {
    from + (scale.place(value) * f64::from(to - from)).round() as i32
}

//! A panel: a heading, keys, two axes, and what is drawn between them.

use super::axis::Axis;
use super::course::{Among, Course};
use super::labels::Labels;
use super::legend::{self, ENDLESS, ENDLESS_RADIUS, Entry, Key};
use super::marks::{self, Lane, Marks};
use super::picture::{Anchor, Picture, Point, text_width, wrap};
use super::pointer::{Reading, Way};
use super::rect::Rect;
use super::scale::Scale;
use super::style::{
    BODY, Colour, DOTTED, FRAME, GRID, HEADING, INK, MUTED, Marker, SOLID, Stroke, Type, WHITE,
};

/// What surrounds a panel's drawing. The vertical axis' title is the panel's heading.
pub(super) struct Frame<'a> {
    pub x: Axis,
    pub y: Axis,
    pub legend: &'a [Entry],
    pub marks: Marks<'a>,
}

/// Where a panel is put.
#[derive(Clone, Copy)]
pub(super) struct Site {
    /// Its left and right edge.
    pub edges: (i32, i32),
    pub top: i32,
    /// Height of its drawing.
    pub height: i32,
    /// Of its heading.
    pub font: Type,
    /// Whether the axes have their labels here, across and upright: panels of a grid share them.
    pub labelled: (bool, bool),
}

/// Where the parts of a panel are.
pub(super) struct Layout {
    site: Site,
    heading: Vec<String>,
    lanes: Vec<Lane>,
    pub plot: Rect,
    y_ticks: Vec<(f64, String)>,
    x_ticks: Vec<(f64, String)>,
    x_title: Vec<String>,
    pub bottom: i32,
}

/// The area between two axes.
pub(super) struct Panel<'a> {
    picture: &'a mut Picture,
    plot: Rect,
    x: Axis,
    y: Axis,
    legend: &'a [Entry],
    /// What bands are.
    note: String,
    /// Places across at which marked times are, rising.
    onsets: Vec<f64>,
    labels: Labels,
    /// Where signs for what is longer than any time are.
    signs: Vec<Rect>,
}

const TICK_GAP: i32 = 14;
const TICK: i32 = 8;
const Y_TICK_SPACING: i32 = 52;
const X_TICK_SPACING: i32 = 140;
const LEAST_GUTTER: i32 = 112;
const LINE_HEIGHT: i32 = 40;
/// Half the height of a label's ground.
const LABEL_HALF: i32 = 18;
/// From the edge of the drawing to the middle of a label within.
const LABEL_INSET: i32 = LINE_HEIGHT / 2 + 8;
/// Pixels between the markers of a line.
const MARKER_SPACING: i32 = 130;
/// From the upper edge of the drawing to the middle of a sign for what is longer than any time.
const ENDLESS_INSET: i32 = 15;
/// No line leads to such a sign from nearer than this: of many, none would be seen.
const LEAST_LEAD: i32 = 60;
/// How much of a line's colour its band has.
const BAND: f64 = 0.22;

impl Layout {
    pub(super) fn of(frame: &Frame, site: Site) -> Layout {
        let Site { edges: (left, right), height, font, labelled, .. } = site;
        let heading = wrap(&frame.y.title, font, right - left);
        let keys = legend::height(frame.legend, right - left);
        let from = left + if labelled.1 { gutter(&frame.y, height) } else { 0 };
        let x_ticks = frame.x.ticks(((right - from) / X_TICK_SPACING).unsigned_abs() as usize);
        let last = x_ticks.last().map_or(0, |(_, label)| text_width(label, BODY) / 2);
        let to = right - last.max(12);
        let lanes = frame.marks.lanes(frame.x.scale.bounds(), |time| place(frame.x.scale, time, from, to));
        let named = marks::height(&lanes);
        let above = if keys + named > 0 || font == HEADING { 26 } else { 8 };
        let begin = site.top + heading.len() as i32 * font.leading() + 6 + keys + above + named;
        let mut layout = Layout {
            site,
            heading,
            lanes,
            plot: Rect { left: from, right: to, top: begin, bottom: begin + height },
            y_ticks: y_ticks(&frame.y, height),
            x_ticks,
            x_title: wrap(&frame.x.title, BODY, to - from),
            bottom: 0,
        };
        layout.begin_at(begin);
        layout
    }

    /// Moves the drawing, and what is below it, down to a line.
    pub(super) fn begin_at(&mut self, top: i32) {
        self.plot = Rect { top, bottom: top + self.plot.height(), ..self.plot };
        let lines = if self.site.labelled.0 { 1 + self.x_title.len() as i32 } else { 0 };
        self.bottom = self.plot.bottom + TICK + LINE_HEIGHT * lines;
    }
}

/// Room for the labels of an upright axis of this height.
pub(super) fn gutter(axis: &Axis, height: i32) -> i32 {
    let widest = y_ticks(axis, height).iter().map(|(_, label)| text_width(label, BODY)).max().unwrap_or(0);
    LEAST_GUTTER.max(widest + TICK_GAP)
}

fn y_ticks(axis: &Axis, height: i32) -> Vec<(f64, String)> {
    axis.ticks((height / Y_TICK_SPACING).unsigned_abs() as usize)
}

impl<'a> Panel<'a> {
    /// Draws heading, keys, marks, grid and axes.
    pub(super) fn open(picture: &'a mut Picture, frame: &'a Frame<'_>, layout: &Layout) -> Panel<'a> {
        let Site { edges: (left, right), mut top, font, labelled, .. } = layout.site;
        for line in &layout.heading {
            picture.text((left, top + font.leading() / 2), line, font, INK, Anchor::Left);
            top += font.leading();
        }
        legend::draw(picture, frame.legend, (left, top + 6), right - left);
        marks::draw(picture, &layout.lanes, layout.plot);
        let (plot, labels) = (layout.plot, Labels::new(layout.plot));
        let (onsets, signs, legend) = (frame.marks.onsets(), Vec::new(), frame.legend);
        let note = legend.iter().find_map(Entry::of_bands).unwrap_or_default().to_owned();
        let (x, y) = (frame.x.clone(), frame.y.clone());
        let mut panel = Panel { picture, plot, x, y, legend, note, onsets, labels, signs };
        panel.draw_y_ticks(&layout.y_ticks, labelled.1);
        panel.draw_x_ticks(&layout.x_ticks, labelled.0.then_some(&layout.x_title[..]));
        panel
    }

    /// A line through the values; it is interrupted where there is none, and a value on its own is a dot. Between values
    /// on both sides of an onset it changes at the onset, not before ([`held`]). If it is in the legend, its values are told
    /// under the pointer.
    pub(super) fn line(&mut self, points: impl IntoIterator<Item = (f64, Option<f64>)>, stroke: Stroke) {
        let points: Vec<(f64, Option<f64>)> = points.into_iter().collect();
        if let Some(name) = self.name_of(stroke) {
            for (x, y) in points.iter().filter_map(|(x, y)| Some((*x, (*y)?))) {
                self.tell_value(x, name, y);
            }
        }
        self.trace(points, stroke);
    }

    /// What the legend calls a line.
    fn name_of(&self, stroke: Stroke) -> Option<&'a str> {
        let bare = |stroke: Stroke| Stroke { marker: None, ..stroke };
        let is_it = |entry: &&Entry| matches!(entry.key, Key::Line(other) if bare(other) == bare(stroke));
        self.legend.iter().find(is_it).map(|entry| entry.label.as_str())
    }

    /// The same of a course; of one that is the panel's only one, what the panel is about.
    fn name_of_course(&self, stroke: Stroke) -> String {
        let name = self.name_of(stroke).filter(|name| *name != "mean");
        name.unwrap_or(self.y.what()).to_owned()
    }

    /// Says under the pointer what bands are, where the legend does not.
    pub(super) fn explain(&mut self, note: &str) {
        note.clone_into(&mut self.note);
    }

    /// Tells those who point at a place across what is there.
    pub(super) fn tell(&mut self, x: f64, name: &str, value: &str) {
        let (at, place) = (self.point(x, 0.0).0, self.x.place_told(x));
        self.tell_at(Way::Across, (at, place), name, value);
    }

    fn tell_at(&mut self, way: Way, (at, place): (i32, String), name: &str, value: &str) {
        let (value, note) = (format!("{name}: {value}"), self.note.clone());
        self.picture.tell(Reading { plot: self.plot, way, at, place, value, note });
    }

    /// The same of what several runs come to.
    pub(super) fn tell_among(&mut self, x: f64, name: &str, among: Among) {
        let told = told(&self.y, among);
        self.tell(x, name, &told);
    }

    /// The same of a value of the upright axis.
    pub(super) fn tell_value(&mut self, x: f64, name: &str, value: f64) {
        let told = self.y.told(value);
        self.tell(x, name, &told);
    }

    /// Tells those who point so many pixels above or below a height.
    pub(super) fn hint(&mut self, y: f64, half: i32, text: &str) {
        let middle = self.point(0.0, y).1;
        self.picture.hint(Rect { top: middle - half, bottom: middle + half, ..self.plot }, text);
    }

    fn trace(&mut self, points: Vec<(f64, Option<f64>)>, stroke: Stroke) {
        self.draw_markers(&points, stroke);
        let mut run = Vec::new();
        for (x, y) in held(points, &self.onsets) {
            match y {
                Some(y) => run.push(self.point(x, y)),
                None => self.draw_run(std::mem::take(&mut run), stroke),
            }
        }
        self.draw_run(run, stroke);
    }

    /// The medians of several runs as a line, on the band that their values span. What is longer than any time has a
    /// sign of its own on the upper edge, which [`Entry::endless`] explains; a dotted line leads there from far away, so that it is
    /// seen whose it is.
    pub(super) fn course(&mut self, course: &Course, stroke: Stroke) {
        if course.iter().any(|(_, among)| among.is_some_and(|among| among.low < among.high)) {
            // Where all are longer than any time there is no band, and none leads there.
            let among = |among: &Option<Among>| among.filter(|among| among.low.is_finite());
            let bounds = |(x, all): &(f64, Option<Among>)| (*x, among(all).map(|all| (all.low, all.high)));
            let bounds = course.iter().map(bounds);
            self.band(bounds, stroke.colour.fade(BAND));
        }
        let name = self.name_of_course(stroke);
        for (x, among) in course.iter().filter_map(|(x, among)| Some((*x, (*among)?))) {
            self.tell_among(x, &name, among);
        }
        let mids = || course.iter().map(|(x, among)| (*x, among.map(|among| among.mid)));
        self.trace(mids().map(|(x, mid)| (x, mid.filter(|mid| mid.is_finite()))).collect(), stroke);
        let mut before: Option<(f64, f64)> = None;
        for (x, mid) in mids().filter_map(|(x, mid)| Some((x, mid?))) {
            let at = if mid.is_infinite() { Some(self.sign(x, stroke.colour)) } else { None };
            if let (Some(at), Some((from, height))) = (at, before.filter(|(_, mid)| mid.is_finite())) {
                self.lead(self.point(from, height), at, stroke.colour);
            }
            before = Some((x, mid));
        }
    }

    fn lead(&mut self, from: Point, to: Point, colour: Colour) {
        if to.0 - from.0 >= LEAST_LEAD {
            self.picture.line(vec![from, to], Stroke::new(colour, DOTTED).wide(2));
        }
    }

    /// A sign for what is longer than any time on the upper edge, or below those that are there. Returns its middle.
    fn sign(&mut self, x: f64, colour: Colour) -> Point {
        let x = self.point(x, 0.0).0;
        let size = (2 * ENDLESS_RADIUS + 2, 2 * ENDLESS_RADIUS + 2);
        let area = |row: i32| {
            let middle = self.plot.top + ENDLESS_INSET + row * size.1;
            Rect::at((x - size.0 / 2, middle - size.1 / 2), size)
        };
        let is_free = |area: &Rect| !self.signs.iter().any(|other| other.overlaps(*area));
        let most = self.plot.height() / size.1;
        let area = (0..most).map(area).find(is_free).unwrap_or_else(|| area(0));
        self.signs.push(area);
        self.picture.marker(area.middle(), ENDLESS, ENDLESS_RADIUS, colour);
        area.middle()
    }

    /// Times at rising heights as a line, on the band that those of several runs span. Where times begin to be infinite the
    /// line goes on to the right: however long one waits, no more is reached.
    pub(super) fn profile(&mut self, times: &[(f64, Among)], stroke: Stroke) {
        let name = self.name_of(stroke).map_or_else(|| self.x.what().to_owned(), str::to_owned);
        for (height, time) in times {
            let (at, place) = (self.point(0.0, *height).1, self.y.place_told(*height));
            self.tell_at(Way::Up, (at, place), &name, &format!("within {}", told(&self.x, *time)));
        }
        let reached: Vec<&(f64, Among)> = times.iter().filter(|(_, time)| time.low.is_finite()).collect();
        if reached.iter().any(|(_, time)| time.low < time.high) {
            let low = reached.iter().map(|(height, time)| self.point(time.low, *height));
            let high = reached.iter().rev().map(|(height, time)| self.point(time.high, *height));
            let area: Vec<Point> = low.chain(high).collect();
            self.picture.area(area, stroke.colour.fade(BAND));
        }
        let of_all: Vec<&(f64, Among)> = times.iter().filter(|(_, time)| time.mid.is_finite()).collect();
        let mut line: Vec<Point> =
            of_all.iter().map(|(height, time)| self.point(time.mid, *height)).collect();
        if let Some((height, _)) = of_all.last().filter(|_| of_all.len() < times.len()) {
            line.push(self.point(f64::INFINITY, *height));
        }
        self.draw_run(line, stroke);
    }

    /// The area between two values at each place, interrupted where there are none, with steps at onsets as a line has.
    pub(super) fn band(
        &mut self,
        points: impl IntoIterator<Item = (f64, Option<(f64, f64)>)>,
        colour: Colour,
    ) {
        let (mut low, mut high) = (Vec::new(), Vec::new());
        for (x, bounds) in held(points, &self.onsets) {
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
    /// at the top on its left.
    pub(super) fn moment(&mut self, value: f64, label: &str, stroke: Stroke) {
        let x = self.upright(value, stroke);
        let (top, bottom) = (self.plot.top + LABEL_INSET, self.plot.bottom - LABEL_INSET);
        let wishes = [((x + 14, bottom), Anchor::Left), ((x - 14, top), Anchor::Right)];
        self.tag(&wishes, label, INK);
    }

    /// A vertical line at a value with a label at the top: on its right, or else on its left.
    pub(super) fn notice(&mut self, value: f64, label: &str, stroke: Stroke) {
        let x = self.upright(value, stroke);
        let top = self.plot.top + LABEL_INSET;
        self.tag(&[((x + 14, top), Anchor::Left), ((x - 14, top), Anchor::Right)], label, INK);
    }

    /// A vertical line at a value, without a label.
    pub(super) fn bound(&mut self, value: f64, stroke: Stroke) {
        self.upright(value, stroke);
    }

    /// A vertical line at a value that ends what curves show, with a label at the bottom on its left, or else on its
    /// right.
    pub(super) fn limit(&mut self, value: f64, label: &str, stroke: Stroke) {
        let x = self.upright(value, stroke);
        let y = self.plot.bottom - LABEL_INSET;
        self.tag(&[((x - 14, y), Anchor::Right), ((x + 14, y), Anchor::Left)], label, INK);
    }

    /// A marked value on a rising curve, with a label where the curve leaves room: above it on the left, or else
    /// below it on the right.
    pub(super) fn mark(&mut self, x: f64, y: f64, text: &str, colour: Colour) {
        let at = self.point(x, y);
        self.picture.marker(at, Marker::Disc, 10, colour);
        self.labels.avoid(Rect::at((at.0 - 12, at.1 - 12), (24, 24)));
        let above = ((at.0 - 14, at.1 - 30), Anchor::Right);
        self.tag(&[above, ((at.0 + 18, at.1 + 30), Anchor::Left)], text, colour);
    }

    /// Bounds on a value: a vertical line with a foot and a head.
    pub(super) fn bracket(&mut self, x: f64, bounds: (f64, f64), stroke: Stroke) {
        let (low, high) = (self.point(x, bounds.0), self.point(x, bounds.1));
        self.picture.line(vec![low, high], stroke);
        for end in [low, high] {
            self.picture.line(vec![(end.0 - 12, end.1), (end.0 + 12, end.1)], stroke);
        }
    }

    /// Bounds on a value across: a horizontal line with an end on each side.
    pub(super) fn range(&mut self, y: f64, bounds: (f64, f64), stroke: Stroke) {
        let (low, high) = (self.point(bounds.0, y), self.point(bounds.1, y));
        self.picture.line(vec![low, high], stroke);
        for end in [low, high] {
            self.picture.line(vec![(end.0, end.1 - 14), (end.0, end.1 + 14)], stroke);
        }
    }

    /// A bar across between two values, so many pixels to both sides of its middle.
    pub(super) fn bar(&mut self, y: f64, (from, to): (f64, f64), half: i32, colour: Colour) {
        let (from, to) = (self.point(from, y), self.point(to, y));
        self.picture.rectangle((from.0, from.1 - half), (to.0, to.1 + half), colour);
    }

    /// Bounds on a value across, so many pixels above a height.
    pub(super) fn whisker(&mut self, y: f64, above: i32, bounds: (f64, f64), stroke: Stroke) {
        let (low, high) = (self.point(bounds.0, y), self.point(bounds.1, y));
        let y = low.1 - above;
        self.picture.line(vec![(low.0, y), (high.0, y)], stroke);
        for end in [low.0, high.0] {
            self.picture.line(vec![(end, y - 7), (end, y + 7)], stroke);
        }
    }

    /// Words so many pixels aside of a place, or of the left edge, on a white ground.
    pub(super) fn words(
        &mut self,
        (x, y): (Option<f64>, f64),
        aside: i32,
        text: &str,
        colour: Colour,
        anchor: Anchor,
    ) {
        let at = self.point(x.unwrap_or_default(), y);
        let x = if x.is_some() { at.0 } else { self.plot.left } + aside;
        let left = if anchor == Anchor::Right { x - text_width(text, BODY) } else { x };
        let right = left + text_width(text, BODY);
        self.picture.rectangle((left - 4, at.1 - LABEL_HALF), (right + 4, at.1 + LABEL_HALF), WHITE);
        self.picture.text((x, at.1), text, BODY, colour, anchor);
    }

    /// Says in the middle why nothing is drawn.
    pub(super) fn note(&mut self, text: &str) {
        let middle = ((self.plot.left + self.plot.right) / 2, (self.plot.top + self.plot.bottom) / 2);
        let half = (text_width(text, HEADING) / 2 + 12, HEADING.leading() / 2);
        let corners = ((middle.0 - half.0, middle.1 - half.1), (middle.0 + half.0, middle.1 + half.1));
        // Above the lines of onsets.
        self.picture.above(|picture| {
            picture.rectangle(corners.0, corners.1, WHITE);
            picture.text(middle, text, HEADING, MUTED, Anchor::Middle);
        });
    }

    fn upright(&mut self, value: f64, stroke: Stroke) -> i32 {
        let x = self.point(value, 0.0).0;
        self.picture.line(vec![(x, self.plot.bottom), (x, self.plot.top)], stroke);
        x
    }

    fn point(&self, x: f64, y: f64) -> Point {
        let across = place(self.x.scale, x, self.plot.left, self.plot.right);
        (across, place(self.y.scale, y, self.plot.bottom, self.plot.top))
    }

    /// Draws markers at the first value and at intervals after it, if a line has them.
    fn draw_markers(&mut self, points: &[(f64, Option<f64>)], stroke: Stroke) {
        let Some(marker) = stroke.marker else { return };
        let mut free = self.plot.left;
        for (x, y) in points.iter().filter_map(|(x, y)| Some((*x, (*y)?))) {
            let point = self.point(x, y);
            if point.0 >= free {
                self.picture.marker(point, marker, 9, stroke.colour);
                free = point.0 + MARKER_SPACING;
            }
        }
    }

    /// Draws a piece of a line.
    fn draw_run(&mut self, mut run: Vec<Point>, stroke: Stroke) {
        run.dedup();
        match run[..] {
            [alone] => self.picture.marker(alone, stroke.marker.unwrap_or(Marker::Disc), 6, stroke.colour),
            _ => self.picture.line(run, stroke),
        }
    }

    fn draw_band(&mut self, mut low: Vec<Point>, high: Vec<Point>, colour: Colour) {
        if let ([low], [high]) = (&low[..], &high[..]) {
            self.picture.rectangle((low.0 - 6, low.1), (high.0 + 6, high.1), colour);
            return;
        }
        low.extend(high.into_iter().rev());
        self.picture.area(low, colour);
    }

    /// Text on a white ground, so that it is legible across lines, at the first of these places that is free, or near
    /// it.
    fn tag(&mut self, wishes: &[(Point, Anchor)], text: &str, colour: Colour) {
        let size = (text_width(text, BODY) + 8, 2 * LABEL_HALF);
        let corner = |((x, y), anchor): &(Point, Anchor)| {
            (if *anchor == Anchor::Right { x - size.0 + 4 } else { x - 4 }, y - LABEL_HALF)
        };
        let corners: Vec<Point> = wishes.iter().map(corner).collect();
        let Some(rect) = self.labels.place(size, &corners) else { return };
        self.picture.above(|picture| {
            picture.rectangle((rect.left, rect.top), (rect.right, rect.bottom), WHITE.fade(0.8));
            picture.text((rect.left + 4, rect.top + LABEL_HALF), text, BODY, colour, Anchor::Left);
        });
    }

    fn draw_y_ticks(&mut self, ticks: &[(f64, String)], labelled: bool) {
        let plot = self.plot;
        for (value, label) in ticks {
            let y = self.point(0.0, *value).1;
            self.picture.line(vec![(plot.left, y), (plot.right, y)], THIN);
            if labelled {
                self.picture.text((plot.left - TICK_GAP, y), label, BODY, INK, Anchor::Right);
            }
        }
    }

    /// Draws the axis across, with labels when it has a title, which may be empty.
    fn draw_x_ticks(&mut self, ticks: &[(f64, String)], title: Option<&[String]>) {
        let plot = self.plot;
        let axis = Stroke { colour: FRAME, ..THIN };
        let mut free = i32::MIN;
        for (value, label) in ticks {
            let x = self.point(*value, 0.0).0;
            self.picture.line(vec![(x, plot.top), (x, plot.bottom)], THIN);
            self.picture.line(vec![(x, plot.bottom), (x, plot.bottom + TICK)], axis);
            let half = text_width(label, BODY) / 2;
            if title.is_some() && x - half > free {
                let at = (x, plot.bottom + TICK + LINE_HEIGHT / 2);
                self.picture.text(at, label, BODY, INK, Anchor::Middle);
                free = x + half + 14;
            }
        }
        self.picture
            .line(vec![(plot.left, plot.top), (plot.left, plot.bottom), (plot.right, plot.bottom)], axis);
        let middle = (plot.left + plot.right) / 2;
        let mut y = plot.bottom + TICK + LINE_HEIGHT + LINE_HEIGHT / 2;
        for line in title.into_iter().flatten() {
            self.picture.text((middle, y), line, BODY, INK, Anchor::Middle);
            y += LINE_HEIGHT;
        }
    }
}

/// What several runs come to, in words.
fn told(axis: &Axis, among: Among) -> String {
    let Among { low, mid, high, n } = among;
    let interval =
        if low < high { format!(" ({} to {})", axis.bare(low), axis.told(high)) } else { String::new() };
    let runs = if n > 1 { format!(", n = {n}") } else { String::new() };
    format!("{}{interval}{runs}", axis.told(mid))
}

const THIN: Stroke = Stroke::new(GRID, SOLID).wide(2);

fn place(scale: Scale, value: f64, from: i32, to: i32) -> i32 {
    from + (scale.place(value) * f64::from(to - from)).round() as i32
}

/// The points, and where an onset lies between two values, both of them at the onset: what is there holds until then,
/// and what comes holds from then on. Of several onsets it is the first, which is where bins end.
fn held<T: Copy>(
    points: impl IntoIterator<Item = (f64, Option<T>)>,
    onsets: &[f64],
) -> Vec<(f64, Option<T>)> {
    let mut held: Vec<(f64, Option<T>)> = Vec::new();
    for (x, value) in points {
        if let Some((before, last @ Some(_))) = held.last().copied().filter(|_| value.is_some()) {
            let next = onsets.get(onsets.partition_point(|onset| *onset <= before));
            if let Some(onset) = next.copied().filter(|onset| *onset < x) {
                held.extend([(onset, last), (onset, value)]);
            }
        }
        held.push((x, value));
    }
    held
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_at_an_onset_does_not_change_before_it() {
        let points = [(1.0, Some(0)), (3.0, Some(5)), (5.0, None), (7.0, Some(2)), (9.0, Some(3))];
        let (zero, five) = (Some(0), Some(5));
        assert_eq!(
            held(points, &[2.0, 2.5, 4.0, 6.0, 9.0]),
            [(1.0, zero), (2.0, zero), (2.0, five), (3.0, five), (5.0, None), (7.0, Some(2)), (9.0, Some(3))]
        );
        assert_eq!(held(points, &[]), points);
    }
}

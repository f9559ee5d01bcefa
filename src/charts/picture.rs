//! A picture as a list of shapes in pixels, which [`super::render`] turns into SVG or PNG. Building it knows nothing
//! of either, so the two always show the same.

use plotters::style::{FontDesc, FontFamily, FontStyle};

use super::pointer::{self, Hint, Reading};
use super::rect::Rect;
use super::style::{Colour, FONT_STACK, Marker, Stroke, Type};

/// Pixels from the top left corner: right, down.
pub(super) type Point = (i32, i32);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Left,
    Middle,
    Right,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Shape {
    /// An open line of at least two points.
    Line {
        points: Vec<Point>,
        colour: Colour,
        width: u32,
    },
    /// A filled polygon of at least three corners.
    Area {
        points: Vec<Point>,
        colour: Colour,
    },
    Disc {
        centre: Point,
        radius: u32,
        colour: Colour,
    },
    /// `at` is the middle of the line's height.
    Text {
        at: Point,
        text: String,
        font: Type,
        colour: Colour,
        anchor: Anchor,
    },
}

/// What a chart's drawing is made of.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Picture {
    pub width: u32,
    pub height: u32,
    /// What it shows, for those who can't see it.
    pub title: String,
    pub shapes: Vec<Shape>,
    /// What is told under the pointer, the last above the others.
    pub hints: Vec<Hint>,
    /// What [`Picture::raise`] puts above all other shapes.
    above: Vec<Shape>,
    /// What [`Picture::raise`] makes hints of, below all others.
    readings: Vec<Reading>,
}

impl Picture {
    pub(super) fn new(width: u32) -> Picture {
        let (shapes, above, hints, readings) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Picture { width, height: 0, title: String::new(), shapes, hints, above, readings }
    }

    /// Keeps back what is drawn, to be put above all that is drawn in the meantime.
    pub(super) fn above(&mut self, draw: impl FnOnce(&mut Picture)) {
        let below = std::mem::take(&mut self.shapes);
        draw(self);
        self.above.append(&mut self.shapes);
        self.shapes = below;
    }

    /// Puts what was kept back above all that was drawn before.
    pub(super) fn raise(&mut self) {
        self.shapes.append(&mut self.above);
        let strips = pointer::hints(&std::mem::take(&mut self.readings));
        self.hints.splice(0..0, strips);
    }

    /// Tells those who point at an area.
    pub(super) fn hint(&mut self, area: Rect, text: impl Into<String>) {
        self.hints.push(Hint { area, text: text.into() });
    }

    /// Tells those who point at a place of a panel, beside all others that are told there.
    pub(super) fn tell(&mut self, reading: Reading) {
        self.readings.push(reading);
    }

    pub(super) fn text(&mut self, at: Point, text: &str, font: Type, colour: Colour, anchor: Anchor) {
        if !text.is_empty() {
            self.shapes.push(Shape::Text { at, text: printable(text), font, colour, anchor });
        }
    }

    pub(super) fn area(&mut self, points: Vec<Point>, colour: Colour) {
        let points = without_repeats(points);
        if points.len() > 2 {
            self.shapes.push(Shape::Area { points, colour });
        }
    }

    pub(super) fn rectangle(&mut self, from: Point, to: Point, colour: Colour) {
        self.area(vec![from, (to.0, from.1), to, (from.0, to.1)], colour);
    }

    /// A line with its dashes and without its markers.
    pub(super) fn line(&mut self, points: Vec<Point>, stroke: Stroke) {
        let points = without_repeats(points);
        let pieces = if stroke.dash.is_empty() { vec![points] } else { dashes(&points, stroke.dash) };
        let pieces = pieces.into_iter().flat_map(without_spikes);
        for points in pieces.filter(|points| points.len() > 1) {
            self.shapes.push(Shape::Line { points, colour: stroke.colour, width: stroke.width });
        }
    }

    /// Slanted lines in a rectangle, so far apart.
    pub(super) fn hatch(&mut self, area: Rect, apart: i32, stroke: Stroke) {
        let (width, height) = (area.width(), area.height());
        for start in (apart / 2..width + height).step_by(apart.max(1).unsigned_abs() as usize) {
            let (low, high) = ((start - height).max(0), start.min(width));
            let from = (area.left + low, area.top + start - low);
            let to = (area.left + high, area.top + start - high);
            self.line(vec![from, to], stroke);
        }
    }

    /// A marker of `radius` pixels.
    pub(super) fn marker(&mut self, (x, y): Point, marker: Marker, radius: i32, colour: Colour) {
        let r = radius;
        match marker {
            Marker::Disc => {
                self.shapes.push(Shape::Disc { centre: (x, y), radius: r.unsigned_abs(), colour });
            }
            Marker::Square => self.rectangle((x - r, y - r), (x + r, y + r), colour),
            Marker::Triangle => {
                self.area(vec![(x, y - r - 1), (x + r + 1, y + r), (x - r - 1, y + r)], colour);
            }
            Marker::Arrow => {
                let (tip, foot, half) = (y - r, y + r, r / 3);
                let head = [(x, tip), (x + r, y + 1), (x + half, y + 1), (x + half, foot)];
                let back = [(x - half, foot), (x - half, y + 1), (x - r, y + 1)];
                self.area(head.into_iter().chain(back).collect(), colour);
            }
            Marker::Diamond => {
                self.area(vec![(x, y - r - 2), (x + r + 2, y), (x, y + r + 2), (x - r - 2, y)], colour);
            }
        }
    }
}

/// Where a word is cut best when it has to be.
const JOINTS: [char; 4] = ['_', '-', '.', '/'];

/// Width of a line of text in pixels.
pub(super) fn text_width(text: &str, font: Type) -> i32 {
    let style = if font.bold { FontStyle::Bold } else { FontStyle::Normal };
    let description = FontDesc::new(FontFamily::Name(FONT_STACK), font.size, style);
    let guess = (text.chars().count() as f64 * font.size * 0.55) as i32;
    description.layout_box(text).map_or(guess, |(low, high)| high.0 - low.0)
}

/// Lines of at most `width` pixels; a word that is wider on its own goes on in the next line. Nothing is left out.
pub(super) fn wrap(text: &str, font: Type, width: i32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split([' ', '\t', '\n', '\r']).filter(|word| !word.is_empty()) {
        match lines.last_mut() {
            Some(line) if text_width(&format!("{line} {word}"), font) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.extend(pieces(word, font, width)),
        }
    }
    lines
}

/// A word in pieces of at most `width` pixels, of a letter at least, cut at a joint where there is one.
fn pieces(word: &str, font: Type, width: i32) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut rest = word;
    while text_width(rest, font) > width {
        let ends: Vec<usize> = rest.char_indices().skip(1).map(|(end, _)| end).collect();
        let fitting = ends.partition_point(|&end| text_width(&rest[..end], font) <= width).max(1);
        let Some(&end) = ends.get(fitting - 1) else { break };
        let joint = rest[..end].rfind(JOINTS).map(|place| place + 1).filter(|&joint| joint > end / 3);
        let (piece, others) = rest.split_at(joint.unwrap_or(end));
        pieces.push(piece.to_owned());
        rest = others;
    }
    pieces.push(rest.to_owned());
    pieces
}

/// The fewest lines of at most `width` pixels, of about the same length.
pub(super) fn wrap_evenly(text: &str, font: Type, width: i32) -> Vec<String> {
    let widest = wrap(text, font, width);
    (1..=7)
        .map(|step| wrap(text, font, width - step * width / 20))
        .take_while(|lines| lines.len() == widest.len() && lines.join(" ") == widest.join(" "))
        .last()
        .unwrap_or(widest)
}

/// The text as a drawing can hold it: XML allows no control characters, and once lines are broken a space may be one.
pub(super) fn printable(text: &str) -> String {
    let odd = |c: char| c.is_control() || matches!(c, '\u{A0}' | '\u{FFFE}' | '\u{FFFF}');
    text.chars().map(|c| if odd(c) { ' ' } else { c }).collect()
}

fn without_repeats(mut points: Vec<Point>) -> Vec<Point> {
    points.dedup();
    points
}

/// Cuts a line into the pieces that a dash pattern draws.
fn dashes(points: &[Point], pattern: &[f64]) -> Vec<Vec<Point>> {
    let mut pieces: Vec<Vec<Point>> = Vec::new();
    let (mut phase, mut left) = (0, pattern[0]);
    for pair in points.windows(2) {
        let (from, to) = (real(pair[0]), real(pair[1]));
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = (dx * dx + dy * dy).sqrt();
        let at = |walked: f64| {
            let share = walked / length;
            ((from.0 + dx * share).round() as i32, (from.1 + dy * share).round() as i32)
        };
        let mut walked = 0.0;
        while walked < length {
            let step = left.min(length - walked);
            if phase % 2 == 0 {
                extend(&mut pieces, at(walked), at(walked + step));
            }
            walked += step;
            left -= step;
            if left <= 0.0 {
                phase = (phase + 1) % pattern.len();
                left = pattern[phase];
            }
        }
    }
    pieces
}

/// Goes on with the last piece when it ends where this one begins.
fn extend(pieces: &mut Vec<Vec<Point>>, from: Point, to: Point) {
    match pieces.last_mut() {
        Some(piece) if piece.last() == Some(&from) => piece.push(to),
        _ => pieces.push(vec![from, to]),
    }
}

/// Cosine of the turn from which on a corner is drawn as two ends, since the joint of thick lines there is a spike.
const SHARP: f64 = -0.875;

/// Cuts a line at its sharpest corners.
fn without_spikes(points: Vec<Point>) -> Vec<Vec<Point>> {
    let mut pieces: Vec<Vec<Point>> = Vec::new();
    for point in points {
        match pieces.last_mut() {
            Some(piece) => match piece[..] {
                [.., before, corner] if is_sharp(before, corner, point) => pieces.push(vec![corner, point]),
                _ => piece.push(point),
            },
            None => pieces.push(vec![point]),
        }
    }
    pieces
}

fn is_sharp(before: Point, corner: Point, after: Point) -> bool {
    let (before, corner, after) = (real(before), real(corner), real(after));
    let (x1, y1) = (corner.0 - before.0, corner.1 - before.1);
    let (x2, y2) = (after.0 - corner.0, after.1 - corner.1);
    let lengths = ((x1 * x1 + y1 * y1) * (x2 * x2 + y2 * y2)).sqrt();
    x1 * x2 + y1 * y2 < SHARP * lengths
}

fn real(point: Point) -> (f64, f64) {
    (f64::from(point.0), f64::from(point.1))
}

#[cfg(test)]
impl Picture {
    /// The boxes of all texts, of which letters take this part of their font's height.
    pub(super) fn text_boxes(&self, part: f64) -> Vec<(super::rect::Rect, String)> {
        let boxed = |shape: &Shape| match shape {
            Shape::Text { at, text, font, anchor, .. } => {
                let (width, height) = (text_width(text, *font), (font.size * part) as i32);
                let left = match anchor {
                    Anchor::Left => at.0,
                    Anchor::Middle => at.0 - width / 2,
                    Anchor::Right => at.0 - width,
                };
                Some((super::rect::Rect::at((left, at.1 - height / 2), (width, height)), text.clone()))
            }
            _ => None,
        };
        self.shapes.iter().filter_map(boxed).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::render;
    use crate::charts::style::{BODY, DASHED};

    #[test]
    fn dashes_cover_their_share_of_a_line() {
        let pieces = dashes(&[(0, 0), (310, 0)], DASHED);
        assert_eq!(pieces.len(), 10);
        let drawn: i32 = pieces.iter().map(|piece| piece[piece.len() - 1].0 - piece[0].0).sum();
        assert_eq!(drawn, 200);
    }

    #[test]
    fn a_line_is_cut_at_a_spike_and_whole_elsewhere() {
        let zigzag = vec![(0, 0), (10, 10), (20, 0), (21, 100), (22, 0)];
        let pieces = without_spikes(zigzag);
        assert_eq!(pieces, [vec![(0, 0), (10, 10), (20, 0), (21, 100)], vec![(21, 100), (22, 0)]]);
    }

    #[test]
    fn text_is_wrapped_and_an_endless_word_cut_at_its_joints_without_a_loss() {
        render::register_fonts();
        let text = "one two three Donaudampfschifffahrtsgesellschaft a_provider_with_quite_a_long_name_10";
        let lines = wrap(text, BODY, 250);
        assert!(lines.iter().all(|line| text_width(line, BODY) <= 250), "{lines:?}");
        assert_eq!(lines.concat().replace(' ', ""), text.replace(' ', ""));
        assert!(lines.iter().any(|line| line.ends_with('_')), "{lines:?}");
        assert!(wrap("wide", BODY, 1).len() == 4, "a letter a line at least");
    }

    #[test]
    fn lines_are_of_about_the_same_length() {
        render::register_fonts();
        let text = "a line that is a little too long for one line";
        let width = text_width(text, BODY) - 5;
        let lines = wrap_evenly(text, BODY, width);
        assert_eq!(lines.len(), 2);
        assert!(text_width(&lines[1], BODY) * 2 > text_width(&lines[0], BODY), "{lines:?}");
        assert_eq!(lines.join(" "), text);
    }

    #[test]
    fn control_characters_become_spaces() {
        assert_eq!(printable("a\u{1}b\nc\u{A0}d"), "a b c d");
    }
}

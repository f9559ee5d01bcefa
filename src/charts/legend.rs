//! Keys to what is drawn, in rows above a panel.

use super::picture::{Anchor, Picture, Point, text_width, wrap};
use super::rect::Rect;
use super::style::{BODY, Colour, GREY, INK, Marker, SOLID, Stroke};

/// One key and its label.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub label: String,
    pub key: Key,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Key {
    Fill(Colour),
    Line(Stroke),
    Sign(Marker, Colour),
    /// Slanted lines so far apart.
    Hatch(i32),
    /// Only words.
    Nothing,
}

/// An entry in its place, from the legend's top left corner to the middle of its first line.
#[derive(Debug)]
struct Placed {
    key: Key,
    at: Point,
    lines: Vec<String>,
}

const SWATCH: i32 = 58;
const AFTER_SWATCH: i32 = 12;
const AFTER_ENTRY: i32 = 38;

/// The sign for what is longer than any time, and its size in pixels.
pub(super) const ENDLESS: Marker = Marker::Arrow;
pub(super) const ENDLESS_RADIUS: i32 = 11;

/// The lines of a hatched area.
const HATCH: Stroke = Stroke::new(INK, SOLID).wide(2);

/// What stands for bands of all colours.
const BAND: Colour = GREY.fade(0.35);

/// Height of a row of keys in pixels.
const ROW: i32 = 42;

impl Entry {
    pub(super) fn line(label: impl Into<String>, stroke: Stroke) -> Entry {
        Entry { label: label.into(), key: Key::Line(stroke) }
    }

    pub(super) fn fill(label: impl Into<String>, colour: Colour) -> Entry {
        Entry { label: label.into(), key: Key::Fill(colour) }
    }

    /// What the bands around lines are.
    pub(super) fn band(label: impl Into<String>) -> Entry {
        Entry::fill(label, BAND)
    }

    /// What bands are, without what lines are.
    pub(super) fn of_bands(&self) -> Option<&str> {
        (self.key == Key::Fill(BAND)).then(|| self.label.split(';').next()).flatten()
    }

    /// What the sign on the upper edge means.
    pub(super) fn endless() -> Entry {
        Entry { label: "longer than any time: too few got one".to_owned(), key: Key::Sign(ENDLESS, INK) }
    }

    /// A sign that stands for a point.
    pub(super) fn sign(label: impl Into<String>, marker: Marker, colour: Colour) -> Entry {
        Entry { label: label.into(), key: Key::Sign(marker, colour) }
    }

    pub(super) fn hatch(label: impl Into<String>, apart: i32) -> Entry {
        Entry { label: label.into(), key: Key::Hatch(apart) }
    }

    pub(super) fn words(label: impl Into<String>) -> Entry {
        Entry { label: label.into(), key: Key::Nothing }
    }
}

/// Pixels from the left edge of a key to its label.
fn indent(key: Key) -> i32 {
    match key {
        Key::Line(_) => SWATCH + AFTER_SWATCH,
        Key::Fill(_) | Key::Sign(..) | Key::Hatch(_) => 32 + AFTER_SWATCH,
        Key::Nothing => 0,
    }
}

/// Puts the entries from left to right into rows of this width; a label that is wider on its own goes on below.
/// Returns the height of all rows, too.
fn layout(entries: &[Entry], width: i32) -> (Vec<Placed>, i32) {
    let (mut x, mut row, mut rows) = (0, 0, 0);
    let mut placed = Vec::new();
    for entry in entries {
        let indent = indent(entry.key);
        let whole = indent + text_width(&entry.label, BODY);
        if x > 0 && x + whole > width {
            (x, row) = (0, rows);
        }
        let lines = wrap(&entry.label, BODY, width - indent);
        rows = rows.max(row + lines.len() as i32);
        placed.push(Placed { key: entry.key, at: (x, row * ROW + ROW / 2), lines });
        x += whole + AFTER_ENTRY;
    }
    (placed, rows * ROW)
}

/// Height of the entries in pixels.
pub(super) fn height(entries: &[Entry], width: i32) -> i32 {
    layout(entries, width).1
}

/// Draws the entries below and to the right of a corner.
pub(super) fn draw(picture: &mut Picture, entries: &[Entry], (left, top): Point, width: i32) {
    for Placed { key, at, lines } in layout(entries, width).0 {
        let (x, y) = (left + at.0, top + at.1);
        draw_key(picture, key, (x, y));
        for (row, line) in lines.iter().enumerate() {
            picture.text((x + indent(key), y + row as i32 * ROW), line, BODY, INK, Anchor::Left);
        }
    }
}

fn draw_key(picture: &mut Picture, key: Key, (x, y): Point) {
    match key {
        Key::Nothing => {}
        Key::Fill(colour) => picture.rectangle((x, y - 12), (x + 32, y + 12), colour),
        Key::Sign(marker, colour) => picture.marker((x + 16, y), marker, ENDLESS_RADIUS, colour),
        Key::Hatch(apart) => {
            let area = Rect::at((x, y - 14), (32, 28));
            picture.hatch(area, apart, HATCH);
            let corners = [(area.left, area.top), (area.right, area.top), (area.right, area.bottom)];
            let round = corners.into_iter().chain([(area.left, area.bottom), (area.left, area.top)]);
            picture.line(round.collect(), HATCH);
        }
        Key::Line(stroke) => {
            picture.line(vec![(x, y), (x + SWATCH, y)], stroke);
            if let Some(marker) = stroke.marker {
                picture.marker((x + SWATCH / 2, y), marker, 9, stroke.colour);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::charts::rect::Rect;
    use crate::charts::render;

    proptest! {
        #[test]
        fn keys_and_labels_never_collide_and_none_is_cut(
            labels in prop::collection::vec("[a-z_ ]{1,90}", 1..16), width in 400..1500_i32
        ) {
            render::register_fonts();
            let entries: Vec<Entry> = labels.iter().map(|label| Entry::fill(label.clone(), INK)).collect();
            let (placed, height) = layout(&entries, width);
            let mut taken: Vec<Rect> = Vec::new();
            for (entry, placed) in entries.iter().zip(placed) {
                let widest = placed.lines.iter().map(|line| text_width(line, BODY)).max().unwrap_or(0);
                let size = (indent(placed.key) + widest, placed.lines.len() as i32 * ROW);
                let rect = Rect::at((placed.at.0, placed.at.1 - ROW / 2), size);
                prop_assert!(rect.left >= 0 && rect.right <= width && rect.bottom <= height, "{rect:?}");
                prop_assert!(taken.iter().all(|other| !other.overlaps(rect)), "{rect:?} {taken:?}");
                prop_assert_eq!(placed.lines.concat().replace(' ', ""), entry.label.replace(' ', ""));
                taken.push(rect);
            }
        }
    }
}

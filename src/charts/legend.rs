//! Keys to what is drawn, in rows above a panel.

use super::picture::{Anchor, Picture, shorten, text_width};
use super::style::{BODY, Colour, INK, Stroke};

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
}

const SWATCH: i32 = 58;
const AFTER_SWATCH: i32 = 12;
const AFTER_ENTRY: i32 = 38;

/// Height of a row of keys in pixels.
pub(super) const ROW: i32 = 42;

impl Entry {
    pub(super) fn new(label: impl Into<String>, key: Key) -> Entry {
        Entry { label: label.into(), key }
    }

    pub(super) fn line(label: impl Into<String>, stroke: Stroke) -> Entry {
        Entry::new(label, Key::Line(stroke))
    }

    pub(super) fn fill(label: impl Into<String>, colour: Colour) -> Entry {
        Entry::new(label, Key::Fill(colour))
    }

    fn swatch(&self) -> i32 {
        match self.key {
            Key::Line(_) => SWATCH,
            Key::Fill(_) => 32,
        }
    }

    fn width(&self) -> i32 {
        self.swatch() + AFTER_SWATCH + text_width(&self.label, BODY)
    }
}

/// Draws the entries from left to right, in as many rows as they need, and returns the height of them all.
pub(super) fn draw(picture: &mut Picture, entries: &[Entry], (left, top): (i32, i32), width: i32) -> i32 {
    let (mut x, mut y) = (left, top + ROW / 2);
    for entry in entries {
        if x > left && x + entry.width() > left + width {
            (x, y) = (left, y + ROW);
        }
        draw_entry(picture, entry, (x, y), left + width - x);
        x += entry.width() + AFTER_ENTRY;
    }
    if entries.is_empty() { 0 } else { y + ROW / 2 - top }
}

fn draw_entry(picture: &mut Picture, entry: &Entry, (x, y): (i32, i32), width: i32) {
    let swatch = entry.swatch();
    match entry.key {
        Key::Fill(colour) => picture.rectangle((x, y - 12), (x + swatch, y + 12), colour),
        Key::Line(stroke) => {
            picture.line(vec![(x, y), (x + swatch, y)], stroke);
            if let Some(marker) = stroke.marker {
                picture.marker((x + swatch / 2, y), marker, 9, stroke.colour);
            }
        }
    }
    let at = x + swatch + AFTER_SWATCH;
    let label = shorten(&entry.label, BODY, width - swatch - AFTER_SWATCH);
    picture.text((at, y), &label, BODY, INK, Anchor::Left);
}

//! The key of a heat map: which colour stands for which value.

use super::super::axis::Axis;
use super::super::picture::{Anchor, text_width, wrap};
use super::super::ramp;
use super::super::sheet::Sheet;
use super::super::style::{BODY, FRAME, INK, SOLID, Stroke};

const WIDTH: i32 = 900;
const HEIGHT: i32 = 26;
const TICK: i32 = 8;
const LINE: i32 = 40;
/// Pixels of the bar that have one colour.
const STEP: i32 = 6;
const TICKS: usize = 7;

/// Draws a bar of all colours with the values that they stand for, below what it is of.
pub(super) fn draw(sheet: &mut Sheet, axis: &Axis, what: &str) {
    let said = format!("{what}: {}", axis.title);
    let lines = wrap(&said, BODY, 1528);
    let (picture, room) = sheet.room(LINE * lines.len() as i32 + HEIGHT + TICK + LINE + 14);
    let mut top = room.top;
    for line in &lines {
        picture.text((room.left, top + LINE / 2), line, BODY, INK, Anchor::Left);
        top += LINE;
    }
    // Labels stand in the middle below their ticks.
    let ticks = axis.ticks(TICKS);
    let half = ticks.first().map_or(0, |(_, label)| text_width(label, BODY) / 2);
    let (left, top) = (room.left + half.max(4), top + 4);
    for from in (0..WIDTH).step_by(STEP as usize) {
        let place = (f64::from(from) + f64::from(STEP) / 2.0) / f64::from(WIDTH);
        let to = (from + STEP).min(WIDTH);
        picture.rectangle((left + from, top), (left + to, top + HEIGHT), ramp::colour(place));
    }
    let mut free = i32::MIN;
    for (value, label) in &ticks {
        let x = left + (axis.scale.place(*value) * f64::from(WIDTH)).round() as i32;
        let line = vec![(x, top + HEIGHT), (x, top + HEIGHT + TICK)];
        picture.line(line, Stroke::new(FRAME, SOLID).wide(2));
        let half = text_width(label, BODY) / 2;
        if x - half > free {
            picture.text((x, top + HEIGHT + TICK + LINE / 2), label, BODY, INK, Anchor::Middle);
            free = x + half + 14;
        }
    }
}

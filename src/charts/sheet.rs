//! A chart's page: what is seen as the title, where it comes from below it, and room for panels.

use super::picture::{Anchor, Picture, wrap_evenly};
use super::run_info::RunInfo;
use super::style::{BODY, Colour, INK, MUTED, TITLE, Type};

/// Width of every picture in pixels.
pub(super) const WIDTH: i32 = 1600;
const MARGIN: i32 = 36;
const GAP: i32 = 30;
/// Lines of a heading beyond these are left out.
const MOST_LINES: usize = 3;

/// A rectangle in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rect {
    pub left: i32,
    pub top: i32,
    pub right: i32,
    pub bottom: i32,
}

/// A picture with its header drawn.
pub(super) struct Sheet {
    pub picture: Picture,
    room: Rect,
}

impl Sheet {
    /// `finding` is what the data show; under a title of the scenario's own it becomes the second line.
    pub(super) fn new(height: i32, title: Option<&str>, finding: &str, run: &RunInfo) -> Sheet {
        let picture = Picture::new(WIDTH as u32, height as u32);
        let room =
            Rect { left: MARGIN, top: MARGIN - 10, right: WIDTH - MARGIN, bottom: height - MARGIN + 12 };
        let mut sheet = Sheet { picture, room };
        match title {
            Some(title) => {
                sheet.picture.title = format!("{title}: {finding}");
                sheet.heading(title, TITLE, INK);
                sheet.heading(finding, BODY, INK);
            }
            None => {
                finding.clone_into(&mut sheet.picture.title);
                sheet.heading(finding, TITLE, INK);
            }
        }
        sheet.heading(&provenance(run), BODY, MUTED);
        sheet.room.top += 22;
        sheet
    }

    /// The room that is left, in rows of these weights.
    pub(super) fn rows(&self, weights: &[f64]) -> Vec<Rect> {
        let room = self.room;
        let gaps = GAP * (weights.len() as i32 - 1);
        let height = f64::from(room.bottom - room.top - gaps);
        let sum: f64 = weights.iter().sum();
        let mut top = room.top;
        weights
            .iter()
            .map(|weight| {
                let bottom = top + (height * weight / sum).round() as i32;
                let row = Rect { top, bottom, ..room };
                top = bottom + GAP;
                row
            })
            .collect()
    }

    fn heading(&mut self, text: &str, font: Type, colour: Colour) {
        for line in wrap_evenly(text, font, self.room.right - self.room.left).into_iter().take(MOST_LINES) {
            let middle = self.room.top + font.leading() / 2;
            self.picture.text((self.room.left, middle), &line, font, colour, Anchor::Left);
            self.room.top += font.leading();
        }
    }
}

impl Rect {
    /// The left and the right half, with a gap between.
    pub(super) fn halves(self) -> (Rect, Rect) {
        let middle = (self.left + self.right) / 2;
        (Rect { right: middle - GAP / 2, ..self }, Rect { left: middle + GAP / 2, ..self })
    }

    pub(super) fn width(self) -> i32 {
        self.right - self.left
    }
}

fn provenance(run: &RunInfo) -> String {
    let mut parts = vec![run.title.clone()];
    if !run.seed.is_empty() {
        let first = run.first_of.map(|all| format!(" (first of {all} replications)"));
        parts.push(format!("seed {}{}", run.seed, first.unwrap_or_default()));
    }
    if !run.fingerprint.is_empty() {
        parts.push(format!("fingerprint {}…", run.fingerprint.chars().take(12).collect::<String>()));
    }
    parts.retain(|part| !part.is_empty());
    parts.join(" · ")
}

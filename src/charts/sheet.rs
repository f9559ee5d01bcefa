//! A chart's page: what is seen as the title, where it comes from below it, and panels from top to bottom. It grows with
//! what it holds.

use super::legend::{self, Entry};
use super::panel::{Frame, Layout, Panel};
use super::picture::{Anchor, Picture, wrap_evenly};
use super::run_info::RunInfo;
use super::style::{BODY, Colour, HEADING, INK, MUTED, TITLE, Type};

/// Width of every picture in pixels.
pub(super) const WIDTH: i32 = 1600;
const MARGIN: i32 = 36;
const GAP: i32 = 30;

/// A picture that is being filled from the top.
pub(super) struct Sheet {
    picture: Picture,
    top: i32,
}

impl Sheet {
    /// `finding` is what the data show; under a title of the scenario's own it becomes the second line.
    pub(super) fn new(title: Option<&str>, finding: &str, run: &RunInfo) -> Sheet {
        let mut sheet = Sheet { picture: Picture::new(WIDTH as u32), top: MARGIN - 10 };
        match title {
            Some(title) => {
                sheet.picture.title = format!("{title}: {finding}");
                sheet.text(title, TITLE, INK);
                sheet.text(finding, BODY, INK);
            }
            None => {
                finding.clone_into(&mut sheet.picture.title);
                sheet.text(finding, TITLE, INK);
            }
        }
        sheet.text(&run.provenance(), BODY, MUTED);
        sheet.top += 22;
        sheet
    }

    /// A heading above the panels that follow.
    pub(super) fn heading(&mut self, text: &str) {
        self.text(text, HEADING, INK);
        self.top += 8;
    }

    /// Keys for the panels that follow.
    pub(super) fn legend(&mut self, entries: &[Entry]) {
        legend::draw(&mut self.picture, entries, (MARGIN, self.top), WIDTH - 2 * MARGIN);
        self.top += legend::height(entries, WIDTH - 2 * MARGIN) + 12;
    }

    /// A panel over the whole width, whose drawing is `height` pixels high.
    pub(super) fn panel(&mut self, height: i32, frame: &Frame) -> Panel<'_> {
        let layout = Layout::of(frame, (MARGIN, WIDTH - MARGIN), self.top, height);
        self.top = layout.bottom + GAP;
        Panel::open(&mut self.picture, frame, layout)
    }

    /// Panels side by side, each as wide as the others, whose drawings are `height` pixels high and begin at the same line.
    pub(super) fn row(
        &mut self,
        height: i32,
        columns: usize,
        frames: &[Frame],
        mut draw: impl FnMut(usize, Panel<'_>),
    ) {
        let step = (WIDTH - 2 * MARGIN + GAP) / columns.max(1) as i32;
        let edges = |place: usize| {
            let left = MARGIN + step * place as i32;
            (left, left + step - GAP)
        };
        let mut layouts: Vec<Layout> = frames
            .iter()
            .enumerate()
            .map(|(place, frame)| Layout::of(frame, edges(place), self.top, height))
            .collect();
        let lowest = layouts.iter().map(|layout| layout.plot.top).max().unwrap_or(self.top);
        layouts.iter_mut().for_each(|layout| layout.begin_at(lowest));
        self.top = layouts.iter().map(|layout| layout.bottom).max().unwrap_or(self.top) + GAP;
        for (place, (frame, layout)) in frames.iter().zip(layouts).enumerate() {
            draw(place, Panel::open(&mut self.picture, frame, layout));
        }
    }

    /// The picture, as high as what it holds.
    pub(super) fn finish(mut self) -> Picture {
        self.picture.height = (self.top - GAP + MARGIN / 2).max(MARGIN).unsigned_abs();
        self.picture
    }

    fn text(&mut self, text: &str, font: Type, colour: Colour) {
        for line in wrap_evenly(text, font, WIDTH - 2 * MARGIN) {
            self.picture.text((MARGIN, self.top + font.leading() / 2), &line, font, colour, Anchor::Left);
            self.top += font.leading();
        }
    }
}

/// As many columns, of three at the most, as leave these names room in a line.
pub(super) fn columns(widest: i32) -> usize {
    (1..=3).rev().find(|columns| (WIDTH - 2 * MARGIN + GAP) / *columns - GAP >= widest).unwrap_or(1) as usize
}

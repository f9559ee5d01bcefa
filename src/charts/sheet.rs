//! A chart's page: what is seen as the title, where it comes from below it, and panels from top to bottom. It grows
//! with what it holds.

use super::legend::{self, Entry};
use super::panel::{Frame, Layout, Panel, Site, gutter};
use super::picture::{Anchor, Picture, wrap_evenly};
use super::rect::Rect;
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
        Sheet::about(title, finding, &run.provenance())
    }

    /// The same with words of where it comes from.
    pub(super) fn about(title: Option<&str>, finding: &str, from: &str) -> Sheet {
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
        sheet.text(from, BODY, MUTED);
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
    pub(super) fn panel<'a>(&'a mut self, height: i32, frame: &'a Frame<'_>) -> Panel<'a> {
        let layout = Layout::of(frame, self.site((MARGIN, WIDTH - MARGIN), height));
        self.top = layout.bottom + GAP;
        Panel::open(&mut self.picture, frame, &layout)
    }

    /// Panels side by side, each as wide as the others, whose drawings are `height` pixels high and begin at the same
    /// line.
    pub(super) fn row(
        &mut self,
        height: i32,
        columns: usize,
        frames: &[Frame],
        draw: impl FnMut(usize, &mut Panel<'_>),
    ) {
        let step = (WIDTH - 2 * MARGIN + GAP) / columns.max(1) as i32;
        let edges = |place: usize| {
            let left = MARGIN + step * place as i32;
            (left, left + step - GAP)
        };
        let mut layouts: Vec<Layout> = frames
            .iter()
            .enumerate()
            .map(|(place, frame)| Layout::of(frame, self.site(edges(place), height)))
            .collect();
        self.draw_row(frames, &mut layouts, GAP, draw);
    }

    /// Small panels with the same axes in rows of so many, whose drawings are `height` pixels high. Only those at the
    /// left edge and those with nothing below have labels at their axes; what the axis across is, a [`Sheet::caption`]
    /// says once.
    pub(super) fn grid(
        &mut self,
        height: i32,
        columns: usize,
        frames: &[Frame],
        mut draw: impl FnMut(usize, &mut Panel<'_>),
    ) {
        let Some(first) = frames.first() else { return };
        let gutter = gutter(&first.y, height);
        let step = (WIDTH - 2 * MARGIN - gutter + GAP) / columns.max(1) as i32;
        for (row, chunk) in frames.chunks(columns).enumerate() {
            let site = |column: usize| {
                let left = MARGIN + gutter + step * column as i32;
                let is_lowest = (row + 1) * columns + column >= frames.len();
                let from = if column == 0 { MARGIN } else { left };
                Site {
                    font: BODY,
                    labelled: (is_lowest, column == 0),
                    ..self.site((from, left + step - GAP), height)
                }
            };
            let mut layouts: Vec<Layout> =
                chunk.iter().enumerate().map(|(column, frame)| Layout::of(frame, site(column))).collect();
            self.draw_row(chunk, &mut layouts, GAP / 2, |column, panel| draw(row * columns + column, panel));
        }
        self.top += GAP / 2;
    }

    /// The title of the axis that all panels of the grid above have.
    pub(super) fn caption(&mut self, text: &str) {
        self.top -= GAP;
        for line in wrap_evenly(text, BODY, WIDTH - 2 * MARGIN) {
            self.picture.text((WIDTH / 2, self.top + BODY.leading() / 2), &line, BODY, INK, Anchor::Middle);
            self.top += BODY.leading();
        }
        self.top += GAP;
    }

    /// Room over the whole width, so high, for what has no axes.
    pub(super) fn room(&mut self, height: i32) -> (&mut Picture, Rect) {
        let room = Rect::at((MARGIN, self.top), (WIDTH - 2 * MARGIN, height));
        self.top += height;
        (&mut self.picture, room)
    }

    fn site(&self, edges: (i32, i32), height: i32) -> Site {
        Site { edges, top: self.top, height, font: HEADING, labelled: (true, true) }
    }

    /// Draws panels that begin at the same line.
    fn draw_row(
        &mut self,
        frames: &[Frame],
        layouts: &mut [Layout],
        gap: i32,
        mut draw: impl FnMut(usize, &mut Panel<'_>),
    ) {
        let lowest = layouts.iter().map(|layout| layout.plot.top).max().unwrap_or(self.top);
        layouts.iter_mut().for_each(|layout| layout.begin_at(lowest));
        self.top = layouts.iter().map(|layout| layout.bottom).max().unwrap_or(self.top) + gap;
        for (place, (frame, layout)) in frames.iter().zip(&*layouts).enumerate() {
            draw(place, &mut Panel::open(&mut self.picture, frame, layout));
        }
    }

    /// The picture, as high as what it holds.
    pub(super) fn finish(mut self) -> Picture {
        self.picture.raise();
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

/// The columns of a grid of so many panels, whose names take three lines at the most.
pub(super) fn columns(panels: usize, widest: i32) -> usize {
    let wished = match panels {
        0..=9 => 3,
        10..=16 => 4,
        _ => 6,
    };
    (1..=wished).rev().find(|columns| 2 * (WIDTH - 2 * MARGIN) / *columns >= widest).unwrap_or(1) as usize
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::charts::axis::Axis;
    use crate::charts::marks::Marks;
    use crate::charts::rect::Rect;
    use crate::charts::render;
    use crate::charts::run_info::Span;
    use crate::charts::style::{BLUE, DOTTED, Stroke};
    use crate::units::{Duration, Time};

    fn texts(picture: &Picture) -> Vec<(Rect, String)> {
        picture.text_boxes(0.8)
    }

    fn span(label: &str, from: f64) -> Span {
        let at = |seconds: f64| Time::ZERO + Duration::from_seconds(seconds);
        Span::new(label.to_owned(), at(from), at(from + 20.0))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]
        #[test]
        fn no_text_of_a_picture_covers_another_or_leaves_it(
            title in "[a-zA-Z_ ]{1,240}",
            keys in prop::collection::vec("[a-z_]{1,60}", 0..9),
            spans in prop::collection::vec(("[a-z]{1,30}", 0.0..100.0_f64), 0..6),
            marked in prop::collection::vec(("[a-z 0-9]{1,24}", 0.0..100.0_f64, 0.0..1.0_f64), 0..5),
            panels in 0..20_usize,
        ) {
            render::register_fonts();
            let run = RunInfo { title: title.clone(), ..RunInfo::default() };
            let mut sheet = Sheet::new(Some(&title), "what is seen", &run);
            let legend: Vec<Entry> = keys.iter().map(|key| Entry::fill(key, BLUE)).collect();
            let spans: Vec<Span> = spans.iter().map(|(label, from)| span(label, *from)).collect();
            let frame = Frame {
                x: Axis::time(0.0, 100.0),
                y: Axis::share(&title, 0.0),
                legend: &legend,
                marks: Marks::Named(&spans),
            };
            let mut panel = sheet.panel(420, &frame);
            for (label, x, y) in &marked {
                panel.mark(*x, *y, label, BLUE);
                panel.moment(*x, label, Stroke::new(BLUE, DOTTED));
            }
            let small = || Frame {
                x: frame.x.clone(),
                y: frame.y.clone(),
                legend: &[],
                marks: Marks::Nothing,
            };
            sheet.row(150, 2, &[small(), small()], |_, _| ());
            let untitled = || Frame { x: frame.x.clone().untitled(), ..small() };
            let frames: Vec<Frame> = (0..panels).map(|_| untitled()).collect();
            sheet.grid(110, columns(panels, 300), &frames, |_, _| ());
            sheet.caption(&frame.x.title);
            let picture = sheet.finish();
            let page = Rect::at((0, 0), (WIDTH, picture.height as i32));
            let texts = texts(&picture);
            for (place, (rect, text)) in texts.iter().enumerate() {
                prop_assert!(page.holds(*rect), "{text} leaves the page: {rect:?}");
                for (other, other_text) in &texts[..place] {
                    prop_assert!(!rect.overlaps(*other), "{text} and {other_text}: {rect:?} {other:?}");
                }
            }
        }
    }
}

//! Curves of groups, workloads or the like: a few in one panel, more in a panel each, where all others are a pale
//! ground.

use super::axis::Axis;
use super::course::{Among, Course, band_key};
use super::legend::Entry;
use super::marks::Marks;
use super::panel::{Frame, Panel};
use super::picture::text_width;
use super::sheet::{Sheet, columns};
use super::style::{BLUE, BODY, COLOURS, PALE, SOLID, Stroke, cycled};

/// A curve and whose it is.
pub(super) struct Named {
    pub name: String,
    pub course: Course,
}

/// What surrounds the curves.
pub(super) struct Setting<'a> {
    pub x: Axis,
    pub y: Axis,
    /// Keys after those of the curves.
    pub keys: Vec<Entry>,
    pub marks: Marks<'a>,
    /// How many runs the curves are of.
    pub runs: usize,
    /// Height of a drawing in pixels, and of each of many.
    pub heights: (i32, i32),
    /// What is said where there is nothing to draw.
    pub nothing: &'a str,
}

const SUBJECT: Stroke = Stroke::new(BLUE, SOLID);
const OTHERS: Stroke = Stroke::new(PALE, SOLID).wide(2);

/// Whether so many share one panel.
pub(super) fn together(curves: usize) -> bool {
    curves <= COLOURS
}

/// Draws the curves, and in each panel what `also` draws, which is told the curve that the panel is about, if it is
/// one's.
pub(super) fn draw(
    sheet: &mut Sheet,
    curves: &[Named],
    setting: Setting<'_>,
    also: impl Fn(&mut Panel<'_>, Option<usize>),
) {
    let mut legend: Vec<Entry> = Vec::new();
    if together(curves.len()) {
        legend
            .extend(curves.iter().enumerate().map(|(place, curve)| Entry::line(&curve.name, cycled(place))));
        legend.extend(band_key(setting.runs));
        legend.extend(setting.keys);
        let frame = Frame { x: setting.x, y: setting.y, legend: &legend, marks: setting.marks };
        let mut panel = sheet.panel(setting.heights.0, &frame);
        also(&mut panel, None);
        curves.iter().enumerate().for_each(|(place, curve)| panel.course(&curve.course, cycled(place)));
        if curves.iter().all(|curve| curve.course.iter().all(|(_, among)| among.is_none())) {
            panel.note(setting.nothing);
        }
    } else {
        legend.extend(band_key(setting.runs));
        legend.push(Entry::line("each", SUBJECT));
        legend.push(Entry::line("all others", OTHERS));
        legend.extend(setting.keys.iter().cloned());
        legend.extend(setting.marks.words(setting.x.scale.bounds().1).map(Entry::words));
        sheet.heading(&setting.y.title);
        sheet.legend(&legend);
        apart(sheet, curves, &setting, (&legend, &also));
    }
}

fn apart(
    sheet: &mut Sheet,
    curves: &[Named],
    setting: &Setting<'_>,
    (legend, also): (&[Entry], &impl Fn(&mut Panel<'_>, Option<usize>)),
) {
    let widest = curves.iter().map(|curve| text_width(&curve.name, BODY)).max().unwrap_or(0);
    let frame = |curve: &Named| Frame {
        x: setting.x.clone().untitled(),
        y: setting.y.clone().titled(&curve.name),
        legend: &[],
        marks: setting.marks.bare(),
    };
    let frames: Vec<Frame> = curves.iter().map(frame).collect();
    let bands = legend.iter().find_map(Entry::of_bands).unwrap_or_default();
    sheet.grid(setting.heights.1, columns(curves.len(), widest), &frames, |subject, panel| {
        let others = curves.iter().enumerate().filter(|(other, _)| *other != subject);
        others.for_each(|(_, curve)| {
            let mid = |among: &Option<Among>| among.map(|among| among.mid).filter(|mid| mid.is_finite());
            panel.line(curve.course.iter().map(|(x, among)| (*x, mid(among))), OTHERS);
        });
        panel.explain(bands);
        also(panel, Some(subject));
        panel.course(&curves[subject].course, SUBJECT);
    });
    sheet.caption(&setting.x.title);
}

//! The mean of a metric at each combination of two axes, as a colour and a number, with what expectations and claims about it
//! come to; a panel for each combination of the other axes.

use super::super::axis::Axis;
use super::super::course::Among;
use super::super::legend::Entry;
use super::super::picture::{Anchor, Picture, text_width, wrap};
use super::super::ramp;
use super::super::rect::Rect;
use super::super::scale::NBSP;
use super::super::sheet::Sheet;
use super::super::style::{BODY, Colour, FRAME, INK, MUTED, SOLID, Stroke, Type, WHITE};
use super::check::{AMONG_ALL, Verdict};
use super::contour;
use super::data::{Data, Point};
use super::field::{self, Field, MOST_PANELS, Plane};
use super::job::{Job, sheet};
use super::key;
use super::subject::WIDE;

/// How far apart the lines of hatched cells are: of those that fail, and of those that are inconclusive.
const FAILS: i32 = 14;
const OPEN: i32 = 34;
const HATCH: u32 = 2;
const BORDER: Stroke = Stroke::new(INK, SOLID).wide(7);
/// Around the border, so that it is seen on dark cells.
const HALO: Stroke = Stroke::new(WHITE, SOLID).wide(13);

const GAP: i32 = 24;
const LINE: i32 = 38;
/// Between a label and its cells.
const INSET: i32 = 12;
/// Labels of rows take no more than this.
const MOST_GUTTER: i32 = 520;
/// Height of all cells together that is aimed at, and of each.
const TALL: i32 = 560;
const LOW: i32 = 330;
const CELL: (i32, i32) = (24, 96);
/// The smallest type of a number in a cell.
const SMALLEST: i32 = 20;

/// All that is the same in each panel.
struct Chart<'c> {
    job: &'c Job<'c>,
    plane: Plane,
    colours: Axis,
    columns: Vec<&'c str>,
    rows: Vec<&'c str>,
    font: Option<Type>,
    size: (i32, i32),
    /// Width of the labels of rows.
    gutter: i32,
}

/// The chart; `None` where no two axes have several values, or the others too many.
pub(super) fn picture(job: &Job<'_>) -> Option<Picture> {
    let data = job.data;
    let plane = field::plane(data, job.axis)?;
    let fields = field::fields(data, plane);
    if fields.len() > MOST_PANELS {
        return None;
    }
    let mut sheet = sheet(job, &finding(job));
    let chart = Chart::of(job, plane, fields.len());
    let mean = if data.replications().1 > 1 {
        format!("mean of {} runs{}", data.runs_each(), uncertainty(job))
    } else {
        "of one run".to_owned()
    };
    key::draw(&mut sheet, &chart.colours, &mean);
    let legend = legend(job, &fields);
    if !legend.is_empty() {
        sheet.legend(&legend);
    }
    sheet.heading(&data.axes[plane.y]);
    fields.chunks(chart.abreast(fields.len())).for_each(|row| chart.draw_row(&mut sheet, row));
    sheet.caption(&data.axes[plane.x]);
    Some(sheet.finish())
}

/// How far the intervals of the cells reach, so that nobody takes what lies within them for a difference.
fn uncertainty(job: &Job<'_>) -> String {
    let figures = job.data.points.iter().filter_map(|point| job.subject.figure(point));
    let widths = figures.map(|among| among.high - among.low).filter(|width| width.is_finite());
    let halves: Vec<f64> = widths.map(|width| width / 2.0).collect();
    let (least, most) =
        halves.iter().fold((f64::MAX, 0.0_f64), |(low, high), half| (low.min(*half), high.max(*half)));
    let told = |half| job.subject.told(half);
    match (told(least), told(most)) {
        _ if most == 0.0 => String::new(),
        (low, high) if low == high => format!(" (95{NBSP}% intervals: ±{NBSP}{high})"),
        (low, high) => format!(" (95{NBSP}% intervals: ±{NBSP}{low} to ±{NBSP}{high})"),
    }
}

/// How far the metric goes, and at how many points what is expected or claimed holds.
fn finding(job: &Job<'_>) -> String {
    let Job { data, subject, .. } = job;
    let verdicts: Vec<Verdict> = data.points.iter().filter_map(|point| subject.verdict(point)).collect();
    let count = |wanted| verdicts.iter().filter(|verdict| **verdict == wanted).count();
    let all = subject.finding(data);
    if verdicts.is_empty() {
        return all;
    }
    let holds = format!("at {} of {} points", count(Verdict::Holds), data.points.len());
    let surely = if data.replications().0 > 1 { "surely" } else { "in one run" };
    match subject.checks(data)[..] {
        [check] => format!("{all}; {surely} {} {holds}", check.bounds(|bound| subject.told(bound))),
        ref checks => format!("{all}; all {} bounds {surely} kept {holds}", checks.len()),
    }
}

fn legend(job: &Job<'_>, fields: &[Field]) -> Vec<Entry> {
    let Job { data, subject, .. } = job;
    let points = || fields.iter().flat_map(|field| &field.cells).flatten();
    let verdicts: Vec<Verdict> =
        points().flatten().filter_map(|place| subject.verdict(&data.points[*place])).collect();
    let figures: Vec<Option<Among>> =
        points().flatten().map(|place| subject.figure(&data.points[*place])).collect();
    let several = subject.checks(data).len() > 1;
    let mut entries: Vec<Entry> =
        subject.checks(data).into_iter().map(|check| Entry::words(subject.wanted(check))).collect();
    if !verdicts.is_empty() && data.replications().0 > 1 {
        entries.push(Entry::words(AMONG_ALL));
    }
    if verdicts.contains(&Verdict::Fails) {
        entries.push(Entry::hatch(if several { "one of them fails" } else { "fails" }, FAILS));
    }
    if verdicts.contains(&Verdict::Inconclusive) {
        entries.push(Entry::hatch("inconclusive", OPEN));
    }
    if fields.iter().any(|field| !contour::border(&holds(job, field)).is_empty()) {
        let what = if several { "border of where all hold" } else { "border of where it holds" };
        entries.push(Entry::line(what, BORDER));
    }
    if figures.iter().any(|figure| figure.is_some_and(|among| among.mid.is_infinite())) {
        entries.push(Entry::words("∞: longer than any time: too few got one"));
    }
    if figures.contains(&None) {
        entries.push(Entry::words("–: no run has a value"));
    }
    if points().any(Option::is_none) {
        entries.push(Entry::words("blank: no such point"));
    }
    entries
}

/// Whether what is expected or claimed holds in each cell.
fn holds(job: &Job<'_>, field: &Field) -> Vec<Vec<Option<bool>>> {
    let verdict = |place: usize| job.subject.verdict(&job.data.points[place]);
    let of = |cell: &Option<usize>| Some(verdict((*cell)?)? == Verdict::Holds);
    field.cells.iter().map(|row| row.iter().map(of).collect()).collect()
}

/// The scale of the colours: from the lowest mean to the highest, but no narrower than the widest interval, so that chance
/// does not look like an effect.
fn colours(job: &Job<'_>) -> Axis {
    let figures: Vec<Among> = job.data.points.iter().filter_map(|point| job.subject.figure(point)).collect();
    let means = || figures.iter().map(|among| among.mid).filter(|mid| mid.is_finite());
    let (low, high) = means().fold((f64::MAX, f64::MIN), |(low, high), mid| (low.min(mid), high.max(mid)));
    if low > high {
        return job.subject.between(0.0, 1.0, false);
    }
    let widths = figures.iter().map(|among| among.high - among.low).filter(|width| width.is_finite());
    let short = (widths.fold(0.0, f64::max) - (high - low)).max(0.0) / 2.0;
    if low > 0.0 && high > WIDE * low && short == 0.0 {
        return job.subject.between(low, high, true);
    }
    let floor = if low >= 0.0 { 0.0 } else { f64::MIN };
    job.subject.between((low - short).max(floor), high + short, false)
}

impl<'c> Chart<'c> {
    fn of(job: &'c Job<'c>, plane: Plane, panels: usize) -> Chart<'c> {
        let data: &Data = job.data;
        let (columns, rows) = (field::values(data, plane.x), field::values(data, plane.y));
        let widest = rows.iter().map(|label| text_width(label, BODY)).max().unwrap_or(0);
        let mut chart = Chart {
            job,
            plane,
            colours: colours(job),
            columns,
            rows,
            font: None,
            size: (0, 0),
            gutter: widest.min(MOST_GUTTER) + INSET,
        };
        let abreast = chart.abreast(panels) as i32;
        let width = (1528 - abreast * chart.gutter - (abreast - 1) * GAP) / abreast;
        let lines = chart.rows.iter().map(|label| wrap(label, BODY, MOST_GUTTER).len() as i32).max();
        let aim = if panels > 1 { LOW } else { TALL } / chart.rows.len().max(1) as i32;
        let needed = lines.filter(|lines| *lines > 1).map_or(0, |lines| lines * LINE);
        let height = aim.clamp(CELL.0, CELL.1).max(needed);
        chart.size = ((width / chart.columns.len().max(1) as i32).max(1), height);
        chart.font = chart.font_of_numbers();
        chart
    }

    /// How many panels stand side by side.
    fn abreast(&self, panels: usize) -> usize {
        let fitting = match self.columns.len() {
            0..=6 => 3,
            7..=10 => 2,
            _ => 1,
        };
        if self.gutter > MOST_GUTTER / 2 { 1 } else { panels.clamp(1, fitting) }
    }

    fn figure(&self, point: &Point) -> Option<Among> {
        self.job.subject.figure(point)
    }

    /// What stands in a cell.
    fn number(&self, point: &Point) -> String {
        match self.figure(point) {
            None => "–".to_owned(),
            Some(among) if among.mid.is_infinite() => "∞".to_owned(),
            Some(among) => self.colours.plain(among.mid),
        }
    }

    /// The largest type in which every number fits into its cell, if there is one.
    fn font_of_numbers(&self) -> Option<Type> {
        let numbers: Vec<String> = self.job.data.points.iter().map(|point| self.number(point)).collect();
        let fits = |size: &i32| {
            let font = Type { size: f64::from(*size), ..BODY };
            let widest = numbers.iter().map(|number| text_width(number, font)).max().unwrap_or(0);
            *size <= self.size.1 - 4 && widest <= self.size.0 - 12
        };
        let sizes = (SMALLEST..=BODY.size as i32).rev();
        sizes.into_iter().find(fits).map(|size| Type { size: f64::from(size), ..BODY })
    }

    fn draw_row(&self, sheet: &mut Sheet, fields: &[Field]) {
        let width = self.gutter + self.size.0 * self.columns.len() as i32;
        let names: Vec<Vec<String>> = fields.iter().map(|field| wrap(&field.name, BODY, width)).collect();
        let above = LINE * names.iter().map(Vec::len).max().unwrap_or(0) as i32;
        let labels = self.labels_below();
        let below = LINE * labels.iter().map(|(_, lines)| lines.len()).max().unwrap_or(0) as i32;
        let height = self.size.1 * self.rows.len() as i32;
        let (picture, room) = sheet.room(above + height + INSET + below + GAP + 12);
        for (place, (field, name)) in fields.iter().zip(names).enumerate() {
            let left = room.left + place as i32 * (width + GAP) + self.gutter;
            for (line, text) in name.iter().enumerate() {
                let y = room.top + line as i32 * LINE + LINE / 2;
                picture.text((left - self.gutter, y), text, BODY, INK, Anchor::Left);
            }
            let plot = Rect::at((left, room.top + above), (width - self.gutter, height));
            self.draw_field(picture, field, plot);
            self.draw_labels(picture, &labels, plot);
        }
    }

    fn draw_field(&self, picture: &mut Picture, field: &Field, plot: Rect) {
        for (row, cells) in field.cells.iter().enumerate() {
            for (column, place) in cells.iter().enumerate() {
                let corner = self.corner(plot, (column, row + 1));
                let area = Rect::at(corner, self.size);
                if let Some(point) = place.map(|place| &self.job.data.points[place]) {
                    self.draw_cell(picture, point, area);
                    picture.hint(area, self.job.told(point));
                }
            }
        }
        let (right, bottom) = (plot.right, plot.bottom);
        let frame = vec![
            (plot.left, plot.top),
            (right, plot.top),
            (right, bottom),
            (plot.left, bottom),
            (plot.left, plot.top),
        ];
        picture.line(frame, Stroke::new(FRAME, SOLID).wide(2));
        let edges = contour::border(&holds(self.job, field));
        for stroke in [HALO, BORDER] {
            for (from, to) in &edges {
                // A little longer at both ends, so that corners are whole.
                let (from, to) = (self.corner(plot, *from), self.corner(plot, *to));
                let more = (stroke.width / 2) as i32;
                let aside = if from.1 == to.1 { (more, 0) } else { (0, -more) };
                let line = vec![(from.0 - aside.0, from.1 - aside.1), (to.0 + aside.0, to.1 + aside.1)];
                picture.line(line, stroke);
            }
        }
    }

    /// The pixel of a corner, counted in cells from the lower left.
    fn corner(&self, plot: Rect, (column, row): (usize, usize)) -> (i32, i32) {
        (plot.left + self.size.0 * column as i32, plot.bottom - self.size.1 * row as i32)
    }

    fn draw_cell(&self, picture: &mut Picture, point: &Point, area: Rect) {
        let mean = self.figure(point).map(|among| among.mid).filter(|mid| mid.is_finite());
        let place = mean.map(|mean| self.colours.scale.place(mean));
        let (ground, ink) = place.map_or((WHITE, MUTED), |place| (ramp::colour(place), ramp::ink(place)));
        picture.rectangle((area.left, area.top), (area.right - 2, area.bottom - 2), ground);
        let apart = match self.job.subject.verdict(point) {
            Some(Verdict::Fails) => Some(FAILS),
            Some(Verdict::Inconclusive) => Some(OPEN),
            _ => None,
        };
        if let Some(apart) = apart {
            let inside = Rect { right: area.right - 2, bottom: area.bottom - 2, ..area };
            picture.hatch(inside, apart, Stroke::new(ink.fade(0.6), SOLID).wide(HATCH));
        }
        if let Some(font) = self.font {
            let number = self.number(point);
            self.draw_number(picture, area, (&number, font), (ground, ink), apart.is_some());
        }
    }

    /// A number on the plain colour of its cell, where that is hatched.
    fn draw_number(
        &self,
        picture: &mut Picture,
        area: Rect,
        (number, font): (&str, Type),
        (ground, ink): (Colour, Colour),
        is_hatched: bool,
    ) {
        let middle = area.middle();
        if is_hatched {
            let half = (text_width(number, font) / 2 + 5, (font.size / 2.0) as i32);
            picture.rectangle(
                (middle.0 - half.0, middle.1 - half.1),
                (middle.0 + half.0, middle.1 + half.1),
                ground,
            );
        }
        picture.text(middle, number, font, if ink == MUTED { INK } else { ink }, Anchor::Middle);
    }

    /// The labels of columns: all of them wrapped, or of numbers that are too wide every other one, and so on.
    fn labels_below(&self) -> Vec<(usize, Vec<String>)> {
        let widest = self.columns.iter().map(|label| text_width(label, BODY)).max().unwrap_or(0);
        let step = every(self.job.data, self.plane.x, widest + 16, self.size.0);
        let width = (self.size.0 * step as i32 - 16).max(1);
        let labels = self.columns.iter().enumerate().step_by(step);
        labels.map(|(column, label)| (column, wrap(label, BODY, width))).collect()
    }

    fn draw_labels(&self, picture: &mut Picture, below: &[(usize, Vec<String>)], plot: Rect) {
        for (column, lines) in below {
            let x = self.corner(plot, (*column, 0)).0 + self.size.0 / 2;
            for (line, text) in lines.iter().enumerate() {
                let y = plot.bottom + INSET + line as i32 * LINE + LINE / 2;
                picture.text((x, y), text, BODY, INK, Anchor::Middle);
            }
        }
        let step = every(self.job.data, self.plane.y, LINE, self.size.1);
        for (row, label) in self.rows.iter().enumerate().step_by(step) {
            let lines = wrap(label, BODY, MOST_GUTTER);
            let middle = self.corner(plot, (0, row)).1 - self.size.1 / 2;
            let first = middle - LINE * (lines.len() as i32 - 1) / 2;
            for (line, text) in lines.iter().enumerate() {
                let at = (plot.left - INSET, first + line as i32 * LINE);
                picture.text(at, text, BODY, INK, Anchor::Right);
            }
        }
    }
}

/// Of how many labels one is drawn, where each needs so many pixels and has so many: all words are.
fn every(data: &Data, axis: usize, needed: i32, room: i32) -> usize {
    let wanted = (needed + room - 1) / room.max(1);
    if data.numbers(axis).is_some() { wanted.max(1).unsigned_abs() as usize } else { 1 }
}

//! What the holders of a target's chunks answered to queries: YES, NO, or nothing, and why nothing.

use super::axis::{self, Axis};
use super::course::{Course, Points, band_key, band_words, highest, over_runs};
use super::data::Table;
use super::drawing::Drawing;
use super::error::ChartError;
use super::legend::Entry;
use super::marks::Marks;
use super::panel::{Frame, Panel};
use super::picture::Picture;
use super::run_info::RunInfo;
use super::scale::{percent, short};
use super::sheet::Sheet;
use super::source::Source;
use super::stats::{mean_of_runs, share};
use super::style::{BLUE, Colour, DASHED, GOLD, GREY, INK, NAVY, SKY, SOLID, Stroke, VERMILION, WHITE, WINE};
use super::timeline::Bins;
use crate::metrics::silence::{Cause, for_each_cause};
use crate::metrics::tables::queries::{self, Queries};
use crate::metrics::{Column, families};

pub(super) const DRAWING: Drawing = Drawing::new(&families::queries::ANSWERS_CHART, draw);

/// A part of what holders answered.
struct Part {
    column: &'static Column<Queries>,
    label: &'static str,
    colour: Colour,
    /// Of a cause of silence.
    cause: Option<Cause>,
}

macro_rules! labels {
    ($($cause:ident: $name:literal, $has:tt $holders:literal, $label:literal;)+) => {
        const fn label(cause: Cause) -> &'static str {
            match cause {
                $(Cause::$cause => concat!("silent: ", $label)),+
            }
        }
    };
}

for_each_cause!(labels);

/// Of silence that nobody wanted, from the bottom of the stack. Colours of neighbours differ in lightness.
const SILENT: [Colour; 5] = [GREY, SKY, WINE, NAVY, INK];

/// From the bottom of the stack to its top: silence that somebody wanted stands beside NO.
fn parts() -> Vec<Part> {
    let answer = |column, label, colour| Part { column, label, colour, cause: None };
    let silence = |cause: Cause, colour| Part {
        column: &queries::SILENCE[cause as usize],
        label: label(cause),
        colour,
        cause: Some(cause),
    };
    let mut parts = vec![
        answer(&queries::YES, "YES", BLUE),
        answer(&queries::NO, "NO", VERMILION),
        silence(Cause::Denied, GOLD),
    ];
    let others = Cause::ALL.iter().copied().filter(|cause| *cause != Cause::Denied);
    parts.extend(others.zip(SILENT).map(|(cause, colour)| silence(cause, colour)));
    parts
}

const MOST_BINS: usize = 180;
const LEAST_BINS: usize = 12;
/// Answers that a bin should have on average, so that its shares mean something.
const ANSWERS_PER_BIN: f64 = 100.0;
/// The lowest share is looked for among bins with at least this part of the busiest bin's answers, or as many as a bin
/// should have: a share of few answers is chance.
const TELLING: f64 = 0.1;
/// A bin's share that is so far from that of all is told.
const APART: f64 = 0.1;
/// A collection that lasted this much less than its window, in seconds, was ended by enough answers.
const EARLIER: f64 = 1e-6;

const ISSUED: Stroke = Stroke::new(INK, SOLID);
const ANSWERED: Stroke = Stroke::new(BLUE, DASHED);
const SPREAD: Stroke = Stroke::new(INK, &[10.0, 8.0]).wide(3);

/// One query: the holders that were waited for, by part, and those that were not, since enough others had answered.
struct Query {
    issued: f64,
    answered: bool,
    /// None while its collection goes on.
    parts: Vec<f64>,
    not_waited_for: f64,
}

/// Counts of one bin of time, by part.
#[derive(Clone, Default)]
struct Bin {
    parts: Vec<f64>,
    issued: f64,
    answered: f64,
    not_waited_for: f64,
}

impl Bin {
    fn total(&self) -> f64 {
        self.parts.iter().sum()
    }

    /// Share of the answers in the parts below this one.
    fn below(&self, part: usize) -> Option<f64> {
        share(self.parts.iter().take(part).sum(), self.total())
    }

    fn add(&mut self, query: &Query) {
        self.take(&Bin {
            parts: query.parts.clone(),
            issued: 1.0,
            answered: f64::from(query.answered),
            not_waited_for: query.not_waited_for,
        });
    }

    fn take(&mut self, other: &Bin) {
        self.parts.resize(other.parts.len().max(self.parts.len()), 0.0);
        self.parts.iter_mut().zip(&other.parts).for_each(|(sum, part)| *sum += part);
        self.issued += other.issued;
        self.answered += other.answered;
        self.not_waited_for += other.not_waited_for;
    }

    /// Holders that said YES, of all there were: as the metric `queries.yes_ratio` has it.
    fn yes_of_all(&self) -> Option<f64> {
        share(self.parts.first().copied().unwrap_or(0.0), self.total() + self.not_waited_for)
    }
}

/// What holders answered, by bin of time: in each run, and in all together.
struct Answers {
    bins: Bins,
    runs: Vec<Vec<Bin>>,
    all: Vec<Bin>,
}

fn draw(source: &Source, title: Option<&str>) -> Result<Picture, ChartError> {
    let parts = parts();
    let runs = source.each(|run| read(run.queries(), &parts, &source.run))?;
    let last = runs.iter().flatten().map(|query| query.issued).fold(0.0, f64::max);
    let answers = runs.iter().flatten().flat_map(|query| &query.parts).sum::<f64>() / runs.len() as f64;
    let count = ((answers / ANSWERS_PER_BIN) as usize).clamp(LEAST_BINS, MOST_BINS);
    let course = bin(&runs, Bins::of(source.end(last)?, &source.run, count));
    let mut sheet = Sheet::new(title, &finding(&course, &source.run), &source.run);
    draw_shares(&mut sheet, &course, &parts, &source.run);
    draw_queries(&mut sheet, &course, &source.run);
    Ok(sheet.finish())
}

fn read(table: &Table<Queries>, parts: &[Part], run: &RunInfo) -> Result<Vec<Query>, ChartError> {
    let (issued, ended) = (table.full(&queries::ISSUED)?, table.numbers(&queries::ENDED)?);
    let yes = table.counts(&queries::YES)?;
    let mut columns = Vec::new();
    for part in parts {
        // Only scenarios with NATs have all causes.
        let none = || Ok(vec![0.0; issued.len()]);
        columns.push(if table.has(part.column) { table.counts(part.column) } else { none() }?);
    }
    let late = parts.iter().position(|part| part.cause == Some(Cause::Late)).expect("there is such a cause");
    let query = |row: usize| {
        let Some(took) = ended[row].map(|ended| ended - issued[row]) else {
            // What its holders would have answered is not known yet.
            return Query { issued: issued[row], answered: false, parts: Vec::new(), not_waited_for: 0.0 };
        };
        let early = run.window.is_some_and(|window| took < window.as_seconds() - EARLIER);
        let mut parts: Vec<f64> = columns.iter().map(|column| column[row]).collect();
        let not_waited_for = if early { std::mem::take(&mut parts[late]) } else { 0.0 };
        Query { issued: issued[row], answered: yes[row] > 0.0, parts, not_waited_for }
    };
    Ok((0..issued.len()).map(query).collect())
}

fn bin(runs: &[Vec<Query>], bins: Bins) -> Answers {
    let of = |queries: &mut dyn Iterator<Item = &Query>| {
        let mut sums = vec![Bin::default(); bins.len()];
        queries.for_each(|query| sums[bins.place(query.issued)].add(query));
        sums
    };
    let all = of(&mut runs.iter().flatten());
    let runs = runs.iter().map(|run| of(&mut run.iter())).collect();
    Answers { bins, runs, all }
}

impl Answers {
    /// The bins that count, of one run or of all.
    fn counted<'a>(&'a self, bins: &'a [Bin], run: &'a RunInfo) -> impl Iterator<Item = (usize, &'a Bin)> {
        bins.iter().enumerate().filter(|(bin, _)| self.bins.within(*bin, run.counted))
    }

    /// What the runs come to together, of what each counts in all.
    fn figure(&self, run: &RunInfo, of: impl Fn(&Bin) -> Option<f64>) -> Option<f64> {
        let sum = |bins: &Vec<Bin>| {
            let mut sum = Bin::default();
            self.counted(bins, run).for_each(|(_, bin)| sum.take(bin));
            sum
        };
        mean_of_runs(self.runs.iter().map(|bins| of(&sum(bins))))
    }
}

fn draw_shares(sheet: &mut Sheet, course: &Answers, parts: &[Part], run: &RunInfo) {
    let occurs = |(place, _): &(usize, &Part)| {
        course.all.iter().any(|bin| bin.parts.get(*place).is_some_and(|count| *count > 0.0))
    };
    let occurring = parts.iter().enumerate().filter(occurs);
    let mut legend: Vec<Entry> = occurring.map(|(_, part)| Entry::fill(part.label, part.colour)).collect();
    if run.runs > 1 {
        legend
            .push(Entry::words(format!("all runs together; dashed: share of YES, {}", band_words(run.runs))));
    }
    legend.extend(left_out(course, run));
    let frame = Frame {
        x: Axis::time(0.0, course.bins.end()).untitled(),
        y: Axis::share("Holders of the target’s chunks that were waited for, by their answer (%)", 0.0),
        legend: &legend,
        marks: Marks::Named(&run.spans),
    };
    let mut panel = sheet.panel(460, &frame);
    if course.all.iter().all(|bin| bin.total() == 0.0) {
        panel.note("no queries with holders");
        return;
    }
    draw_stack(&mut panel, course, parts);
    if run.runs > 1 {
        let yes = yes(course);
        panel.line(yes.iter().map(|(x, among)| (*x, among.map(|among| among.low))), SPREAD);
        panel.line(yes.iter().map(|(x, among)| (*x, among.map(|among| among.high))), SPREAD);
    }
}

/// Whom the shares leave out, and what they would be with them.
fn left_out(course: &Answers, run: &RunInfo) -> Option<Entry> {
    let left = course.figure(run, |bin| share(bin.not_waited_for, bin.total() + bin.not_waited_for));
    let (left, yes) = (left.filter(|left| *left > 0.0)?, course.figure(run, Bin::yes_of_all)?);
    let (left, yes) = (percent(left), percent(yes));
    Some(Entry::words(format!(
        "left out: {left} of all holders, since enough others had answered; of all, {yes} said YES"
    )))
}

/// The share of YES in each run.
fn yes(course: &Answers) -> Course {
    let of_run = |run: &Vec<Bin>| course.bins.points(|bin| run[bin].below(1));
    over_runs(&course.runs.iter().map(of_run).collect::<Vec<Points>>())
}

fn draw_stack(panel: &mut Panel, course: &Answers, parts: &[Part]) {
    let steps = |value: &dyn Fn(&Bin) -> Option<(f64, f64)>| -> Vec<_> {
        let both = course.all.iter().enumerate().flat_map(|(bin, counts)| {
            let (from, to) = course.bins.span(bin);
            [(from, value(counts)), (to, value(counts))]
        });
        both.collect()
    };
    for (place, part) in parts.iter().enumerate() {
        panel.band(steps(&|bin| bin.below(place).zip(bin.below(place + 1))), part.colour);
        for (bin, counts) in course.all.iter().enumerate() {
            let count = counts.parts.get(place).copied().unwrap_or_default();
            if let Some(share) = share(count, counts.total()).filter(|share| *share > 0.0) {
                let told = format!("{} of {} holders", percent(share), short(counts.total()));
                panel.tell(course.bins.middle(bin), part.label, &told);
            }
        }
    }
    // A white edge keeps the colours apart in print, where both are wide enough to spare it.
    for part in 1..parts.len() {
        let edge = |bin: &Bin| {
            let below = bin.parts.iter().take(part).rev().copied().find(|count| *count > 0.0)?;
            let wide = below.min(*bin.parts.get(part)?) > 0.025 * bin.total();
            bin.below(part).filter(|_| wide).map(|at| (at, at))
        };
        let edge = steps(&edge).into_iter().map(|(x, at)| (x, at.map(|(at, _)| at)));
        panel.line(edge, Stroke::new(WHITE, SOLID).wide(2));
    }
}

fn draw_queries(sheet: &mut Sheet, course: &Answers, run: &RunInfo) {
    let rates = |of: fn(&Bin) -> f64| {
        let of_run = |run: &Vec<Bin>| course.bins.rates(&run.iter().map(of).collect::<Vec<f64>>());
        over_runs(&course.runs.iter().map(of_run).collect::<Vec<Points>>())
    };
    let (issued, answered) = (rates(|bin| bin.issued), rates(|bin| bin.answered));
    let mut legend =
        vec![Entry::line("issued", ISSUED), Entry::line("answered with at least one YES", ANSWERED)];
    legend.extend(band_key(run.runs));
    let frame = Frame {
        x: Axis::time(0.0, course.bins.end()),
        y: Axis::rate("Queries", highest(&issued).max(highest(&answered))),
        legend: &legend,
        marks: Marks::Bare(&run.spans),
    };
    let mut panel = sheet.panel(260, &frame);
    panel.course(&issued, ISSUED);
    panel.course(&answered, ANSWERED);
}

/// About the holders that the shares are of, in the time that counts.
fn finding(course: &Answers, run: &RunInfo) -> String {
    let Some(overall) = course.figure(run, |bin| bin.below(1)) else {
        let asked = course.all.iter().any(|bin| bin.total() > 0.0);
        let when = if asked { " in the time that counts" } else { "" };
        return format!("Answers of holders over time: no queries with holders{when}");
    };
    let counted = || course.counted(&course.all, run);
    let busiest = counted().map(|(_, bin)| bin.total()).fold(0.0, f64::max);
    let telling = || {
        let enough = counted().filter(|(_, bin)| bin.total() >= (TELLING * busiest).min(ANSWERS_PER_BIN));
        enough.filter_map(|(place, bin)| Some((bin.below(1)?, course.bins.middle(place))))
    };
    let said = format!("Answers of the holders waited for: {} YES", percent(overall));
    let told = |which: &str, (yes, when): (f64, f64)| {
        format!("{said}, {which} {} at {}", percent(yes), axis::moment(when, course.bins.end()))
    };
    let lowest = telling().min_by(|a, b| a.0.total_cmp(&b.0)).filter(|(low, _)| *low < overall - APART);
    let highest = telling().max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(high, _)| *high > overall + APART);
    match (lowest, highest) {
        (Some(lowest), _) => told("down to", lowest),
        (None, Some(highest)) => told("up to", highest),
        (None, None) => said,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cause_of_silence_has_a_colour_of_its_own() {
        let parts = parts();
        assert_eq!(parts.len(), Cause::ALL.len() + 2);
        for part in &parts {
            assert_eq!(parts.iter().filter(|other| other.colour == part.colour).count(), 1, "{}", part.label);
            assert_ne!(part.colour, WHITE);
        }
    }
}

//! Reputation by group over time, beside the truth, and beside what the group's nodes say of themselves: what
//! `attribution = "recorder"` would count.

use super::axis::Axis;
use super::course::{Points, band_key, over_runs};
use super::drawing::Drawing;
use super::error::ChartError;
use super::legend::Entry;
use super::marks::Marks;
use super::panel::Frame;
use super::picture::Picture;
use super::run_info::RunInfo;
use super::scale::significant;
use super::sheet::Sheet;
use super::source::{Run, Source};
use super::stats::{mean, mean_of_runs};
use super::style::{BLUE, DASHED, DOTTED, NAVY, SOLID, Stroke, VERMILION};
use super::timeline::Bins;
use crate::metrics::{families, tables::queries};

pub(super) const DRAWING: Drawing = Drawing {
    unasked: |source| Ok(worst(&read_all(source)?).is_some_and(|group| group.gap() > 0.1)),
    ..Drawing::new(&families::reputation::ATTRIBUTION_CHART, draw)
};

const MOST_BINS: usize = 40;
const LINES: [(&str, Stroke); 3] = [
    ("derived", Stroke::new(BLUE, SOLID)),
    ("true share of good outcomes", Stroke::new(NAVY, DASHED)),
    ("by their own account (what attribution to the recorder counts)", Stroke::new(VERMILION, DOTTED)),
];

/// What queries about a group found, in all runs.
struct Group {
    name: String,
    asked: Vec<Asked>,
}

struct Asked {
    run: usize,
    at: f64,
    /// Whether it was issued in the time that counts.
    counted: bool,
    /// Derived, true, and self-reported.
    values: [Option<f64>; 3],
}

impl Group {
    /// Over the queries that count, as the metrics `reputation.*` of the group have it: together what the runs come to.
    fn mean_of(&self, line: usize) -> Option<f64> {
        let of_run = |run: usize| {
            let asked = self.asked.iter().filter(|asked| asked.counted && asked.run == run);
            mean(&asked.filter_map(|asked| asked.values[line]).collect::<Vec<_>>())
        };
        mean_of_runs((0..=self.asked.iter().map(|asked| asked.run).max()?).map(of_run))
    }

    /// How far their own account lies from the truth.
    fn gap(&self) -> f64 {
        match (self.mean_of(1), self.mean_of(2)) {
            (Some(truth), Some(said)) => (said - truth).abs(),
            _ => 0.0,
        }
    }

    /// Means over the queries of each bin, in one run.
    fn points(&self, run: usize, line: usize, bins: &Bins) -> Points {
        let mut values = vec![Vec::new(); bins.len()];
        for asked in self.asked.iter().filter(|asked| asked.run == run) {
            values[bins.place(asked.at)].extend(asked.values[line]);
        }
        bins.points(|bin| mean(&values[bin]))
    }
}

fn read_all(source: &Source) -> Result<Vec<Group>, ChartError> {
    let mut groups: Vec<Group> = Vec::new();
    for (number, run) in source.runs.iter().enumerate() {
        for (name, asked) in read(run, number, &source.run)? {
            match groups.iter_mut().find(|group| group.name == name) {
                Some(group) => group.asked.push(asked),
                None => groups.push(Group { name, asked: vec![asked] }),
            }
        }
    }
    Ok(groups)
}

/// The queries of a run that found events, by the target's group.
fn read(run: &Run, number: usize, info: &RunInfo) -> Result<Vec<(String, Asked)>, ChartError> {
    let table = run.queries();
    let derived = table.numbers(&queries::REPUTATION)?;
    let (truth, said) = (table.numbers(&queries::TRUTH)?, table.numbers(&queries::SELF_REPORTED)?);
    let (events, issued) = (table.counts(&queries::EVENTS)?, table.full(&queries::ISSUED)?);
    let (from, to) = info.counted;
    let names = table.texts(&queries::TARGET_GROUP)?.into_iter().enumerate();
    // Without events nothing was derived.
    let found = names.filter(|(row, _)| events[*row] > 0.0);
    let asked = |(row, name): (usize, String)| {
        let (at, values) = (issued[row], [derived[row], truth[row], said[row]]);
        (name, Asked { run: number, at, counted: from <= at && at < to, values })
    };
    Ok(found.map(asked).collect())
}

/// The group whose own account is furthest from the truth.
fn worst(groups: &[Group]) -> Option<&Group> {
    groups.iter().max_by(|a, b| a.gap().total_cmp(&b.gap()))
}

fn draw(source: &Source, title: Option<&str>) -> Result<Picture, ChartError> {
    let groups = read_all(source)?;
    let group = worst(&groups);
    let last = groups.iter().flat_map(|group| &group.asked).map(|asked| asked.at).fold(0.0, f64::max);
    let bins = Bins::of(source.end(last)?, &source.run, MOST_BINS);
    let mut sheet = Sheet::new(title, &finding(group), &source.run);
    let mut legend: Vec<Entry> = LINES.iter().map(|(label, stroke)| Entry::line(*label, *stroke)).collect();
    legend.extend(band_key(source.runs.len()));
    let name = group.map_or("no group", |group| group.name.as_str());
    let y = Axis::linear(&format!("Reputation of {name} (0 to 1)"), 0.0, 1.0);
    let x = Axis::time(0.0, bins.end());
    let frame = Frame { x, y, legend: &legend, marks: Marks::Named(&source.run.spans) };
    let mut panel = sheet.panel(450, &frame);
    match group {
        None => panel.note("no query found events"),
        Some(group) => {
            for (line, (_, stroke)) in LINES.iter().enumerate() {
                let of_run = |run| group.points(run, line, &bins);
                panel.course(
                    &over_runs(&(0..source.runs.len()).map(of_run).collect::<Vec<Points>>()),
                    *stroke,
                );
            }
        }
    }
    Ok(sheet.finish())
}

fn finding(group: Option<&Group>) -> String {
    let Some(group) = group else { return "Reputation: no query found events".to_owned() };
    let mean = |line| group.mean_of(line).map_or_else(|| "–".to_owned(), |mean| significant(mean, 2));
    format!(
        "Reputation of {}: {} derived, {} true, {} by their own account",
        group.name,
        mean(0),
        mean(1),
        mean(2)
    )
}

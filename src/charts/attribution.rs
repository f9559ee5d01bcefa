//! Reputation by group over time, beside the truth, and beside what the group's nodes say of themselves: what
//! `attribution = "recorder"` would count.

use super::axis::Axis;
use super::drawing::Drawing;
use super::error::ChartError;
use super::legend::Entry;
use super::panel::{Frame, Panel};
use super::picture::Picture;
use super::scale::significant;
use super::sheet::Sheet;
use super::source::Source;
use super::stats::mean;
use super::style::{BLUE, DASHED, DOTTED, GREEN, SOLID, Stroke, VERMILION};
use super::timeline::Timeline;
use crate::metrics::{chart_kind, tables::queries};

pub(super) const DRAWING: Drawing = Drawing {
    unasked: |source| Ok(worst(&read(source)?).is_some_and(|group| group.gap() > 0.1)),
    ..Drawing::new(&chart_kind::ATTRIBUTION, draw)
};

const MOST_BINS: usize = 40;
const LINES: [(&str, Stroke); 3] = [
    ("derived", Stroke::new(BLUE, SOLID)),
    ("true share of good outcomes", Stroke::new(GREEN, DASHED)),
    ("by their own account (what attribution to the recorder counts)", Stroke::new(VERMILION, DOTTED)),
];

/// What queries about a group found.
struct Group {
    name: String,
    asked: Vec<Asked>,
}

struct Asked {
    at: f64,
    /// Derived, true, and self-reported.
    values: [Option<f64>; 3],
}

impl Group {
    fn mean_of(&self, line: usize) -> Option<f64> {
        mean(&self.asked.iter().filter_map(|asked| asked.values[line]).collect::<Vec<_>>())
    }

    /// How far their own account lies from the truth.
    fn gap(&self) -> f64 {
        match (self.mean_of(1), self.mean_of(2)) {
            (Some(truth), Some(said)) => (said - truth).abs(),
            _ => 0.0,
        }
    }
}

fn read(source: &Source) -> Result<Vec<Group>, ChartError> {
    let table = source.queries();
    let columns = [&queries::REPUTATION, &queries::TRUTH, &queries::SELF_REPORTED];
    let mut values = Vec::new();
    for column in columns {
        values.push(table.numbers(column)?);
    }
    let events = table.counts(&queries::EVENTS)?;
    let issued = table.full(&queries::ISSUED)?;
    let mut groups: Vec<Group> = Vec::new();
    for (row, name) in table.texts(&queries::TARGET_GROUP)?.into_iter().enumerate() {
        // Without events nothing was derived.
        if events[row] <= 0.0 {
            continue;
        }
        let place = groups.iter().position(|group| group.name == name).unwrap_or_else(|| {
            groups.push(Group { name, asked: Vec::new() });
            groups.len() - 1
        });
        let values = [values[0][row], values[1][row], values[2][row]];
        groups[place].asked.push(Asked { at: issued[row], values });
    }
    Ok(groups)
}

/// The group whose own account is furthest from the truth.
fn worst(groups: &[Group]) -> Option<&Group> {
    groups.iter().max_by(|a, b| a.gap().total_cmp(&b.gap()))
}

fn draw(source: &Source, title: Option<&str>) -> Result<Picture, ChartError> {
    let time = Timeline::read(source.series())?;
    let groups = read(source)?;
    let group = worst(&groups);
    let mut sheet = Sheet::new(860, title, &finding(group), &source.run);
    let row = sheet.rows(&[1.0])[0];
    let legend: Vec<Entry> = LINES.iter().map(|(label, stroke)| Entry::line(*label, *stroke)).collect();
    let name = group.map_or("no group", |group| group.name.as_str());
    let y = Axis::linear(&format!("Reputation of {name} (0 to 1)"), 0.0, 1.0);
    let frame = Frame { x: time.axis(), y, legend: &legend, spans: &source.run.spans };
    let mut panel = Panel::open(&mut sheet.picture, row, &frame);
    let Some(group) = group else {
        panel.note("no query found events");
        return Ok(sheet.picture);
    };
    for (line, (_, stroke)) in LINES.iter().enumerate() {
        let points = time.bins(MOST_BINS).into_iter().map(|bin| {
            let (from, to) = time.span(&bin);
            let within = group.asked.iter().filter(|asked| from <= asked.at && asked.at < to);
            time.at(&bin, mean(&within.filter_map(|asked| asked.values[line]).collect::<Vec<_>>()))
        });
        panel.line(points.collect::<Vec<_>>(), *stroke);
    }
    Ok(sheet.picture)
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
